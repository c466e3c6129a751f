//! The input of a version with its complete content.

use async_graphql::{ID, InputObject, MaybeUndefined, Result};

use super::intent::Intent;
use super::item::ItemKey;
use super::read::{MAX_LIST, attributes, expected, limit, list, maybe_reference, placed, reference};
use crate::api::enums::ClassChangeKind;
use crate::api::errors::bad_input;
use crate::api::scalars::{Digest, Json, Time};
use crate::api::scope::Scope;
use crate::domain::class_change::ClassChange;
use crate::domain::version::Activity;
use crate::domain::write::proposal::{Change, Put, Ref};

/// A version of an item, with its complete content. Content equal to that of the parent creates no
/// new version.
#[derive(InputObject, Debug, Clone)]
pub struct PutVersionInput {
    /// In a commit only: a name for the result, which later changes use as `@name` in place of a
    /// version.
    #[graphql(name = "as")]
    pub name: Option<String>,
    /// The item; created if it is new.
    pub item: ItemKey,
    /// The parent version (default: the item's current version).
    pub parent: Option<ID>,
    /// Fails with CONFLICT unless this is the item's current version or the same write was done
    /// before. Null: unless the item does not exist yet.
    pub expect_head: MaybeUndefined<ID>,
    /// Attributes: a JSON object (default `{}`).
    pub attributes: Option<Json>,
    /// The digest of the bytes, which must have been uploaded.
    pub payload: Option<Digest>,
    /// The media type of the bytes, such as `image/png`. Rejected if the bytes begin as an image of
    /// another type.
    pub media_type: Option<String>,
    /// Records the width and height of the image, read from its bytes, as attributes `width` and
    /// `height` (in pixels as stored).
    #[graphql(default)]
    pub record_image_size: bool,
    /// The class list version that the label uses.
    pub ontology: Option<ID>,
    /// ONTOLOGY items only: how this version of the class list changes the classes of its parent.
    pub ontology_changes: Option<Vec<ClassChangeInput>>,
    /// The versions it was made from.
    pub sources: Option<Vec<SourceInput>>,
    /// The activity that made it.
    pub activity: Option<ActivityInput>,
    /// Label tags to set on it.
    pub tags: Option<Vec<String>>,
    /// A note about the version.
    pub message: Option<String>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

/// A source of a version.
#[derive(InputObject, Debug, Clone)]
pub struct SourceInput {
    /// The version.
    pub version: ID,
    /// The role of the source.
    #[graphql(default = "INPUT")]
    pub role: String,
}

/// The activity that made a version. It is not part of the version's id.
#[derive(InputObject, Debug, Clone)]
pub struct ActivityInput {
    /// Its name, such as `crop`.
    pub name: String,
    /// The code that ran: a commit, an image digest or an address.
    pub code_reference: Option<String>,
    /// Its parameters: a JSON object.
    pub parameters: Option<Json>,
    /// The time at which it started.
    pub started_at: Option<Time>,
    /// The time at which it ended.
    pub ended_at: Option<Time>,
}

/// The effect of a class list version on classes of its parent: `from` and `to`, or `classes`
/// alone.
#[derive(InputObject, Debug, Clone)]
pub struct ClassChangeInput {
    /// The kind of change.
    pub kind: ClassChangeKind,
    /// The classes of the parent: values of the attribute `class` of labels. RENAME and SPLIT take
    /// one, MERGE two or more, REDEFINE one or more.
    pub from: Option<Vec<Json>>,
    /// The classes of this version that replace them. RENAME and MERGE take one, SPLIT two or more,
    /// REDEFINE none.
    pub to: Option<Vec<Json>>,
    /// The changed classes, without their replacements. A RENAME in this form cannot be followed.
    pub classes: Option<Vec<Json>>,
}

impl Intent for PutVersionInput {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, _: &Scope) -> Result<Change> {
        let changes = list("class changes", self.ontology_changes)?;
        Ok(Change::Put(Put {
            name: self.name,
            item: self.item.identity()?,
            parent: maybe_reference(self.parent.as_ref())?,
            expect_head: expected(&self.expect_head)?,
            payload: self.payload.map(|payload| payload.0),
            media_type: self.media_type,
            record_image_size: self.record_image_size,
            attributes: attributes(self.attributes.as_ref())?,
            ontology: maybe_reference(self.ontology.as_ref())?,
            sources: sources(self.sources.unwrap_or_default())?,
            activity: self.activity.map(ActivityInput::activity).transpose()?,
            class_changes: changes.into_iter().map(ClassChangeInput::change).collect::<Result<_>>()?,
            tags: list("tags of one version", self.tags)?,
            message: self.message,
        }))
    }
}

/// Converts sources and their roles.
pub(super) fn sources(given: Vec<SourceInput>) -> Result<Vec<(String, Ref)>> {
    limit("sources of one version", given.len(), MAX_LIST)?;
    given.into_iter().map(|source| Ok((source.role, reference(&source.version)?))).collect()
}

impl ActivityInput {
    pub(super) fn activity(self) -> Result<Activity> {
        let parameters = attributes(self.parameters.as_ref());
        Ok(Activity {
            name: self.name,
            code_reference: self.code_reference,
            parameters: parameters.map_err(|error| placed("parameters of the activity", error))?,
            started_at: self.started_at.map(|time| time.0),
            ended_at: self.ended_at.map(|time| time.0),
        })
    }
}

impl ClassChangeInput {
    fn change(self) -> Result<ClassChange> {
        let list = |classes: Vec<Json>| -> Result<Vec<serde_json::Value>> {
            limit("classes of one class change", classes.len(), MAX_LIST)?;
            Ok(classes.into_iter().map(|class| class.0).collect())
        };
        let kind = self.kind.into();
        match (self.classes, self.from, self.to) {
            (Some(classes), None, None) => Ok(ClassChange::listed(kind, list(classes)?)),
            (None, Some(from), to) => {
                Ok(ClassChange::mapped(kind, list(from)?, list(to.unwrap_or_default())?))
            }
            (None, None, _) => Err(bad_input(
                "a class change expects `from` (and `to`, except for REDEFINE), or `classes` alone, found neither",
            )),
            (Some(_), ..) => Err(bad_input(
                "a class change expects `from` and `to`, or `classes` alone, found both; leave `classes` out",
            )),
        }
    }
}
