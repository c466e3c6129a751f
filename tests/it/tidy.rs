//! The walls between the layers stand without anyone remembering them: this test reads the sources.
//!
//! `tidy/rules.rs` holds the tables. The checks themselves are checked on small bad sources at the end.

#![expect(clippy::expect_used, reason = "a test that cannot go on must stop")]

mod architecture;
mod crates;
mod folders;
mod language;
mod licences;
mod links;
mod lists;
mod paths;
mod rules;
mod settings;
mod upstream;

use std::collections::BTreeSet;
use std::path::Path;

use rules::{BANS, Ban, LAYERS, LONGEST, Layer, OWNED};

/// A file of the repository, its path as in `src/blob/key.rs`.
struct Source {
    path: String,
    text: String,
}

#[test]
fn the_sources_keep_to_their_layers() {
    none(layering(&sources()));
}

#[test]
fn the_sources_speak_only_of_what_they_may() {
    none(bans(&sources()));
}

#[test]
fn every_source_is_short_reached_and_finished() {
    let sources = sources();
    none([too_long(&sources), unreached(&sources), unfinished(&sources)].concat());
}

#[test]
fn tests_and_fixtures_are_finished() {
    let mut files = Vec::new();
    for folder in ["tests", "benches", "fixtures/scenarios"] {
        read_into(&mut files, folder, &["rs", "graphql", "md"]);
    }
    none(unfinished(&files));
}

#[test]
fn decisions_are_numbered_without_gaps() {
    let folder = root().join("docs/decisions");
    let names = std::fs::read_dir(folder).map_or_else(
        |_| Vec::new(),
        |entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect(),
    );
    none(decisions(names));
}

#[test]
fn every_dependency_says_why() {
    none(unexplained(&std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml can be read")));
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    read_into(&mut files, "src", &["rs"]);
    assert!(!files.is_empty(), "no sources are found");
    files
}

fn read_into(files: &mut Vec<Source>, folder: &str, endings: &[&str]) {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return };
    let mut names: Vec<_> = entries.flatten().map(|entry| (entry.file_name(), entry.path())).collect();
    names.sort();
    for (name, path) in names {
        let inner = format!("{folder}/{}", name.to_string_lossy());
        if path.is_dir() {
            read_into(files, &inner, endings);
        } else if endings.iter().any(|ending| path.extension().is_some_and(|e| e == *ending)) {
            let text = std::fs::read_to_string(&path).expect("a source is text");
            files.push(Source { path: inner, text });
        }
    }
}

impl Source {
    /// The place of the source among the modules: `["blob", "key"]`; none for `main.rs` and `lib.rs`.
    fn module(&self) -> Vec<String> {
        let inner = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut names: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if matches!(inner, "main" | "lib") || names.last().is_some_and(|name| name == "mod") {
            names.pop();
        }
        names
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }
}

fn layering(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let module = source.module();
        let Some(own) = module.first() else { continue };
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == own) else {
            faults.push(format!("{}: no layer is called {own}; give it a line in `LAYERS`", source.path));
            continue;
        };
        for named in paths::named(&source.text, &module) {
            let [first, second, ..] = named.path.as_slice() else { continue };
            let other = first == "crate" && second != own && LAYERS.iter().any(|layer| layer.name == second);
            let allowed =
                layer.may_use.contains(&second.as_str()) || (source.is_test() && lies_below(layer, second));
            if other && !allowed {
                let path = named.path.join("::");
                faults.push(format!("{}:{}: {own} may not use {path}", source.path, named.line));
            }
        }
    }
    faults
}

/// Whether a layer rests on another, directly or not: its tests may hold what it rests on.
fn lies_below(layer: &Layer, other: &str) -> bool {
    let next = layer.may_use.iter().filter_map(|name| LAYERS.iter().find(|layer| layer.name == *name));
    layer.may_use.contains(&other) || next.into_iter().any(|layer| lies_below(layer, other))
}

fn bans(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        let here = |places: &[&str]| places.iter().any(|place| source.path.starts_with(place));
        let bans: Vec<&Ban> = BANS.iter().filter(|ban| here(ban.within) && !here(ban.but)).collect();
        for named in paths::named(&source.text, &source.module()) {
            for ban in &bans {
                let wanted: Vec<&str> = ban.what.split("::").collect();
                let is_said = match ban.why {
                    // A variable can have the name of a crate, such as `image`.
                    OWNED => named.path.len() > 1 && named.path[0] == ban.what,
                    _ => named.path.windows(wanted.len()).any(|window| window.iter().eq(&wanted)),
                };
                if is_said {
                    faults.push(format!("{}:{}: {}: {}", source.path, named.line, ban.what, ban.why));
                }
            }
        }
    }
    faults
}

