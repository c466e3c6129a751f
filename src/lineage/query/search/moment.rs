//! When, and by whom: spans of commits and authors.

use std::ops::Range;

use super::part::{Part, heads};
use crate::domain::id::Seq;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::{Selection, Span};
use crate::lineage::At;
use crate::lineage::index::names::Name;

/// The head is one of these.
struct Committed<'a>(At<'a>, Range<u32>);

/// The item is one of these.
struct Created(Range<u32>);

/// The head is by one of these.
struct By<'a>(At<'a>, Vec<Name>);

pub(super) fn parts<'a>(at: At<'a>, selection: &Selection, parts: &mut Vec<Box<dyn Part + 'a>>) {
    if selection.committed != Span::default() {
        parts.push(Box::new(Committed(at, versions(at, selection.committed))));
    }
    if selection.created != Span::default() {
        parts.push(Box::new(Created(items(at, selection.created))));
    }
    if let Some(authors) = &selection.authors {
        let mut names: Vec<Name> = authors.iter().filter_map(|author| at.name(author)).collect();
        names.sort_unstable();
        names.dedup();
        parts.push(Box::new(By(at, names)));
    }
}

/// The items that were made in a span.
pub(super) fn items(at: At<'_>, span: Span) -> Range<u32> {
    let (before, last) = commits(at, span);
    at.index.mark(before).items..at.index.mark(last).items
}

/// The versions that were made in a span.
pub(super) fn versions(at: At<'_>, span: Span) -> Range<u32> {
    let (before, last) = commits(at, span);
    at.index.mark(before).versions..at.index.mark(last).versions
}

/// The commit before a span and the last one in it; twice the same where the span is empty.
fn commits(at: At<'_>, span: Span) -> (Seq, Seq) {
    let before = |seq: Seq| Seq(seq.0.saturating_sub(1));
    // Times are whole microseconds, so what is not before a time comes after everything up to the one before it.
    let since = span.since.map_or(Seq::ZERO, |since| at.index.seq_at(since.saturating_sub(1)));
    let first = span.from.map_or(Seq::ZERO, before).max(since).min(at.seq());
    let until = span.until.map_or(at.seq(), |until| at.index.seq_at(until));
    let last = span.to.map_or(at.seq(), |to| to.min(at.seq())).min(until);
    (first, last.max(first))
}

impl Part for Committed<'_> {
    fn most(&self) -> Option<usize> {
        Some(self.1.len())
    }

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        heads(self.0, self.1.clone().map(VersionNo), give);
    }

    fn holds(&self, _: ItemNo, head: VersionNo) -> bool {
        self.1.contains(&head.0)
    }
}

impl Part for Created {
    fn most(&self) -> Option<usize> {
        Some(self.0.len())
    }

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        self.0.clone().map(ItemNo).for_each(give);
    }

    fn holds(&self, item: ItemNo, _: VersionNo) -> bool {
        self.0.contains(&item.0)
    }
}

impl Part for By<'_> {
    fn most(&self) -> Option<usize> {
        let written =
            self.1.iter().filter_map(|name| self.0.index.postings.written_by(*name, self.0.seq()).last());
        Some(written.map(|last| last.versions as usize).sum())
    }

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        for name in &self.1 {
            for wrote in self.0.index.postings.written_by(*name, self.0.seq()) {
                heads(self.0, self.0.made_by(wrote.seq).map(VersionNo), give);
            }
        }
    }

    fn holds(&self, _: ItemNo, head: VersionNo) -> bool {
        let author = self.0.index.postings.author(self.0.seq_of(head));
        author.is_some_and(|author| self.1.contains(&author))
    }
}
