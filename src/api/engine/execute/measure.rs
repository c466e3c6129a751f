//! Measurement of an answer while it grows.
//!
//! The cost of a query is checked before it runs, with an estimate for lists without pages. If a
//! query has such lists, every field and every object in a list is counted as it is resolved, so
//! that no estimate is trusted. Bytes are always charged: short fields by their number if they are
//! counted, else by the objects of each page; long texts when they are read; and the text of the
//! answer while it is written.

use std::io;
use std::sync::Arc;

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{QueryPathSegment, ServerResult, Value};

use crate::api::engine::budget::{AnswerPiece, RequestBudget, Room};
use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::api::engine::outcome::Outcome;
use crate::budget::Charge;

/// Counts the fields and objects of an answer. A field beyond the limit is null, which no client
/// sees: [`refusal`] replaces the answer.
pub(super) struct Counting;

impl ExtensionFactory for Counting {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Counting {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let piece = match info.path_node.segment {
            QueryPathSegment::Name(_) => Some(AnswerPiece::Field),
            // A scalar in a list is part of its field.
            QueryPathSegment::Index(_) if info.field.selection_set.node.items.is_empty() => None,
            QueryPathSegment::Index(_) => Some(AnswerPiece::Entry),
        };
        let fits = match (piece, ctx.data_opt::<RequestBudget>()) {
            (Some(piece), Some(budget)) => budget.holds(piece),
            _ => true,
        };
        if fits { next.run(ctx, info).await } else { Ok(Some(Value::Null)) }
    }
}

/// The memory charged for a field with a short value, in bytes.
pub(super) const FIELD: u64 = 160;

/// Returns the memory limits of a request that selects `fields` fields with all fragments spread.
pub(super) fn room(fields: u64, is_counted: bool, longest: u64, memory: Charge) -> Room {
    let (object, field) = if is_counted { (0, FIELD) } else { (fields * FIELD, 0) };
    Room { memory, longest, object, field }
}

/// Returns the outcome of a request whose answer became too large; `None` if it did not.
pub(super) fn refusal(budget: &RequestBudget) -> Option<Outcome> {
    let written =
        "The writes of a mutation are stored: send it again with the same idempotencyKey and fewer fields";
    if let Some(limit) = budget.overflow() {
        let message = format!(
            "the answer holds more than {limit} fields or objects: ask for smaller pages with `first`, for fewer lists \
             without pages, or for fewer fields. {written}"
        );
        let failure = Failure::new(Code::BadUserInput, message).because(Reason::LimitExceeded);
        return Some(Outcome::failed(&failure));
    }
    let mut failure = budget.refusal()?;
    failure.message = format!("{}. {written}", failure.message);
    Some(Outcome::failed(&failure))
}

/// The text of an answer, charged while it is written.
pub(super) struct AnswerText<'a> {
    pub(super) bytes: Vec<u8>,
    budget: &'a RequestBudget,
}

impl<'a> AnswerText<'a> {
    pub(super) const fn new(budget: &'a RequestBudget) -> Self {
        Self { bytes: Vec::new(), budget }
    }
}

impl AnswerText<'_> {
    /// Makes room for a text of `length` bytes.
    #[cold]
    fn grow(&mut self, length: usize) -> io::Result<()> {
        const FIRST: usize = 512;
        let room = self.bytes.capacity();
        // A quarter more each time: doubling would charge for capacity that is never used.
        let wanted = length.max(room + room / 4).max(FIRST);
        if !self.budget.admits_text(length, wanted - room) {
            return Err(io::Error::other("the answer is too large"));
        }
        self.bytes.reserve_exact(wanted - self.bytes.len());
        Ok(())
    }
}

impl io::Write for AnswerText<'_> {
    #[inline]
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece)?;
        Ok(piece.len())
    }

    // A writer of JSON calls this for every mark: without it, each goes through the loop of partial
    // writes.
    #[inline]
    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        let length = self.bytes.len() + piece.len();
        if length > self.bytes.capacity() {
            self.grow(length)?;
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
