//! What makes the difference between a failure and a success: the control group.
//!
//! Of all handshakes that the same server completed, with the same client or with others, the one
//! that is most like the failure is looked for. Where the two differ in one field, that field is the
//! proof of a cause that lies in it, if the refusal itself speaks for that cause as well. Where a
//! success has the same value in a field, no cause that lies there is the reason.

use trace::{Outcome, Side};
use wire::DistinguishedName;

use crate::accepted::shape;
use crate::field::{Field, Fields, is_near};
use crate::rules::short;
use crate::success::Success;
use crate::{Case, Confidence, Finding};

mod words;

/// How a failure differs from the success that is most like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The one field in which they differ; `None` where they do not differ at all.
    pub field: Option<Field>,
    /// What the failure has there: a few words without a verb.
    pub here: String,
    /// What the successes have there, likewise.
    pub there: String,
    /// The frame of the ClientHello of that success.
    pub frame: u64,
    /// How many handshakes succeed like this.
    pub successes: u64,
    /// Whether they are the same client's: of the same address, and with a hello of the same shape.
    pub same_client: bool,
    /// Whether they come from the same address.
    pub same_address: bool,
    /// Whether the server is another: then it may make the difference itself.
    pub other_server: bool,
}

/// The label of the evidence that the control group gives.
pub const CONTROL: &str = "control";

/// Causes by the fields that they lie in. A cause that lies in two is proved by a difference in
/// either, and refuted only by a success that has the same in both.
const LIES_IN: &[(&str, &[Field])] = &[
    ("client-max-version-below-server-min", &[Field::Versions]),
    ("client-min-version-above-server-max", &[Field::Versions]),
    ("version-intolerant-middlebox", &[Field::Versions]),
    ("no-shared-cipher", &[Field::CipherSuites]),
    ("no-shared-group", &[Field::Groups, Field::KeyShares]),
    ("sigalg-no-overlap", &[Field::SignatureAlgorithms]),
    ("server-cert-type-mismatch", &[Field::CipherSuites, Field::SignatureAlgorithms]),
    ("sni-missing", &[Field::ServerName]),
    ("sni-unknown", &[Field::ServerName]),
    ("sni-invalid-syntax", &[Field::ServerName]),
    ("sni-filter-rst", &[Field::ServerName]),
    ("alpn-no-overlap", &[Field::Alpn]),
    ("alpn-not-selected", &[Field::Alpn]),
    ("fallback-scsv", &[Field::FallbackScsv]),
    ("ems-required-fips", &[Field::ExtendedMasterSecret]),
    ("pq-clienthello-split", &[Field::Size, Field::KeyShares, Field::Groups]),
    ("session-id-context-uninitialized", &[Field::Resumption]),
    ("post-handshake-auth-unsupported", &[Field::PostHandshakeAuth]),
    ("client-cert-missing", &[Field::ClientCertificate]),
    ("client-cert-not-selected", &[Field::ClientCertificate]),
    ("hidden-client-certificate", &[Field::ClientCertificate, Field::ClientIssuer]),
];

/// Causes, each with further fields whose change mends it, though none of them is its proof: without
/// TLS 1.3 no group is offered that withstands quantum computers, and the hello is short.
const MENDED_BY: &[(&str, &[Field])] = &[
    ("pq-clienthello-split", &[Field::Versions]),
    ("pq-group-blocked-by-ips", &[Field::Groups, Field::KeyShares, Field::Size, Field::Versions]),
];

/// Causes that lie in the certificate which the server shows, or in what its client trusts: no
/// other offer mends them.
const OF_SERVER_CERTIFICATE: &[&str] = &[
    "cert-bad-signature",
    "chain-sigalg-not-offered",
    "clock-skew",
    "crl-expired",
    "crl-missing",
    "expired-chain-member",
    "expired-leaf",
    "hidden-server-certificate",
    "hostname-mismatch",
    "issuer-not-a-ca",
    "key-cert-mismatch",
    "key-usage-mismatch",
    "missing-intermediate",
    "name-constraint-violated",
    "not-yet-valid",
    "ocsp-must-staple-missing",
    "path-length-exceeded",
    "pinning",
    "platform-cert-policy",
    "revocation-unreachable",
    "revoked",
    "rsa-1024-rejected",
    "san-missing",
    "self-signed-server",
    "sha1-signature-rejected",
    "tls-interception-untrusted",
    "untrusted-root",
    "wrong-eku-server",
    "x509-strict",
];

