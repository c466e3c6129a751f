//! Data sets with several names.

use serde_json::{Value, json};

use super::{EventStore, event};

fn named(name: &str) -> Value {
    let (namespace, name) = name.rsplit_once('/').unwrap();
    json!({"namespace": namespace, "name": name})
}

fn linked(name: &str, others: &[&str]) -> Value {
    let mut set = named(name);
    let identifiers: Vec<Value> = others.iter().map(|other| named(other)).collect();
    set["facets"] = json!({"symlinks": {"identifiers": identifiers}});
    set
}

const PATH: &str = "s3://lake/trips";
const TABLE: &str = "hive://meta/db.trips";
const COPY: &str = "glue/db.trips";

fn item(name: &str) -> String {
    format!("openlineage/DERIVED/{name}")
}

/// Takes a run that writes the data set and one that reads it, and returns the data sets from which
/// the output of the second one is made.
async fn read_after_write(store: &EventStore, written: Value, read: Value) -> Vec<String> {
    store.take(&event("w", "COMPLETE", 1, &[named("raw/x")], &[written])).await;
    store.take(&event("r", "COMPLETE", 2, &[read], &[named("out/y")])).await;
    store.comes_from(&item("out/y"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_set_is_found_under_each_of_its_names() {
    for (written, read, kept) in [
        (linked(PATH, &[TABLE]), named(TABLE), PATH),
        (linked(PATH, &[TABLE, COPY]), named(COPY), PATH),
        (named(TABLE), linked(PATH, &[TABLE]), TABLE),
        (linked(TABLE, &[PATH]), linked(PATH, &[TABLE]), TABLE),
        (linked(PATH, &[COPY]), linked(TABLE, &[COPY]), PATH),
        (named(PATH), named(PATH), PATH),
    ] {
        let store = EventStore::new().await;
        let from = read_after_write(&store, written.clone(), read.clone()).await;
        assert!(from.contains(&item(kept)) && from.contains(&item("raw/x")), "{written} {read}: {from:?}");
        assert_eq!(store.versions_of(&item(kept)), 2, "{written} {read}");
        let before = store.ledger.view().seq();
        for (run, minute, inputs, outputs) in
            [("w", 1, named("raw/x"), written), ("r", 2, read, named("out/y"))]
        {
            store.take(&event(run, "COMPLETE", minute, &[inputs], &[outputs])).await;
        }
        assert_eq!(store.ledger.view().seq(), before, "repeated events change nothing");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_those_of_one_item() {
    let store = EventStore::new().await;
    let mut written = linked(PATH, &[TABLE]);
    written["facets"]["version"] = json!({"datasetVersion": "7"});
    let mut read = named(TABLE);
    read["facets"] = json!({"version": {"datasetVersion": "7"}});
    let from = read_after_write(&store, written, read).await;
    assert!(from.contains(&item("raw/x")), "{from:?}");
    assert_eq!((store.versions_of(&item(PATH)), store.versions_of(&item(TABLE))), (2, 1));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_sets_that_were_two_are_joined() {
    let store = EventStore::new().await;
    store.take(&event("w", "COMPLETE", 1, &[named("raw/x")], &[named(PATH)])).await;
    let early = event("r", "COMPLETE", 2, &[named(TABLE)], &[named("out/y")]);
    store.take(&early).await;
    assert_eq!(store.comes_from(&item("out/y")), [item(TABLE)]);
    // An event that reads the table and names its path.
    let joins = event("r2", "COMPLETE", 3, &[linked(TABLE, &[PATH])], &[named("out/z")]);
    let taken = store.take(&joins).await;
    assert!(taken.drawn && taken.notes.messages()[0].contains("were two data sets until now"), "{taken:?}");
    for output in ["out/y", "out/z"] {
        assert!(store.comes_from(&item(output)).contains(&item("raw/x")), "{output}");
    }
    let before = store.ledger.view().seq();
    assert!(store.take(&joins).await.notes.messages().is_empty());
    store.take(&early).await;
    store.take(&event("w", "COMPLETE", 1, &[named("raw/x")], &[named(PATH)])).await;
    assert_eq!(store.ledger.view().seq(), before, "repeated events change nothing");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_reads_and_writes_what_it_joins_makes_no_cycle() {
    let store = EventStore::new().await;
    store.take(&event("w", "COMPLETE", 1, &[named("raw/x")], &[named(TABLE)])).await;
    store.take(&event("v", "COMPLETE", 2, &[named(TABLE)], &[named(PATH)])).await;
    let overwrite = event("o", "COMPLETE", 3, &[named(TABLE)], &[linked(PATH, &[TABLE])]);
    assert!(store.take(&overwrite).await.drawn);
    let chain = event("p", "COMPLETE", 4, &[linked(COPY, &[PATH])], &[linked(TABLE, &[COPY])]);
    assert!(store.take(&chain).await.drawn);
    assert!(!store.take(&chain).await.committed.created);
    store.close().await;
}
