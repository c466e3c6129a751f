//! The graph on the disk engine, in temporary folders.

use std::fs;
use std::path::Path;

use serde_json::json;
use surrealdb::types::Value;
use tempfile::TempDir;

use super::fault::Fault;
use super::{AppendError, Engine, Found, Graph, GraphError, checkpoint};
use crate::domain::attributes::Attributes;
use crate::domain::entry::{AssertedRecord, BlobRecord, CommitRecord, Entry, Head, MemberChunk, TagMove};
use crate::domain::facts::Facts;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::statement::{ClassChange, ClassChangeKind, StatementId, StatementKind, StatementRecord};
use crate::domain::version::{Activity, Content, Manifest, Source, VersionRecord};

async fn open(dir: &Path) -> Graph {
    Graph::open(dir, Engine::SurrealKv).await.unwrap()
}

async fn refusal(dir: &Path) -> GraphError {
    Graph::open(dir, Engine::SurrealKv).await.unwrap_err()
}

impl Graph {
    /// Any query, past the contract; its first error as text.
    async fn raw(
        &self,
        query: &'static str,
        id: Option<surrealdb::types::RecordId>,
    ) -> Result<Value, String> {
        self.inner
            .database
            .run(move |connection| async move {
                let id = id.map_or(Value::None, Value::RecordId);
                let mut results =
                    connection.query(query).bind(("id", id)).await.map_err(|error| error.to_string())?;
                let last = results.num_statements() - 1;
                if let Some(error) = results.take_errors().into_values().next() {
                    return Err(error.to_string());
                }
                results.take::<Value>(last).map_err(|error| error.to_string())
            })
            .await
            .unwrap()
    }
}

fn key(name: &str) -> ItemKey {
    ItemKey::new("demo".parse().unwrap(), Kind::Label, name).unwrap()
}

fn attributes(value: serde_json::Value) -> Attributes {
    Attributes::new(&value).unwrap()
}

/// A version of the item `name` with these sources and nothing else.
fn plain(seq: u64, name: &str, sources: &[VersionId]) -> VersionRecord {
    let mut content = Content::empty();
    content.attributes = attributes(json!({ "name": name }));
    content.sources =
        sources.iter().map(|version| Source { role: "INPUT".to_owned(), version: *version }).collect();
    content.normalise();
    version(seq, name, None, content)
}

fn version(seq: u64, name: &str, parent: Option<VersionId>, content: Content) -> VersionRecord {
    let item = key(name).id();
    VersionRecord {
        id: content.version_id(item, parent),
        item,
        parent,
        seq: Seq(seq),
        number: 1,
        content,
        activity: None,
        message: None,
    }
}

/// An entry that follows `head`, without rows.
fn empty(head: Head) -> Entry {
    let facts = Facts::default();
    Entry {
        commit: CommitRecord {
            seq: head.seq.next(),
            time: 1_700_000_000_000_000,
            author: "ada".to_owned(),
            message: None,
            facts: facts.pack(),
            rows: [0; 32],
            previous: head.digest,
        },
        facts,
        items: Vec::new(),
        versions: Vec::new(),
        chunks: Vec::new(),
        asserted: Vec::new(),
        statements: Vec::new(),
        tags: Vec::new(),
        blobs: Vec::new(),
    }
}

/// An entry that follows `head` and puts one plain version of a new item.
fn entry(head: Head, name: &str) -> Entry {
    let mut entry = empty(head);
    entry.items.push(key(name));
    entry.versions.push(plain(entry.commit.seq.0, name, &[]));
    sealed(entry)
}

fn sealed(mut entry: Entry) -> Entry {
    entry.commit.rows = Entry::rows_digest(&entry.versions, &entry.statements, &entry.asserted, &entry.blobs);
    entry
}

fn head_of(entry: &Entry) -> Head {
    Head { seq: entry.commit.seq, digest: entry.commit.digest() }
}

