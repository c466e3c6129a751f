//! Recognition of the labels of one image.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::super::record::ReadItem;
use super::super::record::fault::Reason;
use super::super::record::name::{ItemReference, VersionReference};
use super::SampleRecords;
use super::known::KnownLabel;
use super::version::{self, Made};
use crate::annotations::formats::regions;
use crate::annotations::held::HeldFields;
use crate::annotations::matching::{
    FoundLabel, IdEvidence, MatchMode, MatchedBy, MovedLabel, StoredLabel, assign, with_stored_groups,
};
use crate::annotations::model::Label;
use crate::annotations::model::fields::CLASS;
use crate::annotations::normal;
use crate::annotations::reader::ReadStop;
use crate::domain::id::VersionId;
use crate::domain::item::ItemKey;
use crate::domain::version::VersionRecord;
use crate::ledger::LedgerError;

/// The number of pairs of labels of an image that are compared by all that the format can say.
const MOST_COMPARED: usize = 40_000;

/// A label of the store, with what is compared.
struct Candidate {
    known: KnownLabel,
    /// The reference of its item.
    reference: String,
    /// Its versions with their fields, newest first.
    versions: Vec<(Arc<VersionRecord>, Map<String, Value>)>,
}

/// The labels of an image: in the file, with their records, and in the store.
struct LabelsOfImage<'a> {
    labels: &'a [Label],
    made: &'a mut [Made],
    /// The items that the file names as an export of stemma.
    named: &'a HashSet<&'a str>,
    /// The labels of the store that are not recognised yet.
    stored: Vec<KnownLabel>,
}

/// The ids of a label that has the content of a stored one.
struct MovedIds {
    now: Option<String>,
    before: Option<String>,
}

/// How a label of the file was recognised.
#[derive(Default, Clone)]
struct Recognised {
    /// The item; `None` if it is new.
    item: Option<ItemKey>,
    /// The stored version that means the same; `None` if the label has changed.
    same: Option<Arc<VersionRecord>>,
    /// The fields of a changed label with those that its format cannot hold.
    completed: Option<Map<String, Value>>,
    /// The class list that a changed label keeps.
    list: Option<VersionId>,
}

impl SampleRecords {
    /// Makes the records of the labels of an image, in their order.
    pub(super) fn labels(&mut self, image: &ItemKey, labels: &[Label]) -> Result<Vec<Made>, ReadStop> {
        let exported = labels.iter().filter_map(|label| label.exported.as_ref());
        let named: HashSet<&str> = exported.map(|exported| exported.item.as_str()).collect();
        let stored = self.known.as_ref().map_or_else(Vec::new, |known| known.labels_of(image, &named));
        let mut made = Vec::with_capacity(labels.len());
        for label in labels {
            // Its item is not known yet.
            let record = version::label(
                label,
                image.clone(),
                (image, &self.further),
                self.classes.list_of(&label.fields),
                &self.activity,
            );
            made.push(record.map_err(|reason| reason.at(label.place.clone()))?);
        }
        let mut recognised = vec![Recognised::default(); labels.len()];
        if !stored.is_empty() {
            let mut image = LabelsOfImage { labels, made: &mut made, named: &named, stored };
            let moved = self.unchanged(&mut image, &mut recognised);
            self.matched(labels, &named, image.stored, &moved, &mut recognised)?;
        }
        for item in recognised.iter().filter_map(|found| found.item.as_ref()) {
            self.keys.take(item);
        }
        for ((label, found), made) in labels.iter().zip(recognised).zip(&mut made) {
            self.finish(image, label, found, made).map_err(|reason| reason.at(label.place.clone()))?;
        }
        Ok(made)
    }

