//! Flow: everything that contains something of a version, by the rules of the main question.
//!
//! A version flows into its derivatives, and into the training sets that pin what it flowed into
//! (and the sets that pin those). The barriers (docs/decisions/005-where-the-flow-stops.md):
//!
//! - a set with a complete manifest is judged by its pins: a derivation *into* it is never
//!   followed;
//! - being pinned is not a derivation: out of a set, and out of a MODEL, the flow continues only if
//!   models are followed;
//! - a derivation into a set with an incomplete manifest is followed only on request, and
//!   everything that is reached that way alone is coarse.
//!
//! The traversal is breadth-first, so the path back from any node is a shortest witness path.

use super::visited::VisitedSet;
use super::walker::Walker;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;

/// The traversal barriers that are open.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenBarriers {
    /// Continue out of models and out of sets.
    pub through_models: bool,
    /// Enter sets with an incomplete manifest.
    pub coarse: bool,
}

/// One version that was reached.
#[derive(Debug, Clone, Copy)]
pub struct FlowNode {
    /// The version.
    pub version: VersionNo,
    /// The position of the node it was reached from; its own position for a start.
    pub from: u32,
    /// True if it is reached only through an incomplete manifest.
    pub coarse: bool,
}

/// The versions that a version flows into: itself first, then by distance, coarse nodes last.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// The nodes.
    pub nodes: Vec<FlowNode>,
}

impl Flow {
    /// The shortest path from a start to the node at `place`, both included.
    #[must_use]
    pub fn path_to(&self, place: u32) -> Vec<VersionNo> {
        let mut path = Vec::new();
        let mut place = place;
        loop {
            let node = self.nodes[place as usize];
            path.push(node.version);
            if node.from == place {
                break;
            }
            place = node.from;
        }
        path.reverse();
        path
    }
}

/// The number of edges that may still be followed.
#[derive(Debug, Clone, Copy)]
pub struct EdgeBudget {
    /// Edges left.
    pub edges: u64,
    /// True if the traversal stopped because no edges were left.
    pub spent: bool,
}

impl EdgeBudget {
    /// A budget of n edges.
    #[must_use]
    pub const fn edges(edges: u64) -> Self {
        Self { edges, spent: false }
    }

    /// Returns the number of edges taken since `left` were left.
    #[must_use]
    pub fn since(&self, left: u64) -> usize {
        usize::try_from(left.saturating_sub(self.edges)).unwrap_or(usize::MAX)
    }

    /// Takes this many edges.
    pub fn take_all(&mut self, edges: usize) {
        match self.edges.checked_sub(edges as u64) {
            Some(left) => self.edges = left,
            None => self.spent = true,
        }
    }

    /// Takes one edge; returns false if none is left.
    pub fn take(&mut self) -> bool {
        match self.edges.checked_sub(1) {
            Some(left) => self.edges = left,
            None => self.spent = true,
        }
        !self.spent
    }
}

/// Follows flows, one after the other, with one visited set for all of them.
#[derive(Debug)]
pub struct Tracer<'a> {
    /// The moment that is traversed.
    pub(in crate::lineage) walker: Walker<'a>,
    open_barriers: OpenBarriers,
    seen: VisitedSet,
    /// The edges that may still be followed.
    pub budget: EdgeBudget,
}

impl<'a> Tracer<'a> {
    /// A tracer for one seq. With a walker that pauses, it pauses between nodes.
    #[must_use]
    pub fn new(world: impl Into<Walker<'a>>, open_barriers: OpenBarriers, budget: EdgeBudget) -> Self {
        let walker = world.into();
        let seen = VisitedSet::new(walker.visible());
        Self { walker, open_barriers, seen, budget }
    }

    /// The versions that these versions flow into.
    pub fn flow(&mut self, starts: &[VersionNo]) -> Flow {
        let mut flow = Flow::default();
        self.follow(starts, &mut flow);
        flow
    }

