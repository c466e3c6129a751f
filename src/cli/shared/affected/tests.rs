//! Answers in parts: joined, they have the numbers of the answer in one part, or bounds.

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::answer::{AffectedRow, TraceAnswer, TraceQuestion, Wanted};
use super::ask;
use crate::api::engine::cost::Limits;
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::api::schema;
use crate::blob::MemStore;
use crate::cli::shared::client::Client;
use crate::cli::shared::failure::Result;
use crate::cli::shared::moment;
use crate::domain::principal::Principal;
use crate::ledger::{Ledger, Settings, StepClock};

/// Labels of the inner set, among many others.
const LABELS: usize = 3;

async fn commit(ledger: &Ledger, changes: Vec<Value>) {
    let query = "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { created } }";
    let ask = Ask::read(json!({"query": query, "variables": {"changes": changes}})).unwrap();
    let caller = Caller::here(Principal::local(), Allow::Mutations);
    let outcome = tokio::spawn(schema::over(ledger.clone()).unwrap().execute(ask, caller)).await.unwrap();
    let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
    assert!(answer["errors"].is_null(), "{answer}");
}

fn put(kind: &str, key: &str, sources: &[&str]) -> Value {
    let sources: Vec<Value> =
        sources.iter().map(|version| json!({"version": version, "role": "INPUT"})).collect();
    json!({"putVersion": {"as": key, "item": {"kind": kind, "key": key}, "attributes": {}, "sources": sources}})
}

fn pin(key: &str, members: &[String]) -> Value {
    let members: Vec<Value> =
        members.iter().map(|version| json!({"version": version, "split": "TRAIN"})).collect();
    json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": key}, "members": {"all": members}}})
}

/// A store with an outer set of an inner one, whose members are derived from three labels, two from
/// each; and a set to which a removed label returns.
async fn ledger(dir: &TempDir) -> Ledger {
    let settings = Settings {
        record_cache: 1 << 20,
        ..Settings::new(
            dir.path(),
            Arc::new(MemStore::new()),
            Arc::new(StepClock::new(1_700_000_000_000_000, 1_000_000)),
        )
    };
    let ledger = Ledger::open(settings, |_, _| ()).await.unwrap();
    let mut labels = Vec::new();
    for n in 0..LABELS {
        let label = format!("l{n}");
        let [crop, other] = ["c", "d"].map(|name| format!("{name}{n}"));
        let own = format!("@{label}");
        let mut changes =
            vec![put("LABEL", &label, &[]), put("DERIVED", &crop, &[&own]), put("DERIVED", &other, &[&own])];
        labels.push(label);
        for between in 0..12 {
            let label = format!("m{n}{between}");
            changes.push(put("LABEL", &label, &[]));
            changes.push(put("DERIVED", &format!("e{n}{between}"), &[&format!("@{label}")]));
            labels.push(label);
        }
        commit(&ledger, changes).await;
    }
    let made = |name: &str| (0..LABELS).map(|n| format!("default/DERIVED/{name}{n}#1")).collect::<Vec<_>>();
    commit(&ledger, vec![pin("inner", &[made("c"), made("d")].concat())]).await;
    commit(
        &ledger,
        vec![pin("outer", &["default/TRAINING_SET/inner#1".to_owned(), "default/LABEL/l0#1".to_owned()])],
    )
    .await;
    let [first, last] = ["default/LABEL/l0#1", "default/LABEL/l2#1"].map(str::to_owned);
    let clean = "default/LABEL/l1#2".to_owned();
    let reasons = labels.iter().map(|label| {
        json!({"correct": {"version": format!("default/LABEL/{label}#1"), "attributes": {"right": true}, "reason": "r"}})
    });
    commit(&ledger, reasons.collect()).await;
    // Free of the last one in #2, of the first one in #3, and of both in #4 only.
    for members in [[&first, &last], [&first, &clean], [&last, &clean], [&clean, &clean]] {
        let mut members: Vec<String> = members.into_iter().cloned().collect();
        members.dedup();
        commit(&ledger, vec![pin("back", &members)]).await;
    }
    ledger
}

