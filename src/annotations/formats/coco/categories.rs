//! Categories: the classes of a document by id.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::document::CocoDocument;
use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::ids::{STEMMA, id_of, whole};
use crate::annotations::model::{Class, ClassList};
use crate::annotations::reader::{ReadStop, Skipped};

/// The categories of a document, and those that its annotations name.
#[derive(Default)]
pub(super) struct Categories {
    by_id: HashMap<Box<str>, IndexedCategory>,
    list: Vec<Class>,
}

#[derive(Default)]
struct IndexedCategory {
    /// The class, and the position in the list of categories; `None` until it was read.
    class: Option<(Box<str>, u64)>,
    /// The class of labels.
    value: Value,
    /// The first annotation that names it.
    first: Option<u64>,
    /// The fields, for a duplicate.
    at: usize,
    is_number: bool,
}

impl Categories {
    /// Adds a category.
    pub(super) fn add(&mut self, mut fields: Map<String, Value>, index: u64) -> Result<(), Reason> {
        let given = fields.remove("id");
        let id = id_of("id", given.as_ref())?.ok_or_else(|| {
            let expected = "a whole number or a string, by which annotations name the category";
            Reason::expected("id", expected, given.as_ref())
        })?;
        let (name, is_number) = match fields.remove("name") {
            Some(Value::String(name)) => (name, false),
            Some(Value::Number(number)) => {
                let number = Value::Number(number);
                (whole(&number).unwrap_or(number).to_string(), true)
            }
            other => {
                let expected = "a string as the name of the category";
                return Err(Reason::expected("name", expected, other.as_ref()));
            }
        };
        fields.remove("class");
        let own = take_own(&mut fields);
        for derived in own.get("derived").and_then(Value::as_array).into_iter().flatten() {
            derived.as_str().and_then(|name| fields.remove(name));
        }
        let value = own.get("class").cloned().unwrap_or_else(|| name.clone().into());
        let id_value = own.get("id").cloned().or(given).map(|given| whole(&given).unwrap_or(given));
        let class = Class { name: name.clone(), id: id_value, fields };
        let category = self.by_id.entry(id.as_str().into()).or_default();
        if let Some((_, before)) = &category.class {
            if self.list.get(category.at) == Some(&class) {
                return Ok(());
            }
            let why = format!(
                "duplicate category id {id}, first in categories[{before}] with other fields; give each its own id"
            );
            return Err(Reason::new("id", why));
        }
        category.class = Some((name.into(), index));
        // The category of labels without a class is no class.
        let is_class = !value.is_null();
        category.value = value;
        category.at = self.list.len();
        category.is_number = is_number;
        if is_class {
            self.list.push(class);
        }
        Ok(())
    }

    /// Notes that an annotation names a category.
    pub(super) fn mention(&mut self, id: &str, annotation: u64) {
        match self.by_id.get_mut(id) {
            Some(category) => {
                category.first.get_or_insert(annotation);
            }
            None => {
                let category = IndexedCategory { first: Some(annotation), ..IndexedCategory::default() };
                self.by_id.insert(id.into(), category);
            }
        }
    }

    /// Returns the class of an id: a name, or the value of an export of ours.
    pub(super) fn class(&self, id: &str) -> Option<&Value> {
        self.by_id.get(id).filter(|category| category.class.is_some()).map(|category| &category.value)
    }

    /// Checks that each category that annotations name is in the list, and that labels, which name
    /// classes by their names, are unambiguous. `field` of `annotations` is the list that names them.
    pub(super) fn check(
        &self,
        list: &CocoDocument,
        labels: &CocoDocument,
        section: &str,
    ) -> Result<(), ReadStop> {
        let missing = self.by_id.iter().filter(|(_, category)| category.class.is_none());
        if let Some((id, category)) = missing.min_by_key(|(_, category)| category.first) {
            let known = if self.list.is_empty() { "; the file has no categories" } else { "" };
            let why = format!("there is no category {id} in this file{known}; add it, or write null");
            let reason = Reason::new("category_id", why);
            return Err(reason.at(labels.place(section, category.first.unwrap_or_default())).into());
        }
        let mut by_name: HashMap<&str, Vec<(u64, &IndexedCategory)>> = HashMap::new();
        for category in self.by_id.values() {
            if let Some((name, index)) = &category.class {
                by_name.entry(name).or_default().push((*index, category));
            }
        }
        let mut refused: Option<(u64, u64, &str)> = None;
        for (name, mut same) in by_name {
            same.sort_unstable_by_key(|(index, _)| *index);
            let used = same.iter().filter(|(_, category)| category.first.is_some());
            let mixed =
                same.iter().any(|(_, one)| one.is_number) && same.iter().any(|(_, one)| !one.is_number);
            let used: Vec<u64> = if mixed {
                same.iter().map(|(index, _)| *index).collect()
            } else {
                used.map(|(index, _)| *index).collect()
            };
            if let [first, second, ..] = used[..]
                && refused.is_none_or(|(_, other, _)| second < other)
            {
                refused = Some((first, second, name));
            }
        }
        let Some((first, second, name)) = refused else { return Ok(()) };
        let why = format!(
            "duplicate category name {name:?}, first in categories[{first}]; labels refer to categories by \
             name, so rename one"
        );
        Err(Reason::new("name", why).at(list.place("categories", second)).into())
    }

    /// Takes the classes, by id: numbers first.
    pub(super) fn take_list(&mut self) -> ClassList {
        let mut classes = std::mem::take(&mut self.list);
        classes.sort_by_cached_key(|class| {
            let id = class.id.as_ref().and_then(Value::as_i64);
            (id.is_none(), id, class.id.as_ref().map(Value::to_string))
        });
        ClassList { classes }
    }
}

/// Takes what our own export says of a category: `"stemma": {"class": 7}` is the class, because
/// the name of a category is a text, or null for labels without a class; `id` is the id of the class
/// list, if another category has it; `derived` are fields that the class does not have.
fn take_own(fields: &mut Map<String, Value>) -> Map<String, Value> {
    match fields.remove(STEMMA) {
        Some(Value::Object(own)) => own,
        Some(other) => {
            fields.insert(STEMMA.to_owned(), other);
            Map::new()
        }
        None => Map::new(),
    }
}

/// Adds the classes of one more document: those with the same name and fields once.
pub(super) fn merge(all: &mut ClassList, more: ClassList, skipped: &mut Skipped) {
    let before = all.classes.len();
    for class in more.classes {
        let mut same = all.classes[..before].iter().filter(|other| other.name == class.name).peekable();
        if same.peek().is_none() {
            all.classes.push(class);
        } else if !same.any(|other| other.fields == class.fields) {
            skipped.note("class definitions that differ between files", || class.name);
        }
    }
}
