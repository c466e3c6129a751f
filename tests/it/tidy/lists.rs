//! Checks lists in the documents against their sources: the commands of the program, and the switches of the tests.

use std::collections::BTreeSet;
use std::process::Command;

use super::{none, read_into, root};

const COMMANDS: &str = "docs/commands.md";
const SWITCHES: &str = "CONTRIBUTING.md";

/// The beginning of the variables that switch tests.
const PREFIX: &str = "STEMMA_TEST_";

#[test]
fn the_table_of_commands_lists_those_of_the_program() {
    let help = Command::new(env!("CARGO_BIN_EXE_stemma")).arg("--help").output().expect("the binary starts");
    let offered = commands_of_help(&String::from_utf8_lossy(&help.stdout));
    assert!(offered.contains("serve"), "the help lists {offered:?}");
    none(differences(COMMANDS, &commands_of_table(&document(COMMANDS)), &offered));
}

#[test]
fn the_table_of_switches_lists_those_of_the_tests() {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        read_into(&mut files, folder, &["rs"]);
    }
    let used: BTreeSet<String> = files.iter().flat_map(|file| switches(&file.text)).collect();
    assert!(!used.is_empty(), "no switches are found");
    none(differences(SWITCHES, &switches(&document(SWITCHES)), &used));
}

fn document(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("a document is text")
}

/// Names that a document lists and that do not exist, and names that it lacks.
fn differences(document: &str, listed: &BTreeSet<String>, real: &BTreeSet<String>) -> Vec<String> {
    let unknown = listed.difference(real).map(|name| format!("{document}: there is no {name}"));
    let missing = real.difference(listed).map(|name| format!("{document}: no line for {name}"));
    unknown.chain(missing).collect()
}

/// The commands in the help of the program, without `help` itself.
pub(super) fn commands_of_help(help: &str) -> BTreeSet<String> {
    let lines =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A line with more than two spaces at its start continues a description.
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}

/// The commands in the first column of a table, such as "| `stemma import FILE` | … |".
fn commands_of_table(text: &str) -> BTreeSet<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| `stemma "));
    cells.filter_map(|cell| cell.split([' ', '`']).next()).map(str::to_owned).collect()
}

fn switches(text: &str) -> BTreeSet<String> {
    let ends = text.match_indices(PREFIX).map(|(start, _)| &text[start + PREFIX.len()..]);
    let names = ends.map(|end| {
        let length = end.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
        &end[..length.unwrap_or(end.len())]
    });
    names.filter(|name| !name.is_empty()).map(|name| format!("{PREFIX}{name}")).collect()
}

/// The checks must be able to fail.
mod on_bad_lists {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_name_too_many_and_one_too_few() {
        assert!(differences("a.md", &set(&["b"]), &set(&["b"])).is_empty());
        let faults = differences("a.md", &set(&["b", "c"]), &set(&["c", "d"]));
        assert_eq!(faults, ["a.md: there is no b", "a.md: no line for d"]);
    }

    #[test]
    fn commands_and_switches_are_found() {
        let help = "About\n\nCommands:\n  serve   Serve\n          more\n  gc      Collect\n  help    Help\n\nOptions:\n  -h";
        assert_eq!(commands_of_help(help), set(&["gc", "serve"]));
        let table =
            "| Command | |\n|---|---|\n| `stemma gc` | x |\n| `stemma import FILE` | `stemma serve` |";
        assert_eq!(commands_of_table(table), set(&["gc", "import"]));
        let text = format!("if {PREFIX}A_1=require, `{PREFIX}B`, {PREFIX} alone");
        assert_eq!(switches(&text), set(&[&format!("{PREFIX}A_1"), &format!("{PREFIX}B")]));
    }
}
