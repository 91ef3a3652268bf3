//! The command inside its sandbox: when it goes in, what it says of that, and that nobody who only
//! wants an answer notices.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test reads and writes files, and a panic is how it fails; what it could not try it \
              says; clippy.toml knows tests by their attribute, not the functions that they call"
)]
#![cfg(target_os = "linux")]

mod door;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use door::run;

/// A capture with one failure, the server's alert in the clear.
const CASE: &str = "corpus/no-shared-cipher/openssl-tls12-openssl/input.pcap";
/// A capture that a key log opens.
const SEALED: &str = "corpus/untrusted-root/gnutls-tls13-openssl-keys";

/// It goes in before the first byte of an input is read, a key log and a certificate to trust
/// included, and opens nothing afterwards: seen from outside, by what it asks of the kernel.
#[test]
fn it_is_inside_before_the_first_byte_is_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-strace");
    fs::create_dir_all(&folder).unwrap();
    let (log, inputs) = (folder.join("calls"), folder.join("inputs"));
    fs::create_dir_all(&inputs).unwrap();
    fs::copy(Path::new("../..").join(CASE), inputs.join("input-of-a-stranger.pcap")).unwrap();
    let keys = folder.join("input-keys.log");
    fs::write(&keys, format!("CLIENT_RANDOM {} {}\n", "00".repeat(32), "00".repeat(48))).unwrap();
    let mut command = Command::new("strace");
    let calls = "--trace=read,pread64,readv,%file,socket,seccomp,landlock_restrict_self";
    command.args(["-f", "-y", calls, "-o"]).arg(&log);
    command.arg(env!("CARGO_BIN_EXE_tlswhy")).args(["-j", "2", "--keylog"]).arg(&keys);
    command.arg(&inputs).arg(CASE);
    let Ok(output) = command.current_dir("../..").stdin(Stdio::null()).output() else {
        eprintln!("not tried: there is no strace here");
        return;
    };
    let calls = fs::read_to_string(&log).unwrap_or_default();
    if !calls.contains("read(") {
        eprintln!("not tried: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let lines: Vec<&str> = calls.lines().collect();
    let place = |what: &dyn Fn(&str) -> bool| lines.iter().position(|line| what(line));
    let last = |name: &str| lines.iter().rposition(|line| line.contains(name));
    let opened = lines.iter().rposition(|line| {
        line.contains("open") && line.contains("input-") && !line.contains("= -1")
    });
    let read = place(&|line| line.contains(" read(") && line.contains("/input-")).unwrap();
    assert!(opened.unwrap() < read, "{calls}");
    assert!(lines[read].contains("input-keys.log"), "the key log is read first: {calls}");
    let facts = run(&["-vv", CASE]).err;
    for (layer, call) in [("Landlock ABI", "landlock_restrict_self("), ("seccomp (", "seccomp(")] {
        if facts.contains(layer) {
            let entered = last(call).unwrap();
            assert!(opened.unwrap() < entered && entered < read, "{call}: {calls}");
            assert!(lines[entered].contains("= 0"), "{calls}");
        } else {
            eprintln!("not tried: {facts}");
        }
    }
    // The C library may look for what it can do without, and is refused.
    let of_system = |line: &str| ["/proc/", "/sys/"].iter().any(|place| line.contains(place));
    let reads = |line: &str| line.contains(" read(") || line.contains("exited with");
    let after = lines.iter().skip(read).filter(|line| !reads(line) && !of_system(line));
    let after: Vec<_> = after.filter(|line| !line.contains("resumed>")).collect();
    assert!(after.is_empty(), "{after:#?}");
}

/// Where the kernel has no Landlock, no seccomp, or neither, the answer is the same, and `-vv` says what
/// is missing.
#[test]
fn what_a_kernel_lacks_is_left_out() {
    let whole = run(&["-vv", CASE]);
    for (inject, says) in [
        ("landlock_create_ruleset:error=ENOSYS", "no Landlock: not in this kernel"),
        ("landlock_create_ruleset:error=EOPNOTSUPP", "no Landlock: not switched on"),
        ("seccomp:error=EINVAL", "no seccomp: "),
        ("seccomp,landlock_create_ruleset:error=ENOSYS", "sandbox: none; no Landlock"),
    ] {
        let mut command = Command::new("strace");
        command.args(["-f", "-o", "/dev/null", "-e", &format!("inject={inject}")]);
        command.arg(env!("CARGO_BIN_EXE_tlswhy")).args(["-vv", CASE]).current_dir("../..");
        let Ok(output) = command.stdin(Stdio::null()).output() else {
            eprintln!("not tried: there is no strace here");
            return;
        };
        let told = String::from_utf8(output.stderr).unwrap();
        if !told.starts_with("tlswhy: ") {
            eprintln!("not tried: {told}");
            return;
        }
        assert!(told.contains(says), "{inject}: {told}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), whole.out, "{inject}");
    }
}

/// `-vv` says in one line what is in force, and in one more what a bug report needs; `-v` says
/// nothing of it, and neither do they change the answer.
#[test]
fn what_is_in_force_is_said() {
    let [plain, ladder, facts] = [&["-v", CASE][..], &["-v", CASE, "-q"], &["-vv", CASE]].map(run);
    assert_eq!((plain.err.as_str(), ladder.err.as_str()), ("", ""));
    assert_eq!(plain.out, facts.out);
    let lines: Vec<&str> = facts.err.lines().collect();
    let [about, sandbox] = lines.as_slice() else { panic!("{}", facts.err) };
    assert!(about.starts_with(concat!("tlswhy: tlswhy ", env!("CARGO_PKG_VERSION"))), "{about}");
    assert!(about.ends_with("files open: 1, places of more: 0"), "{about}");
    assert!(sandbox.starts_with("tlswhy: sandbox: "), "{sandbox}");
    let without = run(&["-vv", CASE, "--no-sandbox"]);
    assert!(without.err.ends_with("sandbox: none; --no-sandbox was given\n"), "{}", without.err);
    assert_eq!((facts.out, facts.exit), (without.out, without.exit));
}

/// Captures, logs, event logs and settings are answered for inside as they are outside, one after
/// the other and several at once, and so is what a key log opens and whom a certificate trusts.
#[test]
fn answers_are_the_same_inside_and_outside() {
    let keys = format!("{SEALED}/keys.log");
    for words in [
        &["--json", "corpus/lines/nginx", "corpus/events/bad", "corpus/settings", "-j", "3"][..],
        &["corpus/no-shared-cipher", "--by", "none", "-j", "1"],
        &[&format!("{SEALED}/input.pcap"), "--keylog", &keys, "--ca", "system", "--json"],
        &["remote error: tls: bad certificate"],
        &["corpus/missing.pcap", CASE],
    ] {
        let inside = run(words);
        let outside = run(&[words, &["--no-sandbox"]].concat());
        assert!(!inside.out.is_empty() || inside.exit == Some(2), "{words:?}");
        assert!(!inside.err.contains("not permitted"), "{}", inside.err);
        assert_eq!((inside.out, inside.err, inside.exit), (outside.out, outside.err, outside.exit));
    }
}

/// More files than may be held open are read all the same, and nothing but they can be opened.
#[test]
fn too_many_files_are_opened_where_they_are() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-many");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for number in 0..300 {
        fs::copy(Path::new("../..").join(CASE), folder.join(format!("{number:03}"))).unwrap();
    }
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 280 && exec \"$0\" -vv --json \"$1\""]);
    limited.arg(env!("CARGO_BIN_EXE_tlswhy")).arg(&folder);
    let output = limited.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("files open: 24, places of more: 1"), "{told}");
    assert!(told.contains("reads files in 1 place") || told.contains("no Landlock"), "{told}");
    let failures = String::from_utf8(output.stdout).unwrap();
    assert_eq!(failures.matches("\"kind\":\"failure\"").count(), 300);
    fs::remove_dir_all(&folder).unwrap();
}
