//! A line of a label file: a class and numbers from 0 to 1.

use serde_json::{Value, json};

use super::data_file::KeypointShape;
use super::rules::{RowForm, RowKind};
use crate::annotations::fault::Reason;
use crate::annotations::model::fields::{KEYPOINTS, SCORE, TRACK_ID};
use crate::annotations::model::{Label, LabelOrigin, Rectangle, Shape};

/// The numbers of a line.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    /// The number of the class.
    pub class: u64,
    /// The numbers after it.
    pub numbers: Vec<f64>,
    /// The most digits that one of them has after the point; `None` if one has an exponent.
    digits: Option<usize>,
}

/// The largest precision of a label, in pixels: a line such as `0 0.5 0.5 1 1` may be exact.
const COARSEST: f64 = 0.25;

/// The tolerance of Ultralytics.
const LEAST: f64 = -0.01;
const MOST: f64 = 1.01;

impl Row {
    /// Reads a line; `None` if it is blank.
    pub(super) fn read(line: &str) -> Result<Option<Self>, Reason> {
        let mut columns = line.split_ascii_whitespace();
        let Some(first) = columns.next() else { return Ok(None) };
        let class = class_of(first)?;
        let mut digits = Some(0);
        let numbers = columns.zip(2_usize..).map(|(text, column)| {
            let after = text.split_once('.').map_or(0, |(_, after)| after.len());
            digits = digits.filter(|_| !text.contains(['e', 'E'])).map(|most| most.max(after));
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.ok_or_else(|| {
                Reason::record(format!("expected a number in column {column}, found {}", shown(text)))
            })
        });
        let numbers = numbers.collect::<Result<_, _>>()?;
        Ok(Some(Self { class, numbers, digits }))
    }

    /// Returns the number of columns, the class included.
    pub(super) fn columns(&self) -> usize {
        self.numbers.len() + 1
    }

    /// Returns the largest error of a shape in an image of this size, in pixels.
    fn precision(&self, (width, height): (f64, f64)) -> f64 {
        let digits = self.digits.and_then(|digits| i32::try_from(digits).ok());
        // The errors of a middle and of half a side add up.
        digits.map_or(0.0, |digits| (width.max(height) * 10_f64.powi(-digits)).min(COARSEST))
    }

    /// Sets the shape of a label of an image of this size, and what follows the shape.
    pub(super) fn write(
        &self,
        form: RowForm,
        keypoints: Option<KeypointShape>,
        size: (f64, f64),
        label: &mut Label,
    ) -> Result<(), Reason> {
        label.precision = self.precision(size);
        let (shape, rest) = self.numbers.split_at(self.numbers.len() - form.extra.min(self.numbers.len()));
        match (form.kind, keypoints) {
            (RowKind::Box, _) => rectangle(shape, size)?.write(&mut label.fields),
            (RowKind::Polygon, _) => Shape::Polygons(vec![points(shape, size, 2)?]).write(&mut label.fields),
            (RowKind::Corners, _) => {
                let corners: Result<[f64; 8], _> = points(shape, size, 2)?.try_into();
                let corners = corners.map_err(|_| Reason::record("expected four corners"))?;
                Shape::Corners(corners).write(&mut label.fields);
            }
            (RowKind::Pose, Some(form_of_points)) => {
                let (sides, points) = shape.split_at(4.min(shape.len()));
                rectangle(sides, size)?.write(&mut label.fields);
                keypoints_of(points, form_of_points, size, form.is_result, label)?;
            }
            (RowKind::Pose, None) => return Err(Reason::record("expected `kpt_shape` in data.yaml")),
        }
        if form.is_result {
            label.origin = LabelOrigin::Prediction;
        }
        match (rest, form.is_tracked) {
            ([], _) => {}
            ([track], true) => {
                label.fields.insert(TRACK_ID.to_owned(), track_id(*track)?);
            }
            ([score, rest @ ..], _) => {
                if !(0.0..=1.0).contains(score) {
                    let why = format!("expected a score from 0 to 1 after the shape, found {score}");
                    return Err(Reason::record(why));
                }
                label.fields.insert(SCORE.to_owned(), json!(score));
                if let Some(track) = rest.first() {
                    label.fields.insert(TRACK_ID.to_owned(), track_id(*track)?);
                }
            }
        }
        Ok(())
    }
}

