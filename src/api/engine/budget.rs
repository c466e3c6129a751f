//! The budget of one request, shared by everything in its answer: derivations that may be followed,
//! size of the answer, memory and time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Error, Result};
use tokio::task_local;

use super::code::{Code, Reason};
use super::failure::{Failure, error};
use crate::budget::{Charge, Exhausted, Part};

/// The budget for replaying what earlier pages showed, as a multiple of the budget for new results.
const AGAIN: u64 = 10;

/// Returns true if the time for one request is running out. The caller owns the clock.
pub type TimeUp = Arc<dyn Fn() -> bool + Send + Sync>;

/// The budget of one request; clones share it.
#[derive(Clone)]
pub struct RequestBudget(Arc<BudgetState>);

struct BudgetState {
    /// Derivations that may be followed for the questions of the request, and as many again for the
    /// objects of its answer.
    edges: u64,
    for_questions: AtomicU64,
    for_objects: AtomicU64,
    again: AtomicU64,
    /// The maximum number of fields of the answer, and of objects in its lists.
    size: u64,
    fields: AtomicU64,
    entries: AtomicU64,
    time_up: TimeUp,
    room: Room,
    /// The first limit of bytes that was exceeded.
    exceeded: OnceLock<ExceededLimit>,
}

/// The memory limits of an answer.
pub struct Room {
    /// The charge that grows with the answer.
    pub memory: Charge,
    /// The maximum length of its text in bytes.
    pub longest: u64,
    /// Bytes charged for each object on a page; 0 if the fields are charged one by one.
    pub object: u64,
    /// Bytes charged for each counted field.
    pub field: u64,
}

task_local! {
    /// The budget of the request that runs on this task, for code without access to the request's
    /// context.
    static CURRENT: RequestBudget;
}

/// A limit of bytes that was exceeded.
#[derive(Debug, Clone, Copy)]
enum ExceededLimit {
    Memory(Exhausted),
    /// The maximum length of the text of an answer.
    Length(u64),
}

/// The purpose for which derivations are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The questions at the root of the request.
    Questions,
    /// Fields of objects in the answer. They have a separate budget, so that objects can still be
    /// read when the questions have used up theirs.
    Objects,
    /// Results that earlier pages already returned, recomputed up to the position of a cursor.
    Again,
}

/// A unit of the size of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerPiece {
    /// A field of an object.
    Field,
    /// An object in a list.
    Entry,
}

impl RequestBudget {
    /// Creates a budget that allows `edges` derivations, `size` fields and `size` objects in lists.
    #[must_use]
    pub fn new(edges: u64, size: u64, time_up: TimeUp) -> Self {
        let room = Room { memory: Charge::unlimited(), longest: u64::MAX, object: 0, field: 0 };
        Self::within(edges, size, time_up, room)
    }

    /// Creates the same budget with the memory of the answer charged.
    #[must_use]
    pub fn within(edges: u64, size: u64, time_up: TimeUp, room: Room) -> Self {
        let (fields, entries) = (AtomicU64::new(0), AtomicU64::new(0));
        let (for_questions, for_objects) = (AtomicU64::new(edges), AtomicU64::new(edges));
        let again = AtomicU64::new(edges.saturating_mul(AGAIN));
        let exceeded = OnceLock::new();
        Self(Arc::new(BudgetState {
            edges,
            for_questions,
            for_objects,
            again,
            size,
            fields,
            entries,
            time_up,
            room,
            exceeded,
        }))
    }

    /// Returns the budget of the request that is being answered.
    ///
    /// # Errors
    /// Only in a request that did not come through the executor.
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

    /// Returns the number of derivations that may still be followed.
    #[must_use]
    pub fn edges_left(&self, purpose: Purpose) -> u64 {
        self.left(purpose).load(Ordering::Relaxed)
    }

    /// Records that derivations were followed. The resolvers of one request run one after the
    /// other, on one task.
    pub fn followed(&self, purpose: Purpose, edges: u64) {
        self.left(purpose).store(self.edges_left(purpose).saturating_sub(edges), Ordering::Relaxed);
    }

    /// Returns the refusal of a request that would follow more derivations than allowed.
    #[must_use]
    pub fn too_far(&self, purpose: Purpose) -> Error {
        let limit = match purpose {
            Purpose::Questions | Purpose::Objects => self.0.edges,
            Purpose::Again => self.0.edges.saturating_mul(AGAIN),
        };
        let message = match purpose {
            Purpose::Questions => format!(
                "the questions of one request may follow at most {limit} derivations, found more: ask about fewer \
                 versions at a time, or one question in each request"
            ),
            Purpose::Objects => format!(
                "the objects of one answer (their freshness, staleMembers, consumers, path and pairs) may follow at \
                 most {limit} derivations, found more: ask for fewer of them at a time"
            ),
            Purpose::Again => format!(
                "the results before a cursor may follow at most {limit} derivations, found more: ask about fewer \
                 versions at a time, so that their answer is shorter"
            ),
        };
        error(Code::BadUserInput, Some(Reason::LimitExceeded), message)
    }

