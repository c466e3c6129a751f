//! Inputs of an import: files, standard input or folders, opened in their format.

mod folder;
mod head;

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::formats::Format;
use super::table::Rows;
use crate::annotations::fault::RecordFault;
use crate::annotations::files::{Files, damage};
use crate::annotations::formats::{self, AnnotationFormat, ReaderOptions, image_folder, variants};
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::cli::shared::failure::{Failure, Result};
use crate::import::record::ndjson::NdjsonRecords;
use crate::import::record::payload::PayloadFolder;
use crate::import::record::reader::RecordSource;

const BUFFER: usize = 256 * 1024;

/// The options of all formats.
#[derive(Clone)]
pub(crate) struct InputOptions {
    /// The format; automatic detection if it is not given.
    pub format: Format,
    /// The folder of the files that records and images refer to.
    pub payloads: Option<PathBuf>,
    /// A folder outside the input that links may lead into.
    pub follow_links: Option<PathBuf>,
    /// The table of the rows of a Parquet file.
    pub table: Option<String>,
    /// The options of readers of annotations.
    pub reader: ReaderOptions,
}

/// An input that is ready to be read.
pub(crate) struct ImportInput {
    /// The name for messages.
    pub name: String,
    /// The path, for the split that its names contain.
    pub path: PathBuf,
    /// The content.
    pub content: InputContent,
    /// Files of archives, removed when the import of the input ends.
    kept: Vec<Files>,
    /// A copy of a stream, removed when the import of the input ends.
    copy: Option<TempDir>,
}

/// The content of an input.
pub(crate) enum InputContent {
    /// Records.
    Records {
        /// The records.
        records: Box<dyn RecordSource>,
        /// The length for the progress bar.
        length: Length,
        /// The format.
        format: Format,
    },
    /// Annotations.
    Samples(SampleInput),
}

/// An input of annotations, which can be read more than once.
#[derive(Clone)]
pub(crate) struct SampleInput {
    /// The format.
    pub format: &'static AnnotationFormat,
    /// The files.
    pub files: Files,
    reader: ReaderOptions,
}

/// The length of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// The number of bytes, if known.
    Bytes(Option<u64>),
    /// The number of rows.
    Rows(u64),
}

/// A file or folder that is imported.
struct OnDisk {
    /// The name for messages.
    name: String,
    /// The path as given, for the split that its names contain.
    path: PathBuf,
    files: Files,
}

/// Opens a path: one input, or all record files of a folder in the order of their dependencies.
pub(crate) fn open(path: &Path, options: &InputOptions) -> Result<Vec<ImportInput>> {
    if path.as_os_str() == "-" {
        let (name, path) = ("standard input".to_owned(), Path::new("standard-input.json"));
        return Ok(vec![streamed(io::stdin(), name, path, options)?]);
    }
    let name = path.display().to_string();
    let about = fs::metadata(path).map_err(|error| unreadable(&name, &error))?;
    if !about.is_file() && !about.is_dir() {
        // A named pipe.
        let input = File::open(path).map_err(|error| unreadable(&name, &error))?;
        return Ok(vec![streamed(input, name, path, options)?]);
    }
    let input = OnDisk { files: files(path, &name, options)?, path: path.to_owned(), name };
    if input.files.is_one_file() {
        return Ok(vec![opened_file(input, options, options.payloads.as_deref())?]);
    }
    let folder = input.files.root().to_owned();
    let tables = tables_of(&input, options)?;
    if tables.is_empty() {
        return match options.format {
            Format::Auto | Format::Samples(_) => Ok(vec![samples(input, options)?]),
            other => Err(Failure::new(format!("there are no {} files in {}", other.name(), input.name))),
        };
    }
    let payloads = options.payloads.clone().unwrap_or_else(|| folder.clone());
    let opened = |table: PathBuf| {
        let below = path.join(table.strip_prefix(&folder).unwrap_or(&table));
        let name = below.display().to_string();
        let mut opened = opened_file(
            OnDisk { files: files(&table, &name, options)?, path: below, name },
            options,
            Some(&payloads),
        )?;
        // The folder of an archive remains until its tables are read.
        opened.kept.push(input.files.clone());
        Ok(opened)
    };
    tables.into_iter().map(opened).collect()
}

