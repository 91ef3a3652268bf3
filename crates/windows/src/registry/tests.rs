//! Registries from text of every shape, and what damage does to them.

use super::*;
use logs::More;

const CLIENT: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client";
const ORDER: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002";

fn read(text: &str) -> Registry {
    let mut reader = RegistryReader::default();
    reader.window(text.as_bytes(), More::Over);
    reader.finish()
}

fn long(path: &str) -> String {
    path.replacen("HKLM", "HKEY_LOCAL_MACHINE", 1)
}

fn number(registry: &Registry, name: &str) -> Option<u64> {
    registry.value(CLIENT, name).and_then(|(_, entry)| entry.data.integer())
}

/// An export of regedit: every type, a value over several lines, comments, quotes in quotes.
#[test]
fn exports_are_read() {
    let text = format!(
        "Windows Registry Editor Version 5.00\r\n\r\n; a comment\r\n[{}]\r\n\
         \"Enabled\"=dword:ffffffff\r\n\"DisabledByDefault\"=dword:00000000\r\n\
         @=\"a \\\"quoted\\\" \\\\ text\"\r\n\"Wide\"=hex(b):01,00,00,00,00,00,00,00\r\n\
         \"Many\"=hex(7):41,00,2c,00,42,00,00,00,\\\r\n  43,00,00,00,00,00\r\n\
         \"Lines\"=\"one\r\ntwo\"\r\n\"Raw\"=hex:01,02\r\n\
         [HKEY_LOCAL_MACHINE\\SYSTEM\\Other]\r\n\"Enabled\"=dword:00000007\r\n",
        long(CLIENT)
    );
    let registry = read(&text);
    assert_eq!(registry.faults().0, []);
    assert_eq!(number(&registry, "ENABLED"), Some(0xffff_ffff));
    assert_eq!(number(&registry, "disabledbydefault"), Some(0));
    let key = registry.key(&CLIENT.to_uppercase()).unwrap();
    assert_eq!(key.entry("").unwrap().data, Data::Text("a \"quoted\" \\ text".into()));
    assert_eq!(key.entry("Wide").unwrap().data, Data::Qword(1));
    assert_eq!(key.entry("Many").unwrap().data.list().collect::<Vec<_>>(), ["A", "B", "C"]);
    assert_eq!(key.entry("Lines").unwrap().data, Data::Text("one\ntwo".into()));
    assert_eq!(key.entry("Raw").unwrap().data, Data::Binary(3, vec![1, 2]));
    assert_eq!(key.entry("Enabled").unwrap().place.line, 5);
    assert!(registry.key(r"HKLM\SYSTEM\Other").is_none());
}

/// The same bytes in windows of any size are the same registry.
#[test]
fn windows_change_nothing() {
    let text = format!(
        "REGEDIT4\n[{}]\n\"Functions\"=hex(7):41,2c,42,\\\n  00,00\n\"E\"=\"x\ny\"\n[{}]\n\"Enabled\"=dword:1\n",
        long(ORDER),
        long(CLIENT)
    );
    let whole = read(&text);
    assert_eq!(whole.value(ORDER, "functions").unwrap().1.data, Data::Texts(vec!["A,B".into()]));
    for size in 1..text.len() {
        let mut reader = RegistryReader::default();
        let mut held = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            held.extend_from_slice(piece);
            let done = reader.window(&held, More::Coming);
            held.drain(..done);
        }
        reader.window(&held, More::Over);
        assert_eq!(reader.finish(), whole, "{size}");
    }
}

/// A file of changes is the state that it leaves behind.
#[test]
fn deletions_delete() {
    let text = format!(
        "Windows Registry Editor Version 5.00\n[{0}]\n\"Enabled\"=dword:0\n\"DisabledByDefault\"=dword:1\n\
         \"Enabled\"=-\n[{1}]\n\"Functions\"=\"A\"\n[-{1}]\n",
        long(CLIENT),
        long(ORDER)
    );
    let registry = read(&text);
    assert_eq!(number(&registry, "Enabled"), None);
    assert_eq!(number(&registry, "DisabledByDefault"), Some(1));
    assert!(registry.key(ORDER).is_none());
}

/// What `reg query` and PowerShell print is read as well.
#[test]
fn printed_keys_are_read() {
    let query = format!(
        "\r\n{}\r\n    Enabled    REG_DWORD    0x0\r\n    Many    REG_MULTI_SZ    A\\0B\r\n\
         \r\n{}\r\n    Functions    REG_SZ    A,B\r\n\r\n",
        long(CLIENT),
        long(ORDER)
    );
    let registry = read(&query);
    assert_eq!(registry.faults().0, []);
    assert_eq!(number(&registry, "Enabled"), Some(0));
    assert_eq!(registry.value(ORDER, "Functions").unwrap().1.data.list().count(), 2);
    let list = format!(
        "\n\nEnabled           : -1\nDisabledByDefault : 0\nPSPath            : Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SYSTEM\n                    {}\nPSChildName       : Client\n\n",
        CLIENT.trim_start_matches(r"HKLM\SYSTEM")
    );
    let registry = read(&list);
    assert_eq!(registry.faults().0, []);
    assert_eq!(number(&registry, "Enabled"), Some(0xffff_ffff));
}

