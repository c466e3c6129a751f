//! Checks that the rows of `rules.rs` that give a crate to a layer name dependencies.

use std::collections::BTreeSet;

use super::rules::{BANS, OWNED};
use super::{none, root};

/// The libraries whose crate has another name.
const RENAMED: [(&str, &str); 1] = [("tokio_tar", "astral-tokio-tar")];

#[test]
fn crates_with_a_layer_are_dependencies() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml can be read");
    let owned = BANS.iter().filter(|ban| ban.why == OWNED).map(|ban| ban.what);
    none(not_dependencies(owned, &manifest));
}

/// Returns the libraries that are not of a direct dependency.
fn not_dependencies<'a>(libraries: impl Iterator<Item = &'a str>, manifest: &str) -> Vec<String> {
    let (_, dependencies) = manifest.split_once("\n[dependencies]\n").unwrap_or_default();
    let dependencies = dependencies.split("\n[").next().unwrap_or_default();
    let libraries_of: BTreeSet<String> = dependencies
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(package, _)| {
            let renamed = RENAMED.iter().find(|(_, name)| *name == package);
            renamed.map_or_else(|| package.replace('-', "_"), |(library, _)| (*library).to_owned())
        })
        .collect();
    let missing = libraries.filter(|library| !libraries_of.contains(*library));
    missing.map(|library| format!("rules.rs: {library} is not a dependency: remove its row")).collect()
}

/// The check must be able to fail.
#[test]
fn a_row_without_a_dependency_is_found() {
    let manifest = "[package]\nname = \"x\"\n\n[dependencies]\n# The server.\nactix-web = \"4\"\nserde_json = \"1\"\n\
                    astral-tokio-tar = \"1\"\n\n[dev-dependencies]\ninsta = \"1\"";
    let libraries = ["actix_web", "serde_json", "tokio_tar", "insta", "subtle"];
    let faults = not_dependencies(libraries.into_iter(), manifest);
    let missing =
        ["insta", "subtle"].map(|name| format!("rules.rs: {name} is not a dependency: remove its row"));
    assert_eq!(faults, missing);
}
