//! The command from outside: what it says, where it says it, and what it exits with.
//!
//! Captures come from the corpus; nothing here depends on what they are diagnosed as.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads and writes files, and a panic is how it fails; clippy.toml knows tests \
              by their attribute, not the functions that they call"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// A capture with one failure, the server's alert in the clear.
const CASE: &str = "corpus/no-shared-cipher/openssl-tls12-openssl/input.pcap";
/// Another one.
const OTHER: &str = "corpus/fallback-scsv/openssl-tls12-openssl/input.pcap";

/// What one run left behind.
struct Run {
    out: String,
    err: String,
    exit: Option<i32>,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!err.contains("panicked"), "{err}");
        Self { out: String::from_utf8(output.stdout).unwrap(), err, exit: output.status.code() }
    }
}

/// The command at the root of the repository, with an environment that is the same everywhere and
/// nothing on standard input.
fn tlswhy() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlswhy"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).current_dir(root());
    command
}

/// Runs the command with these arguments.
macro_rules! run {
    ($($arg:expr),* $(,)?) => {
        Run::from(tlswhy()$(.arg(AsRef::<std::ffi::OsStr>::as_ref(&$arg)))*.output().unwrap())
    };
}

/// Two texts are the same, or are shown between rulers.
macro_rules! same {
    ($left:expr, $right:expr) => {
        let (left, right) = (&$left, &$right);
        let rule = "~".repeat(80);
        assert!(left == right, "not the same:\n{rule}\n{left}\n{rule}\n{right}\n{rule}");
    };
}

fn root() -> PathBuf {
    PathBuf::from("../..")
}

fn case() -> Vec<u8> {
    fs::read(root().join(CASE)).unwrap()
}

