//! The scope of an answer: the view that every object in it reads through, and the only place that
//! makes ids.

use std::fmt::Display;

use async_graphql::{ID, Result};

use super::errors;
use crate::domain::id::{ItemId, Malformed, Seq};
use crate::domain::item::Kind;
use crate::domain::names::moment::{self, IdMoment};
use crate::domain::names::reference::{self, Reference};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::ledger::{AsOf, View};
use crate::lineage::{At, Walker};

/// The view and id form of an answer, passed from the root to every object. Cheap to clone.
///
/// Clients store one object per id. Therefore ids are plain only in the request's own newest scope;
/// in any other scope, even one requested at the same seq, they carry the moment. [`Scope::id`] is
/// the only place that makes ids.
#[derive(Clone)]
pub struct Scope {
    /// The state of the store at one seq.
    pub view: View,
    /// True if this is not the request's own newest scope.
    pinned: bool,
}

impl Scope {
    /// Creates the request's own scope: the newest commit when the request arrived, with the
    /// knowledge of that commit.
    #[must_use]
    pub const fn newest(view: View) -> Self {
        Self { view, pinned: false }
    }

    /// Creates a scope at a moment that is independent of later requests.
    #[must_use]
    pub const fn pinned(view: View) -> Self {
        Self { view, pinned: true }
    }

    /// Returns the scope of an earlier moment.
    ///
    /// # Errors
    /// `AS_OF_UNAVAILABLE` for a moment after this scope's.
    pub fn back_to(&self, as_of: AsOf) -> Result<Self> {
        self.view.back_to(as_of).map(Self::pinned).map_err(errors::ledger)
    }

    /// Returns the scope of the same moment with the knowledge of another.
    ///
    /// # Errors
    /// `AS_OF_UNAVAILABLE` for a moment in the future.
    pub fn knowing(&self, as_of: AsOf) -> Result<Self> {
        self.view.knowing(as_of).map(Self::pinned).map_err(errors::ledger)
    }

    /// Returns the scope of the moment that an id carries.
    ///
    /// # Errors
    /// `AS_OF_UNAVAILABLE` for a moment after this scope's.
    pub fn of_id(&self, moment: IdMoment) -> Result<Self> {
        let scope = self.back_to(AsOf::Seq(moment.seq))?;
        if moment.known == moment.seq { Ok(scope) } else { scope.knowing(AsOf::Seq(moment.known)) }
    }

    /// Returns the global id of an object that is read in this scope.
    #[must_use]
    pub fn id(&self, name: impl Display) -> ID {
        if !self.pinned {
            return ID(name.to_string());
        }
        let moment = IdMoment { seq: self.view.seq(), known: self.view.known() };
        ID(format!("{name}{moment}"))
    }

    /// Reads the index for at most a few milliseconds. The closure must not read it again.
    #[track_caller]
    pub fn read<T>(&self, reading: impl FnOnce(At<'_>) -> T) -> T {
        self.view.read(reading)
    }

    /// Traverses the index for as long as it takes. The closure must not read it again.
    #[track_caller]
    pub fn walk<T>(&self, walking: impl FnOnce(&mut Walker<'_>) -> T) -> T {
        self.view.walk(walking)
    }

    /// Returns the version that an argument names, by id or reference.
    ///
    /// # Errors
    /// `BAD_USER_INPUT`, `NOT_FOUND` or `CONFLICT`.
    pub fn version(&self, id: &ID) -> Result<VersionNo> {
        let reference: Reference = id.parse().map_err(|error| errors::malformed(&error))?;
        self.read(|at| at.resolve(&reference, id)).map_err(|error| errors::invalid(&error))
    }

    /// Returns the versions that an argument names.
    ///
    /// # Errors
    /// As [`Scope::version`]; `LIMIT_EXCEEDED` for more than `most` ids.
    pub fn versions(&self, ids: &[ID], most: usize) -> Result<Vec<VersionNo>> {
        crate::domain::invalid::Invalid::limit("ids in one argument", ids.len(), most)
            .map_err(|error| errors::invalid(&error))?;
        ids.iter().map(|id| self.version(id)).collect()
    }

    /// Returns the training set version that an argument names.
    ///
    /// # Errors
    /// As [`Scope::version`]; `BAD_USER_INPUT` for a version of another kind.
    pub fn training_set(&self, id: &ID) -> Result<VersionNo> {
        let version = self.version(id)?;
        match self.read(|at| at.kind(version)) {
            Kind::TrainingSet => Ok(version),
            _ => Err(errors::bad_input(format!("expected a training set version, found {}", id.as_str()))),
        }
    }

    /// Returns the item that an argument names, by id or by `namespace/KIND/key`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` or `NOT_FOUND`.
    pub fn item(&self, id: &ID) -> Result<ItemNo> {
        let item = item_id(id)?;
        self.read(|at| at.item(&item)).ok_or_else(|| errors::not_found("item", id.as_str()))
    }

    /// Returns the commit that an argument names, such as `commit:12`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` or `NOT_FOUND`.
    pub fn commit(&self, id: &ID) -> Result<Seq> {
        let seq: Seq = commit_seq(id)?;
        // The scope may know statements later than the moment it reads.
        if seq == Seq::ZERO || seq > self.view.seq().max(self.view.known()) {
            return Err(errors::not_found("commit", id.as_str()));
        }
        Ok(seq)
    }
}

/// Returns the id of the item that an argument names, by id or by `namespace/KIND/key`, even if there
/// is no such item.
///
/// # Errors
/// `BAD_USER_INPUT`.
pub fn item_id(id: &ID) -> Result<ItemId> {
    const EXPECTED: &str = "an item: `item:` and 64 hex digits, or `namespace/KIND/key`";
    let item = match moment::strip(id).strip_prefix(ItemId::PREFIX) {
        Some(hex) => ItemId::from_hex(hex),
        None if id.matches('/').count() < 2 => Err(Malformed::new(id, EXPECTED)),
        None => reference::item(id).map(|key| key.id()),
    };
    item.map_err(|error| errors::malformed(&error))
}

/// Returns the seq of a commit id, even if there is no such commit.
///
/// # Errors
/// `BAD_USER_INPUT`.
pub fn commit_seq(id: &ID) -> Result<Seq> {
    let id = moment::strip(id);
    let seq = id.strip_prefix("commit:").unwrap_or(id);
    seq.parse().map_err(|error| errors::malformed(&error))
}
