//! Random sequences of proposals: the rules over a world agree with a naive model of the same
//! history.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::asking::ProposalBuilder;
use super::super::commands::{RandomCommand, STORED, beginning, commits};
use super::super::desk::{GrowingWorld, TestLedger};
use super::super::model::Model;
use super::super::story::{Refreshes, tell};
use super::naive::{NaiveStore, PinnedMembers};
use crate::domain::id::{Seq, VersionId};
use crate::domain::log::entry::Entry;
use crate::domain::log::facts::Facts;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::write::plan::Planned;
use crate::domain::write::proposal::{Change, Proposal};

/// Compares everything that a kind of world promises to the rules, over random histories.
pub(crate) fn agrees<G: GrowingWorld>() {
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) });
    let held = runner.run(&commits(), |commits| {
        ModelTrial::<G>::new().run(&commits);
        Ok(())
    });
    held.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_rules_agree_with_a_naive_model() {
    agrees::<Model>();
}

/// A world and the naive model of the same history.
struct ModelTrial<G> {
    desk: TestLedger<G>,
    naive: NaiveStore,
    /// Members of training set versions, rebuilt from the rows alone.
    chunked: BTreeMap<VersionId, PinnedMembers>,
    /// Proposals that name their parents, and statements: a retry finds their results at any time.
    lasting: Vec<(Proposal, Vec<VersionId>)>,
}

impl<G: GrowingWorld> ModelTrial<G> {
    fn new() -> Self {
        let desk = TestLedger::new(&STORED);
        Self { desk, naive: NaiveStore::default(), chunked: BTreeMap::new(), lasting: Vec::new() }
    }

    fn run(&mut self, commits: &[(Vec<RandomCommand>, bool)]) {
        self.step(&ProposalBuilder::proposal(&self.naive, &beginning(), None));
        for (number, (commands, keyed)) in commits.iter().enumerate() {
            let key = keyed.then(|| format!("request {number}"));
            let proposal = ProposalBuilder::proposal(&self.naive, commands, key);
            self.step(&proposal);
            if commands.len() > 1 {
                // Also for a retry (see `retry`).
                self.step(&proposal);
            }
        }
        for version in &self.naive.versions {
            let mut sources = self.naive.upstream(version.id).into_iter();
            assert!(
                sources.all(|source| !self.naive.depends_on(source, version.id)),
                "nothing comes from itself"
            );
        }
        for (proposal, made) in &self.lasting {
            let again = self.desk.plan(proposal).unwrap();
            assert_eq!(self.versions(&again), *made, "a retry with a parent finds its result: {proposal:#?}");
            assert_eq!(again.entry, None, "and makes nothing: {proposal:#?}");
        }
    }

    fn step(&mut self, proposal: &Proposal) {
        let planned = self.desk.plan(proposal);
        let seq = self.desk.head.seq.next();
        let naive = tell(&self.naive, proposal, seq, &self.desk.stored, self.refreshed(proposal));
        let (planned, (naive, said)) = match (planned, naive) {
            (Err(_), None) => return,
            (Ok(planned), Some(naive)) => (planned, naive),
            (Err(refused), Some(_)) => panic!("refused, but should pass: {refused}\n{proposal:#?}"),
            (Ok(_), None) => panic!("passed, but should be refused: {proposal:#?}"),
        };
        let is_kept = proposal.idempotency_key.is_some();
        assert_eq!(planned.entry.is_some(), naive != self.naive || is_kept, "{proposal:#?}");
        self.naive = naive;
        if let Some(entry) = planned.entry.clone() {
            self.check_entry(&entry, &planned);
            self.desk.store(entry);
        }
        let made: Vec<bool> = planned.outcomes.iter().map(|outcome| outcome.created).collect();
        assert_eq!(self.versions(&planned).into_iter().zip(made).collect::<Vec<_>>(), said, "{proposal:#?}");
        self.check_world();
        self.retry(proposal, &planned);
    }

