//! Class lists: which labels use which classes, and which classes later changed their meaning.

use std::collections::HashMap;

use crate::domain::attributes::Leaf;
use crate::domain::facts::{ItemNo, VersionNo};

/// A label's use of a class list.
#[derive(Debug)]
struct Use {
    label: VersionNo,
    ontology: VersionNo,
    /// The place of the classes used.
    classes: u32,
}

/// The classes whose meaning a version of a class list changed.
#[derive(Debug)]
struct Change {
    by: VersionNo,
    classes: Box<[Leaf]>,
}

/// Uses and changes of class lists.
#[derive(Debug, Default)]
pub struct Ontologies {
    /// By label.
    uses: Vec<Use>,
    /// What labels use of class lists, each choice once.
    choices: Vec<Box<[Leaf]>>,
    places: HashMap<Box<[Leaf]>, u32>,
    users: HashMap<ItemNo, Vec<VersionNo>>,
    changes: HashMap<ItemNo, Vec<Change>>,
}

impl Ontologies {
    /// Notes that a label uses classes of a version of the class list `item`. Labels come by number.
    pub fn push_use(&mut self, label: VersionNo, item: ItemNo, ontology: VersionNo, classes: &[Leaf]) {
        let known = self.places.get(classes).copied();
        let classes = known.unwrap_or_else(|| {
            let place = u32::try_from(self.choices.len()).unwrap_or(u32::MAX);
            self.choices.push(classes.into());
            self.places.insert(classes.into(), place);
            place
        });
        self.uses.push(Use { label, ontology, classes });
        self.users.entry(item).or_default().push(label);
    }

    /// Notes that a version of the class list `item` merged, split or redefined classes.
    pub fn push_change(&mut self, item: ItemNo, ontology: VersionNo, classes: &[Leaf]) {
        self.changes.entry(item).or_default().push(Change { by: ontology, classes: classes.into() });
    }

    /// The first version of the class list, of the first `visible` versions, that changed the meaning of a class
    /// which the label uses, after the version of the list that the label was made with.
    pub fn stale(
        &self,
        label: VersionNo,
        item: impl Fn(VersionNo) -> ItemNo,
        visible: u32,
    ) -> Option<VersionNo> {
        let used = &self.uses[self.uses.binary_search_by_key(&label, |used| used.label).ok()?];
        let choice = &self.choices[used.classes as usize];
        let changes = self.changes.get(&item(used.ontology))?;
        changes
            .iter()
            .filter(|change| change.by > used.ontology && change.by.0 < visible)
            .find(|change| change.classes.iter().any(|class| choice.contains(class)))
            .map(|change| change.by)
    }

    /// The labels that use any version of a class list, oldest first.
    #[must_use]
    pub fn users(&self, item: ItemNo) -> &[VersionNo] {
        self.users.get(&item).map_or(&[], Vec::as_slice)
    }

    /// The class lists that ever changed the meaning of a class.
    pub fn changed(&self) -> impl Iterator<Item = ItemNo> {
        self.changes.keys().copied()
    }
}
