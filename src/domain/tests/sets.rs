//! Training sets: three forms, one result; and only the difference is kept.

use serde_json::json;

use super::desk::{Desk, proposal};
use super::model::Model;
use super::samples::{
    correct, equals, key, label, local, mark, nowhere, pins, put, put_class, refresh, say, set, snapshot,
    source, train,
};
use crate::domain::entry::MemberChunk;
use crate::domain::facts::VersionNo;
use crate::domain::id::{Seq, VersionId};
use crate::domain::item::Kind;
use crate::domain::proposal::{Change, Members, NewMember, Put, Ref, Refresh, Selection, Snapshot};
use crate::domain::statement::StatementKind;
use crate::domain::world::World;

/// A store with the labels 0, 1, 2.
fn desk() -> (Desk<Model>, [VersionId; 3]) {
    let mut desk = Desk::new(&[]);
    let labels = ["cat", "dog", "cow"].map(|class| desk.make(put_class(&format!("of a {class}"), class)));
    (desk, labels)
}

fn change(base: impl Into<Ref>, add: Vec<NewMember>, remove: &[VersionId]) -> Members {
    Members::Change { base: base.into(), add, remove: remove.iter().map(|id| (*id).into()).collect() }
}

fn select(filter: Selection) -> Snapshot {
    snapshot("1", Members::Select { filter: Box::new(filter), split: "TRAIN".into() })
}

fn labels() -> Selection {
    Selection { kinds: Some(vec![Kind::Label]), ..Selection::default() }
}

fn members(desk: &Desk<Model>, set: VersionId) -> Vec<(VersionId, String, Option<f64>)> {
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

/// The difference is from the version before in the set's history, whatever version the change began with.
#[test]
fn a_change_to_an_older_version_is_told_from_the_newest() {
    let (mut desk, [cat, dog, cow]) = desk();
    let first = desk.make(pins("1", &[cat]));
    desk.make(pins("1", &[dog, cow]));
    let third = snapshot("1", change(first, vec![train(dog)], &[]));
    let fact = desk.would_write(third.clone()).unwrap().facts.memberships[0].clone();
    assert_eq!((fact.removed, fact.added.len()), (vec![VersionNo(2)], 1));
    let third = desk.make(third);
    assert_eq!(members(&desk, third).len(), 2);
}

#[test]
fn long_runs_of_members_are_cut() {
    let mut desk: Desk<Model> = Desk::new(&[]);
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
    let found = |desk: &Desk<Model>, filter: Selection| {
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
    assert_eq!(found(&desk, Selection::default()).len(), 4, "all heads, but not the set's own");
    for nothing in [
        Selection { namespaces: Some(vec![]), ..labels() },
        Selection { kinds: Some(vec![]), ..labels() },
        Selection { tags: Some(vec![]), ..labels() },
    ] {
        assert_eq!(found(&desk, nothing), [], "an empty list selects nothing");
    }
}

/// What a commit makes itself cannot be found by its search, so the search is refused, unless it says when it reads.
#[test]
fn a_search_after_changes_says_when() {
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

/// A replacement may be a member already, and comes in another order than the old members: facts must stay ascending.
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
