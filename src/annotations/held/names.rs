//! The names of fields and attributes that a format holds, and the values that they can have.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::JsonType;

/// The names that a format holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HeldNames {
    /// The names; `None` for all names.
    names: Option<BTreeSet<String>>,
    /// Names to which the format gives another meaning.
    others: BTreeSet<String>,
    /// The types of the values of a name; values of other types are not held.
    types: BTreeMap<String, BTreeSet<ValueType>>,
    /// The types of the columns of a name; values of other types are not held.
    columns: BTreeMap<String, Vec<JsonType>>,
    /// The values that the format does not write, because they are the usual ones.
    usual: BTreeMap<String, Vec<Value>>,
    values: HeldValues,
}

/// The values that a format holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum HeldValues {
    /// Values of JSON.
    #[default]
    Json,
    /// Texts: other values are read as the text that JSON has for them.
    Texts,
    /// Texts and numbers in the columns of a table.
    Columns,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ValueType {
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
}

/// The most characters of a number in a table, so that it is read as the same number.
const DIGITS: usize = 17;

impl ValueType {
    /// Returns the type of a value; `None` for null.
    #[must_use]
    pub const fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        })
    }

    fn has(self, value: &Value) -> bool {
        match self {
            Self::Integer => value.is_i64() || value.is_u64(),
            kind => Self::of(value) == Some(kind),
        }
    }
}

impl HeldNames {
    /// Creates the set of all names.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Creates the set without a name.
    #[must_use]
    pub fn none() -> Self {
        Self::only(std::iter::empty::<String>())
    }

    /// Creates the set of these names.
    #[must_use]
    pub fn only(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { names: Some(names.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// Removes names to which the format gives another meaning.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.others.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// Adds a type of the values of a name.
    #[must_use]
    pub fn with_type(mut self, name: &str, kind: ValueType) -> Self {
        self.add_type(name, kind);
        self
    }

    /// Adds a name, and a type of its values.
    pub fn add(&mut self, name: &str, kind: ValueType) {
        self.add_name(name);
        self.add_type(name, kind);
    }

    /// Adds a name whose values can have any type.
    pub fn add_name(&mut self, name: &str) {
        if let Some(names) = &mut self.names {
            names.insert(name.to_owned());
        }
    }

    /// Adds a name that is a column of values of this type.
    pub fn add_column(&mut self, name: &str, kind: JsonType) {
        self.add_name(name);
        let columns = self.columns.entry(name.to_owned()).or_default();
        if !columns.contains(&kind) {
            columns.push(kind);
        }
    }

    fn add_type(&mut self, name: &str, kind: ValueType) {
        self.types.entry(name.to_owned()).or_default().insert(kind);
    }

    /// Adds a value that the format does not write, because it is the usual one.
    #[must_use]
    pub fn with_usual(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.usual.entry(name.to_owned()).or_default().push(value.into());
        self
    }

    /// Declares that all values are texts.
    #[must_use]
    pub const fn as_texts(mut self) -> Self {
        self.values = HeldValues::Texts;
        self
    }

    /// Declares that all values are the fields of a table.
    #[must_use]
    pub const fn as_columns(mut self) -> Self {
        self.values = HeldValues::Columns;
        self
    }

    /// Returns true if the format holds this value of a field, so that its absence is a change.
    pub(super) fn holds(&self, name: &str, value: &Value) -> bool {
        if self.names.as_ref().is_some_and(|names| !names.contains(name)) || self.others.contains(name) {
            return false;
        }
        if self.usual.get(name).is_some_and(|usual| usual.contains(value)) {
            return false;
        }
        if self.types.get(name).is_some_and(|types| !types.iter().any(|kind| kind.has(value))) {
            return false;
        }
        self.has_column_for(name, value) && (self.values != HeldValues::Columns || is_column(value))
    }

    /// Returns true if a column of this name can have the value, or if it has no known type.
    pub(super) fn has_column_for(&self, name: &str, value: &Value) -> bool {
        self.columns.get(name).is_none_or(|columns| columns.iter().any(|column| column.holds(value)))
    }

    /// Returns true if a found value is what the format makes of a stored one.
    pub(super) fn is_spelling(&self, found: &Value, stored: &Value) -> bool {
        if found == stored {
            return true;
        }
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match self.values {
            HeldValues::Json | HeldValues::Columns => false,
            HeldValues::Texts => match (text(found).as_str(), text(stored).as_str()) {
                (a, b) if a == b => true,
                // A flag.
                ("true", "1" | "True") => found.is_boolean(),
                _ => false,
            },
        }
    }
}

/// Returns true if a field of a table is read as the same value.
fn is_column(value: &Value) -> bool {
    match value {
        Value::String(text) => text.parse::<f64>().is_err(),
        Value::Number(number) => {
            let text = number.to_string();
            text.trim_start_matches('-').len() <= DIGITS && !text.contains(['e', 'E'])
        }
        _ => false,
    }
}
