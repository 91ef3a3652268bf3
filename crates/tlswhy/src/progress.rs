//! One line about how far the reading is, for somebody who waits.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// The line on standard error. It shows up after half a second, on a terminal only.
#[derive(Debug)]
pub(crate) struct Progress {
    /// What is read, in few characters.
    name: String,
    /// Bytes of all files together; 0 where nobody knows, as with a pipe.
    total: u64,
    ascii: bool,
    started: Instant,
    /// When the line was last drawn; `None` before the first time. Whoever holds it may draw.
    drawn: Mutex<Option<Instant>>,
    shown: bool,
    /// The first failure that was found, in one line.
    first: OnceLock<String>,
    bytes: AtomicU64,
    packets: AtomicU64,
    failing: AtomicU64,
}

impl Progress {
    /// A line that has not been drawn.
    pub(crate) fn new(name: String, total: u64, ascii: bool) -> Self {
        Self {
            name,
            total,
            ascii,
            started: Instant::now(),
            drawn: Mutex::new(None),
            shown: io::stderr().is_terminal(),
            first: OnceLock::new(),
            bytes: AtomicU64::new(0),
            packets: AtomicU64::new(0),
            failing: AtomicU64::new(0),
        }
    }

    /// How long the reading has taken.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Takes what one input has come to, and what it had come to before.
    pub(crate) fn advance(&self, before: &mut report::Progress, now: report::Progress) {
        if !self.shown {
            return;
        }
        for (sum, before, now) in [
            (&self.bytes, before.bytes, now.bytes),
            (&self.packets, before.packets, now.packets),
            (&self.failing, before.failing, now.failing),
        ] {
            sum.fetch_add(now.saturating_sub(before), Ordering::Relaxed);
        }
        *before = now;
        let Ok(mut drawn) = self.drawn.try_lock() else { return };
        let due = drawn.map_or(self.elapsed() > PATIENCE, |last| last.elapsed() > REDRAW);
        if due {
            *drawn = Some(Instant::now());
            // Nothing depends on this line: where it cannot be written, it is not there.
            let line = self.line(self.elapsed());
            let _ = match self.first.get() {
                // The cursor stays in the first of the two lines.
                Some(first) => write!(io::stderr(), "\r{line}\x1b[K\n{first}\x1b[K\r\x1b[A"),
                None => write!(io::stderr(), "\r{line}\x1b[K"),
            };
        }
    }

    /// Whether somebody has waited so long that a first failure is worth a line.
    pub(crate) fn is_curious(&self) -> bool {
        self.shown && self.first.get().is_none() && self.elapsed() > CURIOSITY
    }

    /// Names the first failure that was found, in one line.
    pub(crate) fn name(&self, failure: String) {
        // Whoever came first keeps the place.
        let _ = self.first.set(failure.trim_end().to_owned());
    }

    /// Takes the line away, so that the report stands alone.
    pub(crate) fn clear(&self) {
        if self.drawn.lock().is_ok_and(|drawn| drawn.is_some()) {
            // Everything below the cursor is this line's.
            let _ = write!(io::stderr(), "\r\x1b[J");
        }
    }

    fn line(&self, elapsed: Duration) -> String {
        let [bytes, packets, failing] =
            [&self.bytes, &self.packets, &self.failing].map(|sum| sum.load(Ordering::Relaxed));
        let seconds = elapsed.as_secs_f64();
        let speed = bytes as f64 / seconds;
        let name: String = self.name.chars().take(NAME).collect();
        let rest = format!("{} {failing} failing so far", amount(speed, "B/s"));
        if self.total == 0 {
            return format!("{name} {} {rest}", amount(packets as f64, "packets"));
        }
        let part = (bytes as f64 / self.total as f64).min(1.0);
        let eta = (self.total.saturating_sub(bytes)) as f64 / speed.max(1.0);
        format!("{name} {} {:.0} % {rest}  eta {eta:.1} s", self.bar(part), part * 100.0)
    }

    fn bar(&self, part: f64) -> String {
        let full = (part * BAR as f64) as usize;
        let [left, done, open, right] =
            if self.ascii { ['[', '#', '.', ']'] } else { ['▕', '█', '░', '▏'] };
        let cells = (0..BAR).map(|cell| if cell < full { done } else { open });
        [left].into_iter().chain(cells).chain([right]).collect()
    }
}

/// A number of things with a prefix: `1.4 GB/s`.
fn amount(value: f64, unit: &str) -> String {
    let (value, prefix) = match value {
        v if v >= 1e9 => (v / 1e9, "G"),
        v if v >= 1e6 => (v / 1e6, "M"),
        v if v >= 1e3 => (v / 1e3, "k"),
        v => return format!("{v:.0} {unit}"),
    };
    let space = if unit.starts_with('B') { "" } else { " " };
    format!("{value:.1} {prefix}{space}{unit}")
}

/// How long a person waits before wondering.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long before a first failure is named.
const CURIOSITY: Duration = Duration::from_secs(1);
/// Between two drawings.
const REDRAW: Duration = Duration::from_millis(100);
/// Cells of the bar.
const BAR: usize = 14;
/// Characters of the name, so that the line fits in 80 columns.
const NAME: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// The line fits a terminal at its longest, for files and for a pipe, and in ASCII.
    #[test]
    fn the_line_fits() {
        for (total, ascii) in [(10_000_000_000, false), (10_000_000_000, true), (0, false)] {
            let mut progress =
                Progress::new("a-very-long-name-of-a-capture.pcapng".into(), total, ascii);
            progress.bytes = 7_100_000_000.into();
            progress.packets = 12_345_678.into();
            progress.failing = 50_123.into();
            let line = progress.line(Duration::from_secs(5));
            assert!(line.chars().count() < 80, "{line}");
            assert!(line.contains("50123 failing so far"), "{line}");
            assert!(!ascii || line.is_ascii(), "{line}");
        }
    }

    /// Numbers are read at a glance.
    #[test]
    fn amounts_are_short() {
        assert_eq!(amount(1.4e9, "B/s"), "1.4 GB/s");
        assert_eq!(amount(2_310_000.0, "packets"), "2.3 M packets");
        assert_eq!(amount(12.0, "packets"), "12 packets");
    }
}
