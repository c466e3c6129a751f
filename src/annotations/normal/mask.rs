//! The normal form of a segmentation of COCO: rings of polygons, or a mask in run lengths.

use serde_json::{Map, Value};

use super::form::{Normal, element, member};
use super::numbers::are_near;

/// Returns the normal form of a segmentation; `None` if it is empty.
///
/// A flat list of coordinates is one ring, the order of rings has no meaning, and a ring ends
/// before its first point is repeated; any of its points may be the first one, and its direction has no
/// meaning. A compressed mask is the list of its run lengths.
pub(super) fn segmentation(shape: &Value) -> Option<Normal> {
    match shape {
        Value::Array(ring) if !ring.is_empty() && ring.iter().all(Value::is_number) => {
            Some(Normal::Bag(vec![of_ring(ring)]))
        }
        Value::Array(rings) if !rings.is_empty() && rings.iter().all(Value::is_array) => {
            let rings = rings.iter().filter_map(Value::as_array).filter(|ring| !ring.is_empty());
            let rings: Vec<_> = rings.map(|ring| of_ring(ring)).collect();
            if rings.is_empty() { None } else { Some(Normal::Bag(rings)) }
        }
        Value::Object(mask) => run_lengths(mask).or_else(|| member("segmentation", shape)),
        other => member("segmentation", other),
    }
}

/// Returns true if an object is a mask whose run lengths fill its size. Compressed ones need only be
/// readable: tools do not check their sum.
pub(super) fn is_mask(mask: &Map<String, Value>) -> bool {
    let has_size = || mask.get("size").and_then(Value::as_array).is_some_and(|size| size.len() == 2);
    match mask.get("counts") {
        Some(Value::String(text)) => has_size() && decompressed(text.as_bytes()).is_some(),
        _ => run_lengths(mask).is_some(),
    }
}

fn of_ring(ring: &[Value]) -> Normal {
    let coordinates: Option<Vec<f64>> = ring.iter().map(Value::as_f64).collect();
    let Some(coordinates) = coordinates.filter(|all| all.len().is_multiple_of(2)) else {
        return Normal::List(ring.iter().map(element).collect());
    };
    of_points(coordinates.chunks_exact(2).map(|point| [point[0], point[1]]).collect())
}

/// Returns the normal form of a polygon whose points are pairs; `None` if it is none.
pub(super) fn polygon(points: &[Value]) -> Option<Normal> {
    let point = |point: &Value| {
        let [x, y] = point.as_array()?.as_slice() else { return None };
        Some([x.as_f64()?, y.as_f64()?])
    };
    points.iter().map(point).collect::<Option<Vec<_>>>().map(of_points)
}

fn of_points(mut points: Vec<[f64; 2]>) -> Normal {
    let near = |a: [f64; 2], b: [f64; 2]| are_near(a[0], b[0]) && are_near(a[1], b[1]);
    if let [first, _, _, .., last] = points.as_slice()
        && near(*first, *last)
    {
        points.pop();
    }
    Normal::Ring(points)
}

/// Returns a mask with its run lengths, without empty runs; `None` if it is no mask.
fn run_lengths(mask: &Map<String, Value>) -> Option<Normal> {
    let size = mask.get("size")?.as_array()?;
    let [height, width] = size.as_slice() else { return None };
    let pixels = whole(height)?.checked_mul(whole(width)?)?;
    let counts = match mask.get("counts")? {
        Value::String(text) => decompressed(text.as_bytes())?,
        Value::Array(counts) => counts.iter().map(whole).collect::<Option<Vec<u64>>>()?,
        _ => return None,
    };
    if counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count))? != pixels {
        return None;
    }
    let runs = merged(&counts).into_iter().map(|count| Normal::Number(count as f64)).collect();
    let rest = mask.iter().filter(|(name, _)| !matches!(name.as_str(), "counts" | "size"));
    let size = Normal::List(size.iter().map(element).collect());
    Some(Normal::List(vec![size, Normal::List(runs), Normal::fields(rest, member)]))
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|n| n.fract() == 0.0 && *n >= 0.0).map(|n| n as u64))
}

/// Joins the runs on both sides of an empty one, and leaves out empty runs at the end. Runs
/// alternate between background and object, beginning with background.
fn merged(counts: &[u64]) -> Vec<u64> {
    let mut runs: Vec<u64> = Vec::with_capacity(counts.len());
    for (place, count) in counts.iter().enumerate() {
        let is_object = place % 2 == 1;
        let ends_with_object = runs.len().is_multiple_of(2) && !runs.is_empty();
        match runs.last_mut() {
            _ if *count == 0 => {}
            Some(last) if ends_with_object == is_object => *last += count,
            None if is_object => runs.extend([0, *count]),
            _ => runs.push(*count),
        }
    }
    runs
}

/// Decodes the compressed run lengths of `pycocotools`: groups of five bits, lowest first, each in
/// one character from `0` on; from the fourth on a count is the difference to the one two before.
fn decompressed(text: &[u8]) -> Option<Vec<u64>> {
    let mut counts: Vec<i64> = Vec::new();
    let mut characters = text.iter();
    while let Some(mut character) = characters.next() {
        let (mut count, mut shift) = (0_i64, 0_u32);
        loop {
            let bits = i64::from(character.checked_sub(48).filter(|bits| *bits < 64)?);
            count |= (bits & 31) << shift;
            shift += 5;
            if shift > 55 {
                return None;
            }
            if bits & 32 == 0 {
                if bits & 16 != 0 {
                    count |= -1 << shift;
                }
                break;
            }
            character = characters.next()?;
        }
        if counts.len() > 2 {
            count += counts[counts.len() - 2];
        }
        counts.push(count);
    }
    counts.into_iter().map(|count| u64::try_from(count).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_masks_are_decoded() {
        // Made with pycocotools: a rectangle of 4 rows and 3 columns at (3, 2) in 9 x 10 pixels.
        assert_eq!(decompressed(b"d045000[1").unwrap(), [20, 4, 5, 4, 5, 4, 48]);
        // Two of them in 200 x 100, the first at the corner.
        assert_eq!(decompressed(b"0f4f>m0oA0Tab0").unwrap(), [0, 150, 470, 179, 21, 179, 19_001]);
        assert_eq!(decompressed(b"").unwrap(), Vec::<u64>::new());
        for bad in [&b"\x20"[..], b"\xff", b"oooooooooooooo", b"P", b"@"] {
            assert_eq!(decompressed(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn empty_runs_are_merged() {
        for (counts, runs) in [
            (&[0, 5, 3][..], &[0, 5, 3][..]),
            (&[5, 0, 3, 2, 0], &[8, 2]),
            (&[0, 0, 4, 1], &[4, 1]),
            (&[0, 2, 0, 3, 1, 0], &[0, 5, 1]),
            (&[], &[]),
        ] {
            assert_eq!(merged(counts), runs, "{counts:?}");
        }
    }
}
