//! The cache of documents: each is parsed and validated once, and known to be quick or not.
//!
//! A document is kept once it has passed every check of its text. Everything that depends on
//! variables is checked at every request: their values, missing ones, and the cost. Refused
//! documents are not kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use quick_cache::Weighter;
use serde_json::{Map, Value as Json};

use super::running;
use super::shape::ShapePlan;
use crate::api::engine::language::rules::VariableFacts;
use crate::api::engine::sdl::Sdl;
use crate::domain::id::Digest;

/// The approximate size of the cache in bytes.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// The expected number of documents in the cache.
const CACHE_DOCUMENTS: usize = 1_000;
/// The maximum length of a cached text. Longer texts usually contain their values and do not recur.
const LONGEST: usize = 16 * 1024;
/// The time limit of a quick request, waiting included.
const QUICK: Duration = Duration::from_millis(2);
/// The maximum nesting depth of a quick request. Deeper ones need more stack than a connection's
/// thread has to spare.
const DEEP: u64 = 12;
/// The number of consecutive quick runs that makes a document quick.
const STREAK: u8 = 16;

/// The digest of the text of a document, and the name of the operation that runs.
type DocumentKey = (Digest, Option<String>);

/// The recently used documents.
pub(super) struct Documents(quick_cache::sync::Cache<DocumentKey, Arc<KnownDocument>, DocumentWeigher>);

#[derive(Clone)]
struct DocumentWeigher;

impl Weighter<DocumentKey, Arc<KnownDocument>> for DocumentWeigher {
    fn weight(&self, _: &DocumentKey, known: &Arc<KnownDocument>) -> u64 {
        // A field of two characters becomes 200 bytes of selection, stored twice, and about as many
        // of plan.
        4_096 + 300 * known.length as u64
    }
}

impl Documents {
    pub(super) fn new() -> Self {
        Self(quick_cache::sync::Cache::with_weighter(CACHE_DOCUMENTS, CACHE_BYTES, DocumentWeigher))
    }

    pub(super) fn get(&self, query: &str, operation: Option<&str>) -> Option<Arc<KnownDocument>> {
        if query.len() > LONGEST { None } else { self.0.get(&key(query, operation)) }
    }

    /// Keeps a document that passed all checks.
    pub(super) fn keep(&self, query: &str, operation: Option<&str>, known: &Arc<KnownDocument>) {
        if query.len() <= LONGEST {
            self.0.insert(key(query, operation), Arc::clone(known));
        }
    }
}

fn key(query: &str, operation: Option<&str>) -> DocumentKey {
    (Digest::of(query.as_bytes()), operation.map(str::to_owned))
}

/// A valid document with everything derived from it.
pub(super) struct KnownDocument {
    /// The document as it was sent.
    pub(super) document: ExecutableDocument,
    /// The document as the engine runs it.
    pub(super) running: ExecutableDocument,
    /// The facts needed to check the values of variables.
    pub(super) facts: VariableFacts,
    pub(super) plan: ShapePlan,
    pub(super) kind: OperationType,
    /// Bytes of its text.
    length: usize,
    /// True if it is a query that is not deeply nested.
    light: bool,
    /// The number of quick runs since the last slow one.
    streak: AtomicU8,
}

impl KnownDocument {
    /// Derives everything from a document that passed all checks; `operation` is the one that runs.
    pub(super) fn new(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        facts: VariableFacts,
        size: Size,
        sdl: &Sdl,
    ) -> Self {
        let plan = ShapePlan::new(document, operation, sdl);
        Self {
            running: running::document(document, operation, plan.is_unordered()),
            plan,
            kind: operation.ty,
            document: document.clone(),
            facts,
            length: size.bytes,
            light: operation.ty == OperationType::Query && size.depth <= DEEP,
            streak: AtomicU8::new(0),
        }
    }
}

/// The size of a document.
#[derive(Clone, Copy)]
pub(super) struct Size {
    /// Bytes of its text.
    pub(super) bytes: usize,
    /// Nesting depth of selections.
    pub(super) depth: u64,
}

/// The duration of recent requests with a document.
pub struct Pace {
    known: Arc<KnownDocument>,
    /// True if all variables are single values. The cost of a list or an input object varies, so
    /// earlier requests do not predict it.
    single: bool,
}

impl Pace {
    pub(super) fn of(known: Arc<KnownDocument>, variables: &Map<String, Json>) -> Self {
        let single = !variables.values().any(|value| value.is_array() || value.is_object());
        Self { known, single }
    }

    /// Predicts that such a request is quick, so that it may run where it must not block others: a
    /// query that is not deeply nested, with single values for variables, whose recent runs were
    /// all quick.
    #[must_use]
    pub fn is_quick(&self) -> bool {
        self.single && self.known.light && self.known.streak.load(Ordering::Relaxed) >= STREAK
    }

    /// Records the duration of a run.
    pub fn ran(&self, took: Duration) {
        let streak = &self.known.streak;
        let next = if took > QUICK { 0 } else { streak.load(Ordering::Relaxed).saturating_add(1) };
        streak.store(next, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
