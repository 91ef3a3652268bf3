//! A record while its tokens come in: elements and attributes become fields.
//!
//! What a field is called is told at [`crate::Record::fields`], and is the same for every form of
//! a log.

use std::mem;

use logs::Stamp;

use super::effort::{Effort, FIELD};
use super::glance::without_qualifiers;
use super::stored::Utf16;
use super::value;
use crate::{Field, Record, Value};

/// A record that is not yet complete.
#[derive(Debug)]
pub(crate) struct Draft<'c, 'e> {
    pub(crate) record: Record,
    /// What its chunk may still cost.
    pub(crate) effort: &'e mut Effort,
    /// The elements that are open, the outermost first.
    path: Vec<Element<'c>>,
    /// Elements that are open inside of the last, and too deep to be kept.
    deeper: usize,
    /// The attribute that is open, if what it says is kept.
    attribute: Option<Utf16<'c>>,
    /// Where texts go that come next.
    to: To,
    /// What goes to no field: of an attribute, or of an element that tells of the event itself.
    text: String,
    /// Whether the attribute has a value at all.
    filled: bool,
    /// What `System` has told: the first word counts.
    seen: Vec<About>,
    /// Something did not fit.
    pub(crate) cut: bool,
}

/// Where a text goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum To {
    /// It tells nothing that is kept.
    #[default]
    Nowhere,
    /// To what is looked at when the attribute or the element is over.
    Text,
    /// To the rendered text.
    Message,
    /// To a field.
    Field(usize),
}

/// An element that is open.
#[derive(Clone, Copy, Debug)]
struct Element<'c> {
    name: Utf16<'c>,
    role: Role,
}

/// What an element is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The outermost.
    Event,
    /// What every event has.
    System,
    /// Something of that.
    About(About),
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

/// What an element of `System` tells, of what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Provider,
    Id,
    Number,
    Time,
    Execution,
    Channel,
    Computer,
}

impl Role {
    /// Where the text of the element goes.
    fn to(self) -> To {
        match self {
            Self::About(About::Id | About::Number | About::Channel | About::Computer) => To::Text,
            Self::Message => To::Message,
            Self::Field(at) | Self::Value(at) => To::Field(at),
            _ => To::Nowhere,
        }
    }

    /// Whether what an attribute of the element says is kept.
    fn keeps(self, name: Utf16<'_>) -> bool {
        match self {
            Self::About(About::Provider) => name.is("Name"),
            Self::About(About::Time) => name.is("SystemTime"),
            Self::About(About::Execution) => name.is("ProcessID") || name.is("ThreadID"),
            Self::Field(_) | Self::Value(_) => !name.begins("xmlns"),
            _ => false,
        }
    }
}

impl About {
    /// What the element of this name tells.
    fn of(name: Utf16<'_>) -> Option<Self> {
        let known = [
            ("Provider", Self::Provider),
            ("EventID", Self::Id),
            ("EventRecordID", Self::Number),
            ("TimeCreated", Self::Time),
            ("Execution", Self::Execution),
            ("Channel", Self::Channel),
            ("Computer", Self::Computer),
        ];
        known.into_iter().find(|(known, _)| name.is(known)).map(|(_, about)| about)
    }
}

/// Elements inside of one another. Chains of certificates have six.
const MAX_DEPTH: usize = 32;
/// Fields of a record. A chain of certificates has some two hundred.
const MAX_FIELDS: usize = 4096;

impl<'c, 'e> Draft<'c, 'e> {
    /// Begins with what the head of the record says.
    pub(crate) fn new(record: Record, effort: &'e mut Effort) -> Self {
        Self {
            record,
            effort,
            path: Vec::new(),
            deeper: 0,
            attribute: None,
            to: To::Nowhere,
            text: String::new(),
            filled: false,
            seen: Vec::new(),
            cut: false,
        }
    }

