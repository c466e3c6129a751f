//! Training sets: three forms with one result; only the difference is stored.

use serde_json::json;

use super::super::desk::{TestLedger, proposal};
use super::super::model::Model;
use super::super::samples::{
    assert_made, correct, equals, key, label, local, mark, nowhere, pins, put, put_class, refresh, rollback,
    say, set, snapshot, source, train,
};
use crate::domain::id::{Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::log::entry::MemberChunk;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementKind;
use crate::domain::write::proposal::{Change, Members, NewMember, Put, Ref, Refresh, Selection, Snapshot};
use crate::domain::write::world::World;

/// Returns a store with the labels 0, 1, 2.
fn desk() -> (TestLedger<Model>, [VersionId; 3]) {
    let mut desk = TestLedger::new(&[]);
    let labels = ["cat", "dog", "cow"].map(|class| desk.make(put_class(&format!("of a {class}"), class)));
    (desk, labels)
}

fn change(base: impl Into<Ref>, add: Vec<NewMember>, remove: &[VersionId]) -> Members {
    let remove = remove.iter().map(|id| (*id).into()).collect();
    Members::Change { base: base.into(), add, remove, onto_head: false }
}

fn select(filter: Selection) -> Snapshot {
    snapshot("1", Members::Select { filter: Box::new(filter), split: "TRAIN".into() })
}

fn labels() -> Selection {
    Selection { kinds: Some(vec![Kind::Label]), ..Selection::default() }
}

fn members(desk: &TestLedger<Model>, set: VersionId) -> Vec<(VersionId, String, Option<f64>)> {
    let pins = desk.world.members(desk.world.version(&set).unwrap());
    pins.into_iter().map(|pin| (desk.world.version_id(pin.version), pin.split, pin.weight)).collect()
}

#[test]
fn three_forms_of_the_same_members_are_the_same_version() {
    let (mut desk, [cat, dog, cow]) = desk();
    let first = desk.make(pins("1", &[cow, cat, dog]));
    assert_eq!(desk.make(pins("1", &[dog, cow, cat])), first);
    assert_eq!(desk.make(select(labels())), first);
    assert_eq!(desk.make(snapshot("1", change(first, vec![train(dog)], &[dog]))), first);
    assert_eq!(desk.make(snapshot("1", change(first, vec![train(dog)], &[]))), first, "a member already");
    assert_eq!(desk.head.seq, Seq(4));
}

/// Most likely a variable was omitted.
#[test]
fn a_search_that_narrows_nothing_pins_nothing() {
    let (desk, _) = desk();
    for at in [None, Some(Seq(1))] {
        let refused = desk.refusal(select(Selection { at, ..Selection::default() }));
        assert!(refused.contains("say `keyPrefix: \"\"`"), "{refused}");
    }
    assert!(
        desk.would_write(select(Selection { kinds: Some(Vec::new()), ..Selection::default() })).is_some()
    );
}

#[test]
fn only_the_difference_is_kept() {
    let (mut desk, [cat, dog, cow]) = desk();
    let first = desk.make(pins("1", &[cat, dog]));
    let moved = NewMember { split: "TEST".into(), weight: Some(-0.0), ..train(dog) };
    let second = snapshot("1", change(first, vec![moved, train(cow)], &[cat]));
    let entry = desk.would_write(second.clone()).unwrap();
    let fact = &entry.facts.memberships[0];
    assert_eq!(fact.removed, [VersionNo(0), VersionNo(1)], "another split is gone and come");
    assert_eq!(
        fact.added.to_vec().iter().map(|pin| pin.version).collect::<Vec<_>>(),
        [VersionNo(1), VersionNo(2)]
    );
    let chunk = |place, split: &str, weight, added, versions: &[VersionId]| MemberChunk {
        set: entry.versions[0].id,
        place,
        split: split.into(),
        weight,
        added,
        versions: versions.to_vec(),
    };
    let expected = [
        chunk(0, "TRAIN", None, false, &[cat, dog]),
        chunk(1, "TEST", Some(0.0), true, &[dog]),
        chunk(2, "TRAIN", None, true, &[cow]),
    ];
    assert_eq!(entry.chunks, expected);
    assert_eq!(entry.chunks[1].weight.map(f64::to_bits), Some(0), "-0 is 0");
    let second = desk.make(second);
    let expected = [(dog, "TEST".to_owned(), Some(0.0)), (cow, "TRAIN".to_owned(), None)];
    assert_eq!(members(&desk, second), expected);
}

/// The difference is from the version before in the set's history, independent of the version that
/// the members come from.
#[test]
fn a_return_to_older_members_is_recorded_as_a_difference_from_the_newest() {
    let (mut desk, [cat, dog, cow]) = desk();
    let first = desk.make(pins("1", &[cat, dog]));
    desk.make(pins("1", &[dog, cow]));
    let third = rollback(set("1"), first);
    let fact = desk.would_write(third.clone()).unwrap().facts.memberships[0].clone();
    assert_eq!((fact.removed, fact.added.len()), (vec![VersionNo(2)], 1));
    let third = desk.make(third);
    assert_eq!(members(&desk, third).len(), 2);
}

#[test]
fn a_change_is_made_from_the_head() {
    let (mut desk, [cat, dog, cow]) = desk();
    let first = desk.make(pins("1", &[cat]));
    let ada = || snapshot("1", change(first, vec![train(dog)], &[]));
    let ben = || snapshot("1", change(first, vec![train(cow)], &[cat]));
    let second = desk.make(ada());
    let refused = desk.plan(&proposal(vec![ben().into()])).unwrap_err();
    assert!(matches!(refused, Invalid::Conflict(_)));
    let expected = format!(
        "expected the base {first} to be the head of default/TRAINING_SET/1, found {second}; read the set and decide \
         again, or say `onto: HEAD` to apply the change to the head"
    );
    assert_eq!(refused.to_string(), expected);
    // Its own result is found first, even if the head has moved.
    assert_eq!(desk.would_write(ada()), None);
    desk.make(pins("1", &[cow]));
    assert_eq!(desk.would_write(ada()), None);
    assert_eq!(desk.make(ada()), second);
    // Two changes with one base in one commit: the second does not silently drop members either.
    let start = desk.make(pins("2", &[cat]));
    let step = |add: VersionId| Change::from(snapshot("2", change(start, vec![train(add)], &[])));
    let refused = desk.plan(&proposal(vec![step(dog), step(cow)])).unwrap_err();
    assert!(matches!(refused.cause(), Invalid::Conflict(_)), "{refused}");
    let named = |add: VersionId| {
        let base = Ref::Named("default/TRAINING_SET/2".into());
        Change::from(snapshot("2", change(base, vec![train(add)], &[])))
    };
    let outcomes = desk.commit(vec![named(dog), named(cow)]).unwrap();
    assert_eq!(members(&desk, desk.world.version_id(outcomes[1].version.unwrap())).len(), 3);
}

#[test]
fn a_change_onto_the_head_keeps_later_members() {
    let (mut desk, [cat, dog, cow]) = desk();
    let first = desk.make(pins("1", &[cat, dog]));
    let second = desk.make(pins("1", &[dog, cow]));
    let onto = |add: Vec<NewMember>, remove: &[VersionId]| {
        let remove = remove.iter().map(|id| (*id).into()).collect();
        snapshot("1", Members::Change { base: first.into(), add, remove, onto_head: true })
    };
    assert_eq!(desk.make(onto(vec![train(cow)], &[cat, cat])), second, "all of it is so already");
    let entry = desk.would_write(onto(vec![train(cat)], &[cow])).unwrap();
    assert_eq!(entry.versions[0].parent, Some(second));
    let third = desk.make(onto(vec![train(cat)], &[cow]));
    let ids: Vec<VersionId> = members(&desk, third).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, [cat, dog]);
}

