//! The writer: `annotations/instances_<split>.json`, a file for each split, with all categories of
//! the set.
//!
//! The fields of an annotation are those of the label. What other tools need besides is added and
//! named in `stemma.derived`: `bbox`, `area`, `iscrowd`, and the outline of a turned rectangle. A label
//! of several regions is an annotation for each of them, the first with all fields of the label. The
//! text of all files is in memory until the end, and for each label 8 bytes for its id.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write as _};

use serde_json::{Value, json};

use super::own::{RegionPlace, WrittenFields};
use super::regions::parts;
use super::written_classes::{CategoryRef, EndedClasses, WrittenClasses};
use crate::annotations::formats::label_studio::drawn;
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::formats::shared::paths::{image_path, split_word};
use crate::annotations::model::fields::{CLASS, SCORE};
use crate::annotations::model::{ClassList, Image, Label, LabelOrigin, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// The beginning of a document.
const BEGIN: &[u8] = b"{\"annotations\":[";
/// The first whole number that a floating-point number cannot tell from the next.
const EXACT: u64 = 1 << 53;
/// The folder of images.
const IMAGES: &str = "images";
/// The member before an id that is written at the end.
const CATEGORY: &str = "\"category_id\":";
/// The bytes of an id that is written at the end.
const WIDTH: usize = 20;

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
            let info = self.info(split.as_deref(), &text, left_out);
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

impl CocoWriter {
    fn info(&self, split: Option<&str>, text: &CocoText, left_out: &Skipped) -> Value {
        let Some(set) = &self.set else { return Value::Null };
        let [images, annotations, predictions] = text.counts;
        let number = set.name.rsplit_once('#').map_or("", |(_, number)| number);
        let left_out: BTreeMap<&str, u64> = left_out.all().map(|(what, count, _)| (what, count)).collect();
        json!({
            "description": format!("{}, exported by stemma", set.name),
            "version": number,
            "date_created": set.committed_at,
            STEMMA: {
                "trainingSet": set.name,
                "version": set.version,
                "split": split,
                "images": images,
                "annotations": annotations,
                "predictions": predictions,
                "leftOut": left_out,
            },
        })
    }
}

impl CocoText {
    fn image(&mut self, image: &Image, id: u64) -> io::Result<()> {
        let path = image_path(IMAGES, image);
        let path = path.strip_prefix("images/").unwrap_or(&path);
        let mut written = WrittenFields::of_image(image, path);
        written.fields.insert("id".to_owned(), id.into());
        written.fields.insert(STEMMA.to_owned(), written.stemma().into());
        separate(&mut self.images, b"");
        serde_json::to_writer(&mut self.images, &written.fields)?;
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
        write!(text, "{{{CATEGORY}")?;
        match category {
            CategoryRef::Listed(id) => serde_json::to_writer(&mut *text, id)?,
            CategoryRef::Unlisted(number) => {
                unlisted.push((text.len(), *number));
                text.extend_from_slice(&[b' '; WIDTH]);
            }
        }
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

    /// Returns the documents of annotations and of predictions.
    fn end(mut self, classes: &EndedClasses, info: &Value) -> io::Result<(Vec<u8>, Option<Vec<u8>>)> {
        let ids = std::mem::take(&mut self.ids);
        for (at, id) in self.without_id.iter().zip(ids.into_iter().max().unwrap_or_default() + 1..) {
            fill(&mut self.annotations, *at, &id.to_string());
        }
        fill_categories(&mut self.annotations, &self.unlisted, classes);
        fill_categories(&mut self.predictions, &self.predicted, classes);
        let mut document = self.annotations;
        if document.is_empty() {
            document.extend_from_slice(BEGIN);
        }
        document.extend_from_slice(b"\n],\n\"images\":[");
        document.extend_from_slice(&self.images);
        document.extend_from_slice(b"\n],\n");
        if !classes.categories.is_empty() {
            document.extend_from_slice(b"\"categories\":");
            serde_json::to_writer(&mut document, &classes.categories)?;
            document.extend_from_slice(b",\n");
        }
        document.extend_from_slice(b"\"licenses\":[],\n\"info\":");
        serde_json::to_writer(&mut document, info)?;
        document.extend_from_slice(b"}\n");
        let predictions = Some(self.predictions).filter(|text| !text.is_empty()).map(|mut text| {
            text.extend_from_slice(b"\n]\n");
            text
        });
        Ok((document, predictions))
    }
}

/// Begins the next element of a list, which begins with `begin`.
fn separate(text: &mut Vec<u8>, begin: &[u8]) {
    match text.is_empty() {
        true => text.extend_from_slice(begin),
        false => text.push(b','),
    }
    text.push(b'\n');
}

/// Writes an id into the space that was left for it.
fn fill(text: &mut [u8], at: usize, id: &str) {
    let end = (at + id.len()).min(at + WIDTH);
    if let Some(space) = text.get_mut(at..end) {
        space.copy_from_slice(id.as_bytes());
    }
}

/// Writes the ids of categories; without categories, removes the member.
fn fill_categories(text: &mut [u8], places: &[(usize, u32)], classes: &EndedClasses) {
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
