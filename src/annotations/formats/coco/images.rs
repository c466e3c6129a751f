//! Images.

use serde_json::{Map, Value};

use super::computed::restore_image;
use super::own::OwnFields;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::ids::{sides, take_exported};
use crate::annotations::model::Image;
use crate::annotations::model::fields::FILE_NAME;
use crate::annotations::names::{is_address, normal_name, tail_of_address};

/// The address of an image, which LVIS writes in place of a name.
const COCO_URL: &str = "coco_url";

/// Reads an image, and the split of our own export. `folder` begins the names of images, with a
/// slash at its end.
pub(super) fn image_of(
    mut fields: Map<String, Value>,
    folder: &str,
    place: RecordPlace,
) -> Result<(Image, Option<String>), Reason> {
    fields.remove("id");
    let made = restore_image(&mut fields);
    let own = OwnFields::take(&mut fields).unwrap_or_default();
    let exported = take_exported(&mut fields, "source");
    let name = match (own.name.or(made), fields.get(FILE_NAME), fields.get(COCO_URL)) {
        // An export of ours, in which the file has another name, or none.
        (Some(name), ..) => name,
        (None, Some(Value::String(name)), _) => {
            let name = normal_name(FILE_NAME, name)?;
            fields.insert(FILE_NAME.to_owned(), name.clone().into());
            in_folder(folder, name)
        }
        (None, None | Some(Value::Null), Some(Value::String(address))) => {
            in_folder(folder, normal_name(COCO_URL, tail_of_address(address))?)
        }
        (None, found, _) => {
            return Err(Reason::expected(FILE_NAME, "a string, or an address as `coco_url`", found));
        }
    };
    sides(&mut fields)?;
    fields.extend(own.others);
    let mut image = Image::new(place, name);
    image.exported = exported.item;
    image.fields = fields;
    Ok((image, exported.split.or(own.split)))
}

/// Returns the name relative to the input: `../a.jpg` in `train/` is `a.jpg`. An address or an
/// absolute path remains as it is.
pub(super) fn in_folder(folder: &str, name: String) -> String {
    if name.starts_with('/') || is_address(&name) {
        return name;
    }
    let (mut folder, mut rest) = (folder, name.as_str());
    while let (Some(above), Some(after)) = (folder.strip_suffix('/'), rest.strip_prefix("../")) {
        folder = above.rfind('/').map_or("", |slash| &above[..=slash]);
        rest = after;
    }
    format!("{folder}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_the_input() {
        for (folder, name, expected) in [
            ("", "a.jpg", "a.jpg"),
            ("train/", "a.jpg", "train/a.jpg"),
            ("train/", "../images/a.jpg", "images/a.jpg"),
            ("x/train/", "../a.jpg", "x/a.jpg"),
            ("train/", "../../a.jpg", "../a.jpg"),
            ("train/", "/data/a.jpg", "/data/a.jpg"),
            ("train/", "https://h/a.jpg", "https://h/a.jpg"),
        ] {
            assert_eq!(in_folder(folder, name.to_owned()), expected);
        }
    }
}
