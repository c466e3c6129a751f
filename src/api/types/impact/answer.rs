//! The answer about affected training sets, shared by the objects that show it; in parts if it is
//! too long for one request.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Result};

use super::super::{AffectedMember, AffectedTrainingSet, AnswerConnection, Asked};
use crate::api::cursor::Part;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::IncompleteReason;
use crate::api::errors;
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::result_cache::{self, ResultCache};
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact::{self, Followed, Impact, ImpactRow, Inclusion, Question};
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::Flow;

/// The part of an answer that a page requests.
pub(in crate::api::types) struct PartAsked(Option<Option<Part>>);

/// The part of an answer that was computed.
pub(in crate::api::types) struct PartFound {
    /// The page, as one of that part.
    pub page: Page,
    /// The list of the answer, for the lists inside it.
    pub list: String,
    pub info: ReadInfo,
}

impl PartAsked {
    /// # Errors
    /// BAD_USER_INPUT if the cursors are of different parts.
    pub(in crate::api::types) fn new(page: &Page) -> Result<Self> {
        page.part_asked().map(Self)
    }

    /// Returns the items to follow.
    pub(in crate::api::types) fn items(&self) -> Range<usize> {
        match self.0 {
            None | Some(None) => 0..usize::MAX,
            Some(Some(Part { from, to })) => from..to.unwrap_or(usize::MAX),
        }
    }

    /// False if the end of the part is known: then all of it must be found again, or positions
    /// would shift.
    pub(in crate::api::types) fn may_stop(&self) -> bool {
        match self.0 {
            None => true,
            Some(None) => false,
            Some(Some(part)) => part.to.is_none(),
        }
    }

    /// # Errors
    /// LIMIT_EXCEEDED if too little was found, BAD_USER_INPUT for a part that the answer does not
    /// have.
    pub(in crate::api::types) fn found(
        &self,
        budget: &RequestBudget,
        scope: &Scope,
        page: Page,
        followed: &Followed,
    ) -> Result<PartFound> {
        let Followed { stopped, items, asked, .. } = followed;
        if stopped.is_some() && (!self.may_stop() || items.is_empty()) {
            return Err(budget.too_far(Purpose::Questions));
        }
        let is_there =
            |part: Part| part.from < *asked && part.to.is_none_or(|to| part.from < to && to <= *asked);
        if !self.0.flatten().is_none_or(is_there) {
            return Err(errors::bad_input("this is not a cursor of this list"));
        }
        let (from, to, end) = (items.start, items.end, *asked);
        let part = (from > 0 || to < end).then_some(Part { from, to: Some(to) });
        let list = match part {
            None => page.list().to_string(),
            Some(_) => format!("{}/{from}-{to}", page.list()),
        };
        let info = ReadInfo {
            complete: to == end,
            incomplete_reason: (to < end).then(|| IncompleteReason::from(stopped.unwrap_or(Stopped::Edges))),
            resume: (to < end).then(|| page.resume_part(scope, to)),
            ..ReadInfo::whole(scope)
        };
        Ok(PartFound { page: page.of_part(part), list, info })
    }
}

/// A wrong version and its flow.
type Kept = Option<(VersionNo, Arc<Flow>)>;

/// The scope of a question about one set version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    /// Everything that makes it affected now.
    Yes,
    /// Its members only, including restored ones.
    Members,
}

/// An answer, shared by the objects that show it.
#[derive(Clone)]
pub struct Answer {
    /// The scope in which it was read.
    pub(in crate::api::types) scope: Scope,
    /// The list and the part whose entries the sets are.
    pub(in crate::api::types) list: Arc<str>,
    pub(in crate::api::types) impact: Arc<Impact>,
    /// The flow of the wrong version whose path was requested last.
    flow: Arc<Mutex<Kept>>,
}

impl Answer {
    fn new(scope: &Scope, list: String, impact: Arc<Impact>) -> Self {
        Self { scope: scope.clone(), list: list.into(), impact, flow: Arc::default() }
    }

    /// Returns a page of affected set versions.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED if the request may not follow what the page needs: the part of its cursor, or
    /// one item.
    pub(in crate::api) fn page(
        ctx: &Context<'_>,
        scope: &Scope,
        page: Page,
        question: result_cache::Asked,
        asked: Asked,
    ) -> Result<AnswerConnection<AffectedTrainingSet>> {
        let (budget, cache) = (RequestBudget::of(ctx)?, ctx.data::<ResultCache>()?);
        let wanted = PartAsked::new(&page)?;
        let stop = || wanted.may_stop() && budget.is_time_up();
        let part = impact::ImpactPart { items: wanted.items(), stop: &stop };
        let edges = budget.edges_left(Purpose::Questions);
        let (impact, followed) = cache.find(&scope.view, question, &part, edges);
        budget.followed(Purpose::Questions, followed);
        let found = wanted.found(budget, scope, page, &impact.followed)?;
        let answer = Self::new(scope, found.list, impact);
        let count = answer.impact.sets.len();
        let range = found.page.range(count);
        let sets = range.clone().map(|place| AffectedTrainingSet::new(answer.clone(), place));
        let page = Connection { info: found.info, ..found.page.slice(scope, count, range, sets) };
        Ok(AnswerConnection::new(page, asked))
    }

