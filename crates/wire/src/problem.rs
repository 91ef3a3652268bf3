//! What is wrong with the structure of a ClientHello.
//!
//! Servers answer these with decode_error, illegal_parameter or missing_extension, and seldom
//! say which byte they meant; here every fault has its place.

use std::collections::BTreeSet;
use std::fmt;

use crate::client_hello::ClientHello;
use crate::extension::{Extension, ExtensionType};
use crate::group::Group;
use crate::host::address;
use crate::reader::Reader;

/// A fault and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub fault: Fault,
    /// Where: an offset in the body of the ClientHello.
    pub at: usize,
}

/// What can be wrong with a ClientHello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There are no cipher suites, or half a suite at the end.
    CipherSuites,
    /// The null method is missing, which every client must offer (RFC 5246, 7.4.1.2).
    NoNullCompression,
    /// A client that offers TLS 1.3 offers compression too (RFC 9846, 4.1.2).
    Compression,
    /// The extension comes twice (RFC 9846, 4.2).
    Duplicate(ExtensionType),
    /// The extension's inner lengths do not add up, or a list that must hold something is
    /// empty.
    Lengths(ExtensionType),
    /// The last extension runs past the end of the block, or fewer than four bytes are left.
    Overrun,
    /// Bytes follow the extensions.
    Trailing,
    /// pre_shared_key is not the last extension (RFC 9846, 4.2.11).
    PreSharedKeyNotLast,
    /// TLS 1.3 is offered without an extension that it needs then (RFC 9846, 9.2).
    Missing(ExtensionType),
    /// A key share for a group that supported_groups does not list (RFC 9846, 4.2.8).
    ShareWithoutGroup(Group),
    /// Two key shares for one group (RFC 9846, 4.2.8).
    DuplicateShare(Group),
    /// server_name holds an address, which RFC 6066, 3 forbids.
    ServerNameIsAddress,
    /// server_name holds an empty name, one that ends in a dot, or bytes that no host name has
    /// (RFC 6066, 3).
    ServerNameSpelling,
}

impl ClientHello<'_> {
    /// What is wrong with the structure of this hello, in the order of its bytes. A hello that
    /// the capture cut is judged by what is there.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let whole = self.cut.is_none();
        let mut say = |fault, at| problems.push(Problem { fault, at });
        let suites = self.cipher_suites.rest();
        if whole && (suites.is_empty() || !suites.len().is_multiple_of(2)) {
            say(Fault::CipherSuites, self.cipher_suites.at());
        }
        let methods = self.compression_methods.rest();
        if whole && !methods.contains(&0) {
            say(Fault::NoNullCompression, self.compression_methods.at());
        } else if self.offers_tls13() && methods.len() > 1 {
            say(Fault::Compression, self.compression_methods.at());
        }

        let mut seen = BTreeSet::new();
        let mut walk = self.extensions();
        while let Some(extension) = walk.next() {
            let Extension { kind, at, .. } = extension;
            if !seen.insert(kind) {
                // What is inside a second one is not looked at: a hello holds thousands of them if
                // somebody wants it to.
                say(Fault::Duplicate(kind), at);
                continue;
            }
            if !adds_up(extension) {
                say(Fault::Lengths(kind), at);
            }
            if kind == ExtensionType::PRE_SHARED_KEY && !walk.rest().is_empty() {
                say(Fault::PreSharedKeyNotLast, at);
            }
            if kind == ExtensionType::SERVER_NAME
                && let Some(fault) = self.server_name().and_then(server_name_fault)
            {
                say(fault, at);
            }
            if kind == ExtensionType::KEY_SHARE {
                self.share_faults(|fault| say(fault, at));
            }
        }
        if whole && !walk.rest().is_empty() {
            say(Fault::Overrun, walk.at());
        }
        if whole && self.offers_tls13() {
            // An absent extension has no place of its own; the end of the block stands for it.
            self.missing(|kind| say(Fault::Missing(kind), walk.at()));
        }
        if !self.trailing.is_empty() {
            say(Fault::Trailing, self.trailing.at());
        }
        problems
    }

    /// Key shares that come twice, or for groups the client does not list.
    fn share_faults(&self, mut say: impl FnMut(Fault)) {
        let groups: BTreeSet<Group> = self.supported_groups().collect();
        let mut shares = BTreeSet::new();
        for (group, _) in self.key_shares() {
            if !shares.insert(group) {
                say(Fault::DuplicateShare(group));
            } else if !group.is_grease() && !groups.contains(&group) {
                say(Fault::ShareWithoutGroup(group));
            }
        }
    }

    /// The extensions that TLS 1.3 asks for and that are not there (RFC 9846, 9.2).
    fn missing(&self, mut say: impl FnMut(ExtensionType)) {
        let psk = self.has(ExtensionType::PRE_SHARED_KEY);
        if psk && !self.has(ExtensionType::PSK_KEY_EXCHANGE_MODES) {
            say(ExtensionType::PSK_KEY_EXCHANGE_MODES);
        }
        if !psk && !self.has(ExtensionType::SIGNATURE_ALGORITHMS) {
            say(ExtensionType::SIGNATURE_ALGORITHMS);
        }
        let groups = self.has(ExtensionType::SUPPORTED_GROUPS);
        let shares = self.has(ExtensionType::KEY_SHARE) || self.has(ExtensionType::KEY_SHARE_DRAFT);
        if !groups && (!psk || shares) {
            say(ExtensionType::SUPPORTED_GROUPS);
        }
        if !shares && (!psk || groups) {
            say(ExtensionType::KEY_SHARE);
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CipherSuites => f.write_str("the list of cipher suites is empty or odd"),
            Self::NoNullCompression => f.write_str("the null compression method is missing"),
            Self::Compression => f.write_str("compression is offered together with TLS 1.3"),
            Self::Duplicate(kind) => write!(f, "the extension {kind} comes twice"),
            Self::Lengths(kind) => write!(f, "the lengths inside {kind} do not add up"),
            Self::Overrun => f.write_str("the last extension runs past the end of the list"),
            Self::Trailing => f.write_str("bytes follow the list of extensions"),
            Self::PreSharedKeyNotLast => f.write_str("pre_shared_key is not the last extension"),
            Self::Missing(kind) => write!(f, "TLS 1.3 is offered without the extension {kind}"),
            Self::ShareWithoutGroup(group) => {
                write!(f, "a key share for {group}, which supported_groups does not list")
            }
            Self::DuplicateShare(group) => write!(f, "two key shares for {group}"),
            Self::ServerNameIsAddress => f.write_str("server_name holds an address"),
            Self::ServerNameSpelling => f.write_str("server_name holds no proper host name"),
        }
    }
}

