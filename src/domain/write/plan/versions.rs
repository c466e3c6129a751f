//! New versions: put and rollback.

use crate::domain::canonical::attributes::{Leaf, class_leaf, distinct};
use crate::domain::class_change;
use crate::domain::invalid::{Invalid, MAX_SOURCES, MAX_TAGS};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::facts::{ClassMoveFact, Outcome, Pin, VersionFact};
use crate::domain::numbers::VersionNo;
use crate::domain::text;
use crate::domain::version::{Activity, Content, Source, VersionRecord};
use crate::domain::write::proposal::{Put, Ref, Rollback};
use crate::domain::write::world::World;

use super::Planner;
use super::expect::Follows;
use super::payloads::SizeRule;

/// The role under which a pin is shown as an edge.
const PINNED: &str = "MEMBER";

/// A version that is about to be made or found.
pub(super) struct NewVersion<'a> {
    pub item: &'a ItemKey,
    pub parent: Option<VersionNo>,
    pub content: Content,
    /// All members, by version number; training sets only.
    pub members: Option<Vec<Pin>>,
    pub activity: Option<Activity>,
    pub message: Option<String>,
}

impl<W: World> Planner<'_, W> {
    pub(super) fn put(&mut self, put: &Put) -> Result<Outcome, Invalid> {
        if put.item.kind == Kind::TrainingSet {
            return Err(Invalid::refused(format!(
                "expected an item that is not a TRAINING_SET, found {}; use snapshotTrainingSet, which pins members",
                put.item
            )));
        }
        Invalid::limit("tags of one version", put.tags.len(), MAX_TAGS)?;
        let mut content = Content {
            payload: put.payload,
            media_type: put.media_type.clone(),
            attributes: put.attributes.clone(),
            sources: self.sources(&put.sources)?,
            manifest: None,
            ontology: self.ontology(put.ontology.as_ref())?,
            class_changes: put.class_changes.clone(),
        };
        self.judge_payload(put.payload, put.record_image_size.then_some(SizeRule::Check), &mut content)?;
        content.normalise();
        self.check_class_changes(put)?;
        let follows =
            Follows { parent: put.parent.as_ref(), base: None, expect_head: put.expect_head.as_ref() };
        let parent = self.parent(&put.item, &follows, &content)?;
        let wanted = NewVersion {
            item: &put.item,
            parent,
            content,
            members: None,
            activity: put.activity.clone(),
            message: put.message.clone(),
        };
        let mut outcome = self.make(wanted, put.name.as_deref())?;
        self.tag_all(&put.tags, &mut outcome)?;
        Ok(outcome)
    }

    pub(super) fn sources(&self, given: &[(String, Ref)]) -> Result<Vec<Source>, Invalid> {
        Invalid::limit("sources of one version", given.len(), MAX_SOURCES)?;
        given
            .iter()
            .map(|(role, source)| {
                check_role(role)?;
                Ok(Source { role: role.clone(), version: self.id_of(self.resolve(source)?) })
            })
            .collect()
    }

    pub(super) fn ontology(
        &self,
        given: Option<&Ref>,
    ) -> Result<Option<crate::domain::id::VersionId>, Invalid> {
        let Some(given) = given else { return Ok(None) };
        let version = self.resolve(given)?;
        let key = self.item_key(self.item_of(version));
        if key.kind == Kind::Ontology {
            Ok(Some(self.id_of(version)))
        } else {
            Err(Invalid::refused(format!(
                "expected a version of an ONTOLOGY in `ontology`, found one of {key}; name a version of a class list"
            )))
        }
    }

    fn check_class_changes(&self, put: &Put) -> Result<(), Invalid> {
        if !put.class_changes.is_empty() && put.item.kind != Kind::Ontology {
            return Err(Invalid::refused(format!(
                "expected class changes on versions of an ONTOLOGY, found them on {}; leave them out",
                put.item
            )));
        }
        class_change::check(&put.class_changes)
    }

    pub(super) fn rollback(&mut self, rollback: &Rollback) -> Result<Outcome, Invalid> {
        if let Some(reason) = &rollback.reason {
            text::prose("reason", reason)?;
        }
        let to = self.resolve(&rollback.to)?;
        let item = self.item_of(to);
        if self.item_key(item) != &rollback.item {
            return Err(Invalid::refused(format!(
                "{} is a version of {}, not of {}; roll back to a version of the same item",
                self.id_of(to),
                self.item_key(item),
                rollback.item
            )));
        }
        let content = self.content(to)?.clone();
        if self.head(item) == Some(to) {
            self.expect_head(&rollback.item, rollback.expect_head.as_ref())?;
            return self.found(to, content, rollback.name.as_deref());
        }
        let members = content.manifest.map(|_| self.members_of(to));
        let follows = Follows { parent: None, base: None, expect_head: rollback.expect_head.as_ref() };
        let wanted = NewVersion {
            item: &rollback.item,
            parent: self.parent(&rollback.item, &follows, &content)?,
            content,
            members,
            activity: None,
            message: rollback.reason.clone(),
        };
        self.make(wanted, rollback.name.as_deref())
    }

    /// Returns the complete content of a version that is needed again.
    pub(super) fn content(&self, version: VersionNo) -> Result<&Content, Invalid> {
        let made = self.draft.record(version).map(|record| &record.content);
        made.or_else(|| self.draft.found.get(&version))
            .or_else(|| self.given.records.get(&self.id_of(version)).map(|record| &record.content))
            .ok_or_else(|| Invalid::Unread(vec![self.id_of(version)]))
    }

    /// Returns the outcome of a change whose content is an existing version.
    pub(super) fn found(
        &mut self,
        version: VersionNo,
        content: Content,
        name: Option<&str>,
    ) -> Result<Outcome, Invalid> {
        // A later change may refer to this content, by a name or a tag.
        self.draft.found.insert(version, content);
        self.name(name, version)?;
        Ok(Outcome { version: Some(version), seq: self.seq_of(version), ..Outcome::default() })
    }

    /// Makes the version, or finds it: content equal to that of the parent is the parent, and an id
    /// that exists is that version.
    pub(super) fn make(&mut self, wanted: NewVersion<'_>, name: Option<&str>) -> Result<Outcome, Invalid> {
        let NewVersion { item: key, parent, mut content, members, activity, message } = wanted;
        content.normalise();
        check(&content, activity.as_ref(), message.as_deref())?;
        let digest = content.digest();
        let parent_id = parent.map(|parent| self.id_of(parent));
        let id = content.version_id(key.id(), parent_id);
        let same = parent.filter(|parent| self.content_of(*parent) == digest);
        if let Some(found) = same.or_else(|| self.find(&id)) {
            return self.found(found, content, name);
        }
        let item = match self.item(key) {
            Some(item) => item,
            None => self.draft.add_item(key),
        };
        let version = self.draft.next_version();
        if let Some(members) = members {
            let complete = content.manifest.is_none_or(|manifest| manifest.complete);
            self.pin(version, id, item, complete, members);
        }
        let fact = VersionFact {
            id,
            item,
            parent,
            content: digest,
            payload: content.payload,
            sources: content
                .sources
                .iter()
                .filter_map(|source| Some((source.role.clone(), self.find(&source.version)?)))
                .collect(),
            ontology: content.ontology.and_then(|ontology| self.find(&ontology)),
            attributes: content.attributes.placed(),
            words: content.attributes.further_words(),
            classes: content.ontology.map_or_else(Vec::new, |_| content.attributes.classes()),
            stale_classes: stale_classes(&content),
        };
        let number = self.history_length(item) + 1;
        self.draft.facts.versions.push(fact);
        self.draft.facts.class_moves.extend(class_move(version, &content));
        self.draft.version_by_id.insert(id, version);
        self.draft.grown.entry(item).or_default().push(version);
        self.draft.versions.push(VersionRecord {
            id,
            item: key.id(),
            parent: parent_id,
            seq: self.given.seq,
            number,
            content,
            activity,
            message,
        });
        self.name(name, version)?;
        Ok(Outcome { version: Some(version), seq: self.given.seq, created: true, ..Outcome::default() })
    }
}

