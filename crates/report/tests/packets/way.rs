//! One packet of a conversation, and the ways in which it can travel.

/// A packet of the conversation that travels.
pub(crate) struct Cargo {
    /// IPv4 or IPv6 with a TCP segment in it.
    pub(crate) ip: Vec<u8>,
    /// Its place in the conversation.
    pub(crate) number: u16,
}

impl Cargo {
    pub(crate) fn is_ipv6(&self) -> bool {
        self.ip[0] >> 4 == 6
    }

    /// The one of two numbers that is for the version of IP in it.
    pub(crate) fn one_of<T>(&self, version_4: T, version_6: T) -> T {
        if self.is_ipv6() { version_6 } else { version_4 }
    }

    /// The EtherType.
    pub(crate) fn kind(&self) -> u16 {
        self.one_of(0x0800, 0x86dd)
    }

    /// The PPP protocol.
    pub(crate) fn ppp(&self) -> u16 {
        self.one_of(0x0021, 0x0057)
    }

    /// The number in an IP header in front of it.
    pub(crate) fn protocol(&self) -> u8 {
        self.one_of(4, 41)
    }
}

/// A way to travel.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// The number of the link type in the capture.
    pub(crate) link: u16,
    /// The versions of IP that can travel so.
    pub(crate) versions: &'static [u8],
    /// The frames that carry one packet.
    pub(crate) frames: fn(&Cargo) -> Vec<Vec<u8>>,
}

pub(crate) const BOTH: &[u8] = &[4, 6];

/// A way on which each packet is one frame.
macro_rules! way {
    ($name:literal, $link:literal, $versions:expr, $frame:expr) => {
        Way {
            name: $name,
            link: $link,
            versions: $versions,
            frames: |cargo| {
                let frame: fn(&$crate::way::Cargo) -> Vec<u8> = $frame;
                vec![frame(cargo)]
            },
        }
    };
}
pub(crate) use way;
