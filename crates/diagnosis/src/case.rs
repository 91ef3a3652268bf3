//! One failure, with everything that is known about it, read once for all rules.

use std::cell::OnceCell;
use std::sync::Arc;

use alert::Alert;
use chain::{Exchange, Judgement, Purpose, Question};
use trace::{Access, Carrier, Denial, Event, Message, Outcome, Seen, Session, Side, Step};
use wire::{Certificate, ClientHello, KeyExchange, ProtocolVersion, ServerHello, Time};

use crate::field::Fields;
use crate::glance::Glance;
use crate::judgements::{Judged, Judgements};
use crate::rules::{Answer, Origin, Proof, Refusal};
use crate::{Contrast, Difference, Guess, Server, Trust};

/// A failed session and the facts that the rules ask for most.
pub struct Case<'a> {
    /// The story.
    pub session: &'a Session,
    /// What else was seen in the same capture.
    pub contrast: &'a Contrast,
    /// The ClientHello.
    pub client_hello: Option<Seen<ClientHello<'a>>>,
    /// The ServerHello.
    pub server_hello: Option<Seen<ServerHello<'a>>>,
    /// The frame of the server's certificates.
    pub server_chain_frame: u64,
    /// The frame of the client's Certificate message, also of an empty one; 0 if none was seen.
    pub client_chain_frame: u64,
    /// The decisive alert and who sent it, where it travelled in the clear.
    pub alert: Option<Seen<(Side, alert::Message)>>,
    /// The record that is an alert by size and place, and who sent it.
    pub likely_alert: Option<Seen<Side>>,
    /// What the refusing side had in hand.
    pub step: Step,
    /// What is asked of every session.
    pub(crate) glance: Glance<'a>,
    /// Where the packet came from that ended it.
    pub(crate) origin: Option<Origin>,
    /// The certificates of both sides, read when a rule first asks for them: reading one costs
    /// more than all rules that do without.
    chains: [OnceCell<Vec<Certificate<'a>>>; 2],
    /// What a verifier objects to in each chain; signatures are verified for it.
    judgements: [OnceCell<Option<Arc<Judged>>>; 2],
    /// Whom those trust who refuse certificates, where that is known.
    pub(crate) trust: Option<&'a Trust>,
    /// Whether and how the client refused the server's certificate; most certificate rules begin
    /// with this question.
    pub(crate) client_refused: OnceCell<Option<Refusal>>,
    /// The same for the client's certificate, with what the client had answered.
    pub(crate) server_refused: OnceCell<Option<(Refusal, Answer)>>,
    /// What the server signed, verified when a rule first asks.
    pub(crate) server_proof: OnceCell<Option<Proof>>,
    /// How the server refused to begin TLS, which takes a look at each protocol that it may speak.
    denial: OnceCell<Option<Denial<'a>>>,
    /// What it is compared with successes by.
    pub(crate) fields: OnceCell<Option<Fields>>,
    /// How it differs from the success that is most like it.
    pub(crate) difference: OnceCell<Option<Difference>>,
    /// The stacks of both sides.
    pub(crate) stacks: [OnceCell<Option<Guess>>; 2],
}

impl<'a> Case<'a> {
    /// Reads the facts of a session.
    #[must_use]
    pub fn new(session: &'a Session, contrast: &'a Contrast) -> Self {
        let glance = Glance::of(session);
        let frame = |side| glance.certificates(side).map_or(0, |seen| seen.frame);
        let event = |index: usize| session.events.get(index).map(|event| (index, event));
        let alert = match session.outcome {
            Outcome::Alert(index) => event(index).and_then(|(index, event)| match event.message {
                Message::Alert(message) => Some(event.seen(index, (event.side, message))),
                _ => None,
            }),
            _ => None,
        };
        let likely_alert = match session.outcome {
            Outcome::AlertLikely(index) => {
                event(index).map(|(index, event)| event.seen(index, event.side))
            }
            _ => None,
        };
        let acted = alert.map(|seen| seen.event).or(likely_alert.map(|seen| seen.event));
        Self {
            session,
            contrast,
            client_hello: glance.client_hello,
            server_hello: glance.server_hello,
            server_chain_frame: frame(Side::Server),
            client_chain_frame: frame(Side::Client),
            alert,
            likely_alert,
            step: session.step(acted),
            origin: Origin::of(session),
            glance,
            chains: Default::default(),
            judgements: Default::default(),
            trust: None,
            client_refused: OnceCell::new(),
            server_refused: OnceCell::new(),
            server_proof: OnceCell::new(),
            denial: OnceCell::new(),
            fields: OnceCell::new(),
            difference: OnceCell::new(),
            stacks: Default::default(),
        }
    }

