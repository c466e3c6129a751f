//! Closures that are resumed, and their usage counters.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::model::worlds::{LineageWorld, over_worlds};
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::query::summary::{Aspect, SharedProperties};
use crate::lineage::walk::closure::{Direction, Stopped, Visit, Walk};
use crate::lineage::walk::flow::EdgeBudget;

/// The arguments of a traversal: some starts, a direction, roles, a depth, and versions to stop at.
pub(super) struct Chosen {
    pub starts: Vec<VersionNo>,
    pub direction: Direction,
    pub roles: Option<Vec<String>>,
    pub max_depth: Option<u32>,
    pub stops: u16,
}

impl Chosen {
    pub(super) fn of(world: &LineageWorld, seq: Seq, choices: &[u16]) -> Option<Self> {
        let starts = choices[..=usize::from(choices[0] % 3)].iter();
        let starts: Option<Vec<_>> = starts.map(|choice| world.any(seq, *choice / 3)).collect();
        let directions = [Direction::Up, Direction::Down, Direction::Both];
        let roles = [None, Some(vec!["INPUT", "MEMBER"]), Some(vec!["OUTLINE", "nobody"]), None, None];
        Some(Self {
            starts: starts?,
            direction: directions[usize::from(choices[3]) % 3],
            roles: roles[usize::from(choices[3] / 3) % 5]
                .as_ref()
                .map(|roles| roles.iter().map(|role| (*role).to_owned()).collect()),
            max_depth: [None, None, Some(1), Some(2), Some(3)][usize::from(choices[4]) % 5],
            stops: choices[4] / 5 % 8,
        })
    }

    pub(super) fn stops_at(&self, version: VersionNo) -> bool {
        self.stops > 3 && version.0.is_multiple_of(u32::from(self.stops))
    }

    fn walk<'w>(
        &self,
        stop_at: &'w dyn Fn(At<'_>, VersionNo) -> bool,
        max_nodes: usize,
        max_edges: u64,
    ) -> Walk<'w> {
        let Self { direction, roles, max_depth, .. } = self;
        let (direction, roles, max_depth) = (*direction, roles.clone(), *max_depth);
        Walk { direction, roles, max_depth, stop_at, max_nodes, max_edges, time_up: &|| false }
    }

    fn follows(&self, role: &str) -> bool {
        self.roles.as_ref().is_none_or(|roles| roles.iter().any(|wanted| wanted == role))
    }

    /// The depth of everything reached in one direction, and true if there is more beyond the
    /// requested depth.
    pub(super) fn depths(
        &self,
        world: &LineageWorld,
        seq: Seq,
        up: bool,
    ) -> (BTreeMap<VersionNo, u32>, bool) {
        let mut depths: BTreeMap<VersionNo, u32> = self.starts.iter().map(|start| (*start, 0)).collect();
        let mut more = false;
        for depth in 0.. {
            let level: Vec<_> = depths.iter().filter(|(_, at)| **at == depth).map(|(v, _)| *v).collect();
            if level.is_empty() {
                break;
            }
            for version in level.into_iter().filter(|version| depth == 0 || !self.stops_at(*version)) {
                let edges = world.edges.iter().filter(|edge| edge.seq <= seq && self.follows(edge.role));
                let ends =
                    edges.map(|edge| if up { (edge.below, edge.above) } else { (edge.above, edge.below) });
                for (_, next) in ends.filter(|(from, _)| *from == version) {
                    if self.max_depth.is_none_or(|most| depth < most) {
                        depths.entry(next).or_insert(depth + 1);
                    } else {
                        more |= !depths.contains_key(&next);
                    }
                }
            }
        }
        depths.retain(|_, depth| *depth > 0);
        (depths, more)
    }

    pub(super) fn ways(&self) -> Vec<bool> {
        match self.direction {
            Direction::Up => vec![true],
            Direction::Down => vec![false],
            Direction::Both => vec![true, false],
        }
    }
}