#[test]
fn long_runs_of_members_are_split_into_chunks() {
    let mut desk: TestLedger<Model> = TestLedger::new(&[]);
    let many: Vec<Change> = (0..5_000).map(|n| put(label(&n.to_string())).into()).collect();
    let outcomes = desk.commit(many).unwrap();
    let all: Vec<VersionId> = outcomes.iter().map(|o| desk.world.version_id(o.version.unwrap())).collect();
    let entry = desk.would_write(pins("1", &all)).unwrap();
    let cut: Vec<(u32, usize)> =
        entry.chunks.iter().map(|chunk| (chunk.place, chunk.versions.len())).collect();
    assert_eq!(cut, [(0, 4_096), (1, 904)]);
    assert_eq!(entry.versions[0].content.manifest.unwrap().count, 5_000);
}

#[test]
fn a_set_that_is_not_complete_is_another_version() {
    let (mut desk, [cat, ..]) = desk();
    let whole = desk.make(pins("1", &[cat]));
    let partial = desk.make(Snapshot { complete: false, ..pins("1", &[cat]) });
    assert_ne!(whole, partial);
    assert_eq!(members(&desk, whole), members(&desk, partial));
    let empty = desk.make(pins("2", &[]));
    assert!(members(&desk, empty).is_empty());
}

