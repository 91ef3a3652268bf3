//! Verifications as Windows writes them: a chain that is fine, and each way in which one is not.

use logs::Stamp;

use super::*;

const TASK: &str = "{AD28C3AB-7CFE-4CF0-A623-F6CAC805A73C}";
const LEAF: &str = "EC53EBC94A796C42E5B4E5851F961874F013D94C";
const AUTHORITY: &str = "851053DAF4D63058D7D330EA7DA8CC19F5269CB5";
const SERVER: &str = "1.3.6.1.5.5.7.3.1";

/// A record of CAPI2 at a second, with a process and a task behind its own fields.
fn record(id: u32, second: i64, fields: &[(&str, &str)]) -> Record {
    let end = [
        ("EventAuxInfo", ""),
        ("EventAuxInfo.ProcessName", "lsass.exe"),
        ("CorrelationAuxInfo", ""),
        ("CorrelationAuxInfo.TaskId", TASK),
        ("CorrelationAuxInfo.SeqNumber", "1"),
    ];
    let fields: Vec<_> = fields.iter().copied().chain(end).collect();
    let time = Stamp { nanoseconds: second * 1_000_000_000, zone: true };
    Record {
        number: Some(u64::from(id)),
        process: Some(712),
        time: Some(time),
        ..Record::built(PROVIDER, id, &fields)
    }
}

/// Event 11: the chain of a certificate for `use_of`, with the errors of leaf and root.
fn chain(use_of: &str, leaf: &str, root: &str, result: &str) -> Record {
    let leaf_file = format!("{LEAF}.cer");
    let root_file = format!("{AUTHORITY}.cer");
    record(
        CHAIN,
        10,
        &[
            ("Certificate", ""),
            ("Certificate.fileRef", &leaf_file),
            ("Certificate.subjectName", "www.example"),
            ("ValidationTime", "2026-11-26T05:00:00Z"),
            ("AdditionalStore", ""),
            ("Certificate", ""),
            ("Certificate.fileRef", &root_file),
            ("Certificate.subjectName", "Example Root"),
            ("ExtendedKeyUsage", ""),
            ("Usage", ""),
            ("Usage.oid", use_of),
            ("Flags", ""),
            ("Flags.value", "40000000"),
            ("CertificateChain", ""),
            ("CertificateChain.chainRef", "{1}"),
            ("TrustStatus", ""),
            ("ErrorStatus", ""),
            ("ErrorStatus.value", root),
            ("ChainElement", ""),
            ("Certificate", ""),
            ("Certificate.fileRef", &leaf_file),
            ("Certificate.subjectName", "www.example"),
            ("TrustStatus", ""),
            ("ErrorStatus", ""),
            ("ErrorStatus.value", leaf),
            ("ApplicationUsage", ""),
            ("Usage", ""),
            ("Usage.oid", "1.3.6.1.5.5.7.3.3"),
            ("ChainElement", ""),
            ("Certificate", ""),
            ("Certificate.fileRef", &root_file),
            ("Certificate.subjectName", "Example Root"),
            ("TrustStatus", ""),
            ("ErrorStatus", ""),
            ("ErrorStatus.value", root),
            ("Result", "in some language"),
            ("Result.value", result),
        ],
    )
}

/// Event 30: the policy for TLS.
fn policy(side: &str, name: &str, result: &str) -> Record {
    record(
        POLICY,
        11,
        &[
            ("Policy", ""),
            ("Policy.type", "CERT_CHAIN_POLICY_SSL"),
            ("Policy.constant", "4"),
            ("Certificate", ""),
            ("Certificate.fileRef", &format!("{LEAF}.cer")),
            ("Certificate.subjectName", "www.example"),
            ("CertificateChain", ""),
            ("CertificateChain.chainRef", "{1}"),
            ("SSLAdditionalPolicyInfo", ""),
            ("SSLAdditionalPolicyInfo.authType", side),
            ("SSLAdditionalPolicyInfo.serverName", name),
            ("Result", ""),
            ("Result.value", result),
        ],
    )
}

fn told(records: &[Record]) -> Vec<Chain> {
    let mut verifications = Verifications::default();
    for record in records {
        verifications.record(record);
    }
    assert!(verifications.told(More::Coming).is_none());
    std::iter::from_fn(|| verifications.told(More::Over)).collect()
}

fn causes(chain: &Chain) -> Vec<(&'static str, Sure)> {
    chain.suspects.iter().map(|suspect| (suspect.cause, suspect.sure)).collect()
}

