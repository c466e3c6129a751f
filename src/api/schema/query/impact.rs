//! The root fields about impact: rows that became affected, affected consumers, leakage between
//! sets, and campaigns of corrections.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object, Result};

use super::RootScope;
use super::affected;
use super::affected_arguments::AffectedArguments;
use super::asked::{AnswerConnection, Asked};
use super::campaign::Campaign;
use crate::api::cursor::List;
use crate::api::engine::budget::RequestBudget;
use crate::api::enums::{Inclusion, ItemKind, LeakageKind};
use crate::api::errors;
use crate::api::inputs::{self, MAX_IDS, WrongInput};
use crate::api::page::{Connection, Page};
use crate::api::result_cache;
use crate::api::scalars::Seq;
use crate::api::scope::Scope;
use crate::api::types::{AffectedConsumer, AffectedTrainingSet, LeakageFinding};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::ledger::AsOf;
use crate::lineage::query::impact::ConsumersQuestion;
use crate::lineage::query::leakage::{Leak, Side};

/// The root fields about impact, at one moment.
#[derive(Default, Clone)]
pub(in crate::api) struct ImpactFields(RootScope);

impl ImpactFields {
    /// Returns the same fields at another moment.
    pub(in crate::api) const fn at(scope: RootScope) -> Self {
        Self(scope)
    }
}

