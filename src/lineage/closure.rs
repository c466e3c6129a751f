//! Closures: everything upstream or downstream of some versions, breadth-first, with a budget.
//!
//! Here a pin counts as an edge of role `MEMBER` from the set down to its member's side: upstream of a model are
//! the members of the set it was trained on. (The main question has stricter rules; see [`flow`](super::flow).)

use std::collections::HashSet;

use fixedbitset::FixedBitSet;

use super::at::At;
use super::names::Name;
use crate::domain::facts::VersionNo;

/// The role under which a pin is followed.
pub const MEMBER: &str = "MEMBER";

/// Which way to walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards sources.
    Up,
    /// Towards what was made from it.
    Down,
    /// The union of both closures; never a walk that turns round.
    Both,
}

/// Why a walk stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// As many versions as may be visited were visited.
    Nodes,
    /// As many edges as may be followed were followed.
    Edges,
    /// As deep as was asked for, with more beyond.
    Depth,
    /// The time ran out.
    Time,
}

/// How far a walk goes.
pub struct Walk<'w> {
    /// Which way.
    pub direction: Direction,
    /// Edges of these roles only; all where absent.
    pub roles: Option<Vec<String>>,
    /// At most so many hops.
    pub max_depth: Option<u32>,
    /// Versions that are reached but not gone beyond.
    pub stop_at: &'w dyn Fn(VersionNo) -> bool,
    /// At most so many versions.
    pub max_nodes: usize,
    /// At most so many edges.
    pub max_edges: u64,
}

impl std::fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Walk").field("direction", &self.direction).finish_non_exhaustive()
    }
}

/// A version that was reached, and in how many hops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The version.
    pub version: VersionNo,
    /// Hops from the nearest start, from 1.
    pub depth: u32,
}

/// What was reached, nearest first (upstream before downstream); starts are not in it.
#[derive(Debug, Clone, Default)]
pub struct Closure {
    /// The versions.
    pub visits: Vec<Visit>,
    /// Why it is not whole, if it is not.
    pub stopped: Option<Stopped>,
}

impl At<'_> {
    /// Walks from some versions. The order is deterministic: by depth, then in the order of discovery.
    #[must_use]
    pub fn closure(self, starts: &[VersionNo], walk: &Walk<'_>) -> Closure {
        let roles = walk
            .roles
            .as_ref()
            .map(|roles| roles.iter().filter_map(|role| self.name(role)).collect::<Vec<_>>());
        // A pin has no stored role; it is followed where its name is asked for, or nothing is.
        let members = walk.roles.as_ref().is_none_or(|roles| roles.iter().any(|role| role == MEMBER));
        let steps = Steps { at: self, roles: roles.as_deref(), members };
        match walk.direction {
            Direction::Up => steps.walk(starts, walk, true),
            Direction::Down => steps.walk(starts, walk, false),
            Direction::Both => {
                let up = steps.walk(starts, walk, true);
                // What is upstream comes first, whole; so a walk that had to stop is the beginning of the whole one.
                let cut = matches!(up.stopped, Some(Stopped::Nodes | Stopped::Edges));
                let left = walk.max_nodes.saturating_sub(up.visits.len());
                let down = Walk { max_nodes: left, roles: walk.roles.clone(), ..*walk };
                if cut { up } else { union(up, steps.walk(starts, &down, false)) }
            }
        }
    }

    /// Whether `to` is `from`, or was made from it or pins it, directly or not.
    #[must_use]
    pub fn reaches(self, from: VersionNo, to: VersionNo) -> bool {
        let mut seen = FixedBitSet::with_capacity(self.visible() as usize);
        let mut open = vec![to];
        while let Some(next) = open.pop() {
            if next == from {
                return true;
            }
            for upstream in self.sources(next).map(|edge| edge.other).chain(self.member_numbers(next)) {
                if !seen.put(upstream.at()) {
                    open.push(upstream);
                }
            }
        }
        false
    }
}

/// How neighbours are found.
pub(super) struct Steps<'a, 'r> {
    pub at: At<'a>,
    pub roles: Option<&'r [Name]>,
    pub members: bool,
}

impl Steps<'_, '_> {
    /// Adds each neighbour to a list.
    fn gather(&self, version: VersionNo, up: bool, around: &mut Vec<VersionNo>) {
        let at = self.at;
        match (up, self.roles) {
            (true, None) => {
                around.extend_from_slice(at.index.adjacency.born(version));
                around.extend(at.index.adjacency.said_above(version, at.seq()));
            }
            (true, Some(roles)) => {
                let fits = at.sources(version).filter(|edge| roles.contains(&edge.role));
                around.extend(fits.map(|edge| edge.other));
            }
            (false, None) => around.extend(at.flow_from(version)),
            (false, Some(roles)) => {
                let linked = |derived: &VersionNo| {
                    let mut edges = at.sources(*derived);
                    edges.any(|edge| edge.other == version && roles.contains(&edge.role))
                };
                around.extend(at.flow_from(version).filter(linked));
            }
        }
        match up {
            _ if !self.members => {}
            true => at.gather_members(version, around),
            false => around.extend(at.pins(version).flat_map(|(item, stay)| at.span(item, stay))),
        }
    }

    fn walk(&self, starts: &[VersionNo], walk: &Walk<'_>, up: bool) -> Closure {
        let mut seen = FixedBitSet::with_capacity(self.at.visible() as usize);
        let mut queue: Vec<Visit> = Vec::new();
        for start in starts {
            if !seen.put(start.at()) {
                queue.push(Visit { version: *start, depth: 0 });
            }
        }
        let roots = queue.len();
        let (mut stopped, mut edges, mut next) = (None, 0_u64, 0);
        let mut around = Vec::new();
        'walk: while next < queue.len() {
            let Visit { version, depth } = queue[next];
            let root = next < roots;
            next += 1;
            if !root && (walk.stop_at)(version) {
                continue;
            }
            around.clear();
            self.gather(version, up, &mut around);
            if walk.max_depth.is_some_and(|most| depth >= most) {
                if around.iter().any(|neighbour| !seen.contains(neighbour.at())) {
                    stopped = Some(Stopped::Depth);
                }
                continue;
            }
            // What leads back to where the walk was already costs as much as what leads on.
            edges = edges.saturating_add(around.len() as u64);
            if edges > walk.max_edges {
                stopped = Some(Stopped::Edges);
                break;
            }
            for neighbour in &around {
                if seen.contains(neighbour.at()) {
                    continue;
                }
                if queue.len() - roots >= walk.max_nodes {
                    stopped = Some(Stopped::Nodes);
                    break 'walk;
                }
                seen.insert(neighbour.at());
                queue.push(Visit { version: *neighbour, depth: depth + 1 });
            }
        }
        queue.drain(..roots);
        Closure { visits: queue, stopped }
    }
}

/// What is upstream, then what is downstream; a version that is both (of several starts) stands in the first.
fn union(up: Closure, down: Closure) -> Closure {
    let seen: HashSet<VersionNo> = up.visits.iter().map(|visit| visit.version).collect();
    let mut visits = up.visits;
    visits.extend(down.visits.into_iter().filter(|visit| !seen.contains(&visit.version)));
    Closure { visits, stopped: down.stopped.or(up.stopped) }
}
