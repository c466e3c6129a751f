//! Inputs of an import: a file, standard input or a folder, opened as records of its format.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::super::record::payload::PayloadFolder;
use super::super::record::reader::{ReadStop, RecordSource};
use super::coco::{self, CocoRecords};
use super::detect::detect;
use super::formats::Format;
use super::images::{self, ImageRecords};
use super::label_studio::{self, LabelStudioRecords};
use super::labelling_export::{ItemNaming, PinnedSet};
use super::ndjson::NdjsonRecords;
use super::table::{Rows, TableKind};
use crate::cli::shared::failure::{Failure, Result};

const BUFFER: usize = 256 * 1024;

/// The options of all formats.
pub(crate) struct InputOptions {
    pub format: Format,
    pub naming: ItemNaming,
    pub payloads: Option<PathBuf>,
    pub table: Option<String>,
    /// The key of the training set to pin, and the split if it is given.
    pub set: Option<(String, Option<String>)>,
    pub labels_from_folders: bool,
    pub predictions: bool,
}

/// An input that is ready to be read.
pub(crate) struct ImportInput {
    /// The name for messages.
    pub name: String,
    /// The records of the input.
    pub records: Box<dyn RecordSource>,
    /// The length for the progress bar.
    pub length: Length,
    /// The format of the input.
    pub format: Format,
}

/// The length of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// The number of bytes, if known.
    Bytes(Option<u64>),
    /// The number of rows.
    Rows(u64),
}

/// Opens a path: one input, or all record files of a folder in the order of their dependencies.
pub(crate) fn open(path: &Path, options: &InputOptions) -> Result<Vec<ImportInput>> {
    if path.as_os_str() == "-" {
        return Ok(vec![opened_stdin(options)?]);
    }
    let name = path.display().to_string();
    let about = fs::metadata(path).map_err(|error| unreadable(&name, &error))?;
    if !about.is_dir() {
        let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
        return Ok(vec![opened(file, about.is_file(), path, options, options.payloads.as_deref())?]);
    }
    let folder = PayloadFolder::open(path).map_err(|error| unreadable(&name, &error))?;
    let tables = if options.format == Format::Images { Vec::new() } else { tables(path, options.format)? };
    if tables.is_empty() {
        return match options.format {
            Format::Auto | Format::Images => Ok(vec![pictures(folder, name, options)?]),
            other => Err(Failure::new(format!("there are no {} files in {name}", other.name()))),
        };
    }
    let payloads = options.payloads.as_deref().unwrap_or(path);
    let inputs = tables.into_iter().map(|table| {
        let file = File::open(&table).map_err(|error| unreadable(&table.display().to_string(), &error))?;
        opened(file, true, &table, options, Some(payloads))
    });
    inputs.collect()
}

