//! Proposals: the request of a writer, before rules are applied and numbers are assigned.
//!
//! A change names versions by id, by reference, or by `@name` for the result of an earlier change
//! of the same commit.

use crate::domain::canonical::attributes::Attributes;
use crate::domain::class_change::ClassChange;
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::ItemKey;
pub use crate::domain::search::selection::Selection;
use crate::domain::statement::StatementKind;
use crate::domain::version::Activity;

/// A version that a change refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ref {
    /// A version that exists.
    Id(VersionId),
    /// The version that a reference names when the change is applied, after the earlier changes of
    /// its commit. Stored as it was given, so that a repeated request is recognised although its
    /// references may name other versions by now.
    Named(String),
    /// The result of an earlier change of the same commit, by its `as` name.
    Local(String),
}

/// The state that a writer expects. If the state is another one, the change is a conflict, unless
/// it was made before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expected {
    /// Nothing yet.
    Nothing,
    /// This version.
    Version(Ref),
}

/// One atomic request to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The author.
    pub author: String,
    /// A note on the complete commit.
    pub message: Option<String>,
    /// A name for this request: a request with the same key and content always gets the first
    /// answer.
    pub idempotency_key: Option<String>,
    /// True: a statement that was made before and answered since is made again. False: it is found,
    /// and nothing is made.
    pub repeat_statements: bool,
    /// The changes, in order.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A version of an item.
    Put(Put),
    /// The right version, and the statement that the given one was wrong.
    Correct(Correct),
    /// A statement that a version was wrong.
    Retract(Say),
    /// A statement that a version was not wrong after all.
    Reinstate(Say),
    /// The content of an older version again.
    Rollback(Rollback),
    /// A training set version.
    Snapshot(Snapshot),
    /// A training set's next version, without what is wrong.
    Refresh(Refresh),
    /// A tag set on a version.
    SetTag(SetTag),
    /// A tag removed from a version.
    RemoveTag(RemoveTag),
    /// A derivation between versions that exist.
    Assert(Assert),
}

/// A version of an item with its complete content.
#[derive(Debug, Clone, PartialEq)]
pub struct Put {
    /// The name by which later changes of the commit refer to it (`@name`).
    pub name: Option<String>,
    /// The item; created if it does not exist.
    pub item: ItemKey,
    /// The parent; the current head if `None`.
    pub parent: Option<Ref>,
    /// The required head of the item.
    pub expect_head: Option<Expected>,
    /// The payload.
    pub payload: Option<Digest>,
    /// The media type of the payload.
    pub media_type: Option<String>,
    /// True if the image's width and height are added to the attributes.
    pub record_image_size: bool,
    /// Free attributes.
    pub attributes: Attributes,
    /// The class list used.
    pub ontology: Option<Ref>,
    /// The sources, with their roles.
    pub sources: Vec<(String, Ref)>,
    /// The activity that made it.
    pub activity: Option<Activity>,
    /// Class changes; ontologies only.
    pub class_changes: Vec<ClassChange>,
    /// Label tags to set on it.
    pub tags: Vec<String>,
    /// A note.
    pub message: Option<String>,
}

impl Put {
    /// Returns a version of an item without content.
    #[must_use]
    pub fn new(item: ItemKey) -> Self {
        Self {
            name: None,
            item,
            parent: None,
            expect_head: None,
            payload: None,
            media_type: None,
            record_image_size: false,
            attributes: Attributes::empty(),
            ontology: None,
            sources: Vec::new(),
            activity: None,
            class_changes: Vec::new(),
            tags: Vec::new(),
            message: None,
        }
    }
}