/// Refuses a role that is not one of derivations: a pin is an edge of the role MEMBER.
pub(super) fn check_role(role: &str) -> Result<(), Invalid> {
    text::name("role", role)?;
    if role == PINNED {
        return Err(Invalid::refused(
            "expected the role of a source, found \"MEMBER\", which is that of the members of a training set; pin the \
             version with snapshotTrainingSet, or give another role",
        ));
    }
    Ok(())
}

fn check(content: &Content, activity: Option<&Activity>, message: Option<&str>) -> Result<(), Invalid> {
    if let Some(media_type) = &content.media_type {
        text::media_type(media_type)?;
        if content.payload.is_none() {
            return Err(Invalid::refused(
                "expected a payload with `mediaType`, found none; give one, or leave `mediaType` out",
            ));
        }
    }
    check_made(activity, message)
}

/// Checks an activity and a note.
pub(super) fn check_made(activity: Option<&Activity>, message: Option<&str>) -> Result<(), Invalid> {
    if let Some(activity) = activity {
        text::name("name of an activity", &activity.name)?;
        if let Some(code) = &activity.code_reference {
            text::prose("code reference", code)?;
        }
        if activity.started_at.zip(activity.ended_at).is_some_and(|(start, end)| end < start) {
            return Err(Invalid::refused(
                "expected the activity to end after it starts, found an earlier end; correct the two times",
            ));
        }
    }
    message.map_or(Ok(()), |message| text::prose("message", message))
}

fn stale_classes(content: &Content) -> Vec<Leaf> {
    let stale = content.class_changes.iter().filter(|change| change.kind.makes_stale());
    distinct(stale.flat_map(|change| change.before().iter().map(class_leaf)))
}

/// Returns the part of the class changes that is followed from class to class; `None` if no change
/// names the classes that result from it.
fn class_move(list: VersionNo, content: &Content) -> Option<ClassMoveFact> {
    let of = |makes_stale| {
        content.class_changes.iter().filter(move |change| change.kind.makes_stale() == makes_stale)
    };
    let made = distinct(of(true).flat_map(|change| change.after().iter().map(class_leaf)));
    let mut renamed: Vec<(Leaf, Leaf)> = of(false)
        .flat_map(|change| change.before().iter().zip(change.after()))
        .map(|(from, to)| (class_leaf(from), class_leaf(to)))
        .collect();
    renamed.sort_unstable();
    let says_anything = !made.is_empty() || !renamed.is_empty();
    says_anything.then_some(ClassMoveFact { list, made, renamed })
}
