//! Reports of an answer that is not whole, and the words of the command.

use serde_json::json;

use super::*;
use crate::cli::shared::affected::answer::AffectedRow;

fn facts() -> ReportFacts {
    ReportFacts {
        question: "Which?".to_owned(),
        about_all: true,
        by_set: true,
        read_at: ReadAt { seq: "9".to_owned(), time: "2026-03-01T00:00:00Z".to_owned() },
        digest: "0".repeat(64),
        since: Some(Seq(3)),
        known_at: None,
        made_at: "2026-03-02T00:00:00Z".to_owned(),
        store: "/data".to_owned(),
        allow: None,
        command: "stemma trace --all --as-of 9".to_owned(),
    }
}

fn row() -> AffectedRow {
    let version = |kind: &str, key: &str| json!({"id": format!("version:{key}"), "number": 1, "item": {"namespace": "birds", "kind": kind, "key": key}});
    let member = json!({
        "pinned": version("DERIVED", "crop"), "wrong": version("LABEL", "photo"), "statement": null,
        "replacement": null, "inclusion": "DERIVED", "status": "ONTOLOGY_STALE", "split": "TRAIN", "path": [],
    });
    let row = json!({
        "trainingSet": version("TRAINING_SET", "garden"), "isHead": true, "tags": [{"name": "current"}],
        "affectedCount": 1, "memberCount": 4, "affectedFraction": 0.25, "bySplit": [], "staleAtBuild": true,
        "fixedIn": null, "consumers": {"totalCount": 0, "nodes": []},
        "members": {"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": [member]},
    });
    serde_json::from_value(row).unwrap()
}

/// An answer that ended early is never one in which nothing is affected.
#[test]
fn an_answer_that_is_not_whole_is_one_in_no_report() {
    let (accepted, facts) = (Accepted::default(), facts());
    let whole = TraceAnswer { rows: vec![row()], ..TraceAnswer::default() };
    let cut = TraceAnswer { incomplete: Some("EDGES".to_owned()), ..TraceAnswer::default() };
    let report = |answer| Report { answer, accepted: &accepted, facts: &facts };

    let html = html::write(&report(&cut), None);
    for text in [
        "Nothing affected was found before the answer ended.",
        "Not complete: the answer is not whole",
        "(EDGES)",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    assert!(!html.contains("class=\"verdict good\"") && !html.contains("Next time"), "{html}");
    assert!(junit::write(&report(&cut)).contains("tests=\"1\" failures=\"0\" errors=\"1\""));

    let html = html::write(&report(&whole), Some("Ada"));
    for text in [
        "Became affected: 1 training set version",
        "--since 9",
        "birds/DERIVED/crop#1</bdi></code>, TRAIN",
        "with known errors",
        "<bdi>Ada</bdi>",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    assert!(junit::write(&report(&whole)).contains("tests=\"2\" failures=\"1\" errors=\"0\""));
    for (answer, records) in [(&whole, 1), (&cut, 0)] {
        let csv = csv::write(&report(answer)).unwrap();
        assert_eq!(csv.lines().count(), 1 + records, "{csv}");
        assert!(csv.contains("\r\n") && !csv.contains("false\r\n"), "{csv}");
    }
    let part =
        TraceAnswer { rows: vec![row()], incomplete: Some("TIME".to_owned()), ..TraceAnswer::default() };
    assert!(csv::write(&report(&part)).unwrap().ends_with(",false\r\n"));
    assert!(
        html::write(&report(&part), None).contains("Became affected: at least 1 training set version"),
        "a lower bound"
    );
}

#[test]
fn a_command_is_quoted_for_a_shell() {
    let words = ["stemma", "birds/LABEL/a#1", "#x", "it's", "", "a b", "$(rm)", "--as-of"].map(str::to_owned);
    assert_eq!(shell(&words), r"stemma birds/LABEL/a#1 '#x' 'it'\''s' '' 'a b' '$(rm)' --as-of");
}
