//! A moment, in the three ways in which it is given.

use async_graphql::{ID, OneofObject, Result};

use crate::api::errors;
use crate::api::scalars::{Seq, Time};
use crate::api::scope::commit_seq;
use crate::domain::id;
use crate::ledger;

/// A moment. Give exactly one field.
#[derive(OneofObject, Debug, Clone)]
pub enum AsOf {
    /// Just after the commit with this seq; 0 is the empty store.
    Seq(Seq),
    /// Just after the last commit at or before this time.
    Time(Time),
    /// Just after this commit, given by its id.
    Commit(ID),
}

impl AsOf {
    /// The moment as the ledger knows it.
    ///
    /// # Errors
    /// BAD_USER_INPUT for what is no commit's id. Whether the moment can be read is the ledger's to say.
    pub fn moment(&self) -> Result<ledger::AsOf> {
        match self {
            Self::Seq(seq) => Ok(ledger::AsOf::Seq(seq.0)),
            Self::Time(time) => Ok(ledger::AsOf::Time(time.0)),
            Self::Commit(id) => match commit_seq(id)? {
                id::Seq::ZERO => Err(errors::not_found("commit", id.as_str())),
                seq => Ok(ledger::AsOf::Seq(seq)),
            },
        }
    }
}