/// Reads the number of a class, also written as `3.0`.
fn class_of(text: &str) -> Result<u64, Reason> {
    if let Ok(number) = text.parse::<u64>() {
        return Ok(number);
    }
    let number =
        text.parse::<f64>().ok().filter(|number| number.fract() == 0.0 && (0.0..1e15).contains(number));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number below 1e15")]
    number.map(|number| number as u64).ok_or_else(|| {
        let why = format!(
            "expected the number of a class in column 1, found {}; lines of YOLO are a class number and numbers \
             from 0 to 1, with spaces between them",
            shown(text)
        );
        Reason::record(why)
    })
}

fn track_id(number: f64) -> Result<Value, Reason> {
    if number.fract() != 0.0 || !(0.0..1e15).contains(&number) {
        return Err(Reason::record(format!(
            "expected the number of a track in the last column, found {number}"
        )));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number below 1e15")]
    Ok(json!(number as u64))
}

/// Returns the box of a middle and sides.
fn rectangle(numbers: &[f64], (width, height): (f64, f64)) -> Result<Shape, Reason> {
    let &[x, y, w, h] = numbers else { return Err(Reason::record("expected four numbers of a box")) };
    for (number, column) in numbers.iter().zip(2..) {
        check(*number, column)?;
    }
    for (side, column) in [(w, 4), (h, 5)] {
        if side < 0.0 {
            let why = format!("expected a width and a height, found {side} in column {column}");
            return Err(Reason::record(why));
        }
    }
    Ok(Shape::Box(Rectangle {
        x: (x - w / 2.0) * width,
        y: (y - h / 2.0) * height,
        width: w * width,
        height: h * height,
    }))
}

/// Returns points in pixels, `x` and `y` in turn.
fn points(numbers: &[f64], (width, height): (f64, f64), first: usize) -> Result<Vec<f64>, Reason> {
    let scaled = numbers.iter().enumerate().map(|(place, number)| {
        check(*number, first + place)?;
        Ok(number * if place % 2 == 0 { width } else { height })
    });
    scaled.collect()
}

/// Sets the keypoints. A negative position of a point without visibility is an absent point; the
/// third number of a prediction is a confidence.
fn keypoints_of(
    numbers: &[f64],
    shape: KeypointShape,
    size: (f64, f64),
    is_result: bool,
    label: &mut Label,
) -> Result<(), Reason> {
    let (mut keypoints, mut scores) = (Vec::with_capacity(shape.points * 3), Vec::new());
    for (number, point) in numbers.chunks_exact(shape.numbers).enumerate() {
        let column = 6 + number * shape.numbers;
        let &[x, y, ref third @ ..] = point else { continue };
        keypoints.extend(points(&[x, y], size, column)?);
        let visibility = match third.first() {
            None if x < 0.0 || y < 0.0 => 0,
            None => 2,
            Some(score) if is_result => {
                scores.push(*score);
                if x == 0.0 && y == 0.0 { 0 } else { 2 }
            }
            Some(0.0) => 0,
            Some(1.0) => 1,
            Some(2.0) => 2,
            Some(other) => {
                let why =
                    format!("expected the visibility 0, 1 or 2 in column {}, found {other}", column + 2);
                return Err(Reason::record(why));
            }
        };
        keypoints.push(f64::from(visibility));
    }
    label.fields.insert(KEYPOINTS.to_owned(), json!(keypoints));
    if !scores.is_empty() {
        label.set_attribute("keypoint_scores", json!(scores));
    }
    Ok(())
}

/// Refuses a number far outside of the image.
fn check(number: f64, column: usize) -> Result<(), Reason> {
    if (LEAST..=MOST).contains(&number) {
        return Ok(());
    }
    let hint = if number >= 2.0 {
        "divide pixels by the size of the image; if the line has keypoints, data.yaml needs `kpt_shape`"
    } else {
        "clip the shape at the sides of the image"
    };
    Err(Reason::record(format!(
        "expected a number from {LEAST} to {MOST}, as a part of the image's size, in column {column}, found \
         {number}; {hint}"
    )))
}

/// Returns a text of a line for messages.
fn shown(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{:?} …", &text[..end]),
        None => format!("{text:?}"),
    }
}
