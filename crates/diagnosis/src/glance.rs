//! What is asked of every session when it ends, read in one walk over its events.

use alert::{Alert, Level};
use trace::{Message, Outcome, Seen, Session, Side};
use wire::{
    CertificateMessage, ClientHello, HANDSHAKE_HEADER, HandshakeType, ProtocolVersion, ServerHello,
};

use crate::docket::left_at_once;

/// A session with its hellos and lists of certificates read, and the few marks by which it is told
/// what has to be judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glance<'s> {
    /// The session.
    pub(crate) session: &'s Session,
    /// The first ClientHello.
    pub(crate) client_hello: Option<Seen<ClientHello<'s>>>,
    /// The ServerHello, which is no HelloRetryRequest.
    pub(crate) server_hello: Option<Seen<ServerHello<'s>>>,
    /// The version that the server took, be it in a HelloRetryRequest.
    pub(crate) version: Option<ProtocolVersion>,
    /// What the client and the server showed of their chains.
    shown: [Option<Seen<CertificateMessage<'s>>>; 2],
    /// The frame of the server's first record, or what it says in the place of one.
    pub(crate) server_spoke: Option<u64>,
    /// Whether something was said in front of TLS.
    pub(crate) plain: bool,
    /// Whether the server sent a fatal alert.
    pub(crate) refused: bool,
    /// Whether there is an alert at warning level that is not part of an ordinary close.
    pub(crate) warned: bool,
    /// Whether the client left a completed handshake at once (see [`left_at_once`]).
    pub(crate) left_at_once: bool,
}

impl<'s> Glance<'s> {
    /// Reads a session.
    pub(crate) fn of(session: &'s Session) -> Self {
        let mut it = Self {
            session,
            client_hello: None,
            server_hello: None,
            version: None,
            shown: [None; 2],
            server_spoke: None,
            plain: false,
            refused: false,
            warned: false,
            left_at_once: session.outcome == Outcome::Established && left_at_once(session),
        };
        let mut chains = [None; 2];
        for (at, event) in session.events.iter().enumerate() {
            let server = event.side == Side::Server;
            match &event.message {
                Message::Handshake { kind, body } => match *kind {
                    HandshakeType::CLIENT_HELLO if !server && it.client_hello.is_none() => {
                        it.client_hello = Some(event.seen(at, ClientHello::read_cut(body)));
                    }
                    // One that the capture cut off may lack the extension that makes it TLS 1.3.
                    HandshakeType::SERVER_HELLO
                        if server && event.length as usize == HANDSHAKE_HEADER + body.len() =>
                    {
                        if let Ok(hello) = ServerHello::read(body) {
                            it.version = it.version.or_else(|| Some(hello.version()));
                            if it.server_hello.is_none() && !hello.is_hello_retry_request() {
                                it.server_hello = Some(event.seen(at, hello));
                            }
                        }
                    }
                    HandshakeType::CERTIFICATE => {
                        let [client, of_server] = &mut chains;
                        let first = if server { of_server } else { client };
                        first.get_or_insert(event.seen(at, &body[..]));
                    }
                    _ => {}
                },
                Message::Plaintext(_) => it.plain = true,
                Message::Alert(message) => {
                    it.refused |= server && message.level == Level::Fatal;
                    it.warned |= message.level == Level::Warning
                        && message.alert != Alert::CLOSE_NOTIFY
                        && message.alert != Alert::USER_CANCELED;
                }
                _ => {}
            }
            if server && it.server_spoke.is_none() && event.message.is_tls() {
                it.server_spoke = Some(event.frame);
            }
        }
        // What travels in the clear where no ServerHello was captured has the form of TLS 1.2.
        let version = it.version.unwrap_or(ProtocolVersion::TLS_1_2);
        it.shown = chains.map(|chain| {
            chain.map(|seen: Seen<&[u8]>| {
                seen.with(CertificateMessage::read_cut(seen.what, version))
            })
        });
        it
    }

    /// What a side showed of its chain, in the clear or opened.
    pub(crate) fn certificates(&self, side: Side) -> Option<&Seen<CertificateMessage<'s>>> {
        let [client, server] = &self.shown;
        if side == Side::Client { client.as_ref() } else { server.as_ref() }
    }

    /// The first certificate that a side showed, in DER.
    pub(crate) fn leaf(&self, side: Side) -> Option<&'s [u8]> {
        self.certificates(side)?.what.certificates().next().map(|entry| entry.der)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::story::{Hello, Story};

    /// It says what the session says when it is asked one by one.
    #[test]
    fn it_says_what_the_session_says() {
        let session = Story::new()
            .client_hello(&Hello::tls12())
            .server_hello(0x0303, 0xc02f, &[])
            .handshake(Side::Server, HandshakeType::CERTIFICATE, &[0, 0, 5, 0, 0, 2, 7, 9])
            .warning(Side::Client, Alert::UNRECOGNIZED_NAME)
            .alert(Side::Server, Alert::HANDSHAKE_FAILURE)
            .session();
        let glance = Glance::of(&session);
        let frame = |seen: Option<u64>| seen.unwrap();
        assert_eq!(
            frame(glance.client_hello.map(|it| it.frame)),
            frame(session.client_hello().map(|it| it.frame))
        );
        assert_eq!(
            frame(glance.server_hello.map(|it| it.frame)),
            frame(session.server_hello().map(|it| it.frame))
        );
        assert_eq!(glance.version, session.version());
        assert_eq!(glance.leaf(Side::Server), Some(&[7, 9][..]));
        assert_eq!(glance.leaf(Side::Client), None);
        assert_eq!(glance.server_spoke, Some(5));
        assert!(glance.refused && glance.warned && !glance.plain && !glance.left_at_once);
    }
}