/// Returns the record files of a folder in the order of [`TableKind::named`].
fn tables(folder: &Path, format: Format) -> Result<Vec<PathBuf>> {
    let name = || folder.display().to_string();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(&name(), &error))? {
        let path = entry.map_err(|error| unreadable(&name(), &error))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let fits = match ending {
            Some("ndjson") => matches!(format, Format::Auto | Format::Ndjson),
            Some("parquet") => matches!(format, Format::Auto | Format::Parquet),
            _ => false,
        };
        if fits && path.is_file() {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let place = TableKind::named(stem).map_or(usize::MAX, |(place, _)| place);
            found.push((place, path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// An input whose format is known.
struct DetectedInput<'a> {
    name: String,
    /// The file's name without its extension; empty for standard input.
    stem: &'a str,
    format: Format,
    payloads: Option<PayloadFolder>,
}

fn opened(
    mut file: File,
    is_plain: bool,
    path: &Path,
    options: &InputOptions,
    payloads: Option<&Path>,
) -> Result<ImportInput> {
    let name = path.display().to_string();
    let (head, format) = detected_format(&mut file, &name, options.format)?;
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let detected = DetectedInput { name, stem, format, payloads: folder(payloads)? };
    if !is_plain {
        // A named pipe.
        return streamed(Cursor::new(head).chain(file), detected, options);
    }
    let length = file.rewind().and_then(|()| file.metadata()).map(|about| about.len());
    let length = length.map_err(|error| unreadable(&detected.name, &error))?;
    if format == Format::Ndjson {
        return Ok(detected.lines(file, Some(length)));
    }
    seekable(file, length, detected, options)
}

fn opened_stdin(options: &InputOptions) -> Result<ImportInput> {
    let name = "standard input".to_owned();
    let mut input = io::stdin();
    let (head, format) = detected_format(&mut input, &name, options.format)?;
    let detected = DetectedInput { name, stem: "", format, payloads: folder(options.payloads.as_deref())? };
    streamed(Cursor::new(head).chain(input), detected, options)
}

/// Opens an input that cannot be read twice: NDJSON is read as it arrives, other formats are first
/// copied to an unnamed temporary file.
fn streamed(
    mut input: impl io::Read + Send + 'static,
    detected: DetectedInput<'_>,
    options: &InputOptions,
) -> Result<ImportInput> {
    if detected.format == Format::Ndjson {
        return Ok(detected.lines(input, None));
    }
    let mut keep = || -> io::Result<(File, u64)> {
        let mut file = tempfile::tempfile()?;
        let length = io::copy(&mut input, &mut file)?;
        file.flush()?;
        file.rewind()?;
        Ok((file, length))
    };
    let (file, length) = keep().map_err(|error| unreadable(&detected.name, &error))?;
    seekable(file, length, detected, options)
}

impl DetectedInput<'_> {
    fn lines(self, input: impl io::Read + Send + 'static, length: Option<u64>) -> ImportInput {
        let records = NdjsonRecords::new(BufReader::with_capacity(BUFFER, input), self.payloads);
        let (name, format) = (self.name, self.format);
        ImportInput { name, records: Box::new(records), length: Length::Bytes(length), format }
    }
}

fn seekable(
    file: File,
    length: u64,
    detected: DetectedInput<'_>,
    options: &InputOptions,
) -> Result<ImportInput> {
    let DetectedInput { name, stem, format, payloads } = detected;
    let naming = options.naming.clone();
    let set = options.pinned(stem);
    let (records, length): (Box<dyn RecordSource>, Length) = match format {
        Format::Coco => {
            let records = CocoRecords::new(file, coco::CocoOptions { naming, payloads, set })
                .map_err(stopped(&name))?;
            (Box::new(records), Length::Bytes(Some(length * CocoRecords::PASSES)))
        }
        Format::LabelStudio => {
            let predictions = options.predictions;
            let how = label_studio::LabelStudioOptions { naming, payloads, set, predictions };
            let input = BufReader::with_capacity(BUFFER, file);
            (
                Box::new(LabelStudioRecords::new(input, how).map_err(stopped(&name))?),
                Length::Bytes(Some(length)),
            )
        }
        Format::Parquet => {
            let table = table(options.table.as_deref(), stem, &name)?;
            let (records, rows) = Rows::open(file, table, payloads)
                .map_err(|why| Failure::new(format!("cannot read {name} as Parquet: {why}")))?;
            (Box::new(records), Length::Rows(rows))
        }
        Format::Auto | Format::Ndjson | Format::Images => {
            return Err(Failure::usage(format!("expected a folder of images, found the file {name}")));
        }
    };
    Ok(ImportInput { name, records, length, format })
}

fn stopped(name: &str) -> impl Fn(ReadStop) -> Failure {
    move |stop| match stop {
        ReadStop::Bad(fault) => Failure::new(format!("{name}, {fault}")),
        ReadStop::Unreadable(why) => Failure::new(format!("cannot read {name}: {why}")),
    }
}

impl InputOptions {
    /// Returns the training set to pin for a file of this name.
    fn pinned(&self, stem: &str) -> Option<PinnedSet> {
        let (key, split) = self.set.clone()?;
        Some(PinnedSet { key, split: split.unwrap_or_else(|| split_of(stem)) })
    }
}

fn pictures(folder: PayloadFolder, name: String, options: &InputOptions) -> Result<ImportInput> {
    let how = images::ImageOptions {
        naming: options.naming.clone(),
        set: options.pinned(""),
        labels: options.labels_from_folders,
    };
    let records = ImageRecords::new(folder, how).map_err(stopped(&name))?;
    Ok(ImportInput { name, records: Box::new(records), length: Length::Bytes(None), format: Format::Images })
}

/// Returns the format of an input, and the bytes that were read to detect it.
fn detected_format(input: &mut impl io::Read, name: &str, asked: Format) -> Result<(Vec<u8>, Format)> {
    if asked != Format::Auto {
        return Ok((Vec::new(), asked));
    }
    let (head, format) = detect(input).map_err(|error| unreadable(name, &error))?;
    match format {
        Some(format) => Ok((head, format)),
        None => Err(Failure::new(format!("the format of {name} is not recognised"))
            .hint("formats are NDJSON, Parquet, COCO, Label Studio's JSON export, and folders of images; see docs/import.md")),
    }
}

fn table(given: Option<&str>, stem: &str, name: &str) -> Result<TableKind> {
    let unknown = || {
        Failure::usage(format!("the table of the rows of {name} is not known"))
            .hint(format!("give it with --table: one of {}", TableKind::names()))
    };
    TableKind::named(given.unwrap_or(stem)).map(|(_, table)| table).ok_or_else(unknown)
}

/// Returns the split that a file's name contains (default TRAIN).
fn split_of(stem: &str) -> String {
    let stem = stem.to_ascii_lowercase();
    let splits = [("train", "TRAIN"), ("val", "VALIDATION"), ("test", "TEST")];
    splits.iter().find(|(part, _)| stem.contains(part)).map_or("TRAIN", |(_, split)| split).to_owned()
}

fn folder(path: Option<&Path>) -> Result<Option<PayloadFolder>> {
    let open = |path: &Path| {
        PayloadFolder::open(path).map_err(|error| {
            Failure::because(format!("cannot read the folder of payloads {}", path.display()), &error)
        })
    };
    path.map(open).transpose()
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::because(format!("cannot read {name}"), error)
}
