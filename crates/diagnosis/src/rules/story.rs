//! Sessions written by hand, for the tests of the rules: message by message, one frame each.

use std::net::SocketAddr;

use alert::{Alert, Level};
use trace::{Carrier, Event, Message, Outcome, Roles, Session, Side, Stream};
use wire::{HANDSHAKE_HEADER, HandshakeType, Time};

use crate::{Case, Contrast, Docket, Finding, Judged};

/// A session in the making.
pub(crate) struct Story {
    session: Session,
}

/// What a ClientHello offers; the default is what a modern client sends.
pub(crate) struct Hello {
    /// legacy_version.
    pub(crate) version: u16,
    /// supported_versions; none for no extension.
    pub(crate) versions: Vec<u16>,
    /// cipher_suites.
    pub(crate) suites: Vec<u16>,
    /// supported_groups; none for no extension.
    pub(crate) groups: Vec<u16>,
    /// signature_algorithms; none for no extension.
    pub(crate) schemes: Vec<u16>,
    /// server_name.
    pub(crate) name: Option<&'static str>,
    /// Protocols offered by ALPN; none for no extension.
    pub(crate) alpn: Vec<&'static str>,
    /// Further extensions: type and content.
    pub(crate) extensions: Vec<(u16, Vec<u8>)>,
    /// The extension that comes after all others.
    pub(crate) last: Option<(u16, Vec<u8>)>,
}

impl Story {
    /// A TCP connection from a client to port 443 that has just been opened: frames 1 to 3.
    pub(crate) fn new() -> Self {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap().into();
        let mark = |frame| Some(trace::Mark { ttl: 64, ..trace::Mark::at(frame, moment(frame)) });
        let stream = |frame| Stream { syn: mark(frame), ..Stream::default() };
        let session = Session {
            number: 1,
            client: address("10.0.0.5:50000"),
            server: address("10.0.0.20:443"),
            roles: Roles::Handshake,
            started: moment(1),
            ended: moment(3),
            first_frame: 1,
            last_frame: 3,
            transport: trace::Transport::Tcp,
            carrier: trace::Carrier::Bare,
            access: None,
            events: Vec::new(),
            outcome: Outcome::Truncated,
            from_client: stream(1),
            from_server: stream(2),
            oddities: Vec::new(),
            dropped: 0,
            opened: None,
        };
        Self { session }
    }

    /// The same over QUIC, where nothing opens a connection.
    pub(crate) fn quic() -> Self {
        Self::new().with(|session| {
            session.transport = trace::Transport::Udp;
            session.carrier = Carrier::Quic;
            (session.from_client.syn, session.from_server.syn) = (None, None);
        })
    }

    /// One side says something, in the next frame, a millisecond later.
    pub(crate) fn says(mut self, side: Side, message: Message) -> Self {
        let frame = self.session.last_frame + 1;
        let time = moment(frame);
        let mark = Some(trace::Mark { ttl: 64, ..trace::Mark::at(frame, time) });
        let stream = match side {
            Side::Client => &mut self.session.from_client,
            Side::Server => &mut self.session.from_server,
        };
        match message {
            Message::Fin => stream.fin = mark,
            Message::Reset => stream.reset = mark,
            _ => {
                stream.first_data = stream.first_data.or(mark);
                stream.last_data = mark;
            }
        }
        let length = match &message {
            Message::Handshake { body, .. } => {
                u32::try_from(HANDSHAKE_HEADER + body.len()).unwrap()
            }
            _ => 0,
        };
        let opened = false;
        self.session.events.push(Event { time, frame, side, length, opened, message });
        self.session.last_frame = frame;
        self.session.ended = time;
        self
    }

    /// A handshake message in the clear.
    pub(crate) fn handshake(self, side: Side, kind: HandshakeType, body: &[u8]) -> Self {
        self.says(side, Message::Handshake { kind, body: body.into() })
    }

    /// The client's hello.
    pub(crate) fn client_hello(self, hello: &Hello) -> Self {
        self.handshake(Side::Client, HandshakeType::CLIENT_HELLO, &hello.body())
    }

    /// The server's hello: version (TLS 1.3 in its extension), suite, further extensions.
    pub(crate) fn server_hello(
        self,
        version: u16,
        suite: u16,
        extensions: &[(u16, Vec<u8>)],
    ) -> Self {
        let mut all = extensions.to_vec();
        if version == 0x0304 {
            all.push((43, version.to_be_bytes().to_vec()));
        }
        let mut body = version.min(0x0303).to_be_bytes().to_vec();
        body.extend([7; 32]);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.push(0);
        body.extend(block(&all));
        self.handshake(Side::Server, HandshakeType::SERVER_HELLO, &body)
    }

    /// A fatal alert in the clear: it decides the session.
    pub(crate) fn alert(mut self, side: Side, alert: Alert) -> Self {
        self.session.outcome = Outcome::Alert(self.session.events.len());
        self.says(side, Message::Alert(alert::Message::new(Level::Fatal, alert)))
    }

    /// A warning in the clear.
    pub(crate) fn warning(self, side: Side, alert: Alert) -> Self {
        self.says(side, Message::Alert(alert::Message::new(Level::Warning, alert)))
    }

    /// A side closes, and with that decides the session.
    pub(crate) fn closes(mut self, side: Side) -> Self {
        self.session.outcome = Outcome::Closed(side);
        self.says(side, Message::Fin)
    }

