//! The ends of commits.

use super::*;

/// Returns the number of records of each commit, with at most `most` records per commit.
fn commits(most: usize, lines: &[&str]) -> Vec<usize> {
    let mut batch = ImportBatch::new(most);
    let mut sizes = vec![0];
    for line in lines {
        let record = Record::parse(line.as_bytes()).unwrap();
        if batch.is_before(&record, line.len()) {
            batch = ImportBatch::new(most);
            sizes.push(0);
        }
        batch.add(&record, line.len());
        *sizes.last_mut().unwrap() += 1;
    }
    sizes
}

fn version(key: &str) -> String {
    format!(r#"{{"type":"version","item":"b/LABEL/{key}"}}"#)
}

fn made_from(key: &str, source: &str) -> String {
    format!(r#"{{"type":"version","item":"b/DERIVED/{key}","sources":[{{"version":"{source}"}}]}}"#)
}

fn corrects(version: &str) -> String {
    format!(
        r#"{{"type":"statement","kind":"CORRECTS","version":"{version}","attributes":{{"a":1}},"reason":"r"}}"#
    )
}

#[test]
fn a_full_commit_ends() {
    let (a, b, c) = (version("a"), version("b"), version("c"));
    assert_eq!(commits(2, &[&a, &b, &c]), [2, 1]);
    assert_eq!(commits(3, &[&a, &b, &c]), [3]);
}

#[test]
fn a_head_of_the_same_commit_does_not_end_it() {
    let lines = [
        version("a"),
        made_from("x", "b/LABEL/a"),
        made_from("y", "@earlier"),
        made_from("z", "b/LABEL/other"),
    ];
    assert_eq!(commits(10, &lines.each_ref().map(String::as_str)), [4]);
}

#[test]
fn a_number_or_tag_of_an_item_of_the_commit_ends_it() {
    let number = made_from("x", "b/LABEL/a#1");
    assert_eq!(commits(10, &[&version("a"), &number]), [1, 1]);
    assert_eq!(commits(10, &[&version("b"), &number]), [2]);
    let tag = r#"{"type":"tag","name":"good","version":"b/LABEL/a"}"#;
    assert_eq!(commits(10, &[tag, &made_from("x", "b/LABEL/z@good")]), [1, 1]);
    assert_eq!(commits(10, &[&version("a"), &made_from("x", "b/LABEL/z@good")]), [2]);
}

#[test]
fn a_search_begins_a_commit() {
    let select = r#"{"type":"training_set","item":"b/TRAINING_SET/s","select":{"kinds":["LABEL"]}}"#;
    assert_eq!(commits(10, &[&version("a"), select, &version("b")]), [1, 2]);
    assert_eq!(commits(10, &[select]), [1]);
}

#[test]
fn statements_after_a_pinned_set_are_in_a_later_commit() {
    let set = r#"{"type":"training_set","item":"b/TRAINING_SET/s","members":[]}"#;
    let retracts = r#"{"type":"statement","kind":"RETRACTS","version":"b/LABEL/z#1","reason":"r"}"#;
    assert_eq!(commits(10, &[set, retracts, retracts]), [1, 2]);
    assert_eq!(commits(10, &[retracts, set, &version("a")]), [3]);
}

#[test]
fn corrections_of_different_items_are_one_commit() {
    let lines = [corrects("b/LABEL/a#1"), corrects("b/LABEL/c#1"), corrects("b/LABEL/d")];
    assert_eq!(commits(10, &lines.each_ref().map(String::as_str)), [3]);
    let id = format!("version:{}", "0".repeat(64));
    assert_eq!(commits(10, &[&corrects(&id), &corrects(&id)]), [2]);
}

#[test]
fn the_result_of_a_correction_is_looked_up_in_the_store() {
    let after = made_from("x", "b/LABEL/a");
    assert_eq!(commits(10, &[&corrects("b/LABEL/a#1"), &after]), [1, 1]);
    assert_eq!(commits(10, &[&corrects("b/LABEL/c#1"), &after]), [2]);
    // The id does not determine the item.
    let id = format!("version:{}", "0".repeat(64));
    assert_eq!(commits(10, &[&corrects(&id), &after]), [1, 1]);
}
