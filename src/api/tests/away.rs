//! Everything but payloads works while the payload store is unreachable.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::store::{TestStore, correct, pin, put, refusal, run};
use crate::api::loaders::MAX_IMAGES;
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
    let image = "{ version(id: \"default/LABEL/l0#1\") { payload { size imageSize { width } } } }";
    let api = store.within(crate::api::engine::cost::Limits::default());
    let answer = run(&api, image, json!({})).await;
    assert_eq!(refusal(&answer).0, "UNAVAILABLE", "{answer}");
    assert_eq!(answer["data"]["version"]["payload"], json!({"size": "7", "imageSize": null}));
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

#[tokio::test(flavor = "multi_thread")]
async fn images_have_sizes_up_to_a_number_of_them() {
    let store = TestStore::new().await;
    let mut changes = Vec::new();
    for n in 0..=MAX_IMAGES {
        // The head of a GIF of 28 by 14 pixels, and a text.
        let head = if n == 3 { "no image" } else { "GIF89a\u{1c}\0\u{e}\0" };
        let mut change = put(&format!("s{n}"), "SOURCE", &format!("s{n:04}"), "raw", &[]);
        change["putVersion"]["payload"] = json!(store.put_blob(&format!("{head} {n}")).await);
        changes.push(change);
    }
    store.commit(changes).await;
    let size = "head { payload { imageSize { width height } } }";
    let query = format!("{{ items(first: 1000) {{ nodes {{ {size} }} }} }}");
    let found = store.ask(&query, json!({})).await["items"]["nodes"].take();
    let found: Vec<&serde_json::Value> =
        found.as_array().unwrap().iter().map(|node| &node["head"]["payload"]["imageSize"]).collect();
    assert_eq!((found.len(), found[3]), (MAX_IMAGES, &json!(null)));
    let wide = json!({"width": 28, "height": 14});
    assert_eq!(found.iter().filter(|size| ***size == wide).count(), MAX_IMAGES - 1);
    let query = format!(
        "{{ all: items(first: 1000) {{ nodes {{ {size} }} }} one: items(last: 1) {{ nodes {{ {size} }} }} }}"
    );
    let answer = run(&store.within(crate::api::engine::cost::Limits::default()), &query, json!({})).await;
    let (reason, message) = refusal(&answer);
    assert_eq!(reason, "LIMIT_EXCEEDED", "{answer}");
    assert!(message.contains("imageSize") && message.contains("1000"), "{message}");
}
