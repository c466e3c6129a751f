//! Closures: everything upstream or downstream of some versions, breadth-first, with a budget.
//!
//! Here a pin counts as an edge of role `MEMBER` from the set down to its member's side: upstream of a model are
//! the members of the set it was trained on. (The main question has stricter rules; see [`flow`](super::flow).)

use fixedbitset::FixedBitSet;

use super::at::At;
use super::flow::Budget;
use super::hops::Hops;
use super::resumed::Meter;
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
    /// Whether it is time to stop.
    pub time_up: &'w dyn Fn() -> bool,
}

impl Walk<'static> {
    /// Everything that way, however long it takes.
    #[must_use]
    pub const fn whole(direction: Direction) -> Self {
        Self {
            direction,
            roles: None,
            max_depth: None,
            stop_at: &|_| false,
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
    /// How many edges were followed; at most as many as the walk may.
    pub edges: u64,
}

impl At<'_> {
    /// Walks from some versions. The order is deterministic: by depth, then in the order of discovery.
    #[must_use]
    pub fn closure(self, starts: &[VersionNo], walk: &Walk<'_>) -> Closure {
        self.closure_beyond(starts, walk, 0, &mut Budget::edges(0))
    }

    /// The closure, measured by this meter.
    pub(super) fn measured(self, starts: &[VersionNo], walk: &Walk<'_>, meter: &mut Meter<'_>) -> Closure {
        let steps = Steps { at: self, hops: Hops::new(self, walk.roles.as_deref()) };
        let (visits, stopped) = match walk.direction {
            Direction::Up => steps.walk(starts, walk, true, meter).told(),
            Direction::Down => steps.walk(starts, walk, false, meter).told(),
            Direction::Both => {
                // What is upstream comes first, whole; so a walk that had to stop is the beginning of the whole one.
                let up = steps.walk(starts, walk, true, meter);
                if up.is_cut() {
                    up.told()
                } else {
                    let Walked { mut visits, seen, stopped: deeper } = up;
                    meter.pass_by(seen);
                    let down = steps.walk(starts, walk, false, meter);
                    // A version that is both (of several starts) stands in the first.
                    visits.extend(down.visits.into_iter().filter(|visit| meter.counts(visit.version)));
                    (visits, down.stopped.or(deeper))
                }
            }
        };
        Closure { visits, stopped, edges: walk.max_edges - meter.edges_left() }
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
struct Steps<'a> {
    at: At<'a>,
    hops: Hops<'a>,
}

/// A walk in one direction.
struct Walked {
    visits: Vec<Visit>,
    /// The starts, and what was visited.
    seen: FixedBitSet,
    stopped: Option<Stopped>,
}

impl Walked {
    fn told(self) -> (Vec<Visit>, Option<Stopped>) {
        (self.visits, self.stopped)
    }

    /// Whether it had to stop before it was as deep as was asked for.
    fn is_cut(&self) -> bool {
        self.stopped.is_some_and(|reason| reason != Stopped::Depth)
    }
}

impl Steps<'_> {
    /// Adds each neighbour to a list.
    fn gather(&self, version: VersionNo, up: bool, around: &mut Vec<VersionNo>) {
        let at = self.at;
        if self.hops.has_roles() {
            self.hops.each(version, up, |next| {
                around.push(next);
                true
            });
        } else if up {
            // Whole runs at a time: most walks ask for no roles.
            around.extend_from_slice(at.index.adjacency.born(version));
            around.extend(at.index.adjacency.said_above(version, at.seq()));
            at.gather_members(version, around);
        } else {
            around.extend(at.flow_from(version));
            around.extend(at.pins(version).flat_map(|(item, stay)| at.span(item, stay)));
        }
    }

    fn walk(&self, starts: &[VersionNo], walk: &Walk<'_>, up: bool, meter: &mut Meter<'_>) -> Walked {
        let mut seen = FixedBitSet::with_capacity(self.at.visible() as usize);
        let mut queue: Vec<Visit> = Vec::new();
        for start in starts {
            if !seen.put(start.at()) {
                queue.push(Visit { version: *start, depth: 0 });
            }
        }
        let roots = queue.len();
        let (mut stopped, mut next) = (None, 0);
        let mut around = Vec::new();
        'walk: while next < queue.len() {
            let Visit { version, depth } = queue[next];
            let root = next < roots;
            next += 1;
            let deepest = walk.max_depth.is_some_and(|most| depth >= most);
            // That there is more beyond needs to be found once.
            if (!root && (walk.stop_at)(version)) || (deepest && stopped.is_some()) {
                continue;
            }
            around.clear();
            self.gather(version, up, &mut around);
            // What leads back to where the walk was already costs as much as what leads on.
            if let Err(reason) = meter.follow(around.len()) {
                stopped = Some(reason);
                break;
            }
            if deepest {
                let more = around.iter().any(|neighbour| !seen.contains(neighbour.at()));
                stopped = more.then_some(Stopped::Depth);
                continue;
            }
            for neighbour in &around {
                if seen.contains(neighbour.at()) {
                    continue;
                }
                if let Err(reason) = meter.reach(*neighbour) {
                    stopped = Some(reason);
                    break 'walk;
                }
                seen.insert(neighbour.at());
                queue.push(Visit { version: *neighbour, depth: depth + 1 });
            }
        }
        queue.drain(..roots);
        Walked { visits: queue, seen, stopped }
    }
}
