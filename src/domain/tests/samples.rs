//! Short constructors of changes.

use serde_json::Value;

use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::search::conditions::Conditions;
use crate::domain::search::searchable::Placed;
use crate::domain::search::selection::{Predicate, Selection, Span};
use crate::domain::statement::StatementKind;
use crate::domain::write::proposal::{
    Assert, Change, Correct, Expected, Members, NewMember, Put, Ref, Refresh, RemoveTag, Rollback, Say,
    SetTag, Snapshot,
};

pub(super) fn key(kind: Kind, key: &str) -> ItemKey {
    ItemKey::new("default".parse().unwrap(), kind, key).unwrap()
}

pub(super) fn source(name: &str) -> ItemKey {
    key(Kind::Source, name)
}

pub(super) fn label(name: &str) -> ItemKey {
    key(Kind::Label, name)
}

pub(super) fn set(name: &str) -> ItemKey {
    key(Kind::TrainingSet, name)
}

pub(super) fn attributes(value: Value) -> Attributes {
    Attributes::new(&value).unwrap()
}

/// `{"class": class}`.
pub(super) fn class(class: &str) -> Attributes {
    attributes(serde_json::json!({ "class": class }))
}

/// Returns the condition that the attribute at a path has this value.
pub(super) fn equals(path: &str, value: Value) -> Option<Vec<Predicate>> {
    Some(Conditions { equals: Some(value), ..Conditions::default() }.predicates(path).unwrap())
}

/// Returns true if attributes pass the conditions of a selection. The selection must not have other
/// parts than those of a proposal's tests.
pub(super) fn tested(selection: &Selection, attributes: &[Placed]) -> bool {
    let Selection { committed, created, authors, wrong, stale, words, .. } = selection;
    assert_eq!((committed, created), (&Span::default(), &Span::default()));
    assert_eq!((authors, wrong, stale, words), (&None, &None, &None, &None), "see lineage::search");
    let value = |path: &String| attributes.iter().find(|(other, _)| other == path);
    let passes = |predicate: &Predicate| {
        predicate.test.passes(value(&predicate.path).map(|(_, value)| value.as_bytes()))
    };
    selection.attributes.as_ref().is_none_or(|all| !all.is_empty() && all.iter().all(passes))
}

pub(super) fn payload(bytes: &str) -> Option<Digest> {
    Some(Digest::of(bytes.as_bytes()))
}

/// Returns a version id that does not exist.
pub(super) fn nowhere() -> VersionId {
    VersionId::from_bytes([9; 32])
}

pub(super) fn local(name: &str) -> Ref {
    Ref::Local(name.into())
}

pub(super) fn sources(given: &[(&str, Ref)]) -> Vec<(String, Ref)> {
    given.iter().map(|(role, source)| ((*role).to_owned(), source.clone())).collect()
}

pub(super) fn train(version: impl Into<Ref>) -> NewMember {
    NewMember { version: version.into(), split: "TRAIN".into(), weight: None }
}

pub(super) fn put(item: ItemKey) -> Put {
    Put::new(item)
}

/// Returns a label's version with this class.
pub(super) fn put_class(name: &str, of: &str) -> Put {
    Put { attributes: class(of), ..put(label(name)) }
}

pub(super) fn correct(version: impl Into<Ref>, to: &str) -> Correct {
    Correct {
        name: None,
        version: version.into(),
        attributes: Some(class(to)),
        payload: None,
        media_type: None,
        record_image_size: false,
        ontology: None,
        sources: None,
        reason: "seen again".into(),
        activity: None,
        message: None,
        expect_head: None,
    }
}

pub(super) fn say(version: impl Into<Ref>) -> Say {
    Say {
        version: version.into(),
        reason: "looked at".into(),
        activity: None,
        message: None,
        expect_head: None,
    }
}

pub(super) fn rollback(item: ItemKey, to: impl Into<Ref>) -> Rollback {
    Rollback { name: None, item, to: to.into(), reason: None, expect_head: None }
}

pub(super) fn snapshot(name: &str, members: Members) -> Snapshot {
    Snapshot {
        name: None,
        item: set(name),
        members,
        complete: true,
        expect_head: None,
        attributes: Attributes::empty(),
        sources: Vec::new(),
        tags: Vec::new(),
        message: None,
    }
}

/// Returns a training set version with these members in TRAIN.
pub(super) fn pins(name: &str, members: &[VersionId]) -> Snapshot {
    snapshot(name, Members::All(members.iter().map(|version| train(*version)).collect()))
}

pub(super) fn refresh(name: &str) -> Refresh {
    let causes = vec![StatementKind::Corrects, StatementKind::Retracts];
    Refresh { item: set(name), causes, expect_head: None }
}

pub(super) fn alias(name: &str, version: impl Into<Ref>) -> SetTag {
    SetTag { name: name.into(), version: version.into(), alias: true, expect: None }
}

pub(super) fn mark(name: &str, version: impl Into<Ref>) -> SetTag {
    SetTag { alias: false, ..alias(name, version) }
}

pub(super) fn unmark(name: &str, version: impl Into<Ref>) -> RemoveTag {
    RemoveTag { name: name.into(), version: version.into(), expect: None }
}

pub(super) fn assert_made(derived: impl Into<Ref>, source: impl Into<Ref>) -> Assert {
    Assert {
        derived: derived.into(),
        source: source.into(),
        role: "INPUT".into(),
        reason: "in the paper".into(),
    }
}

impl From<Ref> for Expected {
    fn from(version: Ref) -> Self {
        Self::Version(version)
    }
}

impl From<VersionId> for Expected {
    fn from(version: VersionId) -> Self {
        Self::Version(version.into())
    }
}

impl From<VersionId> for Ref {
    fn from(id: VersionId) -> Self {
        Self::Id(id)
    }
}

macro_rules! changes {
    ($($type:ident),*) => {
        $(impl From<$type> for Change {
            fn from(change: $type) -> Self {
                Self::$type(change)
            }
        })*
    };
}
changes!(Put, Correct, Rollback, Snapshot, Refresh, SetTag, RemoveTag, Assert);
