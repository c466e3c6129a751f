//! Checks that the links of the documents lead to files and headings that exist, and that each index lists the pages of its
//! folder.

use std::collections::BTreeSet;

use super::{Source, none, read_into, root};

#[test]
fn links_of_documents_lead_to_files_and_headings() {
    none(broken(&documents(), |path| root().join(path).exists()));
}

#[test]
fn each_index_of_the_documents_lists_the_pages_of_its_folder() {
    none(unlisted(&documents()));
}

fn documents() -> Vec<Source> {
    let mut files = Vec::new();
    for name in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = std::fs::read_to_string(root().join(name)).expect("a document is text");
        files.push(Source { path: name.to_owned(), text });
    }
    for folder in ["docs", "fixtures", "benches"] {
        read_into(&mut files, folder, &["md"]);
    }
    assert!(files.len() > 40, "{} documents are found", files.len());
    files
}

/// Links without a target. `exists` returns true for the paths of the repository.
fn broken(documents: &[Source], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let has_heading = |path: &str, anchor: &str| {
        documents.iter().any(|document| document.path == path && anchors(&document.text).contains(anchor))
    };
    let mut faults = Vec::new();
    for Source { path: document, text } in documents {
        for (number, line) in prose(text) {
            for target in targets(line).filter(|target| !target.contains("://")) {
                let (file, anchor) =
                    target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
                let path = if file.is_empty() { Some(document.clone()) } else { resolved(document, file) };
                let fault = match path.filter(|path| exists(path)) {
                    None => Some("file"),
                    Some(path) => anchor.filter(|anchor| !has_heading(&path, anchor)).map(|_| "heading"),
                };
                faults
                    .extend(fault.map(|missing| format!("{document}:{number}: no such {missing}: {target}")));
            }
        }
    }
    faults
}

/// Pages of `docs`, or of a folder in it that has an index, that the index of their folder does not link.
fn unlisted(documents: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for index in documents.iter().filter(|document| is_index(&document.path)) {
        let linked = prose(&index.text).flat_map(|(_, line)| targets(line));
        let linked: BTreeSet<String> = linked.filter_map(|target| resolved(&index.path, target)).collect();
        let folder = index.path.trim_end_matches("README.md");
        let is_page = |path: &str| {
            path.strip_prefix(folder).is_some_and(|name| !name.contains('/')) && path != index.path
        };
        let pages = documents.iter().map(|document| &document.path).filter(|path| is_page(path));
        let lost = pages.filter(|path| !linked.contains(*path));
        faults.extend(lost.map(|path| format!("{}: no link to {path}", index.path)));
    }
    faults
}

fn is_index(path: &str) -> bool {
    path.starts_with("docs/") && path.ends_with("/README.md")
}

/// The lines outside of fenced blocks, with their numbers from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The targets of the links that end in a line.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

/// Returns the path of a link's target from the root of the repository, `None` if it is outside.
fn resolved(document: &str, target: &str) -> Option<String> {
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The anchors of the headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter_map(|(_, line)| line.strip_prefix('#'));
    headings.map(|heading| anchor(heading.trim_start_matches('#').trim())).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

/// The checks must be able to fail.
mod on_bad_documents {
    use super::*;

    fn documents(texts: &[(&str, &str)]) -> Vec<Source> {
        let source =
            |(path, text): &(&str, &str)| Source { path: (*path).to_owned(), text: (*text).to_owned() };
        texts.iter().map(source).collect()
    }

    #[test]
    fn a_link_without_a_target() {
        let found = |link: &str| {
            let text = format!("see [it]({link}).\n```\n[no](link.md)\n# No heading\n```\n");
            let documents = documents(&[
                ("docs/a.md", &text),
                ("docs/deep/b.md", "# The `kill -9`, step by step\n## Time & as-of"),
            ]);
            broken(&documents, |path| {
                documents.iter().any(|document| document.path == path) || path == "src/lib.rs"
            })
        };
        for link in
            ["deep/b.md", "../src/lib.rs", "https://example.org/x#y", "deep/b.md#the-kill--9-step-by-step"]
        {
            assert!(found(link).is_empty(), "{link}: {:?}", found(link));
        }
        assert!(found("deep/b.md#time--as-of").is_empty());
        for (link, missing) in [
            ("b.md", "file"),
            ("../../b.md", "file"),
            ("#nowhere", "heading"),
            ("#no-heading", "heading"),
            ("deep/b.md#kill", "heading"),
        ] {
            assert_eq!(found(link), [format!("docs/a.md:1: no such {missing}: {link}")]);
        }
    }

    #[test]
    fn a_page_that_is_not_listed() {
        let listed = [
            ("docs/README.md", "[a](a.md)\n[d](decisions) [e](e/README.md)"),
            ("docs/a.md", ""),
            ("docs/decisions/001-b.md", ""),
            ("docs/e/README.md", "[f](f.md)"),
            ("docs/e/f.md", ""),
        ];
        assert!(unlisted(&documents(&listed)).is_empty());
        let lost = [listed.as_slice(), &[("docs/c.md", ""), ("docs/e/a.md", "")]].concat();
        let faults = ["docs/README.md: no link to docs/c.md", "docs/e/README.md: no link to docs/e/a.md"];
        assert_eq!(unlisted(&documents(&lost)), faults);
    }
}