    /// Returns the members that each refresh of a proposal leaves, by set: versions of the same
    /// items, none wrong.
    fn refreshed(&self, proposal: &Proposal) -> Refreshes {
        let world = &self.desk.world;
        let mut all = Refreshes::new();
        for change in &proposal.changes {
            let Change::Refresh(refresh) = change else { continue };
            let Some(head) = self.naive.head(&refresh.item) else { continue };
            let mut members = PinnedMembers::new();
            for pin in world.refreshed(world.version(&head.id).unwrap(), &refresh.causes).members {
                let id = world.version_id(pin.version);
                let item = self.naive.item_of(id);
                assert!(head.members.keys().any(|old| self.naive.item_of(*old) == item), "no new items");
                assert!(refresh.causes.len() == 1 || !self.naive.wrong(id), "nothing wrong remains");
                members.entry(id).or_insert((pin.split, pin.weight));
            }
            all.insert((refresh.item.clone(), refresh.causes.clone()), members);
        }
        all
    }

    /// Repeats a proposal at once and checks that nothing is made. A commit that puts one item
    /// twice has moved its own parents, so only commits of one change are repeated. If they name
    /// their parents, they are repeated later, too.
    fn retry(&mut self, proposal: &Proposal, planned: &Planned) {
        let [change] = proposal.changes.as_slice() else { return };
        if format!("{change:?}").contains("Named(") {
            // A reference may name another version by now.
            return;
        }
        let mut again = proposal.clone();
        (again.idempotency_key, again.repeat_statements) = (None, false);
        let found = self.desk.plan(&again).unwrap();
        assert_eq!(found.entry, None, "a retry makes nothing: {proposal:#?}");
        assert!(found.outcomes.iter().all(|outcome| !outcome.created));
        assert_eq!(self.versions(&found), self.versions(planned));
        let is_lasting = match change {
            Change::Put(put) => put.parent.is_some() && put.expect_head.is_none() && put.tags.is_empty(),
            Change::Assert(_) | Change::Retract(_) | Change::Reinstate(_) => true,
            _ => false,
        };
        if is_lasting {
            self.lasting.push((again, self.versions(planned)));
        }
    }

    fn versions(&self, planned: &Planned) -> Vec<VersionId> {
        planned.outcomes.iter().map(|outcome| self.desk.world.version_id(outcome.version.unwrap())).collect()
    }

    /// Checks that an entry is consistent in itself before it is stored.
    fn check_entry(&mut self, entry: &Entry, planned: &Planned) {
        let TestLedger { world, head, .. } = &self.desk;
        assert_eq!(entry.commit.seq, head.seq.next());
        assert_eq!(entry.commit.previous, head.digest, "each commit names the one before");
        assert_eq!(Facts::unpack(&entry.commit.facts).unwrap(), entry.facts);
        let rows = Entry::rows_tree(&entry.versions, &entry.statements, &entry.asserted, &entry.blobs);
        assert_eq!(entry.commit.rows, rows);
        for outcome in &planned.outcomes {
            assert!(outcome.seq <= entry.commit.seq && (!outcome.created || outcome.seq == entry.commit.seq));
        }
        assert_eq!(entry.versions.len(), entry.facts.versions.len());
        for ((number, record), fact) in (world.counts().1..).zip(&entry.versions).zip(&entry.facts.versions) {
            assert_eq!(record.id, fact.id);
            assert_eq!(record.id, record.content.version_id(record.item, record.parent));
            assert_eq!(record.content.digest(), fact.content);
            assert_eq!(record.content.sources.len(), fact.sources.len());
            assert!(fact.sources.iter().all(|(_, source)| source.0 < number), "sources come before");
            assert!(fact.parent.is_none_or(|parent| parent.0 < number));
            let position = self.naive.history(self.naive.item_of(record.id), Seq(u64::MAX));
            let place = position.map(|version| version.id).position(|id| id == record.id).unwrap();
            assert_eq!(record.number as usize, place + 1, "numbers in a history have no gaps");
            if record.content.manifest.is_some() {
                self.chunked.insert(record.id, rebuilt(entry, record.id, &self.naive, &self.chunked));
            }
        }
    }

