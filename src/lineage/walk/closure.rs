//! Closures: everything upstream or downstream of some versions, breadth-first, with a budget.
//!
//! A pin is an edge of role `MEMBER` with the set downstream of its member: the members of its
//! training set are upstream of a model. (The main question has stricter rules; see
//! [`flow`](super::flow).)

use std::ops::Range;

use fixedbitset::FixedBitSet;

use super::edges::EdgeFilter;
use super::flow::EdgeBudget;
pub use super::meter::Stopped;
use super::meter::TraversalMeter;
use super::walker::Walker;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;

/// The direction of a traversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards sources.
    Up,
    /// Towards derivatives.
    Down,
    /// The union of both closures; never a traversal that changes its direction.
    Both,
}

/// The direction, filters and limits of a traversal.
pub struct Walk<'w> {
    /// The direction.
    pub direction: Direction,
    /// Only edges with these roles; all if `None`.
    pub roles: Option<Vec<String>>,
    /// The most edges on the path to a version.
    pub max_depth: Option<u32>,
    /// Returns true for versions that are reached but not expanded.
    pub stop_at: &'w dyn Fn(At<'_>, VersionNo) -> bool,
    /// The most versions.
    pub max_nodes: usize,
    /// The most edges.
    pub max_edges: u64,
    /// Returns true if it is time to stop.
    pub time_up: &'w dyn Fn() -> bool,
}

impl Walk<'static> {
    /// Everything in that direction, without limits.
    #[must_use]
    pub const fn unbounded(direction: Direction) -> Self {
        Self {
            direction,
            roles: None,
            max_depth: None,
            stop_at: &|_, _| false,
            max_nodes: usize::MAX,
            max_edges: u64::MAX,
            time_up: &|| false,
        }
    }
}

impl std::fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Walk").field("direction", &self.direction).finish_non_exhaustive()
    }
}

/// A version that was reached, with its distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The version.
    pub version: VersionNo,
    /// The number of edges from the nearest start, from 1.
    pub depth: u32,
}

/// The versions that were reached, nearest first; of versions at equal distance those upstream come
/// first, then in the order of discovery. Starts are not included.
#[derive(Debug, Clone, Default)]
pub struct Closure {
    /// The versions.
    pub visits: Vec<Visit>,
    /// The reason why it is incomplete; `None` if it is complete.
    pub stopped: Option<Stopped>,
    /// The number of edges that were followed; at most the limit.
    pub edges: u64,
}

impl At<'_> {
    /// Traverses from some versions. The order is deterministic: by depth, upstream first, then in
    /// the order of discovery.
    #[must_use]
    pub fn closure(self, starts: &[VersionNo], walk: &Walk<'_>) -> Closure {
        self.walker().closure(starts, walk)
    }

    /// Returns true if `to` is `from`, or was made from it or pins it, directly or not.
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

impl Walker<'_> {
    /// Traverses from some versions. The order is deterministic: by depth, upstream first, then in
    /// the order of discovery.
    #[must_use]
    pub fn closure(&mut self, starts: &[VersionNo], walk: &Walk<'_>) -> Closure {
        self.closure_beyond(starts, walk, 0, &mut EdgeBudget::edges(0))
    }

    /// Returns the closure, measured by this meter.
    pub(in crate::lineage) fn measured(
        &mut self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        meter: &mut TraversalMeter<'_>,
    ) -> Closure {
        let filter = EdgeFilter::new(self.at(), walk.roles.as_deref());
        let (visits, stopped) = Steps { walker: self, filter }.walk(starts, walk, meter);
        Closure { visits, stopped, edges: walk.max_edges - meter.edges_left() }
    }
}

/// Finds the neighbours of a version.
struct Steps<'w, 'h> {
    walker: &'w mut Walker<'h>,
    filter: EdgeFilter,
}

/// One direction of a traversal, level by level.
struct Front {
    up: bool,
    /// The starts, and what was reached in this direction.
    seen: FixedBitSet,
    /// The newest level: a range of the visits.
    level: Range<usize>,
    /// Versions of the newest level that the other direction reached before.
    shared: Vec<VersionNo>,
}

impl Front {
    fn is_done(&self) -> bool {
        self.level.is_empty() && self.shared.is_empty()
    }
}

/// The state of a traversal.
struct Walking<'w, 'm> {
    walk: &'w Walk<'w>,
    meter: &'w mut TraversalMeter<'m>,
    /// The starts, then what was reached.
    visits: Vec<Visit>,
    /// The depth of the newest complete level.
    depth: u32,
    /// True if there is more beyond the depth asked for.
    more: bool,
    /// A buffer for the neighbours of one version.
    around: Vec<VersionNo>,
}