    /// Sets the item of the record of a label, and the content of the stored version that means the
    /// same.
    fn finish(
        &mut self,
        image: &ItemKey,
        label: &Label,
        found: Recognised,
        made: &mut Made,
    ) -> Result<(), Reason> {
        let is_new = found.item.is_none();
        let item = match found.item {
            Some(item) => item,
            None => {
                self.findings.matched.new += u64::from(self.known.is_some());
                self.keys.new_item(label, image, &self.options, self.known.as_ref())?
            }
        };
        if let Some(fields) = found.completed {
            let label = Label { fields, ..label.clone() };
            let image = (image, &self.further[..]);
            let list = self.classes.list_of(&label.fields);
            *made = version::label(&label, item.clone(), image, list, &self.activity)?;
        }
        let (version, payload) = made;
        if is_new && self.known.is_some() {
            version.read = Some(ReadItem { head: None, new_label_of: Some(image.id()), picture: None });
        }
        version.item = ItemReference(item);
        version.ontology = version.ontology.take().or_else(|| found.list.map(VersionReference::of_version));
        if let Some(same) = found.same {
            // Another spelling is no change.
            version.attributes = same.content.attributes.clone();
            version.payload = same.content.payload;
            version.media_type.clone_from(&same.content.media_type);
            version.ontology = same.content.ontology.map(VersionReference::of_version);
            *payload = None;
        }
        Ok(())
    }

    /// Finds the labels whose content is exactly that of a stored one, without reading records:
    /// first those with its id, then, unless ids alone count, those with another id or none.
    /// Returns the latter pairs, and leaves the other labels of the store.
    fn unchanged(&mut self, image: &mut LabelsOfImage<'_>, recognised: &mut [Recognised]) -> Vec<MovedIds> {
        let Some(known) = &self.known else { return Vec::new() };
        let LabelsOfImage { labels, made, named, stored } = image;
        let ids = stored.iter().enumerate().filter_map(|(place, label)| Some((label.id.as_deref()?, place)));
        let places: HashMap<&str, usize> = ids.collect();
        let mut pairs: Vec<Option<usize>> = vec![None; labels.len()];
        let mut taken = vec![false; stored.len()];
        for (number, label) in labels.iter().enumerate() {
            let place = label.id.as_deref().and_then(|id| places.get(id)).copied();
            let Some(place) = place.filter(|place| !taken[*place]) else { continue };
            let (version, _) = &mut made[number];
            version.item = ItemReference(stored[place].item.clone());
            if !self.classes.takes_name(&label.fields) && known.has_content(version) {
                (pairs[number], taken[place]) = (Some(place), true);
                self.findings.matched.by_id += 1;
            }
        }
        let mut moved = Vec::new();
        if self.options.matching != MatchMode::Ids {
            // References count before content, and labels that are retracted after all others.
            let is_open = |number: &usize| {
                let label = &labels[*number];
                pairs[*number].is_none()
                    && label.exported.is_none()
                    && !self.classes.takes_name(&label.fields)
            };
            let mut open: Vec<usize> = (0..labels.len()).filter(is_open).collect();
            open.sort_by_key(|number| labels[*number].id.as_deref());
            let equal = known.equal(open.iter().map(|number| &made[*number].0), stored);
            for (number, equal) in open.into_iter().zip(equal) {
                let is_free = |place: &usize| {
                    let label = &stored[*place];
                    !taken[*place] && !label.is_wrong && !named.contains(label.item.to_string().as_str())
                };
                let Some(place) = equal.into_iter().find(is_free) else { continue };
                (pairs[number], taken[place]) = (Some(place), true);
                self.findings.matched.by_content += 1;
                moved.push(MovedIds { now: labels[number].id.clone(), before: stored[place].id.clone() });
            }
        }
        for ((label, recognised), pair) in labels.iter().zip(recognised).zip(pairs) {
            let Some(place) = pair else { continue };
            recognised.item = Some(stored[place].item.clone());
            self.classes.note(&label.fields, &label.fields);
        }
        let mut taken = taken.into_iter();
        stored.retain(|_| !taken.next().unwrap_or_default());
        moved
    }

