//! The text of documents that are written: parts that all writers of COCO have.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use serde_json::{Map, Value, json};

use super::own::WrittenFields;
use super::written_classes::{CategoryRef, EndedClasses};
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::formats::shared::paths::image_path;
use crate::annotations::model::Image;
use crate::annotations::reader::Skipped;
use crate::annotations::writer::SetInfo;

/// The beginning of a document.
pub(super) const BEGIN: &[u8] = b"{\"annotations\":[";
/// The folder of images.
pub(super) const IMAGES: &str = "images";
/// The member before an id that is written at the end.
const CATEGORY: &str = "\"category_id\":";
/// The bytes of an id that is written at the end.
pub(super) const WIDTH: usize = 20;

/// Returns the path of an image below the folder of images.
pub(super) fn path_of(image: &Image) -> String {
    let path = image_path(IMAGES, image);
    path.strip_prefix("images/").unwrap_or(&path).to_owned()
}

/// Returns the information about an export, with the numbers of what is in it.
pub(super) fn info(
    set: Option<&SetInfo>,
    split: Option<&str>,
    counts: &[(&str, u64)],
    left_out: &Skipped,
) -> Value {
    let Some(set) = set else { return Value::Null };
    let number = set.name.rsplit_once('#').map_or("", |(_, number)| number);
    let left_out: BTreeMap<&str, u64> = left_out.all().map(|(what, count, _)| (what, count)).collect();
    let mut stemma = Map::from_iter([
        ("trainingSet".to_owned(), set.name.as_str().into()),
        ("version".to_owned(), set.version.as_str().into()),
        ("split".to_owned(), split.into()),
        ("leftOut".to_owned(), json!(left_out)),
    ]);
    stemma.extend(counts.iter().map(|(what, count)| ((*what).to_owned(), (*count).into())));
    json!({
        "description": format!("{}, exported by stemma", set.name),
        "version": number,
        "date_created": set.committed_at,
        STEMMA: stemma,
    })
}

/// Writes an image.
pub(super) fn write_image(text: &mut Vec<u8>, image: &Image, id: u64) -> io::Result<()> {
    let mut written = WrittenFields::of_image(image, &path_of(image));
    written.fields.insert("id".to_owned(), id.into());
    written.fields.insert(STEMMA.to_owned(), written.stemma().into());
    separate(text, b"");
    serde_json::to_writer(text, &written.fields)?;
    Ok(())
}

/// Writes the category of an annotation. The position of one whose id is not known is noted.
pub(super) fn write_category(
    text: &mut Vec<u8>,
    category: &CategoryRef,
    unlisted: &mut Vec<(usize, u32)>,
) -> io::Result<()> {
    write!(text, "{CATEGORY}")?;
    match category {
        CategoryRef::Listed(id) => serde_json::to_writer(text, id)?,
        CategoryRef::Unlisted(number) => {
            unlisted.push((text.len(), *number));
            text.extend_from_slice(&[b' '; WIDTH]);
        }
    }
    Ok(())
}

/// Writes the fields of an annotation after its ids, and ends it.
pub(super) fn write_fields(text: &mut Vec<u8>, written: WrittenFields) -> io::Result<()> {
    let stemma = (STEMMA.to_owned(), Value::Object(written.stemma()));
    for (name, value) in written.fields.into_iter().chain([stemma]) {
        text.push(b',');
        serde_json::to_writer(&mut *text, &name)?;
        text.push(b':');
        serde_json::to_writer(&mut *text, &value)?;
    }
    text.push(b'}');
    Ok(())
}

/// Returns a document: annotations as they were begun by [`separate`], another list, and the rest.
pub(super) fn document(
    annotations: Vec<u8>,
    (name, list): (&str, &[u8]),
    categories: &[Value],
    info: &Value,
) -> io::Result<Vec<u8>> {
    let mut document = annotations;
    if document.is_empty() {
        document.extend_from_slice(BEGIN);
    }
    write!(document, "\n],\n\"{name}\":[")?;
    document.extend_from_slice(list);
    document.extend_from_slice(b"\n],\n");
    if !categories.is_empty() {
        document.extend_from_slice(b"\"categories\":");
        serde_json::to_writer(&mut document, categories)?;
        document.extend_from_slice(b",\n");
    }
    document.extend_from_slice(b"\"licenses\":[],\n\"info\":");
    serde_json::to_writer(&mut document, info)?;
    document.extend_from_slice(b"}\n");
    Ok(document)
}

/// Begins the next element of a list, which begins with `begin`.
pub(super) fn separate(text: &mut Vec<u8>, begin: &[u8]) {
    match text.is_empty() {
        true => text.extend_from_slice(begin),
        false => text.push(b','),
    }
    text.push(b'\n');
}

/// Writes an id into the space that was left for it.
pub(super) fn fill(text: &mut [u8], at: usize, id: &str) {
    let end = (at + id.len()).min(at + WIDTH);
    if let Some(space) = text.get_mut(at..end) {
        space.copy_from_slice(id.as_bytes());
    }
}

/// Writes the ids of categories; without categories, removes the member.
pub(super) fn fill_categories(text: &mut [u8], places: &[(usize, u32)], classes: &EndedClasses) {
    for (at, number) in places {
        match classes.ids.get(*number as usize) {
            Some(id) => fill(text, *at, &id.to_string()),
            None => {
                // The comma behind it as well.
                let member = at.saturating_sub(CATEGORY.len())..at + WIDTH + 1;
                if let Some(member) = text.get_mut(member) {
                    member.fill(b' ');
                }
            }
        }
    }
}