    /// Returns all affected set versions.
    pub(in crate::api) fn whole(scope: &Scope, impact: &Arc<Impact>) -> Vec<AffectedTrainingSet> {
        let answer = Self::new(scope, String::new(), Arc::clone(impact));
        (0..impact.sets.len()).map(|place| AffectedTrainingSet::new(answer.clone(), place)).collect()
    }

    /// Returns one set version with everything that is wrong in it, itself included, and not
    /// restored; `None` if nothing is.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED if too many derivations would have to be followed.
    pub(in crate::api) fn of_one(
        scope: &Scope,
        budget: &RequestBudget,
        set: VersionNo,
    ) -> Result<Option<AffectedTrainingSet>> {
        let found = Self::about(scope, budget, set, Whole::Yes)?;
        Ok(found.map(|(answer, place)| AffectedTrainingSet::new(answer, place)))
    }

    /// Returns the rows of one set version: everything wrong that it holds.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED if too many derivations would have to be followed.
    pub fn of_set(scope: &Scope, budget: &RequestBudget, set: VersionNo) -> Result<Vec<AffectedMember>> {
        let Some((answer, place)) = Self::about(scope, budget, set, Whole::Members)? else {
            return Ok(Vec::new());
        };
        let rows = answer.rows(place).into_iter();
        Ok(rows.map(|row| AffectedMember::new(answer.clone(), place, row)).collect())
    }

    /// Returns the answer about everything wrong that a set version holds, and the set's position
    /// in it.
    fn about(
        scope: &Scope,
        budget: &RequestBudget,
        set: VersionNo,
        whole: Whole,
    ) -> Result<Option<(Self, usize)>> {
        let found =
            budget.walk(Purpose::Objects, |budget| scope.walk(|walker| walker.wrong_in(set, budget)))?;
        let mut wrong = found.unwrap_or_default();
        if whole == Whole::Yes && scope.read(|at| at.is_wrong(set)) {
            wrong.push(set);
        }
        let edges = budget.edges_left(Purpose::Objects);
        let include_restored = whole == Whole::Members;
        let question = Question { include_restored, ..Question::plain(wrong, edges) };
        let impact = scope.walk(|walker| walker.affected(&question));
        budget.followed(Purpose::Objects, impact.followed.edges);
        if impact.followed.stopped.is_some() {
            return Err(budget.too_far(Purpose::Objects));
        }
        let answer = Self::new(scope, String::new(), Arc::new(impact));
        let place = answer.impact.sets.binary_search_by_key(&set, |affected| affected.set);
        Ok(place.ok().map(|place| (answer, place)))
    }

    /// Returns the rows of the set version at a position.
    pub(in crate::api::types) fn rows(&self, place: usize) -> Vec<ImpactRow> {
        self.scope.walk(|walker| self.impact.rows(walker, &self.impact.sets[place]))
    }

    /// Returns the later version of the set at a position that is free of the given rows.
    pub(in crate::api::types) fn fixed_in(
        &self,
        budget: &RequestBudget,
        place: usize,
        rows: &[ImpactRow],
    ) -> Result<Option<VersionNo>> {
        budget.walk(Purpose::Objects, |budget| {
            self.scope.walk(|walker| self.impact.fixed_in(walker, &self.impact.sets[place], rows, budget))
        })
    }

    /// Returns the path from a row's wrong version to its member. Consecutive rows of one wrong
    /// version share its flow.
    pub(in crate::api::types) fn way(
        &self,
        request: &RequestBudget,
        row: &ImpactRow,
    ) -> Result<Vec<VersionNo>> {
        if row.inclusion == Inclusion::Itself {
            return Ok(vec![row.wrong]);
        }
        let mut kept = self.flow.lock().unwrap_or_else(PoisonError::into_inner);
        let flow = match &*kept {
            Some((wrong, flow)) if *wrong == row.wrong => Arc::clone(flow),
            _ => {
                let flow =
                    |budget: &mut _| self.scope.walk(|walker| self.impact.flow(walker, row.wrong, budget));
                Arc::new(request.walk(Purpose::Objects, flow)?)
            }
        };
        *kept = Some((row.wrong, Arc::clone(&flow)));
        Ok(row.way(&flow))
    }
}