impl Steps<'_, '_> {
    /// Adds each neighbour to a list.
    fn gather(&mut self, version: VersionNo, up: bool, around: &mut Vec<VersionNo>) {
        if self.filter.has_roles() {
            self.walker.each_neighbour(&self.filter, version, up, |next| {
                around.push(next);
                true
            });
        } else if up {
            // Complete runs at a time: most traversals ask for no roles.
            let at = self.walker.at();
            around.extend_from_slice(at.index.adjacency.born(version));
            around.extend(at.index.adjacency.said_above(version, at.seq()));
            if at.kind(version) == Kind::TrainingSet {
                self.walker.gather_members(version, around);
            }
        } else {
            self.walker.each_made(version, |_, made| {
                around.extend_from_slice(made);
                true
            });
            self.walker.each_place(version, |at, place| {
                let membership = &at.index.membership;
                let span = at.span(membership.item(place.set), membership.at(place));
                around.extend_from_slice(span);
                Some(span.len())
            });
        }
    }

    /// Traverses level by level, each direction in turn, so that an interrupted traversal is a
    /// prefix of the complete one.
    fn walk(
        &mut self,
        starts: &[VersionNo],
        walk: &Walk<'_>,
        meter: &mut TraversalMeter<'_>,
    ) -> (Vec<Visit>, Option<Stopped>) {
        let mut seen = FixedBitSet::with_capacity(self.walker.visible() as usize);
        let mut walking =
            Walking { walk, meter, visits: Vec::new(), depth: 0, more: false, around: Vec::new() };
        for start in starts {
            if !seen.put(start.at()) {
                walking.visits.push(Visit { version: *start, depth: 0 });
            }
        }
        let roots = walking.visits.len();
        let front = |up, seen| Front { up, seen, level: 0..roots, shared: Vec::new() };
        let mut cut = None;
        match walk.direction {
            Direction::Up | Direction::Down => {
                let mut front = front(walk.direction == Direction::Up, seen);
                while cut.is_none() && !front.is_done() {
                    cut = self.expand(&mut front, None, &mut walking).err();
                    walking.depth += 1;
                }
            }
            Direction::Both => {
                let (mut up, mut down) = (front(true, seen.clone()), front(false, seen));
                while cut.is_none() && !(up.is_done() && down.is_done()) {
                    let level = self.expand(&mut up, Some(&down.seen), &mut walking);
                    cut = level.and_then(|()| self.expand(&mut down, Some(&up.seen), &mut walking)).err();
                    walking.depth += 1;
                }
            }
        }
        walking.visits.drain(..roots);
        (walking.visits, cut.or(walking.more.then_some(Stopped::Depth)))
    }

    /// Reaches the next level of one direction. Versions that the other direction reached are not
    /// visited again.
    fn expand(
        &mut self,
        front: &mut Front,
        other: Option<&FixedBitSet>,
        walking: &mut Walking<'_, '_>,
    ) -> Result<(), Stopped> {
        let Walking { walk, meter, visits, depth, more, around } = walking;
        let deepest = walk.max_depth.is_some_and(|most| *depth >= most);
        let begin = visits.len();
        let (level, shared) = (front.level.clone(), std::mem::take(&mut front.shared));
        for place in 0..level.len() + shared.len() {
            let version = match place.checked_sub(level.len()) {
                None => visits[level.start + place].version,
                Some(place) => shared[place],
            };
            // It is enough to find once that there is more beyond.
            if (*depth > 0 && (walk.stop_at)(self.walker.at(), version)) || (deepest && *more) {
                continue;
            }
            around.clear();
            self.gather(version, front.up, around);
            self.walker.step(around.len());
            // Edges back to visited versions cost as much as edges to new ones.
            meter.follow(around.len())?;
            if deepest {
                *more = around.iter().any(|neighbour| !front.seen.contains(neighbour.at()));
                continue;
            }
            for neighbour in &*around {
                if front.seen.contains(neighbour.at()) {
                    continue;
                }
                if other.is_some_and(|seen| seen.contains(neighbour.at())) {
                    front.shared.push(*neighbour);
                } else {
                    meter.reach()?;
                    visits.push(Visit { version: *neighbour, depth: *depth + 1 });
                }
                front.seen.insert(neighbour.at());
            }
        }
        front.level = begin..visits.len();
        Ok(())
    }
}
