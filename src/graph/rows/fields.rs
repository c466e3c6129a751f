//! Reads a row: fields are taken out one by one, and none may remain.

use std::collections::BTreeMap;

use surrealdb::types::{Number, RecordId, RecordIdKey, ToSql, Value};

use crate::domain::id::{Seq, VersionId, unhex};
use crate::graph::GraphError;

/// The key of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum RowKey {
    /// 64 hex digits.
    Name([u8; 32]),
    /// A seq.
    Number(Seq),
    /// `[seq, place]`.
    Place(Seq, u32),
}

/// The fields of a row, or of an object in a row, that are not read yet.
pub(crate) struct RowFields {
    table: &'static str,
    id: String,
    rest: BTreeMap<String, Value>,
}

type RowResult<T> = Result<T, GraphError>;

impl RowFields {
    /// Takes a row apart. Its id must be of this table.
    pub(crate) fn of(table: &'static str, row: Value) -> RowResult<(RowKey, Self)> {
        let mut fields = Self { table, id: String::new(), rest: BTreeMap::new() };
        let Value::Object(object) = row else {
            return Err(fields.corrupt("it is not an object"));
        };
        fields.rest = object.into_inner();
        let Some(Value::RecordId(id)) = fields.rest.remove("id") else {
            return Err(fields.corrupt("it has no id"));
        };
        fields.id = id.key.to_sql();
        if id.table.as_str() != table {
            return Err(fields.corrupt("its id is of another table"));
        }
        let key = key(&id.key).ok_or_else(|| fields.corrupt("its id is malformed"))?;
        Ok((key, fields))
    }

    pub(crate) fn corrupt(&self, why: impl Into<String>) -> GraphError {
        GraphError::Corrupt { table: self.table, id: self.id.clone(), why: why.into() }
    }

    fn broken(&self, name: &str) -> GraphError {
        self.corrupt(format!("its field `{name}` is missing or malformed"))
    }

    fn take<T>(&mut self, name: &str, convert: impl FnOnce(Value) -> Option<T>) -> RowResult<T> {
        let value = self.rest.remove(name).unwrap_or_default();
        convert(value).ok_or_else(|| self.broken(name))
    }

    /// Returns a field that may be absent. A query for single fields gives NONE for those.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> RowResult<T>,
    ) -> RowResult<Option<T>> {
        match self.rest.get(name) {
            None | Some(Value::None) => {
                self.rest.remove(name);
                Ok(None)
            }
            Some(_) => read(self, name).map(Some),
        }
    }

    pub(super) fn text(&mut self, name: &str) -> RowResult<String> {
        self.take(name, text)
    }

    pub(super) fn number<T: TryFrom<i64>>(&mut self, name: &str) -> RowResult<T> {
        self.take(name, |value| match value {
            Value::Number(Number::Int(number)) => T::try_from(number).ok(),
            _ => None,
        })
    }

    pub(super) fn bytes(&mut self, name: &str) -> RowResult<Vec<u8>> {
        self.take(name, |value| match value {
            Value::Bytes(bytes) => Some(bytes.into_inner().into()),
            _ => None,
        })
    }

    pub(super) fn digest(&mut self, name: &str) -> RowResult<[u8; 32]> {
        let bytes = self.bytes(name)?;
        bytes.try_into().map_err(|_| self.broken(name))
    }

    pub(super) fn flag(&mut self, name: &str) -> RowResult<bool> {
        self.take(name, |value| match value {
            Value::Bool(flag) => Some(flag),
            _ => None,
        })
    }

    /// Returns the 32-byte id of a linked row of `table`.
    pub(super) fn link(&mut self, name: &str, table: &str) -> RowResult<[u8; 32]> {
        self.take(name, |value| link(value, table))
    }

    pub(super) fn version(&mut self, name: &str) -> RowResult<VersionId> {
        self.link(name, super::VERSION).map(VersionId::from_bytes)
    }

    /// Returns a list; empty if it is absent.
    pub(super) fn list<T>(&mut self, name: &str, element: impl Fn(Value) -> Option<T>) -> RowResult<Vec<T>> {
        match self.rest.remove(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(values)) => {
                values.into_iter().map(element).collect::<Option<Vec<_>>>().ok_or_else(|| self.broken(name))
            }
            Some(_) => Err(self.broken(name)),
        }
    }

    /// Returns an object in the row.
    pub(super) fn part(&mut self, name: &str) -> RowResult<Self> {
        let rest = self.take(name, |value| match value {
            Value::Object(object) => Some(object.into_inner()),
            _ => None,
        })?;
        Ok(Self { table: self.table, id: self.id.clone(), rest })
    }

    /// Refuses remaining fields.
    pub(super) fn end(&self) -> RowResult<()> {
        match self.rest.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.corrupt(format!("it has an unexpected field `{name}`"))),
        }
    }
}

/// Returns the text of a value.
pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Returns the 32-byte id of a linked row of `table`.
pub(super) fn link(value: Value, table: &str) -> Option<[u8; 32]> {
    match value {
        Value::RecordId(RecordId { table: of, key: RecordIdKey::String(hex) }) if of.as_str() == table => {
            unhex(&hex)
        }
        _ => None,
    }
}

pub(crate) fn key(key: &RecordIdKey) -> Option<RowKey> {
    let number = |value: &Value| match value {
        Value::Number(Number::Int(number)) => u64::try_from(*number).ok(),
        _ => None,
    };
    match key {
        RecordIdKey::String(hex) => unhex(hex).map(RowKey::Name),
        RecordIdKey::Number(seq) => u64::try_from(*seq).ok().map(|seq| RowKey::Number(Seq(seq))),
        RecordIdKey::Array(parts) => match parts.as_slice() {
            [seq, place] => Some(RowKey::Place(Seq(number(seq)?), u32::try_from(number(place)?).ok()?)),
            _ => None,
        },
        _ => None,
    }
}
