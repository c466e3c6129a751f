//! The fields of labels that lines hold.

use super::reader::YoloReader;
use super::rules::{RowDecision, RowKind, Task};
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, ShapeForm};
use crate::annotations::model::fields::CLASS;

/// The most files that are read to find the task, if nothing says it.
const EXAMINED: usize = 1000;

impl YoloReader {
    /// Returns the fields that the lines of the task hold: a class and a shape. A score and a track
    /// follow only if the program that wrote the line was asked for them.
    pub(super) fn held(&self) -> HeldFields {
        let (form, shapes): (_, &[HeldShape]) = match self.task() {
            Task::Detect => (ShapeForm::One, &[HeldShape::Box]),
            Task::Segment => (ShapeForm::One, &[HeldShape::Polygon]),
            Task::Obb => (ShapeForm::One, &[HeldShape::Corners]),
            Task::Pose => {
                let has_visibility = !self.rules.is_result
                    && self.rules.keypoints.is_none_or(|keypoints| keypoints.numbers == 3);
                let points = if has_visibility { HeldShape::Keypoints } else { HeldShape::Points };
                return Self::held_of(ShapeForm::WithBox, &[HeldShape::Box, points]);
            }
        };
        Self::held_of(form, shapes)
    }

    fn held_of(form: ShapeForm, shapes: &[HeldShape]) -> HeldFields {
        let shapes = shapes.iter().copied();
        HeldFields::of(form, shapes, HeldNames::only([CLASS]), HeldNames::none()).with_first_class()
    }

    /// Returns the task, which the first files of labels say if nothing else does.
    fn task(&self) -> Task {
        if let Some(task) = self.rules.task {
            return task;
        }
        if self.rules.keypoints.is_some() {
            return Task::Pose;
        }
        let mut task = Task::Detect;
        for path in self.paths_of_labels().take(EXAMINED) {
            // A line that cannot be read is refused with its image.
            let _ = self.each_row(path, |row, _| {
                task = match self.rules.form(row.columns()) {
                    Ok(RowDecision::Form(form)) if form.kind == RowKind::Polygon => Task::Segment,
                    Ok(RowDecision::Form(form)) if form.kind == RowKind::Corners => Task::Obb,
                    Ok(RowDecision::FourPoints(_)) => Task::Obb,
                    _ => task,
                };
                Ok(task != Task::Segment)
            });
            if task == Task::Segment {
                break;
            }
        }
        task
    }
}
