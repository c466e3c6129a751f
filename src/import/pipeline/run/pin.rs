//! Pins everything imported as the next version of a training set.
//!
//! The set has what the export has, except what the store says is wrong, and keeps what the export
//! says nothing about.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::end::{Gone, RECORDS};
use super::{ATTEMPTS, ExportJob, ImportRun};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::numbers::VersionNo;
use crate::domain::text::counted;
use crate::import::error::{ImportError, Result};
use crate::import::findings::{CountedItems, SampleFindings, SetMembers};
use crate::import::record::Record;
use crate::import::record::fault::{Reason, RecordPlace};
use crate::import::samples::{KeptMembers, MemberFate, PinnedSet, image_of};
use crate::ledger::{Ledger, View};
use crate::lineage::At;

/// The members of a set without what is wrong.
struct ValidMembers {
    members: SetMembers,
    /// Members that are retracted, or labels of a retracted image.
    wrong: BTreeSet<ItemKey>,
}

impl ImportRun<'_> {
    /// Pins everything imported as the next version of the training set. Members that are `gone` are
    /// not kept.
    pub(super) async fn pin(
        &mut self,
        export: &ExportJob<'_>,
        found: &SampleFindings,
        gone: &Gone,
    ) -> Result<()> {
        let Some(set) = export.set else {
            for name in found.about.keys() {
                self.report.skipped.note("field about the set (--training-set stores it)", || name.clone());
            }
            return Ok(());
        };
        self.check_splits(set, &found.members)?;
        let place = RecordPlace::Element("the training set".to_owned());
        self.report.records += 1;
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let record = self.set_record(export, set, (found, gone)).await?;
            match self.try_commit([0; 32], &[(place.clone(), record)], &mut Vec::new()).await {
                // Another client has pinned another part: both are kept.
                Err(ImportError::Conflict { .. }) if attempts > 0 => {}
                done => return done,
            }
        }
    }

    /// Refuses members that are in two splits of the input. Those that are not stored yet are passed
    /// over: in a dry run new labels of two files may have one key, which an import keeps apart.
    fn check_splits(&self, set: &PinnedSet, members: &SetMembers) -> Result<()> {
        let Some(view) = self.ledger.map(Ledger::view) else { return Ok(()) };
        let found = view.read(|at| {
            let key = |item: &ItemId| at.item(item).map(|number| at.key(number).clone());
            let mut stored =
                members.in_two_splits().filter_map(|(item, one, other)| Some((key(item)?, one, other)));
            let first = stored.next()?;
            let more: HashSet<ItemKey> =
                stored.map(|(item, ..)| item).filter(|item| *item != first.0).collect();
            Some((first, more.len() as u64 + 1))
        });
        let Some(((name, one, other), count)) = found else { return Ok(()) };
        Err(self.refuse(&Reason::record(format!(
            "expected each member of {} in one split, found {} in two: {name} is in {one:?} and in {other:?}; \
             take {} out of one of the inputs, import all into one split (--split), or import them into two sets",
            set.item,
            counted(count, "member"),
            if count == 1 { "it" } else { "each" }
        )).at(RecordPlace::Element("the training set".to_owned()))))
    }

    /// Returns the record of the next version of the training set.
    async fn set_record(
        &mut self,
        export: &ExportJob<'_>,
        set: &PinnedSet,
        (found, gone): (&SampleFindings, &Gone),
    ) -> Result<Record> {
        let view = self.ledger.map(Ledger::view);
        let kept = match &view {
            Some(view) => self.kept(view, export, set, (found, gone)).await?,
            None => KeptMembers::default(),
        };
        // Images that the set has by their labels.
        let own = found.members.without(&kept.labelled);
        let valid = view.as_ref().and_then(|view| view.read(|at| self.valid(at, &own)));
        let members = valid.as_ref().map_or(&own, |valid| &valid.members);
        self.report.splits = members.counts().map(|(split, count)| (split.to_owned(), count)).collect();
        self.report.not_pinned = CountedItems::default();
        for item in valid.iter().flat_map(|valid| &valid.wrong) {
            self.report.not_pinned.note(item.clone());
        }
        self.report.kept_members.clone_from(&kept.splits);
        let attributes = self.about(&set.item, found).await?;
        let lists = view.as_ref().map(|view| view.read(|at| self.class_lists(at, members, &kept)));
        Ok(set.record(members, kept, attributes, lists.unwrap_or_default()))
    }

    /// Returns the members of the version before that the set keeps: what the export says nothing
    /// about.
    async fn kept(
        &self,
        view: &View,
        export: &ExportJob<'_>,
        set: &PinnedSet,
        (found, gone): (&SampleFindings, &Gone),
    ) -> Result<KeptMembers> {
        let fate = |item: &ItemKey, has_split: bool| {
            if gone.has(item, export.is_whole) {
                MemberFate::Dropped
            } else if (has_split || export.is_whole) && export.naming.covers(item) {
                MemberFate::KeptIfOfAnotherPrefix
            } else {
                MemberFate::Kept
            }
        };
        let (mut kept, mut open) = view.read(|at| set.kept(at, (&found.members, &found.unlabelled), fate));
        while !open.is_empty() {
            let some: Vec<_> = open.drain(..open.len().min(RECORDS)).collect();
            let ids: Vec<VersionId> = some.iter().flat_map(|member| member.history.iter().copied()).collect();
            let mut records = view.versions_uncached(&ids).await?.into_iter();
            for member in some {
                let history: Vec<_> = records.by_ref().take(member.history.len()).flatten().collect();
                if !export.naming.is_of(history.iter()) {
                    kept.keep(member);
                }
            }
        }
        Ok(kept)
    }

    /// Returns the members of a set without those that are retracted; `None` if none is. An image whose
    /// labels are all retracted is a member itself, as one without labels.
    fn valid(&self, at: At<'_>, members: &SetMembers) -> Option<ValidMembers> {
        let mut wrong: BTreeSet<ItemKey> = BTreeSet::new();
        let mut images: HashSet<ItemKey> = HashSet::new();
        let mut note = |version: VersionNo| {
            let key = at.key(at.item_of(version));
            (at.is_head(version) && members.has(key)).then(|| wrong.insert(key.clone()));
        };
        for version in at.all_wrong() {
            let key = at.key(at.item_of(version));
            if !at.is_head(version) || self.returned.contains(&key.id()) || self.unstored.contains(&key.id())
            {
                continue;
            }
            note(version);
            if key.kind == Kind::Source {
                images.insert(key.clone());
                at.flow_from(version).filter(|made| at.kind(*made) == Kind::Label).for_each(&mut note);
            }
        }
        if wrong.is_empty() {
            return None;
        }
        let items: HashSet<ItemId> = wrong.iter().map(ItemKey::id).collect();
        let mut valid = members.without(&items);
        for label in wrong.iter().filter(|item| item.kind == Kind::Label) {
            let Some(head) = at.item(&label.id()).and_then(|item| at.head(item)) else { continue };
            let Some(image) = image_of(at, head).filter(|image| !images.contains(at.key(*image))) else {
                continue;
            };
            let mut labels = at.history(image).iter().flat_map(|version| at.flow_from(*version));
            let is_pinned = |label: VersionNo| {
                at.kind(label) == Kind::Label && at.is_head(label) && valid.has(at.key(at.item_of(label)))
            };
            if let Some(split) = members.split_of(&label.id())
                && !labels.any(is_pinned)
            {
                valid.add(at.key(image), split);
            }
        }
        Some(ValidMembers { members: valid, wrong })
    }

    /// Returns the attributes of the set: those of its newest version, and what the input says about
    /// it.
    async fn about(&self, set: &ItemKey, found: &SampleFindings) -> Result<Attributes> {
        let mut about = Map::new();
        if let Some(view) = self.ledger.map(Ledger::view) {
            let head =
                view.read(|at| at.item(&set.id()).and_then(|item| at.head(item)).map(|head| at.id(head)));
            let head: Vec<VersionId> = head.into_iter().collect();
            let stored = view.versions(&head).await?;
            about.extend(stored.iter().flatten().flat_map(|record| record.content.attributes.to_map()));
        }
        about.extend(found.about.clone());
        Attributes::new(&Value::Object(about)).map_err(|error| {
            ImportError::refused(format!("{}: fields about the set: {error}", self.job.name))
        })
    }
}
