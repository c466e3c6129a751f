//! Loaders: records by id, batched over everything that one level of a query asks for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Error, Result};

use super::engine::execute::deferred::Errands;
use super::errors;
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::log::entry::{AssertedRecord, BlobRecord};
use crate::domain::statement::{StatementId, StatementRecord};
use crate::domain::version::VersionRecord;
use crate::ledger::{CommitNote, Ledger, LedgerError};

/// Reads records of the ledger. Records never change, so it does not matter through which view.
pub struct Records(Ledger);

/// The place of a derivation said later: its commit, and its place among that commit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AssertedId(pub Seq, pub u32);

/// The loader of one request.
#[must_use]
pub fn loader(ledger: Ledger, errands: Errands) -> DataLoader<Records> {
    // No delay: errands begin when everything that a level of the query asks for has been asked.
    DataLoader::new(Records(ledger), move |errand| errands.add(errand))
        .delay(Duration::ZERO)
        .max_batch_size(1_000)
}

/// One record; an id that the index knows and the store does not is damage.
///
/// # Errors
/// UNAVAILABLE or CORRUPT.
pub async fn load<K>(ctx: &Context<'_>, key: K) -> Result<<Records as Loader<K>>::Value>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Records: Loader<K, Error = Error> + Lately<K>,
{
    let loader = ctx.data::<DataLoader<Records>>()?;
    // A batch is a task of its own: what is at hand goes without.
    if let Some(record) = loader.loader().lately(&key) {
        return Ok(record);
    }
    let found = loader.load_one(key).await?;
    found.ok_or_else(|| {
        errors::ledger(LedgerError::Corrupt("a record that the log names is missing".to_owned()))
    })
}

/// Records that are in memory.
pub trait Lately<K: Send + Sync + Hash + Eq + Clone + 'static>: Loader<K> {
    /// The record, where it was read lately and kept.
    fn lately(&self, _key: &K) -> Option<Self::Value> {
        None
    }
}

impl Lately<VersionId> for Records {
    fn lately(&self, key: &VersionId) -> Option<Self::Value> {
        self.0.view().version_read_lately(key)
    }
}

impl Lately<StatementId> for Records {}
impl Lately<Seq> for Records {}
impl Lately<AssertedId> for Records {}
impl Lately<Digest> for Records {}

macro_rules! load {
    ($key:ty => $value:ty, $read:ident, $id:expr, $into:expr) => {
        impl Loader<$key> for Records {
            type Value = $value;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $value>, Error> {
                let ids: Vec<_> = keys.iter().map($id).collect();
                let found = self.0.view().$read(&ids).await.map_err(errors::ledger)?;
                let pairs = keys.iter().zip(found);
                Ok(pairs.filter_map(|(key, record)| Some((key.clone(), $into(record?)))).collect())
            }
        }
    };
}

load!(VersionId => Arc<VersionRecord>, versions, |id| *id, |record| record);
load!(StatementId => Arc<StatementRecord>, statements, |id| *id, Arc::new);
load!(Seq => Arc<CommitNote>, commits, |seq| *seq, Arc::new);
load!(AssertedId => Arc<AssertedRecord>, asserted, |id| (id.0, id.1), Arc::new);
load!(Digest => BlobRecord, blobs, |digest| *digest, |record| record);
