//! Reads from a finished conversation how it ended.

use alert::{Alert, Side};
use wire::{ExtensionType, HandshakeType, ProtocolVersion, Time};

use crate::hidden::Sizes;
use crate::outcome::Outcome;
use crate::session::{Event, Message, Session, Transport};

/// Waiting longer than this for an answer is no ordinary handshake: it is a side that gave up, or
/// one that is silent. Longer than a round trip to anywhere with a retransmission.
const PATIENCE: i64 = 2_500_000_000;

/// Reads the outcome from everything else in a session; `now` is the end of the capture.
pub(crate) fn outcome(session: &Session, now: Time) -> Outcome {
    if let Some(index) = fatal_alert(session) {
        // Whoever had refused before, encrypted, has decided it.
        let side = |at: usize| session.events.get(at).map(|event| event.side);
        let before = likely_alert_13(session).filter(|at| *at < index && side(*at) != side(index));
        return before.map_or(Outcome::Alert(index), Outcome::AlertLikely);
    }
    let spoke = |side| session.spoke_tls(side);
    if !spoke(Side::Client) && !spoke(Side::Server) {
        return Outcome::NotTls;
    }
    // Whatever of it was captured: who is let in has completed the handshake.
    if session.access.as_ref().is_some_and(|access| access.is_granted()) {
        return Outcome::Established;
    }
    for side in [Side::Client, Side::Server] {
        let unanswered = side == Side::Server && asks_in_vain(session);
        if session.stream(side).frames == 0 && !unanswered {
            return Outcome::OneSided(side.other());
        }
    }
    if is_sslv2(session) {
        return Outcome::Established;
    }
    // Who goes on after its hello was answered in TLS, even if those bytes were not recognised
    // behind something else.
    let goes_on = session.events.iter().any(|event| {
        let kind = HandshakeType::CLIENT_KEY_EXCHANGE;
        event.side == Side::Client && (event.is_finished() || is(event, kind))
    });
    if goes_on && !spoke(Side::Server) {
        return Outcome::Truncated;
    }
    if let Some(side) = plaintext(session) {
        return Outcome::Plaintext(side);
    }
    if let Some(index) = likely_alert(session) {
        return Outcome::AlertLikely(index);
    }
    let denied = session.access.as_ref().is_some_and(|access| access.is_denied());
    if is_established(session) && !(denied && is_unanswered_13(session)) {
        return if denied { Outcome::Denied } else { Outcome::Established };
    }
    let hello = session.events.iter().find(|event| is_client_hello(event));
    let from_start = hello.is_some() && session.from_client.lost == 0;
    if !from_start {
        return Outcome::Truncated;
    }
    let asked = hello.map_or(session.started, |event| event.time);
    match session.events.iter().find(|e| matches!(e.message, Message::Fin | Message::Reset)) {
        Some(end) => ended_by(session, end, asked),
        None => unanswered(session, now),
    }
}

/// Over datagrams a server that does not answer leaves no trace at all: the client repeats its
/// ClientHello, and never goes on as it would after an answer that was not captured.
fn asks_in_vain(session: &Session) -> bool {
    let hellos = session.events.iter().filter(|event| is_client_hello(event)).count();
    session.transport == Transport::Udp && hellos == 1 && session.events.len() == 1
}

/// The first fatal alert that is not the consequence of something else.
fn fatal_alert(session: &Session) -> Option<usize> {
    session.alerts().next()?;
    let tls13 = session.version().is_some_and(ProtocolVersion::is_tls13);
    let known = session.version().and_then(ProtocolVersion::alert_version);
    let rules = known.unwrap_or(alert::Version::Tls12);
    // Up to TLS 1.2 a side that has sent its Finished encrypts its alerts: one in the clear is
    // somebody else's.
    let encrypts = |side: Side, before: usize| {
        let mut earlier = session.events.iter().take(before);
        !tls13 && earlier.any(|e| e.side == side && e.is_finished())
    };
    session.alerts().find_map(|seen| {
        let (side, message) = seen.what;
        let opened = session.events.get(seen.event).is_some_and(|event| event.opened);
        if (!opened && encrypts(side, seen.event)) || comes_too_late(session, side, seen.frame) {
            return None;
        }
        let echo = is_echo(session, side, message.alert, seen.event);
        (message.is_fatal(rules) && !echo).then_some(seen.event)
    })
}

/// Whether an alert is no more than a complaint that the other side has left: OpenSSL 3 answers a
/// connection that ends without close_notify with 50, whatever was said before, and others with 10,
/// 40 or 80 where they had spoken last and waited. It says nothing about why the other side left.
fn is_echo(session: &Session, side: Side, alert: Alert, at: usize) -> bool {
    let spoke = |event: &&Event| event.message.is_tls();
    let waited = || {
        let last = session.events.iter().take(at).rfind(spoke);
        last.is_none_or(|event| event.side == side)
    };
    has_left(session, side.other(), at) && (alert == Alert::DECODE_ERROR || waited())
}

