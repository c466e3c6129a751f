//! Exit codes of checks: 0 no problem, 1 a problem was found, 2 usage error, 3 no answer.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::import::{GARDEN, import};
use super::{Called, folder, refused, stemma};

fn trace(folder: &Path, more: &[&str]) -> Called {
    stemma(folder, &[&["trace"], more].concat())
}

#[track_caller]
fn ends(called: &Called, code: i32, out: &str, err: &str) {
    assert_eq!(called.code, Some(code), "{}{}", called.out, called.err);
    assert!(called.out.contains(out), "{out:?} is not in {}", called.out);
    assert!(called.err.contains(err), "{err:?} is not in {}", called.err);
}

#[test]
fn a_trace_distinguishes_nothing_affected_from_nothing_wrong() {
    let folder = folder();
    import(folder.path(), GARDEN, &[]);
    let gate = "--fail-if-affected";
    // The label was corrected: its first version is wrong, and in a set from which a model was
    // trained.
    ends(&trace(folder.path(), &["birds/LABEL/photo"]), 0, "birds/MODEL/finder#1", "");
    ends(&trace(folder.path(), &["birds/LABEL/photo", gate]), 1, "", "1 training set version, 1 consumer");
    // The most likely mistake: a name whose tag or number is the corrected head.
    let head = trace(folder.path(), &["birds/LABEL/photo#2"]);
    ends(&head, 3, "Not wrong: birds/LABEL/photo#2, as of seq", "nothing that was asked about is wrong");
    assert!(!head.out.contains("affected"), "{}", head.out);
    ends(
        &trace(folder.path(), &["birds/LABEL/photo#2", gate]),
        3,
        "Not wrong: ",
        "nothing that was asked about",
    );
    // Part of the question is wrong: the affected sets are reported.
    let both = ["birds/LABEL/photo#1", "birds/LABEL/photo#2"];
    ends(
        &trace(folder.path(), &both),
        3,
        "birds/TRAINING_SET/garden#1",
        "not all that was asked about is wrong",
    );
    ends(
        &trace(folder.path(), &[both[0], both[1], gate]),
        1,
        "Not wrong: birds/LABEL/photo#2",
        "error: affected",
    );
    ends(
        &trace(folder.path(), &["birds/SOURCE/photo"]),
        3,
        "Not wrong: birds/SOURCE/photo,",
        "error: nothing",
    );
    // A commit that corrected nothing, and one that did.
    ends(&trace(folder.path(), &["--commit", "1"]), 3, "commit 1 has no correction or retraction", "");
    ends(&trace(folder.path(), &["--commit", "2"]), 0, "birds/TRAINING_SET/garden#1", "");
    // Everything, before anything was wrong.
    ends(&trace(folder.path(), &["--all", "--as-of", "1", gate]), 0, "Nothing is wrong", "");
    // No answer at all.
    refused(&trace(folder.path(), &["birds/LABEL/other"]), 3, "there is no item birds/LABEL/other");
    refused(&trace(folder.path(), &["--all", "--data", "gone"]), 3, "there is no data directory gone");
    refused(&trace(folder.path(), &["--all", "--server", "http://127.0.0.1:9"]), 3, "cannot reach");
    assert_eq!(trace(folder.path(), &["--all", "--commit", "1"]).code, Some(2));
    refused(
        &trace(folder.path(), &["birds/LABEL/photo", "birds/LABEL/photo#1"]),
        2,
        "only items or only versions",
    );

    let traced = trace(folder.path(), &["birds/LABEL/photo#1", "birds/LABEL/photo#2", "--json"]);
    let traced: Value = serde_json::from_str(&traced.out).unwrap();
    assert_eq!(traced["asked"]["wrongCount"], 1);
    assert_eq!(traced["asked"]["notWrong"][0], "birds/LABEL/photo#2");
    assert_eq!(traced["consumers"][0]["consumer"]["ref"], "birds/MODEL/finder#1");
    assert_eq!(traced["consumers"][0]["through"][0]["ref"], "birds/TRAINING_SET/garden#1");
}

#[test]
fn a_set_or_a_model_that_is_retracted_does_not_pass_the_gate() {
    for (what, table) in [("TRAINING_SET/garden", "and itself"), ("MODEL/finder", "itself")] {
        let folder = folder();
        let retraction = format!(
            "{{\"type\":\"statement\",\"kind\":\"RETRACTS\",\"version\":\"birds/{what}#1\",\"reason\":\"test images leaked\"}}\n"
        );
        // Without the correction, so that nothing else is wrong.
        let lines: Vec<&str> = GARDEN.lines().collect();
        import(folder.path(), &format!("{}\n{retraction}", lines[..6].join("\n")), &[]);
        let gate = trace(folder.path(), &[&format!("birds/{what}"), "--fail-if-affected"]);
        ends(&gate, 1, table, "error: affected");
        ends(&trace(folder.path(), &["--all", "--fail-if-affected"]), 1, "birds/MODEL/finder#1", "");
    }
}

