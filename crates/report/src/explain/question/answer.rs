//! The screen for a question: what was asked, who refused whom, why, what to do, and what else it
//! takes to be sure.

use alert::{Alert, Senders, Side, Version};
use diagnosis::{Cause, Fix, is_of_certificate, pointed_at};
use logs::{Sure, Suspect, Voice, schannel_event, schannel_state};

use super::elsewhere::Logs;
use super::read::Question;
use crate::explain::rows;
use crate::paint::{Line, Page, Tone, row};
use crate::wanted;

/// Draws the answer.
pub(super) fn draw(page: &mut Page<'_>, question: &Question) {
    facts(page, question);
    let mut shown: Vec<&'static str> = Vec::new();
    let blocks = blocks(question);
    // Only these events have an alert.
    let of_alert = question.events.is_empty() || question.has_event(&[RECEIVED, GENERATED]);
    if blocks.is_empty() && question.voice.is_some() && of_alert {
        page.blank();
        usual(page);
    }
    for block in blocks {
        page.blank();
        block.draw(page, question, &mut shown);
    }
    if question.is_of_failures() {
        page.blank();
        wanted_of(page, question);
    }
    next(page, &shown);
}

/// What each number stands for, and what is to be known where it happened.
fn facts(page: &mut Page<'_>, question: &Question) {
    for event in question.events.iter().chain(implied(question).as_ref()) {
        fact(page, Tone::Verdict, &format!("event {event}"), &event_says(*event, question));
    }
    for other in &question.elsewhere {
        fact(page, Tone::Verdict, &other.label, &format!("{}.", other.says));
        if !other.next.is_empty() {
            fact(page, Tone::Good, "next", &format!("{}.", other.next));
        }
    }
    for alert in &question.alerts {
        let name = alert.name().unwrap_or("unassigned");
        let says = match alert.says() {
            "" => alert.meaning().to_owned(),
            says => format!("{name}: the side that SENT it {says}."),
        };
        fact(page, Tone::Verdict, &format!("alert {}", alert.code()), &says);
    }
    for state in question.states.iter().copied() {
        let says = schannel_state(state).map(|state| state.says.into_owned());
        let says = here(&says.unwrap_or_default());
        fact(page, Tone::Verdict, &format!("state {state}"), &format!("{says}."));
    }
    for code in &question.codes {
        let many = if code.alerts.is_empty() {
            ""
        } else {
            " Given alone, tlswhy says what each of them means."
        };
        fact(page, Tone::Verdict, "code", &format!("{}.{many}", code.says));
    }
    for byte in question.records.iter().copied() {
        fact(page, Tone::Verdict, &format!("type {byte}"), &record_says(byte));
    }
    if question.alerts.len() > 1 {
        let text = "Each ends a connection by itself: take them as different problems until their \
                    times and addresses say otherwise.";
        fact(page, Tone::Dim, "together", text);
    }
    // The notes are about handshakes that fail, and other logs tell of what came behind them too.
    let noted = question.settings.iter().filter(|_| !question.is_of_other_logs());
    for setting in noted {
        if !setting.note.is_empty() {
            fact(page, Tone::Dim, setting.name, setting.note);
        }
    }
}

/// The event that the words speak of without its number.
fn implied(question: &Question) -> Option<u32> {
    let told = question.events.iter().any(|event| [RECEIVED, GENERATED].contains(event));
    // Other events have the states of credentials.
    let of_credential = question.states.iter().any(|state| *state >= OF_CREDENTIALS);
    match question.voice? {
        _ if told || of_credential || question.is_quoted => None,
        Voice::Heard => Some(RECEIVED),
        _ => Some(GENERATED),
    }
}

/// The events of an alert that was received, and of one that was generated.
const RECEIVED: u32 = 36_887;
const GENERATED: u32 = 36_888;
/// States from here on are those in which a credential could not be made.
const OF_CREDENTIALS: u32 = 10_000;

