//! Loaders: records by id, batched over everything that one level of a query needs.
//!
//! Records from the store are charged to the request until the last of them is dropped. They are
//! read in pieces, so that at most about [`PIECE`] bytes are in memory before they are charged.
//! Records from the record cache are not charged, because the cache has its own limit. Fields that
//! wait for a record are charged as well, until they have it.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, Error, Result};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::engine::budget::RequestBudget;
use super::engine::execute::deferred::DeferredLoads;
use super::errors;
use crate::budget::Part;
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::log::entry::{AssertedRecord, BlobRecord};
use crate::domain::media::ImageSize;
use crate::domain::statement::{StatementId, StatementRecord};
use crate::domain::version::VersionRecord;
use crate::ledger::{CommitNote, Ledger, LedgerError, Weight};

/// Reads records of the ledger, for one request. Records never change, so any view may read them.
pub struct Records {
    ledger: Ledger,
    /// The number of payloads whose image was looked up.
    images: AtomicUsize,
}

/// A record that was read for one request.
#[derive(Debug, Clone)]
pub struct Read<T> {
    record: T,
    /// The memory of all records of the same batch; `None` for a record from the cache.
    _memory: Option<Arc<Part>>,
}

impl<T> Deref for Read<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.record
    }
}

/// The number of records to read while their size is unknown.
const FIRST: usize = 64;
/// The approximate maximum of record bytes that are read before they are charged.
const PIECE: usize = 4 << 20;
/// The maximum number of records per read.
const MOST: usize = 1_000;

/// The memory of a field that waits for its record, in bytes: the states of its resolvers. Measured,
/// 1.9 kB: `docs/decisions/030-memory-budget.md` has the query.
const WAITING: usize = 2 << 10;

/// The maximum number of payloads whose image is looked up for one answer.
pub(super) const MAX_IMAGES: usize = 1_000;
/// The number of concurrent lookups of payloads.
const LOOKS: usize = 16;

/// The memory of records that are read in pieces.
pub(super) struct Pieces {
    /// The budget of the request; `None` outside of a request.
    memory: Option<(RequestBudget, Part)>,
    /// The number of records to read next.
    pub(super) next: usize,
}

impl Pieces {
    /// Creates the pieces of the request that runs on this task.
    pub(super) fn new() -> Self {
        let memory = RequestBudget::current().map(|request| {
            let part = request.part();
            (request, part)
        });
        Self { memory, next: FIRST }
    }

    /// Charges the records that were read, and sets the size of the next piece by their average
    /// size.
    ///
    /// # Errors
    /// The limit that was exceeded.
    pub(super) fn charge(&mut self, weights: impl Iterator<Item = usize>) -> Result<()> {
        let (mut records, mut bytes) = (0, 0_usize);
        for weight in weights {
            records += 1;
            bytes = bytes.saturating_add(weight);
        }
        if let Some((request, part)) = &mut self.memory {
            request.read(part, bytes)?;
        }
        self.next = (PIECE.saturating_mul(records) / bytes.max(1)).clamp(1, MOST);
        Ok(())
    }

    /// Releases the memory after the records were dropped.
    pub(super) fn release(&mut self) {
        if let Some((request, part)) = &mut self.memory {
            *part = request.part();
        }
    }

    /// Holds the memory as long as any of the records exists.
    fn share<K: Eq + Hash, T>(self, records: Vec<(K, T)>) -> HashMap<K, Read<T>> {
        let memory = self.memory.map(|(_, part)| Arc::new(part));
        let read = |record| Read { record, _memory: memory.clone() };
        records.into_iter().map(|(key, record)| (key, read(record))).collect()
    }
}

/// The key of an asserted derivation: its commit, and its index among the derivations of that
/// commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AssertedId(pub Seq, pub u32);

/// The key of the image in a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImageOf(pub Digest);

/// Creates the loader of one request.
#[must_use]
pub fn loader(ledger: Ledger, loads: DeferredLoads) -> DataLoader<Records> {
    // No delay: deferred loads begin when everything that a level of the query needs has been
    // requested. They run outside of the resolvers, but on the budget of the request.
    let add = move |load| match RequestBudget::current() {
        Some(request) => loads.add(Box::pin(async move { request.running(load).await })),
        None => loads.add(load),
    };
    let records = Records { ledger, images: AtomicUsize::new(0) };
    DataLoader::new(records, add).delay(Duration::ZERO).max_batch_size(1_000)
}

/// Loads one record. A record that the index knows and the store does not have is reported as
/// damage.
///
/// # Errors
/// `UNAVAILABLE` or `CORRUPT`.
pub async fn load<K>(ctx: &Context<'_>, key: K) -> Result<<Records as Loader<K>>::Value>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Records: Loader<K, Error = Error> + CachedLoader<K>,
{
    let loader = ctx.data::<DataLoader<Records>>()?;
    // A batch costs a separate task, which cached records avoid.
    if let Some(record) = loader.loader().cached(&key) {
        return Ok(record);
    }
    // A query may ask for one record under many names: each of these fields waits.
    let mut waiting = Pieces::new();
    waiting.charge(std::iter::once(WAITING))?;
    let found = loader.load_one(key).await?;
    drop(waiting);
    found.ok_or_else(|| {
        errors::ledger(LedgerError::Corrupt("a record that the log names is missing".to_owned()))
    })
}

/// A source of cached records.
pub trait CachedLoader<K: Send + Sync + Hash + Eq + Clone + 'static>: Loader<K> {
    /// Returns the record if it is in the cache.
    fn cached(&self, _key: &K) -> Option<Self::Value> {
        None
    }
}

