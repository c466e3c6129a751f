//! Attributes that are too large for a version: its payload has all of them as JSON, its attributes
//! those that fit.

use serde_json::{Map, Value, json};

use super::fault::Reason;
use super::payload::ImportPayload;
use crate::domain::canonical::attributes::{Attributes, AttributesError, canonical};

/// The media type of a payload with attributes.
pub(crate) const JSON: &str = "application/json";

/// Attributes that are kept in the version as long as possible, because queries and rules use them.
const KEPT: [&str; 4] = ["class", "category", "file_name", "caption"];

/// The attributes of a version, and the payload with all of them if they are too large.
pub(crate) struct DividedAttributes {
    pub attributes: Attributes,
    pub payload: Option<ImportPayload>,
}

/// Divides fields. If they are too large, those named in `large` are only in the payload, then the
/// largest of the others until the rest fits.
pub(crate) fn divide(fields: Map<String, Value>, large: &[&str]) -> Result<DividedAttributes, Reason> {
    let whole = Value::Object(fields);
    match Attributes::new(&whole) {
        Ok(attributes) => return Ok(DividedAttributes { attributes, payload: None }),
        Err(AttributesError::Limit { .. }) => {}
        Err(error) => return Err(Reason::record(error.to_string())),
    }
    let payload = Some(ImportPayload::of_bytes(canonical(&whole).into_bytes()));
    let Value::Object(mut rest) = whole else { return Err(Reason::record("expected an object")) };
    rest.retain(|name, _| !large.contains(&name.as_str()));
    drop_largest(&mut rest);
    let attributes = Attributes::new(&Value::Object(rest));
    attributes
        .map(|attributes| DividedAttributes { attributes, payload })
        .map_err(|error| Reason::record(error.to_string()))
}

/// Divides a class list. If it is too large, the attributes have the classes and their ids, or their
/// number if that is too large, too.
pub(crate) fn divide_classes(classes: Vec<Value>) -> Result<DividedAttributes, Reason> {
    let field = |class: &Value, name: &str| Some((name.to_owned(), class.get(name)?.clone()));
    let short = |class: &Value| match class {
        Value::Object(_) => ["class", "id"].iter().filter_map(|name| field(class, name)).collect(),
        other => other.clone(),
    };
    let whole = json!({"classes": classes});
    match Attributes::new(&whole) {
        Ok(attributes) => return Ok(DividedAttributes { attributes, payload: None }),
        Err(AttributesError::Limit { .. }) => {}
        Err(error) => return Err(Reason::record(error.to_string())),
    }
    let summary: Vec<Value> = whole["classes"].as_array().into_iter().flatten().map(short).collect();
    let count = summary.len();
    let attributes = Attributes::new(&json!({"classes": summary}))
        .or_else(|_| Attributes::new(&json!({"classCount": count})))
        .map_err(|error| Reason::record(error.to_string()))?;
    let payload = ImportPayload::of_bytes(canonical(&whole).into_bytes());
    Ok(DividedAttributes { attributes, payload: Some(payload) })
}

/// Divides the attributes of a record that makes a version, in place.
pub(super) fn divide_record(
    kind: &str,
    fields: &mut Map<String, Value>,
) -> Result<Option<ImportPayload>, Reason> {
    if !matches!(kind, "version" | "statement") {
        return Ok(None);
    }
    let Some(Value::Object(given)) = fields.get("attributes") else { return Ok(None) };
    let too_large = match Attributes::new(&Value::Object(given.clone())) {
        Err(AttributesError::Limit { what, given, limit }) => {
            format!("attributes have {given} {what}, the limit is {limit}")
        }
        _ => return Ok(None),
    };
    let is_given = |name: &&&str| fields.get(**name).is_some_and(|value| !value.is_null());
    if let Some(other) = ["payload", "file", "mediaType"].iter().find(is_given) {
        let why = format!(
            "{too_large}; they cannot become the payload of a record with `{other}`, so shorten them"
        );
        return Err(Reason::new("attributes", why));
    }
    let DividedAttributes { attributes, payload } =
        divide(given.clone(), &[]).map_err(|reason| reason.within("attributes"))?;
    fields.insert("attributes".to_owned(), attributes.to_map().into());
    if let Some(payload) = &payload {
        fields.insert("payload".to_owned(), payload.meta.digest.to_string().into());
        fields.insert("mediaType".to_owned(), JSON.into());
    }
    Ok(payload)
}