#[test]
fn a_search_finds_heads() {
    let (mut desk, [cat, dog, cow]) = desk();
    let found = |desk: &TestLedger<Model>, filter: Selection| {
        let entry = desk.would_write(select(filter)).unwrap();
        entry.facts.memberships[0]
            .added
            .to_vec()
            .iter()
            .map(|pin| desk.world.version_id(pin.version))
            .collect::<Vec<_>>()
    };
    let newer = desk.make(put_class("of a cat", "lynx"));
    desk.make(mark("good", dog));
    desk.make(put(source("1")));
    assert_eq!(found(&desk, labels()), [dog, cow, newer]);
    assert_eq!(found(&desk, Selection { at: Some(Seq(3)), ..labels() }), [cat, dog, cow]);
    assert_eq!(found(&desk, Selection { tags: Some(vec!["good".into()]), ..labels() }), [dog]);
    assert!(
        found(&desk, Selection { tags: Some(vec!["good".into()]), at: Some(Seq(3)), ..labels() }).is_empty()
    );
    assert_eq!(found(&desk, Selection { attributes: equals("class", json!("cow")), ..labels() }), [cow]);
    assert_eq!(found(&desk, Selection { key_prefix: Some("of a c".into()), ..labels() }), [cow, newer]);
    desk.make(pins("1", &[cat]));
    let all = Selection { key_prefix: Some(String::new()), ..Selection::default() };
    assert_eq!(found(&desk, all).len(), 4, "all heads, but not the set's own");
    for at in [None, Some(Seq(3))] {
        let refused = desk.refusal(select(Selection { at, ..Selection::default() }));
        assert!(refused.starts_with("expected a search for members that narrows"), "{refused}");
    }
    for nothing in [
        Selection { namespaces: Some(vec![]), ..labels() },
        Selection { kinds: Some(vec![]), ..labels() },
        Selection { tags: Some(vec![]), ..labels() },
    ] {
        assert_eq!(found(&desk, nothing), [], "an empty list selects nothing");
    }
}

/// The search of a commit cannot find what the same commit makes, so it is refused unless it names
/// a seq.
#[test]
fn a_search_after_changes_needs_a_seq() {
    let (mut desk, _) = desk();
    let both =
        |at| proposal(vec![put_class("new", "goat").into(), select(Selection { at, ..labels() }).into()]);
    let refused = desk.plan(&both(None)).unwrap_err().to_string();
    assert_eq!(
        refused,
        "change 1: a search for members does not see what the same commit changes; \
         select in the next commit, or say `asOf` which commit is meant"
    );
    assert_eq!(desk.plan(&both(Some(Seq(3)))).unwrap().entry.unwrap().facts.memberships[0].added.len(), 3);
    desk.make(put_class("new", "goat"));
    assert!(desk.plan(&both(None)).is_ok(), "what was there already is found");
}

/// Statements of the same commit change only a search for what is wrong or stale.
#[test]
fn a_search_for_what_is_wrong_after_statements_is_refused() {
    let (mut desk, [cat, dog, _]) = desk();
    let image = desk.make(put(source("1")));
    let judging =
        [Selection { wrong: Some(false), ..labels() }, Selection { stale: Some(false), ..labels() }];
    for said in [Change::Retract(say(cat)), assert_made(dog, image).into()] {
        for filter in judging.clone() {
            let both = vec![said.clone(), select(filter).into()];
            let refused = desk.plan(&proposal(both)).unwrap_err().to_string();
            assert!(refused.starts_with("change 1: a search for members does not see"), "{refused}");
        }
        assert!(desk.plan(&proposal(vec![said, select(labels()).into()])).is_ok());
    }
}

/// A member that is a set may be replaced by the version that the same commit makes.
#[test]
fn a_refresh_after_another_version_of_a_member_is_refused() {
    let (mut desk, [cat, dog, _]) = desk();
    let inner = desk.make(pins("inner", &[cat]));
    desk.make(pins("outer", &[inner]));
    desk.make(pins("other", &[dog]));
    desk.make(Change::Retract(say(inner)));
    let again = || Change::from(pins("inner", &[cat, dog]));
    let refused = desk.plan(&proposal(vec![again(), refresh("outer").into()])).unwrap_err().to_string();
    assert!(refused.starts_with("change 1: a refresh does not see"), "{refused}");
    assert!(desk.plan(&proposal(vec![again(), refresh("other").into()])).is_ok());
}

