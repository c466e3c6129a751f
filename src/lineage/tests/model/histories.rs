//! Small random worlds, made of facts alone: a few items of every kind, sets in sets, asserted
//! derivations.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::facts::{
    AssertedFact, Facts, MembershipFact, Pin, Stamp, StatementFact, VersionFact,
};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::searchable::ValueKey;
use crate::domain::statement::StatementKind;
use crate::lineage::{At, Index, IndexLock, Loading};

/// An action; its numbers pick from existing versions.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Make {
        item: u8,
        says: u8,
        sources: Vec<u8>,
    },
    /// A model of a set, an evaluation or a deployment of a model.
    Learn {
        what: u8,
        from: u8,
    },
    Pin {
        set: u8,
        members: Vec<(u8, u8)>,
    },
    Say {
        kind: u8,
        of: u8,
    },
    Assert {
        derived: u8,
        source: u8,
    },
}

/// Any history of actions, commit by commit.
fn histories(commits: usize) -> impl Strategy<Value = Vec<Vec<Deed>>> {
    let n = any::<u8>;
    let deed = prop_oneof![
        6 => (n(), n(), prop::collection::vec(n(), 0..4))
            .prop_map(|(item, says, sources)| Deed::Make { item, says, sources }),
        4 => (n(), prop::collection::vec((n(), n()), 0..7)).prop_map(|(set, members)| Deed::Pin { set, members }),
        5 => (n(), n()).prop_map(|(what, from)| Deed::Learn { what, from }),
        4 => (n(), n()).prop_map(|(kind, of)| Deed::Say { kind, of }),
        3 => (n(), n()).prop_map(|(derived, source)| Deed::Assert { derived, source }),
    ];
    prop::collection::vec(prop::collection::vec(deed, 1..5), 1..commits)
}

/// Runs a check on many random worlds, and on each also after a restart in the middle of its
/// history.
pub(crate) fn in_any_world(cases: u32, commits: usize, ask: impl Fn(&Index)) {
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) });
    let held = runner.run(&histories(commits), |history| {
        let mut world = Builder::default();
        history.iter().for_each(|deeds| world.commit(deeds));
        ask(&world.index);
        ask(&world.started(history.len() / 2));
        Ok(())
    });
    held.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Runs a check on many random worlds as of each seq: on the finished index, and on one that is at
/// that seq when the query starts and gets the next commit at each pause.
pub(crate) fn while_it_grows(cases: u32, commits: usize, ask: impl Fn(At<'_>, &dyn Fn() -> GrowingIndex)) {
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) });
    let held = runner.run(&histories(commits), |history| {
        let mut world = Builder::default();
        history.iter().for_each(|deeds| world.commit(deeds));
        for seq in seqs(&world.index) {
            let (before, after) = world.log.split_at(usize::try_from(seq.0).unwrap());
            let growing = || {
                let mut growing = GrowingIndex { rest: before.to_vec(), index: Index::default(), pauses: 0 };
                growing.grow(before.len());
                growing.rest = after.to_vec();
                growing
            };
            ask(At::new(&world.index, seq), &growing);
        }
        Ok(())
    });
    held.unwrap_or_else(|failure| panic!("{failure}"));
}

/// An index that gets another commit whenever a traversal releases it.
pub(crate) struct GrowingIndex {
    index: Index,
    rest: Vec<(i64, Facts)>,
    pub pauses: usize,
}

impl GrowingIndex {
    fn grow(&mut self, commits: usize) {
        for (time, facts) in self.rest.drain(..commits.min(self.rest.len())) {
            let seq = self.index.seq().next();
            self.index.apply(Stamp { seq, time, author: "ada" }, &facts).unwrap();
        }
    }
}

impl IndexLock for GrowingIndex {
    fn index(&self) -> &Index {
        &self.index
    }

    fn pause(&mut self) {
        self.pauses += 1;
        self.grow(1);
    }

    fn unlocked(&mut self, work: &mut dyn FnMut()) {
        self.grow(1);
        work();
        self.grow(1);
    }
}

