//! The content of a version: its payload, the activity that made it, and class changes.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::api::cursor::List;
use crate::api::engine::budget::RequestBudget;
use crate::api::enums::ClassChangeKind;
use crate::api::errors;
use crate::api::inputs::lifetime;
use crate::api::loaders::{ImageOf, load};
use crate::api::page::{Connection, Page};
use crate::api::scalars::{ByteSize, Digest, Json, Time, int};
use crate::api::scope::Scope;
use crate::api::types::Version;
use crate::domain::class_change::{self, ChangedClasses};
use crate::domain::{id, media, version};
use crate::ledger::Ledger;

/// Bytes in the blob store.
#[derive(Clone)]
pub struct Blob {
    scope: Scope,
    digest: id::Digest,
}

impl Blob {
    /// Returns the payload with this digest, which a version names.
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

    /// The number of bytes.
    async fn size(&self, ctx: &Context<'_>) -> Result<ByteSize> {
        Ok(ByteSize(load(ctx, self.digest).await?.size))
    }

    /// The size of the image, if the bytes are an image of a known format whose first 256 KiB have
    /// its size; null otherwise. It was recognised when the bytes were stored. Null, with an error,
    /// if the bytes are not in the blob store, or for more than 1,000 payloads in one answer.
    async fn image_size(&self, ctx: &Context<'_>) -> Result<Option<ImageSize>> {
        Ok(load(ctx, ImageOf(self.digest)).await?.map(ImageSize::from))
    }

    /// The path of the bytes on this server.
    async fn path(&self) -> String {
        format!("/blobs/{}", self.digest)
    }

    /// A pre-signed URL, from which the bytes can be read for a limited time without a token: of
    /// the bucket, or of this server if the store is a directory. In the latter case it is a path,
    /// unless the server was started with `--public-url`. The existence of the bytes is not
    /// checked.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The lifetime of the URL in seconds: 1 to 604,800, which is a week.",
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
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.digest)?, first, after, last, before)?;
        let scope = page.scope(&self.scope)?;
        let having = scope.read(|at| at.with_payload(&self.digest).to_vec());
        Ok(page.of(&scope, &having, |version| Version::new(scope.clone(), version)))
    }
}

/// The size of an image in pixels as they are stored, before any rotation in its metadata.
#[derive(SimpleObject, Clone)]
pub struct ImageSize {
    /// Pixels per row.
    width: i32,
    /// The number of rows.
    height: i32,
}

impl From<media::ImageSize> for ImageSize {
    fn from(size: media::ImageSize) -> Self {
        Self { width: int(size.width), height: int(size.height) }
    }
}

/// The activity that made a version.
#[derive(SimpleObject, Clone)]
pub struct Activity {
    /// Its name.
    name: String,
    /// The code that ran.
    code_reference: Option<String>,
    /// Its parameters.
    parameters: Json,
    /// The time at which it started.
    started_at: Option<Time>,
    /// The time at which it ended.
    ended_at: Option<Time>,
}

impl Activity {
    pub(super) fn new(activity: &version::Activity, budget: &RequestBudget) -> Self {
        Self {
            name: activity.name.clone(),
            code_reference: activity.code_reference.clone(),
            parameters: budget.attributes(&activity.parameters),
            started_at: activity.started_at.map(Time),
            ended_at: activity.ended_at.map(Time),
        }
    }
}

/// The effect of a class list version on classes of its parent.
#[derive(SimpleObject, Clone)]
pub struct ClassChange {
    /// The kind of change.
    kind: ClassChangeKind,
    /// The classes that it changed: values of the attribute `class` of labels.
    classes: Vec<Json>,
    /// The changed classes of the parent; null if the change was recorded without `from` and `to`.
    from: Option<Vec<Json>>,
    /// The classes of this version that replace them; null if the change was recorded without
    /// `from` and `to`.
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
