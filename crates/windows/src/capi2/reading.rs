//! What one event of CAPI2 says, taken out of its nested elements.
//!
//! Source: the records themselves; Microsoft documents the calls behind them (wincrypt.h), and not
//! the events.

use alert::Side;
use logs::{Certificate, Stamp};

use super::trust;
use crate::{Record, Value};

/// One event.
#[derive(Default)]
pub(super) struct Reading<'a> {
    /// The certificate that it is about.
    pub(super) leaf: Named<'a>,
    /// The chain, from the certificate that was judged up to the last that was found.
    pub(super) links: Vec<Link<'a>>,
    /// What is wrong with the chain as a whole: bits of [`trust`].
    pub(super) whole: u32,
    pub(super) result: Option<u32>,
    /// The use that it was judged for.
    pub(super) purpose: Purpose,
    /// The name that was asked for.
    pub(super) name: Option<&'a str>,
    /// Nobody asked the network whether the certificates are revoked.
    pub(super) cache_only: bool,
    /// What was fetched.
    pub(super) url: Option<&'a str>,
    pub(super) process: Option<&'a str>,
    /// What the events of one call have in common.
    pub(super) task: Option<&'a str>,
    /// What the events about one chain have in common.
    pub(super) chain: Option<&'a str>,
    /// Certificates that are described, each with its thumbprint.
    pub(super) described: Vec<(&'a str, Certificate)>,
}

/// A certificate as most events name it.
#[derive(Clone, Copy, Default)]
pub(super) struct Named<'a> {
    pub(super) subject: &'a str,
    /// Its SHA-1.
    pub(super) thumbprint: &'a str,
}

/// One certificate of a chain.
#[derive(Default)]
pub(super) struct Link<'a> {
    pub(super) certificate: Named<'a>,
    /// What is wrong with it: bits of [`trust`].
    pub(super) errors: Option<u32>,
}

/// What a certificate is judged for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The event does not tell.
    #[default]
    Unknown,
    /// As the certificate of a server, or of a client, of TLS.
    Tls(Side),
    /// For something else: a signature of code, a mail.
    Other,
}

/// Certificates of a chain that are read; Windows builds no longer ones.
const MAX_LINKS: usize = 32;

/// Certificates of event 90 that are read: those of a chain, and what came with them.
const MAX_DESCRIBED: usize = 64;

/// Bytes of a name that is put together from its parts, and names that a certificate is valid for.
const MAX_NAME: usize = 512;
const MAX_NAMES: usize = 64;

/// The purposes of a certificate in TLS (RFC 5280 §4.2.1.12).
const SERVER_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.2";

/// What WinVerifyTrust calls the judgement of a server's certificate (HTTPSPROV_ACTION).
const HTTPS_ACTION: &str = "{573E31F8-AABA-11D0-8CCB-00C04FC295EE}";