/// The codes that are met most, for an event whose code is not told.
fn usual(page: &mut Page<'_>) {
    let text = "The codes that are met most, and what each usually means when a client sent it, or \
                a server:";
    page.wrapped(Line::new(), 0, Tone::Plain, text, "");
    for code in MET {
        let of = |side| pointed_at(Alert(*code), side).first().copied();
        let sides = [Side::Client, Side::Server].into_iter();
        let sides = sides.filter_map(|side| Some(format!("{side}: {}", of(side)?)));
        let name = Alert(*code).name().unwrap_or_default();
        let line = Line::indent(INDENT).add(Tone::Verdict, code.to_string()).to(USUAL).plain(name);
        page.wrapped(line, SENDERS, Tone::Plain, &row(&sides.collect::<Vec<_>>()), "");
    }
}

fn fact(page: &mut Page<'_>, tone: Tone, label: &str, text: &str) {
    page.flowing(Line::new().add(tone, label).plain(":"), FACT, Tone::Plain, text);
}

/// The side that wrote the event is this machine.
fn here(says: &str) -> String {
    says.replace("this side", "this machine")
}

/// What an event says of who refused.
fn event_says(event: u32, question: &Question) -> String {
    let code = if question.alerts.is_empty() && question.states.is_empty() {
        " Its code stands in the event: tlswhy takes both, as in tlswhy 36887 48."
    } else {
        ""
    };
    match event {
        RECEIVED => {
            format!("This machine RECEIVED an alert: the other side refused, and knows why.{code}")
        }
        GENERATED => format!(
            "This machine GENERATED an alert: it refused what the other side sent. That the alert \
             went out is not sure: some programs close without sending it.{code}"
        ),
        _ => {
            let says = schannel_event(event).map(|event| event.says.into_owned());
            let says = says.unwrap_or_default();
            let says = says.split_once(": ").map_or(says.as_str(), |(_, says)| says);
            // What was said with the side has it already.
            let role = question.role.filter(|_| !says.contains(", as the "));
            let says = match role {
                Some(role) => says.replacen("this side", &format!("this side, as the {role},"), 1),
                None => says.to_owned(),
            };
            format!("{}.", here(&says))
        }
    }
}

/// What the first byte of a record says.
fn record_says(byte: u8) -> String {
    let kind = match byte {
        20 => "ChangeCipherSpec",
        21 => "an alert, whose code is another byte",
        22 => "a message of the handshake",
        23 => "application data",
        24 => "a heartbeat (RFC 6520)",
        128 => {
            return "This is no alert. 128 is 0x80, the first byte of a hello in the form of SSL 2.0, \
                    read as the type of a record: an old client, a scanner, or a client that still \
                    offers SSL 2.0 (RFC 5246, E.2)."
                .to_owned();
        }
        b' '..=b'~' => {
            return format!(
                "This is no alert and no type of a record: {byte} is the letter \"{}\", the first \
                 byte of plaintext where TLS was expected.",
                char::from(byte)
            );
        }
        _ => return "This is no type of a record that TLS knows.".to_owned(),
    };
    format!("The type of a record, and no alert: {kind}.")
}

/// Causes that belong to one reading of the question.
struct Block {
    heading: String,
    /// What to look at first, each with the side where it is.
    checks: Vec<(&'static str, &'static str)>,
    suspects: Vec<Suspect>,
    /// What this machine is in this reading.
    role: Option<Side>,
    /// How many of its causes are told with all that is known; the others have their pages.
    whole: usize,
}

