//! Small random worlds, as an index and as a plain list of edges.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::domain::id::{Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::facts::{AssertedFact, Facts, MembershipFact, Pin, Stamp, TagFact, VersionFact};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::Index;

/// An action of a commit. Versions are picked by position among the existing ones.
#[derive(Debug, Clone)]
enum Act {
    Put { item: u8, sources: Vec<(u8, u16)> },
    Pin { set: u8, members: Vec<u16> },
    Assert { derived: u16, source: u16, role: u8 },
    Tag { name: u8, version: u16, set: bool },
}

fn act() -> impl Strategy<Value = Act> {
    let picks = |most| prop::collection::vec(any::<u16>(), 0..most);
    prop_oneof![
        9 => (0..12_u8, prop::collection::vec((0..3_u8, any::<u16>()), 0..4))
            .prop_map(|(item, sources)| Act::Put { item, sources }),
        3 => (0..2_u8, picks(8)).prop_map(|(set, members)| Act::Pin { set, members }),
        2 => (any::<u16>(), any::<u16>(), 0..3_u8)
            .prop_map(|(derived, source, role)| Act::Assert { derived, source, role }),
        1 => (0..2_u8, any::<u16>(), any::<bool>())
            .prop_map(|(name, version, set)| Act::Tag { name, version, set }),
    ]
}

/// An edge, and the commit that added it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WorldEdge {
    pub below: VersionNo,
    pub above: VersionNo,
    pub role: &'static str,
    pub pin: bool,
    pub seq: Seq,
}

const ROLES: [&str; 4] = ["INPUT", "OUTLINE", "MEMBER", "EXTRA"];

/// A history, with all of its edges.
#[derive(Debug, Default)]
pub(crate) struct LineageWorld {
    pub index: Index,
    pub edges: Vec<WorldEdge>,
    items: Vec<(ItemKey, u32)>,
    of: Vec<usize>,
    members: BTreeMap<usize, BTreeSet<VersionNo>>,
}

impl LineageWorld {
    fn pick(&self, position: u16) -> Option<VersionNo> {
        let count = self.of.len();
        (count > 0).then(|| VersionNo(u32::try_from(usize::from(position) % count).unwrap()))
    }

    fn item(&mut self, kind: Kind, n: u8, facts: &mut Facts) -> usize {
        let namespace = if n.is_multiple_of(4) { "other" } else { "default" };
        let key = ItemKey::new(namespace.parse().unwrap(), kind, &format!("{n}")).unwrap();
        if let Some(place) = self.items.iter().position(|(known, _)| *known == key) {
            return place;
        }
        facts.items.push(key.clone());
        self.items.push((key, 0));
        self.items.len() - 1
    }

    fn version(&mut self, item: usize, sources: Vec<(String, VersionNo)>, facts: &mut Facts) -> VersionNo {
        let version = VersionNo(u32::try_from(self.of.len()).unwrap());
        let name = *blake3::hash(&version.0.to_le_bytes()).as_bytes();
        self.of.push(item);
        self.items[item].1 += 1;
        facts.versions.push(VersionFact {
            id: VersionId::from_bytes(name),
            item: ItemNo(u32::try_from(item).unwrap()),
            parent: None,
            content: name,
            payload: None,
            sources,
            ontology: None,
            attributes: Vec::new(),
            words: Vec::new(),
            classes: Vec::new(),
            stale_classes: Vec::new(),
        });
        version
    }

