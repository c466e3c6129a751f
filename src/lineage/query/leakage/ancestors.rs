//! Common ancestors of two sides, and the members for which they are the nearest ones.
//!
//! A common model or class list must not make everything leak. So the traversal follows derivations
//! into data alone: SOURCE, LABEL, DERIVED and BUNDLE. A member that is itself a set is replaced by
//! what it pins, so pins are followed too, but only from a member on.
//!
//! The ancestors of both sides are in one graph, whose edges are kept. A pair belongs to an
//! ancestor if it belongs to none below, which is the case if no child of the ancestor is above
//! both members. So the exclusion keys of a member are the children on its paths to the ancestor.

use std::collections::HashMap;

use super::group::{KeyedMembers, LeakageGroup};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::Walker;
use crate::lineage::walk::flow::EdgeBudget;

/// Is above a member of the first side, or is one.
const ABOVE_A: u8 = 1;
/// Is above a member of the second side, or is one.
const ABOVE_B: u8 = 2;
/// Is a member of the first side.
const IN_A: u8 = 4;
/// Is a member of the second side.
const IN_B: u8 = 8;

/// All ancestors of the members of two sides, members included.
#[derive(Debug)]
pub(super) struct Ancestors {
    /// In the order of discovery; numbers in this file are positions here.
    nodes: Vec<VersionNo>,
    places: HashMap<VersionNo, u32>,
    flags: Vec<u8>,
    /// The children of each node that were traversed, as one array.
    offsets: Vec<u32>,
    children: Vec<u32>,
}

/// The state of the traversal to the ancestors.
struct Ascent<'b> {
    budget: &'b mut EdgeBudget,
    nodes: Vec<VersionNo>,
    places: HashMap<VersionNo, u32>,
    flags: Vec<u8>,
    /// From above to below.
    edges: Vec<(u32, u32)>,
}

impl Ancestors {
    /// Finds the ancestors of two sides. `None` if the budget is spent.
    pub(super) fn of(
        walker: &mut Walker<'_>,
        a: &[VersionNo],
        b: &[VersionNo],
        budget: &mut EdgeBudget,
    ) -> Option<Self> {
        let (nodes, places, flags) = (Vec::new(), HashMap::new(), Vec::new());
        let mut ascent = Ascent { budget, nodes, places, flags, edges: Vec::new() };
        ascent.climb(walker, a, IN_A, ABOVE_A)?;
        ascent.climb(walker, b, IN_B, ABOVE_B)?;
        let Ascent { nodes, places, flags, mut edges, .. } = ascent;
        walker.unlocked(&mut || {
            edges.sort_unstable();
            edges.dedup();
        });
        let mut offsets = vec![0_u32; nodes.len() + 1];
        for (above, _) in &edges {
            offsets[*above as usize + 1] += 1;
        }
        for place in 0..nodes.len() {
            offsets[place + 1] += offsets[place];
        }
        let children = edges.into_iter().map(|(_, below)| below).collect();
        Some(Self { nodes, places, flags, offsets, children })
    }

    /// The versions above both sides with at least two separate paths down, by number.
    pub(super) fn shared(&self) -> Vec<VersionNo> {
        let parts = |place: usize| {
            let ways = self.ways(place);
            let to = |flag: u8| ways.iter().filter(|flags| **flags & flag != 0).count();
            let to_any = ways.iter().filter(|flags| **flags & (ABOVE_A | ABOVE_B) != 0).count();
            to(ABOVE_A) > 0 && to(ABOVE_B) > 0 && to_any > 1
        };
        let places = (0..self.nodes.len()).filter(|place| parts(*place));
        let mut shared: Vec<VersionNo> = places.map(|place| self.nodes[place]).collect();
        shared.sort_unstable();
        shared
    }

    /// The members below a version, with the first edges of their paths as exclusion keys. `None`
    /// if the budget is spent.
    pub(super) fn group(&self, through: VersionNo, budget: &mut EdgeBudget) -> Option<LeakageGroup> {
        let Some(place) = self.places.get(&through) else { return Some(LeakageGroup::default()) };
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let mut note = |place: u32, way: u64| {
            let (version, flags) = (self.nodes[place as usize], self.flags[place as usize]);
            a.extend((flags & IN_A != 0).then_some((version, way)));
            b.extend((flags & IN_B != 0).then_some((version, way)));
        };
        // A member that is the ancestor itself has a separate path.
        note(*place, u64::MAX);
        // The last path on which a node was met.
        let mut met: HashMap<u32, u32> = HashMap::new();
        for child in self.below(*place) {
            paid(budget)?;
            let mut open = vec![*child];
            met.insert(*child, *child);
            while let Some(next) = open.pop() {
                note(next, u64::from(*child));
                for below in self.below(next) {
                    paid(budget)?;
                    if met.insert(*below, *child) != Some(*child) {
                        open.push(*below);
                    }
                }
            }
        }
        Some(LeakageGroup { a: KeyedMembers::from_pairs(a), b: KeyedMembers::from_pairs(b) })
    }

    fn below(&self, place: u32) -> &[u32] {
        let place = place as usize;
        &self.children[self.offsets[place] as usize..self.offsets[place + 1] as usize]
    }

    /// The sides below each path down from a node: each child, and the node itself if it is a
    /// member.
    fn ways(&self, place: usize) -> Vec<u8> {
        let own = self.flags[place];
        let member =
            (if own & IN_A != 0 { ABOVE_A } else { 0 }) | (if own & IN_B != 0 { ABOVE_B } else { 0 });
        let children = self.below(u32::try_from(place).unwrap_or(u32::MAX));
        children.iter().map(|child| self.flags[*child as usize]).chain([member]).collect()
    }
}

impl Ascent<'_> {
    fn climb(&mut self, walker: &mut Walker<'_>, members: &[VersionNo], own: u8, above: u8) -> Option<()> {
        let mut open: Vec<u32> = Vec::new();
        for member in members {
            let place = self.place(*member);
            self.flags[place as usize] |= own;
            if self.set_flags(place, above) {
                open.push(place);
            }
        }
        while let Some(place) = open.pop() {
            let (at, version, left) = (walker.at(), self.nodes[place as usize], self.budget.edges);
            if at.kind(version) == Kind::TrainingSet {
                for interval in at.members(version) {
                    self.edge(interval.member, place, above, &mut open)?;
                }
            } else {
                for source in at.sources(version).map(|edge| edge.other) {
                    if at.kind(source).is_data() {
                        self.edge(source, place, above, &mut open)?;
                    }
                }
            }
            walker.step(self.budget.since(left));
        }
        Some(())
    }

    fn edge(&mut self, version: VersionNo, below: u32, above: u8, open: &mut Vec<u32>) -> Option<()> {
        paid(self.budget)?;
        let place = self.place(version);
        // The second side has the edges that the first side followed.
        if above == ABOVE_A || self.flags[below as usize] & ABOVE_A == 0 {
            self.edges.push((place, below));
        }
        if self.set_flags(place, above) {
            open.push(place);
        }
        Some(())
    }

    fn place(&mut self, version: VersionNo) -> u32 {
        let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        *self.places.entry(version).or_insert_with(|| {
            self.nodes.push(version);
            self.flags.push(0);
            next
        })
    }

    fn set_flags(&mut self, place: u32, above: u8) -> bool {
        let flags = &mut self.flags[place as usize];
        let is_new = *flags & above == 0;
        *flags |= above;
        is_new
    }
}

fn paid(budget: &mut EdgeBudget) -> Option<()> {
    budget.take().then_some(())
}
