//! The files of an input, and the bytes of its images.

use std::borrow::Cow;
use std::path::PathBuf;

use super::super::record::fault::Reason;
use super::super::record::payload::ImportPayload;
use super::super::record::payload_files::PayloadFiles;
use crate::annotations::files::Files;
use crate::annotations::model::{FurtherFile, ImageBytes};

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

/// The files of an input that this process can read.
#[derive(Debug, Clone)]
pub(crate) struct SampleFiles {
    files: Files,
    payloads: Option<PayloadFiles>,
    other_files: OtherFiles,
}

impl SampleFiles {
    /// Creates the files of an input. `payloads` is the folder of images; without it only names are
    /// imported, unless the bytes are in the input.
    pub(crate) const fn new(files: Files, payloads: Option<PayloadFiles>, other_files: OtherFiles) -> Self {
        Self { files, payloads, other_files }
    }

    /// Returns the files at exactly this path, in the folder of payloads and in the input.
    pub(super) fn at(&self, path: &str) -> impl Iterator<Item = PathBuf> {
        let of_payloads = self.payloads.as_ref().and_then(|payloads| payloads.file(path));
        let of_input = self.files.get(path).and_then(|file| file.canonicalize().ok());
        of_payloads.into_iter().chain(of_input)
    }

    /// Returns the file of an image; `None` if its bytes are in memory, or if it has no file.
    pub(super) fn file_of(&self, bytes: &ImageBytes, name: &str) -> Option<PathBuf> {
        let find = |field: &str, name: &str| self.payloads.as_ref()?.find(field, name).ok();
        match bytes {
            ImageBytes::Path(path) => path.canonicalize().ok(),
            ImageBytes::File(path) => self.files.get(path)?.canonicalize().ok(),
            ImageBytes::ByName => find("file_name", name),
            ImageBytes::Named { field, name } => find(field, name),
            _ => None,
        }
    }

    /// Finds the bytes of an image.
    pub(super) fn bytes(&self, bytes: &ImageBytes, name: &str) -> Result<FoundBytes, Reason> {
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
    pub(super) fn further(&self, file: &FurtherFile) -> FoundBytes {
        let absent = "further file of a task, because it is not in the folder of payloads";
        self.bytes(&file.bytes, &file.name).unwrap_or(FoundBytes::Skipped(absent.into()))
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