async fn all_wrong(client: &Client) -> Result<TraceAnswer> {
    let question = TraceQuestion {
        wrong: json!({"all": {}}),
        known_at: None,
        include_restored: false,
        through_models: false,
        wanted: Wanted::TABLES,
        since: None,
    };
    let read_at = moment::read_at(client, None).await?;
    ask::ask(client, &read_at, &question).await
}

fn numbers(row: &AffectedRow) -> (u64, Vec<(String, u64)>) {
    let by_split = row.by_split.iter().map(|split| (split.split.clone(), split.affected_count));
    (row.affected_count, by_split.collect())
}

fn fixed(row: &AffectedRow) -> Option<u64> {
    row.fixed_in.as_ref().map(|fixed| fixed.number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joined_parts_have_the_numbers_of_the_answer_in_one_part() {
    let dir = TempDir::new().unwrap();
    let ledger = ledger(&dir).await;
    let within = |edges: u64| {
        let limits = Limits { edges, ..Limits::default() };
        Client::Local(schema::within(ledger.clone(), limits).unwrap())
    };
    let complete = all_wrong(&within(1_000_000)).await.unwrap();
    let find = |answer: &TraceAnswer, key: &str, number: u64| {
        let is_it =
            |row: &&AffectedRow| row.training_set.item.key == key && row.training_set.number == number;
        answer.rows.iter().find(is_it).cloned().unwrap()
    };
    let outer = find(&complete, "outer", 1);
    assert_eq!(
        numbers(&outer),
        (7, vec![("TRAIN".to_owned(), 7)]),
        "six that the inner set pins, and a label"
    );
    assert_eq!(fixed(&find(&complete, "back", 1)), Some(4));
    let (mut in_parts, mut refused) = (0, Vec::new());
    for edges in (4..160).step_by(6) {
        // A single item may take more edges than the limit.
        let answer = match all_wrong(&within(edges)).await {
            Ok(answer) => answer,
            Err(error) => {
                refused.push(format!("{edges}: {error:?}"));
                continue;
            }
        };
        assert!(answer.incomplete.is_none(), "{edges}: {:?}", answer.incomplete);
        assert_eq!(answer.rows.len(), complete.rows.len(), "{edges}");
        for row in &complete.rows {
            let found = find(&answer, &row.training_set.item.key, row.training_set.number);
            match found.bounds.affected {
                true => {
                    assert!((1..=row.affected_count).contains(&found.affected_count), "{edges}: {found:?}")
                }
                false => assert_eq!(numbers(&found), numbers(row), "{edges}: {found:?}"),
            }
            match found.bounds.fixed {
                true => assert!(fixed(&found) <= fixed(row).or(Some(u64::MAX)), "{edges}: {found:?}"),
                false => assert_eq!(fixed(&found), fixed(row), "{edges}: {found:?}"),
            }
        }
        in_parts += u64::from(parts_of(&within(edges), "outer").await > 1);
    }
    assert!(in_parts > 0, "no answer has the outer set in several parts; {refused:#?}");
}

/// The number of parts in which a set comes.
async fn parts_of(client: &Client, key: &str) -> usize {
    let query =
        "query Parts($after: String) { affectedTrainingSets(wrong: {all: {}}, first: 100, after: $after) {
        info { resume } nodes { trainingSet { item { key } } } } }";
    let (mut parts, mut after) = (0, Value::Null);
    loop {
        let mut page: Value = client.ask(query, "Parts", json!({ "after": after })).await.unwrap();
        let page = page["affectedTrainingSets"].take();
        let mut nodes = page["nodes"].as_array().unwrap().iter();
        parts += usize::from(nodes.any(|node| node["trainingSet"]["item"]["key"] == key));
        after = page["info"]["resume"].clone();
        if after.is_null() {
            return parts;
        }
    }
}
