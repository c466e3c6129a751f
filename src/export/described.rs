//! The attributes of a version with those in its payload: attributes that are too large for a
//! version are stored as the members of a JSON object in its payload.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::memory::{ExportMemory, HeldMemory};
use crate::domain::canonical::json;
use crate::domain::id::Digest;
use crate::domain::item::Kind;
use crate::domain::log::entry::BlobRecord;
use crate::domain::version::VersionRecord;
use crate::ledger::{LedgerError, View};

/// The media type of a payload with attributes.
const JSON: &str = "application/json";

/// The largest payload that is read, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;

/// The relation of a payload to the attributes of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PayloadContent {
    /// The version has no payload.
    None,
    /// Attributes, all of which were read.
    Attributes,
    /// Other bytes, which were not read.
    Other,
    /// JSON of more than [`LARGEST`] bytes, which was not read.
    TooLarge,
}

/// The attributes of a version with those in its payload.
pub(super) struct Described {
    pub attributes: Map<String, Value>,
    pub payload: PayloadContent,
    /// The memory of the payload, returned when this is dropped.
    _memory: Option<HeldMemory>,
}

impl Described {
    const fn of(attributes: Map<String, Value>, payload: PayloadContent) -> Self {
        Self { attributes, payload, _memory: None }
    }
}

/// The size of JSON in memory, in times of its length.
const PARSED: u64 = 4;

/// Returns the attributes of a version and those in its payload. Where both have the same name, the
/// attribute counts: a later correction may have changed it.
pub(super) async fn described(
    view: &View,
    kind: Kind,
    record: &VersionRecord,
    blobs: &HashMap<Digest, BlobRecord>,
    memory: &ExportMemory,
) -> Result<Described, LedgerError> {
    let content = &record.content;
    let attributes = content.attributes.to_map();
    let Some(payload) = content.payload else { return Ok(Described::of(attributes, PayloadContent::None)) };
    if content.media_type.as_deref() != Some(JSON) {
        return Ok(Described::of(attributes, PayloadContent::Other));
    }
    let size = blobs.get(&payload).map_or(0, |blob| blob.size);
    if size > LARGEST {
        return Ok(Described::of(attributes, PayloadContent::TooLarge));
    }
    let mut held = memory.hold();
    held.grow(usize::try_from(PARSED * size).unwrap_or(usize::MAX))?;
    match json::parse(&view.payload(payload).await?) {
        // The payload of other kinds may be their data, without their attributes.
        Ok(Value::Object(mut whole))
            if matches!(kind, Kind::Label | Kind::Ontology)
                || attributes.keys().all(|name| whole.contains_key(name)) =>
        {
            for (name, value) in attributes {
                let value = match whole.remove(&name) {
                    Some(Value::Array(full)) if name == CLASSES => Value::Array(with_fields(value, full)),
                    _ => value,
                };
                whole.insert(name, value);
            }
            Ok(Described { attributes: whole, payload: PayloadContent::Attributes, _memory: Some(held) })
        }
        _ => Ok(Described::of(attributes, PayloadContent::Other)),
    }
}

/// The attribute with the classes of a class list.
const CLASSES: &str = "classes";

/// Returns the classes of a summary, each with the fields that the full list has of it.
fn with_fields(summary: Value, full: Vec<Value>) -> Vec<Value> {
    let Value::Array(summary) = summary else { return full };
    let key = |class: &Value| class.get("class").map(Value::to_string);
    let mut full: HashMap<String, Value> =
        full.into_iter().filter_map(|class| Some((key(&class)?, class))).collect();
    let whole = |class: Value| match (key(&class).and_then(|key| full.remove(&key)), class) {
        (Some(Value::Object(mut fields)), Value::Object(class)) => {
            fields.extend(class);
            Value::Object(fields)
        }
        (_, class) => class,
    };
    summary.into_iter().map(whole).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_summary_of_classes_gets_the_fields_of_the_full_list() {
        let full = vec![json!({"class": "a", "id": 1, "frequency": "r"}), json!({"class": "b", "id": 2})];
        let summary = json!([{"class": "b", "id": 7}, {"class": "a", "id": 1}, {"class": "c"}, "d"]);
        let expected = [
            json!({"class": "b", "id": 7}),
            json!({"class": "a", "id": 1, "frequency": "r"}),
            json!({"class": "c"}),
            json!("d"),
        ];
        assert_eq!(with_fields(summary, full.clone()), expected);
        assert_eq!(with_fields(json!(3), full.clone()), full);
    }
}
