//! What is said of versions that exist: that they were wrong, or were not after all.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::put::{ActivityInput, SourceInput, sources};
use super::read::{expected, maybe_reference, reference, whole};
use crate::api::scalars::{Digest, Json};
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, Correct, Say};

/// A better version of an item, and the statement that the given version was wrong. What is absent or null stays as it
/// is in the version that is corrected.
#[derive(InputObject, Debug, Clone)]
pub struct CorrectInput {
    /// Inside a commit only: names the result, so that later changes can say `@name` where a version is asked for.
    #[graphql(name = "as")]
    pub name: Option<String>,
    /// The version that was wrong.
    pub version: ID,
    /// The right attributes, whole.
    pub attributes: Option<Json>,
    /// The right bytes, which must have been uploaded.
    pub payload: Option<Digest>,
    /// What the right bytes are, for instance `image/png`. Refused where they begin as an image of another type.
    pub media_type: Option<String>,
    /// Record the image's width and height, as its bytes tell them, as attributes `width` and `height` (in pixels as they are stored).
    #[graphql(default)]
    pub record_image_size: bool,
    /// The class list version that the right label uses.
    pub ontology: Option<ID>,
    /// What the right version was made from, whole.
    pub sources: Option<Vec<SourceInput>>,
    /// Why the version was wrong.
    pub reason: String,
    /// What ran to find it out, and to make the better version. Recorded, and not compared where the request is repeated.
    pub activity: Option<ActivityInput>,
    /// A note. Recorded, and not compared where the request is repeated.
    pub message: Option<String>,
    /// Refuse with CONFLICT unless this is the current version of the version's item, or the same statement was made already.
    pub expect_head: MaybeUndefined<ID>,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
    pub idempotency_key: Option<String>,
}

/// The statement that a version was wrong, with nothing to replace it.
#[derive(InputObject, Debug, Clone)]
pub struct RetractInput {
    /// The version that was wrong.
    pub version: ID,
    /// Why it was wrong.
    pub reason: String,
    /// What ran to find it out. Recorded, and not compared where the request is repeated.
    pub activity: Option<ActivityInput>,
    /// A note. Recorded, and not compared where the request is repeated.
    pub message: Option<String>,
    /// Refuse with CONFLICT unless this is the current version of the version's item, or the same statement was made already.
    pub expect_head: MaybeUndefined<ID>,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
    pub idempotency_key: Option<String>,
}

/// The statement that a version was not wrong after all.
#[derive(InputObject, Debug, Clone)]
pub struct ReinstateInput {
    /// The version that is wrong up to now.
    pub version: ID,
    /// Why it is not wrong.
    pub reason: String,
    /// What ran to find it out. Recorded, and not compared where the request is repeated.
    pub activity: Option<ActivityInput>,
    /// A note. Recorded, and not compared where the request is repeated.
    pub message: Option<String>,
    /// Refuse with CONFLICT unless this is the current version of the version's item, or the same statement was made already.
    pub expect_head: MaybeUndefined<ID>,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
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
            attributes: self.attributes.as_ref().map(whole).transpose()?,
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
