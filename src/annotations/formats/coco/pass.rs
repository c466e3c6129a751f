//! The one pass over the lists of a document, in any order: an annotation before its image is noted
//! under the id of the image.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::catalogue::{AnnotationEntry, CocoCatalogue, GroupKind, ImageGroup, ImageNames, push};
use super::contents;
use super::document::{ByteExtent, CocoDocument};
use super::images::image_of;
use super::own::OwnFields;
use super::video::frame_names;
use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::ids::{id_of, take_id};
use crate::annotations::formats::shared::object::object;
use crate::annotations::reader::{ReadStop, Skipped};

/// The documents of a catalogue. The labels of a list of results refer to the images and categories
/// of another document.
#[derive(Clone, Copy)]
pub(super) struct CocoSources<'a> {
    /// The document of images and categories.
    pub images: &'a CocoDocument,
    /// The list of results; `None` if the labels are in the first document.
    pub results: Option<&'a CocoDocument>,
    /// The number among the documents of the input.
    pub number: u32,
    /// The folder of the images' names, with a slash at its end.
    pub folder: &'a str,
}

impl<'a> CocoSources<'a> {
    /// Returns the document of the labels, and the name of the list.
    pub(super) fn labels(self) -> (&'a CocoDocument, &'static str) {
        self.results.map_or((self.images, "annotations"), |results| (results, ""))
    }
}

/// The ids of an annotation.
#[derive(Debug, Default, Deserialize)]
pub(super) struct AnnotationIds {
    #[serde(default)]
    pub id: Option<Value>,
    #[serde(default)]
    pub image_id: Option<Value>,
    #[serde(default)]
    pub video_id: Option<Value>,
    #[serde(default)]
    category_id: Option<Value>,
    #[serde(default)]
    segments_info: Option<Vec<SegmentIds>>,
    #[serde(default)]
    stemma: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct SegmentIds {
    #[serde(default)]
    category_id: Option<Value>,
}

impl AnnotationIds {
    /// Reads the ids without building the rest. Other text than an object is refused.
    pub(super) fn of(text: &[u8]) -> Result<Self, Reason> {
        if text.first() == Some(&b'{')
            && let Ok(ids) = serde_json::from_slice(text)
        {
            return Ok(ids);
        }
        let fields = object(text)?;
        let expected = "a list of objects";
        Err(Reason::expected("segments_info", expected, fields.get("segments_info")))
    }

    /// Returns the id of the label; `prefix` begins ids that the file gives.
    pub(super) fn label(&self, prefix: &str) -> Option<String> {
        match self.stemma.as_ref().and_then(OwnFields::id_of) {
            Some(own) => own.map(str::to_owned),
            None => id_of("id", self.id.as_ref()).ok().flatten().map(|id| format!("{prefix}{id}")),
        }
    }

    /// Returns true if the annotation is one label.
    pub(super) const fn is_one_label(&self) -> bool {
        self.segments_info.is_none()
    }

    /// Returns the kind and the id of the group.
    fn group(&self) -> Result<(GroupKind, String), Reason> {
        if let Some(id) = id_of("image_id", self.image_id.as_ref())? {
            return Ok((GroupKind::Image, id));
        }
        if let Some(id) = id_of("video_id", self.video_id.as_ref())? {
            return Ok((GroupKind::Video, id));
        }
        Err(Reason::expected("image_id", "the id of an image of this file", self.image_id.as_ref()))
    }
}

/// The group that an id refers to.
#[derive(Default)]
struct IdTarget {
    group: Option<u32>,
    /// The first annotation that refers to it.
    first: Option<u64>,
}

struct CatalogPass<'a> {
    sources: CocoSources<'a>,
    made: CocoCatalogue,
    images: HashMap<Box<str>, u32>,
    videos: HashMap<Box<str>, u32>,
    targets: Vec<IdTarget>,
    /// Hashes of the ids of annotations.
    hashes: Vec<u64>,
    end: u64,
    names: &'a mut ImageNames,
    skipped: &'a mut Skipped,
}

/// Makes the catalogue of a document.
pub(super) fn catalogue(
    sources: CocoSources<'_>,
    names: &mut ImageNames,
    skipped: &mut Skipped,
) -> Result<CocoCatalogue, ReadStop> {
    let mut pass = CatalogPass {
        sources,
        made: CocoCatalogue::default(),
        images: HashMap::new(),
        videos: HashMap::new(),
        targets: Vec::new(),
        hashes: Vec::new(),
        end: 0,
        names,
        skipped,
    };
    pass.read(sources.images, |name| {
        matches!(name, "images" | "categories" | "videos")
            || name == "annotations" && sources.results.is_none()
    })?;
    if let Some(results) = sources.results {
        pass.read(results, str::is_empty)?;
    }
    pass.finish()
}

