//! Checks `docs/upstream.md`: its versions are those of `Cargo.lock`, so that every update of a library is compared with
//! the page, and a source that names the version of a library leads to the page.

use super::{Source, none, root, sources};

const PAGE: &str = "docs/upstream.md";
const LIBRARIES: &[&str] = &[
    "async-graphql",
    "async-graphql-parser",
    "actix-http",
    "actix-web",
    "surrealdb",
    "surrealkv",
    "sysinfo",
];

#[test]
fn the_page_is_of_the_versions_in_use() {
    let read = |name| std::fs::read_to_string(root().join(name)).expect("it is text");
    none(outdated(&read(PAGE), &read("Cargo.lock")));
}

#[test]
fn workarounds_lead_to_the_page() {
    none(without_reference(&sources()));
}

/// Versions of the page that are not in the lock file. `3.20` stands for every `3.20.x`.
fn outdated(page: &str, lock: &str) -> Vec<String> {
    let in_use = |library: &str, version: &str| {
        let package = format!("name = \"{library}\"\nversion = \"{version}");
        lock.match_indices(&package).any(|(at, _)| lock[at + package.len()..].starts_with(['"', '.']))
    };
    let mut faults = Vec::new();
    for library in LIBRARIES {
        let versions = versions(page, library).filter(|version| !in_use(library, version));
        faults.extend(
            versions.map(|version| format!("{PAGE}: Cargo.lock has another version: {library} {version}")),
        );
    }
    faults
}

/// Sources that name a library with its version, but neither an issue nor the page.
fn without_reference(sources: &[Source]) -> Vec<String> {
    let names_version = |text: &str| {
        let text = text.to_lowercase();
        LIBRARIES.iter().any(|library| versions(&text, library).next().is_some())
    };
    let faulty = |source: &&Source| {
        names_version(&source.text) && !source.text.contains(PAGE) && !source.text.contains("upstream: ")
    };
    sources.iter().filter(faulty).map(|source| format!("{}: no reference to {PAGE}", source.path)).collect()
}

/// The versions that follow the name of a library in a text: `7.2.1` in "of async-graphql 7.2.1.".
fn versions<'t>(text: &'t str, library: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(library).filter_map(move |(at, _)| {
        let version = text[at + library.len()..].strip_prefix(' ')?;
        let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
        Some(version[..end].trim_end_matches('.')).filter(|version| version.contains('.'))
    })
}

/// The checks must be able to fail.
mod on_bad_texts {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"sysinfo\"\nversion = \"0.37.2\"\n\n[[package]]\nname = \"surrealkv\"\nversion = \"0.21.4\"\n";

    #[test]
    fn versions_that_are_not_in_use() {
        let page =
            "| sysinfo 0.37 | surrealkv 0.21.4. | surrealkv is fast | sysinfo 0.3 | surrealkv 0.21.40 |";
        let expected = ["surrealkv 0.21.40", "sysinfo 0.3"];
        assert_eq!(
            outdated(page, LOCK),
            expected.map(|found| format!("{PAGE}: Cargo.lock has another version: {found}"))
        );
    }

    #[test]
    fn workarounds_without_a_reference() {
        let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let sources = [
            source("src/a.rs", "//! SurrealKV 0.21 truncates its log."),
            source("src/b.rs", "//! SurrealKV 0.21 truncates its log (`docs/upstream.md`)."),
            source("src/c.rs", "//! SurrealKV 0.21 truncates its log (upstream: surrealkv #1)."),
            source("src/d.rs", "//! SurrealKV stores rows."),
        ];
        assert_eq!(without_reference(&sources), ["src/a.rs: no reference to docs/upstream.md"]);
    }
}
