//! The station and the server find no EAP method that both take.

use trace::{Outcome, Side};

use crate::{Case, Cause, Confidence, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "eap-method-refused",
    because: "an EAP method that the station is not set up for",
    page: include_str!("eap-method-refused.md"),
    judge,
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let access = case.access()?;
    let nak = access.refusal.as_ref()?;
    let tls = nak.method.carries_tls() || nak.wanted.iter().any(|method| method.carries_tls());
    if case.session.outcome != Outcome::NotTls || !tls || access.is_granted() {
        return None;
    }
    let confidence = if access.is_denied() { Confidence::Certain } else { Confidence::Likely };
    let wanted: Vec<String> = nak.wanted.iter().map(ToString::to_string).collect();
    let wants = match wanted.len() {
        0 => "nothing that the server could offer instead".to_owned(),
        _ => format!("{} instead", wanted.join(" or ")),
    };
    let finding = Finding::new(&CAUSE, confidence, Some(Side::Client))
        .fact("server offers", nak.method.to_string())
        .frame("client wants", nak.frame, wants);
    let finding = match access.verdict {
        Some(verdict) => finding.frame("server sends", verdict.frame, verdict.name()),
        None => finding.fact("server sends", "no other offer"),
    };
    // Where the server denied access, nothing is left to be settled.
    Some(match confidence {
        Confidence::Certain => finding,
        _ => finding.tell("the station's profile and the server's policy must share a method"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::story::Story;
    use super::*;
    use trace::{Access, Nak, Verdict};
    use wire::{EapMethod, Time};

    fn judge(method: EapMethod, wanted: EapMethod, denied: bool) -> Vec<Finding> {
        let verdict = Verdict { granted: !denied, radius: true, frame: 9, time: Time(0) };
        let access = Access {
            method: Some(method),
            refusal: Some(Nak { frame: 5, method, wanted: vec![wanted] }),
            verdict: Some(verdict),
            ..Access::default()
        };
        let story = Story::new().ends(Outcome::NotTls);
        story.with(|session| session.access = Some(access.into())).judge()
    }

    /// Who wants another method and is denied has none in common with the server; a method without
    /// TLS is no concern of ours, and one that was agreed upon in the end no failure.
    #[test]
    fn a_refused_method_is_found() {
        let found = judge(EapMethod::TLS, EapMethod::PEAP, true);
        assert_eq!((found[0].cause.slug, found[0].confidence), (CAUSE.slug, Confidence::Certain));
        assert!(found[0].evidence.iter().any(|fact| fact.says == "PEAP instead"));
        assert!(judge(EapMethod::TLS, EapMethod::PEAP, false).is_empty());
        assert!(judge(EapMethod(4), EapMethod(26), true).is_empty());
    }
}
