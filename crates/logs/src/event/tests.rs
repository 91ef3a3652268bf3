//! Rows of connections that failed and of such that did not, in each form of each monitor.

use crate::{Sighting, Sure, Voice};
use alert::Side;

const HEADER: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n\
     #path\tssl\n#open\t2026-11-22-09-00-00\n\
     #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tversion\tserver_name\t\
     last_alert\testablished\tssl_history\tvalidation_status\tsni_matches_cert\n\
     #types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring\tstring\tbool\tstring\tstring\tbool\n";

/// A row of the table with this header.
fn row(alert: &str, established: &str, history: &str, validation: &str) -> String {
    format!(
        "1795338001.5\tC1x\t192.0.2.7\t48602\t198.51.100.9\t443\tTLSv12\twww.example.test\t{alert}\t\
         {established}\t{history}\t{validation}\tT\n"
    )
}

fn of_rows(rows: &[String]) -> Vec<Sighting> {
    Sighting::all(format!("{HEADER}{}#close\t2026-11-22-10-00-00\n", rows.concat()).as_bytes())
}

/// A row says who sent the alert, whose peer that is, and what Zeek found wrong.
#[test]
fn zeek_names_the_sender() {
    let rows = [
        row("unknown_ca", "F", "CsxknL", "unable to get local issuer certificate"),
        row("handshake_failure", "F", "Cl", "-"),
        row("bad_certificate", "F", "CsxkrnXGYl", "certificate has expired"),
        row("unknown-121", "F", "CL", "-"),
    ];
    let told = of_rows(&rows);
    let codes: Vec<_> = told.iter().map(|told| told.alert.map(|alert| alert.code())).collect();
    assert_eq!(codes, [Some(48), Some(40), Some(42), Some(121)]);
    let sides: Vec<_> = told.iter().map(Sighting::refused_by).collect();
    use Side::{Client, Server};
    assert_eq!(sides, [Some(Client), Some(Server), Some(Server), Some(Client)]);
    let peers: Vec<_> = told.iter().map(|told| told.peer.as_ref().unwrap().to_string()).collect();
    let (client, server) = ("192.0.2.7:48602", "198.51.100.9:443");
    assert_eq!(peers, [client, server, server, client]);
    let first = &told[0];
    assert_eq!(first.name.as_deref(), Some("www.example.test"));
    assert_eq!(first.time.map(|time| time.nanoseconds), Some(1_795_338_001_500_000_000));
    assert_eq!((first.line, &first.words[..]), (9, "last_alert unknown_ca"));
    assert_eq!(first.suspects.len(), 1);
    assert_eq!(
        (first.suspects[0].cause, first.suspects[0].sure),
        ("missing-intermediate", Sure::Likely)
    );
    // What Zeek thinks of the server's certificate says nothing of a server's refusal.
    assert!(told[2].suspects.is_empty());
}

/// What went well is no failure, whatever Zeek thinks of the certificate; nor is a warning, an end
/// in good order, or a handshake of which too little was seen.
#[test]
fn zeek_rows_without_a_failure() {
    let rows = [
        row("-", "T", "CsxknGIi", "self signed certificate"),
        row("close_notify", "T", "CsxknGIiL", "ok"),
        row("unrecognized_name", "T", "ClsxknGIi", "ok"),
        row("-", "F", "Cs", "-"),
        row("-", "F", "s", "-"),
        row("-", "F", "-", "-"),
    ];
    assert_eq!(of_rows(&rows).len(), 0);
    // Another log of Zeek's.
    let text =
        format!("{HEADER}{}", row("unknown_ca", "F", "CL", "-")).replace("\tssl\n", "\tx509\n");
    assert_eq!(Sighting::all(text.as_bytes()).len(), 0);
}

/// A hello that nobody answered, and a client that left with the certificate in its hands.
#[test]
fn zeek_rows_that_end_without_a_word() {
    for history in ["C", "CC", "Csxkn", "^Csxn"] {
        let told = of_rows(&[row("-", "F", history, "-")]);
        assert_eq!(told.len(), 1, "{history}");
        assert_eq!((told[0].voice, told[0].role), (Voice::Lost, Some(Side::Client)));
    }
    // The responder began TLS: it is the client.
    let told = of_rows(&[row("-", "F", "^C", "-")]);
    assert_eq!(told[0].peer.as_ref().unwrap().to_string(), "192.0.2.7:48602");
}

