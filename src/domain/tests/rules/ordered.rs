//! The changes of one commit apply in order: one commit of several changes has the same result as
//! one commit for each.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::asking::ProposalBuilder;
use super::super::commands::{STORED, beginning, commits};
use super::super::desk::{TestLedger, proposal};
use super::super::model::Model;
use super::super::samples::{
    alias, class, correct, key, label, mark, pins, put, put_class, rollback, say, unmark,
};
use super::naive::{NaiveStore, NaiveTag, NaiveVersion};
use crate::domain::id::{Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::log::entry::Entry;
use crate::domain::log::facts::Outcome;
use crate::domain::numbers::VersionNo;
use crate::domain::write::proposal::{Change, Expected, Members, Proposal, Put, Ref};
use crate::domain::write::world::World;

fn named(text: &str) -> Ref {
    Ref::Named(text.into())
}

fn desk() -> TestLedger<Model> {
    TestLedger::new(&[])
}

/// Returns the ids that the changes of one commit make or find.
fn made(desk: &mut TestLedger<Model>, changes: Vec<Change>) -> Vec<VersionId> {
    let outcomes = desk.commit(changes).unwrap();
    outcomes.iter().map(|outcome| desk.world.version_id(outcome.version.unwrap())).collect()
}

#[test]
fn a_name_refers_to_the_results_of_earlier_changes() {
    let mut desk = desk();
    let model = || put(key(Kind::Model, "m"));
    let first = desk.make(model());
    let changes: Vec<Change> = vec![
        Put { attributes: class("b"), ..model() }.into(),
        alias("production", named("default/MODEL/m")).into(),
        mark("seen", named("default/MODEL/m@production")).into(),
        Change::Retract(say(named("default/MODEL/m#2"))),
        Put { sources: vec![("BASE".into(), named("default/MODEL/m@seen"))], ..put(key(Kind::Derived, "d")) }
            .into(),
    ];
    let made = made(&mut desk, changes);
    assert_ne!(made[0], first);
    assert_eq!(made[1..4], [made[0]; 3]);
    let derived = desk.world.version(&made[4]).unwrap();
    assert_eq!(desk.world.upstream(derived), [desk.world.version(&made[0]).unwrap()]);
}

#[test]
fn a_correction_by_name_is_one_of_the_version_above() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let changes: Vec<Change> = vec![
        put_class("1", "dog").into(),
        correct(named("default/LABEL/1"), "cow").into(),
        Put { expect_head: Some(named("default/LABEL/1").into()), ..put_class("1", "goat") }.into(),
        pins("1", &[]).into(),
        rollback(label("1"), named("default/LABEL/1#1")).into(),
    ];
    let made = made(&mut desk, changes);
    let record = |id: VersionId| desk.records[&id].clone();
    assert_eq!(record(made[1]).parent, Some(made[0]));
    assert_eq!(record(made[2]).parent, Some(made[1]));
    assert_eq!(record(made[4]).content, record(first).content);
}

/// A tag that a commit removes, or moves back, names a version whose record was not loaded before.
#[test]
fn a_tag_moved_by_a_commit_names_its_new_version() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let second = desk.make(put_class("1", "dog"));
    desk.commit(vec![mark("good", first).into(), mark("good", second).into(), alias("best", second).into()])
        .unwrap();
    let good = || named("default/LABEL/1@good");
    assert!(matches!(desk.plan(&proposal(vec![correct(good(), "cow").into()])), Err(Invalid::Conflict(_))));
    let changes = vec![
        unmark("good", second).into(),
        correct(good(), "cow").into(),
        alias("best", first).into(),
        correct(named("default/LABEL/1@best"), "goat").into(),
    ];
    let made = made(&mut desk, changes);
    assert_eq!([made[1], made[3]].map(|id| desk.records[&id].parent), [Some(first); 2]);
    // A tag that the commit removes names nothing.
    let none = vec![unmark("good", first).into(), mark("other", good()).into()];
    let refused = desk.plan(&proposal(none)).unwrap_err().to_string();
    assert_eq!(refused, "change 1: there is no version default/LABEL/1@good");
}

