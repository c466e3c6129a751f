//! The hash of a request, by which a repeated idempotency key is recognised, and the records and
//! payloads that a proposal names, which are loaded before the rules are applied to it.

use std::collections::BTreeSet;

use super::proposal::{Change, Expected, Members, NewMember, Proposal, Ref};
use crate::domain::canonical::attributes::canonical;
use crate::domain::canonical::bytes::Canon;
use crate::domain::class_change::{ChangedClasses, ClassChange};
use crate::domain::id::Digest;
use crate::domain::item::ItemKey;
use crate::domain::version::Activity;

impl Proposal {
    /// Returns the hash of author and idempotency key, and the hash of the complete request; `None`
    /// without a key.
    #[must_use]
    pub fn request(&self) -> Option<([u8; 32], [u8; 32])> {
        let key = self.idempotency_key.as_ref()?;
        let mut named = Canon::new("stemma request key v1");
        named.field(self.author.as_bytes()).field(key.as_bytes());
        let mut asked = Canon::new("stemma request v1");
        asked.optional(self.message.as_deref().map(str::as_bytes)).number(self.changes.len() as u64);
        for change in &self.changes {
            write_change(&mut asked, change);
        }
        Some((named.hash(), asked.hash()))
    }

    /// Returns the payloads that the changes name.
    #[must_use]
    pub fn payloads(&self) -> BTreeSet<Digest> {
        self.changes
            .iter()
            .filter_map(|change| match change {
                Change::Put(put) => put.payload,
                Change::Correct(correct) => correct.payload,
                _ => None,
            })
            .collect()
    }

    /// Returns the versions whose complete record is needed, because a change reuses their content.
    pub fn records_needed(&self) -> impl Iterator<Item = &Ref> {
        self.changes.iter().filter_map(|change| match change {
            Change::Correct(correct) => Some(&correct.version),
            Change::Rollback(rollback) => Some(&rollback.to),
            _ => None,
        })
    }

    /// Returns the training sets whose head's record is needed.
    pub fn refreshes(&self) -> impl Iterator<Item = &ItemKey> {
        self.changes.iter().filter_map(|change| match change {
            Change::Refresh(refresh) => Some(&refresh.item),
            _ => None,
        })
    }
}

/// Adds `record_image_size` if it is true. The field is newer than stored hashes, and a request without
/// it must keep its hash; nothing else can begin with these bytes here, at the end of a change.
fn image_size(canon: &mut Canon, record_image_size: bool) {
    if record_image_size {
        canon.field(b"record image size");
    }
}

fn write_change(canon: &mut Canon, change: &Change) {
    match change {
        Change::Put(put) => {
            canon.field(b"put");
            item(canon, &put.item);
            text(canon, put.name.as_deref());
            maybe(canon, put.parent.as_ref());
            expected(canon, put.expect_head.as_ref());
            canon.optional(put.payload.as_ref().map(|digest| digest.as_bytes().as_slice()));
            text(canon, put.media_type.as_deref());
            canon.field(put.attributes.as_str().as_bytes());
            maybe(canon, put.ontology.as_ref());
            sources(canon, &put.sources);
            canon.optional(put.activity.as_ref().map(Activity::id).as_ref().map(<[u8; 32]>::as_slice));
            class_changes(canon, &put.class_changes);
            texts(canon, &put.tags);
            text(canon, put.message.as_deref());
            image_size(canon, put.record_image_size);
        }
        Change::Correct(correct) => {
            canon.field(b"correct");
            reference(canon, &correct.version);
            text(canon, correct.name.as_deref());
            text(
                canon,
                correct.attributes.as_ref().map(crate::domain::canonical::attributes::Attributes::as_str),
            );
            canon.optional(correct.payload.as_ref().map(|digest| digest.as_bytes().as_slice()));
            text(canon, correct.media_type.as_deref());
            canon.number(correct.sources.is_some().into());
            sources(canon, correct.sources.as_deref().unwrap_or_default());
            canon.field(correct.reason.as_bytes());
            image_size(canon, correct.record_image_size);
            if let Some(list) = &correct.ontology {
                canon.field(b"ontology");
                reference(canon, list);
            }
            also_expected(canon, correct.expect_head.as_ref());
            also_made(canon, correct.activity.as_ref(), correct.message.as_deref());
        }
        Change::Retract(say) => {
            canon.field(b"retract");
            reference(canon, &say.version);
            canon.field(say.reason.as_bytes());
            also_expected(canon, say.expect_head.as_ref());
            also_made(canon, say.activity.as_ref(), say.message.as_deref());
        }
        Change::Reinstate(say) => {
            canon.field(b"reinstate");
            reference(canon, &say.version);
            canon.field(say.reason.as_bytes());
            also_expected(canon, say.expect_head.as_ref());
            also_made(canon, say.activity.as_ref(), say.message.as_deref());
        }
        Change::Rollback(rollback) => {
            canon.field(b"rollback");
            item(canon, &rollback.item);
            text(canon, rollback.name.as_deref());
            reference(canon, &rollback.to);
            text(canon, rollback.reason.as_deref());
            also_expected(canon, rollback.expect_head.as_ref());
        }
        Change::Snapshot(snapshot) => {
            canon.field(b"snapshot");
            item(canon, &snapshot.item);
            text(canon, snapshot.name.as_deref());
            members(canon, &snapshot.members);
            canon.number(snapshot.complete.into());
            expected(canon, snapshot.expect_head.as_ref());
            canon.field(snapshot.attributes.as_str().as_bytes());
            sources(canon, &snapshot.sources);
            texts(canon, &snapshot.tags);
            text(canon, snapshot.message.as_deref());
        }
        Change::Refresh(refresh) => {
            canon.field(b"refresh");
            item(canon, &refresh.item);
            canon.number(refresh.causes.len() as u64);
            refresh.causes.iter().for_each(|cause| {
                canon.field(cause.name().as_bytes());
            });
            also_expected(canon, refresh.expect_head.as_ref());
        }
        Change::SetTag(tag) => {
            canon.field(b"set tag").field(tag.name.as_bytes());
            reference(canon, &tag.version);
            canon.number(tag.alias.into());
            expected(canon, tag.expect.as_ref());
        }
        Change::RemoveTag(tag) => {
            canon.field(b"remove tag").field(tag.name.as_bytes());
            reference(canon, &tag.version);
            also_expected(canon, tag.expect.as_ref());
        }
        Change::Assert(assert) => {
            canon.field(b"assert derivation");
            reference(canon, &assert.derived);
            reference(canon, &assert.source);
            canon.field(assert.role.as_bytes()).field(assert.reason.as_bytes());
        }
    }
}

