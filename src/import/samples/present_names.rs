//! The present names of renamed classes.
//!
//! A name that was given up can be used again, for another class. So the class of a stored label is
//! known by its name and by the version of the class list that the label was made with.

use std::collections::HashMap;

use serde_json::Value;

use super::known::KnownStore;
use crate::annotations::model::ClassList;
use crate::domain::canonical::attributes::{Leaf, class_leaf};
use crate::domain::id::VersionId;
use crate::domain::item::ItemKey;

/// The present names of classes by their earlier names. Names that have not changed are left out.
type NamesOfList = HashMap<String, String>;

/// The present names of renamed classes, by the version of the class list.
#[derive(Debug, Default)]
pub(super) struct PresentNames {
    lists: HashMap<VersionId, NamesOfList>,
    /// Those of labels that were made without a class list.
    unlisted: NamesOfList,
}

impl PresentNames {
    /// Reads the names that the newest version of a stored list, `newest`, has for the classes of all
    /// its versions.
    pub(super) fn stored(known: &KnownStore, item: &ItemKey, newest: &ClassList) -> Self {
        let renames = known.renames_classes(item);
        let names = |list: VersionId| match renames {
            true => (list, present(known, list, newest)),
            false => (list, NamesOfList::new()),
        };
        let lists: HashMap<VersionId, NamesOfList> = known.history(item).into_iter().map(names).collect();
        let all = lists.values().flatten();
        // Without a list, a name that a class has now is that class.
        let unlisted = all.filter(|(name, _)| newest.position(name).is_none());
        let unlisted = unlisted.map(|(name, now)| (name.clone(), now.clone())).collect();
        Self { lists, unlisted }
    }

    /// Reads the present names of another class list, of which labels that the file names use this
    /// version.
    pub(super) fn learn(&mut self, known: &KnownStore, list: Option<VersionId>) {
        let Some(list) = list.filter(|list| !self.lists.contains_key(list)) else { return };
        let newest = known.newest_of(list).map(|newest| known.classes_of(newest)).unwrap_or_default();
        self.lists.insert(list, present(known, list, &newest));
    }

    /// Notes that a class has another name from now on.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        for names in self.lists.values_mut().chain([&mut self.unlisted]) {
            // A class that had this name before has another one since.
            let is_given_up = names.contains_key(from);
            names.values_mut().filter(|present| *present == from).for_each(|present| to.clone_into(present));
            if !is_given_up {
                names.insert(from.to_owned(), to.to_owned());
            }
        }
    }

    /// Returns the present names of the classes of labels that were made with a version of the list.
    pub(super) fn of_list(&self, list: Option<VersionId>) -> &NamesOfList {
        list.and_then(|list| self.lists.get(&list)).unwrap_or(&self.unlisted)
    }

    /// Returns true if a class had the first name and has the second one now.
    pub(super) fn has_renamed(&self, from: &str, to: &str) -> bool {
        self.lists.values().any(|names| names.get(from).is_some_and(|present| present == to))
    }
}

/// Returns the names that the newest version of a list has for the classes of another version.
fn present(known: &KnownStore, list: VersionId, newest: &ClassList) -> NamesOfList {
    let names = newest.classes.iter().map(|class| class.name.as_str());
    let names: HashMap<Leaf, &str> = names.map(|name| (leaf(name), name)).collect();
    let classes = known.classes_of(list).classes;
    let now = known.follow_classes(list, classes.iter().map(|class| leaf(&class.name)).collect());
    let mut present = NamesOfList::new();
    for (class, now) in classes.into_iter().zip(now) {
        if let Some(now) = names.get(&now).filter(|now| **now != class.name) {
            present.insert(class.name, (*now).to_owned());
        }
    }
    present
}

fn leaf(class: &str) -> Leaf {
    class_leaf(&Value::from(class))
}
