//! Documents that were asked before: parsed once, validated once, and known to be quick or not.
//!
//! A document is kept once it has passed every check that looks at nothing but its text. What depends on a request's
//! variables is judged at every request: what is missing, and the cost. Validation looks at variables too, but where their
//! types are built-in scalars only at the kind of each value; so a document whose variables are all of such types is
//! validated once for each [`Shape`] that they take. Nothing is kept of a document that is refused.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Value, Variables};
use quick_cache::Weighter;
use serde_json::{Map, Value as Json};

use super::shape::Plan;
use crate::api::sdl::Sdl;
use crate::api::variables;
use crate::domain::id::Digest;

/// About how many bytes of documents are kept.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// About how many documents that is.
const CACHE_DOCUMENTS: usize = 1_000;
/// Longer texts are parsed each time: they hold their values in themselves and do not come again.
const LONGEST: usize = 16 * 1024;
/// Shapes that one document may be known to be valid with.
const SHAPES: usize = 8;
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
        // A field of two characters becomes 200 bytes of selection, and about as many of plan.
        4_096 + 200 * known.length as u64
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

/// A document, and what was learnt of it.
pub(super) struct Known {
    pub(super) document: ExecutableDocument,
    /// Bytes of its text.
    length: usize,
    /// What follows from the document alone, once it has passed.
    judged: OnceLock<Judged>,
    valid: Mutex<Vec<Shape>>,
    /// Quick runs since the last slow one.
    streak: AtomicU8,
}

struct Judged {
    plan: Plan,
    /// Whether it only reads, and does not nest deep.
    light: bool,
}

impl Known {
    pub(super) fn new(document: ExecutableDocument, length: usize) -> Self {
        let (judged, valid) = (OnceLock::new(), Mutex::default());
        Self { document, length, judged, valid, streak: AtomicU8::new(0) }
    }

    /// The document has passed; this operation of it runs, which nests so many selections.
    pub(super) fn judge(&self, operation: &OperationDefinition, depth: u64, sdl: &Sdl) {
        self.judged.get_or_init(|| Judged {
            plan: Plan::new(&self.document, operation, sdl),
            light: operation.ty == OperationType::Query && depth <= DEEP,
        });
    }

    /// The plan of the operation that runs, once the document has passed.
    pub(super) fn plan(&self) -> Option<&Plan> {
        self.judged.get().map(|judged| &judged.plan)
    }

    /// Whether it passed validation with variables of this shape.
    pub(super) fn is_valid(&self, shape: &Shape) -> bool {
        self.valid.lock().unwrap_or_else(PoisonError::into_inner).contains(shape)
    }

    /// It passed validation with variables of this shape.
    pub(super) fn passed(&self, shape: Shape) {
        let mut valid = self.valid.lock().unwrap_or_else(PoisonError::into_inner);
        if valid.len() < SHAPES && !valid.contains(&shape) {
            valid.push(shape);
        }
    }
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
        self.single
            && self.known.judged.get().is_some_and(|judged| judged.light)
            && self.known.streak.load(Ordering::Relaxed) >= STREAK
    }

    /// It ran, and took this long.
    pub fn ran(&self, took: Duration) {
        let streak = &self.known.streak;
        let next = if took > QUICK { 0 } else { streak.load(Ordering::Relaxed).saturating_add(1) };
        streak.store(next, Ordering::Relaxed);
    }
}

/// All that validation sees of variables: which are there, and of what kind their values are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape(Box<[u8]>);

impl Shape {
    /// The shape of an operation's variables; none where validation looks at the values themselves.
    pub(super) fn of(operation: &OperationDefinition, variables: &Variables) -> Option<Self> {
        let kinds = operation.variable_definitions.iter().map(|variable| {
            let built_in = matches!(
                variables::innermost(&variable.node.var_type.node),
                "Int" | "Float" | "String" | "Boolean" | "ID"
            );
            match variables.get(&variable.node.name.node) {
                None => Some(MISSING),
                Some(Value::List(elements)) if built_in => {
                    elements.iter().try_fold(LIST, |kinds, element| Some(kinds | kind(element)?))
                }
                Some(value) if built_in => kind(value),
                Some(_) => None,
            }
        });
        kinds.collect::<Option<_>>().map(Self)
    }
}

const MISSING: u8 = 0;
const LIST: u8 = 128;

/// The kind of a single value, one bit each.
fn kind(value: &Value) -> Option<u8> {
    Some(match value {
        Value::Null => 1,
        // Which integer types a number fits.
        Value::Number(number) => match (number.is_i64(), number.is_u64()) {
            (true, true) => 2,
            (true, false) => 4,
            (false, true) => 8,
            (false, false) => 16,
        },
        Value::String(_) => 32,
        Value::Boolean(_) => 64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
