//! Members of training sets.

use async_graphql::{Context, Object, Result};

use super::Version;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::errors;
use crate::api::inputs::VersionFilter;
use crate::api::page::{Connection, Page};
use crate::api::scope::Scope;
use crate::domain::invalid::Invalid;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::membership::MembershipInterval;

/// A version that a training set version pins.
#[derive(Clone)]
pub struct Member {
    scope: Scope,
    stay: MembershipInterval,
}

impl Member {
    /// Returns this member.
    #[must_use]
    pub const fn new(scope: Scope, stay: MembershipInterval) -> Self {
        Self { scope, stay }
    }

    /// Returns a page of the given members that are in the split and match the filter.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a split without members, or an invalid filter.
    pub fn page(
        scope: &Scope,
        page: &Page,
        set: VersionNo,
        mut members: Vec<MembershipInterval>,
        split: Option<&str>,
        filter: Option<VersionFilter>,
    ) -> Result<Connection<Self>> {
        let filter = filter.map(|filter| filter.prepare(scope)).transpose()?;
        let fitting = scope.read(|at| {
            let wanted = split.map(|split| at.split(&[set], split)).transpose()?;
            members.retain(|stay| {
                wanted.is_none_or(|wanted| wanted == stay.split)
                    && filter.as_ref().is_none_or(|filter| filter.finds(at, stay.member))
            });
            Ok(())
        });
        fitting.map_err(|error: Invalid| errors::invalid(&error))?;
        Ok(page.of(scope, &members, |stay| Self::new(scope.clone(), stay)))
    }
}

/// Returns the contents of a training set version: its members, with the members of member sets in
/// place of the sets.
///
/// # Errors
/// LIMIT_EXCEEDED for sets of sets with more members than one request may follow.
pub(super) fn contents(scope: &Scope, ctx: &Context<'_>, set: VersionNo) -> Result<Vec<MembershipInterval>> {
    let contents = |budget: &mut _| scope.walk(|walker| walker.contents(set, budget));
    let contents = RequestBudget::of(ctx)?.walk(Purpose::Objects, contents)?.unwrap_or_default();
    Ok(contents.into_iter().map(|content| content.interval).collect())
}

/// A version that a training set version pins.
#[Object]
impl Member {
    /// The pinned version.
    async fn version(&self) -> Version {
        Version::new(self.scope.clone(), self.stay.member)
    }

    /// TRAIN, VALIDATION, TEST or another name.
    async fn split(&self) -> String {
        self.scope.read(|at| at.index().text(self.stay.split).to_owned())
    }

    /// The weight; null if none was given.
    async fn weight(&self) -> Option<f64> {
        self.stay.weight
    }
}
