//! Members of training sets.

use async_graphql::Object;

use super::Version;
use crate::api::scope::Scope;
use crate::lineage::membership::Stay;

/// A version that a training set version pins.
#[derive(Clone)]
pub struct Member {
    scope: Scope,
    stay: Stay,
}

impl Member {
    /// This member.
    #[must_use]
    pub const fn new(scope: Scope, stay: Stay) -> Self {
        Self { scope, stay }
    }
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

    /// How much it counts; null where nothing was said.
    async fn weight(&self) -> Option<f64> {
        self.stay.weight
    }
}
