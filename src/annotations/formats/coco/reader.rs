//! The reader: images in the order of the documents, each with its labels.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::catalogue::{CocoCatalogue, GroupKind, ImageGroup, ImageNames};
use super::categories::merge;
use super::contents::merge_about;
use super::images::image_of;
use super::inputs::CocoInput;
use super::labels::{LabelContext, join_classes};
use super::panoptic::SegmentMasks;
use super::pass::{AnnotationIds, catalogue};
use super::regions::{ReadLabel, join_regions};
use super::video;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::image_files::ImageFiles;
use crate::annotations::formats::shared::object::object;
use crate::annotations::model::{ClassList, Image, ImageBytes, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// Reads the samples of COCO documents.
pub(super) struct CocoReader {
    inputs: Vec<CocoInput>,
    /// Made when the reader is first used.
    catalogues: Option<Vec<CocoCatalogue>>,
    classes: ClassList,
    about: Map<String, Value>,
    cursor: GroupCursor,
    /// The frames of the current video.
    frames: VecDeque<Sample>,
    /// The images of the folder; those that no document names are counted.
    images: Arc<ImageFiles>,
    /// For each of these images, true if an image of a document is in it.
    is_named: Vec<bool>,
    skipped: Skipped,
}

/// The next group, and the entries before it.
#[derive(Debug, Clone, Copy, Default)]
struct GroupCursor {
    input: usize,
    group: usize,
    entry: usize,
}

/// An image or a video, and its annotations.
struct GroupParts {
    group: ImageGroup,
    fields: Map<String, Value>,
    place: RecordPlace,
    /// The places and texts of the annotations.
    annotations: Vec<(RecordPlace, Vec<u8>)>,
}

impl CocoReader {
    /// Creates a reader of documents and of the images of their folder; `skipped` are the files that
    /// are left out.
    pub(super) fn new(inputs: Vec<CocoInput>, images: Arc<ImageFiles>, skipped: Skipped) -> Self {
        Self {
            inputs,
            catalogues: None,
            classes: ClassList::default(),
            about: Map::new(),
            cursor: GroupCursor::default(),
            frames: VecDeque::new(),
            is_named: vec![false; images.paths().len()],
            images,
            skipped,
        }
    }

    /// Indexes all documents, if that was not done yet.
    fn index(&mut self) -> Result<(), ReadStop> {
        if self.catalogues.is_some() {
            return Ok(());
        }
        let mut names = ImageNames::new();
        let mut made = Vec::with_capacity(self.inputs.len());
        for (number, input) in (0..).zip(&self.inputs) {
            let sources = input.sources(number);
            let mut one = catalogue(sources, &mut names, &mut self.skipped)?;
            merge(&mut self.classes, one.categories.take_list(), &mut self.skipped);
            merge_about(&mut self.about, std::mem::take(&mut one.about), &mut self.skipped);
            made.push(one);
        }
        self.catalogues = Some(made);
        Ok(())
    }

    /// Returns the group at a position, and moves behind it.
    fn group(&self, cursor: &mut GroupCursor) -> Result<Option<(usize, GroupParts)>, ReadStop> {
        loop {
            let (Some(input), Some(made)) = (
                self.inputs.get(cursor.input),
                self.catalogues.as_ref().and_then(|all| all.get(cursor.input)),
            ) else {
                return Ok(None);
            };
            let Some(group) = made.groups.get(cursor.group).copied() else {
                *cursor = GroupCursor { input: cursor.input + 1, ..GroupCursor::default() };
                continue;
            };
            let sources = input.sources(0);
            let (images, (labels, section)) = (sources.images, sources.labels());
            let place = images.place(group.kind.section(), group.index);
            let fields = parse(&images.text(group.extent)?, &place)?;
            let entries = made.entries_of(cursor.group, cursor.entry);
            let mut annotations = Vec::with_capacity(entries.len());
            for entry in &made.entries[entries.clone()] {
                let place = labels.place(section, entry.annotation.into());
                annotations.push((place, labels.text(made.extent(*entry))?));
            }
            let parts = GroupParts { group, fields, place, annotations };
            let number = cursor.input;
            *cursor = GroupCursor { input: number, group: cursor.group + 1, entry: entries.end };
            return Ok(Some((number, parts)));
        }
    }

    /// Notes the files of images.
    fn note_files(&mut self, samples: &[Sample]) {
        for sample in samples {
            if let ImageBytes::File(path) = &sample.image.bytes
                && let Ok(place) = self.images.paths().binary_search(path)
                && let Some(is_named) = self.is_named.get_mut(place)
            {
                *is_named = true;
            }
        }
    }

    /// Counts the images of the folder that no document names, at the end.
    fn count_unnamed(&mut self) {
        let is_named = std::mem::take(&mut self.is_named);
        for (path, is_named) in self.images.paths().iter().zip(is_named) {
            if !is_named && !self.inputs.iter().any(|input| input.segments.may_have(path)) {
                self.skipped.note("image that no COCO file names", || path.clone());
            }
        }
    }

    fn context(&self, number: usize) -> Option<(&CocoInput, LabelContext<'_>)> {
        let input = self.inputs.get(number)?;
        let categories = &self.catalogues.as_ref()?.get(number)?.categories;
        let is_result = input.results.is_some();
        Some((input, LabelContext { categories, is_result, id_prefix: &input.id_prefix }))
    }

    /// Reads an image with its labels, or the frames of a video with theirs. Masks of segments are read
    /// if `skipped` is given.
    fn samples(
        &self,
        number: usize,
        parts: GroupParts,
        mut skipped: Option<&mut Skipped>,
    ) -> Result<Vec<Sample>, ReadStop> {
        let Some((input, context)) = self.context(number) else { return Ok(Vec::new()) };
        let GroupParts { group, fields, place, annotations } = parts;
        let refused = |reason: Reason, place: &RecordPlace| ReadStop::from(reason.at(place.clone()));
        match group.kind {
            GroupKind::Image => {
                let (image, split) = image_of(fields, &input.folder, place.clone())
                    .map_err(|reason| refused(reason, &place))?;
                let mut read = Vec::with_capacity(annotations.len());
                for (place, text) in annotations {
                    let fields = parse(&text, &place)?;
                    let mut masks = match &mut skipped {
                        Some(skipped) => input.segments.masks(&fields, &image, &place, skipped)?,
                        None => SegmentMasks::default(),
                    };
                    read.extend(
                        context
                            .labels(fields, &image.name, &place, &mut masks)
                            .map_err(|reason| refused(reason, &place))?,
                    );
                    if let Some(skipped) = &mut skipped {
                        masks.end(&place, skipped);
                    }
                }
                Ok(vec![input.sample(image, split, read)])
            }
            GroupKind::Video => {
                let images =
                    video::frames(fields, &input.folder, &place).map_err(|reason| refused(reason, &place))?;
                let mut read: Vec<Vec<ReadLabel>> = images.iter().map(|_| Vec::new()).collect();
                for (place, text) in annotations {
                    let fields = parse(&text, &place)?;
                    let labels = video::labels(context, fields, images.len(), &place)
                        .map_err(|reason| refused(reason, &place))?;
                    for (frame, label) in labels {
                        read[frame].push(label);
                    }
                }
                Ok(images
                    .into_iter()
                    .zip(read)
                    .map(|((image, split), read)| input.sample(image, split, read))
                    .collect())
            }
        }
    }
}

impl CocoInput {
    fn sample(&self, mut image: Image, split: Option<String>, read: Vec<ReadLabel>) -> Sample {
        // The split of an image is that of its labels in our own export.
        let mut splits: Vec<&String> = read.iter().filter_map(|read| read.split.as_ref()).collect();
        splits.dedup();
        let own = match splits[..] {
            [one] => Some(one.clone()),
            _ => None,
        };
        image.split = split.or(own).or_else(|| self.split.map(str::to_owned));
        image.bytes = self.find(&image).map_or(ImageBytes::ByName, ImageBytes::File);
        Sample { image, labels: join_classes(join_regions(read)) }
    }
}

impl SampleReader for CocoReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        self.index()?;
        Ok(self.classes.clone())
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        self.index()?;
        loop {
            if let Some(sample) = self.frames.pop_front() {
                return Ok(Some(sample));
            }
            let mut cursor = self.cursor;
            let Some((number, parts)) = self.group(&mut cursor)? else {
                self.count_unnamed();
                return Ok(None);
            };
            self.cursor = cursor;
            let mut skipped = Skipped::default();
            let samples = self.samples(number, parts, Some(&mut skipped))?;
            self.note_files(&samples);
            self.frames = samples.into();
            self.skipped.add(skipped);
        }
    }

    fn is_results(&self) -> bool {
        self.inputs.iter().all(|input| input.results.is_some())
    }

    fn about(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.about)
    }

    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        self.index()?;
        let mut cursor = GroupCursor::default();
        while let Some((number, parts)) = self.group(&mut cursor)? {
            let Some((input, _)) = self.context(number) else { return Ok(()) };
            if input.results.is_some() {
                continue;
            }
            let ids: Vec<AnnotationIds> =
                parts.annotations.iter().filter_map(|(_, text)| AnnotationIds::of(text).ok()).collect();
            if parts.group.kind == GroupKind::Image && ids.iter().all(AnnotationIds::is_one_label) {
                let place = parts.place.clone();
                let (image, _) =
                    image_of(parts.fields, &input.folder, parts.place).map_err(|reason| reason.at(place))?;
                for id in ids.iter().filter_map(|ids| ids.label(&input.id_prefix)) {
                    note(&image.name, &id);
                }
                continue;
            }
            for sample in self.samples(number, parts, None)? {
                for id in sample.labels.iter().filter_map(|label| label.id.as_deref()) {
                    note(&sample.image.name, id);
                }
            }
        }
        Ok(())
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }

    fn progress(&self) -> (u64, Option<u64>) {
        let whole: u64 = self.inputs.iter().map(CocoInput::size).sum();
        let total = Some(2 * whole);
        let Some(made) = &self.catalogues else { return (0, total) };
        let done = |number: usize, input: &CocoInput| {
            let groups = made.get(number).map_or(0, |made| made.groups.len()) as u64;
            match number.cmp(&self.cursor.input) {
                std::cmp::Ordering::Less => input.size(),
                std::cmp::Ordering::Greater => 0,
                std::cmp::Ordering::Equal => {
                    let part =
                        u128::from(input.size()) * self.cursor.group as u128 / u128::from(groups.max(1));
                    u64::try_from(part).unwrap_or(u64::MAX)
                }
            }
        };
        (
            whole + self.inputs.iter().enumerate().map(|(number, input)| done(number, input)).sum::<u64>(),
            total,
        )
    }
}

fn parse(text: &[u8], place: &RecordPlace) -> Result<Map<String, Value>, ReadStop> {
    object(text).map_err(|reason| reason.at(place.clone()).into())
}
