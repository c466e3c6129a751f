//! The root of mutations, one per intent. Each converts its input into changes, commits them, and
//! answers with what can be read after the commit.

pub mod payloads;
pub mod uploads;

use async_graphql::{Context, Object, Result};

use crate::api::errors;
use crate::api::inputs::{
    AssertDerivationInput, CommitInput, CorrectInput, Intent, PutVersionInput, RefreshTrainingSetInput,
    ReinstateInput, RemoveTagInput, RetractInput, RollbackInput, SetTagInput, SnapshotTrainingSetInput,
    alone,
};
use crate::api::scope::Scope;
use crate::domain::principal::Principal;
use crate::domain::write::proposal::{Change, Proposal};
use crate::ledger::{AsOf, Ledger};
use payloads::{
    CommitPayload, CorrectPayload, DerivationPayload, PutVersionPayload, SnapshotTrainingSetPayload,
    StatementPayload, TagPayload, WriteResult, makes_version,
};
use uploads::{BeginUploadInput, BeginUploadPayload, CompleteUploadInput, CompleteUploadPayload};

/// The mutations. Every mutation except those of uploads is one atomic commit, which is durable
/// when it is answered. Repeated, it returns what exists already.
pub struct Mutation;

/// The mutations. Every mutation except those of uploads is one atomic commit, which is durable
/// when it is answered. Repeated, it returns what exists already.
#[Object]
impl Mutation {
    /// Makes several changes in one atomic commit. A change can refer to an earlier one of the same
    /// commit as '@name'.
    async fn commit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: CommitInput,
    ) -> Result<CommitPayload> {
        let (key, message) = (input.key()?, input.message.clone());
        let changes = input.changes(&newest(ctx)?)?;
        let makes: Vec<bool> = changes.iter().map(makes_version).collect();
        Ok(write(ctx, changes, message, key).await?.commit_payload(&makes))
    }

    /// Creates a version of an item with its complete content. The item is created if it is new.
    async fn put_version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item and the content of its version.")] input: PutVersionInput,
    ) -> Result<PutVersionPayload> {
        single(ctx, input).await?.put_payload()
    }

    /// Creates a corrected version of the item and states that the given version was wrong.
    async fn correct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that was wrong, and its correction.")] input: CorrectInput,
    ) -> Result<CorrectPayload> {
        single(ctx, input).await?.correct_payload()
    }

    /// A statement that a version was wrong, without a replacement.
    async fn retract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that was wrong.")] input: RetractInput,
    ) -> Result<StatementPayload> {
        single(ctx, input).await?.statement_payload()
    }

    /// A statement that a version was not wrong after all. Answers as of earlier seqs do not
    /// change.
    async fn reinstate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that was not wrong.")] input: ReinstateInput,
    ) -> Result<StatementPayload> {
        single(ctx, input).await?.statement_payload()
    }

    /// Creates a new version with the content of an older one.
    async fn rollback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item and its older version.")] input: RollbackInput,
    ) -> Result<PutVersionPayload> {
        single(ctx, input).await?.put_payload()
    }

    /// Creates a training set version. Its members are a complete list, a change to an earlier
    /// version of the set, or a query that is resolved at a seq and pinned.
    async fn snapshot_training_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The training set and its members.")] input: SnapshotTrainingSetInput,
    ) -> Result<SnapshotTrainingSetPayload> {
        single(ctx, input).await?.snapshot_payload()
    }

    /// Creates the next version of a set with its wrong members replaced by their current versions.
    /// `dryRun` returns the result without writing it.
    async fn refresh_training_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The training set and the kinds of statements to apply.")]
        input: RefreshTrainingSetInput,
    ) -> Result<SnapshotTrainingSetPayload> {
        let (refresh, dry_run) = (input.refresh()?, input.dry_run);
        let (change, key) = alone(input, &newest(ctx)?)?;
        if dry_run {
            return preview(ctx, change).await?.preview_payload(&refresh);
        }
        write(ctx, vec![change], None, key).await?.refresh_payload(&refresh)
    }

    /// Sets a tag on a version. An alias moves from the other version of its item; a label tag is
    /// added.
    async fn set_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tag and the version it points at.")] input: SetTagInput,
    ) -> Result<TagPayload> {
        let name = input.name.clone();
        single(ctx, input).await?.tag_payload(&name)
    }

    /// Removes a tag from a version. Its history is kept.
    async fn remove_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tag and the version it is set on.")] input: RemoveTagInput,
    ) -> Result<TagPayload> {
        let name = input.name.clone();
        single(ctx, input).await?.tag_payload(&name)
    }

    /// Asserts that one existing version was made from another.
    async fn assert_derivation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two versions and the role of the source.")] input: AssertDerivationInput,
    ) -> Result<DerivationPayload> {
        let (change, key) = alone(input, &newest(ctx)?)?;
        write(ctx, vec![change.clone()], None, key).await?.derivation_payload(&change)
    }

    /// Returns the HTTP requests that upload bytes, directly to the bucket if there is one. Send
    /// them, then call `completeUpload`. Uploads that are never completed are removed after a time.
    async fn begin_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The size and digests of the bytes.")] input: BeginUploadInput,
    ) -> Result<BeginUploadPayload> {
        uploads::begin(ctx, input).await
    }

    /// Verifies the uploaded bytes and makes them a payload that versions can use. Repeated, it
    /// returns the same result.
    async fn complete_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The upload to complete.")] input: CompleteUploadInput,
    ) -> Result<CompleteUploadPayload> {
        uploads::complete(ctx, input).await
    }
}

/// Returns the scope in which the references of a request are resolved.
fn newest(ctx: &Context<'_>) -> Result<Scope> {
    Ok(Scope::newest(ctx.data::<Ledger>()?.view()))
}

/// Writes the one change that a mutation asks for.
async fn single<I: Intent>(ctx: &Context<'_>, input: I) -> Result<WriteResult> {
    let (change, key) = alone(input, &newest(ctx)?)?;
    write(ctx, vec![change], None, key).await
}

/// Writes changes as one commit.
async fn write(
    ctx: &Context<'_>,
    changes: Vec<Change>,
    message: Option<String>,
    idempotency_key: Option<String>,
) -> Result<WriteResult> {
    // A new key means that the request is intended again, even if it repeats an older statement.
    let repeat_statements = idempotency_key.is_some();
    let proposal = Proposal { author: author(ctx)?, message, idempotency_key, repeat_statements, changes };
    let ledger = ctx.data::<Ledger>()?;
    let committed = ledger.commit(proposal).await.map_err(errors::ledger)?;
    // A replay is read where it was first answered, so that the answer is the same.
    let view = ledger.at(AsOf::Seq(committed.answered_at)).map_err(errors::ledger)?;
    let scope = if committed.replayed { Scope::pinned(view) } else { Scope::newest(view) };
    Ok(WriteResult { scope, committed })
}

/// Returns the result that a change would have. Writes nothing.
async fn preview(ctx: &Context<'_>, change: Change) -> Result<WriteResult> {
    let proposal = Proposal {
        author: author(ctx)?,
        message: None,
        idempotency_key: None,
        repeat_statements: false,
        changes: vec![change],
    };
    let committed = ctx.data::<Ledger>()?.preview(proposal).await.map_err(errors::ledger)?;
    Ok(WriteResult { scope: newest(ctx)?, committed })
}

fn author(ctx: &Context<'_>) -> Result<String> {
    Ok(ctx.data::<Principal>()?.name().to_owned())
}