#[Object]
impl ImpactFields {
    /// Returns the rows of `affectedTrainingSets(wrong: {all: {}})` that are true at `toSeq` and
    /// were not at `fromSeq`, because of a statement, a derivation, a head or a set version in
    /// between. The counts are those of the new rows; everything else is as of `toSeq`. If one
    /// request cannot follow everything, the answer is in parts, as that of `affectedTrainingSets`.
    async fn newly_affected(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commit to compare with: rows that were true just after it are not new. With \
                    0, every row is new.")]
        from_seq: Seq,
        #[graphql(desc = "Returns rows that are true just after this commit (default: the moment that is \
                    read).")]
        to_seq: Option<Seq>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
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
                "`fromSeq` must not be after `toSeq`, found {} after {}",
                from_seq.0,
                scope.view.seq()
            )));
        }
        let asked = Asked::all(scope.clone());
        affected::training_sets(ctx, &scope, page, result_cache::Asked::Newly(from_seq.0), asked).map(Some)
    }

    /// Returns the models, evaluations and deployments that saw something wrong or are wrong
    /// themselves: those trained on a training set version that `affectedTrainingSets` returns,
    /// those made from something wrong without a set, and everything made from these. Models come
    /// first, then evaluations, then deployments, each by age. Each is one row, even if several
    /// sets and paths lead to it.
    ///
    /// If one request cannot follow everything that is wrong, the answer is in parts, as that of
    /// `affectedTrainingSets`: the same consumer can be in a later part again, with other wrong
    /// versions.
    async fn affected_consumers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The versions that may be wrong.")] wrong: WrongInput,
        #[graphql(desc = "Only consumers of these kinds: MODEL, EVALUATION and DEPLOYMENT (default: all \
                    three). An empty list selects nothing.")]
        kinds: Option<Vec<ItemKind>>,
        #[graphql(desc = "Only these consumers, by id or reference: models, evaluations and deployments. \
                    An empty list selects nothing.")]
        consumers: Option<Vec<ID>>,
        #[graphql(
            default_with = "Inclusion::plain()",
            desc = "Only consumers that saw it in one of these ways; an empty list selects nothing."
        )]
        inclusion: Vec<Inclusion>,
        #[graphql(default = false, desc = "Includes what is RESTORED: the item has the same content again.")]
        include_restored: bool,
        #[graphql(
            default = false,
            desc = "Includes labels with a class that a later version of their class list merged, \
                    split or redefined."
        )]
        include_ontology_stale: bool,
        #[graphql(default = false, desc = "Only consumers that are their item's current version.")]
        only_heads: bool,
        #[graphql(desc = "Only consumers with one of these tags; an empty list selects nothing.")]
        tagged: Option<Vec<String>>,
        #[graphql(
            default = false,
            desc = "Continues through models into sets: set, model, pseudo-label, set."
        )]
        through_models: bool,
        #[graphql(desc = "Judges by the statements up to this moment, which may be later than the moment \
                    read (default: the moment read).")]
        knowledge_at: Option<inputs::AsOf>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<AnswerConnection<AffectedConsumer>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let kinds = consumer_kinds(kinds)?;
        let arguments = AffectedArguments {
            inclusion,
            include_restored,
            include_ontology_stale,
            only_heads,
            tagged,
            through_models,
            knowledge_at,
        };
        let (scope, question, asked) = arguments.question(self.0.scope(ctx)?, &page, wrong)?;
        let only = consumers.map(|consumers| these_consumers(&scope, &consumers)).transpose()?;
        affected::consumers(ctx, &scope, page, ConsumersQuestion { question, kinds, only }, asked).map(Some)
    }

    /// Returns what two training set versions have in common, such as train and test, or two splits
    /// of one version. Members that share something are one finding, whatever the number of their
    /// pairs.
    ///
    /// Common ancestors are found through data only: SOURCE, LABEL, DERIVED and BUNDLE. A class
    /// list or a model that everything was made with, and the set that such a model was trained on,
    /// are no leakage. A pair belongs to its nearest common ancestors only, and a member is its own
    /// ancestor: a crop in one set and its image in the other share the image. A member that is a
    /// set counts as the members it pins.
    async fn leakage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first training set version, such as the one to train on.")] a: ID,
        #[graphql(desc = "The second training set version; it may be the first one, with other splits.")]
        b: ID,
        #[graphql(default = true, desc = "Includes members with a common ancestor: COMMON_ANCESTOR.")]
        through_derivation: bool,
        #[graphql(desc = "Only members of the first version in this split, such as TRAIN.")] split_a: Option<
            String,
        >,
        #[graphql(desc = "Only members of the second version in this split, such as TEST.")] split_b: Option<
            String,
        >,
        #[graphql(desc = "Only findings of these kinds; an empty list selects nothing.")] kinds: Option<
            Vec<LeakageKind>,
        >,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<LeakageFinding>>> {
        let page = Page::new(List::of(ctx, "")?, first, after, last, before)?;
        let scope = page.scope(&self.0.scope(ctx)?)?;
        let budget = RequestBudget::of(ctx)?;
        let side = |id: &ID, split: &Option<String>| side(&scope, id, split.as_deref());
        let sides = (side(&a, &split_a)?, side(&b, &split_b)?);
        let apart = sides.0.split.is_some() && sides.1.split.is_some() && sides.0.split != sides.1.split;
        if sides.0.set == sides.1.set && !apart {
            return Err(errors::bad_input(
                "`a` and `b` are the same set version: expected two different splits in `splitA`, `splitB`",
            ));
        }
        let kinds =
            kinds.map_or_else(|| Leak::ALL.to_vec(), |kinds| kinds.into_iter().map(Leak::from).collect());
        let wanted = kinds.into_iter().filter(|leak| through_derivation || *leak != Leak::CommonAncestor);
        LeakageFinding::page(&scope, budget, &page, sides, wanted).map(Some)
    }

    /// Returns the progress of a campaign of corrections: for each training set that held what one
    /// commit found wrong, when it was refreshed, when a model was trained on it, evaluated and
    /// deployed, and what is still open.
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
        Campaign::of(scope, RequestBudget::of(ctx)?, seq, &wrong, asked).map(Some)
    }
}

/// Returns the consumers that an argument names.
fn these_consumers(scope: &Scope, named: &[ID]) -> Result<BTreeSet<VersionNo>> {
    let versions = scope.versions(named, MAX_IDS)?;
    let kinds: Vec<Kind> = scope.read(|at| versions.iter().map(|version| at.kind(*version)).collect());
    if let Some(place) = kinds.iter().position(|kind| !kind.is_consumer()) {
        return Err(errors::bad_input(format!(
            "expected versions of models, evaluations and deployments as `consumers`, found {}, a {}",
            named[place].as_str(),
            kinds[place]
        )));
    }
    Ok(versions.into_iter().collect())
}

/// Validates the kinds of consumers. Any other kind is an error, not an empty answer.
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

/// Returns one side of a comparison. A split that the set version does not have is an error, not an
/// empty side without leakage.
fn side(scope: &Scope, id: &ID, split: Option<&str>) -> Result<Side> {
    let set = scope.training_set(id)?;
    let Some(split) = split else { return Ok(Side { set, split: None }) };
    // The contents of a member set are in the splits of its pins.
    let split = scope.read(|at| at.split(&[set], split));
    split.map(|split| Side { set, split: Some(split) }).map_err(|error| errors::invalid(&error))
}