#[test]
fn a_refresh_replaces_what_is_wrong() {
    let (mut desk, [cat, dog, cow]) = desk();
    let weighted = NewMember { weight: Some(0.5), split: "TEST".into(), ..train(cat) };
    let before =
        Snapshot { complete: false, ..snapshot("1", Members::All(vec![weighted, train(dog), train(cow)])) };
    desk.make(before);
    assert_eq!(desk.would_write(refresh("1")), None, "nothing is wrong");
    let lynx = desk.make(correct(cat, "lynx"));
    desk.make(Change::Retract(say(dog)));
    let planned = desk.plan(&proposal(vec![refresh("1").into()])).unwrap();
    let refreshed = planned.refreshed.unwrap();
    let no = |id| desk.world.version(&id).unwrap();
    assert_eq!((refreshed.replaced, refreshed.removed), (vec![(no(cat), no(lynx))], vec![no(dog)]));
    let only_corrections = Refresh { causes: vec![StatementKind::Corrects], ..refresh("1") };
    assert_eq!(desk.would_write(only_corrections).unwrap().facts.memberships[0].removed, [no(cat)]);
    assert_eq!(
        desk.would_write(Refresh { causes: vec![], ..refresh("1") }),
        None,
        "no cause selects nothing"
    );
    let after = desk.make(refresh("1"));
    let expected = [(cow, "TRAIN".to_owned(), None), (lynx, "TEST".to_owned(), Some(0.5))];
    assert_eq!(members(&desk, after), expected);
    let manifest = desk.records[&after].content.manifest.unwrap();
    assert_eq!((manifest.count, manifest.complete), (2, false));
    assert_eq!(desk.would_write(refresh("1")), None);
}

/// A replacement may be a member already, and its order differs from that of the old members: facts
/// must be ascending.
#[test]
fn a_refresh_pins_each_member_once_and_in_order() {
    let (mut desk, [cat, dog, cow]) = desk();
    let lynx = desk.make(put_class("of a cat", "lynx"));
    desk.make(pins("1", &[cat, dog, cow, lynx]));
    desk.make(correct(cat, "lynx"));
    desk.make(correct(dog, "wolf"));
    let after = desk.make(refresh("1"));
    let wolf = desk.head_of(&label("of a dog")).unwrap();
    let ids: Vec<VersionId> = members(&desk, after).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, [cow, lynx, wolf]);
}

#[test]
fn a_refresh_does_not_see_its_own_commit_and_says_so() {
    let (mut desk, [cat, dog, _]) = desk();
    desk.make(pins("1", &[cat, dog]));
    desk.make(pins("2", &[cat]));
    let refusal =
        "change 1: a refresh does not see what the same commit changes; refresh the set in the next commit";
    for first in [
        correct(cat, "lynx").into(),
        Change::Retract(say(dog)),
        put_class("new", "goat").into(),
        pins("1", &[cat]).into(),
    ] {
        let refused = desk.plan(&proposal(vec![first, refresh("1").into()])).unwrap_err();
        assert_eq!(refused.to_string(), refusal);
    }
    desk.make(correct(cat, "lynx"));
    let both = desk.commit(vec![refresh("1").into(), refresh("2").into()]).unwrap();
    assert!(both.iter().all(|outcome| outcome.created), "many sets may be refreshed together");
}

#[test]
fn a_snapshot_pins_what_its_commit_makes() {
    let (mut desk, [cat, ..]) = desk();
    let goat = put_class("of a goat", "goat");
    let changes: Vec<Change> = vec![
        Put { name: Some("goat".into()), ..goat }.into(),
        Snapshot {
            name: Some("one".into()),
            ..snapshot("1", Members::All(vec![train(local("goat")), train(cat)]))
        }
        .into(),
        Snapshot { name: Some("two".into()), ..snapshot("1", change(local("one"), vec![], &[cat])) }.into(),
        Put { sources: vec![("TRAINED_ON".into(), local("two"))], ..put(key(Kind::Model, "m")) }.into(),
    ];
    let outcomes = desk.commit(changes).unwrap();
    let of = |change: usize| members(&desk, desk.world.version_id(outcomes[change].version.unwrap())).len();
    assert_eq!((of(1), of(2)), (2, 1));
    assert_eq!(desk.head_of(&set("1")), Some(desk.world.version_id(outcomes[2].version.unwrap())));
    assert_ne!(desk.head_of(&set("1")), Some(nowhere()));
}
