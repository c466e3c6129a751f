//! What is imported: a file, standard input or a folder, opened as records of its format.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::super::record::payload::Folder;
use super::super::record::reader::{Records, Stop};
use super::coco::{self, Coco};
use super::detect::detect;
use super::images::{self, Images};
use super::label_studio::{self, LabelStudio};
use super::labelling_export::{Naming, Pinned};
use super::ndjson::Ndjson;
use super::table::{Rows, Table};
use crate::cli::shared::failure::{Failure, Result};

const BUFFER: usize = 256 * 1024;

/// The formats that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli::import) enum Format {
    /// What the content says.
    Auto,
    /// Records, one JSON object a line.
    Ndjson,
    /// Records, one a row of a Parquet file.
    Parquet,
    /// A COCO annotation file.
    Coco,
    /// A JSON export of Label Studio.
    LabelStudio,
    /// A folder of images.
    Images,
}

/// How inputs are read.
pub(in crate::cli::import) struct Options {
    pub format: Format,
    pub naming: Naming,
    pub payloads: Option<PathBuf>,
    pub table: Option<String>,
    /// The set to pin, and its split where one was given.
    pub set: Option<(String, Option<String>)>,
    pub labels_from_folders: bool,
    pub predictions: bool,
}

/// An input that is ready to be read.
pub(in crate::cli::import) struct Input {
    /// How messages call it.
    pub name: String,
    /// Its records.
    pub records: Box<dyn Records>,
    /// How far reading goes.
    pub length: Length,
    /// Which format it has.
    pub format: Format,
}

/// The length of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli::import) enum Length {
    /// So many bytes, where that is known.
    Bytes(Option<u64>),
    /// So many rows.
    Rows(u64),
}

impl Format {
    /// Whether it is an export, which is compared with what is there.
    pub(in crate::cli::import) const fn is_export(self) -> bool {
        matches!(self, Self::Coco | Self::LabelStudio | Self::Images)
    }

    /// What keys of its labels begin with, behind the prefix, where labels that are gone can be told.
    pub(in crate::cli::import) const fn labels(self) -> Option<&'static str> {
        match self {
            Self::Coco => Some(coco::LABELS),
            Self::LabelStudio => Some(label_studio::LABELS),
            _ => None,
        }
    }

    /// Its name on the command line.
    pub(in crate::cli::import) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
            Self::Coco => coco::FORMAT,
            Self::LabelStudio => label_studio::FORMAT,
            Self::Images => images::FORMAT,
        }
    }
}

