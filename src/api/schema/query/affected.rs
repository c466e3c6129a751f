//! Pages of affected training sets and consumers, computed or taken from the result cache; in parts
//! if one request cannot follow everything.

use std::ops::Range;
use std::sync::Arc;

use async_graphql::{Context, OutputType, Result};

use super::asked::{AnswerConnection, Asked};
use crate::api::cursor::Part;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::IncompleteReason;
use crate::api::page::{Connection, Page, ReadInfo, foreign_cursor};
use crate::api::result_cache::{self, ResultCache};
use crate::api::scope::Scope;
use crate::api::types::{AffectedConsumer, AffectedTrainingSet, ImpactAnswer};
use crate::lineage::query::impact::{ConsumersQuestion, Followed, ImpactPart};
use crate::lineage::walk::closure::Stopped;

/// Returns a page of affected training sets.
///
/// # Errors
/// As [`answer_part`].
pub(super) fn training_sets(
    ctx: &Context<'_>,
    scope: &Scope,
    page: Page,
    question: result_cache::Asked,
    asked: Asked,
) -> Result<AnswerConnection<AffectedTrainingSet>> {
    let find =
        |cache: &ResultCache, part: &ImpactPart<'_>, edges| cache.find(&scope.view, question, part, edges);
    let (impact, part) = answer_part(ctx, scope, page, find, |impact| &impact.followed)?;
    let count = impact.sets.len();
    let nodes = |list, range| ImpactAnswer::new(scope, list, impact).sets(range);
    Ok(AnswerConnection::new(part.connection(scope, count, nodes), asked))
}

/// Returns a page of affected consumers.
///
/// # Errors
/// As [`answer_part`].
pub(super) fn consumers(
    ctx: &Context<'_>,
    scope: &Scope,
    page: Page,
    question: ConsumersQuestion,
    asked: Asked,
) -> Result<AnswerConnection<AffectedConsumer>> {
    let find = |cache: &ResultCache, part: &ImpactPart<'_>, edges| {
        cache.find_consumers(&scope.view, question, part, edges)
    };
    let (consumers, part) = answer_part(ctx, scope, page, find, |consumers| &consumers.followed)?;
    let count = consumers.consumers.len();
    let nodes = |list, range| AffectedConsumer::of(scope, list, consumers, range);
    Ok(AnswerConnection::new(part.connection(scope, count, nodes), asked))
}

/// Answers the part of a question that the page requests, within the budget of the request. `find`
/// takes the part and the number of edges that it may follow, and returns the answer with the number
/// that it followed.
///
/// # Errors
/// `LIMIT_EXCEEDED` if the request may not follow what the page needs: the part of its cursor, or
/// one item. `BAD_USER_INPUT` for cursors of different parts, or of a part that the answer does not
/// have.
fn answer_part<A>(
    ctx: &Context<'_>,
    scope: &Scope,
    page: Page,
    find: impl FnOnce(&ResultCache, &ImpactPart<'_>, u64) -> (Arc<A>, u64),
    followed: fn(&A) -> &Followed,
) -> Result<(Arc<A>, ComputedPart)> {
    let (budget, cache) = (RequestBudget::of(ctx)?, ctx.data::<ResultCache>()?);
    let wanted = RequestedPart::new(&page)?;
    let stop = || wanted.may_stop() && budget.is_time_up();
    let part = ImpactPart { items: wanted.items(), stop: &stop };
    let (answer, edges) = find(cache, &part, budget.edges_left(Purpose::Questions));
    budget.followed(Purpose::Questions, edges);
    let computed = wanted.found(budget, scope, page, followed(&answer))?;
    Ok((answer, computed))
}

/// The part of an answer that a page requests.
struct RequestedPart(Option<Option<Part>>);

/// The part of an answer that was computed.
struct ComputedPart {
    /// The page, as one of that part.
    page: Page,
    /// The list of the answer, for the lists inside it.
    list: String,
    info: ReadInfo,
}

impl ComputedPart {
    /// Returns the page of a list of `count` entries. `nodes` takes the name of the list and the range
    /// of the page.
    fn connection<T: OutputType + Clone, N: Iterator<Item = T>>(
        self,
        scope: &Scope,
        count: usize,
        nodes: impl FnOnce(String, Range<usize>) -> N,
    ) -> Connection<T> {
        let Self { page, list, info } = self;
        let range = page.range(count);
        Connection { info, ..page.slice(scope, count, range.clone(), nodes(list, range)) }
    }
}

impl RequestedPart {
    /// # Errors
    /// BAD_USER_INPUT if the cursors are of different parts.
    fn new(page: &Page) -> Result<Self> {
        page.part_asked().map(Self)
    }

    /// Returns the items to follow.
    fn items(&self) -> Range<usize> {
        match self.0 {
            None | Some(None) => 0..usize::MAX,
            Some(Some(Part { from, to })) => from..to.unwrap_or(usize::MAX),
        }
    }

    /// False if the end of the part is known: then all of it must be found again, or positions
    /// would shift.
    fn may_stop(&self) -> bool {
        match self.0 {
            None => true,
            Some(None) => false,
            Some(Some(part)) => part.to.is_none(),
        }
    }

    /// # Errors
    /// LIMIT_EXCEEDED if too little was found, BAD_USER_INPUT for a part that the answer does not
    /// have.
    fn found(
        &self,
        budget: &RequestBudget,
        scope: &Scope,
        page: Page,
        followed: &Followed,
    ) -> Result<ComputedPart> {
        let Followed { stopped, items, asked, .. } = followed;
        if stopped.is_some() && (!self.may_stop() || items.is_empty()) {
            return Err(budget.too_far(Purpose::Questions));
        }
        let is_there =
            |part: Part| part.from < *asked && part.to.is_none_or(|to| part.from < to && to <= *asked);
        if !self.0.flatten().is_none_or(is_there) {
            return Err(foreign_cursor());
        }
        let (from, to, end) = (items.start, items.end, *asked);
        let part = (from > 0 || to < end).then_some(Part { from, to: Some(to) });
        let list = match part {
            None => page.list().to_string(),
            Some(_) => format!("{}/{from}-{to}", page.list()),
        };
        let reason = (to < end).then(|| IncompleteReason::from(stopped.unwrap_or(Stopped::Edges)));
        let resume = (to < end).then(|| page.resume_part(scope, to));
        let info = ReadInfo::of_complete(scope).stopped(reason, resume).having_done(to, end);
        Ok(ComputedPart { page: page.of_part(part), list, info })
    }
}
