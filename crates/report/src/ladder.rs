//! The handshake of one conversation, message by message.

use trace::{Carrier, Event, Message, Outcome, Session, Side, Sizes};
use wire::{Certificate, ClientHello, HandshakeType, ProtocolVersion, Time};

use crate::access;
use crate::paint::{Line, Page, Tone, row, safe};

/// Draws the story: when, who said what to whom, how long it was, in which frame, and what is
/// worth knowing about it. `locate` tells a frame's number and, of several files, the one that holds
/// it: the files are named where they begin.
pub(crate) fn draw(
    page: &mut Page<'_>,
    session: &Session,
    locate: &dyn Fn(u64) -> (Option<String>, u64),
) {
    let columns = Columns::of(page.columns(), session, locate);
    heading(page, session);
    page.blank();
    page.line(
        Line::indent(2)
            .dim("+ms")
            .to(ARROW)
            .dim(if session.access.is_some() { "station" } else { "client" })
            .ending_at(ARROW + columns.arrow, Tone::Dim, "server")
            .ending_at(columns.bytes, Tone::Dim, "bytes")
            .to(columns.frame)
            .dim("frame"),
    );
    let hidden = session.hidden_messages();
    let mut last = None;
    let mut open = None;
    for (index, event) in session.events.iter().enumerate().take(MOST_EVENTS) {
        let (file, frame) = locate(event.frame);
        if file != open {
            page.line(Line::indent(ARROW).dim(file.as_deref().unwrap_or_default().to_owned()));
            open = file;
        }
        let mut line = Line::new();
        if last != Some(event.time) {
            line = line.ending_at(ARROW - 2, Tone::Dim, offset(event.time, session.started));
        }
        last = Some(event.time);
        let hidden = hidden.iter().find(|(at, _)| *at == index).map(|(_, kind)| *kind);
        let story = Story { session, event, index, hidden };
        let decisive = matches!(session.outcome,
            Outcome::Alert(at) | Outcome::AlertLikely(at) if at == index);
        let bad = decisive || matches!(event.message, Message::Reset | Message::Gap);
        let tone = if bad { Tone::Fail } else { Tone::Wire };
        line = line.to(ARROW).add(tone, arrow(event.side, &story.name(decisive), columns.arrow));
        line = line.to(ARROW + columns.arrow + 1).dim(story.mark());
        if event.length > 0 {
            line = line.ending_at(columns.bytes, Tone::Plain, event.length.to_string());
        }
        line = line.to(columns.frame).dim(format!("#{frame}"));
        page.wrapped(line, columns.remark, Tone::Plain, &story.remark(decisive), "");
    }
    let hidden =
        session.events.len().saturating_sub(MOST_EVENTS) as u64 + u64::from(session.dropped);
    if hidden > 0 {
        page.line(Line::indent(ARROW).dim(format!("… {hidden} more")));
    }
    for oddity in session.oddities.iter().take(MOST_ODDITIES) {
        let line = Line::indent(2).add(Tone::Warn, "!").plain(format!(" {}: ", oddity.side));
        let column = line.width();
        let (file, frame) = locate(oddity.frame);
        let place = format!("{}#{frame}", file.unwrap_or_default());
        page.wrapped(line, column, Tone::Plain, oddity.what, &place);
    }
}

/// Lines of a ladder; a long conversation is told by its beginning.
const MOST_EVENTS: usize = 60;
/// Oddities listed under a ladder.
const MOST_ODDITIES: usize = 8;
/// Where the arrows begin.
const ARROW: usize = 9;
/// Characters of one name that are shown.
const MOST_NAME: usize = 60;
/// Characters of the reason of a close that are shown.
const MOST_REASON: usize = 160;
/// Certificates named in one remark.
const MOST_CERTIFICATES: usize = 4;

/// Where the columns stand: arrows take what a wide terminal has to give, up to a point.
struct Columns {
    /// The length of an arrow.
    arrow: usize,
    /// Where the lengths end.
    bytes: usize,
    /// Where the frames begin.
    frame: usize,
    /// Where the remarks begin.
    remark: usize,
}

impl Columns {
    fn of(width: usize, session: &Session, locate: &dyn Fn(u64) -> (Option<String>, u64)) -> Self {
        let arrow = (width / 2).saturating_sub(10).clamp(26, 44);
        let bytes = ARROW + arrow + 3 + 5;
        let frame = bytes + 2;
        let events = session.events.iter().take(MOST_EVENTS).map(|event| event.frame);
        let numbers = events.chain([session.last_frame]).map(|frame| locate(frame).1);
        let longest = numbers.max().map_or(0, |number| format!("#{number}").len()).max(5);
        Self { arrow, bytes, frame, remark: frame + longest + 2 }
    }
}

