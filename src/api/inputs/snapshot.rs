//! The input of a training set version: all members, a change, or a selection.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject, Result};

use super::as_of::AsOf;
use super::filter::ItemFilter;
use super::intent::Intent;
use super::item::ItemKey;
use super::put::{SourceInput, sources};
use super::read::{MAX_MEMBERS, attributes, expected, limit, list, reference};
use crate::api::errors;
use crate::api::scalars::Json;
use crate::api::scope::Scope;
use crate::domain::write::proposal::{Change, Members, NewMember, Selection, Snapshot};

/// A training set version, which pins versions of other items.
#[derive(InputObject, Debug, Clone)]
pub struct SnapshotTrainingSetInput {
    /// In a commit only: a name for the result, which later changes use as `@name` in place of a
    /// version.
    #[graphql(name = "as")]
    pub name: Option<String>,
    /// The training set, an item of kind TRAINING_SET; created if it is new.
    pub item: ItemKey,
    /// Its members.
    pub members: MembersInput,
    /// True if the members are all that the set holds. A complete set is judged by its pins alone.
    #[graphql(default = true)]
    pub complete: bool,
    /// Fails with CONFLICT unless this is the set's current version or the same write was done
    /// before. Null: unless the set does not exist yet.
    pub expect_head: MaybeUndefined<ID>,
    /// Attributes: a JSON object (default `{}`).
    pub attributes: Option<Json>,
    /// The sources of the set itself.
    pub sources: Option<Vec<SourceInput>>,
    /// Label tags to set on it.
    pub tags: Option<Vec<String>>,
    /// A note about the version.
    pub message: Option<String>,
    /// A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
    /// first result.
    pub idempotency_key: Option<String>,
}

/// The members of a training set version. Give exactly one field.
#[derive(OneofObject, Debug, Clone)]
pub enum MembersInput {
    /// All members; at most 1,000,000.
    All(Vec<MemberInput>),
    /// Changes to an earlier version of the set.
    Change(MembersChangeInput),
    /// The current versions of all items that match a filter.
    Select(Box<MembersSelectInput>),
}

/// A version to pin.
#[derive(InputObject, Debug, Clone)]
pub struct MemberInput {
    /// The version.
    pub version: ID,
    /// The split: TRAIN, VALIDATION, TEST or another name.
    #[graphql(default = "TRAIN")]
    pub split: String,
    /// The weight, a number from 0 (default 1).
    pub weight: Option<f64>,
}

/// The version to which a change of members is applied.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOnto {
    /// The set's current version.
    Head,
}

/// Changes to an earlier version of a training set.
#[derive(InputObject, Debug, Clone)]
pub struct MembersChangeInput {
    /// The earlier version. Fails with CONFLICT unless it is the set's current version or `onto` is
    /// given.
    pub base: ID,
    /// HEAD applies the change to the set's current version, whatever has changed since `base`.
    /// Adding a member that is present and removing one that is absent are then no errors.
    pub onto: Option<ChangeOnto>,
    /// Members to add, or to change in split or weight; at most 1,000,000.
    pub add: Option<Vec<MemberInput>>,
    /// Members to remove; at most 1,000,000.
    pub remove: Option<Vec<ID>>,
}

/// The current versions of all items that match a filter, as of one moment.
#[derive(InputObject, Debug, Clone)]
pub struct MembersSelectInput {
    /// The filter. At least one condition; `keyPrefix: ""` matches every item of the store.
    pub filter: ItemFilter,
    /// The split of all of them.
    #[graphql(default = "TRAIN")]
    pub split: String,
    /// The moment at which items are matched and versions are taken (default: that of the commit
    /// itself).
    pub as_of: Option<AsOf>,
}

impl Intent for SnapshotTrainingSetInput {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn change(self, scope: &Scope) -> Result<Change> {
        Ok(Change::Snapshot(Snapshot {
            name: self.name,
            item: self.item.identity()?,
            members: self.members.members(scope)?,
            complete: self.complete,
            expect_head: expected(&self.expect_head)?,
            attributes: attributes(self.attributes.as_ref())?,
            sources: sources(self.sources.unwrap_or_default())?,
            tags: list("tags of one version", self.tags)?,
            message: self.message,
        }))
    }
}

impl MembersInput {
    fn members(self, scope: &Scope) -> Result<Members> {
        match self {
            Self::All(all) => Ok(Members::All(new_members(all)?)),
            Self::Change(change) => change.members(),
            Self::Select(select) => select.members(scope),
        }
    }
}

impl MembersChangeInput {
    fn members(self) -> Result<Members> {
        let remove = self.remove.unwrap_or_default();
        limit("members to remove", remove.len(), MAX_MEMBERS)?;
        Ok(Members::Change {
            base: reference(&self.base)?,
            add: new_members(self.add.unwrap_or_default())?,
            remove: remove.iter().map(reference).collect::<Result<_>>()?,
            onto_head: self.onto.is_some(),
        })
    }
}

impl MembersSelectInput {
    fn members(self, scope: &Scope) -> Result<Members> {
        let at = match self.as_of {
            Some(as_of) => Some(scope.view.back_to(as_of.moment()?).map_err(errors::ledger)?.seq()),
            None => None,
        };
        let filter = Box::new(Selection { at, ..self.filter.selection()? });
        Ok(Members::Select { filter, split: self.split })
    }
}

fn new_members(given: Vec<MemberInput>) -> Result<Vec<NewMember>> {
    limit("members in one list", given.len(), MAX_MEMBERS)?;
    let member = |given: MemberInput| {
        let MemberInput { version, split, weight } = given;
        Ok(NewMember { version: reference(&version)?, split, weight })
    };
    given.into_iter().map(member).collect()
}
