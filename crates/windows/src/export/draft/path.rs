//! The keys that lead to a value, and what they make of it.

use std::borrow::Cow;

/// The keys that lead to a value.
pub(super) struct Path<'a> {
    /// The names, the outermost first.
    names: Vec<Cow<'a, str>>,
    /// The same as letters and digits alone, in lower case.
    letters: Vec<String>,
    /// Where the fields of an event begin, behind the name of their container.
    fields: Option<usize>,
}

/// What a value is, by the keys that lead to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Marked<'a> {
    /// A field of this name.
    Field(Cow<'a, str>),
    /// The text of the element of this name, which has begun.
    Own(&'a str),
    /// The name of a field, whose text stands beside it.
    NameOf,
    /// The text of a field, whose name stands beside it.
    TextOf,
    /// A field without a name.
    Unnamed,
    /// Nothing that an event tells.
    Nothing,
    /// It stands beside the fields.
    Beside,
}

/// The deepest that is looked at.
const MAX_NAMES: usize = 24;

impl<'a> Path<'a> {
    pub(super) fn of(keys: &[&'a [u8]]) -> Self {
        let parts = keys.iter().flat_map(|key| key.split(|byte| *byte == b'.'));
        let names = parts.filter(|part| !part.is_empty()).take(MAX_NAMES);
        let mut names: Vec<Cow<'a, str>> = names.map(String::from_utf8_lossy).collect();
        // GELF has no levels: `winlogbeat_winlog_event_data_AlertDesc`.
        if let [name] = &mut names[..]
            && let Some((container, field)) = flattened(name)
        {
            names = vec![Cow::Borrowed(container), Cow::Owned(field)];
        }
        let letters: Vec<String> = names.iter().map(|name| letters(name)).collect();
        let is_container = |name: &String| CONTAINERS.contains(&name.as_str());
        let fields = letters.iter().position(is_container).map(|at| at + 1);
        Self { names, letters, fields }
    }

    /// Whether the keys lead into `EventData` or `UserData`.
    pub(super) fn in_container(&self) -> bool {
        self.fields.is_some()
    }

    /// Whether values stand here in a list, without names: `Properties` of Get-WinEvent.
    pub(super) fn is_list_of_values(&self) -> bool {
        match &self.letters[..] {
            [.., list, value] if value == "value" => LISTS.contains(&list.as_str()),
            [.., list] => LISTS.contains(&list.as_str()),
            [] => false,
        }
    }

    /// What the value is.
    pub(super) fn marked(&self) -> Marked<'_> {
        if self.is_list_of_values() {
            return Marked::Unnamed;
        }
        let Some(fields) = self.fields else { return Marked::Beside };
        let rest = self.names.get(fields..).unwrap_or_default();
        let Some((last, outer)) = rest.split_last() else { return Marked::Unnamed };
        let owner = outer.iter().rev().find_map(|name| element(name));
        let of_data = owner.is_some_and(|owner| owner.eq_ignore_ascii_case("data"));
        let attribute = attribute(last, outer);
        if of_data && attribute.unwrap_or(last).eq_ignore_ascii_case("name") {
            return Marked::NameOf;
        }
        match (last.as_ref(), attribute, owner) {
            (_, Some(attribute), _) if of_data || attribute.starts_with("xmlns") => Marked::Nothing,
            (_, Some(attribute), Some(owner)) => {
                Marked::Field(Cow::Owned(format!("{owner}.{attribute}")))
            }
            (_, Some(_), None) | ("xml_name", ..) => Marked::Nothing,
            _ if of_data => Marked::TextOf,
            ("#text" | "#content" | "#value" | "$t" | "_", _, Some(owner)) => Marked::Own(owner),
            ("#text" | "#content" | "#value" | "$t" | "_" | "Data" | "data", ..) => Marked::Unnamed,
            (name, ..) if is_parameter(name) => Marked::Unnamed,
            (name, ..) => Marked::Field(Cow::Borrowed(name)),
        }
    }

    /// The element that an object is, where it is a field.
    pub(super) fn element(&self) -> Option<&str> {
        let fields = self.fields?;
        let root = usize::from(self.letters.get(fields - 1).is_some_and(|name| name == "userdata"));
        let [.., last] = self.names.get(fields + root..)? else { return None };
        let is_item = last.eq_ignore_ascii_case("data") && root == 0;
        element(last).filter(|name| name == last && !is_item)
    }

    /// The innermost three names as letters, without what only marks a text or an attribute.
    pub(super) fn names(&self) -> (&str, &str, &str) {
        let marks = |name: &&String| {
            !matches!(name.as_str(), "" | "text" | "value" | "attributes" | "content")
        };
        let mut inner = self.letters.iter().rev().filter(marks);
        let mut next = || {
            let name = inner.next().map_or("", String::as_str);
            match name.strip_suffix("attributes") {
                Some(element) if !element.is_empty() => element,
                _ => name,
            }
        };
        (next(), next(), next())
    }

    /// Whether the value is an attribute of an element.
    pub(super) fn is_attribute(&self) -> bool {
        let [outer @ .., last] = &self.names[..] else { return false };
        attribute(last, outer).is_some()
    }

    /// The innermost name, as it is written.
    pub(super) fn last(&self) -> &str {
        self.names.last().map_or("", AsRef::as_ref)
    }
}

/// Containers of an event's fields.
const CONTAINERS: [&str; 2] = ["eventdata", "userdata"];

/// Lists of values without names.
const LISTS: [&str; 5] =
    ["properties", "replacementstrings", "stringinserts", "insertionstrings", "strings"];

/// A name as letters and digits alone, in lower case.
fn letters(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_ascii_alphanumeric());
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The element that a key names; none where the key only says that attributes follow.
fn element(name: &str) -> Option<&str> {
    match name {
        "#attributes" | "@attributes" | "_attributes" | "attributes" | "$" | "@" => None,
        name => Some(name.strip_suffix("_attributes").unwrap_or(name)),
    }
}

/// The attribute that a value is, if it is one.
fn attribute<'a>(last: &'a str, outer: &[Cow<'_, str>]) -> Option<&'a str> {
    let marked = outer.last().is_some_and(|name| element(name) != Some(name));
    let signed = last.strip_prefix('@').or_else(|| last.strip_prefix('-'));
    signed.or(marked.then_some(last))
}

/// `param1` and so on: how Beats call a value without a name.
fn is_parameter(name: &str) -> bool {
    let digits = name.strip_prefix("param").unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The container and the field that a name without levels tells.
fn flattened(name: &str) -> Option<(&'static str, String)> {
    for (mark, container) in [("event_data_", "EventData"), ("user_data_", "UserData")] {
        if let Some((_, field)) = name.split_once(mark) {
            return Some((container, field.to_owned()));
        }
    }
    None
}
