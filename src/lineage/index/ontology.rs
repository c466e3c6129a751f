//! Class lists: the classes that labels use, and the changes that make those labels stale.
//!
//! The versions of a class list form a tree of states: a version is a new state below the one
//! before it or, if its content equals that of an earlier version, that version's state again. A
//! label is judged by the changes on the path from the state it was made with to the newest one:
//! down the tree a version's changes are made, up the tree they are undone.

use std::collections::HashMap;

use crate::domain::canonical::attributes::Leaf;
use crate::domain::log::facts::ClassMoveFact;
use crate::domain::numbers::{ItemNo, VersionNo};

/// A label's use of a class list.
#[derive(Debug)]
struct LabelUse {
    label: VersionNo,
    ontology: VersionNo,
    /// The position of the classes used.
    classes: u32,
}

/// One state of a class list: the position in [`ClassList::states`].
type StateNo = u32;

/// A state of a class list, and the changes that lead to it from the state above.
#[derive(Debug, Default)]
struct ListState {
    above: Option<StateNo>,
    /// Classes of the state above that were merged, split or redefined.
    changed: Box<[Leaf]>,
    /// Classes that result from merges and splits.
    made: Box<[Leaf]>,
    /// Renamed classes, from and to.
    renamed: Box<[(Leaf, Leaf)]>,
}

impl ListState {
    fn says_nothing(&self) -> bool {
        self.changed.is_empty() && self.renamed.is_empty()
    }
}

/// A class list with all of its versions.
#[derive(Debug, Default)]
struct ClassList {
    /// The versions, oldest first, each with its state.
    versions: Vec<(VersionNo, StateNo)>,
    states: Vec<ListState>,
    by_content: HashMap<[u8; 32], StateNo>,
}

/// One step on the path between two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ListStep {
    state: StateNo,
    /// Down into the state, or up out of it.
    down: bool,
    /// The class list version that made the step.
    by: VersionNo,
}

/// The version of a class list with its changes, as it is added.
pub struct NewList<'a> {
    /// The version.
    pub version: VersionNo,
    /// The digest of its content.
    pub content: [u8; 32],
    /// Fingerprints of the classes that it merged, split or redefined.
    pub changed: &'a [Leaf],
    /// The classes that it renamed and made, if it says so.
    pub moved: Option<&'a ClassMoveFact>,
}

/// Uses and changes of class lists.
#[derive(Debug, Default)]
pub struct Ontologies {
    /// By label.
    uses: Vec<LabelUse>,
    /// The sets of classes that labels use, each set once.
    choices: Vec<Box<[Leaf]>>,
    places: HashMap<Box<[Leaf]>, u32>,
    users: HashMap<ItemNo, Vec<VersionNo>>,
    lists: HashMap<ItemNo, ClassList>,
}

impl Ontologies {
    /// Records that a label uses classes of a version of the class list `item`. Labels come by
    /// number.
    pub fn push_use(&mut self, label: VersionNo, item: ItemNo, ontology: VersionNo, classes: &[Leaf]) {
        let known = self.places.get(classes).copied();
        let classes = known.unwrap_or_else(|| {
            let place = u32::try_from(self.choices.len()).unwrap_or(u32::MAX);
            self.choices.push(classes.into());
            self.places.insert(classes.into(), place);
            place
        });
        self.uses.push(LabelUse { label, ontology, classes });
        self.users.entry(item).or_default().push(label);
    }

    /// Adds the next version of the class list `item`.
    pub fn push_list(&mut self, item: ItemNo, new: &NewList<'_>) {
        let list = self.lists.entry(item).or_default();
        let before = list.versions.last().map(|(_, state)| *state);
        let next = StateNo::try_from(list.states.len()).unwrap_or(StateNo::MAX);
        let state = *list.by_content.entry(new.content).or_insert(next);
        if state == next {
            list.states.push(ListState {
                above: before,
                changed: new.changed.into(),
                made: new.moved.map_or_else(Box::default, |moved| moved.made.as_slice().into()),
                renamed: new.moved.map_or_else(Box::default, |moved| moved.renamed.as_slice().into()),
            });
        }
        list.versions.push((new.version, state));
    }

    /// Returns the first version of the class list, of the first `visible` versions of the store,
    /// that made the label stale and has not been undone since.
    pub fn stale(
        &self,
        label: VersionNo,
        item: impl Fn(VersionNo) -> ItemNo,
        visible: u32,
    ) -> Option<VersionNo> {
        self.made_stale_by(label, item, visible).first().copied()
    }

