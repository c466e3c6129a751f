//! The writer: shards of a bounded size, each of which is built in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use serde_json::{Map, Value, json};
use tar::{Builder, EntryType, Header};

use crate::annotations::files::archive::IMAGE_ENDINGS;
use crate::annotations::formats::huggingface::columns::{BOXES, CAPTIONS, CLASSES, FIELDS, OBJECTS};
use crate::annotations::formats::huggingface::row::ending_of;
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::model::fields::{ATTRIBUTES, BBOX, CAPTION, CLASS, FILE_NAME};
use crate::annotations::model::{ClassList, Image, ImageBytes, Label, LabelOrigin, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::splits::split_of;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// The size at which a shard is complete, in bytes.
const SHARD: usize = 64 * 1024 * 1024;

/// Writes shards such as `train-000000.tar`.
///
/// The bytes of images must be given with the samples, in memory or as a path: they are in the shards.
#[derive(Default)]
pub(super) struct WebDatasetWriter {
    classes: Vec<String>,
    /// The open shard of each split, and its number.
    shards: BTreeMap<String, (Builder<Vec<u8>>, u32)>,
    /// The number of samples.
    samples: u64,
}

impl WebDatasetWriter {
    /// Adds a part of the current sample.
    fn add(&mut self, shard: &str, ending: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_size(bytes.len() as u64);
        let name = format!("{:08}.{ending}", self.samples);
        let (tar, _) = self.shards.entry(shard.to_owned()).or_insert_with(|| (Builder::new(Vec::new()), 0));
        tar.append_data(&mut header, name, bytes)
    }
}

impl SampleWriter for WebDatasetWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        out: &mut dyn Output,
    ) -> io::Result<()> {
        for (number, class) in classes.classes.iter().enumerate() {
            if class.id.as_ref().is_some_and(|id| *id != number) {
                left_out.note("id of a class (WebDataset counts classes from 0)", || class.name.clone());
            }
            if !class.fields.is_empty() {
                left_out.note("fields of a class", || class.name.clone());
            }
            self.classes.push(class.name.clone());
        }
        // A name that is not a line cannot be listed; then labels have names only.
        if self.classes.iter().any(|name| name.contains(['\n', '\r']) || name.trim() != name) {
            left_out.note("list of classes (a name has line breaks or spaces around it)", || {
                "classes.txt".to_owned()
            });
            self.classes.clear();
        }
        if self.classes.is_empty() {
            return Ok(());
        }
        out.file("classes.txt", (self.classes.join("\n") + "\n").as_bytes())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let shard = shard_of(image.split.as_deref());
        let mut fields = fields(image, left_out);
        let content = SampleLabels::of(sample, left_out);
        let bytes = match &image.bytes {
            ImageBytes::Memory(bytes) => Some(bytes.clone()),
            ImageBytes::Path(path) => Some(fs::read(path)?),
            _ => None,
        };
        match &bytes {
            Some(bytes) => {
                let given = image.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
                let given = given.filter(|ending| IMAGE_ENDINGS.contains(&ending.as_str()));
                let ending = given.unwrap_or_else(|| ending_of(bytes).to_owned());
                self.add(&shard, &ending, bytes)?;
            }
            None => left_out.note("image whose bytes are not stored", || image.name.clone()),
        }
        if let [class] = &content.classes[..]
            && let Some(number) = self.classes.iter().position(|other| other == class)
        {
            self.add(&shard, "cls", number.to_string().as_bytes())?;
        }
        match &content.classes[..] {
            [] => {}
            [class] => drop(fields.insert("label".to_owned(), class.as_str().into())),
            _ => drop(fields.insert("label".to_owned(), content.classes.into())),
        }
        match &content.texts[..] {
            [] => {}
            [text] if !text.is_empty() && text.trim() == text => self.add(&shard, "txt", text.as_bytes())?,
            _ => drop(fields.insert("text".to_owned(), content.texts.into())),
        }
        if !content.objects.is_empty() {
            fields.insert("objects".to_owned(), content.objects.into());
        }
        let json = serde_json::to_vec(&fields)?;
        self.add(&shard, "json", &json)?;
        self.samples += 1;
        if let Some((tar, number)) = self.shards.get_mut(&shard)
            && tar.get_ref().len() >= SHARD
        {
            let full = std::mem::replace(tar, Builder::new(Vec::new()));
            out.file(&format!("{shard}-{number:06}.tar"), &full.into_inner()?)?;
            *number += 1;
        }
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        for (shard, (tar, number)) in std::mem::take(&mut self.shards) {
            if !tar.get_ref().is_empty() {
                out.file(&format!("{shard}-{number:06}.tar"), &tar.into_inner()?)?;
            }
        }
        Ok(())
    }

    fn image_path(&self, _: &Image) -> Option<String> {
        None
    }

    fn has_images_within(&self) -> bool {
        true
    }
}

