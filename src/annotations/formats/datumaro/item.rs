//! Items: images, with their names and sizes.

use serde_json::{Map, Value};

use super::inputs::Subset;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::beside::{ImagesBeside, is_image_name};
use crate::annotations::formats::shared::ids::sides;
use crate::annotations::model::fields::{ATTRIBUTES, FILE_NAME, HEIGHT, WIDTH};
use crate::annotations::model::{Image, ImageBytes};
use crate::annotations::names::normal_name;
use crate::annotations::reader::Skipped;

/// The fields of an item for what Datumaro has no place for.
pub(super) const FIELDS: &str = "fields";
/// The frame of a video that an item is.
pub(super) const FRAME: &str = "video_frame";

/// Reads the image of an item of which the annotations were taken; `None` if it is of other media.
pub(super) fn image_of(
    mut item: Map<String, Value>,
    subset: &Subset,
    images: &ImagesBeside,
    place: RecordPlace,
    skipped: &mut Skipped,
) -> Result<Option<Image>, Reason> {
    let id = match item.remove("id") {
        Some(Value::String(id)) => id,
        Some(Value::Number(id)) => id.to_string(),
        other => return Err(Reason::expected("id", "a text", other.as_ref())),
    };
    for (name, what) in [("point_cloud", "point cloud"), ("video", "video")] {
        if item.contains_key(name) {
            skipped.note(what, || format!("{place}: {id}"));
            return Ok(None);
        }
    }
    let media = match item.remove("image").or_else(|| item.remove("media")) {
        Some(Value::Object(media)) => media,
        None | Some(Value::Null) => Map::new(),
        other => return Err(Reason::expected("image", "an object", other.as_ref())),
    };
    item.remove("media");
    let path = media.get("path").and_then(Value::as_str).unwrap_or_default();
    let (name, found) = name_of(&id, path, item.contains_key(FRAME), subset, images)?;
    let mut image = Image::new(place.clone(), name.clone());
    image.split.clone_from(&subset.split);
    image.bytes = match found {
        Some(found) => ImageBytes::File(found),
        None if path.is_empty() => ImageBytes::ByName,
        None => ImageBytes::Named { field: "image.path".to_owned(), name: path.to_owned() },
    };
    image.fields.insert(FILE_NAME.to_owned(), name.into());
    if let Some(size) = media.get("size").filter(|size| !size.is_null()) {
        match size.as_array().map(Vec::as_slice) {
            Some([height, width]) => {
                image.fields.insert(HEIGHT.to_owned(), height.clone());
                image.fields.insert(WIDTH.to_owned(), width.clone());
                sides(&mut image.fields).map_err(|reason| reason.within("image.size"))?;
            }
            _ => return Err(Reason::new("image.size", format!("expected height and width, found {size}"))),
        }
    }
    if let Some(attributes) =
        item.remove("attr").filter(|attributes| attributes != &Value::Object(Map::new()))
    {
        image.fields.insert(ATTRIBUTES.to_owned(), attributes);
    }
    image.fields.extend(item.remove(FRAME).map(|frame| (FRAME.to_owned(), frame)));
    if let Some(Value::Object(fields)) = item.remove(FIELDS) {
        image.fields.extend(fields);
    }
    for name in item.keys() {
        skipped.note("other field of an item", || format!("{place}: {name}"));
    }
    Ok(Some(image))
}

/// Returns the name of an image, which is its id with the ending of its file, and its path in the
/// input.
fn name_of(
    id: &str,
    path: &str,
    is_frame: bool,
    subset: &Subset,
    images: &ImagesBeside,
) -> Result<(String, Option<String>), Reason> {
    let folders = [format!("{}images/{}/", subset.above, subset.name), format!("{}images/", subset.above)];
    let find = |name: &str| {
        let near = folders.iter().find_map(|folder| images.find(folder, name, subset.split.as_deref()));
        near.map(str::to_owned)
    };
    let with_ending = |of: &str| {
        let ending = of.rsplit_once('.').filter(|_| is_image_name(of)).map(|(_, ending)| ending);
        match ending {
            Some(ending) if !id.to_lowercase().ends_with(&format!(".{}", ending.to_lowercase())) => {
                format!("{id}.{ending}")
            }
            _ => id.to_owned(),
        }
    };
    if !path.is_empty() {
        let found = find(&path.replace('\\', "/"));
        return Ok((normal_name("id", &with_ending(path))?, found));
    }
    if is_frame || is_image_name(id) {
        return Ok((normal_name("id", id)?, find(id)));
    }
    let endings = ["jpg", "png", "jpeg", "JPG", "PNG", "bmp", "tif", "webp"];
    let found = endings.iter().find_map(|ending| find(&format!("{id}.{ending}")));
    let name = found.as_deref().map_or_else(|| format!("{id}.jpg"), with_ending);
    Ok((normal_name("id", &name)?, found))
}
