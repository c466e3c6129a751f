//! The categories of a set with their ids: those of the class lists that its labels pin, and
//! classes of labels that no list has.
//!
//! The ids do not change between the exports of a set. A class has the id that its list gives it;
//! of several versions of a list the newest counts, of several lists the one that the set used
//! first. Other classes get ids after the largest one, in the order in which the lists or the
//! versions of the set began to have them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::super::members;
use super::super::memory::ExportMemory;
use super::category::{Category, classes, names};
use super::lists::{self, LARGEST_ID, ListedClass, RenamedClasses, UsedList};
use crate::domain::canonical::attributes::Leaf;
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::ledger::{LedgerError, View};

/// The maximum number of categories of a set.
const CATEGORIES: usize = 100_000;

/// The categories of a set.
#[derive(Default)]
pub(super) struct Categories {
    all: BTreeMap<Category, CategoryEntry>,
    taken: BTreeSet<u64>,
    renamed: RenamedClasses,
    /// The number of versions of class lists.
    lists: usize,
    /// The number of classes that have another id than one of their lists gives them.
    conflicts: u64,
    /// Classes of labels that no list has.
    unlisted: BTreeSet<Category>,
}

struct CategoryEntry {
    id: u64,
    /// The id that the list gives.
    given: Option<u64>,
    fields: Option<Map<String, Value>>,
}

impl Categories {
    /// Reads the categories of class lists.
    pub(super) async fn of_lists(
        view: &View,
        lists: &[UsedList],
        memory: &ExportMemory,
    ) -> Result<Self, LedgerError> {
        let mut categories = Self::default();
        for list in lists {
            let mut waiting: Vec<Category> = Vec::new();
            let mut newest: Option<HashMap<Leaf, Category>> = None;
            for version in list.versions.iter().rev() {
                categories.lists += 1;
                let listed = lists::listed_classes(view, *version, memory).await?;
                if let Some(newest) = &newest {
                    categories.renamed.extend(lists::renamed(view, list, *version, &listed, newest));
                } else {
                    let named = |listed: &ListedClass| (listed.class.leaf(), listed.class.clone());
                    newest = Some(listed.iter().map(named).collect());
                }
                for class in listed {
                    if !categories.renamed.contains_key(&(*version, class.class.clone())) {
                        categories.add(class, &mut waiting);
                    }
                }
                Invalid::limit("categories of the set", categories.all.len(), CATEGORIES)?;
            }
            for class in in_order_of_history(view, list, waiting, memory).await? {
                categories.number(&class);
            }
        }
        Ok(categories)
    }

    /// Adds a class of a list.
    fn add(&mut self, listed: ListedClass, waiting: &mut Vec<Category>) {
        let ListedClass { class, id, fields } = listed;
        if let Some(known) = self.all.get(&class) {
            self.conflicts += u64::from(id.is_some() && known.given != id);
            return;
        }
        let free = id.filter(|id| self.taken.insert(*id));
        self.conflicts += u64::from(id.is_some() && free.is_none());
        if free.is_none() {
            waiting.push(class.clone());
        }
        let entry = CategoryEntry { id: free.unwrap_or_default(), given: id, fields: Some(fields) };
        self.all.insert(class, entry);
    }

    /// Gives a class the next id; an integer that is free is its own id.
    fn number(&mut self, class: &Category) {
        let own = match class {
            Category::Number(number) => u64::try_from(*number).ok().filter(|id| *id <= LARGEST_ID),
            _ => None,
        };
        let id = own.filter(|id| !self.taken.contains(id)).unwrap_or_else(|| self.next());
        self.taken.insert(id);
        if let Some(entry) = self.all.get_mut(class) {
            entry.id = id;
        }
    }

    /// Returns the id after the largest one, or the smallest free one if there is none after it.
    fn next(&self) -> u64 {
        match self.taken.last() {
            None => 1,
            Some(last) if *last < LARGEST_ID => last + 1,
            Some(_) => (1..).find(|id| !self.taken.contains(id)).unwrap_or_default(),
        }
    }

    /// Returns the category of a class of a label that pins this list, which may have another name
    /// now.
    pub(super) fn resolve(&self, list: Option<VersionNo>, class: Category) -> Category {
        match list {
            Some(list) => self.renamed.get(&(list, class.clone())).cloned().unwrap_or(class),
            None => class,
        }
    }

    /// Notes a class of a label.
    pub(super) fn note(&mut self, class: Category) -> Result<(), LedgerError> {
        if !self.all.contains_key(&class) && self.unlisted.insert(class) {
            Invalid::limit("categories of the set", self.all.len() + self.unlisted.len(), CATEGORIES)?;
        }
        Ok(())
    }

