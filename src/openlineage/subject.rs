//! What several events say of one run, job or data set, together. The order in which they are given does not matter.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{BadEvent, Dataset, Event, Name, What};
use super::names;
use crate::domain::item::ItemKey;
use crate::domain::version::Timestamp;

/// A run, a job or a data set, as far as events have told, and what of it the newest event adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The item under which the events are kept.
    pub item: ItemKey,
    /// What it is.
    pub what: What,
    /// What was read, as far as the event speaks of it.
    pub inputs: BTreeSet<Dataset>,
    /// What was written, as far as the event speaks of it; all of it where the event is the first to say that it is.
    pub outputs: BTreeSet<Dataset>,
    /// Whether what it was to write is written: it has a COMPLETE, or is no run.
    pub complete: bool,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Where its code is.
    pub code: Option<String>,
    /// The run that it is part of.
    pub parent_run: Option<String>,
}

impl Subject {
    /// What an event comes to, told after `others` of the same run, job or data set.
    ///
    /// # Errors
    /// [`BadEvent`] where a name cannot be kept.
    pub fn of(event: &Event, others: &[Event]) -> Result<Self, BadEvent> {
        let mut events: Vec<&Event> = std::iter::once(event).chain(others).collect();
        events.sort_by(|a, b| (a.time, &a.kind).cmp(&(b.time, &b.kind)));
        let is_run = matches!(event.what, What::Run { .. });
        let times = |kinds: &'static [&str]| {
            let told = events.iter().filter(move |event| is_run && kinds.contains(&event.kind.as_str()));
            told.map(|event| event.time)
        };
        let ends = |event: &Event| event.kind == "COMPLETE";
        let was_complete = others.iter().any(ends);
        let all = |sets: fn(&Event) -> &Vec<Dataset>| told(events.iter().flat_map(|event| sets(event)));
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

/// The item under which events of this are kept.
pub(super) fn item(what: &What) -> Result<ItemKey, BadEvent> {
    match what {
        What::Run { run, .. } => names::run(run),
        What::Job(job) => names::job(job),
        What::Dataset(set) => names::dataset(&set.name).and_then(|_| names::described(&set.name)),
    }
}

/// Each data set in each version that was told; one without a version only where no event told one.
fn told<'a>(sets: impl Iterator<Item = &'a Dataset>) -> BTreeSet<Dataset> {
    let mut versions: BTreeMap<&'a Name, BTreeSet<&'a str>> = BTreeMap::new();
    for set in sets {
        versions.entry(&set.name).or_default().extend(set.version.as_deref());
    }
    let mut all = BTreeSet::new();
    for (name, versions) in versions {
        let plain = versions.is_empty().then_some(None);
        let told = plain.into_iter().chain(versions.into_iter().map(Some));
        all.extend(told.map(|version| Dataset { name: name.clone(), version: version.map(str::to_owned) }));
    }
    all
}
