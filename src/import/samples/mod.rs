//! From samples to records: recognises the images and labels of earlier imports in a file, and
//! makes the records of what it says about them.
//!
//! A tool names images by path and labels by number, and most tools number labels again in each
//! export. So an image is found by its bytes, else by its name, and its labels are matched to those
//! that the store has of it (`docs/import.md`, "How labels are recognised").

mod addresses;
mod ahead;
mod before;
mod class_list;
mod evidence;
pub(crate) mod files;
mod image_names;
mod image_records;
mod images;
pub(crate) mod input_images;
mod known;
mod label_keys;
mod labels;
pub(crate) mod listed;
mod members;
mod plan;
mod present_names;
pub(crate) mod source;
mod version;

pub(crate) use self::class_list::{CheckedClasses, has_classes};
pub(crate) use self::known::KnownStore;
pub(crate) use self::members::{KeptMembers, MemberFate, PinnedSet, image_of};
pub(crate) use self::version::activity as import_activity;

use std::cell::OnceCell;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use self::ahead::SamplesAhead;
use self::before::VersionsBefore;
use self::class_list::ClassNames;
use self::evidence::contradiction;
use self::images::ImageFinder;
use self::label_keys::LabelKeys;
use self::source::{FoundSample, SampleSource};
use super::findings::{Renamed, SampleFindings, SeenImages};
use super::record::fault::{Reason, RecordPlace};
use super::record::naming::ItemNaming;
use super::record::reader::{ReadRecord, ReadStop, RecordSource, Skipped};
use super::record::texts::TextIntegers;
use super::record::{ImportedActivity, ReadItem, Record};
use super::unstored::UnstoredItems;
use crate::annotations::checked::check_shapes;
use crate::annotations::held::HeldFields;
use crate::annotations::matching::MatchMode;
use crate::annotations::model::{Image, Label, LabelOrigin, Sample};
use crate::domain::id::{Digest, ItemId, Seq};
use crate::domain::item::ItemKey;

/// The start of the keys of labels, after the prefix.
pub(crate) const LABELS: &str = "annotations/";
/// The start of the keys of predictions, after the prefix.
const PREDICTIONS: &str = "predictions/";

/// The settings of an import of samples.
#[derive(Debug, Clone)]
pub(crate) struct SampleOptions {
    /// The name of the format.
    pub format: String,
    /// The naming of items.
    pub naming: ItemNaming,
    /// The rule by which labels are matched.
    pub matching: MatchMode,
    /// True if a label has the key of its image, because its class is the image's folder.
    pub labels_by_image: bool,
    /// True if new labels get keys of their image and content.
    pub keys_by_image: bool,
    /// True if predictions become DERIVED items.
    pub predictions: bool,
    /// The classes that were renamed.
    pub renamed: Vec<Renamed>,
    /// True if no class was renamed, whatever the labels say.
    pub not_renamed: bool,
    /// The split of all images, if it is given.
    pub split: Option<String>,
    /// The split of images for which the file has none.
    pub default_split: String,
    /// The training set whose members of other splits are kept, if there is one.
    pub keeping_set: Option<ItemKey>,
}

/// The content of earlier inputs of the command.
#[derive(Debug, Clone, Default)]
pub(crate) struct EarlierInputs {
    /// Their images.
    pub images: Arc<SeenImages>,
    /// The items that a dry run of them would have made.
    pub unstored: Arc<UnstoredItems>,
}

/// The records of samples.
pub(crate) struct SampleRecords {
    source: Box<dyn SampleSource>,
    options: SampleOptions,
    known: Option<KnownStore>,
    unstored: Arc<UnstoredItems>,
    activity: ImportedActivity,
    finder: ImageFinder,
    /// The images that the training set keeps because the command has no images of their splits.
    kept: OnceCell<HashSet<ItemId>>,
    keys: LabelKeys,
    classes: ClassNames,
    /// The fields of labels that the input can hold.
    holds: HeldFields,
    /// True if an id of the file is that of a stored label of another image.
    ids_contradicted: bool,
    begun: bool,
    ahead: SamplesAhead,
    waiting: VecDeque<ReadRecord>,
    skipped: Skipped,
    texts: TextIntegers,
    findings: SampleFindings,
    /// The further files of the current task, from which its labels are made as well.
    further: Vec<ItemKey>,
    /// The bytes of the current image.
    picture: Option<Digest>,
}

