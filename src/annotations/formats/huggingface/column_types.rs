//! The types of the columns of a Parquet file, found from the values.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field};
use serde_json::{Map, Value, json};

/// The first whole number that a floating-point number cannot tell from the next.
const EXACT: u64 = 1 << 53;

/// The type of the values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnType {
    /// Only null was found.
    Unknown,
    Boolean,
    /// Whole numbers, all of which a floating-point number can hold.
    Whole,
    /// Whole numbers.
    Long,
    Float,
    Text,
    List(Box<Self>),
    Struct(BTreeMap<String, Self>),
}

impl ColumnType {
    /// Returns the type of a value; `None` if it has none: lists of values of several types, empty
    /// objects, and whole numbers of more than 63 bits.
    pub(super) fn of(value: &Value) -> Option<Self> {
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
    pub(super) fn with(self, other: Self) -> Option<Self> {
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

    /// Returns the type in Arrow.
    pub(super) fn data_type(&self) -> DataType {
        match self {
            Self::Unknown | Self::Text => DataType::Utf8,
            Self::Boolean => DataType::Boolean,
            Self::Whole | Self::Long => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::List(inner) => list_of(inner.data_type()),
            Self::Struct(fields) => struct_of(fields.iter().map(|(name, kind)| (name, kind.data_type()))),
        }
    }

    /// Returns the feature of `datasets`.
    pub(super) fn feature(&self) -> Value {
        let value = |kind: &str| json!({"dtype": kind, "_type": "Value"});
        match self {
            Self::Unknown | Self::Text => value("string"),
            Self::Boolean => value("bool"),
            Self::Whole | Self::Long => value("int64"),
            Self::Float => value("float64"),
            Self::List(inner) => sequence_of(inner.feature()),
            Self::Struct(fields) => {
                fields.iter().map(|(name, kind)| (name.clone(), kind.feature())).collect::<Map<_, _>>().into()
            }
        }
    }
}

/// Returns the type of lists.
pub(super) fn list_of(inner: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(inner, true)))
}

/// Returns the type of objects with fields.
pub(super) fn struct_of<'a>(fields: impl IntoIterator<Item = (&'a String, DataType)>) -> DataType {
    let fields = fields.into_iter().map(|(name, kind)| Field::new(name, kind, true));
    DataType::Struct(fields.collect::<Vec<_>>().into())
}

/// Returns the feature of a list, in the words of all versions of `datasets`: they take a sequence of
/// objects for an object of lists.
pub(super) fn sequence_of(inner: Value) -> Value {
    let is_struct = inner.get("_type").is_none_or(|kind| !kind.is_string());
    if is_struct { json!([inner]) } else { json!({"feature": inner, "_type": "Sequence"}) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_types() {
        let merged = |values: &[Value]| {
            values.iter().try_fold(ColumnType::Unknown, |known, value| known.with(ColumnType::of(value)?))
        };
        let list = |inner| Some(ColumnType::List(Box::new(inner)));
        for (values, kind) in [
            (vec![json!(null), json!(1), json!(2.5)], Some(ColumnType::Float)),
            (vec![json!(1), json!(1_i64 << 60)], Some(ColumnType::Long)),
            (vec![json!(0.5), json!(1_i64 << 60)], None),
            (vec![json!(u64::MAX)], None),
            (vec![json!([]), json!([1, null])], list(ColumnType::Whole)),
            (vec![json!([1, "a"])], None),
            (vec![json!([[1, 0.5]]), json!({"size": [1, 2]})], None),
            (vec![json!({})], None),
            (vec![json!(true), json!("true")], None),
        ] {
            assert_eq!(merged(&values), kind, "{values:?}");
        }
        let kind = merged(&[json!({"a": 1}), json!({"b": ["x"], "a": 0.5})]).unwrap();
        assert_eq!(
            kind.feature(),
            json!({"a": {"dtype": "float64", "_type": "Value"},
            "b": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"}})
        );
        let objects = merged(&[json!([{"_type": 1}])]).unwrap();
        assert!(objects.feature().is_array());
        assert!(matches!(kind.data_type(), DataType::Struct(fields) if fields.len() == 2));
    }
}
