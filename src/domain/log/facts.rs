//! Facts: the additions of one commit to the lineage index, packed into bytes.
//!
//! Items and versions have dense numbers in commit order, so a fact takes a few bytes and the index
//! is rebuilt from commits alone. The packed form is versioned: unsigned LEB128 numbers, a table of
//! texts per commit, complete ids only for new items and versions. It is deterministic: equal facts
//! have equal bytes. What may be erased is packed separately ([`PackedFacts`]).
//!
//! Most of the bytes are versions. [`Facts::read`] borrows their texts and values from the bytes,
//! [`Facts::unpack`] copies them.

mod read;

use crate::domain::canonical::attributes::Leaf;
use crate::domain::canonical::wire::{Broken, Writer};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::numbers::{ItemNo, VersionNo};
pub use crate::domain::pins::{Pin, Pins};
use crate::domain::search::searchable::ValueKey;
use crate::domain::statement::StatementKind;
use crate::domain::version::Timestamp;

/// The additions of one commit. Versions name their texts by `T` and their values by `V`.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts<T = String, V = ValueKey> {
    /// New items; they take the next item numbers.
    pub items: Vec<ItemKey>,
    /// New versions; they take the next version numbers.
    pub versions: Vec<VersionFact<T, V>>,
    /// Changes of members in new training set versions, in the order of `versions`.
    pub memberships: Vec<MembershipFact>,
    /// Derivations asserted after the version was made.
    pub asserted: Vec<AssertedFact>,
    /// Statements, in order.
    pub statements: Vec<StatementFact>,
    /// Tag moves, in order.
    pub tags: Vec<TagFact>,
    /// The request with an idempotency key that this commit answered.
    pub request: Option<RequestFact>,
    /// The classes that new class lists renamed and made.
    pub class_moves: Vec<ClassMoveFact>,
}

/// The packed facts of a commit: [`Facts::pack`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackedFacts {
    /// Entry format 2.
    Current {
        /// Numbers, ids, digests and fingerprints, and the names that are never erased: namespaces,
        /// roles, splits, tags. The digest of the commit covers them.
        covered: Vec<u8>,
        /// Keys of items, and the values and words of attributes. They may be erased, and no digest
        /// covers them: a key has its id, the others follow from the attributes of the versions.
        texts: Vec<u8>,
    },
    /// Entry format 1, which is read and converted: one record, covered by the digest.
    Former(Vec<u8>),
}

impl PackedFacts {
    /// Returns the bytes that the digest of the commit covers.
    #[must_use]
    pub fn covered(&self) -> &[u8] {
        match self {
            Self::Current { covered, .. } | Self::Former(covered) => covered,
        }
    }

    /// Returns the bytes that no digest covers; none in entry format 1.
    #[must_use]
    pub fn texts(&self) -> &[u8] {
        match self {
            Self::Current { texts, .. } => texts,
            Self::Former(_) => &[],
        }
    }

    /// Returns the number of bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.covered().len() + self.texts().len()
    }

    /// Returns true if they are of entry format 1.
    #[must_use]
    pub const fn is_former(&self) -> bool {
        matches!(self, Self::Former(_))
    }
}

/// The classes of one version of a class list that come from classes of the list before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassMoveFact {
    /// The class list version.
    pub list: VersionNo,
    /// Fingerprints of the classes that merges and splits resulted in, ascending.
    pub made: Vec<Leaf>,
    /// Fingerprints of renamed classes, from and to, ascending.
    pub renamed: Vec<(Leaf, Leaf)>,
}

/// A new version.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionFact<T = String, V = ValueKey> {
    /// The id.
    pub id: VersionId,
    /// The item.
    pub item: ItemNo,
    /// The version that it follows.
    pub parent: Option<VersionNo>,
    /// [`Content::digest`](crate::domain::version::Content::digest).
    pub content: [u8; 32],
    /// The payload.
    pub payload: Option<Digest>,
    /// The sources, sorted by role and version id.
    pub sources: Vec<(T, VersionNo)>,
    /// The class list that it uses.
    pub ontology: Option<VersionNo>,
    /// The attributes, by path.
    pub attributes: Vec<(T, V)>,
    /// Words of long texts and of texts in lists.
    pub words: Vec<T>,
    /// Fingerprints of the classes that it uses; only with an ontology.
    pub classes: Vec<Leaf>,
    /// Fingerprints of the classes that this class list merged, split or redefined.
    pub stale_classes: Vec<Leaf>,
}

