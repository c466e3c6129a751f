//! Filters over statements and commits.

use async_graphql::{InputObject, Result};

use super::filter::{CommitSpan, namespaces};
use super::read::names;
use crate::api::enums::{ItemKind, StatementKind};
use crate::domain::item::Kind;
use crate::domain::search::selection::Span;
use crate::domain::statement;
use crate::lineage::query::statements::{CommitSelection, StatementSelection};

/// A filter over statements. All given fields must match; an absent field matches everything; an
/// empty list matches nothing.
#[derive(InputObject, Debug, Clone, Default)]
pub struct StatementFilter {
    /// Statements of one of these kinds.
    pub kinds: Option<Vec<StatementKind>>,
    /// Statements of one of these authors.
    pub authors: Option<Vec<String>>,
    /// Statements that were committed in this span.
    pub committed: Option<CommitSpan>,
    /// Statements about versions in one of these namespaces.
    pub namespaces: Option<Vec<String>>,
    /// Statements about versions of items of one of these kinds.
    pub item_kinds: Option<Vec<ItemKind>>,
    /// Statements about versions of items whose key starts with this text.
    pub key_prefix: Option<String>,
    /// True: statements that still make their version wrong. False: those that do not, because they
    /// were withdrawn, or never made it wrong.
    pub in_force: Option<bool>,
}

/// A filter over commits. All given fields must match; an absent field matches everything; an empty
/// list matches nothing.
#[derive(InputObject, Debug, Clone, Default)]
pub struct CommitFilter {
    /// Commits of one of these authors.
    pub authors: Option<Vec<String>>,
    /// Commits in this span.
    pub committed: Option<CommitSpan>,
    /// True: commits with statements, such as campaigns of corrections. False: the others.
    pub has_statements: Option<bool>,
}

impl StatementFilter {
    /// Converts the filter into a selection.
    ///
    /// # Errors
    /// BAD_USER_INPUT for invalid namespaces; LIMIT_EXCEEDED for a list that is too long.
    pub fn selection(self) -> Result<StatementSelection> {
        names("authors of one filter", self.authors.as_ref())?;
        names("namespaces of one filter", self.namespaces.as_ref())?;
        Ok(StatementSelection {
            kinds: self.kinds.map(|kinds| kinds.into_iter().map(statement::StatementKind::from).collect()),
            authors: self.authors,
            committed: span(self.committed),
            namespaces: namespaces(self.namespaces)?,
            item_kinds: self.item_kinds.map(|kinds| kinds.into_iter().map(Kind::from).collect()),
            key_prefix: self.key_prefix,
            in_force: self.in_force,
        })
    }
}

impl CommitFilter {
    /// Converts the filter into a selection.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED for a list that is too long.
    pub fn selection(self) -> Result<CommitSelection> {
        names("authors of one filter", self.authors.as_ref())?;
        Ok(CommitSelection {
            authors: self.authors,
            committed: span(self.committed),
            with_statements: self.has_statements,
        })
    }
}

fn span(given: Option<CommitSpan>) -> Span {
    given.unwrap_or_default().span()
}
