//! The rules: the commit that results from a proposal, or the reason why it is refused.
//!
//! A [`Planner`] applies the changes in order. It sees the world, and on top of it the earlier
//! changes of the same commit ([`Draft`]), so that a change can build on an earlier one and names
//! resolve after it. Nothing is written here: the result is an [`Entry`], which is stored
//! completely or not at all.

mod correct;
mod derivations;
mod draft;
mod expect;
mod members;
mod naming;
mod payloads;
mod say;
mod tags;
mod versions;

use std::collections::{HashMap, HashSet};

use super::proposal::{Change, Proposal, Ref};
use super::world::{Refreshed, World};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::invalid::{Invalid, MAX_CHANGES};
use crate::domain::log::entry::{BlobRecord, CommitRecord, Entry};
use crate::domain::log::facts::{Outcome, RequestFact};
use crate::domain::media::Media;
use crate::domain::names::naming::Naming as _;
use crate::domain::numbers::VersionNo;
use crate::domain::text;
use crate::domain::version::{Timestamp, VersionRecord};
use draft::Draft;

/// The inputs of the rules in addition to the world and the proposal.
#[derive(Debug)]
pub struct Given<'a> {
    /// The number that the commit will have.
    pub seq: Seq,
    /// The time of the commit.
    pub time: Timestamp,
    /// The digest of the commit before.
    pub previous: [u8; 32],
    /// The records of versions whose content is needed (see [`Proposal::records_needed`]).
    pub records: &'a HashMap<VersionId, VersionRecord>,
    /// The stored payloads among those that the proposal names.
    pub blobs: &'a HashMap<Digest, BlobRecord>,
    /// The media types and sizes of the payloads that are images.
    pub media: &'a HashMap<Digest, Media>,
    /// The request's idempotency key and content, hashed.
    pub request: Option<([u8; 32], [u8; 32])>,
}

/// The result of a proposal.
#[derive(Debug)]
pub struct Planned {
    /// The entry to write; `None` if everything exists already.
    pub entry: Option<Entry>,
    /// The outcomes, one per change, in order.
    pub outcomes: Vec<Outcome>,
    /// The result of the last refresh.
    pub refreshed: Option<Refreshed>,
}

/// Applies the rules.
///
/// # Errors
/// [`Invalid`], with the position of the change if there are several; then nothing may be written.
pub fn plan<W: World>(world: &W, proposal: &Proposal, given: &Given<'_>) -> Result<Planned, Invalid> {
    Invalid::limit("changes in one commit", proposal.changes.len(), MAX_CHANGES)?;
    // With an idempotency key, an empty commit is recorded: the request was answered.
    if proposal.changes.is_empty() && proposal.idempotency_key.is_none() {
        return Err(Invalid::refused("the commit has no changes; give at least one"));
    }
    let numbers_left = (u32::MAX - world.counts().1) as usize;
    Invalid::limit("changes that the store has numbers left for", proposal.changes.len(), numbers_left)?;
    if let Some(message) = &proposal.message {
        text::prose("message", message)?;
    }
    if let Some(key) = &proposal.idempotency_key {
        text::idempotency_key(key)?;
    }
    let in_change = |(index, cause)| match proposal.changes.len() {
        1 => cause,
        _ => Invalid::InChange { index, cause: Box::new(cause) },
    };
    let mut planner = Planner {
        world,
        given,
        draft: Draft::over(world),
        repeat_statements: proposal.repeat_statements,
        refreshed: None,
        index: 0,
    };
    let mut outcomes = Vec::with_capacity(proposal.changes.len());
    let mut unread = Vec::new();
    for (index, change) in proposal.changes.iter().enumerate() {
        planner.index = index;
        match planner.change(change) {
            Ok(outcome) => outcomes.push(outcome),
            Err(cause) => match cause.unread() {
                Some(ids) => unread.extend_from_slice(ids),
                None if unread.is_empty() => return Err(in_change((index, cause))),
                // The error may result from a missing record. The remaining changes are only
                // checked to collect all records that are needed; then the rules are applied again.
                None => {}
            },
        }
    }
    if !unread.is_empty() {
        return Err(Invalid::Unread(unread));
    }
    planner.check_cycles().map_err(in_change)?;
    let Planner { draft, refreshed, .. } = planner;
    Ok(Planned { entry: seal(world, draft, proposal, given, &outcomes), outcomes, refreshed })
}