/// The readings, the most likely first.
fn blocks(question: &Question) -> Vec<Block> {
    let mut blocks = Vec::new();
    let of_settings = || question.settings.iter().flat_map(|setting| setting.causes).copied();
    let own = own_suspects(question);
    if !own.is_empty() {
        // A state, or an event of its own, says more than the alert beside it, which is asked only
        // where they leave it open.
        let others = question.alerts.iter().flat_map(|alert| {
            let of = |side| pointed_at(*alert, side).iter().copied();
            of(Side::Server).chain(of(Side::Client))
        });
        let open = own.iter().all(|suspect| suspect.sure == Sure::Possible);
        let others = others.map(|cause| Suspect { cause, sure: Sure::Possible });
        let others = others.filter(|_| open);
        let suspects = unique(own.into_iter().chain(of_settings()).chain(others));
        let block = Block::of("why, the most likely first:", suspects);
        blocks.push(Block { role: question.role, ..block });
        return blocks;
    }
    for alert in &question.alerts {
        blocks.extend(of_alert(*alert, question));
    }
    let others = question.elsewhere.iter().flat_map(|other| other.causes).copied();
    let others = unique(others.chain(of_settings().filter(|_| question.is_of_other_logs())));
    if !others.is_empty() {
        blocks.push(Block::of("why, by those logs, the most likely first:", others));
    }
    if blocks.is_empty() {
        let suspects = unique(of_settings().chain(of_records(question)));
        if !suspects.is_empty() {
            blocks.push(Block::of("what that points at:", suspects));
        }
    }
    blocks
}

/// The causes that states, events of this machine's own, and other codes name.
fn own_suspects(question: &Question) -> Vec<Suspect> {
    if !question.told.is_empty() {
        return question.told.clone();
    }
    let states = question.states.iter().filter_map(|state| schannel_state(*state));
    let events = question.events.iter().filter_map(|event| schannel_event(*event));
    // A code that stands for many alerts points nowhere.
    let codes = question.codes.iter().filter(|code| code.alerts.is_empty()).cloned();
    let causes = |known: logs::Spelled| known.refusal.map_or(&[][..], |refusal| refusal.causes);
    let of_event = events.flat_map(causes);
    let of_codes = states.chain(codes).flat_map(causes);
    let all: Vec<Suspect> = if question.has_event(NOT_MAPPED) {
        // That there is no account is sure, and the code is why at most.
        let of_codes = of_codes.map(|it| Suspect { sure: Sure::Possible, ..*it });
        of_event.copied().chain(of_codes).collect()
    } else {
        of_codes.chain(of_event).copied().collect()
    };
    let is_of_client = question.has_event(OF_CLIENT);
    let judged = |it: Suspect| if is_of_client { it.of_client() } else { Some(it) };
    let mut suspects = unique(all.into_iter().filter_map(judged));
    suspects.sort_by_key(|suspect| suspect.sure);
    suspects
}

/// This machine, as the server, judged a client's certificate, and found no account for it.
const OF_CLIENT: &[u32] = &[36_877, 36_878, 36_879];
const NOT_MAPPED: &[u32] = &[36_878, 36_879];

/// The causes that first bytes name.
fn of_records(question: &Question) -> impl Iterator<Item = Suspect> {
    question.records.iter().flat_map(|byte| {
        let causes: &[&'static str] = match byte {
            128 => &["sslv2-hello", "scanner-noise"],
            b' '..=b'~' => &["plaintext-http-on-tls-port", "tls-to-plaintext-port"],
            _ => &[],
        };
        let sure = |place| if place == 0 { Sure::Likely } else { Sure::Possible };
        causes.iter().enumerate().map(move |(place, cause)| Suspect { cause, sure: sure(place) })
    })
}

