//! The shape of a label in the lines of a task.

use serde_json::{Map, Value};

use super::super::data_file::KeypointShape;
use super::super::rules::Task;
use super::outlines::{LineNumbers, joined};
use crate::annotations::model::fields::{BBOX, CORNERS, KEYPOINTS, POLYLINE, ROTATION, SEGMENTATION};
use crate::annotations::model::{Rectangle, Shape};

/// The fields of shapes.
pub(super) const SHAPES: [&str; 6] = [BBOX, ROTATION, CORNERS, SEGMENTATION, POLYLINE, KEYPOINTS];

const NO_SHAPE: &str = "label without a shape (YOLO has no place for it)";
/// What a written line loses of its label, and why a label without another shape has no line.
const MASK: [&str; 2] =
    ["mask, of which the box is written (YOLO has polygons)", "label of a mask (YOLO has polygons)"];
const POLYGON: [&str; 2] = [
    "polygon, of which the box is written (this variant of YOLO has no polygons)",
    "label of a polygon (this variant of YOLO has no polygons)",
];
const ROTATED: [&str; 2] = [
    "rotated box, of which the upright box is written (this variant of YOLO has no rotated boxes)",
    "label of a rotated box (this variant of YOLO has no rotated boxes)",
];
const ROTATED_POLYGON: [&str; 2] =
    ["rotated box, written as a polygon", "label of a rotated box (this variant of YOLO has polygons)"];
const POINTS: [&str; 2] = [
    "keypoints of a label, which is written without them (this variant of YOLO has no keypoints)",
    "label of keypoints (this variant of YOLO has no keypoints)",
];
const LINE: [&str; 2] = [
    "line of several points, of which the box is written (YOLO has polygons)",
    "label of a line of several points (YOLO has polygons)",
];
const SEVERAL: &str = "separate polygons of a label (joined to one by lines)";
const CORNERS_OF_BOX: &str = "box (written as its four corners)";
const OTHER_BOX: &str = "box that is not the one around its polygon";
const FEW_POINTS: &str = "polygon of fewer than three points";
const COMPUTED: &str = "missing box of keypoints (computed from them)";
const MORE_POINTS: &str = "keypoints of another number than `kpt_shape` says";
const FILLED: &str = "keypoints fewer than `kpt_shape` says (filled up with absent ones)";
const VISIBILITY: &str = "visibility of a keypoint that `kpt_shape` has no place for";
const WITHOUT_POINTS: &str = "label without keypoints (lines of a pose set have them)";
const CLIPPED: &str = "part of a shape beyond the image (clipped)";
const OUTSIDE: &str = "shape outside of the image";

/// Returns true for what does not depend on the task: parts of a box beyond the image.
pub(super) fn is_about_image(what: &str) -> bool {
    what == CLIPPED || what == OUTSIDE
}

/// The shapes of a label.
#[derive(Debug, Default)]
pub(super) struct LabelShapes {
    upright: Option<Rectangle>,
    /// The corners of a rotated box.
    rotated: Option<[f64; 8]>,
    polygons: Option<Vec<Vec<f64>>>,
    mask: Option<Rectangle>,
    has_mask: bool,
    line: Option<Rectangle>,
    keypoints: Option<Vec<f64>>,
}

impl LabelShapes {
    /// Creates a box.
    pub(super) fn of_box(rectangle: Rectangle) -> Self {
        Self { upright: Some(rectangle), ..Self::default() }
    }

    /// Reads all shapes of a label's fields.
    pub(super) fn of(fields: &Map<String, Value>) -> Self {
        let only = |names: &[&str]| {
            let named =
                names.iter().filter_map(|name| Some(((*name).to_owned(), fields.get(*name)?.clone())));
            Shape::of(&named.collect())
        };
        let mut shapes = Self::default();
        match only(&[BBOX, ROTATION]) {
            Shape::Box(rectangle) => shapes.upright = Some(rectangle),
            turned @ Shape::Rotated(..) => shapes.rotated = turned.outline(),
            _ => {}
        }
        if let Shape::Corners(corners) = only(&[CORNERS]) {
            shapes.rotated = Some(corners);
        }
        match only(&[SEGMENTATION]) {
            Shape::Polygons(polygons) => shapes.polygons = Some(polygons),
            Shape::Mask(mask) => (shapes.mask, shapes.has_mask) = (mask.bounds(), true),
            _ => {}
        }
        if let line @ Shape::Polyline(_) = only(&[POLYLINE]) {
            shapes.line = line.bounds();
        }
        if let Shape::Keypoints(points) = only(&[KEYPOINTS]) {
            shapes.keypoints = Some(points).filter(|points| points.len() % 3 == 0 && !points.is_empty());
        }
        shapes
    }

    /// Returns the task whose lines hold the shapes; `None` if it is only a box, or none.
    pub(super) fn task(&self) -> Option<Task> {
        if self.keypoints.is_some() {
            Some(Task::Pose)
        } else if self.rotated.is_some() {
            Some(Task::Obb)
        } else {
            self.polygons.is_some().then_some(Task::Segment)
        }
    }

    /// Returns the box if there is nothing else.
    pub(super) fn only_box(&self) -> Option<Rectangle> {
        let is_only = self.task().is_none() && !self.has_mask && self.line.is_none();
        self.upright.filter(|_| is_only)
    }

    /// Returns the number of keypoints.
    pub(super) fn keypoint_count(&self) -> Option<usize> {
        self.keypoints.as_ref().map(|points| points.len() / 3)
    }

