//! The report of an import, and its text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::findings::{CountedItems, MatchCounts, Renamed};
use super::record::fault::RecordPlace;
use super::record::payload::StoredPayloads;
use super::record::reader::{IMPORTED, Skipped};
use super::record::texts::TEXTS;
use crate::domain::id::Seq;
use crate::domain::item::Kind;
use crate::domain::text::{count, counted};

/// The result of an import or of a dry run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ImportReport {
    /// True for an export.
    pub export: bool,
    /// The number of records read.
    pub records: u64,
    /// The number of records that made something.
    pub created: u64,
    /// True if `created` is an upper bound, because a dry run did not compare all records.
    pub created_is_most: bool,
    /// The commits made by this run.
    pub commits: MadeCommits,
    /// The number of versions made, by kind; for exports.
    pub made: BTreeMap<Kind, u64>,
    /// The number of those that are of existing items.
    pub newer: u64,
    /// The number of versions that a record corrected.
    pub corrected: u64,
    /// The number of labels that changed without a statement that the version before was wrong.
    pub uncorrected: u64,
    /// Labels that changed before, without such a statement; if corrections were requested.
    pub never_corrected: CountedItems,
    /// Statements that were made before and answered since.
    pub answered: AnsweredStatements,
    /// The number of corrections that an earlier run made with another reason.
    pub other_reason: u64,
    /// Items that were changed in the store since the last export, and kept.
    pub kept: CountedItems,
    /// Items that an import had retracted, and that are in the export again and valid.
    pub returned: CountedItems,
    /// Labels of which an earlier version was wrong and is right again.
    pub restored: CountedItems,
    /// Items of the export that are retracted, and not members of the training set for that reason.
    pub not_pinned: CountedItems,
    /// Labels that are no longer in the export, of images that are.
    pub gone: CountedItems,
    /// Images of earlier imports that are not in the export, and their labels.
    pub unseen: UnseenItems,
    /// The number of labels, by the way in which they were recognised.
    pub matched: MatchCounts,
    /// Renamed images of equal bytes, which the order of names alone tells apart.
    pub ambiguous_images: CountedItems,
    /// The classes that seem to be renamed, with the number of labels.
    pub renames: Vec<(Renamed, u64)>,
    /// Images whose bytes are neither in the input nor in the store.
    pub without_bytes: CountedItems,
    /// The version of the training set that was pinned or found, as a reference.
    pub set: Option<String>,
    /// The number of members of the training set that come from this import, by split.
    pub splits: BTreeMap<String, u64>,
    /// The number of members that the set keeps of its version before, by split.
    pub kept_members: BTreeMap<String, u64>,
    /// The number of those that were retracted; `None` if this was not requested.
    pub retracted: Option<u64>,
    /// The number of versions that were to be retracted and that another client has changed since.
    pub changed_meanwhile: u64,
    /// Entries that were skipped.
    pub skipped: Skipped,
    /// Payloads of the records.
    pub payloads: StoredPayloads,
}

/// What earlier imports of the same prefix have and the export has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UnseenItems {
    /// Images.
    pub images: CountedItems,
    /// Their labels.
    pub labels: CountedItems,
    /// True if the export is all that there is.
    pub is_whole: bool,
}

/// The commits of a run: their number, the first and the last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MadeCommits {
    number: u64,
    span: Option<(Seq, Seq)>,
}

impl MadeCommits {
    /// Counts one more.
    pub(crate) fn note(&mut self, seq: Seq) {
        self.number += 1;
        self.span = Some((self.span.map_or(seq, |(first, _)| first), seq));
    }

    /// Returns their seqs; `None` if there are none. Commits of other clients may be between them.
    fn text(self) -> Option<String> {
        let (first, last) = self.span?;
        Some(match last.0 - first.0 {
            0 => format!("seq {first}"),
            between if between + 1 == self.number => format!("seq {first} to {last}"),
            _ => format!("{} from seq {first} to {last}", count(self.number)),
        })
    }
}

/// The number of repeated statements, and the place of the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AnsweredStatements {
    count: u64,
    first: Option<RecordPlace>,
}

impl AnsweredStatements {
    /// Counts one more; `place` is `None` for a statement without a record.
    pub(crate) fn note(&mut self, place: Option<&RecordPlace>) {
        self.count += 1;
        self.first = self.first.take().or_else(|| place.cloned());
    }

    fn text(&self) -> Option<String> {
        let first = self.first.as_ref().map(|place| format!(", the first is {place}"));
        (self.count > 0).then(|| format!("{}{}", count(self.count), first.unwrap_or_default()))
    }
}

impl ImportReport {
    /// Returns the number of records whose content was stored before.
    const fn there(&self) -> u64 {
        self.records - self.created - self.kept.count()
    }

    /// Returns the report as text: a summary line and one line for each detail.
    pub(crate) fn text(&self, name: &str, dry_run: bool) -> String {
        let records = counted(self.records, "record");
        let (created, there) = (count(self.created), count(self.there()));
        let retracted = match self.retracted {
            Some(retracted) if retracted > 0 => format!(" and {} retracted", count(retracted)),
            _ => String::new(),
        };
        let mut text = match (dry_run, self.created_is_most) {
            (false, _) => {
                let commits = counted(self.commits.number, "commit");
                format!(
                    "{name}: {records}: {created} created{retracted} in {commits}, {there} already there."
                )
            }
            (true, false) => {
                format!(
                    "{name}: {records} checked, nothing written: {created} would be created{retracted}, {there} already there."
                )
            }
            (true, true) => {
                let there = if self.there() == 0 {
                    String::new()
                } else {
                    format!(", at least {there} already there")
                };
                format!(
                    "{name}: {records} checked, nothing written: at most {created} would be created{there}."
                )
            }
        };
        for (what, detail) in self.details(dry_run) {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  {what}: {detail}");
        }
        text
    }