/// An entry with a row of every table and every optional field.
fn rich(head: Head) -> Entry {
    let mut entry = empty(head);
    let seq = entry.commit.seq;
    entry.commit.message = Some("all of it\nsecond line".to_owned());
    let blob = BlobRecord { digest: Digest::of(b"payload"), sha256: [9; 32], size: 7 };
    let source = plain(seq.0, "source", &[]);
    let ontology = {
        let mut content = Content::empty();
        content.class_changes = vec![
            ClassChange {
                kind: ClassChangeKind::Merge,
                classes: vec![json!("cat"), json!(7), json!({"a": [1.5]})],
            },
            ClassChange { kind: ClassChangeKind::Rename, classes: vec![] },
        ];
        version(seq.0, "ontology", None, content)
    };
    let mut full = version(
        seq.0,
        "full",
        Some(source.id),
        Content {
            payload: Some(blob.digest),
            media_type: Some("image/png".to_owned()),
            attributes: attributes(
                json!({"class": 7, "name": "Grüße \u{1F600}", "deep": {"x": [1, null, true, 0.1]}}),
            ),
            sources: vec![
                Source { role: "INPUT".to_owned(), version: source.id },
                Source { role: "MASK".to_owned(), version: ontology.id },
                Source { role: "MASK".to_owned(), version: source.id },
            ],
            manifest: Some(Manifest { digest: [4; 32], count: 3, complete: false }),
            ontology: Some(ontology.id),
            class_changes: Vec::new(),
        },
    );
    full.content.normalise();
    full.id = full.content.version_id(full.item, full.parent);
    full.number = 2;
    full.message = Some("why".to_owned());
    full.activity = Some(Activity {
        name: "crop".to_owned(),
        code_reference: Some("git:abc".to_owned()),
        parameters: attributes(json!({"size": 64})),
        started_at: Some(-5),
        ended_at: Some(1_700_000_000_000_000),
    });
    let mut lean = plain(seq.0, "lean", &[full.id]);
    lean.activity = Some(Activity {
        name: "copy".to_owned(),
        code_reference: None,
        parameters: Attributes::empty(),
        started_at: None,
        ended_at: None,
    });
    entry.items = ["source", "ontology", "full", "lean"].map(key).into();
    entry.blobs = vec![blob];
    entry.chunks = vec![
        MemberChunk {
            set: full.id,
            place: 0,
            split: "TRAIN".to_owned(),
            weight: None,
            added: true,
            versions: vec![source.id, lean.id],
        },
        MemberChunk {
            set: full.id,
            place: 1,
            split: "TEST".to_owned(),
            weight: Some(0.5),
            added: false,
            versions: vec![ontology.id],
        },
    ];
    entry.asserted = vec![AssertedRecord {
        seq,
        place: 0,
        derived: lean.id,
        source: ontology.id,
        role: "INPUT".to_owned(),
        reason: "found in a notebook".to_owned(),
    }];
    entry.statements = vec![
        StatementRecord {
            id: StatementId { seq, place: 0 },
            kind: StatementKind::Corrects,
            version: source.id,
            by: Some(full.id),
            reason: "blurred".to_owned(),
        },
        StatementRecord {
            id: StatementId { seq, place: 1 },
            kind: StatementKind::Retracts,
            version: lean.id,
            by: None,
            reason: "twice".to_owned(),
        },
    ];
    entry.tags = vec![
        TagMove {
            seq,
            place: 0,
            name: "production".to_owned(),
            alias: true,
            item: full.item,
            version: full.id,
            set: true,
        },
        TagMove {
            seq,
            place: 1,
            name: "use-case:roofs".to_owned(),
            alias: false,
            item: lean.item,
            version: lean.id,
            set: false,
        },
    ];
    entry.versions = vec![source, ontology, full, lean];
    sealed(entry)
}