    /// The versions that these versions flow into, written into an existing flow.
    pub fn follow(&mut self, starts: &[VersionNo], flow: &mut Flow) {
        self.seen.clear();
        flow.nodes.clear();
        for start in starts {
            let place = u32::try_from(flow.nodes.len()).unwrap_or(u32::MAX);
            Self::visit(&mut self.seen, flow, *start, place, false);
        }
        let mut next = 0;
        while next < flow.nodes.len() && !self.budget.spent {
            let left = self.budget.edges;
            self.expand(flow, next, next < starts.len());
            self.walker.step(self.budget.since(left));
            next += 1;
        }
        if self.open_barriers.coarse {
            for place in 0..flow.nodes.len() {
                if !self.enter_incomplete(flow, place) {
                    break;
                }
            }
            while next < flow.nodes.len() && !self.budget.spent {
                let left = self.budget.edges;
                self.expand(flow, next, false);
                self.enter_incomplete(flow, next);
                self.walker.step(self.budget.since(left));
                next += 1;
            }
        }
    }

    fn visit(seen: &mut VisitedSet, flow: &mut Flow, version: VersionNo, from: u32, coarse: bool) {
        if seen.put(version) {
            flow.nodes.push(FlowNode { version, from, coarse });
        }
    }

    /// Follows the edges without a barrier: derivations into anything except sets, and pins.
    fn expand(&mut self, flow: &mut Flow, place: usize, start: bool) {
        let FlowNode { version, coarse, .. } = flow.nodes[place];
        let from = u32::try_from(place).unwrap_or(u32::MAX);
        let Self { walker, open_barriers, seen, budget } = self;
        let open_barriers = *open_barriers;
        if open_barriers.follows_from(walker.at(), version, start) {
            let whole = walker.each_made(version, |at, made| {
                budget.take_all(made.len());
                if budget.spent {
                    return false;
                }
                for derived in made {
                    if at.kind(*derived) != Kind::TrainingSet {
                        Self::visit(seen, flow, *derived, from, coarse);
                    }
                }
                true
            });
            if !whole {
                return;
            }
        }
        // A set without outgoing flow is found again through its members' intervals; it needs no
        // node.
        let open = open_barriers.through_models || open_barriers.coarse;
        walker.each_place(version, |at, pinned| {
            let membership = &at.index().membership;
            if !budget.take() {
                return None;
            }
            if !open && !membership.is_nested(pinned.set) {
                return Some(0);
            }
            let span = at.span(membership.item(pinned.set), membership.at(pinned));
            for set in span {
                if !budget.take() {
                    return None;
                }
                if open_barriers.has_outflow(at, *set) {
                    Self::visit(seen, flow, *set, from, coarse);
                }
            }
            Some(span.len())
        });
    }

    /// Follows derivations out of one node into sets with an incomplete manifest. Returns false if no
    /// edges are left.
    fn enter_incomplete(&mut self, flow: &mut Flow, place: usize) -> bool {
        let Self { walker, open_barriers, seen, budget } = self;
        let FlowNode { version, from, .. } = flow.nodes[place];
        if !open_barriers.enters_incomplete_from(walker.at(), version, from as usize == place) {
            return true;
        }
        let left = budget.edges;
        let from = u32::try_from(place).unwrap_or(u32::MAX);
        let followed = walker.each_made(version, |at, made| {
            for derived in made {
                if !budget.take() {
                    return false;
                }
                if at.summary(*derived).is_some_and(|set| !set.complete) {
                    Self::visit(seen, flow, *derived, from, true);
                }
            }
            true
        });
        if followed {
            walker.step(budget.since(left));
        }
        followed
    }
}

impl At<'_> {
    /// Returns true if a visible training set version pins the version, or pinned it.
    fn is_member(self, version: VersionNo) -> bool {
        let membership = &self.index().membership;
        // Intervals are in the order of their first versions.
        membership.places_of(version).first().is_some_and(|place| {
            let (from, _) = membership.run(*place);
            from as usize <= self.history(membership.item(place.set)).len()
        })
    }
}

impl OpenBarriers {
    /// Returns true if derivations out of the version are followed. The start is wrong, and always
    /// followed.
    fn follows_from(self, at: At<'_>, version: VersionNo, start: bool) -> bool {
        start || self.through_models || !at.kind(version).is_barrier()
    }

    /// Returns true if derivations out of the version are followed into sets with an incomplete
    /// manifest.
    fn enters_incomplete_from(self, at: At<'_>, version: VersionNo, start: bool) -> bool {
        start || self.through_models || !at.kind(version).is_coarse_barrier()
    }

    fn has_outflow(self, at: At<'_>, set: VersionNo) -> bool {
        at.is_member(set) || ((self.through_models || self.coarse) && at.flow_from(set).next().is_some())
    }
}
