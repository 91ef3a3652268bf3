//! A record while its values come in, under whatever names a form has for them.
//!
//! Each shipper has names of its own for the same things. They are compared without case and signs,
//! and a dot in a name is a level like any other: `winlog.event_data.AlertDesc` is written flat and
//! nested. What stands in `EventData` or `UserData` is a field, whatever it is called.

mod path;

use std::borrow::Cow;

use logs::json;

use self::path::{Marked, Path};
use super::names::provider;
use super::time::When;
use super::{rendered, xml};
use crate::evtx::wanted::Provider;
use crate::manifest::{self, CALLER, name_them};
use crate::{Field, Record, Value};

/// A record that is being put together.
#[derive(Debug, Default)]
pub(super) struct Draft {
    provider: Option<&'static Provider>,
    id: Ranked<u32>,
    number: Ranked<u64>,
    time: Ranked<String>,
    channel: Ranked<String>,
    computer: Ranked<String>,
    process: Ranked<u32>,
    thread: Ranked<u32>,
    message: Ranked<String>,
    fields: Vec<Field>,
    /// Values that have no names, in the order of the form.
    unnamed: Vec<Value>,
    /// What stands beside the known names: the fields, in a form that has one level alone.
    flat: Vec<Field>,
    /// A name whose value is still to come, or the other way round: `@Name` and `#text`.
    half: Option<Half>,
    /// The key of the list of numbers that came last, by its place: a value in bytes is one.
    bytes_of: Option<usize>,
}

/// A record as far as its form has it, and what is to be decided of its time.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) record: Record,
    pub(super) when: Option<When>,
}

/// The best value so far.
#[derive(Debug)]
struct Ranked<T> {
    rank: u8,
    value: Option<T>,
}

#[derive(Debug)]
enum Half {
    Name(String),
    Text(String),
}

/// Fields of one record that are kept. A chain of certificates has some two hundred.
pub(super) const MAX_FIELDS: usize = 4096;
/// How often a text inside a record may be JSON again.
const MAX_LEVELS: u8 = 2;

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self { rank: 0, value: None }
    }
}

impl<T> Ranked<T> {
    fn set(&mut self, rank: u8, value: Option<T>) {
        if value.is_some() && rank > self.rank {
            (self.rank, self.value) = (rank, value);
        }
    }
}

impl Draft {
    /// Takes all values of a JSON object.
    pub(super) fn object(&mut self, text: &[u8]) {
        self.inner_object(&[], text, MAX_LEVELS);
    }

    fn inner_object(&mut self, outer: &[&[u8]], text: &[u8], levels: u8) {
        json::walk(text, |keys, value| {
            let place = keys.last().map(|key| key.as_ptr() as usize);
            let keys: Cow<'_, [&[u8]]> =
                if outer.is_empty() { keys.into() } else { [outer, keys].concat().into() };
            match value {
                json::Value::Text(text) => {
                    self.value(&keys, &String::from_utf8_lossy(&text.text()), levels);
                }
                // An element without a text; beside the fields it says nothing.
                json::Value::Bare(b"null") if Path::of(&keys).in_container() => {
                    self.value(&keys, "", levels);
                }
                json::Value::Bare(b"null") => {}
                json::Value::Bare(bare) => self.bare(&keys, bare, place),
                json::Value::Object => self.element(&keys),
            }
        });
    }

    /// Begins an element, which is a field with a text of its own.
    fn element(&mut self, keys: &[&[u8]]) {
        if let Some(name) = Path::of(keys).element() {
            self.add(name, "");
        }
    }

    /// Takes a number. Several in one list are bytes, where a list of values stands.
    fn bare(&mut self, keys: &[&[u8]], bare: &[u8], place: Option<usize>) {
        let text = String::from_utf8_lossy(bare);
        let path = Path::of(keys);
        if !path.is_list_of_values() {
            return self.value(keys, &text, 0);
        }
        let byte = text.parse::<u8>().ok();
        let goes_on = place.is_some() && self.bytes_of == place;
        self.bytes_of = place;
        match (goes_on, byte, self.unnamed.last_mut()) {
            (true, Some(byte), Some(Value::Binary(bytes))) => bytes.push(byte),
            (true, Some(byte), Some(last @ Value::Text(_))) => {
                let first = match last {
                    Value::Text(text) => text.parse().ok(),
                    Value::Binary(_) => None,
                };
                *last = Value::Binary(first.into_iter().chain([byte]).collect());
            }
            _ => self.add_unnamed(&text),
        }
    }

