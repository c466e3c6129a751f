//! Drawings: the neighbourhood of some versions with its edges, small enough to be viewed.
//!
//! The traversal is breadth-first over shown nodes. The neighbours of a shown node form one list per
//! kind, namespace and role; a list of more than a few versions is folded into one group, and the
//! traversal continues from all of the group. So five thousand members and the images they were
//! made from are two groups with one line between them.

pub mod edge_counts;

use std::collections::{BTreeMap, VecDeque};

use fixedbitset::FixedBitSet;

use crate::domain::item::{Kind, Namespace};
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::walk::closure::{Direction, Stopped};
use crate::lineage::walk::edges::{EdgeFilter, FilteredEdges, Role};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::walker::Walker;
use edge_counts::{DrawnLine, lines};

/// The direction, filters and limits of a drawing.
pub struct Frame<'f> {
    /// The direction.
    pub direction: Direction,
    /// Only edges with these roles; all if `None`.
    pub roles: Option<Vec<String>>,
    /// The most edges on the path to a version.
    pub max_depth: Option<u32>,
    /// Returns true for versions that are reached but not expanded.
    pub stop_at: &'f dyn Fn(At<'_>, VersionNo) -> bool,
    /// The size from which on a list of neighbours is folded (exclusive).
    pub fold_above: usize,
    /// True if wrong versions are folded as others are; false if each is a node of its own.
    pub fold_wrong: bool,
    /// The most versions and groups.
    pub max_nodes: usize,
    /// The most lines.
    pub max_lines: usize,
}

impl std::fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame").field("direction", &self.direction).finish_non_exhaustive()
    }
}

/// The common properties of the versions of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeGroup {
    /// The kind of their items.
    pub kind: Kind,
    /// The namespace of their items.
    pub namespace: Namespace,
    /// The role of the edges that lead to them.
    pub role: Role,
}

/// A node: a version that is shown alone, or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The version, or those of the group, by number.
    pub versions: Vec<VersionNo>,
    /// The number of edges from the nearest start.
    pub depth: u32,
    /// The common properties of a group; `None` for a single version.
    pub group: Option<NodeGroup>,
    /// True if the traversal stopped here, with more beyond.
    pub more: bool,
}

/// The nodes and lines: starts first, then nearest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Versions and groups.
    pub shown: Vec<Shown>,
    /// The edges between them, by position.
    pub lines: Vec<DrawnLine>,
    /// The reason why it is incomplete; `None` if it is complete.
    pub stopped: Option<Stopped>,
}

impl Walker<'_> {
    /// Draws the neighbourhood of some versions.
    #[must_use]
    pub fn drawing(&mut self, starts: &[VersionNo], frame: &Frame<'_>, budget: &mut EdgeBudget) -> Drawing {
        let visible = self.visible() as usize;
        let filter = EdgeFilter::new(self.at(), frame.roles.as_deref());
        let mut walk = DrawingWalk {
            walker: self,
            frame,
            filter,
            drawing: Drawing::default(),
            places: vec![0; visible],
            seen: [FixedBitSet::with_capacity(visible), FixedBitSet::with_capacity(visible)],
            open: VecDeque::new(),
            budget: &mut budget.edges,
        };
        walk.walk(starts);
        let DrawingWalk { walker, filter, mut drawing, places, budget, .. } = walk;
        match lines(walker, &filter, &drawing.shown, &places, budget, frame.max_lines) {
            Ok(lines) => drawing.lines = lines,
            Err(some) => {
                drawing.lines = some;
                drawing.stopped = Some(Stopped::Edges);
            }
        }
        drawing
    }
}

/// Versions to expand: those of a node, or some of them that the other direction reached too.
struct Expansion {
    versions: Vec<VersionNo>,
    depth: u32,
    up: bool,
}

/// The neighbours of a node.
#[derive(Default)]
struct Neighbours {
    new: BTreeMap<(Kind, Namespace, Role), Vec<VersionNo>>,
    /// Neighbours that are shown already, by the traversal in the other direction.
    old: Vec<VersionNo>,
}

struct DrawingWalk<'w, 'h, 'f> {
    walker: &'w mut Walker<'h>,
    frame: &'f Frame<'f>,
    filter: EdgeFilter,
    drawing: Drawing,
    /// The position of each version's node plus 1; 0 for versions that are not shown.
    places: Vec<u32>,
    /// The versions that were reached, downwards and upwards.
    seen: [FixedBitSet; 2],
    open: VecDeque<Expansion>,
    budget: &'f mut u64,
}

