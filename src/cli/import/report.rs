//! What an import came to, and how that is told.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::record::fault::Place;
use super::record::payload::Stored;
use super::record::reader::Skipped;
use crate::cli::shared::output::{count, counted};
use crate::domain::item::{ItemKey, Kind};

/// What an import came to, or would come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// Whether it was an export.
    pub export: bool,
    /// Records read.
    pub records: u64,
    /// Records that made something.
    pub created: u64,
    /// Commits made by this run.
    pub commits: u64,
    /// What was made, by kind; of exports.
    pub made: BTreeMap<Kind, u64>,
    /// How many versions of those are of items that were there.
    pub newer: u64,
    /// Versions said to be wrong, for a record says better.
    pub corrected: u64,
    /// Statements that were made before and answered by others since.
    pub answered: Answered,
    /// Items that say something newer than the export, which stands.
    pub kept: Noted,
    /// Labels that the export once had.
    pub gone: Noted,
    /// How many of them were retracted; `None` if that was not asked for.
    pub retracted: Option<u64>,
    /// What was passed over.
    pub skipped: Skipped,
    /// Payloads that records brought.
    pub payloads: Stored,
}

/// Repeated statements counted, and the place of the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answered {
    count: u64,
    first: Option<Place>,
}

impl Answered {
    /// Counts one more; `place` is not known of what no record says.
    pub(super) fn note(&mut self, place: Option<&Place>) {
        self.count += 1;
        self.first = self.first.take().or_else(|| place.cloned());
    }

    fn told(&self) -> Option<String> {
        let first = self.first.as_ref().map(|place| format!(", the first is {place}"));
        (self.count > 0).then(|| format!("{}{}", count(self.count), first.unwrap_or_default()))
    }
}

/// Items counted, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Noted {
    count: u64,
    first: Option<ItemKey>,
}

impl Noted {
    /// One more.
    pub(super) fn note(&mut self, item: ItemKey) {
        self.count += 1;
        self.first.get_or_insert(item);
    }

    fn told(&self) -> Option<String> {
        let first = self.first.as_ref()?;
        Some(match self.count {
            1 => first.to_string(),
            more => format!("{}, the first is {first}", count(more)),
        })
    }
}

impl Report {
    /// Records whose content was there before.
    const fn there(&self) -> u64 {
        self.records - self.created - self.kept.count
    }

    /// The report as people read it: a line, and one for each thing beside it.
    pub(super) fn told(&self, name: &str, dry_run: bool) -> String {
        let records = counted(self.records, "record");
        let (created, there) = (count(self.created), count(self.there()));
        let mut text = match (dry_run, self.export) {
            (false, _) => {
                let commits = counted(self.commits, "commit");
                format!("{name}: {records}: {created} created in {commits}, {there} already there.")
            }
            (true, true) => {
                format!(
                    "{name}: {records} checked, nothing written: {created} would be created, {there} are there."
                )
            }
            (true, false) => format!("{name}: {records} checked, nothing written."),
        };
        for (what, told) in self.beside(dry_run) {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  {what}: {told}");
        }
        text
    }

    fn beside(&self, dry_run: bool) -> Vec<(&'static str, String)> {
        let mut beside = Vec::new();
        if !self.made.is_empty() {
            let made = self.made.iter().map(|(kind, made)| format!("{kind} {}", count(*made)));
            beside.push((if dry_run { "to be made" } else { "made" }, made.collect::<Vec<_>>().join(", ")));
        }
        if self.newer > 0 {
            beside.push(("newer versions of items that were there", count(self.newer)));
        }
        if self.corrected > 0 {
            beside.push(("corrections among them", count(self.corrected)));
        }
        let answered = self.answered.told();
        beside.extend(
            answered
                .map(|told| ("statements made before and answered since, so that nothing was made", told)),
        );
        let kept = self.kept.told().map(|told| ("changed here since, and kept so", told));
        beside.extend(kept);
        let gone = self.gone.told().map(|told| match (self.retracted, dry_run) {
            (None, false) => ("gone from the export (--retract-missing retracts them)", told),
            (None, true) | (Some(0), _) => ("gone from the export", told),
            (_, true) => ("gone from the export, to be retracted", told),
            (_, false) => ("gone from the export, and retracted", told),
        });
        beside.extend(gone);
        let Stored { made, bytes, found } = self.payloads;
        if made + found > 0 {
            let size = counted(bytes, "byte");
            let to_be = if dry_run { "to be stored" } else { "stored" };
            beside.push((
                "payloads",
                format!("{} {to_be} ({size}), {} already there", count(made), count(found)),
            ));
        }
        for (what, passed, first) in self.skipped.all() {
            let told = match passed {
                1 => format!("{what}, {first}"),
                more => format!("{what}, {} times, the first is {first}", count(more)),
            };
            beside.push(("passed over", told));
        }
        beside
    }
}
