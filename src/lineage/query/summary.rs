//! Summaries: everything upstream or downstream, in a training set, or found by a search, counted by
//! group.

pub mod items;
pub mod pins;
pub mod values;

use std::cmp::Ordering;
use std::collections::HashMap;

use fixedbitset::FixedBitSet;

use crate::domain::item::{Kind, Namespace};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::role::MEMBER;
use crate::lineage::at::At;
use crate::lineage::index::names::NameNo;
use crate::lineage::walk::closure::{Closure, Direction, Stopped, Visit, Walk};
use crate::lineage::walk::edges::{EdgeFilter, Role};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::walker::Walker;
pub use items::{ItemAspect, ItemGrouping, ItemGroups, ItemShared};
pub use pins::{PinAspect, PinGrouping, PinShared};
use values::{Grouping, Numbers};
pub use values::{MAX_PATHS, Values};

/// A property by which versions are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// The kinds of their items.
    Kind,
    /// The namespaces of their items.
    Namespace,
    /// Their distances in edges.
    Depth,
    /// Each tag on them.
    Tag,
    /// Each role of the edges by which the traversal reached them.
    Role,
}

/// The common properties of the versions of a group; `None` for properties that were not requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SharedProperties<'a> {
    /// The kind of their items.
    pub kind: Option<Kind>,
    /// The namespace of their items.
    pub namespace: Option<&'a str>,
    /// Their distance in edges.
    pub depth: Option<u32>,
    /// The tag; `None` for versions without one.
    pub tag: Option<&'a str>,
    /// The role.
    pub role: Option<&'a str>,
    /// The values of their attributes.
    pub values: Values<'a>,
}

impl SharedProperties<'_> {
    /// Compares by the aspects in turn, then by values.
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

/// The versions that were reached, with their groups.
#[derive(Debug, Clone, Default)]
pub struct Summary<'a> {
    /// The groups, in the order of the requested aspects; none if none was requested. A version
    /// with several tags or roles is in several.
    pub groups: Vec<(SharedProperties<'a>, Vec<VersionNo>)>,
    /// All versions, nearest first.
    pub versions: Vec<VersionNo>,
    /// The reason why it is incomplete; `None` if it is complete.
    pub stopped: Option<Stopped>,
    /// The number of edges that were followed.
    pub edges: u64,
}

/// The roles of the edges by which a traversal reached versions, each once.
type Roles = HashMap<VersionNo, Vec<Role>>;

/// The common properties of the versions of a group, by numbers that never change while the index
/// grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct GroupKey {
    kind: Option<Kind>,
    /// An item in the namespace: the first that was met.
    namespace: Option<ItemNo>,
    depth: Option<u32>,
    tag: Option<NameNo>,
    role: Option<Role>,
    values: Numbers,
}

/// The first item that was met of each namespace.
#[derive(Debug, Default)]
struct Namespaces(HashMap<Namespace, ItemNo>);

impl Namespaces {
    fn of(&mut self, at: At<'_>, item: ItemNo) -> ItemNo {
        let namespace = &at.key(item).namespace;
        if let Some(first) = self.0.get(namespace) {
            return *first;
        }
        self.0.insert(namespace.clone(), item);
        item
    }
}

impl GroupKey {
    fn shared<'a>(&self, at: At<'a>, grouping: &Grouping) -> SharedProperties<'a> {
        let text = |role: Role| role.map_or(MEMBER, |role| at.index().text(role));
        SharedProperties {
            kind: self.kind,
            namespace: self.namespace.map(|item| at.key(item).namespace.as_str()),
            depth: self.depth,
            tag: self.tag.map(|tag| at.index().text(tag)),
            role: self.role.map(text),
            values: grouping.values(at, &self.values),
        }
    }
}

