//! Writes the tables as Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::form::{self, Part};
use crate::stack::{Form, HOLES, Meaning, Sample, Stack};

/// All stacks and the anchors.
pub(crate) fn stacks(stacks: &BTreeMap<String, Stack>, anchors: &[String]) -> String {
    let mut out = String::from("// Made from stacks/ by build/.\n");
    for stack in stacks.values() {
        let _ =
            writeln!(out, "static {}: &[(u8, &str)] = &{:?};", alerts(&stack.slug), stack.alerts);
        for (list, entries) in &stack.vocabularies {
            let entries: String = entries
                .iter()
                .map(|entry| {
                    let (text, code) = (&entry.text, entry.code);
                    let meaning = meaning(&entry.meaning);
                    format!("Entry {{ text: {text:?}, code: {code:?}, meaning: {meaning} }},\n")
                })
                .collect();
            let name = vocabulary(&stack.slug, list);
            let _ = writeln!(out, "static {name}: &[Entry] = &[{entries}];");
        }
    }
    let tables: String = stacks.values().map(|stack| table(stack, stacks)).collect();
    let _ = writeln!(out, "/// Every stack, in the order of the files.");
    let _ = writeln!(out, "pub(crate) static STACKS: &[Stack] = &[{tables}];");
    let _ = writeln!(out, "/// What stands in every line that is looked at.");
    let _ = writeln!(out, "pub(crate) static ANCHORS: &[&str] = &{anchors:?};");
    let _ =
        writeln!(out, "/// For each anchor the stems around it, with the bytes in front of it.");
    let stems = stems(stacks, anchors);
    let _ = writeln!(out, "pub(crate) static STEMS: &[&[(usize, &str)]] = &{stems};");
    out
}

/// The stems of all forms, by their anchors.
fn stems(stacks: &BTreeMap<String, Stack>, anchors: &[String]) -> String {
    let mut by_anchor = vec![BTreeSet::new(); anchors.len()];
    for form in stacks.values().flat_map(|stack| &stack.forms) {
        if let Some((anchor, front, stem)) = form::stem(&form.parts, anchors) {
            by_anchor[anchor].insert((front, stem));
        }
    }
    // What begins with another stem is found by that one.
    let lists = by_anchor.iter().map(|stems| {
        let shorter = |(front, stem): &(usize, &str)| {
            let mut others = stems.iter().filter(|(other, _)| other == front);
            others.any(|(_, other)| other != stem && stem.starts_with(other))
        };
        let list: Vec<_> = stems.iter().filter(|stem| !shorter(stem)).collect();
        format!("&{list:?},")
    });
    format!("[{}]", lists.collect::<String>())
}

/// All samples, for the tests.
pub(crate) fn samples(stacks: &BTreeMap<String, Stack>) -> String {
    let mut out = String::from("static SAMPLES: &[Sample] = &[\n");
    for stack in stacks.values() {
        for (innocent, samples) in [(false, &stack.samples), (true, &stack.innocents)] {
            out.extend(samples.iter().map(|sample| one(&stack.slug, sample, innocent)));
        }
    }
    out + "];\n"
}

fn one(slug: &str, sample: &Sample, innocent: bool) -> String {
    let Sample { line, run, version, peer, name, .. } = sample;
    let meaning = meaning(&sample.meaning);
    format!(
        "Sample {{ stack: {slug:?}, innocent: {innocent}, line: {line:?}, run: {run}, \
         version: {version:?}, peer: {peer:?}, name: {name:?}, meaning: {meaning} }},\n"
    )
}

fn table(stack: &Stack, all: &BTreeMap<String, Stack>) -> String {
    let forms =
        |forms: &[Form]| -> String { forms.iter().map(|form| row(form, stack, all)).collect() };
    format!(
        "Stack {{ slug: {:?}, name: {:?}, program: {}, remedy: {:?}, alerts: {}, forms: &[{}], \
         beside: &[{}] }},\n",
        stack.slug,
        stack.name,
        stack.program,
        stack.remedy,
        alerts(&stack.slug),
        forms(&stack.forms),
        forms(&stack.beside)
    )
}

fn row(form: &Form, stack: &Stack, all: &BTreeMap<String, Stack>) -> String {
    let parts: String = form.parts.iter().map(|part| self::part(part, stack, all)).collect();
    let (key, version, meaning) = (form.key, &form.version, meaning(&form.meaning));
    format!("Form {{ parts: &[{parts}], key: {key}, version: {version:?}, meaning: {meaning} }},\n")
}

fn part(part: &Part, stack: &Stack, all: &BTreeMap<String, Stack>) -> String {
    let hole = match part {
        Part::Text(text) => return format!("Part::Text({text:?}),"),
        Part::Hole(hole) => hole.as_str(),
    };
    let list = |hole: &str| {
        let (slug, list) = stack.vocabulary(hole, all)?;
        Some(vocabulary(slug, list))
    };
    let kind = match hole {
        "..." => "Any".to_owned(),
        "alert" => format!("Alert({})", alerts(&stack.slug)),
        "packed" => {
            let reasons = list("reason").or_else(|| list("openssl.reason"));
            format!("Packed({})", reasons.unwrap_or_else(|| "&[]".into()))
        }
        hole if HOLES.contains(&hole) => hole[..1].to_uppercase() + &hole[1..],
        hole => {
            let kind = if hole.ends_with('#') { "CodeOf" } else { "WordOf" };
            format!("{kind}({})", list(hole).unwrap_or_else(|| "&[]".into()))
        }
    };
    format!("Part::Hole(Hole::{kind}),")
}

fn meaning(meaning: &Meaning) -> String {
    let Meaning { alert, sent, voice, role, weak, dump, innocent, suspects } = meaning;
    let voice =
        voice.as_deref().map_or("None".into(), |voice| format!("Some(Voice::{})", camel(voice)));
    let role = role.as_deref().map_or("None".into(), |role| format!("Some(Side::{})", camel(role)));
    let suspects: String = suspects
        .iter()
        .map(|(cause, sure)| format!("Suspect {{ cause: {cause:?}, sure: Sure::{sure} }},"))
        .collect();
    format!(
        "Meaning {{ alert: {alert:?}, sent: {sent:?}, voice: {voice}, role: {role}, weak: {weak}, \
         dump: {dump}, innocent: {innocent}, suspects: &[{suspects}] }}"
    )
}

fn camel(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn alerts(slug: &str) -> String {
    format!("ALERTS_{}", constant(slug))
}

fn vocabulary(slug: &str, list: &str) -> String {
    format!("WORDS_{}_{}", constant(slug), constant(list))
}

fn constant(slug: &str) -> String {
    slug.to_uppercase().replace('-', "_")
}
