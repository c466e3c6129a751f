//! Skeletons: named points with their visibility.

use super::meta::Meta;
use super::numbers::points;
use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::xml::XmlElement;
use crate::annotations::reader::Skipped;

/// Reads the points of a skeleton in the order of the labels in `meta`, else in that of the
/// document. Points outside of the image have the visibility 0, hidden ones 1.
pub(super) fn keypoints(
    skeleton: &XmlElement,
    class: &str,
    meta: &Meta,
    skipped: &mut Skipped,
) -> Result<Vec<f64>, Reason> {
    let elements: Vec<&XmlElement> =
        skeleton.children.iter().filter(|child| child.name != "attribute").collect();
    let mut read: Vec<(&str, [f64; 3])> = Vec::with_capacity(elements.len());
    for element in elements {
        let name = element.attribute("label").unwrap_or_default();
        if element.name != "points" {
            let why = format!("expected `points` in a skeleton, found `{}`; remove it", element.name);
            return Err(Reason::new("skeleton", why));
        }
        if read.iter().any(|(other, _)| *other == name) {
            return Err(Reason::new("skeleton", format!("duplicate point {name:?}; remove one of them")));
        }
        let [x, y] = points(element)?[..] else {
            return Err(Reason::new(
                "skeleton",
                format!("expected one position of the point {name:?}, found several"),
            ));
        };
        let is_set = |flag: &str| element.attribute(flag) == Some("1");
        let visibility = if is_set("outside") {
            0.0
        } else if is_set("occluded") {
            1.0
        } else {
            2.0
        };
        if element.child("attribute").is_some() {
            skipped.note("attribute of a point of a skeleton", || format!("{class}, {name}"));
        }
        read.push((name, [x, y, visibility]));
    }
    let Some(names) = meta.keypoints(class) else {
        return Ok(read.into_iter().flat_map(|(_, point)| point).collect());
    };
    if let Some((name, _)) = read.iter().find(|(name, _)| !names.contains(name)) {
        let why = format!(
            "expected the points {}, found {name:?}; add it to the labels in `meta`",
            names.join(", ")
        );
        return Err(Reason::new("skeleton", why));
    }
    let point = |name: &&str| read.iter().find(|(own, _)| own == name).map_or([0.0; 3], |(_, point)| *point);
    Ok(names.iter().flat_map(point).collect())
}
