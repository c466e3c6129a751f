//! Masks: run lengths of a rectangle, row by row, beginning with zeros.

use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::bitmap::{mask_of, part_of};
use crate::annotations::formats::shared::png::Bitmap;
use crate::annotations::formats::shared::xml::XmlElement;
use crate::annotations::model::Mask;

/// The most pixels of a mask.
const MAX_PIXELS: u64 = 1 << 28;

/// Reads a mask of an image. The second result is the number of pixels outside of it.
pub(super) fn read(element: &XmlElement, size: Option<(u32, u32)>) -> Result<(Mask, u64), Reason> {
    let number = |name: &str| -> Result<i64, Reason> {
        let text = element.attribute(name).unwrap_or_default().trim();
        let whole = text.parse::<i64>().ok().or_else(|| {
            let number =
                text.parse::<f64>().ok().filter(|number| number.fract() == 0.0 && number.abs() < 1e9)?;
            #[expect(clippy::cast_possible_truncation, reason = "limited before")]
            Some(number as i64)
        });
        whole.filter(|number| number.abs() < 1 << 31).ok_or_else(|| {
            Reason::new(
                format!("mask.{name}"),
                format!("expected a whole number of pixels, found {text:?}; correct it"),
            )
        })
    };
    let (left, top) = (number("left")?, number("top")?);
    let side = |name: &str| -> Result<u32, Reason> {
        u32::try_from(number(name)?).map_err(|_| {
            Reason::new(format!("mask.{name}"), "expected a number above 0, found a negative one")
        })
    };
    let (width, height) = (side("width")?, side("height")?);
    let (image_width, image_height) = size.ok_or_else(|| {
        Reason::new(
            "mask",
            "expected the size of the image for a mask, found none; give the images with the file",
        )
    })?;
    let all = u64::from(width) * u64::from(height);
    if all > MAX_PIXELS {
        return Err(Reason::new("mask", format!("expected at most {MAX_PIXELS} pixels, found {all}")));
    }
    let text = element.attribute("rle").unwrap_or_default();
    let mut pixels = Vec::new();
    for (number, run) in text.split([',', ' ']).filter(|run| !run.is_empty()).enumerate() {
        let run = run.parse::<u32>().ok().filter(|run| pixels.len() as u64 + u64::from(*run) <= all);
        let Some(run) = run else {
            return Err(Reason::new(
                "mask.rle",
                format!("expected run lengths of {all} pixels, found others; correct it"),
            ));
        };
        pixels.resize(pixels.len() + run as usize, number % 2 == 1);
    }
    if pixels.len() as u64 != all {
        let why = format!("expected run lengths of {all} pixels, found {}; correct it", pixels.len());
        return Err(Reason::new("mask.rle", why));
    }
    Ok(mask_of(&Bitmap { width, height, pixels }, left, top, image_width, image_height))
}

/// A mask as CVAT writes it.
pub(super) struct CvatMask {
    pub rle: String,
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

/// Returns the run lengths of a mask; `None` for an empty or damaged one.
pub(super) fn written(mask: &Mask) -> Option<CvatMask> {
    let (part, left, top) = part_of(mask)?;
    let (mut runs, mut is_one) = (vec![0_u32], false);
    for pixel in &part.pixels {
        if *pixel != is_one {
            runs.push(0);
            is_one = *pixel;
        }
        if let Some(run) = runs.last_mut() {
            *run += 1;
        }
    }
    let runs: Vec<String> = runs.iter().map(u32::to_string).collect();
    Some(CvatMask { rle: runs.join(", "), left, top, width: part.width, height: part.height })
}