#[tokio::test]
async fn every_record_comes_back_as_it_was_written() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    assert_eq!(graph.head(), Head::default());
    let first = rich(graph.head());
    let mut second = entry(head_of(&first), "later");
    // The same payload and the same activity again.
    second.blobs = first.blobs.clone();
    second.versions[0].activity = first.versions[2].activity.clone();
    let second = sealed(second);
    graph.append(vec![first.clone(), second.clone()]).await.unwrap();
    assert_eq!(graph.head(), head_of(&second));

    for reopened in [false, true] {
        let graph = if reopened {
            graph.clone().close().await.unwrap();
            open(dir.path()).await
        } else {
            graph.clone()
        };
        let commits = graph.commits(Seq::ZERO, 10).await.unwrap();
        assert_eq!(commits, [first.commit.clone(), second.commit.clone()]);
        assert_eq!(graph.commits(Seq(1), 10).await.unwrap(), [second.commit.clone()]);
        assert_eq!(graph.commits(Seq(0), 1).await.unwrap(), [first.commit.clone()]);
        assert_eq!(graph.commits(Seq(2), 10).await.unwrap(), []);

        let all: Vec<_> = first.versions.iter().chain(&second.versions).cloned().collect();
        let ids: Vec<_> = all.iter().rev().map(|version| version.id).collect();
        let read: Vec<_> = graph.versions(&ids).await.unwrap().into_iter().map(Option::unwrap).collect();
        assert_eq!(read, all.into_iter().rev().collect::<Vec<_>>());

        let unknown = VersionId::from_bytes([1; 32]);
        let asked = [ids[0], unknown, ids[0]];
        let read = graph.versions(&asked).await.unwrap();
        assert_eq!(read.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(graph.versions(&[]).await.unwrap(), []);

        let ids = [
            StatementId { seq: Seq(1), place: 1 },
            StatementId { seq: Seq(9), place: 0 },
            StatementId { seq: Seq(1), place: 0 },
        ];
        let read = graph.statements(&ids).await.unwrap();
        assert_eq!(read, [Some(first.statements[1].clone()), None, Some(first.statements[0].clone())]);

        let read = graph.asserted(&[(Seq(1), 0), (Seq(1), 1)]).await.unwrap();
        assert_eq!(read, [Some(first.asserted[0].clone()), None]);

        let read = graph.blobs(&[Digest::of(b"other"), first.blobs[0].digest]).await.unwrap();
        assert_eq!(read, [None, Some(first.blobs[0])]);

        let notes = graph.commit_notes(&[Seq(2), Seq(3), Seq(1)]).await.unwrap();
        assert_eq!(notes[0].as_ref().unwrap().author, "ada");
        assert_eq!(notes[1], None);
        assert_eq!(notes[2].as_ref().unwrap().message, first.commit.message);
        if reopened {
            graph.close().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_statement_that_fails_of_itself_is_a_refusal() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    for broken in
        ["blobs", "activities", "items", "versions", "chunks", "asserted", "statements", "tags", "commits"]
    {
        let answer = graph
            .inner
            .database
            .run(move |connection| async move {
                let mut query = connection.query(super::queries::APPEND);
                for table in [
                    "blobs",
                    "activities",
                    "items",
                    "versions",
                    "chunks",
                    "asserted",
                    "statements",
                    "tags",
                    "commits",
                ] {
                    let rows = if table == broken {
                        Value::Bool(true)
                    } else {
                        Value::Array(Vec::<Value>::new().into())
                    };
                    query = query.bind((table, rows));
                }
                super::append::judge(query.await.unwrap())
            })
            .await
            .unwrap();
        assert!(matches!(answer, super::append::Answer::Refused(_)), "{broken}: {answer:?}");
    }
}

#[tokio::test]
async fn links_can_be_followed_in_surrealql() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let mut entry = empty(graph.head());
    let a = plain(1, "a", &[]);
    let b = plain(1, "b", &[]);
    let c = plain(1, "c", &[a.id, b.id]);
    let d = plain(1, "d", &[c.id]);
    entry.asserted.push(AssertedRecord {
        seq: Seq(1),
        place: 0,
        derived: d.id,
        source: b.id,
        role: "INPUT".to_owned(),
        reason: "seen".to_owned(),
    });
    entry.versions = vec![a.clone(), b.clone(), c, d.clone()];
    graph.append(vec![sealed(entry)]).await.unwrap();

    let id = super::rows::named("version", d.id.hex());
    let up = graph.raw("SELECT VALUE sources.sources FROM $id", Some(id.clone())).await.unwrap();
    let text = format!("{up:?}");
    assert!(text.contains(&a.id.hex()) && text.contains(&b.id.hex()), "{text}");
    let up = graph.raw("SELECT VALUE ->derived_from->version FROM $id", Some(id)).await.unwrap();
    let text = format!("{up:?}");
    assert!(text.contains(&b.id.hex()) && !text.contains(&a.id.hex()), "{text}");
}

#[tokio::test]
async fn an_existing_id_rejects_the_whole_append() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();

    // The same seq again: the chain notices.
    let error = graph.append(vec![entry(Head::default(), "two")]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");

    // The same version under a new seq: the store notices, and nothing else of the append is there.
    let mut twice = entry(graph.head(), "three");
    twice.versions.push(first.versions[0].clone());
    let twice = sealed(twice);
    let error = graph.append(vec![twice.clone()]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");
    assert_eq!(graph.head(), head_of(&first));
    assert_eq!(graph.versions(&[twice.versions[0].id]).await.unwrap(), [None]);
    assert_eq!(graph.commit_notes(&[Seq(2)]).await.unwrap(), [None]);

    // The same seq in the store, which the head does not know of: the store notices.
    graph.raw("OPTION IMPORT; INSERT INTO commit { id: commit:2 }", None).await.unwrap();
    let error = graph.append(vec![entry(graph.head(), "four")]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");
    graph.raw("OPTION IMPORT; DELETE commit:2", None).await.unwrap();

    let next = entry(graph.head(), "three");
    graph.append(vec![next.clone()]).await.unwrap();
    assert_eq!(graph.head(), head_of(&next));
}

#[tokio::test]
async fn rows_cannot_be_changed_or_deleted() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.append(vec![rich(graph.head())]).await.unwrap();
    for query in [
        "UPDATE commit SET author = 'eve'",
        "UPDATE item SET key = 'other'",
        "UPDATE version SET message = 'other'",
        "UPSERT version:other SET message = 'other'; UPSERT version:other SET message = 'third'",
        "UPDATE activity SET name = 'other'",
        "UPDATE blob SET size = 0",
        "UPDATE derived_from SET reason = 'other'",
        "UPDATE member_chunk SET added = false",
        "UPDATE statement SET reason = 'other'",
        "UPDATE tag_move SET set = true",
        "DELETE commit",
        "DELETE item",
        "DELETE version",
        "DELETE activity",
        "DELETE blob",
        "DELETE derived_from",
        "DELETE member_chunk",
        "DELETE statement",
        "DELETE tag_move",
    ] {
        let error = graph.raw(query, None).await.unwrap_err();
        assert!(error.contains("immutable"), "{query}: {error}");
    }
}

#[tokio::test]
async fn a_changed_row_is_corrupt() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = rich(graph.head());
    graph.append(vec![first.clone()]).await.unwrap();
    let [source, _, full, lean] = [0, 1, 2, 3].map(|at| first.versions[at].id);
    let damaged = |error: GraphError, table: &str, why: &str| match error {
        GraphError::Corrupt { table: found, why: text, .. } => {
            assert!(found == table && text.contains(why), "{found} {text}");
        }
        other => panic!("{other}"),
    };
    let change = async |query, id: VersionId| {
        graph.raw("REMOVE EVENT IF EXISTS immutable ON version", None).await.unwrap();
        graph.raw(query, Some(super::rows::named("version", id.hex()))).await.unwrap();
        graph.versions(&[id]).await.unwrap_err()
    };
    damaged(change("UPDATE $id SET attributes = '{\"name\":\"x\"}'", source).await, "version", "than its id");
    damaged(change("UPDATE $id SET attributes = '{ \"name\":\"x\"}'", source).await, "version", "canonical");
    damaged(change("UPDATE $id SET message = 'x'", lean).await, "version", "than its seal");
    damaged(change("UPDATE $id SET message = NONE, seal = NONE", lean).await, "version", "`seal`");
    damaged(change("UPDATE $id SET extra = 1", full).await, "version", "`extra`");

    graph.raw("REMOVE EVENT immutable ON statement; UPDATE statement SET reason = 'x'", None).await.unwrap();
    damaged(graph.statements(&[first.statements[0].id]).await.unwrap_err(), "statement", "seal");
    graph
        .raw("REMOVE EVENT immutable ON derived_from; UPDATE derived_from SET role = 'x'", None)
        .await
        .unwrap();
    damaged(graph.asserted(&[(Seq(1), 0)]).await.unwrap_err(), "derived_from", "seal");
    graph.raw("REMOVE EVENT immutable ON blob; UPDATE blob SET size = 'x'", None).await.unwrap();
    damaged(graph.blobs(&[first.blobs[0].digest]).await.unwrap_err(), "blob", "`size`");
    graph.raw("REMOVE EVENT immutable ON commit; UPDATE commit SET author = 1", None).await.unwrap();
    damaged(graph.commits(Seq::ZERO, 1).await.unwrap_err(), "commit", "`author`");
    graph.raw("DELETE commit", None).await.unwrap();
    damaged(graph.commits(Seq::ZERO, 1).await.unwrap_err(), "commit", "missing");
}

#[tokio::test]
async fn a_changed_or_missing_activity_is_corrupt() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = rich(graph.head());
    graph.append(vec![first.clone()]).await.unwrap();
    let asked = [first.versions[2].id];
    graph.raw("REMOVE EVENT immutable ON activity; UPDATE activity SET name = 'x'", None).await.unwrap();
    let error = graph.versions(&asked).await.unwrap_err();
    assert!(matches!(error, GraphError::Corrupt { table: "activity", .. }), "{error}");
    graph.raw("DELETE activity", None).await.unwrap();
    let error = graph.versions(&asked).await.unwrap_err();
    assert!(matches!(error, GraphError::Corrupt { table: "version", .. }), "{error}");
}

