//! The size of an answer while it grows. What a query would cost is judged before it runs, with a guess for lists that
//! have no pages; where a query has such lists, every field and every object in a list is counted as it comes up, so that no
//! guess is trusted.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{QueryPathSegment, ServerResult, Value};
use async_trait::async_trait;

use crate::api::code::{Code, Reason};
use crate::api::failure::Failure;
use crate::api::outcome::Outcome;
use crate::api::spending::{Piece, Spending};

/// Counts what an answer holds. What would be too much is null, and nobody sees it: [`refusal`] takes the place of the
/// answer.
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
            QueryPathSegment::Name(_) => Some(Piece::Field),
            // A scalar in a list is part of its field.
            QueryPathSegment::Index(_) if info.field.selection_set.node.items.is_empty() => None,
            QueryPathSegment::Index(_) => Some(Piece::Entry),
        };
        let fits = match (piece, ctx.data_opt::<Spending>()) {
            (Some(piece), Some(spending)) => spending.holds(piece),
            _ => true,
        };
        if fits { next.run(ctx, info).await } else { Ok(Some(Value::Null)) }
    }
}

/// The answer to a request whose answer became too large.
pub(super) fn refusal(spending: &Spending) -> Option<Outcome> {
    let limit = spending.overflow()?;
    let message = format!(
        "the answer holds more than {limit} fields or objects: ask for smaller pages with `first`, for fewer lists without \
         pages, or for fewer fields. What a mutation wrote stays written: send it again with the same idempotencyKey and \
         fewer fields"
    );
    Some(Outcome::failed(&Failure::new(Code::BadUserInput, message).because(Reason::LimitExceeded)))
}