/// The same in JSON, with numbers and words that are not in quotation marks.
#[test]
fn zeek_json() {
    let line = "{\"ts\":1795338001.5,\"uid\":\"C1x\",\"id.orig_h\":\"2001:db8::7\",\"id.orig_p\":48602,\
                \"id.resp_h\":\"2001:db8::9\",\"id.resp_p\":443,\"resumed\":false,\"last_alert\":\"unknown_ca\",\
                \"established\":false,\"ssl_history\":\"CsxknL\",\"sni_matches_cert\":false}\n";
    let good = "{\"ts\":1795338002.5,\"uid\":\"C2x\",\"id.orig_h\":\"2001:db8::7\",\"established\":true}\n";
    let told = Sighting::all(format!("{line}{good}").as_bytes());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].peer.as_ref().unwrap().to_string(), "[2001:db8::7]:48602");
    assert_eq!(told[0].suspects[0].cause, "hostname-mismatch");
    assert_eq!(told[0].refused_by(), Some(Side::Client));
}

/// Of EVE only an anomaly that says that something else than TLS is spoken is a failure; an alert of
/// the detection is none, whatever words it has.
#[test]
fn suricata() {
    let record = |kind: &str, rest: &str| {
        format!(
            "{{\"timestamp\":\"2026-11-22T09:00:01.500000+0000\",\"flow_id\":17,\"event_type\":\"{kind}\",\
             \"src_ip\":\"192.0.2.7\",\"src_port\":48602,\"dest_ip\":\"198.51.100.9\",\"dest_port\":443,\
             \"proto\":\"TCP\",{rest}}}\n"
        )
    };
    let anomaly = |event: &str| {
        let rest = format!(
            "\"anomaly\":{{\"app_proto\":\"tls\",\"type\":\"applayer\",\"event\":\"{event}\",\"layer\":\"proto_parser\"}}"
        );
        record("anomaly", &rest)
    };
    let text = [
        record("tls", "\"tls\":{\"sni\":\"a.example\",\"version\":\"TLS 1.2\"}"),
        record("alert", "\"alert\":{\"signature\":\"SURICATA TLS sslv3 alert handshake failure\"}"),
        anomaly("INVALID_RECORD_TYPE"),
        anomaly("INVALID_HANDSHAKE_MESSAGE"),
    ];
    let told = Sighting::all(text.concat().as_bytes());
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].line, told[0].voice), (3, Voice::Lost));
    assert_eq!(told[0].peer.as_ref().unwrap().to_string(), "198.51.100.9:443");
}

const IIS: &str = "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n\
     #Date: 2026-11-22 09:00:00\r\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port \
     cs-username c-ip cs(User-Agent) cs-host sc-status sc-substatus sc-win32-status time-taken\r\n";

/// A request to IIS, answered with this status.
fn request(status: &str) -> String {
    format!(
        "2026-11-22 09:00:01 198.51.100.9 GET /a%20403+7 x=403+16 443 - 192.0.2.7 curl/8.5 \
         www.example.test:8443 {status} 12\r\n"
    )
}

/// IIS refuses client certificates by the sub-status of 403, and Windows' error says more.
#[test]
fn iis_refuses_certificates() {
    let cases = [
        ("403 7 64", "client-cert-missing", Sure::Certain),
        ("403 12 0", "client-cert-not-mapped", Sure::Likely),
        ("403 13 2148081680", "revoked", Sure::Certain),
        ("403 13 2148081683", "revocation-unreachable", Sure::Certain),
        ("403 13 0", "revoked", Sure::Likely),
        ("403 16 2148204809", "server-does-not-trust-client-ca", Sure::Likely),
        ("403 16 2148204810", "missing-client-intermediate", Sure::Likely),
        ("403 17 2148204801", "client-cert-expired", Sure::Likely),
    ];
    let rows: String = cases.iter().map(|(status, ..)| request(status)).collect();
    let told = Sighting::all(format!("{IIS}{rows}").as_bytes());
    assert_eq!(told.len(), cases.len());
    for ((status, cause, sure), told) in cases.iter().zip(&told) {
        assert_eq!((told.suspects[0].cause, told.suspects[0].sure), (*cause, *sure), "{status}");
        assert_eq!(told.refused_by(), Some(Side::Server));
        assert_eq!(told.peer.as_ref().unwrap().to_string(), "192.0.2.7");
        assert_eq!(told.name.as_deref(), Some("www.example.test"));
    }
    let time = told[0].time.unwrap();
    assert_eq!((time.nanoseconds, time.zone), (1_795_338_001_000_000_000, true));
    assert_eq!(told[0].line, 5);
    assert_eq!(
        told[5].words,
        "sc-status 403, sc-substatus 16, sc-win32-status 2148204809 (0x800B0109)"
    );
}