    /// Matches the labels that were not found by id and content.
    fn matched(
        &mut self,
        labels: &[Label],
        named: &HashSet<&str>,
        stored: Vec<KnownLabel>,
        moved: &[MovedIds],
        recognised: &mut [Recognised],
    ) -> Result<(), ReadStop> {
        let left: Vec<usize> = (0..labels.len()).filter(|place| recognised[*place].item.is_none()).collect();
        if left.is_empty() || stored.is_empty() {
            return Ok(());
        }
        if self.options.matching == MatchMode::Ids
            && let Some(label) = labels.iter().find(|label| label.id.is_none() && label.exported.is_none())
        {
            let why = "expected labels with ids, found one without; import it with --match auto";
            return Err(Reason::new("--match ids", why).at(label.place.clone()).into());
        }
        let candidates = self.candidates(stored).map_err(|error| ReadStop::Unreadable(error.to_string()))?;
        let known = self.said_again(labels, named, &left, &candidates);
        let is_left = |place: &usize| !known.iter().any(|(label, _)| label == place);
        let others: Vec<usize> = left.iter().copied().filter(is_left).collect();
        let is_free = |place: &usize| !known.iter().any(|(_, candidate)| candidate == place);
        let free: Vec<usize> = (0..candidates.len()).filter(is_free).collect();
        let old: Vec<StoredLabel<'_>> = free.iter().map(|place| candidates[*place].stored()).collect();
        let new: Vec<FoundLabel<'_>> = others.iter().map(|place| FoundLabel::of(&labels[*place])).collect();
        let moved: Vec<MovedLabel<'_>> = moved
            .iter()
            .map(|ids| MovedLabel { now: ids.now.as_deref(), before: ids.before.as_deref() })
            .collect();
        let has_moved = |id: &str| moved.iter().any(|label| label.now == Some(id));
        let unchanged = labels.iter().zip(recognised.iter()).filter(|(_, found)| found.item.is_some());
        let unchanged = unchanged.filter_map(|(label, _)| label.id.as_deref());
        let unchanged: Vec<&str> = unchanged.filter(|id| !has_moved(id)).collect();
        let evidence =
            IdEvidence { contradicted: self.ids_contradicted, unchanged: &unchanged, moved: &moved };
        let assignment = assign(self.options.matching, &old, &new, evidence);
        self.findings.matched.ambiguous += assignment.ambiguous;
        self.findings.matched.approximate += assignment.approximate;
        let known = known.into_iter().map(|(place, candidate)| (place, candidate, MatchedBy::Content));
        let found = others.into_iter().zip(assignment.pairs);
        let found = found.filter_map(|(place, pair)| pair.map(|(old, by)| (place, free[old], by)));
        let pairs: Vec<(usize, usize, MatchedBy)> = known.chain(found).collect();
        let groups = stored_groups(labels, recognised, &candidates, &pairs);
        let is_new = |place: &usize| pairs.iter().all(|(paired, ..)| paired != place);
        for place in left.into_iter().filter(is_new) {
            recognised[place].completed.clone_from(&groups[place]);
        }
        for (place, candidate, by) in pairs {
            let candidate = &candidates[candidate];
            self.findings.matched.add(by);
            let regrouped = groups[place].clone().map(|fields| Label { fields, ..labels[place].clone() });
            let label = regrouped.as_ref().unwrap_or(&labels[place]);
            let same = candidate.versions.iter().find(|(_, fields)| self.means(label, fields));
            let same = same.map(|(record, _)| Arc::clone(record));
            self.classes.note(candidate.last_said(), &label.fields);
            // What the format cannot hold is as it was.
            let (record, newest) = &candidate.versions[0];
            let completed = regions::completed(&self.holds, &label.fields, newest, label.precision);
            let is_other = |completed: &Map<String, Value>| *completed != labels[place].fields;
            let completed = Some(completed).filter(|completed| same.is_none() && is_other(completed));
            let list = record.content.ontology;
            let list =
                self.known.as_ref().and_then(|known| self.classes.kept_list(known, list, &label.fields));
            let item = Some(candidate.known.item.clone());
            recognised[place] = Recognised { item, same, completed, list };
        }
        Ok(())
    }