#[test]
fn a_seq_refers_to_the_log() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let at = |seq: u64| named(&format!("default/LABEL/1@seq:{seq}"));
    let made = made(&mut desk, vec![put_class("1", "dog").into(), mark("then", at(1)).into()]);
    assert_eq!(made[1], first);
    let refused = desk.plan(&proposal(vec![put_class("1", "cow").into(), mark("then", at(3)).into()]));
    let refused = refused.unwrap_err();
    assert_eq!(refused.cause(), &Invalid::not_yet("default/LABEL/1@seq:3", Seq(2)));
    assert!(refused.to_string().starts_with("change 1: "), "{refused}");
    // An item of this commit had no head then.
    let new = vec![put_class("2", "cow").into(), mark("then", named("default/LABEL/2@seq:1")).into()];
    assert!(matches!(desk.plan(&proposal(new)).unwrap_err().cause(), Invalid::NotFound { .. }));
}

#[test]
fn a_prefix_finds_what_the_commit_makes() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let entry = desk.would_write(put_class("1", "dog")).unwrap();
    let second = entry.versions[0].id;
    let by = |id: VersionId| mark("found", named(&id.hex()[..12])).into();
    let made = made(&mut desk, vec![put_class("1", "dog").into(), by(second), by(first)]);
    assert_eq!(made, [second, second, first]);
}

/// An item whose key equals the text of a reference hides that reference from its own commit on.
#[test]
fn a_key_that_looks_like_a_reference_is_tried_first() {
    let mut desk = desk();
    let first = desk.make(put_class("1", "cat"));
    let changes = vec![
        mark("a", named("default/LABEL/1#1")).into(),
        put_class("1#1", "dog").into(),
        mark("b", named("default/LABEL/1#1")).into(),
    ];
    let made = made(&mut desk, changes);
    assert_eq!((made[0], made[2]), (first, made[1]));
}

#[test]
fn a_commit_of_many_changes_is_as_many_commits_of_one() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) };
    let held = TestRunner::new(config).run(&commits(), |commits| {
        let mut trial = OrderTrial::new();
        trial.run(&ProposalBuilder::proposal(&trial.naive, &beginning(), None));
        for (commands, _) in &commits {
            trial.run(&ProposalBuilder::proposal(&trial.naive, commands, None));
        }
        Ok(())
    });
    held.unwrap_or_else(|failure| panic!("{failure}"));
}

/// One history in two stores.
struct OrderTrial {
    naive: NaiveStore,
    whole: TestLedger<Model>,
    single: TestLedger<Model>,
    /// The newest seq of the second store after each commit of the first.
    seqs: Vec<Seq>,
}

impl OrderTrial {
    fn new() -> Self {
        let whole = TestLedger::new(&STORED);
        let single = TestLedger::new(&STORED);
        Self { naive: NaiveStore::default(), whole, single, seqs: vec![Seq::ZERO] }
    }

    fn run(&mut self, asked: &Proposal) {
        let Ok(planned) = self.whole.plan(asked) else { return };
        let mut names = BTreeMap::new();
        let mut outcomes = Vec::new();
        for change in &asked.changes {
            let (change, name) = self.alone(change.clone(), &names);
            let outcome = self.single.commit(vec![change]).unwrap_or_else(|refused| {
                panic!("refused alone: {refused}\n{asked:#?}");
            })[0];
            let version = outcome.version.unwrap();
            names.extend(name.map(|name| (name, self.single.world.version_id(version))));
            outcomes.push(outcome);
        }
        let says = |world: &Model, outcome: &Outcome| {
            let version = outcome.version.map(|version| world.version_id(version));
            (version, outcome.created, outcome.answered_by.is_some())
        };
        let alone: Vec<_> = outcomes.iter().map(|outcome| says(&self.single.world, outcome)).collect();
        if let Some(entry) = planned.entry {
            self.whole.store(entry.clone());
            self.tell(&entry);
            self.seqs.push(self.single.head.seq);
        }
        let together: Vec<_> =
            planned.outcomes.iter().map(|outcome| says(&self.whole.world, outcome)).collect();
        assert_eq!(together, alone, "{asked:#?}");
        self.compare();
    }

    /// Returns the change as a separate commit requests it: names of earlier changes as ids, seqs
    /// as those of its store.
    fn alone(&self, change: Change, names: &BTreeMap<String, VersionId>) -> (Change, Option<String>) {
        let seqs = &self.seqs;
        let mut change = change;
        let own = each(&mut change, &mut |reference| {
            if let Ref::Local(name) = reference {
                *reference = Ref::Id(names[name.as_str()]);
            }
        });
        if let Change::Snapshot(snapshot) = &mut change
            && let Members::Select { filter, .. } = &mut snapshot.members
        {
            // Without a seq a search reads the state before the commit.
            filter.at = filter.at.map(|at| seqs[usize::try_from(at.0).unwrap()]);
        }
        (change, own)
    }

