//! Compares the table of settings in the documents with the help of every command.

use std::collections::BTreeMap;
use std::process::Command;

use super::lists::commands_of_help;
use super::{none, root};

const DOCUMENT: &str = "docs/operations.md";

/// The first row of the table.
const HEAD: &str = "| Option | Variable | In the file | Default | Commands |";

/// An option with a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    value: String,
    variable: String,
    default: Option<String>,
}

/// The settings by name, each with the commands that take it.
type Settings = BTreeMap<String, (Setting, Vec<String>)>;

#[test]
fn the_table_of_settings_lists_those_of_the_commands() {
    let (mut settings, mut faults) = (Settings::new(), Vec::new());
    let commands: Vec<String> = names(&help(&[]));
    for command in &commands {
        collect(&[command], &mut settings, &mut faults);
    }
    assert!(settings.contains_key("data") && settings.contains_key("config"), "{settings:?}");
    let text = std::fs::read_to_string(root().join(DOCUMENT)).expect("a document is text");
    faults.extend(differences(&text, &settings, &commands));
    none(faults);
}

fn help(path: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stemma"));
    // A set variable would be shown with its value.
    for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with("STEMMA_")) {
        command.env_remove(variable);
    }
    let help = command.args(path).arg("--help").output().expect("the binary starts");
    String::from_utf8_lossy(&help.stdout).into_owned()
}

/// Returns the commands in a help text, in its order.
fn names(help: &str) -> Vec<String> {
    let mut names: Vec<String> = commands_of_help(help).into_iter().collect();
    names.sort_by_key(|name| help.find(&format!("\n  {name} ")));
    names
}

/// Adds the settings of a command and of all commands below it.
fn collect(path: &[&str], settings: &mut Settings, faults: &mut Vec<String>) {
    let help = help(path);
    for (name, setting) in options(&help) {
        let (known, takers) = settings.entry(name.clone()).or_insert((setting.clone(), Vec::new()));
        if *known != setting {
            faults.push(format!("--{name}: {setting:?} in {}, {known:?} elsewhere", path.join(" ")));
        }
        if takers.last().is_none_or(|last| last != path[0]) {
            takers.push(path[0].to_owned());
        }
    }
    for below in names(&help) {
        collect(&[path, &[below.as_str()]].concat(), settings, faults);
    }
}

/// Returns the options with a variable in a help text, by name.
fn options(help: &str) -> Vec<(String, Setting)> {
    let mut entries: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in help.lines() {
        if let Some(start) = line.strip_prefix("      --") {
            entries.push(start.trim_end().to_owned());
            is_open = true;
        } else if !line.starts_with("       ") {
            is_open = false;
        } else if let Some(entry) = entries.last_mut().filter(|_| is_open) {
            entry.push(' ');
            entry.push_str(line.trim());
        }
    }
    entries.iter().filter_map(|entry| option(entry)).collect()
}

fn option(entry: &str) -> Option<(String, Setting)> {
    let between = |text: &str, open: &str, close: char| {
        let (_, after) = text.split_once(open)?;
        Some(after.split_once(close)?.0.to_owned())
    };
    let (_, after) = entry.split_once("[env: ")?;
    let (variable, after) = after.split_once('=')?;
    let setting = Setting {
        value: between(entry, "<", '>').unwrap_or_default(),
        variable: variable.to_owned(),
        // A default before the variable is part of the description.
        default: between(after, "[default: ", ']'),
    };
    Some((entry.split([' ', '[']).next()?.to_owned(), setting))
}

fn differences(text: &str, settings: &Settings, commands: &[String]) -> Vec<String> {
    let rows = text.lines().skip_while(|line| *line != HEAD).skip(2).take_while(|line| line.starts_with('|'));
    let (mut faults, mut listed) = (Vec::new(), Vec::new());
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [option, variable, in_file, default, takers] = cells[..] else {
            faults.push(format!("{DOCUMENT}: expected five cells, found {row}"));
            continue;
        };
        let name = option.trim_start_matches("`--").split([' ', '`']).next().unwrap_or_default();
        let Some((setting, taken_by)) = settings.get(name).filter(|_| !listed.contains(&name)) else {
            faults.push(format!("{DOCUMENT}: there is no setting {option}, or it has two rows"));
            continue;
        };
        listed.push(name);
        let in_code = |text: &str| format!("`{text}`");
        let mut compare = |column: &str, found: &str, expected: &str| {
            if found != expected {
                faults.push(format!("{DOCUMENT}: {column} of --{name}: expected {expected}, found {found}"));
            }
        };
        // A list of values has `,…` after the name of a value.
        compare("name", &option.replace(",…", ""), &in_code(&format!("--{name} {}", setting.value)));
        compare("variable", variable, &in_code(&setting.variable));
        compare("name in the file", in_file, &if name == "config" { "–".to_owned() } else { in_code(name) });
        if let Some(expected) = &setting.default {
            let plain = default.split(", the other").next().unwrap_or_default().replace(['`', ','], "");
            compare("default", &plain, expected);
        }
        compare("commands", takers, &commands_cell(taken_by, commands));
    }
    let missing = settings.keys().filter(|name| !listed.contains(&name.as_str()));
    faults.extend(missing.map(|name| format!("{DOCUMENT}: no row for --{name}")));
    faults
}

