//! Annotations of all types as labels.

use serde_json::{Map, Value, json};

use super::categories::LabelNames;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::ids::id_of;
use crate::annotations::model::fields::{
    ATTRIBUTES, CAPTION, CLASS, ROTATION, SCORE, SEGMENTATION, TRACK_ID,
};
use crate::annotations::model::{Label, LabelOrigin, Mask, Rectangle, Shape};
use crate::annotations::reader::Skipped;

/// The type of an annotation, if the shape does not say it.
pub(super) const KIND: &str = "type";
/// The points of a skeleton, without their coordinates.
pub(super) const ELEMENTS: &str = "elements";
/// Fields of an annotation with the values that mean nothing.
pub(super) const PLAIN: [(&str, i64); 3] = [("group", 0), ("z_order", 0), ("object_id", -1)];
/// The field of an annotation for what Datumaro has no place for.
pub(super) const FIELDS: &str = "fields";

/// Reads an annotation; `None` if its type has no place in the model.
pub(super) fn label_of(
    value: Value,
    names: &LabelNames,
    place: RecordPlace,
    skipped: &mut Skipped,
) -> Result<Option<Label>, Reason> {
    let Value::Object(mut fields) = value else {
        return Err(Reason::expected("", "an object", Some(&value)));
    };
    let kind = match fields.remove(KIND) {
        Some(Value::String(kind)) => kind,
        other => return Err(Reason::expected(KIND, "the type of an annotation", other.as_ref())),
    };
    let mut label = Label::new(place.clone());
    // 0 is the id of annotations without one.
    label.id = id_of("id", fields.remove("id").as_ref())?.filter(|id| id != "0");
    if let Some(name) = names.name(fields.remove("label_id").as_ref())? {
        label.fields.insert(CLASS.to_owned(), name.into());
    }
    let what = match kind.as_str() {
        "label" => None,
        "bbox" => {
            rectangle(&mut fields, "bbox")?.write(&mut label.fields);
            None
        }
        "polygon" | "polyline" => {
            let points = points(&mut fields)?;
            let shape = match (kind.as_str(), fields.remove("corners") == Some(Value::Bool(true))) {
                ("polyline", _) => Shape::Polyline(points),
                (_, true) => match points.as_slice().try_into() {
                    Ok(corners) => Shape::Corners(corners),
                    Err(_) => Shape::Polygons(vec![points]),
                },
                _ => Shape::Polygons(vec![points]),
            };
            shape.write(&mut label.fields);
            None
        }
        "points" => {
            Shape::Keypoints(keypoints(&mut fields)?).write(&mut label.fields);
            None
        }
        "mask" => {
            let mask = fields.remove("rle").unwrap_or_default();
            label.fields.insert(SEGMENTATION.to_owned(), checked_mask(mask)?);
            None
        }
        "caption" => {
            let caption = fields.remove("caption");
            if !caption.as_ref().is_some_and(Value::is_string) {
                return Err(Reason::expected("caption", "a text", caption.as_ref()));
            }
            label.fields.extend(caption.map(|caption| (CAPTION.to_owned(), caption)));
            None
        }
        "ellipse" => {
            match points(&mut fields)?.as_slice() {
                [x1, y1, x2, y2] => {
                    Shape::Box(Rectangle::between(*x1, *y1, *x2, *y2)).write(&mut label.fields)
                }
                found => {
                    return Err(Reason::new(
                        "points",
                        format!("expected two corners, found {} numbers", found.len()),
                    ));
                }
            }
            label.fields.insert(KIND.to_owned(), kind.into());
            None
        }
        "skeleton" => {
            skeleton(&mut fields, &mut label)?;
            None
        }
        "cuboid_3d" => Some("cuboid in space"),
        "cuboid_2d" => Some("cuboid in an image"),
        "hash_key" | "feature_vector" => Some("vector of a model"),
        "tabular" | "super_resolution_annotation" | "depth_annotation" => {
            Some("annotation that is an image or a row")
        }
        _ => Some("annotation of a type that is not known"),
    };
    if let Some(what) = what {
        skipped.note(what, || place.to_string());
        return Ok(None);
    }
    let own = match fields.remove(FIELDS) {
        Some(Value::Object(own)) => own,
        _ => Map::new(),
    };
    set_attributes(&mut fields, &own, &mut label)?;
    for (name, default) in PLAIN {
        let value = fields.remove(name).filter(|value| !value.is_null() && *value != json!(default));
        label.fields.extend(value.map(|value| (name.to_owned(), value)));
    }
    label.author = fields.remove("author");
    if fields.remove("prediction") == Some(Value::Bool(true)) {
        label.origin = LabelOrigin::Prediction;
    }
    label.fields.extend(own);
    for name in fields.keys() {
        skipped.note("other field of an annotation", || format!("{place}: {name}"));
    }
    Ok(Some(label))
}

