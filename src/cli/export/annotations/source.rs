//! The set to write, as a COCO document in a temporary file.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::PathBuf;

use indicatif::ProgressBar;
use serde_json::Value;
use tempfile::TempDir;

use crate::annotations::elements::Elements;
use crate::annotations::files::Files;
use crate::annotations::formats::{ReaderOptions, coco};
use crate::annotations::model::Image;
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::annotations::writer::SetInfo;
use crate::blob::media;
use crate::cli::export::coco::info;
use crate::cli::export::origin::{ExportPiece, ExportSource};
use crate::cli::export::target::ending;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::{Digest, Seq};

/// A set version that is exported.
pub(super) struct SetDocument {
    /// The set.
    pub info: SetInfo,
    path: PathBuf,
    /// The payloads of images, by the content ids of their versions.
    payloads: HashMap<String, (Digest, u64)>,
    ending: Vec<u8>,
    _folder: TempDir,
}

impl SetDocument {
    /// Exports the set to a temporary file.
    pub(super) async fn fetch(
        origin: &ExportSource,
        piece: &ExportPiece<'_>,
        seq: Seq,
        bar: &ProgressBar,
    ) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(|error| unwritten(&error))?;
        let path = folder.path().join("set.json");
        let mut file = BufWriter::new(File::create(&path).map_err(|error| unwritten(&error))?);
        origin.write(piece, seq, &mut file, bar).await?;
        file.flush().map_err(|error| unwritten(&error))?;
        drop(file);
        let ending =
            File::open(&path).and_then(|mut file| ending(&mut file)).map_err(|error| unwritten(&error))?;
        let (payloads, splits) = contents(&path)?;
        let info = info(&ending);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let info = SetInfo {
            name: text(&info["stemma"]["trainingSet"]),
            version: text(&info["stemma"]["version"]),
            committed_at: text(&info["date_created"]),
            splits: splits.into_iter().collect(),
        };
        Ok(Self { info, path, payloads, ending, _folder: folder })
    }

    /// Opens a reader at the beginning.
    pub(super) fn reader(&self) -> Result<Box<dyn SampleReader>> {
        let files = Files::open(&self.path)
            .map_err(|reason| Failure::new(format!("cannot read the set{}", reason.after_a_name())))?;
        let options = ReaderOptions {
            labels_from_folders: false,
            size_of: media::size_of_file,
            reference: None,
            variant: None,
        };
        (coco::FORMAT.reader)(files, &options).map_err(unreadable)
    }

    /// Returns the digest and the size of the bytes of an image; `None` if the store has none.
    pub(super) fn payload(&self, image: &Image) -> Option<(Digest, u64)> {
        self.payloads.get(image.exported.as_ref()?.version.as_ref()?).copied()
    }

    /// Returns the end of the document, which has the report.
    pub(super) fn ending(&self) -> &[u8] {
        &self.ending
    }
}

type Contents = (HashMap<String, (Digest, u64)>, BTreeSet<String>);

/// Reads the payloads of images, and the splits of images and labels.
fn contents(path: &PathBuf) -> Result<Contents> {
    let file = File::open(path).map_err(|error| unwritten(&error))?;
    let mut elements = Elements::new(BufReader::new(file));
    let (mut payloads, mut splits) = (HashMap::new(), BTreeSet::new());
    let is_wanted = |section: &str| matches!(section, "images" | "annotations");
    while let Some(element) =
        elements.next(is_wanted).map_err(|error| unreadable(ReadStop::Unreadable(error.to_string())))?
    {
        let entry: Value = serde_json::from_slice(element.text)
            .map_err(|error| Failure::because("the export is not JSON", &error))?;
        let stemma = &entry["stemma"];
        splits.extend(stemma["split"].as_str().map(str::to_owned));
        let payload = stemma["payload"].as_str().and_then(|digest| digest.parse().ok());
        if let (Some(payload), Some(size), Some(version)) =
            (payload, stemma["size"].as_u64(), stemma["version"].as_str())
            && element.section == "images"
        {
            payloads.insert(version.to_owned(), (payload, size));
        }
    }
    Ok((payloads, splits))
}

/// Returns the failure of the reader.
pub(super) fn unreadable(stop: ReadStop) -> Failure {
    Failure::new(match stop {
        ReadStop::Bad(fault) => format!("the set cannot be written in this format: {fault}"),
        ReadStop::Unreadable(why) => format!("the set cannot be read: {why}"),
    })
}

fn unwritten(error: &io::Error) -> Failure {
    Failure::because("cannot write a temporary file", error).hint("check the free disk space, or set TMPDIR")
}