/// Notes the id of a label that is written as the class or the text of its image.
fn note_id(label: &Label, left_out: &mut Skipped) {
    if label.id.is_some() {
        left_out.note("id of a label of a whole image", || label.place.to_string());
    }
}

/// Returns the beginning of the names of the shards of a split.
fn shard_of(split: Option<&str>) -> String {
    let word = |c: char| if c.is_alphanumeric() { c } else { '_' };
    split.map_or_else(|| "data".to_owned(), |split| split.to_lowercase().chars().map(word).collect())
}

/// Returns the fields of an image.
fn fields(image: &Image, left_out: &mut Skipped) -> Map<String, Value> {
    let mut fields = Map::from_iter([(FILE_NAME.to_owned(), image.name.as_str().into())]);
    if let Some(exported) = &image.exported {
        fields.insert(STEMMA.to_owned(), json!({"source": exported.item, "version": exported.version}));
    }
    if let Some(split) = &image.split
        && split_of(&format!("{}-000000.tar", shard_of(Some(split)))) != Some(split)
    {
        fields.insert("split".to_owned(), split.as_str().into());
    }
    for (name, value) in &image.fields {
        let is_column = |columns: &[&str]| columns.contains(&name.as_str());
        if name == FILE_NAME || value.is_null() {
            continue;
        }
        let is_taken =
            is_column(&CLASSES) || is_column(&CAPTIONS) || is_column(&OBJECTS) || is_column(&BOXES);
        if is_taken || name == STEMMA || name == "split" {
            left_out
                .note("field of an image with the name of a column", || format!("{name} of {}", image.place));
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    fields
}

/// The labels of a sample.
#[derive(Default)]
struct SampleLabels {
    classes: Vec<String>,
    texts: Vec<String>,
    objects: Vec<Map<String, Value>>,
}

impl SampleLabels {
    fn of(sample: &Sample, left_out: &mut Skipped) -> Self {
        let mut content = Self::default();
        for label in &sample.labels {
            content.add(label, &sample.image.name, left_out);
        }
        content
    }

    fn add(&mut self, label: &Label, image: &str, left_out: &mut Skipped) {
        let which = || label.place.to_string();
        if label.origin == LabelOrigin::Prediction {
            left_out.note("prediction (WebDataset has annotations)", which);
            return;
        }
        if label.author.is_some() {
            left_out.note("author of a label", which);
        }
        let classes = label.classes();
        let only = |name: &str| label.fields.len() == 1 && label.fields.contains_key(name);
        if only(CLASS) && !classes.is_empty() && self.classes.is_empty() {
            self.classes = classes.into_iter().map(str::to_owned).collect();
            note_id(label, left_out);
            return;
        }
        if only(CAPTION)
            && let Some(text) = label.fields.get(CAPTION).and_then(Value::as_str)
        {
            self.texts.push(text.to_owned());
            note_id(label, left_out);
            return;
        }
        let mut object = Map::new();
        if let Some(id) = &label.id {
            let own = id.strip_prefix(image).and_then(|id| id.strip_prefix('/')).unwrap_or(id);
            let number = own.parse::<i64>().ok().filter(|number| number.to_string() == own);
            object.insert("id".to_owned(), number.map_or_else(|| own.into(), Value::from));
        }
        if let Some(exported) = &label.exported {
            object.insert(STEMMA.to_owned(), json!({"label": exported.item, "version": exported.version}));
        }
        for (name, value) in &label.fields {
            let column = match name.as_str() {
                CLASS => "category",
                BBOX | ATTRIBUTES => name,
                name if FIELDS.contains(&name) => name,
                _ => {
                    left_out
                        .note("field of a label that has no place", || format!("{name} of {}", label.place));
                    continue;
                }
            };
            object.insert(column.to_owned(), value.clone());
        }
        self.objects.push(object);
    }
}
