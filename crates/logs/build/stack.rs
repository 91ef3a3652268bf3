//! One stack file, read and checked.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::form::{self, Part};

/// A stack as its file has it.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) program: bool,
    pub(crate) remedy: String,
    /// Codes and the names that this library gives them.
    pub(crate) alerts: Vec<(u8, String)>,
    /// Words with a meaning, by the name of their list.
    pub(crate) vocabularies: BTreeMap<String, Vec<Entry>>,
    pub(crate) forms: Vec<Form>,
    /// Lines near a failure that tell more about it.
    pub(crate) beside: Vec<Form>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) innocents: Vec<Sample>,
}

/// What a word or a form means.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meaning {
    pub(crate) alert: Option<u8>,
    pub(crate) sent: Option<u8>,
    pub(crate) voice: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) weak: bool,
    pub(crate) dump: bool,
    pub(crate) innocent: bool,
    /// Slugs with `Certain`, `Likely` or `Possible`.
    pub(crate) suspects: Vec<(String, &'static str)>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) text: String,
    pub(crate) code: Option<i64>,
    pub(crate) meaning: Meaning,
}

#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) text: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) key: usize,
    pub(crate) version: String,
    pub(crate) meaning: Meaning,
}

#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) line: String,
    pub(crate) run: bool,
    pub(crate) version: String,
    pub(crate) peer: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) meaning: Meaning,
}

const MEANING: [&str; 10] =
    ["alert", "sent", "voice", "role", "weak", "dump", "innocent", "certain", "likely", "possible"];

const VOICES: [&str; 5] = ["heard", "said", "unclear", "refused", "lost"];

impl Stack {
    pub(crate) fn read(slug: &str, text: &str) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|error| format!("{error}"))?;
        let mut stack = Self {
            slug: slug.to_owned(),
            name: string(&table, "name")?.ok_or("no name")?,
            program: match string(&table, "kind")?.as_deref() {
                Some("library") => false,
                Some("program") => true,
                _ => return Err("kind is library or program".into()),
            },
            remedy: string(&table, "remedy")?.unwrap_or_else(|| "any".into()),
            alerts: Vec::new(),
            vocabularies: BTreeMap::new(),
            forms: Vec::new(),
            beside: Vec::new(),
            samples: Vec::new(),
            innocents: Vec::new(),
        };
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("name" | "kind" | "remedy" | "about", _) => {}
                ("alerts", Value::Table(names)) => stack.alerts = alerts(names)?,
                (list, Value::Array(items)) => {
                    for (place, item) in items.iter().enumerate() {
                        let item = item.as_table().ok_or(format!("{list}: not a table"))?;
                        stack
                            .add(list, item)
                            .map_err(|error| format!("{list} {}: {error}", place + 1))?;
                    }
                }
                _ => return Err(format!("{key}: nothing of this name belongs here")),
            }
        }
        Ok(stack)
    }

    fn add(&mut self, list: &str, item: &Table) -> Result<(), String> {
        match list {
            "form" | "beside" => {
                known(item, &["text", "version"])?;
                for text in strings(item, "text")? {
                    let parts = form::parts(&text)?;
                    let key = form::key(&parts).ok_or(format!("{text:?}: no literal"))?;
                    let version = string(item, "version")?.unwrap_or_default();
                    let form = Form { text, parts, key, version, meaning: meaning(item)? };
                    if list == "form" { &mut self.forms } else { &mut self.beside }.push(form);
                }
            }
            "sample" | "innocent" => {
                known(item, &["line", "from", "version", "peer", "name"])?;
                let sample = Sample {
                    line: string(item, "line")?.ok_or("no line")?,
                    run: match string(item, "from")?.as_deref() {
                        Some("run") => true,
                        Some("documentation") => false,
                        _ => return Err("from is run or documentation".into()),
                    },
                    version: string(item, "version")?.unwrap_or_default(),
                    peer: string(item, "peer")?,
                    name: string(item, "name")?,
                    meaning: meaning(item)?,
                };
                if list == "sample" { &mut self.samples } else { &mut self.innocents }.push(sample);
            }
            vocabulary => {
                known(item, &["text", "code"])?;
                let code = item.get("code").and_then(Value::as_integer);
                for text in strings(item, "text")? {
                    let entry = Entry { text, code, meaning: meaning(item)? };
                    self.vocabularies.entry(vocabulary.to_owned()).or_default().push(entry);
                }
            }
        }
        Ok(())
    }

    /// Names holes that nothing fills.
    pub(crate) fn faults(&self, all: &BTreeMap<String, Self>) -> Vec<String> {
        let here = &self.slug;
        let mut faults = Vec::new();
        for form in self.forms.iter().chain(&self.beside) {
            for part in &form.parts {
                if let Part::Hole(hole) = part
                    && !HOLES.contains(&hole.as_str())
                    && self.vocabulary(hole, all).is_none()
                {
                    faults.push(format!("{here}: {:?}: nothing fills {{{hole}}}", form.text));
                }
            }
        }
        faults
    }

    /// Whether a form of it names an alert.
    pub(crate) fn names_alerts(&self) -> bool {
        let parts = self.forms.iter().chain(&self.beside).flat_map(|form| &form.parts);
        parts.into_iter().any(|part| matches!(part, Part::Hole(hole) if hole == "alert"))
    }

    /// The stack and list that a hole `reason`, `openssl.reason` or `reason#` speaks of.
    pub(crate) fn vocabulary<'a>(
        &'a self,
        hole: &'a str,
        all: &'a BTreeMap<String, Self>,
    ) -> Option<(&'a str, &'a str)> {
        let hole = hole.trim_end_matches('#');
        let (stack, list) = match hole.split_once('.') {
            Some((slug, list)) => (all.get(slug)?, list),
            None => (self, hole),
        };
        stack.vocabularies.contains_key(list).then_some((&stack.slug, list))
    }
}

