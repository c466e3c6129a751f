//! What belongs to a version's content: its payload, what made it, and what a class list changed.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::api::cursor::List;
use crate::api::engine::budget::Spending;
use crate::api::enums::ClassChangeKind;
use crate::api::errors;
use crate::api::loaders::load;
use crate::api::page::{Connection, Page};
use crate::api::scalars::{ByteSize, Digest, Json, Time};
use crate::api::schema::mutation::uploads::lifetime;
use crate::api::scope::Scope;
use crate::api::types::Version;
use crate::domain::class_change::{self, ChangedClasses};
use crate::domain::{id, version};
use crate::ledger::Ledger;

/// Bytes in the blob store.
#[derive(Clone)]
pub struct Blob {
    scope: Scope,
    digest: id::Digest,
}

impl Blob {
    /// The payload with this digest, which a version names.
    #[must_use]
    pub const fn new(scope: Scope, digest: id::Digest) -> Self {
        Self { scope, digest }
    }
}

/// Bytes in the blob store, named by their BLAKE3 digest.
#[Object]
impl Blob {
    /// BLAKE3 of the bytes.
    async fn digest(&self) -> Digest {
        Digest(self.digest)
    }

    /// SHA-256 of the bytes, as 64 hex digits.
    async fn sha256(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(id::hex(&load(ctx, self.digest).await?.sha256))
    }

    /// How many bytes.
    async fn size(&self, ctx: &Context<'_>) -> Result<ByteSize> {
        Ok(ByteSize(load(ctx, self.digest).await?.size))
    }

    /// Where the bytes are, relative to this server.
    async fn path(&self) -> String {
        format!("/blobs/{}", self.digest)
    }

    /// An address from which anybody can read the bytes for a while, without a token: one of the bucket, or if the store
    /// is a directory one of this server. That is a path, unless the server was started with `--public-url`. It is not
    /// checked if the bytes are there.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "For how many seconds: 1 to 604,800, which is a week.",
            default = 3_600
        )]
        expires_in: i32,
    ) -> Result<Option<String>> {
        let expires = lifetime(expires_in)?;
        let address = ctx.data::<Ledger>()?.address(self.digest, expires).await;
        address.map(Some).map_err(errors::ledger)
    }

    /// The versions with these bytes, oldest first.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.digest)?, first, after, last, before)?;
        let scope = page.scope(&self.scope)?;
        let having = scope.read(|at| at.with_payload(&self.digest).to_vec());
        Ok(page.of(&scope, &having, |version| Version::new(scope.clone(), version)))
    }
}

/// What ran to make a version.
#[derive(SimpleObject, Clone)]
pub struct Activity {
    /// Its name.
    name: String,
    /// Which code ran.
    code_reference: Option<String>,
    /// With which parameters.
    parameters: Json,
    /// When it started.
    started_at: Option<Time>,
    /// When it ended.
    ended_at: Option<Time>,
}

impl Activity {
    pub(super) fn new(activity: &version::Activity, spending: &Spending) -> Self {
        Self {
            name: activity.name.clone(),
            code_reference: activity.code_reference.clone(),
            parameters: spending.attributes(&activity.parameters),
            started_at: activity.started_at.map(Time),
            ended_at: activity.ended_at.map(Time),
        }
    }
}

/// The effect of a class list version on classes of the version before it.
#[derive(SimpleObject, Clone)]
pub struct ClassChange {
    /// The kind of change.
    kind: ClassChangeKind,
    /// The classes that it changed: values that labels carry in their attribute `class`.
    classes: Vec<Json>,
    /// The classes of the list before that it changed; null if the change was recorded without `from` and `to`.
    from: Option<Vec<Json>>,
    /// The classes of this list that they became; null if the change was recorded without `from` and `to`.
    to: Option<Vec<Json>>,
}

impl From<&class_change::ClassChange> for ClassChange {
    fn from(change: &class_change::ClassChange) -> Self {
        let json = |classes: &[serde_json::Value]| classes.iter().cloned().map(Json).collect();
        let mapped = |classes| matches!(change.classes, ChangedClasses::Mapped { .. }).then(|| json(classes));
        Self {
            kind: change.kind.into(),
            classes: json(change.before()),
            from: mapped(change.before()),
            to: mapped(change.after()),
        }
    }
}
