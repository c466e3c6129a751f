//! Accepted findings: never more than what was known at their seq, and never for ever.

use std::fs;
use std::path::Path;

use serde_json::Value;
use stemma::ledger::{Clock as _, SystemClock};

use super::super::import::import;
use super::super::{Called, folder, refused, stemma};
use super::markup::Markup;
use super::trace;

/// Two labels in a set, from which a model is trained. The first label is corrected.
const PAIR: &str = r#"{"type":"version","item":"birds/LABEL/a","attributes":{"class":"wren"}}
{"type":"version","item":"birds/LABEL/b","attributes":{"class":"wren"}}
{"type":"training_set","as":"garden","item":"birds/TRAINING_SET/garden","members":[{"version":"birds/LABEL/a"},{"version":"birds/LABEL/b"}]}
{"type":"version","item":"birds/MODEL/finder","sources":[{"version":"@garden","role":"TRAINED_ON"}]}
{"type":"statement","kind":"CORRECTS","version":"birds/LABEL/a#1","attributes":{"class":"robin"},"reason":"red breast"}
"#;

const BOTH: &str = r#"["birds/TRAINING_SET/garden#1", "birds/MODEL/finder#1"]"#;

/// A date some days from now.
fn day(days: i64) -> String {
    let time = chrono::DateTime::from_timestamp_micros(SystemClock.now()).unwrap();
    (time.date_naive() + chrono::Duration::days(days)).to_string()
}

/// Writes the file with one entry, and runs the gate with it.
fn gate(folder: &Path, entry: &str, more: &[&str]) -> Called {
    fs::write(folder.join("accepted.toml"), format!("[[accepted]]\n{entry}\n")).unwrap();
    trace(folder, &[&["--all", "--fail-if-affected", "--allow", "accepted.toml"], more].concat())
}

fn accepting(affected: &str, seq: u64, expires: &str) -> String {
    format!("affected = {affected}\nseq = {seq}\nreason = \"frozen benchmark\"\nexpires = {expires}")
}

fn add(folder: &Path, line: &str) {
    fs::write(folder.join("more.ndjson"), format!("{line}\n")).unwrap();
    let called = stemma(folder, &["import", "more.ndjson"]);
    assert_eq!(called.code, Some(0), "{}", called.err);
}

#[track_caller]
fn ends(called: &Called, code: i32, out: &str, err: &str) {
    assert_eq!(called.code, Some(code), "{}{}", called.out, called.err);
    assert!(called.out.contains(out), "{out:?} is not in {}", called.out);
    assert!(called.err.contains(err), "{err:?} is not in {}", called.err);
}