fn too_long(sources: &[Source]) -> Vec<String> {
    let long = sources
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST);
    long.map(|(source, lines)| format!("{}: {lines} lines; look for the seam", source.path)).collect()
}

/// Sources that no `mod` leads to.
fn unreached(sources: &[Source]) -> Vec<String> {
    let mut open: Vec<&Source> = sources.iter().filter(|source| source.module().is_empty()).collect();
    let mut reached: BTreeSet<&str> = open.iter().map(|source| source.path.as_str()).collect();
    while let Some(source) = open.pop() {
        let folder = match source.module() {
            names if names.is_empty() => "src".to_owned(),
            names => format!("src/{}", names.join("/")),
        };
        for name in paths::declared(&source.text) {
            let places = [format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")];
            let found = sources.iter().find(|source| places.contains(&source.path));
            if let Some(found) = found.filter(|found| reached.insert(&found.path)) {
                open.push(found);
            }
        }
    }
    let lost = sources.iter().filter(|source| !reached.contains(source.path.as_str()));
    lost.map(|source| format!("{}: no `mod` leads to it", source.path)).collect()
}

fn unfinished(files: &[Source]) -> Vec<String> {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
    let mut faults = Vec::new();
    for file in files {
        for (number, line) in (1..).zip(file.text.lines()) {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric());
            faults.extend(
                words
                    .filter(|word| marks.contains(word))
                    .map(|word| format!("{}:{number}: {word}", file.path)),
            );
        }
    }
    faults
}

fn decisions(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    let mut faults = Vec::new();
    let mut next = 1;
    for name in names {
        let number = name.split_once('-').and_then(|(number, rest)| {
            (number.len() == 3 && rest.ends_with(".md")).then(|| number.parse::<u32>().ok()).flatten()
        });
        match number {
            Some(number) if number == next => next += 1,
            Some(_) => faults.push(format!("docs/decisions/{name}: the next number is {next:03}")),
            None => faults.push(format!("docs/decisions/{name}: decisions are called NNN-words.md")),
        }
    }
    faults
}

/// Dependencies without a comment above them.
fn unexplained(manifest: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut among, mut before) = (false, "");
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            among = section.trim_end_matches(']').ends_with("dependencies");
        } else if among && line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            let explained = before.starts_with("# ") && !before.starts_with("# --");
            let name = line.split(['=', '.', ' ']).next().unwrap_or(line);
            if !explained {
                faults.push(format!("Cargo.toml: {name} has no line above it that says why"));
            }
        }
        before = line;
    }
    faults
}

/// The checks must be able to fail.
mod on_bad_sources {
    use super::*;

    fn source(path: &str, text: &str) -> Vec<Source> {
        vec![Source { path: path.to_owned(), text: text.to_owned() }]
    }