impl Walker<'_> {
    /// Counts the versions that a traversal reached and for which `keep` returns true, by aspects
    /// and then by the values of attributes.
    #[must_use]
    pub fn grouped(
        &mut self,
        closure: Closure,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        keep: &dyn Fn(At<'_>, VersionNo) -> bool,
        (by, paths): (&[Aspect], &[String]),
    ) -> Summary<'_> {
        let mut budget = EdgeBudget::edges(walk.max_edges - closure.edges);
        let roles = by.contains(&Aspect::Role).then(|| self.roles_of(starts, walk, &closure, &mut budget));
        let (roles, cut) = roles.unzip();
        let stopped = cut.flatten().or(closure.stopped);
        let mut groups: HashMap<GroupKey, Vec<VersionNo>> = HashMap::new();
        let (mut versions, mut namespaces) = (Vec::new(), Namespaces::default());
        let grouping = Grouping::new(self.at(), paths);
        self.by_parts(closure.visits.len(), |at, part| {
            for visit in &closure.visits[part] {
                if !keep(at, visit.version) {
                    continue;
                }
                versions.push(visit.version);
                if by.is_empty() && paths.is_empty() {
                    continue;
                }
                let roles =
                    roles.as_ref().map(|roles| roles.get(&visit.version).map_or(&[][..], Vec::as_slice));
                let values = grouping.numbers(at, visit.version);
                for key in at.group_keys(*visit, roles, by, &mut namespaces) {
                    groups.entry(GroupKey { values, ..key }).or_default().push(visit.version);
                }
            }
        });
        let at = self.at();
        let groups = groups.into_iter().map(|(key, versions)| (key.shared(at, &grouping), versions));
        let mut groups: Vec<_> = groups.collect();
        groups.sort_unstable_by(|(a, _), (b, _)| a.compare(b, by));
        Summary { groups, versions, stopped, edges: walk.max_edges - budget.edges }
    }

    /// The roles of the edges by which a traversal reached each version; and the reason if the
    /// search for them stopped early.
    fn roles_of(
        &mut self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        closure: &Closure,
        budget: &mut EdgeBudget,
    ) -> (Roles, Option<Stopped>) {
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
        let known = roles.len();
        self.unlocked_if_many(known, || {
            for roles in roles.values_mut() {
                roles.sort_unstable();
                roles.dedup();
            }
        });
        (roles, budget.spent.then_some(Stopped::Edges).or(cut))
    }

    fn roles_one_way(
        &mut self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        closure: &Closure,
        (roles, budget): (&mut Roles, &mut EdgeBudget),
    ) {
        let visible = self.visible() as usize;
        let mut reached = FixedBitSet::with_capacity(visible);
        let mut left = FixedBitSet::with_capacity(visible);
        starts.iter().for_each(|start| left.insert(start.at()));
        self.by_parts(closure.visits.len(), |at, part| {
            for visit in &closure.visits[part] {
                reached.insert(visit.version.at());
                if walk.max_depth.is_none_or(|most| visit.depth < most) && !(walk.stop_at)(at, visit.version)
                {
                    left.insert(visit.version.at());
                }
            }
        });
        let filter = EdgeFilter::new(self.at(), walk.roles.as_deref());
        let mut note = |from: VersionNo, to: VersionNo, role: Role| {
            if left.contains(from.at()) && reached.contains(to.at()) {
                let known = roles.entry(to).or_default();
                // Members are in long runs of one role.
                if known.last() != Some(&role) {
                    known.push(role);
                }
            }
            budget.take()
        };
        let all = || starts.iter().copied().chain(closure.visits.iter().map(|visit| visit.version));
        let mut gone_from = all().filter(|version| left.contains(version.at()));
        if walk.direction == Direction::Up {
            gone_from.all(|below| self.each_above(&filter, below, |_, above, role| note(below, above, role)));
            return;
        }
        // Derivations have their roles at their lower end. Pins have one role, and a set that was
        // reached may have millions of members of which few led to it.
        let whole =
            all().all(|below| self.each_source(&filter, below, |_, above, role| note(above, below, role)));
        if whole {
            gone_from.all(|above| self.each_pinning_set(&filter, above, |_, below| note(above, below, None)));
        }
    }
}

impl At<'_> {
    /// The groups of one version, without its values: one for each of its tags and roles.
    fn group_keys(
        self,
        visit: Visit,
        roles: Option<&[Role]>,
        by: &[Aspect],
        namespaces: &mut Namespaces,
    ) -> Vec<GroupKey> {
        let asked = |aspect| by.contains(&aspect);
        let plain = GroupKey {
            kind: asked(Aspect::Kind).then(|| self.kind(visit.version)),
            namespace: asked(Aspect::Namespace).then(|| namespaces.of(self, self.item_of(visit.version))),
            depth: asked(Aspect::Depth).then_some(visit.depth),
            ..GroupKey::default()
        };
        let mut tags: Vec<Option<NameNo>> = vec![None];
        if asked(Aspect::Tag) {
            let mut names: Vec<Option<NameNo>> =
                self.tags(visit.version).iter().map(|moved| Some(moved.name)).collect();
            names.dedup();
            if !names.is_empty() {
                tags = names;
            }
        }
        let roles: Vec<Option<Role>> =
            roles.map_or_else(|| vec![None], |roles| roles.iter().map(|role| Some(*role)).collect());
        let pairs = tags.into_iter().flat_map(|tag| roles.iter().map(move |role| (tag, *role)));
        pairs.map(|(tag, role)| GroupKey { tag, role, ..plain }).collect()
    }
}