    /// Elements that are open.
    pub(crate) fn depth(&self) -> usize {
        self.path.len() + self.deeper
    }

    /// An element begins.
    pub(crate) fn open(&mut self, name: Utf16<'c>) {
        self.end_attribute();
        if self.path.len() >= MAX_DEPTH {
            self.deeper += 1;
            self.cut = true;
            self.to = To::Nowhere;
            return;
        }
        let role = match self.role() {
            None => Role::Event,
            Some(Role::Event) if name.is("System") => Role::System,
            Some(Role::Event) if name.is("UserData") => Role::UserData,
            Some(Role::Event) if name.is("RenderingInfo") => Role::Rendering,
            Some(Role::Event) if CONTAINERS.iter().any(|known| name.is(known)) => Role::Data,
            Some(Role::System) => self.first(name).map_or(Role::Other, Role::About),
            Some(Role::Rendering) if name.is("Message") => Role::Message,
            // The one element inside of `UserData` holds the fields as `EventData` does.
            Some(Role::UserData) => Role::Data,
            Some(Role::Data) if name.is("Data") => {
                self.field(None).map_or(Role::Other, Role::Value)
            }
            Some(Role::Data | Role::Field(_) | Role::Value(_)) => {
                self.field(Some(name.text())).map_or(Role::Other, Role::Field)
            }
            Some(_) => Role::Other,
        };
        self.path.push(Element { name, role });
        self.to = role.to();
    }

    /// What an element of `System` tells, the first time that it does.
    fn first(&mut self, name: Utf16<'_>) -> Option<About> {
        let about = About::of(name).filter(|about| !self.seen.contains(about))?;
        self.seen.push(about);
        Some(about)
    }

    /// An attribute begins.
    pub(crate) fn attribute(&mut self, name: Utf16<'c>) {
        self.end_attribute();
        let kept = self.deeper == 0 && self.role().is_some_and(|role| role.keeps(name));
        self.attribute = kept.then_some(name);
        self.to = if kept { To::Text } else { To::Nowhere };
        self.filled = false;
    }

    /// The start tag is over.
    pub(crate) fn start_over(&mut self) {
        self.end_attribute();
    }

    /// An element is over.
    pub(crate) fn close(&mut self) {
        self.end_attribute();
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(element) = self.path.pop() {
            match element.role {
                Role::About(about) => self.about(about),
                Role::Field(at) | Role::Value(at) => {
                    if let Some(Value::Text(text)) = self.value_of(at) {
                        trim(text);
                    }
                }
                _ => {}
            }
        }
        self.go_on();
    }

    /// Closes elements until so many are left.
    pub(crate) fn close_to(&mut self, depth: usize) {
        while self.depth() > depth {
            self.close();
        }
    }

    /// A part of a text.
    pub(crate) fn text(&mut self, write: impl FnOnce(&mut String)) {
        self.filled = true;
        match self.to {
            To::Nowhere => {}
            To::Text => write(&mut self.text),
            To::Message => write(self.record.message.get_or_insert_default()),
            To::Field(at) => {
                if let Some(Value::Text(text)) = self.value_of(at) {
                    write(text);
                }
            }
        }
    }

    /// A value of the record.
    pub(crate) fn value(&mut self, kind: u8, bytes: &'c [u8]) {
        if let To::Field(at) = self.to {
            if let Some(binary) = value::binary(kind, bytes) {
                if let Some(value) = self.value_of(at) {
                    *value = Value::Binary(binary.to_vec());
                }
                return;
            }
            // Several values in one element are several elements with one value each.
            let (mut to, mut begun) = (Some(at), false);
            let each = |kind: u8, bytes: &[u8]| {
                if mem::replace(&mut begun, true) {
                    to = self.again(at);
                }
                self.write(to, kind, bytes);
            };
            if value::several(kind, bytes, each) {
                return;
            }
        }
        if self.role() == Some(Role::About(About::Time))
            && let Some(nanoseconds) = value::nanoseconds(kind, bytes)
        {
            self.record.time = Some(Stamp { nanoseconds, zone: true });
            return;
        }
        self.text(|text| {
            // An attribute cannot be written several times.
            let write = |kind: u8, bytes: &[u8]| {
                if !text.is_empty() {
                    text.push(',');
                }
                value::write(kind, bytes, text);
            };
            if !value::several(kind, bytes, write) {
                value::write(kind, bytes, text);
            }
        });
    }

