//! Ids, and the fields that export tools write in several ways.

use serde_json::{Map, Value};

use crate::annotations::fault::Reason;
use crate::annotations::model::Exported;
use crate::annotations::model::fields::{HEIGHT, WIDTH};

/// The field of our own exports that names items and versions.
pub(crate) const STEMMA: &str = "stemma";

/// The field or element of our own exports that marks what was made of labels, because the format wants
/// it: an import adds it to no class list.
pub(crate) const MADE: &str = "stemma.made";

const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;

/// Reads an id: a whole number, also as `1.0`, or a text. `None` if it is absent or null.
pub(crate) fn id_of(field: &str, value: Option<&Value>) -> Result<Option<String>, Reason> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => match whole(&Value::Number(number.clone())) {
            Some(whole) => Ok(Some(whole.to_string())),
            None => Err(Reason::new(field, format!("expected a whole number, found {number}"))),
        },
        Some(Value::String(text)) if text.is_empty() => {
            Err(Reason::new(field, "expected an id, found an empty string"))
        }
        Some(Value::String(text)) => Ok(Some(text.clone())),
        other => Err(Reason::expected(field, "a whole number or a string", other)),
    }
}

/// Takes an id that must be present.
pub(crate) fn take_id(fields: &mut Map<String, Value>, field: &str) -> Result<String, Reason> {
    let value = fields.remove(field);
    id_of(field, value.as_ref())?
        .ok_or_else(|| Reason::expected(field, "a whole number or a string", value.as_ref()))
}

/// Returns a whole number as an integer, also if it is written as `64.0`.
pub(crate) fn whole(value: &Value) -> Option<Value> {
    if value.is_u64() || value.is_i64() {
        return Some(value.clone());
    }
    let number = value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= LARGEST_EXACT)?;
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    Some((number as i64).into())
}

/// Writes width and height as integers, and removes those that are 0 or null: they are unknown.
pub(crate) fn sides(fields: &mut Map<String, Value>) -> Result<(), Reason> {
    for name in [WIDTH, HEIGHT] {
        let Some(side) = fields.get(name) else { continue };
        let number = whole(side).filter(|side| side.as_i64().is_none_or(|side| side >= 0));
        match (side, number) {
            (Value::Null, _) => {
                fields.remove(name);
            }
            (_, Some(number)) if number == 0 => {
                fields.remove(name);
            }
            (_, Some(number)) => {
                fields.insert(name.to_owned(), number);
            }
            (found, None) => {
                let why = format!(
                    "expected a whole number of pixels, found {found}; write it as a number, or null if it is \
                     unknown"
                );
                return Err(Reason::new(name, why));
            }
        }
    }
    Ok(())
}

/// The names that an export of stemma writes.
#[derive(Debug, Default)]
pub(crate) struct ExportedNames {
    /// The item and its version.
    pub item: Option<Exported>,
    /// The split.
    pub split: Option<String>,
}

/// Takes the names of our own export; `kind` is the field of the item's name.
pub(crate) fn take_exported(fields: &mut Map<String, Value>, kind: &str) -> ExportedNames {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let Some(Value::Object(names)) = fields.get(STEMMA) else { return ExportedNames::default() };
    if !names.contains_key(kind) || !names.contains_key("version") {
        return ExportedNames::default();
    }
    let (item, version) = (text(names.get(kind)), text(names.get("version")));
    let split = text(names.get("split")).filter(|split| !split.is_empty());
    fields.remove(STEMMA);
    let item = item.map(|reference| Exported { item: without_number(reference), version });
    ExportedNames { item, split }
}

/// Returns the item of a reference to one of its versions, `namespace/KIND/key#number`.
fn without_number(mut reference: String) -> String {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((item, _)) = reference.rsplit_once('#').filter(|(_, number)| is_number(number)) {
        reference.truncate(item.len());
    }
    reference
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_is_a_whole_number_or_a_text() {
        for (given, read) in [
            (json!(7), Some("7")),
            (json!(7.0), Some("7")),
            (json!(-1), Some("-1")),
            (json!(18_446_744_073_709_551_615_u64), Some("18446744073709551615")),
            (json!("x-7"), Some("x-7")),
            (json!(7.5), None),
            (json!(1e300), None),
            (json!(""), None),
            (json!(null), None),
            (json!([1]), None),
        ] {
            let mut fields = Map::from_iter([("id".to_owned(), given.clone())]);
            assert_eq!(take_id(&mut fields, "id").ok().as_deref(), read, "{given}");
        }
        assert_eq!(id_of("id", Some(&Value::Null)).unwrap(), None);
        assert!(take_id(&mut Map::new(), "id").is_err());
    }

    #[test]
    fn an_exported_item_is_named_without_its_number() {
        for (reference, item) in [
            ("n/LABEL/a#12", "n/LABEL/a"),
            ("n/LABEL/a#1#12", "n/LABEL/a#1"),
            ("n/LABEL/a", "n/LABEL/a"),
            ("n/LABEL/a#", "n/LABEL/a#"),
            ("n/LABEL/a#b", "n/LABEL/a#b"),
        ] {
            let names = json!({"stemma": {"label": reference, "version": "version:0", "split": ""}});
            let mut fields = names.as_object().unwrap().clone();
            let names = take_exported(&mut fields, "label");
            assert_eq!(names.item.map(|item| item.item).as_deref(), Some(item));
            assert!(fields.is_empty() && names.split.is_none());
        }
    }

    #[test]
    fn sides_are_whole_numbers_or_unknown() {
        let read = |given: Value| {
            let mut fields = Map::from_iter([("width".to_owned(), given)]);
            sides(&mut fields).map(|()| fields.remove("width").map(|side| side.to_string()))
        };
        assert_eq!(read(json!(64.0)).unwrap().as_deref(), Some("64"));
        assert_eq!(read(json!(0)).unwrap(), None);
        assert_eq!(read(json!(0.0)).unwrap(), None);
        assert_eq!(read(json!(null)).unwrap(), None);
        for wrong in [json!("64"), json!(64.5), json!(-1), json!([64])] {
            let why = read(wrong).unwrap_err().at(1).to_string();
            assert!(why.contains("field width: expected a whole number of pixels"), "{why}");
        }
    }
}