impl CachedLoader<VersionId> for Records {
    fn cached(&self, key: &VersionId) -> Option<Self::Value> {
        self.ledger.view().cached_version(key).map(|record| Read { record, _memory: None })
    }
}

impl CachedLoader<StatementId> for Records {}
impl CachedLoader<Seq> for Records {}
impl CachedLoader<AssertedId> for Records {}
impl CachedLoader<Digest> for Records {}
impl CachedLoader<ImageOf> for Records {}

impl Loader<ImageOf> for Records {
    /// `None` if the payload is no image of a known format, or its size is not in its first bytes.
    type Value = Option<ImageSize>;
    type Error = Error;

    async fn load(&self, keys: &[ImageOf]) -> Result<HashMap<ImageOf, Option<ImageSize>>, Error> {
        let looked = self.images.fetch_add(keys.len(), Ordering::Relaxed) + keys.len();
        let what = "payloads whose `imageSize` is looked up for one answer";
        Invalid::limit(what, looked, MAX_IMAGES).map_err(|error| errors::invalid(&error))?;
        let sizes: Vec<_> = keys.iter().map(|key| self.image(*key)).collect();
        // A bucket has a high latency.
        let sizes = stream::iter(sizes).buffered(LOOKS);
        sizes.try_collect().await.map_err(errors::ledger)
    }
}

impl Records {
    /// Looks up the facts that were recorded when the bytes were stored. The bytes are not read.
    async fn image(&self, key: ImageOf) -> Result<(ImageOf, Option<ImageSize>), LedgerError> {
        let meta = self.ledger.blobs().stat(key.0).await?;
        let meta = meta.ok_or(LedgerError::BlobMissing { digest: key.0 })?;
        Ok((key, meta.media.and_then(|media| media.size)))
    }
}

macro_rules! load {
    ($key:ty => $value:ty, $read:ident, $id:expr, $into:expr) => {
        impl Loader<$key> for Records {
            type Value = Read<$value>;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Read<$value>>, Error> {
                let mut pieces = Pieces::new();
                let mut records = Vec::with_capacity(keys.len());
                let mut rest = keys;
                while !rest.is_empty() {
                    let (now, later) = rest.split_at(rest.len().min(pieces.next));
                    let ids: Vec<_> = now.iter().map($id).collect();
                    let found = self.ledger.view().$read(&ids).await.map_err(errors::ledger)?;
                    pieces.charge(found.iter().flatten().map(|record| record.weight()))?;
                    let pairs = now.iter().zip(found);
                    records.extend(pairs.filter_map(|(key, record)| Some((key.clone(), $into(record?)))));
                    rest = later;
                }
                Ok(pieces.share(records))
            }
        }
    };
}

load!(VersionId => Arc<VersionRecord>, versions, |id| *id, |record| record);
load!(StatementId => Arc<StatementRecord>, statements, |id| *id, Arc::new);
load!(Seq => Arc<CommitNote>, commits, |seq| *seq, Arc::new);
load!(AssertedId => Arc<AssertedRecord>, asserted, |id| (id.0, id.1), Arc::new);
load!(Digest => BlobRecord, blobs, |digest| *digest, |record| record);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::engine::budget::Room;
    use crate::budget::Budget;

    #[tokio::test]
    async fn memory_is_held_until_the_last_record_of_a_batch_is_dropped() {
        let budget = Budget::new(64 << 20);
        let room = Room { memory: budget.account().charge(), longest: 0, object: 0, field: 0 };
        let request = RequestBudget::within(0, 0, Arc::new(|| false), room);
        request
            .running(async {
                let mut pieces = Pieces::new();
                assert_eq!(pieces.next, FIRST);
                pieces.charge([300_000; 64].into_iter()).unwrap();
                assert_eq!((pieces.next, budget.held()), (PIECE / 300_000, 64 * 300_000));
                pieces.release();
                assert_eq!(budget.held(), 0);
                pieces.charge([600; 5].into_iter()).unwrap();
                pieces.charge([600; 5].into_iter()).unwrap();
                assert_eq!((pieces.next, budget.held()), (MOST, 6_000));
                let mut read = pieces.share(vec![(1, "one"), (2, "two")]);
                let one = read.remove(&1).unwrap();
                drop(read);
                assert_eq!((&**one, budget.held()), ("one", 6_000));
                drop(one);
                assert_eq!(budget.held(), 0);
                assert!(Pieces::new().charge([50 << 20].into_iter()).is_err());
                assert_eq!(budget.held(), 0);
            })
            .await;
        assert!(request.refusal().is_some(), "the answer is refused");
    }
}
