//! What a verifier objects to in each chain, found once: servers send the same chain to everybody.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use chain::{Exchange, Judgement, Notary, Purpose, Question};
use wire::Certificate;

use crate::recent::Recent;

/// Judges chains, and remembers what was found.
#[derive(Debug)]
pub(crate) struct Judgements {
    known: RefCell<Recent<Asked, Arc<Judged>>>,
    notary: Notary,
}

/// What is known of a chain.
#[derive(Debug)]
pub(crate) struct Judged {
    /// What a verifier objects to.
    pub(crate) judgement: Judgement,
    /// The intercepting product whose name stands in it, once somebody has looked.
    pub(crate) interceptor: OnceLock<Option<&'static str>>,
}

/// A chain and what was asked of it. Whom the verifier trusts is the same for all, and when it
/// looked is part of what was found.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Asked {
    /// The body of the Certificate message.
    message: Arc<[u8]>,
    /// Whether it is one of TLS 1.3, which writes it in another way.
    tls13: bool,
    host: Option<Box<str>>,
    purpose: Purpose,
    exchange: Exchange,
}

/// Chains that are remembered, each with a name that was asked for: more than most captures show.
const MOST: usize = 512;
/// A longer message is judged each time: with [`MOST`] of them memory stays below 16 MB, and real
/// ones have 2 to 6 KiB.
const LONGEST: usize = 16 << 10;

impl Default for Judgements {
    fn default() -> Self {
        Self { known: RefCell::new(Recent::new(MOST)), notary: Notary::default() }
    }
}

impl Judgements {
    /// What there is to object to in the certificates of a message; `None` where it has none.
    pub(crate) fn of(
        &self,
        message: &Arc<[u8]>,
        tls13: bool,
        sent: &[Certificate<'_>],
        question: &Question<'_>,
    ) -> Option<Arc<Judged>> {
        let judged = || {
            let judgement = chain::judge(sent, question, &self.notary)?;
            Some(Arc::new(Judged { judgement, interceptor: OnceLock::new() }))
        };
        if sent.is_empty() || message.len() > LONGEST {
            return judged();
        }
        let asked = Asked {
            message: Arc::clone(message),
            tls13,
            host: question.host.map(Box::from),
            purpose: question.purpose,
            exchange: question.exchange,
        };
        let mut known = self.known.borrow_mut();
        let (moment, held) = (question.moment, known.get(&asked));
        let held = held.filter(|it| {
            let (first, last) = it.judgement.holds;
            first <= moment && moment <= last
        });
        if let Some(held) = held {
            return Some(Arc::clone(held));
        }
        let new = judged()?;
        known.insert(asked, Arc::clone(&new));
        Some(new)
    }
}
