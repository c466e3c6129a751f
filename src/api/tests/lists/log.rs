//! The lists of the log: statements and commits, with filters.

use serde_json::{Value as Json, json};

use super::super::store::{TestStore, correct, put, refusal, run};
use crate::api::engine::cost::Limits;

/// A store with two labels. Commit 2 corrects one and retracts the other, 3 moves a tag, 4 reinstates
/// what was retracted, and 5 corrects a label of another namespace.
async fn store() -> TestStore {
    let store = TestStore::new().await;
    let mut other = put("o", "LABEL", "other", "duck", &[]);
    other["putVersion"]["item"]["namespace"] = json!("lake");
    store
        .commit(vec![put("a", "LABEL", "a/1", "wren", &[]), put("b", "LABEL", "b/1", "heron", &[]), other])
        .await;
    let retract = json!({"retract": {"version": "default/LABEL/b/1#1", "reason": "no bird on it"}});
    store.commit(vec![correct("default/LABEL/a/1#1", "robin"), retract]).await;
    let tag = json!({"setTag": {"name": "current", "version": "default/LABEL/a/1#2"}});
    store.commit(vec![tag]).await;
    store
        .commit(vec![json!({"reinstate": {"version": "default/LABEL/b/1#1", "reason": "it is far away"}})])
        .await;
    store.commit(vec![correct("lake/LABEL/other#1", "goose")]).await;
    store
}

