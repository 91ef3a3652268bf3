//! One line of each format, some in one another, and that nothing is lost of what is no format.

use super::*;

/// 2026-11-22 09:00:01 UTC in nanoseconds.
const NINE: i64 = 1_795_338_001_000_000_000;
const WRITTEN: Option<i64> = Some(NINE + 3_600_000_000_000);

/// An entry in one line: what is not told is `-`.
fn shown(entry: &Entry<'_>) -> String {
    let text = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
    let time = match entry.time {
        Some(stamp) if stamp.nanoseconds / 1_000_000_000 == NINE / 1_000_000_000 => "9:00:01",
        Some(_) => "another time",
        None => "-",
    };
    let all = [&entry.host, &entry.program, &entry.process, &entry.peer, &entry.server_name];
    let all: Vec<String> = all.into_iter().map(text).collect();
    format!("{time} {} | {}", all.join(" "), String::from_utf8_lossy(&entry.message))
}

fn check(line: &str, expected: &str) {
    assert_eq!(shown(&Container::default().entry(line.as_bytes(), WRITTEN)), expected, "{line}");
}

/// The entries of those lines of a file that end in an `x`.
fn file(text: &str) -> Vec<String> {
    let container = Container::of(text.as_bytes());
    let mut told = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let before = &text.as_bytes()[..at];
        at += line.len();
        let line = line.trim_end_matches('\n').as_bytes();
        if line.ends_with(b"x") {
            let behind = &text.as_bytes()[at..];
            told.push(shown(&container.entry_among(before, line, behind, WRITTEN)));
        }
    }
    told
}

/// What programs write without a format around it stays as it is, with the time that it tells.
#[test]
fn plain_lines_stay_as_they_are() {
    for line in [
        "remote error: tls: bad certificate",
        "2026/11/22 09:00:01 [info] 7#7: *1 SSL_do_handshake() failed",
        "[Sun Nov 22 09:00:01.123456 2026] [ssl:info] [pid 7:tid 8] [client 192.0.2.7:1] AH02008: x",
        "2026-11-22 09:00:01,123 ERROR Listener: handshake failed",
        "2026-11-22T09:00:01Z ERROR rustls::conn: x",
        "2026-11-22 09:00:01.123 UTC [7] FATAL:  x",
        "2026/11/22 09:00:01.843 kid1| 83,2| x",
        "I1122 09:00:01.123456       7 log.go:1] http: TLS handshake error from x",
        "1795338001: OpenSSL Error[0]: error:0A0000C1:SSL routines::no shared cipher",
        "{not json}",
        "[7:8:1122/090001.5:ERROR:x.cc(9)] y",
        "key=value and words",
        "",
        "error: x: y",
        "127.0.0.1 - - [22/Nov/2026:09:00:01 +0000] \"GET / HTTP/1.1\" 200",
    ] {
        let entry = Container::default().entry(line.as_bytes(), WRITTEN);
        assert_eq!(entry.message, line.as_bytes(), "{line}");
        assert!(matches!(entry.message, Cow::Borrowed(_)));
        assert_eq!((entry.program, entry.host), (None, None), "{line}");
    }
}

/// RFC 3164 and what is written like it, by syslog daemons, journalctl and programs themselves.
#[test]
fn syslog() {
    check(
        "Nov 22 09:00:01 mx postfix/smtpd[7]: warning: x",
        "9:00:01 mx postfix/smtpd 7 - - | warning: x",
    );
    check("<134>Nov 22 09:00:01 haproxy[7]: x: y", "9:00:01 - haproxy 7 - - | x: y");
    check("<22>Nov 22 09:00:01 mx exim: x", "9:00:01 mx exim - - - | x");
    check("<22>Nov 22 09:00:01 words without a tag", "9:00:01 - - - - - | words without a tag");
    check("<30>dockerd[7]: x", "- - dockerd 7 - - | x");
    check("Nov 22 09:00:01 imap-login: Debug: x", "9:00:01 - imap-login - - - | Debug: x");
    check("Nov 22 09:00:01 mac eapolclient[7] <Notice>: x", "9:00:01 mac eapolclient 7 - - | x");
    check(
        "2026-11-22T09:00:01.5+00:00 mx postfix/smtpd[7]: x",
        "9:00:01 mx postfix/smtpd 7 - - | x",
    );
    check("2026-11-22T09:00:01+0000 mx kernel: x", "9:00:01 mx kernel - - - | x");
    check("Sun 2026-11-22 09:00:01 UTC mx nginx[7]: x", "9:00:01 mx nginx 7 - - | x");
    check("1795338001.123456 mx nginx[7]: x", "9:00:01 mx nginx 7 - - | x");
    check("postfix/smtpd[7]: x", "- - postfix/smtpd 7 - - | x");
    check(
        "Nov 22 09:00:01 mx last message repeated",
        "9:00:01 - - - - - | Nov 22 09:00:01 mx last message repeated",
    );
}

