//! The scope of an answer: the view that every object in it reads through, and the ways of naming things in it.

use async_graphql::{ID, Result};

use super::errors;
use crate::domain::facts::{ItemNo, VersionNo};
use crate::domain::id::{ItemId, Seq};
use crate::domain::item::Kind;
use crate::domain::reference::{self, Reference};
use crate::ledger::View;
use crate::lineage::At;

/// Threaded from the root to every object. Cheap to clone.
#[derive(Clone)]
pub struct Scope {
    /// The world at one seq.
    pub view: View,
}

impl Scope {
    /// Reads the index, for a few milliseconds at most. Nothing inside may read it again.
    #[track_caller]
    pub fn read<T>(&self, reading: impl FnOnce(At<'_>) -> T) -> T {
        self.view.read(reading)
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
        crate::domain::rules::Invalid::limit("ids in one argument", ids.len(), most)
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
        let item = match id.strip_prefix(ItemId::PREFIX) {
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
        if seq == Seq::ZERO || seq > self.view.seq() {
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
    let seq = id.strip_prefix("commit:").unwrap_or(id);
    seq.parse().map_err(|error| errors::malformed(&error))
}
