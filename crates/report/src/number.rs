//! Numbers as people read them.

use std::time::Duration;

use crate::timeline::duration;

/// A number with a blank between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

pub(crate) fn plural(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{} {what}s", grouped(count)),
    }
}

/// A size in the largest unit that says it well.
pub(crate) fn bytes(size: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match UNITS.iter().find(|(_, unit)| size >= *unit) {
        Some((name, unit)) => {
            let tenths = size / (unit / 10).max(1);
            match (tenths / 10, tenths % 10) {
                (whole, 0) => format!("{whole} {name}"),
                (whole, tenth) => format!("{whole}.{tenth} {name}"),
            }
        }
        None => plural(size, "byte"),
    }
}

pub(crate) fn seconds(time: Duration) -> String {
    duration(i64::try_from(time.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers are grouped by thousands, sizes have one digit behind the point.
    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(41_206), "41 206");
        assert_eq!(grouped(1_204_551), "1 204 551");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(1_536), "1.5 KiB");
        assert_eq!(bytes(u64::MAX).split(' ').next_back(), Some("GiB"));
        assert_eq!(plural(1, "group"), "1 group");
        assert_eq!(plural(2_000, "group"), "2 000 groups");
        assert_eq!(seconds(Duration::from_millis(1_200)), "1.2 s");
    }
}
