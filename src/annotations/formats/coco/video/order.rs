//! The order of the frames of a video: by their numbers, else by their names.

use std::cmp::Ordering;

use serde_json::Value;

use super::FRAME_INDEX;
use crate::annotations::model::Image;

/// The position of a frame in its video.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FrameOrder {
    index: Option<f64>,
    name: String,
}

impl FrameOrder {
    /// Returns the position of an image.
    pub(super) fn of(image: &Image) -> Self {
        let index = image.fields.get(FRAME_INDEX).and_then(Value::as_f64);
        Self { index, name: image.name.clone() }
    }

    /// Compares two frames. Frames with an index are first; names are compared with their numbers.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let by_index = match (self.index, other.index) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            (one, other) => one.is_none().cmp(&other.is_none()),
        };
        by_index.then_with(|| by_name(&self.name, &other.name)).then_with(|| self.name.cmp(&other.name))
    }
}

/// Compares names so that `frame_2` is before `frame_10`.
fn by_name(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let (Some(a), Some(b)) = (one.first(), other.first()) {
        let order = if a.is_ascii_digit() && b.is_ascii_digit() {
            let (a, after_a) = number(one);
            let (b, after_b) = number(other);
            (one, other) = (after_a, after_b);
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        } else {
            (one, other) = (one.get(1..).unwrap_or_default(), other.get(1..).unwrap_or_default());
            a.cmp(b)
        };
        if order.is_ne() {
            return order;
        }
    }
    one.len().cmp(&other.len())
}

/// Returns the digits of the number at the start of a text, without zeros before it, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    (digits.get(zeros..).unwrap_or_default(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_in_order() {
        let frame = |index: Option<f64>, name: &str| FrameOrder { index, name: name.to_owned() };
        let sorted = [
            frame(Some(2.0), "z"),
            frame(Some(10.0), "a"),
            frame(None, "v/2.jpg"),
            frame(None, "v/010.jpg"),
            frame(None, "v/10.jpg"),
            frame(None, "v/10b.jpg"),
            frame(None, "v/a.jpg"),
        ];
        let mut frames = sorted.to_vec();
        frames.reverse();
        frames.sort_by(FrameOrder::compare);
        assert_eq!(frames, sorted);
    }
}
