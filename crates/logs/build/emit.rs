//! Writes the tables as Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::anchors::Anchor;
use crate::form::Part;
use crate::stack::{Form, HOLES, Meaning, Sample, Stack};

/// All stacks and the anchors.
pub(crate) fn stacks(stacks: &BTreeMap<String, Stack>, anchors: &[Anchor<'_>]) -> String {
    let mut out = String::from("// Made from stacks/ by build/.\n");
    for stack in stacks.values() {
        if stack.names_alerts() {
            let (name, names) = (alerts(&stack.slug), &stack.alerts);
            let _ = writeln!(out, "static {name}: &[(u8, &str)] = &{names:?};");
        }
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
    let bytes: Vec<_> = anchors.iter().map(|anchor| anchor.bytes).collect();
    let stems: String = anchors.iter().map(|anchor| list(&anchor.stems)).collect();
    let _ = writeln!(out, "/// One of these stands in every line that is looked at.");
    let _ = writeln!(out, "pub(crate) static ANCHORS: &[[u8; 4]] = &{bytes:?};");
    let _ =
        writeln!(out, "/// For each anchor the texts around it, with the bytes in front of it.");
    let _ = writeln!(out, "pub(crate) static STEMS: &[&[(usize, &str)]] = &[{stems}];");
    out
}

fn list(stems: &BTreeSet<(usize, &str)>) -> String {
    format!("&{:?},\n", stems.iter().collect::<Vec<_>>())
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
        "Stack {{ slug: {:?}, name: {:?}, program: {}, remedy: {:?}, forms: &[{}], \
         beside: &[{}] }},\n",
        stack.slug,
        stack.name,
        stack.program,
        stack.remedy,
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