    /// The same, where it is known whom those trust who refuse certificates, and when they looked.
    #[must_use]
    pub fn trusting(mut self, trust: &'a Trust) -> Self {
        self.trust = Some(trust);
        self
    }

    /// The moment at which certificates were looked at.
    #[must_use]
    pub fn now(&self) -> Time {
        self.trust.and_then(|trust| trust.now).unwrap_or(self.session.started)
    }

    /// Whether it is known what those trust who refuse certificates.
    #[must_use]
    pub fn knows_trust(&self) -> bool {
        self.trust.is_some_and(|trust| trust.anchors.is_some())
    }

    /// What a verifier objects to in the chain of a side; `None` where it showed none.
    #[must_use]
    pub fn judgement(&self, side: Side) -> Option<&Judgement> {
        let [client, server] = &self.judgements;
        let memo = if side == Side::Client { client } else { server };
        let judged = memo.get_or_init(|| {
            let event = self.glance.certificates(side)?.event;
            let Message::Handshake { body, .. } = &self.session.events.get(event)?.message else {
                return None;
            };
            let name = self.server_name().filter(|_| side == Side::Server);
            let question = Question {
                host: name.as_deref(),
                moment: self.now(),
                purpose: match side {
                    Side::Server => Purpose::Server,
                    Side::Client => Purpose::Client,
                },
                exchange: self.exchange(side),
                anchors: self.trust.and_then(|trust| trust.anchors.as_deref()),
            };
            let tls13 = self.glance.version.is_some_and(ProtocolVersion::is_tls13);
            let nobody = Judgements::default();
            let judgements = self.trust.map_or(&nobody, |trust| &trust.judgements);
            judgements.of(body, tls13, self.chain(side), &question)
        });
        judged.as_deref().map(|judged| &judged.judgement)
    }

    /// The same, if somebody has asked for it.
    pub(crate) fn judged(&self, side: Side) -> Option<&Judged> {
        let [client, server] = &self.judgements;
        let memo = if side == Side::Client { client } else { server };
        memo.get()?.as_deref()
    }

    /// What TLS does with the key of a side's certificate.
    fn exchange(&self, side: Side) -> Exchange {
        let Some(answer) = &self.server_hello else { return Exchange::Unknown };
        if side == Side::Client || answer.what.version().is_tls13() {
            return Exchange::Signs;
        }
        match answer.what.cipher_suite.key_exchange() {
            Some(KeyExchange::Rsa) => Exchange::Decrypts,
            Some(KeyExchange::Ecdhe | KeyExchange::Dhe) => Exchange::Signs,
            _ => Exchange::Unknown,
        }
    }

    /// The decisive alert's code, if `side` sent it in the clear.
    #[must_use]
    pub fn alert_from(&self, side: Side) -> Option<Alert> {
        self.alert.filter(|seen| seen.what.0 == side).map(|seen| seen.what.1.alert)
    }

    /// Whether `side` sent one of these alerts, in the clear, as the decisive one.
    #[must_use]
    pub fn refused_with(&self, side: Side, codes: &[Alert]) -> bool {
        self.alert_from(side).is_some_and(|alert| codes.contains(&alert))
    }

    /// Whether `side` sent an alert that only its size and place give away.
    #[must_use]
    pub fn likely_refused_by(&self, side: Side) -> bool {
        self.likely_alert.is_some_and(|seen| seen.what == side)
    }

