//! The server is killed in the middle of a stream of writes, repeatedly on one store. After each
//! start every acknowledged write exists, every commit is complete, the seqs have no gaps, and
//! affected sets are answered.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::server::{Client, Server};

const ROUNDS: u64 = 4;
const WRITERS: usize = 4;
/// Labels of one batch; the batch is these and the set that pins them, in one commit.
const LABELS: usize = 4;
const SEED: u64 = 0x5713_33AA_0001;

/// The writes that the server has acknowledged.
#[derive(Default)]
pub(crate) struct Acknowledged {
    pub(crate) versions: Vec<String>,
    seqs: BTreeSet<u64>,
    /// Labels that were corrected, each with the one set that pins it.
    corrected: BTreeMap<String, String>,
}

#[test]
fn killed_in_the_middle_of_writes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let acknowledged = Mutex::new(Acknowledged::default());
    let mut chance = Chance(SEED);
    for round in 0..ROUNDS {
        let server = Server::start(&data);
        check(&server, &acknowledged);
        std::thread::scope(|threads| {
            for writer in 0..WRITERS {
                let (client, acknowledged) = (server.client(), &acknowledged);
                threads.spawn(move || write(&client, &format!("{round}-{writer}"), acknowledged));
            }
            std::thread::sleep(Duration::from_millis(200 + chance.next() % 600));
            server.kill();
        });
    }
    let server = Server::start(&data);
    check(&server, &acknowledged);
    let acknowledged = acknowledged.into_inner().expect("no writer has panicked");
    let least = ROUNDS as usize * WRITERS;
    assert!(
        acknowledged.versions.len() > least,
        "only {} writes were acknowledged",
        acknowledged.versions.len()
    );
    assert!(!acknowledged.corrected.is_empty(), "nothing was corrected");
}

/// Writes until the server is gone.
pub(crate) fn write(client: &Client, writer: &str, acknowledged: &Mutex<Acknowledged>) {
    for batch in 0.. {
        let prefix = format!("{writer}-{batch}");
        if write_batch(client, &prefix, batch % 2 == 0, acknowledged).is_err() {
            return;
        }
    }
}

/// Writes a batch, and then a correction of its first label or a new version of it.
fn write_batch(
    client: &Client,
    prefix: &str,
    correct: bool,
    acknowledged: &Mutex<Acknowledged>,
) -> Result<(), ureq::Error> {
    let labels = (0..LABELS).map(|place| {
        json!({"putVersion": {"as": format!("l{place}"), "item": {"kind": "LABEL", "key": format!("{prefix}-{place}")},
            "attributes": {"class": place}}})
    });
    let members: Vec<Value> = (0..LABELS).map(|place| json!({"version": format!("@l{place}")})).collect();
    let set = json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": prefix}, "members": {"all": members}}});
    let changes: Vec<Value> = labels.chain([set]).collect();
    let answer = client.graphql(
        "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { commit { seq } results { id } } }",
        json!({"changes": changes}),
    )?;
    let made = &written(&answer)["commit"];
    let ids: Vec<String> = texts(&made["results"], "id");
    assert_eq!(ids.len(), LABELS + 1, "{answer}");
    note(acknowledged, made, &ids);

    let mutation = if correct {
        "mutation($label: ID!) {
          done: correct(input: {version: $label, attributes: {class: 9}, reason: \"killed later\"}) { commit { seq } version { id } }
        }"
    } else {
        "mutation($label: ID!, $item: ItemKey!) {
          done: putVersion(input: {item: $item, parent: $label, attributes: {class: 9}}) { commit { seq } version { id } }
        }"
    };
    let item = json!({"kind": "LABEL", "key": format!("{prefix}-0")});
    let variables = if correct { json!({"label": ids[0]}) } else { json!({"label": ids[0], "item": item}) };
    let answer = client.graphql(mutation, variables)?;
    let made = &written(&answer)["done"];
    note(acknowledged, made, &[text(&made["version"]["id"])]);
    if correct {
        let mut acknowledged = acknowledged.lock().expect("no writer has panicked");
        acknowledged.corrected.insert(ids[0].clone(), ids[LABELS].clone());
    }
    Ok(())
}

fn note(acknowledged: &Mutex<Acknowledged>, made: &Value, ids: &[String]) {
    let mut acknowledged = acknowledged.lock().expect("no writer has panicked");
    acknowledged.versions.extend_from_slice(ids);
    let seq = number(&made["commit"]["seq"]);
    assert!(acknowledged.seqs.insert(seq), "two commits were acknowledged as {seq}");
}

