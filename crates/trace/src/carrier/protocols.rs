//! What is known of each carrier, and which of them a conversation is.

use super::{
    Answer, Carrier, Denial, Packets, Preface, Request, amqp, dialect, diameter, http, irc, ldap,
    mysql, nats, openvpn, postgres, proxy, rdp, socks, tds, telnet, text, vnc, xmpp,
};

/// What is known of a carrier. Either side's bytes may be empty, cut, or lies.
pub(super) struct Protocol {
    pub(super) carrier: Carrier,
    /// Whether the first words of both sides look like its own, and like no other's.
    pub(super) speaks: fn(client: &[u8], server: &[u8]) -> bool,
    /// Whether these bytes, all that a side said so far, are its whole preface: TLS begins with the
    /// next one. Text needs no such knowledge.
    pub(super) ends: fn(own: &[u8]) -> bool,
    /// What the client asks for, where that is more than TLS.
    pub(super) request: for<'a> fn(client: &'a [u8]) -> Option<Request<'a>>,
    /// What the server says to a client that has not said a word of its protocol, where that is
    /// binary.
    pub(super) greeting: for<'a> fn(server: &'a [u8]) -> Option<Answer<'a>>,
    /// How the server denies TLS.
    pub(super) denial: for<'a> fn(client: &'a [u8], server: &'a [u8]) -> Option<Denial<'a>>,
    /// Whether other carriers may speak behind its words.
    pub(super) tunnel: Option<Tunnel>,
}

/// A carrier that other carriers may speak through.
pub(super) struct Tunnel {
    /// What a side says behind the words that open it.
    behind: fn(own: &[u8]) -> Option<&[u8]>,
    /// Whether the server has no words of its own for it.
    silent: bool,
}

/// A text protocol that nothing more is known of than how it looks.
pub(super) const TEXT: Protocol = Protocol {
    carrier: Carrier::Unknown,
    speaks: |_, _| false,
    ends: |_| false,
    request: |_| None,
    greeting: |_| None,
    denial: |_, _| None,
    tunnel: None,
};

/// Every carrier. The tunnels stand first, because all that is said behind their words is another's;
/// beyond that no row claims what is another's, and their order means nothing.
const PROTOCOLS: &[Protocol] = &[
    Protocol {
        carrier: Carrier::ProxyProtocol,
        speaks: proxy::speaks,
        tunnel: Some(Tunnel { behind: proxy::behind, silent: true }),
        ..TEXT
    },
    Protocol {
        carrier: Carrier::Socks,
        speaks: socks::speaks,
        request: socks::request,
        denial: socks::denial,
        tunnel: Some(Tunnel { behind: socks::behind, silent: false }),
        ..TEXT
    },
    Protocol {
        carrier: Carrier::HttpConnect,
        speaks: http::connects,
        request: http::connect_request,
        denial: http::connect_denial,
        tunnel: Some(Tunnel { behind: http::behind, silent: false }),
        ..TEXT
    },
    Protocol {
        carrier: Carrier::Postgres,
        speaks: postgres::speaks,
        ends: postgres::ends,
        denial: postgres::denial,
        ..TEXT
    },
    Protocol {
        carrier: Carrier::Mysql,
        speaks: mysql::speaks,
        ends: mysql::ends,
        greeting: mysql::greeting,
        denial: mysql::denial,
        ..TEXT
    },
    Protocol {
        carrier: Carrier::Rdp,
        speaks: rdp::speaks,
        ends: rdp::ends,
        request: rdp::request,
        denial: rdp::denial,
        ..TEXT
    },
    Protocol { carrier: Carrier::Tds, speaks: tds::speaks, denial: tds::denial, ..TEXT },
    Protocol {
        carrier: Carrier::Ldap,
        speaks: ldap::speaks,
        ends: ldap::ends,
        greeting: ldap::greeting,
        denial: ldap::denial,
        ..TEXT
    },
    Protocol {
        carrier: Carrier::Vnc,
        speaks: vnc::speaks,
        ends: vnc::ends,
        denial: vnc::denial,
        ..TEXT
    },
    Protocol {
        carrier: Carrier::Amqp,
        speaks: amqp::speaks,
        ends: amqp::ends,
        denial: amqp::denial,
        ..TEXT
    },
    Protocol {
        carrier: Carrier::Diameter,
        speaks: diameter::speaks,
        ends: diameter::ends,
        denial: diameter::denial,
        ..TEXT
    },
    Protocol {
        carrier: Carrier::Telnet,
        speaks: telnet::speaks,
        ends: telnet::ends,
        denial: telnet::denial,
        ..TEXT
    },
    Protocol { carrier: Carrier::OpenVpn, speaks: openvpn::speaks, ..TEXT },
    Protocol {
        carrier: Carrier::HttpUpgrade,
        speaks: http::upgrades,
        denial: http::upgrade_denial,
        ..TEXT
    },
    Protocol { carrier: Carrier::Xmpp, speaks: xmpp::speaks, denial: xmpp::denial, ..TEXT },
    Protocol { carrier: Carrier::Irc, speaks: irc::speaks, denial: irc::denial, ..TEXT },
    Protocol { carrier: Carrier::Nats, speaks: nats::speaks, denial: nats::denial, ..TEXT },
    Protocol { carrier: Carrier::Smtp, ..dialect::SMTP },
    Protocol { carrier: Carrier::Lmtp, ..dialect::LMTP },
    Protocol { carrier: Carrier::Ftp, ..dialect::FTP },
    Protocol { carrier: Carrier::Imap, ..dialect::IMAP },
    Protocol { carrier: Carrier::Pop3, ..dialect::POP3 },
    Protocol { carrier: Carrier::Nntp, ..dialect::NNTP },
    Protocol { carrier: Carrier::Sieve, ..dialect::SIEVE },
];

