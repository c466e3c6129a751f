//! Tags and their moves.

use async_graphql::Object;

use super::{Commit, Item, Version};
use crate::api::scope::Scope;
use crate::lineage::index::tags::Move;

/// A named pointer at a version.
#[derive(Clone)]
pub struct Tag {
    scope: Scope,
    moved: Move,
}

impl Tag {
    /// Returns the tag that this move set.
    #[must_use]
    pub const fn new(scope: Scope, moved: Move) -> Self {
        Self { scope, moved }
    }
}

/// A named pointer at a version. An alias is unique within its item and moves; any number of
/// versions can have a label tag.
#[Object]
impl Tag {
    /// The name.
    async fn name(&self) -> String {
        self.scope.read(|at| at.index().text(self.moved.name).to_owned())
    }

    /// True for an alias, false for a label tag.
    async fn alias(&self) -> bool {
        self.moved.alias
    }

    /// The version it points at.
    async fn version(&self) -> Version {
        Version::new(self.scope.clone(), self.moved.version)
    }

    /// The item of that version.
    async fn item(&self) -> Item {
        Item::new(self.scope.clone(), self.moved.item)
    }

    /// The commit that set it.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.moved.seq)
    }
}

/// A tag that was set on a version or removed.
#[derive(Clone)]
pub struct TagMove {
    scope: Scope,
    moved: Move,
}

impl TagMove {
    /// Returns this move.
    #[must_use]
    pub const fn new(scope: Scope, moved: Move) -> Self {
        Self { scope, moved }
    }
}

/// A tag that was set on a version or removed.
#[Object]
impl TagMove {
    /// The name of the tag.
    async fn name(&self) -> String {
        self.scope.read(|at| at.index().text(self.moved.name).to_owned())
    }

    /// True for an alias, false for a label tag.
    async fn alias(&self) -> bool {
        self.moved.alias
    }

    /// The version on which it was set, or from which it was removed.
    async fn version(&self) -> Version {
        Version::new(self.scope.clone(), self.moved.version)
    }

    /// True if it was set, false if it was removed.
    async fn set(&self) -> bool {
        self.moved.set
    }

    /// The commit that set or removed it.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.moved.seq)
    }
}
