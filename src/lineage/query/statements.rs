//! Questions about the log: statements, commits, and counts of both over time.

use super::search::commits_in;
use crate::domain::id::Seq;
use crate::domain::item::{Kind, Namespace};
use crate::domain::log::facts::StatementFact;
use crate::domain::search::selection::Span;
use crate::domain::statement::{StatementId, StatementKind};
use crate::domain::version::Timestamp;
use crate::lineage::index::names::NameNo;
use crate::lineage::index::statements::IndexedStatement;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Walker};

/// The conditions of a list of statements. Every condition narrows; an absent one does not; an empty
/// list finds nothing.
#[derive(Debug, Clone, Default)]
pub struct StatementSelection {
    /// Of one of these kinds.
    pub kinds: Option<Vec<StatementKind>>,
    /// Of one of these authors.
    pub authors: Option<Vec<String>>,
    /// In a commit of this span.
    pub committed: Span,
    /// About a version in one of these namespaces.
    pub namespaces: Option<Vec<Namespace>>,
    /// About a version of an item of one of these kinds.
    pub item_kinds: Option<Vec<Kind>>,
    /// About a version of an item whose key begins with this text.
    pub key_prefix: Option<String>,
    /// That makes its version wrong still (true) or does not (false).
    pub in_force: Option<bool>,
}

/// The conditions of a list of commits.
#[derive(Debug, Clone, Default)]
pub struct CommitSelection {
    /// Of one of these authors.
    pub authors: Option<Vec<String>>,
    /// In this span.
    pub committed: Span,
    /// With a statement (true) or without one (false).
    pub with_statements: Option<bool>,
}

/// The axis of a histogram of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitAxis {
    /// Equal numbers of commits.
    Seq,
    /// Equal durations.
    Time,
}

/// A section of the log, with the number of what was committed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitBucket {
    /// The first and the last commit of the section; `None` if there is none.
    pub seqs: Option<(Seq, Seq)>,
    /// The first moment of the section.
    pub since: Timestamp,
    /// The last moment of the section.
    pub until: Timestamp,
    /// The number of commits that were selected.
    pub commits: usize,
    /// The number of their statements.
    pub statements: usize,
    /// The number of their versions.
    pub versions: usize,
}

impl<'a> At<'a> {
    /// Returns the newest statement about the version of a statement if it says otherwise; `None`
    /// if it is the statement itself, or agrees with it.
    #[must_use]
    pub fn answer_to(self, id: StatementId) -> Option<StatementId> {
        let said = self.statement(id)?;
        let newest = self.said_about(said.fact.version).last()?;
        let says = |fact: StatementFact| (fact.kind, fact.by.map(|by| *self.content(by)));
        (newest.id != id && says(newest.fact) != says(said.fact)).then_some(newest.id)
    }

    /// The statement at a position of [`Walker::statements`].
    #[must_use]
    pub fn statement_at(self, place: u32) -> &'a IndexedStatement {
        self.index.statements.at(place)
    }

    /// Returns the authors with these names; `None` if none are given.
    fn authors(self, names: Option<&[String]>) -> Option<Vec<NameNo>> {
        names.map(|names| names.iter().filter_map(|name| self.name(name)).collect())
    }

    fn is_by(self, authors: Option<&Vec<NameNo>>, seq: Seq) -> bool {
        authors.is_none_or(|authors| {
            self.index.postings.author(seq).is_some_and(|author| authors.contains(&author))
        })
    }

    /// Divides the commits after `before` up to `last` into at most `buckets` sections without
    /// counts, oldest first.
    fn sections(self, axis: CommitAxis, (before, last): (Seq, Seq), buckets: usize) -> Vec<CommitBucket> {
        let time = |seq| self.index.time(seq).unwrap_or_default();
        let (from, until) = (time(before.next()), time(last));
        let length = match axis {
            CommitAxis::Seq => last.0.saturating_sub(before.0),
            _ if before >= last => 0,
            CommitAxis::Time => until.abs_diff(from) + 1,
        };
        let parts = length.min(buckets as u64);
        // The offset at which a section begins; at most the length.
        let offset = |n: u64| {
            let start = u128::from(n) * u128::from(length) / u128::from(parts.max(1));
            u64::try_from(start).unwrap_or(length)
        };
        let section = |n: u64| {
            let (start, end) = (offset(n), offset(n + 1));
            match axis {
                CommitAxis::Seq => {
                    let (first, last) = (Seq(before.0 + start + 1), Seq(before.0 + end));
                    CommitBucket::empty(Some((first, last)), time(first), time(last))
                }
                CommitAxis::Time => {
                    let (since, until) =
                        (from.saturating_add_unsigned(start), from.saturating_add_unsigned(end) - 1);
                    let (earlier, last) = (self.index.seq_at(since - 1), self.index.seq_at(until));
                    CommitBucket::empty((earlier < last).then(|| (earlier.next(), last)), since, until)
                }
            }
        };
        (0..parts).map(section).collect()
    }

    fn selects(
        self,
        selection: &StatementSelection,
        authors: Option<&Vec<NameNo>>,
        said: &IndexedStatement,
    ) -> bool {
        let key = self.key(self.item_of(said.fact.version));
        selection.kinds.as_ref().is_none_or(|kinds| kinds.contains(&said.fact.kind))
            && selection.namespaces.as_ref().is_none_or(|names| names.contains(&key.namespace))
            && selection.item_kinds.as_ref().is_none_or(|kinds| kinds.contains(&key.kind))
            && selection.key_prefix.as_ref().is_none_or(|prefix| key.key().starts_with(prefix.as_str()))
            && self.is_by(authors, said.id.seq)
            && selection.in_force.is_none_or(|wanted| self.is_in_force(said) == wanted)
    }
}

