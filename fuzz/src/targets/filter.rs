//! Any words as filters, `key=value`: taken or refused with a sentence, and asked about failures.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use report::{Filter, Intake};

use crate::{Corpus, holds};

/// A failure in a log, to be asked about.
const LINE: &[u8] = b"2026/11/22 09:00:01 [info] 7#7: *3 SSL_do_handshake() failed (SSL: \
    error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48) while SSL handshaking, \
    client: 192.0.2.7, server: 0.0.0.0:443\n";

static SAID: LazyLock<String> = LazyLock::new(|| told(Filter::default()));

/// What is told of the line through a filter.
fn told(filter: Filter) -> String {
    let intake = Intake::new("fuzz.log", holds::all()).only(filter);
    let input = intake.whole(LINE, &mut |_| ControlFlow::Continue(()));
    holds::report(&report::Report::new(vec![input]))
}

/// Runs the target: one condition on each line.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut filter = Filter::default();
    for line in text.lines().take(8) {
        let (key, values) = line.split_once('=').unwrap_or((line, ""));
        let known = Filter::KEYS.contains(&key);
        match filter.clone().with(key, values) {
            Ok(more) => {
                assert!(known && !more.is_empty());
                filter = more;
            }
            Err(said) => assert!(!said.is_empty() && (known || said.starts_with("no such key"))),
        }
    }
    let is_empty = filter.is_empty();
    let told = told(filter);
    assert!(!is_empty || told == *SAID);
}

/// One condition of each kind and form.
pub(crate) fn seeds(_: &Corpus) -> Vec<Vec<u8>> {
    [
        "alert=48",
        "alert=unknown_ca,bad_certificate\nfrom=client",
        "cause=expired-leaf,private-ca-unknown",
        "client=10.0.0.0/8,192.0.2.7,2001:db8::/32",
        "client=02:00:00:00:00:01",
        "n=1,17,99999999999999999999",
        "port=443,8443,0,65536",
        "server=192.0.2.80,*.example.test",
        "server=[2001:db8::1]:443",
        "sni=*.corp,www.example.test",
        "version=1.2,TLS1.3,ssl3,dtls1.2",
        "sin=typo",
        "from=server\nfrom=client\nalert=0x30,-1,256",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
