//! Who had a connection with whom: the firewall's audit (Security 5156), Sysmon's event 3, and the
//! clients of Remote Desktop.
//!
//! SChannel names no peer. These do, with the process, when somebody has switched them on.

use std::net::IpAddr;

use logs::{Peer, Process};

use crate::{Connection, Record, Told};

/// The provider of the firewall's audit, and of much else.
pub(crate) const SECURITY: &str = "Microsoft-Windows-Security-Auditing";
/// Sysmon's provider.
pub(crate) const SYSMON: &str = "Microsoft-Windows-Sysmon";

/// The Windows Filtering Platform permitted a connection. One that it blocked (5157) never came to
/// be, so that no failure of TLS was in it.
const PERMITTED: u32 = 5156;
/// Sysmon saw a connection.
const CONNECTION: u32 = 3;

/// The provider of Remote Desktop's own log, which is on by default.
const DESKTOP: &str = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS";
/// Remote Desktop accepted a connection; it ended one whose security failed; somebody gave a user or
/// a password that is not right.
const ACCEPTED: u32 = 131;
const ENDED: u32 = 139;
const UNKNOWN_USER: u32 = 140;

/// TCP, as the firewall writes it (IANA's protocol numbers) and as Sysmon and Remote Desktop do.
const TCP: [&str; 2] = ["6", "tcp"];

/// What a record tells; `None` for one that is about something else, is not over TCP or stays inside
/// of the machine.
pub(crate) fn told(record: &Record) -> Option<Told> {
    let connection = match (&record.provider[..], record.id) {
        (SECURITY, PERMITTED) => of_firewall(record),
        (SYSMON, CONNECTION) => of_sysmon(record),
        (DESKTOP, ACCEPTED | ENDED | UNKNOWN_USER) => of_desktop(record),
        _ => None,
    }?;
    let is_inside = |(address, _): (IpAddr, u16)| address.is_loopback() || address.is_unspecified();
    let is_one_of_two = connection.local.0 == connection.peer.0;
    let is_far = !is_inside(connection.peer) && !is_one_of_two;
    is_far.then_some(Told::Connection(connection))
}

/// Source: Microsoft's page on event 5156, which calls the end that began the source, and in its
/// sample and its advice it is this machine whoever began. Of a connection that came in, ours is the
/// end that listened: that with the lower port.
fn of_firewall(record: &Record) -> Option<Connection> {
    let inbound = match record.text("Direction")?.trim_start_matches('%') {
        "14592" => Some(true),
        "14593" => Some(false),
        _ => None,
    };
    let source = end(record, "SourceAddress", "SourcePort")?;
    let destination = end(record, "DestAddress", "DestPort")?;
    let (local, peer) = match inbound {
        Some(true) if destination.1 < source.1 => (destination, source),
        _ => (source, destination),
    };
    Some(Connection {
        process: process(record, "ProcessID", "Application"),
        inbound,
        local,
        peer,
        ..connection(record, record.text("Protocol")?)?
    })
}

/// Source: Sysmon's manual. Source is the end that began, `Initiated` whether that was this machine.
fn of_sysmon(record: &Record) -> Option<Connection> {
    let source = end(record, "SourceIp", "SourcePort")?;
    let destination = end(record, "DestinationIp", "DestinationPort")?;
    let is_here = |name: &str| {
        let name = record.text(name).filter(|name| !name.is_empty());
        name.is_some() && name == record.computer.as_deref()
    };
    let began = match record.text("Initiated") {
        Some(initiated) => !initiated.eq_ignore_ascii_case("false"),
        // A form that leaves it out has the names of both ends.
        None => !is_here("DestinationHostname") || is_here("SourceHostname"),
    };
    let (local, peer, name) = match began {
        true => (source, destination, "DestinationHostname"),
        false => (destination, source, "SourceHostname"),
    };
    let name = record.text(name).filter(|name| !matches!(*name, "" | "-"));
    Some(Connection {
        process: process(record, "ProcessId", "Image"),
        inbound: Some(!began),
        local,
        peer,
        peer_name: name.map(str::to_owned),
        ..connection(record, record.text("Protocol")?)?
    })
}

