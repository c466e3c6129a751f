//! The types of the columns of a Parquet file.

use std::sync::Arc;

use arrow_schema::{DataType, Field};
use serde_json::{Map, Value, json};

use crate::annotations::held::JsonType;

/// A type of JSON values as a column.
pub(super) trait ColumnType {
    /// Returns the type in Arrow.
    fn data_type(&self) -> DataType;
    /// Returns the feature of `datasets`.
    fn feature(&self) -> Value;
}

impl ColumnType for JsonType {
    fn data_type(&self) -> DataType {
        match self {
            Self::Unknown | Self::Text => DataType::Utf8,
            Self::Boolean => DataType::Boolean,
            Self::Whole | Self::Long => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::List(inner) => list_of(inner.data_type()),
            Self::Struct(fields) => struct_of(fields.iter().map(|(name, kind)| (name, kind.data_type()))),
        }
    }

    fn feature(&self) -> Value {
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

/// Returns the type of the values of a column; `None` if it is none that JSON has.
pub(super) fn of_column(column: &DataType) -> Option<JsonType> {
    Some(match column {
        DataType::Boolean => JsonType::Boolean,
        kind if kind.is_integer() => JsonType::Long,
        kind if kind.is_floating() => JsonType::Float,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => JsonType::Text,
        DataType::List(inner) | DataType::LargeList(inner) | DataType::FixedSizeList(inner, _) => {
            JsonType::List(Box::new(of_column(inner.data_type())?))
        }
        DataType::Struct(fields) => {
            let field = |field: &Arc<Field>| Some((field.name().clone(), of_column(field.data_type())?));
            JsonType::Struct(fields.iter().map(field).collect::<Option<_>>()?)
        }
        DataType::Dictionary(_, values) => of_column(values)?,
        _ => return None,
    })
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
    fn types_are_columns() {
        let kind = JsonType::of(&json!({"b": ["x"], "a": 0.5})).unwrap();
        assert_eq!(
            kind.feature(),
            json!({"a": {"dtype": "float64", "_type": "Value"},
            "b": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"}})
        );
        assert!(JsonType::of(&json!([{"_type": 1}])).unwrap().feature().is_array());
        assert!(matches!(kind.data_type(), DataType::Struct(fields) if fields.len() == 2));
        assert_eq!(of_column(&kind.data_type()), Some(kind));
    }

    #[test]
    fn columns_of_other_writers_have_types() {
        let list = |inner| DataType::LargeList(Arc::new(Field::new_list_field(inner, true)));
        let numbers = Some(JsonType::List(Box::new(JsonType::Float)));
        assert_eq!(of_column(&list(DataType::Float32)), numbers);
        assert_eq!(of_column(&list(DataType::Binary)), None);
    }
}
