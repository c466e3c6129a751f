//! What an export of ours says about a task or a result, in its `meta`, which Label Studio keeps.

use serde_json::{Map, Value};

use super::super::shared::ids::STEMMA;
use crate::annotations::model::Exported;

/// The object `meta.stemma` of a task or a result.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Mark(pub Map<String, Value>);

impl Mark {
    /// Takes the mark of a task or a result; `None` if it has none.
    pub(super) fn take(fields: &mut Map<String, Value>) -> Option<Self> {
        let Some(Value::Object(meta)) = fields.get_mut("meta") else { return None };
        if !meta.get(STEMMA)?.is_object() {
            return None;
        }
        let Some(Value::Object(mark)) = meta.remove(STEMMA) else { return None };
        if meta.is_empty() {
            fields.remove("meta");
        }
        Some(Self(mark))
    }

    /// Adds the mark to a result that may have other `meta`.
    pub(super) fn write(&self, fields: &mut Map<String, Value>) {
        let meta = fields.entry("meta").or_insert_with(|| Map::new().into());
        if !meta.is_object() {
            *meta = Map::new().into();
        }
        if let Value::Object(meta) = meta {
            meta.insert(STEMMA.to_owned(), Value::Object(self.0.clone()));
        }
    }

    /// Sets a member, if there is a value.
    pub(super) fn set(&mut self, name: &str, value: Option<impl Into<Value>>) {
        self.0.extend(value.map(|value| (name.to_owned(), value.into())));
    }

    /// Names an item and its version; `kind` is the member of the item's name.
    pub(super) fn set_exported(&mut self, kind: &str, exported: Option<&Exported>) {
        self.set(kind, exported.map(|exported| exported.item.clone()));
        self.set("version", exported.and_then(|exported| exported.version.clone()));
    }

    /// Returns the item and version that [`set_exported`](Self::set_exported) wrote.
    pub(super) fn exported(&self, kind: &str) -> Option<Exported> {
        let item = self.text(kind)?.to_owned();
        Some(Exported { item, version: self.text("version").map(str::to_owned) })
    }

    /// Returns a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// Returns a whole number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    /// Returns an object.
    pub(super) fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name)?.as_object()
    }
}
