//! One import: read, cut into commits, translate, commit, remember.
//!
//! What an earlier run committed comes first and is passed over; behind it nothing of the file can be stored.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use indicatif::ProgressBar;

use super::ahead::Ahead;
use super::fault::{Fault, Reason};
use super::lines::LineError;
use super::lookup::{Known, Made, UNSTORED};
use super::reader::{Read, Stop};
use super::record::Record;
use super::translate::{Translated, translate};
use crate::cli::failure::{Failure, Result};
use crate::domain::id::{ItemId, Seq, VersionId, hex};
use crate::domain::proposal::{Change, Proposal};
use crate::domain::rules::Invalid;
use crate::ledger::{AsOf, Ledger, LedgerError, View};

/// What an import does.
pub(super) struct Job<'a> {
    /// How messages call the file.
    pub name: &'a str,
    /// Who imports.
    pub author: &'a str,
    /// Records of one commit.
    pub batch: usize,
    /// Nothing is written.
    pub dry_run: bool,
}

/// What an import came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// Records read.
    pub records: u64,
    /// Records that made something.
    pub created: u64,
    /// Commits made by this run.
    pub commits: u64,
}

impl Report {
    /// Records whose content was there before.
    pub(super) const fn there(&self) -> u64 {
        self.records - self.created
    }
}

/// Imports all lines. `ledger` may be missing in a dry run: then nothing is stored yet.
pub(super) async fn import(
    job: &Job<'_>,
    ledger: Option<&Ledger>,
    input: impl BufRead + Send + 'static,
    bar: &ProgressBar,
) -> Result<Report> {
    let mut import = Import {
        job,
        ledger,
        names: HashMap::new(),
        unstored: HashSet::new(),
        stored: false,
        report: Report::default(),
    };
    let mut ahead = Ahead::new(input);
    let mut stored = ledger.filter(|_| !job.dry_run);
    loop {
        let known = stored.and_then(|ledger| ahead.known(|end| import.answered(ledger, end).is_some()));
        if known.is_none() {
            stored = None;
        }
        let batch = match known {
            Some(batch) => batch,
            None => ahead.commit(job.batch).map_err(|stop| import.stop(stop))?,
        };
        let Some(last) = batch.last() else { return Ok(import.report) };
        let (end, position) = (last.digest, last.position);
        import
            .commit(batch.into_iter().map(|Read { line, record, .. }| (line, record)).collect(), end)
            .await?;
        bar.set_position(position);
    }
}

struct Import<'a> {
    job: &'a Job<'a>,
    ledger: Option<&'a Ledger>,
    /// What named records of earlier commits made.
    names: HashMap<String, VersionId>,
    /// Items that a dry run saw and did not store.
    unstored: HashSet<ItemId>,
    /// Whether any commit of the file is in.
    stored: bool,
    report: Report,
}