/// Makes the entry of a draft; `None` if there is nothing to write.
fn seal<W: World>(
    world: &W,
    draft: Draft,
    proposal: &Proposal,
    given: &Given<'_>,
    outcomes: &[Outcome],
) -> Option<Entry> {
    let mut facts = draft.facts;
    facts.request = given.request.map(|(key, asked)| RequestFact { key, asked, outcomes: outcomes.to_vec() });
    if facts.is_empty() {
        return None;
    }
    // Payloads that are named for the first time. A restore decides this by the index, to make the
    // same entry again.
    let mut named = HashSet::new();
    let blobs: Vec<BlobRecord> = draft
        .versions
        .iter()
        .filter_map(|version| version.content.payload)
        .filter(|payload| named.insert(*payload) && !world.names(payload))
        .filter_map(|payload| given.blobs.get(&payload).copied())
        .collect();
    let commit = CommitRecord {
        seq: given.seq,
        time: given.time,
        author: proposal.author.clone(),
        message: proposal.message.clone(),
        facts: facts.pack(),
        rows: Entry::rows_tree(&draft.versions, &draft.statements, &draft.asserted, &blobs),
        previous: given.previous,
    };
    Some(Entry {
        commit,
        items: facts.items.clone(),
        facts,
        versions: draft.versions,
        chunks: draft.chunks,
        asserted: draft.asserted,
        statements: draft.statements,
        tags: draft.tags,
        blobs,
    })
}

/// Applies the changes of one proposal.
struct Planner<'a, W> {
    world: &'a W,
    given: &'a Given<'a>,
    draft: Draft,
    /// [`Proposal::repeat_statements`].
    repeat_statements: bool,
    refreshed: Option<Refreshed>,
    /// The position of the current change.
    index: usize,
}

impl<W: World> Planner<'_, W> {
    fn change(&mut self, change: &Change) -> Result<Outcome, Invalid> {
        match change {
            Change::Put(put) => self.put(put),
            Change::Correct(correct) => self.correct(correct),
            Change::Retract(say) => self.retract(say),
            Change::Reinstate(say) => self.reinstate(say),
            Change::Rollback(rollback) => self.rollback(rollback),
            Change::Snapshot(snapshot) => self.snapshot(snapshot),
            Change::Refresh(refresh) => self.refresh(refresh),
            Change::SetTag(tag) => self.set_tag(tag),
            Change::RemoveTag(tag) => self.remove_tag(tag),
            Change::Assert(assert) => self.assert(assert),
        }
    }

    /// Returns the version that a change refers to.
    fn resolve(&self, reference: &Ref) -> Result<VersionNo, Invalid> {
        match reference {
            Ref::Id(id) => self.find(id).ok_or_else(|| Invalid::not_found("version", id)),
            Ref::Named(text) => self.named(&text.parse()?, text),
            Ref::Local(name) => self.draft.named.get(name).copied().ok_or_else(|| {
                Invalid::refused(format!(
                    "no earlier change of this commit is named {name:?}; `as` names a change, `@name` refers back to it"
                ))
            }),
        }
    }

    fn find(&self, id: &VersionId) -> Option<VersionNo> {
        self.draft.version_by_id.get(id).copied().or_else(|| self.world.version(id))
    }

    /// Stores the result of a change that has a name.
    fn name(&mut self, name: Option<&str>, version: VersionNo) -> Result<(), Invalid> {
        let Some(name) = name else { return Ok(()) };
        text::name("name (`as`)", name)?;
        if self.draft.named.insert(name.to_owned(), version).is_some() {
            return Err(Invalid::refused(format!(
                "duplicate name {name:?} of a change; give each change of the commit another name"
            )));
        }
        Ok(())
    }
}
