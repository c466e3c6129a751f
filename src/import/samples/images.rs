//! Recognition of images: by their bytes, else by their name.

use std::collections::HashMap;
use std::path::PathBuf;

use super::super::record::fault::Reason;
use super::super::record::naming::ItemNaming;
use super::super::record::payload::ImportPayload;
use super::super::record::payload_files::PayloadFiles;
use super::SampleOptions;
use super::known::KnownStore;
use crate::annotations::model::{Image, ImageBytes};
use crate::annotations::names;
use crate::domain::id::{Digest, ItemId, hex};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::names::reference;

/// Recognises the images of one file.
#[derive(Debug, Default)]
pub(super) struct ImageFinder {
    /// The images that were recognised, with the digests of their names in the file.
    claimed: HashMap<ItemId, Digest>,
    /// The number of images that have a new name.
    pub moved: u64,
}

/// The payload of an image.
pub(super) enum ImagePayload {
    /// No bytes are imported.
    None,
    /// The bytes.
    Found(ImportPayload),
    /// The file is no image, and what it is instead.
    Skipped(&'static str),
}

/// What is done with a file that is not an image of a known format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherFiles {
    /// It is refused: the export names it as an image.
    Refused,
    /// It is skipped and counted: it is next to images.
    Skipped,
    /// It is imported: tasks have texts and recordings.
    Taken,
}

/// Finds and hashes the bytes of an image.
pub(super) fn payload(image: &Image, options: &SampleOptions) -> Result<ImagePayload, Reason> {
    let of_file = |path: PathBuf| {
        ImportPayload::of_file(path).map_err(|error| Reason::record(format!("it cannot be read: {error}")))
    };
    let found = match (&image.bytes, &options.payloads) {
        (ImageBytes::Memory(bytes), _) => ImportPayload::of_bytes(bytes.clone()),
        (ImageBytes::Path(path), _) => of_file(path.clone())?,
        (ImageBytes::File(path), _) => match options.files.get(path) {
            Some(file) => of_file(file.to_owned())?,
            None => return Err(Reason::new("file_name", format!("there is no file {path} in the input"))),
        },
        (_, None) => return Ok(ImagePayload::None),
        (ImageBytes::ByName, Some(files)) => files.payload("file_name", &image.name)?,
        (ImageBytes::Named { field, name }, Some(files)) => files.payload(field, name)?,
    };
    if found.meta.media.is_some() {
        return Ok(ImagePayload::Found(found));
    }
    let what = other_file(&found.head);
    match options.other_files {
        OtherFiles::Taken => Ok(ImagePayload::Found(found)),
        OtherFiles::Skipped => Ok(ImagePayload::Skipped(what)),
        OtherFiles::Refused => Err(Reason::record(format!(
            "expected an AVIF, BMP, GIF, HEIC, JPEG, PNG, TIFF or WebP image, found {what}"
        ))),
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

impl ImageFinder {
    /// Returns the item of an image: the one that the file names, if stemma wrote it; else the
    /// image with the same bytes that has left its old name; else the one of the same name; else a
    /// new one.
    pub(super) fn item(
        &mut self,
        image: &Image,
        payload: Option<&ImportPayload>,
        naming: &ItemNaming,
        known: Option<&KnownStore>,
        files: Option<&PayloadFiles>,
    ) -> Result<ItemKey, Reason> {
        let item = self.recognised(image, payload, naming, known, files)?;
        self.claimed.insert(item.id(), Digest::of(image.name.as_bytes()));
        Ok(item)
    }

    fn recognised(
        &mut self,
        image: &Image,
        payload: Option<&ImportPayload>,
        naming: &ItemNaming,
        known: Option<&KnownStore>,
        files: Option<&PayloadFiles>,
    ) -> Result<ItemKey, Reason> {
        let plain = naming.item(Kind::Source, "file_name", &names::key_of(&image.name))?;
        let Some(known) = known else { return Ok(plain) };
        let exported = image.exported.as_ref().and_then(|exported| reference::item(&exported.item).ok());
        if let Some(item) = exported.filter(|item| item.kind == Kind::Source && known.has(item)) {
            return Ok(item);
        }
        // Earlier releases kept the name as it was.
        let raw = naming.item(Kind::Source, "file_name", &image.name).ok().filter(|raw| known.has(raw));
        let named = raw.or_else(|| known.has(&plain).then(|| plain.clone()));
        if let Some(payload) = payload {
            let digest = &payload.meta.digest;
            if let Some(named) = named.as_ref().filter(|named| known.has_payload(named, digest)) {
                return Ok(named.clone());
            }
            let has_left = |item: &ItemKey| {
                let name = item.key().strip_prefix(&naming.prefix).unwrap_or_default();
                files.is_none_or(|files| !files.has(name, digest))
            };
            let moved = known.images_with(digest).into_iter();
            if let Some(item) = moved.filter(|item| !self.claimed.contains_key(&item.id())).find(has_left) {
                self.moved += 1;
                return Ok(item);
            }
        }
        // The name may be that of an image that was moved to another name.
        let is_free = |item: &ItemKey| {
            let name = self.claimed.get(&item.id());
            name.is_none_or(|name| *name == Digest::of(image.name.as_bytes()))
        };
        match (named.unwrap_or(plain), payload) {
            (item, None) => Ok(item),
            (item, _) if is_free(&item) => Ok(item),
            (_, Some(payload)) => {
                let digest = hex(payload.meta.digest.as_bytes());
                let key = format!("{}~{}", names::key_of(&image.name), &digest[..8]);
                naming.item(Kind::Source, "file_name", &key)
            }
        }
    }
}