/// Whether a side says this although somebody else has reset the connection in its name: nobody
/// hears it any more.
fn comes_too_late(session: &Session, side: Side, frame: u64) -> bool {
    let teardown = session.stream(side).teardown.as_ref();
    teardown.and_then(|it| it.goes_on).is_some_and(|mark| mark.frame <= frame)
}

/// Whether a side had closed before the event at this position.
fn has_left(session: &Session, side: Side, before: usize) -> bool {
    let end = |event: &Event| matches!(event.message, Message::Fin | Message::Reset);
    session.events.iter().take(before).any(|event| event.side == side && end(event))
}

/// One side speaks TLS, the other answers in plaintext, or was addressed in it.
fn plaintext(session: &Session) -> Option<Side> {
    let spoke = |side| session.spoke_tls(side);
    if !spoke(Side::Client) && session.plaintext(Side::Client).is_some() {
        // Where the server answered in kind they understood each other (SOCKS, STARTTLS).
        return session.plaintext(Side::Server).is_none().then_some(Side::Client);
    }
    if spoke(Side::Server) {
        return None;
    }
    let hello = session.events.iter().position(is_client_hello)?;
    let answered = session
        .events
        .iter()
        .skip(hello)
        .any(|e| e.side == Side::Server && matches!(e.message, Message::Plaintext(_)));
    // A server that greets first (SMTP, SSH) has spoken before the hello reached it: then it is
    // plaintext too, unless a dialogue such as STARTTLS came before.
    let greeted = session.plaintext(Side::Server).is_some();
    let dialogue = session.plaintext(Side::Client).is_some();
    (answered || (greeted && !dialogue)).then_some(Side::Server)
}

/// Both speak SSL 2.0, and the server has said more than its hello: it took the client's key.
fn is_sslv2(session: &Session) -> bool {
    let asked = session.events.iter().any(|e| matches!(e.message, Message::Sslv2ClientHello(_)));
    let Some(answer) = session.plaintext(Side::Server) else { return false };
    let hello = wire::sslv2_server_hello(answer.what);
    asked && hello.is_some_and(|length| session.from_server.bytes > length as u64)
}

/// An encrypted record that can only be an alert, by its size and its place.
fn likely_alert(session: &Session) -> Option<usize> {
    if session.version().is_some_and(ProtocolVersion::is_tls13) {
        return likely_alert_13(session);
    }
    // Up to TLS 1.2 the record type is visible: an alert before the handshake is complete. Without
    // a hello it is the end of a conversation whose beginning was not captured.
    let (index, event) = session
        .events
        .iter()
        .enumerate()
        .find(|(_, event)| matches!(event.message, Message::EncryptedAlert))?;
    session.client_hello()?;
    // What a side says when the other has left is its own end, and not what ended it.
    let own_end = has_left(session, event.side.other(), index);
    (!own_end && !is_established(session)).then_some(index)
}