/// All visible versions.
pub(crate) fn versions(at: At<'_>) -> impl Iterator<Item = VersionNo> {
    (0..at.visible()).map(VersionNo)
}

const KINDS: [Kind; 12] = [
    Kind::Source,
    Kind::Source,
    Kind::Label,
    Kind::Label,
    Kind::Derived,
    Kind::Derived,
    Kind::Bundle,
    Kind::Ontology,
    Kind::Model,
    Kind::Model,
    Kind::Evaluation,
    Kind::Deployment,
];

#[derive(Default)]
struct Builder {
    index: Index,
    log: Vec<(i64, Facts)>,
    items: Vec<ItemKey>,
    /// The item of each version.
    versions: Vec<ItemNo>,
    /// The members of each set's newest version.
    members: BTreeMap<ItemNo, BTreeMap<VersionNo, &'static str>>,
}

impl Builder {
    fn commit(&mut self, deeds: &[Deed]) {
        let mut facts = Facts::default();
        let before = self.versions.len();
        for deed in deeds {
            match deed {
                Deed::Make { item, says, sources } => {
                    let kind = KINDS[usize::from(item % 12)];
                    let item = self.item(&mut facts, kind, item % 24);
                    let mut sources: Vec<_> = sources
                        .iter()
                        .filter_map(|pick| self.pick(*pick))
                        .map(|v| ("INPUT".to_owned(), v))
                        .collect();
                    sources.sort();
                    sources.dedup();
                    self.version(&mut facts, item, *says, sources);
                }
                Deed::Learn { what, from } => {
                    let (kind, of) = match what % 7 {
                        0 | 1 => (Kind::Model, Kind::TrainingSet),
                        2 => (Kind::Evaluation, Kind::Model),
                        3 => (Kind::Deployment, Kind::Model),
                        4 => (Kind::Evaluation, Kind::TrainingSet),
                        5 => (Kind::Model, Kind::Evaluation),
                        _ => (Kind::Deployment, Kind::Evaluation),
                    };
                    let Some(source) = self.pick_of(of, *from) else { continue };
                    let item = self.item(&mut facts, kind, what / 16 % 2);
                    self.version(&mut facts, item, *from, vec![("INPUT".to_owned(), source)]);
                }
                Deed::Pin { set, members } => self.pin(&mut facts, set % 3, members),
                Deed::Say { kind, of } => {
                    let Some(version) = self.pick(*of) else { continue };
                    let kind = match kind % 5 {
                        0 => StatementKind::Reinstates,
                        1 | 2 => StatementKind::Retracts,
                        _ => StatementKind::Corrects,
                    };
                    facts.statements.push(StatementFact { kind, version, by: None, reason: [0; 32] });
                }
                Deed::Assert { derived, source } => {
                    // Between versions of earlier commits, so that the index can tell if it would
                    // close a cycle.
                    let old = |pick: &u8| (before > 0).then(|| VersionNo(u32::from(*pick) % before as u32));
                    let (Some(derived), Some(source)) = (old(derived), old(source)) else { continue };
                    let alone = facts.asserted.is_empty();
                    if alone && !At::new(&self.index, self.index.seq()).reaches(derived, source) {
                        facts.asserted.push(AssertedFact { derived, source, role: "INPUT".to_owned() });
                    }
                }
            }
        }
        let seq = self.index.seq().next();
        // Intervals of unequal length, so that durations differ.
        let time = i64::try_from(seq.0 * seq.0).unwrap() * 1_000_000;
        self.index.apply(Stamp { seq, time, author: "ada" }, &facts).unwrap();
        self.log.push((time, facts));
    }

    /// The index of a server that was started after this number of commits.
    fn started(&self, after: usize) -> Index {
        let commits = (1..).map(Seq).zip(&self.log);
        let (mut loading, mut then) = (Loading::default(), commits.clone().skip(after));
        for (seq, (time, facts)) in commits.take(after) {
            loading.apply(Stamp { seq, time: *time, author: "ada" }, facts.pack()).unwrap();
        }
        let mut index = loading.settled().unwrap();
        then.try_for_each(|(seq, (time, facts))| {
            index.apply(Stamp { seq, time: *time, author: "ada" }, facts)
        })
        .unwrap();
        index
    }