    /// Takes a value by the keys that lead to it, the outermost first.
    fn value(&mut self, keys: &[&[u8]], text: &str, levels: u8) {
        let path = Path::of(keys);
        let text = text.trim();
        let is_object = text.starts_with('{') && json::is_object(text.as_bytes());
        if is_object && let Some(levels) = levels.checked_sub(1) {
            let outer = if path.in_container() { keys } else { &[] };
            return self.inner_object(outer, text.as_bytes(), levels);
        }
        if text.starts_with('<') && self.markup(text) {
            return;
        }
        match path.marked() {
            Marked::Field(name) => self.add(&name, text),
            Marked::Own(name) => self.fill(name, text),
            Marked::NameOf => self.pair(Half::Name(text.to_owned())),
            Marked::TextOf => self.pair(Half::Text(text.to_owned())),
            Marked::Unnamed => self.add_unnamed(text),
            Marked::Nothing => {}
            Marked::Beside => self.role(&path, text),
        }
    }

    /// Takes XML that stands in a value: a whole event, or what it tells.
    fn markup(&mut self, text: &str) -> bool {
        if text.starts_with("<Event ") || text.starts_with("<Event>") {
            let element = xml::element(text);
            let record = element.record;
            if record.id == 0 {
                return false;
            }
            self.provider = self.provider.or(provider(&record.provider));
            self.id.set(9, Some(record.id));
            self.number.set(9, record.number);
            self.process.set(9, record.process);
            self.thread.set(9, record.thread);
            self.channel.set(9, record.channel);
            self.computer.set(9, record.computer);
            self.message.set(1, record.message);
            self.time.set(9, element.time);
            self.fields = record.fields;
            return true;
        }
        let Some(fields) = xml::data(text) else { return false };
        for field in fields {
            match field.name {
                Some(_) => self.fields.push(field),
                None => self.unnamed.push(field.value),
            }
        }
        true
    }

    /// Adds a field by its name.
    fn add(&mut self, name: &str, text: &str) {
        if self.fields.len() < MAX_FIELDS {
            self.fields.push(field(&self.once(name), text));
        }
    }

    /// A name without the number that a reader puts behind one that is there already, because a key
    /// stands in an object but once: `Certificate_1`.
    fn once<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let (element, attribute) = match name.split_once('.') {
            Some((element, attribute)) => (element, Some(attribute)),
            None => (name, None),
        };
        let numbered = element.rsplit_once('_').filter(|(_, number)| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        let Some((known, _)) = numbered.filter(|(known, _)| {
            self.fields.iter().any(|field| field.name.as_deref() == Some(*known))
        }) else {
            return Cow::Borrowed(name);
        };
        match attribute {
            Some(attribute) => Cow::Owned(format!("{known}.{attribute}")),
            None => Cow::Borrowed(known),
        }
    }

    /// Sets the text of an element that has begun.
    fn fill(&mut self, name: &str, text: &str) {
        let name = &self.once(name);
        let begun = |field: &&mut Field| {
            field.name.as_deref() == Some(name)
                && matches!(&field.value, Value::Text(text) if text.is_empty())
        };
        match self.fields.iter_mut().rev().find(begun) {
            Some(field) => field.value = Value::Text(text.to_owned()),
            None => self.add(name, text),
        }
    }

    /// Adds a value that has no name.
    fn add_unnamed(&mut self, text: &str) {
        // PowerShell writes what is too deep for it as the name of its type.
        if text.starts_with("System.") {
            return;
        }
        if self.unnamed.len() < MAX_FIELDS {
            self.unnamed.push(Value::Text(text.to_owned()));
        }
    }

    fn pair(&mut self, half: Half) {
        match (self.half.take(), half) {
            (Some(Half::Name(name)), Half::Text(text))
            | (Some(Half::Text(text)), Half::Name(name)) => self.add(&name, &text),
            (Some(Half::Text(text)), half @ Half::Text(_)) => {
                self.add_unnamed(&text);
                self.half = Some(half);
            }
            (_, half) => self.half = Some(half),
        }
    }