/// Returns the text for the commands that take a setting.
fn commands_cell(takers: &[String], all: &[String]) -> String {
    let in_code = |names: &[&String], comma: &str| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(comma)
    };
    let others: Vec<&String> = all.iter().filter(|name| !takers.contains(name)).collect();
    match others.len() {
        0 => "all".to_owned(),
        1 | 2 => format!("all but {}", in_code(&others, " and ")),
        _ => in_code(&takers.iter().collect::<Vec<_>>(), ", "),
    }
}

/// The checks must be able to fail.
mod on_bad_tables {
    use super::*;

    const HELP: &str = "\
Usage: stemma x [OPTIONS]

Commands:
  ab    Two
  a     One
  help  Print

Options:
      --plain <N>   No setting [default: 1]
      --dir <DIR>   A folder [default: the other] [env:
                    STEMMA_DIR=] [default:
                    ./x]
  -n, --short       Short
                    more
      --from <URL>
          A server [env: STEMMA_FROM=]

Global options:
      --log <F>     Log [env: STEMMA_LOG=]
  -h, --help        Print help

Examples:
      --not <X>     [env STEMMA_NOT=]";

    fn setting(value: &str, variable: &str, default: Option<&str>) -> Setting {
        let default = default.map(str::to_owned);
        Setting { value: value.to_owned(), variable: variable.to_owned(), default }
    }

    #[test]
    fn settings_and_commands_are_found() {
        let found = options(HELP);
        let expected = [
            ("dir", setting("DIR", "STEMMA_DIR", Some("./x"))),
            ("from", setting("URL", "STEMMA_FROM", None)),
            ("log", setting("F", "STEMMA_LOG", None)),
        ];
        assert_eq!(found, expected.map(|(name, setting)| (name.to_owned(), setting)));
        assert_eq!(names(HELP), ["ab", "a"]);
    }

    #[test]
    fn each_column_is_compared() {
        let commands: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).into();
        let two = vec!["a".to_owned(), "d".to_owned()];
        let settings = Settings::from([
            ("dir".to_owned(), (setting("DIR", "STEMMA_DIR", Some("100000")), two)),
            ("log".to_owned(), (setting("F", "STEMMA_LOG", None), commands.clone())),
            ("one".to_owned(), (setting("N", "STEMMA_ONE", None), vec!["a".to_owned()])),
        ]);
        let table = |rows: &str| format!("Text\n\n{HEAD}\n|---|---|---|---|---|\n{rows}\n\nMore\n| no |\n");
        let good = "| `--dir DIR` | `STEMMA_DIR` | `dir` | 100,000 | all but `b` and `c` |\n\
                    | `--log F,…` | `STEMMA_LOG` | `log` | any text | all |\n\
                    | `--one N` | `STEMMA_ONE` | `one` | none | `a` |";
        assert_eq!(differences(&table(good), &settings, &commands), Vec::<String>::new());
        for (right, wrong, fault) in [
            ("`--dir DIR`", "`--dir D`", "name of --dir: expected `--dir DIR`, found `--dir D`"),
            ("`STEMMA_LOG`", "`STEMMA_LO`", "variable of --log"),
            ("| `log`", "| –", "name in the file of --log"),
            ("100,000", "10,000", "default of --dir: expected 100000, found 10000"),
            ("all but `b` and `c`", "all", "commands of --dir"),
            ("`a` |", "`a`, `b` |", "commands of --one: expected `a`, found `a`, `b`"),
            ("--one N", "--two N", "there is no setting `--two N`"),
        ] {
            let faults = differences(&table(&good.replace(right, wrong)), &settings, &commands);
            assert!(faults.first().is_some_and(|found| found.contains(fault)), "{fault}: {faults:?}");
        }
        let faults = differences(&table(good.lines().next().unwrap_or_default()), &settings, &commands);
        let missing = ["no row for --log", "no row for --one"].map(|fault| format!("{DOCUMENT}: {fault}"));
        assert_eq!(faults, missing);
    }
}