fn item(canon: &mut Canon, key: &ItemKey) {
    canon.field(key.id().as_bytes());
}

fn reference(canon: &mut Canon, reference: &Ref) {
    match reference {
        Ref::Id(id) => canon.number(0).field(id.as_bytes()),
        Ref::Local(name) => canon.number(1).field(name.as_bytes()),
        Ref::Named(text) => canon.number(2).field(text.as_bytes()),
    };
}

fn maybe(canon: &mut Canon, given: Option<&Ref>) {
    canon.number(given.is_some().into());
    if let Some(given) = given {
        reference(canon, given);
    }
}

fn expected(canon: &mut Canon, given: Option<&Expected>) {
    match given {
        None => {
            canon.number(0);
        }
        Some(Expected::Version(version)) => {
            canon.number(1);
            reference(canon, version);
        }
        Some(Expected::Nothing) => {
            canon.number(2);
        }
    }
}

/// Adds an optional field like [`asked_for`].
fn also_expected(canon: &mut Canon, given: Option<&Expected>) {
    if given.is_some() {
        canon.field(b"expected");
        expected(canon, given);
    }
}

/// Adds optional fields like [`asked_for`].
fn also_made(canon: &mut Canon, activity: Option<&Activity>, message: Option<&str>) {
    if let Some(activity) = activity {
        canon.field(b"activity").field(&activity.id());
    }
    if let Some(message) = message {
        canon.field(b"message").field(message.as_bytes());
    }
}

fn text(canon: &mut Canon, text: Option<&str>) {
    canon.optional(text.map(str::as_bytes));
}

fn texts(canon: &mut Canon, texts: &[String]) {
    canon.number(texts.len() as u64);
    for text in texts {
        canon.field(text.as_bytes());
    }
}

fn sources(canon: &mut Canon, sources: &[(String, Ref)]) {
    canon.number(sources.len() as u64);
    for (role, source) in sources {
        canon.field(role.as_bytes());
        reference(canon, source);
    }
}

fn class_changes(canon: &mut Canon, changes: &[ClassChange]) {
    canon.number(changes.len() as u64);
    let list = |canon: &mut Canon, classes: &[serde_json::Value]| {
        canon.number(classes.len() as u64);
        for class in classes {
            canon.field(canonical(class).as_bytes());
        }
    };
    for change in changes {
        canon.field(change.kind.name().as_bytes());
        match &change.classes {
            ChangedClasses::Listed(classes) => list(canon, classes),
            ChangedClasses::Mapped { from, to } => {
                // No list of classes is this long, so it announces the mapped form.
                canon.number(u64::MAX);
                list(canon, from);
                list(canon, to);
            }
        }
    }
}

fn members(canon: &mut Canon, members: &Members) {
    match members {
        Members::All(all) => {
            canon.number(0);
            new_members(canon, all);
        }
        Members::Change { base, add, remove, onto_head } => {
            canon.number(if *onto_head { 3 } else { 1 });
            reference(canon, base);
            new_members(canon, add);
            canon.number(remove.len() as u64);
            remove.iter().for_each(|gone| reference(canon, gone));
        }
        Members::Select { filter, split } => {
            canon.number(2).field(split.as_bytes());
            filter.write(canon);
        }
    }
}

fn new_members(canon: &mut Canon, members: &[NewMember]) {
    canon.number(members.len() as u64);
    for member in members {
        reference(canon, &member.version);
        canon
            .field(member.split.as_bytes())
            .optional(member.weight.map(|w| w.to_bits().to_le_bytes()).as_ref().map(<[u8; 8]>::as_slice));
    }
}