fn heading(page: &mut Page<'_>, session: &Session) {
    let mut facts = vec![format!("{} → {}", session.client, session.server)];
    if let Some(access) = &session.access {
        facts.extend(access::parties(access));
    }
    let name = session.client_hello().and_then(|hello| hello.what.server_name());
    facts.extend(name.map(|name| safe(&String::from_utf8_lossy(name), MOST_NAME)));
    if let (Some(version), Some(suite)) = (session.version(), session.cipher_suite()) {
        facts.push(format!("{version} {suite}"));
    }
    facts.push("e = encrypted".to_owned());
    if session.opened.is_some_and(|records| records > 0) {
        facts.push("o = opened with the key log".to_owned());
    }
    page.wrapped(Line::indent(2), 2, Tone::Plain, &row(&facts), "");
}

/// Milliseconds since the beginning.
fn offset(time: Time, start: Time) -> String {
    let micros = time.since(start).max(0) / 1_000;
    match micros {
        0..1_000_000 => format!("{}.{}", micros / 1_000, micros / 100 % 10),
        _ => (micros / 1_000).to_string(),
    }
}

/// A name with an arrow from its side to the other.
fn arrow(from: Side, name: &str, length: usize) -> String {
    let shaft = "─".repeat(length.saturating_sub(name.chars().count() + 2));
    match from {
        Side::Client => format!("{name} {shaft}►"),
        Side::Server => format!("◄{shaft} {name}"),
    }
}

/// One event within its story.
struct Story<'a> {
    session: &'a Session,
    event: &'a Event,
    index: usize,
    /// What an encrypted record is, by its size and place.
    hidden: Option<HandshakeType>,
}

