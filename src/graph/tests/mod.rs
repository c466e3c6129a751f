//! Tests of the graph with the disk engine, in temporary folders. This module has the helpers.

mod appending;
mod former;
mod opening;
mod records;
mod shared;
mod sizes;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use surrealdb::types::Value;
use tempfile::TempDir;

use super::{Engine, Graph, GraphError};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::class_change::{ClassChange, ClassChangeKind};
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::entry::{
    AssertedRecord, BlobRecord, CommitRecord, Entry, Head, MemberChunk, TagMove,
};
use crate::domain::log::facts::{Facts, PackedFacts};
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::version::{Activity, Content, Manifest, Source, VersionRecord};

async fn open(dir: &Path) -> Graph {
    Graph::open(dir, Engine::SurrealKv).await.unwrap()
}

async fn refusal(dir: &Path) -> GraphError {
    Graph::open(dir, Engine::SurrealKv).await.unwrap_err()
}

impl Graph {
    /// Runs any query; returns its first error as text.
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
            rows: Entry::rows_tree(&[], &[], &[], &[]),
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
    entry.commit.rows = Entry::rows_tree(&entry.versions, &entry.statements, &entry.asserted, &entry.blobs);
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
            ClassChange::listed(ClassChangeKind::Merge, vec![json!("cat"), json!(7), json!({"a": [1.5]})]),
            ClassChange::listed(ClassChangeKind::Rename, vec![]),
            ClassChange::mapped(ClassChangeKind::Rename, vec![json!("dog")], vec![json!("hound")]),
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
            activity: None,
            message: None,
        },
        StatementRecord {
            id: StatementId { seq, place: 1 },
            kind: StatementKind::Retracts,
            version: lean.id,
            by: None,
            reason: "twice".to_owned(),
            activity: full.activity.clone(),
            message: Some("by hand".to_owned()),
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

/// The engine's one log that is not empty.
fn log(dir: &Path) -> PathBuf {
    let files = fs::read_dir(dir.join("graph/wal")).unwrap().map(|file| file.unwrap().path());
    let filled: Vec<PathBuf> = files.filter(|file| file.metadata().unwrap().len() > 0).collect();
    let [log] = filled.try_into().unwrap();
    log
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