    /// Returns the upright box around the most exact shape, or the box that the label has.
    fn bounds(&self) -> Option<Rectangle> {
        let rotated = || self.rotated.as_ref().and_then(|corners| Rectangle::around(corners));
        let polygons = || self.polygons.as_ref().and_then(|polygons| Rectangle::around(&polygons.concat()));
        self.upright.or_else(rotated).or_else(polygons).or(self.mask).or(self.line)
    }

    /// Returns the numbers of the line after the class. Calls `note` with what the line does not
    /// hold; `None` if it cannot be written at all.
    pub(super) fn line(
        &self,
        task: Task,
        keypoints: Option<KeypointShape>,
        size: (f64, f64),
        note: &mut dyn FnMut(&'static str),
    ) -> Option<Vec<String>> {
        let losses = [
            (self.has_mask, MASK),
            (self.line.is_some(), LINE),
            (task != Task::Segment && self.polygons.is_some(), POLYGON),
            (task == Task::Segment && self.rotated.is_some(), ROTATED_POLYGON),
            (matches!(task, Task::Detect | Task::Pose) && self.rotated.is_some(), ROTATED),
            (task != Task::Pose && self.keypoints.is_some(), POINTS),
        ];
        let lost: Vec<[&'static str; 2]> =
            losses.into_iter().filter(|(is_lost, _)| *is_lost).map(|(_, what)| what).collect();
        let mut numbers = LineNumbers::default();
        let written = match task {
            Task::Detect => self.add_bounds(&mut numbers, size),
            Task::Segment => self.add_polygon(&mut numbers, size, note),
            Task::Obb => self.add_corners(&mut numbers, size, note),
            Task::Pose => self.add_pose(&mut numbers, keypoints, size, note),
        };
        if numbers.is_clipped {
            note(CLIPPED);
        }
        match written {
            Ok(()) => {
                lost.iter().for_each(|[loss, _]| note(loss));
                Some(numbers.text)
            }
            Err(NO_SHAPE) if !lost.is_empty() => {
                lost.iter().for_each(|[_, why]| note(why));
                None
            }
            Err(what) => {
                note(what);
                None
            }
        }
    }

    fn add_bounds(&self, numbers: &mut LineNumbers, size: (f64, f64)) -> Result<(), &'static str> {
        let seen = || self.keypoints.clone().and_then(|points| Shape::Keypoints(points).bounds());
        let bounds = self.bounds().or_else(seen).filter(|bounds| bounds.width >= 0.0 && bounds.height >= 0.0);
        if numbers.add_box(bounds.ok_or(NO_SHAPE)?, size) { Ok(()) } else { Err(OUTSIDE) }
    }

    fn add_polygon(
        &self,
        numbers: &mut LineNumbers,
        size: (f64, f64),
        note: &mut dyn FnMut(&'static str),
    ) -> Result<(), &'static str> {
        if let Some(polygons) = &self.polygons {
            if polygons.iter().any(|polygon| polygon.len() < 6 || polygon.len() % 2 == 1) {
                return Err(FEW_POINTS);
            }
            if polygons.len() > 1 {
                note(SEVERAL);
            }
            if self.upright.is_some_and(|own| !is_near(own, Rectangle::around(&polygons.concat()))) {
                note(OTHER_BOX);
            }
            return if numbers.add_points(&joined(polygons), size) { Ok(()) } else { Err(OUTSIDE) };
        }
        // The box of a mask is not its shape, and trainers read no boxes among polygons.
        if self.has_mask {
            return Err(NO_SHAPE);
        }
        let corners = self.rotated.or_else(|| self.upright.and_then(|own| Shape::Box(own).outline()));
        let corners = corners.ok_or(NO_SHAPE)?;
        if self.rotated.is_none() {
            note(CORNERS_OF_BOX);
        }
        if numbers.add_points(&corners, size) { Ok(()) } else { Err(OUTSIDE) }
    }

    fn add_corners(
        &self,
        numbers: &mut LineNumbers,
        size: (f64, f64),
        note: &mut dyn FnMut(&'static str),
    ) -> Result<(), &'static str> {
        let corners = self.rotated.or_else(|| self.upright.and_then(|own| Shape::Box(own).outline()));
        let corners = corners.ok_or(NO_SHAPE)?;
        if self.rotated.is_none() {
            note(CORNERS_OF_BOX);
        }
        if numbers.add_points(&corners, size) { Ok(()) } else { Err(OUTSIDE) }
    }

    fn add_pose(
        &self,
        numbers: &mut LineNumbers,
        shape: Option<KeypointShape>,
        size: (f64, f64),
        note: &mut dyn FnMut(&'static str),
    ) -> Result<(), &'static str> {
        let (Some(points), Some(shape)) = (&self.keypoints, shape) else { return Err(WITHOUT_POINTS) };
        if points.len() > 3 * shape.points {
            return Err(MORE_POINTS);
        }
        if self.bounds().is_none() {
            note(COMPUTED);
        }
        self.add_bounds(numbers, size)?;
        if points.len() < 3 * shape.points {
            note(FILLED);
        }
        if !numbers.add_keypoints(points, shape, size) {
            note(VISIBILITY);
        }
        Ok(())
    }
}

/// Returns true if two boxes differ by a pixel at most.
fn is_near(own: Rectangle, around: Option<Rectangle>) -> bool {
    around.is_some_and(|other| {
        [own.x - other.x, own.y - other.y, own.width - other.width, own.height - other.height]
            .iter()
            .all(|difference| difference.abs() <= 1.0)
    })
}
