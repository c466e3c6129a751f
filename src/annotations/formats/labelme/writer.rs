//! The writer: a JSON file next to each image, and `labels.txt`.
//!
//! Needs memory for the names of images, twice, and for the names of classes.

use std::collections::{BTreeSet, HashSet};
use std::io;

use serde::Serialize;
use serde_json::{Map, Value};

use super::inputs::{CLASSES, NO_CLASSES};
use super::output::{ShapeOutput, are_flags, group_of};
use super::shapes::{group_key, is_empty};
use crate::annotations::formats::shared::image_files::{LabelFileNames, export_path, parted};
use crate::annotations::model::fields::{ATTRIBUTES, FILE_NAME, HEIGHT, WIDTH};
use crate::annotations::model::{ClassList, Image, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::splits::split_of;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// The version of the form of the files.
const VERSION: &str = "5.5.0";
/// Fields of a file that labelme reads itself.
const OWN: [&str; 9] = [
    "version",
    "flags",
    "shapes",
    "imagePath",
    "imageData",
    "imageHeight",
    "imageWidth",
    "lineColor",
    "fillColor",
];

/// Writes one JSON file per image.
#[derive(Debug, Default)]
pub(super) struct LabelmeWriter {
    classes: ClassList,
    /// The names in the list.
    known: HashSet<String>,
    /// The classes of labels that the list does not have.
    others: BTreeSet<String>,
    images: HashSet<String>,
    names: LabelFileNames,
}

/// A file, with its fields in the order of labelme.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: &'static str,
    flags: Map<String, Value>,
    shapes: Vec<Value>,
    image_path: &'a str,
    image_data: Option<String>,
    image_height: Option<u64>,
    image_width: Option<u64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Returns true if a line of the list can be the name.
fn is_line(name: &str) -> bool {
    !name.is_empty() && name.trim() == name && !name.contains(['\n', '\r']) && !NO_CLASSES.contains(&name)
}

fn note_class(name: &str, left_out: &mut Skipped) {
    if !is_line(name) {
        left_out.note("class whose name labels.txt cannot hold", || name.to_owned());
    }
}

/// Returns the flags of an image, and its other attributes.
fn attributes(image: &Image, left_out: &mut Skipped) -> (Map<String, Value>, Map<String, Value>) {
    let (mut flags, mut others) = (Map::new(), Map::new());
    let attributes = image.fields.get(ATTRIBUTES).and_then(Value::as_object);
    for (name, value) in attributes.into_iter().flatten().filter(|(_, value)| !is_empty(value)) {
        match (name.as_str(), value) {
            ("flags", Value::Object(own)) if are_flags(value) => flags.clone_from(own),
            (own, _) if OWN.contains(&own) => {
                left_out.note("attribute of an image whose name labelme uses", || image.name.clone());
            }
            _ => drop(others.insert(name.clone(), value.clone())),
        }
    }
    for name in image.fields.keys() {
        if ![FILE_NAME, WIDTH, HEIGHT, ATTRIBUTES].contains(&name.as_str()) {
            left_out.note("other field of an image (labelme has none for it)", || name.clone());
        }
    }
    (flags, others)
}

impl SampleWriter for LabelmeWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        for class in &classes.classes {
            note_class(&class.name, left_out);
            if class.id.is_some() || !class.fields.is_empty() {
                left_out.note("id or other field of a class (labelme has names)", || class.name.clone());
            }
        }
        self.known = classes.classes.iter().map(|class| class.name.clone()).collect();
        self.classes = classes.clone();
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let path = export_path(&image.name);
        if !self.images.insert(path.clone()) {
            left_out.note("image whose path is that of another one", || image.name.clone());
            return Ok(());
        }
        if path != image.name {
            left_out.note("name of an image that is no path below a folder", || image.name.clone());
        }
        let (folder, name) = parted(&path);
        if image.split.as_deref() != split_of(folder.trim_end_matches('/')) {
            left_out.note("split of an image (labelme has folders)", || image.name.clone());
        }
        if image.fields.get(FILE_NAME).is_some_and(|given| given.as_str() != Some(name)) {
            left_out.note("`file_name` that is not the name of the image's file", || image.name.clone());
        }
        let (flags, others) = attributes(image, left_out);
        let next_group = sample.labels.iter().filter_map(group_of).max().unwrap_or(-1).saturating_add(1);
        let mut output = ShapeOutput { image: &image.name, left_out, next_group };
        let (mut shapes, mut groups) = (Vec::new(), HashSet::new());
        for label in &sample.labels {
            shapes.extend(output.shapes(label));
            if group_key(label).is_some_and(|key| !groups.insert(key)) {
                output
                    .left_out
                    .note("polygons of one class and group, which labelme takes for one label", || {
                        image.name.clone()
                    });
            }
            for class in label.classes().into_iter().filter(|class| !class.is_empty()) {
                if !self.known.contains(class) && !self.others.contains(class) {
                    self.others.insert(class.to_owned());
                    note_class(class, output.left_out);
                }
            }
        }
        let side = |name: &str| image.fields.get(name).and_then(Value::as_u64);
        let document = Document {
            version: VERSION,
            flags,
            shapes,
            image_path: name,
            image_data: None,
            image_height: side(HEIGHT),
            image_width: side(WIDTH),
            others,
        };
        let mut text = serde_json::to_vec_pretty(&document)?;
        text.push(b'\n');
        out.file(&format!("{}.json", self.names.stem(&path)), &text)
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        let own = self.classes.classes.iter().map(|class| class.name.as_str());
        let names = own.chain(self.others.iter().map(String::as_str)).filter(|name| is_line(name));
        let text: String = NO_CLASSES.into_iter().chain(names).flat_map(|name| [name, "\n"]).collect();
        out.file(CLASSES, text.as_bytes())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        Some(export_path(&image.name))
    }
}
