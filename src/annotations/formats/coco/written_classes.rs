//! The categories of an export and their ids.
//!
//! A class of the list has its id. Other classes are numbered after the largest id at the end of the
//! export, in the order of their names, so that ids depend on neither images nor splits.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::model::ClassList;
use crate::annotations::model::fields::CLASS;
use crate::annotations::reader::Skipped;

/// Fields of a class that categories have for something else.
const RESERVED: [&str; 4] = ["id", "name", CLASS, STEMMA];

/// A class of labels, in the order of new ids: integers, then all others by name, then labels
/// without a class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ClassKey {
    Number(i64),
    /// A text, or another value as JSON.
    Name(String, ClassType),
    Unclassified,
}

/// The JSON type of a class: `true` is another class than `"true"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ClassType {
    Text,
    Other,
}

/// The category of a label.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CategoryRef {
    /// One of the list, by its id.
    Listed(Value),
    /// Another one, by its number.
    Unlisted(u32),
}

/// The categories of an export.
#[derive(Debug, Default)]
pub(super) struct WrittenClasses {
    listed: Vec<Value>,
    ids: HashMap<String, Value>,
    largest: u64,
    unlisted: BTreeMap<ClassKey, u32>,
}

/// The categories at the end of an export.
pub(super) struct EndedClasses {
    /// The list of categories.
    pub categories: Vec<Value>,
    /// The ids of those that are not in the class list, by their numbers; empty if labels need none.
    pub ids: Vec<u64>,
}

impl EndedClasses {
    /// Returns the id of a category; `None` if labels need none.
    pub(super) fn id(&self, category: &CategoryRef) -> Option<Value> {
        match category {
            CategoryRef::Listed(id) => Some(id.clone()),
            CategoryRef::Unlisted(number) => self.ids.get(*number as usize).map(|id| (*id).into()),
        }
    }
}

impl WrittenClasses {
    /// Takes the class list. Classes without an id are numbered after the largest.
    pub(super) fn new(classes: &ClassList, left_out: &mut Skipped) -> Self {
        let mut made = Self::default();
        let ids = classes.classes.iter().filter_map(|class| class.id.as_ref()?.as_u64());
        made.largest = ids.filter(|id| *id < 1 << 53).max().unwrap_or(0);
        let mut taken = HashSet::new();
        for class in &classes.classes {
            let own = class.id.clone().filter(|id| id.is_u64() || id.is_i64() || id.is_string());
            let id = match own.filter(|id| taken.insert(id.to_string())) {
                Some(id) => id,
                None => {
                    if class.id.is_some() {
                        left_out.note("id of a class that another class has, or that is no id", || {
                            class.name.clone()
                        });
                    }
                    made.largest += 1;
                    made.largest.into()
                }
            };
            let mut fields = class.fields.clone();
            for name in RESERVED {
                if fields.remove(name).is_some() {
                    left_out.note("field of a class with the name of another field", || {
                        format!("`{name}` of {}", class.name)
                    });
                }
            }
            let mut category = Map::from_iter([
                ("id".to_owned(), id.clone()),
                ("name".to_owned(), class.name.as_str().into()),
            ]);
            category.extend(fields);
            made.listed.push(Value::Object(category));
            made.ids.insert(class.name.clone(), id);
        }
        made
    }

    /// Returns the category of a class; `None` is that of labels without one.
    pub(super) fn category(&mut self, class: Option<&Value>) -> CategoryRef {
        let key = match class {
            None | Some(Value::Null) => ClassKey::Unclassified,
            Some(Value::String(name)) => match self.ids.get(name) {
                Some(id) => return CategoryRef::Listed(id.clone()),
                None => ClassKey::Name(name.clone(), ClassType::Text),
            },
            Some(other) => match other.as_i64() {
                Some(number) => ClassKey::Number(number),
                None => ClassKey::Name(other.to_string(), ClassType::Other),
            },
        };
        let next = u32::try_from(self.unlisted.len()).unwrap_or(u32::MAX);
        CategoryRef::Unlisted(*self.unlisted.entry(key).or_insert(next))
    }

