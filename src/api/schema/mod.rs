//! The schema: its roots, the context of every request, and its text.

pub mod at_least;
pub mod mutation;
pub mod query;
pub mod subscription;

use std::sync::Arc;

use async_graphql::{Request, SDLExportOptions, Schema};

use super::engine::cost::Limits;
use super::engine::execute::{AnswerMoment, BadSchema, Execute, Executor};
use super::loaders;
use super::result_cache::ResultCache;
use super::scalars;
use super::scope::Scope;
use crate::ledger::{Ledger, View};
use at_least::AtLeast;
use mutation::Mutation;
use query::{Node, Query};
use subscription::Subscription;
use subscription::newly_affected::NewlyKept;

/// Builds the executor of requests on a ledger. Must be called within a tokio runtime.
///
/// # Errors
/// [`BadSchema`] if the schema cannot be read back: a bug that every test detects.
pub fn over(ledger: Ledger) -> Result<Arc<dyn Execute>, BadSchema> {
    within(ledger, Limits::default())
}

/// Builds the executor of requests on a ledger, with the given limits. Must be called within a
/// tokio runtime.
///
/// # Errors
/// As [`over`].
pub fn within(ledger: Ledger, limits: Limits) -> Result<Arc<dyn Execute>, BadSchema> {
    let kept = NewlyKept::default();
    let build = || {
        Schema::build(Query::default(), Mutation, Subscription)
            .register_output_type::<Node>()
            .data(ledger.clone())
            .data(kept.clone())
            .disable_suggestions()
    };
    let (pinned, cache) = (ledger.clone(), ResultCache::default());
    // The newest durable commit is pinned once per request: everything in one answer is read at one
    // moment. This is no extension, because with one the engine wraps every field.
    let equip = move |request: Request, loads| {
        let (view, newest) = (pinned.view(), pinned.clone());
        let position = |view: &View| view.position(view.seq());
        let moment =
            AnswerMoment { read: position(&view), written: Box::new(move || position(&newest.view())) };
        let request = request.data(Scope::newest(view)).data(cache.clone());
        (request.data(loaders::loader(pinned.clone(), loads)), Some(moment))
    };
    let counted = ledger.clone();
    let largest = move || counted.view().entries();
    let executor = Executor::new(build, equip, largest, limits, scalars::CUSTOM)?;
    Ok(Arc::new(AtLeast::new(ledger.clone(), Arc::new(executor))))
}

/// Returns the schema as sorted text: the content of `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let schema =
        Schema::build(Query::default(), Mutation, Subscription).register_output_type::<Node>().finish();
    let options =
        SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    let text = schema.sdl_with_options(options);
    // The exporter indents with tabs and leaves trailing spaces.
    let lines: Vec<String> =
        text.lines().map(|line| line.replace('\t', "  ").trim_end().to_owned()).collect();
    lines.join("\n").trim().to_owned() + "\n"
}
