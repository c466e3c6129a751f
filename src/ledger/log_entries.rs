//! Reads the log back, commit by commit with all its rows, for backups and to verify a restored
//! store.

use std::collections::HashSet;

use super::store::Store;
use super::{Ledger, LedgerError};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::log::entry::{CommitRecord, Head};
use crate::domain::log::facts::Facts;
use crate::domain::statement::StatementId;
use crate::domain::write::log_entry::{InconsistentLogEntry, LogEntry};
use crate::graph::Graph;
use crate::lineage::{At, Index};

/// The maximum number of commits that are read together.
const MOST: usize = 256;

/// The maximum size in bytes of the facts of commits that are read together. Their rows are larger,
/// and one commit may have many.
const FACTS: usize = 256 * 1024;

impl Ledger {
    /// Returns the commits after `after` up to `until`, which must be durable, with all their rows:
    /// at least one, and more until they have about `bytes`. Each is hashed again. The caller
    /// checks that the first one follows the commits it has.
    ///
    /// # Errors
    /// Returns [`LedgerError::AsOfUnavailable`] if `until` does not exist yet;
    /// [`LedgerError::Corrupt`], [`LedgerError::Unavailable`].
    pub async fn log_entries(
        &self,
        after: Seq,
        until: Seq,
        bytes: usize,
    ) -> Result<Vec<LogEntry>, LedgerError> {
        self.head_at(Some(until)).await?;
        let first = |payload: &Digest, seq: Seq| self.shared.reading(|index| is_first(index, payload, seq));
        read(&self.shared.store, first, (after, until), bytes).await
    }

    /// Returns the seq and digest of a commit (default: the newest).
    ///
    /// # Errors
    /// Returns [`LedgerError::AsOfUnavailable`] if the commit does not exist yet;
    /// [`LedgerError::Corrupt`], [`LedgerError::Unavailable`].
    pub async fn head_at(&self, seq: Option<Seq>) -> Result<Head, LedgerError> {
        let newest = self.shared.durable();
        let seq = seq.unwrap_or(newest);
        if seq > newest {
            return Err(LedgerError::AsOfUnavailable(format!(
                "there is no commit {seq} yet: the newest is {newest}; ask for that or an earlier one"
            )));
        }
        head_at(&self.shared.store, seq).await
    }
}

/// Reads as [`Ledger::log_entries`] does. `first` returns true if a commit was the first to name a
/// payload.
pub(super) async fn read(
    store: &Store,
    first: impl Fn(&Digest, Seq) -> bool,
    (after, until): (Seq, Seq),
    bytes: usize,
) -> Result<Vec<LogEntry>, LedgerError> {
    match store {
        Store::Segments(segments) => segments.log_entries(after, until, bytes),
        Store::Rows(graph) => LogEntryReader::new(graph, first).read(after, until, bytes).await,
    }
}

async fn head_at(store: &Store, seq: Seq) -> Result<Head, LedgerError> {
    let Some(before) = seq.0.checked_sub(1) else { return Ok(Head::default()) };
    let found = store.commits(Seq(before), 1).await?.pop();
    let found = found.ok_or_else(|| LedgerError::Corrupt(format!("commit {seq} is missing from the log")))?;
    Ok(Head { seq, digest: found.digest() })
}

/// Returns the number of these commits to read together: at least one, and more while their facts
/// are small.
fn read_together(commits: &[CommitRecord]) -> usize {
    let mut facts = 0;
    let few = commits.iter().take_while(|commit| {
        facts += commit.facts.size();
        facts <= FACTS
    });
    few.count().max(1)
}

/// Reads log entries from a graph. `first` returns true if a commit was the first to name a
/// payload.
pub(super) struct LogEntryReader<'a, F> {
    graph: &'a Graph,
    first: F,
}

impl<'a, F: Fn(&Digest, Seq) -> bool> LogEntryReader<'a, F> {
    pub(super) const fn new(graph: &'a Graph, first: F) -> Self {
        Self { graph, first }
    }

    /// Reads as [`Ledger::log_entries`] does.
    pub(super) async fn read(
        &self,
        after: Seq,
        until: Seq,
        bytes: usize,
    ) -> Result<Vec<LogEntry>, LedgerError> {
        let (mut seq, mut page, mut weight) = (after, 1, 0);
        let mut found: Vec<LogEntry> = Vec::new();
        while seq < until && weight < bytes {
            let left = usize::try_from(until.0 - seq.0).unwrap_or(usize::MAX);
            let mut commits = self.graph.commits(seq, page.min(left)).await?;
            commits.truncate(read_together(&commits));
            let Some(last) = commits.last() else { break };
            seq = last.seq;
            let read = self.rows_of(commits).await?;
            weight += read.iter().map(weigh).sum::<usize>();
            found.extend(read);
            // The next page should fill the remaining bytes, judged by the average entry so far.
            let each = (weight / found.len()).max(1);
            page = (bytes.saturating_sub(weight) / each).clamp(1, MOST);
        }
        Ok(found)
    }

