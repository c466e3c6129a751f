//! Builds a row.

use surrealdb::types::{Array, Bytes, Object, RecordId, Value};

use super::int;

/// A row of the database, field by field.
pub(crate) struct RowBuilder(Object);

impl RowBuilder {
    pub(super) fn new(id: RecordId) -> Self {
        let mut object = Object::new();
        object.insert("id", Value::RecordId(id));
        Self(object)
    }

    /// Creates a part of a row: an object without an id.
    pub(super) fn part() -> Self {
        Self(Object::new())
    }

    pub(super) fn value(mut self, name: &'static str, value: Value) -> Self {
        self.0.insert(name, value);
        self
    }

    /// Adds a field unless it is absent.
    pub(super) fn optional(self, name: &'static str, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.value(name, value),
            None => self,
        }
    }

    pub(super) fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.value(name, Value::String(text.into()))
    }

    pub(super) fn number(self, name: &'static str, number: u64) -> Self {
        self.value(name, int(number))
    }

    pub(super) fn bytes(self, name: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        self.value(name, Value::Bytes(Bytes::from(bytes.into())))
    }

    pub(super) fn flag(self, name: &'static str, flag: bool) -> Self {
        self.value(name, Value::Bool(flag))
    }

    /// Adds a list unless it is empty.
    pub(super) fn list(self, name: &'static str, values: impl ExactSizeIterator<Item = Value>) -> Self {
        if values.len() == 0 {
            return self;
        }
        self.value(name, Value::Array(Array::from(values.collect::<Vec<_>>())))
    }

    pub(super) fn finish(self) -> Value {
        Value::Object(self.0)
    }
}