    /// Checks that the world agrees with the naive model.
    fn check_world(&self) {
        let (world, naive) = (&self.desk.world, &self.naive);
        let no = |id: VersionId| world.version(&id).unwrap();
        assert_eq!(world.counts(), (naive.items().len() as u32, naive.versions.len() as u32));
        for (number, version) in naive.versions.iter().enumerate() {
            let at = VersionNo(u32::try_from(number).unwrap());
            assert_eq!((no(version.id), world.version_id(at)), (at, version.id));
            assert_eq!(world.item_key(world.item_of(at)), &version.item);
            assert_eq!(world.seq_of(at), version.seq);
            assert_eq!(world.content(at), version.content.digest());
            assert_eq!(world.wrong(at), naive.wrong(version.id), "wrong");
            let last =
                world.last_statement(at).map(|(_, said)| (said.kind, said.by.map(|by| world.version_id(by))));
            assert_eq!(last, naive.last_statement(version.id).map(|said| (said.kind, said.by)));
            let pins = world
                .members(at)
                .into_iter()
                .map(|pin| (world.version_id(pin.version), (pin.split, pin.weight)));
            assert_eq!(pins.collect::<PinnedMembers>(), version.members, "members rebuilt from the facts");
            assert_eq!(
                self.chunked.get(&version.id).cloned().unwrap_or_default(),
                version.members,
                "and from rows"
            );
            let mut sources: Vec<_> =
                world.upstream(at).into_iter().map(|source| world.version_id(source)).collect();
            let mut expected = naive.upstream(version.id);
            sources.sort();
            expected.sort();
            assert_eq!(sources, expected);
            // One other version each time; over a history all pairs are compared.
            let other = &naive.versions[(number * 7 + naive.statements.len()) % naive.versions.len()];
            assert_eq!(world.depends_on(at, no(other.id)), naive.depends_on(version.id, other.id));
            for name in ["label-0", "label-1", "alias-0", "alias-1"] {
                let now = self.desk.head.seq;
                assert_eq!(world.label(at, name).is_some(), naive.label(version.id, name, now), "{name}");
                let alias = world.alias(world.item_of(at), name).map(|(at, _)| world.version_id(at));
                assert_eq!(alias, naive.alias(&version.item, name, now), "{name}");
            }
        }
        for (number, key) in naive.items().into_iter().enumerate() {
            let item = ItemNo(u32::try_from(number).unwrap());
            assert_eq!(world.item(&key.id()), Some(item));
            let history: Vec<_> =
                world.history(item).iter().map(|version| world.version_id(*version)).collect();
            assert!(naive.history(key, Seq(u64::MAX)).map(|version| version.id).eq(history));
        }
    }
}

/// Returns all members of a training set version, from those of the version before it and the
/// chunks of its commit.
fn rebuilt(
    entry: &Entry,
    set: VersionId,
    naive: &NaiveStore,
    chunked: &BTreeMap<VersionId, PinnedMembers>,
) -> PinnedMembers {
    let history = naive.history(naive.item_of(set), Seq(u64::MAX)).map(|version| version.id);
    let before = history.take_while(|id| *id != set).last();
    let mut members = before.map_or_else(PinnedMembers::new, |before| chunked[&before].clone());
    for chunk in entry.chunks.iter().filter(|chunk| chunk.set == set && !chunk.added) {
        for gone in &chunk.versions {
            let (split, weight) = members.remove(gone).unwrap();
            assert_eq!((split, weight), (chunk.split.clone(), chunk.weight));
        }
    }
    for chunk in entry.chunks.iter().filter(|chunk| chunk.set == set && chunk.added) {
        for came in &chunk.versions {
            assert!(members.insert(*came, (chunk.split.clone(), chunk.weight)).is_none());
        }
    }
    members
}