impl DrawingWalk<'_, '_, '_> {
    fn walk(&mut self, starts: &[VersionNo]) {
        for start in starts {
            if self.places[start.at()] == 0 {
                self.show(vec![*start], 0, None);
            }
        }
        let roots: Vec<VersionNo> = self.drawing.shown.iter().map(|shown| shown.versions[0]).collect();
        for up in [true, false] {
            let walked = if up { Direction::Up } else { Direction::Down };
            if self.frame.direction == walked || self.frame.direction == Direction::Both {
                for root in &roots {
                    self.seen[usize::from(up)].insert(root.at());
                    self.open.push_back(Expansion { versions: vec![*root], depth: 0, up });
                }
            }
        }
        // Both directions in turn, so that a limit stops them at the same depth.
        let starts = self.open.len();
        let mut taken = 0;
        while let Some(step) = self.open.pop_front() {
            taken += 1;
            let from = if taken > starts { self.expandable(&step) } else { step.versions.clone() };
            let step = Expansion { versions: from, ..step };
            let deepest = self.frame.max_depth.is_some_and(|most| step.depth >= most);
            if deepest || matches!(self.drawing.stopped, Some(Stopped::Nodes | Stopped::Edges)) {
                self.end_at(&step, deepest);
            } else if !self.follow(&step) {
                self.end_at(&step, false);
            }
        }
    }

    fn expandable(&mut self, step: &Expansion) -> Vec<VersionNo> {
        let mut versions = step.versions.clone();
        self.walker.retain(&mut versions, |at, version| !(self.frame.stop_at)(at, *version));
        versions
    }

    /// Shows the neighbours; returns false if they could not be shown completely.
    fn follow(&mut self, step: &Expansion) -> bool {
        let Some(neighbours) = self.neighbours(step) else {
            self.drawing.stopped = Some(Stopped::Edges);
            return false;
        };
        let depth = step.depth + 1;
        if !neighbours.old.is_empty() {
            self.open.push_back(Expansion { versions: neighbours.old, depth, up: step.up });
        }
        for ((kind, namespace, role), mut versions) in neighbours.new {
            self.walker.unlocked_if_many(versions.len(), || versions.sort_unstable());
            for (versions, group) in self.folded(versions, NodeGroup { kind, namespace, role }) {
                if self.drawing.shown.len() >= self.frame.max_nodes {
                    self.drawing.stopped = Some(Stopped::Nodes);
                    return false;
                }
                self.open.push_back(Expansion { versions: versions.clone(), depth, up: step.up });
                self.show(versions, depth, group);
            }
        }
        true
    }

    /// The nodes of neighbours with common properties: a group first, then single versions.
    fn folded(
        &mut self,
        mut versions: Vec<VersionNo>,
        group: NodeGroup,
    ) -> Vec<(Vec<VersionNo>, Option<NodeGroup>)> {
        let mut single = Vec::new();
        if versions.len() > self.frame.fold_above && !self.frame.fold_wrong {
            self.walker.retain(&mut versions, |at, version| {
                let is_wrong = at.is_wrong(*version);
                single.extend(is_wrong.then_some(*version));
                !is_wrong
            });
        }
        let mut nodes = Vec::new();
        if versions.len() > self.frame.fold_above {
            nodes.push((versions, Some(group)));
        } else {
            single.append(&mut versions);
            single.sort_unstable();
        }
        nodes.extend(single.into_iter().map(|version| (vec![version], None)));
        nodes
    }

    fn show(&mut self, versions: Vec<VersionNo>, depth: u32, group: Option<NodeGroup>) {
        let place = u32::try_from(self.drawing.shown.len() + 1).unwrap_or(u32::MAX);
        versions.iter().for_each(|version| self.places[version.at()] = place);
        self.drawing.shown.push(Shown { versions, depth, group, more: false });
    }

    /// The neighbours that were not reached before in this direction; `None` if the budget is
    /// spent.
    fn neighbours(&mut self, step: &Expansion) -> Option<Neighbours> {
        let Self { walker, filter, places, seen, budget, .. } = self;
        let mut neighbours = Neighbours::default();
        for version in &step.versions {
            let mut reach = |at: At<'_>, next: VersionNo, role: Option<Role>| {
                let Some(left) = budget.checked_sub(1) else { return false };
                **budget = left;
                if seen[usize::from(step.up)].put(next.at()) {
                    return true;
                }
                if places[next.at()] != 0 {
                    neighbours.old.push(next);
                    return true;
                }
                let key = at.key(at.item_of(next));
                let role =
                    role.unwrap_or_else(|| FilteredEdges::with(at, filter.clone()).role(next, *version));
                neighbours.new.entry((key.kind, key.namespace.clone(), role)).or_default().push(next);
                true
            };
            let whole = match step.up {
                true => walker.each_above(filter, *version, |at, next, role| reach(at, next, Some(role))),
                false => walker.each_below(filter, *version, |at, next| reach(at, next, None)),
            };
            if !whole {
                return None;
            }
        }
        Some(neighbours)
    }

    /// Flags nodes at the end of the traversal if there is more beyond.
    fn end_at(&mut self, step: &Expansion, deepest: bool) {
        for version in &step.versions {
            let Self { walker, filter, places, budget, .. } = self;
            let shown = walker.each_neighbour(filter, *version, step.up, |next| {
                **budget = budget.saturating_sub(1);
                **budget > 0 && places[next.at()] != 0
            });
            if shown {
                continue;
            }
            let reason = if **budget == 0 { Stopped::Edges } else { Stopped::Depth };
            self.drawing.shown[self.places[version.at()] as usize - 1].more = true;
            if deepest || reason == Stopped::Edges {
                self.drawing.stopped = self.drawing.stopped.or(Some(reason));
            }
            return;
        }
    }
}
