//! The comparison of normal forms, with the tolerance of numbers.

use super::fingerprint::{Fingerprint, digest, outline};
use super::form::Normal;
use super::numbers::{are_near, slack};

/// Returns true if two values are the same.
pub(super) fn is_same(a: &Normal, b: &Normal) -> bool {
    match (a, b) {
        (Normal::Shared(a), b) => is_same(a, b),
        (a, Normal::Shared(b)) => is_same(a, b),
        (Normal::Null, Normal::Null) => true,
        (Normal::Bool(a), Normal::Bool(b)) => a == b,
        (Normal::Number(a), Normal::Number(b)) => are_near(*a, *b),
        (Normal::Text(a), Normal::Text(b)) => a == b,
        (Normal::List(a), Normal::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Normal::Bag(a), Normal::Bag(b)) => a.len() == b.len() && have_same_elements(a, b),
        (Normal::Ring(a), Normal::Ring(b)) => are_same_rings(a, b, is_near),
        (Normal::Fields(a), Normal::Fields(b)) => {
            let pair = |((a, one), (b, other)): (&(String, Normal), &(String, Normal))| {
                a == b && is_same(one, other)
            };
            a.len() == b.len() && a.iter().zip(b).all(pair)
        }
        _ => false,
    }
}

/// The points of a ring that are tried as the first point of the other one.
const MOST_STARTS: usize = 64;

fn is_near(a: &[f64; 2], b: &[f64; 2]) -> bool {
    are_near(a[0], b[0]) && are_near(a[1], b[1])
}

/// Returns true if two rings have the same points, from any of them on, in either direction. `near` compares
/// two points.
pub(super) fn are_same_rings(
    a: &[[f64; 2]],
    b: &[[f64; 2]],
    near: impl Fn(&[f64; 2], &[f64; 2]) -> bool,
) -> bool {
    let end = b.len();
    if a.len() != end {
        return false;
    }
    let Some(first) = a.first() else { return true };
    let mut starts = (0..end).filter(|start| near(first, &b[*start])).take(MOST_STARTS);
    starts.any(|start| {
        a.iter().enumerate().all(|(step, point)| near(point, &b[(start + step) % end]))
            || a.iter().enumerate().all(|(step, point)| near(point, &b[(start + end - step) % end]))
    })
}

/// Returns true if the elements can be paired so that both of each pair are the same.
///
/// Elements with equal fingerprints are paired first. The others are candidates for each other only
/// if they are equal without their numbers and near in the sum of these. If rounding noise makes
/// several candidates near, the first free one is taken: at worst the answer is false.
fn have_same_elements(a: &[Normal], b: &[Normal]) -> bool {
    let (a, b) = unpaired(sorted(a), sorted(b));
    if a.len() != b.len() {
        return false;
    }
    let (a, b) = (Candidate::sorted(a), Candidate::sorted(b));
    let mut is_taken = vec![false; b.len()];
    a.iter().all(|one| {
        let from = b.partition_point(|other| {
            other.outline < one.outline
                || other.outline == one.outline && other.sum + other.slack < one.sum - one.slack
        });
        let near = b[from..].iter().enumerate().take_while(|(_, other)| {
            other.outline == one.outline && other.sum - other.slack <= one.sum + one.slack
        });
        let mut free =
            near.filter(|(place, other)| !is_taken[from + place] && is_same(one.value, other.value));
        let found = free.next().map(|(place, _)| from + place);
        found.map(|place| is_taken[place] = true).is_some()
    })
}

type Hashed<'v> = (Fingerprint, &'v Normal);

fn sorted(elements: &[Normal]) -> Vec<Hashed<'_>> {
    let mut hashed: Vec<_> = elements.iter().map(|element| (digest(element), element)).collect();
    hashed.sort_by_key(|(hash, _)| *hash);
    hashed
}

/// Returns the elements of both sides that have no element with their fingerprint on the other.
fn unpaired<'v>(a: Vec<Hashed<'v>>, b: Vec<Hashed<'v>>) -> (Vec<&'v Normal>, Vec<&'v Normal>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (Some((one, _)), Some((other, _))) if one == other => {
                a.next();
                b.next();
            }
            (Some((one, _)), Some((other, _))) if one < other => {
                left.extend(a.next().map(|(_, value)| value))
            }
            (_, Some(_)) => right.extend(b.next().map(|(_, value)| value)),
            (Some(_), None) => left.extend(a.next().map(|(_, value)| value)),
            (None, None) => return (left, right),
        }
    }
}

/// An element that may be the same as one with another fingerprint.
struct Candidate<'v> {
    outline: Fingerprint,
    /// The sum of its numbers, and the largest difference to that of an element that is the same.
    sum: f64,
    slack: f64,
    value: &'v Normal,
}

impl<'v> Candidate<'v> {
    fn sorted(values: Vec<&'v Normal>) -> Vec<Self> {
        let candidate = |value: &'v Normal| {
            let (mut sum, mut width) = (0.0, 0.0);
            add_numbers(value, &mut sum, &mut width);
            Self { outline: outline(value), sum, slack: width, value }
        };
        let mut all: Vec<_> = values.into_iter().map(candidate).collect();
        // The widest slack of one outline makes the limits of the search monotonic.
        all.sort_by(|a, b| a.outline.cmp(&b.outline).then(a.sum.total_cmp(&b.sum)));
        let mut widest = 0.0_f64;
        for place in 0..all.len() {
            widest = if place > 0 && all[place - 1].outline == all[place].outline { widest } else { 0.0 };
            widest = widest.max(all[place].slack);
            all[place].slack = widest;
        }
        for place in (1..all.len()).rev() {
            if all[place - 1].outline == all[place].outline {
                all[place - 1].slack = all[place].slack;
            }
        }
        all
    }
}

fn add_numbers(value: &Normal, sum: &mut f64, width: &mut f64) {
    match value {
        Normal::Number(number) => {
            *sum += number;
            // Adds the error of the addition itself.
            *width += slack(*number) + 1e-12 * number.abs();
        }
        Normal::List(elements) | Normal::Bag(elements) => {
            elements.iter().for_each(|element| add_numbers(element, sum, width));
        }
        Normal::Ring(points) => {
            points.iter().flatten().for_each(|number| add_numbers(&Normal::Number(*number), sum, width));
        }
        Normal::Fields(fields) => fields.iter().for_each(|(_, value)| add_numbers(value, sum, width)),
        Normal::Shared(value) => add_numbers(value, sum, width),
        Normal::Null | Normal::Bool(_) | Normal::Text(_) => {}
    }
}
