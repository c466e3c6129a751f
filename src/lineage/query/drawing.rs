//! Drawings: the neighbourhood of some versions with its edges, small enough to be looked at.
//!
//! The walk is breadth-first over what is shown. What lies one hop away from something shown is one fan for each kind,
//! namespace and role; a fan of more than a few versions is folded into one group, and the walk goes on from the group as
//! a whole. So five thousand members and the images they were made from are two groups with one line between them.

pub mod edge_counts;

use std::collections::{BTreeMap, VecDeque};

use fixedbitset::FixedBitSet;

use crate::domain::item::{Kind, Namespace};
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::walk::closure::{Direction, Stopped};
use crate::lineage::walk::edges::{HopFilter, Hops, Role};
use crate::lineage::walk::flow::Budget;
use crate::lineage::walk::walker::Walker;
use edge_counts::{Line, lines};

/// What is to be drawn.
pub struct Frame<'f> {
    /// Which way to walk.
    pub direction: Direction,
    /// Edges of these roles only; all where absent.
    pub roles: Option<Vec<String>>,
    /// At most so many hops.
    pub max_depth: Option<u32>,
    /// Versions that are reached but not gone beyond.
    pub stop_at: &'f dyn Fn(At<'_>, VersionNo) -> bool,
    /// Fans of more than so many versions are folded.
    pub fold_above: usize,
    /// At most so many versions and groups.
    pub max_nodes: usize,
    /// At most so many lines.
    pub max_lines: usize,
}

impl std::fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame").field("direction", &self.direction).finish_non_exhaustive()
    }
}

/// What the versions of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fold {
    /// What their items are.
    pub kind: Kind,
    /// Where their items are.
    pub namespace: Namespace,
    /// The role of the hop that leads to them.
    pub role: Role,
}

/// A version that is shown alone, or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The version, or those of the group, by number.
    pub versions: Vec<VersionNo>,
    /// Hops from the nearest start.
    pub depth: u32,
    /// Of a group: what its versions have in common.
    pub fold: Option<Fold>,
    /// Whether the walk had to end here, with more beyond.
    pub more: bool,
}

/// What is shown: starts first, then nearest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Versions and groups.
    pub shown: Vec<Shown>,
    /// The edges between them, by place.
    pub lines: Vec<Line>,
    /// Why it is not whole, if it is not.
    pub stopped: Option<Stopped>,
}

impl Walker<'_> {
    /// Draws what lies around some versions.
    #[must_use]
    pub fn drawing(&mut self, starts: &[VersionNo], frame: &Frame<'_>, budget: &mut Budget) -> Drawing {
        let visible = self.visible() as usize;
        let filter = HopFilter::new(self.at(), frame.roles.as_deref());
        let mut pen = Pen {
            walker: self,
            frame,
            filter,
            drawing: Drawing::default(),
            places: vec![0; visible],
            seen: [FixedBitSet::with_capacity(visible), FixedBitSet::with_capacity(visible)],
            open: VecDeque::new(),
            budget: &mut budget.edges,
        };
        pen.walk(starts);
        let Pen { walker, filter, mut drawing, places, budget, .. } = pen;
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

/// Versions to go on from: those of something shown, or a part of it that the other direction reached too.
struct Step {
    versions: Vec<VersionNo>,
    depth: u32,
    up: bool,
}

/// What lies one hop away.
#[derive(Default)]
struct Fan {
    new: BTreeMap<(Kind, Namespace, Role), Vec<VersionNo>>,
    /// Shown already, by the walk in the other direction.
    old: Vec<VersionNo>,
}

struct Pen<'w, 'h, 'f> {
    walker: &'w mut Walker<'h>,
    frame: &'f Frame<'f>,
    filter: HopFilter,
    drawing: Drawing,
    /// Where each version is shown, and one more; 0 for those that are not.
    places: Vec<u32>,
    /// What was reached, downwards and upwards.
    seen: [FixedBitSet; 2],
    open: VecDeque<Step>,
    budget: &'f mut u64,
}

