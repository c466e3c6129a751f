//! The writer.

use std::collections::{BTreeMap, HashSet};
use std::io;

use serde_json::Value;

use super::super::data_file::KeypointShape;
use super::super::rules::Task;
use super::classes::ExportClasses;
use super::data_yaml;
use super::places::{folder_of_split, has_known_ending, image_path, path_of_labels, split_of_folder};
use super::shapes::{LabelShapes, SHAPES, is_about_image};
use crate::annotations::formats::WriterOptions;
use crate::annotations::model::fields::{
    ATTRIBUTES, CAPTION, CLASS, FILE_NAME, HEIGHT, REGIONS, SCORE, SPAN, TRACK_ID, WIDTH,
};
use crate::annotations::model::{ClassList, Image, Label, LabelOrigin, Rectangle, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};
use crate::domain::id::Digest;

/// Writes YOLO. Without a variant, the first shape that is not a box decides for polygons, rotated
/// boxes or keypoints; until then the labels are kept, with about 50 bytes each. The hash of each
/// path is kept, too.
pub(super) struct YoloWriter {
    variant: Option<String>,
    task: Option<Task>,
    set: Option<SetInfo>,
    classes: ExportClasses,
    keypoints: Option<KeypointShape>,
    waiting: Vec<WaitingImage>,
    paths: HashSet<[u8; 16]>,
    /// The number of images in each folder.
    folders: BTreeMap<String, u64>,
}

/// An image with boxes only, before the task is known.
struct WaitingImage {
    path: String,
    size: (f64, f64),
    boxes: Vec<(usize, Rectangle)>,
}

impl YoloWriter {
    /// Creates a writer.
    pub(super) fn new(options: &WriterOptions) -> Self {
        Self {
            variant: options.variant.clone(),
            task: None,
            set: None,
            classes: ExportClasses::default(),
            keypoints: None,
            waiting: Vec::new(),
            paths: HashSet::new(),
            folders: BTreeMap::new(),
        }
    }

    /// Sets the task, and writes the images that wait for it.
    fn decide(&mut self, task: Task, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()> {
        self.task = Some(task);
        for image in std::mem::take(&mut self.waiting) {
            let mut text = String::new();
            for (class, rectangle) in image.boxes {
                let mut note = |what| {
                    if !is_about_image(what) {
                        left_out.note(what, || image.path.clone());
                    }
                };
                let shapes = LabelShapes::of_box(rectangle);
                if let Some(numbers) = shapes.line(task, self.keypoints, image.size, &mut note) {
                    push(&mut text, class, &numbers);
                }
            }
            out.file(&image.path, text.as_bytes())?;
        }
        Ok(())
    }

    /// Refuses an image whose path another one has.
    fn claim(&mut self, image: &Image, labels: &str) -> io::Result<()> {
        let path = image_path(image);
        let hash = |path: &str| {
            let mut short = [0; 16];
            short.copy_from_slice(&Digest::of(path.as_bytes()).as_bytes()[..16]);
            short
        };
        if self.paths.insert(hash(labels)) {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!(
                "two images would have the labels {labels}, the second is {} ({path}): YOLO finds labels by the name \
                 of the image without its ending; rename one of the images",
                image.name
            ),
        ))
    }

    /// Returns the number of a label's class; `None` without a class.
    fn class(&mut self, label: &Label, left_out: &mut Skipped) -> Option<usize> {
        let classes = label.classes();
        let Some(class) = classes.first() else {
            left_out.note("label without a class", || label.place.to_string());
            return None;
        };
        if classes.len() > 1 {
            left_out.note("further class of a label (a line has one)", || label.place.to_string());
        }
        Some(self.classes.number(class, left_out))
    }
}