/// The readings of an alert: who may have sent it.
fn of_alert(alert: Alert, question: &Question) -> Vec<Block> {
    let senders = alert.senders(Version::Tls12);
    let sends = |side: Side| senders.includes(side) && !pointed_at(alert, side).is_empty();
    let mut sides: Vec<Side> =
        [Side::Client, Side::Server].into_iter().filter(|it| sends(*it)).collect();
    let role = question.settings.iter().find_map(|setting| setting.role);
    let first = match (question.voice, role) {
        (Some(Voice::Heard), Some(role)) => role.other(),
        (Some(Voice::Said), Some(role)) => role,
        _ if is_of_certificate(alert) => Side::Client,
        _ => Side::Server,
    };
    sides.sort_by_key(|side| *side != first);
    let alone = sides.len() == 1;
    let reading = |(place, sender): (usize, Side)| {
        let usual = pointed_at(alert, sender).iter().enumerate().map(|(place, cause)| {
            let sure = if place == 0 { Sure::Likely } else { Sure::Possible };
            Suspect { cause, sure }
        });
        let settings = question.settings.iter().flat_map(|setting| setting.causes).copied();
        Block {
            heading: heading(alert, sender, question, [alone, place == 0]),
            checks: match place {
                0 => refusals(alert, sender).flat_map(|it| it.checks).copied().collect(),
                _ => Vec::new(),
            },
            suspects: unique(settings.chain(usual)),
            role: question.voice.map(|voice| match voice {
                Voice::Heard => sender.other(),
                _ => sender,
            }),
            whole: if place == 0 { MOST_WHOLE } else { 1 },
        }
    };
    sides.into_iter().enumerate().map(reading).collect()
}

/// Who refused what of whom, in one reading: whether there is no other, and whether it is the first.
fn heading(alert: Alert, sender: Side, question: &Question, [alone, first]: [bool; 2]) -> String {
    let code = alert.code();
    let what: Vec<&str> = refusals(alert, sender).map(|refusal| refusal.what).collect();
    let what = if what.is_empty() { "to go on".to_owned() } else { what.join(", or ") };
    let receiver = sender.other();
    let which = if question.alerts.len() > 1 { format!("{code}: ") } else { String::new() };
    let only = match alert.senders(Version::Tls12) {
        Senders::Both => format!("As far as is known {sender}s alone send it"),
        _ => format!("Only a {sender} sends it"),
    };
    let reading = match (alone, question.voice) {
        (true, Some(Voice::Heard)) => {
            format!("{only}, so this machine was the {receiver}: its {sender} refused")
        }
        (true, Some(_)) => format!("{only}, so this machine was the {sender}: it refused"),
        (true, None) => format!(
            "{only}. A machine that received it (event 36887) was the {receiver} of that connection, \
             whatever else it serves; the {sender} refused"
        ),
        (false, Some(Voice::Heard)) => {
            format!("If this machine was the {receiver}: its {sender} refused")
        }
        (false, Some(_)) => format!("If this machine was the {sender}: it refused"),
        (false, None) => {
            // A server of the kind that is named received what a client sent.
            let here = question.settings.iter().find(|it| it.role == Some(receiver));
            let here = here.filter(|_| first).map(|it| format!("Most likely {}, i", it.name));
            let here = here.unwrap_or_else(|| "I".to_owned());
            format!(
                "{here}f a {sender} sent it (event 36887 on the {receiver}, 36888 on the \
                 {sender}): the {sender} refused"
            )
        }
    };
    format!("{which}{reading} {what}.")
}

/// What a side is known to refuse with an alert.
fn refusals(alert: Alert, sender: Side) -> impl Iterator<Item = &'static rows::Refusal> {
    let row = rows::row(alert.code());
    let of = move |refusal: &&rows::Refusal| [sender.name(), "either"].contains(&refusal.by);
    row.into_iter().flat_map(|row| row.refusals).filter(of)
}

impl Block {
    /// A reading in which the sides do not matter.
    fn of(heading: &str, suspects: Vec<Suspect>) -> Self {
        let heading = heading.to_owned();
        Self { heading, checks: Vec::new(), suspects, role: None, whole: MOST_WHOLE }
    }

