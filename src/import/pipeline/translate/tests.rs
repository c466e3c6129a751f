//! Resolution of names: in the same commit, in earlier ones, in the store.

use std::collections::HashMap;

use super::*;
use crate::domain::id::VersionId;
use crate::domain::log::facts::Stamp;
use crate::domain::write::plan::{Given, plan};
use crate::domain::write::proposal::Proposal;
use crate::import::reimport::ReimportOptions;
use crate::import::unstored::UnstoredItems;
use crate::lineage::{At, Index};

/// A store in memory, and the names of earlier commits.
#[derive(Default)]
struct MemoryStore {
    index: Index,
    names: HashMap<String, VersionId>,
    unstored: UnstoredItems,
    reimport: ReimportOptions,
    records: reimport::StoredRecords,
}

impl MemoryStore {
    fn known(&self) -> BeforeCommit<'_> {
        BeforeCommit {
            at: Some(At::new(&self.index, self.index.seq())),
            names: &self.names,
            unstored: &self.unstored,
            reimport: &self.reimport,
            records: &self.records,
            since: None,
        }
    }

    fn translate(&self, lines: &[&str]) -> Result<Translated, String> {
        let records: Vec<_> = (1..)
            .zip(lines)
            .map(|(n, line)| (RecordPlace::Line(n), Record::parse(line.as_bytes()).unwrap()))
            .collect();
        translate(self.known(), &records).map_err(|fault| fault.to_string())
    }

    /// Translates lines and commits them, as one commit.
    fn import(&mut self, lines: &[&str]) -> Translated {
        let translated = self.translate(lines).unwrap();
        let proposal = Proposal {
            author: "test".to_owned(),
            message: None,
            idempotency_key: None,
            repeat_statements: false,
            changes: translated.changes.clone(),
        };
        let seq = self.index.seq().next();
        let time = i64::try_from(seq.0).unwrap();
        let (records, blobs, media) = Default::default();
        let previous = [0; 32];
        let given =
            Given { seq, time, previous, records: &records, blobs: &blobs, media: &media, request: None };
        let planned = plan(&self.index, &proposal, &given).unwrap();
        if let Some(entry) = planned.entry {
            self.index.apply(Stamp { seq, time, author: "ann" }, &entry.facts).unwrap();
        }
        let at = At::new(&self.index, seq);
        for (name, made) in &translated.names {
            let id = match made {
                MadeVersion::Found(id) => *id,
                MadeVersion::By(change) => at.id(planned.outcomes[*change].version.unwrap()),
            };
            self.names.insert(name.clone(), id);
        }
        translated
    }

    fn source(&self, key: &str) -> Option<String> {
        let at = At::new(&self.index, self.index.seq());
        let head = at.resolve(&key.parse().unwrap(), key).unwrap();
        let source = at.sources(head).next()?.other;
        Some(format!("{}#{}", at.key(at.item_of(source)), at.number(source)))
    }
}

const PHOTO: &str = r#"{"type":"version","as":"photo","item":"b/SOURCE/p"}"#;

