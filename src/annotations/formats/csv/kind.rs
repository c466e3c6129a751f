//! The tables that are known, recognised by their headers.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use crate::annotations::formats::shared::beside::is_image_name;

/// The bytes of a table that are examined.
const HEAD: u64 = 64 * 1024;
/// The delimiters that are tried.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A kind of table. The first of them that an input has is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TableKind {
    /// VIA: a region per row, its shape and attributes as JSON.
    Via,
    /// OpenImages: a box per row, relative to the size of the image.
    OpenImages,
    /// TensorFlow: a box per row, with the size of the image.
    TensorFlow,
    /// keras-retinanet: a box per row, without a header.
    RetinaNet,
    /// Several classes per image: a column of 0 and 1 for each.
    MultiLabel,
    /// A class per image.
    Classes,
}

/// The evidence for the kind of a table besides its rows.
#[derive(Clone, Copy)]
pub(super) enum KindEvidence<'a> {
    /// The user has named its kind.
    Asked(TableKind),
    /// Nothing but the files of the input.
    Rows {
        /// Returns the classes that a file next to the table lists; empty if there is none.
        listed: &'a dyn Fn() -> HashSet<String>,
    },
}

/// What the first bytes of a table say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableHead {
    /// The kind.
    pub kind: TableKind,
    /// The byte between two fields.
    pub delimiter: u8,
    /// True if the first row names the columns.
    pub has_header: bool,
    /// True if the first line ends with `\r\n`.
    pub is_crlf: bool,
    /// The names of the columns, without white space around; empty texts if there is no header.
    pub columns: Vec<String>,
}

impl TableKind {
    /// All kinds.
    pub(super) const ALL: [Self; 6] =
        [Self::Via, Self::OpenImages, Self::TensorFlow, Self::RetinaNet, Self::MultiLabel, Self::Classes];

    /// Returns the name, as a variant.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Via => "via",
            Self::OpenImages => "openimages",
            Self::TensorFlow => "tensorflow",
            Self::RetinaNet => "retinanet",
            Self::MultiLabel => "multi-label",
            Self::Classes => "classes",
        }
    }

    /// Returns the kind with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns true if the rows are those of this kind: possibly, if the user has named it, else
    /// surely.
    fn fits(self, name: &str, rows: &[StringRecord], evidence: KindEvidence<'_>) -> bool {
        let Some(header) = rows.first() else { return false };
        let is_asked = matches!(evidence, KindEvidence::Asked(_));
        let has = |names: &[&str]| names.iter().all(|name| column(header, &[name]).is_some());
        let first = rows.get(1).and_then(|row| row.get(0));
        match self {
            Self::Via => has(&["filename", "region_shape_attributes", "region_attributes"]),
            Self::OpenImages => has(&["imageid", "labelname", "xmin", "xmax", "ymin", "ymax"]),
            Self::TensorFlow => {
                column(header, &NAMES).is_some()
                    && column(header, &CLASSES).is_some()
                    && has(&["xmin", "ymin", "xmax", "ymax"])
            }
            Self::RetinaNet => {
                rows.iter().all(is_retinanet)
                    && match evidence {
                        KindEvidence::Asked(_) => true,
                        KindEvidence::Rows { listed } => {
                            rows.iter().all(is_plausible) && is_sure(rows, listed)
                        }
                    }
            }
            Self::MultiLabel => {
                let is_named = is_asked || name.to_ascii_lowercase().ends_with("_classes.csv");
                let is_flag = |text: &str| matches!(text.trim(), "0" | "1" | "0.0" | "1.0");
                is_named
                    && (is_asked || header.len() > 1)
                    && header.get(0).is_some_and(|name| matches(name, &NAMES))
                    && rows.iter().skip(1).all(|row| row.iter().skip(1).all(is_flag))
            }
            Self::Classes => {
                let two = column(header, &NAMES).is_some() && column(header, &CLASSES).is_some();
                // A file of this name belongs to Hugging Face.
                let is_metadata = name.eq_ignore_ascii_case("metadata.csv");
                two && (is_asked || header.len() == 2 && !is_metadata && first.is_some_and(is_image_name))
            }
        }
    }
}