/// `CurrentControlSet` is the one of that name, the one that `Select` names, or the only one.
#[test]
fn the_current_control_set_is_found() {
    let set = |number: u16, value: u32| {
        let path = long(CLIENT).replace("CurrentControlSet", &format!("ControlSet{number:03}"));
        format!("[{path}]\n\"Enabled\"=dword:{value}\n")
    };
    let select = "[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n\"Current\"=dword:2\n";
    let both = format!("{}{}", set(1, 1), set(2, 2));
    assert_eq!(number(&read(&format!("{both}{select}")), "Enabled"), Some(2));
    assert_eq!(number(&read(&both), "Enabled"), Some(1));
    let named = format!("{both}{select}[{}]\n\"Enabled\"=dword:9\n", long(CLIENT));
    assert_eq!(number(&read(&named), "Enabled"), Some(9));
    let loaded = set(1, 5).replace("\\SYSTEM\\", "\\OFFLINE\\");
    assert_eq!(number(&read(&loaded), "Enabled"), Some(5));
}

/// Damage is told by its line and costs nothing but itself.
#[test]
fn damage_has_a_line() {
    let text = format!(
        "Windows Registry Editor Version 5.00\n[{0}]\n\"A\"=dword:xyz\nnonsense\n\"B\"=\"never ends\n[{1}]\n\"Functions\"=\"A\"\n\"C\"=hex:0\\",
        long(CLIENT),
        long(ORDER)
    );
    let registry = read(&text);
    let lines: Vec<u64> = registry.faults().0.iter().map(|fault| fault.place.line).collect();
    assert_eq!(lines, [3, 4, 5, 8]);
    assert!(registry.value(ORDER, "Functions").is_some());
    assert_eq!(read("Dear all,\nplease look at this\n").faults().0.len(), 1);
}

/// A line, a value and a number of keys without an end take no more than their bounds.
#[test]
fn what_is_kept_is_bounded() {
    let line = format!("[{}]\n\"A\"=\"{}\n\"B\"=dword:1\n", long(CLIENT), "x".repeat(MAX_DATA * 9));
    let registry = read(&line);
    assert_eq!(registry.faults().0.len(), 1);
    assert!(registry.value(CLIENT, "B").is_some());
    let keys: String = (0..MAX_KEYS + 7).map(|n| format!("[{}\\{n}]\n", long(CLIENT))).collect();
    assert_eq!(read(&keys).left_out(), 7);
    let entries: String = (0..MAX_ENTRIES + 7).map(|n| format!("\"{n}\"=dword:1\n")).collect();
    let registry = read(&format!("[{}]\n{entries}", long(CLIENT)));
    assert_eq!(registry.key(CLIENT).unwrap().entries.len(), MAX_ENTRIES);
}

/// However many keys a file names, no more is kept of them than of a machine's, neither the keys nor
/// that they were there; and control sets without end are no way around it.
#[test]
fn keys_without_end_are_bounded() {
    let schannel = r"Control\SecurityProviders\SCHANNEL\Protocols";
    let text: String = (0..2 * MAX_KEYS)
        .map(|number| {
            let set = number % 999 + 1;
            format!("[HKLM\\SYSTEM\\ControlSet{set:03}\\{schannel}\\P{number}\\Client]\n\"Enabled\"=dword:1\n")
        })
        .collect();
    let mut reader = RegistryReader::default();
    reader.window(text.as_bytes(), More::Over);
    let registry = reader.finish();
    assert!(registry.left_out() >= MAX_KEYS as u64);
    assert!(registry.whole.len() <= MAX_KEYS && registry.count() <= MAX_KEYS);
}

/// A key that is taken out gives its room back, with all that is below it and nothing beside it.
#[test]
fn deleted_keys_give_their_room_back() {
    let key = |name: &str| format!("[{}\\{name}]\n\"V\"=\"0123456789\"\n", long(CLIENT));
    let kept = read(&key("b"));
    let text = [key("a"), key("a\\c"), key("b"), format!("[-{}\\a]\n", long(CLIENT))].concat();
    let registry = read(&text);
    assert_eq!((registry.count(), registry.size), (1, kept.size));
    let emptied = read(&[key("b"), "\"V\"=-\n".into()].concat());
    assert_eq!((emptied.count(), emptied.size), (1, 0));
}

/// Values of the largest size in many keys do not add up without end, and what was left is told.
#[test]
fn values_without_end_are_bounded() {
    let value = "x".repeat(MAX_DATA - 100);
    let text: String = (0..MAX_SIZE / MAX_DATA + 4)
        .map(|number| format!("[{}\\{number}]\n\"V\"=\"{value}\"\n", long(CLIENT)))
        .collect();
    let registry = read(&text);
    assert!(registry.size <= MAX_SIZE);
    assert_eq!(registry.faults().0[0].what, "more bytes of values than are kept");
}

/// A tree that is there as a whole is so for all below it, and for nothing whose name begins alike.
#[test]
fn a_whole_tree_holds_what_is_below() {
    let registry = read(&format!("[{}]\n[{}\\below]\n", long(CLIENT), long(CLIENT)));
    assert_eq!(registry.whole.len(), 1);
    assert!(registry.is_whole(CLIENT) && registry.is_whole(&format!("{CLIENT}\\Below\\more")));
    assert!(!registry.is_whole(&format!("{CLIENT}2")));
}
