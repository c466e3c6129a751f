//! Paths: the k shortest paths from one version to another, and if these are all.
//!
//! The shortest path is searched from both ends ([`shortest`](crate::lineage::walk::shortest)). For
//! more of them, everything downstream of one end and everything upstream of the other are
//! traversed in turn until the smaller of the two is complete: it contains all paths. The distances
//! to the other end are computed in it, and partial paths are extended in the order of their exact
//! total length (A* with a perfect estimate), so that the k-th to arrive is a k-th shortest, and
//! none is left to extend exactly if there is no other. The graph has no cycles, so every path is
//! simple. Partial paths are kept in memory, so they have a separate limit.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::domain::numbers::VersionNo;
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::edges::EdgeFilter;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::region::{Region, smaller};
use crate::lineage::walk::shortest::{Shortest, shortest};
use crate::lineage::walk::walker::Walker;

/// The most partial paths that one search keeps.
pub const MAX_PARTIAL: usize = 2_000_000;

/// Paths, shortest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// Each path from the upstream end to the downstream end, both included.
    pub paths: Vec<Vec<VersionNo>>,
    /// True if it is known that there are no others.
    pub exhaustive: bool,
    /// The reason why the search ended before `k` or all paths were found: `Edges` if the budget
    /// was spent, `Nodes` if there were too many partial paths.
    pub stopped: Option<Stopped>,
}

impl Walker<'_> {
    /// A shortest path between two versions, whichever of them is upstream. Pins count as edges.
    #[must_use]
    pub fn shortest_path(&mut self, a: VersionNo, b: VersionNo, budget: &mut EdgeBudget) -> Paths {
        self.first(a, b, &mut budget.edges).1
    }

    /// Up to `k` shortest paths between two versions, whichever of them is upstream, and if these
    /// are all.
    #[must_use]
    pub fn paths(&mut self, a: VersionNo, b: VersionNo, k: usize, budget: &mut EdgeBudget) -> Paths {
        self.paths_within(a, b, k, budget, MAX_PARTIAL)
    }

    /// As [`Walker::paths`], with a limit of partial paths.
    pub(in crate::lineage) fn paths_within(
        &mut self,
        a: VersionNo,
        b: VersionNo,
        k: usize,
        budget: &mut EdgeBudget,
        most: usize,
    ) -> Paths {
        let budget = &mut budget.edges;
        let (ends, first) = self.first(a, b, budget);
        if first.paths.is_empty() || a == b {
            return Paths { exhaustive: first.stopped.is_none(), ..first };
        }
        let filter = EdgeFilter::between(self.at(), ends.0, ends.1);
        let Some(region) = smaller(self, &filter, ends, budget) else {
            return Paths { stopped: (k > 1).then_some(Stopped::Edges), ..first };
        };
        // A search for a few paths in a small region may be long.
        let mut found = Paths::default();
        self.unlocked(&mut || found = PathSearch::new(&region, most).run(k, budget));
        // The shortest path that is found alone is the first of several, too. The search may end
        // before it finds it.
        let known = first.paths.first().and_then(|path| found.paths.iter().position(|other| other == path));
        let known = known.unwrap_or_else(|| {
            found.paths.truncate(k - 1);
            found.paths.extend(first.paths);
            found.paths.len() - 1
        });
        found.paths[..=known].rotate_right(1);
        found
    }

    /// The ends, upstream first, and a shortest path between them. The later version has the larger
    /// number, unless a derivation was asserted: so this order is tried first, and then the
    /// reverse.
    fn first(&mut self, a: VersionNo, b: VersionNo, budget: &mut u64) -> ((VersionNo, VersionNo), Paths) {
        let likely = (a.min(b), a.max(b));
        for ends in [likely, (likely.1, likely.0)] {
            let filter = EdgeFilter::between(self.at(), ends.0, ends.1);
            match shortest(self, &filter, ends, budget) {
                Shortest::Way(path) => return (ends, Paths { paths: vec![path], ..Paths::default() }),
                Shortest::Spent => {
                    return (ends, Paths { stopped: Some(Stopped::Edges), ..Paths::default() });
                }
                Shortest::Apart => {}
            }
        }
        (likely, Paths::default())
    }
}

/// Extends partial paths through a region, from its root (position 0) to its goal.
struct PathSearch<'r> {
    region: &'r Region,
    /// The number of edges from each position to the goal; `u32::MAX` if there is no path.
    distance: Vec<u32>,
    /// Partial paths: the position reached, the partial path it extends, and its length.
    arena: Vec<(u32, usize, u32)>,
    /// By total length; of equal ones the newest first, which is the longest: otherwise all
    /// prefixes of equally long paths would be extended in parallel, and there may be very many.
    open: BinaryHeap<Reverse<(u32, Reverse<usize>)>>,
    /// The most partial paths.
    most: usize,
}

impl<'r> PathSearch<'r> {
    fn new(region: &'r Region, most: usize) -> Self {
        let distance = region.distances();
        let open = BinaryHeap::from([Reverse((distance[0], Reverse(0)))]);
        Self { region, distance, arena: vec![(0, 0, 0)], open, most }
    }

    fn run(mut self, k: usize, budget: &mut u64) -> Paths {
        let mut found = Paths::default();
        while let Some(Reverse((_, Reverse(partial)))) = self.open.pop() {
            let (place, _, length) = self.arena[partial];
            if place == self.region.goal {
                found.paths.push(self.trace(partial));
                if found.paths.len() == k {
                    break;
                }
                continue;
            }
            for next in self.region.next(place).iter().rev() {
                let left = self.distance[*next as usize];
                *budget = budget.saturating_sub(1);
                if left != u32::MAX {
                    if self.arena.len() >= self.most {
                        return Paths { stopped: Some(Stopped::Nodes), ..found };
                    }
                    self.arena.push((*next, partial, length + 1));
                    self.open.push(Reverse((length + 1 + left, Reverse(self.arena.len() - 1))));
                }
            }
            if *budget == 0 {
                return Paths { stopped: Some(Stopped::Edges), ..found };
            }
        }
        // Every partial path leads to the goal, so each that is left is another path.
        Paths { exhaustive: self.open.is_empty(), ..found }
    }

    fn trace(&self, partial: usize) -> Vec<VersionNo> {
        let mut path = Vec::new();
        let mut partial = partial;
        loop {
            let (place, before, length) = self.arena[partial];
            path.push(self.region.versions[place as usize]);
            if length == 0 {
                break;
            }
            partial = before;
        }
        // A region that grows upwards is rooted at the downstream end.
        if !self.region.up {
            path.reverse();
        }
        path
    }
}
