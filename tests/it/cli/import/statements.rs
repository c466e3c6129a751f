//! Statements in record files: answered ones are counted, and expectations are checked.

use super::{folder, import, stemma};

const LABEL: &str =
    r#"{"type":"version","item":"b/LABEL/a","expectNew":true,"attributes":{"class":"wren"},"sources":null}"#;
const ADA: &str = r#"{"type":"statement","kind":"CORRECTS","version":"b/LABEL/a#1","attributes":{"class":"robin"},"reason":"ada","activity":{"name":"review"},"message":"by hand"}"#;
const BEN: &str = r#"{"type":"statement","kind":"CORRECTS","version":"b/LABEL/a#1","attributes":{"class":"finch"},"reason":"ben"}"#;

#[test]
fn a_statement_that_was_answered_is_counted_and_not_made_again() {
    let folder = folder();
    let called = import(folder.path(), &format!("{LABEL}\n{ADA}\n{BEN}\n"), &[]);
    assert_eq!(
        called.out,
        "garden.ndjson: 3 records: 3 created in 3 commits, 0 already there.\n  commits: seq 1 to 3\n",
        "{}",
        called.err
    );
    // The same statement in another file is not repeated.
    for arguments in [&["--dry-run"][..], &[]] {
        let called = import(folder.path(), &format!("{ADA}\n"), arguments);
        let expected = "statements made before and answered since, not repeated: 1, the first is line 1";
        assert!(called.out.contains(expected), "{}{}", called.out, called.err);
    }
    let called = stemma(folder.path(), &["export", "ndjson"]);
    assert_eq!(called.out.matches("CORRECTS").count(), 2, "{}{}", called.out, called.err);
    assert!(
        called.out.contains(r#""activity":"review""#) && called.out.contains(r#""message":"by hand""#),
        "{}",
        called.out
    );
}

/// A batch of an earlier run is answered by its key. Its report still counts statements answered
/// since.
#[test]
fn a_repeated_file_counts_statements_answered_since() {
    let folder = folder();
    let retract = r#"{"type":"statement","kind":"RETRACTS","version":"b/LABEL/a#1","reason":"blurred"}"#;
    let reinstate = r#"{"type":"statement","kind":"REINSTATES","version":"b/LABEL/a#1","reason":"sharp"}"#;
    let agree = r#"{"type":"statement","kind":"RETRACTS","version":"b/LABEL/a#1","reason":"too dark"}"#;
    let garden = format!("{LABEL}\n{retract}\n");
    let there = "garden.ndjson: 2 records: 0 created in 0 commits, 2 already there.\n";
    let answered = "  statements made before and answered since, not repeated: 1, the first is line 2\n";
    assert!(import(folder.path(), &garden, &[]).err.is_empty());
    assert_eq!(import(folder.path(), &garden, &[]).out, there);
    // Another retraction agrees with the first one and does not answer it.
    for (more, expected) in [(agree, there.to_owned()), (reinstate, format!("{there}{answered}"))] {
        let called = import(folder.path(), &format!("{more}\n"), &[]);
        assert!(called.out.contains("1 created"), "{}{}", called.out, called.err);
        assert_eq!(import(folder.path(), &garden, &[]).out, expected);
    }
    // Named records are resolved again, which counts nothing twice.
    let named = format!(
        "{}\n{}\n",
        LABEL.replace("b/LABEL/a\"", "b/LABEL/c\",\"as\":\"c\""),
        retract.replace("b/LABEL/a#1", "@c")
    );
    assert!(import(folder.path(), &named, &[]).err.is_empty());
    assert_eq!(import(folder.path(), &named, &[]).out, there);
    let called = import(folder.path(), &format!("{}\n", reinstate.replace("/a#", "/c#")), &[]);
    assert!(called.out.contains("1 created"), "{}{}", called.out, called.err);
    assert_eq!(import(folder.path(), &named, &[]).out, format!("{there}{answered}"));
}

/// The reason is not a part of the input: what is stored is found, and keeps its reason.
#[test]
fn a_repeated_file_with_another_reason_for_corrections_changes_nothing() {
    let label = |class: &str, name: &str| {
        format!(r#"{{"type":"version","item":"b/LABEL/a"{name},"attributes":{{"class":"{class}"}}}}"#)
    };
    // Records with a name are translated again in a second run.
    for (name, more) in [
        ("", String::new()),
        (r#","as":"a""#, r#"{"type":"tag","name":"seen","version":"@a"}"#.to_owned() + "\n"),
    ] {
        let folder = folder();
        let first = import(folder.path(), &format!("{}\n", label("wren", "")), &[]);
        assert!(first.err.is_empty(), "{}", first.err);
        let garden = format!("{}\n{more}", label("robin", name));
        let march = import(folder.path(), &garden, &["--corrections", "review of March"]);
        assert!(march.out.contains("corrections among them: 1"), "{}{}", march.out, march.err);
        let before = stemma(folder.path(), &["export", "ndjson"]).out;
        assert!(before.contains("review of March"), "{before}");
        let records = garden.lines().count();
        let there = format!(
            "garden.ndjson: {records} record{}: 0 created in 0 commits, {records} already there.\n",
            if records == 1 { "" } else { "s" }
        );
        let kept = "  corrections made before with another reason, which is kept: 1\n";
        for (options, expected) in [
            (&["--corrections", "review of March"][..], there.clone()),
            (&["--corrections", "review of April"], format!("{there}{kept}")),
            (&[], there.clone()),
        ] {
            let again = import(folder.path(), &garden, options);
            assert_eq!((again.err.as_str(), &again.out), ("", &expected), "{options:?}");
            assert_eq!(stemma(folder.path(), &["export", "ndjson"]).out, before, "{options:?}");
        }
        // New records of a longer file are corrected for the new reason.
        let longer = format!("{garden}{}\n", label("finch", ""));
        let april = import(folder.path(), &longer, &["--corrections", "review of April"]);
        assert!(april.out.contains("corrections among them: 1"), "{}{}", april.out, april.err);
        assert!(april.out.contains(kept), "{}", april.out);
        let log = stemma(folder.path(), &["export", "ndjson"]).out;
        assert_eq!(
            (log.matches("review of March").count(), log.matches("review of April").count()),
            (1, 1),
            "{log}"
        );
    }
    // Also a file that was first imported without corrections.
    let folder = folder();
    assert!(import(folder.path(), &format!("{}\n", label("wren", "")), &[]).err.is_empty());
    let garden = format!("{}\n", label("robin", r#","as":"a""#));
    assert!(import(folder.path(), &garden, &[]).err.is_empty());
    let again = import(folder.path(), &garden, &["--corrections", "review of April"]);
    assert_eq!(
        again.out, "garden.ndjson: 1 record: 0 created in 0 commits, 1 already there.\n",
        "{}",
        again.err
    );
}

#[test]
fn expectations_of_a_record_are_checked() {
    let folder = folder();
    assert!(import(folder.path(), &format!("{LABEL}\n{BEN}\n"), &[]).err.is_empty());
    for (record, expected) in [
        (LABEL.replace("wren", "lark"), "expected that b/LABEL/a does not exist yet"),
        (ADA.replace("\"reason\"", "\"expectHead\":\"b/LABEL/a#1\",\"reason\""), "expected version:"),
        (
            LABEL.replace("\"expectNew\":true", "\"expectNew\":true,\"expectHead\":\"b/LABEL/a\""),
            "field expectNew: give `expectHead` or `expectNew`, not both",
        ),
    ] {
        let called = import(folder.path(), &format!("{record}\n"), &[]);
        assert!(called.err.contains(expected), "{record}\n{}", called.err);
    }
}
