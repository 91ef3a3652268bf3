//! Landlock: no file, no device, no connection, nobody to send a signal to.

use std::collections::BTreeSet;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, RestrictionStatus, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

/// Gives up the file system, but for reading files in these folders, and the network. What is open
/// stays open.
///
/// # Errors
/// Why nothing of it is in force, in a few words.
pub(super) fn give_up(later: &BTreeSet<PathBuf>) -> Result<String, String> {
    let status = restrict(later).map_err(|error| format!("no Landlock: {error}"))?;
    let abi = match status.landlock {
        LandlockStatus::Available { .. } if status.ruleset == RulesetStatus::NotEnforced => {
            return Err("no Landlock: it was refused".to_owned());
        }
        LandlockStatus::Available { effective_abi, .. } => effective_abi,
        LandlockStatus::NotEnabled => return Err("no Landlock: not switched on".to_owned()),
        LandlockStatus::NotImplemented => {
            return Err("no Landlock: not in this kernel".to_owned());
        }
    };
    let files = match later.len() {
        0 => "no files".to_owned(),
        1 => "reads files in 1 place".to_owned(),
        places => format!("reads files in {places} places"),
    };
    let network = if abi >= ABI::V4 { ", no TCP" } else { "" };
    Ok(format!("Landlock ABI {abi} ({files}{network})"))
}

/// Asks for all that the newest Landlock can take away; an older one takes what it knows.
fn restrict(later: &BTreeSet<PathBuf>) -> Result<RestrictionStatus, RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(later, AccessFs::ReadFile))?
        .restrict_self()
}

/// The newest version that the crate knows.
const NEWEST: ABI = ABI::V10;
