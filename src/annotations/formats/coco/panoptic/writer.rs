//! The writer: `annotations/panoptic_<split>.json` for each split, and the PNG image of each image in
//! the folder of that name.
//!
//! A segment has all fields of its label but the mask, which the PNG image has. Fields that other tools
//! need are added and named in `stemma.derived`, as the writer of instances does. The text of all
//! documents is in memory until the end.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write as _};

use serde_json::{Map, Value, json};

use super::segments::{Segment, drawn};
use super::{SEGMENT_ID, SEGMENTS_FILE};
use crate::annotations::formats::coco::own::WrittenFields;
use crate::annotations::formats::coco::text::{
    BEGIN, IMAGES, document, fill_categories, info, path_of, separate, write_category, write_fields,
    write_image,
};
use crate::annotations::formats::coco::written_classes::{EndedClasses, WrittenClasses};
use crate::annotations::formats::regions::each_region;
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::formats::shared::image_files::LabelFileNames;
use crate::annotations::formats::shared::paths::{image_path, split_word};
use crate::annotations::model::fields::{CLASS, SEGMENTATION};
use crate::annotations::model::{ClassList, Image, Label, Sample, Shape};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// The field of a category that is 1 for countable things, and 0 for stuff such as grass.
const IS_THING: &str = "isthing";

/// Writes a set.
#[derive(Default)]
pub(in crate::annotations::formats::coco) struct PanopticWriter {
    set: Option<SetInfo>,
    classes: WrittenClasses,
    /// The classes that are not things.
    stuff: HashSet<String>,
    documents: BTreeMap<Option<String>, PanopticText>,
    images: u64,
}

/// The text of a split.
#[derive(Default)]
struct PanopticText {
    annotations: Vec<u8>,
    images: Vec<u8>,
    /// The positions of categories that are written at the end, with their numbers.
    unlisted: Vec<(usize, u32)>,
    names: LabelFileNames,
    counts: [u64; 2],
}

impl SampleWriter for PanopticWriter {
    fn begin(
        &mut self,
        set: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        self.set = Some(set.clone());
        self.classes = WrittenClasses::new(classes, left_out);
        let is_stuff = |value: &Value| *value == Value::Bool(false) || value.as_f64() == Some(0.0);
        let stuff = classes.classes.iter().filter(|class| class.fields.get(IS_THING).is_some_and(is_stuff));
        self.stuff = stuff.map(|class| class.name.clone()).collect();
        for split in &set.splits {
            self.documents.insert(Some(split.clone()), PanopticText::default());
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()> {
        self.images += 1;
        let split = sample.image.split.as_deref();
        let text = self.documents.entry(sample.image.split.clone()).or_default();
        write_image(&mut text.images, &sample.image, self.images)?;
        text.counts[0] += 1;
        let sample = each_region(sample.clone(), left_out);
        let stuff = &self.stuff;
        let is_stuff = |label: &Label| {
            class_of(label).and_then(Value::as_str).is_some_and(|class| stuff.contains(class))
        };
        let Some((segments, map)) = drawn(&sample, is_stuff, left_out) else { return Ok(()) };
        let file = format!("{}.png", text.names.stem(&path_of(&sample.image)));
        separate(&mut text.annotations, BEGIN);
        write!(text.annotations, "{{\"image_id\":{},\"file_name\":", self.images)?;
        serde_json::to_writer(&mut text.annotations, &file)?;
        text.annotations.extend_from_slice(b",\"segments_info\":[");
        for (number, segment) in segments.iter().enumerate() {
            if segment.label.classes().len() > 1 {
                left_out.note("further class of a label (panoptic has one a segment)", || {
                    segment.label.place.to_string()
                });
            }
            if number > 0 {
                text.annotations.push(b',');
            }
            text.segment(segment, split, &mut self.classes)?;
        }
        text.annotations.extend_from_slice(b"]}");
        out.file(&format!("annotations/{}/{file}", name(split)), &map.encode())
    }

    fn end(&mut self, left_out: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        let mut classes = std::mem::take(&mut self.classes).end();
        classes.categories.iter_mut().for_each(add_is_thing);
        for (split, text) in std::mem::take(&mut self.documents) {
            let [images, segments] = text.counts;
            let counts = [("images", images), ("segments", segments)];
            let info = info(self.set.as_ref(), split.as_deref(), &counts, left_out);
            let path = format!("annotations/{}.json", name(split.as_deref()));
            out.file(&path, &text.end(&classes, &info)?)?;
        }
        Ok(())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        Some(image_path(IMAGES, image))
    }
}

impl PanopticText {
    fn segment(
        &mut self,
        segment: &Segment<'_>,
        split: Option<&str>,
        classes: &mut WrittenClasses,
    ) -> io::Result<()> {
        let mut label = segment.label.clone();
        Shape::Mask(segment.mask.clone()).write(&mut label.fields);
        let mut written = WrittenFields::of_label(&label, split);
        written.fields.remove(SEGMENTATION);
        written.fields.remove(CLASS);
        // The reader adds them to segments of other programs.
        written.move_away(SEGMENT_ID);
        written.move_away(SEGMENTS_FILE);
        self.annotations.extend_from_slice(b"\n{");
        write_category(&mut self.annotations, &classes.category(class_of(&label)), &mut self.unlisted)?;
        write!(self.annotations, ",\"id\":{}", segment.id)?;
        self.counts[1] += 1;
        write_fields(&mut self.annotations, written)
    }

    fn end(mut self, classes: &EndedClasses, info: &Value) -> io::Result<Vec<u8>> {
        fill_categories(&mut self.annotations, &self.unlisted, classes);
        document(self.annotations, ("images", &self.images), &classes.categories, info)
    }
}

/// Returns the name of the document of a split, without its ending.
fn name(split: Option<&str>) -> String {
    format!("panoptic_{}", split.map_or_else(|| "default".to_owned(), split_word))
}

/// Returns the class of a label, the first one if it has several.
fn class_of(label: &Label) -> Option<&Value> {
    match label.fields.get(CLASS) {
        Some(Value::Array(classes)) => classes.first(),
        class => class,
    }
}

/// Adds `isthing` to a category that does not have it: a class is a thing.
fn add_is_thing(category: &mut Value) {
    let Value::Object(fields) = category else { return };
    if fields.contains_key(IS_THING) {
        return;
    }
    fields.insert(IS_THING.to_owned(), 1.into());
    let stemma = fields.entry(STEMMA).or_insert_with(|| Map::new().into());
    if let Value::Object(stemma) = stemma {
        stemma.insert("derived".to_owned(), json!([IS_THING]));
    }
}
