//! Questions about training sets beside the main one: who holds a version, how two versions differ, how fresh one is.

use std::collections::{BTreeMap, BTreeSet};

use super::at::At;
use super::flow::{Budget, Tracer, Walls};
use super::impact::Inclusion;
use super::membership::Stay;
use super::names::Name;
use crate::domain::facts::{ItemNo, VersionNo};

/// That a set version holds a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// The set version.
    pub set: VersionNo,
    /// The member: the version itself, or what was made from it.
    pub pinned: VersionNo,
    /// The member's split.
    pub split: Name,
    /// How the set holds the version.
    pub inclusion: Inclusion,
}

/// How the members of two set versions differ. Each list is in the order of version numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// Members of the second whose item has no member in the first.
    pub added: Vec<Stay>,
    /// Members of the first whose item has no member in the second.
    pub removed: Vec<Stay>,
    /// Members of both, at another version, or with another split or weight.
    pub repinned: Vec<(Stay, Stay)>,
}

/// How many members of a set version have been overtaken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overtaken {
    /// All members.
    pub members: usize,
    /// Those that are wrong or were made from something wrong.
    pub wrong: usize,
    /// Those that are not their item's head.
    pub superseded: usize,
}

impl At<'_> {
    /// The set versions that hold any of these versions, whether these are wrong or not; none where more than `edges`
    /// derivations would have to be followed.
    #[must_use]
    pub fn holders(
        self,
        versions: &[VersionNo],
        inclusion: &BTreeSet<Inclusion>,
        edges: u64,
    ) -> Option<Vec<Holding>> {
        let coarse = inclusion.contains(&Inclusion::Coarse);
        let asked: BTreeSet<VersionNo> = versions.iter().copied().collect();
        let starts: Vec<VersionNo> = asked.iter().copied().collect();
        let mut tracer = Tracer::new(self, Walls { through_models: false, coarse }, Budget::edges(edges));
        let flow = tracer.flow(&starts);
        if tracer.budget.spent {
            return None;
        }
        let mut found = Vec::new();
        for node in &flow.nodes {
            let how = match (node.coarse, asked.contains(&node.version)) {
                (true, _) => Inclusion::Coarse,
                (false, true) => Inclusion::Direct,
                (false, false) => Inclusion::Derived,
            };
            if !inclusion.contains(&how) {
                continue;
            }
            for (item, stay) in self.pins(node.version) {
                let held = |set: &VersionNo| Holding {
                    set: *set,
                    pinned: node.version,
                    split: stay.split,
                    inclusion: how,
                };
                found.extend(self.span(item, stay).iter().map(held));
            }
        }
        found.sort_unstable();
        Some(found)
    }

    /// The wrong versions that a set version holds: its members' and those upstream of them, by number.
    #[must_use]
    pub fn wrong_in(self, set: VersionNo) -> Vec<VersionNo> {
        let mut seen = fixedbitset::FixedBitSet::with_capacity(self.visible() as usize);
        let mut open: Vec<VersionNo> = self.members(set).map(|stay| stay.member).collect();
        open.iter().for_each(|member| seen.insert(member.at()));
        let mut wrong = Vec::new();
        while let Some(next) = open.pop() {
            if self.wrong(next).is_some() {
                wrong.push(next);
            }
            let upstream = self.sources(next).map(|edge| edge.other);
            open.extend(
                upstream.chain(self.members(next).map(|stay| stay.member)).filter(|v| !seen.put(v.at())),
            );
        }
        wrong.sort_unstable();
        wrong
    }

    /// How the members of two set versions differ, of one set or of two.
    #[must_use]
    pub fn difference(self, first: VersionNo, second: VersionNo) -> Difference {
        let by_version = |set: VersionNo| -> BTreeMap<VersionNo, Stay> {
            self.members(set).map(|stay| (stay.member, *stay)).collect()
        };
        let (before, after) = (by_version(first), by_version(second));
        let mut difference = Difference::default();
        let mut gone: BTreeMap<ItemNo, Vec<Stay>> = BTreeMap::new();
        for (member, stay) in &before {
            match after.get(member) {
                None => gone.entry(self.item_of(*member)).or_default().push(*stay),
                Some(now) if (now.split, now.weight) != (stay.split, stay.weight) => {
                    difference.repinned.push((*stay, *now));
                }
                Some(_) => {}
            }
        }
        for (member, stay) in after.iter().filter(|(member, _)| !before.contains_key(member)) {
            match gone.get_mut(&self.item_of(*member)).and_then(Vec::pop) {
                Some(old) => difference.repinned.push((old, *stay)),
                None => difference.added.push(*stay),
            }
        }
        difference.removed = gone.into_values().flatten().collect();
        difference.removed.sort_unstable_by_key(|stay| stay.member);
        difference.repinned.sort_unstable_by_key(|(_, stay)| stay.member);
        difference
    }

    /// How many members of a set version have been overtaken; none where more than `edges` derivations would have to be
    /// followed.
    #[must_use]
    pub fn overtaken(self, set: VersionNo, edges: u64) -> Option<Overtaken> {
        let wrong: Vec<VersionNo> = self.all_wrong().collect();
        let mut tracer = Tracer::new(self, Walls::default(), Budget::edges(edges));
        let flow = tracer.flow(&wrong);
        let tainted: BTreeSet<VersionNo> = flow.nodes.iter().map(|node| node.version).collect();
        let mut overtaken = Overtaken::default();
        for stay in self.members(set) {
            overtaken.members += 1;
            overtaken.wrong += usize::from(tainted.contains(&stay.member));
            overtaken.superseded += usize::from(!self.is_head(stay.member));
        }
        (!tracer.budget.spent).then_some(overtaken)
    }

    /// The models, evaluations and deployments made from a set version, by number: what learnt from it. A derivation
    /// into another training set is not followed, because that set is judged by its own members.
    #[must_use]
    pub fn consumers(self, set: VersionNo, edges: u64) -> Option<Vec<VersionNo>> {
        use crate::domain::item::Kind;
        let mut seen = BTreeSet::from([set]);
        let (mut open, mut left) = (vec![set], edges);
        while let Some(next) = open.pop() {
            for derived in self.flow_from(next) {
                left = left.checked_sub(1)?;
                if self.kind(derived) != Kind::TrainingSet && seen.insert(derived) {
                    open.push(derived);
                }
            }
        }
        let consumes = |kind: Kind| matches!(kind, Kind::Model | Kind::Evaluation | Kind::Deployment);
        Some(seen.into_iter().filter(|version| consumes(self.kind(*version))).collect())
    }
}
