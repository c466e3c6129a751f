//! Regions: everything downstream of one end or everything upstream of the other, whichever is
//! complete first, as a separate graph.

use super::edges::HopFilter;
use super::walker::Walker;
use crate::domain::numbers::VersionNo;

/// A part of the lineage, by position in `versions`.
#[derive(Debug)]
pub(in crate::lineage) struct Region {
    /// True if it was traversed upwards, from the downstream end.
    pub up: bool,
    /// The versions; the root first, then in order of discovery.
    pub versions: Vec<VersionNo>,
    /// The position of the other end.
    pub goal: u32,
    /// The start of each position's edges in `hops`, and the end of the last.
    offsets: Vec<u32>,
    /// The targets of edges away from the root, as positions, by version number, each once.
    hops: Vec<u32>,
}

/// An incomplete region.
struct Growing {
    up: bool,
    versions: Vec<VersionNo>,
    /// The position of each version plus 1; 0 for versions that are not in it. Memory that is not
    /// touched costs nothing.
    places: Vec<u32>,
    offsets: Vec<u32>,
    hops: Vec<u32>,
}

impl Growing {
    fn new(root: VersionNo, up: bool, visible: u32) -> Self {
        let mut places = vec![0; visible as usize];
        places[root.at()] = 1;
        Self { up, versions: vec![root], places, offsets: vec![0], hops: Vec::new() }
    }

    fn is_whole(&self) -> bool {
        self.offsets.len() > self.versions.len()
    }

    /// Follows the edges of the next version; returns false if the budget is spent.
    fn grow(&mut self, walker: &mut Walker<'_>, filter: &HopFilter, budget: &mut u64) -> bool {
        let version = self.versions[self.offsets.len() - 1];
        let begin = self.hops.len();
        let whole = walker.hop(filter, version, self.up, |next| {
            let place = &mut self.places[next.at()];
            if *place == 0 {
                self.versions.push(next);
                *place = u32::try_from(self.versions.len()).unwrap_or(u32::MAX);
            }
            self.hops.push(*place - 1);
            *budget = budget.saturating_sub(1);
            *budget > 0
        });
        let (versions, hops) = (&self.versions, &mut self.hops);
        let mut kept = begin;
        walker.aside(hops.len() - begin, || {
            hops[begin..].sort_unstable_by_key(|place| versions[*place as usize]);
            for at in begin..hops.len() {
                if at == begin || hops[at] != hops[kept - 1] {
                    hops[kept] = hops[at];
                    kept += 1;
                }
            }
        });
        self.hops.truncate(kept);
        self.offsets.push(u32::try_from(kept).unwrap_or(u32::MAX));
        whole
    }
}

/// Everything between two ends, one upstream of the other, and perhaps more; `None` if the budget
/// is spent.
pub(in crate::lineage) fn smaller(
    walker: &mut Walker<'_>,
    filter: &HopFilter,
    (above, below): (VersionNo, VersionNo),
    budget: &mut u64,
) -> Option<Region> {
    let visible = walker.visible();
    let mut down = Growing::new(above, false, visible);
    let mut up = Growing::new(below, true, visible);
    while !down.is_whole() && !up.is_whole() {
        let next = if down.hops.len() <= up.hops.len() { &mut down } else { &mut up };
        if !next.grow(walker, filter, budget) {
            return None;
        }
    }
    let (region, goal) = if down.is_whole() { (down, below) } else { (up, above) };
    let Growing { up, versions, places, offsets, hops } = region;
    Some(Region { up, goal: places[goal.at()].checked_sub(1)?, versions, offsets, hops })
}

impl Region {
    /// The positions one edge away.
    pub(in crate::lineage) fn next(&self, place: u32) -> &[u32] {
        let place = place as usize;
        &self.hops[self.offsets[place] as usize..self.offsets[place + 1] as usize]
    }

    /// The number of edges from each position to the goal; `u32::MAX` if there is no path.
    pub(in crate::lineage) fn distances(&self) -> Vec<u32> {
        let (begins, back) = self.backwards();
        let mut distance = vec![u32::MAX; self.versions.len()];
        distance[self.goal as usize] = 0;
        let mut queue = vec![self.goal];
        let mut next = 0;
        while let Some(place) = queue.get(next).copied() {
            next += 1;
            let hops = distance[place as usize] + 1;
            let place = place as usize;
            for before in &back[begins[place] as usize..begins[place + 1] as usize] {
                if distance[*before as usize] == u32::MAX {
                    distance[*before as usize] = hops;
                    queue.push(*before);
                }
            }
        }
        distance
    }

    /// The reversed edges: the start of each position's edges, and the positions they come from.
    fn backwards(&self) -> (Vec<u32>, Vec<u32>) {
        let mut begins = vec![0_u32; self.versions.len() + 1];
        for place in &self.hops {
            begins[*place as usize + 1] += 1;
        }
        for place in 1..begins.len() {
            begins[place] += begins[place - 1];
        }
        let mut free = begins.clone();
        let mut back = vec![0; self.hops.len()];
        for from in (0_u32..).take(self.versions.len()) {
            for place in self.next(from) {
                back[free[*place as usize] as usize] = from;
                free[*place as usize] += 1;
            }
        }
        (begins, back)
    }
}
