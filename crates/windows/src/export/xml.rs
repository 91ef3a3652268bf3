//! Events as XML: Event Viewer's export, `wevtutil`, and what people paste of the XML view.
//!
//! A file of them may be of any size and have no root. One element at a time is read, the one
//! around the provider's name; text between elements, such as the signs for folding that a browser
//! draws, is nothing.

use std::borrow::Cow;

use memchr::memmem;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::Form;
use super::around::{Around, Read, Trouble};
use super::draft::{Drawn, MAX_FIELDS};
use super::names::provider;
use super::time::When;
use crate::manifest::name_them;
use crate::{Field, Record, Value};

/// An `Event` element, as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) record: Record,
    /// When it was written, as it stands there.
    pub(super) time: Option<String>,
    /// Whether it was read to its end.
    pub(super) whole: bool,
}

/// An element that is open.
#[derive(Debug)]
struct Open {
    role: Role,
    name: String,
    text: String,
    /// Whether there are others in it.
    full: bool,
}

/// What an element is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The event, or whatever is around it.
    Event,
    /// What every event has.
    System,
    /// Something of that.
    About,
    /// The fields of the event, each in an element of its own.
    Data,
    /// A container around the element that holds the fields.
    UserData,
    /// What a collector rendered.
    Rendering,
    /// The rendered text.
    Message,
    /// A field, by its place among the fields.
    Field(usize),
    /// A value of `EventData`: the same, but its attribute is its name.
    Value(usize),
    /// Nothing that is read.
    Other,
}

/// Bytes in front of the provider's name in which its event begins: it is the first thing in it.
const BEFORE: usize = 4 << 10;
/// Elements in one another. CAPI2 has eight.
const MAX_DEPTH: usize = 64;

/// How markup is written: as it is, and as a page shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Signs {
    open: &'static [u8],
    close: &'static [u8],
}

const PLAIN: Signs = Signs { open: b"<", close: b">" };
const ESCAPED: Signs = Signs { open: b"&lt;", close: b"&gt;" };

/// A tag of an event in a text: where it begins and ends.
enum Tag {
    Begin(usize),
    End(usize),
}

/// Reads the element around a provider's name.
pub(super) fn read(around: &Around<'_>) -> Read {
    let front = around.before(BEFORE);
    let quote = front.strip_suffix(b"\"").or_else(|| front.strip_suffix(b"'"));
    let quote = quote.or_else(|| front.strip_suffix(b"&quot;"));
    let named = quote.and_then(|front| front.trim_ascii_end().strip_suffix(b"="));
    let Some(named) = named.and_then(|front| front.trim_ascii_end().strip_suffix(b"Name")) else {
        return Read::Nothing;
    };
    if !named.ends_with(b" ") && !named.ends_with(b"\n") && !named.ends_with(b"\t") {
        return Read::Nothing;
    }
    for signs in [PLAIN, ESCAPED] {
        let Some(Tag::Begin(start)) = last_tag(named, signs) else { continue };
        return read_from(around, around.name.start - front.len() + start, signs);
    }
    Read::Nothing
}

fn read_from(around: &Around<'_>, start: usize, signs: Signs) -> Read {
    let behind = around.behind();
    let (length, trouble) = match first_tag(behind, signs) {
        Some(Tag::End(end)) => (end, None),
        // The next event begins before this one ends: it was cut.
        Some(Tag::Begin(next)) => (next, Some(Trouble::Cut)),
        None if around.is_open() => return Read::More,
        None => (behind.len(), Some(around.end_trouble())),
    };
    let range = start..around.name.end + length;
    around.look(range.len());
    let text = String::from_utf8_lossy(around.text.get(range.clone()).unwrap_or_default());
    let text = if signs == ESCAPED { unescaped(&text) } else { text };
    let element = element(&text);
    let trouble = trouble.or((!element.whole).then_some(Trouble::Xml));
    let when = element.time.as_deref().and_then(|time| When::of(time, around.written));
    let known = around.name.provider;
    let wanted = element.record.provider == known.name() && known.wants(element.record.id);
    let drawn = wanted.then_some(Drawn { record: element.record, when });
    Read::of(drawn, range, Form::Xml, trouble)
}