/// Traverses with a budget, again and again from the position at which the last traversal stopped.
fn resumed(at: At<'_>, chosen: &Chosen, nodes: usize, edges: u64) -> (Vec<Visit>, Option<Stopped>) {
    let stop_at = |_: At<'_>, version| chosen.stops_at(version);
    let mut shown: Vec<Visit> = Vec::new();
    loop {
        let (walk, mut again) = (chosen.walk(&stop_at, nodes, edges), EdgeBudget::edges(u64::MAX));
        let closure = at.closure_beyond(&chosen.starts, &walk, shown.len(), &mut again);
        assert!(closure.edges <= edges);
        assert!(closure.visits.starts_with(&shown), "the versions that were shown are a prefix");
        let before = shown.len();
        shown = closure.visits;
        if !matches!(closure.stopped, Some(Stopped::Nodes | Stopped::Edges)) {
            return (shown, closure.stopped);
        }
        assert!(shown.len() > before, "every request gets further");
    }
}

#[test]
fn a_resumed_traversal_equals_the_complete_one() {
    over_worlds(|world, seq, choices| {
        let Some(chosen) = Chosen::of(world, seq, choices) else { return };
        let at = At::new(&world.index, seq);
        let stop_at = |_: At<'_>, version| chosen.stops_at(version);
        let whole = at.closure(&chosen.starts, &chosen.walk(&stop_at, usize::MAX, u64::MAX));

        let mut more = false;
        // The depth is that of the nearest start in either direction; upstream comes first.
        let mut expected: BTreeMap<VersionNo, (u32, usize)> = BTreeMap::new();
        for (turn, up) in chosen.ways().into_iter().enumerate() {
            let (depths, beyond) = chosen.depths(world, seq, up);
            depths.into_iter().for_each(|(version, depth)| {
                let nearest = expected.entry(version).or_insert((depth, turn));
                *nearest = (depth, turn).min(*nearest);
            });
            more |= beyond;
        }
        let found: BTreeMap<_, _> = whole.visits.iter().map(|visit| (visit.version, visit.depth)).collect();
        assert_eq!(found.len(), whole.visits.len(), "each once");
        assert_eq!(found, expected.iter().map(|(version, (depth, _))| (*version, *depth)).collect());
        assert!(
            whole.visits.is_sorted_by_key(|visit| expected[&visit.version]),
            "nearest first, upstream first"
        );
        assert_eq!(whole.stopped, more.then_some(Stopped::Depth));

        for budget in 1..=whole.visits.len() + 1 {
            let expected = (whole.visits.clone(), whole.stopped);
            assert_eq!(resumed(at, &chosen, budget, u64::MAX), expected, "{budget} versions at a time");
            assert_eq!(resumed(at, &chosen, usize::MAX, budget as u64), expected, "{budget} edges at a time");
            assert_eq!(resumed(at, &chosen, budget, 2), expected, "{budget} versions or 2 edges at a time");
        }
    });
}

#[test]
fn a_traversal_follows_as_many_edges_as_it_reports() {
    let (met, again_met) = (Cell::new(0), Cell::new(0));
    over_worlds(|world, seq, choices| {
        let Some(chosen) = Chosen::of(world, seq, choices) else { return };
        let at = At::new(&world.index, seq);
        let stop_at = |_: At<'_>, version| chosen.stops_at(version);
        let walked = |edges| at.closure(&chosen.starts, &chosen.walk(&stop_at, usize::MAX, edges));
        let whole = walked(u64::MAX);
        let enough = walked(whole.edges);
        assert_eq!((&enough.visits, enough.stopped), (&whole.visits, whole.stopped));
        if let Some(fewer) = whole.edges.checked_sub(1) {
            met.set(met.get() + 1);
            assert_eq!(walked(fewer).stopped, Some(Stopped::Edges));
        }
        // Versions before the position are charged to the other budget, as far as that is
        // sufficient.
        let place = whole.visits.len().min(usize::from(choices[5] % 5));
        let beyond = |again: &mut EdgeBudget| {
            let walk = chosen.walk(&stop_at, usize::MAX, u64::MAX);
            at.closure_beyond(&chosen.starts, &walk, place, again)
        };
        let mut again = EdgeBudget::edges(u64::MAX);
        let edges = beyond(&mut again).edges;
        let way = u64::MAX - again.edges;
        assert_eq!(edges + way, whole.edges);
        if let Some(fewer) = way.checked_sub(1) {
            again_met.set(again_met.get() + 1);
            let mut again = EdgeBudget::edges(fewer);
            let closure = beyond(&mut again);
            assert!(again.spent && closure.visits.len() <= place);
        }
    });
    assert!(met.get() > 0 && again_met.get() > 0, "no budget was ever met");
}

