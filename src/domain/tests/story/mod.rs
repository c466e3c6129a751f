//! A naive implementation of the rules: each change is applied to the complete model at once, and
//! every query reads it from the start. Shares nothing with [`plan`](crate::domain::write::plan)
//! but the ids.

mod sets;
mod tags;

use std::collections::BTreeMap;

use super::rules::naive::{NaiveStatement, NaiveStore, NaiveVersion, PinnedMembers};
use crate::domain::id::{Digest, Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::statement::StatementKind;
use crate::domain::version::{Content, Source};
use crate::domain::write::proposal::{Assert, Change, Correct, Expected, Proposal, Put, Ref, Rollback, Say};

/// A version that a change made or found, and true if the change made anything. `None` if the
/// change is refused.
type ChangeResult = Option<(VersionId, bool)>;

/// The members that each refresh leaves, by set and causes.
pub(super) type Refreshes = BTreeMap<(ItemKey, Vec<StatementKind>), PinnedMembers>;

/// A commit while it is applied.
pub(super) struct Story<'a> {
    before: &'a NaiveStore,
    /// True if statements that were answered since are made again.
    repeats: bool,
    naive: NaiveStore,
    seq: Seq,
    stored: &'a [Digest],
    refreshed: Refreshes,
    names: BTreeMap<String, VersionId>,
}

/// Applies a proposal. Returns the new model, and the result of each change. `refreshed` are the
/// members that a refresh of each set leaves; computing them is not part of the rules.
pub(super) fn tell(
    before: &NaiveStore,
    proposal: &Proposal,
    seq: Seq,
    stored: &[Digest],
    refreshed: Refreshes,
) -> Option<(NaiveStore, Vec<(VersionId, bool)>)> {
    let mut story = Story {
        before,
        repeats: proposal.repeat_statements,
        naive: before.clone(),
        seq,
        stored,
        refreshed,
        names: BTreeMap::new(),
    };
    let said = proposal.changes.iter().map(|change| story.change(change)).collect::<Option<Vec<_>>>()?;
    Some((story.naive, said))
}

