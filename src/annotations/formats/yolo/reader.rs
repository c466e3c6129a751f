//! The reader of YOLO.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use serde_json::Map;

use super::classes::ClassNumbers;
use super::description::Description;
use super::inputs::{self, InputImage};
use super::rows::Row;
use super::rules::{RowDecision, RowForm, RowKind, RowRules, Task};
use super::{folder_of_input, results};
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::formats::shared::shown::size_as_shown;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::{FILE_NAME, HEIGHT, WIDTH};
use crate::annotations::model::{ClassList, Image, ImageBytes, Label, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// Reads YOLO. Keeps the paths of the images and of their labels; a file of labels is read with its
/// image.
pub(super) struct YoloReader {
    /// The files of labels.
    files: Files,
    /// The files of images, if they are another folder.
    image_files: Option<Files>,
    images: Vec<InputImage>,
    next: usize,
    description: Description,
    classes: Option<ClassNumbers>,
    pub(super) rules: RowRules,
    size_of: fn(&Path) -> Option<(u64, u64)>,
    skipped: Skipped,
}

impl YoloReader {
    /// Opens an input: a folder, a data file, or a folder of predictions with the data set to which
    /// they refer.
    pub(super) fn open(files: Files, options: &ReaderOptions) -> Result<Self, ReadStop> {
        let files = folder_if_one(files)?;
        let reference = options.reference.as_deref().map(open_folder).transpose()?;
        let folder = results::of_files(&files);
        let variant = options.variant.as_deref().map(Task::of_variant).transpose();
        let variant = variant.map_err(|reason| reason.at(RecordPlace::Element("--variant".to_owned())))?;
        if folder.is_some() && reference.is_none() {
            let first = files.ending(".txt").next().unwrap_or_default().to_owned();
            let why = "these are predictions, and the images next to them have boxes drawn into them; name the data \
                       set to which they refer with `--reference data.yaml`";
            return Err(Reason::record(why).at(RecordPlace::File(first)).into());
        }
        let mut skipped = Skipped::default();
        let data_set = reference.as_ref().unwrap_or(&files);
        let mut description = Description::find(data_set)?;
        let mut images = inputs::images(data_set, &mut description, &mut skipped)?;
        if reference.is_some() {
            // What is not read of the data set is not part of the input.
            skipped = Skipped::default();
            images = inputs::predicted(images, &files, &mut skipped)?;
        }
        if description.file.is_empty()
            && description.names.is_none()
            && let [first, ..] = images.as_slice()
            && images.iter().all(|image| image.labels.is_none())
        {
            // Else a folder of another format would be read as images without labels.
            let why = "expected `data.yaml`, `classes.txt`, or a file of labels for at least one image, such as \
                       `labels/a.txt` for `images/a.jpg`, found none; choose the format with `--format`, or `images` \
                       if there are no labels";
            return Err(Reason::record(why).at(RecordPlace::File(first.path.clone())).into());
        }
        let of_data = description.data.as_ref().and_then(|data| data.task.as_deref()).and_then(Task::named);
        let is_result = reference.is_some() || variant.is_some_and(|(_, is_result)| is_result);
        let rules = RowRules {
            task: variant.map(|(task, _)| task).or(folder.and_then(|folder| folder.task)).or(of_data),
            keypoints: description.keypoints(),
            is_result,
            is_tracked: folder.is_some_and(|folder| folder.is_tracked),
            four_points: None,
        };
        for field in description.data.iter().flat_map(|data| &data.others) {
            skipped.note("field of data.yaml that is not stored", || field.clone());
        }
        Ok(Self {
            files,
            image_files: reference,
            images,
            next: 0,
            description,
            classes: None,
            rules,
            size_of: options.size_of,
            skipped,
        })
    }

    /// Returns the classes, for which all labels are read if they have no names.
    fn numbered(&mut self) -> Result<ClassNumbers, ReadStop> {
        let data = self.description.data.as_ref();
        if let Some((names, file)) = self.description.names.take() {
            if let Some(count) = data.and_then(|data| data.count).filter(|count| *count != names.len() as u64)
            {
                let shown = format!("{file}: nc is {count}, names are {}", names.len());
                self.skipped.note("`nc` that is not the number of names", || shown);
            }
            return Ok(ClassNumbers::named(names, &file, data, &mut self.skipped)?);
        }
        let mut numbers = BTreeSet::new();
        for path in self.paths_of_labels() {
            each_row(&self.files, path, |row, _| {
                numbers.insert(row.class);
                Ok(true)
            })?;
        }
        let place = || RecordPlace::File(self.description.file.clone());
        let classes = ClassNumbers::numbers(&numbers, data, &mut self.skipped);
        Ok(classes.map_err(|reason| reason.at(place()))?)
    }

    /// Decides what four points are: a polygon if any file has a polygon of another number of
    /// points, else a rotated box.
    fn four_points(&self) -> Result<RowKind, RecordFault> {
        let mut kind = RowKind::Corners;
        for path in self.paths_of_labels() {
            each_row(&self.files, path, |row, _| {
                if self.rules.is_other_polygon(row.columns()) {
                    kind = RowKind::Polygon;
                }
                Ok(kind == RowKind::Corners)
            })?;
            if kind == RowKind::Polygon {
                break;
            }
        }
        Ok(kind)
    }

    /// Returns the files of labels, in the order of the images.
    pub(super) fn paths_of_labels(&self) -> impl Iterator<Item = &str> {
        self.images.iter().filter_map(|image| image.labels.as_deref())
    }

    /// Calls `take` with each line of a file of labels and its number, until it returns false.
    pub(super) fn each_row(
        &self,
        path: &str,
        take: impl FnMut(Row, u64) -> Result<bool, Reason>,
    ) -> Result<(), RecordFault> {
        each_row(&self.files, path, take)
    }

    fn form(&mut self, columns: usize) -> Result<RowForm, ReadRowStop> {
        match self.rules.form(columns)? {
            RowDecision::Form(form) => Ok(form),
            RowDecision::FourPoints(form) => {
                let kind = self.four_points()?;
                self.rules.four_points = Some(kind);
                Ok(RowForm { kind, ..form })
            }
        }
    }

    fn labels(&mut self, path: &str, image: &str, size: Option<(f64, f64)>) -> Result<Vec<Label>, ReadStop> {
        let mut rows = Vec::new();
        each_row(&self.files, path, |row, line| {
            rows.push((row, line));
            Ok(true)
        })?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let Some(size) = size else {
            if let Some(Err(error)) = self.files.get(image).map(File::open) {
                let why = format!("cannot be read: {error}; make it readable");
                return Err(Reason::record(why).at(RecordPlace::File(image.to_owned())).into());
            }
            let why = format!(
                "expected an image whose size can be read at {image}, found none; the numbers of its labels are \
                 parts of its size"
            );
            return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())).into());
        };
        let mut labels = Vec::with_capacity(rows.len());
        for (row, line) in rows {
            let place = RecordPlace::FileLine(path.to_owned(), line);
            let form = self.form(row.columns()).map_err(|stop| stop.at(&place))?;
            let name = self.classes.as_ref().map_or_else(|| Ok(row.class.to_string()), |c| c.name(row.class));
            let mut label = Label::new(place.clone());
            let written = name.and_then(|name| {
                label = label.clone().of_class(name);
                row.write(form, self.rules.keypoints, size, &mut label)
            });
            written.map_err(|reason| reason.at(place))?;
            labels.push(label);
        }
        Ok(labels)
    }
}