#[tokio::test]
async fn a_directory_has_one_user() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let error = refusal(dir.path()).await;
    assert!(matches!(error, GraphError::Locked { .. }), "{error}");
    graph.close().await.unwrap();
    open(dir.path()).await.close().await.unwrap();
}

#[tokio::test]
async fn a_closed_graph_answers_so() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let other = graph.clone();
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
    graph.close().await.unwrap();
    assert!(matches!(other.commits(Seq::ZERO, 1).await, Err(GraphError::Unavailable(_))));
    let error = other.append(vec![entry(other.head(), "two")]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");
}

#[tokio::test(flavor = "current_thread")]
async fn a_dropped_graph_frees_the_directory() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();
    drop(graph);
    let reopened = loop {
        match Graph::open(dir.path(), Engine::SurrealKv).await {
            Ok(graph) => break graph,
            Err(GraphError::Locked { .. }) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(reopened.head(), head_of(&first));
}

#[tokio::test]
async fn a_caller_that_goes_away_ends_nothing() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = entry(graph.head(), "one");
    let append = graph.append(vec![first.clone()]);
    // Polled once, so that it is under way, and dropped.
    let gone = tokio::time::timeout(std::time::Duration::ZERO, append).await;
    if gone.is_err() {
        // The next append waits for its turn, and so for the first one's end.
        graph.append(Vec::new()).await.unwrap();
    }
    assert_eq!(graph.head(), head_of(&first));
    assert!(graph.versions(&[first.versions[0].id]).await.unwrap()[0].is_some());
}