    fn pick(&self, pick: u8) -> Option<VersionNo> {
        // The newest are picked more often than by chance.
        let all = self.versions.len();
        let reach = if pick.is_multiple_of(2) { all } else { all.min(6) };
        (reach > 0).then(|| VersionNo((all - 1 - usize::from(pick / 2) % reach) as u32))
    }

    fn pick_of(&self, kind: Kind, pick: u8) -> Option<VersionNo> {
        let all: Vec<usize> = (0..self.versions.len())
            .filter(|version| self.items[self.versions[*version].at()].kind == kind)
            .collect();
        let place = all.len().checked_sub(1 + usize::from(pick) % all.len().clamp(1, 3))?;
        Some(VersionNo(all[place] as u32))
    }

    fn item(&mut self, facts: &mut Facts, kind: Kind, name: u8) -> ItemNo {
        let key = ItemKey::new("default".parse().unwrap(), kind, &format!("item-{name}")).unwrap();
        let known = self.items.iter().position(|item| *item == key);
        let place = known.unwrap_or_else(|| {
            facts.items.push(key.clone());
            self.items.push(key);
            self.items.len() - 1
        });
        ItemNo(place as u32)
    }

    fn version(
        &mut self,
        facts: &mut Facts,
        item: ItemNo,
        says: u8,
        sources: Vec<(String, VersionNo)>,
    ) -> VersionNo {
        let version = VersionNo(self.versions.len() as u32);
        let mut id = [0; 32];
        id[..4].copy_from_slice(&version.0.to_le_bytes());
        self.versions.push(item);
        facts.versions.push(VersionFact {
            id: VersionId::from_bytes(id),
            item,
            parent: None,
            content: [says % 5; 32],
            payload: (!says.is_multiple_of(3)).then(|| Digest::of(&[says / 8 % 4])),
            sources,
            ontology: None,
            attributes: attributes(says),
            words: Vec::new(),
            classes: Vec::new(),
            stale_classes: Vec::new(),
        });
        version
    }

    fn pin(&mut self, facts: &mut Facts, name: u8, members: &[(u8, u8)]) {
        let item = self.item(facts, Kind::TrainingSet, name);
        let first = members.first().map(|(pick, _)| *pick);
        let picked = members.iter().filter_map(|(pick, split)| {
            Some((self.pick(*pick)?, if split % 3 == 0 { "TEST" } else { "TRAIN" }))
        });
        let members: BTreeMap<VersionNo, &str> =
            picked.filter(|(member, _)| self.versions[member.at()] != item).collect();
        let before = self.members.insert(item, members.clone()).unwrap_or_default();
        // A derivation into the set itself, which does not change its contents.
        let whole = first.filter(|pick| pick % 4 == 0).and_then(|pick| self.pick_of(Kind::TrainingSet, pick));
        let sources = whole.map(|source| ("INPUT".to_owned(), source)).into_iter().collect();
        let set = self.version(facts, item, name, sources);
        let removed = before.iter().filter(|(member, split)| members.get(member) != Some(split));
        let added = members.iter().filter(|(member, split)| before.get(member) != Some(split));
        facts.memberships.push(MembershipFact {
            set,
            complete: first.is_none_or(|pick| pick % 3 != 0),
            removed: removed.map(|(member, _)| *member).collect(),
            added: added
                .map(|(member, split)| Pin { version: *member, split: (*split).to_owned(), weight: None })
                .collect(),
        });
    }
}

/// One attribute with one of a few values, or none.
fn attributes(says: u8) -> Vec<(String, ValueKey)> {
    let value = match says % 4 {
        0 => return Vec::new(),
        1 => Value::Null,
        2 => Value::from(says / 4 % 2),
        _ => Value::from(vec![says / 4 % 2; 40]),
    };
    vec![("says".to_owned(), ValueKey::new(&value))]
}

/// Every seq of a world, including that of the empty store.
pub(crate) fn seqs(index: &Index) -> impl Iterator<Item = Seq> {
    (0..=index.seq().0).map(Seq)
}