impl Import<'_> {
    /// Commits a batch, up to whose end the file has this digest. A commit that an earlier run made is recognised by it.
    async fn commit(&mut self, batch: Vec<(u64, Record)>, end: [u8; 32]) -> Result<()> {
        self.report.records += batch.len() as u64;
        let mut proposal = self.proposal(&end);
        // Without the file's name and lines: the same records elsewhere are the same import.
        proposal.message = Some(format!("import, up to record {}", self.report.records));
        match self.ledger {
            Some(ledger) if !self.job.dry_run => {
                let done = self.answered(ledger, &end);
                if done.is_none() || batch.iter().any(|(_, record)| record.name().is_some()) {
                    let mut translated = self.translate(Some(before(ledger, done)?), &batch)?;
                    proposal.changes = std::mem::take(&mut translated.changes);
                    self.write(ledger, proposal, &translated).await?;
                }
                self.stored = true;
                Ok(())
            }
            ledger => {
                let translated = self.translate(ledger.map(Ledger::view), &batch)?;
                proposal.changes.clone_from(&translated.changes);
                self.check(ledger, proposal, &translated, &batch).await
            }
        }
    }

    /// The proposal of the commit that ends at this digest, without what it changes.
    fn proposal(&self, end: &[u8; 32]) -> Proposal {
        Proposal {
            author: self.job.author.to_owned(),
            message: None,
            idempotency_key: Some(format!("import/{}", hex(end))),
            changes: Vec::new(),
        }
    }

    /// The commit of an earlier run that ended there.
    fn answered(&self, ledger: &Ledger, end: &[u8; 32]) -> Option<Seq> {
        let (key, _) = self.proposal(end).request()?;
        ledger.view().read(|at| at.index().request(&key)).map(|(seq, _)| seq)
    }

    fn translate(&self, view: Option<View>, batch: &[(u64, Record)]) -> Result<Translated> {
        let known = Known { at: None, names: &self.names, unstored: &self.unstored };
        let translated = match view {
            Some(view) => view.read(|at| translate(Known { at: Some(at), ..known }, batch)),
            None => translate(known, batch),
        };
        translated.map_err(|fault| self.refuse(&fault))
    }

    async fn write(&mut self, ledger: &Ledger, proposal: Proposal, translated: &Translated) -> Result<()> {
        let payloads = payload_lines(&proposal, &translated.lines);
        // Where there is nothing to change, too: by its commit a batch is recognised.
        let committed = ledger
            .commit(proposal)
            .await
            .map_err(|error| self.not_committed(error, &translated.lines, &payloads))?;
        if committed.created && !committed.replayed {
            self.report.commits += 1;
            self.report.created += committed.outcomes.iter().filter(|outcome| outcome.created).count() as u64;
        }
        let view = ledger.view();
        for (name, made) in &translated.names {
            let id = match made {
                Made::Found(id) => Some(*id),
                Made::By(change) => committed
                    .outcomes
                    .get(*change)
                    .and_then(|outcome| outcome.version)
                    .map(|version| view.read(|at| at.id(version))),
            };
            self.names.extend(id.map(|id| (name.clone(), id)));
        }
        Ok(())
    }

    /// Checks a batch and writes nothing. The rules are asked about the first commit; later ones build on it.
    async fn check(
        &mut self,
        ledger: Option<&Ledger>,
        proposal: Proposal,
        translated: &Translated,
        batch: &[(u64, Record)],
    ) -> Result<()> {
        if let Some(ledger) = ledger
            && self.report.commits == 0
            && !proposal.changes.is_empty()
        {
            let payloads = payload_lines(&proposal, &translated.lines);
            // Without its key: a commit that is there already would be answered and not checked.
            let proposal = Proposal { idempotency_key: None, ..proposal };
            let previewed = ledger.preview(proposal).await;
            previewed.map_err(|error| self.not_committed(error, &translated.lines, &payloads))?;
        }
        self.report.commits += 1;
        self.report.created += translated.changes.len() as u64;
        for (name, _) in &translated.names {
            self.names.insert(name.clone(), UNSTORED);
        }
        self.unstored.extend(batch.iter().filter_map(|(_, record)| record.item()).map(|key| key.id()));
        Ok(())
    }

    fn stop(&self, stop: Stop) -> Failure {
        match stop {
            Stop::Bad(fault) => self.refuse(&fault),
            Stop::Unreadable(LineError::Io(error)) => {
                Failure::because(format!("cannot read {}", self.job.name), &error)
            }
            Stop::Unreadable(error) => Failure::new(format!("{}, {error}", self.job.name)),
        }
    }

    fn refuse(&self, fault: &Fault) -> Failure {
        let failure = Failure::new(format!("{}, {fault}", self.job.name));
        match (self.job.dry_run, self.stored) {
            (true, _) => failure,
            (false, false) => {
                failure.hint("nothing was imported; mend the record and run the same command again")
            }
            (false, true) => {
                failure.hint("earlier commits are in; mend the record and run the same command again")
            }
        }
    }

    /// A refusal of the ledger, told with the line it is about.
    fn not_committed(&self, error: LedgerError, lines: &[u64], payloads: &[(u64, String)]) -> Failure {
        let (line, reason) = match &error {
            LedgerError::Invalid(Invalid::InChange { index, cause }) => {
                (lines.get(*index), cause.to_string())
            }
            LedgerError::Invalid(Invalid::KeyReused) => {
                return Failure::new(format!("{} was imported before, and meant something else then", self.job.name))
                    .hint("another release of stemma may have imported it; take that one, or leave out the part that is in");
            }
            LedgerError::Invalid(invalid) if lines.len() == 1 => (lines.first(), invalid.to_string()),
            LedgerError::BlobMissing { digest } => {
                let text = digest.to_string();
                let line = payloads.iter().find(|(_, payload)| *payload == text).map(|(line, _)| line);
                (
                    line,
                    format!("the payload {text} is not stored; put it there first, with PUT /blobs/{text}"),
                )
            }
            _ => (None, String::new()),
        };
        match line {
            Some(line) => self.refuse(&Reason::whole(reason).at(*line)),
            None => error.into(),
        }
    }
}

/// The store as it was before a commit that was made, or as it is: so that names mean in a second run what they meant in
/// the first.
fn before(ledger: &Ledger, done: Option<Seq>) -> Result<View> {
    match done {
        Some(seq) => Ok(ledger.at(AsOf::Seq(Seq(seq.0.saturating_sub(1))))?),
        None => Ok(ledger.view()),
    }
}

fn payload_lines(proposal: &Proposal, lines: &[u64]) -> Vec<(u64, String)> {
    let payload = |change: &Change| match change {
        Change::Put(put) => put.payload,
        Change::Correct(correct) => correct.payload,
        _ => None,
    };
    let named = proposal.changes.iter().zip(lines);
    named.filter_map(|(change, line)| Some((*line, payload(change)?.to_string()))).collect()
}