/// Whether the lists inside the extension fill it exactly, for those whose form is fixed.
fn adds_up(extension: Extension<'_>) -> bool {
    use ExtensionType as E;
    let mut body = Reader::new(extension.body);
    let list = match extension.kind {
        E::SUPPORTED_VERSIONS | E::PSK_KEY_EXCHANGE_MODES | E::EC_POINT_FORMATS => body.vec8(""),
        E::SERVER_NAME
        | E::SUPPORTED_GROUPS
        | E::SIGNATURE_ALGORITHMS
        | E::SIGNATURE_ALGORITHMS_CERT
        | E::ALPN
        | E::KEY_SHARE => body.vec16(""),
        E::EXTENDED_MASTER_SECRET | E::ENCRYPT_THEN_MAC | E::POST_HANDSHAKE_AUTH => {
            return body.is_empty();
        }
        _ => return true,
    };
    let Ok(list) = list else { return false };
    let mut items = Reader::new(list);
    let inside = match extension.kind {
        E::SUPPORTED_VERSIONS
        | E::SUPPORTED_GROUPS
        | E::SIGNATURE_ALGORITHMS
        | E::SIGNATURE_ALGORITHMS_CERT => list.len() % 2 == 0,
        E::ALPN => all(&mut items, |items| items.vec8("").is_ok_and(|name| !name.is_empty())),
        E::SERVER_NAME => all(&mut items, |r| r.u8("").is_ok() && r.vec16("").is_ok()),
        E::KEY_SHARE => all(&mut items, |r| r.u16("").is_ok() && r.vec16("").is_ok()),
        _ => true,
    };
    // An empty list of key shares asks for a HelloRetryRequest and is allowed.
    let filled = !list.is_empty() || extension.kind == E::KEY_SHARE;
    inside && filled && body.is_empty()
}

/// Whether items can be read one after the other until nothing is left.
fn all(items: &mut Reader<'_>, mut read: impl FnMut(&mut Reader<'_>) -> bool) -> bool {
    while !items.is_empty() {
        if !read(items) {
            return false;
        }
    }
    true
}

/// What is wrong with a host name in server_name.
fn server_name_fault(name: &[u8]) -> Option<Fault> {
    let Ok(text) = str::from_utf8(name) else {
        return Some(Fault::ServerNameSpelling);
    };
    // An underscore is no host name by the letter, but servers take it.
    let proper = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if address(text).is_some() {
        Some(Fault::ServerNameIsAddress)
    } else if text.is_empty() || text.ends_with('.') || !text.chars().all(proper) {
        Some(Fault::ServerNameSpelling)
    } else {
        None
    }
}
