//! The questions of the Query root about data that goes round: what came to be affected, what leaks from one set into
//! another, how far a campaign of corrections has come.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object, Result};

use super::RootScope;
use super::main_question::Asking;
use crate::api::cursor::List;
use crate::api::engine::budget::Spending;
use crate::api::enums::{Inclusion, ItemKind, LeakageKind};
use crate::api::errors;
use crate::api::inputs::{self, WrongInput};
use crate::api::page::{Connection, Page};
use crate::api::result_cache;
use crate::api::scalars::Seq;
use crate::api::scope::Scope;
use crate::api::types::{
    AffectedConsumer, AffectedTrainingSet, Answer, AnswerConnection, Asked, Campaign, LeakageFinding,
};
use crate::domain::item::Kind;
use crate::ledger::AsOf;
use crate::lineage::query::impact::ConsumersQuestion;
use crate::lineage::query::leakage::{Leak, Side};

/// What is asked of data that goes round, at one moment.
#[derive(Default, Clone)]
pub(in crate::api) struct Cycle(RootScope);

impl Cycle {
    /// The same questions at another moment.
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
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
    ) -> Result<Option<AnswerConnection<AffectedTrainingSet>>> {
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
        let asked = Asked::all(scope.clone());
        Answer::page(ctx, &scope, page, result_cache::Asked::Newly(from_seq.0), asked).map(Some)
    }

    /// Which models, evaluations and deployments saw something wrong, or are wrong themselves: those that learnt from a
    /// training set version that `affectedTrainingSets` would name, that were made from something wrong without a set, and
    /// what was made from these. Models come first, then evaluations, then deployments, each by age. Each is one row,
    /// however many sets and ways lead to it.
    ///
    /// Where one request may not follow all that is wrong, it is answered in parts, as `affectedTrainingSets` is: the same
    /// consumer may come again in a later part with other wrong versions.
    async fn affected_consumers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What may be wrong.")] wrong: WrongInput,
        #[graphql(
            desc = "Only consumers of these kinds, of MODEL, EVALUATION and DEPLOYMENT; all of them if left out. An \
                          empty list selects nothing."
        )]
        kinds: Option<Vec<ItemKind>>,
        #[graphql(
            default_with = "Inclusion::plain()",
            desc = "How they saw it; an empty list selects nothing."
        )]
        inclusion: Vec<Inclusion>,
        #[graphql(default = false, desc = "Also what is RESTORED: the item has the same content again.")]
        include_restored: bool,
        #[graphql(
            default = false,
            desc = "Also labels with a class that a later version of their class list merged, split or redefined."
        )]
        include_ontology_stale: bool,
        #[graphql(default = false, desc = "Only consumers that are their item's current version.")]
        only_heads: bool,
        #[graphql(desc = "Only consumers that carry one of these tags; an empty list selects nothing.")]
        tagged: Option<Vec<String>>,
        #[graphql(default = false, desc = "Also through models into sets: set, model, pseudo-label, set.")]
        through_models: bool,
        #[graphql(
            desc = "Judges by what was said up to this moment, which may be later than the one read (default: the \
                          moment read)."
        )]
        knowledge_at: Option<inputs::AsOf>,
        #[graphql(
            desc = "Returns the first n entries, from the start or after `after` (default 50, maximum 1000)."
        )]
        first: Option<i32>,
        #[graphql(desc = "Starts after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries, from the end or before `before` (maximum 1000).")]
        last: Option<i32>,
        #[graphql(desc = "Ends before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Option<AnswerConnection<AffectedConsumer>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let kinds = consumer_kinds(kinds)?;
        let asking = Asking {
            inclusion,
            include_restored,
            include_ontology_stale,
            only_heads,
            tagged,
            through_models,
            knowledge_at,
        };
        let (scope, question, asked) = asking.question(self.0.scope(ctx)?, &page, wrong)?;
        AffectedConsumer::page(ctx, &scope, page, ConsumersQuestion { question, kinds }, asked).map(Some)
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
        let side = |id: &ID, split: &Option<String>| side(&scope, id, split.as_deref());
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
        let judged = WrongInput::Commit(commit).judged(&scope, false)?;
        let asked = Asked::new(scope.clone(), &judged);
        let mut wrong = judged.versions;
        wrong.sort_unstable();
        wrong.dedup();
        Campaign::of(scope, Spending::of(ctx)?, seq, &wrong, asked).map(Some)
    }
}

/// The kinds of consumers that are asked for. Another kind is a mistake, not an answer that nothing is affected.
fn consumer_kinds(kinds: Option<Vec<ItemKind>>) -> Result<BTreeSet<Kind>> {
    let Some(kinds) = kinds else {
        return Ok(Kind::ALL.into_iter().filter(|kind| kind.is_consumer()).collect());
    };
    let kinds: BTreeSet<Kind> = kinds.into_iter().map(Kind::from).collect();
    match kinds.iter().find(|kind| !kind.is_consumer()) {
        None => Ok(kinds),
        Some(kind) => Err(errors::bad_input(format!(
            "`kinds` must be of MODEL, EVALUATION and DEPLOYMENT, found {kind}; for training sets ask `affectedTrainingSets`"
        ))),
    }
}

/// One side of a comparison. A split that the set version does not have is a mistake, not an empty side that leaks
/// nothing.
fn side(scope: &Scope, id: &ID, split: Option<&str>) -> Result<Side> {
    let set = scope.training_set(id)?;
    let Some(split) = split else { return Ok(Side { set, split: None }) };
    // The contents of a set are in the splits of its pins.
    let split = scope.read(|at| at.split(set, &at.members(set).collect::<Vec<_>>(), split));
    split.map(|split| Side { set, split: Some(split) }).map_err(|error| errors::invalid(&error))
}
