//! Paths: one spelling for all that are in use, and which of them matter.
//!
//! People write `HKEY_LOCAL_MACHINE`, `HKLM:` or nothing; a disk has `ControlSet001` where a running
//! machine has `CurrentControlSet`; a hive that was loaded for repair has a name of its own.

/// The path of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// As the input spells it, behind the short name of its root and with `CurrentControlSet`.
    pub(super) text: String,
    /// The number of the control set that it is in, if it is in one: [`CURRENT`] for the one in use.
    pub(super) control_set: Option<u16>,
}

/// What is wanted of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Its values, and the keys below it that are wanted.
    Kept,
    /// Nothing but the way to keys that are.
    OnTheWay,
    /// Nothing.
    No,
}

/// The control set that a running machine uses, in place of a number.
pub(super) const CURRENT: u16 = 0;
/// Where a hive says which control set it uses.
pub(super) const SELECT: &str = r"HKLM\SYSTEM\Select";
/// The most characters of a path: a key's name has at most 255, and no wanted one is 20 deep.
const MAX_PATH: usize = 4_096;

/// Keys that matter, in small letters; those with a star with all that is below them.
const AREAS: &[&str] = &[
    r"hklm\system\select",
    r"hklm\system\currentcontrolset\control\computername\*",
    r"hklm\system\currentcontrolset\control\cryptography\configuration\local\ssl\*",
    r"hklm\system\currentcontrolset\control\lsa",
    r"hklm\system\currentcontrolset\control\lsa\fipsalgorithmpolicy",
    r"hklm\system\currentcontrolset\control\securityproviders\schannel\*",
    r"hklm\system\currentcontrolset\services\tcpip\parameters",
    r"hklm\system\currentcontrolset\services\tcpip\parameters\interfaces\*",
    r"hklm\system\currentcontrolset\services\tcpip6\parameters\interfaces\*",
    r"hklm\software\microsoft\.netframework\v2.0.50727",
    r"hklm\software\microsoft\.netframework\v4.0.30319",
    r"hklm\software\wow6432node\microsoft\.netframework\v2.0.50727",
    r"hklm\software\wow6432node\microsoft\.netframework\v4.0.30319",
    r"hklm\software\microsoft\windows nt\currentversion",
    r"hklm\software\microsoft\windows\currentversion\internet settings",
    r"hklm\software\microsoft\windows\currentversion\internet settings\winhttp",
    r"hklm\software\wow6432node\microsoft\windows\currentversion\internet settings",
    r"hklm\software\wow6432node\microsoft\windows\currentversion\internet settings\winhttp",
    r"hklm\software\policies\microsoft\cryptography\configuration\ssl\*",
    r"hklm\software\policies\microsoft\windows\currentversion\internet settings",
    r"hkcu\software\microsoft\windows\currentversion\internet settings",
    r"hkcu\software\policies\microsoft\windows\currentversion\internet settings",
];

/// Trees of `HKLM` that are no hive which somebody loaded under a name of his own.
const TREES: &[&str] =
    &["bcd00000000", "components", "drivers", "hardware", "sam", "security", "software", "system"];

impl Path {
    /// Reads a path as people and programs write it; none for roots that do not matter here.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('\\');
        let text = text.rsplit_once("::").map_or(text, |(_, rest)| rest);
        let text = strip(text, "Computer\\").unwrap_or(text);
        if text.len() > MAX_PATH {
            return None;
        }
        let (root, rest) = text.split_once('\\').unwrap_or((text, ""));
        let root = match root.trim_end_matches(':').to_ascii_uppercase().as_str() {
            "HKEY_LOCAL_MACHINE" | "HKLM" => "HKLM",
            "HKEY_CURRENT_USER" | "HKCU" => "HKCU",
            _ => return None,
        };
        Some(Self::of(root, rest))
    }

    /// A path below a root.
    pub(super) fn of(root: &str, rest: &str) -> Self {
        let mut parts: Vec<&str> = rest.split('\\').filter(|part| !part.is_empty()).collect();
        let loaded = root == "HKLM"
            && parts
                .first()
                .is_some_and(|tree| !TREES.contains(&tree.to_ascii_lowercase().as_str()));
        if let (true, Some(next)) = (loaded, parts.get(1).copied()) {
            let software = ["microsoft", "policies", "wow6432node"];
            let tree = if control_set(next).is_some() || next.eq_ignore_ascii_case("select") {
                Some("SYSTEM")
            } else if software.contains(&next.to_ascii_lowercase().as_str()) {
                Some("SOFTWARE")
            } else {
                None
            };
            if let (Some(tree), Some(first)) = (tree, parts.first_mut()) {
                *first = tree;
            }
        }
        let system =
            root == "HKLM" && parts.first().is_some_and(|it| it.eq_ignore_ascii_case("system"));
        let control_set = parts.get(1).filter(|_| system).and_then(|part| control_set(part));
        if let (Some(_), Some(part)) = (control_set, parts.get_mut(1)) {
            *part = "CurrentControlSet";
        }
        let text = [root].into_iter().chain(parts).collect::<Vec<_>>().join("\\");
        Self { text, control_set }
    }

    /// The path of a key below this one.
    pub(super) fn child(&self, name: &str) -> Self {
        // A name may hold any sign but the one that separates names.
        let (root, rest) = self.text.split_once('\\').unwrap_or((&self.text, ""));
        let below = Self::of(root, &format!("{rest}\\{}", name.replace('\\', "/")));
        Self { control_set: self.control_set.or(below.control_set), ..below }
    }

    /// The path by which it is found.
    pub(super) fn folded(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// What is wanted of it.
    pub(super) fn wanted(&self) -> Wanted {
        let folded = self.folded();
        let is_below = |path: &str, area: &str| {
            path.strip_prefix(area).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
        };
        let mut wanted = Wanted::No;
        for area in AREAS {
            let (root, deep) = area.strip_suffix("\\*").map_or((*area, false), |root| (root, true));
            if folded == root || (deep && is_below(&folded, root)) {
                return Wanted::Kept;
            }
            if is_below(root, &folded) {
                wanted = Wanted::OnTheWay;
            }
        }
        wanted
    }
}

/// The number of a control set, by its name.
pub(super) fn control_set(name: &str) -> Option<u16> {
    if name.eq_ignore_ascii_case("CurrentControlSet") {
        return Some(CURRENT);
    }
    let digits = strip(name, "ControlSet").filter(|digits| digits.len() == 3)?;
    digits.parse().ok().filter(|number| *number != CURRENT)
}

/// What stands behind a beginning, in whatever case.
pub(super) fn strip<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}
