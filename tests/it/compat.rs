//! Stores and backups of earlier formats give the answers that the program that made them gave.
//! `fixtures/compat/README.md` describes the files.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::support::{World, block_on};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/compat");

/// Returns the folders of the formats.
fn formats() -> Vec<PathBuf> {
    let folders = fs::read_dir(ROOT).expect("the fixtures").map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Calls the program with a directory as the last argument.
fn stemma(arguments: &[&str], dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stemma")).args(arguments).arg(dir).output().expect("the program runs")
}

fn unpack(archive: &Path, into: &Path) {
    let file = File::open(archive).expect("an archive");
    tar::Archive::new(GzDecoder::new(file)).unpack(into).expect("an archive is unpacked");
}

/// Returns the questions with their titles.
fn questions() -> Vec<(String, String)> {
    let text = fs::read_to_string(Path::new(ROOT).join("questions.graphql")).expect("the questions");
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("#> "), found.last_mut()) {
            (Some(title), _) => found.push((title.to_owned(), String::new())),
            (None, Some((_, query))) => {
                query.push_str(line);
                query.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// Asks all questions of a store and compares the answers.
fn compare(store: &Path, answers: &Path) {
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(answers).expect("the answers")).expect("answers are JSON");
    let questions = questions();
    assert_eq!(expected.as_object().map(serde_json::Map::len), Some(questions.len()));
    block_on(async {
        let world = World::open(store).await;
        for (title, query) in &questions {
            let answer = world.execute(query, json!({})).await;
            assert_eq!(answer["data"], expected[title], "{title}: {answer}");
        }
        world.close().await;
    });
}

#[test]
fn stores_of_every_format_give_their_answers() {
    let formats = formats();
    assert!(!formats.is_empty());
    for format in formats {
        let folder = tempfile::tempdir().expect("a folder");
        unpack(&format.join("store.tar.gz"), folder.path());
        let refused = stemma(&["trace", "--all", "--data"], folder.path());
        assert_eq!(refused.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("run `stemma migrate"), "{refused:?}");
        let migrated = stemma(&["migrate"], folder.path());
        assert!(migrated.status.success(), "{migrated:?}");
        compare(folder.path(), &format.join("answers.json"));
        let again = stemma(&["migrate"], folder.path());
        assert!(String::from_utf8_lossy(&again.stdout).contains("needs no migration"), "{again:?}");
    }
}

#[test]
fn backups_of_every_format_give_their_answers() {
    for format in formats() {
        let folder = tempfile::tempdir().expect("a folder");
        let (backup, store) = (folder.path().join("backup"), folder.path().join("store"));
        unpack(&format.join("backup.tar.gz"), &backup);
        let restored = Command::new(env!("CARGO_BIN_EXE_stemma"))
            .args(["restore".as_ref(), backup.as_os_str(), "--data".as_ref(), store.as_os_str()])
            .output()
            .expect("the program runs");
        assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
        compare(&store, &format.join("answers.json"));
    }
}