/// Tunnels in one another that are looked through.
const MAX_TUNNELS: usize = 4;

/// Names the carrier by the first words of the client and of the server, either of which may be
/// empty: of several in one another the innermost.
pub(crate) fn recognise(client: &[u8], server: &[u8]) -> Carrier {
    if client.is_empty() && server.is_empty() {
        return Carrier::Bare;
    }
    let innermost = Layers::of(client, server).last();
    innermost.map_or(Carrier::Unknown, |layer| layer.protocol.carrier)
}

/// The proxy, or the PROXY header, that a carrier's words are behind; none if they are the first.
pub(crate) fn through(client: &[u8], server: &[u8]) -> Option<Carrier> {
    let mut layers = Layers::of(client, server).map(|layer| layer.protocol.carrier);
    let outer = layers.next();
    layers.next().and(outer)
}

/// What the client asks of a carrier, behind what that is inside of.
pub(crate) fn request<'a>(
    carrier: Carrier,
    client: &'a [u8],
    server: &'a [u8],
) -> Option<Request<'a>> {
    let layer = Layers::of(client, server).find(|layer| layer.protocol.carrier == carrier)?;
    (layer.protocol.request)(layer.client)
}

/// What the server says in a carrier before it has heard a word of it.
pub(crate) fn greeting<'a>(
    carrier: Carrier,
    client: &'a [u8],
    server: &'a [u8],
) -> Option<Answer<'a>> {
    let layer = Layers::of(client, server).find(|layer| layer.protocol.carrier == carrier)?;
    (layer.protocol.greeting)(layer.server)
}

/// The server's refusal to begin TLS, if there is one in these words of a carrier.
pub(crate) fn denial<'a>(
    carrier: Carrier,
    client: &'a [u8],
    server: &'a [u8],
) -> Option<Denial<'a>> {
    let layer = Layers::of(client, server).find(|layer| layer.protocol.carrier == carrier)?;
    (layer.protocol.denial)(layer.client, layer.server)
}

/// The carriers of a conversation, the outermost first.
struct Layers<'a> {
    client: &'a [u8],
    server: &'a [u8],
    left: usize,
}

/// One of them, with what it says and what is said through it.
struct Layer<'a> {
    protocol: &'static Protocol,
    client: &'a [u8],
    server: &'a [u8],
}

impl<'a> Layers<'a> {
    fn of(client: &'a [u8], server: &'a [u8]) -> Self {
        Self { client, server, left: MAX_TUNNELS }
    }
}