/// Where the event ends that a text begins with, if it does.
pub(super) fn end(text: &[u8]) -> Option<usize> {
    let begin = EVENT.len() + PLAIN.open.len();
    match first_tag(text.get(begin..)?, PLAIN)? {
        Tag::End(end) => Some(begin + end),
        Tag::Begin(_) => None,
    }
}

/// The last tag of an event in a text.
fn last_tag(text: &[u8], signs: Signs) -> Option<Tag> {
    memmem::rfind_iter(text, EVENT).find_map(|at| tag(text, at, signs))
}

/// The first tag of an event in a text.
fn first_tag(text: &[u8], signs: Signs) -> Option<Tag> {
    memmem::find_iter(text, EVENT).find_map(|at| tag(text, at, signs))
}

/// The tag whose name is this word.
fn tag(text: &[u8], at: usize, signs: Signs) -> Option<Tag> {
    let (front, behind) = (text.get(..at)?, text.get(at + EVENT.len()..)?);
    if let Some(front) = front.strip_suffix(signs.open) {
        let is_whole = behind.first().is_some_and(u8::is_ascii_whitespace);
        return (is_whole || behind.starts_with(signs.close)).then_some(Tag::Begin(front.len()));
    }
    front.strip_suffix(b"/")?.strip_suffix(signs.open)?;
    behind.starts_with(signs.close).then(|| Tag::End(at + EVENT.len() + signs.close.len()))
}

/// Undoes what a page does to show markup.
fn unescaped(text: &str) -> Cow<'_, str> {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Cow::Owned(text.replace("&#39;", "'").replace("&nbsp;", " ").replace("&amp;", "&"))
}

/// Reads an `Event` element.
pub(super) fn element(text: &str) -> Element {
    let mut element = Element::default();
    element.whole = walk(text, &mut element);
    let record = &mut element.record;
    if let Some(known) = provider(&record.provider) {
        record.provider = known.name().to_owned();
    }
    let fields = std::mem::take(&mut record.fields);
    let values: Vec<Value> =
        fields.iter().filter(|field| field.name.is_none()).map(|it| it.value.clone()).collect();
    let mut named = name_them(&record.provider, record.id, values).into_iter();
    let name = |field: Field| match field.name {
        Some(_) => Some(field),
        None => named.next(),
    };
    record.fields = fields.into_iter().filter_map(name).collect();
    element
}

/// Reads what an event tells, where that stands alone: `EventData`, or its `Data`.
pub(super) fn data(text: &str) -> Option<Vec<Field>> {
    let known = ["<EventData", "<UserData", "<Data", "<Param", "<DataItem"];
    if !known.iter().any(|known| text.starts_with(known)) {
        return None;
    }
    let mut element = Element::default();
    let whole = if text.starts_with("<UserData") || text.starts_with("<EventData") {
        walk(&format!("<Event>{text}</Event>"), &mut element)
    } else {
        walk(&format!("<Event><EventData>{text}</EventData></Event>"), &mut element)
    };
    whole.then_some(element.record.fields)
}