/// Drops the largest fields until the rest fits.
fn drop_largest(fields: &mut Map<String, Value>) {
    let fits_alone = |name: &str, value: &Value| {
        Attributes::new(&Value::Object(Map::from_iter([(name.to_owned(), value.clone())]))).is_ok()
    };
    fields.retain(|name, value| KEPT.contains(&name.as_str()) || fits_alone(name, value));
    let size = |(name, value): (&String, &Value)| FieldSize {
        names: 1 + names(value),
        bytes: name.len() + canonical(value).len() + 4,
        is_kept: KEPT.contains(&name.as_str()),
        name: name.clone(),
    };
    let mut sizes: Vec<FieldSize> = fields.iter().map(size).collect();
    loop {
        let bytes: usize = sizes.iter().map(|size| size.bytes).sum();
        let names: usize = sizes.iter().map(|size| size.names).sum();
        let by_bytes = bytes > Attributes::MAX_BYTES;
        if !by_bytes && names <= Attributes::MAX_NAMES {
            break;
        }
        let weight = |size: &FieldSize| if by_bytes { size.bytes } else { size.names };
        let largest = sizes.iter().enumerate().filter(|(_, size)| !size.is_kept);
        let Some((place, _)) = largest.max_by_key(|(place, size)| (weight(size), *place)) else { break };
        let largest = sizes.remove(place);
        fields.remove(&largest.name);
    }
}

/// The size of an attribute.
struct FieldSize {
    /// Its name and those in its objects.
    names: usize,
    bytes: usize,
    is_kept: bool,
    name: String,
}

fn names(value: &Value) -> usize {
    value.as_object().map_or(0, |fields| fields.values().map(|value| 1 + names(value)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// Returns the attributes, and the size of the payload if there is one.
    fn divided(fields: Value, large: &[&str]) -> (Value, Option<u64>) {
        let DividedAttributes { attributes, payload } = divide(map(fields), large).unwrap();
        (attributes.to_map().into(), payload.map(|payload| payload.meta.size))
    }

    #[test]
    fn attributes_that_fit_are_not_divided() {
        let small = json!({"class": "wren", "segmentation": [1, 2]});
        assert_eq!(divided(small.clone(), &["segmentation"]), (small, None));
    }

    #[test]
    fn the_largest_attributes_are_in_the_payload_only() {
        let long = "x".repeat(40_000);
        let fields =
            json!({"class": "wren", "a": long, "b": "y".repeat(30_000), "c": 1, "segmentation": [1]});
        let (rest, size) = divided(fields.clone(), &["segmentation"]);
        assert_eq!(rest, json!({"class": "wren", "b": "y".repeat(30_000), "c": 1}));
        assert_eq!(size, Some(canonical(&fields).len() as u64));
    }

    #[test]
    fn many_names_and_deep_values_are_divided() {
        let mut fields = map(json!({"class": "wren", "inner": {"a": 1, "b": {"c": 2}}}));
        fields.extend((0..260).map(|number| (format!("n{number:03}"), json!(number))));
        let (rest, size) = divided(fields.clone().into(), &[]);
        let rest = rest.as_object().unwrap();
        assert!(size.is_some() && rest.contains_key("class") && !rest.contains_key("inner"));
        assert_eq!(rest.len(), Attributes::MAX_NAMES);
        let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
        let (rest, size) = divided(json!({"class": "wren", "deep": deep}), &[]);
        assert_eq!((rest, size.is_some()), (json!({"class": "wren"}), true));
    }

    #[test]
    fn attributes_that_are_invalid_or_needed_are_refused() {
        assert!(divide(map(json!({"class": "x".repeat(70_000)})), &[]).is_err());
        assert!(divide(map(json!({"$class": 1, "a": "x".repeat(70_000)})), &[]).is_err());
    }

    #[test]
    fn a_large_class_list_has_a_summary() {
        let classes = |count: usize, more: usize| -> Vec<Value> {
            let class =
                |id: usize| json!({"class": format!("class {id}"), "id": id, "def": "x".repeat(more)});
            (0..count).map(class).collect()
        };
        let divided = |classes: Vec<Value>| {
            let DividedAttributes { attributes, payload } = divide_classes(classes).unwrap();
            (Value::Object(attributes.to_map()), payload.is_some())
        };
        assert_eq!(divided(classes(2, 3)), (json!({"classes": classes(2, 3)}), false));
        let (summary, has_payload) = divided(classes(1_203, 100));
        assert_eq!(summary["classes"][7], json!({"class": "class 7", "id": 7}));
        assert!(has_payload && summary["classes"].as_array().unwrap().len() == 1_203);
        assert_eq!(divided(classes(10_000, 1)), (json!({"classCount": 10_000}), true));
    }

    #[test]
    fn a_record_without_a_payload_is_divided() {
        let attributes = json!({"class": "wren", "a": "x".repeat(70_000)});
        let mut fields = map(json!({"attributes": attributes, "payload": null}));
        let payload = divide_record("version", &mut fields).unwrap().unwrap();
        assert_eq!(fields["attributes"], json!({"class": "wren"}));
        assert_eq!(fields["payload"], payload.meta.digest.to_string());
        assert_eq!(fields["mediaType"], JSON);
        for other in [json!({"file": "a.png"}), json!({"payload": "b3:1"})] {
            let mut fields = map(other);
            fields.insert("attributes".to_owned(), attributes.clone());
            assert!(divide_record("version", &mut fields).is_err());
        }
        let mut small = map(json!({"attributes": {"class": "wren"}, "file": "a.png"}));
        assert!(divide_record("version", &mut small).unwrap().is_none());
        // A set has no payload; its limit is checked later.
        assert!(
            divide_record("training_set", &mut map(json!({"attributes": attributes}))).unwrap().is_none()
        );
    }
}