impl SampleRecords {
    /// Creates the records of the samples of a source. `known` is the store before the import.
    pub(crate) fn new(
        source: Box<dyn SampleSource>,
        options: SampleOptions,
        known: Option<KnownStore>,
        earlier: EarlierInputs,
    ) -> Result<Self, ReadStop> {
        let place = RecordPlace::Element(options.format.clone());
        let activity = version::activity(&options.format, &options.naming.prefix);
        Ok(Self {
            source,
            activity: activity.map_err(|reason| reason.at(place))?,
            finder: ImageFinder::after(earlier.images),
            unstored: earlier.unstored,
            kept: OnceCell::new(),
            keys: LabelKeys::default(),
            classes: ClassNames::default(),
            holds: HeldFields::All,
            ids_contradicted: false,
            begun: false,
            ahead: SamplesAhead::default(),
            waiting: VecDeque::new(),
            skipped: Skipped::default(),
            texts: TextIntegers::default(),
            findings: SampleFindings::default(),
            further: Vec::new(),
            picture: None,
            options,
            known,
        })
    }

    /// Returns the seq of the store that the records are made from; `None` without a store.
    pub(crate) fn seq(&self) -> Option<Seq> {
        self.known.as_ref().map(KnownStore::seq)
    }

    /// Checks the input before any input of the command is imported: the ids, if they alone say which
    /// label is which, and everything if a class may have been renamed. Returns the classes that seem to
    /// be renamed; `None` if there are none. `earlier` has the classes of the inputs that were checked.
    pub(crate) fn renames(
        mut self,
        earlier: &mut CheckedClasses,
    ) -> Result<Option<Vec<(Renamed, u64)>>, ReadStop> {
        if earlier.inputs > 0 {
            self.options.renamed.clear();
        }
        self.begin_classes()?;
        self.known.as_ref().map_or(Ok(()), KnownStore::check)?;
        let place = RecordPlace::Element("categories".to_owned());
        self.classes.follow(earlier).map_err(|reason| reason.at(place))?;
        let reads_all = !self.options.not_renamed && self.classes.may_be_renamed();
        if reads_all || self.options.matching == MatchMode::Ids {
            self.begin_ids()?;
        }
        if !reads_all {
            return Ok(None);
        }
        while self.next()?.is_some() {}
        Ok(Some(self.classes.renames()).filter(|renames| !renames.is_empty()))
    }

    fn begin(&mut self) -> Result<(), ReadStop> {
        self.begin_classes()?;
        self.begin_ids()
    }

    /// Adds the record of the class list, if it has changed.
    fn begin_classes(&mut self) -> Result<(), ReadStop> {
        self.begun = true;
        let mut list = self.source.classes()?;
        let mut about = self.source.about();
        self.holds = self.source.holds();
        self.texts.convert(&mut about, || RecordPlace::Element("info".to_owned()));
        self.findings.about = about;
        let place = RecordPlace::Element("categories".to_owned());
        for (index, class) in list.classes.iter_mut().enumerate() {
            self.texts.convert(&mut class.fields, || RecordPlace::Element(format!("categories[{index}]")));
        }
        let before = VersionsBefore::new(self.known.as_ref(), &self.unstored);
        let (names, record) = class_list::record(list, &self.options, before, &self.activity)
            .map_err(|reason| reason.at(place.clone()))?;
        self.classes = names;
        if let Some((version, payload)) = record {
            self.push(place, Record::Version(Box::new(version)), payload);
        }
        Ok(())
    }

