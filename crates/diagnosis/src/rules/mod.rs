//! The causes, in the order in which they are asked: what the first bytes prove comes before what
//! the end suggests. Among findings of equal confidence the earlier cause wins.
//!
//! To add a cause: one file here, one page beside it, one `mod` line and one line in [`CAUSES`].

use crate::{Case, Cause, Finding, difference};

mod alpn_no_overlap;
mod alpn_not_selected;
mod answer;
mod backend_down_behind_lb;
mod cert_bad_signature;
mod chain;
mod chain_sigalg_not_offered;
mod client_cert_expired;
mod client_cert_missing;
mod client_cert_not_mapped;
mod client_cert_not_selected;
mod client_cert_policy_denied;
mod client_cert_wrong_eku;
mod client_left_after_handshake;
mod client_max_version_below_server_min;
mod client_min_version_above_server_max;
mod clock_skew;
mod close;
mod close_notify_during_handshake;
mod crl_expired;
mod crl_missing;
mod denial;
mod dhe_leading_zero;
mod dtls_cookie_loop;
mod eap_access_denied;
mod eap_fragment_loss;
mod eap_inner_authentication_refused;
mod eap_method_refused;
mod eap_mppe_prf_bug;
mod eap_station_silent;
mod ech_rejected;
mod ems_required_fips;
mod eof_without_close_notify;
mod expired_chain_member;
mod expired_leaf;
mod fallback_scsv;
mod health_probe_eof;
mod hello;
mod hidden_client_certificate;
mod hidden_server_certificate;
mod hostname_mismatch;
mod hsm_bad_signature;
mod issuer_list_too_long;
mod issuer_not_a_ca;
mod key;
mod key_cert_mismatch;
mod key_usage_mismatch;
mod label;
mod lb_or_server_rst;
mod legacy_renegotiation_peer;
mod malformed_clienthello;
mod middlebox_corruption;
mod missing_client_intermediate;
mod missing_intermediate;
mod name_constraint_violated;
mod no_protocol_enabled_locally;
mod no_shared_cipher;
mod no_shared_group;
mod non_root_in_root_store;
mod nonstandard_dh_group;
mod not_yet_valid;
mod ocsp_must_staple_missing;
mod path_length_exceeded;
mod pinning;
mod plaintext_http_on_tls_port;
mod platform_cert_policy;
mod pmtu_blackhole;
mod port;
mod post_handshake_auth_unsupported;
mod pq_clienthello_split;
mod pq_group_blocked_by_ips;
mod private_key_permission;
mod proof;
mod protocol;
mod proxy_connect_error;
mod proxy_protocol_mismatch;
mod psk_identity_unknown;
mod psk_wrong_secret;
mod quic_transport_error;
mod quic_transport_parameters_missing;
mod quic_version_mismatch;
mod rdp_negotiation_failure;
mod refusal;
mod renegotiation_for_client_cert;
mod renegotiation_refused;
mod revocation_unreachable;
mod revoked;
mod rivals;
mod rsa_1024_rejected;
mod san_missing;
mod scanner_noise;
mod schannel_keyspec;
mod self_signed_server;
mod server_cert_type_mismatch;
mod server_does_not_trust_client_ca;
mod server_has_no_usable_certificate;
mod server_internal_error;
mod session_id_context_uninitialized;
mod sha1_signature_rejected;
mod shared_connection_fork_or_thread;
mod sigalg_ext_missing;
mod sigalg_no_overlap;
mod silence;
mod silent_drop;
mod silent_server;
mod sni_filter_rst;
mod sni_invalid_syntax;
mod sni_missing;
mod sni_unknown;
mod sni_unknown_warning;
mod speaker;
mod sslv2_hello;
mod staple;
mod starttls_missing;
mod starttls_refused;
mod starttls_required;
mod starttls_stripped;
#[cfg(test)]
pub(crate) mod story;
mod tls_interception_untrusted;
mod tls_to_plaintext_port;
mod udp_blocked;
mod unknown;
mod unsolicited_extension;
mod untrusted_root;
mod user_canceled_java;
mod version_intolerant_middlebox;
mod weak_dh;
mod wrong_eku_server;
mod wrong_starttls_mode;
mod x509_strict;

pub(crate) use answer::{Answer, answered};
pub(crate) use backend_down_behind_lb::unanswered;
pub(crate) use chain::short;
pub(crate) use hello::{listing, suites, versions_offered};
pub(crate) use proof::Proof;
pub(crate) use refusal::Refusal;
pub(crate) use renegotiation_refused::refused_renegotiation;
pub(crate) use speaker::Origin;

