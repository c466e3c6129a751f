//! The reader: the rows of all data files in the order of their paths.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::classes::{RowContext, add_classes, add_found};
use super::features::{Card, ClassNames, UNSPLIT, of_files};
use super::held::HeldColumns;
use super::inputs::{DataKind, data_files, is_saved};
use super::parquet::{about, columns_of_objects};
use super::row::{DataRow, EmbeddedImage, ending_of};
use super::rows::DataRows;
use super::sample::take_name;
use crate::annotations::fault::Reason;
use crate::annotations::files::Files;
use crate::annotations::files::archive::IMAGE_ENDINGS;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::FILE_NAME;
use crate::annotations::model::{ClassList, ImageBytes, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// Reads data sets of Hugging Face.
pub(super) struct HuggingFaceReader {
    files: Files,
    inputs: Vec<DataFile>,
    card: Card,
    /// The classes, and the numbers of rows of images that have several; made when first used.
    index: Option<RowIndex>,
    /// The number of the current file, and its rows.
    current: (usize, Option<DataRows>),
    /// The images with several rows, of which not all were read.
    open: HashMap<String, (u64, Sample)>,
    /// The names of images in Parquet files.
    named: HashSet<String>,
    /// The number of rows of each split of Parquet files.
    numbers: HashMap<String, u64>,
    rows: u64,
    skipped: Skipped,
    counted: bool,
}

/// A data file.
struct DataFile {
    path: String,
    kind: DataKind,
    names: ClassNames,
    split: Option<String>,
    is_unsplit: bool,
}

/// The result of the first pass.
#[derive(Default)]
struct RowIndex {
    classes: ClassList,
    /// All names of images in metadata.
    names: HashSet<String>,
    /// The number of rows of those that have several.
    several: HashMap<String, u64>,
    rows: u64,
    held: HeldColumns,
}

impl HuggingFaceReader {
    /// Finds the data files.
    pub(super) fn open(files: Files) -> Result<Self, ReadStop> {
        if is_saved(&files) && data_files(&files).is_empty() {
            let why = "expected Parquet files or a folder of images, found the Arrow files of `save_to_disk`; write \
                       them with `to_parquet`";
            return Err(ReadStop::Unreadable(why.to_owned()));
        }
        let card = of_files(&files)?;
        let mut inputs: Vec<DataFile> = Vec::new();
        for (path, kind) in data_files(&files) {
            let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            if kind != DataKind::Images
                && let Some(other) = inputs.iter().find(|other| folder(&other.path) == folder(path))
            {
                let why = format!(
                    "expected one file of metadata in a folder, found {} too; remove one",
                    other.path
                );
                return Err(ReadStop::Unreadable(format!("{path}: {why}")));
            }
            let mut names = card.names.clone();
            if let (DataKind::Images | DataKind::Metadata, Some(file)) = (kind, files.get(path)) {
                names.extend(about(path, file)?.0);
            }
            let (split, is_unsplit) = (card.split(path), card.is_unsplit(path));
            inputs.push(DataFile { path: path.to_owned(), kind, names, split, is_unsplit });
        }
        if inputs.is_empty() {
            let why = "expected metadata.jsonl, metadata.csv, metadata.parquet or Parquet files, found none";
            return Err(ReadStop::Unreadable(why.to_owned()));
        }
        Ok(Self {
            files,
            inputs,
            card,
            index: None,
            current: (0, None),
            open: HashMap::new(),
            named: HashSet::new(),
            numbers: HashMap::new(),
            rows: 0,
            skipped: Skipped::default(),
            counted: false,
        })
    }

    /// Reads the names of classes and images of all rows, without the images.
    fn index(&mut self) -> Result<&RowIndex, ReadStop> {
        if self.index.is_none() {
            let mut index = RowIndex::default();
            let mut found = BTreeSet::new();
            for input in &self.inputs {
                let context = RowContext { names: &input.names };
                let columns = context.class_columns();
                for list in &columns {
                    add_classes(&mut index.classes, list);
                }
                let Some(file) = self.files.get(&input.path) else { continue };
                if input.kind == DataKind::Images {
                    for (column, kind) in columns_of_objects(file) {
                        index.held.add(&column, kind);
                    }
                }
                if input.kind == DataKind::Images && !columns.is_empty() {
                    index.rows += about(&input.path, file)?.1;
                    continue;
                }
                let mut rows = DataRows::open(&input.path, file, input.kind, false)?;
                while let Some(row) = rows.next()? {
                    index.rows += 1;
                    let sample = if input.kind == DataKind::Images {
                        let read = context.sample(row.fields, String::new(), &row.place);
                        read.map_err(|reason| reason.at(row.place.clone()))?
                    } else {
                        let sample = input.named(row)?;
                        if !index.names.insert(sample.image.name.clone()) {
                            *index.several.entry(sample.image.name.clone()).or_insert(1) += 1;
                        }
                        sample
                    };
                    sample.labels.iter().for_each(|label| index.held.note(label));
                    for class in sample.labels.iter().flat_map(|label| label.classes()) {
                        if !found.contains(class) {
                            found.insert(class.to_owned());
                        }
                    }
                }
            }
            add_found(&mut index.classes, found);
            self.index = Some(index);
        }
        Ok(self.index.get_or_insert_default())
    }

    /// Returns the next row of all files.
    fn row(&mut self) -> Result<Option<(usize, DataRow)>, ReadStop> {
        loop {
            let (number, rows) = &mut self.current;
            let Some(input) = self.inputs.get(*number) else { return Ok(None) };
            if rows.is_none() {
                let Some(file) = self.files.get(&input.path) else { return Ok(None) };
                *rows = Some(DataRows::open(&input.path, file, input.kind, true)?);
            }
            match rows.as_mut().map(DataRows::next).transpose()?.flatten() {
                Some(row) => return Ok(Some((*number, row))),
                None => self.current = (*number + 1, None),
            }
        }
    }

    /// Reads a row of a Parquet file with images.
    fn embedded(&mut self, number: usize, row: DataRow) -> Result<Option<Sample>, ReadStop> {
        let Some(input) = self.inputs.get(number) else { return Ok(None) };
        let EmbeddedImage { bytes, path } = row.image.unwrap_or_default();
        let folder = input.folder();
        let counter = self.numbers.entry(folder.clone()).or_default();
        let row_number = *counter;
        *counter += 1;
        if bytes.is_none() && path.is_none() {
            self.skipped.note("row without an image", || row.place.to_string());
            return Ok(None);
        }
        for column in row.other_images {
            self.skipped.note("value of another column of images or bytes", || {
                format!("{}, column {column}", row.place)
            });
        }
        let is_named = path.as_ref().is_some_and(|path| !path.is_empty());
        let name = path
            .filter(|path| !path.is_empty())
            .unwrap_or_else(|| format!("{row_number:08}.{}", bytes.as_deref().map_or("jpg", ending_of)));
        let file = Some(name.as_str()).filter(|_| bytes.is_none());
        let file = file.and_then(|name| self.files.get(name)).map(|_| name.clone());
        let mut key = format!("{folder}{}", name.replace('\\', "/").trim_start_matches('/'));
        if !self.named.insert(key.clone()) {
            let (start, end) = key.rsplit_once('.').unwrap_or((&key, "jpg"));
            key = format!("{start}~{row_number}.{end}");
            self.named.insert(key.clone());
        }
        let context = RowContext { names: &input.names };
        let read = context.sample(row.fields, key.clone(), &row.place);
        let mut sample = read.map_err(|reason| reason.at(row.place))?;
        if is_named && !sample.image.fields.contains_key(FILE_NAME) {
            sample.image.fields.insert(FILE_NAME.to_owned(), name.into());
        }
        let split = sample.image.split.take();
        sample.image.split = split.or_else(|| input.split.clone());
        sample.image.bytes = match (bytes, file) {
            (Some(bytes), _) => ImageBytes::Memory(bytes),
            (None, Some(file)) => ImageBytes::File(file),
            (None, None) => ImageBytes::ByName,
        };
        Ok(Some(sample))
    }

    /// Reads a row of metadata; `None` if the image has more rows.
    fn of_metadata(&mut self, number: usize, row: DataRow) -> Result<Option<Sample>, ReadStop> {
        let Some(input) = self.inputs.get(number) else { return Ok(None) };
        let mut sample = input.named(row)?;
        let name = sample.image.name.clone();
        let split = sample.image.split.take().or_else(|| input.split.clone());
        sample.image.split =
            split.or_else(|| self.card.split(name.rsplit_once('/').map_or("", |(folder, _)| folder)));
        sample.image.bytes =
            if self.files.get(&name).is_some() { ImageBytes::File(name.clone()) } else { ImageBytes::ByName };
        let Some(rows) = self.index.as_ref().and_then(|index| index.several.get(&name)).copied() else {
            return Ok(Some(sample));
        };
        let (read, joined) = match self.open.remove(&name) {
            None => (1, sample),
            Some((read, mut first)) => {
                for label in sample.labels {
                    if !first.labels.iter().any(|other| other.fields == label.fields && other.id == label.id)
                    {
                        first.labels.push(label);
                    }
                }
                if first.image.fields != sample.image.fields {
                    self.skipped
                        .note("other fields of a further row of an image", || sample.image.place.to_string());
                }
                (read + 1, first)
            }
        };
        if read == rows {
            return Ok(Some(joined));
        }
        self.open.insert(name, (read, joined));
        Ok(None)
    }

    /// Counts the files that no row names.
    fn count_files(&mut self) {
        if std::mem::replace(&mut self.counted, true) {
            return;
        }
        for path in self.files.paths() {
            let is_named = self.index.as_ref().is_some_and(|index| index.names.contains(path));
            let is_data = self.inputs.iter().any(|input| input.path == path);
            let is_about =
                ["README.md", "LICENSE", "dataset_infos.json", "dataset_info.json"].contains(&path);
            if is_named || is_data || is_about {
                continue;
            }
            let ending =
                path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
            let is_image = IMAGE_ENDINGS.contains(&ending.as_str());
            let what = if is_image { "image that no row names" } else { "file that is not read" };
            self.skipped.note(what, || path.to_owned());
        }
    }
}

impl DataFile {
    /// Reads a row of metadata.
    fn named(&self, row: DataRow) -> Result<Sample, ReadStop> {
        let DataRow { place, mut fields, .. } = row;
        let folder = self.path.rfind('/').map_or("", |slash| &self.path[..=slash]);
        let refused = |reason: Reason| reason.at(place.clone());
        fields.retain(|_, value| !value.is_null());
        let name = take_name(&mut fields, folder).map_err(refused)?;
        let context = RowContext { names: &self.names };
        let mut sample = context.sample(fields, name.clone(), &place).map_err(refused)?;
        sample.image.fields.insert(FILE_NAME.to_owned(), name.into());
        Ok(sample)
    }

    /// Returns the folder of the names of its images: the split, else the name of the file.
    fn folder(&self) -> String {
        match &self.split {
            Some(split) => format!("{}/", split.to_lowercase()),
            None if self.is_unsplit => format!("{UNSPLIT}/"),
            None => format!("{}/", self.path.strip_suffix(".parquet").unwrap_or(&self.path)),
        }
    }
}

impl SampleReader for HuggingFaceReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        self.index().map(|index| index.classes.clone())
    }

    fn holds(&self) -> HeldFields {
        self.index.as_ref().map_or_else(HeldFields::default, |index| index.held.held())
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        self.index()?;
        while let Some((number, row)) = self.row()? {
            self.rows += 1;
            let is_embedded = self.inputs.get(number).is_some_and(|input| input.kind == DataKind::Images);
            let sample =
                if is_embedded { self.embedded(number, row)? } else { self.of_metadata(number, row)? };
            if sample.is_some() {
                return Ok(sample);
            }
        }
        self.count_files();
        Ok(None)
    }

    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        for input in self.inputs.iter().filter(|input| input.kind != DataKind::Images) {
            let Some(file) = self.files.get(&input.path) else { continue };
            let mut rows = DataRows::open(&input.path, file, input.kind, false)?;
            while let Some(row) = rows.next()? {
                let sample = input.named(row)?;
                for id in sample.labels.iter().filter_map(|label| label.id.as_deref()) {
                    note(&sample.image.name, id);
                }
            }
        }
        Ok(())
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.rows, self.index.as_ref().map(|index| index.rows))
    }
}
