//! The inputs of statements: corrections, retractions and reinstatements.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::put::{ActivityInput, SourceInput, sources};
use super::read::{expected, given_attributes, maybe_reference, reference};
use crate::api::scalars::{Digest, Json};
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, Correct, Say};

/// A corrected version of an item, with the statement that the given version was wrong. A field
/// that is absent or null keeps the value of the corrected version.
#[derive(InputObject, Debug, Clone)]
pub struct CorrectInput {
    /// In a commit only: a name for the result, which later changes use as `@name` in place of a
    /// version.
    #[graphql(name = "as")]
    pub name: Option<String>,
    /// The version that was wrong.
    pub version: ID,
    /// The corrected attributes, complete.
    pub attributes: Option<Json>,
    /// The digest of the corrected bytes, which must have been uploaded.
    pub payload: Option<Digest>,
    /// The media type of the corrected bytes, such as `image/png`. Rejected if the bytes begin as
    /// an image of another type.
    pub media_type: Option<String>,
    /// Records the width and height of the image, read from its bytes, as attributes `width` and
    /// `height` (in pixels as stored).
    #[graphql(default)]
    pub record_image_size: bool,
    /// The class list version of the corrected label.
    pub ontology: Option<ID>,
    /// The sources of the corrected version, complete.
    pub sources: Option<Vec<SourceInput>>,
    /// The reason why the version was wrong.
    pub reason: String,
    /// The activity that found the error and made the correction. Recorded, but not compared when
    /// the request is repeated.
    pub activity: Option<ActivityInput>,
    /// A note. Recorded, but not compared when the request is repeated.
    pub message: Option<String>,
    /// Fails with CONFLICT unless this is the item's current version or the same statement was made
    /// before.
    pub expect_head: MaybeUndefined<ID>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

/// A statement that a version was wrong, without a replacement.
#[derive(InputObject, Debug, Clone)]
pub struct RetractInput {
    /// The version that was wrong.
    pub version: ID,
    /// The reason why it was wrong.
    pub reason: String,
    /// The activity that found the error. Recorded, but not compared when the request is repeated.
    pub activity: Option<ActivityInput>,
    /// A note. Recorded, but not compared when the request is repeated.
    pub message: Option<String>,
    /// Fails with CONFLICT unless this is the item's current version or the same statement was made
    /// before.
    pub expect_head: MaybeUndefined<ID>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

/// A statement that a version was not wrong after all.
#[derive(InputObject, Debug, Clone)]
pub struct ReinstateInput {
    /// The version that is currently wrong.
    pub version: ID,
    /// The reason why it is not wrong.
    pub reason: String,
    /// The activity that found the error. Recorded, but not compared when the request is repeated.
    pub activity: Option<ActivityInput>,
    /// A note. Recorded, but not compared when the request is repeated.
    pub message: Option<String>,
    /// Fails with CONFLICT unless this is the item's current version or the same statement was made
    /// before.
    pub expect_head: MaybeUndefined<ID>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

impl Intent for CorrectInput {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        Ok(Change::Correct(Correct {
            name: self.name,
            version: reference(&self.version)?,
            attributes: self.attributes.as_ref().map(given_attributes).transpose()?,
            payload: self.payload.map(|payload| payload.0),
            media_type: self.media_type,
            record_image_size: self.record_image_size,
            ontology: maybe_reference(self.ontology.as_ref())?,
            sources: self.sources.map(sources).transpose()?,
            reason: self.reason,
            activity: self.activity.map(ActivityInput::activity).transpose()?,
            message: self.message,
            expect_head: expected(&self.expect_head)?,
        }))
    }
}

impl Intent for RetractInput {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        Ok(Change::Retract(Say {
            version: reference(&self.version)?,
            reason: self.reason,
            activity: self.activity.map(ActivityInput::activity).transpose()?,
            message: self.message,
            expect_head: expected(&self.expect_head)?,
        }))
    }
}

impl Intent for ReinstateInput {
    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        Ok(Change::Reinstate(Say {
            version: reference(&self.version)?,
            reason: self.reason,
            activity: self.activity.map(ActivityInput::activity).transpose()?,
            message: self.message,
            expect_head: expected(&self.expect_head)?,
        }))
    }
}
