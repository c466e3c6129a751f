//! The report of an import, and its text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::record::fault::RecordPlace;
use super::record::payload::StoredPayloads;
use super::record::reader::Skipped;
use crate::cli::shared::output::{count, counted};
use crate::domain::item::{ItemKey, Kind};

/// The result of an import or of a dry run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ImportReport {
    /// True for an export.
    pub export: bool,
    /// The number of records read.
    pub records: u64,
    /// The number of records that made something.
    pub created: u64,
    /// The number of commits made by this run.
    pub commits: u64,
    /// The number of versions made, by kind; for exports.
    pub made: BTreeMap<Kind, u64>,
    /// The number of those that are of existing items.
    pub newer: u64,
    /// The number of versions that a record corrected.
    pub corrected: u64,
    /// Statements that were made before and answered since.
    pub answered: AnsweredStatements,
    /// The number of corrections that an earlier run made with another reason.
    pub other_reason: u64,
    /// Items that were changed in the store since the last export, and kept.
    pub kept: CountedItems,
    /// Labels that are no longer in the export.
    pub gone: CountedItems,
    /// The number of those that were retracted; `None` if this was not requested.
    pub retracted: Option<u64>,
    /// Entries that were skipped.
    pub skipped: Skipped,
    /// Payloads of the records.
    pub payloads: StoredPayloads,
}

/// The number of repeated statements, and the place of the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AnsweredStatements {
    count: u64,
    first: Option<RecordPlace>,
}

impl AnsweredStatements {
    /// Counts one more; `place` is `None` for a statement without a record.
    pub(super) fn note(&mut self, place: Option<&RecordPlace>) {
        self.count += 1;
        self.first = self.first.take().or_else(|| place.cloned());
    }

    fn text(&self) -> Option<String> {
        let first = self.first.as_ref().map(|place| format!(", the first is {place}"));
        (self.count > 0).then(|| format!("{}{}", count(self.count), first.unwrap_or_default()))
    }
}

/// The number of items, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CountedItems {
    count: u64,
    first: Option<ItemKey>,
}

impl CountedItems {
    /// Counts one more.
    pub(super) fn note(&mut self, item: ItemKey) {
        self.count += 1;
        self.first.get_or_insert(item);
    }

    fn text(&self) -> Option<String> {
        let first = self.first.as_ref()?;
        Some(match self.count {
            1 => first.to_string(),
            more => format!("{}, the first is {first}", count(more)),
        })
    }
}

impl ImportReport {
    /// Returns the number of records whose content was stored before.
    const fn there(&self) -> u64 {
        self.records - self.created - self.kept.count
    }

    /// Returns the report as text: a summary line and one line for each detail.
    pub(super) fn text(&self, name: &str, dry_run: bool) -> String {
        let records = counted(self.records, "record");
        let (created, there) = (count(self.created), count(self.there()));
        let mut text = match (dry_run, self.export) {
            (false, _) => {
                let commits = counted(self.commits, "commit");
                format!("{name}: {records}: {created} created in {commits}, {there} already there.")
            }
            (true, true) => {
                format!(
                    "{name}: {records} checked, nothing written: {created} would be created, {there} already there."
                )
            }
            (true, false) => format!("{name}: {records} checked, nothing written."),
        };
        for (what, detail) in self.details(dry_run) {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  {what}: {detail}");
        }
        text
    }

    fn details(&self, dry_run: bool) -> Vec<(&'static str, String)> {
        let mut details = Vec::new();
        if !self.made.is_empty() {
            let made = self.made.iter().map(|(kind, made)| format!("{kind} {}", count(*made)));
            details.push((if dry_run { "to be made" } else { "made" }, made.collect::<Vec<_>>().join(", ")));
        }
        if self.newer > 0 {
            details.push(("new versions of existing items", count(self.newer)));
        }
        if self.corrected > 0 {
            details.push(("corrections among them", count(self.corrected)));
        }
        if self.other_reason > 0 {
            let other = count(self.other_reason);
            details.push(("corrections made before with another reason, which is kept", other));
        }
        let answered = self.answered.text();
        details
            .extend(answered.map(|text| ("statements made before and answered since, not repeated", text)));
        let kept = self.kept.text().map(|text| ("changed in the store since, and kept", text));
        details.extend(kept);
        let gone = self.gone.text().map(|text| match (self.retracted, dry_run) {
            (None, false) => ("gone from the export (--retract-missing retracts them)", text),
            (None, true) | (Some(0), _) => ("gone from the export", text),
            (_, true) => ("gone from the export, to be retracted", text),
            (_, false) => ("gone from the export, and retracted", text),
        });
        details.extend(gone);
        let StoredPayloads { made, bytes, found } = self.payloads;
        if made + found > 0 {
            let size = counted(bytes, "byte");
            let to_be = if dry_run { "to be stored" } else { "stored" };
            details.push((
                "payloads",
                format!("{} {to_be} ({size}), {} already there", count(made), count(found)),
            ));
        }
        for (what, passed, first) in self.skipped.all() {
            let text = match passed {
                1 => format!("{what}, {first}"),
                more => format!("{what}, {} times, the first is {first}", count(more)),
            };
            details.push(("skipped", text));
        }
        details
    }
}
