//! Any sequence of proposals, judged by the rules over a world, against the same sequence told naively.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::asking::Asking;
use super::commands::{Command, STORED, beginning, commits};
use super::desk::{Desk, Ground};
use super::model::Model;
use super::story::{Refreshes, tell};
use super::told::{Pinned, Told};
use crate::domain::id::{Seq, VersionId};
use crate::domain::log::entry::Entry;
use crate::domain::log::facts::Facts;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::write::plan::Planned;
use crate::domain::write::proposal::{Change, Proposal};

/// Asks a kind of world for everything that the rules promise, over random histories.
pub(crate) fn agrees<G: Ground>() {
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) });
    let held = runner.run(&commits(), |commits| {
        Trial::<G>::new().run(&commits);
        Ok(())
    });
    held.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_rules_agree_with_a_naive_telling() {
    agrees::<Model>();
}

/// A world and the telling of the same history.
struct Trial<G> {
    desk: Desk<G>,
    told: Told,
    /// Members of training set versions, rebuilt from the rows alone.
    chunked: BTreeMap<VersionId, Pinned>,
    /// Proposals that name their parents, and statements: they find their own results for ever.
    lasting: Vec<(Proposal, Vec<VersionId>)>,
}

impl<G: Ground> Trial<G> {
    fn new() -> Self {
        let desk = Desk::new(&STORED);
        Self { desk, told: Told::default(), chunked: BTreeMap::new(), lasting: Vec::new() }
    }