/// TLS 1.3 hides the type; what remains is that no other record of the handshake is this short.
fn likely_alert_13(session: &Session) -> Option<usize> {
    let hello = session.server_hello()?;
    let sizes = Sizes::of(hello.what.cipher_suite, hello.what.version())?;
    let encrypted = |side: Side| {
        let events = session.events.iter().enumerate().skip(hello.event);
        events.filter(move |(_, e)| {
            let encrypted = matches!(e.message, Message::Encrypted);
            e.side == side && encrypted && !sizes.may_be_ack(e.length)
        })
    };
    // The client's first encrypted record should be a certificate or a Finished.
    let first_client = encrypted(Side::Client).next();
    if let Some((index, event)) = first_client
        && (event.length == sizes.alert || event.length == sizes.padded_alert())
    {
        return Some(index);
    }
    // A server that gives up inside its own flight: EncryptedExtensions comes first, and it is
    // never shorter than an alert, but may be as long as a padded one.
    let client_flight = first_client.map_or(usize::MAX, |(index, _)| index);
    let own_flight = encrypted(Side::Server).take_while(|(index, _)| *index < client_flight);
    let gave_up = own_flight.enumerate().find(|(place, (_, event))| {
        event.length == sizes.alert || (*place > 0 && event.length == sizes.padded_alert())
    });
    if let Some((_, (index, _))) = gave_up
        && session.from_server.lost == 0
        && !has_left(session, Side::Client, index)
    {
        return Some(index);
    }
    let (_, first) = first_client?;
    // The server's first record after the client's flight, when nothing follows it and the client
    // had not closed before.
    let pads = |side| !encrypted(side).any(|(_, event)| event.length == sizes.finished);
    let is_alert = |side, event: &Event| {
        event.length == sizes.alert || (pads(side) && event.length == sizes.padded_alert())
    };
    let mut after = encrypted(Side::Server).filter(|(index, _)| *index > client_flight).peekable();
    // Tickets may come in front of it, all of one length, where the client had no certificate to
    // show: nothing but the server's end may follow then.
    if let Some(&(_, ticket)) = after.peek()
        && ticket.length > sizes.padded_alert()
        && shows_certificate(session, &sizes, first) == Some(false)
    {
        let (index, event) = after.find(|(_, event)| event.length != ticket.length)?;
        let closes = ends_at_once(session);
        let last = after.all(|(_, event)| event.length == sizes.alert);
        return (is_alert(Side::Server, event) && last && closes).then_some(index);
    }
    let (index, event) = after.next()?;
    // A close_notify may follow the alert, nothing else.
    if !is_alert(Side::Server, event) || after.any(|(_, event)| event.length != sizes.alert) {
        return None;
    }
    let client_last = encrypted(Side::Client).take_while(|(at, _)| *at < index).last();
    let client_closed = client_last
        .is_some_and(|(at, e)| at != client_flight && is_alert(Side::Client, e))
        || has_left(session, Side::Client, index);
    // After a fatal alert the server closes; an answer of two bytes is followed by a dialogue. Where
    // the client showed a certificate, an alert is so much likelier that its request may cross it.
    let plain = first.length == sizes.finished || first.length == sizes.finished + Sizes::PADDING;
    let rest = session.events.get(index + 1..).unwrap_or_default();
    let next = rest.iter().find(|e| {
        matches!(e.message, Message::Fin | Message::Reset)
            || (e.side == Side::Client && matches!(e.message, Message::Encrypted))
    });
    // Over datagrams nobody closes; who falls silent may have.
    let udp = session.transport == Transport::Udp;
    let closes = !plain || next.map_or(udp, |e| e.side == Side::Server);
    (closes && !client_closed).then_some(index)
}

/// What the first record of the client's flight is, by its size: a Certificate with something in it
/// or an empty one; `None` where it is neither, or may be early data.
fn shows_certificate(session: &Session, sizes: &Sizes, first: &Event) -> Option<bool> {
    let empty = [sizes.empty_certificate, sizes.empty_certificate + Sizes::PADDING];
    let shown = match first.length {
        length if empty.contains(&length) => false,
        length if length > sizes.finished + Sizes::PADDING => true,
        _ => return None,
    };
    let early = session.client_hello()?.what.has(ExtensionType::EARLY_DATA);
    (!early && !first.opened).then_some(shown)
}

/// Whether the server is the first to end the connection, soon after the client's last record or
/// before any.
fn ends_at_once(session: &Session) -> bool {
    let is_end = |event: &Event| matches!(event.message, Message::Fin | Message::Reset);
    let Some(at) = session.events.iter().position(is_end) else { return false };
    let Some(end) = session.events.get(at).filter(|end| end.side == Side::Server) else {
        return false;
    };
    let record = |event: &&Event| {
        event.side == Side::Client && (event.opened || matches!(event.message, Message::Encrypted))
    };
    let last = session.events.iter().take(at).rfind(record);
    last.is_none_or(|last| end.time.since(last.time) < PATIENCE)
}

/// The shortest encrypted Finished of TLS 1.3: 4 bytes of header, a SHA-256 hash, the content
/// type and a tag of 8 bytes.
const SHORTEST_FINISHED: u32 = 45;

/// Whether both sides completed the handshake.
fn is_established(session: &Session) -> bool {
    let has = |side: Side, wanted: fn(&Message) -> bool| {
        session.events.iter().any(|event| event.side == side && wanted(&event.message))
    };
    let data = |side| has(side, |m| matches!(m, Message::ApplicationData));
    if session.version().is_some_and(ProtocolVersion::is_tls13) {
        return is_established_13(session);
    }
    // DTLS says in each record that it is encrypted: a ChangeCipherSpec that the capture lost is not
    // missed.
    let udp = session.transport == Transport::Udp;
    let finished = |side| {
        (udp || has(side, |m| matches!(m, Message::ChangeCipherSpec)))
            && session.events.iter().any(|event| event.side == side && event.is_finished())
    };
    (finished(Side::Client) && finished(Side::Server)) || (data(Side::Client) && data(Side::Server))
}

