//! The hash of a request, by which a repeated idempotency key is recognised, and the records and
//! payloads that a proposal names, which are loaded before the rules are applied to it.

use std::collections::BTreeSet;

use super::proposal::{
    Assert, Change, Correct, Expected, Members, NewMember, Proposal, Put, Ref, Refresh, RemoveTag, Rollback,
    Say, SetTag, Snapshot,
};
use crate::domain::canonical::attributes::{Attributes, canonical};
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
            add_change(&mut asked, change);
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
fn add_late_image_size(canon: &mut Canon, record_image_size: bool) {
    if record_image_size {
        canon.field(b"record image size");
    }
}

/// Adds a change. Every field is named, so that the compiler refuses a new one that is not in the hash:
/// a request that differs in it would get the first answer of another.
fn add_change(canon: &mut Canon, change: &Change) {
    match change {
        Change::Put(Put {
            name,
            item,
            parent,
            expect_head,
            payload,
            media_type,
            record_image_size,
            attributes,
            ontology,
            sources,
            activity,
            class_changes,
            tags,
            message,
        }) => {
            canon.field(b"put");
            add_item(canon, item);
            add_text(canon, name.as_deref());
            add_optional_reference(canon, parent.as_ref());
            add_expected(canon, expect_head.as_ref());
            canon.optional(payload.as_ref().map(|digest| digest.as_bytes().as_slice()));
            add_text(canon, media_type.as_deref());
            canon.field(attributes.as_str().as_bytes());
            add_optional_reference(canon, ontology.as_ref());
            add_sources(canon, sources);
            canon.optional(activity.as_ref().map(Activity::id).as_ref().map(<[u8; 32]>::as_slice));
            add_class_changes(canon, class_changes);
            add_texts(canon, tags);
            add_text(canon, message.as_deref());
            add_late_image_size(canon, *record_image_size);
        }
        Change::Correct(Correct {
            name,
            version,
            attributes,
            payload,
            media_type,
            record_image_size,
            ontology,
            sources,
            reason,
            activity,
            message,
            expect_head,
        }) => {
            canon.field(b"correct");
            add_reference(canon, version);
            add_text(canon, name.as_deref());
            add_text(canon, attributes.as_ref().map(Attributes::as_str));
            canon.optional(payload.as_ref().map(|digest| digest.as_bytes().as_slice()));
            add_text(canon, media_type.as_deref());
            canon.number(sources.is_some().into());
            add_sources(canon, sources.as_deref().unwrap_or_default());
            canon.field(reason.as_bytes());
            add_late_image_size(canon, *record_image_size);
            if let Some(list) = ontology {
                canon.field(b"ontology");
                add_reference(canon, list);
            }
            add_late_expected(canon, expect_head.as_ref());
            add_late_origin(canon, activity.as_ref(), message.as_deref());
        }
        Change::Retract(Say { version, reason, activity, message, expect_head }) => {
            canon.field(b"retract");
            add_reference(canon, version);
            canon.field(reason.as_bytes());
            add_late_expected(canon, expect_head.as_ref());
            add_late_origin(canon, activity.as_ref(), message.as_deref());
        }
        Change::Reinstate(Say { version, reason, activity, message, expect_head }) => {
            canon.field(b"reinstate");
            add_reference(canon, version);
            canon.field(reason.as_bytes());
            add_late_expected(canon, expect_head.as_ref());
            add_late_origin(canon, activity.as_ref(), message.as_deref());
        }
        Change::Rollback(Rollback { name, item, to, reason, expect_head }) => {
            canon.field(b"rollback");
            add_item(canon, item);
            add_text(canon, name.as_deref());
            add_reference(canon, to);
            add_text(canon, reason.as_deref());
            add_late_expected(canon, expect_head.as_ref());
        }
        Change::Snapshot(Snapshot {
            name,
            item,
            members,
            complete,
            expect_head,
            attributes,
            sources,
            tags,
            message,
        }) => {
            canon.field(b"snapshot");
            add_item(canon, item);
            add_text(canon, name.as_deref());
            add_members(canon, members);
            canon.number(u64::from(*complete));
            add_expected(canon, expect_head.as_ref());
            canon.field(attributes.as_str().as_bytes());
            add_sources(canon, sources);
            add_texts(canon, tags);
            add_text(canon, message.as_deref());
        }
        Change::Refresh(Refresh { item, causes, expect_head }) => {
            canon.field(b"refresh");
            add_item(canon, item);
            canon.number(causes.len() as u64);
            causes.iter().for_each(|cause| {
                canon.field(cause.name().as_bytes());
            });
            add_late_expected(canon, expect_head.as_ref());
        }
        Change::SetTag(SetTag { name, version, alias, expect }) => {
            canon.field(b"set tag").field(name.as_bytes());
            add_reference(canon, version);
            canon.number(u64::from(*alias));
            add_expected(canon, expect.as_ref());
        }
        Change::RemoveTag(RemoveTag { name, version, expect }) => {
            canon.field(b"remove tag").field(name.as_bytes());
            add_reference(canon, version);
            add_late_expected(canon, expect.as_ref());
        }
        Change::Assert(Assert { derived, source, role, reason }) => {
            canon.field(b"assert derivation");
            add_reference(canon, derived);
            add_reference(canon, source);
            canon.field(role.as_bytes()).field(reason.as_bytes());
        }
    }
}