impl SampleWriter for YoloWriter {
    fn begin(
        &mut self,
        set: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        if let Some(variant) = &self.variant {
            self.task = Some(Task::named(variant).ok_or_else(|| {
                let why = format!("expected the variant detect, segment, pose or obb, found {variant:?}");
                io::Error::new(io::ErrorKind::InvalidInput, why)
            })?);
        }
        self.set = Some(set.clone());
        self.classes = ExportClasses::new(classes, left_out);
        self.keypoints = self.classes.keypoints;
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let path = path_of_labels(image);
        self.claim(image, &path)?;
        *self.folders.entry(folder_of_split(image.split.as_deref())).or_default() += 1;
        note_image(image, left_out);
        let size = image.size();
        let mut labels = Vec::with_capacity(sample.labels.len());
        for label in &sample.labels {
            note_label(label, left_out);
            if size.is_none() {
                left_out.note("label of an image whose size is unknown", || label.place.to_string());
            } else if let Some(class) = self.class(label, left_out) {
                labels.push((class, LabelShapes::of(&label.fields), label));
            }
        }
        let size = size.unwrap_or((1.0, 1.0));
        if self.task.is_none()
            && let Some(task) = labels.iter().find_map(|(_, shapes, _)| shapes.task())
        {
            self.decide(task, left_out, out)?;
        }
        let task = match self.task {
            Some(task) => task,
            None if labels.iter().all(|(_, shapes, _)| shapes.only_box().is_some()) => {
                let mut boxes = Vec::with_capacity(labels.len());
                for (class, shapes, label) in labels {
                    // What is beyond the image is noted here, because the end comes after the report.
                    let mut note = |what| left_out.note(what, || label.place.to_string());
                    shapes.line(Task::Detect, None, size, &mut note);
                    boxes.extend(shapes.only_box().map(|rectangle| (class, rectangle)));
                }
                self.waiting.push(WaitingImage { path, size, boxes });
                return Ok(());
            }
            // A mask or a line: all tasks leave it out, and its box is written.
            None => {
                self.decide(Task::Detect, left_out, out)?;
                Task::Detect
            }
        };
        let text = self.text(task, size, &labels, left_out);
        out.file(&path, text.as_bytes())
    }

    fn end(&mut self, left_out: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        let task = self.task.unwrap_or(Task::Detect);
        self.decide(task, &mut Skipped::default(), out)?;
        let keypoints = self.keypoints.filter(|_| task == Task::Pose);
        let text =
            data_yaml::text(self.set.as_ref(), &self.folders, task, keypoints, &self.classes, left_out);
        out.file("data.yaml", text.as_bytes())
    }

    fn notes(&self) -> Vec<String> {
        data_yaml::notes(&self.folders)
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        Some(image_path(image))
    }
}

impl YoloWriter {
    /// Returns the lines of the labels of an image.
    fn text(
        &mut self,
        task: Task,
        size: (f64, f64),
        labels: &[(usize, LabelShapes, &Label)],
        left_out: &mut Skipped,
    ) -> String {
        let mut text = String::new();
        for (class, shapes, label) in labels {
            if self.keypoints.is_none() && task == Task::Pose {
                // The class list does not say it: the first label does.
                self.keypoints = shapes.keypoint_count().map(|points| KeypointShape { points, numbers: 3 });
            }
            let mut note = |what| left_out.note(what, || label.place.to_string());
            if let Some(numbers) = shapes.line(task, self.keypoints, size, &mut note) {
                push(&mut text, *class, &numbers);
            }
        }
        text
    }
}

/// Adds a line.
fn push(text: &mut String, class: usize, numbers: &[String]) {
    text.push_str(&class.to_string());
    for number in numbers {
        text.push(' ');
        text.push_str(number);
    }
    text.push('\n');
}

/// Notes what YOLO does not hold of an image.
pub(super) fn note_image(image: &Image, left_out: &mut Skipped) {
    let name = || image.name.clone();
    match image.split.as_deref() {
        None => left_out.note("image without a split (written to train)", name),
        Some(split) if split_of_folder(&folder_of_split(Some(split))) != split => {
            left_out.note("name of a split that is no name of a folder", || split.to_owned());
        }
        Some(_) => {}
    }
    if !has_known_ending(&image.name) {
        left_out.note("image with an ending that Ultralytics does not read", name);
    }
    let known = [FILE_NAME, WIDTH, HEIGHT];
    for (field, _) in
        image.fields.iter().filter(|(field, value)| !known.contains(&field.as_str()) && has_value(value))
    {
        left_out.note("field of an image", || format!("{field} of {}", image.name));
    }
}

/// Notes what YOLO does not hold of a label, besides its shape.
pub(super) fn note_label(label: &Label, left_out: &mut Skipped) {
    let place = || label.place.to_string();
    if label.id.is_some() {
        left_out.note("id of a label (YOLO has none)", place);
    }
    if label.author.is_some() {
        left_out.note("author of a label", place);
    }
    if label.origin == LabelOrigin::Prediction {
        left_out.note("origin of a label in a model (written like other labels)", place);
    }
    for (field, value) in &label.fields {
        let field = field.as_str();
        if field == CLASS || SHAPES.contains(&field) || !has_value(value) {
            continue;
        }
        let what = match field {
            SCORE => "score of a label",
            TRACK_ID => "track of a label",
            CAPTION => "caption",
            SPAN => "range of a text",
            ATTRIBUTES => "attributes of a label",
            REGIONS => "regions of a label",
            _ => "other field of a label",
        };
        left_out.note(what, || format!("{field} of {}", label.place));
    }
}

/// Returns false for null and for empty lists and objects.
fn has_value(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}
