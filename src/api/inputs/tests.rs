//! Tests of conversions that can fail.

use std::sync::Arc;

use async_graphql::{Error, ID, InputType, Value};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::api::scope::Scope;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Seq, VersionId};
use crate::domain::search::searchable::ValueKey;
use crate::domain::search::selection::{Predicate, Test};
use crate::domain::statement::StatementKind;
use crate::domain::write::proposal::{Change, Members, Proposal, Ref};
use crate::ledger::MemStore;
use crate::ledger::{self, Ledger, Settings, StepClock};

const UNKNOWN: &str = "version:0000000000000000000000000000000000000000000000000000000000000000";

/// A ledger whose first commit creates the label `default/LABEL/a`.
struct Here {
    scope: Scope,
    label: VersionId,
    _ledger: Ledger,
    _dir: TempDir,
}

async fn here() -> Here {
    let dir = TempDir::new().unwrap();
    let settings =
        Settings::new(dir.path(), Arc::new(MemStore::new()), Arc::new(StepClock::new(1_000_000, 1_000)));
    let ledger = Ledger::open(settings, |_, _| ()).await.unwrap();
    let empty = Scope::newest(ledger.view());
    let (change, idempotency_key) = alone(put(json!({ "item": item("a") })), &empty).unwrap();
    let proposal = Proposal {
        author: "ada".to_owned(),
        message: None,
        idempotency_key,
        repeat_statements: false,
        changes: vec![change],
    };
    let made = ledger.commit(proposal).await.unwrap().outcomes[0].version.unwrap();
    let scope = Scope::newest(ledger.view());
    let label = scope.read(|at| at.id(made));
    Here { scope, label, _ledger: ledger, _dir: dir }
}

fn item(key: &str) -> serde_json::Value {
    json!({ "kind": "LABEL", "key": key })
}

fn set() -> serde_json::Value {
    json!({ "kind": "TRAINING_SET", "key": "set" })
}

fn read<T: InputType>(input: serde_json::Value) -> Result<T, String> {
    let input = Value::from_json(input).unwrap();
    T::parse(Some(input)).map_err(|error| error.into_server_error(async_graphql::Pos::default()).message)
}

fn put(input: serde_json::Value) -> PutVersionInput {
    read(input).unwrap()
}

fn reason(error: &Error) -> Option<String> {
    match error.extensions.as_ref()?.get("reason")? {
        Value::String(reason) => Some(reason.clone()),
        _ => None,
    }
}

