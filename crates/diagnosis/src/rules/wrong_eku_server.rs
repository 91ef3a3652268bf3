//! The server's certificate is not meant for servers.

use alert::Alert;

use super::chain;
use super::refusal::{self, Words};
use crate::dialect::Defect;
use crate::{Case, Cause, Finding};

pub(super) const CAUSE: Cause = Cause {
    slug: "wrong-eku-server",
    because: "a server certificate that is not meant for servers",
    page: include_str!("wrong-eku-server.md"),
    judge,
};

const WORDS: Words = Words {
    just: &[Alert::UNSUPPORTED_CERTIFICATE],
    maybe: &[Alert::BAD_CERTIFICATE, Alert::CERTIFICATE_UNKNOWN, Alert::HANDSHAKE_FAILURE],
    usual: false,
    plain: true,
    tell: "openssl x509 -noout -ext extendedKeyUsage of what is served",
};

fn judge(case: &Case<'_>) -> Option<Finding> {
    let refusal = refusal::of_server(case)?;
    let finding = match case.server_leaf() {
        Some(leaf) if !chain::may_serve(leaf) => {
            let confidence = refusal.because_of(&WORDS)?;
            let usage = match leaf.extended_key_usage() {
                Some(usage) if usage.client_auth => "clientAuth",
                _ => "other purposes",
            };
            refusal.against(&CAUSE, confidence).tell(WORDS.tell).frame(
                "server sends",
                case.server_chain_frame,
                format!("{}, for {usage}, not for serverAuth", chain::subject(leaf)),
            )
        }
        Some(_) => return None,
        None => return refusal.unseen(case, &CAUSE, Defect::Purpose, &WORDS),
    };
    Some(refusal.told(case, Defect::Purpose, finding))
}
