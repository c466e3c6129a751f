//! Videos: each frame is an image, and an object has a label in each frame in which it is seen.

use serde_json::{Map, Value};

use super::images::in_folder;
use super::labels::LabelContext;
use super::regions::ReadLabel;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::ids::{id_of, sides, whole};
use crate::annotations::model::Image;
use crate::annotations::model::fields::{BBOX, FILE_NAME, KEYPOINTS, SCORE, SEGMENTATION, TRACK_ID};
use crate::annotations::names::normal_name;

const FILE_NAMES: &str = "file_names";
const VIDEO_ID: &str = "video_id";

/// The lists of an annotation with one entry a frame, and the field of a label in one frame.
const PER_FRAME: [(&str, &str); 8] = [
    ("segmentations", SEGMENTATION),
    ("bboxes", BBOX),
    ("areas", "area"),
    ("keypoints", KEYPOINTS),
    ("scores", SCORE),
    ("occlusion", "occlusion"),
    ("visibility", "visibility"),
    ("iscrowds", "iscrowd"),
];

/// Returns the names of the frames of a video.
pub(super) fn frame_names(video: &Map<String, Value>, folder: &str) -> Result<Vec<String>, Reason> {
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

/// Returns the frames of a video as images: with the fields of the video, but its lists.
pub(super) fn frames(
    mut video: Map<String, Value>,
    folder: &str,
    place: &RecordPlace,
) -> Result<Vec<Image>, Reason> {
    let names = frame_names(&video, folder)?;
    let shown = frame_names(&video, "")?;
    let id = video.remove("id");
    sides(&mut video)?;
    video.retain(|_, value| !value.is_array());
    video.extend(id.map(|id| (VIDEO_ID.to_owned(), whole(&id).unwrap_or(id))));
    let frame = |(number, (name, shown)): (usize, (String, String))| {
        let place = RecordPlace::Element(format!("{place}.{FILE_NAMES}[{number}]"));
        let mut fields = video.clone();
        fields.insert(FILE_NAME.to_owned(), shown.into());
        fields.insert("frame_index".to_owned(), number.into());
        Image { fields, ..Image::new(place, name) }
    };
    Ok(names.into_iter().zip(shown).enumerate().map(frame).collect())
}

/// Returns the labels of an annotation in the frames of its video, with the number of each frame.
pub(super) fn labels(
    context: LabelContext<'_>,
    mut fields: Map<String, Value>,
    frames: usize,
    place: &RecordPlace,
) -> Result<Vec<(usize, ReadLabel)>, Reason> {
    fields.remove(VIDEO_ID);
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
    let is_seen = |frame: usize| {
        let shapes = lists.iter().filter(|(field, _)| matches!(*field, SEGMENTATION | BBOX | KEYPOINTS));
        shapes.into_iter().any(|(_, entries)| !matches!(&entries[frame], Value::Null | Value::Bool(_)))
    };
    if !lists.iter().any(|(field, _)| matches!(*field, SEGMENTATION | BBOX | KEYPOINTS)) {
        let expected = "a list with the mask of each frame, or `bboxes`";
        return Err(Reason::expected("segmentations", expected, None));
    }
    // Sizes of the video, which the annotations of some tools repeat.
    sides(&mut fields)?;
    let mut labels = Vec::new();
    for frame in (0..frames).filter(|frame| is_seen(*frame)) {
        let mut own = fields.clone();
        for (field, entries) in &lists {
            if !entries[frame].is_null() {
                own.insert((*field).to_owned(), entries[frame].clone());
            }
        }
        own.extend(given.clone().map(|id| (TRACK_ID.to_owned(), whole(&id).unwrap_or(id))));
        own.extend(id.as_ref().map(|id| ("id".to_owned(), format!("{id}/{frame}").into())));
        labels.push((frame, context.label(own, place.clone())?));
    }
    Ok(labels)
}
