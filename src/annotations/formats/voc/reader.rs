//! The reader: images in the order of their XML files, then those without one.

use super::document::{content, document};
use super::held::held;
use super::inputs::{VocInput, index};
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::formats::shared::image_files::parted;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::{FILE_NAME, HEIGHT, WIDTH};
use crate::annotations::model::{ClassList, Image, ImageBytes, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// Reads the samples of a folder of XML files, or of one of them.
pub(super) struct VocReader {
    files: Files,
    size_of: fn(&std::path::Path) -> Option<(u64, u64)>,
    /// Made when the reader is first used.
    input: Option<VocInput>,
    next: usize,
    skipped: Skipped,
}

impl VocReader {
    pub(super) fn new(files: Files, options: &ReaderOptions) -> Self {
        Self { files, size_of: options.size_of, input: None, next: 0, skipped: Skipped::default() }
    }

    fn input(&mut self) -> Result<&VocInput, ReadStop> {
        let input = match self.input.take() {
            Some(input) => input,
            None => index(&self.files, &mut self.skipped)?,
        };
        Ok(self.input.insert(input))
    }
}

impl SampleReader for VocReader {
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
        let path = entry.xml.as_ref().or(entry.file.as_ref()).unwrap_or(&entry.name);
        let mut image = Image::new(RecordPlace::File(path.clone()), entry.name.clone());
        image.split.clone_from(&entry.split);
        let mut labels = Vec::new();
        if let Some(xml) = &entry.xml
            && let Some(root) = document(&self.files, xml)?
        {
            (image.fields, labels) = content(&root, xml, &mut self.skipped)?;
        }
        // The name in the file may be that of another image, or be spelled otherwise.
        let given = image.fields.get(FILE_NAME).and_then(serde_json::Value::as_str);
        if !given.is_some_and(|given| entry.name.ends_with(given)) {
            image.fields.insert(FILE_NAME.to_owned(), parted(&entry.name).1.into());
        }
        if let Some(file) = &entry.file {
            image.bytes = ImageBytes::File(file.clone());
            let system = self.files.get(file);
            if image.size().is_none()
                && let Some((width, height)) = system.and_then(|system| (self.size_of)(system))
            {
                image.fields.insert(WIDTH.to_owned(), width.into());
                image.fields.insert(HEIGHT.to_owned(), height.into());
            }
        }
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