/// Source: the records themselves. The writer is the process that speaks TLS, and 139 stands in the
/// same microsecond as SChannel's event of the failure.
fn of_desktop(record: &Record) -> Option<Connection> {
    let client = record.text("ClientIP").or_else(|| record.text("IPString"))?;
    let client = Peer::read(client)?;
    Some(Connection {
        process: Process { id: record.process, image: None },
        inbound: Some(true),
        peer: (client.address?, client.port.unwrap_or_default()),
        ..connection(record, record.text("ConnType").unwrap_or("tcp"))?
    })
}

/// What all have in common, if it was over TCP.
fn connection(record: &Record, protocol: &str) -> Option<Connection> {
    let nowhere = (IpAddr::from([0; 4]), 0);
    TCP.iter().any(|tcp| protocol.eq_ignore_ascii_case(tcp)).then(|| Connection {
        place: record.place,
        record: record.number,
        time: record.time.map(|time| time.nanoseconds),
        computer: record.computer.clone(),
        process: Process::default(),
        inbound: None,
        local: nowhere,
        peer: nowhere,
        peer_name: None,
    })
}

fn end(record: &Record, address: &str, port: &str) -> Option<(IpAddr, u16)> {
    let address: IpAddr = record.text(address)?.parse().ok()?;
    Some((address.to_canonical(), u16::try_from(record.integer(port)?).ok()?))
}

