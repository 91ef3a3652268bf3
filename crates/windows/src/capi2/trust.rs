//! What Windows finds wrong with a chain: the bits of `CERT_TRUST_STATUS`.
//!
//! Source: wincrypt.h, and Microsoft's page on `CERT_TRUST_STATUS`.

use alert::Side;
use logs::{Sure, Suspect};

use Sure::{Certain, Likely, Possible};

/// One bit.
struct Flag {
    bit: u32,
    /// Its name behind `CERT_TRUST_`.
    name: &'static str,
    /// What it says of a certificate: fits behind its name and a colon.
    says: &'static str,
    /// What a server did wrong, as its client sees it, and what a client did wrong.
    of_server: &'static [(&'static str, Sure)],
    of_client: &'static [(&'static str, Sure)],
}

/// Nobody knows whether the certificate is revoked, and nobody was reached who does.
pub(super) const REVOCATION: u32 = 0x40 | 0x0100_0000;

/// A certificate is not within its period of validity.
pub(super) const NOT_TIME_VALID: u32 = 0x1;
const UNTRUSTED_ROOT: u32 = 0x20;

/// Writes the table: bit, name, what it says, and the causes on either side.
macro_rules! flags {
    ($($bit:literal $name:literal $says:literal
        [$($server:literal $surely:ident),*] [$($client:literal $sure:ident),*];)+) => {
        &[$(Flag {
            bit: $bit,
            name: $name,
            says: $says,
            of_server: &[$(($server, $surely)),*],
            of_client: &[$(($client, $sure)),*],
        }),+]
    };
}

/// The bits, the worst first.
const FLAGS: &[Flag] = flags! {
    0x4 "IS_REVOKED" "revoked"
        ["revoked" Certain] ["revoked" Certain];
    0x0400_0000 "IS_EXPLICIT_DISTRUST" "among the certificates that this machine is told to distrust"
        ["untrusted-root" Likely] ["server-does-not-trust-client-ca" Likely];
    0x8 "IS_NOT_SIGNATURE_VALID" "its signature does not verify"
        ["cert-bad-signature" Likely] ["cert-bad-signature" Likely];
    0x20 "IS_UNTRUSTED_ROOT" "a root that this machine does not trust"
        ["untrusted-root" Likely, "tls-interception-untrusted" Possible]
        ["server-does-not-trust-client-ca" Likely];
    0x0001_0000 "IS_PARTIAL_CHAIN" "its issuer was not found"
        ["missing-intermediate" Likely, "untrusted-root" Possible]
        ["missing-client-intermediate" Likely, "server-does-not-trust-client-ca" Possible];
    0x1 "IS_NOT_TIME_VALID" "not within its period of validity"
        ["expired-leaf" Likely, "clock-skew" Possible, "not-yet-valid" Possible]
        ["client-cert-expired" Likely, "clock-skew" Possible];
    0x10 "IS_NOT_VALID_FOR_USAGE" "not meant for this use"
        ["wrong-eku-server" Likely] ["client-cert-wrong-eku" Likely];
    0x400 "INVALID_BASIC_CONSTRAINTS" "not allowed to issue certificates, or not so many in a row"
        ["issuer-not-a-ca" Likely] ["issuer-not-a-ca" Likely];
    0x4000 "HAS_NOT_PERMITTED_NAME_CONSTRAINT" "a name that its issuers may not certify"
        ["x509-strict" Possible] ["x509-strict" Possible];
    0x8000 "HAS_EXCLUDED_NAME_CONSTRAINT" "a name that its issuers are forbidden to certify"
        ["x509-strict" Possible] ["x509-strict" Possible];
    0x800 "INVALID_NAME_CONSTRAINTS" "its issuers' limits on names cannot be read"
        ["x509-strict" Possible] ["x509-strict" Possible];
    0x1000 "HAS_NOT_SUPPORTED_NAME_CONSTRAINT" "its issuers limit names in a way that Windows does not know"
        ["x509-strict" Possible] ["x509-strict" Possible];
    0x2000 "HAS_NOT_DEFINED_NAME_CONSTRAINT" "its issuers' limits on names say nothing of such a name"
        ["x509-strict" Possible] ["x509-strict" Possible];
    0x0800_0000 "HAS_NOT_SUPPORTED_CRITICAL_EXT" "has a critical extension that Windows does not know"
        ["x509-strict" Likely] ["x509-strict" Likely];
    0x100 "INVALID_EXTENSION" "has an extension that cannot be read"
        ["x509-strict" Likely] ["x509-strict" Likely];
    0x200 "INVALID_POLICY_CONSTRAINTS" "its policies contradict those of its issuers" [] [];
    0x0200_0000 "NO_ISSUANCE_CHAIN_POLICY" "no policy that all its issuers have" [] [];
    0x0010_0000 "HAS_WEAK_SIGNATURE" "signed with a hash or a key that is too weak here"
        ["sha1-signature-rejected" Likely, "rsa-1024-rejected" Possible]
        ["sha1-signature-rejected" Likely];
    0x0020_0000 "HAS_WEAK_HYGIENE" "too weak for the use of this machine"
        ["sha1-signature-rejected" Possible] ["sha1-signature-rejected" Possible];
    0x2 "IS_NOT_TIME_NESTED" "its period of validity is not within that of its issuer" [] [];
    0x80 "IS_CYCLIC" "certificates that have issued one another" [] [];
    0x0002_0000 "CTL_IS_NOT_TIME_VALID" "the list of trusted certificates is too old" [] [];
    0x0004_0000 "CTL_IS_NOT_SIGNATURE_VALID" "the signature of the list of trusted certificates does not verify" [] [];
    0x0008_0000 "CTL_IS_NOT_VALID_FOR_USAGE" "the list of trusted certificates is not for this use" [] [];
    0x0100_0000 "IS_OFFLINE_REVOCATION" "nobody was reached who knows whether it is revoked"
        ["revocation-unreachable" Likely] ["revocation-unreachable" Likely];
    0x40 "REVOCATION_STATUS_UNKNOWN" "not known whether it is revoked"
        ["revocation-unreachable" Likely] ["revocation-unreachable" Likely];
};