    /// Takes a value under a name without levels: the header of a column, a label.
    pub(super) fn labelled(&mut self, name: &str, text: &str) {
        self.value(&[name.as_bytes()], text, MAX_LEVELS);
    }

    /// Whether this is what a column with providers is called.
    pub(super) fn is_provider(name: &str) -> bool {
        PROVIDERS.contains(&Path::of(&[name.as_bytes()]).names().0)
    }

    /// Sets the provider, which the form's reader has found.
    pub(super) fn provider(&mut self, provider: &'static Provider) {
        self.provider = Some(provider);
    }

    /// Sets the number of the event, where its name did not tell it.
    pub(super) fn id(&mut self, id: u32) {
        self.id.set(1, Some(id));
    }

    /// Whether the number of the event is known.
    pub(super) fn has_id(&self) -> bool {
        self.id.value.is_some()
    }

    /// Sets the time, where its name did not tell it.
    pub(super) fn time(&mut self, text: &str) {
        self.time.set(1, told(text));
    }

    /// Sets the number of the record, where its name did not tell it.
    pub(super) fn number(&mut self, text: &str) {
        self.number.set(1, text.parse().ok());
    }

    /// Sets the log's name, where its own name did not tell it.
    pub(super) fn channel(&mut self, text: &str) {
        self.channel.set(1, told(text));
    }

    /// Sets the machine's name, where its own name did not tell it.
    pub(super) fn computer(&mut self, text: &str) {
        self.computer.set(1, told(text));
    }

    /// Sets the number of the process, where its name did not tell it.
    pub(super) fn process(&mut self, text: &str) {
        self.process.set(1, whole(text));
    }

    /// Sets the rendered text, where its name did not tell it.
    pub(super) fn message(&mut self, text: &str) {
        self.message.set(1, told(text));
    }

    /// Forgets what stood beside the known names: all of it is about the record.
    pub(super) fn without_others(&mut self) {
        self.flat.clear();
    }

    /// Takes a value that stands beside the fields, by what its name is known for.
    fn role(&mut self, path: &Path<'_>, text: &str) {
        let (name, parent, outer) = path.names();
        let root = parent.is_empty() || ENVELOPES.contains(&parent);
        let is_provider = PROVIDERS.contains(&name) || (name == "name" && parent == "provider");
        if is_provider && let Some(provider) = provider(text) {
            self.provider = self.provider.or(Some(provider));
            return;
        }
        match name {
            "systemtime" => self.time.set(6, told(text)),
            "timecreated" => self.time.set(5, told(text)),
            "eventtime" => self.time.set(4, told(text)),
            "timegenerated" | "timegeneratedutc" | "timestamp" => self.time.set(3, told(text)),
            "timewritten" | "dateandtime" | "dateevent" => self.time.set(2, told(text)),
            "time" | "date" if root => self.time.set(1, told(text)),
            "eventid" | "eventcode" | "eventidentifier" => self.id.set(3, id(text)),
            "code" if parent == "event" => self.id.set(3, id(text)),
            "id" if root || parent == "winlog" || parent == "system" => self.id.set(2, id(text)),
            "instanceid" => self.id.set(1, id(text)),
            "eventrecordid" => self.number.set(4, text.parse().ok()),
            "recordid" | "recordnumber" => self.number.set(3, text.parse().ok()),
            "index" if root => self.number.set(1, text.parse().ok()),
            "channel" => self.channel.set(4, told(text)),
            "logname" | "eventlog" | "logfile" => self.channel.set(3, told(text)),
            "computer" | "computername" => self.computer.set(4, told(text)),
            "machinename" => self.computer.set(3, told(text)),
            "hostname" => self.computer.set(2, told(text)),
            "name" if parent == "host" => self.computer.set(1, told(text)),
            "host" if root => self.computer.set(1, told(text)),
            "processid" | "executionprocessid" => self.process.set(3, whole(text)),
            "pid" if parent == "process" && outer == "winlog" => self.process.set(4, whole(text)),
            "threadid" | "executionthreadid" => self.thread.set(3, whole(text)),
            "id" if parent == "thread" => self.thread.set(4, whole(text)),
            "message" | "renderedmessage" | "rendereddescription" => {
                self.message.set(4, told(text.trim_matches('"')));
            }
            "fullmessage" => self.message.set(3, told(text)),
            "shortmessage" | "msg" | "description" if root => self.message.set(2, told(text)),
            _ if !root || is_provider || path.is_attribute() || BESIDE.contains(&name) => {}
            _ if self.flat.len() < MAX_FIELDS => self.flat.push(field(path.last(), text)),
            _ => {}
        }
    }

