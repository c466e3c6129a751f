//! `stemma import`: files that grow, interrupted imports, invalid records.

mod at_once;
mod dry_run;
mod damaged;
pub(crate) mod exports;
mod identity;
mod killed;
mod large;
mod other_inputs;
mod pictures;
mod recognition;
mod reports;
mod renamed;
mod results;
mod server;
mod states;
mod statements;
mod tables;
mod unread;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::{Called, command, folder, refused, stemma};

/// A label and its correction, a set, a model: seven records.
pub(super) const GARDEN: &str = r#"{"type":"item","item":"birds/ONTOLOGY/classes","attributes":{"classes":["wren","robin"]}}
{"type":"version","item":"birds/SOURCE/photo","attributes":{"camera":"north"}}
{"type":"version","item":"birds/LABEL/photo","ontology":"birds/ONTOLOGY/classes","attributes":{"class":"wren"},"sources":[{"version":"birds/SOURCE/photo","role":"LABELS"}]}
{"type":"training_set","as":"garden","item":"birds/TRAINING_SET/garden","members":[{"version":"birds/LABEL/photo"}]}
{"type":"tag","name":"production","version":"@garden","alias":true}
{"type":"version","item":"birds/MODEL/finder","sources":[{"version":"@garden","role":"TRAINED_ON"}]}
{"type":"statement","kind":"CORRECTS","version":"birds/LABEL/photo#1","attributes":{"class":"robin"},"reason":"red breast"}
"#;

/// Imports a file with this text.
pub(super) fn import(folder: &Path, text: &str, arguments: &[&str]) -> Called {
    fs::write(folder.join("garden.ndjson"), text).unwrap();
    stemma(folder, &[&["import", "garden.ndjson"], arguments].concat())
}

#[test]
fn a_file_is_imported_once() {
    let folder = folder();
    let called = import(folder.path(), GARDEN, &["--dry-run"]);
    assert_eq!(
        called.out, "garden.ndjson: 7 records checked, nothing written: at most 7 would be created.\n",
        "{}",
        called.err
    );
    assert!(!folder.path().join("stemma-data").exists());

    // The correction names a version by its number, so it begins a second commit.
    let called = import(folder.path(), GARDEN, &[]);
    assert_eq!(
        called.out,
        "garden.ndjson: 7 records: 7 created in 2 commits, 0 already there.\n  commits: seq 1 to 2\n",
        "{}",
        called.err
    );
    let again = import(folder.path(), GARDEN, &[]);
    assert_eq!(
        again.out, "garden.ndjson: 7 records: 0 created in 0 commits, 7 already there.\n",
        "{}",
        again.err
    );

    let traced = stemma(folder.path(), &["trace", "birds/LABEL/photo", "--json"]);
    let traced: Value = serde_json::from_str(&traced.out).unwrap();
    assert_eq!(traced["rows"][0]["tags"][0], "production");
    assert_eq!(traced["rows"][0]["consumers"][0]["ref"], "birds/MODEL/finder#1");
    assert_eq!(traced["rows"][0]["members"][0]["replacement"]["attributes"]["class"], "robin");
}

#[test]
fn versions_of_the_longest_key_have_the_same_references() {
    let folder = folder();
    let label = format!("birds/LABEL/{}", "k".repeat(512));
    let text = format!(
        r#"{{"type":"version","item":"{label}","attributes":{{"class":"wren"}}}}
{{"type":"training_set","item":"birds/TRAINING_SET/garden","members":[{{"version":"{label}#1"}}]}}
{{"type":"tag","name":"first","version":"{label}#1","alias":true}}
{{"type":"statement","kind":"CORRECTS","version":"{label}@first","attributes":{{"class":"robin"}},"reason":"red breast"}}
"#
    );
    let called = import(folder.path(), &text, &["--dry-run"]);
    assert!(called.out.starts_with("garden.ndjson: 4 records checked, nothing written:"), "{}", called.err);
    let called = import(folder.path(), &text, &[]);
    assert!(called.out.starts_with("garden.ndjson: 4 records: 4 created"), "{}{}", called.out, called.err);
    for end in ["", "#1", "@first", "@seq:1"] {
        let traced = stemma(folder.path(), &["trace", &format!("{label}{end}"), "--json"]);
        let traced: Value =
            serde_json::from_str(&traced.out).unwrap_or_else(|_| panic!("{end}: {}", traced.err));
        assert_eq!(traced["rows"][0]["trainingSet"]["ref"], "birds/TRAINING_SET/garden#1", "{end}");
    }
}