    /// Reads the rows of all of these commits together: one query for each would take longer than
    /// its answer.
    async fn rows_of(&self, commits: Vec<CommitRecord>) -> Result<Vec<LogEntry>, LedgerError> {
        let damaged =
            |seq: Seq, why: &'static str| LedgerError::Corrupt(InconsistentLogEntry { seq, why }.to_string());
        let facts: Vec<Facts> = commits
            .iter()
            .map(|commit| Facts::unpack(&commit.facts).map_err(|broken| damaged(commit.seq, broken.0)))
            .collect::<Result<_, _>>()?;
        let both = || commits.iter().map(|commit| commit.seq).zip(&facts);
        let versions: Vec<VersionId> = facts.iter().flat_map(|facts| &facts.versions).map(|v| v.id).collect();
        let statements: Vec<StatementId> = both()
            .flat_map(|(seq, facts)| {
                (0..).zip(&facts.statements).map(move |(place, _)| StatementId { seq, place })
            })
            .collect();
        let asserted: Vec<(Seq, u32)> = both()
            .flat_map(|(seq, facts)| (0..).zip(&facts.asserted).map(move |(place, _)| (seq, place)))
            .collect();
        let named: Vec<Vec<Digest>> = both().map(|(seq, facts)| self.named_first(seq, facts)).collect();
        let blobs: Vec<Digest> = named.iter().flatten().copied().collect();
        let mut versions = self.graph.versions(&versions).await?.into_iter();
        let mut statements = self.graph.statements(&statements).await?.into_iter();
        let mut asserted = self.graph.asserted(&asserted).await?.into_iter();
        let mut blobs = self.graph.blobs(&blobs).await?.into_iter();
        let mut found = Vec::with_capacity(commits.len());
        for ((commit, facts), named) in commits.into_iter().zip(&facts).zip(&named) {
            let before = Head { seq: Seq(commit.seq.0.saturating_sub(1)), digest: commit.previous };
            let missing = damaged(commit.seq, "a row of it is missing");
            let log_entry = all(&mut versions, facts.versions.len()).and_then(|versions| {
                Some(LogEntry {
                    commit,
                    versions,
                    statements: all(&mut statements, facts.statements.len())?,
                    asserted: all(&mut asserted, facts.asserted.len())?,
                    blobs: all(&mut blobs, named.len())?,
                })
            });
            let log_entry = log_entry.ok_or(missing)?;
            log_entry.check(before).map_err(|inconsistent| LedgerError::Corrupt(inconsistent.to_string()))?;
            found.push(log_entry);
        }
        Ok(found)
    }

    /// Returns the payloads that this commit was the first to name, in the order of its versions.
    fn named_first(&self, seq: Seq, facts: &Facts) -> Vec<Digest> {
        let mut seen = HashSet::new();
        let payloads = facts.versions.iter().filter_map(|fact| fact.payload);
        payloads.filter(|payload| seen.insert(*payload) && (self.first)(payload, seq)).collect()
    }
}

/// Returns the next `count` records; `None` if one of them is missing.
fn all<T>(found: &mut impl Iterator<Item = Option<T>>, count: usize) -> Option<Vec<T>> {
    let taken: Option<Vec<T>> = found.by_ref().take(count).collect();
    taken.filter(|taken| taken.len() == count)
}

/// Returns the approximate size of a log entry in bytes.
fn weigh(log_entry: &LogEntry) -> usize {
    /// The size of a version without its texts and lists.
    const VERSION: usize = 256;
    let versions = log_entry.versions.iter().map(|version| {
        let activity = version.activity.as_ref().map_or(0, |activity| activity.parameters.as_str().len());
        VERSION + version.content.attributes.as_str().len() + 40 * version.content.sources.len() + activity
    });
    log_entry.commit.facts.size() + VERSION + versions.sum::<usize>()
}

/// Returns the commit that was the first to name a payload.
pub(super) fn first_named(at: At<'_>, payload: &Digest) -> Option<Seq> {
    at.with_payload(payload).first().map(|first| at.seq_of(*first))
}

/// Returns true if a commit was the first to name a payload.
pub(super) fn is_first(index: &Index, payload: &Digest, seq: Seq) -> bool {
    first_named(At::new(index, seq), payload) == Some(seq)
}
