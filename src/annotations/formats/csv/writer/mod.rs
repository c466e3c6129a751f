//! The writer: a table for each split, at the top of the export, with the names of images in full.
//!
//! Rows are collected until the end, because their attributes make columns: about 300 bytes of
//! memory a label.

mod left;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use csv::WriterBuilder;

use super::kind::TableKind;
use crate::annotations::formats::WriterOptions;
use crate::annotations::formats::shared::beside::path_in_export;
use crate::annotations::model::{ClassList, Image, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};
use rows::OutRow;

/// The flags of OpenImages, in the order of its tables.
const FLAGS: [&str; 5] = ["IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside"];

/// Writes tables of one kind.
pub(super) struct CsvWriter {
    kind: TableKind,
    classes: ClassList,
    /// The rows by split; the empty name is that of images without one.
    splits: BTreeMap<String, Vec<OutRow>>,
    /// The names of images without their endings, which are ids in OpenImages.
    ids: BTreeSet<String>,
}

impl CsvWriter {
    /// Creates a writer of the kind that the variant names (default: TensorFlow).
    pub(super) fn new(options: &WriterOptions) -> Self {
        let name = options.variant.as_deref().unwrap_or_default();
        let kind =
            TableKind::named(name.split(':').next().unwrap_or_default()).unwrap_or(TableKind::TensorFlow);
        Self { kind, classes: ClassList::default(), splits: BTreeMap::new(), ids: BTreeSet::new() }
    }

    /// Returns the names of the columns that every table has.
    const fn columns(&self) -> &'static [&'static str] {
        match self.kind {
            TableKind::Via => &[
                "filename",
                "file_size",
                "file_attributes",
                "region_count",
                "region_id",
                "region_shape_attributes",
                "region_attributes",
            ],
            TableKind::OpenImages => {
                &["ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax"]
            }
            TableKind::TensorFlow => {
                &["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"]
            }
            TableKind::RetinaNet => &["path", "x1", "y1", "x2", "y2", "class"],
            TableKind::MultiLabel => &["filename"],
            TableKind::Classes => &["filename", "label"],
        }
    }

    /// Returns the name of the table of a split.
    fn file(&self, split: &str) -> String {
        let (word, dash) = (word(split), if split.is_empty() { "" } else { "_" });
        match self.kind {
            TableKind::Via => format!("via_region_data{dash}{word}.csv"),
            TableKind::OpenImages if split.is_empty() => "annotations-bbox.csv".to_owned(),
            TableKind::OpenImages => format!("{word}-annotations-bbox.csv"),
            TableKind::MultiLabel => format!("{word}_classes.csv"),
            TableKind::RetinaNet => format!("{word}{dash}annotations.csv"),
            TableKind::TensorFlow | TableKind::Classes => format!("{word}{dash}labels.csv"),
        }
    }

    fn table(&self, rows: &[OutRow]) -> io::Result<Vec<u8>> {
        let mut others: BTreeSet<&str> = BTreeSet::new();
        for row in rows {
            others.extend(row.others.keys().map(String::as_str));
        }
        let mut order: Vec<&str> = Vec::new();
        if self.kind == TableKind::OpenImages {
            order.extend(FLAGS);
        }
        if self.kind == TableKind::MultiLabel {
            order.extend(self.classes.classes.iter().map(|class| class.name.as_str()));
        }
        let listed: BTreeSet<&str> = order.iter().copied().collect();
        order.extend(others.into_iter().filter(|name| !listed.contains(name)));
        let mut out = WriterBuilder::new().from_writer(Vec::new());
        if self.kind != TableKind::RetinaNet {
            out.write_record(self.columns().iter().chain(&order))?;
        }
        let absent = match self.kind {
            TableKind::MultiLabel => "0",
            _ => "",
        };
        for row in rows {
            let other = |name: &&str| match row.others.get(*name) {
                Some(text) => text.as_str(),
                None if self.kind == TableKind::OpenImages && FLAGS.contains(name) => "-1",
                None => absent,
            };
            out.write_record(row.fixed.iter().map(String::as_str).chain(order.iter().map(other)))?;
        }
        out.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}

impl SampleWriter for CsvWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        self.classes = classes.clone();
        let has_ids = matches!(self.kind, TableKind::OpenImages | TableKind::RetinaNet);
        for class in &classes.classes {
            if class.id.is_some() && !has_ids {
                left_out.note("id of a class", || class.name.clone());
            }
            if !class.fields.is_empty() {
                left_out.note("other field of a class", || class.name.clone());
            }
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        let split = sample.image.split.clone().unwrap_or_default();
        if !matches!(split.as_str(), "" | "TRAIN" | "VALIDATION" | "TEST") {
            left_out.note(
                "split other than TRAIN, VALIDATION and TEST (only the name of the table says it)",
                || split.clone(),
            );
        }
        left::note_image(self.kind, &sample.image, left_out);
        if self.kind == TableKind::OpenImages
            && !self.ids.insert(rows::image_id(&sample.image.name).to_owned())
        {
            let name = || sample.image.name.clone();
            left_out.note("image whose name differs from another one only in its ending", name);
            return Ok(());
        }
        let rows = rows::rows_of(self.kind, sample, &self.classes, left_out);
        self.splits.entry(split).or_default().extend(rows);
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        if self.splits.is_empty() {
            self.splits.insert(String::new(), Vec::new());
        }
        for (split, rows) in &self.splits {
            out.file(&self.file(split), &self.table(rows)?)?;
        }
        let is_openimages = self.kind == TableKind::OpenImages;
        if !is_openimages && self.kind != TableKind::RetinaNet {
            return Ok(());
        }
        let mut list = WriterBuilder::new().from_writer(Vec::new());
        for (place, class) in self.classes.classes.iter().enumerate() {
            let (name, id) = (class.name.clone(), class.id.as_ref());
            list.write_record(if is_openimages {
                [rows::class_id(&name, id), name]
            } else {
                [name, id.map_or_else(|| place.to_string(), rows::text_of)]
            })?;
        }
        let list = list.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        out.file(if is_openimages { "class-descriptions-boxable.csv" } else { "classes.csv" }, &list)
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        path_in_export(&image.name)
    }
}

/// Returns the word for a split in names of files.
fn word(split: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    split.to_lowercase().chars().map(|c| if is_plain(c) { c } else { '-' }).collect()
}
