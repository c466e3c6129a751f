//! Shapes and tags: the labels of an image.

use serde_json::{Map, Value, json};

use super::meta::Meta;
use super::numbers::{number, points};
use super::{runs, skeletons};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::xml::XmlElement;
use crate::annotations::model::fields::{ATTRIBUTES, SCORE, TRACK_ID};
use crate::annotations::model::{Label, Rectangle, Shape};
use crate::annotations::reader::{EXCHANGED_CORNERS, Skipped};

/// The attribute of the element of an ellipse, of which the bounds are the box.
pub(super) const ELEMENT: &str = "element";
pub(super) const ELLIPSE: &str = "ellipse";
/// The attribute of the corners of a cuboid, of which the bounds are the box.
pub(super) const CUBOID: &str = "cuboid";
/// The start of the name of an attribute of the user that is also one of the tool.
pub(super) const USERS: &str = "attribute:";
/// The attributes of the tool.
pub(super) const OWN: [&str; 7] = ["occluded", "z_order", "group_id", "source", "keyframe", ELEMENT, CUBOID];
/// The source that is not stored, because it is the usual one.
pub(super) const MANUAL: &str = "manual";
/// The corners of a cuboid, in the order of the tool.
pub(super) const CORNERS: [&str; 8] = ["tl1", "bl1", "tr1", "br1", "tl2", "bl2", "tr2", "br2"];

/// Returns true for the elements of labels.
pub(super) fn is_label(name: &str) -> bool {
    ["box", "polygon", "polyline", "points", ELLIPSE, "mask", "skeleton", CUBOID, "tag"].contains(&name)
}

/// The context of a label.
pub(super) struct ShapeContext<'a> {
    pub meta: &'a Meta,
    /// Width and height of the image, in pixels.
    pub size: Option<(u32, u32)>,
    /// The track; it has the class.
    pub track: Option<&'a XmlElement>,
    pub place: RecordPlace,
}

/// Reads a shape or tag; `None` if the object is not seen in this frame.
pub(super) fn label(
    element: &XmlElement,
    context: &ShapeContext<'_>,
    skipped: &mut Skipped,
) -> Result<Option<Label>, Reason> {
    let class = context.track.unwrap_or(element).attribute("label").unwrap_or_default();
    let is_set = |name: &str| element.attribute(name) == Some("1");
    if context.track.is_some() && is_set("outside") {
        return Ok(None);
    }
    let mut label = Label::new(context.place.clone());
    // Objects may be drawn before they are classified.
    if !class.is_empty() {
        label = label.of_class(class);
    }
    let mut attributes = Map::new();
    let shape = shape(element, class, context, &mut attributes, skipped)?;
    if let (Shape::Keypoints(points), "skeleton", true) =
        (&shape, element.name.as_str(), context.track.is_some())
        && points.chunks(3).all(|point| point.get(2) == Some(&0.0))
    {
        return Ok(None);
    }
    label = label.with_shape(&shape);
    if let Some(track) = context.track {
        let id = track.attribute("id").unwrap_or_default();
        let id = id.parse::<i64>().map_or_else(|_| id.into(), Value::from);
        label.fields.insert(TRACK_ID.to_owned(), id);
        own(track, &mut attributes);
    }
    own(element, &mut attributes);
    users(element, class, context.meta, &mut label, &mut attributes)?;
    if !attributes.is_empty() {
        label.fields.insert(ATTRIBUTES.to_owned(), attributes.into());
    }
    Ok(Some(label))
}

/// Reads the XML attributes that are not the geometry.
fn own(element: &XmlElement, attributes: &mut Map<String, Value>) {
    const READ: [&str; 18] = [
        "label", "id", "task_id", "subset", "frame", "outside", "points", "xtl", "ytl", "xbr", "ybr",
        "rotation", "cx", "cy", "rx", "ry", "rle", "left",
    ];
    for (name, text) in &element.attributes {
        let number = || text.parse::<i64>().map_or_else(|_| text.as_str().into(), Value::from);
        let value: Value = match name.as_str() {
            "occluded" if text == "1" => true.into(),
            "keyframe" if text == "0" => false.into(),
            "occluded" | "keyframe" => continue,
            "z_order" | "group_id" if text == "0" => continue,
            "z_order" | "group_id" => number(),
            "source" if text == MANUAL || text.is_empty() => continue,
            "top" | "width" | "height" if element.name == "mask" => continue,
            name if READ.contains(&name) || element.name == CUBOID && is_corner(name) => continue,
            _ => text.as_str().into(),
        };
        attributes.insert(name.clone(), value);
    }
}