impl<'a> Iterator for Layers<'a> {
    type Item = Layer<'a>;

    fn next(&mut self) -> Option<Layer<'a>> {
        let Self { client, server, left } = *self;
        if left == 0 || (client.is_empty() && server.is_empty()) {
            return None;
        }
        let protocol = PROTOCOLS.iter().find(|it| (it.speaks)(client, server))?;
        (self.client, self.server, self.left) = (&[], &[], left - 1);
        if let Some(Tunnel { behind, silent }) = &protocol.tunnel
            && let Some(client) = behind(client)
        {
            let answer = if *silent { Some(server) } else { behind(server) };
            (self.client, self.server) = (client, answer.unwrap_or_default());
        }
        Some(Layer { protocol, client, server })
    }
}

/// Reads the first bytes of a side as the preface of a carrier, or of one behind another.
pub(crate) fn preface(own: &[u8]) -> Preface {
    let mut own = own;
    for _ in 0..MAX_TUNNELS {
        if PROTOCOLS.iter().any(|it| (it.ends)(own)) {
            return Preface::Whole;
        }
        let openvpn = || openvpn::Packets::behind(own).map(|it| Packets::OpenVpn(Box::new(it)));
        if let Some(packets) = tds::Packets::behind(own).map(Packets::Tds).or_else(openvpn) {
            return Preface::Packets(packets);
        }
        let mut tunnels = PROTOCOLS.iter().filter_map(|it| it.tunnel.as_ref());
        let Some(rest) = tunnels.find_map(|tunnel| (tunnel.behind)(own)) else {
            return Preface::None;
        };
        // Nothing, or the lines of a text protocol, behind the words of a proxy.
        if text::is_text(rest) {
            return Preface::Whole;
        }
        own = rest;
    }
    Preface::None
}

#[cfg(test)]
mod tests {
    use super::super::Denied;
    use super::super::samples::{Ends, SAMPLES};
    use super::*;

    /// Who goes on without TLS, or asks a proxy again and gets through, was denied nothing.
    #[test]
    fn who_goes_on_was_denied_nothing() {
        let tunnel = b"CONNECT a:443 HTTP/1.1\r\n\r\nCONNECT a:443 HTTP/1.1\r\nX: y\r\n\r\n";
        let refused = |code: &str| [b"HTTP/1.1 407 no\r\n\r\nHTTP/1.1 ", code.as_bytes()].concat();
        let features = b"<stream:stream><stream:features><dialback/></stream:features>";
        for (carrier, client, server, words) in [
            (
                Carrier::Telnet,
                &b"\xff\xfb\x2e\xff\xfa\x18\0x\xff\xf0"[..],
                &b"\xff\xfe\x2e"[..],
                true,
            ),
            (Carrier::Telnet, b"\xff\xfb\x2ebob\r\n", b"\xff\xfe\x2elogin: ", false),
            (Carrier::Telnet, b"\xff\xfc\x2ebob\r\n", b"\xff\xfd\x2elogin: ", false),
            (Carrier::Xmpp, b"<stream:stream></stream:stream>", features, true),
            (Carrier::Xmpp, b"<stream:stream><db:result>a</db:result>", features, false),
            (Carrier::HttpConnect, tunnel, &refused("403 no\r\n\r\n"), true),
            (Carrier::HttpConnect, tunnel, &refused("200 ok\r\n\r\n"), false),
            // The answer to the second request is not known.
            (Carrier::HttpConnect, tunnel, b"HTTP/1.1 407 no\r\n\r\n", false),
        ] {
            let denied = denial(carrier, client, server).is_some();
            assert_eq!(denied, words, "{carrier}: {} {}", text(client), text(server));
        }
    }

