//! Summaries: how much is upstream or downstream, or in a training set, counted by what it is.

pub mod pins;
pub mod values;

use std::cmp::Ordering;
use std::collections::HashMap;

use fixedbitset::FixedBitSet;

use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::domain::role::MEMBER;
use crate::lineage::at::At;
use crate::lineage::walk::closure::{Closure, Direction, Stopped, Visit, Walk};
use crate::lineage::walk::edges::{Hops, Role};
use crate::lineage::walk::flow::Budget;
pub use pins::{PinAspect, PinGrouping, PinShared};
pub use values::{Grouping, MAX_PATHS, Values};

/// What versions are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// What their items are.
    Kind,
    /// Where their items are.
    Namespace,
    /// How many hops away they are.
    Depth,
    /// Each tag on them.
    Tag,
    /// Each role of the edges by which the walk reached them.
    Role,
}

/// What the versions of a group have in common; parts that were not asked for are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Shared<'a> {
    /// What their items are.
    pub kind: Option<Kind>,
    /// Where their items are.
    pub namespace: Option<&'a str>,
    /// How many hops away they are.
    pub depth: Option<u32>,
    /// The tag; none for versions without one.
    pub tag: Option<&'a str>,
    /// The role.
    pub role: Option<&'a str>,
    /// The values of their attributes.
    pub values: Values<'a>,
}

impl Shared<'_> {
    /// By the first aspect in which two differ, then by values.
    #[must_use]
    pub fn compare(&self, other: &Self, by: &[Aspect]) -> Ordering {
        let compared = by.iter().map(|aspect| match aspect {
            Aspect::Kind => self.kind.cmp(&other.kind),
            Aspect::Namespace => self.namespace.cmp(&other.namespace),
            Aspect::Depth => self.depth.cmp(&other.depth),
            Aspect::Tag => self.tag.cmp(&other.tag),
            Aspect::Role => self.role.cmp(&other.role),
        });
        compared.fold(Ordering::Equal, Ordering::then).then(self.values.cmp(&other.values))
    }
}

/// What was reached, and in which groups.
#[derive(Debug, Clone, Default)]
pub struct Summary<'a> {
    /// The groups, in the order of the aspects asked for; none where none was. A version stands in several where it has
    /// several tags or roles.
    pub groups: Vec<(Shared<'a>, Vec<VersionNo>)>,
    /// All versions, nearest first.
    pub versions: Vec<VersionNo>,
    /// Why it is not whole, if it is not.
    pub stopped: Option<Stopped>,
    /// How many edges were followed.
    pub edges: u64,
}

/// The roles of the edges by which a walk reached versions, each once, by text.
type Roles<'a> = HashMap<VersionNo, Vec<&'a str>>;