    /// Returns all versions of the class list that made the label stale and have not been undone
    /// since, each once, in path order.
    pub fn made_stale_by(
        &self,
        label: VersionNo,
        item: impl Fn(VersionNo) -> ItemNo,
        visible: u32,
    ) -> Vec<VersionNo> {
        let found = self.uses.binary_search_by_key(&label, |used| used.label).ok();
        let Some(used) = found.map(|place| &self.uses[place]) else { return Vec::new() };
        let Some(list) = self.lists.get(&item(used.ontology)) else { return Vec::new() };
        if list.states.iter().all(ListState::says_nothing) {
            return Vec::new();
        }
        let mut classes = self.choices[used.classes as usize].to_vec();
        let mut by = Vec::new();
        for step in list.steps_to_newest(used.ontology, visible) {
            let state = &list.states[step.state as usize];
            if state.touches(&classes, step.down) && !by.contains(&step.by) {
                by.push(step.by);
            }
            state.rename(&mut classes, step.down);
        }
        by
    }

    /// Returns true if a version of the class list ever renamed a class.
    #[must_use]
    pub fn renames(&self, item: ItemNo) -> bool {
        self.lists.get(&item).is_some_and(|list| list.states.iter().any(|state| !state.renamed.is_empty()))
    }

    /// Replaces classes of a version of the class list `item` by their names in the newest of the
    /// first `visible` versions of the store: renames on the path between the two are followed. So a
    /// name that was given up and is used again is another class than the one that had it before.
    pub fn follow(&self, item: ItemNo, from: VersionNo, visible: u32, classes: &mut [Leaf]) {
        let Some(list) = self.lists.get(&item) else { return };
        for step in list.steps_to_newest(from, visible) {
            list.states[step.state as usize].rename(classes, step.down);
        }
    }

    /// Returns the last version of the class list `item` after `from`, of the first `visible` versions
    /// of the store, that renamed classes and has not been undone since.
    #[must_use]
    pub fn last_rename(&self, item: ItemNo, from: VersionNo, visible: u32) -> Option<VersionNo> {
        let list = self.lists.get(&item)?;
        let steps = list.steps_to_newest(from, visible);
        let renames = steps.iter().rev().find(|step| !list.states[step.state as usize].renamed.is_empty());
        renames.map(|step| step.by)
    }

    /// Returns the class list version that a label uses.
    #[must_use]
    pub fn list_of(&self, label: VersionNo) -> Option<VersionNo> {
        let found = self.uses.binary_search_by_key(&label, |used| used.label).ok();
        found.map(|place| self.uses[place].ontology)
    }

    /// The labels that use any version of a class list, oldest first.
    #[must_use]
    pub fn users(&self, item: ItemNo) -> &[VersionNo] {
        self.users.get(&item).map_or(&[], Vec::as_slice)
    }

    /// The class lists that ever changed the meaning of a class.
    pub fn changed(&self) -> impl Iterator<Item = ItemNo> {
        let changed = self.lists.iter().filter(|(_, list)| !list.states.iter().all(|s| s.changed.is_empty()));
        changed.map(|(item, _)| *item)
    }
}

impl ListState {
    /// Returns true if the changes, made or undone, concern one of the classes.
    fn touches(&self, classes: &[Leaf], down: bool) -> bool {
        let touched = |class| self.changed.contains(class) || (!down && self.made.contains(class));
        classes.iter().any(touched)
    }

    /// Follows renames. All renames of a version take effect at once, so that two classes can swap
    /// their names.
    fn rename(&self, classes: &mut [Leaf], down: bool) {
        for class in classes {
            let renamed = self.renamed.iter().map(|(from, to)| if down { (from, to) } else { (to, from) });
            if let Some((_, to)) = { renamed }.find(|(from, _)| **from == *class) {
                *class = *to;
            }
        }
    }
}

impl ClassList {
    /// Returns the steps from the state of version `from` to the state of the newest visible version.
    /// A step that reverses the one before it cancels it, and neither is returned. So each step
    /// names the version that made it last.
    fn steps_to_newest(&self, from: VersionNo, visible: u32) -> Vec<ListStep> {
        let Ok(start) = self.versions.binary_search_by_key(&from, |(version, _)| *version) else {
            return Vec::new();
        };
        let mut steps: Vec<ListStep> = Vec::new();
        let mut current = self.versions[start].1;
        for (by, state) in &self.versions[start + 1..] {
            if by.0 >= visible {
                break;
            }
            for (state, down) in self.between(current, *state) {
                match steps.last() {
                    Some(last) if last.state == state && last.down != down => drop(steps.pop()),
                    _ => steps.push(ListStep { state, down, by: *by }),
                }
            }
            current = *state;
        }
        steps
    }

    /// The steps between two states: up to their lowest common ancestor, then down.
    fn between(&self, mut from: StateNo, mut to: StateNo) -> Vec<(StateNo, bool)> {
        let above = |state: StateNo| self.states[state as usize].above.unwrap_or(state);
        let (mut up, mut down) = (Vec::new(), Vec::new());
        // A parent state always has the smaller number.
        while from != to {
            if from > to {
                up.push((from, false));
                from = above(from);
            } else {
                down.push((to, true));
                to = above(to);
            }
        }
        up.extend(down.into_iter().rev());
        up
    }
}
