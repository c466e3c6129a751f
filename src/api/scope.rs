//! The scope of an answer: the view that every object in it reads through, and the ways of naming things in it.

use std::fmt::Display;

use async_graphql::{ID, Result};

use super::errors;
use crate::domain::id::{ItemId, Seq};
use crate::domain::item::Kind;
use crate::domain::moment::{self, IdMoment};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::reference::{self, Reference};
use crate::ledger::{AsOf, View};
use crate::lineage::{At, Walker};

/// Threaded from the root to every object. Cheap to clone.
///
/// Clients keep one truth for each id. So ids are plain only in the request's own newest scope; in any other, also one
/// that was asked for at the same seq, they carry the moment. [`Scope::id`] is the only place that makes them.
#[derive(Clone)]
pub struct Scope {
    /// The world at one seq.
    pub view: View,
    /// Whether this is another scope than the request's own newest.
    pinned: bool,
}

impl Scope {
    /// The request's own scope: the newest commit when it came in, judged by what was known then.
    #[must_use]
    pub const fn newest(view: View) -> Self {
        Self { view, pinned: false }
    }

    /// A scope at a moment that does not move with the next request.
    #[must_use]
    pub const fn pinned(view: View) -> Self {
        Self { view, pinned: true }
    }

    /// The scope of an earlier moment.
    ///
    /// # Errors
    /// AS_OF_UNAVAILABLE for a moment after this scope's.
    pub fn back_to(&self, as_of: AsOf) -> Result<Self> {
        self.view.back_to(as_of).map(Self::pinned).map_err(errors::ledger)
    }

    /// The scope of the same moment, judged by what was known at another.
    ///
    /// # Errors
    /// AS_OF_UNAVAILABLE for a moment that has not come yet.
    pub fn knowing(&self, as_of: AsOf) -> Result<Self> {
        self.view.knowing(as_of).map(Self::pinned).map_err(errors::ledger)
    }

    /// The scope of the moment that an id carries.
    ///
    /// # Errors
    /// AS_OF_UNAVAILABLE for a moment after this scope's.
    pub fn of_id(&self, moment: IdMoment) -> Result<Self> {
        let scope = self.back_to(AsOf::Seq(moment.seq))?;
        if moment.known == moment.seq { Ok(scope) } else { scope.knowing(AsOf::Seq(moment.known)) }
    }

    /// The global id of something that is read in this scope.
    #[must_use]
    pub fn id(&self, name: impl Display) -> ID {
        if !self.pinned {
            return ID(name.to_string());
        }
        let moment = IdMoment { seq: self.view.seq(), known: self.view.known() };
        ID(format!("{name}{moment}"))
    }

    /// Reads the index, for a few milliseconds at most. Nothing inside may read it again.
    #[track_caller]
    pub fn read<T>(&self, reading: impl FnOnce(At<'_>) -> T) -> T {
        self.view.read(reading)
    }

    /// Walks through the index for as long as it takes. Nothing inside may read it again.
    #[track_caller]
    pub fn walk<T>(&self, walking: impl FnOnce(&mut Walker<'_>) -> T) -> T {
        self.view.walk(walking)
    }

    /// The version that an argument names, by id or reference.
    ///
    /// # Errors
    /// BAD_USER_INPUT, NOT_FOUND or CONFLICT.
    pub fn version(&self, id: &ID) -> Result<VersionNo> {
        let reference: Reference = id.parse().map_err(|error| errors::malformed(&error))?;
        self.read(|at| at.resolve(&reference, id)).map_err(|error| errors::invalid(&error))
    }

    /// The versions that an argument names.
    ///
    /// # Errors
    /// As [`Scope::version`]; LIMIT_EXCEEDED for more than `most`.
    pub fn versions(&self, ids: &[ID], most: usize) -> Result<Vec<VersionNo>> {
        crate::domain::invalid::Invalid::limit("ids in one argument", ids.len(), most)
            .map_err(|error| errors::invalid(&error))?;
        ids.iter().map(|id| self.version(id)).collect()
    }

    /// The training set version that an argument names.
    ///
    /// # Errors
    /// As [`Scope::version`]; BAD_USER_INPUT for what is none.
    pub fn training_set(&self, id: &ID) -> Result<VersionNo> {
        let version = self.version(id)?;
        match self.read(|at| at.kind(version)) {
            Kind::TrainingSet => Ok(version),
            _ => Err(errors::bad_input(format!("{} is not a training set version", id.as_str()))),
        }
    }

    /// The item that an argument names, by id or by `namespace/KIND/key`.
    ///
    /// # Errors
    /// BAD_USER_INPUT or NOT_FOUND.
    pub fn item(&self, id: &ID) -> Result<ItemNo> {
        let item = match moment::without(id).strip_prefix(ItemId::PREFIX) {
            Some(hex) => ItemId::from_hex(hex),
            None => reference::item(id).map(|key| key.id()),
        };
        let item = item.map_err(|error| errors::malformed(&error))?;
        self.read(|at| at.item(&item)).ok_or_else(|| errors::not_found("item", id.as_str()))
    }

    /// The commit that an argument names: `commit:12`.
    ///
    /// # Errors
    /// BAD_USER_INPUT or NOT_FOUND.
    pub fn commit(&self, id: &ID) -> Result<Seq> {
        let seq: Seq = commit_seq(id)?;
        // What is known may be later than what is read.
        if seq == Seq::ZERO || seq > self.view.seq().max(self.view.known()) {
            return Err(errors::not_found("commit", id.as_str()));
        }
        Ok(seq)
    }
}

/// The seq of a commit id, whether or not there is such a commit.
///
/// # Errors
/// BAD_USER_INPUT.
pub fn commit_seq(id: &ID) -> Result<Seq> {
    let id = moment::without(id);
    let seq = id.strip_prefix("commit:").unwrap_or(id);
    seq.parse().map_err(|error| errors::malformed(&error))
}
