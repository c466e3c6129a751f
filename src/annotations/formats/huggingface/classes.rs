//! The classes that the values of a column mean.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::columns::{CLASSES, OBJECT_CLASSES, OBJECTS};
use super::features::ClassNames;
use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::ids::whole;
use crate::annotations::model::{Class, ClassList};

/// The context of rows.
pub(crate) struct RowContext<'a> {
    /// The class names of columns.
    pub names: &'a ClassNames,
}

impl<'a> RowContext<'a> {
    /// Returns the class names of a column.
    pub(crate) fn class_names(&self, path: &str) -> Option<&'a [String]> {
        self.names.get(path).map(Vec::as_slice)
    }

    /// Returns the column of the class of images, if the features say it.
    pub(super) fn class_column(&self) -> Option<&'a str> {
        let named = |name: &str| self.names.get_key_value(name).map(|(name, _)| name.as_str());
        CLASSES.into_iter().find_map(named).or_else(|| {
            let mut columns = self.names.keys().filter(|path| !path.contains('.'));
            match (columns.next(), columns.next()) {
                (Some(only), None) => Some(only.as_str()),
                _ => None,
            }
        })
    }

    /// Returns the columns of classes that the features say.
    pub(super) fn class_columns(&self) -> Vec<&'a [String]> {
        let of_objects = OBJECTS.into_iter().filter_map(|column| {
            OBJECT_CLASSES.into_iter().find_map(|name| self.class_names(&format!("{column}.{name}")))
        });
        self.class_column()
            .and_then(|column| self.class_names(column))
            .into_iter()
            .chain(of_objects)
            .collect()
    }

    /// Returns the class that a value means: a name, or a list of names; `None` if it is null, -1 or
    /// an empty list.
    pub(crate) fn class(&self, path: &str, value: &Value) -> Result<Option<Value>, Reason> {
        let names = self.class_names(path);
        if let Value::Array(list) = value {
            let mut classes = Vec::with_capacity(list.len());
            for value in list {
                let class = self.class(path, value)?;
                classes.extend(class.filter(|class| !classes.contains(class)));
            }
            return Ok(match classes.len() {
                0 => None,
                1 => classes.pop(),
                _ => Some(classes.into()),
            });
        }
        match (value, names) {
            (Value::Null, _) => Ok(None),
            (Value::String(name), _) if name.is_empty() => Ok(None),
            (Value::String(name), Some(names)) if !names.contains(name) => {
                let why = format!("expected a class of the features, found {name:?}; add it to `names`");
                Err(Reason::record(why))
            }
            (Value::String(name), _) => Ok(Some(name.as_str().into())),
            (Value::Bool(class), None) => Ok(Some(class.to_string().into())),
            (Value::Number(_), names) => match (whole(value), names) {
                (Some(number), None) => Ok(Some(number.to_string().into())),
                (Some(number), Some(_)) if number == -1 => Ok(None),
                (Some(number), Some(names)) => {
                    let name = number.as_u64().and_then(|number| names.get(usize::try_from(number).ok()?));
                    let name = name.ok_or_else(|| {
                        Reason::record(format!(
                            "expected a class from 0 to {}, found {number}",
                            names.len().saturating_sub(1)
                        ))
                    })?;
                    Ok(Some(name.as_str().into()))
                }
                (None, _) => Err(Reason::record(format!("expected the number of a class, found {value}"))),
            },
            (other, _) => Err(Reason::expected("", "a class as a name or a number", Some(other))),
        }
    }
}

/// Adds the classes of a list, each with its number. Those of a further list have none.
pub(crate) fn add_classes(classes: &mut ClassList, names: &[String]) {
    let is_first = classes.classes.is_empty();
    let known: HashSet<String> = classes.classes.iter().map(|class| class.name.clone()).collect();
    let mut seen = HashSet::new();
    for (number, name) in names.iter().enumerate() {
        if !known.contains(name) && seen.insert(name) {
            let mut class = Class::named(name.as_str());
            class.id = is_first.then(|| number.into());
            classes.classes.push(class);
        }
    }
}

/// Adds the classes that rows have, in order: numbers first.
pub(crate) fn add_found(classes: &mut ClassList, found: BTreeSet<String>) {
    let known: HashSet<String> = classes.classes.iter().map(|class| class.name.clone()).collect();
    let mut found: Vec<(Option<i64>, String)> = found
        .into_iter()
        .filter(|name| !known.contains(name))
        .map(|name| (name.parse::<i64>().ok().filter(|number| number.to_string() == name), name))
        .collect();
    found.sort_by_key(|(number, _)| (number.is_none(), *number));
    for (number, name) in found {
        let mut class = Class::named(name);
        class.id = number.filter(|_| known.is_empty()).map(Value::from);
        classes.classes.push(class);
    }
}