    fn unseen(&self, dry_run: bool) -> Option<(&'static str, String)> {
        let UnseenItems { images, labels, is_whole } = &self.unseen;
        let mut parts = Vec::new();
        parts.extend(images.text_of("image"));
        parts.extend(labels.text_of("label"));
        let what = match (is_whole, self.retracted.is_some(), dry_run) {
            (true, true, _) if labels.count() == 0 && self.retracted == Some(0) => {
                "not in this export, their labels retracted before"
            }
            (false, _, _) => "not in this export (--whole says that it is all there is)",
            (true, false, _) => "not in this export (--retract-missing retracts them)",
            (true, true, true) => "not in this export, labels to be retracted",
            (true, true, false) => "not in this export, labels retracted",
        };
        (!parts.is_empty()).then(|| (what, parts.join(", ")))
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
        if self.uncorrected > 0 {
            let what = "changed labels among them (the earlier versions are not stated to be wrong; --corrections does that)";
            details.push((what, count(self.uncorrected)));
        }
        let never = self.never_corrected.text();
        details.extend(
            never.map(|text| ("changed before, without a statement that the earlier version is wrong", text)),
        );
        if self.other_reason > 0 {
            let other = count(self.other_reason);
            details.push(("corrections made before with another reason, which is kept", other));
        }
        let answered = self.answered.text();
        details
            .extend(answered.map(|text| ("statements made before and answered since, not repeated", text)));
        let kept = self.kept.text().map(|text| ("changed in the store since, and kept", text));
        details.extend(kept);
        let returned = self.returned.text();
        let what = if dry_run {
            "in the export again, to be reinstated"
        } else {
            "in the export again, and reinstated"
        };
        details.extend(returned.map(|text| (what, text)));
        let restored = self.restored.text();
        let what = if dry_run {
            "labels whose earlier versions are right again, to be reinstated"
        } else {
            "labels whose earlier versions are right again, and reinstated"
        };
        details.extend(restored.map(|text| (what, text)));
        let not_pinned = self.not_pinned.text();
        details.extend(not_pinned.map(|text| ("retracted, and not in the training set", text)));
        let gone = self.gone.text().map(|text| match (self.retracted, dry_run) {
            (None, _) => ("gone from the export (--retract-missing retracts them)", text),
            (Some(0), _) => ("gone from the export", text),
            (_, true) => ("gone from the export, to be retracted", text),
            (_, false) => ("gone from the export, and retracted", text),
        });
        details.extend(gone);
        if self.changed_meanwhile > 0 {
            let changed = count(self.changed_meanwhile);
            details.push(("of these, changed by another client meanwhile and not retracted", changed));
        }
        details.extend(self.unseen(dry_run));
        details.extend(self.matched.text().map(|text| ("labels recognised", text)));
        let ambiguous = self.ambiguous_images.text();
        details.extend(ambiguous.map(|text| ("renamed images of equal bytes that their labels do not tell apart, assigned by the order of names", text)));
        for (change, labels) in &self.renames {
            let Renamed { from, to } = change;
            let labels = counted(*labels, "label");
            let text =
                format!("{from} is {to} in {labels}; if it is: {}, else --not-renamed", change.option());
            details.push(("class that seems to be renamed", text));
        }
        let without = self.without_bytes.text();
        details.extend(without.map(|text| ("images without bytes (--payloads stores them)", text)));
        let splits = |counts: &BTreeMap<String, u64>| {
            let counts = counts.iter().map(|(split, number)| format!("{split} {}", count(*number)));
            counts.collect::<Vec<_>>().join(", ")
        };
        if !self.splits.is_empty() {
            details.push(("members of the training set, by split", splits(&self.splits)));
        }
        if !self.kept_members.is_empty() {
            details.push(("kept members (--split-replaces removes them)", splits(&self.kept_members)));
        }
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
            let is_kept = |kept: &&str| what.starts_with(*kept);
            details.push(match what {
                TEXTS => ("stored as texts", text),
                _ if IMPORTED.iter().any(is_kept) => ("imported", text),
                _ => ("skipped", text),
            });
        }
        details.extend(self.set.clone().map(|set| ("training set", set)));
        details.extend(self.commits.text().map(|text| ("commits", text)));
        details
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_of_other_clients_are_not_counted() {
        let text = |seqs: &[u64]| {
            let mut commits = MadeCommits::default();
            seqs.iter().for_each(|seq| commits.note(Seq(*seq)));
            commits.text()
        };
        assert_eq!(text(&[]), None);
        assert_eq!(text(&[6]).as_deref(), Some("seq 6"));
        assert_eq!(text(&[6, 7, 8]).as_deref(), Some("seq 6 to 8"));
        assert_eq!(text(&[6, 9]).as_deref(), Some("2 from seq 6 to 9"));
    }

    #[test]
    fn what_is_imported_is_not_skipped() {
        let mut report = ImportReport::default();
        for what in ["hidden file", IMPORTED[0], TEXTS] {
            report.skipped.note(what, || "a".to_owned());
        }
        let text = report.text("x", false);
        for line in ["  skipped: hidden file, a", "  imported: class without a name,", "  stored as texts: "]
        {
            assert!(text.contains(line), "{text}");
        }
    }
}
