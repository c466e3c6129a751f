//! Facts: what one commit adds to the lineage index, packed into bytes.
//!
//! Items and versions are named by dense numbers in commit order, so a fact is a few bytes and the index is
//! rebuilt by reading commits alone. The packing is ours and versioned: unsigned LEB128 numbers, texts in a
//! table per commit, ids in full only where they are new. It is deterministic: equal facts, equal bytes.
//!
//! Versions are most of it. [`Facts::read`] leaves their texts and values in the bytes, [`Facts::unpack`] copies them.

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

/// Everything that one commit adds. Versions name their texts by `T` and their values by `V`.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts<T = String, V = ValueKey> {
    /// New items; they take the next item numbers.
    pub items: Vec<ItemKey>,
    /// New versions; they take the next version numbers.
    pub versions: Vec<VersionFact<T, V>>,
    /// What new training set versions pin, in the order of `versions`.
    pub memberships: Vec<MembershipFact>,
    /// Derivations said later.
    pub asserted: Vec<AssertedFact>,
    /// Statements, in order.
    pub statements: Vec<StatementFact>,
    /// Tag moves, in order.
    pub tags: Vec<TagFact>,
    /// Requests with an idempotency key that this commit answered.
    pub request: Option<RequestFact>,
    /// The classes that new class lists renamed and made.
    pub class_moves: Vec<ClassMoveFact>,
}

/// The classes that a version of a class list made of those before it.
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
    /// Its id.
    pub id: VersionId,
    /// Its item.
    pub item: ItemNo,
    /// The version it followed.
    pub parent: Option<VersionNo>,
    /// [`Content::digest`](crate::domain::version::Content::digest).
    pub content: [u8; 32],
    /// Its bytes.
    pub payload: Option<Digest>,
    /// What it was made from, sorted by role and version id.
    pub sources: Vec<(T, VersionNo)>,
    /// The class list it uses.
    pub ontology: Option<VersionNo>,
    /// Its attributes, by path.
    pub attributes: Vec<(T, V)>,
    /// Words of its long texts and of texts in lists.
    pub words: Vec<T>,
    /// Fingerprints of the classes it uses; only with an ontology.
    pub classes: Vec<Leaf>,
    /// Fingerprints of the classes that this class list merged, split or redefined.
    pub stale_classes: Vec<Leaf>,
}

/// How the members of a training set version differ from those of the version before it in its item's history.
#[derive(Debug, Clone, PartialEq)]
pub struct MembershipFact {
    /// The training set version.
    pub set: VersionNo,
    /// Whether its manifest is all that it holds.
    pub complete: bool,
    /// Members of the version before that are not members now, or are with another split or weight; ascending.
    pub removed: Vec<VersionNo>,
    /// Members now that were not members before, or were with another split or weight.
    pub added: Pins,
}

/// A derivation said later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertedFact {
    /// What was made.
    pub derived: VersionNo,
    /// From what.
    pub source: VersionNo,
    /// In which role.
    pub role: String,
}

/// A statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementFact {
    /// What it says.
    pub kind: StatementKind,
    /// Of which version.
    pub version: VersionNo,
    /// The version that says it better.
    pub by: Option<VersionNo>,
    /// BLAKE3 of the reason, by which a repeated statement is recognised.
    pub reason: [u8; 32],
}

/// What a statement says, apart from who said it and which version it names as the better one: two statements with
/// equal sayings say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Saying {
    /// What kind of statement it is.
    pub kind: StatementKind,
    /// The version it is about.
    pub version: VersionNo,
    /// The digest of the content that is right (CORRECTS only).
    pub content: Option<[u8; 32]>,
    /// BLAKE3 of the reason.
    pub reason: [u8; 32],
}

/// A tag put on a version or taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFact {
    /// The tag.
    pub name: String,
    /// Whether it is an alias.
    pub alias: bool,
    /// Where it was put, or from where it was taken.
    pub version: VersionNo,
    /// Put, or taken away.
    pub set: bool,
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFact {
    /// Hash of the author and the idempotency key.
    pub key: [u8; 32],
    /// Hash of what was asked.
    pub asked: [u8; 32],
    /// What was answered, one per change.
    pub outcomes: Vec<Outcome>,
}

/// What became of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The version it made or found.
    pub version: Option<VersionNo>,
    /// The statement it made or found: its commit and its place there.
    pub statement: Option<(Seq, u32)>,
    /// The newest statement about the version, if the statement that was found is older and says otherwise.
    pub answered_by: Option<(Seq, u32)>,
    /// The source of the derivation it said or found.
    pub source: Option<VersionNo>,
    /// The commit that holds what it made or found.
    pub seq: Seq,
    /// Whether anything was made.
    pub created: bool,
}

/// Who committed when: what the index knows of a commit beside its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// The commit's number.
    pub seq: Seq,
    /// When, in microseconds of Unix time; never before the commit before.
    pub time: Timestamp,
    /// Who.
    pub author: &'a str,
}

const FORMAT: u64 = 1;
/// The format of facts with class moves. Facts without any keep format 1, and with it their bytes.
const FORMAT_WITH_CLASS_MOVES: u64 = 2;
/// Written where an outcome says whether anything was made, if it found a statement that was answered since.
const ANSWERED: u8 = 2;

impl Facts {
    /// Packs the facts.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.number(if self.class_moves.is_empty() { FORMAT } else { FORMAT_WITH_CLASS_MOVES });
        w.list(&self.items, |w, item| {
            w.text(item.namespace.as_str());
            w.number(item.kind.code().into());
            w.text(item.key());
        });
        w.list(&self.versions, pack_version);
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
        if !self.class_moves.is_empty() {
            w.list(&self.class_moves, pack_class_move);
        }
        w.finish()
    }

    /// Unpacks facts.
    ///
    /// # Errors
    /// [`Broken`] where the bytes are not what [`Facts::pack`] writes.
    pub fn unpack(bytes: &[u8]) -> Result<Self, Broken> {
        let read = Facts::read(bytes)?;
        let Facts { items, versions, memberships, asserted, statements, tags, request, class_moves } = read;
        let versions = versions.into_iter().map(VersionFact::copied).collect();
        Ok(Self { items, versions, memberships, asserted, statements, tags, request, class_moves })
    }

    /// Whether nothing is added at all.
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

fn pack_version(w: &mut Writer, version: &VersionFact) {
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
    w.list(&version.attributes, |w, (path, value)| {
        w.text(path);
        value.pack(w);
    });
    w.list(&version.words, |w, word| w.text(word));
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
        // Such an outcome has made nothing, so the byte of the flag is free to say this.
        Some((seq, place)) => {
            w.raw(&[ANSWERED]);
            w.number(seq.0);
            w.number(place.into());
        }
    }
}
