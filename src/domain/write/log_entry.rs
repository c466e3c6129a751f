//! Log entries: a commit outside a store, with no more than is needed to make its entry again.
//!
//! A log entry has the commit with its packed facts, and the rows that the facts do not contain:
//! versions, statements, asserted derivations, payloads. The commit's digest covers all of it, so
//! the place where a log entry was stored need not be trusted. Items, tags and chunks of members
//! are derived from the facts.

mod pack;
mod unpack;

use super::world::World;
use crate::domain::id::Seq;
use crate::domain::log::entry::{
    AssertedRecord, BlobRecord, CommitRecord, Entry, Head, MemberChunk, TagMove, former,
};
use crate::domain::log::facts::{Facts, MembershipFact, Pin, VersionFact};
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementRecord;
use crate::domain::version::VersionRecord;

/// A commit and the rows that are not in its facts.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    /// The commit.
    pub commit: CommitRecord,
    /// New versions.
    pub versions: Vec<VersionRecord>,
    /// Statements.
    pub statements: Vec<StatementRecord>,
    /// Derivations asserted after the version was made.
    pub asserted: Vec<AssertedRecord>,
    /// Payloads that were named for the first time.
    pub blobs: Vec<BlobRecord>,
}

/// A log entry that does not match the digest of its commit or its own facts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("commit {seq} is not what was written: {why}")]
pub struct InconsistentLogEntry {
    /// The number of the commit.
    pub seq: Seq,
    /// The inconsistency.
    pub why: &'static str,
}

