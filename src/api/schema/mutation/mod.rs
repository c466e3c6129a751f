//! The root of mutations: one per intent. Each makes its input into changes, hands them to the ledger, and answers with
//! what can be read just after.

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
    StatementPayload, TagPayload, Written, makes_version,
};
use uploads::{BeginUploadInput, BeginUploadPayload, CompleteUploadInput, CompleteUploadPayload};

/// What can be written. Every mutation but those of uploads is one commit, made whole or not at all and durable when it is
/// answered; asked for again, it finds what is there already.
pub struct Mutation;

/// What can be written. Every mutation but those of uploads is one commit, made whole or not at all and durable when it is
/// answered; asked for again, it finds what is there already.
#[Object]
impl Mutation {
    /// Many changes, one atomic commit. A change may refer to an earlier one of the same commit as '@name'.
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

    /// A version of an item, its content given whole. The item is made if it is new.
    async fn put_version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item and the content of its version.")] input: PutVersionInput,
    ) -> Result<PutVersionPayload> {
        single(ctx, input).await?.put_payload()
    }

    /// A new version of the item plus the statement that the given version was wrong.
    async fn correct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that was wrong, and what is right.")] input: CorrectInput,
    ) -> Result<CorrectPayload> {
        single(ctx, input).await?.correct_payload()
    }

    /// The statement that a version was wrong, with nothing to replace it.
    async fn retract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that was wrong.")] input: RetractInput,
    ) -> Result<StatementPayload> {
        single(ctx, input).await?.statement_payload()
    }

    /// The statement that a version was not wrong after all. Answers as of earlier seqs stay as they were.
    async fn reinstate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that was not wrong.")] input: ReinstateInput,
    ) -> Result<StatementPayload> {
        single(ctx, input).await?.statement_payload()
    }

    /// A new version with the content of an older one.
    async fn rollback(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The item and its older version.")] input: RollbackInput,
    ) -> Result<PutVersionPayload> {
        single(ctx, input).await?.put_payload()
    }

    /// A training set version. Members are given whole, as a change to an earlier version of the set, or as a query
    /// resolved at a seq and pinned.
    async fn snapshot_training_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The training set and its members.")] input: SnapshotTrainingSetInput,
    ) -> Result<SnapshotTrainingSetPayload> {
        single(ctx, input).await?.snapshot_payload()
    }

    /// The next version of a set with its wrong members replaced by what they are now; dryRun shows it.
    async fn refresh_training_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The training set, and which statements count.")] input: RefreshTrainingSetInput,
    ) -> Result<SnapshotTrainingSetPayload> {
        let (refresh, dry_run) = (input.refresh()?, input.dry_run);
        let (change, key) = alone(input, &newest(ctx)?)?;
        if dry_run {
            return foresee(ctx, change).await?.foreseen_payload(&refresh);
        }
        write(ctx, vec![change], None, key).await?.refresh_payload(&refresh)
    }

    /// Puts a tag on a version. An alias leaves the version of its item that it was on; a label tag is added.
    async fn set_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tag and where it points.")] input: SetTagInput,
    ) -> Result<TagPayload> {
        let name = input.name.clone();
        single(ctx, input).await?.tag_payload(&name)
    }

    /// Takes a tag away from a version. Its history stays.
    async fn remove_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tag and the version it is on.")] input: RemoveTagInput,
    ) -> Result<TagPayload> {
        let name = input.name.clone();
        single(ctx, input).await?.tag_payload(&name)
    }

    /// Says later that one existing version was made from another.
    async fn assert_derivation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two versions and the role of the source.")] input: AssertDerivationInput,
    ) -> Result<DerivationPayload> {
        let (change, key) = alone(input, &newest(ctx)?)?;
        write(ctx, vec![change.clone()], None, key).await?.derivation_payload(&change)
    }

    /// Says which HTTP requests bring bytes to where payloads are: past this server where that is a bucket. Send them, then
    /// call completeUpload. What is never completed is removed after a time.
    async fn begin_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is going to be sent.")] input: BeginUploadInput,
    ) -> Result<BeginUploadPayload> {
        uploads::begin(ctx, input).await
    }

    /// Verifies what was sent and makes a payload of it, which versions can name then. Asked again, it answers the same.
    async fn complete_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What has been sent.")] input: CompleteUploadInput,
    ) -> Result<CompleteUploadPayload> {
        uploads::complete(ctx, input).await
    }
}

/// The scope in which the references of a request are resolved.
fn newest(ctx: &Context<'_>) -> Result<Scope> {
    Ok(Scope::newest(ctx.data::<Ledger>()?.view()))
}

/// Writes the one change that a mutation asks for.
async fn single<I: Intent>(ctx: &Context<'_>, input: I) -> Result<Written> {
    let (change, key) = alone(input, &newest(ctx)?)?;
    write(ctx, vec![change], None, key).await
}

/// Writes changes as one commit.
async fn write(
    ctx: &Context<'_>,
    changes: Vec<Change>,
    message: Option<String>,
    idempotency_key: Option<String>,
) -> Result<Written> {
    // A key that was not used before says that the request is meant again, also where it repeats an older statement.
    let repeat_statements = idempotency_key.is_some();
    let proposal = Proposal { author: author(ctx)?, message, idempotency_key, repeat_statements, changes };
    let ledger = ctx.data::<Ledger>()?;
    let committed = ledger.commit(proposal).await.map_err(errors::ledger)?;
    // Where it was answered, so that the same answer can be given again: then it is of an earlier moment.
    let view = ledger.at(AsOf::Seq(committed.answered_at)).map_err(errors::ledger)?;
    let scope = if committed.replayed { Scope::pinned(view) } else { Scope::newest(view) };
    Ok(Written { scope, committed })
}

/// What a change would come to. Nothing is written.
async fn foresee(ctx: &Context<'_>, change: Change) -> Result<Written> {
    let proposal = Proposal {
        author: author(ctx)?,
        message: None,
        idempotency_key: None,
        repeat_statements: false,
        changes: vec![change],
    };
    let committed = ctx.data::<Ledger>()?.preview(proposal).await.map_err(errors::ledger)?;
    Ok(Written { scope: newest(ctx)?, committed })
}

fn author(ctx: &Context<'_>) -> Result<String> {
    Ok(ctx.data::<Principal>()?.name().to_owned())
}