fn process(record: &Record, id: &str, image: &str) -> Process {
    let id = record.integer(id).and_then(|id| u32::try_from(id).ok());
    let image = record.text(image).filter(|image| !matches!(*image, "" | "-"));
    Process { id, image: image.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firewall(direction: &str, protocol: &str, peer: &str) -> Option<Told> {
        told(&audited(PERMITTED, direction, protocol, peer))
    }

    fn audited(id: u32, direction: &str, protocol: &str, peer: &str) -> Record {
        let fields = [
            ("ProcessID", "4556"),
            ("Application", "\\device\\harddiskvolume2\\windows\\system32\\inetsrv\\w3wp.exe"),
            ("Direction", direction),
            ("SourceAddress", "192.0.2.1"),
            ("SourcePort", "443"),
            ("DestAddress", peer),
            ("DestPort", "49278"),
            ("Protocol", protocol),
        ];
        Record::built(SECURITY, id, &fields)
    }

    fn sysmon(initiated: &str) -> Connection {
        let fields = [
            ("ProcessId", "712"),
            ("Image", "C:\\Windows\\System32\\svchost.exe"),
            ("Protocol", "tcp"),
            ("Initiated", initiated),
            ("SourceIp", "2001:db8::7"),
            ("SourceHostname", "client.example"),
            ("SourcePort", "50000"),
            ("DestinationIp", "2001:db8::1"),
            ("DestinationHostname", "server.example"),
            ("DestinationPort", "3389"),
        ];
        match told(&Record::built(SYSMON, CONNECTION, &fields)) {
            Some(Told::Connection(connection)) => connection,
            other => panic!("{other:?}"),
        }
    }

    /// A connection that came in is ours at the end that listened, whichever the firewall calls the
    /// source.
    #[test]
    fn who_listened_is_this_machine() {
        let both = [
            ("192.0.2.1", "443", "192.0.2.7", "49278"),
            ("192.0.2.7", "49278", "192.0.2.1", "443"),
        ];
        for (source, source_port, destination, port) in both {
            let fields = [
                ("Direction", "%%14592"),
                ("SourceAddress", source),
                ("SourcePort", source_port),
                ("DestAddress", destination),
                ("DestPort", port),
                ("Protocol", "6"),
            ];
            let Some(Told::Connection(told)) = told(&Record::built(SECURITY, PERMITTED, &fields))
            else {
                panic!("{source}");
            };
            assert_eq!(told.local, (IpAddr::from([192, 0, 2, 1]), 443));
            assert_eq!(told.peer, (IpAddr::from([192, 0, 2, 7]), 49278));
        }
    }

    /// The firewall tells process, peer and who began.
    #[test]
    fn the_firewall_tells_process_and_peer() {
        for (direction, inbound) in
            [("%%14592", Some(true)), ("%%14593", Some(false)), ("Eingehend", None)]
        {
            let Some(Told::Connection(told)) = firewall(direction, "6", "::ffff:192.0.2.7") else {
                panic!("{direction}");
            };
            assert_eq!(told.inbound, inbound);
            assert_eq!(told.local, (IpAddr::from([192, 0, 2, 1]), 443));
            assert_eq!(told.peer, (IpAddr::from([192, 0, 2, 7]), 49278));
            assert_eq!(told.process.id, Some(4556));
            assert!(told.process.image.is_some_and(|image| image.ends_with("w3wp.exe")));
        }
    }

    /// What is no TCP, and what stays inside of the machine, has nothing to do with a peer.
    #[test]
    fn other_traffic_is_left_out() {
        assert!(firewall("%%14593", "17", "192.0.2.7").is_none());
        assert!(firewall("%%14593", "6", "127.0.0.1").is_none());
        assert!(firewall("%%14593", "6", "192.0.2.1").is_none());
        assert!(firewall("%%14593", "6", "0.0.0.0").is_none());
        assert!(firewall("%%14593", "6", "no address").is_none());
        assert!(told(&Record::built(SECURITY, 4624, &[("Protocol", "6")])).is_none());
    }

    /// Who was blocked by the firewall had no connection, and is no candidate for a failure.
    #[test]
    fn who_is_blocked_has_no_connection() {
        assert!(told(&audited(5156, "%%14592", "6", "192.0.2.7")).is_some());
        assert!(told(&audited(5157, "%%14592", "6", "192.0.2.7")).is_none());
    }

    /// Sysmon's source is the side that began.
    #[test]
    fn sysmon_tells_who_began() {
        let out = sysmon("true");
        assert_eq!((out.inbound, out.local.1, out.peer.1), (Some(false), 50000, 3389));
        assert_eq!(out.peer_name.as_deref(), Some("server.example"));
        let inbound = sysmon("false");
        assert_eq!((inbound.inbound, inbound.local.1, inbound.peer.1), (Some(true), 3389, 50000));
        assert_eq!(inbound.peer_name.as_deref(), Some("client.example"));
    }

    /// Without a word on who began, the name of this machine tells which end it is.
    #[test]
    fn sysmon_without_a_direction() {
        let fields = [
            ("Protocol", "tcp"),
            ("SourceIp", "192.0.2.7"),
            ("SourcePort", "50000"),
            ("DestinationIp", "192.0.2.1"),
            ("DestinationHostname", "server.example"),
            ("DestinationPort", "443"),
        ];
        for (computer, peer) in [("server.example", 50000), ("client.example", 443)] {
            let record = Record {
                computer: Some(computer.into()),
                ..Record::built(SYSMON, CONNECTION, &fields)
            };
            let Some(Told::Connection(told)) = told(&record) else { panic!("{computer}") };
            assert_eq!(told.peer.1, peer, "{computer}");
        }
    }

    /// Remote Desktop names its client: with a port when it came, without when its security failed.
    #[test]
    fn remote_desktop_names_its_client() {
        let desktop = |id, fields: &[(&str, &str)]| {
            let record = Record { process: Some(1956), ..Record::built(DESKTOP, id, fields) };
            match told(&record) {
                Some(Told::Connection(connection)) => connection,
                other => panic!("{other:?}"),
            }
        };
        let client = IpAddr::from([192, 0, 2, 7]);
        let came = desktop(ACCEPTED, &[("ConnType", "TCP"), ("ClientIP", "192.0.2.7:39642")]);
        assert_eq!((came.peer, came.inbound), ((client, 39642), Some(true)));
        assert_eq!(came.process.id, Some(1956));
        let failed = [("ResultCode", "0x80090304"), ("IPString", "192.0.2.7")];
        assert_eq!(desktop(ENDED, &failed).peer, (client, 0));
        let udp = [("ConnType", "UDP"), ("ClientIP", "192.0.2.7:39642")];
        assert!(told(&Record::built(DESKTOP, ACCEPTED, &udp)).is_none());
    }
}
