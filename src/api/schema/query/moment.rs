//! The complete API at an earlier moment: the fields of Query under another type name and with an
//! id.
//!
//! Clients with a cache take every object of type Query for the root. Therefore `at` returns
//! another type, and one moment is one object of it.

use async_graphql::{Context, ID, MergedObject, Object, Result};

use super::{LookupFields, RootScope};
use crate::api::inputs::AsOf;
use crate::api::schema::query::impact::ImpactFields;
use crate::api::schema::query::items::ItemFields;
use crate::api::schema::query::lineage::LineageFields;
use crate::api::schema::query::log::LogFields;
use crate::api::schema::query::overview::OverviewFields;
use crate::api::scope::Scope;

/// The prefix of the id of a moment.
pub(in crate::api) const PREFIX: &str = "moment:";

/// The fields that only a moment has: its id, and the field to an earlier moment.
#[derive(Clone)]
struct MomentFields(Scope);

#[Object]
impl MomentFields {
    /// `moment:` and the seq of the moment.
    async fn id(&self) -> ID {
        moment_id(&self.0)
    }

    /// Returns the complete API at an earlier moment.
    async fn at(
        &self,
        #[graphql(desc = "The moment: a seq, a time, or a commit.")] as_of: AsOf,
    ) -> Result<Moment> {
        Ok(Moment::new(self.0.back_to(as_of.moment()?)?))
    }
}

/// The queries at an earlier moment. Their answers at a moment never change.
#[derive(MergedObject, Clone)]
pub struct Moment(
    MomentFields,
    LookupFields,
    LogFields,
    ItemFields,
    LineageFields,
    OverviewFields,
    ImpactFields,
);

impl Moment {
    /// Returns the complete API in the scope of a moment.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        let root = || RootScope(Some(scope.clone()));
        Self(
            MomentFields(scope.clone()),
            LookupFields(root()),
            LogFields::at(root()),
            ItemFields::at(root()),
            LineageFields::at(root()),
            OverviewFields::at(root()),
            ImpactFields::at(root()),
        )
    }

    /// Returns the id of the moment, for the interface Node.
    ///
    /// # Errors
    /// None.
    pub async fn id(&self, _: &Context<'_>) -> Result<ID> {
        Ok(moment_id(&self.0.0))
    }
}

fn moment_id(scope: &Scope) -> ID {
    ID(format!("{PREFIX}{}", scope.view.seq()))
}
