//! A store for tests, and its API.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::api::engine::cost::Limits;
use crate::api::engine::execute::Execute;
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::api::schema;
use crate::blob::{self, BlobStore, MemStore};
use crate::domain::id::Digest;
use crate::domain::principal::Principal;
use crate::ledger::{Ledger, Settings, StepClock};

/// A store that is deleted when it is dropped.
pub(super) struct TestStore {
    pub ledger: Ledger,
    blobs: Arc<dyn BlobStore>,
    api: Arc<dyn Execute>,
    _dir: TempDir,
}

impl TestStore {
    pub(super) async fn new() -> Self {
        Self::over(Arc::new(MemStore::new())).await
    }

    /// Creates a store whose payloads are reachable.
    pub(super) async fn over(blobs: Arc<dyn BlobStore>) -> Self {
        let dir = TempDir::new().unwrap();
        let settings = Settings::new(
            dir.path(),
            Arc::clone(&blobs),
            Arc::new(StepClock::new(1_700_000_000_000_000, 1_000_000)),
        );
        let ledger = Ledger::open(settings, |_, _| ()).await.unwrap();
        let api = schema::over(ledger.clone()).unwrap();
        Self { ledger, blobs, api, _dir: dir }
    }

    /// Returns the API on the same store with other limits.
    pub(super) fn within(&self, limits: Limits) -> Arc<dyn Execute> {
        schema::within(self.ledger.clone(), limits).unwrap()
    }

    /// Commits these changes.
    pub(super) async fn commit(&self, changes: Vec<Json>) {
        let query = "mutation($changes: [ChangeInput!]!) { commit(input: {changes: $changes, message: \"m\"}) { created } }";
        self.ask(query, json!({ "changes": changes })).await;
    }

    /// Stores bytes and returns their digest.
    pub(super) async fn put_blob(&self, text: &str) -> String {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        let digest = Digest::of(&bytes);
        self.blobs.put(digest, blob::once(bytes), 1 << 20).await.unwrap();
        digest.to_string()
    }

    /// Returns the data of an answer without errors.
    pub(super) async fn ask(&self, query: &str, variables: Json) -> Json {
        let mut answer = run(&self.api, query, variables).await;
        assert!(answer["errors"].is_null(), "{query}\n{}", answer["errors"]);
        answer["data"].take()
    }
}

/// Returns the complete response.
pub(super) async fn run(api: &Arc<dyn Execute>, query: &str, variables: Json) -> Json {
    let ask = Ask::read(json!({"query": query, "variables": variables})).unwrap();
    let caller = Caller::here(Principal::local(), Allow::Mutations);
    // As a separate task, like in the server.
    let outcome = tokio::spawn(api.execute(ask, caller)).await.unwrap();
    serde_json::from_slice(&outcome.body).unwrap()
}

/// Returns the refusal in a response: the reason and the message of its first error.
pub(super) fn refusal(answer: &Json) -> (&str, &str) {
    let error = &answer["errors"][0];
    assert!(error.is_object(), "nothing was refused: {answer}");
    (error["extensions"]["reason"].as_str().unwrap_or(""), error["message"].as_str().unwrap_or(""))
}

/// Returns a change that puts a version made from others.
pub(super) fn put(name: &str, kind: &str, key: &str, says: &str, sources: &[&str]) -> Json {
    let sources: Vec<Json> =
        sources.iter().map(|version| json!({"version": version, "role": "INPUT"})).collect();
    json!({"putVersion": {"as": name, "item": {"kind": kind, "key": key}, "attributes": {"class": says}, "sources": sources}})
}

/// Returns a change that pins a set of these members.
pub(super) fn pin(key: &str, members: &[String]) -> Json {
    let members: Vec<Json> = members.iter().map(|version| json!({ "version": version })).collect();
    json!({"snapshotTrainingSet": {"item": {"kind": "TRAINING_SET", "key": key}, "members": {"all": members}}})
}

/// Returns a change that states that a version was wrong.
pub(super) fn correct(version: &str, says: &str) -> Json {
    let reason = format!("{version} is {says}");
    let activity = json!({"name": "review"});
    json!({"correct": {"version": version, "attributes": {"class": says}, "reason": reason, "activity": activity}})
}