fn retracted(scope: &Scope, version: &str) -> Result<Ref, Error> {
    let input: RetractInput = read(json!({ "version": version, "reason": "blurred" })).unwrap();
    match alone(input, scope)?.0 {
        Change::Retract(say) => Ok(say.version),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn references_are_kept_as_they_were_given() {
    let Here { scope, label, .. } = &here().await;
    let known = Ref::Id(*label);
    let named = |text: &str| Ref::Named(text.to_owned());
    assert_eq!(retracted(scope, "@a").unwrap(), Ref::Local("a".to_owned()));
    assert_eq!(retracted(scope, &label.to_string()).unwrap(), known);
    // A reference may name another version when the request is repeated, which must be recognised.
    for text in ["default/LABEL/a", "default/LABEL/a#1", "default/LABEL/missing", &label.hex()[..12]] {
        assert_eq!(retracted(scope, text).unwrap(), named(text));
    }
    // The plan rejects it, with its position.
    assert_eq!(retracted(scope, UNKNOWN).unwrap(), Ref::Id(UNKNOWN.parse().unwrap()));
    assert_eq!(reason(&retracted(scope, "nonsense").unwrap_err()), None);
}

#[tokio::test]
async fn names_and_keys_are_accepted_where_they_apply() {
    let Here { scope, .. } = &here().await;
    let named = alone(put(json!({ "as": "x", "item": item("b") })), scope).unwrap_err();
    assert!(named.message.starts_with("`as`"), "{named:?}");

    let keyed = |key: &str| alone(put(json!({ "item": item("b"), "idempotencyKey": key })), scope);
    assert_eq!(keyed("k").unwrap().1.as_deref(), Some("k"));
    assert!(keyed(&"k".repeat(256)).is_ok());
    assert!(keyed("").is_err());
    assert_eq!(reason(&keyed(&"k".repeat(257)).unwrap_err()).as_deref(), Some("LIMIT_EXCEEDED"));

    let commit = |changes: serde_json::Value| {
        read::<CommitInput>(json!({ "changes": changes, "idempotencyKey": "k" })).unwrap()
    };
    let put = json!({ "putVersion": { "as": "x", "item": item("b") } });
    let tag = json!({ "setTag": { "name": "new", "version": "@x" } });
    let whole = commit(json!([put, tag]));
    assert_eq!(whole.key().unwrap().as_deref(), Some("k"));
    assert_eq!(whole.changes(scope).unwrap().len(), 2);

    let keyed = json!({ "putVersion": { "item": item("b"), "idempotencyKey": "k" } });
    let alone = commit(json!([keyed])).changes(scope).unwrap_err();
    assert!(alone.message.starts_with("`idempotencyKey`"), "{alone:?}");
    let second = commit(json!([put, keyed])).changes(scope).unwrap_err();
    assert!(second.message.starts_with("change 1: `idempotencyKey`"), "{second:?}");

    let nonsense = json!({ "retract": { "version": "nonsense", "reason": "blurred" } });
    let third = commit(json!([put, tag, nonsense])).changes(scope).unwrap_err();
    assert!(third.message.starts_with("change 2: expected a version"), "{third:?}");
}

#[tokio::test]
async fn lists_are_bounded() {
    let Here { scope, .. } = &here().await;
    let source = SourceInput { version: ID::from("@x"), role: "INPUT".to_owned() };
    let with = |count: usize| {
        let sources = Some(vec![source.clone(); count]);
        alone(PutVersionInput { sources, ..put(json!({ "item": item("b") })) }, scope)
    };
    assert!(with(MAX_LIST).is_ok());
    assert_eq!(reason(&with(MAX_LIST + 1).unwrap_err()).as_deref(), Some("LIMIT_EXCEEDED"));

    let snapshot = |count: usize| {
        let mut input: SnapshotTrainingSetInput =
            read(json!({ "item": set(), "members": { "all": [] } })).unwrap();
        let remove = Some(vec![ID::from("@x"); count]);
        input.members =
            MembersInput::Change(MembersChangeInput { base: ID::from("@y"), onto: None, add: None, remove });
        alone(input, scope)
    };
    assert!(snapshot(MAX_LIST + 1).is_ok());
    assert_eq!(reason(&snapshot(MAX_MEMBERS + 1).unwrap_err()).as_deref(), Some("LIMIT_EXCEEDED"));
}

#[tokio::test]
async fn a_search_for_members_is_read_at_a_seq() {
    let Here { scope, .. } = &here().await;
    let select = |select: serde_json::Value| {
        let input = read(json!({ "item": set(), "members": { "select": select } })).unwrap();
        alone::<SnapshotTrainingSetInput>(input, scope).map(|(change, _)| match change {
            Change::Snapshot(snapshot) => match snapshot.members {
                Members::Select { filter, split } => (*filter, split),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        })
    };
    let (filter, split) = select(json!({ "filter": { "keyPrefix": "" } })).unwrap();
    assert_eq!((filter.key_prefix.as_deref(), filter.at, split.as_str()), (Some(""), None, "TRAIN"));
    let (filter, _) = select(json!({ "filter": { "kinds": [] }, "asOf": { "commit": "commit:1" } })).unwrap();
    assert_eq!((filter.at, filter.kinds), (Some(Seq(1)), Some(Vec::new())));
    let future = select(json!({ "filter": { "kinds": [] }, "asOf": { "seq": "2" } })).unwrap_err();
    assert_eq!(reason(&future).as_deref(), Some("AS_OF_UNAVAILABLE"));
}

#[tokio::test]
async fn null_attributes_are_none_and_a_correction_keeps_them() {
    let Here { scope, .. } = &here().await;
    match alone(put(json!({ "item": item("b"), "attributes": null })), scope).unwrap().0 {
        Change::Put(put) => assert_eq!(put.attributes, Attributes::empty()),
        other => panic!("{other:?}"),
    }
    let corrected = |attributes: serde_json::Value| {
        let input = json!({ "version": "default/LABEL/a", "reason": "blurred", "attributes": attributes });
        match alone(read::<CorrectInput>(input).unwrap(), scope).unwrap().0 {
            Change::Correct(correct) => correct.attributes,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(corrected(json!(null)), None);
    assert_eq!(corrected(json!({})), Some(Attributes::empty()));
    let parameters = json!({ "item": item("b"), "activity": { "name": "crop", "parameters": [1] } });
    let error = alone(put(parameters), scope).unwrap_err();
    assert!(error.message.starts_with("parameters of the activity: "), "{error:?}");
}

#[test]
fn exactly_one_of_several_fields_is_given() {
    for members in [json!({}), json!({ "all": [], "change": { "base": "@x" } }), json!({ "none": [] })] {
        assert!(read::<MembersInput>(members.clone()).is_err(), "{members}");
    }
    for as_of in [json!({}), json!({ "seq": "1", "commit": "commit:1" }), json!({ "seq": null })] {
        assert!(read::<AsOf>(as_of.clone()).is_err(), "{as_of}");
    }
    let change =
        json!({ "retract": { "version": "@x", "reason": "r" }, "setTag": { "name": "t", "version": "@x" } });
    assert!(read::<ChangeInput>(change).is_err());
}

#[test]
fn defaults_are_those_of_the_schema() {
    let snapshot: SnapshotTrainingSetInput =
        read(json!({ "item": set(), "members": { "all": [{ "version": "@x" }] } })).unwrap();
    assert!(snapshot.complete);
    assert_eq!(snapshot.item.identity().unwrap().to_string(), "default/TRAINING_SET/set");
    match snapshot.members {
        MembersInput::All(all) => assert_eq!(all[0].split, "TRAIN"),
        other => panic!("{other:?}"),
    }
    let source: SourceInput = read(json!({ "version": "@x" })).unwrap();
    assert_eq!(source.role, "INPUT");

    let causes = |input| read::<RefreshTrainingSetInput>(input).unwrap().refresh().unwrap().causes;
    let both = [StatementKind::Corrects, StatementKind::Retracts];
    assert_eq!(causes(json!({ "item": set() })), both);
    assert_eq!(causes(json!({ "item": set(), "causes": null })), both);
    assert_eq!(causes(json!({ "item": set(), "causes": [] })), []);
}

#[test]
fn a_moment_is_a_seq_or_a_time() {
    let moment = |input| read::<AsOf>(input).unwrap().moment();
    assert_eq!(moment(json!({ "seq": "0" })).unwrap(), ledger::AsOf::Seq(Seq::ZERO));
    assert_eq!(moment(json!({ "commit": "commit:7" })).unwrap(), ledger::AsOf::Seq(Seq(7)));
    assert_eq!(moment(json!({ "time": "1970-01-01T00:00:01Z" })).unwrap(), ledger::AsOf::Time(1_000_000));
    assert_eq!(reason(&moment(json!({ "commit": "commit:0" })).unwrap_err()).as_deref(), Some("NOT_FOUND"));
    assert!(moment(json!({ "commit": "item:7" })).is_err());
}

#[test]
fn a_filter_distinguishes_empty_lists_from_absent_ones() {
    let selection = |input| read::<ItemFilter>(input).unwrap().selection();
    let empty = selection(json!({ "kinds": [], "tags": null })).unwrap();
    assert_eq!((empty.kinds, empty.tags), (Some(Vec::new()), None));
    let deep = selection(json!({ "attribute": { "path": r"box.a\.b", "equals": 1.0 } })).unwrap();
    let value = ValueKey::new(&json!(1));
    let predicate = Predicate { path: r"box.a\.b".into(), test: Test::In(vec![value]) };
    assert_eq!(deep.attributes, Some(vec![predicate]));
    let none = selection(json!({ "attribute": { "path": "a", "equals": 1 }, "attributes": [] })).unwrap();
    assert_eq!(none.attributes, Some(Vec::new()));
    let null = selection(json!({ "attribute": { "path": "a", "equals": null } })).unwrap();
    assert_eq!(null.attributes.unwrap()[0].test, Test::In(vec![ValueKey::new(&serde_json::Value::Null)]));
    for refused in [
        json!({ "path": "a" }),
        json!({ "path": "a", "atLeast": true }),
        json!({ "path": "a", "atLeast": 1, "above": 2 }),
        json!({ "path": "a", "atLeast": 1, "below": "b" }),
        json!({ "path": "a", "atMost": "b".repeat(65) }),
    ] {
        assert!(selection(json!({ "attributes": [refused.clone()] })).is_err(), "{refused}");
    }
    assert!(selection(json!({ "words": " -- " })).is_err());
    assert!(selection(json!({ "namespaces": ["Upper"] })).is_err());
    // The scalar itself rejects values that no attribute can have.
    assert!(
        read::<ItemFilter>(json!({ "attribute": { "path": "a", "equals": 9_007_199_254_740_993_u64 } }))
            .is_err()
    );
}
