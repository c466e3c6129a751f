//! The cost of a query, computed from its text and its parsed document before anything runs.
//!
//! Owns the [`Limits`] of a request and the refusal that names the exceeded one. [`check_text`]
//! runs before the parser, whose recursion it protects. [`check`] runs after it and measures every
//! fragment once, so the work is linear in the text even if fragments spread one another; the
//! limits of async-graphql are not (`docs/upstream.md`). Does not know the schema: list sizes come
//! from page arguments, from the shape of a connection and from a short table of names (`size`).
//! Does not validate: an unknown field costs as much as a known one.

mod scan;
mod size;
mod walk;

use std::fmt;

use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;

pub use scan::check_text;
pub use size::{DEFAULT_GRAPH, DEFAULT_HISTOGRAM, DEFAULT_PAGE, MAX_PAGE};
#[cfg(test)]
pub(in crate::api) use size::{PER_CHANGE, PER_VALUE, PLAIN_LISTS};

/// The maximum number of derivations that are followed for one request.
pub const MAX_EDGES: u64 = 20_000_000;

/// The limits of one request. Counts are of the document with its fragments spread, unless stated
/// otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of query text.
    pub bytes: u64,
    /// Names, numbers, strings and punctuators of the text.
    pub tokens: u64,
    /// Brackets of the text that are open at once. The parser itself fails beyond 64.
    pub nesting: u64,
    /// Operations of the document.
    pub operations: u64,
    /// Fragments the document defines.
    pub fragments: u64,
    /// Variables defined by all operations of the document.
    pub variables: u64,
    /// Fields and fragments selected by all operations.
    pub nodes: u64,
    /// Nesting depth of selection sets, fragments included.
    pub depth: u64,
    /// Aliased fields.
    pub aliases: u64,
    /// Directives.
    pub directives: u64,
    /// Steps in the comparison of fields with the same response name.
    pub comparisons: u64,
    /// Fields at the root of one operation.
    pub root_fields: u64,
    /// Fields that the operation may answer with, taking each list at its requested size; and
    /// fields that it does answer with.
    pub cost: u64,
    /// Bytes of the text of the answer.
    pub answer: u64,
    /// Derivations that may be followed for one request. Not derived from the text, but counted
    /// while the request runs.
    pub edges: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 * 1024,
            tokens: 20_000,
            nesting: 60,
            operations: 50,
            fragments: 100,
            variables: 200,
            nodes: 5_000,
            // The introspection query of GraphiQL and graphql-js reaches 18.
            depth: 30,
            aliases: 500,
            directives: 200,
            comparisons: 200_000,
            root_fields: 100,
            cost: 500_000,
            answer: 64 * 1024 * 1024,
            edges: MAX_EDGES,
        }
    }
}

/// The measurements of a document. Numbers saturate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Fields that the selected operation may answer with.
    pub cost: u64,
    /// Fields and fragments selected by all operations.
    pub nodes: u64,
    /// Nesting depth of selection sets.
    pub depth: u64,
    /// Aliased fields of all operations.
    pub aliases: u64,
    /// Directives of all operations.
    pub directives: u64,
    /// Maximum number of fields at the root of one operation.
    pub root_fields: u64,
}

/// Measures a document, and refuses one that exceeds a limit.
///
/// Structure is measured over all operations, because validation visits all of them. The cost is
/// that of the operation that would run: the named or the only one; 0 if there is no such
/// operation.
///
/// # Errors
/// [`CostRefusal`] names the limit, the measured number and the remedy.
pub fn check(
    document: &ExecutableDocument,
    variables: &Variables,
    operation: Option<&str>,
    limits: &Limits,
) -> Result<Cost, CostRefusal> {
    walk::document(document, variables, operation, limits, u64::MAX)
}

/// A document within all limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedCost {
    /// Its measurements.
    pub cost: Cost,
    /// If true, it is within the limits only because no list has more entries than the store. Its
    /// answer must be counted while it grows.
    pub is_capped: bool,
}