/// The names of the column of the image, in lower case.
pub(super) const NAMES: [&str; 12] = [
    "filename",
    "file_name",
    "file",
    "image",
    "image_name",
    "image_path",
    "image_id",
    "path",
    "filepath",
    "file_path",
    "img",
    "id",
];
/// The names of the column of the class, in lower case.
pub(super) const CLASSES: [&str; 8] =
    ["class", "label", "class_name", "label_name", "category", "labels", "target", "name"];

/// Returns the column with the first of these names, in upper or lower case.
fn column(header: &StringRecord, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.iter().position(|column| matches(column, &[name])))
}

/// Returns true if a name of a column is one of these.
pub(super) fn matches(column: &str, names: &[&str]) -> bool {
    let column = clean(column);
    names.iter().any(|name| column.eq_ignore_ascii_case(name))
}

/// Returns the name of a column without white space around. VIA 1 begins the header with `#`.
pub(super) fn clean(column: &str) -> &str {
    column.trim().trim_start_matches('#').trim()
}

/// Returns true if a row has a path, and a box with its class or five empty fields.
fn is_retinanet(row: &StringRecord) -> bool {
    row.len() == 6 && (row.iter().skip(1).all(str::is_empty) || box_of(row).is_some())
}

/// Returns true if a row is that of an image without a box, or of one whose second corner is below
/// the first.
fn is_plausible(row: &StringRecord) -> bool {
    let is_box = box_of(row).is_none_or(|[x1, y1, x2, y2]| x1 <= x2 && y1 <= y2);
    is_box && row.get(0).is_some_and(is_image_name)
}

/// Returns true if rows of keras-retinanet are not those of a table of numbers: their classes are no
/// numbers, or are classes that a file next to the table lists.
fn is_sure(rows: &[StringRecord], listed: &dyn Fn() -> HashSet<String>) -> bool {
    let classes =
        || rows.iter().filter(|row| box_of(row).is_some()).filter_map(|row| row.get(5)).map(str::trim);
    if classes().next().is_some() && classes().all(|class| class.parse::<f64>().is_err()) {
        return true;
    }
    let listed = listed();
    !listed.is_empty() && classes().all(|class| listed.contains(class))
}

fn box_of(row: &StringRecord) -> Option<[f64; 4]> {
    let side = |column: usize| row.get(column)?.trim().parse::<f64>().ok();
    row.get(5).filter(|class| !class.is_empty())?;
    Some([side(1)?, side(2)?, side(3)?, side(4)?])
}

/// Examines the first bytes of a table; `None` if it is not known. Only the kind that the user has
/// named is tried, if any.
pub(super) fn head_of(path: &str, system: &Path, evidence: KindEvidence<'_>) -> Option<TableHead> {
    let mut head = Vec::new();
    File::open(system).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    if head.contains(&0) || head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return None;
    }
    if head.len() as u64 == HEAD {
        // The last line may be incomplete.
        let end = head.iter().rposition(|byte| *byte == b'\n').unwrap_or(head.len());
        head.truncate(end);
    }
    let is_crlf = head.split(|byte| *byte == b'\n').next().is_some_and(|line| line.ends_with(b"\r"));
    let name = path.rsplit('/').next().unwrap_or(path);
    let kinds = match evidence {
        KindEvidence::Asked(kind) => vec![kind],
        KindEvidence::Rows { .. } => TableKind::ALL.to_vec(),
    };
    for kind in kinds {
        for delimiter in DELIMITERS {
            let rows = rows_of(&head, delimiter);
            if kind.fits(name, &rows, evidence) {
                let has_header = kind != TableKind::RetinaNet;
                let columns = rows.first().into_iter().flatten();
                let columns =
                    columns.map(|name| if has_header { clean(name).to_owned() } else { String::new() });
                return Some(TableHead { kind, delimiter, has_header, is_crlf, columns: columns.collect() });
            }
        }
    }
    None
}

fn rows_of(head: &[u8], delimiter: u8) -> Vec<StringRecord> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).delimiter(delimiter).flexible(true).from_reader(head);
    let is_text = |row: &StringRecord| row.iter().any(|text| !text.trim().is_empty());
    reader.records().map_while(Result::ok).filter(is_text).take(200).collect()
}
