//! Objects: the labels of an image.

use serde_json::{Map, Value, json};

use super::attributes::add;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::xml::XmlElement;
use crate::annotations::model::fields::{SCORE, TRACK_ID};
use crate::annotations::model::{Label, Rectangle, Shape};
use crate::annotations::reader::{EXCHANGED_CORNERS, Skipped};

/// The pose that VOC writes for objects without one.
pub(super) const NO_POSE: &str = "Unspecified";
/// The XML attribute of a `bndbox` that our own export computed from another shape.
pub(super) const DERIVED: &str = "of";
/// The flags of an object; absent and false mean the same.
pub(super) const FLAGS: [&str; 3] = ["truncated", "difficult", "occluded"];

/// The attribute of the parts of an object.
pub(super) const PARTS: &str = "part";
/// The attribute of the actions of a person.
pub(super) const ACTIONS: &str = "actions";
/// The attribute of the reference point of a person.
pub(super) const POINT: &str = "point";

/// Reads an object.
pub(super) fn label(object: &XmlElement, place: RecordPlace, skipped: &mut Skipped) -> Result<Label, Reason> {
    let name = object.text_of("name").ok_or_else(|| {
        Reason::new("name", "expected the name of a class, found nothing; write it, or remove the object")
    })?;
    let shown = place.to_string();
    let mut label = Label::new(place).of_class(name);
    let mut attributes = Map::new();
    let mut parts = Vec::new();
    let (mut rings, mut bounds, mut rotated, mut is_derived) = (Vec::new(), None, None, false);
    for child in &object.children {
        match child.name.as_str() {
            "name" => {}
            "bndbox" if bounds.is_none() => {
                bounds = Some(rectangle(child, &shown, skipped)?);
                is_derived = child.attribute(DERIVED).is_some();
            }
            "robndbox" if rotated.is_none() => rotated = Some(rotated_box(child)?),
            "bndbox" | "robndbox" => {
                let why = "expected one box per object, found another; write it as an object of its own";
                return Err(Reason::new(child.name.clone(), why));
            }
            "polygon" | "segmentation" if !child.children.is_empty() => rings.push(ring(child)?),
            // roLabelImg says which of the boxes there is.
            "type" if matches!(child.text.as_str(), "bndbox" | "robndbox") => {}
            "pose" if child.text == NO_POSE => {}
            flag_name if FLAGS.contains(&flag_name) => {
                attributes.extend(flag(child).map(|value| (flag_name.to_owned(), value)));
            }
            "attributes" => {
                for attribute in &child.children {
                    let (name, value) = named_value(attribute)?;
                    add(&mut attributes, name, value);
                }
            }
            PARTS => parts.push(part(child, &shown, skipped)?),
            ACTIONS => {
                let actions =
                    child.children.iter().filter_map(|action| Some((action.name.clone(), flag(action)?)));
                let actions: Map<String, Value> = actions.collect();
                if !actions.is_empty() {
                    attributes.insert(ACTIONS.to_owned(), actions.into());
                }
            }
            POINT if child.child("x").is_some() => {
                attributes.insert(POINT.to_owned(), json!([number(child, "x")?, number(child, "y")?]));
            }
            "score" if child.text.parse::<f64>().is_ok_and(|score| (0.0..=1.0).contains(&score)) => {
                label.fields.insert(SCORE.to_owned(), json!(child.text.parse::<f64>().unwrap_or_default()));
            }
            "trackid" if !child.text.is_empty() => {
                let id = child.text.parse::<i64>().map_or_else(|_| child.text.as_str().into(), Value::from);
                label.fields.insert(TRACK_ID.to_owned(), id);
            }
            other => add(&mut attributes, other, child.to_value()),
        }
    }
    if rings.is_empty() && bounds.is_none() && rotated.is_none() {
        let why = "expected `bndbox`, `robndbox` or `polygon`, found none; add the box, or remove the object";
        return Err(Reason::record(why));
    }
    if !parts.is_empty() {
        attributes.insert(PARTS.to_owned(), parts.into());
    }
    if bounds.is_some() && rotated.is_some() && !is_derived {
        skipped.note("`bndbox` of an object that has a `robndbox`", || shown);
    }
    if let Some(bounds) = bounds.filter(|_| !is_derived && rotated.is_none()) {
        label = label.with_shape(&Shape::Box(bounds));
    }
    if let Some((rectangle, angle)) = rotated {
        label = label.with_shape(&Shape::Rotated(rectangle, angle));
    }
    if !rings.is_empty() {
        label = label.with_shape(&Shape::Polygons(rings));
    }
    for (name, value) in attributes {
        label.set_attribute(&name, value);
    }
    Ok(label)
}

