//! The common parts of exports of labelling tools: names of items, ids, and shapes that are too
//! large for attributes.

use serde_json::{Map, Value, json};

use super::super::record::ACTIVITY;
use super::super::record::fault::Reason;
use super::super::record::name::VersionReference;
use super::super::record::payload::ImportPayload;
use super::super::record::{
    ImportedActivity, ImportedMember, ImportedSource, ImportedTrainingSet, ImportedVersion, Record,
};
use crate::domain::canonical::attributes::{Attributes, AttributesError, canonical};
use crate::domain::item::{ItemKey, Kind, Namespace};

/// The naming of the items of an export.
#[derive(Debug, Clone)]
pub(crate) struct ItemNaming {
    /// The namespace of the items.
    pub namespace: Namespace,
    /// The prefix of their keys.
    pub prefix: String,
}

impl ItemNaming {
    /// Returns the item with this key.
    pub(crate) fn item(&self, kind: Kind, field: &str, key: &str) -> Result<ItemKey, Reason> {
        ItemKey::new(self.namespace.clone(), kind, &format!("{}{key}", self.prefix))
            .map_err(|malformed| Reason::new(field, malformed.to_string()))
    }
}

/// The training set that an import pins.
#[derive(Debug, Clone)]
pub(crate) struct PinnedSet {
    /// The key of the set.
    pub key: String,
    /// The split of all its members.
    pub split: String,
}

impl PinnedSet {
    /// Returns the record of a training set version with these members.
    pub(crate) fn record(&self, naming: &ItemNaming, members: &[ItemKey]) -> Result<Record, Reason> {
        let item = ItemKey::new(naming.namespace.clone(), Kind::TrainingSet, &self.key)
            .map_err(|malformed| Reason::record(malformed.to_string()))?;
        let member = |key: &ItemKey| ImportedMember {
            version: VersionReference::head_of(key),
            split: self.split.clone(),
            weight: None,
        };
        Ok(Record::TrainingSet(Box::new(ImportedTrainingSet::of(item, members.iter().map(member).collect()))))
    }
}

/// Returns the activity of an import of an export.
pub(crate) fn activity(format: &str) -> Result<ImportedActivity, Reason> {
    Ok(ImportedActivity {
        name: ACTIVITY.to_owned(),
        code_reference: None,
        parameters: attributes(&json!({"format": format}))?,
        started_at: None,
        ended_at: None,
    })
}

/// Sets the one source of a version.
pub(crate) fn made_from(version: ImportedVersion, role: &str, source: &ItemKey) -> ImportedVersion {
    let source = ImportedSource { version: VersionReference::head_of(source), role: role.to_owned() };
    ImportedVersion { sources: vec![source], ..version }
}

/// Takes an id out of the fields of an object: a whole number or a string.
pub(crate) fn take_id(fields: &mut Map<String, Value>, name: &str) -> Result<String, Reason> {
    match fields.remove(name) {
        Some(Value::Number(number)) if number.is_u64() || number.is_i64() => Ok(number.to_string()),
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(Value::Number(number)) => {
            Err(Reason::new(name, format!("expected a whole number, found {number}")))
        }
        Some(Value::String(_)) => Err(Reason::new(name, "expected an id, found an empty string")),
        other => Err(Reason::expected(name, "a whole number or a string", other.as_ref())),
    }
}

/// Sets the fields as attributes of a version. If they are too large, all of them become its
/// payload, and those named in `large` are left out of the attributes.
pub(crate) fn set_attributes(
    version: &mut ImportedVersion,
    mut fields: Map<String, Value>,
    large: &[&str],
) -> Result<Option<ImportPayload>, Reason> {
    let whole = Value::Object(fields);
    match Attributes::new(&whole) {
        Ok(attributes) => {
            version.attributes = attributes;
            return Ok(None);
        }
        Err(AttributesError::Limit { what: "bytes", .. }) => {}
        Err(error) => return Err(Reason::record(error.to_string())),
    }
    let payload = ImportPayload::of_bytes(canonical(&whole).into_bytes());
    fields = match whole {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.retain(|name, _| !large.contains(&name.as_str()));
    version.attributes = attributes(&Value::Object(fields))?;
    version.payload = Some(payload.meta.digest);
    version.media_type = Some("application/json".to_owned());
    Ok(Some(payload))
}

/// Converts a value to attributes.
pub(crate) fn attributes(value: &Value) -> Result<Attributes, Reason> {
    Attributes::new(value).map_err(|error| Reason::record(error.to_string()))
}

/// Sets the payload of an image, its media type and its size. A size in the fields must be correct.
pub(crate) fn picture(
    version: &mut ImportedVersion,
    fields: &mut Map<String, Value>,
    payload: &ImportPayload,
) -> Result<(), Reason> {
    let Some(media) = payload.meta.media else {
        return Err(Reason::record(
            "expected an AVIF, BMP, GIF, HEIC, JPEG, PNG, TIFF or WebP image, found a file of another format",
        ));
    };
    version.payload = Some(payload.meta.digest);
    version.media_type = Some(media.media_type.to_owned());
    let Some(size) = media.size else { return Ok(()) };
    for (name, measured) in [("width", size.width), ("height", size.height)] {
        match fields.insert(name.to_owned(), measured.into()) {
            Some(said) if said != measured => {
                let why = format!("expected {measured} pixels as in the image, found {said}");
                return Err(Reason::new(name, why));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label() -> ImportedVersion {
        let naming = ItemNaming { namespace: "n".parse().unwrap(), prefix: "p/".to_owned() };
        let item = naming.item(Kind::Label, "id", "1").unwrap();
        assert_eq!(item.to_string(), "n/LABEL/p/1");
        ImportedVersion::new(item)
    }

    fn fields(points: usize) -> Map<String, Value> {
        let value = json!({"class": "wren", "segmentation": vec![1.5; points]});
        value.as_object().unwrap().clone()
    }

    #[test]
    fn shapes_too_large_for_attributes_become_payloads() {
        let mut small = label();
        assert!(set_attributes(&mut small, fields(10), &["segmentation"]).unwrap().is_none());
        assert!(small.attributes.as_str().contains("segmentation"));
        assert_eq!(small.payload, None);

        let mut large = label();
        let payload = set_attributes(&mut large, fields(20_000), &["segmentation"]).unwrap().unwrap();
        assert_eq!(large.attributes.as_str(), r#"{"class":"wren"}"#);
        assert_eq!(large.payload, Some(payload.meta.digest));
        assert!(payload.meta.size > 80_000);
        // What cannot become a payload is refused.
        assert!(set_attributes(&mut label(), fields(20_000), &[]).is_err());
    }

    #[test]
    fn an_id_is_a_whole_number_or_a_text() {
        for (given, read) in [
            (json!(7), Some("7")),
            (json!("x-7"), Some("x-7")),
            (json!(7.5), None),
            (json!(""), None),
            (json!(null), None),
        ] {
            let mut fields = Map::from_iter([("id".to_owned(), given.clone())]);
            assert_eq!(take_id(&mut fields, "id").ok().as_deref(), read, "{given}");
        }
        assert!(take_id(&mut Map::new(), "id").is_err());
    }
}
