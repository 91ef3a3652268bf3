//! Suricata's EVE records.
//!
//! Suricata writes neither alerts of TLS nor how a handshake ended. What remains is an anomaly of
//! its parser: bytes on a connection that it had taken for TLS and that are none.
//! Source: Suricata's user guide, "EVE JSON Format", and the names in its `app-layer-ssl.c`.

use std::borrow::Cow;

use memchr::memmem;

use super::{End, Failure};
use crate::Stamp;
use crate::container::json::{self, Value};
use crate::container::text_of;
use crate::stack::Stack;

/// Events of the parser of TLS that say that something else is spoken.
const NOT_TLS: [&[u8]; 5] = [
    b"INVALID_SSLV2_HEADER",
    b"INVALID_TLS_HEADER",
    b"INVALID_RECORD_VERSION",
    b"INVALID_RECORD_TYPE",
    b"INVALID_SSL_RECORD",
];

static SURICATA: Stack = Stack::monitor("suricata", "Suricata");

/// What a record tells, if it tells of a failure.
pub(super) fn record(line: &[u8]) -> Option<Failure<'_>> {
    // Nearly every record is about something else.
    memmem::find(line, b"\"anomaly\"")?;
    let (mut source, mut destination) = (End::default(), End::default());
    let (mut time, mut event, mut id) = (None, None, Cow::Borrowed(""));
    let (mut is_anomaly, mut is_tls) = (false, false);
    json::walk(line, |keys, value| {
        let value = match value {
            Value::Text(text) => text.text(),
            Value::Bare(bare) => Cow::Borrowed(bare),
            Value::Object => return,
        };
        match keys {
            [b"timestamp"] => time = Stamp::of_field(&value, None),
            [b"event_type"] => is_anomaly = &value[..] == b"anomaly",
            [b"src_ip"] => source.address = text_of(value),
            [b"src_port"] => source.port = text_of(value),
            [b"dest_ip"] => destination.address = text_of(value),
            [b"dest_port"] => destination.port = text_of(value),
            [b"flow_id"] => id = text_of(value),
            [b"anomaly", b"app_proto"] => is_tls = &value[..] == b"tls",
            [b"anomaly", b"event"] => event = NOT_TLS.iter().find(|name| **name == &value[..]),
            _ => {}
        }
    });
    let event = event.filter(|_| is_anomaly && is_tls)?;
    // The record has the direction of the packet; the server is where the lower port is.
    let number = |end: &End<'_>| end.port.parse::<u16>().unwrap_or(u16::MAX);
    let (client, server) = match number(&source) < number(&destination) {
        true => (destination, source),
        false => (source, destination),
    };
    Some(Failure {
        stack: &SURICATA,
        time,
        id: id.into_owned(),
        client,
        server,
        name: None,
        alert: None,
        sender: None,
        of_server: false,
        words: String::from_utf8_lossy(event).into_owned(),
        suspects: Vec::new(),
    })
}
