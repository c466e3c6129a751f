//! Masks from parts of an image: a rectangle of pixels, row by row.

use super::png::Bitmap;
use crate::annotations::model::Mask;

/// The most pixels of a part.
const LARGEST_PART: f64 = 268_435_456.0;

/// Returns the mask of an image of which a part at `left` and `top` is given. Pixels outside of the
/// image are left out; the second result is their number.
pub(crate) fn mask_of(part: &Bitmap, left: i64, top: i64, width: u32, height: u32) -> (Mask, u64) {
    let (mut counts, mut run, mut is_one, mut inside) = (Vec::new(), 0_u32, false, 0_u64);
    let columns = i64::from(width).min(left + i64::from(part.width));
    let (mut end, rows) = (0_u64, u64::from(height));
    let mut push = |at: u64, length: u64, pixel: bool, end: &mut u64| {
        for (length, pixel) in [(at - *end, false), (length, pixel)] {
            if length > 0 && pixel != is_one {
                counts.push(run);
                (run, is_one) = (0, pixel);
            }
            run += u32::try_from(length).unwrap_or(u32::MAX);
        }
        *end = at + length;
    };
    for x in left.max(0)..columns {
        for y in top.max(0)..i64::from(height).min(top + i64::from(part.height)) {
            let pixel = u32::try_from(x - left).ok().zip(u32::try_from(y - top).ok());
            if pixel.is_some_and(|(x, y)| part.at(x, y)) {
                inside += 1;
                push(x.unsigned_abs() * rows + y.unsigned_abs(), 1, true, &mut end);
            }
        }
    }
    push(u64::from(width) * rows, 0, false, &mut end);
    if run > 0 || counts.is_empty() {
        counts.push(run);
    }
    let all = part.pixels.iter().filter(|pixel| **pixel).count() as u64;
    (Mask { height, width, counts }, all - inside)
}

/// Returns the smallest part of an image with all ones of a mask, and its left and top; `None` for a
/// mask without ones, of another length than its image, or of more than 2^28 pixels.
pub(crate) fn part_of(mask: &Mask) -> Option<(Bitmap, u32, u32)> {
    let pixels = u64::from(mask.width) * u64::from(mask.height);
    if mask.counts.iter().map(|run| u64::from(*run)).sum::<u64>() != pixels {
        return None;
    }
    let bounds = mask.bounds().filter(|bounds| bounds.area() <= LARGEST_PART)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the image")]
    let [left, top, width, height] =
        [bounds.x, bounds.y, bounds.width, bounds.height].map(|side| side as u32);
    let mut part = Bitmap { width, height, pixels: vec![false; width as usize * height as usize] };
    let mut at = 0_u64;
    for (number, run) in mask.counts.iter().enumerate() {
        let end = at + u64::from(*run);
        if number % 2 == 1 {
            for place in at..end {
                let (x, y) = (place / u64::from(mask.height), place % u64::from(mask.height));
                let place = (y - u64::from(top)) * u64::from(width) + (x - u64::from(left));
                if let Some(pixel) = usize::try_from(place).ok().and_then(|place| part.pixels.get_mut(place))
                {
                    *pixel = true;
                }
            }
        }
        at = end;
    }
    Some((part, left, top))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_placed_in_columns() {
        let part = Bitmap { width: 2, height: 2, pixels: vec![true, false, true, true] };
        // Columns of 3: ones at (1, 1), (1, 2) and (2, 2).
        let (mask, outside) = mask_of(&part, 1, 1, 4, 3);
        assert_eq!((mask.counts.as_slice(), outside), (&[4, 2, 2, 1, 3][..], 0));
        assert_eq!(part_of(&mask), Some((part.clone(), 1, 1)));
        let (cut, outside) = mask_of(&part, -1, -1, 4, 3);
        assert_eq!((cut.counts.as_slice(), outside), (&[0, 1, 11][..], 2));
        let (empty, outside) = mask_of(&part, 9, 9, 2, 2);
        assert_eq!((empty.counts.as_slice(), outside), (&[4][..], 3));
        assert_eq!(part_of(&empty), None);
        assert_eq!(part_of(&Mask { height: 2, width: 2, counts: vec![1, 2] }), None);
    }

    proptest! {
        #[test]
        fn masks_survive(pixels in prop::collection::vec(any::<bool>(), 12), left in 0_u32..3, top in 0_u32..3) {
            prop_assume!(pixels.contains(&true));
            let part = Bitmap { width: 4, height: 3, pixels };
            let (mask, outside) = mask_of(&part, left.into(), top.into(), 7, 6);
            prop_assert_eq!(outside, 0);
            prop_assert_eq!(mask.counts.iter().sum::<u32>(), 42);
            let (cropped, x, y) = part_of(&mask).unwrap();
            let (again, _) = mask_of(&cropped, x.into(), y.into(), 7, 6);
            prop_assert_eq!(mask, again);
        }
    }
}