    fn compare(&self) {
        let (a, b) = (&self.whole.world, &self.single.world);
        assert_eq!(a.counts(), b.counts());
        for version in (0..a.counts().1).map(VersionNo) {
            assert_eq!(a.version_id(version), b.version_id(version));
            assert_eq!(a.members(version), b.members(version));
            assert_eq!(a.wrong(version), b.wrong(version));
            let last = |world: &Model| world.last_statement(version).map(|(_, said)| said);
            assert_eq!(last(a), last(b));
            assert_eq!(a.upstream(version), b.upstream(version));
            for tag in ["label-0", "label-1", "alias-0", "alias-1"] {
                let item = a.item_of(version);
                assert_eq!(a.label(version, tag).is_some(), b.label(version, tag).is_some());
                let at = |world: &Model| world.alias(item, tag).map(|(at, _)| at);
                assert_eq!(at(a), at(b));
            }
        }
    }

    /// Adds an entry to the naive model, from which commands pick by position.
    fn tell(&mut self, entry: &Entry) {
        let (seq, world, naive) = (entry.commit.seq, &self.whole.world, &mut self.naive);
        for record in &entry.versions {
            let version = world.version(&record.id).unwrap();
            let pins = world.members(version).into_iter();
            naive.versions.push(NaiveVersion {
                seq,
                item: world.item_key(world.item_of(version)).clone(),
                id: record.id,
                parent: record.parent,
                content: record.content.clone(),
                members: pins.map(|pin| (world.version_id(pin.version), (pin.split, pin.weight))).collect(),
            });
        }
        naive.tags.extend(entry.tags.iter().map(|tag| NaiveTag {
            seq,
            name: tag.name.clone(),
            alias: tag.alias,
            version: tag.version,
            set: tag.set,
        }));
    }
}

fn version_of(expected: &mut Option<Expected>) -> Option<&mut Ref> {
    match expected {
        Some(Expected::Version(version)) => Some(version),
        Some(Expected::Nothing) | None => None,
    }
}

/// Gives each reference of a change to `visit`, takes the change's own name out of it and returns
/// it.
fn each(change: &mut Change, visit: &mut impl FnMut(&mut Ref)) -> Option<String> {
    match change {
        Change::Put(put) => {
            put.parent
                .iter_mut()
                .chain(version_of(&mut put.expect_head))
                .chain(&mut put.ontology)
                .for_each(&mut *visit);
            put.sources.iter_mut().for_each(|(_, source)| visit(source));
            put.name.take()
        }
        Change::Correct(correct) => {
            visit(&mut correct.version);
            version_of(&mut correct.expect_head).into_iter().for_each(&mut *visit);
            correct.sources.iter_mut().flatten().for_each(|(_, source)| visit(source));
            correct.name.take()
        }
        Change::Retract(say) | Change::Reinstate(say) => {
            visit(&mut say.version);
            version_of(&mut say.expect_head).into_iter().for_each(&mut *visit);
            None
        }
        Change::Rollback(rollback) => {
            visit(&mut rollback.to);
            version_of(&mut rollback.expect_head).into_iter().for_each(&mut *visit);
            rollback.name.take()
        }
        Change::Snapshot(snapshot) => {
            version_of(&mut snapshot.expect_head).into_iter().for_each(&mut *visit);
            match &mut snapshot.members {
                Members::All(all) => all.iter_mut().for_each(|member| visit(&mut member.version)),
                Members::Change { base, add, remove, .. } => {
                    visit(base);
                    add.iter_mut().for_each(|member| visit(&mut member.version));
                    remove.iter_mut().for_each(visit);
                }
                Members::Select { .. } => {}
            }
            snapshot.name.take()
        }
        Change::Refresh(refresh) => {
            version_of(&mut refresh.expect_head).into_iter().for_each(visit);
            None
        }
        Change::SetTag(tag) => {
            visit(&mut tag.version);
            version_of(&mut tag.expect).into_iter().for_each(visit);
            None
        }
        Change::RemoveTag(tag) => {
            visit(&mut tag.version);
            version_of(&mut tag.expect).into_iter().for_each(visit);
            None
        }
        Change::Assert(assert) => {
            visit(&mut assert.derived);
            visit(&mut assert.source);
            None
        }
    }
}