fn label(source: &str) -> String {
    format!(r#"{{"type":"version","item":"b/LABEL/p","sources":[{{"version":"{source}"}}]}}"#)
}

#[test]
fn names_resolve_in_the_commit_in_earlier_ones_and_in_the_store() {
    for source in ["@photo", "b/SOURCE/p", "b/SOURCE/p#1"] {
        let mut store = MemoryStore::default();
        store.import(&[PHOTO]);
        store.import(&[&label(source)]);
        assert_eq!(store.source("b/LABEL/p").as_deref(), Some("b/SOURCE/p#1"), "{source}");
    }
    for source in ["@photo", "b/SOURCE/p"] {
        let mut store = MemoryStore::default();
        store.import(&[PHOTO, &label(source)]);
        assert_eq!(store.source("b/LABEL/p").as_deref(), Some("b/SOURCE/p#1"), "{source}");
    }
}

#[test]
fn a_key_resolves_to_the_newest_version_before_it() {
    let mut store = MemoryStore::default();
    store.import(&[PHOTO]);
    store.import(&[r#"{"type":"version","item":"b/SOURCE/p","attributes":{"a":2}}"#, &label("b/SOURCE/p")]);
    assert_eq!(store.source("b/LABEL/p").as_deref(), Some("b/SOURCE/p#2"));
    // A record does not find itself.
    store.import(&[
        r#"{"type":"version","item":"b/SOURCE/p","attributes":{"a":3},"sources":[{"version":"b/SOURCE/p"}]}"#,
    ]);
    assert_eq!(store.source("b/SOURCE/p").as_deref(), Some("b/SOURCE/p#2"));
}

#[test]
fn an_existing_item_is_not_changed() {
    let mut store = MemoryStore::default();
    let item = r#"{"type":"item","as":"it","item":"b/SOURCE/p","attributes":{"a":1}}"#;
    assert_eq!(store.import(&[item, r#"{"type":"item","item":"b/SOURCE/p"}"#]).changes.len(), 1);
    let later = MemoryStore { names: HashMap::new(), ..store };
    let translated =
        later.translate(&[r#"{"type":"item","as":"it","item":"b/SOURCE/p","attributes":{"a":2}}"#]).unwrap();
    assert_eq!(translated.changes, []);
    assert!(matches!(translated.names[..], [(_, MadeVersion::Found(_))]));
}

#[test]
fn an_unknown_name_is_refused_with_line_and_field() {
    let mut store = MemoryStore::default();
    store.import(&[PHOTO]);
    for (line, said) in [
        (label("b/SOURCE/q"), "line 2, field sources[0].version: there is no version b/SOURCE/q"),
        (label("b/SOURCE/p#2"), "line 2, field sources[0].version: there is no version b/SOURCE/p#2"),
        (
            label("@nobody"),
            "line 2, field sources[0].version: no earlier record is named \"nobody\"; `as` names a record",
        ),
        (PHOTO.to_owned(), "line 2, field as: duplicate name \"photo\"; names are unique in a file"),
        (
            r#"{"type":"training_set","item":"b/TRAINING_SET/s"}"#.to_owned(),
            "line 2: expected one of `members`, `change` and `select`, found 0 of them",
        ),
        (
            r#"{"type":"training_set","item":"b/TRAINING_SET/s","select":{"kinds":["LABEL","IMAGE"]}}"#
                .to_owned(),
            "line 2, field select.kinds[1]: expected a kind: SOURCE, LABEL, DERIVED, BUNDLE, ONTOLOGY, TRAINING_SET, MODEL, EVALUATION or DEPLOYMENT, found \"IMAGE\"",
        ),
        (
            r#"{"type":"statement","kind":"RETRACTS","version":"@photo","reason":"r","attributes":{}}"#
                .to_owned(),
            "line 2: only a statement of the kind CORRECTS can describe a version; remove the fields of a version and `as`",
        ),
    ] {
        let first = r#"{"type":"version","item":"b/SOURCE/first"}"#;
        assert_eq!(store.translate(&[first, &line]).unwrap_err(), said);
    }
}

#[test]
fn a_search_for_members_has_the_limits_of_any_search() {
    let mut store = MemoryStore::default();
    store.import(&[PHOTO]);
    let names = |many: usize| (0..many).map(|n| format!("n{n}")).collect::<Vec<_>>();
    let tests = |many: usize| vec![serde_json::json!({"path": "a", "exists": true}); many];
    for (select, said) in [
        (
            serde_json::json!({"words": names(33).join(" ")}),
            "field select: words of one filter: 33 is over the limit of 32",
        ),
        (
            serde_json::json!({"tags": names(10_001)}),
            "field select: tags of one filter: 10001 is over the limit of 10000",
        ),
        (
            serde_json::json!({"attribute": {"path": "a", "exists": true}, "attributes": tests(32)}),
            "field select.attributes: conditions of one filter: 33 is over the limit of 32",
        ),
    ] {
        let set = |select| {
            serde_json::json!({"type": "training_set", "item": "b/TRAINING_SET/s", "select": select})
                .to_string()
        };
        let refused = store.translate(&[&set(select)]).unwrap_err();
        assert!(refused.contains(said), "{refused}");
    }
    let within = serde_json::json!({"words": names(32).join(" "), "attributes": tests(32)});
    let set = serde_json::json!({"type": "training_set", "item": "b/TRAINING_SET/s", "select": within});
    assert!(store.translate(&[&set.to_string()]).is_ok());
}

#[test]
fn a_dry_run_resolves_versions_that_it_did_not_store() {
    let mut store = MemoryStore::default();
    let made = Record::parse(br#"{"type":"version","item":"b/SOURCE/q"}"#).unwrap();
    store.unstored.add(made.item().unwrap().id(), made.unstored(false));
    assert!(store.translate(&[&label("b/SOURCE/q")]).unwrap().names_unstored);
    assert!(store.translate(&[&label("b/SOURCE/q#1")]).is_ok());
    assert!(store.translate(&[&label("b/SOURCE/r")]).is_err());
}

#[test]
fn a_correction_is_the_newest_version_of_its_item() {
    let mut store = MemoryStore::default();
    store.import(&[PHOTO]);
    let translated = store
        .translate(&[
            r#"{"type":"statement","kind":"CORRECTS","version":"@photo","attributes":{"a":1},"reason":"r","as":"better"}"#,
            &label("b/SOURCE/p"),
            r#"{"type":"tag","name":"good","version":"@better"}"#,
        ])
        .unwrap();
    let Change::Put(put) = &translated.changes[1] else { panic!() };
    assert_eq!(put.sources, [("INPUT".to_owned(), Ref::Local("r0".to_owned()))]);
    let Change::SetTag(tag) = &translated.changes[2] else { panic!() };
    assert_eq!(tag.version, Ref::Local("r0".to_owned()));
    assert_eq!(translated.names, [("better".to_owned(), MadeVersion::By(0))]);
}