impl CatalogPass<'_> {
    fn read(&mut self, document: &CocoDocument, wanted: impl Fn(&str) -> bool) -> Result<(), ReadStop> {
        let mut elements = document.elements()?;
        let is_results = self.sources.results.is_some_and(|results| std::ptr::eq(results, document));
        while let Some(element) = elements.next(&wanted).map_err(|error| document.stopped(error))? {
            let (index, length) = (element.index, element.text.len() as u64);
            let place = || document.place(element.section, index);
            let group = match element.section {
                "images" => Some(GroupKind::Image),
                "videos" => Some(GroupKind::Video),
                "categories" => {
                    object(element.text)
                        .and_then(|fields| self.made.categories.add(fields, index))
                        .map_err(|reason| reason.at(place()))?;
                    continue;
                }
                _ => None,
            };
            let Some(kind) = group else {
                AnnotationIds::of(element.text)
                    .and_then(|ids| self.annotation(&ids, index))
                    .map_err(|reason| reason.at(place()))?;
                self.end = elements.bytes();
                push(&mut self.made.starts, self.end - length);
                continue;
            };
            let fields = object(element.text).map_err(|reason| reason.at(place()))?;
            let end = elements.bytes();
            self.group(ImageGroup { kind, extent: ByteExtent { start: end - length, end }, index }, fields)?;
        }
        if is_results {
            return contents::check_results(document, elements.names());
        }
        self.made.about = contents::about(document, elements.skipped())?;
        contents::check(
            document,
            elements.skipped(),
            elements.names(),
            self.sources.results.is_some(),
            self.skipped,
        )
    }

    /// Returns the number of the target of an id.
    fn target(&mut self, kind: GroupKind, id: &str) -> u32 {
        let ids = match kind {
            GroupKind::Image => &mut self.images,
            GroupKind::Video => &mut self.videos,
        };
        if let Some(at) = ids.get(id) {
            return *at;
        }
        #[expect(clippy::cast_possible_truncation, reason = "annotations and groups are counted in 32 bits")]
        let next = self.targets.len() as u32;
        ids.insert(id.into(), next);
        self.targets.push(IdTarget::default());
        next
    }

    fn annotation(&mut self, ids: &AnnotationIds, index: u64) -> Result<(), Reason> {
        let annotation = u32::try_from(index).map_err(|_| {
            Reason::record("expected at most 4,294,967,296 annotations, found more; split the file")
        })?;
        let (kind, id) = ids.group()?;
        let group = self.target(kind, &id);
        self.targets[group as usize].first.get_or_insert(index);
        push(&mut self.made.entries, AnnotationEntry { group, annotation });
        let segments = ids.segments_info.iter().flatten().map(|segment| &segment.category_id);
        for category in segments.chain([&ids.category_id]) {
            if let Some(id) = id_of("category_id", category.as_ref())? {
                self.made.categories.mention(&id, index);
            }
        }
        if self.sources.results.is_none()
            && let Some(id) = id_of("id", ids.id.as_ref())?
        {
            push(&mut self.hashes, hash(&id));
        }
        Ok(())
    }

    fn group(&mut self, group: ImageGroup, mut fields: Map<String, Value>) -> Result<(), ReadStop> {
        let document = self.sources.images;
        let place = document.place(group.kind.section(), group.index);
        let own = fields.clone();
        let id = take_id(&mut fields, "id").map_err(|reason| reason.at(place.clone()))?;
        let names = match group.kind {
            GroupKind::Image => {
                image_of(own, self.sources.folder, place.clone()).map(|(image, _)| vec![image.name])
            }
            GroupKind::Video => frame_names(&fields, self.sources.folder),
        };
        // Videos of which the images are listed only describe them.
        if group.kind == GroupKind::Video && !fields.contains_key("file_names") {
            self.skipped.note("videos without `file_names`", || place.to_string());
            return Ok(());
        }
        let names = names.map_err(|reason| reason.at(place.clone()))?;
        let next = u32::try_from(self.made.groups.len()).map_err(|_| {
            let why = "expected at most 4,294,967,296 images, found more; split the file";
            Reason::record(why).at(place.clone())
        })?;
        let mut number = next;
        for name in names {
            let Some((document, before)) = self.names.get(name.as_str()).copied() else {
                self.names.insert(name.into(), (self.sources.number, next));
                continue;
            };
            let other = self.made.groups.get(before as usize).copied();
            let why = match other {
                _ if document != self.sources.number => {
                    format!("{name:?} is also an image of another file; import the files one by one")
                }
                None => format!("the video has the frame {name:?} twice; remove one"),
                Some(other) if group.kind == other.kind && self.is_same(other, &fields)? => {
                    number = before;
                    continue;
                }
                Some(other) => {
                    let first = format!("{}[{}]", other.kind.section(), other.index);
                    format!(
                        "{name:?} is already an image of {first}, with other fields; remove or rename one"
                    )
                }
            };
            let field = if group.kind == GroupKind::Image { "file_name" } else { "file_names" };
            return Err(Reason::new(field, why).at(place).into());
        }
        if number == next {
            self.made.groups.push(group);
        }
        let target = self.target(group.kind, &id);
        match self.targets[target as usize].group.replace(number) {
            Some(other) if other != number => {
                let (section, other) = (group.kind.section(), self.made.groups[other as usize].index);
                let why = format!("duplicate id {id}, first in {section}[{other}]; give each its own id");
                Err(Reason::new("id", why).at(place).into())
            }
            _ => Ok(()),
        }
    }

    /// Returns true if an earlier image has the same fields, its id left out.
    fn is_same(&self, before: ImageGroup, fields: &Map<String, Value>) -> Result<bool, ReadStop> {
        if before.kind == GroupKind::Video {
            return Ok(false);
        }
        let document = self.sources.images;
        let text = document.text(before.extent)?;
        let place = document.place(before.kind.section(), before.index);
        let read = |fields| image_of(fields, "", place.clone()).map_err(|reason| reason.at(place.clone()));
        let other = read(object(&text).map_err(|reason| reason.at(place.clone()))?)?;
        Ok(other == read(fields.clone())?)
    }

    fn finish(mut self) -> Result<CocoCatalogue, ReadStop> {
        let (labels, section) = self.sources.labels();
        for (kind, ids) in [(GroupKind::Image, &self.images), (GroupKind::Video, &self.videos)] {
            let dangling = ids
                .iter()
                .filter(|(_, target)| self.targets[**target as usize].group.is_none())
                .filter_map(|(id, target)| Some((self.targets[*target as usize].first?, id)));
            if let Some((first, id)) = dangling.min() {
                let (what, field) = match kind {
                    GroupKind::Image => ("image", "image_id"),
                    GroupKind::Video => ("video", "video_id"),
                };
                let file = self.sources.results.map_or("this file", |_| "the file of ground truth");
                let why = format!("there is no {what} {id} in {file}; add it or remove the annotation");
                return Err(Reason::new(field, why).at(labels.place(section, first)).into());
            }
        }
        self.made.categories.check(self.sources.images, labels, section)?;
        self.duplicates()?;
        self.hashes = Vec::new();
        push(&mut self.made.starts, self.end);
        for entry in &mut self.made.entries {
            entry.group = self.targets[entry.group as usize].group.unwrap_or_default();
        }
        self.made.entries.sort_unstable();
        Ok(self.made)
    }

    /// Refuses two annotations with the same id.
    fn duplicates(&mut self) -> Result<(), ReadStop> {
        self.hashes.sort_unstable();
        let mut suspects: HashMap<u64, HashMap<String, u64>> = HashMap::new();
        for pair in self.hashes.windows(2) {
            if let [one, other] = pair
                && one == other
            {
                suspects.entry(*one).or_default();
            }
        }
        if suspects.is_empty() {
            return Ok(());
        }
        let document = self.sources.images;
        let mut elements = document.elements()?;
        while let Some(element) =
            elements.next(|name| name == "annotations").map_err(|error| document.stopped(error))?
        {
            let place = document.place("annotations", element.index);
            let id = AnnotationIds::of(element.text).and_then(|ids| id_of("id", ids.id.as_ref()));
            let Some(id) = id.map_err(|reason| reason.at(place.clone()))? else { continue };
            let Some(seen) = suspects.get_mut(&hash(&id)) else { continue };
            if let Some(first) = seen.get(&id) {
                let why = format!("duplicate id {id}, first in annotations[{first}]; give each its own id");
                return Err(Reason::new("id", why).at(place).into());
            }
            seen.insert(id, element.index);
        }
        Ok(())
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