impl<'a> Reading<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        let mut reading = Self::default();
        let mut around = Around::default();
        for (element, attribute, text) in parts(record) {
            match attribute {
                Some(attribute) => reading.attribute(&mut around, &element, &attribute, text),
                None => reading.element(&mut around, element, text),
            }
        }
        if let Some(first) = reading.links.first() {
            reading.leaf = first.certificate;
        }
        reading
    }

    fn element(&mut self, around: &mut Around, element: String, text: &'a str) {
        match &element[..] {
            "chainelement" if self.links.len() < MAX_LINKS => self.links.push(Link::default()),
            "url" => self.url = Some(text).filter(|text| !text.is_empty()),
            "actionid" if !text.eq_ignore_ascii_case(HTTPS_ACTION) => {
                self.purpose = Purpose::Other;
            }
            "actionid" => self.purpose = Purpose::Tls(Side::Server),
            "certificate" => {
                // Of the certificate that follows; what is not described has no parts.
                around.describes = self.described.len() < MAX_DESCRIBED;
                around.is_described = false;
                around.validity = (None, None);
            }
            _ if around.is_described => self.describe(around, &element, text),
            _ => {}
        }
        if matches!(&element[..], "subject" | "issuer" | "extendedkeyusage" | "applicationusage") {
            around.section = element;
        }
    }

    fn attribute(&mut self, around: &mut Around, element: &str, attribute: &str, text: &'a str) {
        match (element, attribute) {
            ("certificate" | "subjectcertificate", "fileref") => {
                let thumbprint = text.split('.').next().unwrap_or_default();
                self.named(|named| &mut named.thumbprint, thumbprint);
                if around.describes {
                    self.described.push((thumbprint, Certificate::default()));
                    around.describes = false;
                    around.is_described = true;
                }
            }
            ("certificate" | "subjectcertificate", "subjectname") => {
                self.named(|named| &mut named.subject, text);
            }
            // A list of revoked certificates has an issuer too.
            (_, "fileref") => around.is_described = false,
            ("errorstatus", "value") => {
                let errors = hexadecimal(text).unwrap_or_default();
                *self.errors() = errors;
            }
            ("errorstatus", flag) if text.eq_ignore_ascii_case("true") => self.flag(flag),
            ("result", "value") => self.result = hexadecimal(text),
            ("policy", "type") => self.judged_by(text),
            ("ssladditionalpolicyinfo", "authtype") => {
                let side =
                    if text.eq_ignore_ascii_case("client") { Side::Client } else { Side::Server };
                self.purpose = Purpose::Tls(side);
            }
            ("ssladditionalpolicyinfo", "servername") => {
                self.name = Some(text).filter(|name| !name.is_empty());
            }
            ("usage", "oid") if around.section == "extendedkeyusage" => self.judged_for(text),
            ("flags", "cert_chain_revocation_check_cache_only") => self.cache_only = true,
            ("eventauxinfo", "processname") => self.process = Some(text),
            ("correlationauxinfo", "taskid") => self.task = Some(text),
            ("certificatechain", "chainref") => self.chain = Some(text),
            _ => {}
        }
    }

    /// Tells the name or the thumbprint of the certificate that has none yet: that of the last link,
    /// or the one that it is all about.
    fn named(
        &mut self,
        part: impl for<'n> Fn(&'n mut Named<'a>) -> &'n mut &'a str,
        text: &'a str,
    ) {
        let named = match self.links.last_mut() {
            Some(link) => &mut link.certificate,
            None => &mut self.leaf,
        };
        let part = part(named);
        if part.is_empty() {
            *part = text;
        }
    }

    /// Where errors go: to the link that has none yet, or to the chain as a whole.
    fn errors(&mut self) -> &mut u32 {
        match self.links.last_mut() {
            Some(Link { errors: errors @ None, .. }) => errors.insert(0),
            _ => &mut self.whole,
        }
    }

    /// A flag by its name, which says the same as the value beside it, where that was read.
    fn flag(&mut self, name: &str) {
        let bit = trust::bit(name);
        match self.links.last_mut() {
            Some(link) => *link.errors.get_or_insert(0) |= bit,
            None => self.whole |= bit,
        }
    }

    /// A policy says what a certificate is judged for, unless it is the one for everything.
    fn judged_by(&mut self, policy: &str) {
        match (policy, self.purpose) {
            ("CERT_CHAIN_POLICY_SSL", Purpose::Tls(_)) | ("CERT_CHAIN_POLICY_BASE", _) => {}
            ("CERT_CHAIN_POLICY_SSL", _) => self.purpose = Purpose::Tls(Side::Server),
            // Smart cards and certificates of stations are judged by it, for whatever they do.
            ("CERT_CHAIN_POLICY_NT_AUTH", _) => self.purpose = Purpose::Tls(Side::Client),
            _ => self.purpose = Purpose::Other,
        }
    }

    /// The purposes that were asked for: one of TLS among them is what counts.
    fn judged_for(&mut self, purpose: &str) {
        match (purpose, self.purpose) {
            (SERVER_AUTHENTICATION, _) => self.purpose = Purpose::Tls(Side::Server),
            (_, Purpose::Tls(_)) => {}
            (CLIENT_AUTHENTICATION, _) => self.purpose = Purpose::Tls(Side::Client),
            _ => self.purpose = Purpose::Other,
        }
    }

    /// What event 90 says of a certificate.
    fn describe(&mut self, around: &mut Around, element: &str, text: &str) {
        let Some((_, certificate)) = self.described.last_mut() else { return };
        let seconds = || {
            let stamp = Stamp::of_field(text.as_bytes(), None)?;
            Some(stamp.nanoseconds.div_euclid(1_000_000_000))
        };
        match element {
            "cn" | "o" | "ou" | "l" | "s" | "c" | "dc" | "e" => {
                let name = match &around.section[..] {
                    "subject" => &mut certificate.subject,
                    "issuer" => &mut certificate.issuer,
                    _ => return,
                };
                if name.len() + text.len() < MAX_NAME {
                    let comma = if name.is_empty() { "" } else { ", " };
                    *name += &format!("{comma}{}={text}", element.to_ascii_uppercase());
                }
            }
            // Names may have a serial number as well, that of whom they name.
            "serialnumber" => {
                let is_own = around.section == "issuer" || certificate.serial.is_empty();
                if is_own && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    text.clone_into(&mut certificate.serial);
                }
            }
            "notbefore" => around.validity.0 = seconds(),
            "notafter" => around.validity.1 = seconds(),
            "dnsname" | "ipaddress" if certificate.names.len() < MAX_NAMES => {
                certificate.names.push(text.to_owned());
            }
            _ => {}
        }
        if matches!(element, "notbefore" | "notafter") {
            certificate.validity = around.validity.0.zip(around.validity.1);
            around.section.clear();
        }
    }
}

/// What the fields in front of one say about where it stands.
#[derive(Default)]
struct Around {
    /// The last element that gives its parts a meaning.
    section: String,
    /// The next thumbprint begins a description.
    describes: bool,
    /// What follows describes the last certificate.
    is_described: bool,
    /// From when and until when it is valid.
    validity: (Option<i64>, Option<i64>),
}

/// The fields as elements and attributes, both in lower case, with their texts.
fn parts(record: &Record) -> impl Iterator<Item = (String, Option<String>, &str)> {
    let mut element = String::new();
    record.fields.iter().filter_map(move |field| {
        let name = unnumbered(field.name.as_deref()?);
        let Value::Text(text) = &field.value else { return None };
        let attribute = match name.split_once('.') {
            Some((of, attribute)) => {
                element = unnumbered(of).to_ascii_lowercase();
                Some(attribute.to_ascii_lowercase())
            }
            None if is_attribute(name) => Some(name.to_ascii_lowercase()),
            None => {
                element = name.to_ascii_lowercase();
                None
            }
        };
        Some((element.clone(), attribute, text.trim()))
    })
}

/// The name of an element that a form of JSON numbers, because an object has each name once:
/// `ChainElement_1`.
fn unnumbered(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((name, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    }
}

/// Whether a name that nothing marks is that of an attribute. Elements of CAPI2 begin with a capital
/// letter; attributes with a small one, or they are flags, or one of two.
fn is_attribute(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        || name.contains('_')
        || matches!(name, "ProcessName" | "TaskId" | "SeqNumber")
}

/// Numbers of CAPI2 are hexadecimal, and nothing says so.
fn hexadecimal(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    u32::from_str_radix(digits, 16).ok()
}
