//! The samples of an input, with the bytes of their images.

use std::borrow::Cow;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::super::record::fault::{Reason, RecordPlace};
use super::super::record::payload::ImportPayload;
use super::super::record::payload_files::PayloadFiles;
use super::super::record::reader::{ReadStop, Skipped};
use crate::annotations::files::Files;
use crate::annotations::held::HeldFields;
use crate::annotations::model::{ClassList, FurtherFile, ImageBytes, Sample};
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

    /// Returns true if a folder of payloads that this process can read has these bytes at this path.
    fn has(&self, path: &str, digest: &Digest) -> bool;

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
    /// The names under which the folder of payloads has the same bytes, if the source knows them.
    pub elsewhere: Vec<String>,
}

/// The bytes of an image or of another file.
#[derive(Debug, Clone)]
pub(crate) enum FoundBytes {
    /// No bytes are imported.
    None,
    /// The bytes.
    Payload(ImportPayload),
    /// The file is not imported, and why.
    Skipped(Cow<'static, str>),
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

impl FoundBytes {
    /// Returns the bytes; `None` if none are imported.
    pub(crate) fn payload(&self) -> Option<&ImportPayload> {
        match self {
            Self::Payload(payload) => Some(payload),
            Self::None | Self::Skipped(_) => None,
        }
    }
}

/// The rule for a file that is not an image of a known format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherFiles {
    /// It is refused: the export names it as an image.
    Refused,
    /// It is skipped and counted: it is next to images.
    Skipped,
    /// It is imported: tasks have texts and recordings.
    Taken,
}

/// The samples of files that this process can read.
pub(crate) struct LocalSamples {
    reader: Box<dyn SampleReader>,
    files: Files,
    payloads: Option<PayloadFiles>,
    other_files: OtherFiles,
}

impl LocalSamples {
    /// Creates the source of what a reader of `files` returns. `payloads` is the folder of images;
    /// without it only names are imported, unless the bytes are in the input.
    pub(crate) fn new(
        reader: Box<dyn SampleReader>,
        files: Files,
        payloads: Option<PayloadFiles>,
        other_files: OtherFiles,
    ) -> Self {
        Self { reader, files, payloads, other_files }
    }

    fn bytes(&self, bytes: &ImageBytes, name: &str) -> Result<FoundBytes, Reason> {
        let of_file = |path: PathBuf, shown: &str| {
            ImportPayload::of_file(path)
                .map_err(|error| Reason::record(format!("cannot read the file {shown}: {error}")))
        };
        let found = match (bytes, &self.payloads) {
            (ImageBytes::Memory(bytes), _) => ImportPayload::of_bytes(bytes.clone()),
            (ImageBytes::Path(path), _) => of_file(path.clone(), name)?,
            (ImageBytes::File(path), _) => match self.files.get(path) {
                Some(file) => of_file(file.to_owned(), path)?,
                None => {
                    return Err(Reason::new("file_name", format!("there is no file {path} in the input")));
                }
            },
            (_, None) => return Ok(FoundBytes::None),
            (ImageBytes::ByName, Some(files)) => files.payload("file_name", name)?,
            (ImageBytes::Named { field, name }, Some(files)) => files.payload(field, name)?,
        };
        if found.meta.media.is_some() {
            return Ok(FoundBytes::Payload(found));
        }
        let what = other_file(&found.head);
        match self.other_files {
            OtherFiles::Taken => Ok(FoundBytes::Payload(found)),
            OtherFiles::Skipped => Ok(FoundBytes::Skipped(what.into())),
            OtherFiles::Refused => Err(Reason::record(format!(
                "expected an AVIF, BMP, GIF, HEIC, JPEG, PNG, TIFF or WebP image, found {what}"
            ))),
        }
    }

    /// Finds a further file of a task. It is stored only with its bytes.
    fn further(&self, file: &FurtherFile) -> FoundBytes {
        let absent = "further file of a task, because it is not in the folder of payloads";
        self.bytes(&file.bytes, &file.name).unwrap_or(FoundBytes::Skipped(absent.into()))
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
        let bytes = self.bytes(&image.bytes, &image.name).map_err(at(&image.place))?;
        let further = image.further.iter().map(|file| self.further(file)).collect();
        Ok(Some(FoundSample { sample, bytes, further, elsewhere: Vec::new() }))
    }

    fn has(&self, path: &str, digest: &Digest) -> bool {
        self.payloads.as_ref().is_some_and(|payloads| payloads.has(path, digest))
    }

    fn skipped(&mut self) -> Skipped {
        self.reader.skipped()
    }

    fn position(&self) -> u64 {
        self.reader.progress().0
    }
}

/// Returns the kind of a file that is not an image, from its first bytes.
fn other_file(head: &[u8]) -> &'static str {
    const KINDS: [(&[u8], &str); 9] = [
        (b"version https://git-lfs", "Git LFS pointer (get the file with git lfs pull)"),
        (b"\x00\x00\x00\x0cjP  ", "JPEG 2000 image, which is not supported"),
        (b"\xff\x0a", "JPEG XL image, which is not supported"),
        (b"\x00\x00\x00\x0cJXL ", "JPEG XL image, which is not supported"),
        (b"P4", "PNM image, which is not supported"),
        (b"P5", "PNM image, which is not supported"),
        (b"P6", "PNM image, which is not supported"),
        (b"<!DOCTYPE", "HTML page"),
        (b"<html", "HTML page"),
    ];
    if head.is_empty() {
        return "empty file";
    }
    if head.get(128..132) == Some(b"DICM") {
        return "DICOM image, which is not supported";
    }
    KINDS
        .iter()
        .find(|(start, _)| head.starts_with(start))
        .map_or("file that is not an image", |(_, kind)| kind)
}