/// The causes that these events point at.
pub(super) fn causes() -> impl Iterator<Item = &'static str> {
    let of_flags = FLAGS.iter().flat_map(|flag| flag.of_server.iter().chain(flag.of_client));
    of_flags.map(|(cause, _)| *cause).chain([CHAIN_MEMBER, SELF_SIGNED])
}

const CHAIN_MEMBER: &str = "expired-chain-member";
const SELF_SIGNED: &str = "self-signed-server";

/// The bit of a flag by its name, in whatever case; 0 for a name that is none.
pub(super) fn bit(name: &str) -> u32 {
    let is_own = |flag: &&Flag| {
        let (front, rest) = name.split_at_checked("CERT_TRUST_".len()).unwrap_or_default();
        front.eq_ignore_ascii_case("CERT_TRUST_") && rest.eq_ignore_ascii_case(flag.name)
    };
    FLAGS.iter().find(is_own).map_or(0, |flag| flag.bit)
}

/// The flags, those first that a result is about: of several faults Windows names one.
fn flags(result: u32) -> impl Iterator<Item = &'static Flag> {
    let decisive = DECISIVE.iter().find(|(code, _)| *code == result).map_or(0, |(_, bits)| *bits);
    let first = FLAGS.iter().filter(move |flag| decisive & flag.bit != 0);
    first.chain(FLAGS.iter().filter(move |flag| decisive & flag.bit == 0))
}

