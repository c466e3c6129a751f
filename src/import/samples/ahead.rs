//! Samples that are read ahead, so that the records of their labels are read together.
//!
//! Most labels are recognised in the index. Where those of most images are not, because their contents
//! are spelled differently, one query for each image would take most of the time.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::SampleRecords;
use super::known::{KnownLabel, KnownStore};
use super::source::FoundSample;
use crate::annotations::names;
use crate::annotations::reader::ReadStop;
use crate::domain::id::VersionId;
use crate::domain::item::Kind;
use crate::domain::names::reference;
use crate::domain::version::VersionRecord;
use crate::ledger::LedgerError;

/// The number of samples by which it is decided if others are read ahead: if half of them needed
/// stored records.
const WINDOW: usize = 16;
/// The number of samples that are read ahead.
const AHEAD: usize = 256;
/// The labels of these samples, unless one sample alone has more.
const LABELS: usize = 10_000;
/// The bytes of their images that may be in memory.
const MEMORY: usize = 64 * 1024 * 1024;

/// Samples that were read ahead.
#[derive(Default)]
pub(super) struct SamplesAhead {
    samples: VecDeque<FoundSample>,
    /// The reason why no sample follows these.
    stop: Option<ReadStop>,
    /// The number of samples that were taken since the last decision.
    taken: usize,
    /// The number of those for whose labels stored records were needed.
    needed: usize,
    /// The stored records of the labels of their images.
    records: HashMap<VersionId, Arc<VersionRecord>>,
}

impl SampleRecords {
    /// Returns the next sample.
    pub(super) fn next_sample(&mut self) -> Result<Option<FoundSample>, ReadStop> {
        self.ahead.taken += 1;
        if let Some(found) = self.ahead.samples.pop_front() {
            return Ok(Some(found));
        }
        if let Some(stop) = self.ahead.stop.take() {
            return Err(stop);
        }
        self.ahead.records.clear();
        if self.ahead.taken <= WINDOW {
            return self.source.next();
        }
        let is_slow = self.ahead.needed * 2 >= self.ahead.taken - 1;
        (self.ahead.taken, self.ahead.needed) = (1, 0);
        if !is_slow {
            return self.source.next();
        }
        let (mut labels, mut bytes) = (0, 0);
        while self.ahead.samples.len() < AHEAD && labels < LABELS && bytes < MEMORY {
            match self.source.next() {
                Ok(Some(found)) => {
                    labels += found.sample.labels.len();
                    bytes += found.in_memory();
                    self.ahead.samples.push_back(found);
                }
                Ok(None) => break,
                Err(stop) => {
                    self.ahead.stop = Some(stop);
                    break;
                }
            }
        }
        if let Some(known) = &self.known {
            let records = self.wanted(known);
            let records = known.records(records).map_err(|error| ReadStop::Unreadable(error.to_string()))?;
            self.ahead.records = records;
        }
        match (self.ahead.samples.pop_front(), self.ahead.stop.take()) {
            (Some(found), stop) => {
                self.ahead.stop = stop;
                Ok(Some(found))
            }
            (None, Some(stop)) => Err(stop),
            (None, None) => Ok(None),
        }
    }

    /// Returns the versions of the labels of images with these names.
    fn wanted(&self, known: &KnownStore) -> Vec<VersionId> {
        let named = HashSet::new();
        let mut wanted = Vec::new();
        for found in &self.ahead.samples {
            let image = &found.sample.image;
            let exported = image.exported.as_ref().and_then(|exported| reference::item(&exported.item).ok());
            let plain = || {
                let key = names::key_of(&image.name);
                self.options.naming.item(Kind::Source, "file_name", &key).ok()
            };
            let labels = exported.or_else(plain).map(|item| known.labels_of(&item, &named));
            wanted.extend(labels.into_iter().flatten().flat_map(|label| label.history));
        }
        wanted
    }

    /// Returns the stored records of labels.
    pub(super) fn records_of(
        &mut self,
        labels: &[KnownLabel],
    ) -> Result<HashMap<VersionId, Arc<VersionRecord>>, LedgerError> {
        let Some(known) = &self.known else { return Ok(HashMap::new()) };
        self.ahead.needed += 1;
        let mut records = HashMap::new();
        let mut missing = Vec::new();
        for id in labels.iter().flat_map(|label| &label.history) {
            match self.ahead.records.get(id) {
                Some(record) => drop(records.insert(*id, Arc::clone(record))),
                None => missing.push(*id),
            }
        }
        for (id, record) in missing.iter().zip(known.versions(&missing)?) {
            records.extend(record.map(|record| (*id, record)));
        }
        Ok(records)
    }
}