#[tokio::test]
async fn the_checkpoint_follows_the_head() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let read = || checkpoint::read(dir.path()).unwrap().unwrap().head;
    assert_eq!(read(), Head::default());
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();
    assert_eq!(read(), head_of(&first));
    graph.close().await.unwrap();

    // A crash between the transaction and the checkpoint: the store is ahead.
    checkpoint::write(dir.path(), Head::default(), Engine::SurrealKv).unwrap();
    let graph = open(dir.path()).await;
    assert_eq!((graph.head(), read()), (head_of(&first), head_of(&first)));
    graph.close().await.unwrap();

    // Without a checkpoint it is written anew.
    fs::remove_file(dir.path().join("HEAD")).unwrap();
    let graph = open(dir.path()).await;
    assert_eq!((graph.head(), read()), (head_of(&first), head_of(&first)));
    graph.close().await.unwrap();
}

#[tokio::test]
async fn a_store_behind_its_checkpoint_is_refused() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let first = entry(graph.head(), "one");
    let second = entry(head_of(&first), "two");
    graph.append(vec![first.clone(), second.clone()]).await.unwrap();
    graph.close().await.unwrap();
    let behind = async |found| match refusal(dir.path()).await {
        GraphError::Behind { found: is, .. } => assert_eq!(is, found),
        other => panic!("{other}"),
    };
    let checkpoint = |head| checkpoint::write(dir.path(), head, Engine::SurrealKv).unwrap();

    checkpoint(Head { seq: Seq(3), digest: [1; 32] });
    behind(Found::NoCommit).await;
    checkpoint(Head { digest: [1; 32], ..head_of(&second) });
    behind(Found::OtherCommit).await;
    // The refusals changed nothing.
    checkpoint(head_of(&second));
    open(dir.path()).await.close().await.unwrap();

    // The engine lost everything, and is none the wiser.
    fs::remove_dir_all(dir.path().join("graph")).unwrap();
    behind(Found::NoStore).await;
    fs::create_dir(dir.path().join("graph")).unwrap();
    behind(Found::NoStore).await;
    behind(Found::NoStore).await;
}

