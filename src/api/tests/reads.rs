//! The number of reads of the store does not grow with the size of a page.

use serde_json::json;

use super::filled::{LISTS, MANY, filled, having};
use super::store::TestStore;

/// The sizes of a page, and of one several times as large.
const SMALL: usize = 4;

/// Answers in which loads end in varying order, so that the next loads may be batched differently.
const LEEWAY: u64 = 6;

async fn count(store: &TestStore, query: &str) -> (u64, usize) {
    store.ledger.forget();
    let before = store.ledger.reads();
    let answer = store.ask(query, json!({})).await;
    let entries = having(&answer, "nodes").and_then(|page| page["nodes"].as_array()).map_or(0, Vec::len);
    (store.ledger.reads() - before, entries)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_larger_page_needs_no_more_database_reads() {
    let store = filled().await;
    let digest = digest(&store).await;
    let mut grown = Vec::new();
    for list in LISTS {
        let below = format!("nodes {{ {} }}", list.node);
        let (few, entries) = count(&store, &list.ask(&digest, &format!("first: {SMALL}"), &below)).await;
        assert!(entries > 0, "{} has no entries", list.query);
        let (many, more) = count(&store, &list.ask(&digest, &format!("first: {MANY}"), &below)).await;
        if many > few + LEEWAY {
            grown.push(format!("{few} reads for {entries} entries, {many} for {more}: {}", list.query));
        }
    }
    assert!(grown.is_empty(), "\n{}", grown.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lists_without_pages_are_read_at_once() {
    let store = filled().await;
    let ids =
        |many: usize| (0..many).map(|n| format!("\"default/LABEL/l{n}\"")).collect::<Vec<_>>().join(" ");
    let version = "attributes author commit { message } statements { reason }";
    let story =
        |many: usize| format!("{{ resolve(ref: \"default/TRAINING_SET/t{many}#1\") {{ {version} }} }}");
    let queries: [&dyn Fn(usize) -> String; 5] = [
        &|many| {
            format!(
                "{{ lineageGraph(from: [{}], direction: UP, foldAbove: 1000) {{ nodes {{ version {{ {version} }} }} }} }}",
                ids(many)
            )
        },
        &|many| {
            format!(
                "{{ paths(from: \"default/SOURCE/s0#1\", to: \"default/TRAINING_SET/train\", k: {many}) {{ versions {{ {version} }} }} }}"
            )
        },
        &|many| {
            format!(
                "{{ itemStates(items: [{}]) {{ head {{ {version} imported ontology {{ hash }} }} }} }}",
                ids(many)
            )
        },
        &|many| {
            format!(
                "{{ {} }}",
                (0..many)
                    .map(|n| format!("v{n}: version(id: \"default/LABEL/l{n}\") {{ {version} }} "))
                    .collect::<String>()
            )
        },
        &story,
    ];
    for query in queries {
        let (few, _) = count(&store, &query(SMALL)).await;
        let (many, _) = count(&store, &query(MANY - 1)).await;
        assert!(many <= few + LEEWAY, "{few} reads, then {many}: {}", query(SMALL));
    }
    let said = "{ commit(seq: \"111\") { statements { reason author version { attributes author } } } }";
    assert!(count(&store, said).await.0 <= 6);
}

async fn digest(store: &TestStore) -> String {
    let answer =
        store.ask("{ version(id: \"default/SOURCE/s0#1\") { payload { digest } } }", json!({})).await;
    answer["version"]["payload"]["digest"].as_str().unwrap().to_owned()
}