    fn draw(&self, page: &mut Page<'_>, question: &Question, shown: &mut Vec<&'static str>) {
        page.wrapped(Line::new(), 0, Tone::Plain, &self.heading, "");
        for (place, (side, check)) in self.checks.iter().enumerate() {
            let label = if place == 0 { "look at" } else { "" };
            let line = Line::indent(INDENT).dim(label).to(CAUSE).plain(format!("{side}:"));
            page.flowing(line, CAUSE, Tone::Plain, check);
        }
        for (place, suspect) in self.suspects.iter().enumerate() {
            let Some(cause) = diagnosis::cause(suspect.cause) else { continue };
            let new = !shown.contains(&cause.slug);
            if new {
                shown.push(cause.slug);
            }
            let sure = match suspect.sure {
                Sure::Certain => "certain",
                Sure::Likely => "likely",
                Sure::Possible => "possible",
            };
            let line = Line::indent(INDENT).dim(sure).to(CAUSE).add(Tone::Verdict, cause.slug);
            page.flowing(line.plain(":"), CAUSE, Tone::Plain, cause.because);
            if new && place < self.whole {
                if self.suspects.len() <= FEW {
                    section(page, "shows", cause.shows());
                }
                detail(page, cause, self.role, question);
            }
        }
    }
}

/// How to tell a cause from the others, and what to do about it.
fn detail(page: &mut Page<'_>, cause: &'static Cause, role: Option<Side>, question: &Question) {
    section(page, "tell", cause.settle().take(1));
    let mut sides = [Side::Client, Side::Server];
    // This machine first: it is the one at hand.
    sides.sort_by_key(|side| Some(*side) != role);
    for side in sides {
        for fix in remedies(page, cause, side, question) {
            let label = match fix.stack {
                ANY => side.name().to_owned(),
                stack => format!("{side}, {stack}"),
            };
            let line = Line::indent(CAUSE).add(Tone::Good, format!("{label}:"));
            page.flowing(line, DETAIL, Tone::Plain, &bare(fix.text));
        }
    }
}

/// Lines of a cause's page, under a label.
fn section(page: &mut Page<'_>, label: &str, lines: impl Iterator<Item = &'static str>) {
    let mut label = Line::indent(CAUSE).dim(label);
    for line in lines {
        page.wrapped(label, DETAIL, Tone::Plain, &bare(line), "");
        label = Line::new();
    }
}

/// Without the marks that only a browser needs.
fn bare(text: &str) -> String {
    text.replace('`', "")
}

/// The remedies of one side: those for what the question names, else the first that fits.
fn remedies(page: &Page<'_>, cause: &'static Cause, side: Side, question: &Question) -> Vec<Fix> {
    let here = cause.fixes().filter(|fix| fix.side == side && !fix.is_idle());
    let here: Vec<Fix> = here.collect();
    let of = |stack: &str| here.iter().find(|fix| fix.stack == stack).copied();
    let wanted = page.look().stack.as_deref();
    let named = question.settings.iter().flat_map(|setting| setting.stacks).copied();
    let mut found: Vec<Fix> = wanted.into_iter().chain(named).filter_map(of).collect();
    if found.is_empty() {
        let windows = question.is_windows().then(|| of(WINDOWS)).flatten();
        found.extend(windows.or_else(|| of(ANY)));
    }
    found.dedup();
    found
}

