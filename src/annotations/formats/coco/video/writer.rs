//! The writer: `annotations/instances_<split>.json` with videos, as those of YouTube-VIS and OVIS.
//!
//! Images with the same `video_id` are the frames of a video, in the order of `frame_index`; those
//! without are the frames of the video of their folder, in the order of their names. Labels with the
//! same `track_id` and class are an annotation. What the fields of frames and labels have of their own
//! is in `stemma.frames`. The text of all samples is in memory until the end.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use serde_json::{Map, Value, json};

use super::order::FrameOrder;
use super::tracks::{Track, take_common};
use super::{FILE_NAMES, FRAME_INDEX, FRAMES, VIDEO_ID, is_seen};
use crate::annotations::formats::coco::own::WrittenFields;
use crate::annotations::formats::coco::text::{BEGIN, IMAGES, document, info, path_of, separate};
use crate::annotations::formats::coco::written_classes::{CategoryRef, EndedClasses, WrittenClasses};
use crate::annotations::formats::regions::each_region;
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::formats::shared::paths::{image_path, split_word};
use crate::annotations::model::fields::{CLASS, FILE_NAME, TRACK_ID};
use crate::annotations::model::{ClassList, Image, Label, LabelOrigin, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// The most bytes of one annotation, fewer in tests: readers take longer ones for a fault.
const LARGEST: u64 = if cfg!(test) { 64 * 1024 } else { 8 * 1024 * 1024 };
/// The most entries of the lists of all objects, fewer in tests: an object has one in each frame.
const MOST_ENTRIES: u64 = if cfg!(test) { 100_000 } else { 1 << 26 };
/// The first whole number that a floating-point number cannot tell from the next.
const EXACT: u64 = 1 << 53;
/// The number of frames.
const LENGTH: &str = "length";

/// Writes a set.
#[derive(Default)]
pub(in crate::annotations::formats::coco) struct VideoWriter {
    set: Option<SetInfo>,
    classes: WrittenClasses,
    documents: BTreeMap<Option<String>, VideoDocument>,
}

/// The videos of a split, in the order of their first frames.
#[derive(Default)]
struct VideoDocument {
    videos: Vec<Video>,
    places: HashMap<String, usize>,
    /// The largest `track_id`.
    largest: u64,
}

#[derive(Default)]
struct Video {
    id: Option<Value>,
    frames: Vec<StoredFrame>,
    /// The objects, by their ids and classes.
    objects: HashMap<String, StoredObject>,
    next: u32,
}

/// A frame: the JSON text of its sample, and the category and object of each label.
struct StoredFrame {
    order: FrameOrder,
    text: Vec<u8>,
    labels: Vec<(CategoryRef, u32)>,
}

/// The number of an object, and the bytes of its labels.
#[derive(Default)]
struct StoredObject {
    number: u32,
    bytes: u64,
}

/// The ids of a document that were given.
struct GivenIds {
    taken: HashSet<u64>,
    next: u64,
}

impl SampleWriter for VideoWriter {
    fn begin(
        &mut self,
        set: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        self.set = Some(set.clone());
        self.classes = WrittenClasses::new(classes, left_out);
        for split in &set.splits {
            self.documents.insert(Some(split.clone()), VideoDocument::default());
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        let mut sample = each_region(sample.clone(), left_out);
        sample.labels = written_labels(sample.labels, left_out);
        let document = self.documents.entry(sample.image.split.clone()).or_default();
        let video = document.video(&sample.image);
        let mut labels = Vec::with_capacity(sample.labels.len());
        let mut largest = 0;
        for label in &sample.labels {
            largest = largest.max(usable(label.fields.get(TRACK_ID)).unwrap_or_default());
            let bytes = serde_json::to_vec(&label.fields)?.len() as u64;
            let number = video.object(label, bytes, left_out);
            labels.push((self.classes.category(label.fields.get(CLASS)), number));
        }
        let order = FrameOrder::of(&sample.image);
        video.frames.push(StoredFrame { order, text: serde_json::to_vec(&sample)?, labels });
        document.largest = document.largest.max(largest);
        Ok(())
    }

    fn end(&mut self, left_out: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        let classes = std::mem::take(&mut self.classes).end();
        for (split, videos) in std::mem::take(&mut self.documents) {
            let word = split.as_deref().map_or_else(|| "default".to_owned(), split_word);
            let text = videos.end(split.as_deref(), &classes, |counts| {
                info(self.set.as_ref(), split.as_deref(), counts, left_out)
            })?;
            out.file(&format!("annotations/instances_{word}.json"), &text)?;
        }
        Ok(())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        Some(image_path(IMAGES, image))
    }
}

/// Returns the labels that a video can have, one for each of their classes.
fn written_labels(labels: Vec<Label>, left_out: &mut Skipped) -> Vec<Label> {
    let mut written = Vec::with_capacity(labels.len());
    for label in labels {
        let place = || label.place.to_string();
        if label.origin == LabelOrigin::Prediction {
            left_out.note("prediction (videos have ground truth)", place);
            continue;
        }
        let fields = WrittenFields::of_label(&label, None).fields;
        if !fields.iter().any(|(name, value)| is_seen(name, value)) {
            left_out.note("label without a shape (videos have objects)", place);
            continue;
        }
        match label.fields.get(CLASS) {
            Some(Value::Array(classes)) if !classes.is_empty() => {
                if classes.len() > 1 && label.exported.is_none() {
                    left_out.note(
                        "connection of several classes of one label, which are an annotation each",
                        place,
                    );
                }
                for class in classes {
                    let mut one = label.clone();
                    one.fields.insert(CLASS.to_owned(), class.clone());
                    written.push(one);
                }
            }
            _ => written.push(label),
        }
    }
    written
}

/// Returns an id that other tools accept: many take 0 for no id, and lose digits of larger numbers.
fn usable(id: Option<&Value>) -> Option<u64> {
    id.and_then(Value::as_u64).filter(|id| (1..EXACT).contains(id))
}

impl GivenIds {
    /// Returns an id that has not been given: the wanted one, if possible.
    fn give(&mut self, wanted: Option<u64>) -> u64 {
        if let Some(id) = wanted.filter(|id| self.taken.insert(*id)) {
            return id;
        }
        self.next += 1;
        self.next
    }
}

impl VideoDocument {
    /// Returns the video of an image.
    fn video(&mut self, image: &Image) -> &mut Video {
        let id = image.fields.get(VIDEO_ID).filter(|id| !id.is_null());
        let key = match id {
            Some(id) => id.to_string(),
            None => format!("/{}", image.name.rsplit_once('/').map_or("", |(folder, _)| folder)),
        };
        let next = self.videos.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.videos.push(Video { id: id.cloned(), ..Video::default() });
        }
        &mut self.videos[place]
    }

    /// Returns the text of the document.
    fn end(
        self,
        split: Option<&str>,
        classes: &EndedClasses,
        info: impl FnOnce(&[(&str, u64)]) -> Value,
    ) -> io::Result<Vec<u8>> {
        let largest = self.videos.iter().filter_map(|video| usable(video.id.as_ref())).max();
        let mut video_ids = GivenIds { taken: HashSet::new(), next: largest.unwrap_or_default() };
        let mut ids = GivenIds { taken: HashSet::new(), next: self.largest };
        let (mut videos, mut annotations, mut entries) = (Vec::new(), Vec::new(), 0_u64);
        let mut counts = [("videos", self.videos.len() as u64), ("images", 0), ("annotations", 0)];
        for video in self.videos {
            let id = video_ids.give(usable(video.id.as_ref()));
            let frames = video.frames.len();
            counts[1].1 += frames as u64;
            let (fields, tracks) = video.end(id, split)?;
            entries += frames as u64 * tracks.len() as u64;
            if entries > MOST_ENTRIES {
                let why = format!(
                    "expected at most {MOST_ENTRIES} entries in the lists of a document, one for each object and frame \
                     of its video, found more: {frames} frames of a video have {} objects; give the labels of an \
                     object one `track_id` and the images of a video one `video_id`, or leave out --variant",
                    tracks.len()
                );
                return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
            }
            separate(&mut videos, b"");
            serde_json::to_writer(&mut videos, &fields)?;
            for track in tracks {
                let own = ids.give(usable(track.given.as_ref()));
                let category = classes.id(&track.category);
                separate(&mut annotations, BEGIN);
                track.write(&mut annotations, (own, id), category, frames)?;
                counts[2].1 += 1;
            }
        }
        document(annotations, ("videos", &videos), &classes.categories, &info(&counts))
    }
}

impl Video {
    /// Returns the number of the object of a label: one of its own without a `track_id`.
    fn object(&mut self, label: &Label, bytes: u64, left_out: &mut Skipped) -> u32 {
        let mut number = || {
            self.next = self.next.saturating_add(1);
            self.next
        };
        let Some(track) = label.fields.get(TRACK_ID).filter(|track| !track.is_null()) else {
            return number();
        };
        let class = label.fields.get(CLASS).map_or_else(String::new, Value::to_string);
        let object = self.objects.entry(format!("{track} {class}")).or_default();
        if object.number == 0 || object.bytes + bytes > LARGEST {
            if object.number > 0 {
                left_out.note("object of more than 8 MiB, which is several annotations", || {
                    label.place.to_string()
                });
            }
            *object = StoredObject { number: number(), bytes: 0 };
        }
        object.bytes += bytes;
        object.number
    }

    /// Returns the fields of the video with an id, and its objects in the order of their first frames.
    fn end(mut self, id: u64, split: Option<&str>) -> io::Result<(Map<String, Value>, Vec<Track>)> {
        self.frames.sort_by(|one, other| one.order.compare(&other.order));
        let length = self.frames.len();
        let (mut names, mut frames, mut tracks) = (Vec::new(), Vec::with_capacity(length), Vec::new());
        // The place of an object; labels of one object in the same frame are several annotations.
        let mut places: HashMap<(u32, usize), usize> = HashMap::new();
        for (number, frame) in self.frames.into_iter().enumerate() {
            let sample: Sample = serde_json::from_slice(&frame.text)?;
            let path = path_of(&sample.image);
            frames.push(written_frame(&sample.image, &path, [id, number as u64, length as u64]));
            names.push(Value::from(path));
            let mut seen: HashMap<u32, usize> = HashMap::new();
            for (label, (category, object)) in sample.labels.iter().zip(frame.labels) {
                let copy = seen.entry(object).or_default();
                let place = *places.entry((object, *copy)).or_insert(tracks.len());
                *copy += 1;
                if place == tracks.len() {
                    tracks.push(Track::new(category, label));
                }
                if let Some(track) = tracks.get_mut(place) {
                    track.labels.push((number, WrittenFields::of_label(label, split)));
                }
            }
        }
        let mut fields = take_common(&mut frames.iter_mut().collect::<Vec<_>>());
        let own: Vec<Map<String, Value>> = frames.iter().map(WrittenFields::stemma).collect();
        fields.insert("id".to_owned(), id.into());
        fields.insert(FILE_NAMES.to_owned(), names.into());
        fields.insert(LENGTH.to_owned(), length.into());
        fields.insert(STEMMA.to_owned(), json!({"derived": [], FRAMES: own}));
        Ok((fields, tracks))
    }
}

/// Returns the fields of a frame that are not those of its place in the video.
fn written_frame(image: &Image, path: &str, [video, number, length]: [u64; 3]) -> WrittenFields {
    let mut written = WrittenFields::of_image(image, path);
    written.fields.remove(FILE_NAME);
    for (name, value) in [(VIDEO_ID, video), (FRAME_INDEX, number), (LENGTH, length)] {
        match written.fields.get(name) {
            Some(own) if own.as_u64() == Some(value) => drop(written.fields.remove(name)),
            Some(_) => written.move_away(name),
            None => written.set_derived(name),
        }
    }
    let lists: Vec<String> =
        written.fields.iter().filter(|(_, value)| value.is_array()).map(|(name, _)| name.clone()).collect();
    lists.iter().for_each(|name| written.move_away(name));
    written
}