    fn run(&mut self, commits: &[(Vec<Command>, bool)]) {
        self.step(&Asking::proposal(&self.told, &beginning(), None));
        for (number, (commands, keyed)) in commits.iter().enumerate() {
            let key = keyed.then(|| format!("request {number}"));
            let proposal = Asking::proposal(&self.told, commands, key);
            self.step(&proposal);
            if commands.len() > 1 {
                // Whatever comes of a retry (see `retry`), it is what the rules say.
                self.step(&proposal);
            }
        }
        for version in &self.told.versions {
            let mut sources = self.told.upstream(version.id).into_iter();
            assert!(
                sources.all(|source| !self.told.depends_on(source, version.id)),
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
        let told = tell(&self.told, proposal, seq, &self.desk.stored, self.refreshed(proposal));
        let (planned, (told, said)) = match (planned, told) {
            (Err(_), None) => return,
            (Ok(planned), Some(told)) => (planned, told),
            (Err(refused), Some(_)) => panic!("refused, but should pass: {refused}\n{proposal:#?}"),
            (Ok(_), None) => panic!("passed, but should be refused: {proposal:#?}"),
        };
        let is_kept = proposal.idempotency_key.is_some();
        assert_eq!(planned.entry.is_some(), told != self.told || is_kept, "{proposal:#?}");
        self.told = told;
        if let Some(entry) = planned.entry.clone() {
            self.check_entry(&entry, &planned);
            self.desk.store(entry);
        }
        let made: Vec<bool> = planned.outcomes.iter().map(|outcome| outcome.created).collect();
        assert_eq!(self.versions(&planned).into_iter().zip(made).collect::<Vec<_>>(), said, "{proposal:#?}");
        self.check_world();
        self.retry(proposal, &planned);
    }

    /// The members that each refresh of a proposal leaves, by set: of the items that were members, none wrong.
    fn refreshed(&self, proposal: &Proposal) -> Refreshes {
        let world = &self.desk.world;
        let mut all = Refreshes::new();
        for change in &proposal.changes {
            let Change::Refresh(refresh) = change else { continue };
            let Some(head) = self.told.head(&refresh.item) else { continue };
            let mut members = Pinned::new();
            for pin in world.refreshed(world.version(&head.id).unwrap(), &refresh.causes).members {
                let id = world.version_id(pin.version);
                let item = self.told.item_of(id);
                assert!(head.members.keys().any(|old| self.told.item_of(*old) == item), "no new items");
                assert!(refresh.causes.len() == 1 || !self.told.wrong(id), "nothing wrong stays");
                members.entry(id).or_insert((pin.split, pin.weight));
            }
            all.insert((refresh.item.clone(), refresh.causes.clone()), members);
        }
        all
    }

    /// At once again: nothing is made. A commit that puts one item twice has moved its own parents, so commits of
    /// one change are asked; they also find their results later, if they name their parents.
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

    /// What is about to be stored holds together by itself.
    fn check_entry(&mut self, entry: &Entry, planned: &Planned) {
        let Desk { world, head, .. } = &self.desk;
        assert_eq!(entry.commit.seq, head.seq.next());
        assert_eq!(entry.commit.previous, head.digest, "each commit names the one before");
        assert_eq!(Facts::unpack(&entry.commit.facts).unwrap(), entry.facts);
        let rows = Entry::rows_digest(&entry.versions, &entry.statements, &entry.asserted, &entry.blobs);
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
            let position = self.told.history(self.told.item_of(record.id), Seq(u64::MAX));
            let place = position.map(|version| version.id).position(|id| id == record.id).unwrap();
            assert_eq!(record.number as usize, place + 1, "numbers in a history have no gaps");
            if record.content.manifest.is_some() {
                self.chunked.insert(record.id, rebuilt(entry, record.id, &self.told, &self.chunked));
            }
        }
    }

    /// The world says what was told.
    fn check_world(&self) {
        let (world, told) = (&self.desk.world, &self.told);
        let no = |id: VersionId| world.version(&id).unwrap();
        assert_eq!(world.counts(), (told.items().len() as u32, told.versions.len() as u32));
        for (number, version) in told.versions.iter().enumerate() {
            let at = VersionNo(u32::try_from(number).unwrap());
            assert_eq!((no(version.id), world.version_id(at)), (at, version.id));
            assert_eq!(world.item_key(world.item_of(at)), &version.item);
            assert_eq!(world.seq_of(at), version.seq);
            assert_eq!(world.content(at), version.content.digest());
            assert_eq!(world.wrong(at), told.wrong(version.id), "wrong");
            let last =
                world.last_statement(at).map(|(_, said)| (said.kind, said.by.map(|by| world.version_id(by))));
            assert_eq!(last, told.last_statement(version.id).map(|said| (said.kind, said.by)));
            let pins = world
                .members(at)
                .into_iter()
                .map(|pin| (world.version_id(pin.version), (pin.split, pin.weight)));
            assert_eq!(pins.collect::<Pinned>(), version.members, "members rebuilt from the facts");
            assert_eq!(
                self.chunked.get(&version.id).cloned().unwrap_or_default(),
                version.members,
                "and from rows"
            );
            let mut sources: Vec<_> =
                world.upstream(at).into_iter().map(|source| world.version_id(source)).collect();
            let mut expected = told.upstream(version.id);
            sources.sort();
            expected.sort();
            assert_eq!(sources, expected);
            // One other version each time; over a history all pairs have their turn.
            let other = &told.versions[(number * 7 + told.statements.len()) % told.versions.len()];
            assert_eq!(world.depends_on(at, no(other.id)), told.depends_on(version.id, other.id));
            for name in ["label-0", "label-1", "alias-0", "alias-1"] {
                let now = self.desk.head.seq;
                assert_eq!(world.label(at, name).is_some(), told.label(version.id, name, now), "{name}");
                let alias = world.alias(world.item_of(at), name).map(|(at, _)| world.version_id(at));
                assert_eq!(alias, told.alias(&version.item, name, now), "{name}");
            }
        }
        for (number, key) in told.items().into_iter().enumerate() {
            let item = ItemNo(u32::try_from(number).unwrap());
            assert_eq!(world.item(&key.id()), Some(item));
            let history: Vec<_> =
                world.history(item).iter().map(|version| world.version_id(*version)).collect();
            assert!(told.history(key, Seq(u64::MAX)).map(|version| version.id).eq(history));
        }
    }
}

/// All members of a training set version, from those of the version before it and the chunks of its commit.
fn rebuilt(entry: &Entry, set: VersionId, told: &Told, chunked: &BTreeMap<VersionId, Pinned>) -> Pinned {
    let history = told.history(told.item_of(set), Seq(u64::MAX)).map(|version| version.id);
    let before = history.take_while(|id| *id != set).last();
    let mut members = before.map_or_else(Pinned::new, |before| chunked[&before].clone());
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
