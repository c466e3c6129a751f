//! The schema: its roots, what every request finds in its context, and its text.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest, NextResolve, ResolveInfo,
};
use async_graphql::{EmptySubscription, Request, SDLExportOptions, Schema, ServerResult, Value};
use async_trait::async_trait;

use super::cost::Limits;
use super::execute::errands::Errands;
use super::execute::{BadSchema, Execute, Executor, measure};
use super::loaders;
use super::mutation::Mutation;
use super::query::Query;
use super::scope::Scope;
use super::types::Node;
use crate::ledger::Ledger;

/// Answers requests on a ledger. Must be called within a tokio runtime.
///
/// # Errors
/// [`BadSchema`] where the schema cannot be read back: a mistake of ours that every test shows.
pub fn over(ledger: Ledger) -> Result<Arc<dyn Execute>, BadSchema> {
    within(ledger, Limits::default())
}

/// Answers requests on a ledger, within other limits than the usual ones. Must be called within a tokio runtime.
///
/// # Errors
/// As [`over`].
pub fn within(ledger: Ledger, limits: Limits) -> Result<Arc<dyn Execute>, BadSchema> {
    let schema = Schema::build(Query::default(), Mutation, EmptySubscription)
        .register_output_type::<Node>()
        .data(ledger.clone())
        .extension(PinnedView(ledger))
        .disable_suggestions()
        .finish();
    Ok(Arc::new(Executor::new(schema, limits)?))
}

/// The schema as text, sorted: what `schema.graphql` holds.
#[must_use]
pub fn sdl() -> String {
    let schema =
        Schema::build(Query::default(), Mutation, EmptySubscription).register_output_type::<Node>().finish();
    let options =
        SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    let text = schema.sdl_with_options(options);
    // The exporter indents with tabs and leaves trailing blanks.
    let lines: Vec<String> =
        text.lines().map(|line| line.replace('\t', "  ").trim_end().to_owned()).collect();
    lines.join("\n").trim().to_owned() + "\n"
}

/// Pins the newest durable commit once per request, so that everything in one answer is read at one moment; gives the
/// request its loader; counts what the answer holds.
struct PinnedView(Ledger);

impl ExtensionFactory for PinnedView {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self(self.0.clone()))
    }
}

#[async_trait]
impl Extension for PinnedView {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let errands = request.data.get(&TypeId::of::<Errands>());
        let errands = errands.and_then(|errands| errands.downcast_ref::<Errands>()).cloned();
        let loader = loaders::loader(self.0.clone(), errands.unwrap_or_default());
        next.run(ctx, request.data(Scope { view: self.0.view() }).data(loader)).await
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        measure::resolve(ctx, info, next).await
    }
}