#[test]
fn a_schema_that_differs_and_one_that_cannot_be_read_have_different_exit_codes() {
    let folder = folder();
    fs::write(folder.path().join("old.graphql"), "type Query { a: Int }\n").unwrap();
    refused(&stemma(folder.path(), &["schema", "--check", "old.graphql"]), 1, "differs");
    refused(&stemma(folder.path(), &["schema", "--check", "gone.graphql"]), 3, "cannot read gone.graphql");
    assert_eq!(stemma(folder.path(), &["schema", "--check"]).code, Some(2));
}

/// A wrong path must not be answered like a store in which nothing is wrong.
#[test]
fn a_folder_without_a_store_is_no_empty_store() {
    let folder = folder();
    let here = folder.path();
    fs::create_dir(here.join("plain")).unwrap();
    fs::write(here.join("plain/notes"), "").unwrap();
    fs::write(here.join("garden.ndjson"), GARDEN).unwrap();
    let expected = "expected a data directory (with the folder log), found none in plain";
    for (arguments, code) in [
        (&["trace", "--all"][..], 3),
        (&["verify"], 3),
        (&["backup", "kept"], 1),
        (&["export", "ndjson"], 1),
        (&["checkout", "birds/TRAINING_SET/garden", "out"], 1),
        (&["gc"], 1),
        (&["gc", "--delete"], 1),
    ] {
        let called = stemma(here, &[arguments, &["--data", "plain"]].concat());
        refused(&called, code, expected);
        assert!(called.err.contains("hint: check the path"), "{arguments:?}: {}", called.err);
    }
    let checked = stemma(here, &["import", "garden.ndjson", "--dry-run", "--data", "plain"]);
    assert!(checked.out.contains("7 records checked, nothing written"), "{}{}", checked.out, checked.err);
    assert_eq!(fs::read_dir(here.join("plain")).unwrap().count(), 1, "nothing is made");
    // A store without commits is one.
    fs::write(here.join("none.ndjson"), "").unwrap();
    assert_eq!(stemma(here, &["import", "none.ndjson", "--data", "empty"]).code, Some(0));
    ends(&stemma(here, &["trace", "--all", "--data", "empty"]), 0, "Nothing is wrong", "");
    ends(&stemma(here, &["verify", "empty"]), 0, "Sound", "");
}

#[test]
fn damage_and_a_failure_to_check_have_different_exit_codes() {
    let folder = folder();
    let here = folder.path();
    import(here, GARDEN, &[]);
    // A backup.
    assert_eq!(stemma(here, &["backup", "kept"]).code, Some(0));
    ends(&stemma(here, &["backup", "--verify", "kept"]), 0, "Sound", "");
    refused(&stemma(here, &["backup", "--verify", "gone"]), 3, "there is no folder gone");
    let log = fs::read_dir(here.join("kept/log")).unwrap().next().unwrap().unwrap().path();
    fs::write(&log, b"something else").unwrap();
    refused(&stemma(here, &["backup", "--verify", "kept"]), 1, "the backup is damaged");
    // A checkout.
    let checkout =
        |more: &[&str]| stemma(here, &[&["checkout", "birds/TRAINING_SET/garden", "out"], more].concat());
    refused(&checkout(&["--verify"]), 3, "there is no folder out");
    assert_eq!(checkout(&[]).code, Some(0));
    assert_eq!(checkout(&["--verify"]).code, Some(0));
    fs::write(here.join("out/manifest.ndjson"), b"").unwrap();
    refused(&checkout(&["--verify"]), 1, "manifest.ndjson is missing or different");
    refused(&checkout(&["--verify", "--data", "gone"]), 3, "there is no data directory gone");
    refused(&checkout(&["--data", "gone"]), 1, "there is no data directory gone");
    // A warehouse.
    let warehouse = |more: &[&str]| stemma(here, &[&["export", "warehouse", "--dir", "lake"], more].concat());
    refused(&warehouse(&["--verify"]), 3, "there is no folder lake");
    assert_eq!(warehouse(&[]).code, Some(0));
    assert_eq!(warehouse(&["--verify"]).code, Some(0));
    fs::remove_dir_all(here.join("lake/versions")).unwrap();
    refused(&warehouse(&["--verify"]), 1, "is missing or differs from manifest.json");
    // A payload; `gc.rs` tests one that is named and not stored.
    let digest = format!("b3:{}", "0".repeat(64));
    let explain = |more: &[&str]| stemma(here, &[&["gc", "--explain", &digest], more].concat());
    ends(&explain(&[]), 0, "is not stored", "");
    refused(&explain(&["--data", "gone"]), 3, "there is no data directory gone");
    refused(&stemma(here, &["gc", "--data", "gone"]), 1, "there is no data directory gone");
}
