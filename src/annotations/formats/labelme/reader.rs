//! The reader: images in the order of their JSON files, then those without one.

use std::path::Path;

use serde_json::Value;

use super::document::document;
use super::held::held;
use super::inputs::{LabelmeInput, index};
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::formats::shared::image_files::parted;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::{FILE_NAME, HEIGHT, WIDTH};
use crate::annotations::model::{ClassList, Image, ImageBytes, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// Reads the samples of a folder of JSON files, or of one of them.
pub(super) struct LabelmeReader {
    files: Files,
    size_of: fn(&Path) -> Option<(u64, u64)>,
    /// Made when the reader is first used.
    input: Option<LabelmeInput>,
    next: usize,
    skipped: Skipped,
}

impl LabelmeReader {
    pub(super) fn new(files: Files, options: &ReaderOptions) -> Self {
        Self { files, size_of: options.size_of, input: None, next: 0, skipped: Skipped::default() }
    }

    fn input(&mut self) -> Result<&LabelmeInput, ReadStop> {
        let input = match self.input.take() {
            Some(input) => input,
            None => index(&self.files, &mut self.skipped)?,
        };
        Ok(self.input.insert(input))
    }
}

impl SampleReader for LabelmeReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        Ok(self.input()?.classes.clone())
    }

    fn holds(&self) -> HeldFields {
        held()
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        let at = self.next;
        self.input()?;
        let Some(entry) = self.input.as_ref().and_then(|input| input.entries.get(at)) else {
            return Ok(None);
        };
        self.next += 1;
        let path = entry.json.as_ref().or(entry.file.as_ref()).unwrap_or(&entry.name);
        let mut image = Image::new(RecordPlace::File(path.clone()), entry.name.clone());
        image.split.clone_from(&entry.split);
        let system = entry.file.as_ref().and_then(|file| self.files.get(file));
        let size = system.and_then(|system| (self.size_of)(system));
        if let Some(file) = &entry.file {
            image.bytes = ImageBytes::File(file.clone());
        }
        let mut labels = Vec::new();
        if let Some(json) = &entry.json {
            let document = document(&self.files, json, size, &mut self.skipped)?;
            (image.fields, labels) = (document.fields, document.labels);
            // The shapes are those of the image in the file, which labelme turns upright.
            let side = |name: &str| image.fields.get(name).and_then(Value::as_u64);
            let is_same = size.is_none() || side(WIDTH).zip(side(HEIGHT)) == size;
            if let Some(bytes) = document.bytes.filter(|_| entry.file.is_none() || !is_same) {
                image.bytes = ImageBytes::Memory(bytes);
            }
        } else if let Some((width, height)) = size {
            image.fields.insert(WIDTH.to_owned(), width.into());
            image.fields.insert(HEIGHT.to_owned(), height.into());
        }
        image.fields.insert(FILE_NAME.to_owned(), parted(&entry.name).1.into());
        Ok(Some(Sample { image, labels }))
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.next as u64, self.input.as_ref().map(|input| input.entries.len() as u64))
    }
}