    fn finds(faults: &[String], expected: &[&str]) {
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, part) in faults.iter().zip(expected) {
            assert!(fault.contains(part), "{fault:?} does not say {part:?}");
        }
    }

    #[test]
    fn a_layer_that_looks_up() {
        let bad = "use crate::ledger::View;\nfn f() { crate::graph::open(); }";
        finds(
            &layering(&source("src/lineage/query/paths.rs", bad)),
            &[":1: lineage may not use crate::ledger::View", ":2:"],
        );
        finds(&layering(&source("src/ledger/view.rs", "use crate::graph::Row;")), &[]);
        finds(
            &layering(&source("src/blob/fs/mod.rs", "use crate::{blob::key, domain::id, graph};")),
            &["crate::graph"],
        );
        finds(
            &layering(&source("src/blob/fs/mod.rs", "use super::super::{graph, domain};")),
            &["crate::graph"],
        );
        finds(&layering(&source("src/blob/key.rs", "use super::fs; use self::ledger;")), &[]);
        finds(
            &layering(&source("src/api.rs", "pub use super::http::server as own;")),
            &["crate::http::server"],
        );
        finds(&layering(&source("src/api/a.rs", "mod inner { use super::super::http; }")), &[]);
        finds(
            &layering(&source("src/api/a.rs", "mod inner { use super::super::super::http; }")),
            &["crate::http"],
        );
        finds(&layering(&source("src/api/a.rs", "mod inner {} use super::super::http;")), &["crate::http"]);
        finds(&layering(&source("src/attic/a.rs", "")), &["no layer is called attic"]);
        finds(&layering(&source("src/main.rs", "use crate::cli;")), &[]);
        finds(&layering(&source("src/http/tests.rs", "use crate::blob::MemStore;")), &[]);
        finds(
            &layering(&source("src/http/blobs/mod.rs", "use crate::blob::MemStore;")),
            &["crate::blob::MemStore"],
        );
        finds(&layering(&source("src/graph/tests.rs", "use crate::ledger;")), &["crate::ledger"]);
    }

    #[test]
    fn a_crate_of_another_layer() {
        finds(&bans(&source("src/ledger/a.rs", "use surrealdb::Surreal;")), &["surrealdb"]);
        finds(&bans(&source("src/graph/a.rs", "use surrealdb::Surreal;")), &[]);
        finds(&bans(&source("src/http/a.rs", "let image: Image = image.turned();")), &[]);
        finds(&bans(&source("src/http/a.rs", "let a = image::open(path);")), &["image"]);
        finds(&bans(&source("src/cli/a.rs", "fn f() -> actix_web::Result<()> {}")), &["actix_web"]);
        finds(
            &bans(&source(
                "src/http/a.rs",
                "// surrealdb\nconst A: &str = \"surrealdb\"; /* clap /* clap */ */",
            )),
            &[],
        );
        finds(
            &bans(&source(
                "src/http/a.rs",
                "const A: &str = r#\"\"clap\"#; const B: char = '\"'; use clap::Parser;",
            )),
            &["clap"],
        );
        finds(
            &bans(&source("src/api/a.rs", "fn f<'a>(x: &'a str) -> char { 'a' } use async_graphql as g;")),
            &[],
        );
    }

    #[test]
    fn a_clock_an_environment_and_chance() {
        finds(
            &bans(&source("src/api/a.rs", "let t = chrono::Utc::now();\nlet v = std::env::var(\"A\");")),
            &[":1: Utc", ":2: env"],
        );
        finds(&bans(&source("src/ledger/clock.rs", "let t = Utc::now();")), &[]);
        finds(
            &bans(&source(
                "src/graph/a.rs",
                "use std::time::{Instant, SystemTime};\nlet t = SystemTime::now();",
            )),
            &[":2:"],
        );
        finds(&bans(&source("src/graph/a.rs", "use rand::Rng;")), &["rand"]);
        finds(&bans(&source("src/graph/tests.rs", "let t = std::time::Instant::now();")), &[]);
    }

    #[test]
    fn a_pure_layer_that_does_things() {
        finds(&bans(&source("src/domain/a.rs", "async fn f() { g().await }")), &["async", "await"]);
        finds(
            &bans(&source("src/domain/a.rs", "use std::{fmt, fs::{self, File}};")),
            &["std::fs", "std::fs"],
        );
        finds(&bans(&source("src/lineage/a.rs", "use tokio::sync::Mutex;")), &["tokio"]);
        finds(&bans(&source("src/ledger/a.rs", "async fn f() { tokio::fs::read(p).await }")), &[]);
    }

    #[test]
    fn a_source_that_is_long_lost_or_unfinished() {
        finds(&too_long(&source("src/api/a.rs", &"\n".repeat(401))), &["401 lines"]);
        finds(&too_long(&source("src/api/a.rs", &"\n".repeat(400))), &[]);
        let tree = [
            ("src/lib.rs", "pub mod a; mod b;"),
            ("src/a/mod.rs", "mod c;"),
            ("src/b.rs", "#[cfg(test)]\nmod tests;"),
            ("src/a/c.rs", ""),
            ("src/b/tests.rs", ""),
            ("src/a/lost.rs", ""),
            ("src/main.rs", "// mod lost;"),
        ];
        let tree: Vec<Source> = tree.iter().flat_map(|(path, text)| source(path, text)).collect();
        finds(&unreached(&tree), &["src/a/lost.rs"]);
        let mark = format!("// {}: later\n// the words of others", concat!("TO", "DO"));
        finds(&unfinished(&source("src/a.rs", &mark)), &["src/a.rs:1:"]);
    }

    #[test]
    fn a_decision_or_dependency_out_of_order() {
        let names = |names: &[&str]| decisions(names.iter().map(|name| (*name).to_owned()).collect());
        finds(&names(&["002-b.md", "001-a.md"]), &[]);
        finds(&names(&["001-a.md", "003-c.md"]), &["002"]);
        finds(&names(&["001-a.md", "001-b.md"]), &["002"]);
        finds(&names(&["1-a.md"]), &["NNN"]);
        let good = "[dependencies]\n# -- domain --\n# Hashes.\nblake3 = \"1\"\n[lints.rust]\nunsafe_code = \"forbid\"\n";
        finds(&unexplained(good), &[]);
        finds(&unexplained(&good.replace("# Hashes.\n", "")), &["blake3"]);
        finds(&unexplained("[dev-dependencies]\ninsta = \"1\""), &["insta"]);
        finds(&unexplained("[target.'cfg(unix)'.dependencies]\nlibc = \"1\""), &["libc"]);
    }
}