impl<'a> At<'a> {
    /// Counts what a walk reached, as far as `keep` counts it, by aspects and then by the values at paths of attributes.
    #[must_use]
    pub fn grouped(
        self,
        closure: Closure,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        keep: &dyn Fn(VersionNo) -> bool,
        (by, paths): (&[Aspect], &[String]),
    ) -> Summary<'a> {
        let mut budget = Budget::edges(walk.max_edges - closure.edges);
        let roles = by.contains(&Aspect::Role).then(|| self.roles_of(starts, walk, &closure, &mut budget));
        let (roles, cut) = roles.unzip();
        let stopped = cut.flatten().or(closure.stopped);
        let mut groups: HashMap<Shared<'a>, Vec<VersionNo>> = HashMap::new();
        let (mut versions, grouping) = (Vec::new(), Grouping::new(self, paths));
        for visit in closure.visits {
            if !keep(visit.version) {
                continue;
            }
            versions.push(visit.version);
            if by.is_empty() && paths.is_empty() {
                continue;
            }
            let roles = roles.as_ref().map(|roles| roles.get(&visit.version).map_or(&[][..], Vec::as_slice));
            let values = grouping.of(visit.version);
            for shared in self.shares(visit, roles, by) {
                let shared = Shared { values, ..shared };
                groups.entry(shared).or_default().push(visit.version);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by(|(a, _), (b, _)| a.compare(b, by));
        Summary { groups, versions, stopped, edges: walk.max_edges - budget.edges }
    }

    /// The groups of one version: one for each of its tags and roles.
    fn shares(self, visit: Visit, roles: Option<&[&'a str]>, by: &[Aspect]) -> Vec<Shared<'a>> {
        let key = self.key(self.item_of(visit.version));
        let asked = |aspect| by.contains(&aspect);
        let plain = Shared {
            kind: asked(Aspect::Kind).then_some(key.kind),
            namespace: asked(Aspect::Namespace).then(|| key.namespace.as_str()),
            depth: asked(Aspect::Depth).then_some(visit.depth),
            ..Shared::default()
        };
        let mut tags: Vec<Option<&str>> = vec![None];
        if asked(Aspect::Tag) {
            let mut names: Vec<Option<&str>> =
                self.tags(visit.version).iter().map(|moved| Some(self.index().text(moved.name))).collect();
            names.dedup();
            if !names.is_empty() {
                tags = names;
            }
        }
        let roles: Vec<Option<&str>> =
            roles.map_or_else(|| vec![None], |roles| roles.iter().map(|role| Some(*role)).collect());
        let pairs = tags.into_iter().flat_map(|tag| roles.iter().map(move |role| (tag, *role)));
        pairs.map(|(tag, role)| Shared { tag, role, ..plain }).collect()
    }

    /// The roles of the edges by which a walk reached each version; and what ended the search for them, if anything did.
    fn roles_of(
        self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        closure: &Closure,
        budget: &mut Budget,
    ) -> (Roles<'a>, Option<Stopped>) {
        let (mut roles, mut cut) = (Roles::new(), None);
        for direction in [Direction::Up, Direction::Down] {
            if walk.direction == Direction::Both {
                let one = Walk { direction, roles: walk.roles.clone(), max_edges: budget.edges, ..*walk };
                let closure = self.closure(starts, &one);
                budget.edges -= closure.edges;
                cut =
                    cut.or(closure.stopped.filter(|reason| matches!(reason, Stopped::Edges | Stopped::Time)));
                self.roles_one_way(starts, &one, &closure, (&mut roles, budget));
            } else if walk.direction == direction {
                self.roles_one_way(starts, walk, closure, (&mut roles, budget));
            }
        }
        for texts in roles.values_mut() {
            texts.sort_unstable();
            texts.dedup();
        }
        (roles, budget.spent.then_some(Stopped::Edges).or(cut))
    }

    fn roles_one_way(
        self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        closure: &Closure,
        (roles, budget): (&mut Roles<'a>, &mut Budget),
    ) {
        let visible = self.visible() as usize;
        let mut reached = FixedBitSet::with_capacity(visible);
        let mut left = FixedBitSet::with_capacity(visible);
        starts.iter().for_each(|start| left.insert(start.at()));
        for visit in &closure.visits {
            reached.insert(visit.version.at());
            if walk.max_depth.is_none_or(|most| visit.depth < most) && !(walk.stop_at)(self, visit.version) {
                left.insert(visit.version.at());
            }
        }
        let hops = Hops::new(self, walk.roles.as_deref());
        let mut note = |from: VersionNo, to: VersionNo, role: Role| {
            if left.contains(from.at()) && reached.contains(to.at()) {
                let role = role.map_or(MEMBER, |role| self.index().text(role));
                let known = roles.entry(to).or_default();
                // Members come in long runs of one role.
                if known.last() != Some(&role) {
                    known.push(role);
                }
            }
            budget.take()
        };
        let all = || starts.iter().copied().chain(closure.visits.iter().map(|visit| visit.version));
        let mut gone_from = all().filter(|version| left.contains(version.at()));
        if walk.direction == Direction::Up {
            gone_from.all(|below| hops.up(below, |above, role| note(below, above, role)));
            return;
        }
        // Derivations know their roles at their lower end. Pins have one role, and a set that is reached may have millions
        // of members of which the walk came from few.
        let whole = all().all(|below| hops.sources(below, |above, role| note(above, below, role)));
        if whole {
            gone_from.all(|above| hops.sets(above, |below| note(above, below, None)));
        }
    }
}