/// The difference between the members of a training set version and those of the version before it
/// in the item's history.
#[derive(Debug, Clone, PartialEq)]
pub struct MembershipFact {
    /// The training set version.
    pub set: VersionNo,
    /// True if the manifest lists all members of the set.
    pub complete: bool,
    /// Members of the version before that are no longer members, or have another split or weight
    /// now; ascending.
    pub removed: Vec<VersionNo>,
    /// Members that were not members before, or had another split or weight.
    pub added: Pins,
}

/// A derivation asserted after the version was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertedFact {
    /// The version that was made.
    pub derived: VersionNo,
    /// The version that it was made from.
    pub source: VersionNo,
    /// The role of the source.
    pub role: String,
}

/// A statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementFact {
    /// The kind of the statement.
    pub kind: StatementKind,
    /// The version that it is about.
    pub version: VersionNo,
    /// The version that is right (CORRECTS only).
    pub by: Option<VersionNo>,
    /// BLAKE3 of the reason; a repeated statement is recognised by it.
    pub reason: [u8; 32],
}

/// The meaning of a statement, without its author and the exact version that it names as right. Two
/// statements with equal sayings say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Saying {
    /// The kind of statement.
    pub kind: StatementKind,
    /// The version it is about.
    pub version: VersionNo,
    /// The digest of the content that is right (CORRECTS only).
    pub content: Option<[u8; 32]>,
    /// BLAKE3 of the reason.
    pub reason: [u8; 32],
}

/// A tag set on a version or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFact {
    /// The tag.
    pub name: String,
    /// True for an alias, false for a label tag.
    pub alias: bool,
    /// The version on which the tag was set, or from which it was removed.
    pub version: VersionNo,
    /// True if it was set, false if it was removed.
    pub set: bool,
}

/// A request with an idempotency key that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFact {
    /// Hash of the author and the idempotency key.
    pub key: [u8; 32],
    /// Hash of the content of the request.
    pub asked: [u8; 32],
    /// The outcomes, one per change.
    pub outcomes: Vec<Outcome>,
}

/// The outcome of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The version that the change made or found.
    pub version: Option<VersionNo>,
    /// The statement that it made or found: its commit and its position there.
    pub statement: Option<(Seq, u32)>,
    /// The newest statement about the version, if the statement that was found is older and says
    /// something else.
    pub answered_by: Option<(Seq, u32)>,
    /// The source of the derivation that it made or found.
    pub source: Option<VersionNo>,
    /// The commit that has the result.
    pub seq: Seq,
    /// True if the change made anything.
    pub created: bool,
}

/// Number, time and author of a commit: the data of a commit that the index holds in addition to
/// its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// The commit's number.
    pub seq: Seq,
    /// The time, in microseconds of Unix time; never earlier than that of the commit before.
    pub time: Timestamp,
    /// The author.
    pub author: &'a str,
}

/// The format of the covered part. Formats 1 and 2 are those of entry format 1: one record, without
/// and with class moves.
const FORMAT: u64 = 3;
const FORMER: u64 = 1;
const FORMER_WITH_CLASS_MOVES: u64 = 2;
/// The rules by which values and words follow from attributes.
const RULES: u64 = 1;
/// Written in place of the flag `created` if the outcome found a statement that was answered since.
const ANSWERED: u8 = 2;