    fn act(&mut self, act: &Act, facts: &mut Facts) {
        let seq = self.index.seq().next();
        match act {
            Act::Put { item, sources } => {
                let kinds = [Kind::Source, Kind::Label, Kind::Derived, Kind::Model];
                let picked: BTreeSet<_> = sources
                    .iter()
                    .filter_map(|(role, at)| Some((ROLES[usize::from(*role)], self.pick(*at)?)))
                    .collect();
                let named = picked.iter().map(|(role, above)| ((*role).to_owned(), *above)).collect();
                let item = self.item(kinds[usize::from(*item) % 4], *item, facts);
                let below = self.version(item, named, facts);
                let edges = picked.into_iter();
                self.edges.extend(edges.map(|(role, above)| WorldEdge {
                    below,
                    above,
                    role,
                    pin: false,
                    seq,
                }));
            }
            Act::Pin { set, members } => {
                let members: BTreeSet<_> = members.iter().filter_map(|at| self.pick(*at)).collect();
                let item = self.item(Kind::TrainingSet, *set, facts);
                // A set is never its own member, directly or not.
                let own = |version: &VersionNo| self.of[version.at()] == item;
                let members: BTreeSet<_> = members.into_iter().filter(|member| !own(member)).collect();
                let below = self.version(item, Vec::new(), facts);
                let before = self.members.insert(item, members.clone()).unwrap_or_default();
                let pin =
                    |version: &VersionNo| Pin { version: *version, split: "TRAIN".into(), weight: None };
                facts.memberships.push(MembershipFact {
                    set: below,
                    complete: true,
                    removed: before.difference(&members).copied().collect(),
                    added: members.difference(&before).map(pin).collect(),
                });
                let role = "MEMBER";
                self.edges.extend(members.into_iter().map(|above| WorldEdge {
                    below,
                    above,
                    role,
                    pin: true,
                    seq,
                }));
            }
            Act::Assert { derived, source, role } => {
                let (Some(below), Some(above)) = (self.pick(*derived), self.pick(*source)) else { return };
                let role = ROLES[usize::from(*role)];
                let circle = below == above || self.upstream(above, self.index.seq().next()).contains(&below);
                let known = |edge: &WorldEdge| {
                    (edge.below, edge.above, edge.role, edge.pin) == (below, above, role, false)
                };
                if circle || self.edges.iter().any(known) {
                    return;
                }
                facts.asserted.push(AssertedFact { derived: below, source: above, role: role.to_owned() });
                self.edges.push(WorldEdge { below, above, role, pin: false, seq });
            }
            Act::Tag { name, version, set } => {
                let Some(version) = self.pick(*version) else { return };
                facts.tags.push(TagFact { name: format!("tag{name}"), alias: false, version, set: *set });
            }
        }
    }

    fn commit(&mut self, acts: &[Act]) {
        let mut facts = Facts::default();
        acts.iter().for_each(|act| self.act(act, &mut facts));
        let seq = self.index.seq().next();
        self.index.apply(Stamp { seq, time: i64::try_from(seq.0).unwrap(), author: "ada" }, &facts).unwrap();
    }

    /// Everything upstream of a version, as of a commit.
    pub(crate) fn upstream(&self, version: VersionNo, seq: Seq) -> BTreeSet<VersionNo> {
        let mut met = BTreeSet::new();
        let mut open = vec![version];
        while let Some(next) = open.pop() {
            for edge in self.edges.iter().filter(|edge| edge.seq <= seq && edge.below == next) {
                if met.insert(edge.above) {
                    open.push(edge.above);
                }
            }
        }
        met
    }

    /// The versions that exist as of a commit.
    pub(crate) fn versions(&self, seq: Seq) -> Vec<VersionNo> {
        (0..crate::lineage::At::new(&self.index, seq).visible()).map(VersionNo).collect()
    }

    /// A version that exists as of a commit, by position; `None` if there is none.
    pub(crate) fn any(&self, seq: Seq, position: u16) -> Option<VersionNo> {
        let versions = self.versions(seq);
        versions.get(usize::from(position).checked_rem(versions.len())?).copied()
    }
}

/// Checks many worlds, each as of one of its commits, with a few random numbers.
pub(crate) fn over_worlds(check: impl Fn(&LineageWorld, Seq, &[u16])) {
    let commits = prop::collection::vec(prop::collection::vec(act(), 1..5), 1..12);
    let worlds = (commits, prop::collection::vec(any::<u16>(), 8));
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(384) };
    let held = TestRunner::new(config).run(&worlds, |(commits, choices)| {
        let mut world = LineageWorld::default();
        commits.iter().for_each(|acts| world.commit(acts));
        // Mostly the newest commit; the edges of later ones must not be seen.
        let newest = world.index.seq().0;
        let seq = if choices[0].is_multiple_of(3) { 1 + u64::from(choices[1]) % newest } else { newest };
        check(&world, Seq(seq), &choices[2..]);
        Ok(())
    });
    held.unwrap_or_else(|failure| panic!("{failure}"));
}
