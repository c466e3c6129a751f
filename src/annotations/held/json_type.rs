//! The types of JSON values, as the columns of data files have them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The first whole number that a floating-point number cannot tell from the next.
const EXACT: u64 = 1 << 53;

/// The type of all values of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JsonType {
    /// Only null was found.
    Unknown,
    /// True or false.
    Boolean,
    /// Whole numbers, all of which a floating-point number can hold.
    Whole,
    /// Whole numbers.
    Long,
    /// Numbers.
    Float,
    /// Texts.
    Text,
    /// Lists of values of one type.
    List(Box<Self>),
    /// Objects with fields of these types.
    Struct(BTreeMap<String, Self>),
}

impl JsonType {
    /// Returns the type of a value; `None` if it has none: lists of values of several types, empty
    /// objects, and whole numbers of more than 63 bits.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Unknown,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) => match (number.as_i64(), number.is_f64()) {
                (Some(whole), _) if whole.unsigned_abs() < EXACT => Self::Whole,
                (Some(_), _) => Self::Long,
                (None, true) => Self::Float,
                (None, false) => return None,
            },
            Value::String(_) => Self::Text,
            Value::Array(list) => {
                let inner = list.iter().try_fold(Self::Unknown, |known, value| known.with(Self::of(value)?));
                Self::List(Box::new(inner?))
            }
            Value::Object(fields) if fields.is_empty() => return None,
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| Some((name.clone(), Self::of(value)?)));
                Self::Struct(fields.collect::<Option<_>>()?)
            }
        })
    }

    /// Returns the type that has the values of two types; `None` if there is none.
    #[must_use]
    pub fn with(self, other: Self) -> Option<Self> {
        Some(match (self, other) {
            (one, other) if one == other => one,
            (Self::Unknown, one) | (one, Self::Unknown) => one,
            (Self::Whole, Self::Long) | (Self::Long, Self::Whole) => Self::Long,
            (Self::Whole, Self::Float) | (Self::Float, Self::Whole) => Self::Float,
            (Self::List(one), Self::List(other)) => Self::List(Box::new(one.with(*other)?)),
            (Self::Struct(mut fields), Self::Struct(others)) => {
                for (name, other) in others {
                    let kind = fields.remove(&name).unwrap_or(Self::Unknown).with(other)?;
                    fields.insert(name, kind);
                }
                Self::Struct(fields)
            }
            _ => return None,
        })
    }

    /// Returns true if a column of this type holds a value.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        Self::of(value).and_then(|own| self.clone().with(own)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_have_types() {
        let merged = |values: &[Value]| {
            values.iter().try_fold(JsonType::Unknown, |known, value| known.with(JsonType::of(value)?))
        };
        let list = |inner| Some(JsonType::List(Box::new(inner)));
        for (values, kind) in [
            (vec![json!(null), json!(1), json!(2.5)], Some(JsonType::Float)),
            (vec![json!(1), json!(1_i64 << 60)], Some(JsonType::Long)),
            (vec![json!(0.5), json!(1_i64 << 60)], None),
            (vec![json!(u64::MAX)], None),
            (vec![json!([]), json!([1, null])], list(JsonType::Whole)),
            (vec![json!([1, "a"])], None),
            (vec![json!([[1, 0.5]]), json!({"size": [1, 2]})], None),
            (vec![json!({})], None),
            (vec![json!(true), json!("true")], None),
        ] {
            assert_eq!(merged(&values), kind, "{values:?}");
        }
    }

    #[test]
    fn a_column_holds_values_of_its_type() {
        let rings = JsonType::of(&json!([[1, 2.5]])).unwrap();
        assert!(rings.holds(&json!([[1, 2], []])) && rings.holds(&json!(null)));
        assert!(!rings.holds(&json!({"size": [1, 2], "counts": "1"})));
        let mask = JsonType::of(&json!({"size": [1, 2], "counts": "1"})).unwrap();
        assert!(mask.holds(&json!({"counts": "2"})) && !mask.holds(&json!({"counts": [1, 1]})));
    }
}
