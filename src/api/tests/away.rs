//! Everything but payloads works while the payload store is unreachable.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::store::{TestStore, correct, pin, put, refusal, run};
use crate::blob::{
    BlobError, BlobMeta, BlobStore, ByteRange, Chunks, Deletion, Fut, Listed, MemStore, Opened, Stored,
};
use crate::domain::id::Digest;
use crate::domain::version::Timestamp;

/// Payloads in memory that can become unreachable.
#[derive(Default)]
struct AbsentStore {
    inner: MemStore,
    is_away: AtomicBool,
}

impl AbsentStore {
    async fn here(&self) -> Result<&MemStore, BlobError> {
        match self.is_away.load(Ordering::Relaxed) {
            true => Err(BlobError::Unavailable { doing: "find a blob", source: "no route to host".into() }),
            false => Ok(&self.inner),
        }
    }
}

impl BlobStore for AbsentStore {
    fn put(&self, expected: Digest, chunks: Chunks, limit: u64) -> Fut<'_, Result<Stored, BlobError>> {
        Box::pin(async move { self.here().await?.put(expected, chunks, limit).await })
    }

    fn stat(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        Box::pin(async move { self.here().await?.stat(digest).await })
    }

    fn renew(&self, digest: Digest) -> Fut<'_, Result<Option<BlobMeta>, BlobError>> {
        Box::pin(async move { self.here().await?.renew(digest).await })
    }

    fn open(&self, digest: Digest, range: Option<ByteRange>) -> Fut<'_, Result<Opened, BlobError>> {
        Box::pin(async move { self.here().await?.open(digest, range).await })
    }

    fn list(&self, first: u8) -> Fut<'_, Result<Vec<Listed>, BlobError>> {
        Box::pin(async move { self.here().await?.list(first).await })
    }

    fn list_one(&self, digest: Digest) -> Fut<'_, Result<Option<Listed>, BlobError>> {
        Box::pin(async move { self.here().await?.list_one(digest).await })
    }

    fn delete(&self, digest: Digest, before: Timestamp) -> Fut<'_, Result<Deletion, BlobError>> {
        Box::pin(async move { self.here().await?.delete(digest, before).await })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_without_payloads_succeed() {
    let bucket = Arc::new(AbsentStore::default());
    let store = TestStore::over(Arc::clone(&bucket) as Arc<dyn BlobStore>).await;
    let with_payload = |name: &str, digest: &str| {
        let mut change = put(name, "LABEL", name, "cat", &[]);
        change["putVersion"]["payload"] = json!(digest);
        change
    };
    let (photo, other) = (store.put_blob("a photo").await, store.put_blob("another").await);
    store.commit(vec![with_payload("l0", &photo)]).await;
    store.commit(vec![pin("set", &["default/LABEL/l0#1".to_owned()])]).await;

    bucket.is_away.store(true, Ordering::Relaxed);
    let payload = "{ version(id: \"default/LABEL/l0#1\") { attributes payload { digest size sha256 } } }";
    let answer = store.ask(payload, json!({})).await;
    assert_eq!(answer["version"]["payload"]["digest"], json!(photo));
    assert_eq!(answer["version"]["payload"]["size"], json!("7"));
    store.commit(vec![correct("default/LABEL/l0#1", "dog")]).await;
    let affected =
        "{ affectedTrainingSets(wrong: {items: [\"default/LABEL/l0\"]}) { nodes { affectedCount } } }";
    let answer = store.ask(affected, json!({})).await;
    assert_eq!(answer["affectedTrainingSets"]["nodes"], json!([{"affectedCount": 1}]));

    let query = "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes}) { created } }";
    let variables = json!({"changes": [with_payload("l1", &other)]});
    let api = store.within(crate::api::engine::cost::Limits::default());
    let refused = run(&api, query, variables.clone()).await;
    assert_eq!(refusal(&refused).0, "UNAVAILABLE", "{refused}");

    bucket.is_away.store(false, Ordering::Relaxed);
    let answer = store.ask(query, variables).await;
    assert_eq!(answer["commit"]["created"], json!(true));
}
