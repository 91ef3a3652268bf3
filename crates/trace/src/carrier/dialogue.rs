//! What was asked and what was answered in front of TLS, read into values: the words for people
//! belong to those who tell of it.

use super::{AmqpHeader, LdapResult, SocksReply, SocksRequest};

/// What a client asks of its carrier, where its words say more than that it wants TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request<'a> {
    /// A tunnel through an HTTP proxy, in this line (RFC 9110, 9.3.6).
    Connect(&'a [u8]),
    /// A tunnel through a SOCKS proxy.
    Socks(SocksRequest<'a>),
    /// One of these protections, as bits; 0 is RDP's own (MS-RDPBCGR, 2.2.1.1.1).
    Rdp(u32),
}

/// What a server, or a proxy, says in front of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// Words for people: a line, an element, the text of an error.
    Text(&'a [u8]),
    /// A line that says that there is no such command (RFC 5321, 4.2.2: 500 and 502).
    Unrecognized(&'a [u8]),
    /// No, in bytes that say nothing more.
    No,
    /// The version of a server that names it and what it can do (MySQL).
    Version(&'a [u8]),
    /// The security types that a server offers, one byte each (RFC 6143, 7.1.2).
    SecurityTypes(&'a [u8]),
    /// The header of the protocol that a server speaks instead.
    Amqp(AmqpHeader),
    /// A Result-Code (RFC 6733, 7.1).
    Diameter(u32),
    /// The result of an operation.
    Ldap(LdapResult<'a>),
    /// The failureCode of a negotiation (MS-RDPBCGR, 2.2.1.2.2).
    Rdp(u32),
    /// A reply that opens no tunnel.
    Socks(SocksReply),
}

/// What a server says to a request to begin TLS, or a proxy to one for a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial<'a> {
    /// Which sort of no it is.
    pub how: Denied,
    /// The bytes that say it, as they were sent.
    pub words: &'a [u8],
    /// What they say.
    pub answer: Answer<'a>,
}

/// The sorts of no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The client asked.
    Refused,
    /// The client did not ask, and what the server offers has no TLS in it.
    NotOffered,
    /// Somebody on the way wrote over the offer, or over the request: the words show it.
    Stripped,
    /// The client went on without TLS, and the server does not.
    Demanded,
}

impl<'a> Denial<'a> {
    /// A denial in words for people.
    pub(super) fn text(how: Denied, words: &'a [u8]) -> Self {
        Self { how, words, answer: Answer::Text(words) }
    }

    /// A denial in bytes that say nothing but no.
    pub(super) fn bare(how: Denied, words: &'a [u8]) -> Self {
        Self { how, words, answer: Answer::No }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::SAMPLES;
    use super::super::{Carrier, SocksTarget, denial, greeting, recognise, request};
    use super::*;

    /// What a client asks for is read from its own words, also behind a header or a login, and as
    /// far as they came.
    #[test]
    fn a_request_is_read() {
        let socks = |version, target| Some(Request::Socks(SocksRequest { version, target }));
        let address = |text: &str| Some(SocksTarget::Address(text.parse().unwrap()));
        let name = |name, port| Some(SocksTarget::Name(name, port));
        let rdp = |offer: u8| {
            [&b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0"[..], &[offer, 0, 0, 0]].concat()
        };
        for (client, asks) in [
            (
                &b"\x05\x01\0\x05\x01\0\x03\x08www.test\x01\xbb"[..],
                socks(5, name(b"www.test", 443)),
            ),
            (
                b"\x05\x01\x02\x01\x01a\x01b\x05\x01\0\x01\x0a\0\0\x01\0\x19",
                socks(5, address("10.0.0.1:25")),
            ),
            (b"\x04\x01\x01\xbb\x0a\0\0\x02\0", socks(4, address("10.0.0.2:443"))),
            (b"\x05\x01\0", socks(5, None)),
            (b"\x05\x01\0\x05\x01\0\x03\x08www.te", socks(5, None)),
            (b"\x04\x01\x01", socks(4, None)),
            (b"CONNECT a:443 HTTP/1.1\r\n\r\n", Some(Request::Connect(b"CONNECT a:443 HTTP/1.1"))),
            (b"PROXY UNKNOWN\r\nCONNECT a:443", Some(Request::Connect(b"CONNECT a:443"))),
            (&rdp(3), Some(Request::Rdp(3))),
            (&rdp(3)[..18], None),
            (b"\x03\0\0\x0b\x06\xe0\0\0\0\0\0", None),
            (b"EHLO a\r\n", None),
        ] {
            let carrier = recognise(client, b"");
            assert_eq!(request(carrier, client, b""), asks, "{carrier} {client:?}");
        }
    }

    /// Each carrier's answer is read as what it is; words in which nothing else is read are text.
    #[test]
    fn an_answer_is_read() {
        for sample in SAMPLES.iter().filter(|sample| sample.ends.words().is_some()) {
            let (client, server) = (sample.said('C'), sample.said('S'));
            let carrier = recognise(&client, &server);
            let Denial { words, answer, .. } = denial(carrier, &client, &server).unwrap();
            let read = match carrier {
                Carrier::Amqp => {
                    answer == Answer::Amqp(AmqpHeader { protocol: 3, version: [1, 0, 0] })
                }
                Carrier::Diameter => answer == Answer::Diameter(5017),
                Carrier::Ldap => matches!(answer, Answer::Ldap(it) if matches!(it.code, 13 | 52)),
                Carrier::Mysql => matches!(answer, Answer::Version(b"8.0.1") | Answer::Text(_)),
                Carrier::Postgres => (answer == Answer::No) == (words == b"N"),
                Carrier::Rdp => matches!(answer, Answer::Rdp(5) | Answer::No),
                Carrier::Socks => matches!(
                    (words, answer),
                    (b"\x05\xff", Answer::Socks(SocksReply::NoMethod))
                        | (b"\x05\x05", Answer::Socks(SocksReply::Version5(5)))
                        | (b"\0\x5b", Answer::Socks(SocksReply::Version4(91)))
                ),
                Carrier::Tds | Carrier::Telnet => answer == Answer::No,
                Carrier::Vnc => matches!(answer, Answer::SecurityTypes(b"\x01\x02") | Answer::No),
                _ => answer == Answer::Text(words),
            };
            assert!(read, "{carrier}: {answer:?}");
        }
    }

    /// A name that a proxy does not like is told from a code, and an error in words from a code of
    /// the same length.
    #[test]
    fn one_answer_is_not_taken_for_another() {
        let login = b"\x05\x01\x02\x01\x01a\x01b";
        let denied = denial(Carrier::Socks, login, b"\x05\x02\x01\xff").unwrap();
        assert_eq!(denied.answer, Answer::Socks(SocksReply::Login));
        let ask = b"\x01\0\0\x20\x80\0\x01\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\
            \0\0\x01\x2b\x40\0\0\x0c\0\0\0\x01";
        let busy = b"\x01\0\0\x20\0\0\x01\x01\0\0\0\0\0\0\0\x01\0\0\0\x02\
            \0\0\x01\x19\x40\0\0\x0cbusy";
        let denied = denial(Carrier::Diameter, ask, busy).unwrap();
        assert_eq!(denied.answer, Answer::Text(b"busy"));
        let mail = |reply: &[u8]| [b"220 x\r\n250 STARTTLS\r\n", reply].concat();
        for (reply, unrecognized) in [(&b"502 no\r\n"[..], true), (b"454 no\r\n", false)] {
            let server = mail(reply);
            let denied = denial(Carrier::Smtp, b"EHLO a\r\nSTARTTLS\r\n", &server).unwrap();
            assert_eq!(matches!(denied.answer, Answer::Unrecognized(_)), unrecognized);
        }
    }

    /// A server that greets in binary is read before its client has said a word.
    #[test]
    fn a_greeting_is_read() {
        let mysql = b"\x32\0\0\0\x0a8.0.1\0\x01\0\0\0saltsalt\0\xff\xff\x21\x02\0\xff\xc7";
        assert_eq!(greeting(Carrier::Mysql, b"", mysql), Some(Answer::Version(b"8.0.1")));
        let ldap = b"0\x0c\x02\x01\0x\x07\x0a\x01\x02\x04\0\x04\0";
        let result = LdapResult { code: 2, message: b"" };
        assert_eq!(greeting(Carrier::Ldap, b"", ldap), Some(Answer::Ldap(result)));
        assert_eq!(greeting(Carrier::Smtp, b"", b"220 x SMTP\r\n"), None);
    }
}