#[tokio::test]
async fn a_damaged_or_foreign_checkpoint_is_refused() {
    let dir = TempDir::new().unwrap();
    open(dir.path()).await.close().await.unwrap();
    let head = dir.path().join("HEAD");
    let good = fs::read_to_string(&head).unwrap();
    for bad in [
        String::new(),
        good.replace("\"seq\":\"0\"", "\"seq\":\"00\""),
        good.replace("\"format\":1", "\"format\":2"),
        good.replace("surrealkv", "rocksdb"),
    ] {
        assert_ne!(bad, good);
        fs::write(&head, bad).unwrap();
        let error = refusal(dir.path()).await;
        assert!(matches!(error, GraphError::Open { .. }), "{error}");
    }
    fs::write(&head, good).unwrap();
    open(dir.path()).await.close().await.unwrap();
}

#[tokio::test]
async fn a_lost_tail_of_the_log_is_noticed() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
    graph.close().await.unwrap();
    let copy = TempDir::new().unwrap();
    copy_dir(dir.path(), copy.path());
    let graph = open(dir.path()).await;
    graph.append(vec![entry(graph.head(), "two")]).await.unwrap();
    graph.close().await.unwrap();

    // The older database under the newer checkpoint.
    fs::copy(dir.path().join("HEAD"), copy.path().join("HEAD")).unwrap();
    let error = refusal(copy.path()).await;
    assert!(
        matches!(error, GraphError::Behind { checkpoint: Seq(2), found: Found::NoCommit, .. }),
        "{error}"
    );
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test]
async fn an_unknown_format_is_refused() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.raw("UPDATE meta:format SET version = 2", None).await.unwrap();
    graph.close().await.unwrap();
    for _ in 0..2 {
        let error = refusal(dir.path()).await;
        assert!(matches!(&error, GraphError::Format { found, .. } if found == "2"), "{error}");
    }
}

#[tokio::test]
async fn an_engine_that_is_not_built_in_says_how_to_build_it() {
    let dir = TempDir::new().unwrap();
    if !cfg!(feature = "rocksdb") {
        let error = Graph::open(dir.path(), Engine::RocksDb).await.unwrap_err();
        assert!(error.to_string().contains("--features rocksdb"), "{error}");
    }
}

#[tokio::test]
async fn a_fault_before_it_took_effect_rejects() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.arm(2, Fault::Before);
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
    let before = graph.head();
    let second = entry(before, "two");
    let error = graph.append(vec![second.clone()]).await.unwrap_err();
    assert!(matches!(error, AppendError::Rejected { .. }), "{error}");
    assert_eq!(graph.head(), before);
    graph.append(vec![second.clone()]).await.unwrap();
    assert_eq!(graph.head(), head_of(&second));
}

#[tokio::test]
async fn a_fault_after_it_took_effect_is_resolved_by_reading_back() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.arm(1, Fault::After);
    let first = entry(graph.head(), "one");
    graph.append(vec![first.clone()]).await.unwrap();
    assert_eq!(graph.head(), head_of(&first));
    assert_eq!(checkpoint::read(dir.path()).unwrap().unwrap().head, head_of(&first));
    graph.append(vec![entry(graph.head(), "two")]).await.unwrap();
}