    /// The side that ended it: by an alert, visible or likely, by a reset or by closing; `None` too
    /// where somebody else did in its name.
    #[must_use]
    pub fn refuser(&self) -> Option<Side> {
        match self.session.outcome {
            _ if self.forged().is_some() => None,
            Outcome::Alert(_) => self.alert.map(|seen| seen.what.0),
            Outcome::AlertLikely(_) => self.likely_alert.map(|seen| seen.what),
            Outcome::Reset(side) | Outcome::Closed(side) => Some(side),
            _ => None,
        }
    }

    /// The server's certificates that could be read, leaf first; empty if none was seen.
    #[must_use]
    pub fn server_chain(&self) -> &[Certificate<'a>] {
        self.chain(Side::Server)
    }

    /// The client's certificates that could be read, leaf first; empty if none was seen.
    #[must_use]
    pub fn client_chain(&self) -> &[Certificate<'a>] {
        self.chain(Side::Client)
    }

    fn chain(&self, side: Side) -> &[Certificate<'a>] {
        let [client, server] = &self.chains;
        let cell = if side == Side::Client { client } else { server };
        cell.get_or_init(|| {
            let seen = self.glance.certificates(side);
            let entries = seen.into_iter().flat_map(|seen| seen.what.certificates());
            entries.filter_map(|entry| Certificate::read(entry.der).ok()).collect()
        })
    }

    /// The server's own certificate.
    #[must_use]
    pub fn server_leaf(&self) -> Option<&Certificate<'a>> {
        self.server_chain().first()
    }

    /// The client's own certificate.
    #[must_use]
    pub fn client_leaf(&self) -> Option<&Certificate<'a>> {
        self.client_chain().first()
    }

    /// The name the client asked for, as text (bytes that are not UTF-8 are replaced).
    #[must_use]
    pub fn server_name(&self) -> Option<String> {
        let name = self.client_hello.as_ref()?.what.server_name()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// How the server, or a proxy, refused to begin TLS (see [`Session::denial`]).
    #[must_use]
    pub fn denial(&self) -> Option<Denial<'a>> {
        *self.denial.get_or_init(|| self.session.denial())
    }

    /// What EAP and RADIUS say, where TLS is spoken for network access.
    #[must_use]
    pub fn access(&self) -> Option<&'a Access> {
        self.session.access.as_deref()
    }

    /// What the same server did with others in this capture.
    #[must_use]
    pub fn server(&self) -> Option<&'a Server> {
        self.contrast.server(self.session)
    }

    /// The frame in which the same server speaks TLS with others, from the first byte on.
    #[must_use]
    pub fn speaks_tls(&self) -> Option<u64> {
        self.server().map(|server| server.first_tls).filter(|frame| *frame > 0)
    }

    /// The frame in which the same server speaks TLS with others behind a dialogue, as STARTTLS has
    /// it.
    #[must_use]
    pub fn begins_tls(&self) -> Option<u64> {
        self.server().map(|server| server.first_behind).filter(|frame| *frame > 0)
    }

    /// The events of one side, with their positions.
    pub fn events(&self, side: Side) -> impl Iterator<Item = (usize, &'a Event)> + use<'a> {
        self.session.events.iter().enumerate().filter(move |(_, event)| event.side == side)
    }

    /// Whether it is DTLS: nobody acknowledges what arrives, nobody says that he leaves, and what is
    /// wrong is dropped in silence.
    #[must_use]
    pub fn is_dtls(&self) -> bool {
        matches!(self.session.carrier, Carrier::Dtls | Carrier::DtlsSrtp | Carrier::Capwap)
    }

    /// Whether the server sent anything that is TLS.
    #[must_use]
    pub fn server_spoke(&self) -> bool {
        self.session.spoke_tls(Side::Server)
    }

    /// The first alert at warning level with this code, from this side.
    #[must_use]
    pub fn warning(&self, side: Side, code: Alert) -> Option<Seen<(Side, alert::Message)>> {
        self.session.alerts().find(|seen| {
            seen.what.0 == side
                && seen.what.1.alert == code
                && seen.what.1.level == alert::Level::Warning
        })
    }

    /// The first event of `side` that `wanted` accepts.
    pub fn event(&self, side: Side, wanted: impl Fn(&Message) -> bool) -> Option<Seen<&'a Event>> {
        self.events(side)
            .find(|(_, event)| wanted(&event.message))
            .map(|(index, event)| event.seen(index, event))
    }
}
