//! Paths: the shortest ways from one version to another, and whether there is one.
//!
//! The distances to the target are found first, breadth-first against the walk; then partial paths are extended in
//! the order of their exact total length (A* with a perfect estimate), so that the k-th path to arrive is a k-th
//! shortest. The graph has no cycles, so every path is simple.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::at::At;
use super::closure::Steps;
use crate::domain::facts::VersionNo;

/// Paths, shortest first.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    /// Each from the upstream end to the downstream end, both included.
    pub paths: Vec<Vec<VersionNo>>,
    /// Whether the budget ended the search before `k` paths, or all there are, were found.
    pub incomplete: bool,
}

impl At<'_> {
    /// Up to `k` shortest paths between two versions, whichever of them is upstream. Pins count as edges.
    #[must_use]
    pub fn paths(self, a: VersionNo, b: VersionNo, k: usize, max_edges: u64) -> Paths {
        let steps = Steps { at: self, roles: None, members: true };
        let mut budget = max_edges;
        let found = steps.search(a, b, k, &mut budget);
        match found.paths.is_empty() && !found.incomplete && a != b {
            true => steps.search(b, a, k, &mut budget),
            false => found,
        }
    }
}

impl Steps<'_, '_> {
    fn search(&self, from: VersionNo, to: VersionNo, k: usize, budget: &mut u64) -> Paths {
        let Some(distance) = self.distances(from, to, budget) else {
            return Paths { incomplete: *budget == 0, ..Paths::default() };
        };
        let mut found = Paths::default();
        // Partial paths as (total length, order of making, place in the arena).
        let mut arena: Vec<(VersionNo, usize)> = vec![(from, 0)];
        let mut open = BinaryHeap::from([Reverse((distance[&from], 0_usize))]);
        let mut walked: Vec<u32> = vec![0];
        while let Some(Reverse((_, place))) = open.pop() {
            let (version, _) = arena[place];
            if version == to {
                found.paths.push(trace(&arena, place));
                if found.paths.len() >= k {
                    return found;
                }
                continue;
            }
            let mut next: Vec<VersionNo> = Vec::new();
            let whole = self.neighbours(version, false, |neighbour| {
                next.extend(distance.contains_key(&neighbour).then_some(neighbour));
                *budget = budget.saturating_sub(1);
                *budget > 0
            });
            next.sort_unstable();
            next.dedup();
            for neighbour in next {
                let steps = walked[place] + 1;
                arena.push((neighbour, place));
                walked.push(steps);
                open.push(Reverse((steps + distance[&neighbour], arena.len() - 1)));
            }
            if !whole {
                found.incomplete = true;
                return found;
            }
        }
        found
    }

    /// Hops to `to` from everything upstream of it, as far as needed to know those of `from`'s paths; none where
    /// `from` is not upstream.
    fn distances(&self, from: VersionNo, to: VersionNo, budget: &mut u64) -> Option<HashMap<VersionNo, u32>> {
        let mut distance = HashMap::from([(to, 0)]);
        let mut queue = vec![to];
        let mut next = 0;
        while next < queue.len() {
            let version = queue[next];
            let depth = distance[&version];
            next += 1;
            let whole = self.neighbours(version, true, |source| {
                distance.entry(source).or_insert_with(|| {
                    queue.push(source);
                    depth + 1
                });
                *budget = budget.saturating_sub(1);
                *budget > 0
            });
            if !whole {
                return None;
            }
        }
        distance.contains_key(&from).then_some(distance)
    }
}

fn trace(arena: &[(VersionNo, usize)], place: usize) -> Vec<VersionNo> {
    let mut path = vec![arena[place].0];
    let mut place = place;
    while place != 0 {
        place = arena[place].1;
        path.push(arena[place].0);
    }
    path.reverse();
    path
}
