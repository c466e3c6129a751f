//! Inputs of an import: files, standard input or folders, opened in their format.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::record::payload::PayloadFolder;
use super::super::record::reader::RecordSource;
use super::detect::{self, detect};
use super::formats::Format;
use super::ndjson::NdjsonRecords;
use super::other_content::{OtherContent, other_content};
use super::table::{self, Rows, TableKind};
use crate::annotations::files::Files;
use crate::annotations::formats::{self, AnnotationFormat, ReaderOptions};
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::cli::shared::failure::{Failure, Result};

const BUFFER: usize = 256 * 1024;

/// The bytes that are examined if the format is given.
const FIRST_BYTES: u64 = 64;

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
pub(crate) struct SampleInput {
    /// The format.
    pub format: &'static AnnotationFormat,
    path: PathBuf,
    follow_links: Option<PathBuf>,
    reader: ReaderOptions,
    /// A copy of standard input, removed when the import ends.
    _copy: Option<TempDir>,
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
    if about.is_file() {
        return Ok(vec![opened_file(path, options, options.payloads.as_deref())?]);
    }
    if !about.is_dir() {
        // A named pipe.
        let input = File::open(path).map_err(|error| unreadable(&name, &error))?;
        return Ok(vec![streamed(input, name, path, options)?]);
    }
    let tables = match options.format {
        Format::Auto | Format::Ndjson | Format::Parquet => tables(path, options.format)?,
        Format::Samples(_) => Vec::new(),
    };
    if tables.is_empty() && !matches!(options.format, Format::Samples(_)) {
        refuse_partition(path)?;
    }
    if tables.is_empty() {
        return match options.format {
            Format::Auto | Format::Samples(_) => Ok(vec![samples(path, name, options, None)?]),
            other => Err(Failure::new(format!("there are no {} files in {name}", other.name()))),
        };
    }
    let payloads = options.payloads.as_deref().unwrap_or(path);
    tables.into_iter().map(|table| opened_file(&table, options, Some(payloads))).collect()
}

/// Refuses a table of which a column is in the names of folders.
fn refuse_partition(folder: &Path) -> Result<()> {
    let Some(part) = table::partition(folder) else { return Ok(()) };
    let (name, part) = (folder.join(&part).display().to_string(), part.display().to_string());
    let column = part.split('=').next().unwrap_or_default();
    Err(Failure::new(format!(
        "{name} is a partition of a table: the values of the column {column} are in the names of folders"
    ))
    .hint("write the table without partitions, or import its folders one by one with --table"))
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

fn opened_file(path: &Path, options: &InputOptions, payloads: Option<&Path>) -> Result<ImportInput> {
    let name = path.display().to_string();
    let failed = |error: io::Error| unreadable(&name, &error);
    let mut file = File::open(path).map_err(failed)?;
    let format = match options.format {
        Format::Auto => match recognised(path, options)? {
            Some(format) => Format::Samples(format),
            None => detected(&mut file, &name)?.1,
        },
        given => {
            given_head(&mut file, &name, given)?;
            given
        }
    };
    if let Format::Samples(_) = format {
        return samples(path, name, &InputOptions { format, ..options.clone() }, None);
    }
    file.rewind().map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let payloads = folder(payloads)?;
    let (records, length): (Box<dyn RecordSource>, Length) = if format == Format::Parquet {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let table = table_of(options.table.as_deref(), stem, &name)?;
        let (records, rows) = Rows::open(file, table, payloads)
            .map_err(|why| Failure::new(format!("cannot read {name} as Parquet: {why}")))?;
        (Box::new(records), Length::Rows(rows))
    } else {
        let input = BufReader::with_capacity(BUFFER, file);
        (Box::new(NdjsonRecords::new(input, payloads)), Length::Bytes(Some(length)))
    };
    let content = InputContent::Records { records, length, format };
    Ok(ImportInput { name, path: path.to_owned(), content })
}

fn opened_stdin(options: &InputOptions) -> Result<ImportInput> {
    streamed(io::stdin(), "standard input".to_owned(), Path::new("standard-input.json"), options)
}

/// Opens an input that cannot be read twice: NDJSON is read as it arrives, other formats are first
/// copied to a temporary file.
fn streamed(
    mut input: impl io::Read + Send + 'static,
    name: String,
    path: &Path,
    options: &InputOptions,
) -> Result<ImportInput> {
    let (head, format) = match options.format {
        Format::Auto => detected_head(&mut input, &name)?,
        given => (given_head(&mut input, &name, given)?, Some(given)),
    };
    let input = Cursor::new(head).chain(input);
    if format == Some(Format::Ndjson) {
        let input = BufReader::with_capacity(BUFFER, input);
        let records = Box::new(NdjsonRecords::new(input, folder(options.payloads.as_deref())?));
        let content = InputContent::Records { records, length: Length::Bytes(None), format: Format::Ndjson };
        return Ok(ImportInput { name, path: path.to_owned(), content });
    }
    let (copy, file) = copied(input, path).map_err(|error| unreadable(&name, &error))?;
    let mut opened = opened_file(&file, options, options.payloads.as_deref())?;
    opened.name = name;
    if let InputContent::Samples(samples) = &mut opened.content {
        samples._copy = Some(copy);
    }
    Ok(opened)
}

fn copied(mut input: impl io::Read, path: &Path) -> io::Result<(TempDir, PathBuf)> {
    let copy = tempfile::tempdir()?;
    let file = copy.path().join(path.file_name().unwrap_or_default());
    io::copy(&mut input, &mut File::create(&file)?)?;
    Ok((copy, file))
}

/// Returns the format of annotations that recognises the files; `None` if none does.
fn recognised(path: &Path, options: &InputOptions) -> Result<Option<&'static AnnotationFormat>> {
    let files = files(path, options.follow_links.as_deref())?;
    Ok(formats::FORMATS.iter().find(|format| (format.recognises)(&files)))
}

