//! Training sets: the members of a version, given completely, as a change, by a search, or by
//! refreshing.

use std::collections::BTreeSet;

use crate::domain::id::VersionId;
use crate::domain::invalid::{Invalid, MAX_MEMBERS, MAX_TAGS};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::entry::MemberChunk;
use crate::domain::log::facts::{MembershipFact, Outcome, Pin};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::text;
use crate::domain::version::{Content, Manifest, manifest_digest};
use crate::domain::write::proposal::{Members, NewMember, Ref, Refresh, Snapshot};
use crate::domain::write::world::World;

use super::Planner;
use super::expect::{Expectation, Follows};
use super::versions::NewVersion;

/// A GraphQL variable that was not sent is an absent condition, and would pin the complete store.
const NARROWS_NOTHING: &str = "expected a search for members that narrows, found none of its conditions: was a variable \
                               left out? To pin everything, say `keyPrefix: \"\"`";

impl<W: World> Planner<'_, W> {
    pub(super) fn snapshot(&mut self, snapshot: &Snapshot) -> Result<Outcome, Invalid> {
        require_training_set(&snapshot.item)?;
        Invalid::limit("tags of one version", snapshot.tags.len(), MAX_TAGS)?;
        let (members, base) = self.members(&snapshot.item, &snapshot.members)?;
        self.draft.pinned += members.len();
        Invalid::limit("members pinned in one commit", self.draft.pinned, MAX_MEMBERS)?;
        let mut content = Content {
            attributes: snapshot.attributes.clone(),
            sources: self.sources(&snapshot.sources)?,
            manifest: Some(self.manifest(&members, snapshot.complete)),
            ..Content::empty()
        };
        content.normalise();
        let follows = Follows { parent: None, base, expect_head: snapshot.expect_head.as_ref() };
        let parent = self.parent(&snapshot.item, &follows, &content)?;
        let wanted = NewVersion {
            item: &snapshot.item,
            parent,
            content,
            members: Some(members),
            activity: None,
            message: snapshot.message.clone(),
        };
        let mut outcome = self.make(wanted, snapshot.name.as_deref())?;
        self.tag_all(&snapshot.tags, &mut outcome)?;
        Ok(outcome)
    }

    pub(super) fn refresh(&mut self, refresh: &Refresh) -> Result<Outcome, Invalid> {
        require_training_set(&refresh.item)?;
        if refresh.causes.iter().any(|cause| !cause.makes_wrong()) {
            return Err(Invalid::refused(
                "expected only CORRECTS and RETRACTS in `causes`, found a statement that makes no version wrong; leave it \
                 out",
            ));
        }
        let head = self
            .item(&refresh.item)
            .and_then(|item| self.head(item))
            .ok_or_else(|| Invalid::not_found("training set", &refresh.item))?;
        // The result of a refresh of the expected head is found, even if the head has moved since.
        let expected = self.expectation(&refresh.item, refresh.expect_head.as_ref())?;
        let base = match expected {
            Some(Expectation::Is(version)) => version,
            Some(Expectation::Absent) | None => head,
        };
        self.check_settled(base)?;
        let record = self.given.records.get(&self.id_of(base)).cloned();
        let record = record.ok_or_else(|| Invalid::Unread(vec![self.id_of(base)]))?;
        let mut refreshed = self.world.refreshed(base, &refresh.causes);
        refreshed.members.sort_unstable_by_key(|pin| pin.version);
        refreshed.members.dedup_by_key(|pin| pin.version);
        let complete = record.content.manifest.is_none_or(|manifest| manifest.complete);
        let content = Content {
            manifest: Some(self.manifest(&refreshed.members, complete)),
            // The sources of the set are kept: it is the same selection, corrected.
            ..record.content
        };
        if base == head || !self.own_result(&refresh.item, Some(base), &content) {
            self.judge_head(&refresh.item, expected)?;
        }
        let wanted = NewVersion {
            item: &refresh.item,
            parent: Some(base),
            content,
            members: Some(refreshed.members.clone()),
            activity: None,
            message: None,
        };
        let outcome = self.make(wanted, None)?;
        self.refreshed = Some(refreshed);
        Ok(outcome)
    }

    /// Refuses a refresh after changes that it depends on. Replacements of members are read from
    /// earlier commits, so changes of the same commit would be ignored.
    fn check_settled(&self, head: VersionNo) -> Result<(), Invalid> {
        let draft = &self.draft;
        let said = !draft.statements.is_empty() || !draft.asserted.is_empty();
        // The replacement of a member is a newer version of its item, which may be a training set.
        let grown = |pin: &Pin| draft.grown.contains_key(&self.item_of(pin.version));
        let made = !draft.grown.is_empty()
            && (draft.is_new(head) || self.makes_items() || self.members_of(head).iter().any(grown));
        if made || said {
            return Err(Invalid::refused(
                "a refresh does not see what the same commit changes; refresh the set in the next commit",
            ));
        }
        Ok(())
    }

    /// Returns true if this commit has made a version of anything but a training set.
    fn makes_items(&self) -> bool {
        self.draft.facts.versions.iter().any(|fact| self.item_key(fact.item).kind != Kind::TrainingSet)
    }

    /// Returns all members, by version number, and the version that a change was made from.
    fn members(&self, set: &ItemKey, members: &Members) -> Result<(Vec<Pin>, Option<VersionNo>), Invalid> {
        match members {
            Members::All(all) => Ok((self.pins(set, all)?, None)),
            Members::Change { base, add, remove, onto_head } => {
                let named = self.resolve(base)?;
                let head = self.head(self.item_of(named)).filter(|_| *onto_head);
                let base = head.unwrap_or(named);
                if self.item_key(self.item_of(base)) != set {
                    return Err(Invalid::refused(format!(
                        "expected a version of {set} in `base`, found a version of another item; name one, or give all members"
                    )));
                }
                let mut pins = self.members_of(base);
                let gone = self.removed(&pins, remove, *onto_head)?;
                let added = self.pins(set, add)?;
                pins.retain(|pin| !gone.contains(&pin.version) && place(&added, pin.version).is_err());
                pins.extend(added);
                pins.sort_unstable_by_key(|pin| pin.version);
                Ok((pins, Some(base)))
            }
            Members::Select { filter, split } => {
                text::name("split", split)?;
                if !filter.narrows() {
                    return Err(Invalid::refused(NARROWS_NOTHING));
                }
                // The search reads earlier commits only; it would silently leave out what this
                // commit makes.
                let retagged = filter.tags.is_some() && !self.draft.tags.is_empty();
                let means_sets = filter.kinds.as_ref().is_none_or(|kinds| kinds.contains(&Kind::TrainingSet));
                let made = if means_sets { !self.draft.versions.is_empty() } else { self.makes_items() };
                let judges = filter.wrong.is_some() || filter.stale.is_some();
                let said = judges && (!self.draft.statements.is_empty() || !self.draft.asserted.is_empty());
                if filter.at.is_none() && (made || retagged || said) {
                    return Err(Invalid::refused(
                        "a search for members does not see what the same commit changes; \
                         select in the next commit, or say `asOf` which commit is meant",
                    ));
                }
                let mut found = self.world.select(filter)?;
                let own = self.item(set);
                found.retain(|version| Some(self.item_of(*version)) != own);
                found.sort_unstable();
                found.dedup();
                let pin = |version| Pin { version, split: split.clone(), weight: None };
                Ok((found.into_iter().map(pin).collect(), None))
            }
        }
    }

    /// Returns the given members, by version number, each once. A set is never its own member: the
    /// replacement of a wrong member would be the set that is being made.
    fn pins(&self, set: &ItemKey, given: &[NewMember]) -> Result<Vec<Pin>, Invalid> {
        let mut pins =
            given.iter().map(|member| self.pinned(member)).collect::<Result<Vec<Pin>, Invalid>>()?;
        pins.sort_unstable_by_key(|pin| pin.version);
        let own = self.item(set);
        if let Some(pin) = pins.iter().find(|pin| Some(self.item_of(pin.version)) == own) {
            return Err(Invalid::refused(format!(
                "{} is a version of {set} itself and cannot be its member; name it in `sources`",
                self.id_of(pin.version)
            )));
        }
        match pins.windows(2).find(|pair| pair[0].version == pair[1].version) {
            None => Ok(pins),
            Some(pair) => Err(Invalid::refused(format!(
                "{} is given twice; expected each member once, in one split: leave one out",
                self.id_of(pair[0].version)
            ))),
        }
    }

    /// Returns the members to remove. With `may_be_gone`, an earlier commit may have removed them
    /// already.
    fn removed(
        &self,
        pins: &[Pin],
        remove: &[Ref],
        may_be_gone: bool,
    ) -> Result<BTreeSet<VersionNo>, Invalid> {
        let mut gone = BTreeSet::new();
        for reference in remove {
            let version = self.resolve(reference)?;
            let left = place(pins, version).is_ok() && gone.insert(version);
            if !left && !may_be_gone {
                return Err(Invalid::refused(format!(
                    "{} is not a member of the base version; leave it out of `remove`",
                    self.id_of(version)
                )));
            }
        }
        Ok(gone)
    }

    fn pinned(&self, member: &NewMember) -> Result<Pin, Invalid> {
        text::name("split", &member.split)?;
        if let Some(weight) = member.weight.filter(|weight| !weight.is_finite() || *weight < 0.0) {
            return Err(Invalid::refused(format!(
                "expected a finite weight of 0 or more, found {weight}; leave it out for 1"
            )));
        }
        let version = self.resolve(&member.version)?;
        // -0.0 and 0.0 are the same weight.
        Ok(Pin { version, split: member.split.clone(), weight: member.weight.map(|weight| weight + 0.0) })
    }

    fn manifest(&self, members: &[Pin], complete: bool) -> Manifest {
        let mut named: Vec<(VersionId, &Pin)> =
            members.iter().map(|pin| (self.id_of(pin.version), pin)).collect();
        named.sort_unstable_by_key(|(id, _)| *id);
        let digest = manifest_digest(named.iter().map(|(id, pin)| (id, pin.split.as_str(), pin.weight)));
        Manifest { digest, count: u32::try_from(members.len()).unwrap_or(u32::MAX), complete }
    }

    /// Records the members of a version that is about to be made, as the difference from the one
    /// before it.
    pub(super) fn pin(
        &mut self,
        set: VersionNo,
        id: VersionId,
        item: ItemNo,
        complete: bool,
        members: Vec<Pin>,
    ) {
        let before = self.head(item).map_or_else(Vec::new, |head| self.members_of(head));
        let (removed, added) = difference(&before, &members);
        let chunks = MemberChunk::of(id, &removed, &added, |version| self.id_of(version));
        self.draft.chunks.extend(chunks);
        let removed = removed.into_iter().map(|pin| pin.version).collect();
        let added = added.into_iter().collect();
        self.draft.facts.memberships.push(MembershipFact { set, complete, removed, added });
        self.draft.members.insert(set, members);
    }
}

/// Returns the index of a version among members, which are sorted by version number.
fn place(pins: &[Pin], version: VersionNo) -> Result<usize, usize> {
    pins.binary_search_by_key(&version, |pin| pin.version)
}

fn require_training_set(item: &ItemKey) -> Result<(), Invalid> {
    if item.kind == Kind::TrainingSet {
        Ok(())
    } else {
        Err(Invalid::refused(format!(
            "expected a TRAINING_SET, found {item}; only training sets have members"
        )))
    }
}

/// Returns the removed and the added members between two lists, both by version number. A member
/// with another split or weight is removed and added.
fn difference(before: &[Pin], after: &[Pin]) -> (Vec<Pin>, Vec<Pin>) {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
    loop {
        match (old.peek(), new.peek()) {
            (None, None) => return (removed, added),
            (Some(a), Some(b)) if a.version == b.version => {
                if a != b {
                    removed.push((*a).clone());
                    added.push((*b).clone());
                }
                old.next();
                new.next();
            }
            (Some(a), b) if b.is_none_or(|b| a.version < b.version) => {
                removed.push((*a).clone());
                old.next();
            }
            (_, Some(b)) => {
                added.push((*b).clone());
                new.next();
            }
            (Some(_), None) => {}
        }
    }
}
