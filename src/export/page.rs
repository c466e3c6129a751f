//! Pages of the log: commits in sequence, with the records and numbers of their rows.
//!
//! Values in the facts of a commit are taken from them; for the rest, records are read in batches,
//! bypassing the cache, which is for queries. The index is locked only while numbers are looked up.

use std::collections::HashMap;

use super::memory::{self, ExportMemory, HeldMemory};
use super::{Scope, Span, Table};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::item::Kind;
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord};
use crate::domain::log::facts::Facts;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementRecord};
use crate::domain::version::VersionRecord;
use crate::ledger::{LedgerError, View};
use crate::lineage::At;

/// The approximate size of a page of facts in bytes.
const PAGE_BYTES: usize = 512 * 1024;
/// The size of a commit without its facts.
const COMMIT_BYTES: usize = 256;
/// The number of commits in the first page, before their size is known.
const FIRST_PAGE: usize = 16;
/// The maximum number of commits in a page.
const LARGEST_PAGE: usize = 1_024;
/// The maximum number of commits that are read together. Their memory is counted once they are
/// there.
const COMMITS_AT_ONCE: usize = 64;
/// The number of records that are read together.
const RECORDS_AT_ONCE: usize = 512;

/// The records that are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    pub versions: bool,
    pub reasons: Reasons,
}

/// The statements whose records are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reasons {
    pub statements: bool,
    pub derivations: bool,
}

impl Needs {
    /// Returns the needs of the rows of these tables.
    pub(super) fn of(tables: &[Table]) -> Self {
        let has = |table| tables.contains(&table);
        let reasons = Reasons { statements: has(Table::Statements), derivations: has(Table::Derivations) };
        Self { versions: has(Table::Versions), reasons }
    }
}

/// Consecutive commits. Their memory is returned when this is dropped.
pub(super) struct LogPage {
    pub commits: Vec<LoggedCommit>,
    pub records: PageRecords,
    _memory: HeldMemory,
}

/// A commit.
pub(super) struct LoggedCommit {
    pub record: CommitRecord,
    pub facts: Facts,
    /// The numbers of its first new item and version.
    pub first_item: u32,
    pub first_version: u32,
    /// The kinds of its new versions, and their numbers in the history of their items.
    pub born: Vec<(Kind, u32)>,
    /// The set versions of its memberships, in their order, with their items and numbers.
    pub sets: Vec<SetPlace>,
    /// The items of the versions of its tag moves, in their order.
    pub tagged: Vec<ItemNo>,
}

/// A new training set version.
pub(super) struct SetPlace {
    pub item: ItemNo,
    pub number: u32,
    /// The members that were removed and added since the previous exported version; `None` if the
    /// facts contain them.
    pub changes: Option<(Vec<VersionNo>, Vec<PinnedMember>)>,
}

/// A member and its terms.
pub(super) struct PinnedMember {
    pub member: VersionNo,
    pub split: String,
    pub weight: Option<f64>,
}

/// The records of a page, by id.
#[derive(Default)]
pub(super) struct PageRecords {
    pub versions: HashMap<VersionId, VersionRecord>,
    pub blobs: HashMap<Digest, BlobRecord>,
    pub statements: HashMap<StatementId, StatementRecord>,
    pub asserted: HashMap<(Seq, u32), AssertedRecord>,
}

/// Reads consecutive pages.
pub(super) struct LogPages {
    view: View,
    span: Span,
    scope: Scope,
    needs: Needs,
    memory: ExportMemory,
    size: usize,
}

impl LogPages {
    pub(super) const fn new(
        view: View,
        span: Span,
        scope: Scope,
        needs: Needs,
        memory: ExportMemory,
    ) -> Self {
        Self { view, span, scope, needs, memory, size: FIRST_PAGE }
    }

    /// Returns the next page; `None` at the end. The page before must have been dropped.
    pub(super) async fn next(&mut self) -> Result<Option<LogPage>, LedgerError> {
        let mut held = self.memory.hold();
        let (mut commits, mut bytes) = (Vec::new(), 0);
        while commits.len() < self.size && bytes < PAGE_BYTES {
            let left = self.span.up_to.0.saturating_sub(self.span.after.0);
            let limit = usize::try_from(left).unwrap_or(usize::MAX);
            let limit = limit.min(self.size - commits.len()).min(COMMITS_AT_ONCE);
            if limit == 0 {
                break;
            }
            let read = self.view.commits_after(self.span.after, limit).await?;
            self.span.after = Seq(self.span.after.0 + read.len() as u64);
            let packed: usize = read.iter().map(|commit| COMMIT_BYTES + commit.facts.size()).sum();
            held.grow(packed)?;
            bytes += packed;
            for record in read {
                let facts = Facts::unpack(&record.facts);
                let facts = facts.map_err(|why| damaged(format!("commit {}: {why}", record.seq)))?;
                held.grow(memory::facts(&facts))?;
                let logged = self.view.read(|at| logged(at, &self.scope, record, facts));
                held.grow(logged.added_bytes())?;
                commits.push(logged);
            }
        }
        if commits.is_empty() {
            return Ok(None);
        }
        self.size = (commits.len() * PAGE_BYTES / bytes.max(1)).clamp(1, LARGEST_PAGE);
        let records = self.records(&commits, &mut held).await?;
        Ok(Some(LogPage { commits, records, _memory: held }))
    }

