//! A training set version: what it pins, in one of three forms.

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
    /// Inside a commit only: names the result, so that later changes can say `@name` where a version is asked for.
    #[graphql(name = "as")]
    pub name: Option<String>,
    /// The training set, an item of kind TRAINING_SET; made if it is new.
    pub item: ItemKey,
    /// What it pins.
    pub members: MembersInput,
    /// Whether these are all that the set holds. A complete set is judged by its pins alone.
    #[graphql(default = true)]
    pub complete: bool,
    /// Refuse with CONFLICT unless this is the set's current version, or the same write was done already. Null: unless the
    /// set does not exist yet.
    pub expect_head: MaybeUndefined<ID>,
    /// Free attributes, a JSON object; `{}` where absent.
    pub attributes: Option<Json>,
    /// What the set as a whole was made from.
    pub sources: Option<Vec<SourceInput>>,
    /// Label tags to put on it.
    pub tags: Option<Vec<String>>,
    /// A note on the version.
    pub message: Option<String>,
    /// A name for this request, 1 to 256 bytes: a retry with the same key and content gets the first answer.
    pub idempotency_key: Option<String>,
}

/// The members of a training set version. Give exactly one field.
#[derive(OneofObject, Debug, Clone)]
pub enum MembersInput {
    /// All of them; at most 1,000,000.
    All(Vec<MemberInput>),
    /// What differs from an earlier version of the set.
    Change(MembersChangeInput),
    /// The current versions of all items that a filter finds.
    Select(Box<MembersSelectInput>),
}

/// A version to pin.
#[derive(InputObject, Debug, Clone)]
pub struct MemberInput {
    /// The version.
    pub version: ID,
    /// What it is used for: TRAIN, VALIDATION, TEST or another name.
    #[graphql(default = "TRAIN")]
    pub split: String,
    /// How much it counts, a number from 0; 1 where absent.
    pub weight: Option<f64>,
}

/// The version to which a change of members is applied.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOnto {
    /// The set's current version.
    Head,
}

/// What differs from an earlier version of a training set.
#[derive(InputObject, Debug, Clone)]
pub struct MembersChangeInput {
    /// The earlier version. Refused with CONFLICT unless it is the set's current version, or `onto` says otherwise.
    pub base: ID,
    /// HEAD: apply the change to the set's current version, whatever has changed since `base`. Adding a member that is
    /// there and leaving out one that is not are no errors then.
    pub onto: Option<ChangeOnto>,
    /// Members to add, or to give another split or weight; at most 1,000,000.
    pub add: Option<Vec<MemberInput>>,
    /// Members to leave out; at most 1,000,000.
    pub remove: Option<Vec<ID>>,
}

/// The current versions of all items that a filter finds, pinned as they are at one moment.
#[derive(InputObject, Debug, Clone)]
pub struct MembersSelectInput {
    /// Which items. At least one condition; `keyPrefix: ""` means every item of the store.
    pub filter: ItemFilter,
    /// What all of them are used for.
    #[graphql(default = "TRAIN")]
    pub split: String,
    /// The moment at which items are looked for and their versions are taken; where absent, that of the commit itself.
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
        limit("members to leave out", remove.len(), MAX_MEMBERS)?;
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
