//! Regions: everything downstream of one end or everything upstream of the other, whichever is
//! complete first, as a separate graph.

use super::edges::EdgeFilter;
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
    /// The start of each position's edges in `edges`, and the end of the last.
    offsets: Vec<u32>,
    /// The targets of edges away from the root, as positions, by version number, each once.
    edges: Vec<u32>,
}

/// An incomplete region.
struct GrowingRegion {
    up: bool,
    versions: Vec<VersionNo>,
    /// The position of each version plus 1; 0 for versions that are not in it. Memory that is not
    /// touched costs nothing.
    places: Vec<u32>,
    offsets: Vec<u32>,
    edges: Vec<u32>,
}

impl GrowingRegion {
    fn new(root: VersionNo, up: bool, visible: u32) -> Self {
        let mut places = vec![0; visible as usize];
        places[root.at()] = 1;
        Self { up, versions: vec![root], places, offsets: vec![0], edges: Vec::new() }
    }

    fn is_whole(&self) -> bool {
        self.offsets.len() > self.versions.len()
    }

    /// Follows the edges of the next version; returns false if the budget is spent.
    fn grow(&mut self, walker: &mut Walker<'_>, filter: &EdgeFilter, budget: &mut u64) -> bool {
        let version = self.versions[self.offsets.len() - 1];
        let begin = self.edges.len();
        let whole = walker.each_neighbour(filter, version, self.up, |next| {
            let place = &mut self.places[next.at()];
            if *place == 0 {
                self.versions.push(next);
                *place = u32::try_from(self.versions.len()).unwrap_or(u32::MAX);
            }
            self.edges.push(*place - 1);
            *budget = budget.saturating_sub(1);
            *budget > 0
        });
        let (versions, edges) = (&self.versions, &mut self.edges);
        let mut kept = begin;
        walker.unlocked_if_many(edges.len() - begin, || {
            edges[begin..].sort_unstable_by_key(|place| versions[*place as usize]);
            for at in begin..edges.len() {
                if at == begin || edges[at] != edges[kept - 1] {
                    edges[kept] = edges[at];
                    kept += 1;
                }
            }
        });
        self.edges.truncate(kept);
        self.offsets.push(u32::try_from(kept).unwrap_or(u32::MAX));
        whole
    }
}

/// Everything between two ends, one upstream of the other, and perhaps more; `None` if the budget
/// is spent.
pub(in crate::lineage) fn smaller(
    walker: &mut Walker<'_>,
    filter: &EdgeFilter,
    (above, below): (VersionNo, VersionNo),
    budget: &mut u64,
) -> Option<Region> {
    let visible = walker.visible();
    let mut down = GrowingRegion::new(above, false, visible);
    let mut up = GrowingRegion::new(below, true, visible);
    while !down.is_whole() && !up.is_whole() {
        let next = if down.edges.len() <= up.edges.len() { &mut down } else { &mut up };
        if !next.grow(walker, filter, budget) {
            return None;
        }
    }
    let (region, goal) = if down.is_whole() { (down, below) } else { (up, above) };
    let GrowingRegion { up, versions, places, offsets, edges } = region;
    Some(Region { up, goal: places[goal.at()].checked_sub(1)?, versions, offsets, edges })
}

impl Region {
    /// The positions one edge away.
    pub(in crate::lineage) fn next(&self, place: u32) -> &[u32] {
        let place = place as usize;
        &self.edges[self.offsets[place] as usize..self.offsets[place + 1] as usize]
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
            let edges = distance[place as usize] + 1;
            let place = place as usize;
            for before in &back[begins[place] as usize..begins[place + 1] as usize] {
                if distance[*before as usize] == u32::MAX {
                    distance[*before as usize] = edges;
                    queue.push(*before);
                }
            }
        }
        distance
    }

    /// The reversed edges: the start of each position's edges, and the positions they come from.
    fn backwards(&self) -> (Vec<u32>, Vec<u32>) {
        let mut begins = vec![0_u32; self.versions.len() + 1];
        for place in &self.edges {
            begins[*place as usize + 1] += 1;
        }
        for place in 1..begins.len() {
            begins[place] += begins[place - 1];
        }
        let mut free = begins.clone();
        let mut back = vec![0; self.edges.len()];
        for from in (0_u32..).take(self.versions.len()) {
            for place in self.next(from) {
                back[free[*place as usize] as usize] = from;
                free[*place as usize] += 1;
            }
        }
        (begins, back)
    }
}