/// Sets the attributes. The rotation of a box, scores and tracks are fields, unless `own` has a field of
/// that name.
fn set_attributes(
    fields: &mut Map<String, Value>,
    own: &Map<String, Value>,
    label: &mut Label,
) -> Result<(), Reason> {
    let mut attributes = match fields.remove(ATTRIBUTES) {
        Some(Value::Object(attributes)) => attributes,
        None | Some(Value::Null) => return Ok(()),
        other => return Err(Reason::expected(ATTRIBUTES, "an object", other.as_ref())),
    };
    let is_box = label.fields.contains_key("bbox");
    for (name, is_fit) in [
        (ROTATION, is_box && attributes.get(ROTATION).is_some_and(Value::is_number)),
        (SCORE, attributes.get(SCORE).is_some_and(Value::is_number)),
        (TRACK_ID, attributes.get(TRACK_ID).is_some_and(|track| track.is_number() || track.is_string())),
    ] {
        if is_fit && !own.contains_key(name) {
            label.fields.extend(attributes.remove(name).map(|value| (name.to_owned(), value)));
        }
    }
    if !attributes.is_empty() {
        label.fields.insert(ATTRIBUTES.to_owned(), Value::Object(attributes));
    }
    Ok(())
}

fn numbers(fields: &mut Map<String, Value>, field: &str) -> Result<Vec<f64>, Reason> {
    let found = fields.remove(field);
    let list = found.as_ref().and_then(Value::as_array);
    let list: Option<Vec<f64>> = list.and_then(|list| list.iter().map(Value::as_f64).collect());
    list.ok_or_else(|| Reason::expected(field, "a list of numbers", found.as_ref()))
}

fn rectangle(fields: &mut Map<String, Value>, field: &str) -> Result<Shape, Reason> {
    match numbers(fields, field)?.as_slice() {
        [x, y, width, height] => Ok(Shape::Box(Rectangle { x: *x, y: *y, width: *width, height: *height })),
        found => {
            Err(Reason::new(field, format!("expected `x, y, width, height`, found {} numbers", found.len())))
        }
    }
}

fn points(fields: &mut Map<String, Value>) -> Result<Vec<f64>, Reason> {
    let points = numbers(fields, "points")?;
    if points.len() % 2 == 1 || points.is_empty() {
        let why = format!("expected `x` and `y` of each point, found {} numbers", points.len());
        return Err(Reason::new("points", why));
    }
    Ok(points)
}

fn keypoints(fields: &mut Map<String, Value>) -> Result<Vec<f64>, Reason> {
    let points = points(fields)?;
    let seen = match fields.get("visibility") {
        None | Some(Value::Null) => vec![2.0; points.len() / 2],
        Some(_) => numbers(fields, "visibility")?,
    };
    fields.remove("visibility");
    if 2 * seen.len() != points.len() {
        let why = format!("expected a number for each of {} points, found {}", points.len() / 2, seen.len());
        return Err(Reason::new("visibility", why));
    }
    Ok(points.chunks_exact(2).zip(seen).flat_map(|(point, seen)| [point[0], point[1], seen]).collect())
}

/// Returns the run lengths of a mask as they are, if they can be read.
fn checked_mask(mask: Value) -> Result<Value, Reason> {
    let fields = Map::from_iter([(SEGMENTATION.to_owned(), mask)]);
    let is_mask = match Shape::of(&fields) {
        Shape::Mask(Mask { height, width, counts }) => {
            let pixels = u64::from(height) * u64::from(width);
            counts.iter().map(|run| u64::from(*run)).sum::<u64>() == pixels
        }
        _ => false,
    };
    if !is_mask {
        let why =
            "expected `size` (height and width) and `counts` that fill it, run lengths of COCO, found others";
        return Err(Reason::new("rle", why));
    }
    Ok(fields.into_iter().next().map(|(_, mask)| mask).unwrap_or_default())
}

/// Reads the points of a skeleton, as CVAT writes them: an annotation of one point for each.
fn skeleton(fields: &mut Map<String, Value>, label: &mut Label) -> Result<(), Reason> {
    let elements = match fields.remove(ELEMENTS) {
        Some(Value::Array(elements)) => elements,
        other => return Err(Reason::expected(ELEMENTS, "a list", other.as_ref())),
    };
    let (mut all, mut rest) = (Vec::new(), Vec::new());
    for (number, element) in elements.into_iter().enumerate() {
        let field = format!("{ELEMENTS}[{number}]");
        let Value::Object(mut element) = element else {
            return Err(Reason::expected(field, "an object", Some(&element)));
        };
        let points = keypoints(&mut element).map_err(|reason| reason.within(&field))?;
        if points.len() != 3 {
            return Err(Reason::new(field, format!("expected one point, found {}", points.len() / 3)));
        }
        all.extend(points);
        rest.push(Value::Object(element));
    }
    if !all.is_empty() {
        Shape::Keypoints(all).write(&mut label.fields);
    }
    label.fields.insert(ELEMENTS.to_owned(), Value::Array(rest));
    Ok(())
}
