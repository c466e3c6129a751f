//! Two different records never have the same canonical bytes.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::json;

use super::samples::{attributes, payload};
use crate::domain::canonical::attributes::{Attributes, leaf};
use crate::domain::canonical::bytes::Canon;
use crate::domain::class_change::{ClassChange, ClassChangeKind};
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::version::{Content, Manifest, Source, manifest_digest};

/// A field of a record. The kind of each field is the same in all records of a tag.
#[derive(Debug, Clone, PartialEq)]
enum RecordField {
    Always(Vec<u8>),
    Maybe(Option<Vec<u8>>),
    Number(u64),
    List(Vec<(Vec<u8>, Option<Vec<u8>>)>),
}

fn write(tag: &str, fields: &[RecordField]) -> Vec<u8> {
    let mut canon = Canon::new(tag);
    for field in fields {
        match field {
            RecordField::Always(bytes) => canon.field(bytes),
            RecordField::Maybe(bytes) => canon.optional(bytes.as_deref()),
            RecordField::Number(number) => canon.number(*number),
            RecordField::List(elements) => {
                canon.number(elements.len() as u64);
                for (always, maybe) in elements {
                    canon.field(always).optional(maybe.as_deref());
                }
                &mut canon
            }
        };
    }
    canon.as_bytes().to_vec()
}

/// Short bytes that look like lengths and flags.
fn bytes() -> impl Strategy<Value = Vec<u8>> + Clone {
    prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(8), any::<u8>()], 0..12)
}

/// Two records of one shape.
fn pair(shape: u8) -> BoxedStrategy<(RecordField, RecordField)> {
    match shape % 4 {
        0 => (bytes(), bytes()).prop_map(|(a, b)| (RecordField::Always(a), RecordField::Always(b))).boxed(),
        1 => (prop::option::of(bytes()), prop::option::of(bytes()))
            .prop_map(|(a, b)| (RecordField::Maybe(a), RecordField::Maybe(b)))
            .boxed(),
        2 => (0..300_u64, 0..300_u64)
            .prop_map(|(a, b)| (RecordField::Number(a), RecordField::Number(b)))
            .boxed(),
        _ => {
            let list = || prop::collection::vec((bytes(), prop::option::of(bytes())), 0..3);
            (list(), list()).prop_map(|(a, b)| (RecordField::List(a), RecordField::List(b))).boxed()
        }
    }
}