/// The seq, kind and item key of each statement, and the number of all.
async fn statements(store: &TestStore, arguments: &str) -> (Vec<String>, Json) {
    let query = format!(
        "{{ statements{arguments} {{ totalCount nodes {{ kind commit {{ seq }} version {{ item {{ key }} }} }} }} }}"
    );
    let found = store.ask(&query, json!({})).await["statements"].take();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let row = |node: &Json| {
        let key = &node["version"]["item"]["key"];
        format!("{} {} {}", text(&node["commit"]["seq"]), text(&node["kind"]), text(key))
    };
    (found["nodes"].as_array().unwrap().iter().map(row).collect(), found["totalCount"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_listed_newest_first_and_filtered() {
    let store = store().await;
    let all = ["5 CORRECTS other", "4 REINSTATES b/1", "2 RETRACTS b/1", "2 CORRECTS a/1"];
    assert_eq!(statements(&store, "").await, (all.map(str::to_owned).to_vec(), json!(4)));
    let mut backwards = all;
    backwards.reverse();
    assert_eq!(statements(&store, "(orderBy: COMMITTED)").await.0, backwards);
    for (filter, expected) in [
        ("kinds: [CORRECTS]", &[0, 3][..]),
        ("kinds: []", &[]),
        ("inForce: true", &[0, 3]),
        ("inForce: false", &[1, 2]),
        ("namespaces: [\"lake\"]", &[0]),
        ("namespaces: [\"sea\"]", &[]),
        ("itemKinds: [LABEL]", &[0, 1, 2, 3]),
        ("itemKinds: [MODEL]", &[]),
        ("keyPrefix: \"b/\"", &[1, 2]),
        ("committed: {from: 3}", &[0, 1]),
        ("committed: {from: 2, to: 4}", &[1, 2, 3]),
        ("committed: {to: 1}", &[]),
        ("authors: [\"nobody\"]", &[]),
        ("authors: [\"local\"]", &[0, 1, 2, 3]),
        ("kinds: [RETRACTS], keyPrefix: \"a\"", &[]),
    ] {
        let expected: Vec<&str> = expected.iter().map(|place| all[*place]).collect();
        let (rows, count) = statements(&store, &format!("(filter: {{{filter}}})")).await;
        assert_eq!(
            (rows, count),
            (expected.iter().map(|&row| row.to_owned()).collect(), json!(expected.len())),
            "{filter}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_those_of_the_moment_and_pages_stay_there() {
    let store = store().await;
    let query = "query($after: String) { at(asOf: {seq: 2}) { statements(filter: {inForce: true}, first: 1, after: $after) {
        totalCount pageInfo { endCursor hasNextPage } nodes { kind } } } }";
    let first = store.ask(query, json!({})).await["at"]["statements"].take();
    // The retraction was withdrawn later only.
    assert_eq!((&first["totalCount"], &first["nodes"][0]["kind"]), (&json!(2), &json!("RETRACTS")));
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let next =
        store.ask(query, json!({"after": first["pageInfo"]["endCursor"]})).await["at"]["statements"].take();
    assert_eq!((&next["totalCount"], &next["nodes"]), (&json!(2), &json!([{"kind": "CORRECTS"}])));
}

/// The seqs of a page of commits, and the number of all that match.
async fn commits(store: &TestStore, arguments: &str) -> Json {
    let query = format!(
        "{{ commits({arguments}) {{ totalCount nodes {{ seq }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
    );
    let found = store.ask(&query, json!({})).await["commits"].take();
    let seqs: Vec<&str> =
        found["nodes"].as_array().unwrap().iter().map(|commit| commit["seq"].as_str().unwrap()).collect();
    json!([
        seqs.join(" "),
        found["totalCount"],
        found["pageInfo"]["hasPreviousPage"],
        found["pageInfo"]["hasNextPage"]
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_are_filtered_and_their_cursors_are_those_of_the_feed() {
    let store = store().await;
    for (arguments, expected) in [
        ("filter: {hasStatements: true}", json!(["2 4 5", 3, false, false])),
        ("filter: {hasStatements: false}", json!(["1 3", 2, false, false])),
        ("filter: {}", json!(["1 2 3 4 5", 5, false, false])),
        ("filter: {hasStatements: true}, last: 2", json!(["4 5", 3, true, false])),
        ("filter: {hasStatements: true}, last: 1, before: 4", json!(["2", 3, false, true])),
        ("filter: {hasStatements: true}, first: 1, after: 3", json!(["4", 3, true, true])),
        ("filter: {committed: {from: 2, to: 4}}", json!(["2 3 4", 3, false, false])),
        ("filter: {authors: [\"nobody\"]}", json!(["", 0, false, false])),
    ] {
        assert_eq!(commits(&store, arguments).await, expected, "{arguments}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_reads_at_most_what_one_request_may() {
    let store = store().await;
    let api = store.within(Limits { edges: 3, ..Limits::default() });
    for (list, most) in [("statements", "{from: 3}"), ("commits", "{from: 3, to: 5}")] {
        let ask = |span: &str| format!("{{ {list}(filter: {{committed: {span}}}) {{ totalCount }} }}");
        let all = run(&api, &ask("{}"), json!({})).await;
        let (reason, message) = refusal(&all);
        assert_eq!(reason, "LIMIT_EXCEEDED");
        assert!(message.contains(list) && message.contains("`committed`"), "{message}");
        let some = run(&api, &ask(most), json!({})).await;
        assert!(some["data"][list]["totalCount"].as_u64() > Some(1), "{some}");
    }
}

/// The sections of a histogram: seqs, and the numbers of commits, statements and versions.
async fn histogram(store: &TestStore, arguments: &str) -> Vec<String> {
    let query = format!(
        "{{ commitCounts{arguments} {{ fromSeq toSeq since until commitCount statementCount versionCount }} }}"
    );
    let found = store.ask(&query, json!({})).await["commitCounts"].take();
    let sections = found.as_array().unwrap();
    let mut last = String::new();
    for section in sections {
        let (since, until) = (section["since"].as_str().unwrap(), section["until"].as_str().unwrap());
        assert!(*last < *since && since <= until, "sections follow each other: {found}");
        until.clone_into(&mut last);
    }
    let seq = |seq: &Json| seq.as_str().unwrap_or("-").to_owned();
    let row = |one: &Json| {
        let counts = ["commitCount", "statementCount", "versionCount"].map(|name| one[name].to_string());
        format!("{}..{}: {}", seq(&one["fromSeq"]), seq(&one["toSeq"]), counts.join(" "))
    };
    sections.iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_counted_in_equal_sections() {
    let store = store().await;
    for (arguments, expected) in [
        ("", &["1..1: 1 0 3", "2..2: 1 2 1", "3..3: 1 0 0", "4..4: 1 1 0", "5..5: 1 1 1"][..]),
        ("(buckets: 2)", &["1..2: 2 2 4", "3..5: 3 2 1"]),
        ("(buckets: 1)", &["1..5: 5 4 5"]),
        ("(buckets: 2, by: TIME)", &["1..2: 2 2 4", "3..5: 3 2 1"]),
        ("(buckets: 2, filter: {hasStatements: true})", &["1..2: 1 2 1", "3..5: 2 2 1"]),
        ("(buckets: 2, filter: {authors: [\"nobody\"]})", &["1..2: 0 0 0", "3..5: 0 0 0"]),
        ("(buckets: 2, filter: {committed: {from: 2, to: 4}})", &["2..2: 1 2 1", "3..4: 2 1 0"]),
        ("(filter: {committed: {from: 5, to: 4}})", &[]),
    ] {
        assert_eq!(histogram(&store, arguments).await, expected, "{arguments}");
    }
    // A section can be shorter than the time between two commits.
    let fine = histogram(&store, "(buckets: 9, by: TIME)").await;
    assert_eq!((fine.len(), fine.iter().filter(|row| row.starts_with("-..-: 0 0 0")).count()), (9, 4));
    let answer =
        store.ask("{ at(asOf: {seq: 2}) { commitCounts(buckets: 1) { commitCount } } }", json!({})).await;
    assert_eq!(answer["at"]["commitCounts"], json!([{"commitCount": 2}]));
    let api = store.within(Limits { edges: 3, ..Limits::default() });
    for (arguments, reason) in
        [("(buckets: 1001)", "LIMIT_EXCEEDED"), ("(filter: {hasStatements: true})", "LIMIT_EXCEEDED")]
    {
        let answer = run(&api, &format!("{{ commitCounts{arguments} {{ commitCount }} }}"), json!({})).await;
        assert_eq!(refusal(&answer).0, reason, "{arguments}");
    }
    let answer = run(&api, "{ commitCounts { commitCount } }", json!({})).await;
    assert!(answer["errors"].is_null(), "counts without a filter read no commits: {answer}");
}