    /// Returns true if a walk should stop because the time for the request is running out.
    #[must_use]
    pub fn is_time_up(&self) -> bool {
        (self.0.time_up)()
    }

    /// Counts a piece of the answer; returns false if the answer holds too many.
    #[must_use]
    pub fn holds(&self, piece: AnswerPiece) -> bool {
        let counter = match piece {
            AnswerPiece::Field => &self.0.fields,
            AnswerPiece::Entry => &self.0.entries,
        };
        let field = self.0.room.field;
        let is_paid =
            field == 0 || piece == AnswerPiece::Entry || self.admits(usize::try_from(field).unwrap_or(0));
        counter.fetch_add(1, Ordering::Relaxed) < self.0.size && is_paid
    }

    /// Charges memory that the answer needs; returns false if none is left, in which case the
    /// answer is refused.
    #[must_use]
    pub fn admits(&self, bytes: usize) -> bool {
        match self.0.room.memory.grow(bytes as u64) {
            _ if self.0.exceeded.get().is_some() => false,
            Ok(()) => true,
            Err(exhausted) => {
                self.0.exceeded.get_or_init(|| ExceededLimit::Memory(exhausted));
                false
            }
        }
    }

    /// Charges the text of the answer, which is about to have `length` bytes in a buffer that grows
    /// by `more`.
    pub(in crate::api) fn admits_text(&self, length: usize, more: usize) -> bool {
        if length as u64 > self.0.room.longest {
            self.0.exceeded.get_or_init(|| ExceededLimit::Length(self.0.room.longest));
        }
        self.admits(more)
    }

    /// Runs a request with this budget as the current one.
    pub async fn running<T>(&self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), work).await
    }

    /// Returns the budget of the request that runs on this task, if there is one.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Opens a part of the memory of the answer, for data that is dropped before the answer is
    /// sent.
    #[must_use]
    pub fn part(&self) -> Part {
        self.0.room.memory.part()
    }

    /// Charges a part with data that was read for the answer.
    ///
    /// # Errors
    /// The limit that was exceeded; the answer is then refused.
    pub fn read(&self, part: &mut Part, bytes: usize) -> Result<()> {
        if self.0.exceeded.get().is_some() {
            // No client sees it, and there may be one for every field.
            return Err(Error::new(String::new()));
        }
        part.grow(bytes as u64).map_err(|exhausted| {
            self.0.exceeded.get_or_init(|| ExceededLimit::Memory(exhausted));
            Failure::from(&exhausted).into()
        })
    }

    /// Charges the objects of a page to the request that runs on this task; returns false if there
    /// is no memory for them, in which case the answer is refused.
    #[must_use]
    pub fn admits_objects(count: usize) -> bool {
        let admits = |budget: &Self| {
            let bytes = budget.0.room.object.saturating_mul(count as u64);
            bytes == 0 || budget.admits(usize::try_from(bytes).unwrap_or(usize::MAX))
        };
        CURRENT.try_with(admits).unwrap_or(true)
    }

    /// Copies a text for the answer; returns an empty text if there is no memory for it.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.admits(text.len()) { text.to_owned() } else { String::new() }
    }

    /// Returns the refusal of an answer that exceeded a limit of bytes.
    #[must_use]
    pub fn refusal(&self) -> Option<Failure> {
        let refusal = match self.0.exceeded.get()? {
            ExceededLimit::Memory(exhausted) => Failure::from(exhausted),
            ExceededLimit::Length(limit) => Failure::new(
                Code::BadUserInput,
                format!(
                    "the answer has more than {limit} bytes: ask for smaller pages with `first`, or for fewer fields"
                ),
            )
            .because(Reason::LimitExceeded),
        };
        Some(refusal)
    }

    /// Returns true if the answer is refused, whatever follows.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0.exceeded.get().is_some() || self.overflow().is_some()
    }

    /// Returns the maximum number of fields if the answer exceeded it.
    #[must_use]
    pub fn overflow(&self) -> Option<u64> {
        let is_over = |counter: &AtomicU64| counter.load(Ordering::Relaxed) > self.0.size;
        (is_over(&self.0.fields) || is_over(&self.0.entries)).then_some(self.0.size)
    }
}
