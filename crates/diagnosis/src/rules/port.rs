//! Ports on which TLS begins with the first byte.

use trace::Endpoint;

/// Whether the port of a server is known for TLS from the first byte: IANA's assignments and wide
/// habits.
pub(super) fn is_tls(server: Endpoint) -> bool {
    server.port().is_some_and(|port| PORTS.contains(&port))
}

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