/// Opens what a path leads to: one input, or the several of a folder of record files, in the order in which they build on
/// each other.
pub(in crate::cli::import) fn open(path: &Path, options: &Options) -> Result<Vec<Input>> {
    if path.as_os_str() == "-" {
        return Ok(vec![opened_stdin(options)?]);
    }
    let name = path.display().to_string();
    let about = fs::metadata(path).map_err(|error| unreadable(&name, &error))?;
    if !about.is_dir() {
        let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
        return Ok(vec![opened(file, about.is_file(), path, options, options.payloads.as_deref())?]);
    }
    let folder = Folder::open(path).map_err(|error| unreadable(&name, &error))?;
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

/// The record files of a folder, in the order of what they hold.
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
            let place = Table::named(stem).map_or(usize::MAX, |(place, _)| place);
            found.push((place, path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// An input whose format is known.
struct Told<'a> {
    name: String,
    /// The file's name without its ending; empty where it has none.
    stem: &'a str,
    format: Format,
    payloads: Option<Folder>,
}

fn opened(
    mut file: File,
    is_plain: bool,
    path: &Path,
    options: &Options,
    payloads: Option<&Path>,
) -> Result<Input> {
    let name = path.display().to_string();
    let (head, format) = tell(&mut file, &name, options.format)?;
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let told = Told { name, stem, format, payloads: folder(payloads)? };
    if !is_plain {
        // A pipe with a name.
        return streamed(Cursor::new(head).chain(file), told, options);
    }
    let length = file.rewind().and_then(|()| file.metadata()).map(|about| about.len());
    let length = length.map_err(|error| unreadable(&told.name, &error))?;
    if format == Format::Ndjson {
        return Ok(told.lines(file, Some(length)));
    }
    seekable(file, length, told, options)
}

fn opened_stdin(options: &Options) -> Result<Input> {
    let name = "standard input".to_owned();
    let mut input = io::stdin();
    let (head, format) = tell(&mut input, &name, options.format)?;
    let told = Told { name, stem: "", format, payloads: folder(options.payloads.as_deref())? };
    streamed(Cursor::new(head).chain(input), told, options)
}

/// What cannot be read twice: records are taken as they come, the rest is kept in a file without a name until it is read.
fn streamed(mut input: impl io::Read + Send + 'static, told: Told<'_>, options: &Options) -> Result<Input> {
    if told.format == Format::Ndjson {
        return Ok(told.lines(input, None));
    }
    let mut keep = || -> io::Result<(File, u64)> {
        let mut file = tempfile::tempfile()?;
        let length = io::copy(&mut input, &mut file)?;
        file.flush()?;
        file.rewind()?;
        Ok((file, length))
    };
    let (file, length) = keep().map_err(|error| unreadable(&told.name, &error))?;
    seekable(file, length, told, options)
}

impl Told<'_> {
    fn lines(self, input: impl io::Read + Send + 'static, length: Option<u64>) -> Input {
        let records = Ndjson::new(BufReader::with_capacity(BUFFER, input), self.payloads);
        let (name, format) = (self.name, self.format);
        Input { name, records: Box::new(records), length: Length::Bytes(length), format }
    }
}

fn seekable(file: File, length: u64, told: Told<'_>, options: &Options) -> Result<Input> {
    let Told { name, stem, format, payloads } = told;
    let naming = options.naming.clone();
    let set = options.pinned(stem);
    let (records, length): (Box<dyn Records>, Length) = match format {
        Format::Coco => {
            let records = Coco::new(file, coco::Options { naming, payloads, set }).map_err(stopped(&name))?;
            (Box::new(records), Length::Bytes(Some(length * Coco::PASSES)))
        }
        Format::LabelStudio => {
            let predictions = options.predictions;
            let how = label_studio::Options { naming, payloads, set, predictions };
            let input = BufReader::with_capacity(BUFFER, file);
            (Box::new(LabelStudio::new(input, how).map_err(stopped(&name))?), Length::Bytes(Some(length)))
        }
        Format::Parquet => {
            let table = table(options.table.as_deref(), stem, &name)?;
            let (records, rows) = Rows::open(file, table, payloads)
                .map_err(|why| Failure::new(format!("{name} is no Parquet file that can be read: {why}")))?;
            (Box::new(records), Length::Rows(rows))
        }
        Format::Auto | Format::Ndjson | Format::Images => {
            return Err(Failure::usage(format!("{name} is not a folder of images")));
        }
    };
    Ok(Input { name, records, length, format })
}

fn stopped(name: &str) -> impl Fn(Stop) -> Failure {
    move |stop| match stop {
        Stop::Bad(fault) => Failure::new(format!("{name}, {fault}")),
        Stop::Unreadable(why) => Failure::new(format!("cannot read {name}: {why}")),
    }
}

impl Options {
    /// The set to pin of a file of this name.
    fn pinned(&self, stem: &str) -> Option<Pinned> {
        let (key, split) = self.set.clone()?;
        Some(Pinned { key, split: split.unwrap_or_else(|| split_of(stem)) })
    }
}

fn pictures(folder: Folder, name: String, options: &Options) -> Result<Input> {
    let how = images::Options {
        naming: options.naming.clone(),
        set: options.pinned(""),
        labels: options.labels_from_folders,
    };
    let records = Images::new(folder, how).map_err(stopped(&name))?;
    Ok(Input { name, records: Box::new(records), length: Length::Bytes(None), format: Format::Images })
}

/// What was read of an input to tell its format, and that.
fn tell(input: &mut impl io::Read, name: &str, asked: Format) -> Result<(Vec<u8>, Format)> {
    if asked != Format::Auto {
        return Ok((Vec::new(), asked));
    }
    let (head, format) = detect(input).map_err(|error| unreadable(name, &error))?;
    match format {
        Some(format) => Ok((head, format)),
        None => Err(Failure::new(format!("{name} begins like no format that can be imported"))
            .hint("formats are NDJSON, Parquet, COCO, Label Studio's JSON export, and folders of images; see docs/import.md")),
    }
}

fn table(given: Option<&str>, stem: &str, name: &str) -> Result<Table> {
    let unknown = || {
        Failure::usage(format!("it is not known what the rows of {name} are"))
            .hint(format!("say it with --table: one of {}", Table::names()))
    };
    Table::named(given.unwrap_or(stem)).map(|(_, table)| table).ok_or_else(unknown)
}

/// The split that a file's name tells of.
fn split_of(stem: &str) -> String {
    let stem = stem.to_ascii_lowercase();
    let told = [("train", "TRAIN"), ("val", "VALIDATION"), ("test", "TEST")];
    told.iter().find(|(part, _)| stem.contains(part)).map_or("TRAIN", |(_, split)| split).to_owned()
}

fn folder(path: Option<&Path>) -> Result<Option<Folder>> {
    let open = |path: &Path| {
        Folder::open(path).map_err(|error| {
            Failure::because(format!("cannot read the folder of payloads {}", path.display()), &error)
        })
    };
    path.map(open).transpose()
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::because(format!("cannot read {name}"), error)
}
