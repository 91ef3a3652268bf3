//! The error states of SChannel: where in its handshake it stopped.
//!
//! Numbers and names are those of the enumeration that was published (`eSslErrorState`); it ends
//! before TLS 1.3. Microsoft's engineers wrote about four of them: 105, 960, 1051 and 1250. What the
//! others mean is read from their names, and so is the side: `SrvHelloRsp` is a client at work on its
//! answer to a ServerHello, since it hashes a ClientKeyExchange; `CliHelloRsp` and `SrvCliHello` are a
//! server with a ClientHello; `ClientCke` is a client that reads the ServerKeyExchange and makes its
//! ClientKeyExchange; `GenVerify` makes a CertificateVerify and `ValidateCertVerify` checks one. Where
//! a name fits both sides, or does not say what happened, the row says no more than it does.

use super::super::super::Dialect;
#[allow(clippy::wildcard_imports, reason = "the grounds are this table's words")]
use super::super::super::ground::*;
use super::super::{Code, Table, Written, other, stopped};
use super::{CLIENT, EITHER, SERVER};

/// Error states.
pub(in super::super::super) static STATES: Table = Table {
    dialect: Dialect::SChannel,
    prefixes: &[""],
    loose: false,
    base: 0,
    written: Written::Decimal,
    codes: STATE,
};

/// Writes the rows: the number, the name, the side that stops so, the causes, and what it did: past
/// tense, fits after "this side".
macro_rules! states {
    ($($number:literal $name:ident $role:ident $why:ident $says:literal;)+) => {
        static STATE: &[Code] = &[
            other(0, "ErrorState_None", "no error state"),
            $(stopped($number, stringify!($name), $role, $says, &$why)),+
        ];
    };
}

