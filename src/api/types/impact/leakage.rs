//! Leakage: what two training sets have in common.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use super::super::{Member, Version, member};
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::{IncompleteReason, LeakageKind};
use crate::api::page::{Connection, Page, foreign_cursor};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::membership::MembershipInterval;
use crate::lineage::query::leakage::{Finding, Leak, Leakage, LeakageLimits, Side};

/// Members of two training sets that have something in common: a group of pairs.
#[derive(Clone)]
pub struct LeakageFinding {
    scope: Scope,
    /// The list of which it is an entry.
    list: List,
    sides: (Side, Side),
    leakage: Arc<Leakage>,
    finding: Finding,
}

impl LeakageFinding {
    /// Returns a page of everything that two sides have in common, of these kinds.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED if there is too much to follow for one request: upstream to common ancestors,
    /// downstream of one of them, or before the cursor, where it is followed again.
    pub fn page(
        scope: &Scope,
        request: &RequestBudget,
        page: &Page,
        sides: (Side, Side),
        kinds: impl IntoIterator<Item = Leak>,
    ) -> Result<Connection<Self>> {
        let from_place = page.start();
        // Each version is in at most one finding of each kind.
        if from_place > scope.read(|at| at.visible()) as usize * Leak::ALL.len() {
            return Err(foreign_cursor());
        }
        let (kinds, time_up) = (kinds.into_iter().collect(), || request.is_time_up());
        let leakage = request.walk(Purpose::Again, |again| {
            request.follow(Purpose::Questions, |budget| {
                let limits = LeakageLimits { budget, from_place, again, time_up: &time_up };
                scope.walk(|walker| walker.leakage(sides.0, sides.1, &kinds, limits))
            })
        })?;
        let leakage = leakage.map_err(|reason| request.stopped(Purpose::Questions, reason))?;
        let leakage = Arc::new(leakage);
        let places: Vec<usize> = leakage.findings.iter().map(|finding| finding.place).collect();
        let connection = page.sparse(scope, &places, |entry| Self {
            scope: scope.clone(),
            list: page.list(),
            sides,
            leakage: Arc::clone(&leakage),
            finding: leakage.findings[entry].clone(),
        });
        let stopped = leakage.stopped;
        let reason = stopped.map(|stop| IncompleteReason::from(stop.reason));
        let resume = stopped.and_then(|stop| page.resume(scope, stop.before));
        let info = connection.info.clone().stopped(reason, resume);
        Ok(Connection { info, ..connection })
    }

    /// The contents of a side that pins sets, by version; empty for a side whose members are its
    /// contents.
    fn contents(&self, ctx: &Context<'_>, side: Side) -> Result<HashMap<VersionNo, MembershipInterval>> {
        if !self.scope.read(|at| at.pins_sets(side.set)) {
            return Ok(HashMap::new());
        }
        let contents = member::contents(&self.scope, ctx, side.set)?;
        Ok(contents.into_iter().map(|stay| (stay.member, stay)).collect())
    }

    fn member(
        &self,
        side: Side,
        contents: &HashMap<VersionNo, MembershipInterval>,
        version: VersionNo,
    ) -> Option<Member> {
        let pinned = || self.scope.read(|at| at.pinned(side.set, version));
        let stay = contents.get(&version).copied().or_else(pinned);
        stay.map(|stay| Member::new(self.scope.clone(), stay))
    }
}

/// A pair of members, one of either training set, that have something in common.
#[derive(SimpleObject, Clone)]
pub struct LeakagePair {
    /// The member of the first set.
    a: Member,
    /// The member of the second set.
    b: Member,
}

/// Members of two training sets that have something in common: a group of pairs.
#[Object]
impl LeakageFinding {
    /// The kind of what they have in common.
    async fn kind(&self) -> LeakageKind {
        self.finding.leak.into()
    }

    /// The version that they share: the common member, or the common ancestor. Null for the other
    /// kinds.
    async fn through(&self) -> Option<Version> {
        self.finding.through.map(|version| Version::new(self.scope.clone(), version))
    }

    /// The number of members of the first set in pairs of this group.
    async fn a_count(&self) -> i32 {
        int(self.finding.in_a)
    }

    /// The number of members of the second set in pairs of this group.
    async fn b_count(&self) -> i32 {
        int(self.finding.in_b)
    }

    /// The number of pairs; an integer that may exceed Int.
    async fn pair_count(&self) -> f64 {
        self.finding.pairs as f64
    }

    /// The pairs, by number of the first member and then of the second. If there are more than an
    /// Int can hold, `totalCount` is the largest Int; `pairCount` has the number.
    async fn pairs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<LeakagePair>> {
        let owner = List::of(ctx, format_args!("{}/{}", self.list, self.finding.place))?;
        let page = Page::new(owner, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let total = usize::try_from(self.finding.pairs).unwrap_or(usize::MAX);
        let range = page.range(total);
        let pairs = RequestBudget::of(ctx)?.walk(Purpose::Objects, |budget| {
            let group = self.scope.read(|at| self.leakage.group(at, &self.finding, budget))?;
            group.pairs(range.start as u64, range.len(), budget)
        })?;
        let (of_a, of_b) = (self.contents(ctx, self.sides.0)?, self.contents(ctx, self.sides.1)?);
        let pairs = pairs.unwrap_or_default().into_iter().filter_map(|(a, b)| {
            let (a, b) = (self.member(self.sides.0, &of_a, a)?, self.member(self.sides.1, &of_b, b)?);
            Some(LeakagePair { a, b })
        });
        Ok(page.slice(&self.scope, total, range, pairs))
    }
}
