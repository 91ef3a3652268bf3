//! The reasons of NPS for which EAP ends badly, and what they mean for the certificates in it.
//!
//! Source: Microsoft's pages "NPS Reason Codes". Reasons below 256 are NPS's own; those above are what
//! SChannel and the building of chains came to, one for one. What concerns RADIUS, domains and
//! accounting alone is not here.

use logs::{Sure, Suspect};

/// One reason.
pub(crate) struct Reason {
    pub(crate) code: u32,
    /// What happened, in plain words.
    pub(crate) says: &'static str,
    /// What to do about it.
    pub(crate) remedy: &'static str,
    pub(crate) causes: &'static [Suspect],
}

/// The reason of this number.
pub(crate) fn reason(code: u32) -> Option<&'static Reason> {
    REASONS.iter().find(|reason| reason.code == code)
}

/// The first reason that comes out of TLS itself. NPS gives none of them without EAP.
pub(super) const OF_TLS: u32 = 256;

/// Writes the table: number, what happened, what to do, and the causes by how sure they are.
macro_rules! reasons {
    ($($code:literal $says:literal $remedy:literal $($sure:ident $cause:literal)*;)+) => {
        /// All of them, in the order of their numbers.
        pub(super) static REASONS: &[Reason] = &[$(Reason {
            code: $code,
            says: $says,
            remedy: $remedy,
            causes: &[$(Suspect { cause: $cause, sure: Sure::$sure }),*],
        }),+];
    };
}