/// What else it takes, and the commands that bring it.
fn wanted_of(page: &mut Page<'_>, question: &Question) {
    page.line(Line::new().add(Tone::Verdict, "what else it takes"));
    let [begin, end, convert] = wanted::CAPTURE;
    let item = |page: &mut Page<'_>, text: &str, commands: &[&str]| {
        page.wrapped(Line::indent(INDENT).plain("· "), INDENT + 2, Tone::Plain, text, "");
        for command in commands {
            page.uncut(Line::indent(INDENT + 4).add(Tone::Wire, *command));
        }
    };
    if question.is_of_bytes() {
        item(
            page,
            "a capture shows the first bytes, and the address of who sent them; with tcpdump where \
             it is not Windows: tcpdump -i any -w tls.pcap",
            &[begin, end, convert, "tlswhy tls.pcapng"],
        );
        return;
    }
    if question.voice.is_none() && !question.alerts.is_empty() {
        item(
            page,
            "who sent it: on Windows event 36887 is an alert that was received, 36888 one that was \
             generated there; elsewhere the log's own word for it",
            &[],
        );
    }
    if question.is_of_other_logs() {
        let has = |logs| question.elsewhere.iter().any(|other| other.logs == logs);
        if has(Logs::Iis) {
            item(page, "who it was: tlswhy reads the log of IIS", &["tlswhy u_ex*.log"]);
        }
        if has(Logs::Security) {
            let text = "the logs themselves, as files: tlswhy reads Security and System together";
            let both = [SECURITY, wanted::EXPORT, "tlswhy Security.evtx System.evtx"];
            item(page, text, &both);
        }
        if has(Logs::Operational) {
            let text = "the logs themselves, as files: Event Viewer, the log, Save All Events As; \
                        tlswhy reads them together with System";
            item(page, text, &[wanted::EXPORT, "tlswhy OTHER.evtx System.evtx"]);
        }
        let only = question.events.is_empty() && question.alerts.is_empty();
        if only && question.states.is_empty() {
            return;
        }
    }
    let access = question.settings.iter().any(|setting| setting.stacks.contains(&"802.1x"));
    if access {
        item(page, "the profiles of both interfaces, side by side", &wanted::PROFILES);
        item(
            page,
            "the RADIUS server's own words: events 6272 to 6274 of NPS with their reason, or \
             radiusd -X; and a capture of EAPOL or RADIUS, which tlswhy reads",
            &[],
        );
    }
    item(
        page,
        "which machine and which program: the event has neither an address nor a certificate. Its \
         neighbours may: 36874, 36876 to 36884 hold certificates, newer Windows names the process. \
         tlswhy reads the log as a file",
        &[wanted::EXPORT, "tlswhy System.evtx"],
    );
    item(
        page,
        "more events: warnings and successes of SChannel (restart Windows), and how each \
         certificate was judged, with the process",
        &[wanted::LOG_ALL, wanted::LOG_CHAINS],
    );
    if question.is_of_own_trouble() {
        return;
    }
    item(
        page,
        "process and peer at that second: Security 5156, or Sysmon 3",
        &[wanted::LOG_CONNECTIONS],
    );
    item(
        page,
        "the connection itself: name asked for, versions, suites, certificates. Elsewhere than on \
         Windows: tcpdump -i any -w tls.pcap",
        &[begin, end, convert, wanted::JOIN],
    );
    let [begin, end, convert] = wanted::OLD_CAPTURE;
    item(page, "before Server 2019 and Windows 10 2004", &[begin, end, convert]);
}

fn next(page: &mut Page<'_>, shown: &[&'static str]) {
    let commands: Vec<String> =
        shown.iter().take(MOST_NEXT).map(|slug| format!("tlswhy {slug}")).collect();
    if !commands.is_empty() {
        page.wrapped(Line::new().dim("next"), FACT, Tone::Plain, &row(&commands), "");
    }
}

/// Each cause once, as sure as it is said anywhere.
fn unique(suspects: impl Iterator<Item = Suspect>) -> Vec<Suspect> {
    let mut unique: Vec<Suspect> = Vec::new();
    for suspect in suspects {
        match unique.iter_mut().find(|known| known.cause == suspect.cause) {
            Some(known) => known.sure = known.sure.min(suspect.sure),
            None => unique.push(suspect),
        }
    }
    unique
}

/// The log Security as a file.
const SECURITY: &str = "wevtutil epl Security Security.evtx";
/// The remedy of every stack, and the one for Windows in general.
const ANY: &str = "any";
const WINDOWS: &str = "windows";
/// Where the texts of facts begin.
const FACT: usize = 13;
/// Where causes begin, and what is said of them.
const INDENT: usize = 2;
const CAUSE: usize = 12;
const DETAIL: usize = 20;
/// Causes of the most likely reading that are told with all that is known.
const MOST_WHOLE: usize = 3;
/// Pages that are named as the next step.
const MOST_NEXT: usize = 3;
/// So few causes are told with how they show.
const FEW: usize = 2;
/// The codes of which events speak most.
const MET: &[u8] = &[20, 40, 42, 43, 45, 46, 48, 49, 70, 80, 112];
/// Where their names begin, and what each sender means.
const USUAL: usize = 7;
const SENDERS: usize = 32;