impl Story<'_> {
    fn change(&mut self, change: &Change) -> ChangeResult {
        match change {
            Change::Put(put) => self.put(put),
            Change::Correct(correct) => self.correct(correct),
            Change::Retract(say) => self.say(StatementKind::Retracts, say),
            Change::Reinstate(say) => self.say(StatementKind::Reinstates, say),
            Change::Rollback(rollback) => self.rollback(rollback),
            Change::Snapshot(snapshot) => self.snapshot(snapshot),
            Change::Refresh(refresh) => self.refresh(refresh),
            Change::SetTag(tag) => self.set_tag(tag),
            Change::RemoveTag(tag) => self.remove_tag(tag),
            Change::Assert(assert) => self.assert(assert),
        }
    }

    fn meant(&self, reference: &Ref) -> Option<VersionId> {
        match reference {
            Ref::Id(id) => self.naive.find(*id).map(|version| version.id),
            Ref::Local(name) => self.names.get(name).copied(),
            Ref::Named(text) => self.naive.named(text),
        }
    }

    fn name(&mut self, name: Option<&String>, version: VersionId) -> Option<()> {
        let Some(name) = name else { return Some(()) };
        self.names.insert(name.clone(), version).is_none().then_some(())
    }

    fn put(&mut self, put: &Put) -> ChangeResult {
        let ontology = match &put.ontology {
            None => None,
            Some(given) => Some(self.meant(given)?),
        };
        let is_list = ontology.is_none_or(|list| self.naive.item_of(list).kind == Kind::Ontology);
        let is_stored = put.payload.is_none_or(|payload| self.stored.contains(&payload));
        if put.item.kind == Kind::TrainingSet || !is_list || !is_stored {
            return None;
        }
        let content = Content {
            payload: put.payload,
            media_type: put.media_type.clone(),
            attributes: put.attributes.clone(),
            sources: self.sources(&put.sources)?,
            manifest: None,
            ontology,
            class_changes: put.class_changes.clone(),
        };
        let parent =
            self.parent(&put.item, (put.parent.as_ref(), None), put.expect_head.as_ref(), &content)?;
        let made = self.make(&put.item, parent, content, PinnedMembers::new());
        self.name(put.name.as_ref(), made.0)?;
        self.tag(made, &put.tags)
    }

    fn sources(&self, given: &[(String, Ref)]) -> Option<Vec<Source>> {
        let source = |(role, source): &(String, Ref)| {
            Some(Source { role: role.clone(), version: self.meant(source)? })
        };
        let mut sources = given.iter().map(source).collect::<Option<Vec<_>>>()?;
        sources.sort();
        sources.dedup();
        Some(sources)
    }

    /// Returns the parent: the given one, the base of a change, the expected head, or the current
    /// head. An earlier result is found; otherwise base and expected head must be the head.
    fn parent(
        &self,
        item: &ItemKey,
        (parent, base): (Option<&Ref>, Option<VersionId>),
        expected: Option<&Expected>,
        content: &Content,
    ) -> Option<Option<VersionId>> {
        let head = self.naive.head(item).map(|head| head.id);
        let expected = self.expected(item, expected)?;
        let parent = match parent {
            Some(named) => Some(self.of_item(item, named)?),
            None => base,
        };
        let follows = parent.or(expected.unwrap_or(head));
        let right = expected.is_none_or(|expected| expected == head) && base.is_none_or(|_| base == head);
        (right || self.is_made(item, follows, content)).then_some(follows)
    }

    fn is_made(&self, item: &ItemKey, parent: Option<VersionId>, content: &Content) -> bool {
        self.naive.find(content.version_id(item.id(), parent)).is_some()
    }

    fn of_item(&self, item: &ItemKey, named: &Ref) -> Option<VersionId> {
        self.meant(named).filter(|version| self.naive.item_of(*version) == item)
    }

    /// Returns the expected head, if there is an expectation; it may be none. Refused if it is of
    /// another item.
    fn expected(&self, item: &ItemKey, expected: Option<&Expected>) -> Option<Option<Option<VersionId>>> {
        Some(match expected {
            None => None,
            Some(Expected::Nothing) => Some(None),
            Some(Expected::Version(named)) => Some(Some(self.of_item(item, named)?)),
        })
    }

    /// Refuses if another head was expected.
    fn expect(&self, item: &ItemKey, expected: Option<&Expected>) -> Option<()> {
        let head = self.naive.head(item).map(|head| head.id);
        self.expected(item, expected)?.is_none_or(|expected| expected == head).then_some(())
    }

    fn make(
        &mut self,
        item: &ItemKey,
        parent: Option<VersionId>,
        content: Content,
        members: PinnedMembers,
    ) -> (VersionId, bool) {
        if let Some(parent) = parent.and_then(|parent| self.naive.find(parent))
            && parent.content == content
        {
            return (parent.id, false);
        }
        let id = content.version_id(item.id(), parent);
        let is_new = self.naive.find(id).is_none();
        if is_new {
            let made = NaiveVersion { seq: self.seq, item: item.clone(), id, parent, content, members };
            self.naive.versions.push(made);
        }
        (id, is_new)
    }

    fn correct(&mut self, correct: &Correct) -> ChangeResult {
        let wrong = self.naive.find(self.meant(&correct.version)?)?.clone();
        let mut content = wrong.content.clone();
        if let Some(attributes) = &correct.attributes {
            content.attributes = attributes.clone();
        }
        if let Some(payload) = correct.payload {
            content.payload = Some(self.stored.contains(&payload).then_some(payload)?);
        }
        if let Some(sources) = &correct.sources {
            content.sources = self.sources(sources)?;
        }
        if content == wrong.content {
            return None;
        }
        content.class_changes.clear();
        let head = self.naive.head(&wrong.item)?.clone();
        let returned = self.naive.wrong(wrong.id) && head.content == wrong.content;
        let before = self.said_before(StatementKind::Corrects, wrong.id, Some(&content), &correct.reason);
        if let Some(by) = before.and_then(|said| said.by).filter(|_| !returned) {
            self.name(correct.name.as_ref(), by)?;
            return Some((by, false));
        }
        self.expect(&wrong.item, correct.expect_head.as_ref())?;
        let last = self.naive.last_statement(wrong.id).filter(|last| last.kind == StatementKind::Corrects);
        let said = last.and_then(|last| last.by).filter(|_| !returned).into_iter();
        let there = said.chain([head.id]).find(|id| self.naive.find(*id).unwrap().content == content);
        let by = match there {
            Some(by) => by,
            None => {
                let same = |version: &&NaiveVersion| {
                    version.item == wrong.item
                        && version.parent == Some(wrong.id)
                        && version.content == content
                };
                let left_behind = self.naive.versions.iter().find(same).is_some();
                let parent = if left_behind { head.id } else { wrong.id };
                self.make(&wrong.item, Some(parent), content, wrong.members.clone()).0
            }
        };
        self.name(correct.name.as_ref(), by)?;
        let reason = correct.reason.clone();
        self.naive.statements.push(NaiveStatement {
            kind: StatementKind::Corrects,
            version: wrong.id,
            by: Some(by),
            reason,
        });
        Some((by, true))
    }

    /// Returns an earlier statement about the version, with this reason and this content of the
    /// right version: among all statements, or only the last one if answered statements are made
    /// again.
    fn said_before(
        &self,
        kind: StatementKind,
        version: VersionId,
        content: Option<&Content>,
        reason: &str,
    ) -> Option<&NaiveStatement> {
        let about = self.naive.statements.iter().rev().filter(|said| said.version == version);
        let mut about = about.take(if self.repeats { 1 } else { usize::MAX });
        let right = |said: &NaiveStatement| said.by.map(|by| &self.naive.find(by).unwrap().content);
        about.find(|said| said.kind == kind && said.reason == reason && right(said) == content)
    }

    fn say(&mut self, kind: StatementKind, say: &Say) -> ChangeResult {
        let version = self.meant(&say.version)?;
        if self.said_before(kind, version, None, &say.reason).is_some() {
            return Some((version, false));
        }
        self.expect(&self.naive.item_of(version).clone(), say.expect_head.as_ref())?;
        if kind == StatementKind::Reinstates && !self.naive.wrong(version) {
            return None;
        }
        self.naive.statements.push(NaiveStatement { kind, version, by: None, reason: say.reason.clone() });
        Some((version, true))
    }

    fn rollback(&mut self, rollback: &Rollback) -> ChangeResult {
        let to = self.naive.find(self.meant(&rollback.to)?)?.clone();
        if to.item != rollback.item {
            return None;
        }
        let head = self.naive.head(&to.item).map(|head| head.id);
        let expected = rollback.expect_head.as_ref();
        let made = match head == Some(to.id) {
            true => {
                self.expect(&to.item, expected)?;
                (to.id, false)
            }
            false => {
                let parent = self.parent(&to.item, (None, None), expected, &to.content)?;
                self.make(&to.item, parent, to.content, to.members)
            }
        };
        self.name(rollback.name.as_ref(), made.0)?;
        Some(made)
    }

    fn assert(&mut self, assert: &Assert) -> ChangeResult {
        let (derived, source) = (self.meant(&assert.derived)?, self.meant(&assert.source)?);
        let born = Source { role: assert.role.clone(), version: source };
        let said = (derived, source, assert.role.clone());
        if self.naive.find(derived)?.content.sources.contains(&born) || self.naive.asserted.contains(&said) {
            return Some((derived, false));
        }
        if self.naive.depends_on(source, derived) {
            return None;
        }
        self.naive.asserted.push(said);
        Some((derived, true))
    }
}