pub(crate) fn check(server: &Server, acknowledged: &Mutex<Acknowledged>) {
    let acknowledged = acknowledged.lock().expect("no writer has panicked");
    let head = number(&ask(server, "{ view { seq } }", json!({}))["view"]["seq"]);
    check_log(server, head);
    assert!(
        acknowledged.seqs.iter().all(|seq| *seq <= head),
        "an acknowledged commit is beyond the head {head}"
    );
    for ids in acknowledged.versions.chunks(50) {
        let answer = ask(server, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({"ids": ids}));
        assert_eq!(texts(&answer["nodes"], "id"), ids, "an acknowledged version is not there");
    }
    check_batches(server);
    check_affected(server, &acknowledged.corrected);
}

/// Checks that every seq from 1 to the head exists once, in order.
fn check_log(server: &Server, head: u64) {
    let (mut after, mut next) = (0, 1);
    loop {
        let query = "query($after: Seq!) { commits(after: $after, first: 100) { nodes { seq } } }";
        let answer = ask(server, query, json!({"after": after.to_string()}));
        let page = list(&answer["commits"]["nodes"]);
        if page.is_empty() {
            assert_eq!(next, head + 1, "the log ends before its head");
            return;
        }
        for commit in page {
            assert_eq!(number(&commit["seq"]), next, "the log has a gap");
            next += 1;
        }
        after = next - 1;
    }
}

/// Checks that each batch is stored completely with its set, or not at all.
fn check_batches(server: &Server) {
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    for key in keys(server, "LABEL") {
        let (batch, _) = key.rsplit_once('-').expect("keys of labels are prefix-place");
        *labels.entry(batch.to_owned()).or_default() += 1;
    }
    let sets: BTreeSet<String> = keys(server, "TRAINING_SET").into_iter().collect();
    assert!(labels.values().all(|count| *count == LABELS), "a commit is half there: {labels:?}");
    assert_eq!(labels.into_keys().collect::<BTreeSet<_>>(), sets, "a commit is half there");
}

fn keys(server: &Server, kind: &str) -> Vec<String> {
    let (mut keys, mut after) = (Vec::new(), Value::Null);
    loop {
        let query = "query($kind: ItemKind!, $after: String) {
          items(filter: {kinds: [$kind]}, first: 100, after: $after) { nodes { key } pageInfo { hasNextPage endCursor } }
        }";
        let page = ask(server, query, json!({"kind": kind, "after": after}))["items"].take();
        keys.extend(texts(&page["nodes"], "key"));
        if page["pageInfo"]["hasNextPage"] != true {
            return keys;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Checks that each corrected label affects the one set that pins it, directly.
fn check_affected(server: &Server, corrected: &BTreeMap<String, String>) {
    for (label, set) in corrected {
        let query = "query($label: ID!) {
          affectedTrainingSets(wrong: {versions: [$label]}) {
            nodes { trainingSet { id } memberCount staleAtBuild members { nodes { pinned { id } inclusion status replacement { number } } } }
          }
        }";
        let answer = ask(server, query, json!({"label": label}));
        let expected = json!([{
            "trainingSet": {"id": set}, "memberCount": LABELS, "staleAtBuild": false,
            "members": {"nodes": [{"pinned": {"id": label}, "inclusion": "DIRECT", "status": "STALE", "replacement": {"number": 2}}]},
        }]);
        assert_eq!(answer["affectedTrainingSets"]["nodes"], expected);
    }
    let all = ask(server, "{ affectedTrainingSets(wrong: {all: {}}) { totalCount } }", json!({}));
    let all = all["affectedTrainingSets"]["totalCount"].as_u64().expect("a count");
    // A correction may have been written and its answer lost: at most one for each writer and kill.
    let least = corrected.len() as u64;
    assert!(
        (least..=least + ROUNDS * WRITERS as u64).contains(&all),
        "{all} sets are affected, {least} were acknowledged"
    );
}

/// Sends a query that must be answered.
fn ask(server: &Server, query: &str, variables: Value) -> Value {
    let mut answer = server.graphql(query, variables).expect("a running server answers");
    assert!(answer["errors"].is_null(), "{query}: {}", answer["errors"]);
    answer["data"].take()
}

/// Checks that an answered write was done.
fn written(answer: &Value) -> &Value {
    assert!(answer["errors"].is_null(), "{}", answer["errors"]);
    &answer["data"]
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts(values: &Value, name: &str) -> Vec<String> {
    list(values).iter().map(|value| text(&value[name])).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_str().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{value} is no seq"))
}

/// xorshift64*: the times of the kills, the same in every run except for the speed of the machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33
    }
}