/// RFC 5424, with its structured data, a byte order mark, a length in front, or no priority.
#[test]
fn syslog_version_1() {
    check("<34>1 2026-11-22T09:00:01.5Z mx app 7 ID47 - x", "9:00:01 mx app 7 - - | x");
    check(
        "<34>1 2026-11-22T09:00:01Z mx app - - [a b=\"]\\\"\"][c d=\"e\"] \u{feff}x y",
        "9:00:01 mx app - - - | x y",
    );
    check("118 <34>1 2026-11-22T09:00:01Z - app 7 - - x", "9:00:01 - app 7 - - | x");
    check("1 2026-11-22T09:00:01Z mx app 7 - - x", "9:00:01 mx app 7 - - | x");
    check("<34>1 - mx app 7 - - x", "- mx app 7 - - | x");
    check("<34>1 2026-11-22T09:00:01Z mx app 7 - [cut", "9:00:01 mx app 7 - - | ");
}

/// The usual keys of JSON loggers: the message, what went wrong, and who is on the other side.
#[test]
fn json_records() {
    check(
        r#"{"level":"error","ts":1795338001.25,"logger":"http","msg":"x \"y\"","err":"remote error: z"}"#,
        "9:00:01 - - - - - | x \"y\" remote error: z",
    );
    check(
        r#"{"name":"api","hostname":"h1","pid":7,"level":50,"time":1795338001000,"err":{"type":"Error","message":"socket hang up","stack":"Error: socket hang up\n    at a.js:1"},"msg":"x","v":0}"#,
        "9:00:01 h1 - 7 - - | x Error: socket hang up\n    at a.js:1",
    );
    check(
        r#"{"t":{"$date":"2026-11-22T09:00:01.123+00:00"},"s":"I","c":"NETWORK","id":22988,"ctx":"conn4","msg":"x","attr":{"error":{"code":141,"codeName":"SSLHandshakeFailed","errmsg":"y"},"remote":"192.0.2.7:4711","connectionId":4}}"#,
        "9:00:01 - - conn4 192.0.2.7:4711 - | x SSLHandshakeFailed: y",
    );
    check(
        r#"{"@timestamp":"2026-11-22T09:00:01Z","log.level":"WARN","message":"caught it","service.name":"es","error.type":"javax.net.ssl.SSLHandshakeException","error.message":"Received fatal alert: y","source":{"ip":"2001:db8::7","port":4711},"tls.client.server_name":"a.example"}"#,
        "9:00:01 - es - [2001:db8::7]:4711 a.example | caught it javax.net.ssl.SSLHandshakeException: Received fatal alert: y",
    );
    check(
        r#"{"downstream_remote_address":"192.0.2.7:1","upstream_host":"192.0.2.9:443","upstream_transport_failure_reason":"TLS_error: x","start_time":"2026-11-22T09:00:01Z"}"#,
        "- - - - 192.0.2.9:443 - | TLS_error: x",
    );
    check(r#"{"what":"no known key","n":1}"#, "- - - - - - | no known key");
    check(r#"{"n":1}"#, "- - - - - - | {\"n\":1}");
    check(r#"{"msg":"cut in the mid"#, "- - - - - - | cut in the mid");
}

/// journald writes a message that is no text as an array of its bytes; colours are taken out.
#[test]
fn json_of_journald() {
    check(
        r#"{"__REALTIME_TIMESTAMP":"1795338001000000","_HOSTNAME":"h1","SYSLOG_IDENTIFIER":"app","_PID":"7","MESSAGE":[27,91,51,49,109,120,32,121,27,91,48,109]}"#,
        "9:00:01 h1 app 7 - - | x y",
    );
}

/// Two formats in one another are taken off, a third is not.
#[test]
fn formats_in_one_another() {
    check(
        r#"{"log":"{\"level\":\"error\",\"msg\":\"x\"}\n","stream":"stderr","time":"2026-11-22T09:00:01Z"}"#,
        "9:00:01 - - - - - | x",
    );
    check(
        r#"{"log":"<22>Nov 22 07:00:01 mx exim[7]: x\n","time":"2026-11-22T09:00:01Z"}"#,
        "9:00:01 mx exim 7 - - | x",
    );
    check(r#"Nov 22 09:00:01 h1 app[7]: @cee:{"msg":"x"}"#, "9:00:01 h1 app 7 - - | x");
    check(
        r#"2026-11-22T09:00:01.5Z stderr F {"msg":"{\"msg\":\"x\"}"}"#,
        r#"9:00:01 - - - - - | {"msg":"x"}"#,
    );
}

/// What Kubernetes and Docker put in front of a line.
#[test]
fn orchestrators() {
    check("2026-11-22T09:00:01.123456789Z stderr F http: x", "9:00:01 - - - - - | http: x");
    check("2026-11-22T09:00:01.123456789+00:00 stdout P x", "9:00:01 - - - - - | x");
    check("mail    | Nov 22 09:00:01 mx dovecot: x", "9:00:01 mx dovecot - - - | x");
    check("[pod/web-7d4b9/nginx] x", "- web-7d4b9 nginx - - - | x");
}

/// Names and values in one line.
#[test]
fn pairs() {
    check(
        r#"time="2026-11-22T09:00:01Z" level=error msg="x \"y\"" err="remote error: z" client=192.0.2.7:1"#,
        "9:00:01 - - - 192.0.2.7:1 - | x \"y\" remote error: z",
    );
    check("ts=2026-11-22T09:00:01Z caller=a.go:1 level=warn err=EOF", "9:00:01 - - - - - | EOF");
}

/// Tables by their header, with cells in quotation marks, and PostgreSQL's without one.
#[test]
fn tables() {
    assert_eq!(
        file(
            "\u{feff}Level,Date and Time,Source,Event ID,Task Category\r\n\
              Error,11/22/2026 9:00:01 AM,Schannel,36887,None,\"A \"\"fatal\"\" alert, x"
        ),
        ["9:00:01 - Schannel - - - | A \"fatal\" alert, x"],
    );
    assert_eq!(
        file("timestamp;host;message\n2026-11-22 09:00:01;h1;x"),
        ["9:00:01 h1 - - - - | x"],
    );
    assert_eq!(file("a,b,c\n1,2,x"), ["- - - - - - | 1,2,x"]);
    // A first line of another kind is no header.
    let record = r#"{"level":"info","ts":1795338001,"msg":"one"}"#;
    let second = record.replace("one", "two x");
    assert_eq!(file(&format!("{record}\n{second} x")), ["9:00:01 - - - - - | two x"]);
    check(
        "2026-11-22 09:00:01.123 UTC,\"u\",\"d\",7,\"192.0.2.7:4711\",6b02.7,1,\"\",2026-11-22 08:00:00 UTC,1/1,0,LOG,08P01,\"x, y\",\"why\",,,",
        "9:00:01 - - 7 192.0.2.7:4711 - | x, y why",
    );
}

/// The journal's export: fields in front of a message and behind it, messages in binary form, and
/// a length of which one byte is a line break.
#[test]
fn journal_export() {
    let record = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795338001000000\nSYSLOG_IDENTIFIER=app\n\
                  MESSAGE=first x\n_HOSTNAME=h1\n\n";
    let binary = "__CURSOR=s=2\nMESSAGE\n\x0c\0\0\0\0\0\0\0two lines x\nof x\n_PID=7\n\n";
    let other = "__CURSOR=s=3\n_PID=8\nMESSAGE\n\n\0\0\0\0\0\0\0twelve of x\n_HOSTNAME=h2\n";
    assert_eq!(
        file(&[record, binary, other].concat()),
        [
            "9:00:01 h1 app - - - | first x",
            "- - - 7 - - | two lines x",
            "- - - 7 - - | of x",
            "- h2 - 8 - - | twelve of x",
        ],
    );
}

/// Colours are taken out wherever they stand, and what only looks like one is kept.
#[test]
fn colours() {
    check(
        "\x1b[90m2026-11-22T09:00:01Z\x1b[0m \x1b[31mERR\x1b[0m x",
        "9:00:01 - - - - - | 2026-11-22T09:00:01Z ERR x",
    );
    check("a\x1bb\x1b[", "- - - - - - | a\x1bb\x1b[");
}

/// The first line of a file of objects is no header, whatever its keys are.
#[test]
fn objects_have_no_header() {
    let line = r#"{"level":"warn","ts":"2026-11-22T09:00:01Z","msg":"rejected","error":"y"}"#;
    let container = Container::of(format!("{line}\n{line}\n").as_bytes());
    assert_eq!(container.entry(line.as_bytes(), WRITTEN).message.as_ref(), b"rejected y");
}

/// No bytes are refused: every sample cut anywhere, and with any byte put in any place, gives an
/// entry, under every header.
#[test]
fn any_bytes() {
    let samples = [
        r#"{"a":"\u00e4\ud83d\ude00","msg":[1,2],"err":{"type":"E","message":"m"},"time":"1795338001"}"#,
        "<34>1 2026-11-22T09:00:01Z mx app 7 - [a b=\"]\\\"\"] x",
        "Nov 22 09:00:01 mx postfix/smtpd[7] <Notice>: x",
        "2026-11-22 09:00:01 UTC,\"u\",\"d\",7,\"1.2.3.4:1\",a,1,\"\",b,c,0,LOG,0,\"x\"\"y\",z",
        "time=\"2026-11-22T09:00:01Z\" level=error msg=\"x\\\"\"",
        "2026-11-22T09:00:01Z stderr F @cee:{\"msg\":\"x\"}",
        "web-1  | [pod/a/b] x\x1b[31m",
    ];
    let headers: [&[u8]; 4] = [b"", b"time,message\n", b"#fields\tts\tmessage\n", b"__CURSOR=1\n"];
    for header in headers {
        let container = Container::of(header);
        for sample in samples {
            for cut in 0..=sample.len() {
                let _ = container.entry(&sample.as_bytes()[..cut], WRITTEN);
                let _ = container.entry(&sample.as_bytes()[cut..], None);
                for byte in [0, b'"', b'\\', b'[', b'{', b'=', b',', b' ', 0x1b, 0xff] {
                    let mut line = sample.as_bytes().to_vec();
                    line.insert(cut, byte);
                    let _ = container.entry_among(&line, &line, &line, WRITTEN);
                    let _ = Container::of(&line);
                }
            }
        }
    }
}

/// The work on the longest lines grows with their length and not with its square: each of these
/// would take minutes otherwise.
#[test]
fn long_lines_are_linear() {
    let long = 1 << 20;
    for (front, part) in [
        ("{\"msg\":\"", "\\u0041"),
        ("{\"a\":", "["),
        ("{", "\"msg\":\"a b\","),
        ("", "a=b "),
        ("", "\x1b["),
        ("<34>1 - - - - - ", "[a]"),
        ("", "\"\","),
        ("level=e msg=\"", "\\\\"),
    ] {
        let line = [front, &part.repeat(long / part.len())].concat();
        let entry = Container::default().entry(line.as_bytes(), WRITTEN);
        assert!(entry.message.len() <= line.len() + 1);
    }
}

/// A first line that is a record is no header of a table, though its keys are names of columns.
#[test]
fn a_record_is_no_header() {
    let record = br#"{"level":"debug","ts":1795662379.03,"logger":"http","msg":"x: y"}"#;
    let text = [&record[..], b"\n"].concat();
    assert_eq!(Container::of(&text).entry(record, None).message, &b"x: y"[..]);
}
