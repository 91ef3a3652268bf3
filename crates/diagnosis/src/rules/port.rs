//! Ports on which TLS begins with the first byte, and others on which it begins with a command.

use trace::Endpoint;

/// Whether the port of a server is known for TLS from the first byte: IANA's assignments and wide
/// habits.
pub(super) fn is_tls(server: Endpoint) -> bool {
    server.port().is_some_and(|port| PORTS.contains(&port))
}

/// What a server on this port waits for before TLS.
pub(super) fn starts_tls(server: Endpoint) -> Option<&'static str> {
    let port = server.port()?;
    COMMANDS.iter().find(|(known, _)| *known == port).map(|(_, what)| *what)
}

/// What stands behind TLS on this port, where the server speaks first.
pub(super) fn greets_behind_tls(server: Endpoint) -> Option<&'static str> {
    let port = server.port()?;
    GREETINGS.iter().find(|(known, _)| *known == port).map(|(_, what)| *what)
}

/// Ports whose servers hear the client first: those that greet say by themselves what they are.
const COMMANDS: &[(u16, &str)] = &[
    (389, "LDAP on 389 wants StartTLS first; TLS from the first byte is on 636"),
    (3268, "the global catalogue on 3268 wants StartTLS first; 3269 does not"),
    (1433, "SQL Server wants PRELOGIN first"),
    (3389, "RDP wants a connection request first"),
    (5222, "XMPP on 5222 wants <starttls/> first; TLS from the first byte is on 5223"),
    (5269, "XMPP on 5269 wants <starttls/> first"),
    (5432, "PostgreSQL before 17 wants SSLRequest first"),
    (5672, "AMQP on 5672 wants its own header first; TLS from the first byte is on 5671"),
];

const GREETINGS: &[(u16, &str)] = &[
    (465, "SMTP on 465 is behind TLS from the first byte; STARTTLS is on 587 and 25"),
    (563, "NNTP on 563 is behind TLS from the first byte; STARTTLS is on 119"),
    (990, "FTP on 990 is behind TLS from the first byte; AUTH TLS is on 21"),
    (993, "IMAP on 993 is behind TLS from the first byte; STARTTLS is on 143"),
    (995, "POP3 on 995 is behind TLS from the first byte; STLS is on 110"),
];

const PORTS: &[u16] = &[
    443,   // https
    465,   // submissions
    563,   // nntps
    636,   // ldaps
    853,   // DNS over TLS
    989,   // ftps-data
    990,   // ftps
    992,   // telnets
    993,   // imaps
    994,   // ircs
    995,   // pop3s
    2376,  // Docker
    2484,  // Oracle TCPS
    3269,  // Active Directory global catalogue
    5061,  // sips
    5671,  // amqps
    5986,  // WinRM over https
    6443,  // Kubernetes
    6514,  // syslog over TLS
    6697,  // ircs by habit
    8443,  // https by habit
    8883,  // MQTT over TLS
    9093,  // Kafka by habit
    10250, // kubelet
];