fn is_established_13(session: &Session) -> bool {
    let Some(hello) = session.server_hello() else { return false };
    let sizes = Sizes::of(hello.what.cipher_suite, hello.what.version());
    let is_ack = |length| sizes.is_some_and(|sizes| sizes.may_be_ack(length));
    let records = || {
        let events = session.events.iter().enumerate().skip(hello.event);
        events.filter(|(_, event)| event.opened || matches!(event.message, Message::Encrypted))
    };
    let is_finished = |event: &Event| match event.opened {
        true => event.is_finished(),
        false => event.length >= SHORTEST_FINISHED && !is_ack(event.length),
    };
    let finished = records()
        .find(|(_, event)| event.side == Side::Client && is_finished(event))
        .map(|(at, _)| at);
    let Some(finished) = finished else { return false };
    let server_flight = records().any(|(at, e)| at < finished && e.side == Side::Server);
    let answered = records().any(|(at, e)| at > finished && e.side == Side::Server);
    let shown = server_flight || session.from_server.lost > 0;
    // A reset before the server said anything more is a refusal of the client's flight, and where
    // that holds an answer to the request for a certificate, so is a close: who answers the
    // client's own end, or waited so long before, has no objection: it closes what nobody uses.
    let reset = session
        .events
        .iter()
        .any(|event| event.side == Side::Server && matches!(event.message, Message::Reset));
    let certificate = || {
        let first = records().find(|(_, event)| event.side == Side::Client);
        let first = first.zip(sizes.as_ref());
        first.is_some_and(|((_, it), sizes)| shows_certificate(session, sizes, it).is_some())
    };
    let refused = || ends_at_once(session) && (reset || certificate());
    // A flight that is sent again and again, and that nobody acknowledges, was not taken.
    let in_vain = session.transport == Transport::Udp
        && session.from_client.last_data.is_some_and(|mark| mark.frame < session.last_frame);
    shown && (answered || !(in_vain || refused()))
}

/// Whether a TLS 1.3 server said nothing more to the client's flight. In EAP it confirms what it
/// accepts (RFC 9190, 2.5), or goes on inside of the tunnel.
fn is_unanswered_13(session: &Session) -> bool {
    let hidden = |event: &&Event| matches!(event.message, Message::Encrypted);
    let tls13 = session.version().is_some_and(ProtocolVersion::is_tls13);
    tls13 && session.events.iter().rfind(hidden).is_some_and(|event| event.side == Side::Client)
}

/// A side ended it before the handshake was complete.
fn ended_by(session: &Session, end: &Event, asked: Time) -> Outcome {
    let silent = !session.spoke_tls(Side::Server);
    let waited = end.time.since(asked) >= PATIENCE;
    if end.side == Side::Client && silent && waited {
        return Outcome::GaveUp(Side::Client);
    }
    if end.side == Side::Server && waited && !silent {
        // The server waited for a flight of the client that never came.
        let last_server = session.from_server.last_data.map_or(asked, |mark| mark.time);
        let last_client = session.from_client.last_data.map_or(asked, |mark| mark.time);
        if last_server > last_client && end.time.since(last_server) >= PATIENCE {
            return Outcome::GaveUp(Side::Server);
        }
    }
    match end.message {
        Message::Reset => Outcome::Reset(end.side),
        _ => Outcome::Closed(end.side),
    }
}

/// Nobody ended it: who is waiting for whom?
fn unanswered(session: &Session, now: Time) -> Outcome {
    let last = |side: Side| session.stream(side).last_data;
    let speaker = match (last(Side::Client), last(Side::Server)) {
        (Some(client), Some(server)) if server.frame > client.frame => Side::Server,
        (None, Some(_)) => Side::Server,
        _ => Side::Client,
    };
    let waiting_since = last(speaker).map_or(session.started, |mark| mark.time);
    let waited = now.since(waiting_since) >= PATIENCE;
    let stream = session.stream(speaker);
    // TCP acknowledges what arrives and repeats what does not. A capture that shows neither is
    // filtered, or was cut right there: it cannot show a silence.
    let followed = last(speaker).is_some_and(|mark| mark.frame < session.last_frame);
    if stream.hole > 0 {
        // Bytes that never arrived: this direction is the broken one.
        return if followed { Outcome::Silent(speaker) } else { Outcome::Truncated };
    }
    // A SYN that was repeated has no length.
    let repeated = stream.largest_retransmitted > 0;
    if stream.unacknowledged > 0 && !repeated && !followed {
        return Outcome::Truncated;
    }
    let holds_all = stream.lost == 0 && session.stream(speaker.other()).lost == 0;
    // Over datagrams who is not answered repeats, and a server that keeps no state yet does not.
    let waited = waited && (session.transport != Transport::Udp || speaker == Side::Server);
    if holds_all && (waited || repeated) {
        Outcome::Silent(speaker.other())
    } else {
        Outcome::Truncated
    }
}

fn is_client_hello(event: &Event) -> bool {
    matches!(event.message, Message::Sslv2ClientHello(_)) || is(event, HandshakeType::CLIENT_HELLO)
}

fn is(event: &Event, wanted: HandshakeType) -> bool {
    matches!(event.message, Message::Handshake { kind, .. } if kind == wanted)
}

#[cfg(test)]
mod tests;
