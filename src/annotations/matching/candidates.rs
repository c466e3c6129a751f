//! Pairs of labels that may be the same, with a weight.

use serde_json::Value;

use crate::annotations::geometry::{overlap, reach};
use crate::annotations::model::{Rectangle, Shape};

/// The least overlap of labels of one class.
const SAME_CLASS: f64 = 0.5;
/// The least overlap of labels of different classes: a label with another class.
const OTHER_CLASS: f64 = 0.8;
/// The weight of an equal id beside class and shape: it decides between equally good pairs, and
/// keeps a label that moved far, but a label that covers the shape is better evidence.
const EQUAL_ID: f64 = 0.25;
/// The weight of a pair with equal ids whose class or shape alone fit.
const ID_ALONE: f64 = 0.5;
/// The weight that a label known to be wrong lacks.
const WRONG: f64 = 0.001;

/// What is compared of a label.
pub(super) struct Compared<'a> {
    pub id: Option<&'a str>,
    pub class: Option<&'a Value>,
    pub shape: Shape,
    pub is_retracted: bool,
}

/// A pair that may be the same label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// The position of the label of the file.
    pub row: usize,
    /// The position of the label of the store.
    pub column: usize,
    /// From 0 to 3; larger is better.
    pub weight: f64,
}

/// Finds the pairs that may be the same. Labels are compared only if their bounds touch, if both
/// have no shape, or if their ids are equal.
pub(super) fn find(rows: &[Compared<'_>], columns: &[Compared<'_>], ids_count: bool) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut sorted: Vec<(Rectangle, usize)> = Vec::new();
    let mut without: Vec<usize> = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        match reach(&column.shape) {
            Some(bounds) => sorted.push((bounds, place)),
            None => without.push(place),
        }
    }
    sorted.sort_by(|(a, _), (b, _)| a.x.total_cmp(&b.x));
    let widest = sorted.iter().map(|(bounds, _)| bounds.width).fold(0.0, f64::max);
    let by_id: std::collections::HashMap<&str, usize> =
        columns.iter().enumerate().filter_map(|(place, column)| Some((column.id?, place))).collect();
    for (row, label) in rows.iter().enumerate() {
        let mut near: Vec<usize> = match reach(&label.shape) {
            None => without.clone(),
            Some(bounds) => {
                let start = sorted.partition_point(|(other, _)| other.x < bounds.x - widest);
                let touching =
                    sorted[start..].iter().take_while(|(other, _)| other.x <= bounds.x + bounds.width);
                touching.filter(|(other, _)| touches(&bounds, other)).map(|(_, place)| *place).collect()
            }
        };
        near.extend(label.id.filter(|_| ids_count).and_then(|id| by_id.get(id)));
        near.sort_unstable();
        near.dedup();
        let candidate = |column: usize| {
            let weight = weight(label, &columns[column], ids_count)?;
            Some(Candidate { row, column, weight })
        };
        found.extend(near.into_iter().filter_map(candidate));
    }
    found
}

fn touches(a: &Rectangle, b: &Rectangle) -> bool {
    a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
}

/// Returns the weight of a pair; `None` if it is not the same label.
fn weight(found: &Compared<'_>, stored: &Compared<'_>, ids_count: bool) -> Option<f64> {
    let covered = overlap(&found.shape, &stored.shape);
    let same_class = found.class == stored.class;
    let same_id = ids_count && found.id.is_some() && found.id == stored.id;
    let has_no_shape = found.shape == Shape::Whole && stored.shape == Shape::Whole;
    // Without shapes only the ids tell the labels of two annotators apart.
    if has_no_shape && ids_count && !same_id && found.id.is_some() && stored.id.is_some() {
        return None;
    }
    let fits = match same_class {
        true if covered >= SAME_CLASS => Some(1.0 + covered),
        false if covered >= OTHER_CLASS => Some(covered),
        _ => None,
    };
    let weight = match fits {
        Some(weight) if same_id => weight + EQUAL_ID,
        Some(weight) => weight,
        None if same_id && (same_class || covered > 0.0) => ID_ALONE,
        None => return None,
    };
    Some(if stored.is_retracted { weight - WRONG } else { weight })
}