impl LogEntry {
    /// Returns the head of a log that ends with this commit.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { seq: self.commit.seq, digest: self.commit.digest() }
    }

    /// Returns true if it is of entry format 1, which is read and converted.
    #[must_use]
    pub const fn is_former(&self) -> bool {
        self.commit.facts.is_former()
    }

    /// Returns the entry in the current format, after the commit with the digest `previous`. Ids,
    /// numbers and contents are the same; one that is in this format is unchanged.
    ///
    /// # Errors
    /// [`InconsistentLogEntry`] if its facts cannot be read.
    pub fn converted(mut self, previous: [u8; 32]) -> Result<Self, InconsistentLogEntry> {
        if !self.is_former() {
            return Ok(self);
        }
        let mut facts = Facts::unpack(&self.commit.facts).map_err(|broken| self.inconsistent(broken.0))?;
        for (record, fact) in self.versions.iter().zip(&mut facts.versions) {
            fact.attributes = record.content.attributes.placed();
            fact.words = record.content.attributes.further_words();
        }
        self.commit.facts = facts.pack();
        self.commit.rows = Entry::rows_tree(&self.versions, &self.statements, &self.asserted, &self.blobs);
        self.commit.previous = previous;
        Ok(self)
    }

    /// Checks that this commit follows `head`, that its digest covers its rows, and that rows and
    /// facts agree. Returns the facts, and the head that this commit makes.
    ///
    /// # Errors
    /// [`InconsistentLogEntry`] if one of these does not hold.
    pub fn check(&self, head: Head) -> Result<(Facts, Head), InconsistentLogEntry> {
        if self.commit.seq != head.seq.next() || self.commit.previous != head.digest {
            return Err(self.inconsistent("it does not follow the commit before it"));
        }
        let Self { commit, versions, statements, asserted, blobs } = self;
        let rows = match self.is_former() {
            true => former::rows_digest(versions, statements, asserted, blobs),
            false => Entry::rows_tree(versions, statements, asserted, blobs),
        };
        if rows != commit.rows {
            return Err(self.inconsistent("its rows have another hash"));
        }
        let facts = Facts::unpack(&commit.facts).map_err(|broken| self.inconsistent(broken.0))?;
        self.agrees_with(&facts)?;
        // No digest covers these, except in entry format 1.
        let same = |(record, fact): (&VersionRecord, &VersionFact)| {
            let attributes = &record.content.attributes;
            attributes.placed() == fact.attributes && attributes.further_words() == fact.words
        };
        if self.is_former() || versions.iter().zip(&facts.versions).all(same) {
            Ok((facts, self.head()))
        } else {
            Err(self.inconsistent("its texts do not follow from its attributes"))
        }
    }

    /// Checks that the rows say what the facts say.
    fn agrees_with(&self, facts: &Facts) -> Result<(), InconsistentLogEntry> {
        let same = |(record, fact): (&VersionRecord, &VersionFact)| {
            record.id == fact.id
                && record.seq == self.commit.seq
                && record.content.payload == fact.payload
                && record.content.digest() == fact.content
        };
        let said = |record: &StatementRecord| *blake3::hash(record.reason.as_bytes()).as_bytes();
        let whole = self.versions.len() == facts.versions.len()
            && self.versions.iter().zip(&facts.versions).all(same)
            && self.statements.len() == facts.statements.len()
            && self
                .statements
                .iter()
                .zip(&facts.statements)
                .all(|(record, fact)| record.kind == fact.kind && said(record) == fact.reason)
            && self.asserted.len() == facts.asserted.len()
            && self.asserted.iter().zip(&facts.asserted).all(|(record, fact)| record.role == fact.role);
        if whole { Ok(()) } else { Err(self.inconsistent("its rows do not say what its facts say")) }
    }

    /// Returns the entry as it was planned. `world` must contain this commit's facts, which
    /// [`LogEntry::check`] returned.
    ///
    /// # Errors
    /// [`InconsistentLogEntry`] if rows name other versions or items than the facts do.
    pub fn entry<W: World>(self, facts: Facts, world: &W) -> Result<Entry, InconsistentLogEntry> {
        self.agrees(&facts, world)?;
        let seq = self.commit.seq;
        let chunks = facts.memberships.iter().flat_map(|fact| chunks(fact, world)).collect();
        let tags = (0..).zip(&facts.tags);
        let tags = tags.map(|(place, tag)| TagMove {
            seq,
            place,
            name: tag.name.clone(),
            alias: tag.alias,
            item: world.item_key(world.item_of(tag.version)).id(),
            version: world.version_id(tag.version),
            set: tag.set,
        });
        let tags = tags.collect();
        let Self { commit, versions, statements, asserted, blobs } = self;
        Ok(Entry {
            commit,
            items: facts.items.clone(),
            facts,
            versions,
            chunks,
            asserted,
            statements,
            tags,
            blobs,
        })
    }

    /// Checks that the rows name the same versions and items as the facts.
    fn agrees<W: World>(&self, facts: &Facts, world: &W) -> Result<(), InconsistentLogEntry> {
        let id = |version: VersionNo| world.version_id(version);
        let same = |(record, fact): (&VersionRecord, &VersionFact)| {
            let content = &record.content;
            let sources = content.sources.iter().map(|source| (source.role.as_str(), source.version));
            record.item == world.item_key(fact.item).id()
                && record.parent == fact.parent.map(id)
                && content.ontology == fact.ontology.map(id)
                && sources.eq(fact.sources.iter().map(|(role, source)| (role.as_str(), id(*source))))
        };
        let versions = self.versions.iter().zip(&facts.versions).all(same);
        let statements = self
            .statements
            .iter()
            .zip(&facts.statements)
            .all(|(record, fact)| record.version == id(fact.version) && record.by == fact.by.map(id));
        let asserted = self
            .asserted
            .iter()
            .zip(&facts.asserted)
            .all(|(record, fact)| record.derived == id(fact.derived) && record.source == id(fact.source));
        if versions && statements && asserted {
            Ok(())
        } else {
            Err(self.inconsistent("its rows name other versions than its facts"))
        }
    }

    fn inconsistent(&self, why: &'static str) -> InconsistentLogEntry {
        InconsistentLogEntry { seq: self.commit.seq, why }
    }
}

/// Returns the chunks of a set version, from the difference to the members before.
fn chunks<W: World>(fact: &MembershipFact, world: &W) -> Vec<MemberChunk> {
    let history = world.history(world.item_of(fact.set));
    let before = history[..history.partition_point(|version| *version < fact.set)].last().copied();
    let was = |member: &VersionNo| world.pin(before?, *member);
    let removed: Vec<Pin> = fact.removed.iter().filter_map(was).collect();
    MemberChunk::of(world.version_id(fact.set), &removed, &fact.added.to_vec(), |version| {
        world.version_id(version)
    })
}
