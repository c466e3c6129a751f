//! Questions about statements.

use super::search::commits_in;
use crate::domain::id::Seq;
use crate::domain::item::{Kind, Namespace};
use crate::domain::log::facts::StatementFact;
use crate::domain::search::selection::Span;
use crate::domain::statement::{StatementId, StatementKind};
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
}
