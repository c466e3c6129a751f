//! Combines the events of one run, job or data set. The result does not depend on their order.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{BadEvent, Dataset, Event, EventSubject, MAX_DATASETS, QualifiedName};
use super::names;
use crate::domain::item::ItemKey;
use crate::domain::version::Timestamp;

/// The earlier events of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Earlier {
    /// True if one of them is COMPLETE.
    pub is_complete: bool,
    /// True if the job runs without an end; `None` if no event says so.
    pub is_streaming: Option<bool>,
    /// The outputs that they name, if the new event is the first that shows them.
    pub outputs: Vec<Dataset>,
    /// The time of the start.
    pub started: Option<Timestamp>,
    /// The time of the end.
    pub ended: Option<Timestamp>,
    /// The URL of the code.
    pub code: Option<String>,
    /// The run that it is part of.
    pub parent_run: Option<String>,
    /// True if there are more events than are considered, and the new event shows outputs.
    pub is_cut: bool,
}

impl Earlier {
    /// Returns the approximate size in memory, in bytes.
    pub(super) fn length(&self) -> usize {
        let texts = [&self.code, &self.parent_run].into_iter().flatten().map(String::len).sum::<usize>();
        size_of::<Self>() + texts + self.outputs.iter().map(Dataset::length).sum::<usize>()
    }
}

/// A run, job or data set as its events describe it, and the part that the newest event adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The item under which the events are kept.
    pub item: ItemKey,
    /// The run, job or data set.
    pub what: EventSubject,
    /// The data sets that were read and that the newest event names.
    pub inputs: Vec<Dataset>,
    /// The data sets that are written, of those that the newest event names; of all events if it is
    /// the first one that shows them.
    pub outputs: Vec<Dataset>,
    /// The number of outputs that are left out because they are too many.
    pub left_out: usize,
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
    /// Combines an event with the earlier events of the same run. Events of jobs and data sets are
    /// not combined.
    ///
    /// # Errors
    /// [`BadEvent`] if a name is not valid in a key.
    pub fn of(event: &Event, earlier: &Earlier) -> Result<Self, BadEvent> {
        let is_run = matches!(event.what, EventSubject::Run { .. });
        let time = |kinds: &[&str]| event.time.filter(|_| is_run && kinds.contains(&event.kind.as_str()));
        let inputs = with_versions(event.inputs.iter());
        let mut outputs = with_versions(event.outputs.iter().chain(&earlier.outputs));
        match Shown::by(event, earlier) {
            Shown::All => {}
            Shown::Streams => outputs.retain(Dataset::is_stream),
            Shown::Nothing => outputs.clear(),
        }
        let most = MAX_DATASETS.saturating_sub(inputs.len());
        let left_out = outputs.len().saturating_sub(most);
        outputs.truncate(most);
        Ok(Self {
            item: item(&event.what)?,
            what: event.what.clone(),
            inputs,
            outputs,
            left_out,
            started: earlier.started.into_iter().chain(time(&["START"])).min(),
            ended: earlier.ended.into_iter().chain(time(&["COMPLETE", "FAIL", "ABORT"])).max(),
            code: earlier.code.clone().or_else(|| event.code.clone()),
            parent_run: earlier.parent_run.clone().or_else(|| event.parent_run.clone()),
        })
    }
}

/// The outputs that are written by the time of an event, of those that the events name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// All: the run is complete, its job runs without an end, or the event is not of a run.
    All,
    /// Those in systems that pass on records while they are written.
    Streams,
    /// None yet.
    Nothing,
}

impl Shown {
    /// Returns the outputs that are written by the time of an event.
    pub(super) fn by(event: &Event, earlier: &Earlier) -> Self {
        let is_run = matches!(event.what, EventSubject::Run { .. });
        let is_streaming = event.is_streaming.or(earlier.is_streaming);
        match event.kind.as_str() {
            _ if !is_run || earlier.is_complete => Self::All,
            "COMPLETE" => Self::All,
            "FAIL" | "ABORT" => Self::Nothing,
            _ if is_streaming == Some(true) => Self::All,
            "RUNNING" if is_streaming.is_none() => Self::Streams,
            _ => Self::Nothing,
        }
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

/// Returns each data set with each version that an event names, ordered; without a version only if
/// no event names one. Each has the other names of all.
fn with_versions<'a>(sets: impl Iterator<Item = &'a Dataset>) -> Vec<Dataset> {
    let mut all: BTreeMap<&'a QualifiedName, (BTreeSet<&'a str>, BTreeSet<&'a QualifiedName>)> =
        BTreeMap::new();
    for set in sets {
        let (versions, aliases) = all.entry(&set.name).or_default();
        versions.extend(set.version.as_deref());
        aliases.extend(&set.aliases);
    }
    let mut sets = Vec::new();
    for (name, (versions, aliases)) in all {
        let plain = versions.is_empty().then_some(None);
        let named = plain.into_iter().chain(versions.into_iter().map(Some));
        sets.extend(named.map(|version| Dataset {
            name: name.clone(),
            version: version.map(str::to_owned),
            aliases: aliases.iter().copied().cloned().collect(),
        }));
    }
    sets
}
