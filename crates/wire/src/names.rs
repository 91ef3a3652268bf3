//! How the numbers of the protocol get their names.
//!
//! Every registry is a newtype over the wire's integer, so that any value that can be sent can
//! be held and shown; the known ones are constants, in the order of the registry.

/// Writes a newtype over a wire integer, its constants, `name()`, and `Display`, from one list
/// of `VALUE CONSTANT "name"`.
macro_rules! names {
    (
        $(#[$doc:meta])*
        pub struct $type:ident($int:ty);
        $($value:literal $constant:ident $name:literal)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub $int);

        impl $type {
            $(
                #[doc = concat!("`", $name, "`, ", stringify!($value), ".")]
                pub const $constant: Self = Self($value);
            )*

            /// The registered name, or `None` for a value nobody has registered.
            #[inline]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($name),)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($type))
            }
        }
    };
}
pub(crate) use names;

/// Whether a 16-bit value is one of the sixteen that clients send at random so that servers
/// stay tolerant of the unknown: 0x0a0a, 0x1a1a ... 0xfafa (RFC 8701, 2).
#[inline]
pub const fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

/// Shows a 16-bit value: its name, or that it is GREASE, or its hexadecimal digits.
pub(crate) fn show(
    f: &mut std::fmt::Formatter<'_>,
    name: Option<&str>,
    value: u16,
) -> std::fmt::Result {
    match name {
        Some(name) => f.write_str(name),
        None if is_grease(value) => write!(f, "GREASE {value:#06x}"),
        None => write!(f, "{value:#06x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exactly the sixteen values of RFC 8701 are GREASE.
    #[test]
    fn sixteen_values_are_grease() {
        let all: Vec<u16> = (0..=u16::MAX).filter(|&v| is_grease(v)).collect();
        assert_eq!(all.len(), 16);
        assert_eq!((all[0], all[15]), (0x0a0a, 0xfafa));
        assert!(!is_grease(0x0a1a));
    }
}
