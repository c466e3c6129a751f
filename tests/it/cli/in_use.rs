//! Commands on a directory that a server has open, and false alarms on stderr.

use std::path::Path;

use super::import::{GARDEN, import};
use super::{Called, folder, stemma};
use crate::http::server::Server;

/// The engine's false alarm, which is never logged.
const FALSE_ALARM: &str = "No runtime available";

/// A call of every command that opens a data directory, without optional options.
const COMMANDS: &[&[&str]] = &[
    &["serve", "--listen", "127.0.0.1:0"],
    &["demo", "--no-serve"],
    &["import", "more.ndjson"],
    &["checkout", "birds/TRAINING_SET/garden", "out"],
    &["export", "ndjson"],
    &["export", "prov", "birds/LABEL/photo"],
    &["export", "coco", "birds/TRAINING_SET/garden"],
    &["export", "croissant", "birds/TRAINING_SET/garden", "--dir", "croissant"],
    &["export", "warehouse", "--dir", "tables"],
    &["gc"],
    &["gc", "--delete"],
    &["backup", "saved"],
    &["restore", "kept"],
    &["trace", "--all"],
    &["verify"],
];

const HINT: &str = "stop that process, or name another directory with --data; `import`, `checkout`, `export`, `gc`, `backup` and \
     `trace` can use a server that has it open: give --server and the URL that it printed when it started";

fn on_the_store(folder: &Path, arguments: &[&str]) -> Called {
    stemma(folder, &[arguments, &["--data", "stemma-data"]].concat())
}

#[test]
fn every_command_gives_the_same_hint() {
    let folder = folder();
    import(folder.path(), GARDEN, &[]);
    std::fs::write(folder.path().join("more.ndjson"), GARDEN).unwrap();
    assert_eq!(stemma(folder.path(), &["backup", "kept"]).code, Some(0));
    let server = Server::start(&folder.path().join("stemma-data"));
    for arguments in COMMANDS {
        let refused = on_the_store(folder.path(), arguments);
        assert!(refused.err.contains("is in use by another process"), "{arguments:?}: {}", refused.err);
        assert!(refused.err.ends_with(&format!("hint: {HINT}\n")), "{arguments:?}: {}", refused.err);
    }
    // The commands that the hint names, and no others, have the option.
    for arguments in COMMANDS {
        let name = &arguments[..if arguments[0] == "export" { 2 } else { 1 }];
        let help = stemma(folder.path(), &[name, &["--help"]].concat()).out;
        let is_named = HINT.contains(&format!("`{}`", arguments[0]));
        assert_eq!(help.contains("--server <URL>"), is_named, "{arguments:?}");
    }
    server.kill();
}

#[test]
fn no_command_says_that_its_store_is_not_closed() {
    let folder = folder();
    import(folder.path(), GARDEN, &[]);
    std::fs::write(folder.path().join("more.ndjson"), GARDEN).unwrap();
    assert_eq!(stemma(folder.path(), &["backup", "kept"]).code, Some(0));
    // `serve` and `demo` run until they are stopped; `coco` needs image sizes.
    for arguments in COMMANDS.iter().filter(|arguments| !["serve", "demo"].contains(&arguments[0])) {
        if arguments[1..].first() == Some(&"coco") {
            continue;
        }
        let data = if arguments[0] == "restore" { "restored" } else { "stemma-data" };
        let more = ["--data", data, "--log", "warn,surrealkv=info"];
        let called = stemma(folder.path(), &[arguments, &more[..]].concat());
        assert_eq!(called.code, Some(0), "{arguments:?}: {}", called.err);
        assert!(!called.err.contains(FALSE_ALARM), "{arguments:?}: {}", called.err);
        if arguments[0] == "import" {
            // The engine logged that it was closed.
            assert!(called.err.contains("Closing WAL"), "{arguments:?}: {}", called.err);
            assert!(!folder.path().join(data).join("graph.open").exists(), "{arguments:?}");
        }
    }
}
