//! The whole API at an earlier moment: the same fields as Query under a name and an id of its own.
//!
//! Clients with a cache take every object of type Query for the root. What `at` answers with is therefore another type,
//! and one moment is one object of it.

use async_graphql::{Context, ID, MergedObject, Object, Result};

use super::{Lookups, RootScope};
use crate::api::inputs::AsOf;
use crate::api::schema::query::impact::Cycle;
use crate::api::schema::query::items::Items;
use crate::api::schema::query::lineage::Questions;
use crate::api::schema::query::overview::Pedigree;
use crate::api::scope::Scope;

/// What the id of a moment begins with.
pub(in crate::api) const PREFIX: &str = "moment:";

/// What a moment has beside the fields of the root: its id, and the way further back.
#[derive(Clone)]
struct Own(Scope);

#[Object]
impl Own {
    /// `moment:` and the seq read at.
    async fn id(&self) -> ID {
        moment_id(&self.0)
    }

    /// The whole API at a moment that is further back.
    async fn at(
        &self,
        #[graphql(desc = "The moment: a seq, a time, or a commit.")] as_of: AsOf,
    ) -> Result<Moment> {
        Ok(Moment::new(self.0.back_to(as_of.moment()?)?))
    }
}

/// Everything that can be asked, at an earlier moment. The answer at a moment never changes.
#[derive(MergedObject, Clone)]
pub struct Moment(Own, Lookups, Items, Questions, Pedigree, Cycle);

impl Moment {
    /// The whole API in a scope of a moment.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        let root = || RootScope(Some(scope.clone()));
        Self(
            Own(scope.clone()),
            Lookups(root()),
            Items::at(root()),
            Questions::at(root()),
            Pedigree::at(root()),
            Cycle::at(root()),
        )
    }

    /// The id of the moment, as the interface Node asks for it.
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