    /// Returns all categories.
    pub(super) fn end(self) -> EndedClasses {
        // Captions have no categories.
        if self.listed.is_empty() && self.unlisted.keys().all(|key| *key == ClassKey::Unclassified) {
            return EndedClasses { categories: Vec::new(), ids: Vec::new() };
        }
        let mut names: HashSet<String> = self.ids.keys().cloned().collect();
        names.extend(self.unlisted.keys().filter_map(|key| match key {
            ClassKey::Name(name, ClassType::Text) => Some(name.clone()),
            _ => None,
        }));
        let mut ended = EndedClasses { categories: self.listed, ids: vec![0; self.unlisted.len()] };
        for ((key, place), id) in self.unlisted.into_iter().zip(self.largest + 1..) {
            let (name, class) = match key {
                ClassKey::Name(name, ClassType::Text) => (name, None),
                ClassKey::Number(number) => (number.to_string(), Some(number.into())),
                ClassKey::Name(text, ClassType::Other) => {
                    let value = serde_json::from_str(&text).unwrap_or_default();
                    (text, Some(value))
                }
                ClassKey::Unclassified => ("unclassified".to_owned(), Some(Value::Null)),
            };
            let category = match class {
                None => json!({"id": id, "name": name}),
                // Tools know categories by their names, and the reader the class by its value.
                Some(class) => {
                    let what = if class.is_null() { "no class" } else { "value" };
                    let others = (1..).map(|n| match n {
                        1 => format!("{name} ({what})"),
                        n => format!("{name} ({what} {n})"),
                    });
                    let mut free =
                        std::iter::once(name.clone()).chain(others).filter(|name| !names.contains(name));
                    let name = free.next().unwrap_or_default();
                    names.insert(name.clone());
                    json!({"id": id, "name": name, STEMMA: {"class": class}})
                }
            };
            ended.categories.push(category);
            if let Some(own) = ended.ids.get_mut(place as usize) {
                *own = id;
            }
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotations::model::Class;

    #[test]
    fn ids_of_the_list_stay_and_others_follow_the_largest() {
        let class = |name: &str, id: Option<Value>| Class { name: name.to_owned(), id, fields: Map::new() };
        let list = ClassList {
            classes: vec![
                class("b", Some(json!(7))),
                class("a", None),
                class("c", Some(json!(0))),
                class("d", Some(json!(7))),
            ],
        };
        let mut left_out = Skipped::default();
        let mut classes = WrittenClasses::new(&list, &mut left_out);
        assert_eq!(left_out.all().count(), 1);
        let listed = ["b", "a", "c", "d"].map(|name| classes.category(Some(&json!(name))));
        assert_eq!(listed, [7, 8, 0, 9].map(|id| CategoryRef::Listed(json!(id))));
        let others = [json!("z"), json!("y"), json!(1), json!("1"), json!(null), json!(true)];
        let others = others.map(|class| classes.category(Some(&class)));
        assert_eq!(others, [0, 1, 2, 3, 4, 5].map(CategoryRef::Unlisted));
        assert_eq!(classes.category(Some(&json!("z"))), CategoryRef::Unlisted(0));
        let ended = classes.end();
        assert_eq!(ended.ids, [14, 13, 10, 11, 15, 12]);
        assert_eq!(
            ended.categories[4..],
            [
                json!({"id": 10, "name": "1 (value)", "stemma": {"class": 1}}),
                json!({"id": 11, "name": "1"}),
                json!({"id": 12, "name": "true", "stemma": {"class": true}}),
                json!({"id": 13, "name": "y"}),
                json!({"id": 14, "name": "z"}),
                json!({"id": 15, "name": "unclassified", "stemma": {"class": null}}),
            ]
        );
    }

    #[test]
    fn captions_have_no_categories() {
        let mut classes = WrittenClasses::new(&ClassList::default(), &mut Skipped::default());
        assert_eq!(classes.category(None), CategoryRef::Unlisted(0));
        let ended = classes.end();
        assert!(ended.categories.is_empty() && ended.ids.is_empty());
    }
}