#[test]
fn a_traversal_ends_when_its_time_is_up() {
    let over = Cell::new(0);
    over_worlds(|world, seq, choices| {
        let Some(chosen) = Chosen::of(world, seq, choices) else { return };
        let at = At::new(&world.index, seq);
        let stop_at = |_: At<'_>, version| chosen.stops_at(version);
        let walk = |time_up| Walk { time_up, ..chosen.walk(&stop_at, usize::MAX, u64::MAX) };
        let whole = at.closure(&chosen.starts, &walk(&|| false));
        let asked = Cell::new(0);
        let cut = at.closure(&chosen.starts, &walk(&|| asked.replace(asked.get() + 1) == 1));
        assert!(whole.visits.starts_with(&cut.visits), "a stopped traversal is a prefix of the complete one");
        let is_cut = asked.get() > 1;
        assert_eq!(cut.stopped, if is_cut { Some(Stopped::Time) } else { whole.stopped });
        over.set(over.get() + i32::from(is_cut));
    });
    assert!(over.get() > 0, "no time was ever up");
}

#[test]
fn a_summary_follows_as_many_edges_as_it_reports() {
    let met = Cell::new(0);
    over_worlds(|world, seq, choices| {
        let Some(chosen) = Chosen::of(world, seq, choices) else { return };
        let at = At::new(&world.index, seq);
        let stop_at = |_: At<'_>, version| chosen.stops_at(version);
        let counted = |edges| {
            let walk = chosen.walk(&stop_at, usize::MAX, edges);
            let (closure, mut walker) = (at.closure(&chosen.starts, &walk), at.walker());
            let by: (&[Aspect], &[String]) = (&[Aspect::Role], &[]);
            let summary = walker.grouped(closure, &chosen.starts, &walk, &|_, _| true, by);
            (format!("{:?}", summary.groups), summary.stopped, summary.edges)
        };
        let (groups, stopped, edges) = counted(u64::MAX);
        let enough = counted(edges);
        assert_eq!((enough.0, enough.1), (groups, stopped));
        if let Some(fewer) = edges.checked_sub(1) {
            met.set(met.get() + 1);
            assert_eq!(counted(fewer).1, Some(Stopped::Edges));
        }
    });
    assert!(met.get() > 0, "no budget was ever met");
}

#[test]
fn hidden_versions_are_skipped_when_a_traversal_is_resumed() {
    over_worlds(|world, seq, choices| {
        let Some(chosen) = Chosen::of(world, seq, choices) else { return };
        let at = At::new(&world.index, seq);
        let (whole, _) = resumed(at, &chosen, usize::MAX, u64::MAX);
        let kept = |visit: &&Visit| visit.version.0.is_multiple_of(2);
        let expected: Vec<_> = whole.iter().filter(kept).copied().collect();
        let stop_at = |_: At<'_>, version| chosen.stops_at(version);
        // As a client does: it shows the kept versions, and continues from the end of the
        // traversal.
        let (mut shown, mut place) = (Vec::new(), 0);
        loop {
            let walk = chosen.walk(&stop_at, 1 + usize::from(choices[5] % 4), 3);
            let closure = at.closure_beyond(&chosen.starts, &walk, place, &mut EdgeBudget::edges(u64::MAX));
            shown.extend(closure.visits[place..].iter().filter(kept).copied());
            place = closure.visits.len();
            if !matches!(closure.stopped, Some(Stopped::Nodes | Stopped::Edges)) {
                break;
            }
        }
        assert_eq!(shown, expected);
    });
}

