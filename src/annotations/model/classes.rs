//! Class lists.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A class and its fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// The name, by which labels refer to it.
    pub name: String,
    /// The id in the tool, if it has one.
    pub id: Option<Value>,
    /// All other fields, such as `supercategory`.
    pub fields: Map<String, Value>,
}

/// The classes of a set, in the order of the tool.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClassList {
    /// The classes; names are unique.
    pub classes: Vec<Class>,
}

impl Class {
    /// Creates a class of which only the name is known.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), id: None, fields: Map::new() }
    }
}

impl ClassList {
    /// Creates a list of names without ids.
    pub fn of_names(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { classes: names.into_iter().map(Class::named).collect() }
    }

    /// Returns the position of a class, from 0.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.classes.iter().position(|class| class.name == name)
    }

    /// Returns the attributes of the class list's version: `{"classes": [{"class": …, "id": …}]}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let class = |class: &Class| {
            let mut fields = class.fields.clone();
            fields.insert("class".to_owned(), class.name.clone().into());
            fields.extend(class.id.clone().map(|id| ("id".to_owned(), id)));
            Value::Object(fields)
        };
        json!({"classes": self.classes.iter().map(class).collect::<Vec<_>>()})
    }

    /// Reads the attributes of a class list's version. Entries without a name are left out.
    #[must_use]
    pub fn of_value(value: &Value) -> Self {
        let entry = |entry: &Value| match entry {
            Value::String(name) => Some(Class::named(name)),
            Value::Object(fields) => {
                let mut fields = fields.clone();
                let Some(Value::String(name)) = fields.remove("class") else { return None };
                Some(Class { name, id: fields.remove("id"), fields })
            }
            _ => None,
        };
        let entries = value.get("classes").and_then(Value::as_array);
        Self { classes: entries.into_iter().flatten().filter_map(entry).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_list_is_written_and_read() {
        let list = ClassList {
            classes: vec![
                Class {
                    name: "wren".to_owned(),
                    id: Some(json!(7)),
                    fields: Map::from_iter([("supercategory".to_owned(), json!("bird"))]),
                },
                Class::named("robin"),
            ],
        };
        let value = list.to_value();
        assert_eq!(
            value,
            json!({"classes": [{"class": "wren", "id": 7, "supercategory": "bird"}, {"class": "robin"}]})
        );
        assert_eq!(ClassList::of_value(&value), list);
        assert_eq!(ClassList::of_value(&json!({"classes": ["a", 1]})), ClassList::of_names(["a"]));
        assert_eq!(list.position("robin"), Some(1));
    }
}