    /// Compares the ids of the labels with those of earlier imports.
    fn begin_ids(&mut self) -> Result<(), ReadStop> {
        if let Some(known) = &self.known {
            let contradiction = contradiction(self.source.as_mut(), known)?;
            if let Some(found) = contradiction.as_ref().filter(|_| self.options.matching == MatchMode::Ids) {
                let reason = Reason::new(
                    "--match ids",
                    format!(
                        "this file numbers labels anew: {} of its ids are those of labels of other images, the first is {}, of {} here and of {} in the store; import it with --match auto",
                        found.count, found.id, found.image, found.stored
                    ),
                );
                return Err(reason.at(RecordPlace::Element("annotations".to_owned())).into());
            }
            self.ids_contradicted = contradiction.is_some();
        }
        Ok(())
    }

    /// Adds the records of an image and its labels.
    fn sample(&mut self, found: FoundSample) -> Result<(), ReadStop> {
        let FoundSample { sample: Sample { mut image, mut labels }, bytes, further } = found;
        let place = image.place.clone();
        self.texts.convert(&mut image.fields, || place.clone());
        for label in &mut labels {
            check_shapes(label).map_err(|reason| reason.at(label.place.clone()))?;
            self.texts.convert(&mut label.fields, || label.place.clone());
        }
        let Some(item) = self.image(&image, bytes)? else { return Ok(()) };
        self.further = self.further_files(&image, further).map_err(|reason| reason.at(place))?;
        let (labels, predictions): (Vec<_>, Vec<_>) =
            labels.into_iter().partition(|label| label.origin == LabelOrigin::Annotation);
        self.findings.images += 1;
        let split = self.split(&image);
        let places: Vec<RecordPlace> = labels.iter().map(|label| label.place.clone()).collect();
        let made = self.labels(&item, &labels)?;
        if made.is_empty() {
            self.findings.members.add(&item, &split);
        }
        for (place, (version, payload)) in places.into_iter().zip(made) {
            self.findings.members.add(&version.item.0, &split);
            self.push(place, Record::Version(Box::new(version)), payload);
        }
        for prediction in predictions {
            let place = prediction.place.clone();
            self.prediction(&item, prediction).map_err(|reason| reason.at(place))?;
        }
        Ok(())
    }

    fn prediction(&mut self, image: &ItemKey, prediction: Label) -> Result<(), Reason> {
        if !self.options.predictions {
            self.skipped.note("prediction (--predictions imports them)", || format!("of {}", image.key()));
            return Ok(());
        }
        let item = self.keys.prediction(&prediction, image, &self.options.naming, PREDICTIONS)?;
        let place = prediction.place.clone();
        let (version, payload) =
            version::prediction(prediction, item, (image, &self.further), &self.activity)?;
        self.push(place, Record::Version(Box::new(version)), payload);
        Ok(())
    }

    fn split(&self, image: &Image) -> String {
        let given = self.options.split.clone().or_else(|| image.split.clone());
        given.unwrap_or_else(|| self.options.default_split.clone())
    }

    fn push(
        &mut self,
        place: RecordPlace,
        mut record: Record,
        payload: Option<super::record::payload::ImportPayload>,
    ) {
        if let (Record::Version(version), Some(known)) = (&mut record, &self.known)
            && version.read.is_none()
        {
            let (head, picture) = (known.head(&version.item.0), self.picture);
            version.read = Some(ReadItem { head, new_label_of: None, picture });
        }
        let bytes = record.size();
        let position = self.source.position();
        self.waiting.push_back(ReadRecord { place, record, bytes, digest: [0; 32], position, payload });
    }
}

impl RecordSource for SampleRecords {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        if !self.begun {
            self.begin()?;
        }
        loop {
            self.known.as_ref().map_or(Ok(()), KnownStore::check)?;
            if let Some(read) = self.waiting.pop_front() {
                return Ok(Some(read));
            }
            match self.next_sample()? {
                Some(sample) => self.sample(sample)?,
                None => return Ok(None),
            }
        }
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.source.skipped();
        self.texts.report(&mut self.skipped);
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn findings(&mut self) -> Option<SampleFindings> {
        if !self.options.not_renamed {
            self.findings.renames = self.classes.renames();
        }
        self.findings.seen_images = Arc::new(self.finder.seen());
        Some(std::mem::take(&mut self.findings))
    }
}