fn is_corner(name: &str) -> bool {
    name.strip_prefix(['x', 'y']).is_some_and(|corner| CORNERS.contains(&corner))
}

/// Reads the attributes of the user.
fn users(
    element: &XmlElement,
    class: &str,
    meta: &Meta,
    label: &mut Label,
    attributes: &mut Map<String, Value>,
) -> Result<(), Reason> {
    for attribute in element.children.iter().filter(|child| child.name == "attribute") {
        let name = attribute.attribute("name").ok_or_else(|| {
            Reason::new(
                "attribute",
                "expected the name of an attribute, found nothing; write it, or remove it",
            )
        })?;
        let value = meta.value(class, name, &attribute.text);
        match name {
            SCORE if value.as_f64().is_some_and(|score| (0.0..=1.0).contains(&score)) => {
                label.fields.insert(SCORE.to_owned(), value);
            }
            TRACK_ID => {
                label.fields.entry(TRACK_ID).or_insert(value);
            }
            name if OWN.contains(&name) => {
                attributes.insert(format!("{USERS}{name}"), value);
            }
            name => {
                attributes.insert(name.to_owned(), value);
            }
        }
    }
    Ok(())
}

fn shape(
    element: &XmlElement,
    class: &str,
    context: &ShapeContext<'_>,
    attributes: &mut Map<String, Value>,
    skipped: &mut Skipped,
) -> Result<Shape, Reason> {
    let side = |name: &str| number(element, name);
    let turned = |rectangle: Rectangle| -> Result<Shape, Reason> {
        match element.attribute("rotation") {
            None | Some("") => Ok(Shape::Box(rectangle)),
            Some(_) => match side("rotation")? {
                0.0 => Ok(Shape::Box(rectangle)),
                angle => Ok(Shape::Rotated(rectangle, angle)),
            },
        }
    };
    Ok(match element.name.as_str() {
        "box" => {
            let (x1, y1, x2, y2) = (side("xtl")?, side("ytl")?, side("xbr")?, side("ybr")?);
            if x1 > x2 || y1 > y2 {
                skipped.note(EXCHANGED_CORNERS, || context.place.to_string());
            }
            turned(Rectangle::between(x1, y1, x2, y2))?
        }
        ELLIPSE => {
            let (x, y, width, height) = (side("cx")?, side("cy")?, side("rx")?.abs(), side("ry")?.abs());
            attributes.insert(ELEMENT.to_owned(), ELLIPSE.into());
            turned(Rectangle { x: x - width, y: y - height, width: width * 2.0, height: height * 2.0 })?
        }
        "polygon" => Shape::Polygons(vec![points(element)?]),
        "polyline" => Shape::Polyline(points(element)?),
        "points" => Shape::Keypoints(
            points(element)?.chunks_exact(2).flat_map(|point| [point[0], point[1], 2.0]).collect(),
        ),
        "mask" => {
            let (mask, outside) = runs::read(element, context.size)?;
            if outside > 0 {
                skipped.note("mask with pixels outside of the image, cut off", || context.place.to_string());
            }
            Shape::Mask(mask)
        }
        "skeleton" => Shape::Keypoints(skeletons::keypoints(element, class, context.meta, skipped)?),
        CUBOID => {
            let sides = CORNERS.iter().flat_map(|corner| [format!("x{corner}"), format!("y{corner}")]);
            let corners = sides.map(|name| side(&name)).collect::<Result<Vec<f64>, Reason>>()?;
            attributes.insert(CUBOID.to_owned(), json!(corners));
            Rectangle::around(&corners).map_or(Shape::Whole, Shape::Box)
        }
        _ => Shape::Whole,
    })
}