/// All events of one verification are one chain: who asked, what for, what is wrong with which of
/// the certificates, and what the certificate is.
#[test]
fn one_verification_is_one_chain() {
    let described = record(
        DESCRIBED,
        10,
        &[
            ("Certificate", ""),
            ("Certificate.fileRef", &format!("{AUTHORITY}.cer")),
            ("Subject", ""),
            ("CN", "Example Root"),
            ("CertificateRevocationList", ""),
            ("CertificateRevocationList.fileRef", "00.crl"),
            ("Issuer", ""),
            ("CN", "nobody"),
            ("Certificate", ""),
            ("Certificate.fileRef", &format!("{LEAF}.cer")),
            ("Certificate.subjectName", "www.example"),
            ("Subject", ""),
            ("CN", "www.example"),
            ("SerialNumber", "77"),
            ("O", "Example"),
            ("SubjectKeyID", ""),
            ("Issuer", ""),
            ("CN", "Example Root"),
            ("SerialNumber", "0F14"),
            ("NotBefore", "2026-01-01T00:00:00Z"),
            ("NotAfter", "2026-11-01T00:00:00Z"),
            ("Extensions", ""),
            ("SubjectAltName", ""),
            ("DirectoryName", ""),
            ("SerialNumber", "88"),
            ("DNSName", "www.example"),
            ("DNSName", "example"),
        ],
    );
    let fetched = record(
        FETCHED,
        9,
        &[
            ("URL", "http://crl.example/root.crl"),
            ("URL.scheme", "http"),
            ("Result", ""),
            ("Result.value", "80072EE2"),
        ],
    );
    let records = [
        fetched,
        described,
        chain(SERVER, "1", "20", "800B0101"),
        policy("server", "mail.example", "800B0101"),
    ];
    let newest_first: Vec<_> = records.iter().cloned().rev().collect();
    let backwards = told(&newest_first);
    let told = told(&records);
    assert_eq!(backwards, told);
    let [chain] = &told[..] else { panic!("{told:?}") };
    assert_eq!((chain.id, chain.record), (POLICY, Some(30)));
    assert_eq!((chain.result, chain.of), (Some(0x800B_0101), Some(Side::Server)));
    assert_eq!(chain.name.as_deref(), Some("mail.example"));
    let process = Process { id: Some(712), image: Some("lsass.exe".into()) };
    assert_eq!(chain.process, Some(process));
    assert_eq!(chain.thumbprint.as_deref(), Some(LEAF));
    assert_eq!(chain.task.as_deref(), Some(TASK));
    let certificate = Certificate {
        subject: "CN=www.example, O=Example".into(),
        issuer: "CN=Example Root".into(),
        serial: "0F14".into(),
        names: vec!["www.example".into(), "example".into()],
        validity: Some((1_767_225_600, 1_793_491_200)),
    };
    assert_eq!(chain.certificate.as_ref(), Some(&certificate));
    assert_eq!(chain.faults[0], "www.example: not within its period of validity");
    assert_eq!(chain.faults[1], "Example Root: a root that this machine does not trust");
    assert!(chain.faults[2].starts_with("http://crl.example/root.crl could not be fetched"));
    // The description says that it is too early.
    let expected = [("not-yet-valid", Sure::Certain), ("untrusted-root", Sure::Likely)];
    assert_eq!(causes(chain)[..2], expected);
}

/// Each error of a chain is a cause, by the side whose certificate it is.
#[test]
fn errors_are_causes() {
    let cases = [
        (SERVER, "0", "4", "revoked", Sure::Certain),
        (SERVER, "10000", "0", "missing-intermediate", Sure::Likely),
        (SERVER, "10", "0", "wrong-eku-server", Sure::Likely),
        (SERVER, "0", "1", "expired-chain-member", Sure::Likely),
        (SERVER, "20", "0", "self-signed-server", Sure::Likely),
        (SERVER, "1000040", "0", "revocation-unreachable", Sure::Likely),
        ("1.3.6.1.5.5.7.3.2", "1", "0", "client-cert-expired", Sure::Likely),
        ("1.3.6.1.5.5.7.3.2", "0", "20", "server-does-not-trust-client-ca", Sure::Likely),
    ];
    for (use_of, leaf, root, cause, sure) in cases {
        let told = told(&[chain(use_of, leaf, root, "800B0109")]);
        assert_eq!(told.len(), 1, "{cause}");
        assert_eq!(causes(&told[0])[0], (cause, sure));
        assert!(!told[0].faults.is_empty(), "{cause}");
    }
}

/// The policy finds what no chain has: a name that does not fit. Where it accepts, nothing failed.
#[test]
fn the_policy_has_the_last_word() {
    let refused =
        told(&[chain(SERVER, "0", "0", "0"), policy("server", "other.example", "800B010F")]);
    assert_eq!(causes(&refused[0]), [("hostname-mismatch", Sure::Certain)]);
    assert_eq!(refused[0].name.as_deref(), Some("other.example"));
    assert!(refused[0].faults[0].contains("0x800B010F"), "{:?}", refused[0].faults);
    let accepted = told(&[chain(SERVER, "1000040", "0", "80092013"), policy("server", "x", "0")]);
    assert_eq!((accepted[0].result, accepted[0].suspects.len()), (Some(0), 0));
    let of_client = told(&[policy("client", "", "800B0109")]);
    assert_eq!(of_client[0].of, Some(Side::Client));
    assert_eq!(causes(&of_client[0])[0].0, "server-does-not-trust-client-ca");
}

