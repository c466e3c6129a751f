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
    /// The tag that this move put where it is.
    #[must_use]
    pub const fn new(scope: Scope, moved: Move) -> Self {
        Self { scope, moved }
    }
}

/// A named pointer at a version. An alias is unique within its item and moves; a label tag marks any number of versions.
#[Object]
impl Tag {
    /// The name.
    async fn name(&self) -> String {
        self.scope.read(|at| at.index().text(self.moved.name).to_owned())
    }

    /// Whether it is an alias.
    async fn alias(&self) -> bool {
        self.moved.alias
    }

    /// Where it points.
    async fn version(&self) -> Version {
        Version::new(self.scope.clone(), self.moved.version)
    }

    /// The item of that version.
    async fn item(&self) -> Item {
        Item::new(self.scope.clone(), self.moved.item)
    }

    /// The commit that put it there.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.moved.seq)
    }
}

/// A tag put on a version or taken away.
#[derive(Clone)]
pub struct TagMove {
    scope: Scope,
    moved: Move,
}

impl TagMove {
    /// This move.
    #[must_use]
    pub const fn new(scope: Scope, moved: Move) -> Self {
        Self { scope, moved }
    }
}

/// A tag put on a version or taken away.
#[Object]
impl TagMove {
    /// The tag's name.
    async fn name(&self) -> String {
        self.scope.read(|at| at.index().text(self.moved.name).to_owned())
    }

    /// Whether it is an alias.
    async fn alias(&self) -> bool {
        self.moved.alias
    }

    /// Where it was put, or from where it was taken.
    async fn version(&self) -> Version {
        Version::new(self.scope.clone(), self.moved.version)
    }

    /// True: it was put there. False: it was taken away.
    async fn set(&self) -> bool {
        self.moved.set
    }

    /// The commit that did it.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.moved.seq)
    }
}