impl Facts {
    /// Packs the facts.
    #[must_use]
    pub fn pack(&self) -> PackedFacts {
        let (mut w, mut texts) = (Writer::default(), Writer::default());
        w.number(FORMAT);
        texts.number(RULES);
        w.list(&self.items, |w, item| {
            w.text(item.namespace.as_str());
            w.number(item.kind.code().into());
            w.raw(item.id().as_bytes());
            texts.text(item.key());
        });
        w.list(&self.versions, |w, version| pack_version(w, &mut texts, version));
        w.list(&self.memberships, |w, membership| {
            w.number(membership.set.0.into());
            w.flag(membership.complete);
            w.ascending(membership.removed.iter().map(|version| version.0));
            membership.added.pack(w);
        });
        w.list(&self.asserted, |w, edge| {
            w.number(edge.derived.0.into());
            w.number(edge.source.0.into());
            w.text(&edge.role);
        });
        w.list(&self.statements, |w, statement| {
            w.number(statement.kind.code().into());
            w.number(statement.version.0.into());
            w.optional_number(statement.by.map(|version| version.0.into()));
            w.raw(&statement.reason);
        });
        w.list(&self.tags, |w, tag| {
            w.text(&tag.name);
            w.flag(tag.alias);
            w.flag(tag.set);
            w.number(tag.version.0.into());
        });
        w.flag(self.request.is_some());
        if let Some(request) = &self.request {
            w.raw(&request.key);
            w.raw(&request.asked);
            w.list(&request.outcomes, pack_outcome);
        }
        w.list(&self.class_moves, pack_class_move);
        PackedFacts::Current { covered: w.finish(), texts: texts.finish() }
    }

    /// Unpacks facts.
    ///
    /// # Errors
    /// [`Broken`] if the bytes are not written by [`Facts::pack`].
    pub fn unpack(packed: &PackedFacts) -> Result<Self, Broken> {
        Facts::read(packed).map(Facts::copied)
    }

    /// Returns true if the commit adds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl<T, V> Default for Facts<T, V> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            versions: Vec::new(),
            memberships: Vec::new(),
            asserted: Vec::new(),
            statements: Vec::new(),
            tags: Vec::new(),
            request: None,
            class_moves: Vec::new(),
        }
    }
}

fn pack_version(w: &mut Writer, texts: &mut Writer, version: &VersionFact) {
    w.raw(version.id.as_bytes());
    w.number(version.item.0.into());
    w.optional_number(version.parent.map(|parent| parent.0.into()));
    w.raw(&version.content);
    w.flag(version.payload.is_some());
    if let Some(payload) = &version.payload {
        w.raw(payload.as_bytes());
    }
    w.list(&version.sources, |w, (role, source)| {
        w.text(role);
        w.number(source.0.into());
    });
    w.optional_number(version.ontology.map(|ontology| ontology.0.into()));
    texts.list(&version.attributes, |texts, (path, value)| {
        texts.text(path);
        value.pack(texts);
    });
    texts.list(&version.words, |texts, word| texts.text(word));
    for leaves in [&version.classes, &version.stale_classes] {
        w.list(leaves, |w, leaf| w.raw(&leaf.to_le_bytes()));
    }
}

fn pack_class_move(w: &mut Writer, moved: &ClassMoveFact) {
    w.number(moved.list.0.into());
    w.list(&moved.made, |w, leaf| w.raw(&leaf.to_le_bytes()));
    w.list(&moved.renamed, |w, (from, to)| {
        w.raw(&from.to_le_bytes());
        w.raw(&to.to_le_bytes());
    });
}

fn pack_outcome(w: &mut Writer, outcome: &Outcome) {
    w.optional_number(outcome.version.map(|version| version.0.into()));
    w.flag(outcome.statement.is_some());
    if let Some((seq, place)) = outcome.statement {
        w.number(seq.0);
        w.number(place.into());
    }
    w.optional_number(outcome.source.map(|source| source.0.into()));
    w.number(outcome.seq.0);
    match outcome.answered_by {
        None => w.flag(outcome.created),
        // Such an outcome has made nothing, so the byte of the flag is free.
        Some((seq, place)) => {
            w.raw(&[ANSWERED]);
            w.number(seq.0);
            w.number(place.into());
        }
    }
}