    /// What the innermost element is for.
    fn role(&self) -> Option<Role> {
        self.path.last().map(|element| element.role)
    }

    /// Texts that come next belong to the innermost element.
    fn go_on(&mut self) {
        let role = self.role().filter(|_| self.deeper == 0);
        self.to = role.map(Role::to).unwrap_or_default();
    }

    /// Another field with the name of this one.
    fn again(&mut self, at: usize) -> Option<usize> {
        let name = self.record.fields.get(at).and_then(|field| field.name.clone());
        self.field(name)
    }

    fn write(&mut self, at: Option<usize>, kind: u8, bytes: &[u8]) {
        if let Some(Value::Text(text)) = at.and_then(|at| self.value_of(at)) {
            value::write(kind, bytes, text);
            trim(text);
        }
    }

    /// What an element of `System` says.
    fn about(&mut self, about: About) {
        let text = mem::take(&mut self.text);
        let text = text.trim();
        let some = || Some(text.to_owned()).filter(|text| !text.is_empty());
        match about {
            About::Id => self.record.id = text.parse().map(without_qualifiers).unwrap_or_default(),
            About::Number => self.record.number = text.parse().ok().or(self.record.number),
            About::Channel => self.record.channel = some(),
            About::Computer => self.record.computer = some(),
            About::Provider | About::Time | About::Execution => {}
        }
    }

    fn end_attribute(&mut self) {
        let (Some(name), Some(element)) = (self.attribute.take(), self.path.last().copied()) else {
            return self.go_on();
        };
        let text = mem::take(&mut self.text);
        match element.role {
            // It says nothing, and so it is not there.
            _ if !self.filled => {}
            Role::About(About::Provider) => self.record.provider = text,
            // A collector writes times as texts.
            Role::About(About::Time) => {
                let written = Stamp::of_field(text.as_bytes(), None);
                self.record.time = written.or(self.record.time);
            }
            Role::About(_) if name.is("ProcessID") => self.record.process = text.parse().ok(),
            Role::About(_) => self.record.thread = text.parse().ok(),
            Role::Value(at) if name.is("Name") => {
                if let Some(field) = self.record.fields.get_mut(at) {
                    field.name = Some(text);
                }
            }
            _ => {
                let name = format!("{}.{}", element.name.text(), name.text());
                if let Some(value) = self.field(Some(name)).and_then(|at| self.value_of(at)) {
                    *value = Value::Text(text);
                }
            }
        }
        self.go_on();
    }

    /// Another field; `None` where there are too many.
    fn field(&mut self, name: Option<String>) -> Option<usize> {
        let at = self.record.fields.len();
        let cost = FIELD + name.as_ref().map_or(0, String::len);
        if at >= MAX_FIELDS || !self.effort.spend(cost) {
            self.cut = true;
            return None;
        }
        self.record.fields.push(Field { name, value: Value::Text(String::new()) });
        Some(at)
    }

    fn value_of(&mut self, at: usize) -> Option<&mut Value> {
        self.record.fields.get_mut(at).map(|field| &mut field.value)
    }
}

/// Elements beside `UserData` that hold the fields of an event.
const CONTAINERS: [&str; 4] = ["EventData", "ProcessingErrorData", "DebugData", "BinaryEventData"];

/// Takes white space from both ends.
fn trim(text: &mut String) {
    text.truncate(text.trim_end().len());
    let front = text.len() - text.trim_start().len();
    text.drain(..front);
}