/// An empty folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The command, started with all of its pipes open.
fn started(args: &[&str]) -> Child {
    let mut command = tlswhy();
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Runs the command with these bytes on standard input.
fn piped(bytes: &[u8], args: &[&str]) -> Run {
    let mut child = started(args);
    // Closed at the end of the statement, which is the end of the input.
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    child.wait_with_output().unwrap().into()
}

// What is understood, and what is not.

/// Codes and names are explained, and what is nearly a name is answered with the name.
#[test]
fn words_are_explained() {
    for word in ["48", "0x30", "unknown_ca", "Unknown CA", "255", "128"] {
        let run = run!(word);
        assert_eq!((run.exit, run.err.as_str()), (Some(0), ""), "{word}");
        assert!(!run.out.is_empty(), "{word}");
    }
    same!(run!("48").out, run!("unknown_ca").out);
    let slip = run!("certifcate_expired");
    assert_eq!((slip.exit, slip.out.as_str()), (Some(2), ""));
    assert!(slip.err.contains("certificate_expired"), "{}", slip.err);
    let two = run!("48", "certifcate_expired");
    assert!(two.exit == Some(2) && two.out.contains("unknown_ca"));
}

/// Whatever a library writes is read, and how it was read is said first.
#[test]
fn spellings_are_explained() {
    for (word, says) in [
        ("0x0A000418", "the other side sent 48"),
        ("0A000418", "the other side sent 48"),
        ("error:0A000418:SSL routines::tlsv1 alert unknown ca", "the other side sent 48"),
        ("error:14094418", "the other side sent 48"),
        ("SSL_ERROR_UNKNOWN_CA_ALERT", "-12195"),
        ("SEC_E_UNTRUSTED_ROOT", "0x80090325"),
        ("0x80090325", "SEC_E_UNTRUSTED_ROOT"),
        ("-12195", "SSL_ERROR_UNKNOWN_CA_ALERT"),
        ("-9831", "errSSLPeerUnknownCA"),
        ("-0x7780", "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE"),
        ("net::ERR_SSL_PROTOCOL_ERROR", "-107"),
        ("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", "the other side sent 40"),
        ("560", "48 unknown_ca"),
        ("CERT_HAS_EXPIRED", "sends 45 certificate_expired"),
        ("140940E5", "another line says why"),
    ] {
        let run = run!(word);
        assert_eq!((run.exit, run.err.as_str()), (Some(0), ""), "{word}");
        let first = run.out.split("\n\n").next().unwrap().split_whitespace().collect::<Vec<_>>();
        let first = first.join(" ");
        assert!(first.starts_with("read as ") && first.contains(says), "{word}: {}", run.out);
    }
    // A negative number is no option, wherever it stands; -1 is one.
    same!(run!("--ascii", "-12195").out, run!("-12195", "--ascii").out);
    assert!(run!("48", "-12195").out.contains("-12195"));
    assert!(run!("-1", "48").out.starts_with("48 unknown_ca"));
    let slip = run!("SEC_E_UNTRUSTED_ROT");
    assert!(slip.exit == Some(2) && slip.err.contains("SEC_E_UNTRUSTED_ROOT"), "{}", slip.err);
}

/// All causes fit in one table, and each has its page.
#[test]
fn causes_are_listed_and_explained() {
    let table = run!("help", "causes");
    assert_eq!(table.exit, Some(0));
    let slug = table.out.split_whitespace().next().unwrap();
    let page = run!("help", slug);
    assert!(page.exit == Some(0) && page.out.contains(slug), "{}", page.err);
    same!(page.out, run!(slug).out);
}

/// Help and version go to standard output.
#[test]
fn help_is_an_answer() {
    assert!(run!("--help").out.contains("--exit-zero"));
    same!(run!("-h").out, run!("help").out);
    assert!(run!("--version").out.starts_with("tlswhy "));
}

/// A slip in an option or a key is answered with the right one, and exits with 2.
#[test]
fn bad_usage_is_explained() {
    for (args, says) in [
        (&["--asci"][..], "--ascii"),
        (&["--frobnicate"], "--help"),
        (&["prot=443", "x"], "port"),
        (&["cause=no-shared-cyphre", "x"], "no-shared-cipher"),
        (&["-o", "xml"], "ndjson"),
        (&["--by", "client"], "none"),
        (&["--for", "abacus"], "openssl"),
        (&["--color", "green"], "never"),
        (&["-j", "0"], "from 1"),
        (&["-o"], "-o"),
        (&["-", "-"], "once"),
        (&["help", "a", "b"], "one word"),
        (&["--json", "48"], "text only"),
        (&["port=443", "48"], "name a capture"),
    ] {
        let run = Run::from(tlswhy().args(args).output().unwrap());
        assert_eq!((run.exit, run.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(run.err.starts_with("tlswhy: ") && run.err.contains(says), "{args:?}: {}", run.err);
    }
}

/// What this version does not do is said, and not pretended.
#[test]
fn what_is_to_come_is_said() {
    for (word, says) in [
        ("example.com:443", "connects to nothing"),
        ("https://example.com", "connects to nothing"),
        ("example.com", "connects to no host"),
        ("watch", "tcpdump"),
        ("serve", "not in this version"),
        ("remote error in words that nobody writes", "no failure of TLS"),
        ("missing.pcap", "no such file"),
    ] {
        let run = run!(word);
        assert_eq!((run.exit, run.out.as_str()), (Some(2), ""), "{word}");
        assert!(run.err.contains(says), "{word}: {}", run.err);
    }
}

/// A number is a code in every folder; a file of that name is read by its path.
#[test]
fn a_file_called_48_is_read_by_its_path() {
    let folder = folder("called-48");
    file(&folder, "48", &case());
    let code = Run::from(tlswhy().arg("48").current_dir(&folder).output().unwrap());
    same!(code.out, run!("48").out);
    let path = Run::from(tlswhy().arg("./48").current_dir(&folder).output().unwrap());
    assert_eq!(path.exit, Some(1), "{}", path.err);
}

// What is read.

/// Failures exit with 1, and with 0 where they are expected or not asked for.
#[test]
fn exit_codes_tell_failures() {
    assert_eq!(run!(CASE).exit, Some(1));
    assert_eq!(run!(CASE, "--exit-zero").exit, Some(0));
    assert_eq!(run!(CASE, "alert=0").exit, Some(0));
    // Trouble is trouble, whatever is expected.
    let other = file(&folder("exit"), "program", b"\x7fELF\x02\x01\x01");
    assert_eq!(run!(&other, "--exit-zero").exit, Some(2));
    assert_eq!(run!(CASE, &other).exit, Some(2));
}

/// The same bytes from a file, a pipe, and packed give the same answer.
#[test]
fn pipes_and_packing_change_nothing() {
    let folder = folder("packed");
    let plain = case();
    let packed = file(&folder, "a", &gzip(&plain));
    let twice = file(&folder, "b", &gzip(&gzip(&plain)));
    for args in [&["-q"][..], &["-o", "alerts"], &["--by", "none"]] {
        let read = Run::from(tlswhy().arg(CASE).args(args).output().unwrap());
        assert!(read.exit == Some(1) && !read.out.is_empty());
        for path in [&packed, &twice] {
            let other = Run::from(tlswhy().arg(path).args(args).output().unwrap());
            same!(read.out, other.out);
        }
        same!(read.out, piped(&plain, args).out);
        same!(read.out, piped(&gzip(&plain), &[args, &["-"]].concat()).out);
    }
}

/// Several inputs are told in the order in which they were given, whichever thread was faster, and
/// the numbers are their sum.
#[test]
fn several_inputs_keep_their_order() {
    let one = run!(CASE, OTHER, CASE, "-j", "1", "--json");
    let four = run!(CASE, OTHER, CASE, "-j", "4", "--json");
    same!(one.out, four.out);
    let lines = json(&one.out);
    let paths: Vec<_> = lines.iter().filter(|line| line["kind"] == "input").collect();
    assert_eq!(paths.len(), 3);
    assert_eq!(paths[1]["path"], OTHER);
    assert_eq!(lines.last().unwrap()["failed"], 3);
}

/// A folder is read in the order of the names, with what is below; what is hidden or no capture is
/// left out, and links neither loop nor count twice.
#[test]
fn folders_are_walked_once() {
    let folder = folder("walk");
    fs::create_dir_all(folder.join("below")).unwrap();
    file(&folder, "b.pcap", &case());
    file(&folder, "notes.txt", b"not a capture\n");
    file(&folder, ".hidden.pcap", &case());
    file(&folder.join("below"), "a.pcap.gz", &gzip(&case()));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("..", folder.join("below/up")).unwrap();
        std::os::unix::fs::symlink("../b.pcap", folder.join("below/same.pcap")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.join("z")).unwrap();
    }
    let run = run!(folder, "--json");
    let lines = json(&run.out);
    let paths: Vec<&str> = lines
        .iter()
        .filter(|line| line["kind"] == "input")
        .map(|line| line["path"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(paths, ["b.pcap", "a.pcap.gz"]);
    assert!(run.err.contains("2 inputs; 1 other file left out"), "{}", run.err);
    // The link that leads nowhere is trouble, and does not keep the rest from being read.
    assert_eq!(run.exit, Some(if cfg!(unix) { 2 } else { 1 }));
}

/// Filters keep what agrees with them and count the rest.
#[test]
fn filters_choose_failures() {
    let run = run!(CASE, "--json");
    let lines = json(&run.out);
    let failure = lines.iter().find(|line| line["kind"] == "failure").unwrap();
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let alert = text(&failure["alert"]["code"]);
    for (key, yes, no) in [
        ("alert", alert.as_str(), "0"),
        ("client", "127.0.0.0/8,::1", "10.0.0.0/8"),
        ("server", "127.0.0.1,*.test", "10.0.0.1"),
        ("port", &text(&failure["server"]["port"]), "1"),
        ("version", "1.2", "1.3"),
    ] {
        assert_eq!(run!(CASE, format!("{key}={yes}")).exit, Some(1), "{key}={yes}");
        let none = run!(CASE, format!("{key}={no}"));
        assert_eq!(none.exit, Some(0), "{key}={no}");
    }
    assert_eq!(run!(CASE, "g=1").exit, Some(1));
    assert_eq!(run!(CASE, "g=9").exit, Some(2));
}

/// `-1` ends at the first failure, in the order of the arguments.
#[test]
fn the_first_failure_is_enough() {
    let run = run!("-1", CASE, OTHER, "--json");
    let lines = json(&run.out);
    assert_eq!(lines.last().unwrap()["failed"], 1);
    assert_eq!(lines.iter().filter(|line| line["kind"] == "input").count(), 1);
}

/// Each line of NDJSON is an object of the schema, the last one the summary; `-o json` holds the
/// same in one array.
#[test]
fn json_can_be_read() {
    let lines = json(&run!(CASE, "--json").out);
    assert!(lines.iter().all(|line| line["schema"] == "tlswhy/1"));
    assert_eq!(lines.last().unwrap()["kind"], "summary");
    let array: Value = serde_json::from_str(&run!(CASE, "-o", "json").out).unwrap();
    assert_eq!(array.as_array().unwrap(), &lines);
}

fn json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

// Logs.

/// A failure in two lines of Apache, and one of a Go server.
const LOG: &str = "\
[Sun Nov 22 09:00:01.123456 2026] [ssl:info] [pid 71:tid 72] [client 192.0.2.7:50123] AH02008: SSL library error 1 in handshake (server www.example.test:443)
[Sun Nov 22 09:00:01.123460 2026] [ssl:info] [pid 71:tid 72] SSL Library Error: error:0A000418:SSL routines::tlsv1 alert unknown ca (SSL alert number 48)
2026/11/22 09:00:03 http: TLS handshake error from 192.0.2.8:48602: remote error: tls: bad certificate
192.0.2.9 - - [22/Nov/2026:09:00:04 +0000] \"GET /ssl/alert HTTP/1.1\" 200 5
";

/// One message is explained without a file: who refused, how that is known, what to do.
#[test]
fn a_message_is_explained() {
    let run =
        run!("http: TLS handshake error from 192.0.2.8:48602: remote error: tls: bad certificate");
    assert_eq!((run.exit, run.err.as_str()), (Some(0), ""));
    for says in
        ["read as: log line, Go net/http", "192.0.2.8:48602", "42 bad_certificate", "The client"]
    {
        assert!(run.out.contains(says), "{says}: {}", run.out);
    }
}

/// A sentence is a message, whatever paths, addresses and ports stand in it.
#[test]
fn a_message_may_hold_paths_and_addresses() {
    for (message, says) in [
        ("GET https://www.example.test/app.js net::ERR_CERT_DATE_INVALID", "Chromium"),
        ("2026/11/22 09:00:01 TLS: remote error: tls: bad certificate 192.0.2.7:443", "Go"),
    ] {
        let run = run!(message);
        assert_eq!((run.exit, run.err.as_str()), (Some(0), ""));
        assert!(run.out.contains(&format!("read as: log line, {says}")), "{says}: {}", run.out);
    }
}

/// A reason alone is explained too, and words of nobody are not.
#[test]
fn a_reason_is_explained() {
    let run = run!("\"certificate has expired.\"");
    assert_eq!(run.exit, Some(0), "{}", run.err);
    assert!(run.out.contains("expired-leaf"), "{}", run.out);
    assert_eq!(run!("the certificate is nice").exit, Some(2));
}

/// A folder of logs is read, whatever is around their lines.
#[test]
fn folders_of_logs_are_read() {
    let folder = folder("log-folder");
    let line = "http: TLS handshake error from 192.0.2.8:48602: remote error: tls: bad certificate";
    file(&folder, "syslog", format!("Nov 22 09:00:01 web1 app[7]: {line}\n").as_bytes());
    let json = format!("{{\"time\":\"2026-11-22T09:00:02Z\",\"msg\":\"{line}\"}}\n");
    file(&folder, "app.json", json.as_bytes());
    file(&folder, "notes.txt", b"what to do on monday\n");
    let run = run!(&folder);
    assert_eq!(run.exit, Some(1), "{}", run.err);
    assert!(run.out.contains("2 failures in 1 group"), "{}", run.out);
    assert!(run.err.contains("2 inputs; 1 other file left out"), "{}", run.err);
}

/// A log gives the same answer from a file, a pipe, and packed; failures exit with 1.
#[test]
fn logs_are_read_like_captures() {
    let folder = folder("logs");
    let plain = run!(file(&folder, "error.log", LOG.as_bytes()));
    assert_eq!((plain.exit, plain.err.as_str()), (Some(1), ""));
    assert!(plain.out.contains("2 failures in 1 group"), "{}", plain.out);
    assert!(plain.out.contains("4 lines"), "{}", plain.out);
    let of = |text: &str| text.split_once("\n2 failures").map(|(_, rest)| rest.to_owned());
    let piped = piped(LOG.as_bytes(), &["-"]);
    assert_eq!(
        (piped.exit, of(&piped.out)),
        (Some(1), of(&plain.out).map(|text| text.replace("error.log", "-")))
    );
    let quiet = run!(file(&folder, "quiet.log", b"2026-11-22 all is well\n"));
    assert_eq!(quiet.exit, Some(0));
    assert!(quiet.out.contains("no failure of TLS"), "{}", quiet.out);
}

/// In JSON each failure of a log is an object, and so is each group.
#[test]
fn sightings_are_json() {
    let run = run!("--json", file(&folder("log-json"), "error.log", LOG.as_bytes()));
    let lines = json(&run.out);
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["input", "sighting", "sighting", "sighting_group", "summary"]);
    assert_eq!(lines[1]["alert"]["code"], 48);
    assert_eq!(lines[1]["peer"]["addr"], "192.0.2.7");
    assert_eq!(lines[1]["cause"]["refused_by"], "client");
    assert_eq!(lines[0]["lines"], 4);
}

/// Filters choose among the failures of a log, and what does not pass is counted.
#[test]
fn filters_choose_among_sightings() {
    let path = file(&folder("log-filter"), "error.log", LOG.as_bytes());
    let run = run!(&path, "client=192.0.2.8");
    assert!(run.out.contains("1 failure in 1 group"), "{}", run.out);
    assert_eq!(run!(&path, "alert=70").exit, Some(0));
    assert_eq!(run!(&path, "from=server").exit, Some(0));
}

/// What comes through a pipe is told as it comes, before the pipe ends.
#[test]
fn a_pipe_tells_failures_as_they_come() {
    let mut child = started(&[]);
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    input.write_all(LOG.as_bytes()).unwrap();
    // The pipe is still open: this line comes at a pause, or never.
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.contains("48 unknown_ca") && line.contains("192.0.2.7"), "{line}");
    drop(input);
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("2 failures in 1 group"), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

// What cannot be read.

/// Something else than a capture is named, together with what it looks like.
#[test]
fn what_is_no_capture_is_named() {
    let folder = folder("other");
    for (bytes, looks) in [
        (&b"\x7fELF\x02\x01\x01"[..], "ELF"),
        (b"-----BEGIN CERTIFICATE-----\n", "certificate"),
        (b"ElfFile\x00", "the file ends inside of its head"),
        (b"", "empty"),
    ] {
        let path = file(&folder, "trace.pcap", bytes);
        let run = run!(path);
        assert_eq!((run.exit, run.out.as_str()), (Some(2), ""), "{looks}");
        assert!(run.err.contains("trace.pcap") && run.err.contains(looks), "{}", run.err);
        assert_eq!(piped(bytes, &["-"]).exit, Some(2), "{looks}");
    }
}

/// A header alone holds nothing, in both formats, and the place where it ends is named.
#[test]
fn a_header_alone_is_not_enough() {
    let folder = folder("header");
    let pcapng = root().join("corpus/untrusted-root/openssl-tls13-nginx/input.pcapng");
    let section = fs::read(pcapng).unwrap();
    let length = u32::from_le_bytes(section[4..8].try_into().unwrap()) as usize;
    for header in [&case()[..24], &section[..length]] {
        let run = run!(file(&folder, "header.pcap", header));
        assert_eq!((run.exit, run.out.as_str()), (Some(2), ""));
        let place = format!("byte {}", header.len());
        assert!(run.err.contains("header.pcap") && run.err.contains(&place), "{}", run.err);
    }
}

/// A capture may be cut at any byte: the command never panics, says where the file ends, and
/// reports what is in front of the cut.
#[test]
fn a_capture_may_be_cut_anywhere() {
    let folder = folder("cut");
    let whole = case();
    let packets = boundaries(&whole);
    for cut in 0..whole.len() {
        let run = run!(file(&folder, "cut.pcap", &whole[..cut]));
        let between = packets.contains(&cut) && cut > 24;
        let expected = if between { &[0, 1][..] } else { &[2] };
        assert!(expected.contains(&run.exit.unwrap()), "cut at {cut}: {:?} {}", run.exit, run.err);
        assert_eq!(run.err.contains("cut.pcap"), !between, "cut at {cut}: {}", run.err);
        // The header of the first packet is enough to say that there is one.
        assert_eq!(run.out.is_empty(), cut < 24 + 16, "cut at {cut}: {}", run.out);
    }
}

/// The same for a packed one, whose cut is inside of the packing.
#[test]
fn a_packed_capture_may_be_cut_anywhere() {
    let folder = folder("cut-packed");
    let whole = gzip(&case());
    for cut in (0..whole.len()).step_by(7) {
        let run = run!(file(&folder, "cut.pcap.gz", &whole[..cut]));
        assert_eq!(run.exit, Some(2), "cut at {cut}: {}", run.err);
        assert!(run.err.contains("cut.pcap.gz"), "cut at {cut}: {}", run.err);
    }
}

/// The offsets at which a classic little-endian capture may end.
fn boundaries(capture: &[u8]) -> Vec<usize> {
    let mut ends = vec![24];
    while let Some(length) = capture.get(ends.last().unwrap() + 8..).and_then(|b| b.first_chunk()) {
        ends.push(ends.last().unwrap() + 16 + u32::from_le_bytes(*length) as usize);
    }
    ends
}

/// A length of 4 GiB asks for no memory and is named with its place.
#[test]
fn an_absurd_length_is_named() {
    let folder = folder("length");
    let mut bytes = case();
    let second = boundaries(&bytes)[1];
    bytes[second + 8..second + 12].fill(0xff);
    let run = run!(file(&folder, "length.pcap", &bytes));
    assert_eq!(run.exit, Some(2));
    let place = format!("length.pcap: byte {second}");
    assert!(run.err.contains(&place), "{place}: {}", run.err);
    assert!(!run.out.is_empty());
}

/// A folder without captures is said to be one, empty or not.
#[test]
fn a_folder_without_captures_is_trouble() {
    let folder = folder("nothing");
    let empty = run!(folder);
    assert_eq!((empty.exit, empty.out.as_str()), (Some(2), ""));
    assert!(empty.err.contains("it is empty"), "{}", empty.err);
    file(&folder, "notes.txt", b"notes\n");
    let other = run!(folder);
    assert_eq!((other.exit, other.out.as_str()), (Some(2), ""));
    assert!(other.err.contains("1 file, none of them a capture"), "{}", other.err);
}

/// What may not be read is named, and the rest is reported.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder("permission");
    let shut = file(&folder, "shut.pcap", &case());
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&shut).is_ok() {
        println!("skipped: whoever runs this test may read everything");
        return;
    }
    file(&folder, "open.pcap", &case());
    for thing in [&shut, &folder] {
        let run = run!(thing);
        assert_eq!(run.exit, Some(2));
        assert!(run.err.contains("shut.pcap: no permission"), "{}", run.err);
    }
    assert!(run!(folder).out.contains("1 failed"));
}

// How it is shown.

/// No line is longer than the screen, and nothing but text goes into a pipe. Lists of one line each
/// are whole there: who cuts them for other programs takes away what these look for.
#[test]
fn text_fits_the_screen() {
    for args in [&["-v"][..], &["-q"], &["--by", "none"], &[], &["-v", "--ascii"]] {
        let run = Run::from(tlswhy().arg("corpus/fallback-scsv").args(args).output().unwrap());
        assert!(!run.out.is_empty());
        let list = args.contains(&"-q") || args.contains(&"--by");
        for line in run.out.lines() {
            assert!(list || line.chars().count() <= 80, "{line}");
            assert!(!line.ends_with('…'), "{line}");
        }
        assert!(!run.out.contains('\x1b') && !run.err.contains('\x1b'));
        assert!(!args.contains(&"--ascii") || run.out.is_ascii(), "{}", run.out);
    }
    for page in [run!("48"), run!("help", "causes")] {
        assert!(page.out.lines().all(|line| line.chars().count() <= 80), "{}", page.out);
    }
}

/// Colour is where it is wanted: by the option, else by the environment, else on a terminal.
#[test]
fn colour_is_where_it_is_wanted() {
    let colour = |args: &[&str], env: &[(&str, &str)]| {
        let envs = env.iter().copied();
        let run = tlswhy().arg(CASE).args(args).envs(envs).output().unwrap();
        Run::from(run).out.contains('\x1b')
    };
    assert!(!colour(&[], &[]));
    assert!(colour(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colour(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colour(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!colour(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colour(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

/// A name that tries to command the terminal is spelled out.
#[cfg(unix)]
#[test]
fn names_cannot_command_the_terminal() {
    let folder = folder("names");
    let evil = file(&folder, "a\x1b[2Jb.pcap", &case()[..case().len() - 1]);
    let run = run!(evil);
    assert!(!run.out.contains('\x1b') && !run.err.contains('\x1b'), "{}{}", run.out, run.err);
    assert_eq!(run.exit, Some(2));
}

/// A reader that goes away is no error and no message.
#[test]
fn a_closed_pipe_is_quiet() {
    let mut child = tlswhy()
        .args(["--help"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .stdin(Stdio::piped())
        .arg("-")
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let run = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    assert_eq!(run.status.code(), Some(0));
    // The answer to a capture is written after its end, when the reader is gone for sure.
    let mut child = started(&[]);
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(&case()).unwrap();
    let run = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    assert_eq!(run.status.code(), Some(1));
}

/// Ctrl-C while a pipe is silent ends with what was found, marked so, and 130.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_with_what_was_found() {
    let mut child = started(&[]);
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&case()).unwrap();
    let id = child.id();
    // Bit 2 of the caught signals is SIGINT: from then on the command listens.
    let listens = || {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & 2 != 0
    };
    while !listens() {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap().success());
    let run = Run::from(child.wait_with_output().unwrap());
    drop(pipe);
    assert_eq!(run.exit, Some(130), "{}", run.err);
    assert!(run.err.contains("interrupted"), "{}", run.err);
}

/// A failure that TLS 1.3 hides, with the key log of its connection.
const HIDDEN: &str = "corpus/expired-leaf/go-tls13-openssl-keys";
/// The same capture form with the secrets inside.
const INSIDE: &str = "corpus/client-cert-missing/python-tls13-openssl-secrets/input.pcapng";

/// A key log opens what was encrypted, and one inside the capture needs no option.
#[test]
fn key_logs_open_conversations() {
    let (capture, log) = (format!("{HIDDEN}/input.pcap"), format!("{HIDDEN}/keys.log"));
    let closed = run!(capture);
    assert!(!closed.out.contains("keys "), "{}", closed.out);
    let opened = run!("--keylog", log, capture);
    assert!(opened.out.contains("opened 1 of 1 session"), "{}", opened.out);
    assert!(opened.out.contains("42 bad_certificate"), "{}", opened.out);
    assert_eq!((opened.exit, opened.err.as_str()), (Some(1), ""));
    let inside = run!("-o", "alerts", INSIDE);
    assert!(inside.out.contains("\"code\":116"), "{}", inside.out);
    assert!(inside.out.contains("\"opened\":true"), "{}", inside.out);
}

/// A key log of another capture is no trouble, but it is said; what is malformed in one, or cannot
/// be read at all, is trouble, and the rest is used.
#[test]
fn key_logs_that_do_not_fit_are_told() {
    let folder = folder("key-logs");
    let (capture, log) = (format!("{HIDDEN}/input.pcap"), format!("{HIDDEN}/keys.log"));
    let others = "corpus/untrusted-root/gnutls-tls13-openssl-keys/keys.log";
    let strange = run!("--keylog", others, capture);
    assert!(
        strange.out.contains("opened 0 of 1 session: the key log is of others"),
        "{}",
        strange.out
    );
    assert_eq!((strange.exit, strange.err.as_str()), (Some(1), ""));
    let text = fs::read_to_string(root().join(&log)).unwrap();
    let damaged = folder.join("keys.log");
    fs::write(&damaged, format!("CLIENT_RANDOM 0011\n{text}")).unwrap();
    let run = run!("--keylog", damaged, "--keylog", "gone.log", capture);
    assert!(run.out.contains("opened 1 of 1 session"), "{}", run.out);
    assert!(
        run.err.contains("1 malformed line, the rest is used: line 1: cut short"),
        "{}",
        run.err
    );
    assert!(run.err.contains("gone.log: the key log cannot be read"), "{}", run.err);
    assert_eq!(run.exit, Some(2));
    assert_eq!(run!("--keylog", log).exit, Some(2));
}

/// No output holds a secret, in no form.
#[test]
fn no_output_holds_a_secret() {
    let (capture, log) = (format!("{HIDDEN}/input.pcap"), format!("{HIDDEN}/keys.log"));
    let text = fs::read_to_string(root().join(&log)).unwrap();
    let secrets: Vec<&str> = text.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    assert!(secrets.iter().all(|secret| secret.len() >= 64) && !secrets.is_empty());
    for form in ["-v", "-q", "--json", "-oalerts", "-ojson"] {
        let run = run!(form, "--keylog", log, capture);
        for secret in &secrets {
            let part = &secret[..16];
            assert!(!run.out.contains(part) && !run.err.contains(part), "{form}");
        }
    }
}

/// Whoever gives an event log and its export is told that each failure counts twice.
#[test]
fn an_export_beside_its_log_is_told() {
    let forms = "corpus/events/exchange/forms";
    let (log, export) = (format!("{forms}/System.evtx"), format!("{forms}/winlogbeat-8.ndjson"));
    let both = run!("--json", log, export);
    let repeat =
        format!("\"kind\":\"repeat\",\"input\":\"{export}\",\"other\":\"{log}\",\"count\":15");
    assert!(both.out.contains(&repeat), "{}", both.out);
    let screen = run!(log, export).out;
    assert!(
        screen.contains("15 failures in winlogbeat-8.ndjson are also in System.evtx"),
        "{screen}"
    );
    assert!(!run!("--json", log).out.contains("\"kind\":\"repeat\""));
}
