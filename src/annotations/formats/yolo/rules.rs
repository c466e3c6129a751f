//! The form of a line by its number of columns.

use super::data_file::KeypointShape;
use crate::annotations::fault::Reason;

/// A task of YOLO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Detect,
    Segment,
    Pose,
    Obb,
}

/// The end of a variant of predictions, such as `detect-results`.
const RESULTS: &str = "-results";

impl Task {
    /// Returns the task of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "detect" | "detection" => Some(Self::Detect),
            "segment" | "segmentation" => Some(Self::Segment),
            "pose" => Some(Self::Pose),
            "obb" => Some(Self::Obb),
            _ => None,
        }
    }

    /// Returns the task of a variant, and true if the labels are predictions.
    pub(super) fn of_variant(variant: &str) -> Result<(Self, bool), Reason> {
        let (name, is_result) = variant.strip_suffix(RESULTS).map_or((variant, false), |name| (name, true));
        let task = Self::named(name).ok_or_else(|| {
            let why = format!(
                "expected the variant detect, segment, pose or obb, or one of predictions such as \
                 detect-results, found {variant:?}"
            );
            Reason::record(why)
        });
        Ok((task?, is_result))
    }
}

/// What a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    /// The middle, width and height of a box.
    Box,
    /// The points of a polygon.
    Polygon,
    /// The four corners of a rotated box.
    Corners,
    /// A box and keypoints.
    Pose,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowForm {
    /// What it holds.
    pub kind: RowKind,
    /// The number of columns after the shape.
    pub extra: usize,
    /// True if the label is a prediction.
    pub is_result: bool,
    /// True if a single column after the shape is the number of a track.
    pub is_tracked: bool,
}

/// What is known about the lines of an input.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowRules {
    /// The task, if it is known.
    pub task: Option<Task>,
    /// The form of keypoints.
    pub keypoints: Option<KeypointShape>,
    /// True if the labels are predictions, with a score after the shape.
    pub is_result: bool,
    /// True if the labels are predictions with tracks.
    pub is_tracked: bool,
    /// What four points are, once it is decided.
    pub four_points: Option<RowKind>,
}

/// The form of a line, or what must be known first.
#[derive(Debug, PartialEq)]
pub(super) enum RowDecision {
    /// The form.
    Form(RowForm),
    /// Four points: a rotated box or a polygon.
    FourPoints(RowForm),
}

impl RowRules {
    /// Returns the form of a line with this number of columns.
    pub(super) fn form(&self, columns: usize) -> Result<RowDecision, Reason> {
        let extras = if self.is_result { 2 } else { 0 };
        for extra in 0..=extras {
            let Some(kind) = columns.checked_sub(extra).and_then(|columns| self.kind(columns)) else {
                continue;
            };
            // An odd number of numbers follows a polygon only with a score; with a track they are two.
            let is_polygon = kind == Ok(RowKind::Polygon) || kind == Err(());
            if is_polygon && self.is_result && self.is_tracked && extra == 0 {
                continue;
            }
            let form = RowForm {
                kind: kind.unwrap_or(RowKind::Corners),
                extra,
                is_result: self.is_result,
                is_tracked: self.is_tracked,
            };
            return Ok(match (kind, self.four_points) {
                (Ok(_), _) => RowDecision::Form(form),
                (Err(()), Some(kind)) => RowDecision::Form(RowForm { kind, ..form }),
                (Err(()), None) => RowDecision::FourPoints(form),
            });
        }
        Err(self.unexpected(columns))
    }

    /// Returns what a number of columns holds, without anything after the shape; `Err` for four
    /// points of an unknown task.
    fn kind(&self, columns: usize) -> Option<Result<RowKind, ()>> {
        let is_pose = self.keypoints.is_some_and(|shape| columns == 5 + shape.points * shape.numbers);
        match (self.task, columns) {
            (None | Some(Task::Pose), _) if is_pose => Some(Ok(RowKind::Pose)),
            (_, 5) => Some(Ok(RowKind::Box)),
            (Some(Task::Pose), _) => None,
            (Some(Task::Detect), _) if self.is_result => None,
            (None, _) if self.keypoints.is_some() => None,
            (Some(Task::Obb), 9) => Some(Ok(RowKind::Corners)),
            (Some(Task::Obb), _) => None,
            (None, 9) => Some(Err(())),
            (_, 7..) if columns % 2 == 1 => Some(Ok(RowKind::Polygon)),
            _ => None,
        }
    }

    /// Returns true if a number of columns is that of a polygon of other than four points.
    pub(super) fn is_other_polygon(&self, columns: usize) -> bool {
        let form = self.form(columns);
        matches!(form, Ok(RowDecision::Form(RowForm { kind: RowKind::Polygon, .. })))
    }

    fn unexpected(&self, columns: usize) -> Reason {
        let expected = match (self.task, self.keypoints) {
            (None | Some(Task::Pose), Some(shape)) => {
                let pose = 5 + shape.points * shape.numbers;
                format!("{pose} columns, as `kpt_shape` in data.yaml says, or 5 of a box")
            }
            (Some(Task::Pose), None) => {
                "the `kpt_shape` of the keypoints in data.yaml, or 5 columns of a box".to_owned()
            }
            (Some(Task::Obb), _) => "9 columns, a class and four corners, or 5 of a box".to_owned(),
            _ => "5 columns of a box, 9 of a rotated box, or a class and three points or more".to_owned(),
        };
        let hint = match (self.is_result, columns) {
            (true, _) => "; name the task with the variant, such as segment-results",
            (false, 6) => {
                "; if the last one is the score of a prediction, use the variant detect-results, else remove it"
            }
            (false, _) if columns.is_multiple_of(2) && self.keypoints.is_none() => {
                "; keypoints need `kpt_shape` in data.yaml, predictions a variant such as segment-results"
            }
            (false, _) => "",
        };
        Reason::record(format!("expected {expected}, found {columns}{hint}"))
    }
}