    /// Gives ids to the classes that no list has, in the order in which the versions of the set
    /// began to have them.
    pub(super) async fn number_unlisted(
        &mut self,
        view: &View,
        ever: &[(u32, VersionNo)],
        memory: &ExportMemory,
    ) -> Result<(), LedgerError> {
        let mut left = self.unlisted.clone();
        let mut found: BTreeSet<(u32, Category)> = BTreeSet::new();
        for page in members::pages(ever) {
            if left.is_empty() {
                break;
            }
            let labels: Vec<(u32, VersionNo)> =
                view.read(|at| page.iter().copied().filter(|(_, m)| at.kind(*m) == Kind::Label).collect());
            let versions: Vec<VersionNo> = labels.iter().map(|(_, member)| *member).collect();
            let held = members::held(view, &versions, memory).await?;
            for (from, member) in labels {
                let Some(record) = held.records.get(&member) else { continue };
                for class in classes(&record.content.attributes.to_map()) {
                    found.extend(left.take(&class).map(|class| (from, class)));
                }
            }
        }
        // A class that only a payload has was not found.
        let rest = left.into_iter().map(|class| (u32::MAX, class));
        for (_, class) in found.into_iter().chain(rest) {
            self.all.insert(class.clone(), CategoryEntry { id: 0, given: None, fields: None });
            self.number(&class);
        }
        Ok(())
    }

    pub(super) fn id(&self, class: &Category) -> Option<u64> {
        self.all.get(class).map(|entry| entry.id)
    }

    /// Returns the categories as COCO has them, by id.
    pub(super) fn documents(&self) -> Vec<Value> {
        let named = self.all.iter().map(|(class, entry)| {
            let name = entry.fields.as_ref().and_then(|fields| fields.get("name")).and_then(Value::as_str);
            (class, name)
        });
        let mut all: Vec<(u64, Value)> = names(named)
            .into_iter()
            .zip(&self.all)
            .map(|(name, (class, entry))| (entry.id, document(name, class, entry)))
            .collect();
        all.sort_by_key(|(id, _)| *id);
        all.into_iter().map(|(_, document)| document).collect()
    }

    /// Returns the counts for `info`.
    pub(super) fn counts(&self) -> Value {
        json!({
            "classLists": self.lists,
            "idConflicts": self.conflicts,
            "inNoClassList": self.unlisted.len(),
        })
    }
}

fn document(name: String, class: &Category, entry: &CategoryEntry) -> Value {
    let mut fields = match &entry.fields {
        Some(fields) => fields.clone(),
        None => Map::from_iter([("supercategory".to_owned(), "".into())]),
    };
    let mut stemma = Map::new();
    stemma.extend(class.other_than_text().map(|class| ("class".to_owned(), class)));
    for given in ["id", "name"] {
        let other = fields.remove(given).filter(|value| given == "id" || *value != name);
        stemma.extend(other.map(|value| (given.to_owned(), value)));
    }
    stemma.extend(entry.given.filter(|given| *given != entry.id).map(|id| ("id".to_owned(), id.into())));
    fields.insert("id".to_owned(), entry.id.into());
    fields.insert("name".to_owned(), name.into());
    if !stemma.is_empty() {
        fields.insert("stemma".to_owned(), stemma.into());
    }
    Value::Object(fields)
}

/// Sorts classes by the first version of their list that has them, and by their position in it.
async fn in_order_of_history(
    view: &View,
    list: &UsedList,
    classes: Vec<Category>,
    memory: &ExportMemory,
) -> Result<Vec<Category>, LedgerError> {
    let (mut left, mut sorted) = (classes.iter().cloned().collect::<HashSet<Category>>(), Vec::new());
    let last = list.versions.last().copied();
    let history: Vec<VersionNo> = view
        .read(|at| at.history(list.item).iter().copied().filter(|version| Some(*version) <= last).collect());
    for version in history {
        if left.is_empty() {
            break;
        }
        for listed in lists::listed_classes(view, version, memory).await? {
            sorted.extend(left.take(&listed.class));
        }
    }
    sorted.extend(classes.into_iter().filter(|class| left.contains(class)));
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(class: &str, id: Option<u64>) -> ListedClass {
        ListedClass { class: Category::of(&json!(class)), id, fields: Map::new() }
    }

    #[test]
    fn an_id_that_another_class_has_is_not_used_twice() {
        let (mut categories, mut waiting) = (Categories::default(), Vec::new());
        for class in [
            listed("cat", Some(1)),
            listed("dog", Some(7)),
            listed("bee", Some(7)),
            listed("cat", Some(3)),
            listed("dog", Some(7)),
            listed("ant", None),
        ] {
            categories.add(class, &mut waiting);
        }
        for class in waiting {
            categories.number(&class);
        }
        let id = |class: &str| categories.id(&Category::of(&json!(class)));
        assert_eq!(["cat", "dog", "bee", "ant"].map(id), [Some(1), Some(7), Some(8), Some(9)]);
        assert_eq!(categories.counts(), json!({"classLists": 0, "idConflicts": 2, "inNoClassList": 0}));
        let bee = &categories.documents()[2];
        assert_eq!(*bee, json!({"id": 8, "name": "bee", "stemma": {"id": 7}}));
    }

    #[test]
    fn integers_are_their_own_ids() {
        let mut categories = Categories::default();
        for class in [json!(0), json!(3), json!("x"), json!(-1)] {
            let class = Category::of(&class);
            categories.all.insert(class.clone(), CategoryEntry { id: 0, given: None, fields: None });
            categories.number(&class);
        }
        let id = |class: Value| categories.id(&Category::of(&class));
        assert_eq!([id(json!(0)), id(json!(3)), id(json!("x")), id(json!(-1))], [0, 3, 4, 5].map(Some));
        let three = categories.documents().remove(1);
        assert_eq!(three, json!({"id": 3, "name": "3", "supercategory": "", "stemma": {"class": 3}}));
    }
}