impl Story<'_> {
    fn name(&self, decisive: bool) -> String {
        match &self.event.message {
            Message::Handshake { kind, .. } if *kind == HandshakeType::SERVER_HELLO => {
                if self.is_retry() { "HelloRetryRequest".to_owned() } else { kind.to_string() }
            }
            Message::Handshake { kind, .. } => kind.to_string(),
            Message::Sslv2ClientHello(_) => "SSLv2 ClientHello".to_owned(),
            Message::ChangeCipherSpec => "ChangeCipherSpec".to_owned(),
            Message::Alert(_) if decisive => "✗ ALERT".to_owned(),
            Message::Alert(_) => "alert".to_owned(),
            Message::Encrypted if decisive && self.is_quic() => "✗ CONNECTION_CLOSE".to_owned(),
            Message::EncryptedAlert | Message::Encrypted if decisive => "✗ ALERT".to_owned(),
            Message::EncryptedAlert => "alert".to_owned(),
            Message::EncryptedHandshake => "handshake message".to_owned(),
            Message::Encrypted => match self.hidden {
                Some(kind) if self.is_empty_certificate() => format!("{kind}, EMPTY"),
                Some(kind) => kind.to_string(),
                None if self.is_quic() => "Handshake packet".to_owned(),
                None => "record".to_owned(),
            },
            Message::ApplicationData => "application data".to_owned(),
            Message::Plaintext(_) => "plaintext".to_owned(),
            Message::Gap => "not captured".to_owned(),
            Message::Fin => match self.session.access.as_ref().and_then(|it| it.verdict) {
                Some(verdict) => verdict.name().to_owned(),
                None => "FIN".to_owned(),
            },
            Message::Reset => "RST".to_owned(),
            Message::Close(_) => "CONNECTION_CLOSE".to_owned(),
            Message::Retry => "Retry".to_owned(),
            Message::VersionNegotiation(_) => "Version Negotiation".to_owned(),
            Message::HandshakeDone => "HANDSHAKE_DONE".to_owned(),
        }
    }

    /// Whether it travelled encrypted, and was opened.
    fn mark(&self) -> &'static str {
        match self.event.message {
            _ if self.event.opened => "o",
            Message::EncryptedAlert
            | Message::EncryptedHandshake
            | Message::Encrypted
            | Message::ApplicationData => "e",
            _ => " ",
        }
    }

    /// Whether it is an encrypted Certificate without certificates, by its size and place.
    fn is_empty_certificate(&self) -> bool {
        let size = || {
            let sizes = Sizes::of(self.session.cipher_suite()?, self.session.version()?)?;
            Some(sizes.empty_certificate)
        };
        self.hidden == Some(HandshakeType::CERTIFICATE) && size() == Some(self.event.length)
    }

    fn is_quic(&self) -> bool {
        self.session.carrier == Carrier::Quic
    }

    fn is_retry(&self) -> bool {
        self.session.hello_retry_request().is_some_and(|seen| seen.event == self.index)
    }

    fn remark(&self, decisive: bool) -> String {
        match &self.event.message {
            Message::Alert(message) => message.to_string(),
            Message::Encrypted if decisive && self.is_quic() => "a close, by its place".to_owned(),
            Message::EncryptedAlert | Message::Encrypted if decisive => {
                "an alert, by its size and place".to_owned()
            }
            Message::Encrypted if self.hidden.is_some() => "by size and place".to_owned(),
            Message::Plaintext(bytes) => {
                let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
                format!("\"{}\"", safe(String::from_utf8_lossy(line).trim_end(), MOST_NAME))
            }
            Message::Handshake { kind, .. } => self.handshake(*kind),
            Message::Sslv2ClientHello(_) => "an offer in the format of SSL 2.0".to_owned(),
            Message::Close(close) => {
                let name = close.name.unwrap_or(match close.frame_type {
                    None => "of the application",
                    Some(_) => "unknown",
                });
                let mut facts = vec![format!("{:#06x} {name}", close.error)];
                if !close.reason.is_empty() {
                    facts.push(format!("\"{}\"", safe(&close.reason, MOST_REASON)));
                }
                row(&facts)
            }
            Message::Retry => "wants its token back".to_owned(),
            Message::VersionNegotiation(versions) => {
                let speaks: Vec<String> = versions.speaks.iter().map(ToString::to_string).collect();
                format!("not {}; speaks {}", versions.asked, speaks.join(", "))
            }
            Message::Reset => {
                let ttl = |mark: trace::Mark| format!("TTL {}", mark.ttl);
                self.session.stream(self.event.side).reset.map(ttl).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    fn handshake(&self, kind: HandshakeType) -> String {
        match kind {
            HandshakeType::CLIENT_HELLO => self.client_hello(),
            HandshakeType::SERVER_HELLO => self.server_hello(),
            HandshakeType::CERTIFICATE => self.certificates(),
            HandshakeType::CERTIFICATE_REQUEST => {
                let count = self
                    .session
                    .certificate_request()
                    .map(|request| request.what.authorities().count());
                match count {
                    Some(0) => "names no authority".to_owned(),
                    Some(1) => "names 1 authority".to_owned(),
                    Some(count) => format!("names {count} authorities"),
                    None => String::new(),
                }
            }
            _ => String::new(),
        }
    }

    fn client_hello(&self) -> String {
        let first = self.session.client_hello();
        let second = || self.session.second_client_hello();
        if let Message::Handshake { body, .. } = &self.event.message
            && let cookie = ClientHello::read_cut(body).cookie
            && !cookie.is_empty()
        {
            return format!("again, with the cookie of {} bytes", cookie.len());
        }
        let Some(hello) =
            first.filter(|seen| seen.event == self.index).or_else(second).map(|seen| seen.what)
        else {
            return "cannot be read".to_owned();
        };
        let versions: Vec<String> =
            hello.offered_versions().filter(|v| !v.is_grease()).map(short).take(8).collect();
        let versions = match &versions[..] {
            [] => short(hello.highest_version()),
            versions => versions.join(" "),
        };
        let mut facts = vec![versions, format!("{} suites", hello.cipher_suites().count())];
        match hello.server_name() {
            Some(name) => {
                facts.push(format!("SNI {}", safe(&String::from_utf8_lossy(name), MOST_NAME)));
            }
            None => facts.push("no SNI".to_owned()),
        }
        let protocols: Vec<String> = hello
            .alpn()
            .take(8)
            .map(|name| safe(&String::from_utf8_lossy(name), MOST_NAME))
            .collect();
        if !protocols.is_empty() {
            facts.push(format!("ALPN {}", protocols.join(" ")));
        }
        row(&facts)
    }

    fn server_hello(&self) -> String {
        let hello = if self.is_retry() {
            self.session.hello_retry_request()
        } else {
            self.session.server_hello()
        };
        let Some(hello) = hello.map(|seen| seen.what) else { return "cannot be read".to_owned() };
        let mut facts = vec![short(hello.version())];
        facts.extend(hello.group().map(|group| group.to_string()));
        facts.extend(hello.alpn().map(|name| safe(&String::from_utf8_lossy(name), MOST_NAME)));
        row(&facts)
    }

    fn certificates(&self) -> String {
        let Some(list) = self.session.certificates(self.event.side) else {
            return "cannot be read".to_owned();
        };
        let count = list.what.certificates().count();
        if count == 0 {
            return "EMPTY: none".to_owned();
        }
        let names: Vec<String> = list
            .what
            .certificates()
            .take(MOST_CERTIFICATES)
            .map(|entry| match Certificate::read(entry.der) {
                Ok(certificate) => safe(&subject(&certificate), MOST_NAME),
                Err(_) => "cannot be read".to_owned(),
            })
            .collect();
        let more = if count > MOST_CERTIFICATES { " …" } else { "" };
        format!("{count}: {}{more}", row(&names))
    }
}

fn subject(certificate: &Certificate<'_>) -> String {
    match certificate.common_name() {
        Some(name) => format!("CN={name}"),
        None => certificate.subject().text().unwrap_or_default(),
    }
}

/// `1.2` for TLS, the whole name for anything else.
fn short(version: ProtocolVersion) -> String {
    let name = version.to_string();
    name.strip_prefix("TLS ").map(str::to_owned).unwrap_or(name)
}
