//! The largest commits. Work that is quadratic in the size of a commit shows here as a test that
//! does not end.

use super::super::desk::{TestLedger, proposal};
use super::super::model::Model;
use super::super::samples::{
    assert_made, label, local, pins, put, put_class, snapshot, source, sources, train,
};
use crate::domain::id::VersionId;
use crate::domain::invalid::MAX_CHANGES;
use crate::domain::write::proposal::{Assert, Change, Members, Put};
use crate::domain::write::world::World;

fn made(desk: &mut TestLedger<Model>, changes: Vec<Change>) -> Vec<VersionId> {
    let outcomes = desk.commit(changes).unwrap();
    outcomes.into_iter().map(|outcome| desk.world.version_id(outcome.version.unwrap())).collect()
}

/// Returns a chain of versions, each made from the one before it, by name.
fn chain(length: usize) -> Vec<Change> {
    let link = |n: usize| Put {
        name: Some(format!("v{n}")),
        sources: if n == 0 { vec![] } else { sources(&[("INPUT", local(&format!("v{}", n - 1)))]) },
        ..put(label(&n.to_string()))
    };
    (0..length).map(|n| link(n).into()).collect()
}

#[test]
fn a_commit_of_ten_thousand_names() {
    let mut desk: TestLedger<Model> = TestLedger::new(&[]);
    let all = made(&mut desk, chain(MAX_CHANGES));
    assert_eq!(all.len(), MAX_CHANGES);
}

/// Asserted in one commit, over a chain in the world: each is checked against cycles, also with one
/// another.
#[test]
fn a_commit_of_ten_thousand_derivations() {
    let mut desk: TestLedger<Model> = TestLedger::new(&[]);
    let old = made(&mut desk, chain(MAX_CHANGES));
    let image = desk.make(put(source("image")));
    let mut said: Vec<Change> = old.iter().map(|version| assert_made(*version, image).into()).collect();
    said.truncate(MAX_CHANGES - 1);
    assert!(desk.plan(&proposal(said.clone())).is_ok());
    // One more closes a cycle with each of them.
    said.push(assert_made(image, old[17]).into());
    let refused = desk.plan(&proposal(said)).unwrap_err().to_string();
    assert!(refused.starts_with("change 9999: "), "{refused}");
}

/// A run that is reported reads what has a long history.
#[test]
fn derivations_of_new_versions_visit_no_older_ones() {
    let mut desk: TestLedger<Model> = TestLedger::new(&[]);
    let old = made(&mut desk, chain(1_000));
    let (newest, image) = (old[999], desk.make(put(source("image"))));
    desk.world.visits.set(0);
    let run = Put { name: Some("run".into()), ..put(source("run")) };
    let mut changes =
        vec![run.into(), assert_made(local("run"), newest).into(), assert_made(local("run"), image).into()];
    assert!(desk.plan(&proposal(changes.clone())).is_ok());
    assert_eq!(desk.world.visits.get(), 0);
    // With a derivation of an older version, all of them count.
    changes.push(assert_made(old[17], local("run")).into());
    let refused = desk.plan(&proposal(changes)).unwrap_err().to_string();
    assert!(refused.contains("would be a cycle"), "{refused}");
    assert!(desk.world.visits.get() > 900);
}

/// The same pair in different roles, and the same derivation repeated.
#[test]
fn a_commit_of_ten_thousand_derivations_of_one_version() {
    let mut desk: TestLedger<Model> = TestLedger::new(&[]);
    let (a, b) = (desk.make(put(source("a"))), desk.make(put(source("b"))));
    let said = |n: usize| Assert { role: format!("R{}", n % 100), ..assert_made(a, b) };
    let planned = desk.plan(&proposal((0..MAX_CHANGES).map(|n| said(n).into()).collect())).unwrap();
    assert_eq!(planned.entry.unwrap().asserted.len(), 100);
}

/// Ten thousand versions of one item, each on the one before.
#[test]
fn a_commit_of_ten_thousand_versions_of_one_item() {
    let desk: TestLedger<Model> = TestLedger::new(&[]);
    let changes = (0..MAX_CHANGES).map(|n| put_class("1", &n.to_string()).into()).collect();
    let entry = desk.plan(&proposal(changes)).unwrap().entry.unwrap();
    assert_eq!(entry.versions.last().unwrap().number as usize, MAX_CHANGES);
}

#[test]
fn a_large_set_that_changes_a_little() {
    let mut desk: TestLedger<Model> = TestLedger::new(&[]);
    let mut all = Vec::new();
    for batch in 0..5 {
        let changes = (0..MAX_CHANGES).map(|n| put(label(&format!("{batch}/{n}"))).into());
        all.extend(made(&mut desk, changes.collect()));
    }
    let last = all.pop().unwrap();
    let first = desk.make(pins("1", &all));
    let more = Members::Change {
        base: first.into(),
        add: vec![train(last)],
        remove: vec![all[7].into()],
        onto_head: false,
    };
    let entry = desk.would_write(snapshot("1", more)).unwrap();
    assert_eq!((entry.chunks.len(), entry.facts.memberships[0].added.len()), (2, 1));
}

/// Each version of the set is held completely while the commit is planned, so their sum is limited.
#[test]
#[ignore = "ten million members take some seconds"]
fn members_are_limited_per_commit() {
    let mut desk: TestLedger<Model> = TestLedger::new(&[]);
    let all = made(&mut desk, (0..MAX_CHANGES).map(|n| put(label(&n.to_string())).into()).collect());
    let first = desk.make(pins("1", &all));
    let again = || {
        snapshot("1", Members::Change { base: first.into(), add: vec![], remove: vec![], onto_head: false })
            .into()
    };
    let refused = desk.plan(&proposal((0..1_001).map(|_| again()).collect())).unwrap_err().to_string();
    let limit =
        "members pinned in one commit: 10010000 is over the limit of 10000000; make it smaller or split it";
    assert_eq!(refused, format!("change 1000: {limit}"));
}