/// Causes that lie in the certificate which the client shows.
const OF_CLIENT_CERTIFICATE: &[&str] = &[
    "client-cert-expired",
    "client-cert-not-mapped",
    "client-cert-policy-denied",
    "client-cert-wrong-eku",
    "missing-client-intermediate",
    "server-does-not-trust-client-ca",
];

/// Whether a change in a field may mend a cause.
pub(crate) fn is_of(finding: &Finding, field: Field) -> bool {
    let slug = finding.cause.slug;
    let mut known = LIES_IN.iter().chain(MENDED_BY);
    known.any(|(cause, fields)| *cause == slug && fields.contains(&field))
}

/// Whether a finding is one about the certificate of the server.
pub(crate) fn is_of_server_certificate(finding: &Finding) -> bool {
    OF_SERVER_CERTIFICATE.contains(&finding.cause.slug) && finding.refused_by != Some(Side::Server)
}

/// Whether a finding is one about the certificate of the client.
fn is_of_client_certificate(finding: &Finding) -> bool {
    let slug = finding.cause.slug;
    OF_CLIENT_CERTIFICATE.contains(&slug)
        || (OF_SERVER_CERTIFICATE.contains(&slug) && finding.refused_by == Some(Side::Server))
}

/// Lets the control group speak: raises what it proves, lowers or drops what it refutes, and adds
/// it to the evidence.
pub(crate) fn weigh(case: &Case<'_>, findings: &mut Vec<Finding>) {
    if findings.is_empty() {
        return;
    }
    let Some(mine) = case.fields() else { return };
    findings.retain_mut(|finding| {
        let refuted = lies_in(finding).is_some_and(|fields| is_refuted(case, mine, fields));
        match finding.confidence {
            _ if !refuted => {}
            // What the bytes prove stays proved.
            Confidence::Certain => {}
            Confidence::Likely => finding.confidence = Confidence::Possible,
            Confidence::Possible => return false,
        }
        true
    });
    let Some(difference) = case.difference().filter(|it| !it.other_server) else { return };
    let Some(field) = difference.field else { return };
    let lies = |finding: &Finding| lies_in(finding).is_some_and(|fields| fields.contains(&field));
    let best = findings.iter().filter(|it| lies(it)).map(|it| it.confidence).min();
    let alone = findings.iter().filter(|it| lies(it) && Some(it.confidence) == best).count() == 1;
    // Who leaves without a word may have another reason each time.
    let spoke = |side| case.alert_from(side).is_some() || case.likely_refused_by(side);
    for finding in findings.iter_mut().filter(|it| lies(it)) {
        let is_best = alone && Some(finding.confidence) == best;
        finding.confidence = match finding.confidence {
            Confidence::Likely if is_best && finding.refused_by.is_some_and(spoke) => {
                finding.tell = "";
                Confidence::Certain
            }
            Confidence::Possible if is_best => Confidence::Likely,
            confidence => confidence,
        };
        difference.tell(finding);
    }
}

/// Adds the control group to what explains a failure best, where no finding lies in the field that
/// makes the difference.
pub(crate) fn told(case: &Case<'_>, findings: &mut [Finding]) {
    if findings.iter().any(|finding| finding.evidence.iter().any(|it| it.label == CONTROL)) {
        return;
    }
    let Some(best) = findings.first_mut().filter(|it| it.confidence != Confidence::Certain) else {
        return;
    };
    let others = case.server().map_or(0, |server| server.established);
    match case.difference().filter(|difference| difference.may_explain(best)) {
        Some(difference) => difference.tell(best),
        None if is_of_client_certificate(best) && case.shown_instead().is_some() => {
            if let Some((frame, says)) = case.shown_instead() {
                best.add(CONTROL, Some(frame), says);
            }
        }
        None if others == 0 || case.fields().is_none() => {}
        None => {
            let says = match others {
                1 => "another succeeds on this server".to_owned(),
                n => format!("{} others succeed on this server", grouped(n)),
            };
            best.add(CONTROL, None, says);
        }
    }
}

