//! A set of alerts.

use std::fmt;

use alert::Alert;

/// A set of alerts: one bit for each code there can be.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct AlertSet {
    /// The codes from 0 to 127.
    low: u128,
    /// The codes from 128 on.
    high: u128,
}

impl AlertSet {
    /// No alert.
    pub const EMPTY: Self = Self { low: 0, high: 0 };

    /// The alerts of these codes.
    #[must_use]
    pub const fn of(mut codes: &[u8]) -> Self {
        let mut low: u128 = 0;
        let mut high: u128 = 0;
        while let [code, rest @ ..] = codes {
            match code.checked_sub(128) {
                Some(bit) => high |= 1 << bit,
                None => low |= 1 << *code,
            }
            codes = rest;
        }
        Self { low, high }
    }

    /// Whether an alert is among them.
    #[must_use]
    pub fn contains(self, alert: Alert) -> bool {
        match alert.code().checked_sub(128) {
            Some(bit) => self.high >> bit & 1 == 1,
            None => self.low >> alert.code() & 1 == 1,
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// The alert, if there is exactly one.
    #[must_use]
    pub fn single(self) -> Option<Alert> {
        let mut alerts = self.iter();
        alerts.next().filter(|_| alerts.next().is_none())
    }

    /// The alerts, in the order of the codes.
    pub fn iter(self) -> impl Iterator<Item = Alert> {
        (0..=u8::MAX).map(Alert).filter(move |alert| self.contains(*alert))
    }
}

impl From<Alert> for AlertSet {
    fn from(alert: Alert) -> Self {
        Self::of(&[alert.code()])
    }
}

/// `48 unknown_ca`, or several with commas between: `40 handshake_failure, 70 protocol_version`.
impl fmt::Display for AlertSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, alert) in self.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{alert}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for AlertSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Alert::code)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code can be in a set, alone and among others.
    #[test]
    fn every_code_has_its_bit() {
        for code in 0..=u8::MAX {
            let set = AlertSet::of(&[code, 48]);
            let codes: Vec<u8> = set.iter().map(Alert::code).collect();
            let mut wanted = vec![code, 48];
            wanted.sort_unstable();
            wanted.dedup();
            assert_eq!(codes, wanted);
            assert_eq!(AlertSet::from(Alert(code)).single(), Some(Alert(code)));
        }
        assert!(AlertSet::EMPTY.is_empty());
        assert_eq!(AlertSet::of(&[40, 70]).single(), None);
        assert_eq!(
            AlertSet::of(&[70, 40]).to_string(),
            "40 handshake_failure, 70 protocol_version"
        );
    }
}
