//! The objects of an image: a list of structs, or a struct of lists.

use serde_json::{Map, Value};

use super::classes::RowContext;
use super::columns::{BOXES, FIELDS, IDS, OBJECT_CLASSES};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::ids::{id_of, take_exported};
use crate::annotations::model::fields::{ATTRIBUTES, BBOX, CLASS, SEGMENTATION};
use crate::annotations::model::{Label, Shape};

/// Returns true if a value is that of a column of objects.
pub(super) fn are_objects(value: &Value) -> bool {
    match value {
        Value::Array(objects) => objects.iter().all(Value::is_object),
        Value::Object(lists) => {
            lists.values().all(|list| list.is_array() || list.is_null()) && !lists.is_empty()
        }
        _ => false,
    }
}

/// Returns the objects of a list of structs, or of a struct of lists of one length.
pub(super) fn objects(value: Value) -> Result<Vec<Map<String, Value>>, Reason> {
    match value {
        Value::Array(list) => list
            .into_iter()
            .enumerate()
            .map(|(place, object)| match object {
                Value::Object(fields) => Ok(fields),
                other => Err(Reason::expected(format!("[{place}]"), "an object", Some(&other))),
            })
            .collect(),
        Value::Object(lists) => {
            let mut objects: Option<(String, Vec<Map<String, Value>>)> = None;
            for (name, list) in lists {
                let list = match list {
                    Value::Array(list) => list,
                    Value::Null => continue,
                    other => {
                        return Err(Reason::expected(
                            name,
                            "a list with an entry for each object",
                            Some(&other),
                        ));
                    }
                };
                let (first, objects) =
                    objects.get_or_insert_with(|| (name.clone(), vec![Map::new(); list.len()]));
                if objects.len() != list.len() {
                    let why = format!(
                        "expected {} entries as in `{first}`, found {}; give one for each object",
                        objects.len(),
                        list.len()
                    );
                    return Err(Reason::new(name, why));
                }
                for (object, value) in objects.iter_mut().zip(list) {
                    object.insert(name.clone(), value);
                }
            }
            Ok(objects.map(|(_, objects)| objects).unwrap_or_default())
        }
        other => Err(Reason::expected("", "a list of objects", Some(&other))),
    }
}

/// Reads an object of a column. Its id is unique in its image.
pub(super) fn label(
    context: &RowContext<'_>,
    column: &str,
    mut object: Map<String, Value>,
    place: RecordPlace,
) -> Result<Label, Reason> {
    object.retain(|_, value| !value.is_null());
    let mut label = Label::new(place);
    label.exported = take_exported(&mut object, "label").item;
    if let Some(name) = IDS.into_iter().find(|name| object.contains_key(*name)) {
        label.id = id_of(name, object.remove(name).as_ref())?;
    }
    if let Some(name) = OBJECT_CLASSES.into_iter().find(|name| object.contains_key(*name)) {
        let path = format!("{column}.{name}");
        let class = context.class(&path, &object.remove(name).unwrap_or_default());
        if let Some(class) = class.map_err(|reason| reason.within(name))? {
            label.fields.insert(CLASS.to_owned(), class);
        }
    }
    if let Some(name) = BOXES.into_iter().find(|name| object.contains_key(*name)) {
        let rectangle = object.remove(name).unwrap_or_default();
        label.fields.insert(BBOX.to_owned(), rectangle_of(rectangle).map_err(|reason| reason.within(name))?);
    }
    if object.get(ATTRIBUTES).is_some_and(Value::is_object)
        && let Some(Value::Object(attributes)) = object.remove(ATTRIBUTES)
    {
        attributes.into_iter().for_each(|(name, value)| label.set_attribute(&name, value));
    }
    for (name, value) in object {
        let value = match context.class_names(&format!("{column}.{name}")) {
            Some(_) => match context.class(&format!("{column}.{name}"), &value)? {
                Some(name) => name,
                None => continue,
            },
            None => value,
        };
        let is_field = FIELDS.contains(&name.as_str())
            && (name != SEGMENTATION
                || Shape::of(&Map::from_iter([(name.clone(), value.clone())])) != Shape::Whole);
        if is_field {
            label.fields.insert(name, value);
        } else {
            label.set_attribute(&name, value);
        }
    }
    Ok(label)
}

/// Checks a rectangle `[x, y, width, height]`.
pub(super) fn rectangle_of(value: Value) -> Result<Value, Reason> {
    let numbers: Option<Vec<f64>> =
        value.as_array().and_then(|list| list.iter().map(Value::as_f64).collect());
    match numbers.as_deref() {
        Some([_, _, width, height]) if *width >= 0.0 && *height >= 0.0 => Ok(value),
        Some([_, _, width, height]) => Err(Reason::record(format!(
            "expected [x, y, width, height] in pixels, found the width {width} and the height {height}"
        ))),
        _ => Err(Reason::record(format!(
            "expected the numbers [x, y, width, height] in pixels, found {value}"
        ))),
    }
}