fn add_item(canon: &mut Canon, key: &ItemKey) {
    canon.field(key.id().as_bytes());
}

fn add_reference(canon: &mut Canon, reference: &Ref) {
    match reference {
        Ref::Id(id) => canon.number(0).field(id.as_bytes()),
        Ref::Local(name) => canon.number(1).field(name.as_bytes()),
        Ref::Named(text) => canon.number(2).field(text.as_bytes()),
    };
}

fn add_optional_reference(canon: &mut Canon, given: Option<&Ref>) {
    canon.number(given.is_some().into());
    if let Some(given) = given {
        add_reference(canon, given);
    }
}

fn add_expected(canon: &mut Canon, given: Option<&Expected>) {
    match given {
        None => {
            canon.number(0);
        }
        Some(Expected::Version(version)) => {
            canon.number(1);
            add_reference(canon, version);
        }
        Some(Expected::Nothing) => {
            canon.number(2);
        }
    }
}

/// Adds an optional field like [`add_late_image_size`].
fn add_late_expected(canon: &mut Canon, given: Option<&Expected>) {
    if given.is_some() {
        canon.field(b"expected");
        add_expected(canon, given);
    }
}

/// Adds optional fields like [`add_late_image_size`].
fn add_late_origin(canon: &mut Canon, activity: Option<&Activity>, message: Option<&str>) {
    if let Some(activity) = activity {
        canon.field(b"activity").field(&activity.id());
    }
    if let Some(message) = message {
        canon.field(b"message").field(message.as_bytes());
    }
}

fn add_text(canon: &mut Canon, text: Option<&str>) {
    canon.optional(text.map(str::as_bytes));
}

fn add_texts(canon: &mut Canon, texts: &[String]) {
    canon.number(texts.len() as u64);
    for text in texts {
        canon.field(text.as_bytes());
    }
}

fn add_sources(canon: &mut Canon, sources: &[(String, Ref)]) {
    canon.number(sources.len() as u64);
    for (role, source) in sources {
        canon.field(role.as_bytes());
        add_reference(canon, source);
    }
}

fn add_class_changes(canon: &mut Canon, changes: &[ClassChange]) {
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

fn add_members(canon: &mut Canon, members: &Members) {
    match members {
        Members::All(all) => {
            canon.number(0);
            add_new_members(canon, all);
        }
        Members::Change { base, add, remove, onto_head } => {
            canon.number(if *onto_head { 3 } else { 1 });
            add_reference(canon, base);
            add_new_members(canon, add);
            canon.number(remove.len() as u64);
            remove.iter().for_each(|gone| add_reference(canon, gone));
        }
        Members::Select { filter, split } => {
            canon.number(2).field(split.as_bytes());
            filter.write(canon);
        }
    }
}

fn add_new_members(canon: &mut Canon, members: &[NewMember]) {
    canon.number(members.len() as u64);
    for member in members {
        add_reference(canon, &member.version);
        canon
            .field(member.split.as_bytes())
            .optional(member.weight.map(|w| w.to_bits().to_le_bytes()).as_ref().map(<[u8; 8]>::as_slice));
    }
}