fn files(path: &Path, follow: Option<&Path>) -> Result<Files> {
    Files::open_following(path, follow)
        .map_err(|reason| Failure::new(format!("{}{}", path.display(), reason.after_a_name())))
}

fn samples(path: &Path, name: String, options: &InputOptions, copy: Option<TempDir>) -> Result<ImportInput> {
    let format = match options.format {
        Format::Samples(format) => format,
        _ => match recognised(path, options)? {
            Some(format) => format,
            None => return Err(unrecognised(&name)),
        },
    };
    let content = InputContent::Samples(SampleInput {
        format,
        path: path.to_owned(),
        follow_links: options.follow_links.clone(),
        reader: options.reader.clone(),
        _copy: copy,
    });
    Ok(ImportInput { name, path: path.to_owned(), content })
}

impl ImportInput {
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
        let files = files(&self.path, self.follow_links.as_deref())?;
        (self.format.reader)(files, &self.reader).map_err(stopped(name))
    }

    /// Returns the folder of the input's files.
    pub(crate) fn folder(&self) -> &Path {
        if self.path.is_dir() { &self.path } else { self.path.parent().unwrap_or(Path::new("")) }
    }
}

/// Returns the failure of a reader.
pub(crate) fn stopped(name: &str) -> impl Fn(ReadStop) -> Failure {
    move |stop| match stop {
        ReadStop::Bad(fault) => Failure::new(format!("{name}, {fault}")),
        ReadStop::Unreadable(why) => Failure::new(format!("cannot read {name}: {why}")),
    }
}

/// Returns the format of an input, and the bytes that were read to detect it.
fn detected(input: &mut impl io::Read, name: &str) -> Result<(Vec<u8>, Format)> {
    match detected_head(input, name)? {
        (head, Some(format)) => Ok((head, format)),
        (_, None) => Err(unrecognised(name)),
    }
}

/// Returns the first bytes of an input, and its format if it has records. Refuses known contents of
/// other kinds.
fn detected_head(input: &mut impl io::Read, name: &str) -> Result<(Vec<u8>, Option<Format>)> {
    let (head, format) = detect(input).map_err(|error| unreadable(name, &error))?;
    match detect::other(&head) {
        // Text in UTF-16 may begin like JSON.
        Some(other) if format != Some(Format::Parquet) => Err(unexpected(name, other)),
        _ => Ok((head, format)),
    }
}

/// Checks the first bytes of an input of a given format. Returns them.
fn given_head(input: &mut impl io::Read, name: &str, format: Format) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(FIRST_BYTES).read_to_end(&mut head).map_err(|error| unreadable(name, &error))?;
    match other_content(&head).filter(|_| format == Format::Ndjson) {
        Some(other) => Err(unexpected(name, other)),
        None => Ok(head),
    }
}

fn unexpected(name: &str, other: OtherContent) -> Failure {
    Failure::new(format!("expected NDJSON, Parquet or annotations, found that {name} is {}", other.what))
        .hint(other.remedy)
}

fn unrecognised(name: &str) -> Failure {
    Failure::new(format!("the format of {name} is not recognised"))
        .hint("name it with --format; docs/import.md lists the formats")
}

/// Returns the table of the rows of a file: the given one, or that of the name of the file or of its
/// folder, such as `versions.parquet/part-0.parquet`.
fn table_of(given: Option<&str>, stem: &str, name: &str) -> Result<TableKind> {
    let unknown = || {
        Failure::usage(format!("the table of the rows of {name} is not known"))
            .hint(format!("give it with --table: one of {}", TableKind::names()))
    };
    let folder = Path::new(name).parent().and_then(Path::file_stem).and_then(|stem| stem.to_str());
    let of_folder = || folder.filter(|_| given.is_none()).and_then(TableKind::named);
    let found = TableKind::named(given.unwrap_or(stem)).or_else(of_folder);
    found.map(|(_, table)| table).ok_or_else(unknown)
}

/// Opens the folder of payloads.
pub(crate) fn folder(path: Option<&Path>) -> Result<Option<PayloadFolder>> {
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