reasons! {
    // NPS's own.
    7 "no domain has the name that the station gave"
        "compare the name in the certificate, or the one typed, with the domains that this server knows"
        Likely "client-cert-not-mapped" Possible "eap-inner-authentication-refused";
    8 "no account has the name that the station gave"
        "give the certificate the name of the account: UPN for users, DNS name for computers"
        Likely "client-cert-not-mapped" Possible "eap-inner-authentication-refused";
    16 "no account belongs to the certificate, or name or password are wrong"
        "for a certificate: its name and its SID extension (KB5014754) must fit the account; else enter the password again"
        Likely "client-cert-not-mapped" Possible "eap-inner-authentication-refused";
    18 "the station uses a method that NPS does not know"
        "choose a method in the station's profile that the network policy allows"
        Likely "eap-method-refused";
    21 "an extension of NPS denied it"
        "look into the log of the extension, as that for multi-factor authentication"
        Likely "eap-access-denied";
    22 "station and NPS agree on no EAP method"
        "compare the EAP types of the network policy with the method in the station's profile"
        Likely "eap-method-refused";
    23 "EAP failed inside, and this event does not say where"
        "look for SChannel 36887 or 36888 and CAPI2 30 at this second; then the certificate that the network policy names for EAP"
        Possible "server-has-no-usable-certificate" Possible "untrusted-root"
        Possible "no-shared-cipher";
    33 "the password has to be changed first"
        "let the user change the password, or allow it in the network policy"
        Likely "eap-inner-authentication-refused";
    34 "the account is disabled"
        "enable the account, if it is to have access"
        Likely "eap-access-denied";
    35 "the account has expired"
        "extend the account, if it is to have access"
        Likely "eap-access-denied";
    36 "the account is locked after too many attempts"
        "unlock it, and look for a station that still has an old password"
        Likely "eap-inner-authentication-refused";
    37 "the account may not log on at this hour"
        "change the logon hours of the account"
        Likely "eap-access-denied";
    38 "a restriction of the account is not met"
        "look at the restrictions of the account"
        Likely "eap-access-denied";
    48 "no network policy fits"
        "compare conditions of the network policies (groups, times, port type) with this request"
        Likely "eap-access-denied";
    49 "no connection request policy fits"
        "compare conditions of the connection request policies with this request"
        Likely "eap-access-denied";
    65 "the account's dial-in permission, or the network policy, denies access"
        "dial-in tab of the account: control access through NPS; then the policy's permission"
        Likely "eap-access-denied";
    66 "the network policy does not allow the method"
        "network policy, Constraints, Authentication Methods: add the method that stations use"
        Likely "eap-method-refused";
    67 "the account may connect from another station only"
        "compare Calling-Station-Id with the account's caller id"
        Likely "eap-access-denied";
    68 "the network policy does not allow this hour"
        "network policy, Constraints, Day and time restrictions"
        Likely "eap-access-denied";
    69 "the network policy does not allow this place"
        "network policy, Constraints, Called Station ID"
        Likely "eap-access-denied";
    70 "the network policy does not allow this kind of port"
        "network policy, Constraints, NAS Port Type"
        Likely "eap-access-denied";
    72 "the password has expired, and the method does not let it be changed"
        "change the password elsewhere, or allow it in the network policy"
        Likely "eap-inner-authentication-refused";
    73 "the certificate of the station is not meant for clients"
        "issue it from a template with Client Authentication (1.3.6.1.5.5.7.3.2)"
        Certain "client-cert-wrong-eku";
    96 "the station fell silent"
        "lower Framed-MTU in the network policy to 1344 if large packets are lost; ask the station's own log"
        Likely "eap-station-silent" Possible "eap-fragment-loss" Possible "untrusted-root";
    97 "a RADIUS message came that does not fit into the conversation"
        "look for a second server or a load balancer that sends parts of one conversation elsewhere";

    // What SChannel and the chain came to.
    256 "the certificate of the station is revoked"
        "issue a new certificate"
        Certain "revoked";
    257 "no part of Windows that could check whether the certificate is revoked"
        "repair the installation; certutil -verify -urlfetch with the station's certificate"
        Likely "revocation-unreachable";
    258 "could not find out whether the certificate is revoked"
        "certutil -verify -urlfetch with the station's certificate on this server: the list must be reachable and current"
        Likely "revocation-unreachable" Possible "crl-missing" Possible "crl-expired";
    259 "the server that publishes the list of revoked certificates was not reached"
        "let this server reach the address in the certificate, or publish the list where it can; a list that is too old counts as unreachable"
        Likely "revocation-unreachable" Possible "crl-expired";
    260 "a message was altered on its way"
        "look for a device between station and server that changes packets, and compare the shared secrets"
        Possible "middlebox-corruption" Possible "eap-fragment-loss";
    262 "a message was incomplete"
        "lower Framed-MTU in the network policy to 1344"
        Likely "eap-fragment-loss";
    263 "the station did not show a certificate that suffices"
        "give the station a certificate from an authority that this server names"
        Likely "client-cert-missing";
    264 "the clocks of station and server differ"
        "set both clocks"
        Certain "clock-skew";
    265 "the station's certificate ends at a root that this server does not trust"
        "add the root to this server's Trusted Root Certification Authorities, and the issuer to NTAuth: certutil -dspublish -f ca.cer NTAuthCA"
        Certain "server-does-not-trust-client-ca";
    266 "a message of TLS came that was not expected, or an alert"
        "SChannel 36887 at this second has the alert; most often the station does not trust this server's certificate"
        Possible "untrusted-root" Possible "no-shared-cipher"
        Possible "client-max-version-below-server-min";
    267 "the certificate of the station is not meant for clients"
        "issue it from a template with Client Authentication (1.3.6.1.5.5.7.3.2)"
        Certain "client-cert-wrong-eku";
    268 "the certificate of the station has expired"
        "renew it; look why autoenrollment did not"
        Certain "client-cert-expired";
    269 "station and server have no version or cipher suite in common"
        "compare the TLS versions and cipher suites of both; TLS 1.0 stations need an update"
        Likely "no-shared-cipher" Possible "client-max-version-below-server-min";
    270 "the network policy wants a smart card"
        "choose the smart card or the certificate in the station's profile, or change the policy"
        Likely "eap-method-refused";
    272 "the certificate belongs to several accounts"
        "let each certificate name one account: altSecurityIdentities and UPNs must be unique"
        Likely "client-cert-not-mapped";
    273 "a part of Windows that judges certificates is not known"
        "repair the installation of this server";
    274 "a part of Windows that judges certificates does not do what was asked"
        "repair the installation of this server";
    275 "a part of Windows that judges certificates does not know this form"
        "repair the installation of this server";
    276 "the program that speaks EAP is not trusted"
        "look which EAP method is installed, and whether its file is signed";
    277 "the program that speaks EAP is not signed"
        "look which EAP method is installed, and whether its file is signed";
    278 "the certificate of the station has expired, or is not valid yet"
        "renew it; compare the clocks"
        Likely "client-cert-expired" Possible "clock-skew";
    279 "the certificate is valid longer than its issuer's"
        "renew the authority's certificate, then the station's"
        Likely "x509-strict";
    280 "the certificate was issued by one that is no authority"
        "issue it from an authority whose certificate allows that"
        Likely "issuer-not-a-ca";
    281 "the chain is longer than one of its authorities allows"
        "issue it from an authority nearer to the root, or renew that authority's certificate"
        Likely "x509-strict";
    282 "the certificate has a critical extension that Windows does not know"
        "issue it without that extension, or not as critical"
        Likely "x509-strict";
    283 "the certificate of the station is not meant for clients"
        "issue it from a template with Client Authentication (1.3.6.1.5.5.7.3.2)"
        Certain "client-cert-wrong-eku";
    284 "the certificates of the chain do not follow one another"
        "install the right intermediate certificates on the station, and on this server"
        Likely "missing-client-intermediate" Possible "server-does-not-trust-client-ca";
    285 "the certificate could not be read, or lacks what it must have"
        "certutil -dump with the station's certificate; issue a new one"
        Possible "x509-strict" Possible "client-cert-missing";
    286 "the station's certificate ends at a root that this server does not trust"
        "add the root to this server's Trusted Root Certification Authorities"
        Certain "server-does-not-trust-client-ca";
    287 "no chain leads from the station's certificate to a trusted root"
        "install the intermediate certificates on this server (or the station), and the root on this server"
        Likely "missing-client-intermediate" Likely "server-does-not-trust-client-ca";
    288 "the certificate is not trusted, and it was not said why"
        "CAPI2 11 and 30 at this second say it"
        Possible "server-does-not-trust-client-ca" Possible "missing-client-intermediate";
    289 "the certificate of the station is revoked"
        "issue a new certificate"
        Certain "revoked";
    290 "the certificate ends at a root for tests, which is not trusted"
        "issue it from the real authority"
        Certain "server-does-not-trust-client-ca";
    291 "could not find out whether the certificate is revoked"
        "certutil -verify -urlfetch with the station's certificate on this server: the list must be reachable and current"
        Likely "revocation-unreachable" Possible "crl-missing" Possible "crl-expired";
    292 "the name that the station gave is not the one in its certificate"
        "let the profile take the user name from the certificate"
        Likely "client-cert-not-mapped";
    293 "the certificate of the station is not meant for this use"
        "issue it from a template with Client Authentication (1.3.6.1.5.5.7.3.2)"
        Certain "client-cert-wrong-eku";
    294 "the certificate, or its authority, is among the untrusted ones"
        "look into Untrusted Certificates of this server's store"
        Certain "server-does-not-trust-client-ca";
    295 "an authority of the chain may not log anybody in"
        "publish the issuer to NTAuth: certutil -dspublish -f ca.cer NTAuthCA; then gpupdate here"
        Certain "server-does-not-trust-client-ca";
    296 "the policies in the certificate do not allow this use"
        "issue it from a template with Client Authentication, under the issuance policy that is asked for"
        Likely "client-cert-wrong-eku";
    297 "the certificate has a name that its authorities may not certify"
        "compare its names with the name constraints of the authorities"
        Likely "x509-strict";
    298 "the certificate has no user principal name, or not that of the account"
        "issue it with the account's UPN in the subject alternative name"
        Likely "client-cert-not-mapped";
    299 "the messages came in the wrong order"
        "lower Framed-MTU in the network policy to 1344, and look for lost packets"
        Possible "eap-fragment-loss" Possible "middlebox-corruption";
    300 "no certificate with a usable key was found, here or at the station"
        "network policy, Constraints, Authentication Methods, EAP type, Edit: choose a certificate whose key this server can use; then the station's"
        Likely "server-has-no-usable-certificate" Possible "private-key-permission"
        Possible "client-cert-missing";
    301 "inside and outside of the tunnel are not the same station"
        "look for a device that opens TLS between station and server"
        Possible "tls-interception-untrusted" Possible "eap-inner-authentication-refused";
    302 "the station did not bind what is inside of the tunnel to the tunnel"
        "let the station's profile send cryptobinding, or do not require it in the network policy"
        Likely "eap-inner-authentication-refused";
}