/// Whatever else is forbidden, and what has another status, is no failure of TLS; nor is a log that
/// has no sub-status.
#[test]
fn other_requests_are_innocent() {
    let rows = ["200 0 0", "403 0 0", "403 4 5", "403 14 0", "403 70 0", "401 7 5", "500 16 0"];
    let rows: String = rows.iter().map(|status| request(status)).collect();
    assert_eq!(Sighting::all(format!("{IIS}{rows}").as_bytes()).len(), 0);
    let without = format!("{IIS}{}", request("403 7")).replace("sc-substatus ", "");
    assert_eq!(Sighting::all(without.as_bytes()).len(), 0);
    let other = format!("{IIS}{}", request("403 7 0")).replace("sc-substatus", "x-edge");
    assert_eq!(Sighting::all(other.as_bytes()).len(), 0);
}

/// IIS writes its header again when it starts, perhaps with other columns; windows of any size read
/// the same.
#[test]
fn columns_may_change() {
    let again = "#Fields: date time c-ip sc-status sc-substatus\r\n";
    let row = "2026-11-23 09:00:01 192.0.2.8 403 7\r\n";
    let good = request("200 0 0").repeat(200);
    let text = format!("{IIS}{good}{}{good}{again}{row}", request("403 7 0"));
    let all = Sighting::all(text.as_bytes());
    let peers: Vec<_> = all.iter().map(|told| told.peer.as_ref().unwrap().to_string()).collect();
    assert_eq!(peers, ["192.0.2.7", "192.0.2.8"]);
    assert_eq!((all[0].line, all[1].line), (205, 407));
    for step in [1, 7, 100, 5000, 30_000] {
        let mut reader = crate::Reader::new();
        let (mut start, mut end) = (0, IIS.len());
        let mut lines = Vec::new();
        loop {
            let more = if end == text.len() { crate::More::Over } else { crate::More::Coming };
            start += reader.window(&text.as_bytes()[start..end], more);
            lines.extend(std::iter::from_fn(|| reader.sighting(more)).map(|told| told.line));
            if more == crate::More::Over {
                break;
            }
            end = (end + step).min(text.len());
        }
        assert_eq!(lines, [205, 407], "{step}");
        assert_eq!(reader.lines(), 407);
    }
}

/// HTTP.sys has one reason that is about TLS.
#[test]
fn http_sys_waits_for_a_certificate() {
    let text = "#Software: Microsoft HTTP API 2.0\r\n#Version: 1.0\r\n#Date: 2026-11-22 09:00:00\r\n\
         #Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid \
         s-reason s-queuename\r\n\
         2026-11-22 09:00:01 192.0.2.7 48602 198.51.100.9 443 HTTP/1.1 GET / - 1 \
         Timer_SslRenegotiation DefaultAppPool\r\n\
         2026-11-22 09:00:02 192.0.2.7 48603 198.51.100.9 443 - - - - - Timer_ConnectionIdle -\r\n\
         2026-11-22 09:00:03 192.0.2.7 48604 198.51.100.9 443 HTTP/1.1 GET / 403 1 Forbidden -\r\n";
    let told = Sighting::all(text.as_bytes());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].suspects[0].cause, "renegotiation-for-client-cert");
    assert_eq!(told[0].peer.as_ref().unwrap().to_string(), "192.0.2.7:48602");
}

/// Any bytes behind a header are read without a panic.
#[test]
fn any_bytes() {
    let row = row("unknown_ca", "F", "CsxknL", "ok");
    for cut in 0..row.len() {
        let mut bytes = format!("{HEADER}{}", &row[..cut]).into_bytes();
        bytes.extend_from_slice(&[0xff, b'\t', b'"', b'\\', 0]);
        let _ = Sighting::all(&bytes);
        let _ = Sighting::all(&bytes[cut..]);
    }
    let request = request("403 16 2148204809");
    for cut in 0..request.len() {
        let mut bytes = format!("{IIS}{}", &request[..cut]).into_bytes();
        bytes.extend_from_slice(b"\xff 403 \xff\0#Fields:");
        let _ = Sighting::all(&bytes);
        let _ = Sighting::all(&bytes[cut..]);
    }
}
