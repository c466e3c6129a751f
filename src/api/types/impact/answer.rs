//! The answer about affected training sets, shared by the objects that show it.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Result;

use super::super::{AffectedMember, AffectedTrainingSet};
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact::{Impact, ImpactRow, Inclusion, Question};
use crate::lineage::walk::flow::Flow;

/// A wrong version and its flow.
type KeptFlow = Option<(VersionNo, Arc<Flow>)>;

/// The scope of a question about one set version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnswerExtent {
    /// Everything that makes it affected now.
    Everything,
    /// Its members only, including restored ones.
    Members,
}

/// An answer, shared by the objects that show it.
#[derive(Clone)]
pub struct ImpactAnswer {
    /// The scope in which it was read.
    pub(in crate::api::types) scope: Scope,
    /// The list and the part whose entries the sets are.
    pub(in crate::api::types) list: Arc<str>,
    pub(in crate::api::types) impact: Arc<Impact>,
    /// The flow of the wrong version whose path was requested last.
    flow: Arc<Mutex<KeptFlow>>,
}

impl ImpactAnswer {
    /// Creates an answer that was read in a scope, for the sets of a list.
    pub(in crate::api) fn new(scope: &Scope, list: String, impact: Arc<Impact>) -> Self {
        Self { scope: scope.clone(), list: list.into(), impact, flow: Arc::default() }
    }

    /// Returns the affected set versions at some positions.
    pub(in crate::api) fn sets(self, range: Range<usize>) -> impl Iterator<Item = AffectedTrainingSet> {
        range.map(move |place| AffectedTrainingSet::new(self.clone(), place))
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
        let found = Self::of_wrong_in(scope, budget, set, AnswerExtent::Everything)?;
        Ok(found.map(|(answer, place)| AffectedTrainingSet::new(answer, place)))
    }

    /// Returns the rows of one set version: everything wrong that it holds.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED if too many derivations would have to be followed.
    pub fn of_set(scope: &Scope, budget: &RequestBudget, set: VersionNo) -> Result<Vec<AffectedMember>> {
        let Some((answer, place)) = Self::of_wrong_in(scope, budget, set, AnswerExtent::Members)? else {
            return Ok(Vec::new());
        };
        let rows = answer.rows(place).into_iter();
        Ok(rows.map(|row| AffectedMember::new(answer.clone(), place, row)).collect())
    }

    /// Returns the answer about everything wrong that a set version holds, and the set's position
    /// in it.
    fn of_wrong_in(
        scope: &Scope,
        budget: &RequestBudget,
        set: VersionNo,
        extent: AnswerExtent,
    ) -> Result<Option<(Self, usize)>> {
        let found =
            budget.walk(Purpose::Objects, |budget| scope.walk(|walker| walker.wrong_in(set, budget)))?;
        let mut wrong = found.unwrap_or_default();
        if extent == AnswerExtent::Everything && scope.read(|at| at.is_wrong(set)) {
            wrong.push(set);
        }
        let edges = budget.edges_left(Purpose::Objects);
        let include_restored = extent == AnswerExtent::Members;
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
    pub(in crate::api::types) fn path(
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
        Ok(row.path(&flow))
    }
}
