//! The time of an append: to a log of files, as rows, and as the bare insertion of the same rows through
//! the SDK.
//!
//! `cargo bench --bench graph [rounds]`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for measuring")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use stemma::domain::canonical::attributes::Attributes;
use stemma::domain::id::{Seq, VersionId};
use stemma::domain::item::{ItemKey, Kind};
use stemma::domain::log::entry::{CommitRecord, Entry, Head};
use stemma::domain::log::facts::{Facts, VersionFact};
use stemma::domain::numbers::{ItemNo, VersionNo};
use stemma::domain::version::{Content, Source, VersionRecord};
use stemma::graph::{Engine, Graph};
use stemma::log::{LocalDisk, PackedEntry, SEGMENT, SegmentLog, StoreId};
use surrealdb::Surreal;
use surrealdb::engine::any::{Any, connect};
use surrealdb::types::{Array, Bytes, Object, RecordId, RecordIdKey, Value};

const SIZE: usize = 1_000;

/// Returns an entry of 1,000 new items, a version of each, two sources for each version.
fn entry(head: Head, made: &mut Vec<VersionId>) -> Entry {
    let seq = head.seq.next();
    let mut facts = Facts::default();
    let (mut items, mut versions) = (Vec::new(), Vec::new());
    for n in 0..SIZE {
        let item = ItemKey::new("bench".parse().unwrap(), Kind::Label, &format!("tiles/{seq}/{n}")).unwrap();
        let mut content = Content::empty();
        content.attributes = Attributes::new(&json!({"class": n % 10, "given": "cat"})).unwrap();
        content.sources = made
            .iter()
            .rev()
            .take(2)
            .map(|version| Source { role: "INPUT".to_owned(), version: *version })
            .collect();
        content.normalise();
        let id = content.version_id(item.id(), None);
        facts.versions.push(VersionFact {
            id,
            item: ItemNo(made.len() as u32),
            parent: None,
            content: content.digest(),
            payload: None,
            sources: content.sources.iter().map(|s| (s.role.clone(), VersionNo(made.len() as u32))).collect(),
            ontology: None,
            attributes: content.attributes.placed(),
            words: content.attributes.further_words(),
            classes: Vec::new(),
            stale_classes: Vec::new(),
        });
        made.push(id);
        versions.push(VersionRecord {
            id,
            item: item.id(),
            parent: None,
            seq,
            number: 1,
            content,
            activity: None,
            message: None,
        });
        items.push(item);
    }
    facts.items.clone_from(&items);
    let commit = CommitRecord {
        seq,
        time: 1,
        author: "bench".to_owned(),
        message: None,
        facts: facts.pack(),
        rows: Entry::rows_tree(&versions, &[], &[], &[]),
        previous: head.digest,
    };
    Entry {
        commit,
        facts,
        items,
        versions,
        chunks: Vec::new(),
        asserted: Vec::new(),
        statements: Vec::new(),
        tags: Vec::new(),
        blobs: Vec::new(),
    }
}

/// Packs an entry for the log of files.
fn packed(entry: &Entry, head: Head) -> PackedEntry {
    let mut entry = entry.clone();
    (entry.commit.seq, entry.commit.previous) = (head.seq.next(), head.digest);
    let (bytes, rows) = entry.pack();
    let head = Head { seq: entry.commit.seq, digest: entry.commit.digest() };
    PackedEntry { head, previous: entry.commit.previous, bytes, rows }
}

fn link(table: &'static str, key: impl Into<RecordIdKey>) -> Value {
    Value::RecordId(RecordId::new(table, key))
}

