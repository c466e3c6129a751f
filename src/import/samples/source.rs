//! The samples of an input, with the bytes of their images.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::record::fault::{Reason, RecordPlace};
use super::super::record::payload::ImportPayload;
use super::super::record::reader::{ReadStop, Skipped};
use super::files::{FoundBytes, SampleFiles};
use super::input_images::InputImages;
use super::listed::ListedImages;
use crate::annotations::held::HeldFields;
use crate::annotations::model::{ClassList, Sample};
use crate::annotations::reader::SampleReader;
use crate::domain::id::Digest;

/// The samples of an input, in this process or in another one.
///
/// [`classes`](Self::classes), [`about`](Self::about), [`holds`](Self::holds) and [`ids`](Self::ids)
/// are called once, in this order, before the first sample.
pub(crate) trait SampleSource: Send {
    /// Returns the classes of the input.
    fn classes(&mut self) -> Result<ClassList, ReadStop>;

    /// Returns what the input says about the set as a whole.
    fn about(&mut self) -> Map<String, Value>;

    /// Returns the fields of labels that the input can hold.
    fn holds(&self) -> HeldFields;

    /// Calls `note` with the name of the image and the id of each label that has an id.
    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop>;

    /// Returns the next sample; `None` at the end.
    fn next(&mut self) -> Result<Option<FoundSample>, ReadStop>;

    /// Returns the images of all inputs of the command, those of the same bytes with their labels;
    /// `has_several` is true of the bytes of several stored images. Called when the item of one depends on
    /// others, which is rare.
    fn images(&mut self, has_several: &dyn Fn(&Digest) -> bool) -> Result<ListedImages, ReadStop>;

    /// Returns true if this process can read the inputs of the command, and one of them has these bytes
    /// under this name.
    fn has(&self, name: &str, digest: &Digest) -> bool;

    /// Takes the entries that were skipped since the last call.
    fn skipped(&mut self) -> Skipped;

    /// Returns the position in the input, for the progress.
    fn position(&self) -> u64;
}

/// A sample with the bytes of its image and of its further files.
#[derive(Debug, Clone)]
pub(crate) struct FoundSample {
    /// The sample.
    pub sample: Sample,
    /// The bytes of its image.
    pub bytes: FoundBytes,
    /// The bytes of its further files, in their order.
    pub further: Vec<FoundBytes>,
}

impl FoundSample {
    /// Returns the bytes of its image and of its further files.
    pub(crate) fn payloads(&self) -> impl Iterator<Item = &ImportPayload> {
        std::iter::once(&self.bytes).chain(&self.further).filter_map(FoundBytes::payload)
    }

    /// Returns the number of these bytes that are in memory.
    pub(crate) fn in_memory(&self) -> usize {
        self.payloads().map(ImportPayload::in_memory).sum()
    }
}

/// The samples of files that this process can read.
pub(crate) struct LocalSamples {
    reader: Box<dyn SampleReader>,
    files: SampleFiles,
    /// The images of all inputs of the command.
    all: Arc<InputImages>,
}

impl LocalSamples {
    /// Creates the source of what a reader of `files` returns.
    pub(crate) fn new(reader: Box<dyn SampleReader>, files: SampleFiles, all: Arc<InputImages>) -> Self {
        Self { reader, files, all }
    }
}

impl SampleSource for LocalSamples {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        self.reader.classes()
    }

    fn about(&mut self) -> Map<String, Value> {
        self.reader.about()
    }

    fn holds(&self) -> HeldFields {
        self.reader.holds()
    }

    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        self.reader.ids(note)
    }

    fn next(&mut self) -> Result<Option<FoundSample>, ReadStop> {
        let Some(sample) = self.reader.next()? else { return Ok(None) };
        let at = |place: &RecordPlace| {
            let place = place.clone();
            move |reason: Reason| reason.at(place)
        };
        let image = &sample.image;
        let bytes = self.files.bytes(&image.bytes, &image.name).map_err(at(&image.place))?;
        let further = image.further.iter().map(|file| self.files.further(file)).collect();
        Ok(Some(FoundSample { sample, bytes, further }))
    }

    fn images(&mut self, has_several: &dyn Fn(&Digest) -> bool) -> Result<ListedImages, ReadStop> {
        let mut listed = self.all.listed()?;
        self.all.add_labels(&mut listed, has_several)?;
        Ok(listed)
    }

    fn has(&self, name: &str, digest: &Digest) -> bool {
        self.all.has(name, digest)
    }

    fn skipped(&mut self) -> Skipped {
        self.reader.skipped()
    }

    fn position(&self) -> u64 {
        self.reader.progress().0
    }
}
