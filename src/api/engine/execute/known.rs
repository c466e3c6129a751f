//! Documents that were asked before: parsed once, validated once, and known to be quick or not.
//!
//! A document is kept once it has passed every check that reads nothing but its text. What depends on a request's variables
//! is judged at every request: their values, what is missing, and the cost. Nothing is kept of a document that is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use quick_cache::Weighter;
use serde_json::{Map, Value as Json};

use super::running;
use super::shape::Plan;
use crate::api::engine::language::rules::Facts;
use crate::api::engine::sdl::Sdl;
use crate::domain::id::Digest;

/// About how many bytes of documents are kept.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// About how many documents that is.
const CACHE_DOCUMENTS: usize = 1_000;
/// Longer texts are parsed each time: they hold their values in themselves and do not come again.
const LONGEST: usize = 16 * 1024;
/// A request that takes so long, waiting included, is not quick.
const QUICK: Duration = Duration::from_millis(2);
/// Selections deeper inside one another need more stack than a connection's thread has to spare.
const DEEP: u64 = 12;
/// So many quick runs without a slow one between them make a quick document.
const STREAK: u8 = 16;

/// The text of a document, and the operation of it that runs.
type Key = (Digest, Option<String>);

/// The documents that came lately.
pub(super) struct Documents(quick_cache::sync::Cache<Key, Arc<Known>, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Arc<Known>> for Bytes {
    fn weight(&self, _: &Key, known: &Arc<Known>) -> u64 {
        // A field of two characters becomes 200 bytes of selection, which is kept twice, and about as many of plan.
        4_096 + 300 * known.length as u64
    }
}

impl Documents {
    pub(super) fn new() -> Self {
        Self(quick_cache::sync::Cache::with_weighter(CACHE_DOCUMENTS, CACHE_BYTES, Bytes))
    }

    pub(super) fn get(&self, query: &str, operation: Option<&str>) -> Option<Arc<Known>> {
        if query.len() > LONGEST { None } else { self.0.get(&key(query, operation)) }
    }

    /// Keeps a document that passed.
    pub(super) fn keep(&self, query: &str, operation: Option<&str>, known: &Arc<Known>) {
        if query.len() <= LONGEST {
            self.0.insert(key(query, operation), Arc::clone(known));
        }
    }
}

fn key(query: &str, operation: Option<&str>) -> Key {
    (Digest::of(query.as_bytes()), operation.map(str::to_owned))
}

/// A valid document, and what was learnt of it.
pub(super) struct Known {
    /// As it was written.
    pub(super) document: ExecutableDocument,
    /// As the engine runs it.
    pub(super) running: ExecutableDocument,
    /// What values of variables are judged by.
    pub(super) facts: Facts,
    pub(super) plan: Plan,
    pub(super) kind: OperationType,
    /// Bytes of its text.
    length: usize,
    /// True if it only reads and does not nest deep.
    light: bool,
    /// Quick runs since the last slow one.
    streak: AtomicU8,
}

impl Known {
    /// A document that passed, with `operation` as the one that runs.
    pub(super) fn new(
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        facts: Facts,
        size: Size,
        sdl: &Sdl,
    ) -> Self {
        let plan = Plan::new(document, operation, sdl);
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
    /// Selections inside one another.
    pub(super) depth: u64,
}

/// How long requests with a document have taken of late.
pub struct Pace {
    known: Arc<Known>,
    /// Whether all variables are single values. A list may be of any length, and an object may ask for everything, so
    /// what such a request takes is not known from others.
    single: bool,
}

impl Pace {
    pub(super) fn of(known: Arc<Known>, variables: &Map<String, Json>) -> Self {
        let single = !variables.values().any(|value| value.is_array() || value.is_object());
        Self { known, single }
    }

    /// Whether such a request may run where it must not hold up others: it only reads, does not nest deep, has single values
    /// for variables, and took little time whenever it ran lately. A forecast.
    #[must_use]
    pub fn is_quick(&self) -> bool {
        self.single && self.known.light && self.known.streak.load(Ordering::Relaxed) >= STREAK
    }

    /// It ran, and took this long.
    pub fn ran(&self, took: Duration) {
        let streak = &self.known.streak;
        let next = if took > QUICK { 0 } else { streak.load(Ordering::Relaxed).saturating_add(1) };
        streak.store(next, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