impl Walker<'_> {
    /// Returns the positions of the statements that a selection finds, oldest first; see
    /// [`At::statement_at`]. Each statement of the span takes one edge; `None` if the budget is spent.
    #[must_use]
    pub fn statements(
        &mut self,
        selection: &StatementSelection,
        budget: &mut EdgeBudget,
    ) -> Option<Vec<u32>> {
        let at = self.at();
        let authors = at.authors(selection.authors.as_deref());
        let (before, last) = commits_in(at, selection.committed);
        let places = at.index.statements.places(before, last);
        budget.take_all(places.len());
        if budget.spent {
            return None;
        }
        let (start, mut found) = (places.start, Vec::new());
        self.by_parts(places.len(), |at, part| {
            let part = part.filter_map(|offset| u32::try_from(offset).ok()).map(|offset| start + offset);
            found.extend(
                part.filter(|place| at.selects(selection, authors.as_ref(), at.index.statements.at(*place))),
            );
        });
        Some(found)
    }

    /// Returns the commits that a selection finds, oldest first. Each commit of the span takes one
    /// edge; `None` if the budget is spent.
    #[must_use]
    pub fn commits(&mut self, selection: &CommitSelection, budget: &mut EdgeBudget) -> Option<Vec<Seq>> {
        let at = self.at();
        let authors = at.authors(selection.authors.as_deref());
        let (before, last) = commits_in(at, selection.committed);
        let count = usize::try_from(last.0 - before.0).unwrap_or(usize::MAX);
        budget.take_all(count);
        if budget.spent {
            return None;
        }
        let mut found = Vec::new();
        self.by_parts(count, |at, part| {
            let part = part.map(|offset| Seq(before.0 + 1 + offset as u64));
            found.extend(part.filter(|seq| {
                at.is_by(authors.as_ref(), *seq)
                    && selection
                        .with_statements
                        .is_none_or(|wanted| at.statements_of(*seq).is_empty() != wanted)
            }));
        });
        Some(found)
    }

    /// Returns the numbers of commits, statements and versions over the log, in at most `buckets`
    /// sections from the first to the last commit of the selection's span, oldest first. A selection
    /// by more than a span takes one edge for each commit of the span; `None` if the budget is spent.
    #[must_use]
    pub fn commit_counts(
        &mut self,
        selection: &CommitSelection,
        axis: CommitAxis,
        buckets: usize,
        budget: &mut EdgeBudget,
    ) -> Option<Vec<CommitBucket>> {
        let span = commits_in(self.at(), selection.committed);
        let mut sections = self.at().sections(axis, span, buckets);
        if selection.authors.is_none() && selection.with_statements.is_none() {
            let at = self.at();
            for (bucket, (first, last)) in with_commits(&mut sections) {
                let before = Seq(first.0 - 1);
                bucket.commits = usize::try_from(last.0 - before.0).unwrap_or(usize::MAX);
                bucket.statements = at.index.statements.places(before, last).len();
                bucket.versions =
                    (at.index.totals(last).versions - at.index.totals(before).versions) as usize;
            }
            return Some(sections);
        }
        let selected = self.commits(selection, budget)?;
        for (bucket, (first, last)) in with_commits(&mut sections) {
            let start = selected.partition_point(|seq| *seq < first);
            let selected = &selected[start..][..selected[start..].partition_point(|seq| *seq <= last)];
            bucket.commits = selected.len();
            self.by_parts(selected.len(), |at, part| {
                for seq in &selected[part] {
                    bucket.statements += at.statements_of(*seq).len();
                    bucket.versions += at.made_by(*seq).len();
                }
            });
        }
        Some(sections)
    }
}

/// The sections that have commits.
fn with_commits(sections: &mut [CommitBucket]) -> impl Iterator<Item = (&mut CommitBucket, (Seq, Seq))> {
    sections.iter_mut().filter_map(|bucket| {
        let seqs = bucket.seqs?;
        Some((bucket, seqs))
    })
}

impl CommitBucket {
    const fn empty(seqs: Option<(Seq, Seq)>, since: Timestamp, until: Timestamp) -> Self {
        Self { seqs, since, until, commits: 0, statements: 0, versions: 0 }
    }
}
