//! What a subject comes to in the world as it is: changes that make what is missing, and find what is there.
//!
//! Every item begins with a version that says what it is. All others follow that one, not the newest, so their ids depend on
//! nothing but what they say: the same event again, or a later one first, makes the same versions. Derivations from inputs
//! are said, not born, for the same reason.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::event::{BadEvent, Dataset, Event, Name, What};
use super::names;
use super::subject::Subject;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::numbers::VersionNo;
use crate::domain::version::Activity;
use crate::domain::write::proposal::{Assert, Change, Put, Ref};
use crate::lineage::At;

/// The role of what a run read.
pub(super) const INPUT: &str = "INPUT";
/// The role of a run in what it wrote.
pub(super) const OUTPUT: &str = "OUTPUT";
/// The role of what is described in what describes it.
const DESCRIBES: &str = "DESCRIBES";

/// How many versions are looked at to tell whether one was made from another.
const LONGEST_WAY: usize = 100_000;

/// The longest text of an event that is copied into attributes; the whole one is in the payload.
const LONGEST: usize = 1_024;

/// The changes that keep an event and draw what its subject now comes to. `payload` is the event as it came.
///
/// # Errors
/// [`BadEvent`] where a name cannot be kept.
pub fn changes(at: At<'_>, subject: &Subject, event: &Event, payload: Digest) -> Result<Drawn, BadEvent> {
    let mut drawing = Drawing { at, changes: Vec::new(), first: BTreeMap::new() };
    let anchor = drawing.begin(&subject.item, &identity(subject), activity(subject))?;
    let kept = Put {
        parent: Some(anchor.clone()),
        payload: Some(payload),
        media_type: Some("application/json".to_owned()),
        attributes: attributes(&summary(event)),
        ..Put::new(subject.item.clone())
    };
    drawing.changes.push(Change::Put(kept));
    let kept = drawing.changes.len();
    if let What::Dataset(set) = &subject.what {
        let described = match set.version {
            Some(_) => drawing.known(set)?,
            None => drawing.dataset(&set.name)?,
        };
        drawing.say(&anchor, &described, DESCRIBES, event);
        return Ok(Drawn { changes: drawing.changes, kept });
    }
    for set in &subject.inputs {
        // What is told as read and as written in the same version cannot be both; that it was written is the stronger.
        if set.version.is_some() && subject.complete && subject.outputs.contains(set) {
            continue;
        }
        if let Some(input) = drawing.read(set, &anchor)? {
            drawing.say(&anchor, &input, INPUT, event);
        }
    }
    if subject.complete {
        for set in &subject.outputs {
            drawing.written(set, &anchor, subject, event)?;
        }
    }
    Ok(Drawn { changes: drawing.changes, kept })
}

/// What an event comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// What is to change, in order.
    pub changes: Vec<Change>,
    /// How many of the first of these keep the event. The others draw what it says.
    pub kept: usize,
}

struct Drawing<'a> {
    at: At<'a>,
    changes: Vec<Change>,
    /// The first versions of items, once asked for.
    first: BTreeMap<ItemKey, Ref>,
}

impl Drawing<'_> {
    /// The first version of an item, which says what it is; made where the item is new.
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

    fn dataset(&mut self, name: &Name) -> Result<Ref, BadEvent> {
        let says = json!({"dataset": {"namespace": short(&name.namespace), "name": short(&name.name)}});
        self.begin(&names::dataset(name)?, &says, None)
    }

    /// A version of a data set that its own system has a name for.
    fn known(&mut self, set: &Dataset) -> Result<Ref, BadEvent> {
        let first = self.dataset(&set.name)?;
        let says = json!({"datasetVersion": short(set.version.as_deref().unwrap_or_default())});
        Ok(self.put(Put {
            parent: Some(first),
            attributes: attributes(&says),
            ..Put::new(names::dataset(&set.name)?)
        }))
    }

    /// What was read: the version that was told, else the newest at this time; none where it is known already.
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
        // Not what came of this run: an event may be late.
        let newest = at.history(item).iter().rfind(|version| !comes_of(at, **version, anchor));
        Ok(newest.map(|version| Ref::Id(at.id(*version))))
    }

    /// A version of a data set that was written.
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
            What::Run { run, .. } => json!({"run": short(run)}),
            What::Job(job) => json!({"job": short(&format!("{}/{}", job.namespace, job.name))}),
            What::Dataset(_) => json!({}),
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

/// Whether a version was made from another, directly or not. Where it takes too long to tell, it is taken to be so.
fn comes_of(at: At<'_>, version: VersionNo, from: VersionNo) -> bool {
    let (mut seen, mut next) = (HashSet::from([version]), vec![version]);
    while let Some(version) = next.pop() {
        if version == from || seen.len() > LONGEST_WAY {
            return true;
        }
        let sources = at.sources(version).map(|edge| edge.other);
        next.extend(sources.filter(|source| seen.insert(*source)));
    }
    false
}

/// What the first version of a subject's item says: nothing that could differ between its events.
fn identity(subject: &Subject) -> Value {
    let job = |job: &Name| json!({"namespace": short(&job.namespace), "name": short(&job.name)});
    match &subject.what {
        What::Run { run, job: of } => json!({"run": short(run), "job": job(of)}),
        What::Job(of) => json!({"job": job(of)}),
        What::Dataset(set) => {
            json!({"describes": {"namespace": short(&set.name.namespace), "name": short(&set.name.name)}})
        }
    }
}

/// What one asks an event for; the rest is in the payload.
fn summary(event: &Event) -> Value {
    let mut said = json!({
        "eventType": event.kind,
        "eventTime": event.time_said,
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

/// What ran.
fn activity(subject: &Subject) -> Option<Activity> {
    let (What::Run { job, .. } | What::Job(job)) = &subject.what else { return None };
    let mut parameters = json!({"job": {"namespace": short(&job.namespace), "name": short(&job.name)}});
    if let What::Run { run, .. } = &subject.what {
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

/// Attributes of a few short texts and numbers, which are never refused.
fn attributes(says: &Value) -> Attributes {
    Attributes::new(says).unwrap_or_else(|_| Attributes::empty())
}

/// A text as far as attributes should hold it; a longer one ends with its hash.
fn short(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}~{}", &text[..end], &Digest::of(text.as_bytes()).hex()[..32])
}

/// The versions under which earlier events of a subject are kept, newest first.
pub(super) fn kept(at: At<'_>, subject: &ItemKey) -> Vec<VersionId> {
    let history = at.item(&subject.id()).map_or(&[][..], |item| at.history(item));
    // The first says what it is.
    history.iter().skip(1).rev().map(|version| at.id(*version)).collect()
}
