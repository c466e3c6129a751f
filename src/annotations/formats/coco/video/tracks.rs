//! The objects of a video, and how they are written.

use std::io;

use serde_json::{Map, Value, json};

use super::{FRAMES, PER_FRAME, VIDEO_ID};
use crate::annotations::formats::coco::own::WrittenFields;
use crate::annotations::formats::coco::written_classes::CategoryRef;
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::model::Label;
use crate::annotations::model::fields::{CLASS, HEIGHT, TRACK_ID, WIDTH};

/// The field that says whether a region has many objects: one for all frames, or a list.
const CROWD: &str = "iscrowd";
/// The lists that tools expect of each object.
const EXPECTED: [&str; 3] = ["segmentations", "bboxes", "areas"];

/// An object: its labels in the frames in which it is seen.
pub(super) struct Track {
    pub category: CategoryRef,
    /// The value of `track_id`, if the labels have one.
    pub given: Option<Value>,
    /// The labels, with the number of the frame of each.
    pub labels: Vec<(usize, WrittenFields)>,
}

impl Track {
    /// Creates an object of which a label is known.
    pub(super) fn new(category: CategoryRef, label: &Label) -> Self {
        Self { category, given: label.fields.get(TRACK_ID).cloned(), labels: Vec::new() }
    }

    /// Writes the annotation of an object.
    pub(super) fn write(
        mut self,
        text: &mut Vec<u8>,
        (id, video): (u64, u64),
        category: Option<Value>,
        frames: usize,
    ) -> io::Result<()> {
        self.labels.iter_mut().for_each(|(_, label)| prepare(label, id));
        let mut annotation =
            Map::from_iter([("id".to_owned(), id.into()), (VIDEO_ID.to_owned(), video.into())]);
        annotation.extend(category.map(|category| ("category_id".to_owned(), category)));
        let mut lists = self.lists(frames);
        let mut labels: Vec<&mut WrittenFields> = self.labels.iter_mut().map(|(_, label)| label).collect();
        let crowd = lists.remove("iscrowds");
        let mut common = take_common(&mut labels);
        match crowd {
            Some(Value::Array(crowd)) if is_same_in_all(&crowd, labels.len()) => {
                common.extend(
                    crowd.into_iter().find(|entry| !entry.is_null()).map(|one| (CROWD.to_owned(), one)),
                );
            }
            crowd => lists.extend(crowd.map(|crowd| ("iscrowds".to_owned(), crowd))),
        }
        annotation.extend(common);
        annotation.extend(lists);
        let mut own = vec![Value::Null; frames];
        for (frame, label) in &self.labels {
            if let Some(own) = own.get_mut(*frame) {
                *own = label.stemma().into();
            }
        }
        annotation.insert(STEMMA.to_owned(), json!({"derived": [], FRAMES: own}));
        serde_json::to_writer(text, &annotation)?;
        Ok(())
    }

    /// Takes the fields that are lists with an entry a frame.
    fn lists(&mut self, frames: usize) -> Map<String, Value> {
        let mut lists = Map::new();
        for (list, field) in PER_FRAME {
            let mut entries = vec![Value::Null; frames];
            for (frame, label) in &mut self.labels {
                if let (Some(value), Some(entry)) = (label.fields.remove(field), entries.get_mut(*frame)) {
                    *entry = value;
                }
            }
            if EXPECTED.contains(&list) || entries.iter().any(|entry| !entry.is_null()) {
                lists.insert(list.to_owned(), entries.into());
            }
        }
        lists
    }
}

/// Returns true if all labels of an object have the same value.
fn is_same_in_all(entries: &[Value], labels: usize) -> bool {
    let mut values = entries.iter().filter(|entry| !entry.is_null());
    let first = values.next();
    let same = values.filter(|value| Some(*value) == first).count() + usize::from(first.is_some());
    same == labels
}

/// Moves away what the reader would read otherwise from the annotation with an id.
fn prepare(label: &mut WrittenFields, id: u64) {
    label.fields.remove(CLASS);
    for (list, field) in PER_FRAME {
        if list != field {
            label.move_away(list);
        }
    }
    for name in [WIDTH, HEIGHT] {
        if label.fields.get(name).is_some_and(|side| side.as_u64().is_none_or(|side| side == 0)) {
            label.move_away(name);
        }
    }
    match label.fields.get(TRACK_ID) {
        Some(own) if own.as_u64() == Some(id) => drop(label.fields.remove(TRACK_ID)),
        Some(_) => label.move_away(TRACK_ID),
        None => label.set_derived(TRACK_ID),
    }
}

/// Takes the fields that all entries have alike. The others are moved away, unless they are there for
/// other tools alone.
pub(super) fn take_common(entries: &mut [&mut WrittenFields]) -> Map<String, Value> {
    let Some((first, rest)) = entries.split_first() else { return Map::new() };
    let mut common = first.fields.clone();
    common.retain(|name, value| rest.iter().all(|entry| entry.fields.get(name) == Some(value)));
    for entry in entries {
        let names: Vec<String> = entry.fields.keys().cloned().collect();
        for name in names {
            if common.contains_key(&name) || entry.is_derived(&name) {
                entry.fields.remove(&name);
            } else {
                entry.move_away(&name);
            }
        }
    }
    common
}
