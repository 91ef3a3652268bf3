//! Whether two programs found the same alerts in one capture: the same frame, level and code.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

/// How often an alert was found: by frame, level and code.
type Found = BTreeMap<(u64, u64, u64), u64>;

/// What two programs found in the same file.
pub(crate) struct Agreement {
    /// Alerts that both found.
    pub(crate) both: u64,
    /// Alerts that only ours found, the first few as frame, level, code.
    pub(crate) only_ours: Vec<(u64, u64, u64)>,
    /// How many of these stand in their frame byte for byte: not invented.
    pub(crate) confirmed: usize,
    /// Alerts that only tshark found.
    pub(crate) only_theirs: Vec<(u64, u64, u64)>,
}

impl Agreement {
    /// Compare `tlswhy -o alerts` with tshark's fields frame, level and code.
    pub(crate) fn of(ours: &str, theirs: &str) -> Result<Self> {
        let (ours, theirs) = (from_ndjson(ours)?, from_fields(theirs)?);
        let missing = |here: &Found, there: &Found| -> Vec<_> {
            here.iter()
                .flat_map(|(alert, count)| {
                    let more = count.saturating_sub(there.get(alert).copied().unwrap_or(0));
                    std::iter::repeat_n(*alert, more as usize)
                })
                .collect()
        };
        let only_ours = missing(&ours, &theirs);
        let both = ours.values().sum::<u64>() - only_ours.len() as u64;
        Ok(Self { both, only_ours, confirmed: 0, only_theirs: missing(&theirs, &ours) })
    }

    /// Looks the alerts that only ours found up in the capture (pcap, little-endian): each must
    /// stand in its frame as a record of two bytes in the clear.
    pub(crate) fn confirm(&mut self, capture: &[u8]) {
        let mut rest = capture.get(24..).unwrap_or_default();
        let mut alone = self.only_ours.iter().peekable();
        for number in 1.. {
            let Some((header, packets)) = rest.split_first_chunk::<16>() else { return };
            let [.., a, b, c, d, _, _, _, _] = *header;
            let length = u32::from_le_bytes([a, b, c, d]) as usize;
            let Some((frame, next)) = packets.split_at_checked(length) else { return };
            rest = next;
            while let Some((_, level, code)) = alone.next_if(|(at, ..)| *at == number) {
                self.confirmed += usize::from(frame.windows(7).any(|bytes| {
                    matches!(bytes, [0x15, 3, _, 0, 2, l, c]
                        if u64::from(*l) == *level && u64::from(*c) == *code)
                }));
            }
        }
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
        if !self.only_ours.is_empty() {
            let (confirmed, alone) = (self.confirmed, self.only_ours.len());
            write!(f, "; {confirmed} of the {alone} stand in their frames byte for byte")?;
        }
        Ok(())
    }
}

/// One line of JSON for each cleartext alert.
fn from_ndjson(text: &str) -> Result<Found> {
    let mut found = Found::new();
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
fn from_fields(text: &str) -> Result<Found> {
    let mut found = Found::new();
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

    /// An alert that only ours found counts as confirmed if its frame holds it, and only then.
    #[test]
    fn what_stands_in_the_frame_is_confirmed() {
        let ours = "{\"kind\":\"alert\",\"frame\":1,\"level\":2,\"code\":48}\n\
                    {\"kind\":\"alert\",\"frame\":2,\"level\":2,\"code\":40}\n";
        let mut agreement = Agreement::of(ours, "").unwrap();
        let mut capture = vec![0; 24];
        for frame in [[0x15, 3, 3, 0, 2, 2, 48], [0x15, 3, 3, 0, 2, 2, 41]] {
            capture.extend([0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0]);
            capture.extend(frame);
        }
        agreement.confirm(&capture);
        assert_eq!(agreement.confirmed, 1);
    }
}
