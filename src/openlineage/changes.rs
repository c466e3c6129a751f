//! The changes that add a subject to the store: they create what is missing and find what exists.
//!
//! The first version of every item identifies it. It is the parent of all others, in place of the
//! newest, so their ids depend on their content alone: a repeated or reordered event makes the same
//! versions. For the same reason derivations from inputs are asserted and not sources of the
//! version.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::describe::{self, activity, attributes, identity, short, summary};
use super::event::{BadEvent, Dataset, Event, EventSubject, QualifiedName};
use super::names;
use super::subject::Subject;
use crate::domain::id::Digest;
use crate::domain::item::ItemKey;
use crate::domain::names::key;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::version::Activity;
use crate::domain::write::proposal::{Assert, Change, Put, Ref};
use crate::lineage::At;

/// The role of a data set that a run read.
pub(super) const INPUT: &str = "INPUT";
/// The role of a run as the source of a data set that it wrote.
pub(super) const OUTPUT: &str = "OUTPUT";
/// The role of an event as the source of the data set that it describes.
const DESCRIBES: &str = "DESCRIBES";

/// The most versions that a search for what derives from a run visits.
const MAX_VISITED: usize = 10_000;

/// Returns the changes that store an event and add its subject to the lineage. `payload` is the
/// digest of the event's bytes.
///
/// # Errors
/// [`BadEvent`] if a name is not valid in a key.
pub fn changes<'a>(
    at: At<'a>,
    subject: &Subject,
    event: &'a Event,
    payload: Digest,
) -> Result<Drawn, BadEvent> {
    let mut builder = ChangeBuilder::new(at, event);
    let anchor = builder.begin(&subject.item, &identity(subject), activity(subject));
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
        builder.join([set])?;
        let described = match set.version {
            Some(_) => builder.known(set)?,
            None => builder.dataset(&set.name)?,
        };
        builder.say(&anchor, &described, DESCRIBES);
        return Ok(builder.drawn(kept));
    }
    builder.join(subject.inputs.iter().chain(&subject.outputs))?;
    // One version cannot be both input and output. The output takes precedence.
    let version =
        |builder: &ChangeBuilder<'_>, set: &Dataset| Ok((builder.item(&set.name)?, set.version.clone()));
    let outputs = subject.outputs.iter().map(|set| version(&builder, set));
    let outputs = outputs.collect::<Result<HashSet<_>, BadEvent>>()?;
    for set in &subject.inputs {
        if set.version.is_some() && outputs.contains(&version(&builder, set)?) {
            continue;
        }
        if let Some(input) = builder.read(set, &anchor)? {
            builder.say(&anchor, &input, INPUT);
        }
    }
    for set in &subject.outputs {
        builder.written(set, &anchor, subject)?;
    }
    Ok(builder.drawn(kept))
}

/// The changes of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The changes, in their order.
    pub changes: Vec<Change>,
    /// The number of changes at the beginning that store the event. The others add lineage.
    pub kept: usize,
    /// Messages for the client.
    pub messages: Vec<String>,
}

/// Collects the changes of one event.
pub(super) struct ChangeBuilder<'a> {
    pub(super) at: At<'a>,
    event: &'a Event,
    changes: Vec<Change>,
    /// The first versions of items that were looked up.
    first: BTreeMap<ItemKey, Ref>,
    /// The items that this event joins to others.
    pub(super) joined: BTreeMap<ItemKey, ItemKey>,
    pub(super) messages: Vec<String>,
    edges: Option<RunEdges>,
    /// The versions derived from the run; the inner `None` if there are too many.
    below: Option<Option<HashSet<VersionNo>>>,
}

/// The data sets that a run is connected with.
struct RunEdges {
    anchor: VersionNo,
    read: HashSet<ItemNo>,
    written: HashSet<ItemNo>,
}

impl RunEdges {
    fn of(at: At<'_>, anchor: VersionNo) -> Self {
        Self {
            anchor,
            read: at.sources(anchor).map(|edge| at.item_of(edge.other)).collect(),
            written: at.flow_from(anchor).take(MAX_VISITED).map(|version| at.item_of(version)).collect(),
        }
    }
}

impl<'a> ChangeBuilder<'a> {
    fn new(at: At<'a>, event: &'a Event) -> Self {
        Self {
            at,
            event,
            changes: Vec::new(),
            first: BTreeMap::new(),
            joined: BTreeMap::new(),
            messages: Vec::new(),
            edges: None,
            below: None,
        }
    }

    fn drawn(self, kept: usize) -> Drawn {
        Drawn { changes: self.changes, kept, messages: self.messages }
    }

