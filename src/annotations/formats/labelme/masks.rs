//! Masks: a PNG image in base64, at the first of two points.

use serde_json::Value;

use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::base64;
use crate::annotations::formats::shared::bitmap::{mask_of, part_of};
use crate::annotations::formats::shared::png::Bitmap;
use crate::annotations::model::Mask;

/// The size of an image, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct ImageSize {
    pub width: u32,
    pub height: u32,
}

/// The largest distance of a mask from the image.
const FARTHEST: f64 = 1e9;

/// Reads a mask. The second result is the number of pixels outside of the image.
pub(super) fn read(
    mask: Option<&Value>,
    points: &[f64],
    size: Option<ImageSize>,
) -> Result<(Mask, u64), Reason> {
    let refused = |why: String| Reason::new("mask", why);
    let Some(Value::String(text)) = mask else {
        return Err(Reason::expected("mask", "a PNG image in base64", mask));
    };
    let [left, top, _, _] = points[..] else {
        let why = format!(
            "expected the two corners of the mask, found {} points; correct the file",
            points.len() / 2
        );
        return Err(Reason::new("points", why));
    };
    let size = size.ok_or_else(|| {
        let why = "expected the size of the image for a mask, found none; give the image next to the file";
        Reason::new("imageWidth", why)
    })?;
    let bytes = base64::decode(text).ok_or_else(|| {
        refused("expected a PNG image in base64, found other text; correct the file".to_owned())
    })?;
    let part =
        Bitmap::decode(&bytes).map_err(|why| refused(format!("{why}; save the file with labelme again")))?;
    Ok(mask_of(&part, rounded(left), rounded(top), size.width, size.height))
}

/// Returns the corners and the PNG image of a mask; `None` for an empty one.
pub(super) fn written(mask: &Mask) -> Option<(Vec<f64>, String)> {
    let (part, left, top) = part_of(mask)?;
    let (left, top) = (f64::from(left), f64::from(top));
    let corners = vec![left, top, left + f64::from(part.width) - 1.0, top + f64::from(part.height) - 1.0];
    Some((corners, base64::encode(&part.encode())))
}

/// Rounds as NumPy does: halves to even.
fn rounded(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "limited before")]
    let rounded = number.clamp(-FARTHEST, FARTHEST).round_ties_even() as i64;
    rounded
}
