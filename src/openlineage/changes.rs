//! The changes that add a subject to the store: they create what is missing and find what exists.
//!
//! The first version of every item identifies it. It is the parent of all others, in place of the
//! newest, so their ids depend on their content alone: a repeated or reordered event makes the same
//! versions. For the same reason derivations from inputs are asserted and not sources of the
//! version.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::event::{BadEvent, Dataset, Event, EventSubject, QualifiedName};
use super::names;
use super::subject::Subject;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::names::key;
use crate::domain::numbers::VersionNo;
use crate::domain::version::Activity;
use crate::domain::write::proposal::{Assert, Change, Put, Ref};
use crate::lineage::At;

/// The role of a data set that a run read.
pub(super) const INPUT: &str = "INPUT";
/// The role of a run as the source of a data set that it wrote.
pub(super) const OUTPUT: &str = "OUTPUT";
/// The role of an event as the source of the data set that it describes.
const DESCRIBES: &str = "DESCRIBES";

/// The most versions that a search for a derivation visits.
const MAX_VISITED: usize = 100_000;

/// The longest text of an event that is copied into attributes, in bytes. The payload has all of
/// it.
const MAX_TEXT: usize = 1_024;

/// Returns the changes that store an event and add its subject to the lineage. `payload` is the
/// digest of the event's bytes.
///
/// # Errors
/// [`BadEvent`] if a name is not valid in a key.
pub fn changes(at: At<'_>, subject: &Subject, event: &Event, payload: Digest) -> Result<Drawn, BadEvent> {
    let mut builder = ChangeBuilder { at, changes: Vec::new(), first: BTreeMap::new() };
    let anchor = builder.begin(&subject.item, &identity(subject), activity(subject))?;
    let kept = Put {
        parent: Some(anchor.clone()),
        payload: Some(payload),
        media_type: Some("application/json".to_owned()),
        attributes: attributes(&summary(event)),
        ..Put::new(subject.item.clone())
    };
    builder.changes.push(Change::Put(kept));
    let kept = builder.changes.len();
    if let EventSubject::Dataset(set) = &subject.what {
        let described = match set.version {
            Some(_) => builder.known(set)?,
            None => builder.dataset(&set.name)?,
        };
        builder.say(&anchor, &described, DESCRIBES, event);
        return Ok(Drawn { changes: builder.changes, kept });
    }
    for set in &subject.inputs {
        // One version cannot be both input and output. The output takes precedence.
        if set.version.is_some() && subject.complete && subject.outputs.contains(set) {
            continue;
        }
        if let Some(input) = builder.read(set, &anchor)? {
            builder.say(&anchor, &input, INPUT, event);
        }
    }
    if subject.complete {
        for set in &subject.outputs {
            builder.written(set, &anchor, subject, event)?;
        }
    }
    Ok(Drawn { changes: builder.changes, kept })
}

/// The changes of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The changes, in their order.
    pub changes: Vec<Change>,
    /// The number of changes at the beginning that store the event. The others add lineage.
    pub kept: usize,
}

struct ChangeBuilder<'a> {
    at: At<'a>,
    changes: Vec<Change>,
    /// The first versions of items that were looked up.
    first: BTreeMap<ItemKey, Ref>,
}

impl ChangeBuilder<'_> {
    /// Returns the first version of an item, which identifies it. Creates it if the item is new.
    fn begin(&mut self, item: &ItemKey, says: &Value, activity: Option<Activity>) -> Result<Ref, BadEvent> {
        if let Some(first) = self.first.get(item) {
            return Ok(first.clone());
        }
        let first = match self.at.item(&item.id()).and_then(|item| self.at.history(item).first()) {
            Some(first) => Ref::Id(self.at.id(*first)),
            None => self.put(Put { attributes: attributes(says), activity, ..Put::new(item.clone()) }),
        };
        self.first.insert(item.clone(), first.clone());
        Ok(first)
    }

    fn put(&mut self, put: Put) -> Ref {
        let name = format!("v{}", self.changes.len());
        self.changes.push(Change::Put(Put { name: Some(name.clone()), ..put }));
        Ref::Local(name)
    }

    fn dataset(&mut self, name: &QualifiedName) -> Result<Ref, BadEvent> {
        let says = json!({"dataset": {"namespace": short(&name.namespace), "name": short(&name.name)}});
        self.begin(&names::dataset(name)?, &says, None)
    }

    /// Adds a version of a data set that is named by its own system.
    fn known(&mut self, set: &Dataset) -> Result<Ref, BadEvent> {
        let first = self.dataset(&set.name)?;
        let says = json!({"datasetVersion": short(set.version.as_deref().unwrap_or_default())});
        Ok(self.put(Put {
            parent: Some(first),
            attributes: attributes(&says),
            ..Put::new(names::dataset(&set.name)?)
        }))
    }

    /// Returns the version that was read: the one that the event names, else the newest. `None` if
    /// the run already has an input of this data set.
    fn read(&mut self, set: &Dataset, anchor: &Ref) -> Result<Option<Ref>, BadEvent> {
        if set.version.is_some() {
            return self.known(set).map(Some);
        }
        let Some(item) = self.at.item(&names::dataset(&set.name)?.id()) else {
            return self.dataset(&set.name).map(Some);
        };
        let at = self.at;
        let anchor = match anchor {
            Ref::Id(id) => at.version(id),
            _ => None,
        };
        let Some(anchor) = anchor else {
            return Ok(at.head(item).map(|head| Ref::Id(at.id(head))));
        };
        if at.sources(anchor).any(|edge| at.item_of(edge.other) == item) {
            return Ok(None);
        }
        // Not a version derived from this run, because events may be late.
        let newest = at.history(item).iter().rfind(|version| !derives_from(at, **version, anchor));
        Ok(newest.map(|version| Ref::Id(at.id(*version))))
    }

    /// Adds a version of a data set that was written.
    fn written(
        &mut self,
        set: &Dataset,
        anchor: &Ref,
        subject: &Subject,
        event: &Event,
    ) -> Result<(), BadEvent> {
        if set.version.is_some() {
            let made = self.known(set)?;
            self.say(&made, anchor, OUTPUT, event);
            return Ok(());
        }
        let first = self.dataset(&set.name)?;
        let says = match &subject.what {
            EventSubject::Run { run, .. } => json!({"run": short(run)}),
            EventSubject::Job(job) => json!({"job": short(&key::joined([&job.namespace, &job.name]))}),
            EventSubject::Dataset(_) => json!({}),
        };
        self.put(Put {
            parent: Some(first),
            attributes: attributes(&says),
            sources: vec![(OUTPUT.to_owned(), anchor.clone())],
            activity: activity(subject),
            ..Put::new(names::dataset(&set.name)?)
        });
        Ok(())
    }

    fn say(&mut self, derived: &Ref, source: &Ref, role: &str, event: &Event) {
        let producer = short(event.producer.as_deref().unwrap_or("somebody"));
        let said = Assert {
            derived: derived.clone(),
            source: source.clone(),
            role: role.to_owned(),
            reason: format!("OpenLineage: said by {}", producer.replace(char::is_control, " ")),
        };
        self.changes.push(Change::Assert(said));
    }
}

