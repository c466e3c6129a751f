//! The messages of an import over the network, one JSON value on each line.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::annotations::held::HeldFields;
use crate::annotations::matching::LabelHash;
use crate::annotations::model::{ClassList, Label, Sample};
use crate::blob::BlobMeta;
use crate::domain::id::{Digest, hex, unhex};
use crate::domain::media::{ImageSize, Media, told};
use crate::import::record::fault::{Reason, RecordPlace};
use crate::import::record::payload::ImportPayload;
use crate::import::record::reader::ReadStop;
use crate::import::samples::files::FoundBytes;
use crate::import::samples::listed::ListedImage;
use crate::import::samples::source::FoundSample;
use crate::import::settings::ExportInput;

/// A message to the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Message {
    /// Begins an input of an export. With `check` it is only checked, which precedes all imports.
    Export {
        /// The input.
        input: ExportInput,
        /// True if nothing is imported.
        check: bool,
    },
    /// Begins an input of records.
    Records {
        /// The name of the input, for messages.
        name: String,
    },
    /// Follows `export`: what the input says about the set as a whole.
    Head {
        /// The classes.
        classes: ClassList,
        /// Other fields.
        about: Map<String, Value>,
        /// The fields of labels that it can hold.
        #[serde(default)]
        holds: HeldFields,
    },
    /// Follows `head`, any number of times: the image and the id of labels.
    Ids(Vec<(String, String)>),
    /// An image with its labels.
    Sample(Box<SentSample>),
    /// Follows a sample that has more labels, until the last ones.
    Labels {
        /// More labels of the image.
        labels: Vec<Label>,
        /// True if more follow.
        more: bool,
    },
    /// The images of all inputs, any number of times after the server has asked for them.
    Images {
        /// Images.
        images: Vec<SentImage>,
        /// The splits of the inputs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        splits: Vec<String>,
        /// True if more follow.
        more: bool,
    },
    /// A record.
    Record(Box<SentRecord>),
    /// The input cannot be read further.
    Stop(ReadStop),
    /// Ends the input.
    End {
        /// The entries that were skipped: what, how many, the first.
        skipped: Vec<(String, u64, String)>,
    },
}

/// A sample. The bytes of its files were uploaded before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentSample {
    /// The sample.
    pub sample: Sample,
    /// The bytes of its image.
    pub bytes: SentBytes,
    /// The bytes of its further files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<SentBytes>,
    /// True if more labels follow.
    #[serde(default)]
    pub more: bool,
}

/// An image of the inputs, by what it may be recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentImage {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exported: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    /// The names under which the inputs have the same bytes, of those that stored images have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    elsewhere: Vec<String>,
    /// Its labels, if there may be several images of its bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<LabelHash>,
}

/// The bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SentBytes {
    /// No bytes are imported.
    None,
    /// Uploaded bytes.
    Payload(SentPayload),
    /// The file is not imported, and why.
    Skipped(String),
}

/// A payload that was uploaded, or would be in a dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentPayload {
    digest: String,
    sha256: String,
    size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pixels: Option<(u32, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    orientation: Option<u8>,
    /// True if this import has uploaded it.
    #[serde(default)]
    is_new: bool,
}

/// A record of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentRecord {
    /// The place in the input.
    pub place: RecordPlace,
    /// The record, as a line of an import file.
    pub record: Map<String, Value>,
    /// Its approximate size, in bytes.
    pub bytes: usize,
    /// The digest of the file through this record, in hexadecimal digits.
    pub digest: String,
    /// Its payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<SentPayload>,
}

impl SentPayload {
    /// Describes a payload; `new` has those that this import has uploaded.
    pub(crate) fn of(payload: &ImportPayload, new: &HashSet<Digest>) -> Self {
        let BlobMeta { digest, sha256, size, media } = payload.meta;
        Self {
            digest: digest.to_string(),
            sha256: hex(&sha256),
            size,
            media_type: media.map(|media| media.media_type.to_owned()),
            pixels: media.and_then(|media| media.size).map(|size| (size.width, size.height)),
            orientation: payload.orientation,
            is_new: new.contains(&digest),
        }
    }

    /// Returns the payload, whose bytes the store must have.
    pub(crate) fn payload(&self) -> Result<ImportPayload, Reason> {
        let refused = |why: String| Reason::new("payload", why);
        let digest = self.digest.parse().map_err(|error| refused(format!("{error}")))?;
        let sha256 = unhex(&self.sha256).ok_or_else(|| {
            refused(format!("expected a SHA-256 in 64 hexadecimal digits, found {:?}", self.sha256))
        })?;
        let media_type = match &self.media_type {
            Some(text) => Some(
                told(text)
                    .ok_or_else(|| refused(format!("expected the media type of an image, found {text:?}")))?,
            ),
            None => None,
        };
        let size = self.pixels.map(|(width, height)| ImageSize { width, height });
        let media = media_type.map(|media_type| Media { media_type, size });
        let meta = BlobMeta { digest, sha256, size: self.size, media };
        Ok(ImportPayload::uploaded(meta, self.orientation, self.is_new))
    }
}

impl SentBytes {
    /// Describes the bytes of a file; `new` has the payloads that this import has uploaded.
    pub(crate) fn of(bytes: &FoundBytes, new: &HashSet<Digest>) -> Self {
        match bytes {
            FoundBytes::None => Self::None,
            FoundBytes::Payload(payload) => Self::Payload(SentPayload::of(payload, new)),
            FoundBytes::Skipped(what) => Self::Skipped(what.to_string()),
        }
    }

    fn found(&self) -> Result<FoundBytes, Reason> {
        Ok(match self {
            Self::None => FoundBytes::None,
            Self::Payload(payload) => FoundBytes::Payload(payload.payload()?),
            Self::Skipped(what) => FoundBytes::Skipped(what.clone().into()),
        })
    }
}

impl SentSample {
    /// Returns the sample as if this process had read it.
    pub(crate) fn found(self) -> Result<FoundSample, Reason> {
        let bytes = self.bytes.found()?;
        let further = self.further.iter().map(SentBytes::found).collect::<Result<_, _>>()?;
        Ok(FoundSample { sample: self.sample, bytes, further })
    }
}

impl SentImage {
    /// Describes an image.
    pub(crate) fn of(image: ListedImage) -> Self {
        let ListedImage { name, exported, address, bytes, elsewhere, labels } = image;
        Self { name, exported, address, digest: bytes.map(|digest| digest.to_string()), elsewhere, labels }
    }

    /// Returns the image.
    pub(crate) fn listed(self) -> Result<ListedImage, Reason> {
        let Self { name, exported, address, digest, elsewhere, mut labels } = self;
        labels.sort_unstable();
        let bytes = digest.map(|digest| digest.parse()).transpose();
        let bytes = bytes.map_err(|error| Reason::new("digest", format!("{error}")))?;
        Ok(ListedImage { name, exported, address, bytes, elsewhere, labels })
    }
}