/// Every cause that is known.
pub const CAUSES: &[&Cause] = &[
    &plaintext_http_on_tls_port::CAUSE,
    &proxy_protocol_mismatch::CAUSE,
    &tls_to_plaintext_port::CAUSE,
    &wrong_starttls_mode::CAUSE,
    &starttls_stripped::CAUSE,
    &starttls_refused::CAUSE,
    &starttls_required::CAUSE,
    &starttls_missing::CAUSE,
    &proxy_connect_error::CAUSE,
    &rdp_negotiation_failure::CAUSE,
    &sslv2_hello::CAUSE,
    &no_protocol_enabled_locally::CAUSE,
    &health_probe_eof::CAUSE,
    &pmtu_blackhole::CAUSE,
    &eap_fragment_loss::CAUSE,
    &eap_method_refused::CAUSE,
    &eap_inner_authentication_refused::CAUSE,
    &eap_access_denied::CAUSE,
    &silent_drop::CAUSE,
    &silent_server::CAUSE,
    &udp_blocked::CAUSE,
    &quic_version_mismatch::CAUSE,
    &quic_transport_parameters_missing::CAUSE,
    &quic_transport_error::CAUSE,
    &dtls_cookie_loop::CAUSE,
    &fallback_scsv::CAUSE,
    &ech_rejected::CAUSE,
    &psk_identity_unknown::CAUSE,
    &alpn_no_overlap::CAUSE,
    &sni_unknown_warning::CAUSE,
    &sni_invalid_syntax::CAUSE,
    &sigalg_ext_missing::CAUSE,
    &malformed_clienthello::CAUSE,
    &session_id_context_uninitialized::CAUSE,
    &sni_missing::CAUSE,
    &sni_filter_rst::CAUSE,
    &sni_unknown::CAUSE,
    &no_shared_group::CAUSE,
    &sigalg_no_overlap::CAUSE,
    &server_cert_type_mismatch::CAUSE,
    &private_key_permission::CAUSE,
    &schannel_keyspec::CAUSE,
    &no_shared_cipher::CAUSE,
    &server_has_no_usable_certificate::CAUSE,
    &client_max_version_below_server_min::CAUSE,
    &client_min_version_above_server_max::CAUSE,
    &psk_wrong_secret::CAUSE,
    &scanner_noise::CAUSE,
    &dhe_leading_zero::CAUSE,
    &legacy_renegotiation_peer::CAUSE,
    &weak_dh::CAUSE,
    &nonstandard_dh_group::CAUSE,
    &unsolicited_extension::CAUSE,
    &revoked::CAUSE,
    &hidden_server_certificate::CAUSE,
    &revocation_unreachable::CAUSE,
    &issuer_not_a_ca::CAUSE,
    &path_length_exceeded::CAUSE,
    &name_constraint_violated::CAUSE,
    &ocsp_must_staple_missing::CAUSE,
    &chain_sigalg_not_offered::CAUSE,
    &x509_strict::CAUSE,
    &key_usage_mismatch::CAUSE,
    &tls_interception_untrusted::CAUSE,
    &pinning::CAUSE,
    &platform_cert_policy::CAUSE,
    &untrusted_root::CAUSE,
    &expired_leaf::CAUSE,
    &hostname_mismatch::CAUSE,
    &missing_intermediate::CAUSE,
    &self_signed_server::CAUSE,
    &san_missing::CAUSE,
    &not_yet_valid::CAUSE,
    &expired_chain_member::CAUSE,
    &wrong_eku_server::CAUSE,
    &sha1_signature_rejected::CAUSE,
    &rsa_1024_rejected::CAUSE,
    &crl_expired::CAUSE,
    &clock_skew::CAUSE,
    &crl_missing::CAUSE,
    &cert_bad_signature::CAUSE,
    &key_cert_mismatch::CAUSE,
    &issuer_list_too_long::CAUSE,
    &client_cert_not_selected::CAUSE,
    &client_cert_missing::CAUSE,
    &hidden_client_certificate::CAUSE,
    &server_does_not_trust_client_ca::CAUSE,
    &client_cert_expired::CAUSE,
    &client_cert_wrong_eku::CAUSE,
    &missing_client_intermediate::CAUSE,
    &non_root_in_root_store::CAUSE,
    &client_cert_not_mapped::CAUSE,
    &client_cert_policy_denied::CAUSE,
    &hsm_bad_signature::CAUSE,
    &eap_mppe_prf_bug::CAUSE,
    &eap_station_silent::CAUSE,
    &close_notify_during_handshake::CAUSE,
    &server_internal_error::CAUSE,
    &ems_required_fips::CAUSE,
    &renegotiation_for_client_cert::CAUSE,
    &renegotiation_refused::CAUSE,
    &shared_connection_fork_or_thread::CAUSE,
    &middlebox_corruption::CAUSE,
    &post_handshake_auth_unsupported::CAUSE,
    &backend_down_behind_lb::CAUSE,
    &alpn_not_selected::CAUSE,
    &client_left_after_handshake::CAUSE,
    &lb_or_server_rst::CAUSE,
    &pq_clienthello_split::CAUSE,
    &pq_group_blocked_by_ips::CAUSE,
    &version_intolerant_middlebox::CAUSE,
    &eof_without_close_notify::CAUSE,
    &user_canceled_java::CAUSE,
    &unknown::CAUSE,
];

