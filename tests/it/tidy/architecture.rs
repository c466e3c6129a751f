//! Checks `docs/architecture.md` against the sources: the table of layers is that of `rules.rs`, and paths that it, the glossary
//! and the contributing guide name exist.

use super::rules::LAYERS;
use super::{none, root};

const ARCHITECTURE: &str = "docs/architecture.md";

#[test]
fn the_table_of_layers_is_that_of_the_rules() {
    let rules = LAYERS.iter().map(|layer| (layer.name.to_owned(), names(layer.may_use)));
    none(differing(&layers_of_table(&document(ARCHITECTURE)), &rules.collect::<Vec<_>>()));
}

#[test]
fn paths_in_the_documents_exist() {
    let exists = |path: &str| root().join(path).exists();
    let documents = [ARCHITECTURE, "docs/glossary.md", "docs/upstream.md", "CONTRIBUTING.md"];
    none(documents.iter().flat_map(|name| unknown_paths(name, &document(name), exists)).collect());
}

fn document(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("a document is text")
}

fn names(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A layer with the layers that it imports.
type LayerRow = (String, Vec<String>);

/// The rows of the table that begins with "| Layer | Imports |".
fn layers_of_table(text: &str) -> Vec<LayerRow> {
    let lines = text.lines().skip_while(|line| !line.starts_with("| Layer | Imports |"));
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| {
        let mut cells = row.split('|').skip(1);
        let name = code_spans(cells.next()?).next()?;
        Some((name.to_owned(), code_spans(cells.next()?).map(str::to_owned).collect()))
    })
    .collect()
}

/// Rows of the table that differ from the rules. Layers are in the same order, their imports in any.
fn differing(table: &[LayerRow], rules: &[LayerRow]) -> Vec<String> {
    let sorted = |row: &LayerRow| {
        let mut imports = row.1.clone();
        imports.sort();
        format!("{}: {}", row.0, imports.join(", "))
    };
    let (table, rules): (Vec<_>, Vec<_>) =
        (table.iter().map(sorted).collect(), rules.iter().map(sorted).collect());
    let wrong = table.iter().filter(|row| !rules.contains(row));
    let missing = rules.iter().filter(|row| !table.contains(row));
    let mut faults: Vec<String> =
        wrong.map(|row| format!("{ARCHITECTURE}: not in rules.rs: {row}")).collect();
    faults.extend(missing.map(|row| format!("{ARCHITECTURE}: missing: {row}")));
    if faults.is_empty() && table != rules {
        faults.push(format!("{ARCHITECTURE}: the layers are in another order than in rules.rs"));
    }
    faults
}

/// Code spans such as `ledger/view.rs`, `api/scope` or `src/lib.rs` without a file or folder. A path without a known first
/// folder, or with a pattern in it, is not checked.
fn unknown_paths(document: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for span in code_spans(line) {
            let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
            let Some((first, _)) = span.split_once('/').filter(|_| span.chars().all(is_path)) else {
                continue;
            };
            let in_source = LAYERS.iter().any(|layer| layer.name == first);
            let path = if in_source { format!("src/{span}") } else { span.to_owned() };
            let known =
                in_source || matches!(first, "src" | "tests" | "benches" | "fixtures" | "docs" | "web");
            if known && !exists(&path) && !exists(&format!("{path}.rs")) {
                faults.push(format!("{document}:{number}: there is no {span}"));
            }
        }
    }
    faults
}

/// The texts between single backticks of a line.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The checks must be able to fail.
mod on_bad_documents {
    use super::*;

    #[test]
    fn a_table_that_differs_from_the_rules() {
        let table = "| Layer | Imports | Crates |\n|---|---|---|\n| `a` | – | `x` |\n| `b` | `a`, `c` | – |\n\n| `d` | – |";
        let rows = layers_of_table(table);
        let row = |name: &str, imports: &[&str]| (name.to_owned(), names(imports));
        assert_eq!(rows, [row("a", &[]), row("b", &["a", "c"])]);
        assert!(differing(&rows, &[row("a", &[]), row("b", &["c", "a"])]).is_empty());
        assert_eq!(differing(&rows, &[row("b", &["a", "c"]), row("a", &[])]).len(), 1);
        let faults = differing(&rows, &[row("a", &[]), row("b", &["a"]), row("d", &[])]);
        let expected = ["not in rules.rs: b: a, c", "missing: b: a", "missing: d: "];
        assert_eq!(faults, expected.map(|fault| format!("{ARCHITECTURE}: {fault}")));
    }

    #[test]
    fn a_path_that_does_not_exist() {
        let exists = |path: &str| matches!(path, "src/api/scope.rs" | "src/http/feed" | "tests/it");
        let good = "`api/scope`, `api/scope.rs`, `http/feed`, `tests/it`, `application/json`, `src/*/tests`, `blobs/b3/<aa>`";
        assert!(unknown_paths("a.md", good, exists).is_empty());
        let bad = "one\n`api/scopes`, `tests/it/lost.rs`";
        let faults = ["a.md:2: there is no api/scopes", "a.md:2: there is no tests/it/lost.rs"];
        assert_eq!(unknown_paths("a.md", bad, exists), faults);
    }
}
