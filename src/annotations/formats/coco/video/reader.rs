//! Videos: each frame is an image, and an object has a label in each frame in which it is seen.

use serde_json::{Map, Value};

use super::{FILE_NAMES, FRAME_INDEX, FRAMES, PER_FRAME, VIDEO_ID, is_seen};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::coco::images::in_folder;
use crate::annotations::formats::coco::labels::LabelContext;
use crate::annotations::formats::coco::own::OwnFields;
use crate::annotations::formats::coco::regions::ReadLabel;
use crate::annotations::formats::shared::ids::{STEMMA, id_of, sides, take_exported, whole};
use crate::annotations::model::Image;
use crate::annotations::model::fields::{BBOX, FILE_NAME, KEYPOINTS, SEGMENTATION, TRACK_ID};
use crate::annotations::names::normal_name;

/// Returns the names of the frames of a video.
pub(in crate::annotations::formats::coco) fn frame_names(
    video: &Map<String, Value>,
    folder: &str,
) -> Result<Vec<String>, Reason> {
    let Some(Value::Array(names)) = video.get(FILE_NAMES) else {
        return Err(Reason::expected(FILE_NAMES, "a list of the names of frames", video.get(FILE_NAMES)));
    };
    let name = |(number, name): (usize, &Value)| {
        let field = format!("{FILE_NAMES}[{number}]");
        let text = name.as_str().ok_or_else(|| Reason::expected(&field, "a string", Some(name)))?;
        Ok(in_folder(folder, normal_name(&field, text)?))
    };
    names.iter().enumerate().map(name).collect()
}

/// Returns the frames of a video as images, with their splits: with the fields of the video, but its
/// lists.
pub(in crate::annotations::formats::coco) fn frames(
    mut video: Map<String, Value>,
    folder: &str,
    place: &RecordPlace,
) -> Result<Vec<(Image, Option<String>)>, Reason> {
    let names = frame_names(&video, folder)?;
    let shown = frame_names(&video, "")?;
    let own = take_frames(&mut video, names.len())?;
    let id = video.remove("id");
    sides(&mut video)?;
    video.retain(|_, value| !value.is_array());
    video.extend(id.map(|id| (VIDEO_ID.to_owned(), whole(&id).unwrap_or(id))));
    let frame = |(number, ((name, shown), own)): (usize, ((String, String), Value))| {
        let place = RecordPlace::Element(format!("{place}.{FILE_NAMES}[{number}]"));
        let mut fields = video.clone();
        fields.insert(FILE_NAME.to_owned(), shown.into());
        fields.insert(FRAME_INDEX.to_owned(), number.into());
        if own.is_null() {
            return (Image { fields, ..Image::new(place, name) }, None);
        }
        fields.insert(STEMMA.to_owned(), own);
        let own = OwnFields::take(&mut fields).unwrap_or_default();
        let exported = take_exported(&mut fields, "source");
        fields.extend(own.others);
        let image = Image { fields, exported: exported.item, ..Image::new(place, own.name.unwrap_or(name)) };
        (image, exported.split.or(own.split))
    };
    Ok(names.into_iter().zip(shown).zip(own).enumerate().map(frame).collect())
}

/// Takes what an export of ours says about each frame; null if it does not say anything.
fn take_frames(fields: &mut Map<String, Value>, frames: usize) -> Result<Vec<Value>, Reason> {
    if !OwnFields::wrote(fields) {
        return Ok(vec![Value::Null; frames]);
    }
    match fields.remove(STEMMA).as_mut().and_then(|own| own.get_mut(FRAMES)).map(Value::take) {
        Some(Value::Array(own)) if own.len() == frames => Ok(own),
        Some(Value::Array(own)) => Err(Reason::new(
            format!("{STEMMA}.{FRAMES}"),
            format!(
                "expected {frames} entries, one a frame, found {}; remove the field `{STEMMA}`",
                own.len()
            ),
        )),
        other => Err(Reason::expected(format!("{STEMMA}.{FRAMES}"), "a list", other.as_ref())),
    }
}

/// Returns the labels of an annotation in the frames of its video, with the number of each frame.
pub(in crate::annotations::formats::coco) fn labels(
    context: LabelContext<'_>,
    mut fields: Map<String, Value>,
    frames: usize,
    place: &RecordPlace,
) -> Result<Vec<(usize, ReadLabel)>, Reason> {
    fields.remove(VIDEO_ID);
    let mut stemma = take_frames(&mut fields, frames)?;
    let given = fields.remove("id");
    let id = id_of("id", given.as_ref())?;
    let mut lists: Vec<(&str, Vec<Value>)> = Vec::new();
    for (list, field) in PER_FRAME {
        match fields.remove(list) {
            Some(Value::Array(entries)) if entries.len() == frames => lists.push((field, entries)),
            Some(Value::Array(entries)) => {
                let why = format!(
                    "expected {frames} entries, one a frame of the video, found {}; export it again",
                    entries.len()
                );
                return Err(Reason::new(list, why));
            }
            Some(other) => {
                fields.insert(list.to_owned(), other);
            }
            None => {}
        }
    }
    let is_seen_in = |frame: usize| {
        lists.iter().any(|(field, entries)| entries.get(frame).is_some_and(|entry| is_seen(field, entry)))
    };
    if !lists.iter().any(|(field, _)| matches!(*field, SEGMENTATION | BBOX | KEYPOINTS)) {
        let expected = "a list with the mask of each frame, or `bboxes`";
        return Err(Reason::expected("segmentations", expected, None));
    }
    // Sizes of the video, which the annotations of some tools repeat.
    sides(&mut fields)?;
    let mut labels = Vec::new();
    for frame in (0..frames).filter(|frame| is_seen_in(*frame)) {
        let mut own = fields.clone();
        for (field, entries) in &lists {
            if !entries[frame].is_null() {
                own.insert((*field).to_owned(), entries[frame].clone());
            }
        }
        own.extend(given.clone().map(|id| (TRACK_ID.to_owned(), whole(&id).unwrap_or(id))));
        own.extend(id.as_ref().map(|id| ("id".to_owned(), format!("{id}/{frame}").into())));
        let own_frame = stemma.get_mut(frame).map(Value::take).filter(Value::is_object);
        own.extend(own_frame.map(|frame| (STEMMA.to_owned(), frame)));
        labels.push((frame, context.label(own, place.clone())?));
    }
    Ok(labels)
}