#[test]
fn a_summary_counts_what_the_walk_reaches() {
    over_worlds(|world, seq, choices| {
        let Some(chosen) = Chosen::of(world, seq, choices) else { return };
        let at = At::new(&world.index, seq);
        let stop_at = |_: At<'_>, version| chosen.stops_at(version);
        let walk = chosen.walk(&stop_at, usize::MAX, u64::MAX);
        let closure = at.closure(&chosen.starts, &walk);
        let keep = |version: VersionNo| !version.0.is_multiple_of(7);
        let aspects = [Aspect::Kind, Aspect::Namespace, Aspect::Depth, Aspect::Tag, Aspect::Role];
        let by: Vec<Aspect> = aspects
            .into_iter()
            .enumerate()
            .filter(|(n, _)| choices[5] >> n & 1 == 1)
            .map(|(_, a)| a)
            .collect();
        let mut walker = at.walker();
        let again = at.closure(&chosen.starts, &walk);
        let summary = walker.grouped(again, &chosen.starts, &walk, &|_, version| keep(version), (&by, &[]));

        let mut expected: BTreeMap<SharedProperties<'_>, BTreeSet<VersionNo>> = BTreeMap::new();
        let counted: Vec<&Visit> = closure.visits.iter().filter(|visit| keep(visit.version)).collect();
        for visit in &counted {
            let key = at.key(at.item_of(visit.version));
            let mut tags: Vec<Option<&str>> =
                at.tags(visit.version).iter().map(|moved| Some(world.index.text(moved.name))).collect();
            if tags.is_empty() || !by.contains(&Aspect::Tag) {
                tags = vec![None];
            }
            let mut roles: BTreeSet<Option<&str>> = BTreeSet::new();
            for up in chosen.ways() {
                let (mut left, _) = chosen.depths(world, seq, up);
                let reached = left.clone();
                left.retain(|version, depth| {
                    chosen.max_depth.is_none_or(|most| *depth < most) && !chosen.stops_at(*version)
                });
                left.extend(chosen.starts.iter().map(|start| (*start, 0)));
                for edge in world.edges.iter().filter(|edge| edge.seq <= seq && chosen.follows(edge.role)) {
                    let (from, to) = if up { (edge.below, edge.above) } else { (edge.above, edge.below) };
                    if to == visit.version && reached.contains_key(&to) && left.contains_key(&from) {
                        roles.insert(Some(edge.role));
                    }
                }
            }
            if !by.contains(&Aspect::Role) {
                roles = BTreeSet::from([None]);
            }
            for (tag, role) in tags.iter().flat_map(|tag| roles.iter().map(move |role| (*tag, *role))) {
                let shared = SharedProperties {
                    kind: by.contains(&Aspect::Kind).then_some(key.kind),
                    namespace: by.contains(&Aspect::Namespace).then(|| key.namespace.as_str()),
                    depth: by.contains(&Aspect::Depth).then_some(visit.depth),
                    tag,
                    role,
                    ..SharedProperties::default()
                };
                expected.entry(shared).or_default().insert(visit.version);
            }
        }
        let groups = summary.groups.iter();
        let found: BTreeMap<_, BTreeSet<_>> =
            groups.map(|(shared, versions)| (*shared, versions.iter().copied().collect())).collect();
        if by.is_empty() {
            expected.clear();
        }
        assert_eq!(found, expected);
        assert!(
            summary.groups.is_sorted_by(|(a, _), (b, _)| a.compare(b, &by).is_lt()),
            "distinct and sorted"
        );
        assert_eq!(summary.versions, counted.iter().map(|visit| visit.version).collect::<Vec<_>>());
        assert_eq!(summary.stopped, closure.stopped);
    });
}