/// Returns the files of records of a folder; none if it is one of annotations.
fn tables_of(input: &OnDisk, options: &InputOptions) -> Result<Vec<PathBuf>> {
    if matches!(options.format, Format::Samples(_)) {
        return Ok(Vec::new());
    }
    let tables = folder::tables(input.files.root(), options.format)?;
    if tables.is_empty() {
        folder::refuse_partition(input.files.root())?;
    }
    let may_be_annotations = options.format == Format::Auto && options.table.is_none();
    if may_be_annotations && !tables.is_empty() {
        let is_of_tool =
            recognised(&input.files).is_some_and(|format| format.name != image_folder::FORMAT.name);
        if !folder::are_records(&tables, &input.files, is_of_tool)? {
            return Ok(Vec::new());
        }
    }
    Ok(tables)
}

fn opened_file(input: OnDisk, options: &InputOptions, payloads: Option<&Path>) -> Result<ImportInput> {
    let name = &input.name;
    let failed = |error: io::Error| unreadable(name, &error);
    let mut file = File::open(input.files.root()).map_err(failed)?;
    let format = match options.format {
        Format::Auto => match recognised(&input.files) {
            Some(format) => Format::Samples(format),
            None => {
                refuse_unread_tool(&input.files, name)?;
                refused(name, formats::unread::unclear_table(&input.files))?;
                head::detected(&mut file, name)?
            }
        },
        given => {
            head::given(&mut file, name, given)?;
            given
        }
    };
    if let Format::Samples(_) = format {
        return samples(input, &InputOptions { format, ..options.clone() });
    }
    file.rewind().map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let payloads = payload_folder(payloads)?;
    let (records, length): (Box<dyn RecordSource>, Length) = if format == Format::Parquet {
        let stem = input.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let table = folder::table_of(options.table.as_deref(), stem, name)?;
        let (records, rows) = Rows::open(file, table, payloads)
            .map_err(|why| Failure::new(format!("cannot read {name} as Parquet: {why}")))?;
        (Box::new(records), Length::Rows(rows))
    } else {
        let input = BufReader::with_capacity(BUFFER, file);
        (Box::new(NdjsonRecords::new(input, payloads)), Length::Bytes(Some(length)))
    };
    let content = InputContent::Records { records, length, format };
    Ok(ImportInput { name: input.name, path: input.path, content, kept: vec![input.files], copy: None })
}

/// Opens an input that cannot be read twice: NDJSON is read as it arrives, other formats are first
/// copied to a temporary file.
fn streamed(
    mut input: impl io::Read + Send + 'static,
    name: String,
    path: &Path,
    options: &InputOptions,
) -> Result<ImportInput> {
    let (head, is_lines) = match options.format {
        Format::Auto => head::begins_with_records(&mut input, &name)?,
        given => (head::given(&mut input, &name, given)?, given == Format::Ndjson),
    };
    let input = Cursor::new(head).chain(input);
    if is_lines {
        let input = BufReader::with_capacity(BUFFER, input);
        let records = Box::new(NdjsonRecords::new(input, payload_folder(options.payloads.as_deref())?));
        let content = InputContent::Records { records, length: Length::Bytes(None), format: Format::Ndjson };
        return Ok(ImportInput { name, path: path.to_owned(), content, kept: Vec::new(), copy: None });
    }
    let (copy, file) = copied(input, path).map_err(|error| unreadable(&name, &error))?;
    let files = files(&file, &name, options)?;
    let input = OnDisk { name, path: path.to_owned(), files };
    let opened = match input.files.is_one_file() {
        true => opened_file(input, options, options.payloads.as_deref())?,
        false => samples(input, options)?,
    };
    Ok(ImportInput { copy: Some(copy), ..opened })
}

