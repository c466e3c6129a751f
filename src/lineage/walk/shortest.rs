//! The shortest path between two versions, by bidirectional breadth-first search.
//!
//! Each end grows by complete levels, the cheaper level first. The levels of both ends are disjoint
//! until they meet, so the first version that both have seen is on a shortest path. Visited sets
//! are bits, and predecessors are in the queues, so a search costs as much as it visits.

use fixedbitset::FixedBitSet;

use super::edges::EdgeFilter;
use super::walker::Walker;
use crate::domain::numbers::VersionNo;

/// The result of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lineage) enum Shortest {
    /// A path, from the upstream end to the downstream end, both included.
    Way(Vec<VersionNo>),
    /// There is no path.
    Apart,
    /// The budget is spent.
    Spent,
}

/// One end and the versions that were reached from it.
struct SearchEnd {
    up: bool,
    /// Versions with the position of the predecessor of each.
    queue: Vec<(VersionNo, u32)>,
    seen: FixedBitSet,
    /// The start of the newest level.
    level: usize,
    /// An estimate of the number of edges of the newest level, or more than the other end has.
    cost: u64,
}

impl SearchEnd {
    fn new(version: VersionNo, up: bool, visible: u32) -> Self {
        let mut seen = FixedBitSet::with_capacity(visible as usize);
        seen.insert(version.at());
        Self { up, queue: vec![(version, 0)], seen, level: 0, cost: 0 }
    }

    /// Reaches the next level; returns the version where it meets the other end, if it does. `None`
    /// if the budget is spent.
    fn grow(
        &mut self,
        walker: &mut Walker<'_>,
        filter: &EdgeFilter,
        other: &FixedBitSet,
        budget: &mut u64,
    ) -> Option<Option<VersionNo>> {
        let level = self.level..self.queue.len();
        self.level = self.queue.len();
        let mut met = None;
        for place in level {
            let from = u32::try_from(place).unwrap_or(u32::MAX);
            let (version, _) = self.queue[place];
            walker.each_neighbour(filter, version, self.up, |next| {
                if *budget == 0 {
                    return false;
                }
                *budget -= 1;
                if !self.seen.put(next.at()) {
                    self.queue.push((next, from));
                    met = other.contains(next.at()).then_some(next);
                }
                met.is_none()
            });
            if met.is_some() {
                return Some(met);
            }
            if *budget == 0 {
                return None;
            }
        }
        Some(None)
    }

    /// Counts the edges of the newest level, until it is known that the other end is cheaper.
    fn weigh(&mut self, walker: &mut Walker<'_>, other: u64) {
        self.cost = 0;
        for (version, _) in &self.queue[self.level..] {
            self.cost += 1 + walker.at().fan(*version, self.up);
            if self.cost > other {
                return;
            }
            walker.step(1);
        }
    }

    fn is_done(&self) -> bool {
        self.level == self.queue.len()
    }

    /// The path from a reached version back to this end.
    fn back(&self, version: VersionNo) -> Vec<VersionNo> {
        let mut place = self.queue.iter().rposition(|(reached, _)| *reached == version).unwrap_or(0);
        let mut way = vec![self.queue[place].0];
        while place != 0 {
            place = self.queue[place].1 as usize;
            way.push(self.queue[place].0);
        }
        way
    }
}

/// A shortest path from `above` down to `below`.
pub(in crate::lineage) fn shortest(
    walker: &mut Walker<'_>,
    filter: &EdgeFilter,
    (above, below): (VersionNo, VersionNo),
    budget: &mut u64,
) -> Shortest {
    if above == below {
        return Shortest::Way(vec![above]);
    }
    let visible = walker.visible();
    let (mut down, mut up) = (SearchEnd::new(above, false, visible), SearchEnd::new(below, true, visible));
    down.weigh(walker, u64::MAX);
    up.weigh(walker, down.cost);
    while !down.is_done() && !up.is_done() {
        let (cheap, other) = if down.cost <= up.cost { (&mut down, &up) } else { (&mut up, &down) };
        match cheap.grow(walker, filter, &other.seen, budget) {
            None => return Shortest::Spent,
            Some(Some(met)) => {
                let mut way = down.back(met);
                way.reverse();
                way.extend(up.back(met).into_iter().skip(1));
                return Shortest::Way(way);
            }
            Some(None) => cheap.weigh(walker, other.cost),
        }
    }
    Shortest::Apart
}
