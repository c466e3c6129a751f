//! The segments of an image: which labels have pixels, and which of them can be seen.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::SEGMENT_ID;
use crate::annotations::formats::shared::colours::{ColourMap, LARGEST, runs_of};
use crate::annotations::formats::shared::outlines::runs_of_polygon;
use crate::annotations::model::{Label, LabelOrigin, Mask, Sample, Shape};
use crate::annotations::reader::Skipped;

/// The pixels of a label: the start and the length of each run, column by column.
type PixelRuns = Vec<(u64, u64)>;

/// A label with pixels.
pub(super) struct Segment<'s> {
    pub label: &'s Label,
    /// The number of its colour.
    pub id: u32,
    /// The pixels that no other segment covers.
    pub mask: Mask,
}

/// Draws the labels of an image in their order, those of `is_stuff` first: a later one covers an
/// earlier one. Returns the segments in the order of the labels, and the image; `None` for an image of
/// unknown size or of too many pixels.
pub(super) fn drawn<'s>(
    sample: &'s Sample,
    is_stuff: impl Fn(&Label) -> bool,
    left_out: &mut Skipped,
) -> Option<(Vec<Segment<'s>>, ColourMap)> {
    let Some((width, height)) = size(sample) else {
        left_out
            .note("image of unknown size, whose PNG image cannot be written", || sample.image.name.clone());
        return None;
    };
    let Some(mut map) = ColourMap::new(width, height) else {
        left_out.note("image of more than 67,108,864 pixels", || sample.image.name.clone());
        return None;
    };
    let pixels = sample.labels.iter().filter_map(|label| {
        let runs = pixels(label, (width, height), left_out)?;
        Some((label, runs))
    });
    let labels: Vec<(&Label, PixelRuns)> = pixels.collect();
    let ids = ids(&labels);
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|at| labels.get(*at).is_some_and(|(label, _)| !is_stuff(label)));
    let mut areas: HashMap<u32, u64> = HashMap::new();
    for at in order {
        let (Some((_, runs)), Some(id)) = (labels.get(at), ids.get(at)) else { continue };
        areas.insert(*id, map.draw(runs, *id));
    }
    let mut masks = map.masks();
    let mut segments = Vec::with_capacity(labels.len());
    for ((label, _), id) in labels.iter().zip(ids) {
        let area = areas.get(&id).copied().unwrap_or_default();
        let first = || label.place.to_string();
        match masks.remove(&id) {
            None if area == 0 => left_out.note("shape without a pixel in its image", first),
            None => left_out.note("label that later ones cover completely (panoptic has one a pixel)", first),
            Some(mask) => {
                if mask.area() < area {
                    left_out.note("part of a label that later ones cover (panoptic has one a pixel)", first);
                }
                segments.push(Segment { label, id, mask });
            }
        }
    }
    Some((segments, map))
}

/// Returns the size of an image, or that of a mask of it.
fn size(sample: &Sample) -> Option<(u32, u32)> {
    let of_image = sample.image.size().and_then(|(width, height)| {
        let is_side = |side: f64| side.fract() == 0.0 && side <= f64::from(u32::MAX);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
        (is_side(width) && is_side(height)).then_some((width as u32, height as u32))
    });
    of_image.or_else(|| {
        sample.labels.iter().find_map(|label| match Shape::of(&label.fields) {
            Shape::Mask(mask) => Some((mask.width, mask.height)),
            _ => None,
        })
    })
}

/// Returns the pixels of a label. A label without pixels is counted.
fn pixels(label: &Label, (width, height): (u32, u32), left_out: &mut Skipped) -> Option<PixelRuns> {
    let mut without = |what: &'static str| {
        left_out.note(what, || label.place.to_string());
        None
    };
    if label.origin == LabelOrigin::Prediction {
        return without("prediction (panoptic files have ground truth)");
    }
    match Shape::of(&label.fields) {
        Shape::Mask(mask) => {
            let pixels = mask.counts.iter().map(|run| u64::from(*run)).sum::<u64>();
            let is_whole = (mask.width, mask.height) == (width, height)
                && pixels == u64::from(width) * u64::from(height);
            if is_whole { Some(runs_of(&mask)) } else { without("mask of another size than its image") }
        }
        Shape::Polygons(polygons) => {
            let runs = polygons.iter().map(|points| runs_of_polygon(points, width, height));
            match runs.collect::<Option<Vec<_>>>() {
                Some(runs) => {
                    left_out
                        .note("outline of a polygon (panoptic has its pixels)", || label.place.to_string());
                    Some(runs.concat())
                }
                None => without("polygon far outside of its image"),
            }
        }
        Shape::Box(_) | Shape::Rotated(..) | Shape::Corners(_) => {
            without("rectangle without a mask (panoptic has pixels)")
        }
        Shape::Polyline(_) => without("line (panoptic has pixels)"),
        Shape::Keypoints(_) => without("keypoints without a mask (panoptic has pixels)"),
        Shape::Span(..) => without("range of a text (panoptic has pixels)"),
        Shape::Whole => without("label of the complete image (panoptic has pixels)"),
    }
}

/// Returns the ids of segments: the one of its own for each that has one, and free ones.
fn ids(labels: &[(&Label, PixelRuns)]) -> Vec<u32> {
    let mut taken = BTreeSet::new();
    let own = |(label, _): &(&Label, PixelRuns)| {
        let id = label.fields.get(SEGMENT_ID).and_then(Value::as_u64);
        let id = id.and_then(|id| u32::try_from(id).ok()).filter(|id| (1..=LARGEST).contains(id))?;
        taken.insert(id).then_some(id)
    };
    let own: Vec<Option<u32>> = labels.iter().map(own).collect();
    let mut next = 0_u32;
    let id = |own: Option<u32>| {
        own.unwrap_or_else(|| {
            // An image has fewer labels with pixels than there are colours.
            loop {
                next += 1;
                if taken.insert(next) {
                    return next;
                }
            }
        })
    };
    own.into_iter().map(id).collect()
}
