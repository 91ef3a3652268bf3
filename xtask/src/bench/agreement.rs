//! Whether two programs found the same alerts in one capture: the same frame, level and code.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use super::witness::{Confirmed, Found, confirmed};

/// How often an alert was found.
type Counts = BTreeMap<Found, u64>;

/// What two programs found in the same file.
#[derive(Debug)]
pub(super) struct Agreement {
    /// Alerts that ours found, in the order of the frames.
    pub(super) ours: Vec<Found>,
    /// How many of these tshark found too.
    pub(super) both: usize,
    /// Alerts that only ours found.
    pub(super) only_ours: Vec<Found>,
    /// Where ours stand byte for byte: they are not invented. `None` where they were sealed, and
    /// cannot be looked up.
    pub(super) confirmed: Option<Confirmed>,
    /// Alerts that only tshark found.
    pub(super) only_theirs: Vec<Found>,
}

impl Agreement {
    /// Compare `tlswhy -o alerts` with tshark's fields frame, level and code.
    pub(super) fn of(ours: &str, theirs: &str) -> Result<Self> {
        let (ours, theirs) = (from_ndjson(ours)?, from_fields(theirs)?);
        let missing = |here: &Counts, there: &Counts| -> Vec<_> {
            here.iter()
                .flat_map(|(alert, count)| {
                    let more = count.saturating_sub(there.get(alert).copied().unwrap_or(0));
                    std::iter::repeat_n(*alert, more as usize)
                })
                .collect()
        };
        let (all, only_ours) = (missing(&ours, &Counts::new()), missing(&ours, &theirs));
        let (both, only_theirs) = (all.len() - only_ours.len(), missing(&theirs, &ours));
        Ok(Self { ours: all, both, only_ours, confirmed: None, only_theirs })
    }

    /// Looks all that ours found up in the capture.
    pub(super) fn confirm(&mut self, capture: &[u8]) -> Result<()> {
        self.confirmed = Some(confirmed(&self.ours, capture)?);
        Ok(())
    }

    /// How many alerts tshark found.
    pub(super) fn theirs(&self) -> usize {
        self.both + self.only_theirs.len()
    }

    /// How many of ours are nowhere in the capture. `None` if that was not looked up.
    pub(super) fn invented(&self) -> Option<usize> {
        let Confirmed { in_frames, in_streams, elsewhere } = self.confirmed?;
        Some(self.ours.len() - in_frames - in_streams - elsewhere)
    }
}

impl std::fmt::Display for Agreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} alerts found by both", self.both)?;
        for (who, alone) in [("ours", &self.only_ours), ("tshark", &self.only_theirs)] {
            write!(f, ", {} by {who} alone", alone.len())?;
            let shown: Vec<String> = alone
                .iter()
                .take(SHOWN)
                .map(|(frame, level, code)| format!("frame {frame}: {level}/{code}"))
                .collect();
            if !shown.is_empty() {
                write!(f, " ({})", shown.join(", "))?;
            }
        }
        if let (Some(confirmed), Some(invented)) = (self.confirmed, self.invented()) {
            let Confirmed { in_frames, in_streams, elsewhere } = confirmed;
            let ours = self.ours.len();
            write!(f, "; of the {ours} of ours {in_frames} stand in their frames byte for byte, ")?;
            write!(f, "{in_streams} in their streams, {elsewhere} in other frames of them, ")?;
            write!(f, "{invented} nowhere")?;
        }
        Ok(())
    }
}

/// One line of JSON for each cleartext alert.
fn from_ndjson(text: &str) -> Result<Counts> {
    let mut found = Counts::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        if row["kind"] != "alert" {
            continue;
        }
        let number = |key: &str| row[key].as_u64().with_context(|| format!("no {key}: {line}"));
        *found.entry((number("frame")?, number("level")?, number("code")?)).or_default() += 1;
    }
    Ok(found)
}

/// One line for each frame; a frame with several alerts has their values joined by commas.
fn from_fields(text: &str) -> Result<Counts> {
    let mut found = Counts::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (frame, levels, codes) = match fields.as_slice() {
            [frame, levels, codes] => (frame, *levels, *codes),
            // In QUIC every alert is fatal, and has no level.
            [frame, codes] if !codes.is_empty() => (frame, "2", *codes),
            _ => continue,
        };
        let frame = frame.parse().with_context(|| line.to_owned())?;
        for (level, code) in levels.split(',').zip(codes.split(',')) {
            let alert = (frame, level.parse()?, code.parse()?);
            *found.entry(alert).or_default() += 1;
        }
    }
    Ok(found)
}

const SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    /// Alerts are compared one by one, also when a frame holds several.
    #[test]
    fn differences_are_counted() {
        let ours = "{\"kind\":\"alert\",\"frame\":4,\"level\":2,\"code\":48}\n\
                    {\"kind\":\"alert\",\"frame\":9,\"level\":2,\"code\":40}\n\
                    {\"kind\":\"alert\",\"frame\":11,\"level\":1,\"code\":0}\n";
        let agreement = Agreement::of(ours, "4\t2\t48\n9\t1,2\t112,40\n").unwrap();
        assert_eq!(agreement.both, 2);
        assert_eq!(agreement.only_ours, [(11, 1, 0)]);
        assert_eq!(agreement.only_theirs, [(9, 1, 112)]);
    }

    /// What only ours found and no frame holds is invented.
    #[test]
    fn what_stands_nowhere_is_invented() {
        let ours = "{\"kind\":\"alert\",\"frame\":1,\"level\":2,\"code\":48}\n\
                    {\"kind\":\"alert\",\"frame\":1,\"level\":2,\"code\":40}\n";
        let mut agreement = Agreement::of(ours, "").unwrap();
        assert_eq!(agreement.invented(), None);
        let payload = [0x15, 3, 3, 0, 2, 2, 48];
        let file = crate::bench::input::flow::tests::capture(&[(true, 0x18, 5, &payload)]);
        agreement.confirm(&file).unwrap();
        assert_eq!(agreement.invented(), Some(1));
    }
}
