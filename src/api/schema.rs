//! The schema: its roots, what every request finds in its context, and its text.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest};
use async_graphql::{EmptySubscription, Request, SDLExportOptions, Schema, ServerResult};
use async_trait::async_trait;

use super::cost::Limits;
use super::execute::{BadSchema, Execute, Executor};
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
    let schema = Schema::build(Query::default(), Mutation, EmptySubscription)
        .register_output_type::<Node>()
        .data(loaders::loader(ledger.clone()))
        .data(ledger.clone())
        .extension(PinnedView(ledger))
        .disable_suggestions()
        .finish();
    Ok(Arc::new(Executor::new(schema, Limits::default())?))
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

/// Pins the newest durable commit once per request: everything in one answer is read at one moment.
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
        next.run(ctx, request.data(Scope { view: self.0.view() })).await
    }
}
