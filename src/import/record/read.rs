//! Parsing of records, with the field of each fault.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Record;
use crate::domain::canonical::json;
use crate::import::record::fault::Reason;
use crate::import::record::overflow::divide_record;
use crate::import::record::payload::{ImportPayload, PayloadFolder};

impl Record {
    /// Reads a record from all of its fields, and its payload: that of its file, or its attributes
    /// if they are too large.
    pub(crate) fn of_fields(
        mut fields: Map<String, Value>,
        folder: Option<&PayloadFolder>,
    ) -> Result<(Self, Option<ImportPayload>), Reason> {
        match fields.remove("type") {
            Some(Value::String(kind)) => Self::of_type(&kind, fields, folder),
            other => Err(Reason::expected("type", &format!("one of {TYPES}"), other.as_ref())),
        }
    }

    /// Reads one line without a folder of payloads.
    #[cfg(test)]
    pub(crate) fn parse(line: &[u8]) -> Result<Self, Reason> {
        Self::of_fields(object(line)?, None).map(|(record, _)| record)
    }

    /// Reads a record of this type, and its payload.
    pub(crate) fn of_type(
        kind: &str,
        mut fields: Map<String, Value>,
        folder: Option<&PayloadFolder>,
    ) -> Result<(Self, Option<ImportPayload>), Reason> {
        let attributes = divide_record(kind, &mut fields)?;
        let mut record = Self::read(kind, fields)?;
        let payload = record.load_payload(folder)?;
        Ok((record, attributes.or(payload)))
    }

    /// Reads a record of this type from its other fields.
    pub(crate) fn read(kind: &str, fields: Map<String, Value>) -> Result<Self, Reason> {
        match kind {
            "item" => read(fields).map(Self::Item),
            "version" => read(fields).map(Box::new).map(Self::Version),
            "training_set" => read(fields).map(Box::new).map(Self::TrainingSet),
            "statement" => read(fields).map(Box::new).map(Self::Statement),
            "tag" => read(fields).map(Self::Tag),
            "derivation" => read(fields).map(Self::Derivation),
            _ => Err(Reason::new("type", format!("expected one of {TYPES}, found {kind:?}"))),
        }
    }

    /// Hashes the file of the record and sets its payload.
    pub(crate) fn load_payload(
        &mut self,
        folder: Option<&PayloadFolder>,
    ) -> Result<Option<ImportPayload>, Reason> {
        let (file, digest, media_type) = match self {
            Self::Version(version) => (&version.file, &mut version.payload, &mut version.media_type),
            Self::Statement(said) => (&said.file, &mut said.payload, &mut said.media_type),
            _ => return Ok(None),
        };
        let Some(file) = file else { return Ok(None) };
        let Some(folder) = folder else {
            return Err(Reason::new("file", "the folder of the file is not known; add --payloads DIR"));
        };
        let payload = folder.payload("file", file)?;
        let found = payload.meta.digest;
        if let Some(named) = digest.filter(|named| *named != found) {
            return Err(Reason::new(
                "payload",
                format!("expected {named}, found {found} in the file {file}"),
            ));
        }
        *digest = Some(found);
        if media_type.is_none() {
            *media_type = payload.meta.media.map(|media| media.media_type.to_owned());
        }
        Ok(Some(payload))
    }
}

const TYPES: &str = "item, version, training_set, statement, tag, derivation";

/// Returns true for a type of record.
pub(crate) fn is_record_type(name: &str) -> bool {
    TYPES.split(", ").any(|known| known == name)
}

/// Parses a JSON object strictly.
pub(crate) fn object(text: &[u8]) -> Result<Map<String, Value>, Reason> {
    let value = json::parse(text).map_err(|error| {
        let field = error.path.trim_start_matches(['$', '.']).to_owned();
        let line = if error.line > 1 { format!("line {} ", error.line) } else { String::new() };
        Reason::new(field, format!("{}, at {line}column {}", error.fault, error.column))
    })?;
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(Reason::expected("", "a JSON object", Some(&other))),
    }
}

/// Removes null fields from a record and from the objects in it, because tables have nulls for
/// absent fields. Null remains a value in attributes, in parameters, in lists of values and in
/// searches.
fn without_nulls(fields: &mut Map<String, Value>) {
    const VALUES: [&str; 8] =
        ["equals", "in", "atLeast", "above", "atMost", "below", "classes", "parameters"];
    fields.retain(|name, value| !value.is_null() || name == "equals");
    for (name, value) in fields.iter_mut().filter(|(name, _)| !VALUES.contains(&name.as_str())) {
        match value {
            Value::Object(inner) if name != "attributes" => without_nulls(inner),
            Value::Array(all) => all.iter_mut().filter_map(Value::as_object_mut).for_each(without_nulls),
            _ => {}
        }
    }
}

fn read<T: DeserializeOwned>(mut fields: Map<String, Value>) -> Result<T, Reason> {
    without_nulls(&mut fields);
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { String::new() } else { path };
        Reason::new(field, error.into_inner().to_string())
    })
}