impl Pen<'_, '_, '_> {
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
                    self.open.push_back(Step { versions: vec![*root], depth: 0, up });
                }
            }
        }
        // Both directions by turns, so that a limit cuts them at the same depth.
        let starts = self.open.len();
        let mut taken = 0;
        while let Some(step) = self.open.pop_front() {
            taken += 1;
            let from = if taken > starts { self.gone_beyond(&step) } else { step.versions.clone() };
            let step = Step { versions: from, ..step };
            let deepest = self.frame.max_depth.is_some_and(|most| step.depth >= most);
            if deepest || matches!(self.drawing.stopped, Some(Stopped::Nodes | Stopped::Edges)) {
                self.end_at(&step, deepest);
            } else if !self.follow(&step) {
                self.end_at(&step, false);
            }
        }
    }

    fn gone_beyond(&mut self, step: &Step) -> Vec<VersionNo> {
        let mut versions = step.versions.clone();
        self.walker.retain(&mut versions, |at, version| !(self.frame.stop_at)(at, *version));
        versions
    }

    /// Shows what lies one hop away; false where it could not be shown whole.
    fn follow(&mut self, step: &Step) -> bool {
        let Some(fan) = self.fan(step) else {
            self.drawing.stopped = Some(Stopped::Edges);
            return false;
        };
        let depth = step.depth + 1;
        if !fan.old.is_empty() {
            self.open.push_back(Step { versions: fan.old, depth, up: step.up });
        }
        for ((kind, namespace, role), mut versions) in fan.new {
            self.walker.aside(versions.len(), || versions.sort_unstable());
            let groups = if versions.len() > self.frame.fold_above {
                vec![(versions, Some(Fold { kind, namespace, role }))]
            } else {
                versions.into_iter().map(|version| (vec![version], None)).collect()
            };
            for (versions, fold) in groups {
                if self.drawing.shown.len() >= self.frame.max_nodes {
                    self.drawing.stopped = Some(Stopped::Nodes);
                    return false;
                }
                self.open.push_back(Step { versions: versions.clone(), depth, up: step.up });
                self.show(versions, depth, fold);
            }
        }
        true
    }

    fn show(&mut self, versions: Vec<VersionNo>, depth: u32, fold: Option<Fold>) {
        let place = u32::try_from(self.drawing.shown.len() + 1).unwrap_or(u32::MAX);
        versions.iter().for_each(|version| self.places[version.at()] = place);
        self.drawing.shown.push(Shown { versions, depth, fold, more: false });
    }

    /// What lies one hop away and was not reached before in this direction; none where the budget is spent.
    fn fan(&mut self, step: &Step) -> Option<Fan> {
        let Self { walker, filter, places, seen, budget, .. } = self;
        let mut fan = Fan::default();
        for version in &step.versions {
            let mut reach = |at: At<'_>, next: VersionNo, role: Option<Role>| {
                let Some(left) = budget.checked_sub(1) else { return false };
                **budget = left;
                if seen[usize::from(step.up)].put(next.at()) {
                    return true;
                }
                if places[next.at()] != 0 {
                    fan.old.push(next);
                    return true;
                }
                let key = at.key(at.item_of(next));
                let role = role.unwrap_or_else(|| Hops::with(at, filter.clone()).role(next, *version));
                fan.new.entry((key.kind, key.namespace.clone(), role)).or_default().push(next);
                true
            };
            let whole = match step.up {
                true => walker.hop_up(filter, *version, |at, next, role| reach(at, next, Some(role))),
                false => walker.hop_down(filter, *version, |at, next| reach(at, next, None)),
            };
            if !whole {
                return None;
            }
        }
        Some(fan)
    }

    /// Marks what is shown at the end of the walk where there is more beyond.
    fn end_at(&mut self, step: &Step, deepest: bool) {
        for version in &step.versions {
            let Self { walker, filter, places, budget, .. } = self;
            let shown = walker.hop(filter, *version, step.up, |next| {
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