#[test]
fn accepted_findings_do_not_fail_the_gate_and_are_named() {
    let folder = folder();
    let here = folder.path();
    import(here, PAIR, &[]);
    let entry = accepting(BOTH, 2, &day(30));
    let reports = ["--html", "r.html", "--junit", "r.xml", "--csv", "r.csv"];
    let passed = gate(here, &entry, &reports);
    ends(&passed, 0, "Accepted: 1 of 1 in birds/MODEL/finder#1, until", "");
    assert!(!passed.err.contains("warning"), "{}", passed.err);
    let junit = fs::read_to_string(here.join("r.xml")).unwrap();
    assert_eq!(
        (Markup::read(&junit).count("skipped"), Markup::read(&junit).count("failure")),
        (2, 0),
        "{junit}"
    );
    assert!(junit.contains("frozen benchmark"), "{junit}");
    let html = Markup::read(&fs::read_to_string(here.join("r.html")).unwrap()).text;
    for text in [
        "Nothing is affected that is not accepted; accepted: 2 affected versions.",
        "2 findings accepted in accepted.toml",
        "frozen benchmark (line 1, known at seq 2)",
        &day(30),
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    let csv = fs::read_to_string(here.join("r.csv")).unwrap();
    assert_eq!(csv.matches("frozen benchmark").count(), 2, "{csv}");
    let json: Value = serde_json::from_str(&gate(here, &entry, &["--json"]).out).unwrap();
    assert_eq!(json["accepted"][1]["affected"], "birds/MODEL/finder#1");

    // An entry for a set accepts no model, and one for a label no other label.
    let set = accepting(r#"["birds/TRAINING_SET/garden#1"]"#, 2, &day(30));
    ends(&gate(here, &set, &[]), 1, "", "affected: 0 training set versions, 1 consumer; accepted: 1");
    let label =
        |name: &str| accepting(BOTH, 2, &day(30)).replace("seq", &format!("wrong = [\"{name}\"]\nseq"));
    ends(&gate(here, &label("birds/LABEL/a#1"), &[]), 0, "Accepted", "");
    ends(&gate(here, &label("birds/LABEL/b#1"), &[]), 1, "", "birds/LABEL/b#1 was in no finding at seq 2");
    // The statement.
    let said = |id: &str| format!("{entry}\nstatement = \"{id}\"");
    ends(&gate(here, &said("statement:2.0"), &[]), 0, "Accepted", "");
    ends(&gate(here, &said("statement:2.1"), &[]), 1, "", "line 1: matches nothing that is affected now");
}

#[test]
fn what_is_found_later_is_not_accepted() {
    let folder = folder();
    let here = folder.path();
    import(here, PAIR, &[]);
    let entry = accepting(BOTH, 2, &day(30));
    // Nothing was known yet.
    ends(
        &gate(here, &accepting(BOTH, 1, &day(30)), &[]),
        1,
        "",
        "birds/MODEL/finder#1 was in no finding at seq 1",
    );
    // Another label of the accepted set.
    add(here, r#"{"type":"statement","kind":"RETRACTS","version":"birds/LABEL/b#1","reason":"no bird"}"#);
    let later = gate(here, &entry, &["--junit", "r.xml"]);
    ends(
        &later,
        1,
        "Accepted: 1 of 2 in birds/TRAINING_SET/garden#1",
        "affected: 1 training set version, 1 consumer",
    );
    let junit = fs::read_to_string(here.join("r.xml")).unwrap();
    assert!(
        junit.contains("2 of 2 members wrong; 1 of them accepted") && junit.contains("no bird"),
        "{junit}"
    );
    assert!(!junit.contains("red breast"), "{junit}");
    ends(&gate(here, &accepting(BOTH, 3, &day(30)), &[]), 0, "Accepted: 2 of 2", "");
    // Another set with the accepted label.
    add(
        here,
        r#"{"type":"training_set","item":"birds/TRAINING_SET/late","members":[{"version":"birds/LABEL/a#1"}]}"#,
    );
    let label =
        format!("wrong = [\"birds/LABEL/a#1\", \"birds/LABEL/b#1\"]\n{}", accepting(BOTH, 3, &day(30)));
    let label = label.replace(&format!("affected = {BOTH}\n"), "");
    ends(
        &gate(here, &label, &[]),
        1,
        "Accepted: 2 of 2 in birds/TRAINING_SET/garden#1",
        "affected: 1 training set version, 0 consumers; accepted: 2",
    );
    // Another reason against the same label.
    add(
        here,
        r#"{"type":"statement","kind":"RETRACTS","version":"birds/LABEL/a#1","reason":"a person is in the picture"}"#,
    );
    let again = gate(here, &accepting(BOTH, 4, &day(30)), &[]);
    ends(&again, 1, "Accepted: 1 of 2 in birds/TRAINING_SET/garden#1", "");
}

#[test]
fn expired_and_mistaken_entries_are_named() {
    let folder = folder();
    let here = folder.path();
    import(here, PAIR, &[]);
    let expired = gate(here, &accepting(BOTH, 2, "2026-01-31"), &["--html", "r.html"]);
    let message =
        "warning: accepted.toml line 1: expired on 2026-01-31: 2 findings are not accepted any more";
    ends(&expired, 1, "", message);
    assert!(expired.err.contains("affected: 1 training set version, 1 consumer\n"), "{}", expired.err);
    let html = Markup::read(&fs::read_to_string(here.join("r.html")).unwrap()).text;
    assert!(html.contains("Entries to review") && html.contains("expired on 2026-01-31"), "{html}");
    // The last day counts.
    ends(&gate(here, &accepting(BOTH, 2, &day(0)), &[]), 0, "Accepted", "");
    let unknown = format!("{}\nlabels = []", accepting(BOTH, 2, &day(1)));
    refused(&gate(here, &unknown, &[]), 2, "accepted.toml line 6: unknown field `labels`");
    refused(
        &gate(here, &accepting(BOTH, 3, &day(1)), &[]),
        2,
        "accepted.toml line 1: the newest commit is 2, found seq 3",
    );
    refused(&trace(here, &["--all", "--allow", "gone.toml"]), 3, "cannot read gone.toml");
    // Sets are no part of an answer by model.
    let models = gate(here, &accepting(BOTH, 2, &day(1)), &["--models"]);
    ends(&models, 0, "Accepted: 1 of 1 in birds/MODEL/finder#1", "");
    assert_eq!(models.err, "");
}
