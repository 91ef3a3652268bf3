//! A process that went inside, and tries what nobody in there may do.
//!
//! Going inside cannot be undone, so the test starts itself again and goes there as a child.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a child tells its test, and a test whoever reads it; a panic is how both fail"
)]

use std::collections::HashMap;
use std::env;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{self, Command};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::*;

/// The variable that tells the child what to give up.
const INSIDE: &str = "TLSWHY_TEST_INSIDE";

/// What is tried, and of no use for the work.
const ALL: [&str; 10] =
    ["list", "read", "create", "remove", "connect", "listen", "udp", "unix", "spawn", "exec"];

/// Neither files, the network nor programs are reached from inside, and each of the two layers
/// refuses by itself what it is there for; what the work needs goes on.
#[test]
fn nothing_is_reached_from_inside() {
    if let Ok(what) = env::var(INSIDE) {
        process::exit(child(&what));
    }
    assert!(
        inside("nothing").iter().all(|(_, tried)| tried != "refused"),
        "outside all of it works"
    );
    // An older kernel has less to give up, and then says so.
    let [both, calls, files] = ["both", "calls", "files"].map(inside);
    if calls["says"].contains("no seccomp") {
        eprintln!("not tried: {}", calls["says"]);
    } else {
        assert_eq!([refused(&both), refused(&calls)], [ALL, ALL], "{both:?} {calls:?}");
    }
    if files["says"].contains("no TCP") {
        let refused = refused(&files);
        for name in ALL.iter().filter(|name| !["udp", "unix"].contains(name)) {
            assert!(refused.contains(name), "{name}: {files:?}");
        }
    } else {
        eprintln!("not tried: {}", files["says"]);
    }
    assert_eq!([&both["work"], &files["work"], &calls["work"]], ["done"; 3]);
}

/// What was one file too many can still be opened, for reading and where it was found, and nothing
/// else can.
#[test]
fn what_is_left_to_open_is_opened() {
    let later = inside("later");
    let wanted = ["list", "create", "remove", "connect", "listen", "udp", "unix", "spawn", "exec"];
    assert_eq!(refused(&later), wanted, "{later:?}");
    assert_eq!([&later["read"], &later["work"]], ["done", "done"]);
    if later["says"].contains("no Landlock") {
        eprintln!("not tried: {}", later["says"]);
        assert!(later["says"].contains("any file can be read"), "{later:?}");
    } else {
        assert!(later["says"].contains("reads files in 1 place"), "{later:?}");
        assert_eq!(later["elsewhere"], "refused");
    }
}

/// The names of what was refused.
fn refused(tried: &HashMap<String, String>) -> Vec<&'static str> {
    ALL.into_iter().filter(|name| tried.get(*name).is_some_and(|how| how == "refused")).collect()
}

/// Starts this test again, as a child that gives up what is said, and returns what it tells.
fn inside(what: &str) -> HashMap<String, String> {
    let name = "sandbox::tests::nothing_is_reached_from_inside";
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(INSIDE, what);
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let lines = told.lines().filter_map(|line| line.split_once("inside ")?.1.split_once(": "));
    let tried: HashMap<String, String> =
        lines.map(|(name, how)| (name.to_owned(), how.to_owned())).collect();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && tried.contains_key("work"), "{what}: {told}{error}");
    tried
}

/// Goes inside, tries everything, and tells.
fn child(what: &str) -> i32 {
    let folder = env::temp_dir().join(format!("tlswhy-inside-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let [one, other] = ["one", "other"].map(|name| folder.join(name));
    fs::write(&one, "bytes of a stranger").unwrap();
    fs::write(&other, "bytes of somebody else").unwrap();
    let mut held = File::open(&one).unwrap();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let none = BTreeSet::new();
    let says = match what {
        "both" => enter(&none),
        "files" => files::give_up(&none).unwrap_or_else(|wrong| wrong),
        "calls" => calls::give_up(false).unwrap_or_else(|wrong| wrong),
        "later" => enter(&BTreeSet::from([folder.canonicalize().unwrap()])),
        _ => "nothing was given up".to_owned(),
    };
    println!("\ninside says: {says}");
    let tried = [
        ("list", fs::read_dir(&folder).map(drop)),
        ("read", fs::read(&other).map(drop)),
        ("elsewhere", fs::read("/proc/self/status").map(drop)),
        ("create", fs::write(folder.join("new"), "mine")),
        ("remove", fs::remove_file(&other)),
        ("connect", TcpStream::connect(address).map(drop)),
        ("listen", TcpListener::bind("127.0.0.1:0").map(drop)),
        ("udp", UdpSocket::bind("127.0.0.1:0").map(drop)),
        // Nobody listens there, which is known only to who may ask.
        ("unix", UnixStream::connect(folder.join("none")).map(drop).or_else(missing)),
        ("spawn", Command::new("/bin/true").status().map(drop)),
        ("work", work(&mut held)),
        ("exec", if what == "nothing" { Ok(()) } else { Err(Command::new("/bin/true").exec()) }),
    ];
    for (name, how) in tried {
        match how {
            Ok(()) => println!("inside {name}: done"),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                println!("inside {name}: refused")
            }
            Err(error) => println!("inside {name}: {error}"),
        }
    }
    let _ = fs::remove_dir_all(&folder);
    0
}

fn missing(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// What reading, computing and printing need.
fn work(held: &mut File) -> io::Result<()> {
    let mut text = String::new();
    held.rewind()?;
    held.read_to_string(&mut text)?;
    assert_eq!(text, "bytes of a stranger");
    let started = Instant::now();
    let threads: Vec<_> = (0..4u8)
        .map(|number| {
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(1));
                let mut memory = vec![number; 1 << 20];
                (0..6).for_each(|_| memory.extend_from_within(..));
                HashMap::from([(number, memory.len())])
            })
        })
        .collect();
    for (number, thread) in (0..4u8).zip(threads) {
        assert_eq!(thread.join().unwrap()[&number], 64 << 20);
    }
    assert!(
        started.elapsed() >= Duration::from_millis(1) && SystemTime::now() > SystemTime::UNIX_EPOCH
    );
    Ok(())
}