    /// Returns pairs of labels of which the file says all that its format can say of a stored one: each
    /// label with the one of its id, else with the first one. Only for formats that cannot hold
    /// everything, and for images that do not have too many labels.
    fn said_again(
        &self,
        labels: &[Label],
        named: &HashSet<&str>,
        left: &[usize],
        stored: &[Candidate],
    ) -> Vec<(usize, usize)> {
        let is_by_ids = self.options.matching == MatchMode::Ids;
        if self.holds == HeldFields::All || is_by_ids || left.len() * stored.len() > MOST_COMPARED {
            return Vec::new();
        }
        let is_free = |candidate: &Candidate| {
            !candidate.known.is_wrong && !named.contains(candidate.reference.as_str())
        };
        let mut free: Vec<usize> = (0..stored.len()).filter(|number| is_free(&stored[*number])).collect();
        let mut pairs = Vec::new();
        for place in left.iter().copied().filter(|place| labels[*place].exported.is_none()) {
            let label = &labels[place];
            let is_same = |number: &usize| {
                let fields = stored[*number].last_said();
                fields.get(CLASS) == label.fields.get(CLASS) && self.means(label, fields)
            };
            let has_its_id = |number: &usize| label.id.is_some() && stored[*number].known.id == label.id;
            let same: Vec<usize> = free.iter().copied().filter(is_same).collect();
            let best = same.iter().copied().find(has_its_id).or_else(|| same.first().copied());
            if let Some(best) = best {
                free.retain(|number| *number != best);
                pairs.push((place, best));
            }
        }
        pairs
    }

    /// Returns true if a label of the file means the same as these stored fields, as far as its format
    /// can say.
    fn means(&self, label: &Label, stored: &Map<String, Value>) -> bool {
        let completed = regions::completed(&self.holds, &label.fields, stored, label.precision);
        if label.precision > 0.0 {
            return normal::is_same(stored, &normal::settled(completed, stored, label.precision));
        }
        normal::is_same(stored, &completed)
    }

    fn candidates(&mut self, stored: Vec<KnownLabel>) -> Result<Vec<Candidate>, LedgerError> {
        let records = self.records_of(&stored)?;
        let Some(known) = &self.known else { return Ok(Vec::new()) };
        let mut candidates = Vec::with_capacity(stored.len());
        for label in stored {
            let mut versions = Vec::new();
            for record in label.history.iter().rev().filter_map(|id| records.get(id)) {
                let mut fields = known.fields(record)?;
                self.classes.learn(known, record.content.ontology);
                self.classes.rename(record.content.ontology, &mut fields);
                versions.push((Arc::clone(record), fields));
            }
            if !versions.is_empty() {
                let reference = label.item.to_string();
                candidates.push(Candidate { known: label, reference, versions });
            }
        }
        Ok(candidates)
    }
}

/// Returns the fields of the labels of which the group has another number in the store.
fn stored_groups(
    labels: &[Label],
    recognised: &[Recognised],
    candidates: &[Candidate],
    pairs: &[(usize, usize, MatchedBy)],
) -> Vec<Option<Map<String, Value>>> {
    let found = labels.iter().zip(recognised);
    // Labels that were found by their content have the group of the store.
    let mut stored: Vec<_> =
        found.map(|(label, found)| found.item.is_some().then_some(&label.fields)).collect();
    let mut is_paired = vec![false; candidates.len()];
    for (place, candidate, _) in pairs {
        stored[*place] = Some(candidates[*candidate].last_said());
        is_paired[*candidate] = true;
    }
    let others =
        candidates.iter().zip(is_paired).filter(|(other, is_paired)| !is_paired && !other.known.is_wrong);
    let others: Vec<_> = others.map(|(other, _)| other.last_said()).collect();
    with_stored_groups(labels, &stored, &others)
}

impl Candidate {
    /// Returns what the tool last said of the label: the fields of the newest version that an import
    /// made. A correction in the store, which the tool may not have, comes after it.
    fn last_said(&self) -> &Map<String, Value> {
        let mut versions = self.versions.iter();
        let imported = versions.find(|(record, _)| record.is_imported());
        let (_, fields) = imported.unwrap_or(&self.versions[0]);
        fields
    }

    fn stored(&self) -> StoredLabel<'_> {
        StoredLabel {
            id: self.known.id.as_deref(),
            item: &self.reference,
            fields: self.last_said(),
            is_retracted: self.known.is_wrong,
        }
    }
}