    async fn records(
        &self,
        commits: &[LoggedCommit],
        held: &mut HeldMemory,
    ) -> Result<PageRecords, LedgerError> {
        let mut records = PageRecords::default();
        if self.needs.versions {
            let all = commits.iter().flat_map(|commit| commit.numbered());
            let ids: Vec<VersionId> =
                all.filter(|(number, _)| self.scope.has(*number)).map(|(_, id)| id).collect();
            for ids in ids.chunks(RECORDS_AT_ONCE) {
                let read = self.view.versions_uncached(ids).await?;
                held.grow(memory::records(read.iter().flatten()))?;
                for (id, found) in ids.iter().zip(read) {
                    let found = found.ok_or_else(|| damaged(format!("the record of {id} is missing")))?;
                    records.versions.insert(*id, found);
                }
            }
            let mut digests: Vec<Digest> =
                records.versions.values().filter_map(|version| version.content.payload).collect();
            digests.sort_unstable();
            digests.dedup();
            for digests in digests.chunks(RECORDS_AT_ONCE) {
                let read = self.view.blobs(digests).await?;
                held.grow(memory::records(read.iter().flatten()))?;
                records.blobs.extend(read.into_iter().flatten().map(|blob| (blob.digest, blob)));
            }
        }
        if self.needs.reasons.statements {
            let ids: Vec<StatementId> = commits.iter().flat_map(|commit| commit.said(&self.scope)).collect();
            for ids in ids.chunks(RECORDS_AT_ONCE) {
                let read = self.view.statements(ids).await?;
                held.grow(memory::records(read.iter().flatten()))?;
                for (id, found) in ids.iter().zip(read) {
                    let found = found.ok_or_else(|| damaged(format!("the record of {id} is missing")))?;
                    records.statements.insert(*id, found);
                }
            }
        }
        if self.needs.reasons.derivations {
            let ids: Vec<(Seq, u32)> = commits.iter().flat_map(LoggedCommit::asserted).collect();
            for ids in ids.chunks(RECORDS_AT_ONCE) {
                let read = self.view.asserted(ids).await?;
                held.grow(memory::records(read.iter().flatten()))?;
                for (id, found) in ids.iter().zip(read) {
                    let missing = || damaged(format!("a derivation that commit {} said is missing", id.0));
                    records.asserted.insert(*id, found.ok_or_else(missing)?);
                }
            }
        }
        Ok(records)
    }
}

impl LoggedCommit {
    /// Returns its new versions.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (VersionNo, VersionId)> {
        (self.first_version..).zip(&self.facts.versions).map(|(number, fact)| (VersionNo(number), fact.id))
    }

    /// Returns the approximate size of what was looked up in the index.
    fn added_bytes(&self) -> usize {
        let changes = self.sets.iter().flat_map(|set| &set.changes);
        let changes = changes.map(|(gone, come)| {
            let splits = come.iter().map(|pinned| pinned.split.len());
            size_of_val(gone.as_slice()) + size_of_val(come.as_slice()) + splits.sum::<usize>()
        });
        size_of_val(self.born.as_slice())
            + size_of_val(self.sets.as_slice())
            + size_of_val(self.tagged.as_slice())
            + changes.sum::<usize>()
    }

    fn said<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = StatementId> + 'a {
        let seq = self.record.seq;
        let numbered = (0..).zip(&self.facts.statements);
        let wanted = numbered.filter(|(_, statement)| scope.has(statement.version));
        wanted.map(move |(place, _)| StatementId { seq, place })
    }

    fn asserted(&self) -> impl Iterator<Item = (Seq, u32)> {
        let seq = self.record.seq;
        (0..).zip(&self.facts.asserted).map(move |(place, _)| (seq, place))
    }
}

/// Looks up the values that are not in the facts.
fn logged(at: At<'_>, scope: &Scope, record: CommitRecord, facts: Facts) -> LoggedCommit {
    let seq = record.seq;
    let born = at.made_by(seq).map(|version| (at.kind(VersionNo(version)), at.number(VersionNo(version))));
    let born = born.collect();
    let sets = facts.memberships.iter().map(|fact| set_place(at, scope, fact.set)).collect();
    let tagged = facts.tags.iter().map(|tag| at.item_of(tag.version)).collect();
    let (first_item, first_version) = (at.items_made_by(seq).start, at.made_by(seq).start);
    LoggedCommit { record, facts, first_item, first_version, born, sets, tagged }
}

fn set_place(at: At<'_>, scope: &Scope, set: VersionNo) -> SetPlace {
    let (item, number) = (at.item_of(set), at.number(set));
    // The facts contain the differences from the previous version, which may not be in the exported
    // part of the lineage.
    let changes = (!scope.is_all() && scope.has(set)).then(|| {
        let (gone, come) = match scope.before(at, set) {
            Some(before) => at.changes_within(item, at.number(before), number),
            None => (Vec::new(), at.members(set).collect()),
        };
        let mut gone: Vec<VersionNo> =
            gone.into_iter().map(|interval| interval.member).filter(|member| scope.has(*member)).collect();
        gone.sort_unstable();
        let come = come.into_iter().filter(|interval| scope.has(interval.member));
        let mut come: Vec<PinnedMember> = come
            .map(|interval| PinnedMember {
                member: interval.member,
                split: at.index().text(interval.split).to_owned(),
                weight: interval.weight,
            })
            .collect();
        come.sort_by_key(|pinned| pinned.member);
        (gone, come)
    });
    SetPlace { item, number, changes }
}

fn damaged(what: String) -> LedgerError {
    LedgerError::Corrupt(what)
}