/// A cache that does not know whether a certificate is revoked is no failure: nobody was asked.
#[test]
fn an_empty_cache_is_no_failure() {
    let mut cached = chain(SERVER, "1000040", "0", "80092013");
    let flag = crate::Field {
        name: Some("Flags.CERT_CHAIN_REVOCATION_CHECK_CACHE_ONLY".into()),
        value: crate::Value::Text("true".into()),
    };
    cached.fields.insert(12, flag);
    let told = told(&[cached]);
    assert_eq!((told[0].result, told[0].suspects.len()), (Some(0), 0));
}

/// What is judged for something else than TLS is not told, nor what went well for no known purpose.
#[test]
fn other_purposes_are_left_out() {
    assert!(told(&[chain("1.3.6.1.5.5.7.3.3", "0", "20", "800B0109")]).is_empty());
    let revocation = |result| {
        let subject = ("Certificate.subjectName", "www.example");
        record(REVOCATION, 1, &[("Certificate", ""), subject, ("Result.value", result)])
    };
    assert!(told(&[revocation("0")]).is_empty());
    let failed = told(&[revocation("80092013")]);
    assert_eq!((failed[0].of, failed[0].suspects.len()), (None, 0));
    assert!(failed[0].faults[0].starts_with("www.example: 0x80092013"), "{:?}", failed[0].faults);
}

/// Shippers that do not mark attributes, and put names in alphabetical order, tell the same.
#[test]
fn unmarked_attributes_are_read() {
    let fields = [
        ("AdditionalStore", ""),
        ("Certificate", ""),
        ("fileRef", "00.cer"),
        ("subjectName", "Example Root"),
        ("CertificateChain", ""),
        ("ChainElement", ""),
        ("Certificate", ""),
        ("fileRef", "AA.cer"),
        ("subjectName", "www.example"),
        ("TrustStatus", ""),
        ("ErrorStatus", ""),
        ("CERT_TRUST_IS_NOT_TIME_VALID", "true"),
        ("chainRef", "{1}"),
        ("ExtendedKeyUsage", ""),
        ("Usage", ""),
        ("name", "Server Authentication"),
        ("oid", SERVER),
        ("Result", ""),
        ("value", "800B0101"),
    ];
    let told = told(&[record(CHAIN, 1, &fields)]);
    assert_eq!(told[0].thumbprint.as_deref(), Some("AA"));
    assert_eq!(causes(&told[0])[0].0, "expired-leaf");
    assert_eq!(told[0].result, Some(0x800B_0101));
}

/// A form of JSON numbers elements that are repeated.
#[test]
fn numbered_elements_are_read() {
    let mut numbered = chain(SERVER, "0", "20", "800B0109");
    let mut seen = std::collections::BTreeMap::new();
    for field in &mut numbered.fields {
        let Some(name) = field.name.clone() else { continue };
        let (element, attribute) = match name.split_once('.') {
            Some((element, attribute)) => (element, Some(attribute)),
            None => (&name[..], None),
        };
        let count = seen.entry(element.to_owned()).or_insert(0);
        *count += u32::from(attribute.is_none());
        if *count > 1 {
            let attribute = attribute.map(|attribute| format!(".{attribute}")).unwrap_or_default();
            field.name = Some(format!("{element}_{}{attribute}", *count - 1));
        }
    }
    assert!(numbered.fields.iter().any(|field| field.name.as_deref() == Some("ChainElement_1")));
    assert_eq!(told(&[numbered]), told(&[chain(SERVER, "0", "20", "800B0109")]));
}

/// A private key that cannot be opened is told with its certificate.
#[test]
fn keys_are_told() {
    let key = record(
        KEY,
        1,
        &[
            ("Certificate", ""),
            ("Certificate.subjectName", "www.example"),
            ("Result.value", "80090016"),
        ],
    );
    let told = told(&[key]);
    assert_eq!(causes(&told[0]), [("private-key-permission", Sure::Likely)]);
    assert!(told[0].faults[0].starts_with("its private key could not be opened: 0x80090016"));
}

/// Verifications are told when a minute has passed, or when too many are open, and each once.
#[test]
fn few_verifications_stay_open() {
    let mut verifications = Verifications::default();
    verifications.record(&chain(SERVER, "1", "0", "800B0101"));
    let mut later = record(REVOCATION, 200, &[("Result.value", "0")]);
    later.fields.retain(|field| field.name.as_deref() != Some("CorrelationAuxInfo.TaskId"));
    verifications.record(&later);
    assert!(verifications.told(More::Coming).is_some());
    for _ in 0..1000 {
        verifications.record(&later);
        while verifications.told(More::Coming).is_some() {}
    }
    assert!(verifications.open.len() <= MAX_OPEN);
}