states! {
    // Records and messages, whoever sent them.
    10 Parse_BadContentType EITHER NOT_TLS
        "received a record of a type that TLS does not have";
    11 Parse_BadProtoVersion EITHER NOT_TLS
        "received a record of a version that TLS does not have, or that it does not accept";
    12 Parse_BadHsHeader EITHER MALFORMED
        "received a handshake message whose header is not right";
    13 Parse_InsufficientMsg EITHER MALFORMED
        "received a message that is shorter than it says";
    14 Alert_Tls1_1PlusClientDowngrade EITHER OLDER_CLIENT
        "saw an alert and a client of TLS 1.1 or later that goes back to an older version";

    // A client reads the ServerHello.
    90 ServerHelloVerifyReq_Invalid CLIENT BAD_ANSWER
        "received a HelloVerifyRequest of DTLS that is not right";
    100 ServerHello_Invalid CLIENT BAD_ANSWER
        "received a ServerHello that is not right";
    102 ServerHello_InvalidAlg CLIENT CHOSEN_CIPHER
        "received a ServerHello with an algorithm that it had not offered, or cannot use";
    103 ServerHello_InvalidSessionId CLIENT BAD_ANSWER
        "received a ServerHello with a session id that is not right";
    104 ServerHello_InvalidCompressField CLIENT BAD_ANSWER
        "received a ServerHello with a compression that it had not offered";
    105 ServerHello_InvalidVersion CLIENT SERVER_TOO_OLD
        "received a ServerHello in a version that it had not offered, or that is disabled here";
    106 ServerHello_ExtInvalid CLIENT BAD_EXTENSION
        "received a ServerHello with an extension that is not right, or not asked for";
    107 ServerHello_SetServerCipher CLIENT CHOSEN_CIPHER
        "could not use the cipher suite that the server chose";
    108 ServerHello_InvalidRenegoInfo CLIENT RENEGOTIATION_INFO
        "received a ServerHello whose renegotiation_info is wrong or missing";

    // A client makes its answer to it.
    150 SrvHelloRsp_ChainTooLarge CLIENT SETUP
        "could not show its client certificate, whose chain is too large";
    151 SrvHelloRsp_UserMapping CLIENT SETUP
        "could not make its message user_mapping, which names the account of a certificate";
    152 SrvHelloRsp_GenCcsFin CLIENT OWN_CRYPTOGRAPHY
        "could not make its ChangeCipherSpec and Finished";
    200 CertStatus_Unexpected CLIENT BAD_ANSWER
        "received a stapled OCSP response that it had not asked for";
    201 CertStatus_Invalid CLIENT BAD_ANSWER
        "received a stapled OCSP response that is not right";
    250 RemoteCert_Invalid EITHER BAD_CERTIFICATE
        "could not read the certificate of the other side";
    251 RemoteCert_PublicKey EITHER BAD_CERTIFICATE
        "could not use the public key in the certificate of the other side";
    252 RemoteCert_SigAlg EITHER CHAIN_SCHEME
        "was shown a certificate that is signed with an algorithm which it does not accept";
    300 GenVerify_ComputeHash CLIENT OWN_CRYPTOGRAPHY
        "could not compute the hash that its CertificateVerify signs";
    301 GenVerify_SignHash CLIENT CLIENT_KEY
        "could not sign its CertificateVerify with the key of the client certificate";
    302 GenVerify_InvalidDeferred CLIENT CLIENT_KEY
        "could not make the CertificateVerify that it had put off";
    303 GenVerify_InvalidTLS1_2 CLIENT SCHEMES
        "could not make a CertificateVerify of TLS 1.2";
    304 GenVerify_SigAlg CLIENT SCHEMES
        "found no signature algorithm for its CertificateVerify that the server accepts";
    400 DigestCertReq_Invalid CLIENT BAD_ANSWER
        "received a CertificateRequest that is not right";
    401 DigestCertReq_IssuerFormatting CLIENT BAD_ANSWER
        "received a CertificateRequest whose list of authorities is not right";
    402 DigestCertReq_SigAlg CLIENT SCHEMES
        "received a CertificateRequest with no signature algorithm that it can use";
    500 ClientPreparse_Invalid EITHER MALFORMED
        "received messages that are not right, and the name does not tell which";

    // A client judges the server's certificate.
    550 ServerCert_Load CLIENT BAD_CERTIFICATE
        "could not load the certificate of the server";
    551 ServerCert_GetChain CLIENT NO_ISSUER
        "could not build the chain of the server's certificate";
    552 ServerCert_VerifyChain CLIENT VERIFY
        "built the chain of the server's certificate and did not accept it";
    553 ServerCert_WrongPrincipal CLIENT HOST_NAME
        "found a server's certificate that is not for the name it had asked for";

    // Keys out of the key exchange.
    600 MakeSessKey_GenKey EITHER INTERNAL
        "could not derive the keys of the session";
    601 MakeSessKey_GenParameterList EITHER INTERNAL
        "could not gather what the keys of the session are derived from";
    602 MakeSessKey_GenMasterKey EITHER INTERNAL
        "could not derive the master secret";
    603 MakeEphemKey_CredFailure EITHER INTERNAL
        "could not make an ephemeral key with its credential";
    604 MakeSessKey_GenSessionHash EITHER INTERNAL
        "could not compute the session hash of the extended master secret";
    700 MasterKey_Rsa_Invalid EITHER SECRET
        "found the secret of the RSA key exchange not right";
    701 MasterKey_Rsa_Import EITHER SECRET
        "could not take over the secret of the RSA key exchange";
    702 MasterKey_Ecc_Invalid EITHER SECRET
        "found the other side's key of the ECDHE key exchange not right";
    703 MasterKey_Ecc_Import EITHER SECRET
        "could not take over the other side's key of the ECDHE key exchange";
    704 MasterKey_Dh_Invalid EITHER DHE_KEY
        "found the other side's key of the DHE key exchange not right";
    705 MasterKey_Dh_Import EITHER DHE_KEY
        "could not take over the other side's key of the DHE key exchange";
    706 MasterKey_Rsa_Gen EITHER INTERNAL
        "could not make the master secret of the RSA key exchange";
    707 MasterKey_Rsa_GenParameterList EITHER INTERNAL
        "could not gather what the master secret of the RSA key exchange is made of";
    708 PreMasterKey_Rsa_Gen EITHER INTERNAL
        "could not make the premaster secret of the RSA key exchange";

    // A client reads the ServerKeyExchange and makes its ClientKeyExchange.
    800 ClientCke_Invalid CLIENT BAD_ANSWER
        "received a ServerKeyExchange that is not right";
    801 ClientCke_InvalidCurve CLIENT CURVE
        "received a ServerKeyExchange with a curve that it does not accept";
    802 ClientCke_RsaVerify CLIENT HANDSHAKE_SIGNATURE
        "could not verify the RSA signature in the ServerKeyExchange";
    803 ClientCke_EcdsaVerify CLIENT HANDSHAKE_SIGNATURE
        "could not verify the ECDSA signature in the ServerKeyExchange";
    804 ClientCke_Import CLIENT BAD_ANSWER
        "could not take over the server's ephemeral key";
    805 ClientCke_GetEphemKey CLIENT OWN_CRYPTOGRAPHY
        "could not make its ephemeral key";
    806 ClientCke_GetEphemKeyBlob CLIENT OWN_CRYPTOGRAPHY
        "could not write its ephemeral key into the ClientKeyExchange";
    807 ClientCke_Dh_Invalid CLIENT DHE
        "received a ServerKeyExchange whose DHE group or key is not right";
    808 ClientCke_Dh_GetEphemKey CLIENT DHE
        "could not make an ephemeral key in the server's DHE group";
    809 ClientCke_Dh_GetEphemKeyBlob CLIENT DHE_KEY
        "could not write its DHE key into the ClientKeyExchange";
    810 ClientCke_Dh_Import CLIENT DHE_KEY
        "could not take over the server's DHE key";
    811 ClientCke_Rsa_Invalid CLIENT BAD_ANSWER
        "found what it had of the server for the RSA key exchange not right";
    812 ClientCke_Rsa_NoPublicKey CLIENT CERTIFICATE_TYPE
        "found no RSA key in the server's certificate";
    813 ClientCke_Rsa_Crypto CLIENT OWN_CRYPTOGRAPHY
        "could not encrypt with the RSA key of the server";
    814 ClientCke_Rsa_GenerateCke CLIENT OWN_CRYPTOGRAPHY
        "could not make the ClientKeyExchange of the RSA key exchange";
    815 ClientCke_Rsa_ComputeHash CLIENT OWN_CRYPTOGRAPHY
        "could not compute the hash that the server's RSA signature covers";
    816 ClientCke_Rsa_Verify CLIENT HANDSHAKE_SIGNATURE
        "could not verify the server's RSA signature";
    817 ClientCke_Rsa_Import CLIENT BAD_ANSWER
        "could not take over the server's RSA key";
    818 ClientCke_Rsa_GetEphem CLIENT OWN_CRYPTOGRAPHY
        "could not make its ephemeral key, and the name speaks of RSA";
    819 ClientCke_Rsa_GetEphemBlob CLIENT OWN_CRYPTOGRAPHY
        "could not write its ephemeral key, and the name speaks of RSA";
    820 ClientCke_Rsa_SignHash CLIENT OWN_CRYPTOGRAPHY
        "could not handle the hash of an RSA signature";
    821 ClientCke_Ecdsa_SigAlg CLIENT SCHEMES
        "received an ECDSA signature of an algorithm that it does not accept";
    822 ClientCke_Dh_SigAlg CLIENT SCHEMES
        "received DHE parameters signed with an algorithm that it does not accept";
    823 ClientCke_DsaVerify CLIENT HANDSHAKE_SIGNATURE
        "could not verify the DSA signature in the ServerKeyExchange";
    824 ClientCke_Unexpected_Ske CLIENT BAD_ANSWER
        "received a ServerKeyExchange that has no place in this key exchange";
    825 ClientCke_Ecdsa_NoPublicKey CLIENT CERTIFICATE_TYPE
        "found no key of an elliptic curve in the server's certificate";
    826 ClientCke_Ecdsa_GenerateCke CLIENT OWN_CRYPTOGRAPHY
        "could not make the ClientKeyExchange of an ECDSA cipher suite";
    827 ClientCke_Psk_Invalid CLIENT PSK
        "found the pre-shared key exchange of the server not right";

    // The end of the handshake.
    900 Finished_MacMismatch EITHER FINISHED
        "received a Finished that does not fit what it saw of the handshake, or its keys";
    901 Finished_GenHashFailure EITHER INTERNAL
        "could not make the hash of a Finished";
    902 Finished_DigestHashFailure EITHER INTERNAL
        "could not compute the hash of the handshake for a Finished";
    903 Finished_Invalid EITHER FINISHED
        "received a Finished that is not right";
    904 Ccs_Illegal EITHER OUT_OF_TURN
        "received a ChangeCipherSpec that is not right or had no place there";

    // Sealing and opening records.
    950 CcsFinished_Wrap EITHER INTERNAL
        "could not seal its ChangeCipherSpec and Finished";
    951 SrvHelloRspAlert_Wrap CLIENT OWN_CRYPTOGRAPHY
        "could not seal an alert in its answer to the ServerHello";
    952 SrvHelloRsp_Wrap CLIENT OWN_CRYPTOGRAPHY
        "could not seal its answer to the ServerHello";
    953 HelloReq_Wrap SERVER INTERNAL
        "could not seal its HelloRequest, which asks to renegotiate";
    954 SrvReconnect_Wrap SERVER INTERNAL
        "could not seal its answer to a client that resumes a session";
    955 CliHelloRsp_Wrap_Final SERVER INTERNAL
        "could not seal the end of its answer to the ClientHello";
    957 CliHelloRsp_Wrap_1stRecord SERVER INTERNAL
        "could not seal the first record of its answer to the ClientHello";
    958 CliHelloRsp_Wrap_2ndRecord SERVER INTERNAL
        "could not seal the second record of its answer to the ClientHello";
    959 Unwrap_Illegal EITHER OUT_OF_TURN
        "received a record that is not allowed there";
    960 Unwrap_DecryptFailure EITHER UNDECRYPTED
        "received a record that did not decrypt or was altered";
    961 Unwrap_RemoteUserKey EITHER UNDECRYPTED
        "could not open a record, for want of the key that another process holds";
    962 Unwrap_Tls1_1PlusClientDowngrade EITHER OLDER_CLIENT
        "could not open a record, and a client of TLS 1.1 or later goes back to an older version";
    963 Unwrap_Invalid_Sequence_Number EITHER UNDECRYPTED
        "received a record with a number out of its sequence";
    964 NewSessionTicket_Wrap SERVER INTERNAL
        "could not seal its NewSessionTicket";

    // The hash of the handshake.
    1000 Finished_UpdateHash EITHER INTERNAL
        "could not add a Finished to the hash of the handshake";
    1001 SrvHelloRsp_UpdateHash CLIENT OWN_CRYPTOGRAPHY
        "could not add its answer to the ServerHello to the hash of the handshake";
    1002 SrvHelloRsp_UpdateHash_ClientCert CLIENT OWN_CRYPTOGRAPHY
        "could not add its Certificate to the hash of the handshake";
    1003 SrvHelloRsp_UpdateHash_Cke CLIENT OWN_CRYPTOGRAPHY
        "could not add its ClientKeyExchange to the hash of the handshake";
    1004 SrvHelloRsp_UpdateHash_CertVerify CLIENT OWN_CRYPTOGRAPHY
        "could not add its CertificateVerify to the hash of the handshake";
    1005 SrvReconnect_UpdateHash_CliHello SERVER INTERNAL
        "could not add the ClientHello that resumes a session to the hash of the handshake";
    1006 SrvReconnect_UpdateHash_SrvHello SERVER INTERNAL
        "could not add the ServerHello that resumes a session to the hash of the handshake";
    1007 CliHelloRsp_UpdateHash_CliHello SERVER INTERNAL
        "could not add the ClientHello to the hash of the handshake";
    1008 CliHelloRsp_UpdateHashFinal SERVER INTERNAL
        "could not add the end of its answer to the ClientHello to the hash of the handshake";
    1009 CliHelloRsp_UpdateHash1stRecord SERVER INTERNAL
        "could not add the first record of its answer to the hash of the handshake";
    1010 CliHelloRsp_UpdateHash2ndRecord SERVER INTERNAL
        "could not add the second record of its answer to the hash of the handshake";
    1011 NewSessionTicket_UpdateHash EITHER INTERNAL
        "could not add a NewSessionTicket to the hash of the handshake";
    1012 NextProtocol_UpdateHash EITHER INTERNAL
        "could not add a NextProtocol to the hash of the handshake";

    // A server makes its ServerKeyExchange; signatures of either side.
    1050 ServerSke_GetEphem SERVER INTERNAL
        "could not make the ephemeral key of its ServerKeyExchange";
    1051 ServerSke_GetSigLen SERVER KEY_SPEC
        "could not learn how long a signature of its key is, as with a key that may not sign";
    1100 SignRsa_ComputeHash EITHER INTERNAL
        "could not compute the hash that its RSA signature covers";
    1101 SignRsa_SignHash EITHER PRIVATE_KEY
        "could not sign with its RSA key";
    1102 SignEcdsa_ComputeHash EITHER INTERNAL
        "could not compute the hash that its ECDSA signature covers";
    1103 SignEcdsa_SignHash EITHER PRIVATE_KEY
        "could not sign with its ECDSA key";
    1104 SignEcdsa_Encode EITHER INTERNAL
        "could not write its ECDSA signature down";
    1105 VerifyRsa_ComputeHash EITHER INTERNAL
        "could not compute the hash that the other side's RSA signature covers";
    1106 VerifyRsa_Verify EITHER HANDSHAKE_SIGNATURE
        "received an RSA signature that does not verify";
    1107 VerifyEcdsa_Crypto EITHER HANDSHAKE_SIGNATURE
        "could not verify an ECDSA signature, for a failure of its cryptography";
    1108 VerifyEcdsa_Decode EITHER HANDSHAKE_SIGNATURE
        "received an ECDSA signature that does not parse";
    1109 VerifyEcdsa_ComputeHash EITHER INTERNAL
        "could not compute the hash that the other side's ECDSA signature covers";
    1110 VerifyEcdsa_Verify EITHER HANDSHAKE_SIGNATURE
        "received an ECDSA signature that does not verify";
    1111 SignDss_ComputeHash EITHER INTERNAL
        "could not compute the hash that its DSA signature covers";
    1112 SignDss_SignHash EITHER PRIVATE_KEY
        "could not sign with its DSA key";
    1113 SignDss_Encode EITHER INTERNAL
        "could not write its DSA signature down";
    1114 VerifyDss_Decode EITHER HANDSHAKE_SIGNATURE
        "received a DSA signature that does not parse";
    1115 VerifyDss_ComputeHash EITHER INTERNAL
        "could not compute the hash that the other side's DSA signature covers";
    1116 VerifyDss_Verify EITHER HANDSHAKE_SIGNATURE
        "received a DSA signature that does not verify";
    1117 VerifyDss_PublicKey EITHER HANDSHAKE_SIGNATURE
        "could not use the DSA key of the other side";

    // A server reads the ClientHello; `Uni` is the format of SSL 2.
    1200 SrvCliHello_Invalid SERVER MALFORMED
        "received a ClientHello that is not right";
    1201 SrvCliHello_ProtoInvalid SERVER VERSIONS
        "received a ClientHello without a version that is enabled here";
    1202 SrvCliHello_ExtInvalid SERVER MALFORMED
        "received a ClientHello with an extension that is not right";
    1203 SrvCliUniHello_Invalid SERVER NO_HELLO
        "received first bytes that are no ClientHello: plain HTTP, a probe, or SSL 2";
    1204 SrvCliUniHello_MismatchAlg SERVER OLD_HELLO_CIPHERS
        "found no cipher suite that it accepts in a ClientHello of the format of SSL 2";
    1205 SrvCliHello_MismatchAlg SERVER CIPHERS
        "found no cipher suite in the ClientHello that it accepts";
    1206 SrvCliHello_MismatchSigAlg SERVER SCHEMES
        "found no signature algorithm in the ClientHello that it can use";
    1207 SrvCliHello_InvalidRenegoInfo SERVER RENEGOTIATION_INFO
        "received a ClientHello whose renegotiation_info is wrong or missing";
    1208 SrvCliHello_NoAppProtocol SERVER PROTOCOLS
        "found no application protocol in the ClientHello that it speaks";
    1250 SrvCliResp_SkeFailed SERVER KEY_SPEC
        "could not make its ServerKeyExchange, as with a key that may not sign";
    1251 SrvCliResp_CertReq SERVER ISSUER_LIST
        "could not make its CertificateRequest";

    // A server checks the client's CertificateVerify.
    1300 ValidateCertVerify_Illegal SERVER HANDSHAKE_SIGNATURE
        "received a CertificateVerify that is not right or had no place there";
    1301 ValidateCertVerify_KeyLen SERVER HANDSHAKE_SIGNATURE
        "received a CertificateVerify whose length does not fit the client's key";
    1302 ValidateCertVerify_Illegal_Alg SERVER SCHEMES
        "received a CertificateVerify of an algorithm that is not allowed";
    1303 ValidateCertVerify_ComputeHash SERVER INTERNAL
        "could not compute the hash that the client's CertificateVerify covers";
    1304 ValidateCertVerify_ConvertBcrypt SERVER INTERNAL
        "could not give the client's key to its cryptography";
    1305 ValidateCertVerify_Decode SERVER HANDSHAKE_SIGNATURE
        "received a CertificateVerify whose signature does not parse";
    1306 ValidateCertVerify_Sig SERVER HANDSHAKE_SIGNATURE
        "received a CertificateVerify whose signature does not verify";
    1307 ValidateCertVerify_SigAlg SERVER SCHEMES
        "received a CertificateVerify of an algorithm that it does not accept";

    // A client reads a session ticket; a server reads the NextProtocol of NPN.
    1400 SessionTicket_Cli_InvalidSize CLIENT BAD_ANSWER
        "received a session ticket of a size that is not allowed";
    1401 SessionTicket_Cli_MismatchedSize CLIENT BAD_ANSWER
        "received a session ticket that is not as long as it says";
    1402 SessionTicket_Cli_Unexpected CLIENT BAD_ANSWER
        "received a session ticket that it had not asked for";
    1500 NextProtocol_Unexpected SERVER OUT_OF_TURN
        "received a NextProtocol that had no place there";
    1501 NextProtocol_InvalidSize SERVER MALFORMED
        "received a NextProtocol that is not as long as it says";
    1502 NextProtocol_InvalidPadding SERVER MALFORMED
        "received a NextProtocol whose padding is not right";

    // Making a credential, before there is a connection.
    10000 Cred_BadCspTypeForRsaProvider EITHER KEY_SPEC
        "found its RSA key in a cryptographic provider of a type that it cannot use";
    10001 Cred_GetServerPrivateKeyFailed EITHER KEY_ACCESS
        "could not get at the private key of its certificate";
    10002 Cred_OpenKeyUsingCngFailed EITHER KEY_ACCESS
        "could not open its private key through CNG";
    10003 Cred_RemoteOpenClientKeyFailed EITHER KEY_ACCESS
        "could not open a private key that lies with the process which asked";
    10004 Cred_CertDuplicateFailed EITHER NO_SERVER_CERTIFICATE
        "could not copy its certificate";
    10005 Cred_CertGetPublicKeyFailed EITHER NO_SERVER_CERTIFICATE
        "could not read the public key of its certificate";
    10006 Cred_CertGetPublicKeyLenFailed EITHER NO_SERVER_CERTIFICATE
        "could not read how long the public key of its certificate is";
    10007 Cred_CertSerializationFailed EITHER NO_SERVER_CERTIFICATE
        "could not write its certificate down for LSASS";
    10008 Cred_CertTooLarge EITHER NO_SERVER_CERTIFICATE
        "found its certificate too large";
    10009 Cred_FillCertInfoFailed EITHER NO_SERVER_CERTIFICATE
        "could not read its certificate";
    10010 Cred_InitMinMaxStrengthsFailed EITHER SETUP
        "could not settle how strong its ciphers have to be";
    10011 Cred_BuildUserAlgsFailed EITHER SETUP
        "could not settle which algorithms the program asked for";
    10012 Cred_RootStoreChangeFailed EITHER SETUP
        "could not take up a change in its store of trusted roots";
    10013 Cred_InitEnabledProtocolsFailed EITHER PROTOCOLS_OFF
        "found no version enabled of those that the program asked for";
    10014 Cred_OpenKeyUsingCapiFailed EITHER KEY_ACCESS
        "could not open its private key through CryptoAPI";
    10015 Cred_GetCertEndpointBindingsFailed EITHER NO_SERVER_CERTIFICATE
        "could not compute the channel binding of its certificate";
}
