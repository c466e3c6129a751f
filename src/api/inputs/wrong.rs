//! The inputs that select wrong versions.

use std::collections::HashSet;

use async_graphql::{ID, InputObject, OneofObject, Result};

use crate::api::enums::{ItemKind, StatementKind};
use crate::api::errors;
use crate::api::scalars;
use crate::api::scope::{Scope, commit_seq};
use crate::domain::id::Seq;
use crate::domain::invalid::Invalid;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::At;
use crate::lineage::index::statements::IndexedStatement;
use crate::lineage::query::impact::Cause;

use super::version_filter::VersionFilter;

/// The maximum number of ids in one argument.
pub const MAX_IDS: usize = 10_000;

/// The versions that may be wrong. Give exactly one field.
#[derive(OneofObject, Clone)]
pub enum WrongInput {
    /// These versions, by id or reference: `ns/LABEL/key` is the head of the item. Those that are
    /// not wrong have no rows, and are listed in `asked`.
    Versions(Vec<ID>),
    /// All wrong versions of these items, by id or `namespace/KIND/key`. Items without one are
    /// listed in `asked`.
    Items(Vec<ID>),
    /// The versions that one commit, such as a campaign of corrections, stated to be wrong, as
    /// `commit:12`, unless the statement was withdrawn since. A statement that another commit
    /// repeated belongs to that commit. Withdrawn statements are listed in `asked`.
    Commit(ID),
    /// Everything that is wrong and matches this filter; `{}` matches everything.
    All(CorrectionFilter),
}

/// A filter over wrong versions. All given fields must match; an absent field matches everything;
/// an empty list matches nothing.
#[derive(InputObject, Clone, Default)]
pub struct CorrectionFilter {
    /// Versions that are wrong by a statement of one of these kinds: CORRECTS, RETRACTS.
    pub causes: Option<Vec<StatementKind>>,
    /// Versions of items of one of these kinds.
    pub kinds: Option<Vec<ItemKind>>,
    /// Versions of items in one of these namespaces.
    pub namespaces: Option<Vec<String>>,
    /// Versions of items whose key starts with this text.
    pub key_prefix: Option<String>,
    /// Versions made wrong by this commit or a later one.
    pub from_seq: Option<scalars::Seq>,
    /// Versions made wrong by this commit or an earlier one.
    pub to_seq: Option<scalars::Seq>,
}

/// A part of the question that is not wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWrong {
    /// A version.
    Version(VersionNo),
    /// An item without a wrong version.
    Item(ItemNo),
    /// A statement that was withdrawn.
    Statement(IndexedStatement),
}

/// The versions of a question, judged.
#[derive(Debug, Clone)]
pub struct Judged {
    /// All versions, in no particular order.
    pub versions: Vec<VersionNo>,
    /// The number of them that are wrong, each counted once.
    pub wrong: usize,
    /// The parts of the question that are not wrong, in the given order, each once.
    pub not_wrong: Vec<NotWrong>,
}

