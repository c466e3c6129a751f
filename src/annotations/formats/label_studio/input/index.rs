//! The index of an export: the positions of the elements of each task, in one pass.
//!
//! An element needs about 40 bytes of memory, and a task its id and about 60 bytes.

use std::collections::HashMap;

use super::documents::{Documents, ElementAt, UNREAD};
use super::ids::task_ids;
use super::other_files::NO_JSON;
use crate::annotations::elements::SplitError;
use crate::annotations::fault::Reason;
use crate::annotations::reader::ReadStop;

const EMPTY: &str = "expected tasks, found an empty list; Label Studio exports only tasks with annotations \
                     unless all are asked for";

/// The elements of the tasks, in the order in which the tasks are first met.
#[derive(Debug, Default)]
pub(crate) struct TaskIndex {
    /// The number of the task, and the position of one of its elements; sorted by the former.
    entries: Vec<(u32, ElementAt)>,
}

impl TaskIndex {
    /// Reads all documents.
    pub(crate) fn of(documents: &Documents) -> Result<Self, ReadStop> {
        let mut entries: Vec<(u32, ElementAt)> = Vec::new();
        let mut groups: HashMap<Box<str>, u32> = HashMap::new();
        let mut next = 0_u32;
        for document in 0..documents.len() {
            let mut elements = documents.elements(document)?;
            loop {
                let is_first = entries.is_empty();
                let stopped = |error: SplitError| {
                    let is_no_json = is_first && matches!(error, SplitError::Unexpected { at: 0, .. });
                    let hint = if is_no_json { format!("; {NO_JSON}") } else { String::new() };
                    documents.stopped(document, &error, &hint)
                };
                let Some(element) = elements.next(str::is_empty).map_err(stopped)? else { break };
                let (ids, length, index) = (task_ids(element.text), element.text.len(), element.index);
                let start = elements.bytes() - length as u64;
                let mut at = ElementAt {
                    start,
                    length: u32::try_from(length).unwrap_or(u32::MAX),
                    document,
                    index: u32::try_from(index).map_err(|_| too_many(documents))?,
                    page: if ids.is_some() { 0 } else { UNREAD },
                };
                for id in ids.unwrap_or_else(|| vec![None]) {
                    let group = match id {
                        Some(id) => *groups.entry(id.into()).or_insert(next),
                        None => next,
                    };
                    if group == next {
                        next = next.checked_add(1).ok_or_else(|| too_many(documents))?;
                    }
                    entries.push((group, at));
                    at.page = at.page.saturating_add(1);
                }
            }
        }
        if entries.is_empty() {
            return Err(ReadStop::Unreadable(EMPTY.to_owned()));
        }
        // The sort is stable: the elements of a task remain in the order of the documents.
        entries.sort_by_key(|(group, _)| *group);
        Ok(Self { entries })
    }

    /// Returns the elements of the task whose entries begin at a position; empty at the end.
    pub(crate) fn task(&self, from: usize) -> &[(u32, ElementAt)] {
        let rest = self.entries.get(from..).unwrap_or_default();
        let Some((group, _)) = rest.first() else { return rest };
        let length = rest.iter().take_while(|(other, _)| other == group).count();
        &rest[..length]
    }
}

fn too_many(documents: &Documents) -> ReadStop {
    let at = ElementAt { start: 0, length: 0, document: 0, index: 0, page: 0 };
    let why = "expected at most 4,294,967,295 tasks, found more; split the export";
    Reason::record(why).at(documents.place(at)).into()
}