#[test]
fn a_file_can_come_through_a_pipe() {
    let folder = folder();
    let mut child = command(folder.path(), &["import", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(GARDEN.as_bytes()).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(
        output,
        "standard input: 7 records: 7 created in 2 commits, 0 already there.\n  commits: seq 1 to 2\n"
    );
    // The same lines are the same import from any source.
    let again = import(folder.path(), GARDEN, &[]);
    assert_eq!(
        again.out, "garden.ndjson: 7 records: 0 created in 0 commits, 7 already there.\n",
        "{}",
        again.err
    );
}

#[test]
fn an_import_continues_where_it_stopped() {
    let folder = folder();
    let lines: Vec<&str> = GARDEN.lines().collect();
    // The state after an import that was killed after two commits.
    let head = lines[..4].join("\n");
    assert_eq!(
        import(folder.path(), &head, &["--batch", "2"]).out,
        "garden.ndjson: 4 records: 4 created in 2 commits, 0 already there.\n  commits: seq 1 to 2\n"
    );
    let called = import(folder.path(), GARDEN, &["--batch", "2"]);
    assert_eq!(
        called.out,
        "garden.ndjson: 7 records: 3 created in 2 commits, 4 already there.\n  commits: seq 3 to 4\n",
        "{}",
        called.err
    );
    // Names of records of earlier commits remain valid.
    let called = import(folder.path(), &format!("{GARDEN}\n{}\n", TAG_LATER), &["--batch", "2"]);
    assert_eq!(
        called.out, "garden.ndjson: 8 records: 1 created in 1 commit, 7 already there.\n  commits: seq 5\n",
        "{}",
        called.err
    );
}

/// A later correction is not undone by the original records.
#[test]
fn a_file_that_has_grown_is_imported_from_where_it_ended() {
    let folder = folder();
    let label = |n: usize| {
        format!(
            "{{\"type\":\"version\",\"item\":\"birds/LABEL/{n}\",\"attributes\":{{\"class\":\"wren\"}}}}\n"
        )
    };
    let text: String = (0..5).map(label).collect();
    import(folder.path(), &text, &["--batch", "2"]);
    let correction = r#"{"type":"statement","kind":"CORRECTS","version":"birds/LABEL/4#1","attributes":{"class":"robin"},"reason":"red breast"}"#;
    fs::write(folder.path().join("review.ndjson"), correction).unwrap();
    assert_eq!(stemma(folder.path(), &["import", "review.ndjson"]).code, Some(0));

    // The last commit had one record; now there are more, in other batches.
    for batch in ["2", "3", "1000"] {
        let called = import(folder.path(), &(0..5).map(label).collect::<String>(), &["--batch", batch]);
        assert_eq!(called.out, "garden.ndjson: 5 records: 0 created in 0 commits, 5 already there.\n");
    }
    let called = import(folder.path(), &(0..7).map(label).collect::<String>(), &["--batch", "1000"]);
    assert_eq!(
        called.out,
        "garden.ndjson: 7 records: 2 created in 1 commit, 5 already there.\n  commits: seq 5\n"
    );
    let traced = stemma(folder.path(), &["trace", "birds/LABEL/4#3"]);
    assert!(traced.err.contains("there is no version"), "the correction was undone: {}", traced.out);
}

#[test]
fn a_killed_import_continues() {
    let folder = folder();
    // Two versions of each item: a record that is imported twice would make a third.
    let record = |n, a| {
        format!("{{\"type\":\"version\",\"item\":\"many/SOURCE/{n}\",\"attributes\":{{\"a\":{a}}}}}\n")
    };
    let text: String = (1..=2).flat_map(|a| (0..3_000).map(move |n| record(n, a))).collect();
    fs::write(folder.path().join("many.ndjson"), &text).unwrap();
    let arguments = ["import", "many.ndjson", "--batch", "50"];
    for milliseconds in [100, 400, 900] {
        let mut import =
            command(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = import.kill();
        import.wait().unwrap();
    }
    let called = stemma(folder.path(), &arguments);
    assert!(called.out.starts_with("many.ndjson: 6,000 records: "), "{}{}", called.out, called.err);
    let again = stemma(folder.path(), &arguments);
    assert_eq!(again.out, "many.ndjson: 6,000 records: 0 created in 0 commits, 6,000 already there.\n");
    for (version, said) in [("#2", "nothing that was asked about is wrong"), ("#3", "there is no version")] {
        let called = stemma(folder.path(), &["trace", &format!("many/SOURCE/0{version}")]);
        assert!(called.err.contains(said), "{version}: {}{}", called.out, called.err);
    }
}

const TAG_LATER: &str = r#"{"type":"tag","name":"reviewed","version":"@garden"}"#;

#[test]
fn a_bad_record_is_named_and_nothing_of_its_commit_is_written() {
    let folder = folder();
    let bad = GARDEN.replace(r#""version":"@garden","role""#, r#""version":"@gardn","role""#);
    let called = import(folder.path(), &bad, &["--batch", "5"]);
    refused(
        &called,
        1,
        "garden.ndjson, line 6, field sources[0].version: no earlier record is named \"gardn\"",
    );
    assert!(called.err.contains("hint: earlier commits are stored"), "{}", called.err);
    // The import of the corrected file continues.
    let corrected = import(folder.path(), GARDEN, &["--batch", "5"]);
    assert_eq!(
        corrected.out,
        "garden.ndjson: 7 records: 2 created in 1 commit, 5 already there.\n  commits: seq 2\n",
        "{}",
        corrected.err
    );

    for (line, said) in [
        ("{\"type\":\"version\"", "line 8: expected a complete record on one line"),
        (r#"{"type":"version","item":"birds/SOURCE/x","colour":1}"#, "line 8, field colour: unknown field"),
        (
            r#"{"type":"version","item":"birds/SOURCE/x","sources":[{"version":"birds/SOURCE/y"}]}"#,
            "line 8, field sources[0].version: there is no version",
        ),
        (r#"{"type":"tag","name":"two words","version":"@garden"}"#, "line 8: expected a tag of 1 to 128"),
        (
            r#"{"type":"statement","kind":"REINSTATES","version":"birds/SOURCE/photo","reason":"r"}"#,
            "line 8: expected a wrong version, found version:",
        ),
        (
            r#"{"type":"version","item":"birds/SOURCE/x","payload":"b3:0000000000000000000000000000000000000000000000000000000000000000"}"#,
            "line 8: the payload b3:0000",
        ),
    ] {
        refused(&import(folder.path(), &format!("{GARDEN}{line}\n"), &["--batch", "5"]), 1, said);
    }
    refused(&stemma(folder.path(), &["import", "gone.ndjson"]), 1, "cannot read gone.ndjson");
}

#[test]
fn a_dry_run_finds_the_errors_of_an_import() {
    let folder = folder();
    let twice = GARDEN.replace("\"kind\":\"CORRECTS\"", "\"kind\":\"REPLACES\"");
    refused(
        &import(folder.path(), &twice, &["--dry-run"]),
        1,
        "line 7, field kind: unknown variant `REPLACES`",
    );
    assert_eq!(import(folder.path(), GARDEN, &["--dry-run", "--batch", "1"]).code, Some(0));
    // With a store the ledger checks the records as well.
    import(folder.path(), GARDEN, &[]);
    let wrong = "{\"type\":\"tag\",\"name\":\"production\",\"version\":\"birds/MODEL/finder\"}\n";
    refused(
        &import(folder.path(), wrong, &["--dry-run"]),
        1,
        "line 1: expected \"production\" to be a label tag",
    );
}
