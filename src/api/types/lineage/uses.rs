//! Uses of a version in training sets.

use async_graphql::{Object, Result};

use super::super::Version;
use crate::api::enums::Inclusion;
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::names::NameNo;

/// A use of a version in a training set version.
#[derive(Clone)]
pub struct TrainingSetUse {
    scope: Scope,
    /// The set, the member through which it holds the version, its split, and the inclusion.
    used: (VersionNo, VersionNo, Option<NameNo>, Inclusion),
}

impl TrainingSetUse {
    /// Returns this use: the set, the member, its split, and the inclusion of the given version.
    #[must_use]
    pub const fn new(scope: Scope, used: (VersionNo, VersionNo, Option<NameNo>, Inclusion)) -> Self {
        Self { scope, used }
    }
}

/// A use of a version in a training set version, which pins it or something made from it.
#[Object]
impl TrainingSetUse {
    /// The training set version.
    async fn training_set(&self) -> Version {
        Version::new(self.scope.clone(), self.used.0)
    }

    /// The member: the version itself, or a version made from it. In a COARSE row: the member of
    /// this set through which it came, or that of the nearest set on the path that pins the version
    /// before it.
    async fn pinned(&self) -> Version {
        Version::new(self.scope.clone(), self.used.1)
    }

    /// The member's split. Null if no set on a COARSE path pins it.
    async fn split(&self) -> Result<Option<String>> {
        Ok(self.used.2.map(|split| self.scope.read(|at| at.index().text(split).to_owned())))
    }

    /// The relation of the version to the set.
    async fn inclusion(&self) -> Inclusion {
        self.used.3
    }

    /// True if it is the set's current version.
    async fn is_head(&self) -> bool {
        self.scope.read(|at| at.is_head(self.used.0))
    }
}