    /// Each row claims the samples of its own carrier and no other's, where nothing is in between.
    #[test]
    fn no_carrier_claims_anothers_sample() {
        let mut wrong = Vec::new();
        for sample in SAMPLES.iter().filter(|sample| sample.through.is_none()) {
            let (client, server) = (sample.said('C'), sample.said('S'));
            for row in PROTOCOLS {
                let (name, mine) = (row.carrier.name(), row.carrier.name() == sample.carrier);
                let said = || format!("{:?} {:?}", text(&client), text(&server));
                if (row.speaks)(&client, &server) != mine {
                    wrong.push(format!("{name}: {}", said()));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        let names: Vec<&str> = SAMPLES.iter().map(|sample| sample.carrier).collect();
        for carrier in Carrier::ALL {
            // Packets of OpenVPN are tested with the records inside of them.
            let packets = matches!(carrier, Carrier::OpenVpn);
            assert!(packets || names.contains(&carrier.name()), "{carrier} has no sample");
            assert_eq!(PROTOCOLS.iter().filter(|row| row.carrier == *carrier).count(), 1);
        }
        assert_eq!(PROTOCOLS.len(), Carrier::ALL.len());
    }

    /// Each sample is named, also through a proxy, and what comes of it is read with the words that
    /// say it; as long as it is cut off it is nothing but itself or not known yet.
    #[test]
    fn each_sample_is_understood() {
        let mut wrong = Vec::new();
        for sample in SAMPLES {
            let (client, server) = (sample.said('C'), sample.said('S'));
            let carrier = recognise(&client, &server);
            let said = format!("{:?} {:?}", text(&client), text(&server));
            let through = through(&client, &server).map(Carrier::name);
            let how = match sample.ends {
                Ends::NotOffered(_) => Denied::NotOffered,
                Ends::Stripped(_) => Denied::Stripped,
                Ends::Demanded(_) => Denied::Demanded,
                Ends::Refused(_) | Ends::Tls => Denied::Refused,
            };
            let expected = sample.ends.words().map(|words| (how, words));
            let denied = denial(carrier, &client, &server).map(|it| (it.how, it.words));
            let is = (carrier.name(), through, denied);
            if is != (sample.carrier, sample.through, expected) {
                wrong.push(format!("{is:?} for {said}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Whatever is cut off or lies, nothing panics, and a conversation that is cut off is nothing
    /// but its own carrier, what that is inside of, or not known yet.
    #[test]
    fn cut_and_lying_words_do_no_harm() {
        for sample in SAMPLES {
            let own = [Some(sample.carrier), sample.through, Some("unknown"), Some("tls")];
            let mut said = [Vec::new(), Vec::new()];
            for (side, words) in sample.turns {
                for byte in *words {
                    said[usize::from(*side == 'S')].push(*byte);
                    let [client, server] = &said;
                    let name = recognise(client, server).name();
                    assert!(own.contains(&Some(name)), "{name} for {:?}", text(client));
                }
            }
            let [client, server] = said;
            for (side, length) in [(0, client.len()), (1, server.len())] {
                for at in 0..length {
                    for lie in [0, 1, 0x7f, 0x84, 0xff] {
                        let mut lying = [client.clone(), server.clone()];
                        lying[side][at] = lie;
                        let [client, server] = &lying;
                        let carrier = recognise(client, server);
                        let _ = (denial(carrier, client, server), through(client, server));
                        let _ =
                            (request(carrier, client, server), greeting(carrier, client, server));
                        let _ = (preface(client), preface(server));
                    }
                }
            }
        }
    }

    /// A client that goes on without TLS has not been denied anything that it needs.
    #[test]
    fn who_goes_on_was_not_refused() {
        let request = b"\0\0\0\x08\x04\xd2\x16\x2f\0\0\0\x09\0\x03\0\0\0";
        for (carrier, client, server) in [
            (
                Carrier::Smtp,
                &b"EHLO a\r\nSTARTTLS\r\nMAIL FROM:<a@example.test>\r\n"[..],
                &b"220 x\r\n250 STARTTLS\r\n454 no\r\n250 ok\r\n"[..],
            ),
            (Carrier::Postgres, request, b"NR\0\0\0\x08\0\0\0\0"),
            (Carrier::Smtp, b"EHLO a\r\nQUIT\r\n", b"220 x\r\n250 STARTTLS\r\n"),
            (Carrier::Irc, b"CAP LS\r\nNICK a\r\n", b":x CAP * LS :sasl\r\n"),
            (
                Carrier::Rdp,
                b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\0\0\0\0",
                b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\0\0\0\0",
            ),
        ] {
            assert_eq!(denial(carrier, client, server), None, "{carrier}");
        }
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }
}