/// The reason why a line cannot be read: itself, or another file that decides about it.
enum ReadRowStop {
    Row(Reason),
    File(RecordFault),
}

impl From<Reason> for ReadRowStop {
    fn from(reason: Reason) -> Self {
        Self::Row(reason)
    }
}

impl From<RecordFault> for ReadRowStop {
    fn from(fault: RecordFault) -> Self {
        Self::File(fault)
    }
}

impl ReadRowStop {
    fn at(self, place: &RecordPlace) -> RecordFault {
        match self {
            Self::Row(reason) => reason.at(place.clone()),
            Self::File(fault) => fault,
        }
    }
}

impl SampleReader for YoloReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        let classes = self.numbered()?;
        let list = classes.list.clone();
        self.classes = Some(classes);
        Ok(list)
    }

    fn holds(&self) -> HeldFields {
        self.held()
    }

    fn is_results(&self) -> bool {
        self.rules.is_result
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        let Some(input) = self.images.get(self.next).cloned() else { return Ok(None) };
        self.next += 1;
        let mut image = Image::new(RecordPlace::File(input.path.clone()), input.path.clone());
        image.fields = Map::from_iter([(FILE_NAME.to_owned(), input.path.as_str().into())]);
        image.split = input.split.map(Into::into);
        let file = self.image_files.as_ref().unwrap_or(&self.files).get(&input.path);
        if let Some(file) = file {
            image.bytes = ImageBytes::Path(file.to_owned());
            if let Some((width, height)) = size_as_shown(file, self.size_of) {
                image.fields.insert(WIDTH.to_owned(), width.into());
                image.fields.insert(HEIGHT.to_owned(), height.into());
            }
        }
        let size = image.size();
        let labels = match &input.labels {
            Some(path) => self.labels(path, &input.path, size)?,
            None => Vec::new(),
        };
        Ok(Some(Sample { image, labels }))
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.next as u64, Some(self.images.len() as u64))
    }
}

/// Calls `take` with each line of a file of labels and its number, until it returns false.
fn each_row(
    files: &Files,
    path: &str,
    mut take: impl FnMut(Row, u64) -> Result<bool, Reason>,
) -> Result<(), RecordFault> {
    for (line, number) in files.text(path)?.lines().zip(1_u64..) {
        let row = Row::read(line).and_then(|row| row.map_or(Ok(true), |row| take(row, number)));
        if !row.map_err(|reason| reason.at(RecordPlace::FileLine(path.to_owned(), number)))? {
            break;
        }
    }
    Ok(())
}

/// Opens the folder of a data file that is the input.
fn folder_if_one(files: Files) -> Result<Files, ReadStop> {
    match folder_of_input(&files) {
        Some(_) => {
            let place = || RecordPlace::File(files.paths().next().unwrap_or_default().to_owned());
            Ok(files.folder().map_err(|reason| reason.at(place()))?)
        }
        None => Ok(files),
    }
}

/// Opens a data set that is named: its folder, or a file in it.
fn open_folder(path: &Path) -> Result<Files, ReadStop> {
    let opened =
        Files::open(path).map_err(|reason| reason.at(RecordPlace::File(path.display().to_string())))?;
    folder_if_one(opened)
}
