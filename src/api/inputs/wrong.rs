//! What the main question is asked about.

use async_graphql::{ID, InputObject, OneofObject, Result};

use crate::api::enums::{ItemKind, StatementKind};
use crate::api::scalars::Seq;
use crate::api::scope::Scope;
use crate::domain::facts::VersionNo;
use crate::lineage::At;
use crate::lineage::impact::Cause;

use super::version_filter::VersionFilter;

/// The most ids in one argument.
pub const MAX_IDS: usize = 10_000;

/// What may be wrong. Exactly one field.
#[derive(OneofObject, Clone)]
pub enum WrongInput {
    /// These versions, by id or reference; those that are not wrong are passed over.
    Versions(Vec<ID>),
    /// All wrong versions of these items, by id or `namespace/KIND/key`.
    Items(Vec<ID>),
    /// What one commit, such as a campaign of corrections, said was wrong: `commit:12`.
    Commit(ID),
    /// Everything that is wrong and fits this filter; `{}` for everything.
    All(CorrectionFilter),
}

/// Which corrections are meant. Every part narrows; a part left out does not; an empty list means none.
#[derive(InputObject, Clone, Default)]
pub struct CorrectionFilter {
    /// Wrong by a statement of one of these kinds: CORRECTS, RETRACTS.
    pub causes: Option<Vec<StatementKind>>,
    /// Of items of one of these kinds.
    pub kinds: Option<Vec<ItemKind>>,
    /// Of items in one of these namespaces.
    pub namespaces: Option<Vec<String>>,
    /// Of items whose key starts so.
    pub key_prefix: Option<String>,
    /// Made wrong by this commit or a later one.
    pub from_seq: Option<Seq>,
    /// Made wrong by this commit or an earlier one.
    pub to_seq: Option<Seq>,
}

impl WrongInput {
    /// The versions asked about, in no order.
    ///
    /// # Errors
    /// NOT_FOUND for names of nothing, LIMIT_EXCEEDED for too many.
    pub fn versions(self, scope: &Scope, include_ontology_stale: bool) -> Result<Vec<VersionNo>> {
        match self {
            Self::Versions(ids) => scope.versions(&ids, MAX_IDS),
            Self::Items(ids) => {
                crate::domain::rules::Invalid::limit("ids in one argument", ids.len(), MAX_IDS)
                    .map_err(|error| crate::api::errors::invalid(&error))?;
                let items = ids.iter().map(|id| scope.item(id)).collect::<Result<Vec<_>>>()?;
                Ok(scope.read(|at| items.iter().flat_map(|item| at.history(*item).to_vec()).collect()))
            }
            Self::Commit(id) => {
                // What was said may be judged from later than what is seen.
                let seq = crate::api::scope::commit_seq(&id)?;
                if seq == crate::domain::id::Seq::ZERO || seq > scope.view.seq().max(scope.view.known()) {
                    return Err(crate::api::errors::not_found("commit", id.as_str()));
                }
                Ok(scope.read(|at| said_by(at, seq, include_ontology_stale)))
            }
            Self::All(filter) => filter.versions(scope, include_ontology_stale),
        }
    }
}

/// The versions that a commit said were wrong and that still are, and the labels that its class lists overtook.
fn said_by(at: At<'_>, seq: crate::domain::id::Seq, include_ontology_stale: bool) -> Vec<VersionNo> {
    let said = at.statements_of(seq).iter().filter(|said| said.fact.kind.makes_wrong());
    let mut versions: Vec<VersionNo> = said
        .map(|said| said.fact.version)
        .filter(|version| at.sees(*version) && at.wrong(*version).is_some())
        .collect();
    if include_ontology_stale {
        let made = at.made_by(seq);
        // A label is found by each commit whose class list made it stale, not by the first one only.
        let by_commit = |label: &VersionNo| match at.cause(*label, true) {
            Some(Cause::ClassList(_)) => at.made_stale_by(*label).iter().any(|list| made.contains(&list.0)),
            _ => false,
        };
        versions.extend(at.ontology_stale_labels().into_iter().filter(by_commit));
    }
    versions
}

impl CorrectionFilter {
    fn versions(self, scope: &Scope, include_ontology_stale: bool) -> Result<Vec<VersionNo>> {
        let Self { causes, kinds, namespaces, key_prefix, from_seq, to_seq } = self;
        let identity =
            VersionFilter { kinds, namespaces, key_prefix, ..VersionFilter::default() }.prepare()?;
        let causes: Option<Vec<crate::domain::statement::StatementKind>> =
            causes.map(|causes| causes.into_iter().map(Into::into).collect());
        let in_time = |seq: crate::domain::id::Seq| {
            from_seq.is_none_or(|from| from.0 <= seq) && to_seq.is_none_or(|to| seq <= to.0)
        };
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