/// Walks over an event; whether it could be read to its end.
fn walk(text: &str, into: &mut Element) -> bool {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut opened: Vec<Open> = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) if opened.len() >= MAX_DEPTH => {
                drop(start);
                return false;
            }
            Ok(Event::Start(start)) => open(&start, &mut opened, into),
            Ok(Event::Empty(start)) => {
                open(&start, &mut opened, into);
                close(&mut opened, into);
            }
            Ok(Event::End(_)) => close(&mut opened, into),
            Ok(Event::Text(told)) => {
                if let Some(open) = opened.last_mut() {
                    open.text.push_str(&told.xml10_content());
                }
            }
            Ok(Event::CData(told)) => {
                if let Some(open) = opened.last_mut() {
                    open.text.push_str(&told.xml10_content());
                }
            }
            Ok(Event::GeneralRef(reference)) => {
                let letter = match &*reference.xml10_content() {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                if let (Some(open), Some(letter)) = (opened.last_mut(), letter) {
                    open.text.push(letter);
                }
            }
            Ok(Event::Eof) => return opened.is_empty(),
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// An element begins.
fn open(start: &BytesStart<'_>, opened: &mut Vec<Open>, into: &mut Element) {
    let name = start.local_name();
    let name = name.as_ref();
    let outer = opened.last_mut().map(|outer| {
        outer.full = true;
        outer.role
    });
    let role = match outer {
        None => Role::Event,
        Some(Role::Event) => match name {
            "System" => Role::System,
            "UserData" => Role::UserData,
            "RenderingInfo" => Role::Rendering,
            _ if CONTAINERS.contains(&name) => Role::Data,
            _ => Role::Other,
        },
        Some(Role::System) => Role::About,
        Some(Role::Rendering) if name == "Message" => Role::Message,
        Some(Role::UserData) => Role::Data,
        Some(Role::Data) if matches!(name, "Data" | "Param" | "DataItem") => {
            into.field(None).map_or(Role::Other, Role::Value)
        }
        Some(Role::Data | Role::Field(_) | Role::Value(_)) => {
            into.field(Some(name.to_owned())).map_or(Role::Other, Role::Field)
        }
        Some(_) => Role::Other,
    };
    // Doubles are looked for in a way that takes the square of their number.
    for attribute in start.attributes().with_checks(false).flatten() {
        let key = attribute.key.as_ref();
        let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
        let record = &mut into.record;
        match (role, name, key) {
            (Role::About, "Provider", "Name") => record.provider = value.into_owned(),
            (Role::About, "TimeCreated", "SystemTime") => into.time = Some(value.into_owned()),
            (Role::About, "Execution", "ProcessID") => record.process = value.parse().ok(),
            (Role::About, "Execution", "ThreadID") => record.thread = value.parse().ok(),
            (Role::Value(at), _, "Name") => {
                if let Some(field) = record.fields.get_mut(at) {
                    field.name = Some(value.into_owned());
                }
            }
            (Role::Field(_) | Role::Value(_), ..) if !key.starts_with("xmlns") => {
                if let Some(at) = into.field(Some(format!("{name}.{key}"))) {
                    into.set(at, &value);
                }
            }
            _ => {}
        }
    }
    opened.push(Open { role, name: name.to_owned(), text: String::new(), full: false });
}

/// An element ends.
fn close(opened: &mut Vec<Open>, into: &mut Element) {
    let Some(Open { role, name, text, full }) = opened.pop() else { return };
    let (record, text) = (&mut into.record, text.trim());
    match (role, name.as_str()) {
        (Role::About, "EventID") => record.id = text.parse::<u32>().unwrap_or_default() & 0xffff,
        (Role::About, "EventRecordID") => record.number = text.parse().ok(),
        (Role::About, "Channel") => record.channel = told(text),
        (Role::About, "Computer") => record.computer = told(text),
        (Role::Message, _) => record.message = told(text),
        // Between elements browsers draw signs to fold them.
        (Role::Field(_) | Role::Value(_), _) if full && text.bytes().all(is_fold) => {}
        (Role::Field(at) | Role::Value(at), _) => into.set(at, text),
        _ => {}
    }
}

fn is_fold(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'-' || byte == b'+'
}

impl Element {
    /// Another field; `None` where there are too many.
    fn field(&mut self, name: Option<String>) -> Option<usize> {
        let at = self.record.fields.len();
        let empty = || Field { name, value: Value::Text(String::new()) };
        (at < MAX_FIELDS).then(|| self.record.fields.push(empty())).map(|()| at)
    }

    fn set(&mut self, at: usize, text: &str) {
        if let Some(field) = self.record.fields.get_mut(at) {
            field.value = Value::Text(text.to_owned());
        }
    }
}

fn told(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// The element that an event is.
const EVENT: &[u8] = b"Event";
/// Elements beside `UserData` that hold the fields of an event.
const CONTAINERS: [&str; 4] = ["EventData", "ProcessingErrorData", "DebugData", "BinaryEventData"];