/// A correction. Fields that are not given are those of the corrected version.
#[derive(Debug, Clone, PartialEq)]
pub struct Correct {
    /// The name by which later changes of the commit refer to it (`@name`).
    pub name: Option<String>,
    /// The version that was wrong.
    pub version: Ref,
    /// All new attributes.
    pub attributes: Option<Attributes>,
    /// The new payload.
    pub payload: Option<Digest>,
    /// The media type of the new payload.
    pub media_type: Option<String>,
    /// True if the new image's width and height are added to the attributes.
    pub record_image_size: bool,
    /// The class list that the right version uses.
    pub ontology: Option<Ref>,
    /// All new sources, with their roles.
    pub sources: Option<Vec<(String, Ref)>>,
    /// The reason.
    pub reason: String,
    /// The activity that found it out and made the right version.
    pub activity: Option<Activity>,
    /// A note.
    pub message: Option<String>,
    /// The required head of the item.
    pub expect_head: Option<Expected>,
}

/// A statement without a new version.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    /// The version that the statement is about.
    pub version: Ref,
    /// The reason.
    pub reason: String,
    /// The activity that found it out.
    pub activity: Option<Activity>,
    /// A note.
    pub message: Option<String>,
    /// The required head of the item.
    pub expect_head: Option<Expected>,
}

/// A return to older content.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollback {
    /// The name by which later changes of the commit refer to it (`@name`).
    pub name: Option<String>,
    /// The item.
    pub item: ItemKey,
    /// The version whose content becomes current again.
    pub to: Ref,
    /// The reason.
    pub reason: Option<String>,
    /// The required head of the item.
    pub expect_head: Option<Expected>,
}

/// A training set version.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The name by which later changes of the commit refer to it (`@name`).
    pub name: Option<String>,
    /// The training set; created if it does not exist.
    pub item: ItemKey,
    /// The members.
    pub members: Members,
    /// True if these are all members of the set.
    pub complete: bool,
    /// The required head of the item.
    pub expect_head: Option<Expected>,
    /// Free attributes.
    pub attributes: Attributes,
    /// The sources of the set.
    pub sources: Vec<(String, Ref)>,
    /// Label tags to set on it.
    pub tags: Vec<String>,
    /// A note.
    pub message: Option<String>,
}

/// The three forms in which members are given.
#[derive(Debug, Clone, PartialEq)]
pub enum Members {
    /// All of them.
    All(Vec<NewMember>),
    /// A difference from an earlier version of the set.
    Change {
        /// The earlier version.
        base: Ref,
        /// Members to add, or to give another split or weight.
        add: Vec<NewMember>,
        /// Members to remove.
        remove: Vec<Ref>,
        /// True: the change is applied to the current head of the set. False: `base` must be the
        /// head.
        onto_head: bool,
    },
    /// The heads of all items that a filter finds, in one split.
    Select {
        /// The conditions.
        filter: Box<Selection>,
        /// Their split.
        split: String,
    },
}

/// A member to pin.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMember {
    /// The version.
    pub version: Ref,
    /// Its split.
    pub split: String,
    /// Its weight.
    pub weight: Option<f64>,
}

/// The next version of a training set, its wrong members replaced by their current versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Refresh {
    /// The training set.
    pub item: ItemKey,
    /// The kinds of statements that count.
    pub causes: Vec<StatementKind>,
    /// The required head of the item.
    pub expect_head: Option<Expected>,
}

/// A tag to set on a version.
#[derive(Debug, Clone, PartialEq)]
pub struct SetTag {
    /// The tag.
    pub name: String,
    /// The version.
    pub version: Ref,
    /// True for an alias, which is unique in its item and moves.
    pub alias: bool,
    /// The required current version of an alias; aliases only.
    pub expect: Option<Expected>,
}

/// A tag to remove from a version.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveTag {
    /// The tag.
    pub name: String,
    /// The version.
    pub version: Ref,
    /// The required current version of an alias; aliases only.
    pub expect: Option<Expected>,
}

/// A derivation between versions that exist.
#[derive(Debug, Clone, PartialEq)]
pub struct Assert {
    /// The version that was made.
    pub derived: Ref,
    /// The version that it was made from.
    pub source: Ref,
    /// The role of the source.
    pub role: String,
    /// The reason for the assertion.
    pub reason: String,
}