/// Holes with a meaning of their own.
pub(crate) const HOLES: [&str; 12] = [
    "...", "word", "number", "id", "peer", "here", "name", "alert", "code", "hex", "level",
    "packed",
];

fn meaning(item: &Table) -> Result<Meaning, String> {
    let code = |key| match item.get(key).map(Value::as_integer) {
        None => Ok(None),
        Some(code) => match code.map(u8::try_from) {
            Some(Ok(code)) => Ok(Some(code)),
            _ => Err(format!("{key} is no alert code")),
        },
    };
    let mut suspects = Vec::new();
    for (key, sure) in [("certain", "Certain"), ("likely", "Likely"), ("possible", "Possible")] {
        if item.contains_key(key) {
            suspects.extend(strings(item, key)?.into_iter().map(|slug| (slug, sure)));
        }
    }
    let voice = string(item, "voice")?;
    if let Some(voice) = voice.as_deref().filter(|voice| !VOICES.contains(voice)) {
        return Err(format!("{voice:?} is no voice: one of {VOICES:?}"));
    }
    let role = string(item, "role")?;
    if let Some(role) = role.as_deref().filter(|role| !["client", "server"].contains(role)) {
        return Err(format!("{role:?} is no role: client or server"));
    }
    Ok(Meaning {
        alert: code("alert")?,
        sent: code("sent")?,
        voice,
        role,
        weak: flag(item, "weak"),
        dump: flag(item, "dump"),
        innocent: flag(item, "innocent"),
        suspects,
    })
}

fn alerts(names: &Table) -> Result<Vec<(u8, String)>, String> {
    let mut alerts = Vec::new();
    for (code, _) in names {
        let number = code.parse().map_err(|_| format!("alerts: {code} is no alert code"))?;
        alerts.extend(strings(names, code)?.into_iter().map(|name| (number, name)));
    }
    Ok(alerts)
}

fn known(item: &Table, keys: &[&str]) -> Result<(), String> {
    let strange =
        item.keys().find(|key| !keys.contains(&key.as_str()) && !MEANING.contains(&key.as_str()));
    match strange {
        Some(key) => Err(format!("{key}: nothing of this name belongs here")),
        None => Ok(()),
    }
}

fn flag(item: &Table, key: &str) -> bool {
    item.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn string(item: &Table, key: &str) -> Result<Option<String>, String> {
    match item.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("{key} is not a text")),
    }
}

/// One text or a list of them.
fn strings(item: &Table, key: &str) -> Result<Vec<String>, String> {
    match item.get(key) {
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(texts)) => texts
            .iter()
            .map(|text| text.as_str().map(str::to_owned).ok_or(format!("{key} holds no text")))
            .collect(),
        _ => Err(format!("{key} is missing")),
    }
}