/// Reads a flag: true, or nothing for 0, false and no text. Other text is kept.
pub(super) fn flag(element: &XmlElement) -> Option<Value> {
    match element.text.to_ascii_lowercase().as_str() {
        "" | "0" | "false" => None,
        "1" | "true" => Some(true.into()),
        _ => Some(element.text.as_str().into()),
    }
}

fn named_value(attribute: &XmlElement) -> Result<(&str, Value), Reason> {
    let name = attribute.text_of("name").ok_or_else(|| {
        Reason::new("attributes.attribute", "expected `name` and `value`, found no name; add it or remove it")
    })?;
    let value = attribute.child("value").map_or(Value::Null, XmlElement::to_value);
    Ok((name, value))
}

fn part(element: &XmlElement, shown: &str, skipped: &mut Skipped) -> Result<Value, Reason> {
    let name = element.text_of("name").ok_or_else(|| {
        Reason::new("part.name", "expected the name of a part, found nothing; write it, or remove the part")
    })?;
    let bounds = element
        .child("bndbox")
        .ok_or_else(|| Reason::new("part.bndbox", "expected the box of the part, found nothing; add it"))?;
    let Rectangle { x, y, width, height } =
        rectangle(bounds, shown, skipped).map_err(|reason| reason.within("part"))?;
    Ok(json!({"name": name, "bbox": [x, y, width, height]}))
}

/// Reads a box. The corners may be exchanged.
fn rectangle(bounds: &XmlElement, shown: &str, skipped: &mut Skipped) -> Result<Rectangle, Reason> {
    let side = |name: &str| number(bounds, name);
    let (x1, y1, x2, y2) = (side("xmin")?, side("ymin")?, side("xmax")?, side("ymax")?);
    if x1 > x2 || y1 > y2 {
        skipped.note(EXCHANGED_CORNERS, || shown.to_owned());
    }
    Ok(Rectangle::between(x1, y1, x2, y2))
}

/// Reads the box of roLabelImg: centre, sides, and the angle in radians, clockwise as seen.
fn rotated_box(bounds: &XmlElement) -> Result<(Rectangle, f64), Reason> {
    let side = |name: &str| number(bounds, name);
    let (x, y, width, height) = (side("cx")?, side("cy")?, side("w")?, side("h")?);
    let angle = side("angle")?.to_degrees();
    Ok((Rectangle { x: x - width / 2.0, y: y - height / 2.0, width, height }, angle))
}

/// Reads a polygon: `x1`, `y1`, `x2`, … of Roboflow, or points with `x` and `y`.
fn ring(polygon: &XmlElement) -> Result<Vec<f64>, Reason> {
    let mut points: Vec<(u32, char, f64)> = Vec::with_capacity(polygon.children.len());
    for (place, child) in (1..).zip(&polygon.children) {
        if child.child("x").is_some() {
            points.push((place, 'x', number(child, "x")?));
            points.push((place, 'y', number(child, "y")?));
            continue;
        }
        let axis = child.name.chars().next().filter(|axis| matches!(axis, 'x' | 'y'));
        let at = child.name.get(1..).and_then(|digits| digits.parse::<u32>().ok());
        let (Some(axis), Some(at)) = (axis, at) else {
            let why = format!(
                "expected the corners as `x1`, `y1`, `x2`, … or as points with `x` and `y`, found `{}`; correct it",
                child.name
            );
            return Err(Reason::new("polygon", why));
        };
        points.push((at, axis, finite(&format!("polygon.{}", child.name), &child.text)?));
    }
    points.sort_by_key(|(at, axis, _)| (*at, *axis));
    let pairs_up = points.chunks(2).all(|pair| matches!(pair, [(a, 'x', _), (b, 'y', _)] if a == b))
        && !points.chunks(2).zip(points.chunks(2).skip(1)).any(|(a, b)| a[0].0 == b[0].0);
    if !pairs_up {
        let why =
            "expected an `x` and a `y` for each number, found one without the other or twice; correct it";
        return Err(Reason::new("polygon", why));
    }
    Ok(points.into_iter().map(|(_, _, value)| value).collect())
}

fn number(parent: &XmlElement, name: &str) -> Result<f64, Reason> {
    let field = format!("{}.{name}", parent.name);
    finite(&field, parent.text_of(name).unwrap_or_default())
}

fn finite(field: &str, text: &str) -> Result<f64, Reason> {
    text.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(|| {
        let found = if text.is_empty() { "nothing".to_owned() } else { format!("{text:?}") };
        Reason::new(field, format!("expected a number of pixels, found {found}; correct the file"))
    })
}