    /// The record, where it is one that is worth to be told.
    pub(super) fn draw(mut self, written: Option<i64>) -> Option<Drawn> {
        if let Some(Half::Text(text)) = self.half.take() {
            self.add_unnamed(&text);
        }
        let (provider, id) = (self.provider?, self.id.value?);
        if !provider.wants(id) {
            return None;
        }
        let mut fields = std::mem::take(&mut self.fields);
        if fields.is_empty() {
            fields.extend(name_them(provider.name(), id, std::mem::take(&mut self.unnamed)));
        }
        let names = manifest::names(provider.name(), id);
        let is_field = |field: &Field| {
            let name = field.name.as_deref().unwrap_or_default();
            names.iter().chain(&CALLER).any(|known| known.eq_ignore_ascii_case(name))
        };
        if fields.is_empty() && (names.is_empty() || self.flat.iter().any(is_field)) {
            fields = self.flat;
        }
        let message = self.message.value;
        if fields.is_empty()
            && let Some(message) = &message
        {
            fields = rendered::fields(provider.name(), id, message);
        }
        let record = Record {
            provider: provider.name().to_owned(),
            id,
            number: self.number.value,
            channel: self.channel.value,
            computer: self.computer.value,
            process: self.process.value,
            thread: self.thread.value,
            fields,
            message,
            ..Record::default()
        };
        let when = self.time.value.and_then(|time| When::of(&time, written));
        Some(Drawn { record, when })
    }
}

/// Objects that are only a wrapping of an event.
const ENVELOPES: [&str; 8] =
    ["event", "result", "source", "record", "properties", "body", "fields", "win"];

/// Names of the provider.
const PROVIDERS: [&str; 7] = [
    "providername",
    "sourcename",
    "provider",
    "source",
    "eventsource",
    "eventsourcename",
    "systemprovidername",
];

/// Names beside the fields in a form that has one level alone.
const BESIDE: [&str; 51] = [
    "accountname",
    "accounttype",
    "activityid",
    "bookmark",
    "category",
    "categorynumber",
    "categorystring",
    "chunknumber",
    "container",
    "containerlog",
    "data",
    "domain",
    "entrytype",
    "eventcategory",
    "eventreceivedtime",
    "eventtype",
    "extradataoffset",
    "facility",
    "guid",
    "hiddenrecord",
    "keyword",
    "keywords",
    "keywordsdisplaynames",
    "level",
    "leveldisplayname",
    "levelvalue",
    "logtype",
    "mapdescription",
    "matchedqueryids",
    "opcode",
    "opcodedisplayname",
    "opcodevalue",
    "providerguid",
    "providerid",
    "qualifiers",
    "relatedactivityid",
    "severity",
    "severityvalue",
    "sid",
    "site",
    "sourcefile",
    "sourcemodulename",
    "sourcemoduletype",
    "syslogfacility",
    "task",
    "taskcategory",
    "taskdisplayname",
    "user",
    "userid",
    "username",
    "version",
];

/// A field with its name.
fn field(name: &str, text: &str) -> Field {
    Field { name: Some(name.to_owned()), value: Value::Text(text.to_owned()) }
}

/// A text, if there is one.
fn told(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text != "-").then(|| text.to_owned())
}

/// The number of an event; old sources put qualifiers above it.
fn id(text: &str) -> Option<u32> {
    let number: i64 = text.trim().replace(',', "").parse().ok()?;
    u32::try_from(number & 0xffff).ok()
}

fn whole(text: &str) -> Option<u32> {
    text.parse().ok()
}
