//! The input of a moment: a seq, a time or a commit.

use async_graphql::{ID, OneofObject, Result};

use crate::api::errors;
use crate::api::scalars::{Seq, Time};
use crate::api::scope::commit_seq;
use crate::domain::id;
use crate::ledger;

/// A moment. Give exactly one field.
#[derive(OneofObject, Debug, Clone)]
pub enum AsOf {
    /// The state after the commit with this seq; 0 is the empty store.
    Seq(Seq),
    /// The state after the last commit at or before this time.
    Time(Time),
    /// The state after this commit, given by its id.
    Commit(ID),
}

impl AsOf {
    /// Converts the input. The ledger checks that the moment can be read.
    ///
    /// # Errors
    /// BAD_USER_INPUT for an invalid commit id, NOT_FOUND for `commit:0`.
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
