//! A record while its tokens come in: elements and attributes become fields.
//!
//! What a field is called is told at [`crate::Record::fields`], and is the same for every form of
//! a log.

use std::mem;

use logs::Stamp;

use super::glance::without_qualifiers;
use super::stored::Utf16;
use super::value;
use crate::{Field, Record, Value};

/// A record that is not yet complete.
#[derive(Debug, Default)]
pub(crate) struct Draft<'c> {
    pub(crate) record: Record,
    /// The elements that are open, the outermost first.
    path: Vec<Element<'c>>,
    /// Elements that are open inside of the last, and too deep to be kept.
    deeper: usize,
    /// The attribute that is open.
    attribute: Option<Utf16<'c>>,
    /// What the attribute holds, or an element that tells of the event itself.
    text: String,
    /// Whether the attribute has a value at all.
    filled: bool,
    /// Something did not fit.
    pub(crate) cut: bool,
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

/// Elements inside of one another. Chains of certificates have six.
const MAX_DEPTH: usize = 32;
/// Fields of a record. A chain of certificates has some two hundred.
const MAX_FIELDS: usize = 4096;

impl<'c> Draft<'c> {
    /// Begins with what the head of the record says.
    pub(crate) fn new(record: Record) -> Self {
        Self { record, ..Self::default() }
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
            return;
        }
        let role = match self.path.last().map(|element| element.role) {
            None => Role::Event,
            Some(Role::Event) if name.is("System") => Role::System,
            Some(Role::Event) if name.is("UserData") => Role::UserData,
            Some(Role::Event) if name.is("RenderingInfo") => Role::Rendering,
            Some(Role::Event) if CONTAINERS.iter().any(|known| name.is(known)) => Role::Data,
            Some(Role::System) => {
                self.text.clear();
                Role::About
            }
            Some(Role::Rendering) if name.is("Message") => Role::Message,
            // The one element inside of `UserData` holds the fields as `EventData` does.
            Some(Role::UserData) => Role::Data,
            Some(Role::Data) if name.is("Data") => {
                self.field(None).map_or(Role::Other, Role::Value)
            }
            Some(Role::Data | Role::Field(_) | Role::Value(_)) => {
                self.field(Some(name.to_string())).map_or(Role::Other, Role::Field)
            }
            Some(_) => Role::Other,
        };
        self.path.push(Element { name, role });
    }

    /// An attribute begins.
    pub(crate) fn attribute(&mut self, name: Utf16<'c>) {
        self.end_attribute();
        if self.deeper == 0 {
            self.attribute = Some(name);
            self.text.clear();
            self.filled = false;
        }
    }

    /// The start tag is over.
    pub(crate) fn start_over(&mut self) {
        self.end_attribute();
        if self.deeper == 0 {
            self.text.clear();
        }
    }

    /// An element is over.
    pub(crate) fn close(&mut self) {
        self.end_attribute();
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let Some(element) = self.path.pop() else { return };
        match element.role {
            Role::About => self.about(element.name),
            Role::Field(at) | Role::Value(at) => {
                if let Some(Value::Text(text)) = self.value_of(at) {
                    trim(text);
                }
            }
            _ => {}
        }
    }

    /// Closes elements until so many are left.
    pub(crate) fn close_to(&mut self, depth: usize) {
        while self.depth() > depth {
            self.close();
        }
    }

    /// A part of a text.
    pub(crate) fn text(&mut self, write: impl FnOnce(&mut String)) {
        if self.deeper > 0 {
            return;
        }
        self.filled = true;
        if self.attribute.is_some() {
            return write(&mut self.text);
        }
        match self.path.last().map(|element| element.role) {
            Some(Role::About) => write(&mut self.text),
            Some(Role::Message) => write(self.record.message.get_or_insert_default()),
            Some(Role::Field(at) | Role::Value(at)) => {
                if let Some(Value::Text(text)) = self.value_of(at) {
                    write(text);
                }
            }
            _ => {}
        }
    }

    /// A value of the record.
    pub(crate) fn value(&mut self, kind: u8, bytes: &'c [u8]) {
        if self.attribute.is_none()
            && self.deeper == 0
            && let Some(Role::Field(at) | Role::Value(at)) =
                self.path.last().map(|element| element.role)
        {
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
        if let Some(nanoseconds) = value::nanoseconds(kind, bytes)
            && self.path.last().is_some_and(|it| it.role == Role::About)
        {
            // `System` has but one time.
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
    fn about(&mut self, name: Utf16<'_>) {
        let text = self.text.trim();
        if text.is_empty() {
            return;
        }
        if name.is("EventID") {
            self.record.id = text.parse().map(without_qualifiers).unwrap_or_default();
        } else if name.is("EventRecordID") {
            self.record.number = text.parse().ok().or(self.record.number);
        } else if name.is("Channel") {
            self.record.channel = Some(text.to_owned());
        } else if name.is("Computer") {
            self.record.computer = Some(text.to_owned());
        }
        self.text.clear();
    }

    fn end_attribute(&mut self) {
        let (Some(name), Some(element)) = (self.attribute.take(), self.path.last().copied()) else {
            return;
        };
        if !self.filled {
            return;
        }
        match element.role {
            Role::About if element.name.is("Provider") && name.is("Name") => {
                self.record.provider.clone_from(&self.text);
            }
            // A collector writes times as texts.
            Role::About if element.name.is("TimeCreated") && name.is("SystemTime") => {
                let written = Stamp::of_field(self.text.as_bytes(), None);
                self.record.time = written.or(self.record.time);
            }
            Role::About if element.name.is("Execution") && name.is("ProcessID") => {
                self.record.process = self.text.parse().ok();
            }
            Role::About if element.name.is("Execution") && name.is("ThreadID") => {
                self.record.thread = self.text.parse().ok();
            }
            Role::Value(at) if name.is("Name") => {
                if let Some(field) = self.record.fields.get_mut(at) {
                    field.name = Some(self.text.clone());
                }
            }
            Role::Field(_) | Role::Value(_) if !name.begins("xmlns") => {
                let name = format!("{}.{name}", element.name);
                let text = self.text.clone();
                if let Some(at) = self.field(Some(name)) {
                    self.set(at, text);
                }
            }
            _ => {}
        }
        self.text.clear();
    }

    /// Another field; `None` where there are too many.
    fn field(&mut self, name: Option<String>) -> Option<usize> {
        let at = self.record.fields.len();
        if at >= MAX_FIELDS {
            self.cut = true;
            return None;
        }
        self.record.fields.push(Field { name, value: Value::Text(String::new()) });
        Some(at)
    }

    fn set(&mut self, at: usize, text: String) {
        if let Some(value) = self.value_of(at) {
            *value = Value::Text(text);
        }
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
