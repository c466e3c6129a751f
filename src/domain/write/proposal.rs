//! Proposals: what a writer asks for, before rules are applied and numbers are given.
//!
//! A change names versions by id, by reference, or by `@name` where an earlier change of the same commit makes them.

use crate::domain::canonical::attributes::Attributes;
use crate::domain::class_change::ClassChange;
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::ItemKey;
pub use crate::domain::search::selection::Selection;
use crate::domain::statement::StatementKind;
use crate::domain::version::Activity;

/// A version that a change speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ref {
    /// One that exists.
    Id(VersionId),
    /// The one that a reference names when the proposal's turn comes, after the earlier changes of its commit. Kept as
    /// it was given, so that a repeated request is recognised although its references have moved on.
    Named(String),
    /// The result of an earlier change of the same commit, by its `as` name.
    Local(String),
}

/// What a writer expects to find. If it is not there, the change is a conflict, unless it was made before.
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
    /// Who asks.
    pub author: String,
    /// A note on the whole commit.
    pub message: Option<String>,
    /// A name for this request: the same key and content is answered with the first answer, forever.
    pub idempotency_key: Option<String>,
    /// True: a statement that was made before and answered since is made again. False: it is found, and nothing is made.
    pub repeat_statements: bool,
    /// What is to change, in order.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A version of an item.
    Put(Put),
    /// A better version, and that the given one was wrong.
    Correct(Correct),
    /// That a version was wrong.
    Retract(Say),
    /// That a version was not wrong after all.
    Reinstate(Say),
    /// The content of an older version again.
    Rollback(Rollback),
    /// A training set version.
    Snapshot(Snapshot),
    /// A training set's next version, without what is wrong.
    Refresh(Refresh),
    /// A tag put on a version.
    SetTag(SetTag),
    /// A tag taken away.
    RemoveTag(RemoveTag),
    /// A derivation between versions that exist.
    Assert(Assert),
}

/// A version of an item, its content given whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Put {
    /// `@name` for later changes of the commit.
    pub name: Option<String>,
    /// The item; made if it is new.
    pub item: ItemKey,
    /// The version it follows; the current head where not given.
    pub parent: Option<Ref>,
    /// What must be the item's head.
    pub expect_head: Option<Expected>,
    /// The bytes.
    pub payload: Option<Digest>,
    /// What the bytes are.
    pub media_type: Option<String>,
    /// Whether the image's width and height are put among the attributes.
    pub record_image_size: bool,
    /// Free attributes.
    pub attributes: Attributes,
    /// The class list used.
    pub ontology: Option<Ref>,
    /// What it was made from.
    pub sources: Vec<(String, Ref)>,
    /// What made it.
    pub activity: Option<Activity>,
    /// Ontologies only.
    pub class_changes: Vec<ClassChange>,
    /// Label tags to put on it.
    pub tags: Vec<String>,
    /// A note.
    pub message: Option<String>,
}

impl Put {
    /// A version of an item that says nothing yet.
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

/// A correction. What is not given stays as it is in the corrected version.
#[derive(Debug, Clone, PartialEq)]
pub struct Correct {
    /// `@name` for later changes of the commit.
    pub name: Option<String>,
    /// The version that was wrong.
    pub version: Ref,
    /// New attributes, whole.
    pub attributes: Option<Attributes>,
    /// New bytes.
    pub payload: Option<Digest>,
    /// What the new bytes are.
    pub media_type: Option<String>,
    /// Whether the new image's width and height are put among the attributes.
    pub record_image_size: bool,
    /// The class list in whose words the better version is.
    pub ontology: Option<Ref>,
    /// New sources, whole.
    pub sources: Option<Vec<(String, Ref)>>,
    /// Why.
    pub reason: String,
    /// What ran to find it out, and to make the better version.
    pub activity: Option<Activity>,
    /// A note.
    pub message: Option<String>,
    /// What must be the item's head.
    pub expect_head: Option<Expected>,
}

/// A statement without a new version.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    /// Of which version.
    pub version: Ref,
    /// Why.
    pub reason: String,
    /// What ran to find it out.
    pub activity: Option<Activity>,
    /// A note.
    pub message: Option<String>,
    /// What must be the item's head.
    pub expect_head: Option<Expected>,
}

/// A return to older content.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollback {
    /// `@name` for later changes of the commit.
    pub name: Option<String>,
    /// Whose version is to be made.
    pub item: ItemKey,
    /// The version whose content comes back.
    pub to: Ref,
    /// Why.
    pub reason: Option<String>,
    /// What must be the item's head.
    pub expect_head: Option<Expected>,
}

/// A training set version.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// `@name` for later changes of the commit.
    pub name: Option<String>,
    /// The training set; made if it is new.
    pub item: ItemKey,
    /// What it pins.
    pub members: Members,
    /// Whether these are all its members.
    pub complete: bool,
    /// What must be the item's head.
    pub expect_head: Option<Expected>,
    /// Free attributes.
    pub attributes: Attributes,
    /// What the set as a whole was made from.
    pub sources: Vec<(String, Ref)>,
    /// Label tags to put on it.
    pub tags: Vec<String>,
    /// A note.
    pub message: Option<String>,
}

/// The three forms in which members are given.
#[derive(Debug, Clone, PartialEq)]
pub enum Members {
    /// All of them.
    All(Vec<NewMember>),
    /// What differs from an earlier version of the set.
    Change {
        /// The earlier version.
        base: Ref,
        /// Members to add, or to give another split or weight.
        add: Vec<NewMember>,
        /// Members to leave out.
        remove: Vec<Ref>,
        /// True: the change is applied to the set's head, whatever it is. False: `base` must be the head.
        onto_head: bool,
    },
    /// The heads of all items that a filter finds, in one split.
    Select {
        /// Which items.
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

/// A training set's next version, its wrong members replaced by what they are now.
#[derive(Debug, Clone, PartialEq)]
pub struct Refresh {
    /// The training set.
    pub item: ItemKey,
    /// Which statements count.
    pub causes: Vec<StatementKind>,
    /// What must be the item's head.
    pub expect_head: Option<Expected>,
}

/// A tag put on a version.
#[derive(Debug, Clone, PartialEq)]
pub struct SetTag {
    /// The tag.
    pub name: String,
    /// Where it points.
    pub version: Ref,
    /// Whether it is an alias: one in its item, which moves.
    pub alias: bool,
    /// Aliases only: where it must point now.
    pub expect: Option<Expected>,
}

/// A tag taken away.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveTag {
    /// The tag.
    pub name: String,
    /// From where.
    pub version: Ref,
    /// Aliases only: where it must point now.
    pub expect: Option<Expected>,
}

/// A derivation said later, between versions that exist.
#[derive(Debug, Clone, PartialEq)]
pub struct Assert {
    /// The version that was made.
    pub derived: Ref,
    /// What it was made from.
    pub source: Ref,
    /// In which role.
    pub role: String,
    /// How it is known.
    pub reason: String,
}
