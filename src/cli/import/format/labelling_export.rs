//! What exports of labelling tools have in common: names of items, ids, and shapes that are too large for attributes.

use serde_json::{Map, Value, json};

use super::super::pipeline::reimport::ACTIVITY;
use super::super::record::fault::Reason;
use super::super::record::name::Named;
use super::super::record::payload::Payload;
use super::super::record::{Activity, Member, Record, Source, TrainingSet, Version};
use crate::domain::canonical::attributes::{Attributes, AttributesError, canonical};
use crate::domain::item::{ItemKey, Kind, Namespace};

/// How the items of an export are called.
#[derive(Debug, Clone)]
pub(in crate::cli::import) struct Naming {
    /// Whose they are.
    pub namespace: Namespace,
    /// What their keys begin with.
    pub prefix: String,
}

impl Naming {
    /// The item with this key.
    pub(in crate::cli::import) fn item(&self, kind: Kind, field: &str, key: &str) -> Result<ItemKey, Reason> {
        ItemKey::new(self.namespace.clone(), kind, &format!("{}{key}", self.prefix))
            .map_err(|malformed| Reason::new(field, malformed.to_string()))
    }
}

/// The training set that an import pins.
#[derive(Debug, Clone)]
pub(in crate::cli::import) struct Pinned {
    /// Its key.
    pub key: String,
    /// The split of all its members.
    pub split: String,
}

impl Pinned {
    /// The training set version of these items.
    pub(in crate::cli::import) fn record(
        &self,
        naming: &Naming,
        members: &[ItemKey],
    ) -> Result<Record, Reason> {
        let item = ItemKey::new(naming.namespace.clone(), Kind::TrainingSet, &self.key)
            .map_err(|malformed| Reason::whole(malformed.to_string()))?;
        let member =
            |key: &ItemKey| Member { version: Named::head_of(key), split: self.split.clone(), weight: None };
        Ok(Record::TrainingSet(Box::new(TrainingSet::of(item, members.iter().map(member).collect()))))
    }
}

/// What makes the versions of an export.
pub(in crate::cli::import) fn activity(format: &str) -> Result<Activity, Reason> {
    Ok(Activity {
        name: ACTIVITY.to_owned(),
        code_reference: None,
        parameters: attributes(&json!({"format": format}))?,
        started_at: None,
        ended_at: None,
    })
}

/// A version that was made from others.
pub(in crate::cli::import) fn made_from(version: Version, role: &str, source: &ItemKey) -> Version {
    let source = Source { version: Named::head_of(source), role: role.to_owned() };
    Version { sources: vec![source], ..version }
}

/// Takes an id out of the fields of an object.
pub(in crate::cli::import) fn take_id(fields: &mut Map<String, Value>, name: &str) -> Result<String, Reason> {
    match fields.remove(name) {
        Some(Value::Number(number)) if number.is_u64() || number.is_i64() => Ok(number.to_string()),
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(_) => Err(Reason::new(name, "an id is a whole number or a text")),
        None => Err(Reason::new(name, "there is none")),
    }
}

/// The fields as attributes of a version. Where they are too large, all of them become its payload, and those with these names
/// stand nowhere else.
pub(in crate::cli::import) fn say(
    version: &mut Version,
    mut fields: Map<String, Value>,
    large: &[&str],
) -> Result<Option<Payload>, Reason> {
    let whole = Value::Object(fields);
    match Attributes::new(&whole) {
        Ok(attributes) => {
            version.attributes = attributes;
            return Ok(None);
        }
        Err(AttributesError::Limit { what: "bytes", .. }) => {}
        Err(error) => return Err(Reason::whole(error.to_string())),
    }
    let payload = Payload::of_bytes(canonical(&whole).into_bytes());
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

/// Attributes of this value.
pub(in crate::cli::import) fn attributes(value: &Value) -> Result<Attributes, Reason> {
    Attributes::new(value).map_err(|error| Reason::whole(error.to_string()))
}

/// Gives an image its payload, and what its bytes tell of it. A size that is said already must be right.
pub(in crate::cli::import) fn picture(
    version: &mut Version,
    fields: &mut Map<String, Value>,
    payload: &Payload,
) -> Result<(), Reason> {
    let Some(tells) = payload.meta.tells else {
        return Err(Reason::whole(
            "the file is no image: neither AVIF, BMP, GIF, HEIC, JPEG, PNG, TIFF nor WebP",
        ));
    };
    version.payload = Some(payload.meta.digest);
    version.media_type = Some(tells.media_type.to_owned());
    let Some(size) = tells.size else { return Ok(()) };
    for (name, measured) in [("width", size.width), ("height", size.height)] {
        match fields.insert(name.to_owned(), measured.into()) {
            Some(said) if said != measured => {
                let why = format!("the image has {measured} pixels, not {said}");
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

    fn label() -> Version {
        let naming = Naming { namespace: "n".parse().unwrap(), prefix: "p/".to_owned() };
        let item = naming.item(Kind::Label, "id", "1").unwrap();
        assert_eq!(item.to_string(), "n/LABEL/p/1");
        Version::new(item)
    }

    fn fields(points: usize) -> Map<String, Value> {
        let value = json!({"class": "wren", "segmentation": vec![1.5; points]});
        value.as_object().unwrap().clone()
    }

    #[test]
    fn shapes_too_large_for_attributes_become_payloads() {
        let mut small = label();
        assert!(say(&mut small, fields(10), &["segmentation"]).unwrap().is_none());
        assert!(small.attributes.as_str().contains("segmentation"));
        assert_eq!(small.payload, None);

        let mut large = label();
        let payload = say(&mut large, fields(20_000), &["segmentation"]).unwrap().unwrap();
        assert_eq!(large.attributes.as_str(), r#"{"class":"wren"}"#);
        assert_eq!(large.payload, Some(payload.meta.digest));
        assert!(payload.meta.size > 80_000);
        // What cannot become a payload is refused.
        assert!(say(&mut label(), fields(20_000), &[]).is_err());
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
