//! The tables of an input, and the files of classes beside them.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use csv::{ReaderBuilder, Trim};

use super::boxes::BoxRows;
use super::kind::{KindEvidence, TableHead, TableKind, head_of};
use super::labels::ClassRows;
use super::openimages::OpenImagesRows;
use super::rows::RowKind;
use super::table::CsvTable;
use super::via_rows::ViaRows;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::model::Class;
use crate::annotations::reader::{ReadStop, Skipped};

/// The most bytes of a header that are examined.
const LONGEST_HEADER: u64 = 64 * 1024;

/// The kind that the user has named, and the attribute of VIA that is the class.
pub(super) struct AskedVariant<'a> {
    /// The kind.
    pub kind: Option<TableKind>,
    /// The attribute, as in `via:species`.
    pub class: Option<&'a str>,
}

impl<'a> AskedVariant<'a> {
    /// Reads a variant.
    pub(super) fn of(variant: Option<&'a str>) -> Result<Self, ReadStop> {
        let Some(variant) = variant else { return Ok(Self { kind: None, class: None }) };
        let (name, class) =
            variant.split_once(':').map_or((variant, None), |(name, class)| (name, Some(class)));
        let kind = TableKind::named(name).filter(|kind| class.is_none() || *kind == TableKind::Via);
        let Some(kind) = kind else {
            let known = TableKind::ALL.map(TableKind::name).join("`, `");
            let why = format!("expected the variant `{known}`, or `via:NAME`, found `{variant}`");
            return Err(ReadStop::Unreadable(why));
        };
        Ok(Self { kind: Some(kind), class })
    }
}

/// Returns the variant that may be that of a table which is not recognised.
pub(super) fn possible_variant(files: &Files, path: &str) -> Option<&'static str> {
    let system = files.get(path).filter(|_| is_table(path))?;
    let fits = |kind: &TableKind| head_of(path, system, KindEvidence::Asked(*kind)).is_some();
    TableKind::ALL.into_iter().find(fits).map(TableKind::name)
}

/// Returns true if a path has the ending of a table.
fn is_table(path: &str) -> bool {
    [".csv", ".tsv"].iter().any(|ending| path.to_ascii_lowercase().ends_with(ending))
}

/// Returns the tables of the first kind that the input has, and counts the other ones.
pub(super) fn tables(
    files: &Files,
    asked: Option<TableKind>,
    skipped: &mut Skipped,
) -> Vec<(String, TableHead)> {
    let head = |path: &str| {
        let system = files.get(path)?;
        let folder = folder_of(path);
        let listed =
            || pairs(files, folder).unwrap_or_default().into_iter().map(|(class, _)| class).collect();
        let evidence = asked.map_or(KindEvidence::Rows { listed: &listed }, KindEvidence::Asked);
        head_of(path, system, evidence)
    };
    let paths = files.paths().filter(|path| files.is_one_file() || is_table(path));
    let mut found: Vec<(String, Option<TableHead>)> =
        paths.map(|path| (path.to_owned(), head(path))).collect();
    let kind = found.iter().filter_map(|(_, head)| head.as_ref()).map(|head| head.kind).min();
    if kind == Some(TableKind::RetinaNet) {
        // Rows that alone decide nothing are of the kind of the tables next to them.
        for (path, head) in found.iter_mut().filter(|(_, head)| head.is_none()) {
            let system = files.get(path);
            *head =
                system.and_then(|system| head_of(path, system, KindEvidence::Asked(TableKind::RetinaNet)));
        }
    }
    let mut tables = Vec::new();
    for (path, head) in found {
        match head {
            Some(head) if Some(head.kind) == kind => tables.push((path, head)),
            _ if is_descriptions(&path)
                && matches!(kind, Some(TableKind::OpenImages | TableKind::RetinaNet)) => {}
            Some(_) => skipped.note("table of another kind (name it as the variant to read it)", || path),
            None => skipped.note("other table", || path),
        }
    }
    tables
}

/// Refuses a table that is cut off in its header, and so would be another table: all that it has is the
/// beginning of the header of a recognised one.
pub(super) fn refuse_cut_off(files: &Files, tables: &[(String, TableHead)]) -> Result<(), RecordFault> {
    let first_line = |path: &str| {
        let mut line = Vec::new();
        let file = File::open(files.get(path)?).ok()?;
        BufReader::new(file.take(LONGEST_HEADER)).read_until(b'\n', &mut line).ok()?;
        line.truncate(line.trim_ascii_end().len());
        Some(line)
    };
    let headers: Vec<Vec<u8>> =
        tables.iter().filter(|(_, head)| head.has_header).filter_map(|(path, _)| first_line(path)).collect();
    let is_other = |path: &&str| is_table(path) && tables.iter().all(|(own, _)| own != path);
    for path in files.paths().filter(is_other) {
        let length = files.get(path).and_then(|file| file.metadata().ok()).map_or(0, |about| about.len());
        let Some(line) = first_line(path).filter(|line| !line.is_empty() && line.len() as u64 == length)
        else {
            continue;
        };
        if headers.iter().any(|header| header.starts_with(&line)) {
            let why =
                "expected a table, found the beginning of its header: it is cut off; restore or remove it";
            return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())));
        }
    }
    Ok(())
}