/// Returns true if a version derives from another, directly or not, or if the search visits more
/// than [`MAX_VISITED`] versions.
fn derives_from(at: At<'_>, version: VersionNo, from: VersionNo) -> bool {
    let (mut seen, mut next) = (HashSet::from([version]), vec![version]);
    while let Some(version) = next.pop() {
        if version == from || seen.len() > MAX_VISITED {
            return true;
        }
        let sources = at.sources(version).map(|edge| edge.other);
        next.extend(sources.filter(|source| seen.insert(*source)));
    }
    false
}

/// Returns the attributes of the first version of a subject's item. They are the same for all its
/// events.
fn identity(subject: &Subject) -> Value {
    let job = |job: &QualifiedName| json!({"namespace": short(&job.namespace), "name": short(&job.name)});
    match &subject.what {
        EventSubject::Run { run, job: of } => json!({"run": short(run), "job": job(of)}),
        EventSubject::Job(of) => json!({"job": job(of)}),
        EventSubject::Dataset(set) => {
            json!({"describes": {"namespace": short(&set.name.namespace), "name": short(&set.name.name)}})
        }
    }
}

/// Returns the attributes of an event that are searched for. The payload has the rest.
fn summary(event: &Event) -> Value {
    let mut said = json!({
        "eventType": event.kind,
        "eventTime": event.time_text,
        "inputs": event.inputs.len(),
        "outputs": event.outputs.len(),
    });
    if let Some(producer) = &event.producer {
        said["producer"] = short(producer).into();
    }
    if let Some(parent) = &event.parent_run {
        said["parentRun"] = short(parent).into();
    }
    said
}

/// Returns the activity of a run or job.
fn activity(subject: &Subject) -> Option<Activity> {
    let (EventSubject::Run { job, .. } | EventSubject::Job(job)) = &subject.what else { return None };
    let mut parameters = json!({"job": {"namespace": short(&job.namespace), "name": short(&job.name)}});
    if let EventSubject::Run { run, .. } = &subject.what {
        parameters["run"] = short(run).into();
    }
    if let Some(parent) = &subject.parent_run {
        parameters["parentRun"] = short(parent).into();
    }
    let code = subject.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let ended = subject.ended.filter(|ended| subject.started.is_none_or(|started| started <= *ended));
    Some(Activity {
        name: names::activity(job),
        code_reference: code.map(|code| short(code).replace(char::is_control, " ")),
        parameters: attributes(&parameters),
        started_at: subject.started,
        ended_at: ended,
    })
}

/// Returns attributes of a few short texts and numbers, which are always valid.
fn attributes(says: &Value) -> Attributes {
    Attributes::new(says).unwrap_or_else(|_| Attributes::empty())
}

/// Returns a text of at most [`MAX_TEXT`] bytes. A longer one is cut and ends with its hash.
fn short(text: &str) -> String {
    if text.len() <= MAX_TEXT {
        return text.to_owned();
    }
    let end = (0..=MAX_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}~{}", &text[..end], &Digest::of(text.as_bytes()).hex()[..32])
}

/// Returns the approximate size of the changes of a subject in memory, in bytes: of those that are
/// written, and of their copy without the lineage.
pub(super) fn weight(subject: &Subject) -> usize {
    /// An item, a version and a derivation.
    const MOST: usize = 3;
    let set = |set: &Dataset| {
        let names = 2 * (set.name.namespace.len() + set.name.name.len());
        MOST * (size_of::<Change>() + names + 2 * MAX_TEXT)
    };
    2 * subject.inputs.iter().chain(&subject.outputs).map(set).sum::<usize>()
}

/// Returns the newest versions that hold earlier events of a subject, newest first, at most `most`.
pub(super) fn kept(at: At<'_>, subject: &ItemKey, most: usize) -> Vec<VersionId> {
    let history = at.item(&subject.id()).map_or(&[][..], |item| at.history(item));
    // The first identifies the item.
    history.iter().skip(1).rev().take(most).map(|version| at.id(*version)).collect()
}
