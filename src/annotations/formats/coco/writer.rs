//! The writer: `annotations/instances_<split>.json`, a file for each split, with all categories of
//! the set.
//!
//! The fields of an annotation are those of the label. What other tools need besides is added and
//! named in `stemma.derived`: `bbox`, `area`, `iscrowd`, and the outline of a turned rectangle. A label
//! of several regions is an annotation for each of them, the first with all fields of the label. The
//! text of all files is in memory until the end, and for each label 8 bytes for its id.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write as _};

use serde_json::Value;

use super::own::{RegionPlace, WrittenFields};
use super::regions::parts;
use super::text::{
    BEGIN, IMAGES, WIDTH, document, fill, fill_categories, info, separate, write_category, write_fields,
    write_image,
};
use super::written_classes::{CategoryRef, EndedClasses, WrittenClasses};
use crate::annotations::formats::label_studio::drawn;
use crate::annotations::formats::shared::paths::{image_path, split_word};
use crate::annotations::model::fields::{CLASS, SCORE};
use crate::annotations::model::{ClassList, Image, Label, LabelOrigin, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// The first whole number that a floating-point number cannot tell from the next.
const EXACT: u64 = 1 << 53;

/// Writes a set.
#[derive(Default)]
pub(super) struct CocoWriter {
    set: Option<SetInfo>,
    classes: WrittenClasses,
    documents: BTreeMap<Option<String>, CocoText>,
    images: u64,
}

/// The text of a split.
#[derive(Default)]
struct CocoText {
    annotations: Vec<u8>,
    /// The annotations whose ids are written at the end.
    without_id: Vec<usize>,
    ids: HashSet<u64>,
    predictions: Vec<u8>,
    images: Vec<u8>,
    /// The positions of categories that are written at the end, with their numbers.
    unlisted: Vec<(usize, u32)>,
    /// The same in the predictions.
    predicted: Vec<(usize, u32)>,
    counts: [u64; 3],
}

impl SampleWriter for CocoWriter {
    fn begin(
        &mut self,
        set: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        self.set = Some(set.clone());
        self.classes = WrittenClasses::new(classes, left_out);
        for split in &set.splits {
            self.documents.insert(Some(split.clone()), CocoText::default());
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        self.images += 1;
        let text = self.documents.entry(sample.image.split.clone()).or_default();
        text.image(&sample.image, self.images)?;
        let split = sample.image.split.as_deref();
        for (number, label) in sample.labels.iter().enumerate() {
            if let Some(drawn) = drawn(&label.fields).filter(|drawn| !drawn.regions.is_empty()) {
                if drawn.others > 0 {
                    left_out.note("shape of a region that COCO does not have", || label.place.to_string());
                }
                let parts = parts(&drawn);
                let mut place = RegionPlace { label: number as u64, part: 0, parts: parts.len() as u64 };
                for (region, class) in parts {
                    let category = self.classes.category(class);
                    let written = WrittenFields::of_region(label, region, place, split);
                    text.label(label, written, self.images, &category)?;
                    place.part += 1;
                }
                continue;
            }
            let categories = match label.fields.get(CLASS) {
                Some(Value::Array(classes)) if !classes.is_empty() => {
                    if classes.len() > 1 && label.exported.is_none() {
                        left_out.note(
                            "connection of several classes of one label, which are an annotation each",
                            || label.place.to_string(),
                        );
                    }
                    classes.iter().map(|class| self.classes.category(Some(class))).collect()
                }
                Some(Value::Array(_)) | None => vec![self.classes.category(None)],
                Some(class) => vec![self.classes.category(Some(class))],
            };
            for category in categories {
                text.label(label, WrittenFields::of_label(label, split), self.images, &category)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, left_out: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        let classes = std::mem::take(&mut self.classes).end();
        for (split, text) in std::mem::take(&mut self.documents) {
            let word = split.as_deref().map_or_else(|| "default".to_owned(), split_word);
            let [images, annotations, predictions] = text.counts;
            let counts = [("images", images), ("annotations", annotations), ("predictions", predictions)];
            let info = info(self.set.as_ref(), split.as_deref(), &counts, left_out);
            let (document, predictions) = text.end(&classes, &info)?;
            out.file(&format!("annotations/instances_{word}.json"), &document)?;
            if let Some(predictions) = predictions {
                out.file(&format!("annotations/predictions_{word}.json"), &predictions)?;
            }
        }
        Ok(())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        Some(image_path(IMAGES, image))
    }
}

impl CocoText {
    fn image(&mut self, image: &Image, id: u64) -> io::Result<()> {
        write_image(&mut self.images, image, id)?;
        self.counts[0] += 1;
        Ok(())
    }

    fn label(
        &mut self,
        label: &Label,
        mut written: WrittenFields,
        image: u64,
        category: &CategoryRef,
    ) -> io::Result<()> {
        written.fields.remove(CLASS);
        let is_prediction = label.origin == LabelOrigin::Prediction;
        let (text, unlisted) = match is_prediction {
            false => (&mut self.annotations, &mut self.unlisted),
            true => (&mut self.predictions, &mut self.predicted),
        };
        separate(text, if is_prediction { b"[" } else { BEGIN });
        text.push(b'{');
        write_category(text, category, unlisted)?;
        write!(text, ",\"image_id\":{image}")?;
        if is_prediction {
            // Lists of results have a score for each.
            written.fields.entry(SCORE).or_insert(Value::Null);
            self.counts[2] += 1;
        } else {
            write!(text, ",\"id\":")?;
            let id = label
                .id
                .as_deref()
                .filter(|_| written.has_id())
                .and_then(|id| id.rsplit('/').next()?.parse::<u64>().ok());
            // Many tools take 0 for no id, and lose digits of larger numbers.
            match id.filter(|id| (1..EXACT).contains(id) && self.ids.insert(*id)) {
                Some(id) => write!(text, "{id}")?,
                None => {
                    self.without_id.push(text.len());
                    text.extend_from_slice(&[b' '; WIDTH]);
                }
            }
            self.counts[1] += 1;
        }
        write_fields(text, written)
    }

    /// Returns the documents of annotations and of predictions.
    fn end(mut self, classes: &EndedClasses, info: &Value) -> io::Result<(Vec<u8>, Option<Vec<u8>>)> {
        let ids = std::mem::take(&mut self.ids);
        for (at, id) in self.without_id.iter().zip(ids.into_iter().max().unwrap_or_default() + 1..) {
            fill(&mut self.annotations, *at, &id.to_string());
        }
        fill_categories(&mut self.annotations, &self.unlisted, classes);
        fill_categories(&mut self.predictions, &self.predicted, classes);
        let document = document(self.annotations, ("images", &self.images), &classes.categories, info)?;
        let predictions = Some(self.predictions).filter(|text| !text.is_empty()).map(|mut text| {
            text.extend_from_slice(b"\n]\n");
            text
        });
        Ok((document, predictions))
    }
}