/// Returns true if a file lists classes.
fn is_descriptions(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("class-descriptions") || matches!(name.as_str(), "classes.csv" | "class_mapping.csv")
}

/// Opens a table.
pub(super) fn open(files: &Files, path: String, head: TableHead) -> Result<CsvTable, ReadStop> {
    let unreadable = |why: String| ReadStop::Unreadable(format!("{path}: {why}"));
    let system = files.get(&path).ok_or_else(|| unreadable("there is no such file".to_owned()))?;
    let size = std::fs::metadata(system).map_err(|error| unreadable(error.to_string()))?.len();
    Ok(CsvTable { system: system.to_owned(), path, head, size })
}

/// Returns the reading of the rows of a table.
pub(super) fn kind_of(
    files: &Files,
    table: &CsvTable,
    class: Option<&str>,
) -> Result<Box<dyn RowKind>, ReadStop> {
    let head = &table.head;
    let folder = folder_of(&table.path);
    let rows: Option<Box<dyn RowKind>> = match head.kind {
        TableKind::Via => ViaRows::new(head, class).map(|rows| Box::new(rows) as Box<dyn RowKind>),
        TableKind::OpenImages => {
            let names = pairs(files, folder)?.into_iter().collect::<HashMap<_, _>>();
            OpenImagesRows::new(head, names).map(|rows| Box::new(rows) as Box<dyn RowKind>)
        }
        TableKind::TensorFlow => {
            BoxRows::new(head, Vec::new()).map(|rows| Box::new(rows) as Box<dyn RowKind>)
        }
        TableKind::RetinaNet => {
            let class = |(name, id): (String, String)| {
                let mut class = Class::named(name);
                class.id = Some(id.parse::<u64>().map_or_else(|_| id.into(), Into::into));
                class
            };
            let ids = pairs(files, folder)?.into_iter().map(class).collect();
            BoxRows::new(head, ids).map(|rows| Box::new(rows) as Box<dyn RowKind>)
        }
        TableKind::MultiLabel | TableKind::Classes => {
            ClassRows::new(head).map(|rows| Box::new(rows) as Box<dyn RowKind>)
        }
    };
    rows.ok_or_else(|| refused(&table.path, 1, "expected the columns of the image, its class and box").into())
}

/// Reads the file of classes in a folder, else the one at the top: two columns without a header,
/// or with one as in OpenImages 6 (`LabelName,DisplayName`, `id,name`).
fn pairs(files: &Files, folder: &str) -> Result<Vec<(String, String)>, ReadStop> {
    let listed: Vec<&str> =
        files.paths().filter(|path| !files.is_one_file() && is_descriptions(path)).collect();
    let near = |folder: &str| listed.iter().find(|path| folder_of(path) == folder).copied();
    // Datumaro and FiftyOne keep the file in a folder of its own.
    let Some(path) = near(folder).or_else(|| near("")).or_else(|| listed.first().copied()) else {
        return Ok(Vec::new());
    };
    let text = files.text(path)?;
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let (mut pairs, mut seen) = (Vec::new(), HashSet::new());
    for row in reader.records() {
        let row = row.map_err(|error| ReadStop::Unreadable(format!("{path}: {error}")))?;
        let line = row.position().map_or(1, csv::Position::line);
        let (Some(one), Some(other)) = (row.get(0), row.get(1)) else {
            return Err(refused(path, line, "expected two fields, the class and its id or name").into());
        };
        let is_header = pairs.is_empty()
            && matches!(
                (one.to_ascii_lowercase().as_str(), other.to_ascii_lowercase().as_str()),
                ("labelname", "displayname")
                    | ("id" | "mid", "name")
                    | ("class_name" | "class" | "name", "id")
            );
        if is_header {
            continue;
        }
        if !seen.insert(one.to_owned()) {
            return Err(refused(path, line, &format!("duplicate {one:?}; remove one of them")).into());
        }
        pairs.push((one.to_owned(), other.to_owned()));
    }
    Ok(pairs)
}

/// Returns the folder of a file; empty at the top.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn refused(path: &str, line: u64, why: &str) -> RecordFault {
    Reason::record(why).at(RecordPlace::FileLine(path.to_owned(), line))
}

/// Returns the last two parts of a path, by which one file names its split.
pub(super) fn last_two(path: &Path) -> String {
    let part =
        |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).unwrap_or_default().to_owned();
    format!("{}/{}", part(path.parent().and_then(Path::file_name)), part(path.file_name()))
}
