//! The questions of the Query root about data that goes round: what came to be affected, what leaks from one set into
//! another, how far a campaign of corrections has come.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use async_graphql::{Context, ID, Object, Result};

use super::answers::Asked;
use super::cursor::List;
use super::enums::LeakageKind;
use super::errors;
use super::inputs::WrongInput;
use super::page::{Connection, Page};
use super::query::RootScope;
use super::scalars::Seq;
use super::scope::Scope;
use super::spending::{Purpose, Spending};
use super::types::{AffectedTrainingSet, Answer, Campaign, LeakageFinding};
use crate::ledger::AsOf;
use crate::lineage::leakage::{Leak, Side};

/// What is asked of data that goes round, at one moment.
#[derive(Default, Clone)]
pub(super) struct Cycle(RootScope);

impl Cycle {
    /// The same questions at another moment.
    pub(super) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

#[Object]
impl Cycle {
    /// What came to be affected in between: the rows of `affectedTrainingSets(wrong: {all: {}})` that are true at
    /// `toSeq` and were not at `fromSeq`, because of a statement, a derivation, a head or a set version that came in
    /// between. Counts are those of the new rows; all else holds as of `toSeq`. Where there is too much for one request,
    /// it is answered in parts, as `affectedTrainingSets` is.
    async fn newly_affected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was true just after this commit is not new. 0: everything is.")] from_seq: Seq,
        #[graphql(desc = "What is true just after this commit; the moment that is read where left out.")]
        to_seq: Option<Seq>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<AffectedTrainingSet>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let here = self.0.scope(ctx)?;
        let back_to = |seq: Seq| here.back_to(AsOf::Seq(seq.0));
        back_to(from_seq)?;
        let there = match to_seq {
            Some(seq) => back_to(seq)?,
            None => here.clone(),
        };
        let scope = page.scope(&there)?;
        if from_seq.0 > scope.view.seq() {
            return Err(errors::bad_input(format!(
                "`fromSeq` {} is after `toSeq` {}; nothing lies between them",
                from_seq.0,
                scope.view.seq()
            )));
        }
        Answer::page(ctx, &scope, page, Asked::Newly(from_seq.0)).map(Some)
    }

    /// What two training set versions have in common, such as train and test; or two splits of one. Members that share
    /// something are one finding, however many pairs they make.
    ///
    /// On the way up to common ancestors, only data is followed: SOURCE, LABEL, DERIVED and BUNDLE. A class list or a
    /// model that everything was made with, and the set that such a model was trained on, are no leak. A pair is a
    /// finding of its nearest common ancestors alone, and a member is its own ancestor: a crop in one set and its image
    /// in the other share the image. Members that are sets stand for what they pin.
    async fn leakage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first training set version, such as the one to train on.")] a: ID,
        #[graphql(desc = "The second training set version; it may be the first one, with other splits.")]
        b: ID,
        #[graphql(default = true, desc = "Also members that come from one version: COMMON_ANCESTOR.")]
        through_derivation: bool,
        #[graphql(desc = "Only members of the first in this split, such as TRAIN.")] split_a: Option<String>,
        #[graphql(desc = "Only members of the second in this split, such as TEST.")] split_b: Option<String>,
        #[graphql(desc = "Only findings of these kinds; an empty list selects nothing.")] kinds: Option<
            Vec<LeakageKind>,
        >,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<LeakageFinding>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let spending = Spending::of(ctx)?;
        let side = |id: &ID, split: &Option<String>| side(&scope, spending, id, split.as_deref());
        let sides = (side(&a, &split_a)?, side(&b, &split_b)?);
        let apart = sides.0.split.is_some() && sides.1.split.is_some() && sides.0.split != sides.1.split;
        if sides.0.set == sides.1.set && !apart {
            return Err(errors::bad_input(
                "`a` and `b` are the same set version: give two different splits, `splitA` and `splitB`",
            ));
        }
        let kinds =
            kinds.map_or_else(|| Leak::ALL.to_vec(), |kinds| kinds.into_iter().map(Leak::from).collect());
        let wanted = kinds.into_iter().filter(|leak| through_derivation || *leak != Leak::CommonAncestor);
        LeakageFinding::page(&scope, spending, &page, sides, wanted).map(Some)
    }

    /// How far a campaign of corrections has come: for each training set that held what one commit found wrong, when it
    /// was refreshed, when a model was trained on it, evaluated and deployed, and what is still open.
    async fn campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commit of corrections: `commit:12`.")] commit: ID,
    ) -> Result<Option<Campaign>> {
        let scope = self.0.scope(ctx)?;
        let seq = scope.commit(&commit)?;
        let mut wrong = WrongInput::Commit(commit).versions(&scope, false)?;
        wrong.sort_unstable();
        wrong.dedup();
        Campaign::of(scope, Spending::of(ctx)?, seq, &wrong).map(Some)
    }
}

/// One side of a comparison. A split that the set version does not have is a mistake, not an empty side that leaks
/// nothing.
fn side(scope: &Scope, spending: &Spending, id: &ID, split: Option<&str>) -> Result<Side> {
    let set = scope.training_set(id)?;
    let Some(split) = split else { return Ok(Side { set, split: None }) };
    let side = scope.read(|at| at.name(split).map(|name| Side { set, split: Some(name) }));
    let members = |side| spending.walk(Purpose::Questions, |budget| scope.read(|at| at.side(side, budget)));
    match side {
        Some(side) if members(side)?.is_some_and(|members| !members.is_empty()) => Ok(side),
        _ => Err(errors::bad_input(format!("{} has no member in split `{split}`", id.as_str()))),
    }
}
