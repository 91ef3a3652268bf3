//! The README's example is what the program really prints.
//!
//! It is a test and not one of the checks, because it needs the program built.

/// The first example in a README: the arguments after the program's name, and the output shown.
///
/// An example is a fenced block that starts with `$ tlswhy ...` or `$ cargo run ... -- ...`.
#[cfg(test)]
fn example(readme: &str) -> Option<(Vec<&str>, String)> {
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if !matches!(kind.trim(), "console" | "text" | "") {
            continue;
        }
        let Some((command, output)) = block.split_first() else { continue };
        let Some(command) = command.strip_prefix("$ ") else { continue };
        let words = command.strip_prefix("tlswhy ").or_else(|| {
            command
                .starts_with("cargo run")
                .then(|| command.split_once(" -- "))?
                .map(|(_, words)| words)
        });
        if let Some(words) = words {
            let output: Vec<&str> =
                output.iter().take_while(|line| !line.starts_with("$ ")).copied().collect();
            return Some((words.split_whitespace().collect(), output.join("\n")));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo;

    /// The first example in README.md, run again, gives the text that stands there. With
    /// `TLSWHY_BLESS=1` the text is put there.
    #[test]
    fn the_example_is_the_real_output() {
        let path = repo::root().join("README.md");
        let readme = std::fs::read_to_string(&path).unwrap_or_default();
        let Some((words, shown)) = example(&readme) else { return };
        let output = repo::cargo()
            .args(["run", "--quiet", "--locked", "--package", "tlswhy", "--"])
            .args(&words)
            .output()
            .unwrap();
        let real = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "the example is one with failures");
        if std::env::var_os("TLSWHY_BLESS").is_some() {
            let blessed = readme.replacen(&format!("\n{shown}\n"), &format!("\n{real}"), 1);
            return std::fs::write(path, blessed).unwrap();
        }
        assert_eq!(
            real.trim_end(),
            shown.trim_end(),
            "README.md shows another output than `tlswhy {}` gives; it said on stderr: {}",
            words.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// The block is found behind others, and the prompt decides.
    #[test]
    fn the_example_is_found() {
        let readme =
            "```sh\n$ tlswhy 1\n```\n```console\n$ cargo run --release -- a.pcap\none\ntwo\n```\n";
        assert_eq!(example(readme), Some((vec!["a.pcap"], "one\ntwo".to_owned())));
        assert_eq!(example("```console\n$ ls\n```\n"), None);
    }
}
