//! The answer to the main question, shared by the objects that show it; where it is too long for one request, in parts.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Result};

use super::{AffectedMember, AffectedTrainingSet};
use crate::api::answers::{Answers, Asked};
use crate::api::cursor::Part;
use crate::api::enums::IncompleteReason;
use crate::api::errors;
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::scope::Scope;
use crate::api::spending::{Purpose, Spending};
use crate::domain::facts::VersionNo;
use crate::lineage::closure::Stopped;
use crate::lineage::flow::Flow;
use crate::lineage::impact::{self, Impact, Question, Row};

/// A wrong version and its flow.
type Kept = Option<(VersionNo, Arc<Flow>)>;

/// An answer, shared by the objects that show it.
#[derive(Clone)]
pub struct Answer {
    /// Where it was read.
    pub(super) scope: Scope,
    /// Of which list the sets are entries, and of which part of it.
    pub(super) list: Arc<str>,
    pub(super) impact: Arc<Impact>,
    /// The flow of one wrong version: that of which a way was looked at last.
    flow: Arc<Mutex<Kept>>,
}

impl Answer {
    fn new(scope: &Scope, list: String, impact: Arc<Impact>) -> Self {
        Self { scope: scope.clone(), list: list.into(), impact, flow: Arc::default() }
    }

    /// A page of the set versions that an answer is about.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED where the request may not follow what the page needs: the part that its cursor is of, or one item.
    pub(in crate::api) fn page(
        ctx: &Context<'_>,
        scope: &Scope,
        page: Page,
        question: Asked,
    ) -> Result<Connection<AffectedTrainingSet>> {
        let (spending, answers) = (Spending::of(ctx)?, ctx.data::<Answers>()?);
        let asked = page.part_asked()?;
        // Where the end of the part is known, all of it must be found again, or places would shift.
        let (items, fixed) = match asked {
            None => (0..usize::MAX, false),
            Some(None) => (0..usize::MAX, true),
            Some(Some(Part { from, to })) => (from..to.unwrap_or(usize::MAX), to.is_some()),
        };
        let stop = || !fixed && spending.is_time_up();
        let part = impact::Part { items, stop: &stop };
        let (impact, followed) =
            answers.find(&scope.view, question, &part, spending.edges_left(Purpose::Questions));
        spending.followed(Purpose::Questions, followed);
        if impact.stopped.is_some() && (fixed || impact.items.is_empty()) {
            return Err(spending.too_far(Purpose::Questions));
        }
        let is_there = |part: Part| {
            part.from < impact.asked && part.to.is_none_or(|to| part.from < to && to <= impact.asked)
        };
        if !asked.flatten().is_none_or(is_there) {
            return Err(errors::bad_input("this is not a cursor of this list"));
        }
        let (from, to, end) = (impact.items.start, impact.items.end, impact.asked);
        let part = (from > 0 || to < end).then_some(Part { from, to: Some(to) });
        let list = match part {
            None => page.list().to_string(),
            Some(_) => format!("{}/{from}-{to}", page.list()),
        };
        let info = ReadInfo {
            complete: to == end,
            incomplete_reason: (to < end)
                .then(|| IncompleteReason::from(impact.stopped.unwrap_or(Stopped::Edges))),
            resume: (to < end).then(|| page.resume_part(scope, to)),
            ..ReadInfo::whole(scope)
        };
        let (page, answer) = (page.of_part(part), Self::new(scope, list, impact));
        let count = answer.impact.sets.len();
        let range = page.range(count);
        let sets = range.clone().map(|place| AffectedTrainingSet::new(answer.clone(), place));
        Ok(Connection { info, ..page.slice(scope, count, range, sets) })
    }

    /// All set versions that an answer is about.
    pub(in crate::api) fn whole(scope: &Scope, impact: &Arc<Impact>) -> Vec<AffectedTrainingSet> {
        let answer = Self::new(scope, String::new(), Arc::clone(impact));
        (0..impact.sets.len()).map(|place| AffectedTrainingSet::new(answer.clone(), place)).collect()
    }

    /// One set version with all that is wrong in it and not restored; none where nothing is.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED where too many derivations would have to be followed.
    pub(in crate::api) fn of_one(
        scope: &Scope,
        spending: &Spending,
        set: VersionNo,
    ) -> Result<Option<AffectedTrainingSet>> {
        let found = Self::about(scope, spending, set, false)?;
        Ok(found.map(|(answer, place)| AffectedTrainingSet::new(answer, place)))
    }

    /// The rows of one set version: everything wrong that it holds.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED where too many derivations would have to be followed.
    pub fn of_set(scope: &Scope, spending: &Spending, set: VersionNo) -> Result<Vec<AffectedMember>> {
        let Some((answer, place)) = Self::about(scope, spending, set, true)? else { return Ok(Vec::new()) };
        let rows = answer.rows(place).into_iter();
        Ok(rows.map(|row| AffectedMember::new(answer.clone(), place, row)).collect())
    }

    /// The answer about everything wrong that a set version holds, and the set's place in it.
    fn about(
        scope: &Scope,
        spending: &Spending,
        set: VersionNo,
        include_restored: bool,
    ) -> Result<Option<(Self, usize)>> {
        let wrong = spending.walk(Purpose::Objects, |budget| scope.read(|at| at.wrong_in(set, budget)))?;
        let edges = spending.edges_left(Purpose::Objects);
        let question = Question { include_restored, ..Question::plain(wrong.unwrap_or_default(), edges) };
        let impact = scope.read(|at| at.affected(&question));
        spending.followed(Purpose::Objects, impact.edges);
        if impact.stopped.is_some() {
            return Err(spending.too_far(Purpose::Objects));
        }
        let answer = Self::new(scope, String::new(), Arc::new(impact));
        let place = answer.impact.sets.binary_search_by_key(&set, |affected| affected.set);
        Ok(place.ok().map(|place| (answer, place)))
    }

    /// The rows of the set version at a place.
    pub(super) fn rows(&self, place: usize) -> Vec<Row> {
        self.scope.read(|at| self.impact.rows(at, &self.impact.sets[place]))
    }

    /// The way from a row's wrong version to its member. Rows of one wrong version that are looked at one after the other
    /// share its flow.
    pub(super) fn way(&self, spending: &Spending, row: &Row) -> Result<Vec<VersionNo>> {
        let mut kept = self.flow.lock().unwrap_or_else(PoisonError::into_inner);
        let flow = match &*kept {
            Some((wrong, flow)) if *wrong == row.wrong => Arc::clone(flow),
            _ => {
                let flow = |budget: &mut _| self.scope.read(|at| self.impact.flow(at, row.wrong, budget));
                Arc::new(spending.walk(Purpose::Objects, flow)?)
            }
        };
        *kept = Some((row.wrong, Arc::clone(&flow)));
        Ok(row.way(&flow))
    }
}
