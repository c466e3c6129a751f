//! Conditions on commits: time spans and authors.

use std::ops::Range;

use super::part::{Candidates, FilterPart};
use crate::domain::id::Seq;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::{Selection, Span};
use crate::lineage::At;
use crate::lineage::index::names::NameNo;

/// The head is one of these.
struct CommittedIn(Range<u32>);

/// The item is one of these.
struct CreatedIn(Range<u32>);

/// The head was committed by one of these.
struct AuthoredBy(Vec<NameNo>);

pub(super) fn parts(at: At<'_>, selection: &Selection, parts: &mut Vec<Box<dyn FilterPart>>) {
    if selection.committed != Span::default() {
        parts.push(Box::new(CommittedIn(versions(at, selection.committed))));
    }
    if selection.created != Span::default() {
        parts.push(Box::new(CreatedIn(items(at, selection.created))));
    }
    if let Some(authors) = &selection.authors {
        let mut names: Vec<NameNo> = authors.iter().filter_map(|author| at.name(author)).collect();
        names.sort_unstable();
        names.dedup();
        parts.push(Box::new(AuthoredBy(names)));
    }
}

/// The items that were made in a span.
pub(super) fn items(at: At<'_>, span: Span) -> Range<u32> {
    let (before, last) = commits(at, span);
    at.index.totals(before).items..at.index.totals(last).items
}

/// The versions that were made in a span.
pub(super) fn versions(at: At<'_>, span: Span) -> Range<u32> {
    let (before, last) = commits(at, span);
    at.index.totals(before).versions..at.index.totals(last).versions
}

/// The commit before a span and the last one in it; twice the same if the span is empty.
pub(in crate::lineage::query) fn commits(at: At<'_>, span: Span) -> (Seq, Seq) {
    let before = |seq: Seq| Seq(seq.0.saturating_sub(1));
    // Times are integers in microseconds, so a commit that is not before a time is after the last
    // commit up to the microsecond before.
    let since = span.since.map_or(Seq::ZERO, |since| at.index.seq_at(since.saturating_sub(1)));
    let first = span.from.map_or(Seq::ZERO, before).max(since).min(at.seq());
    let until = span.until.map_or(at.seq(), |until| at.index.seq_at(until));
    let last = span.to.map_or(at.seq(), |to| to.min(at.seq())).min(until);
    (first, last.max(first))
}

impl FilterPart for CommittedIn {
    fn most(&self, _: At<'_>) -> Option<usize> {
        Some(self.0.len())
    }

    fn candidates(&self, _: At<'_>, list: &mut Candidates) {
        list.versions.extend(self.0.clone());
    }

    fn holds(&self, _: At<'_>, _: ItemNo, head: VersionNo) -> bool {
        self.0.contains(&head.0)
    }
}

impl FilterPart for CreatedIn {
    fn most(&self, _: At<'_>) -> Option<usize> {
        Some(self.0.len())
    }

    fn candidates(&self, _: At<'_>, list: &mut Candidates) {
        list.items.extend(self.0.clone());
    }

    fn holds(&self, _: At<'_>, item: ItemNo, _: VersionNo) -> bool {
        self.0.contains(&item.0)
    }
}

impl FilterPart for AuthoredBy {
    fn most(&self, at: At<'_>) -> Option<usize> {
        let written = self.0.iter().filter_map(|name| at.index.postings.written_by(*name, at.seq()).last());
        Some(written.map(|last| last.versions as usize).sum())
    }

    fn candidates(&self, at: At<'_>, list: &mut Candidates) {
        for name in &self.0 {
            for wrote in at.index.postings.written_by(*name, at.seq()) {
                list.versions.extend(at.made_by(wrote.seq));
            }
        }
    }

    fn holds(&self, at: At<'_>, _: ItemNo, head: VersionNo) -> bool {
        let author = at.index.postings.author(at.seq_of(head));
        author.is_some_and(|author| self.0.contains(&author))
    }
}