fn copied(mut input: impl io::Read, path: &Path) -> io::Result<(TempDir, PathBuf)> {
    let copy = tempfile::tempdir()?;
    let file = copy.path().join(path.file_name().unwrap_or_default());
    io::copy(&mut input, &mut File::create(&file)?)?;
    Ok((copy, file))
}

/// Returns the format of annotations that recognises the files; `None` if none does.
fn recognised(files: &Files) -> Option<&'static AnnotationFormat> {
    formats::FORMATS.iter().find(|format| (format.recognises)(files))
}

/// Refuses annotations of a tool that no format reads.
fn refuse_unread_tool(files: &Files, name: &str) -> Result<()> {
    refused(name, formats::unread::unread_tool(files))
}

/// Returns the failure of an input that is refused.
fn refused(name: &str, fault: Option<RecordFault>) -> Result<()> {
    fault.map_or(Ok(()), |fault| Err(stopped(name)(fault.into())))
}

fn files(path: &Path, name: &str, options: &InputOptions) -> Result<Files> {
    Files::open_following(path, options.follow_links.as_deref())
        .map_err(|reason| Failure::new(format!("{name}{}", reason.after_a_name())))
}

fn samples(input: OnDisk, options: &InputOptions) -> Result<ImportInput> {
    let OnDisk { name, path, files } = input;
    let format = match options.format {
        Format::Samples(format) => format,
        _ => {
            let format = recognised(&files).ok_or_else(|| head::unrecognised(&name))?;
            // It takes every folder.
            if format.name == image_folder::FORMAT.name {
                refused(&name, damage::damaged(&files, format.files))?;
                refuse_unread_tool(&files, &name)?;
                refused(&name, formats::unread::unread_labels(&files))?;
            }
            format
        }
    };
    if format.name != image_folder::FORMAT.name && !files.is_one_file() {
        refused(&name, damage::damaged(&files, format.files))?;
        refused(&name, formats::unread::wide_text(&files))?;
    }
    // Files of an archive are stored after they were read.
    let kept = vec![files.clone()];
    let content = InputContent::Samples(SampleInput { format, files, reader: options.reader.clone() });
    Ok(ImportInput { name, path, content, kept, copy: None })
}

/// Files that are removed when this is dropped.
pub(crate) struct KeptFiles {
    _files: Vec<Files>,
    _copy: Option<TempDir>,
}

impl ImportInput {
    /// Returns the path, the content, and the temporary files that must be kept until it is read.
    pub(crate) fn into_parts(self) -> (PathBuf, InputContent, KeptFiles) {
        (self.path, self.content, KeptFiles { _files: self.kept, _copy: self.copy })
    }

    /// Returns the format of the input.
    pub(crate) const fn format(&self) -> Format {
        match &self.content {
            InputContent::Records { format, .. } => *format,
            InputContent::Samples(samples) => Format::Samples(samples.format),
        }
    }
}

impl SampleInput {
    /// Opens a reader at the beginning of the input.
    pub(crate) fn reader(&self, name: &str) -> Result<Box<dyn SampleReader>> {
        (self.format.reader)(self.files.clone(), &self.reader).map_err(stopped(name))
    }

    /// Returns true if the input has predictions alone.
    pub(crate) fn is_results(&self, name: &str) -> Result<bool> {
        let is_asked = self.reader.variant.as_deref().is_some_and(variants::is_of_results);
        // Only results refer to another file.
        Ok((is_asked || self.reader.reference.is_some()) && self.reader(name)?.is_results())
    }
}

/// Returns the failure of a reader.
pub(crate) fn stopped(name: &str) -> impl Fn(ReadStop) -> Failure {
    move |stop| Failure::new(stop.about(name))
}

/// Opens the folder of payloads.
pub(crate) fn payload_folder(path: Option<&Path>) -> Result<Option<PayloadFolder>> {
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