#[tokio::test]
async fn after_an_unknown_outcome_nothing_is_appended_until_reopened() {
    for fault in [Fault::AfterMute, Fault::NotDurable, Fault::Panic] {
        let dir = TempDir::new().unwrap();
        let graph = open(dir.path()).await;
        graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
        let before = graph.head();
        graph.arm(1, fault);
        let second = entry(before, "two");
        for _ in 0..2 {
            let error = graph.append(vec![second.clone()]).await.unwrap_err();
            assert!(matches!(error, AppendError::Failed { .. }), "{fault:?} {error}");
        }
        // What was sound is still served, and nothing more.
        assert_eq!(graph.head(), before);
        assert_eq!(graph.commits(Seq::ZERO, 10).await.unwrap().len(), 1);
        graph.close().await.unwrap();

        let graph = open(dir.path()).await;
        assert_eq!(graph.head(), head_of(&second), "{fault:?}");
        graph.append(vec![entry(graph.head(), "three")]).await.unwrap();
        graph.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_checkpoint_that_cannot_be_written_fails_the_graph() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    fs::create_dir(dir.path().join("HEAD.next")).unwrap();
    let first = entry(graph.head(), "one");
    let error = graph.append(vec![first.clone()]).await.unwrap_err();
    assert!(matches!(error, AppendError::Failed { .. }), "{error}");
    graph.close().await.unwrap();
    fs::remove_dir(dir.path().join("HEAD.next")).unwrap();
    assert_eq!(open(dir.path()).await.head(), head_of(&first));
}

#[tokio::test]
async fn an_append_too_heavy_for_the_engine_is_rejected() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let mut heavy = empty(graph.head());
    heavy.commit.facts = vec![0; 60 << 20];
    let error = graph.append(vec![heavy]).await.unwrap_err();
    assert!(error.to_string().contains("split"), "{error}");
    graph.append(vec![entry(graph.head(), "one")]).await.unwrap();
}

#[tokio::test]
async fn a_chain_of_5000_can_be_read() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let mut ids: Vec<VersionId> = Vec::new();
    let mut entries = Vec::new();
    let mut head = graph.head();
    for start in (0..5_000).step_by(1_000) {
        let mut entry = empty(head);
        for n in start..start + 1_000 {
            let version =
                plain(entry.commit.seq.0, &format!("link {n}"), ids.last().map_or(&[], std::slice::from_ref));
            ids.push(version.id);
            entry.versions.push(version);
        }
        let entry = sealed(entry);
        head = head_of(&entry);
        entries.push(entry);
    }
    graph.append(entries).await.unwrap();
    let read = graph.versions(&ids).await.unwrap();
    for (n, version) in read.iter().enumerate() {
        let version = version.as_ref().unwrap();
        let sources: Vec<_> = version.content.sources.iter().map(|source| source.version).collect();
        assert_eq!(sources, ids[n.saturating_sub(1)..n]);
    }
}

#[tokio::test]
async fn commits_are_read_in_order_page_by_page() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    let mut entries = Vec::new();
    let mut head = graph.head();
    for _ in 0..600 {
        let entry = empty(head);
        head = head_of(&entry);
        entries.push(entry);
    }
    graph.append(entries.clone()).await.unwrap();
    let mut read = Vec::new();
    loop {
        let page = graph.commits(Seq(read.len() as u64), 250).await.unwrap();
        if page.is_empty() {
            break;
        }
        read.extend(page);
    }
    assert_eq!(read, entries.into_iter().map(|entry| entry.commit).collect::<Vec<_>>());
    graph.close().await.unwrap();
    // Without a checkpoint, the whole log is read to find its end.
    fs::remove_file(dir.path().join("HEAD")).unwrap();
    assert_eq!(open(dir.path()).await.head(), head);
}

#[tokio::test]
async fn ids_in_rows_are_those_of_the_domain() {
    let dir = TempDir::new().unwrap();
    let graph = open(dir.path()).await;
    graph.append(vec![rich(graph.head())]).await.unwrap();
    let item: ItemId = key("full").id();
    let found =
        graph.raw("SELECT VALUE key FROM $id", Some(super::rows::named("item", item.hex()))).await.unwrap();
    assert_eq!(format!("{found:?}"), "Array(Array([String(\"full\")]))");
}