impl WrongInput {
    /// Finds the versions of the question, and judges them.
    ///
    /// # Errors
    /// NOT_FOUND for references that name nothing, LIMIT_EXCEEDED for too many.
    pub fn judged(self, scope: &Scope, include_ontology_stale: bool) -> Result<Judged> {
        let is_wrong = |at: At<'_>, version: VersionNo| at.cause(version, include_ontology_stale).is_some();
        let is_all = matches!(self, Self::All(_));
        let (versions, mut not_wrong) = match self {
            Self::Versions(ids) => {
                let versions = scope.versions(&ids, MAX_IDS)?;
                let right = scope.read(|at| {
                    let right = versions.iter().copied().filter(|version| !is_wrong(at, *version));
                    right.map(NotWrong::Version).collect::<Vec<_>>()
                });
                (versions, right)
            }
            Self::Items(ids) => {
                Invalid::limit("ids in one argument", ids.len(), MAX_IDS)
                    .map_err(|error| errors::invalid(&error))?;
                let items = ids.iter().map(|id| scope.item(id)).collect::<Result<Vec<_>>>()?;
                scope.read(|at| {
                    let right = |item: &ItemNo| !at.history(*item).iter().any(|v| is_wrong(at, *v));
                    let right = items.iter().copied().filter(right).map(NotWrong::Item).collect();
                    (items.iter().flat_map(|item| at.history(*item)).copied().collect(), right)
                })
            }
            Self::Commit(id) => {
                // Statements may be newer than the view if `knowledgeAt` is later.
                let seq = commit_seq(&id)?;
                if seq == Seq::ZERO || seq > scope.view.seq().max(scope.view.known()) {
                    return Err(errors::not_found("commit", id.as_str()));
                }
                scope.read(|at| said_by(at, seq, include_ontology_stale))
            }
            Self::All(filter) => (filter.versions(scope, include_ontology_stale)?, Vec::new()),
        };
        // A label that was corrected and is stale by a class list is found twice.
        let mut distinct = versions.clone();
        distinct.sort_unstable();
        distinct.dedup();
        // The filter finds wrong versions alone.
        let wrong = match is_all {
            true => distinct.len(),
            false => scope.read(|at| distinct.iter().filter(|version| is_wrong(at, **version)).count()),
        };
        let mut seen = HashSet::new();
        not_wrong.retain(|thing| match thing {
            NotWrong::Version(version) => seen.insert(version.0),
            NotWrong::Item(item) => seen.insert(item.0),
            NotWrong::Statement(_) => true,
        });
        Ok(Judged { versions, wrong, not_wrong })
    }
}

/// Returns the versions that a commit stated to be wrong, by statements that were not withdrawn
/// since, and the labels that its class lists made stale; and the withdrawn statements.
fn said_by(at: At<'_>, seq: Seq, include_ontology_stale: bool) -> (Vec<VersionNo>, Vec<NotWrong>) {
    let (mut versions, mut withdrawn) = (Vec::new(), Vec::new());
    let said = at.statements_of(seq).iter().filter(|said| said.fact.kind.makes_wrong());
    for said in said.filter(|said| at.sees(said.fact.version)) {
        if at.is_in_force(said) {
            versions.push(said.fact.version);
        } else {
            withdrawn.push(NotWrong::Statement(*said));
        }
    }
    if include_ontology_stale {
        let made = at.made_by(seq);
        // A label belongs to each commit whose class list made it stale, not to the first one only.
        let by_commit = |label: &VersionNo| match at.cause(*label, true) {
            Some(Cause::ClassList(_)) => at.made_stale_by(*label).iter().any(|list| made.contains(&list.0)),
            _ => false,
        };
        versions.extend(at.ontology_stale_labels().into_iter().filter(by_commit));
    }
    (versions, withdrawn)
}

impl CorrectionFilter {
    fn versions(self, scope: &Scope, include_ontology_stale: bool) -> Result<Vec<VersionNo>> {
        let Self { causes, kinds, namespaces, key_prefix, from_seq, to_seq } = self;
        let identity =
            VersionFilter { kinds, namespaces, key_prefix, ..VersionFilter::default() }.prepare(scope)?;
        let causes: Option<Vec<crate::domain::statement::StatementKind>> =
            causes.map(|causes| causes.into_iter().map(Into::into).collect());
        let in_time =
            |seq: Seq| from_seq.is_none_or(|from| from.0 <= seq) && to_seq.is_none_or(|to| seq <= to.0);
        Ok(scope.read(|at| {
            let mut versions: Vec<VersionNo> = at.all_wrong().collect();
            if include_ontology_stale {
                versions.extend(at.ontology_stale_labels());
            }
            versions.retain(|version| {
                identity.finds(at, *version)
                    && at.cause(*version, include_ontology_stale).is_some_and(|cause| match cause {
                        Cause::Said(said) => {
                            in_time(said.id.seq)
                                && causes.as_ref().is_none_or(|causes| at.wrong_by(*version, causes))
                        }
                        Cause::ClassList(list) => causes.is_none() && in_time(at.seq_of(list)),
                    })
            });
            versions
        }))
    }
}