impl Difference {
    /// Whether what differs may be the reason that was found. Where a cause lies in no field of the
    /// table, any may.
    pub(crate) fn may_explain(&self, finding: &Finding) -> bool {
        let Some(field) = self.field else { return true };
        let certificate = matches!(field, Field::Certificate | Field::ServerName);
        let shown = matches!(field, Field::ClientCertificate | Field::ClientIssuer);
        match LIES_IN.iter().find(|(cause, _)| *cause == finding.cause.slug) {
            Some(_) => is_of(finding, field),
            None if is_of_client_certificate(finding) => shown,
            None => certificate || !is_of_server_certificate(finding),
        }
    }

    /// The sentence, for so many failures that have this in common: `3 870 others succeed with TLS
    /// 1.2; these 14 have TLS 1.1 at most`.
    #[must_use]
    pub fn says(&self, failures: u64) -> String {
        let times = match self.successes {
            1 => String::new(),
            n => format!(" {} times", grouped(n)),
        };
        let place = if self.other_server { " at other servers" } else { "" };
        let who = match (self.same_client, self.successes) {
            (true, _) if failures > 1 => format!("at other times they succeed{place}"),
            (true, _) => format!("the same client succeeds{place}{times}"),
            (false, 1) if self.same_address => "another at the same address succeeds".to_owned(),
            (false, n) if self.same_address => {
                format!("others at the same address succeed {} times", grouped(n))
            }
            (false, 1) => "another succeeds on this server".to_owned(),
            (false, n) => format!("{} others succeed on this server", grouped(n)),
        };
        let these = match failures {
            1 => "this one has".to_owned(),
            n => format!("these {} have", grouped(n)),
        };
        match self.field {
            None if failures > 1 || self.other_server || !self.same_client => {
                format!("{who} with the same offer")
            }
            None => format!("{who} at other times with the same offer"),
            Some(_) => format!("{who} with {}; {these} {}", self.there, self.here),
        }
    }

    /// Whether another failure differs from others in the same way.
    #[must_use]
    pub fn is_like(&self, other: Option<&Self>) -> bool {
        let of = |it: &Self| (it.field, it.same_client, it.same_address, it.other_server);
        other.is_some_and(|it| of(self) == of(it) && self.here == it.here && self.there == it.there)
    }

    /// Adds it to a finding, in the place of what the rule itself saw of the control group.
    fn tell(&self, finding: &mut Finding) {
        finding.evidence.retain(|evidence| evidence.label != CONTROL);
        finding.add(CONTROL, Some(self.frame), self.says(1));
    }
}