/// Measures as [`check`] does, for a store in which no list has more than about `largest` entries.
/// A query with pages inside pages is thereby accepted on a small store.
///
/// # Errors
/// As [`check`].
pub fn check_within(
    document: &ExecutableDocument,
    variables: &Variables,
    operation: Option<&str>,
    limits: &Limits,
    largest: impl FnOnce() -> u64,
) -> Result<AcceptedCost, CostRefusal> {
    let refused = match check(document, variables, operation, limits) {
        Ok(cost) => return Ok(AcceptedCost { cost, is_capped: false }),
        Err(refused @ CostRefusal::Over { what: CostLimit::Cost, .. }) => refused,
        Err(refused) => return Err(refused),
    };
    let cost = walk::document(document, variables, operation, limits, largest().max(1));
    cost.map(|cost| AcceptedCost { cost, is_capped: true }).map_err(|_| refused)
}

/// The reason that a query is refused. The text is stable and says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CostRefusal {
    /// A limit is exceeded.
    #[error("{}, and the limit is {limit}: {}", CostLimit::measured(*.what, *.measured), CostLimit::advice(*.what))]
    Over {
        /// The exceeded limit.
        what: CostLimit,
        /// The measured number; counting stops once the limit is exceeded.
        measured: u64,
        /// The allowed number.
        limit: u64,
    },
    /// The requested page is larger than the maximum.
    #[error(
        "`{argument}` must be at most {MAX_PAGE}, found {asked}: ask for smaller pages, and continue from the cursor"
    )]
    Page {
        /// `first` or `last`.
        argument: &'static str,
        /// The requested size.
        asked: u64,
    },
    /// Fragments spread themselves.
    #[error("fragments must not contain themselves, found {path}: remove one of these spreads")]
    Circle {
        /// Their names, with the first repeated at the end.
        path: String,
    },
}

impl CostRefusal {
    /// Returns true if a limit was exceeded, false if the document itself is invalid.
    #[must_use]
    pub const fn is_limit(&self) -> bool {
        !matches!(self, Self::Circle { .. })
    }
}

/// A limit on the size of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostLimit {
    /// [`Limits::bytes`].
    Bytes,
    /// [`Limits::tokens`].
    Tokens,
    /// [`Limits::nesting`].
    Nesting,
    /// [`Limits::operations`].
    Operations,
    /// [`Limits::fragments`].
    Fragments,
    /// [`Limits::variables`].
    Variables,
    /// [`Limits::nodes`].
    Nodes,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::aliases`].
    Aliases,
    /// [`Limits::directives`].
    Directives,
    /// [`Limits::root_fields`].
    RootFields,
    /// [`Limits::cost`].
    Cost,
}

impl CostLimit {
    fn within(self, measured: u64, limit: u64) -> Result<(), CostRefusal> {
        if measured <= limit { Ok(()) } else { Err(CostRefusal::Over { what: self, measured, limit }) }
    }

    fn measured(self, n: u64) -> impl fmt::Display {
        match self {
            Self::Bytes => format!("the query text has {n} bytes"),
            Self::Tokens => format!("the query text has {n} or more tokens"),
            Self::Nesting => format!("the query text opens {n} or more brackets inside one another"),
            Self::Operations => format!("the document has {n} operations"),
            Self::Fragments => format!("the document defines {n} fragments"),
            Self::Variables => format!("the document defines {n} variables"),
            Self::Nodes => {
                format!("the query selects {n} fields and fragments once its fragments are spread")
            }
            Self::Depth => format!("the query nests selections {n} or more levels deep"),
            Self::Aliases => format!("the query uses {n} aliases"),
            Self::Directives => format!("the query uses {n} directives"),
            Self::RootFields => format!("the operation selects {n} fields at its root"),
            Self::Cost => format!("the answer may hold {n} fields"),
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::Bytes | Self::Tokens => "send values as variables, or split the request",
            Self::Nesting => "send nested values as variables",
            Self::Operations => "send only the operation that is to run",
            Self::Fragments => "send only the fragments that are used, or fewer of them",
            Self::Variables => "put values that belong together into one input object",
            Self::Nodes => "select fewer fields, or spread fewer fragments inside fragments",
            Self::Depth => "start a second query from the ids found so far",
            Self::Aliases | Self::RootFields => "split the request, or ask for many ids at once with `nodes`",
            Self::Directives => "use fewer @include and @skip",
            Self::Cost => {
                "ask for smaller pages with `first`, for fewer lists inside lists, or for fewer fields"
            }
        }
    }
}

#[cfg(test)]
mod tests;