/// Which bits stand behind which result (winerror.h).
const DECISIVE: &[(u32, u32)] = &[
    (0x8009_2010, 0x4),
    (0x8009_2012, REVOCATION),
    (0x8009_2013, REVOCATION),
    (0x8009_6004, 0x8),
    (0x8009_6019, 0x400),
    (0x800B_0101, NOT_TIME_VALID),
    (0x800B_0109, UNTRUSTED_ROOT),
    (0x800B_010A, 0x1_0000),
    (0x800B_010C, 0x4),
    (0x800B_010E, REVOCATION),
    (0x800B_0110, 0x10),
    (0x800B_0111, 0x0400_0000),
];

/// What is wrong, that first which the result is about, then the worst. `links` are the errors of each certificate and its name, from the
/// one that was judged upwards; `whole` those of the chain.
pub(super) fn faults(links: &[(String, u32)], whole: u32, result: u32) -> Vec<String> {
    let told = flags(result).filter_map(|flag| {
        // That nobody was reached says why it is not known.
        if flag.bit == 0x40 && all(links, whole) & REVOCATION == REVOCATION {
            return None;
        }
        match links.iter().find(|(_, errors)| errors & flag.bit != 0) {
            Some((name, _)) if !name.is_empty() => Some(format!("{name}: {}", flag.says)),
            Some(_) => Some(flag.says.to_owned()),
            None => (whole & flag.bit != 0).then(|| flag.says.to_owned()),
        }
    });
    told.collect()
}

/// The causes behind it, where the certificate was shown by this side.
pub(super) fn suspects(
    links: &[(String, u32)],
    whole: u32,
    result: u32,
    side: Side,
) -> Vec<Suspect> {
    let mut suspects: Vec<Suspect> = Vec::new();
    for flag in flags(result).filter(|flag| all(links, whole) & flag.bit != 0) {
        let place = links.iter().position(|(_, errors)| errors & flag.bit != 0);
        let of_side = match side {
            Side::Server => flag.of_server,
            Side::Client => flag.of_client,
        };
        let causes: &[(&'static str, Sure)] = match (flag.bit, place) {
            (NOT_TIME_VALID, Some(1..)) => &[(CHAIN_MEMBER, Likely), ("clock-skew", Possible)],
            (UNTRUSTED_ROOT, Some(0)) if side == Side::Server => &[(SELF_SIGNED, Likely)],
            _ => of_side,
        };
        for (cause, sure) in causes {
            if suspects.iter().all(|suspect| suspect.cause != *cause) {
                suspects.push(Suspect { cause, sure: *sure });
            }
        }
    }
    suspects.sort_by_key(|suspect| suspect.sure);
    suspects
}

/// All bits that are set anywhere.
pub(super) fn all(links: &[(String, u32)], whole: u32) -> u32 {
    links.iter().fold(whole, |all, (_, errors)| all | errors)
}

/// The causes behind a result by itself, where the certificate was shown by this side.
pub(crate) fn by_result(result: u32, side: Side) -> Vec<Suspect> {
    let spelled = logs::spelled(&format!("0x{result:08X}"));
    let causes =
        spelled.and_then(|spelled| spelled.refusal).map_or(&[][..], |refusal| refusal.causes);
    let fits = |suspect: &&Suspect| match side {
        Side::Server => !OF_CLIENT.contains(&suspect.cause),
        Side::Client => !OF_SERVER.contains(&suspect.cause),
    };
    causes.iter().filter(fits).copied().collect()
}

/// Causes that only a client's certificate has, and only a server's.
const OF_CLIENT: &[&str] = &[
    "client-cert-expired",
    "client-cert-missing",
    "client-cert-wrong-eku",
    "missing-client-intermediate",
    "server-does-not-trust-client-ca",
];
const OF_SERVER: &[&str] = &[
    "expired-leaf",
    "hostname-mismatch",
    "missing-intermediate",
    "not-yet-valid",
    "self-signed-server",
    "sni-missing",
    "sni-unknown",
    "tls-interception-untrusted",
    "untrusted-root",
    "wrong-eku-server",
];