impl Case<'_> {
    /// What the session is compared by; `None` for one that went well, or without a whole hello.
    pub(crate) fn fields(&self) -> Option<&Fields> {
        let cell = self.fields.get_or_init(|| {
            let session = self.session;
            let failed = match session.outcome {
                Outcome::Established => self.glance.left_at_once,
                Outcome::NotTls | Outcome::OneSided(_) | Outcome::Truncated => false,
                _ => true,
            };
            failed.then(|| Fields::of(&self.glance)).flatten()
        });
        cell.as_ref()
    }

    /// How it differs from the success that is most like it, if in one field at most.
    pub(crate) fn difference(&self) -> Option<&Difference> {
        let search = || self.here().or_else(|| self.elsewhere());
        self.difference.get_or_init(search).as_ref()
    }

    /// The success on the same server that is most like this.
    fn here(&self) -> Option<Difference> {
        let (mine, server) = (self.fields()?, self.server()?);
        let front = mine.front();
        let fronts = server.fronts.iter().zip(&server.successes);
        let close = fronts.filter(|(theirs, _)| is_near(&front, theirs));
        let like = close.map(|(_, it)| (mine.differing(&it.fields), it));
        let near: Vec<_> = like.filter(|(set, _)| set.count() <= 1).collect();
        if near.is_empty() {
            return None;
        }
        let own: Vec<_> = self
            .contrast
            .met(self.session.client.host())
            .iter()
            .filter_map(|met| {
                let (success, here) = self.contrast.success(met, self.session)?;
                here.then_some((success.frame, met))
            })
            .collect();
        let met = |success: &Success| own.iter().find(|(frame, _)| *frame == success.frame);
        let (set, success) =
            near.into_iter().min_by_key(|(set, it)| (set.count(), met(it).is_none(), it.frame))?;
        let field = set.single();
        let same_address = met(success).is_some();
        // Behind one address there may be many programs.
        let same_client = same_address && self.is_of_shape(success);
        // What was shown and stays hidden may be the difference.
        if field.is_none() && mine.hides_certificate() {
            return None;
        }
        // All that have there what the success has, or for no difference all that are like this.
        let counts = |it: &Success| match field {
            Some(field) => it.fields.agree(&success.fields, field),
            None => mine.differing(&it.fields).is_empty(),
        };
        let successes = match same_address {
            true => {
                let all = self.contrast.met(self.session.client.host()).iter();
                let like = all.filter(|met| {
                    let success = self.contrast.success(met, self.session);
                    success.is_some_and(|(success, here)| here && counts(success))
                });
                like.map(|met| met.count).sum()
            }
            false => server.successes.iter().filter(|it| counts(it)).map(|it| it.count).sum(),
        };
        if field
            .is_some_and(|field| server.successes.iter().any(|it| mine.agree(&it.fields, field)))
        {
            return None;
        }
        let (there, here) = match field {
            Some(field) => self.words(field, success)?,
            None => Default::default(),
        };
        let frame = met(success).map_or(success.frame, |(_, met)| met.frame());
        Some(Difference {
            field,
            here,
            there,
            frame,
            successes,
            same_client,
            same_address,
            other_server: false,
        })
    }

    /// Whether a success has a hello of the same shape: then it is of the same program.
    fn is_of_shape(&self, success: &Success) -> bool {
        let mine = self.client_hello.as_ref().map(|hello| shape(&hello.what));
        mine == Some(shape(&success.hello()))
    }

    /// The certificate of a client that the same server accepts, where this client's was refused:
    /// the frame of its ClientHello, and what makes the difference.
    fn shown_instead(&self) -> Option<(u64, String)> {
        let mine = self.client_leaf()?.issuer();
        let server = self.server()?;
        let shown = server.successes.iter().filter_map(|it| Some((it, it.issuer.as_deref()?)));
        let (success, issuer) = shown.min_by_key(|(it, issuer)| (*issuer == mine.0, it.frame))?;
        let theirs = short(&DistinguishedName(issuer));
        let says = match issuer == mine.0 {
            true => format!("another certificate of {theirs} is accepted on this server"),
            false => format!(
                "a client certificate of {theirs} is accepted on this server; this one is of {}",
                short(&mine)
            ),
        };
        Some((success.frame, says))
    }

    /// A success of the same client with the same offer at other servers, where this one is not
    /// known to have served anybody: the client's offer is one that servers take.
    fn elsewhere(&self) -> Option<Difference> {
        let mine = self.fields()?;
        if self.refuser() != Some(Side::Server)
            || self.server().is_some_and(|it| it.established > 0)
        {
            return None;
        }
        let like: Vec<_> = self
            .contrast
            .met(self.session.client.host())
            .iter()
            .filter_map(|met| {
                let (success, here) = self.contrast.success(met, self.session)?;
                let mut set = mine.differing(&success.fields);
                set.remove(Field::ServerName);
                let same = set.is_empty() || set.single() == Some(Field::Certificate);
                (!here && same).then_some((success.frame, met.count))
            })
            .collect();
        Some(Difference {
            field: None,
            here: String::new(),
            there: String::new(),
            frame: like.iter().map(|(frame, _)| *frame).min()?,
            successes: like.iter().map(|(_, count)| count).sum(),
            same_client: true,
            same_address: true,
            other_server: true,
        })
    }
}

/// The fields that a cause lies in.
fn lies_in(finding: &Finding) -> Option<&'static [Field]> {
    // What a client insists on is not in its hello: others that offer the same may do without.
    let by_client = finding.refused_by == Some(Side::Client);
    let slug = finding.cause.slug;
    LIES_IN.iter().find(|(cause, _)| *cause == slug && !by_client).map(|(_, fields)| *fields)
}

/// Whether a success on the same server, for the same name, has the same in all of these fields.
fn is_refuted(case: &Case<'_>, mine: &Fields, fields: &[Field]) -> bool {
    let Some(server) = case.server() else { return false };
    // The name is the first part of all.
    let [name, ..] = mine.front();
    let named = server.fronts.iter().zip(&server.successes).filter(|([it, ..], _)| *it == name);
    named.map(|(_, it)| it).any(|it| fields.iter().all(|field| mine.agree(&it.fields, *field)))
}

/// A number with a space before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let letters = digits.chars().enumerate();
    letters.fold(String::new(), |mut text, (at, digit)| {
        if at > 0 && at % 3 == first {
            text.push(' ');
        }
        text.push(digit);
        text
    })
}

#[cfg(test)]
mod tests;