fn object(fields: Vec<(&'static str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Object>())
}

/// Returns the rows of an entry in the simplest form.
fn bare(entry: &Entry) -> [Vec<Value>; 3] {
    let text = |text: &str| Value::String(text.to_owned());
    let bytes = |bytes: &[u8]| Value::Bytes(Bytes::from(bytes.to_vec()));
    let int = |n: u64| Value::Number((n as i64).into());
    let item = |item: &ItemKey| {
        object(vec![
            ("id", link("item", item.id().hex())),
            ("namespace", text(item.namespace.as_str())),
            ("kind", text(item.kind.name())),
            ("key", text(item.key())),
        ])
    };
    let version = |version: &VersionRecord| {
        let sources = &version.content.sources;
        object(vec![
            ("id", link("version", version.id.hex())),
            ("item", link("item", version.item.hex())),
            ("seq", int(version.seq.0)),
            ("number", int(1)),
            ("attributes", text(version.content.attributes.as_str())),
            ("sources", Value::Array(sources.iter().map(|s| link("version", s.version.hex())).collect())),
            ("roles", Value::Array(sources.iter().map(|s| text(&s.role)).collect())),
            ("seal", bytes(&[0; 32])),
        ])
    };
    let commit = &entry.commit;
    let commit = object(vec![
        ("id", link("commit", commit.seq.0 as i64)),
        ("time", int(1)),
        ("author", text(&commit.author)),
        ("facts", bytes(commit.facts.covered())),
        ("texts", bytes(commit.facts.texts())),
        ("row_count", int(commit.rows.size)),
        ("rows", bytes(&commit.rows.root)),
        ("previous", bytes(&commit.previous)),
    ]);
    [entry.items.iter().map(item).collect(), entry.versions.iter().map(version).collect(), vec![commit]]
}

async fn insert(db: &Surreal<Any>, [items, versions, commits]: [Vec<Value>; 3]) {
    let results = db
        .query(
            "BEGIN; INSERT INTO item $items RETURN NONE; INSERT INTO version $versions RETURN NONE; \
             INSERT INTO commit $commits RETURN NONE; COMMIT;",
        )
        .bind(("items", Value::Array(Array::from(items))))
        .bind(("versions", Value::Array(Array::from(versions))))
        .bind(("commits", Value::Array(Array::from(commits))))
        .await
        .unwrap();
    results.check().unwrap();
}

async fn bare_store(dir: &Path) -> Surreal<Any> {
    let db = connect(format!("surrealkv://{}?sync=every", dir.display())).await.unwrap();
    let setup = "DEFINE NAMESPACE bare; USE NS bare; DEFINE DATABASE bare; USE DB bare; \
                 DEFINE TABLE item SCHEMALESS; DEFINE TABLE version SCHEMALESS; DEFINE TABLE commit SCHEMALESS;";
    db.query(setup).await.unwrap().check().unwrap();
    db.use_ns("bare").use_db("bare").await.unwrap();
    db
}

fn show(name: &str, per: usize, mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let median = times[times.len() / 2];
    let rate = per as f64 / median.as_secs_f64();
    println!("{name:40} median {median:>10.2?}  best {:>10.2?}  {rate:>9.0}/s", times[0]);
    median
}

async fn measure(rounds: usize) {
    let dir = tempfile::tempdir().unwrap();
    let graph = Graph::open(&dir.path().join("graph"), Engine::SurrealKv).await.unwrap();
    let db = bare_store(&dir.path().join("bare")).await;
    let mut made = Vec::new();
    let (mut ours, mut theirs, mut small) = (Vec::new(), Vec::new(), Vec::new());
    let files = dir.path().join("files");
    std::fs::create_dir(&files).unwrap();
    let mut log =
        SegmentLog::create(Arc::new(LocalDisk), &files, StoreId([1; 16]), Head::default(), SEGMENT).unwrap();
    let (mut large_files, mut small_files) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let entry = entry(graph.head(), &mut made);
        let start = Instant::now();
        insert(&db, bare(&entry)).await;
        theirs.push(start.elapsed());
        let start = Instant::now();
        log.append(&[packed(&entry, log.head())]).unwrap();
        large_files.push(start.elapsed());
        let start = Instant::now();
        graph.append(vec![entry]).await.unwrap();
        ours.push(start.elapsed());
    }
    let theirs = show("bare insertion, 1,000 versions", SIZE, theirs);
    let ours = show("append of rows, 1,000 versions", SIZE, ours);
    let files = show("append to files, 1,000 versions", SIZE, large_files);
    println!("rows / bare: {:.2} of the speed", theirs.as_secs_f64() / ours.as_secs_f64());
    println!("files / rows: {:.3} of the time", files.as_secs_f64() / ours.as_secs_f64());

    for n in 0..rounds * 5 {
        let head = graph.head();
        let mut one = entry(head, &mut Vec::new());
        one.items.truncate(1);
        one.versions.truncate(1);
        one.items[0] = ItemKey::new("bench".parse().unwrap(), Kind::Label, &format!("small/{n}")).unwrap();
        one.versions[0].item = one.items[0].id();
        one.versions[0].id = one.versions[0].content.version_id(one.items[0].id(), None);
        one.commit.facts = Facts::default().pack();
        let start = Instant::now();
        log.append(&[packed(&one, log.head())]).unwrap();
        small_files.push(start.elapsed());
        let start = Instant::now();
        graph.append(vec![one]).await.unwrap();
        small.push(start.elapsed());
    }
    let rows = show("append of rows, 1 version", 1, small);
    let files = show("append to files, 1 version", 1, small_files);
    println!("files / rows: {:.3} of the time", files.as_secs_f64() / rows.as_secs_f64());

    let (mut point, mut hundred) = (Vec::new(), Vec::new());
    for n in 0..rounds * 5 {
        let ids: Vec<_> = made.iter().copied().cycle().skip(n * 37).step_by(7).take(100).collect();
        let start = Instant::now();
        assert!(graph.versions(&ids[..1]).await.unwrap()[0].is_some());
        point.push(start.elapsed());
        let start = Instant::now();
        assert!(graph.versions(&ids).await.unwrap().iter().all(Option::is_some));
        hundred.push(start.elapsed());
    }
    show("versions, 1 by id", 1, point);
    show("versions, 100 by id", 100, hundred);
    let start = Instant::now();
    let commits = graph.commits(Seq::ZERO, usize::MAX).await.unwrap();
    show("commits, with facts", commits.len(), vec![start.elapsed()]);
    graph.close().await.unwrap();
    let start = Instant::now();
    let graph = Graph::open(&dir.path().join("graph"), Engine::SurrealKv).await.unwrap();
    show("open", 1, vec![start.elapsed()]);
    graph.close().await.unwrap();
}

fn main() {
    let rounds = std::env::args().nth(1).and_then(|rounds| rounds.parse().ok()).unwrap_or(20);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().thread_stack_size(16 << 20).enable_all().build().unwrap();
    runtime.block_on(async move { tokio::spawn(measure(rounds)).await.unwrap() });
    runtime.shutdown_background();
}
