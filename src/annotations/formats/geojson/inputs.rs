//! The collections of an input.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::place::Coordinates;
use crate::annotations::files::Files;
use crate::annotations::formats::shared::beside::ImagesBeside;
use crate::annotations::formats::shared::document::{JsonDocument, fields_before, fields_of, head_of};
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::splits::split_of;

/// The most files with the ending `.json` that are examined to recognise the format.
const MOST_EXAMINED: usize = 16;
/// The list of classes that comes with xView: `11:Fixed-wing Aircraft`, a line each.
const XVIEW: &str = "xview_class_labels.txt";

/// A collection of features.
pub(super) struct GeoDocument {
    /// The document.
    pub document: JsonDocument,
    /// Its folder, with a slash at its end; empty at the top.
    pub folder: String,
    /// The split of its images.
    pub split: Option<String>,
    /// The fields before its features.
    pub members: Map<String, Value>,
    /// True if it names a reference system.
    pub has_crs: bool,
    /// What it says of its coordinates: a field of our own export.
    pub coordinates: Option<Coordinates>,
}

/// The variant: what coordinates are, and the property of the class.
#[derive(Debug, Default)]
pub(super) struct GeoVariant {
    /// `pixels` or `world`.
    pub coordinates: Option<Coordinates>,
    /// `class=NAME`.
    pub class: Option<String>,
}

impl GeoVariant {
    /// Reads a variant such as `pixels,class=roof_type`.
    pub(super) fn of(variant: Option<&str>) -> Result<Self, ReadStop> {
        let mut read = Self::default();
        for part in variant.into_iter().flat_map(|variant| variant.split(',')) {
            match (Coordinates::named(part.trim()), part.trim().strip_prefix("class=")) {
                (Some(coordinates), _) => read.coordinates = Some(coordinates),
                (None, Some(name)) => read.class = Some(name.to_owned()),
                (None, None) => {
                    let why =
                        format!("expected the variant `pixels`, `world` or `class=NAME`, found `{part}`");
                    return Err(ReadStop::Unreadable(why));
                }
            }
        }
        Ok(read)
    }
}

/// Returns true if the input has collections of features.
pub(super) fn is_geojson(files: &Files) -> bool {
    if files.is_one_file() {
        return files.paths().all(|path| is_collection(files, path));
    }
    let mut named = files.ending(".geojson");
    let mut other = files.ending(".json").take(MOST_EXAMINED);
    named.any(|path| is_collection(files, path)) || other.any(|path| is_collection(files, path))
}

fn is_collection(files: &Files, path: &str) -> bool {
    let Some(head) = files.get(path).and_then(head_of) else { return false };
    let fields = fields_of(&head);
    let is_other =
        fields.iter().any(|(name, _)| matches!(*name, "images" | "annotations" | "shapes" | "objects"));
    let has = |wanted: &str| fields.iter().any(|(name, _)| *name == wanted);
    !is_other && has("features") && (head.contains("\"FeatureCollection\"") || head.contains("\"Feature\""))
}

/// Opens the collections of an input; other JSON files are counted.
pub(super) fn open(files: &Files, skipped: &mut Skipped) -> Result<Vec<GeoDocument>, ReadStop> {
    let mut documents = Vec::new();
    let is_json = |path: &str| {
        let path = path.to_ascii_lowercase();
        path.ends_with(".geojson") || path.ends_with(".json")
    };
    for path in files.paths().filter(|path| files.is_one_file() || is_json(path)) {
        if !is_collection(files, path) {
            if path.to_ascii_lowercase().ends_with(".geojson") || files.is_one_file() {
                return Err(ReadStop::Unreadable(format!(
                    "{path}: expected a `FeatureCollection` in UTF-8, found another document; write its features as one"
                )));
            }
            skipped.note("other JSON file", || path.to_owned());
            continue;
        }
        let document = JsonDocument::open(files, path)?;
        let head = files.get(path).and_then(head_of).unwrap_or_default();
        let members = fields_before(&head, "features").unwrap_or_default();
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let split = members.get("split").and_then(Value::as_str).map(str::to_owned);
        let named = if files.is_one_file() { split_of(&last_two(files.root())) } else { split_of(path) };
        let coordinates = members.get("coordinates").and_then(Value::as_str).and_then(Coordinates::named);
        let has_crs = members.get("crs").is_some_and(|crs| !crs.is_null());
        let split = split.or_else(|| named.map(str::to_owned));
        documents.push(GeoDocument { document, folder, split, members, has_crs, coordinates });
    }
    Ok(documents)
}

/// Returns the image of the same name as a collection.
pub(super) fn image_of_stem(document: &GeoDocument, images: &ImagesBeside) -> Option<String> {
    let name = document.document.path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    find_with_ending(images, &document.folder, stem, document.split.as_deref())
}

/// Finds an image by its name, with or without an ending.
pub(super) fn find_with_ending(
    images: &ImagesBeside,
    folder: &str,
    name: &str,
    split: Option<&str>,
) -> Option<String> {
    let find = |name: &str| images.find(folder, name, split).map(str::to_owned);
    let endings = ["tif", "tiff", "jpg", "jpeg", "png", "TIF", "JPG", "PNG", "jp2", "webp"];
    find(name).or_else(|| endings.iter().find_map(|ending| find(&format!("{name}.{ending}"))))
}

/// Reads the classes that come with xView.
pub(super) fn listed_classes(files: &Files) -> Result<BTreeMap<String, String>, ReadStop> {
    let is_list = |path: &&str| !files.is_one_file() && path.rsplit('/').next() == Some(XVIEW);
    let Some(path) = files.paths().find(is_list) else { return Ok(BTreeMap::new()) };
    let text = files.text(path)?;
    let pair =
        |line: &str| line.split_once(':').map(|(id, name)| (id.trim().to_owned(), name.trim().to_owned()));
    Ok(text.lines().filter_map(pair).collect())
}

fn last_two(path: &Path) -> String {
    let part =
        |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).unwrap_or_default().to_owned();
    format!("{}/{}", part(path.parent().and_then(Path::file_name)), part(path.file_name()))
}