    /// A side resets, and with that decides the session.
    pub(crate) fn resets(mut self, side: Side) -> Self {
        self.session.outcome = Outcome::Reset(side);
        self.says(side, Message::Reset)
    }

    /// Sets the outcome.
    pub(crate) fn ends(mut self, outcome: Outcome) -> Self {
        self.session.outcome = outcome;
        self
    }

    /// Changes what else the session holds.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Session)) -> Self {
        change(&mut self.session);
        self
    }

    /// A conversation in which no TLS was spoken, only these words of a carrier.
    pub(crate) fn dialogue(carrier: Carrier, client: &[u8], server: &[u8]) -> Self {
        Self::new()
            .says(Side::Client, Message::Plaintext(client.into()))
            .says(Side::Server, Message::Plaintext(server.into()))
            .with(|session| session.carrier = carrier)
            .ends(Outcome::NotTls)
    }

    /// The same so many frames, and milliseconds, later.
    pub(crate) fn later(mut self, frames: u64) -> Self {
        let session = &mut self.session;
        let later = |frame: &mut u64, time: &mut Time| {
            *frame += frames;
            time.0 += i64::try_from(frames).unwrap() * 1_000_000;
        };
        later(&mut session.first_frame, &mut session.started);
        later(&mut session.last_frame, &mut session.ended);
        for event in &mut session.events {
            later(&mut event.frame, &mut event.time);
        }
        for stream in [&mut session.from_client, &mut session.from_server] {
            let marks = [&mut stream.syn, &mut stream.fin, &mut stream.reset];
            let data = [&mut stream.first_data, &mut stream.last_data];
            for mark in marks.into_iter().chain(data).flatten() {
                later(&mut mark.frame, &mut mark.time);
            }
        }
        self
    }

    /// The same of another client, by the last part of its address.
    pub(crate) fn from(mut self, last: u8) -> Self {
        self.session.client = SocketAddr::from(([10, 0, 0, last], 50_000)).into();
        self
    }

    /// The session.
    pub(crate) fn session(self) -> Session {
        self.session
    }

    /// What is found if this is the whole capture.
    pub(crate) fn judge(self) -> Vec<Finding> {
        super::judge(&Case::new(&self.session, &Contrast::default()))
    }

    /// What is found if these are seen as well: the findings of this session alone.
    pub(crate) fn judge_among(self, others: impl IntoIterator<Item = Self>) -> Vec<Finding> {
        self.judged_among(others).map(|judged| judged.findings).unwrap_or_default()
    }

    /// The same with all that is said of it; `None` if it needs no explanation.
    pub(crate) fn judged_among(self, others: impl IntoIterator<Item = Self>) -> Option<Judged> {
        let mut docket = Docket::default();
        for other in others {
            docket.add(other.with(|session| session.number = 2).session.into());
        }
        docket.add(self.session.into());
        docket.finish();
        std::iter::from_fn(|| docket.judged()).find(|judged| judged.session.number == 1)
    }
}

impl Default for Hello {
    fn default() -> Self {
        Self {
            version: 0x0303,
            versions: vec![0x0304, 0x0303],
            suites: vec![0x1301, 0x1302, 0xc02b, 0xc02f, 0xc02c, 0xc030],
            groups: vec![29, 23, 24],
            schemes: vec![0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501],
            name: Some("www.example.test"),
            alpn: Vec::new(),
            extensions: vec![(0xff01, vec![0])],
            last: None,
        }
    }
}

impl Hello {
    /// What a client of TLS 1.2 sends.
    pub(crate) fn tls12() -> Self {
        Self {
            versions: Vec::new(),
            suites: vec![0xc02b, 0xc02f, 0xc02c, 0xc030],
            ..Self::default()
        }
    }

    /// The body of the message.
    pub(crate) fn body(&self) -> Vec<u8> {
        let mut extensions = self.extensions.clone();
        if let Some(name) = self.name {
            let entry = [&[0], &list16(name.as_bytes())[..]].concat();
            extensions.push((0, list16(&entry)));
        }
        if !self.versions.is_empty() {
            extensions.push((43, list8(&words(&self.versions))));
        }
        if self.versions.contains(&0x0304)
            && let Some(&group) = self.groups.first()
        {
            let share = [&group.to_be_bytes()[..], &list16(&[9; 32])].concat();
            extensions.push((51, list16(&share)));
        }
        if !self.groups.is_empty() {
            extensions.push((10, list16(&words(&self.groups))));
        }
        if !self.schemes.is_empty() {
            extensions.push((13, list16(&words(&self.schemes))));
        }
        if !self.alpn.is_empty() {
            let names: Vec<u8> = self.alpn.iter().flat_map(|name| list8(name.as_bytes())).collect();
            extensions.push((16, list16(&names)));
        }
        extensions.extend(self.last.clone());
        let mut body = self.version.to_be_bytes().to_vec();
        body.extend([5; 32]);
        body.push(0);
        body.extend(list16(&words(&self.suites)));
        body.extend([1, 0]);
        body.extend(block(&extensions));
        body
    }
}

/// The time of a frame: one frame a millisecond, from the first second of 2026 on.
fn moment(frame: u64) -> Time {
    Time::from_parts(1_767_225_600, u32::try_from(frame).unwrap() * 1_000_000)
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

fn list8(bytes: &[u8]) -> Vec<u8> {
    [&[u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

fn list16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn block(extensions: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let all: Vec<u8> = extensions
        .iter()
        .flat_map(|(kind, body)| [&kind.to_be_bytes()[..], &list16(body)].concat())
        .collect();
    list16(&all)
}
