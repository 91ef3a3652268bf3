//! libFuzzer's door to every target: `TLSWHY_FUZZ` names the one.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tlswhy_fuzz::Target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("TLSWHY_FUZZ").expect("TLSWHY_FUZZ names a target");
    Target::of(&name).expect("there is a target with this name")
});

fuzz_target!(|bytes: &[u8]| TARGET.check(bytes));