/// Looks a cause up by its slug.
#[must_use]
pub fn cause(slug: &str) -> Option<&'static Cause> {
    CAUSES.iter().copied().find(|cause| cause.slug == slug)
}

/// Whether this is no cause, but says that the cause cannot be seen.
pub(crate) fn is_open(slug: &str) -> bool {
    OPEN.contains(&slug)
}

/// What stands for a cause that cannot be seen.
const OPEN: &[&str] = &["hidden-server-certificate", "hidden-client-certificate", "unknown"];

/// What explains a case, best first.
#[must_use]
pub fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = CAUSES
        .iter()
        .filter_map(|cause| (cause.judge)(case))
        .filter(|finding| !finding.evidence.is_empty())
        .collect();
    scanner_noise::heard(&mut findings);
    difference::weigh(case, &mut findings);
    rivals::doubted(case, &mut findings);
    findings.sort_by_key(|finding| finding.confidence);
    speaker::heard(case, &mut findings);
    close::heard(case, &mut findings);
    rivals::settled(&mut findings);
    findings.sort_by_key(|finding| finding.confidence);
    if findings.is_empty() {
        findings.extend(unknown::unexplained(case));
        findings.extend(unknown::pointed_at(case));
    }
    difference::told(case, &mut findings);
    findings.into_iter().map(|finding| close::told(case, finding)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fix;

    /// Every cause has a unique name, a page under that name with the headings in order, remedies
    /// that can be read with sources that are known, and a noun phrase that fits after "because of".
    #[test]
    fn every_cause_has_its_page() {
        for (index, cause) in CAUSES.iter().enumerate() {
            let slug = cause.slug;
            assert!(CAUSES[..index].iter().all(|other| other.slug != slug), "{slug} twice");
            assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            let headings: Vec<&str> = cause.page.lines().filter(|l| l.starts_with('#')).collect();
            let title = format!("# {slug}");
            let wanted = [
                title.as_str(),
                "## What happened",
                "## How we know",
                "## What to do",
                "## Do not confuse with",
                "## Cases",
                "## Sources",
            ];
            assert_eq!(headings, wanted, "{slug}");
            assert!(cause.settle().next().is_some(), "{slug}: nothing settles it");
            for other in cause.section("Do not confuse with") {
                let other = other.strip_prefix("- ").and_then(|line| line.split_once(": "));
                let known =
                    other.is_some_and(|(other, _)| other != slug && super::cause(other).is_some());
                assert!(known, "{slug}: confused with what? {other:?}");
            }
            assert!(cause.page.lines().count() <= 60, "{slug}: page too long");
            assert!(cause.page.lines().all(|line| line.trim_end() == line), "{slug}: blanks");
            assert!(cause.fixes().next().is_some(), "{slug}: no remedy");
            let items = cause.section("What to do").count();
            assert_eq!(cause.fixes().count(), items, "{slug}: a remedy cannot be read");
            assert!(cause.fixes().all(|fix| fix.stack == fix.stack.to_lowercase()), "{slug}");
            let known = |fix: Fix| fix.sources().all(|source| source.is_some());
            assert!(cause.fixes().all(known), "{slug}: a source that sources.md does not have");
            let because = cause.because;
            assert!(!because.is_empty() && !because.ends_with('.'), "{slug}");
            let phrase = !because.starts_with(char::is_uppercase)
                || because.split(' ').next().is_some_and(|word| word == word.to_uppercase());
            assert!(phrase, "{slug}: {because}");
        }
    }

    /// A slug leads to its cause, and nothing else does.
    #[test]
    fn a_cause_is_found_by_its_slug() {
        for known in CAUSES {
            assert_eq!(cause(known.slug).unwrap().slug, known.slug);
        }
        assert!(cause("").is_none() && cause("No-Shared-Cipher").is_none());
    }
}
