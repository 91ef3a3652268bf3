//! The two programs, each with its alerts of one file.

use std::fmt;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// One alert in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alert {
    pub(super) frame: u64,
    /// Address and port as the programs write them: `10.0.1.2:443`, `[fd00::1]:443`.
    pub(super) from: String,
    pub(super) to: String,
    pub(super) level: u64,
    pub(super) code: u64,
}

impl Alert {
    /// Whether two programs mean the same one.
    pub(super) fn is(&self, other: &Self) -> bool {
        (self.frame, self.level, self.code) == (other.frame, other.level, other.code)
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { frame, from, to, level, code } = self;
        write!(f, "frame {frame}, {from} to {to}, level {level}, code {code}")
    }
}

/// How long a program may take for a file of some hundred kB: many times what it needs on a machine
/// that does much else.
const MOST_TIME: Duration = Duration::from_secs(120);

/// Whether tshark is here.
pub(super) fn has_tshark() -> bool {
    let mut command = Command::new("tshark");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What ours tells with `-o alerts`, opened ones left out. It ends by itself, with 0, 1 or 2.
pub(super) fn ours(program: &Path, file: &Path) -> Result<Vec<Alert>> {
    let mut command = Command::new(program);
    command.args(["-o", "alerts"]).arg(file).stderr(Stdio::null());
    let (text, code) = output(&mut command)?;
    ensure!(matches!(code, Some(0..=2)), "ours ended with {code:?} at {}", file.display());
    let mut alerts = Vec::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        if row["kind"] != "alert" || row["opened"] == true {
            continue;
        }
        let number = |key: &str| row[key].as_u64().with_context(|| format!("no {key}: {line}"));
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let (frame, level, code) = (number("frame")?, number("level")?, number("code")?);
        alerts.push(Alert { frame, from: text("from"), to: text("to"), level, code });
    }
    Ok(alerts)
}

/// The fields that tshark is asked for.
const FIELDS: &[&str] = &[
    "frame.number",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "tcp.srcport",
    "tcp.dstport",
    "udp.srcport",
    "udp.dstport",
    "tls.alert_message.level",
    "tls.alert_message.desc",
    "dtls.alert_message.level",
    "dtls.alert_message.desc",
];

/// What tshark sees with its usual settings.
pub(super) fn tshark(file: &Path) -> Result<Vec<Alert>> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-r"]).arg(file).stderr(Stdio::null());
    command.args(["-Y", "tls.alert_message.desc or dtls.alert_message.desc", "-T", "fields"]);
    command.args(FIELDS.iter().flat_map(|field| ["-e", field]));
    // A file that is cut off is an error of its own, and what was before it is told.
    let (text, _) = output(&mut command)?;
    let mut alerts = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let of = |ip4, ip6, tcp, udp| {
            let port = format!("{}{}", field(tcp), field(udp));
            match field(ip4) {
                "" => format!("[{}]:{port}", field(ip6)),
                address => format!("{address}:{port}"),
            }
        };
        let frame = field(0).parse().with_context(|| line.to_owned())?;
        for (levels, codes) in [(field(9), field(10)), (field(11), field(12))] {
            for (level, code) in levels.split(',').zip(codes.split(',')) {
                let (Ok(level), Ok(code)) = (level.parse(), code.parse()) else { continue };
                alerts.push(Alert { frame, from: of(1, 3, 5, 7), to: of(2, 4, 6, 8), level, code });
            }
        }
    }
    Ok(alerts)
}

/// What a program prints, and what it ends with: `None` where a signal ended it.
fn output(command: &mut Command) -> Result<(String, Option<i32>)> {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {shown}"))?;
    let mut out = child.stdout.take().context("its output is piped")?;
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        out.read_to_end(&mut text).map(|_| text)
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > MOST_TIME {
            child.kill()?;
            bail!("it hangs: {shown}");
        }
        thread::sleep(Duration::from_millis(5));
    };
    let text = reader.join().ok().context("its output was not read")??;
    Ok((String::from_utf8_lossy(&text).into_owned(), status.code()))
}