    /// Returns the first version of an item, which identifies it. Creates it if the item is new.
    pub(super) fn begin(&mut self, item: &ItemKey, says: &Value, activity: Option<Activity>) -> Ref {
        if let Some(first) = self.first.get(item) {
            return first.clone();
        }
        let first = match self.at.item(&item.id()).and_then(|item| self.at.history(item).first()) {
            Some(first) => Ref::Id(self.at.id(*first)),
            None => self.put(Put { attributes: attributes(says), activity, ..Put::new(item.clone()) }),
        };
        self.first.insert(item.clone(), first.clone());
        first
    }

    /// Returns true if an item exists, or is made by this event.
    pub(super) fn exists(&self, item: &ItemKey) -> bool {
        self.first.contains_key(item) || self.at.item(&item.id()).is_some()
    }

    /// Returns what the run of an event is connected with; `None` if the run is new.
    fn edges(&mut self, anchor: &Ref) -> Option<&RunEdges> {
        let Ref::Id(id) = anchor else { return None };
        let anchor = self.at.version(id)?;
        Some(self.edges.get_or_insert_with(|| RunEdges::of(self.at, anchor)))
    }

    fn put(&mut self, put: Put) -> Ref {
        let name = format!("v{}", self.changes.len());
        self.changes.push(Change::Put(Put { name: Some(name.clone()), ..put }));
        Ref::Local(name)
    }

    fn dataset(&mut self, name: &QualifiedName) -> Result<Ref, BadEvent> {
        Ok(self.begin(&self.item(name)?, &describe::dataset(name), None))
    }

    /// Adds a version of a data set that is named by its own system.
    fn known(&mut self, set: &Dataset) -> Result<Ref, BadEvent> {
        let first = self.dataset(&set.name)?;
        let says = json!({"datasetVersion": short(set.version.as_deref().unwrap_or_default())});
        let item = self.item(&set.name)?;
        Ok(self.put(Put { parent: Some(first), attributes: attributes(&says), ..Put::new(item) }))
    }

    /// Returns the version that was read: the one that the event names, else the newest. `None` if
    /// the run already has an input of this data set.
    fn read(&mut self, set: &Dataset, anchor: &Ref) -> Result<Option<Ref>, BadEvent> {
        if set.version.is_some() {
            return self.known(set).map(Some);
        }
        let at = self.at;
        let Some(item) = at.item(&self.item(&set.name)?.id()) else {
            return self.dataset(&set.name).map(Some);
        };
        let own = names::dataset(&set.name)?;
        let own = at.item(&own.id()).unwrap_or(item);
        let history = at.history(item);
        let run = match self.edges(anchor) {
            None => return Ok(history.last().map(|version| Ref::Id(at.id(*version)))),
            // Also if the names of the data set were joined since.
            Some(edges) if edges.read.contains(&item) || edges.read.contains(&own) => return Ok(None),
            Some(edges) => edges.anchor,
        };
        // Not a version derived from this run, because events may be late.
        let read = match self.below.get_or_insert_with(|| below(at, run)) {
            Some(below) => history.iter().rfind(|version| !below.contains(version)),
            None => history.first(),
        };
        Ok(read.map(|version| Ref::Id(at.id(*version))))
    }

    /// Adds a version of a data set that was written.
    fn written(&mut self, set: &Dataset, anchor: &Ref, subject: &Subject) -> Result<(), BadEvent> {
        if set.version.is_some() {
            let made = self.known(set)?;
            self.say(&made, anchor, OUTPUT);
            return Ok(());
        }
        let item = self.item(&set.name)?;
        for name in [&item, &names::dataset(&set.name)?] {
            let known = self.at.item(&name.id());
            // The output of the run is there, also if the names of the data set were joined since.
            if known.is_some_and(|item| self.edges(anchor).is_some_and(|edges| edges.written.contains(&item)))
            {
                return Ok(());
            }
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
            ..Put::new(item)
        });
        Ok(())
    }

    pub(super) fn say(&mut self, derived: &Ref, source: &Ref, role: &str) {
        let producer = short(self.event.producer.as_deref().unwrap_or("a client"));
        let said = Assert {
            derived: derived.clone(),
            source: source.clone(),
            role: role.to_owned(),
            reason: format!("OpenLineage: said by {}", producer.replace(char::is_control, " ")),
        };
        self.changes.push(Change::Assert(said));
    }
}

/// Returns the versions that derive from a version, directly or not, and the version itself; `None`
/// if they are more than [`MAX_VISITED`].
pub(super) fn below(at: At<'_>, version: VersionNo) -> Option<HashSet<VersionNo>> {
    let (mut seen, mut next) = (HashSet::from([version]), vec![version]);
    while let Some(version) = next.pop() {
        for derived in at.flow_from(version) {
            if seen.insert(derived) {
                next.push(derived);
            }
            if seen.len() > MAX_VISITED {
                return None;
            }
        }
    }
    Some(seen)
}
