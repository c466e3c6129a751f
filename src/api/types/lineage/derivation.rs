//! Derivations.

use async_graphql::{Context, Object, Result};

use super::super::{Commit, Version};
use crate::api::engine::budget::RequestBudget;
use crate::api::loaders::{AssertedId, load};
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::index::adjacency::DerivationEdge;
use crate::lineage::index::names::NameNo;

/// A derivation: one version was made from another.
#[derive(Clone)]
pub struct Derivation {
    scope: Scope,
    derived: VersionNo,
    edge: DerivationEdge,
}

impl Derivation {
    /// Returns the derivation of `derived` from the other end of `edge`.
    #[must_use]
    pub const fn new(scope: Scope, derived: VersionNo, edge: DerivationEdge) -> Self {
        Self { scope, derived, edge }
    }
}

/// A derivation: one version was made from another.
#[Object]
impl Derivation {
    /// The derived version.
    async fn derived(&self) -> Version {
        Version::new(self.scope.clone(), self.derived)
    }

    /// The version it was made from.
    async fn source(&self) -> Version {
        Version::new(self.scope.clone(), self.edge.other)
    }

    /// The role of the source.
    async fn role(&self) -> String {
        self.scope.read(|at| at.index().text(self.edge.role).to_owned())
    }

    /// True if it was asserted later, between existing versions; false if it was known when the
    /// version was made.
    async fn asserted(&self) -> bool {
        self.edge.asserted.is_some()
    }

    /// The evidence for it, if it was asserted later.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        match self.edge.asserted {
            None => Ok(None),
            Some((seq, place)) => {
                let asserted = load(ctx, AssertedId(seq, place)).await?;
                Ok(Some(RequestBudget::of(ctx)?.text(&asserted.reason)))
            }
        }
    }

    /// The commit that recorded it: the one that created the version, or a later one.
    async fn commit(&self) -> Commit {
        let born = || self.scope.read(|at| at.seq_of(self.derived));
        Commit::new(self.scope.clone(), self.edge.asserted.map_or_else(born, |(seq, _)| seq))
    }
}

/// The requested roles, sorted; all if none are given.
pub(in crate::api::types) struct WantedRoles(Option<Vec<NameNo>>);

impl WantedRoles {
    pub(in crate::api::types) fn new(at: At<'_>, roles: Option<&[String]>) -> Self {
        Self(roles.map(|roles| {
            let mut names: Vec<NameNo> = roles.iter().filter_map(|role| at.name(role)).collect();
            names.sort_unstable();
            names
        }))
    }

    /// Returns the derivations of a version from its sources.
    pub(in crate::api::types) fn above(&self, at: At<'_>, version: VersionNo) -> Vec<DerivationEdge> {
        at.sources(version).filter(|edge| self.holds(edge)).collect()
    }

    /// Returns the derivations from a version, each with the derived version.
    pub(in crate::api::types) fn below(
        &self,
        at: At<'_>,
        version: VersionNo,
    ) -> Vec<(VersionNo, DerivationEdge)> {
        let below = at.derivatives(version).into_iter();
        let edges = below.flat_map(|derived| at.sources(derived).map(move |edge| (derived, edge)));
        edges.filter(|(_, edge)| edge.other == version && self.holds(edge)).collect()
    }

    fn holds(&self, edge: &DerivationEdge) -> bool {
        self.0.as_ref().is_none_or(|roles| roles.binary_search(&edge.role).is_ok())
    }
}
