//! Combines the events of one run, job or data set. The result does not depend on their order.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{BadEvent, Dataset, Event, EventSubject, QualifiedName};
use super::names;
use crate::domain::item::ItemKey;
use crate::domain::version::Timestamp;

/// A run, job or data set as its events describe it, and the part that the newest event adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The item under which the events are kept.
    pub item: ItemKey,
    /// The run, job or data set.
    pub what: EventSubject,
    /// The data sets that were read and that the newest event names.
    pub inputs: BTreeSet<Dataset>,
    /// The data sets that were written and that the newest event names; all of them if it is the
    /// first COMPLETE.
    pub outputs: BTreeSet<Dataset>,
    /// True if the outputs are written: the run has a COMPLETE, or it is not a run.
    pub complete: bool,
    /// The time of its start.
    pub started: Option<Timestamp>,
    /// The time of its end.
    pub ended: Option<Timestamp>,
    /// The URL of its code.
    pub code: Option<String>,
    /// The run that it is part of.
    pub parent_run: Option<String>,
}

impl Subject {
    /// Combines an event with the earlier events `others` of the same run, job or data set.
    ///
    /// # Errors
    /// [`BadEvent`] if a name is not valid in a key.
    pub fn of(event: &Event, others: &[Event]) -> Result<Self, BadEvent> {
        let mut events: Vec<&Event> = std::iter::once(event).chain(others).collect();
        events.sort_by(|a, b| (a.time, &a.kind).cmp(&(b.time, &b.kind)));
        let is_run = matches!(event.what, EventSubject::Run { .. });
        let times = |kinds: &'static [&str]| {
            let matching = events.iter().filter(move |event| is_run && kinds.contains(&event.kind.as_str()));
            matching.map(|event| event.time)
        };
        let ends = |event: &Event| event.kind == "COMPLETE";
        let was_complete = others.iter().any(ends);
        let all =
            |sets: fn(&Event) -> &Vec<Dataset>| with_versions(events.iter().flat_map(|event| sets(event)));
        let mut inputs = all(|event| &event.inputs);
        inputs.retain(|set| event.inputs.iter().any(|own| own.name == set.name));
        let mut outputs = all(|event| &event.outputs);
        if was_complete || !ends(event) {
            outputs.retain(|set| event.outputs.iter().any(|own| own.name == set.name));
        }
        Ok(Self {
            item: item(&event.what)?,
            what: event.what.clone(),
            inputs,
            outputs,
            complete: !is_run || was_complete || ends(event),
            started: times(&["START"]).min(),
            ended: times(&["COMPLETE", "FAIL", "ABORT"]).max(),
            code: events.iter().find_map(|event| event.code.clone()),
            parent_run: events.iter().find_map(|event| event.parent_run.clone()),
        })
    }
}

/// Returns the item whose versions hold the events.
pub(super) fn item(what: &EventSubject) -> Result<ItemKey, BadEvent> {
    match what {
        EventSubject::Run { run, .. } => names::run(run),
        EventSubject::Job(job) => names::job(job),
        EventSubject::Dataset(set) => names::dataset(&set.name).and_then(|_| names::described(&set.name)),
    }
}

/// Returns each data set with each version that an event names; without a version only if no event
/// names one.
fn with_versions<'a>(sets: impl Iterator<Item = &'a Dataset>) -> BTreeSet<Dataset> {
    let mut versions: BTreeMap<&'a QualifiedName, BTreeSet<&'a str>> = BTreeMap::new();
    for set in sets {
        versions.entry(&set.name).or_default().extend(set.version.as_deref());
    }
    let mut all = BTreeSet::new();
    for (name, versions) in versions {
        let plain = versions.is_empty().then_some(None);
        let named = plain.into_iter().chain(versions.into_iter().map(Some));
        all.extend(named.map(|version| Dataset { name: name.clone(), version: version.map(str::to_owned) }));
    }
    all
}