proptest! {
    #[test]
    fn different_fields_have_different_bytes(
        pairs in prop::collection::vec(any::<u8>(), 1..5)
            .prop_flat_map(|shape| shape.into_iter().map(pair).collect::<Vec<_>>()),
    ) {
        let (a, b): (Vec<RecordField>, Vec<RecordField>) = pairs.into_iter().unzip();
        prop_assert_eq!(a == b, write("t", &a) == write("t", &b));
        prop_assert_ne!(write("t", &a), write("u", &a));
    }

    /// Bytes moved over the border between two fields, in every way.
    #[test]
    fn borders_between_fields_count(bytes in bytes(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let cut = |at: usize| {
            let (left, right) = bytes.split_at(at);
            write("t", &[RecordField::Always(left.to_vec()), RecordField::Always(right.to_vec())])
        };
        let (a, b) = (a.index(bytes.len() + 1), b.index(bytes.len() + 1));
        prop_assert_eq!(a == b, cut(a) == cut(b));
    }
}

#[test]
fn items_do_not_run_into_one_another() {
    let id =
        |namespace: &str, kind, key: &str| ItemKey::new(namespace.parse().unwrap(), kind, key).unwrap().id();
    let ids = [
        id("a", Kind::Source, "bc"),
        id("ab", Kind::Source, "c"),
        id("a", Kind::Label, "bc"),
        id("a", Kind::Source, "b"),
        id("a", Kind::Source, "SOURCEbc"),
        id("a", Kind::Source, "b\u{301}c"),
    ];
    assert_distinct(ids.map(|id| *id.as_bytes()));
}

#[test]
fn every_part_of_a_content_counts() {
    let v = |byte| VersionId::from_bytes([byte; 32]);
    let with = |change: fn(&mut Content)| {
        let mut content = Content::empty();
        change(&mut content);
        content.normalise();
        content
    };
    let source = |role: &str, byte| Source { role: role.into(), version: v(byte) };
    let changes =
        |kind, classes: &[&str]| ClassChange::listed(kind, classes.iter().map(|c| json!(c)).collect());
    let mapped = |from: &[&str], to: &[&str]| {
        let list = |classes: &[&str]| classes.iter().map(|c| json!(c)).collect();
        ClassChange::mapped(ClassChangeKind::Merge, list(from), list(to))
    };
    let contents = vec![
        with(|_| {}),
        with(|c| c.payload = payload("")),
        with(|c| c.payload = payload("a")),
        with(|c| c.media_type = Some("a/b".into())),
        with(|c| c.attributes = attributes(json!({"mediaType": "a/b"}))),
        with(|c| c.attributes = attributes(json!({"a": {"$mediaType": "a/b"}}))),
        with(|c| c.attributes = attributes(json!({"a": null}))),
        with(|c| c.attributes = attributes(json!({"a": {}}))),
        with(|c| c.attributes = attributes(json!({"a": []}))),
        with(|c| c.ontology = Some(VersionId::from_bytes([1; 32]))),
        with(|c| c.ontology = Some(VersionId::from_bytes([2; 32]))),
        with(|c| c.manifest = Some(Manifest { digest: [1; 32], count: 0, complete: true })),
        with(|c| c.manifest = Some(Manifest { digest: [1; 32], count: 0, complete: false })),
        with(|c| c.manifest = Some(Manifest { digest: [2; 32], count: 0, complete: true })),
        Content { sources: vec![source("A", 1)], ..Content::empty() },
        Content { sources: vec![source("A", 2)], ..Content::empty() },
        Content { sources: vec![source("B", 1)], ..Content::empty() },
        Content { sources: vec![source("A", 1), source("B", 1)], ..Content::empty() },
        Content { sources: vec![source("A", 1), source("A", 2)], ..Content::empty() },
        Content { class_changes: vec![changes(ClassChangeKind::Merge, &["a", "b"])], ..Content::empty() },
        Content { class_changes: vec![changes(ClassChangeKind::Split, &["a", "b"])], ..Content::empty() },
        Content { class_changes: vec![mapped(&["a", "b"], &["c"])], ..Content::empty() },
        Content { class_changes: vec![mapped(&["a"], &["b", "c"])], ..Content::empty() },
        Content {
            class_changes: vec![
                changes(ClassChangeKind::Merge, &["a"]),
                changes(ClassChangeKind::Merge, &["b"]),
            ],
            ..Content::empty()
        },
    ];
    assert_distinct(contents.iter().map(Content::digest));
    let item = |byte| ItemId::from_bytes([byte; 32]);
    let ids = contents.iter().flat_map(|content| {
        [(1, None), (1, Some(v(1))), (2, None), (2, Some(v(2)))]
            .map(|(at, parent)| content.version_id(item(at), parent))
    });
    assert_distinct(ids.map(|id| *id.as_bytes()));
}

#[test]
fn sources_are_a_set() {
    let source = |role: &str, byte| Source { role: role.into(), version: VersionId::from_bytes([byte; 32]) };
    let mut one =
        Content { sources: vec![source("B", 1), source("A", 2), source("B", 1)], ..Content::empty() };
    let mut other = Content { sources: vec![source("A", 2), source("B", 1)], ..Content::empty() };
    one.normalise();
    other.normalise();
    assert_eq!(one.digest(), other.digest());
}

#[test]
fn every_part_of_a_member_counts() {
    let (a, b) = (VersionId::from_bytes([1; 32]), VersionId::from_bytes([2; 32]));
    let digest = |members: &[(VersionId, &str, Option<f64>)]| {
        manifest_digest(members.iter().map(|(version, split, weight)| (version, *split, *weight)))
    };
    assert_distinct([
        digest(&[]),
        digest(&[(a, "TRAIN", None)]),
        digest(&[(b, "TRAIN", None)]),
        digest(&[(a, "TEST", None)]),
        digest(&[(a, "TRAIN", Some(0.0))]),
        digest(&[(a, "TRAIN", Some(1.0))]),
        digest(&[(a, "TRAIN", None), (b, "TRAIN", None)]),
    ]);
}

#[test]
fn a_path_is_not_its_names_joined() {
    let value = json!(1);
    assert_distinct([
        leaf(&["a", "b"], &value),
        leaf(&["ab"], &value),
        leaf(&["a.b"], &value),
        leaf(&["a"], &json!({"b": 1})),
        leaf(&["a", ""], &value),
        leaf(&["", "a"], &value),
        leaf(&["a"], &value),
        leaf(&["a"], &json!("1")),
        leaf(&["a"], &json!([1])),
    ]);
    assert_eq!(attributes(json!({"a": {"b": 1}})).placed().len(), 2);
    assert!(Attributes::empty().placed().is_empty());
}

#[track_caller]
fn assert_distinct<T: std::hash::Hash + Eq>(ids: impl IntoIterator<Item = T>) {
    let mut known = HashMap::new();
    for (place, id) in ids.into_iter().enumerate() {
        if let Some(other) = known.insert(id, place) {
            panic!("numbers {other} and {place} are the same");
        }
    }
}
