//! What answering one request may use up: one account for everything in its answer, however many objects ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{Context, Error, Result};

use super::code::{Code, Reason};
use super::errors;
use crate::domain::rules::Invalid;
use crate::lineage::closure::Stopped;
use crate::lineage::flow::Budget;

/// What was shown by earlier requests may be followed again, so many times as far as what is new.
const AGAIN: u64 = 10;

/// Says whether the time for one request is running out. The clock is the caller's.
pub type TimeUp = Arc<dyn Fn() -> bool + Send + Sync>;

/// The account of one request; clones share it.
#[derive(Clone)]
pub struct Spending(Arc<Account>);

struct Account {
    /// Derivations that may be followed for the questions of the request, and as many for the objects of its answer.
    edges: u64,
    for_questions: AtomicU64,
    for_objects: AtomicU64,
    again: AtomicU64,
    /// Fields, and objects in lists, that the answer may hold.
    size: u64,
    fields: AtomicU64,
    entries: AtomicU64,
    time_up: TimeUp,
}

/// What derivations are followed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The questions at the root of the request.
    Questions,
    /// What objects of the answer say of themselves. It has its own account, so that an answer that goes as far as it may
    /// can still be looked at.
    Objects,
    /// What earlier requests were answered already, on the way to where a cursor stands.
    Again,
}

/// What an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A field of an object.
    Field,
    /// An object in a list.
    Entry,
}

impl Spending {
    /// An account for a request that may follow so many derivations, and answer with so many fields, and as many objects
    /// in lists.
    #[must_use]
    pub fn new(edges: u64, size: u64, time_up: TimeUp) -> Self {
        let (fields, entries) = (AtomicU64::new(0), AtomicU64::new(0));
        let (for_questions, for_objects) = (AtomicU64::new(edges), AtomicU64::new(edges));
        let again = AtomicU64::new(edges.saturating_mul(AGAIN));
        Self(Arc::new(Account { edges, for_questions, for_objects, again, size, fields, entries, time_up }))
    }

    /// The account of the request that is being answered.
    ///
    /// # Errors
    /// None in a request that came through the executor.
    pub fn of<'c>(ctx: &Context<'c>) -> Result<&'c Self> {
        ctx.data()
    }

    fn left(&self, purpose: Purpose) -> &AtomicU64 {
        match purpose {
            Purpose::Questions => &self.0.for_questions,
            Purpose::Objects => &self.0.for_objects,
            Purpose::Again => &self.0.again,
        }
    }

    /// How many derivations may still be followed.
    #[must_use]
    pub fn edges_left(&self, purpose: Purpose) -> u64 {
        self.left(purpose).load(Ordering::Relaxed)
    }

    /// Notes that derivations were followed. The resolvers of one request run one after the other, on one task.
    pub fn followed(&self, purpose: Purpose, edges: u64) {
        self.left(purpose).store(self.edges_left(purpose).saturating_sub(edges), Ordering::Relaxed);
    }

    /// Follows derivations, as many as are left.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED where that was not enough.
    pub fn walk<T>(&self, purpose: Purpose, walk: impl FnOnce(&mut Budget) -> T) -> Result<T> {
        let (found, spent) = self.follow(purpose, |budget| (walk(budget), budget.spent));
        if spent { Err(self.too_far(purpose)) } else { Ok(found) }
    }

    /// Follows derivations, as many as are left. What is found says itself whether that was enough.
    pub fn follow<T>(&self, purpose: Purpose, walk: impl FnOnce(&mut Budget) -> T) -> T {
        let left = self.edges_left(purpose);
        let mut budget = Budget::edges(left);
        let found = walk(&mut budget);
        self.followed(purpose, left.saturating_sub(budget.edges));
        found
    }

    /// The refusal of what would follow more derivations than one request may.
    #[must_use]
    pub fn too_far(&self, purpose: Purpose) -> Error {
        let (limit, what) = match purpose {
            Purpose::Questions => (
                self.0.edges,
                "derivations followed for the questions of one request; ask about fewer versions at a time, or one \
                 question in each request",
            ),
            Purpose::Objects => (
                self.0.edges,
                "derivations followed for the objects of one answer (their freshness, staleMembers, consumers, path and \
                 pairs); ask for fewer of them at a time",
            ),
            Purpose::Again => (
                self.0.edges.saturating_mul(AGAIN),
                "derivations followed again on the way to a cursor; ask about fewer versions at a time, so that their \
                 answer is shorter",
            ),
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        errors::invalid(&Invalid::Limit { what, given: limit.saturating_add(1), limit })
    }

    /// The refusal of a walk that had to stop with nothing to show.
    #[must_use]
    pub fn stopped(&self, purpose: Purpose, reason: Stopped) -> Error {
        match reason {
            Stopped::Time => errors::error(
                Code::BadUserInput,
                Some(Reason::Timeout),
                "the time for one request ran out before there was anything to answer; ask about fewer versions at a time",
            ),
            _ => self.too_far(purpose),
        }
    }

    /// Whether a walk should come to its end, because the time for one request does.
    #[must_use]
    pub fn is_time_up(&self) -> bool {
        (self.0.time_up)()
    }

    /// Counts a piece of the answer; false where there are more than there may be.
    #[must_use]
    pub fn holds(&self, piece: Piece) -> bool {
        let counter = match piece {
            Piece::Field => &self.0.fields,
            Piece::Entry => &self.0.entries,
        };
        counter.fetch_add(1, Ordering::Relaxed) < self.0.size
    }

    /// Where the answer came to be too large: how many fields it may hold.
    #[must_use]
    pub fn overflow(&self) -> Option<u64> {
        let is_over = |counter: &AtomicU64| counter.load(Ordering::Relaxed) > self.0.size;
        (is_over(&self.0.fields) || is_over(&self.0.entries)).then_some(self.0.size)
    }
}
