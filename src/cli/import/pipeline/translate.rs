//! From the records of one commit to its changes.

use std::collections::HashSet;

use super::super::record::fault::{Fault, Place, Reason};
use super::super::record::select::selection;
use super::super::record::shape::{activity, class_change, numbered};
use super::super::record::{
    Derivation, Item, Member, Record, Statement, StatementKind, Tag, TrainingSet, Version,
};
use super::lookup::{Known, Lookup, Made, local};
use super::reimport::{self, Compare, Verdict};
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::version::VersionRecord;
use crate::domain::write::proposal::{
    Assert, Change, Correct, Expected, Members, NewMember, Put, Ref, RemoveTag, Say, SetTag, Snapshot,
};

/// A commit's changes, and what they stand for.
#[derive(Debug, Default)]
pub(in crate::cli::import) struct Translated {
    /// What is to be committed; empty where all was there.
    pub changes: Vec<Change>,
    /// The place of each change's record.
    pub places: Vec<Place>,
    /// Names that later records may use.
    pub names: Vec<(String, Made)>,
    /// Which changes only say of the one before that it is a correction.
    pub said: HashSet<usize>,
    /// Which changes are of items that were there.
    pub newer: HashSet<usize>,
    /// Records whose item says something newer, which stands.
    pub kept: Vec<ItemKey>,
}

/// Translates the records of one commit.
pub(in crate::cli::import) fn translate(
    known: Known<'_>,
    records: &[(Place, Record)],
) -> Result<Translated, Fault> {
    let compare = known
        .at
        .filter(|_| known.again.compares())
        .map(|at| Compare::new(known.again, at, known.names, records.iter().map(|(_, record)| record)));
    let lookup = Lookup::new(known);
    let mut translator = Translator {
        lookup,
        compare,
        records: known.records,
        done: Translated::default(),
        place: Place::Line(0),
    };
    for (place, record) in records {
        translator.place = place.clone();
        translator.record(record).map_err(|reason| reason.at(place.clone()))?;
    }
    Ok(translator.done)
}

/// The stored records that are needed to translate these.
pub(in crate::cli::import) fn needs(known: Known<'_>, records: &[(Place, Record)]) -> Vec<VersionId> {
    let Some(at) = known.at.filter(|_| known.again.compares()) else { return Vec::new() };
    let compare = Compare::new(known.again, at, known.names, records.iter().map(|(_, record)| record));
    let versions = records.iter().filter_map(|(_, record)| match record {
        Record::Version(version) => Some(version),
        _ => None,
    });
    versions.flat_map(|version| compare.needs(version)).collect()
}

struct Translator<'a> {
    lookup: Lookup<'a>,
    compare: Option<Compare<'a>>,
    records: &'a reimport::Known,
    done: Translated,
    place: Place,
}

impl Translator<'_> {
    fn record(&mut self, record: &Record) -> Result<(), Reason> {
        if let Some(name) = record.name() {
            self.lookup.check_new(name)?;
        }
        match record {
            Record::Item(item) => self.item(item),
            Record::Version(version) => self.version(version)?,
            Record::TrainingSet(set) => self.training_set(set)?,
            Record::Statement(statement) => self.statement(statement)?,
            Record::Tag(tag) => self.tag(tag)?,
            Record::Derivation(derivation) => self.derivation(derivation)?,
        }
        Ok(())
    }

    /// An item that exists is left as it is.
    fn item(&mut self, item: &Item) {
        let id = item.item.0.id();
        if let Some(head) = self.lookup.head(&id) {
            return self.give(item.r#as.as_deref(), head);
        }
        let name = self.grow(id, item.r#as.as_deref());
        self.push(Change::Put(Put {
            attributes: item.attributes.clone(),
            message: item.message.clone(),
            name: Some(name),
            ..Put::new(item.item.0.clone())
        }));
    }

    fn version(&mut self, version: &Version) -> Result<(), Reason> {
        if version.item.0.kind == Kind::TrainingSet {
            return Err(Reason::new(
                "type",
                "a training set is a record of the type training_set, which says what it pins",
            ));
        }
        let lookup = &self.lookup;
        let parent = lookup.optional("parent", version.parent.as_ref())?;
        let expect_head = lookup.expected("expectHead", version.expect_head.as_ref(), version.expect_new)?;
        let ontology = lookup.optional("ontology", version.ontology.as_ref())?;
        let sources = lookup.sources(&version.sources)?;
        let put = Put {
            parent,
            expect_head,
            payload: version.payload,
            media_type: version.media_type.clone(),
            record_image_size: version.record_image_size,
            attributes: version.attributes.clone(),
            ontology,
            sources,
            activity: version.activity.as_ref().map(activity),
            class_changes: numbered("classChanges", &version.class_changes, class_change)?,
            tags: version.tags.clone(),
            message: version.message.clone(),
            ..Put::new(version.item.0.clone())
        };
        self.put(version, put);
        Ok(())
    }

    /// Puts a version, unless it is one of an export and there is nothing new in it.
    fn put(&mut self, version: &Version, put: Put) {
        let (id, given) = (put.item.id(), version.r#as.as_deref());
        let records = self.records;
        let compare = self.compare.as_ref().filter(|_| !self.lookup.has_grown(&id));
        let verdict = compare.map_or(Verdict::New, |compare| compare.judge(records, version, &put.sources));
        let said = compare
            .and_then(|compare| compare.correction(records, version, verdict))
            .map(|(reason, wrong)| correction(&put, wrong, reason));
        match verdict {
            Verdict::Same(head) if self.exports() => return self.give(given, Made::Found(head)),
            Verdict::Kept(head) => {
                self.done.kept.push(put.item.clone());
                return self.give(given, Made::Found(head));
            }
            _ => {}
        }
        // Only now, so that its own references do not find it.
        if self.lookup.head(&id).is_some() {
            self.done.newer.insert(self.next());
        }
        let name = self.grow(id, given);
        self.push(Change::Put(Put { name: Some(name), ..put }));
        if let Some(said) = said {
            self.done.said.insert(self.next());
            self.push(said);
        }
    }

    fn exports(&self) -> bool {
        self.compare.as_ref().is_some_and(Compare::is_of_export)
    }

    fn training_set(&mut self, set: &TrainingSet) -> Result<(), Reason> {
        let members = self.members(set)?;
        let expect_head = self.lookup.expected("expectHead", set.expect_head.as_ref(), set.expect_new)?;
        let sources = self.lookup.sources(&set.sources)?;
        let name = self.grow(set.item.0.id(), set.r#as.as_deref());
        self.push(Change::Snapshot(Snapshot {
            name: Some(name),
            item: set.item.0.clone(),
            members,
            complete: set.complete,
            expect_head,
            attributes: set.attributes.clone(),
            sources,
            tags: set.tags.clone(),
            message: set.message.clone(),
        }));
        Ok(())
    }

    fn members(&self, set: &TrainingSet) -> Result<Members, Reason> {
        match (&set.members, &set.change, &set.select) {
            (Some(all), None, None) => Ok(Members::All(self.new_members("members", all)?)),
            (None, Some(change), None) => Ok(Members::Change {
                base: self.lookup.version("change.base", &change.base)?,
                add: self.new_members("change.add", &change.add)?,
                remove: numbered("change.remove", &change.remove, |field, gone| {
                    self.lookup.version(field, gone)
                })?,
                onto_head: change.onto.is_some(),
            }),
            (None, None, Some(select)) => {
                Ok(Members::Select { filter: Box::new(selection(select)?), split: select.split.clone() })
            }
            _ => Err(Reason::whole(
                "a training_set says its members in one way: `members`, `change` or `select`",
            )),
        }
    }

    fn new_members(&self, field: &str, members: &[Member]) -> Result<Vec<NewMember>, Reason> {
        numbered(field, members, |field, member| {
            let version = self.lookup.version(&format!("{field}.version"), &member.version)?;
            Ok(NewMember { version, split: member.split.clone(), weight: member.weight })
        })
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), Reason> {
        let version = self.lookup.version("version", &statement.version)?;
        let expect_head = self.lookup.expected("expectHead", statement.expect_head.as_ref(), false)?;
        if statement.kind != StatementKind::Corrects && statement.describes_a_version() {
            return Err(Reason::whole(
                "only CORRECTS makes a version; leave out what describes one, and `as`",
            ));
        }
        let say = |expect_head| Say {
            version: version.clone(),
            reason: statement.reason.clone(),
            activity: statement.activity.as_ref().map(activity),
            message: statement.message.clone(),
            expect_head,
        };
        let change = match statement.kind {
            StatementKind::Retracts => Change::Retract(say(expect_head)),
            StatementKind::Reinstates => Change::Reinstate(say(expect_head)),
            StatementKind::Corrects => return self.correct(statement, version, expect_head),
        };
        self.push(change);
        Ok(())
    }

    fn correct(
        &mut self,
        statement: &Statement,
        version: Ref,
        expect_head: Option<Expected>,
    ) -> Result<(), Reason> {
        let sources = statement.sources.as_deref().map(|sources| self.lookup.sources(sources)).transpose()?;
        let ontology = self.lookup.optional("ontology", statement.ontology.as_ref())?;
        let given = statement.r#as.as_deref();
        let name = match self.lookup.item_of(&version) {
            Some(item) => self.grow(item, given),
            None => {
                self.give(given, Made::By(self.next()));
                local(self.next())
            }
        };
        self.push(Change::Correct(Correct {
            name: Some(name),
            version,
            attributes: statement.attributes.clone(),
            payload: statement.payload,
            media_type: statement.media_type.clone(),
            record_image_size: statement.record_image_size,
            ontology,
            sources,
            reason: statement.reason.clone(),
            activity: statement.activity.as_ref().map(activity),
            message: statement.message.clone(),
            expect_head,
        }));
        Ok(())
    }

    fn tag(&mut self, tag: &Tag) -> Result<(), Reason> {
        let (name, version) = (tag.name.clone(), self.lookup.version("version", &tag.version)?);
        let expect = self.lookup.expected("expectVersion", tag.expect_version.as_ref(), tag.expect_new)?;
        self.push(if tag.remove {
            Change::RemoveTag(RemoveTag { name, version, expect })
        } else {
            Change::SetTag(SetTag { name, version, alias: tag.alias, expect })
        });
        Ok(())
    }

    fn derivation(&mut self, derivation: &Derivation) -> Result<(), Reason> {
        let assert = Assert {
            derived: self.lookup.version("derived", &derivation.derived)?,
            source: self.lookup.version("source", &derivation.source)?,
            role: derivation.role.clone(),
            reason: derivation.reason.clone(),
        };
        self.push(Change::Assert(assert));
        Ok(())
    }

    /// The place of the change that is pushed next.
    fn next(&self) -> usize {
        self.done.changes.len()
    }

    fn push(&mut self, change: Change) {
        self.done.changes.push(change);
        self.done.places.push(self.place.clone());
    }

    /// Remembers that the change pushed next makes a version of an item, and gives the change's name.
    fn grow(&mut self, item: ItemId, given: Option<&str>) -> String {
        self.lookup.grow(item, self.next());
        self.give(given, Made::By(self.next()));
        local(self.next())
    }

    fn give(&mut self, name: Option<&str>, made: Made) {
        if let Some(name) = name {
            self.lookup.give(name, made);
            self.done.names.push((name.to_owned(), made));
        }
    }
}

/// What says that the version that is put is right and another was wrong. A correction takes over what it does not give; where
/// that would not be the version that is put, the other is retracted.
fn correction(put: &Put, wrong: &VersionRecord, reason: &str) -> Change {
    let was = &wrong.content;
    let gives_all = (put.payload.is_some() || was.payload.is_none())
        && (put.media_type.is_some() || was.media_type.is_none())
        && (put.ontology.is_some() || was.ontology.is_none());
    let (version, reason) = (Ref::Id(wrong.id), reason.to_owned());
    if !gives_all {
        return Change::Retract(Say { version, reason, activity: None, message: None, expect_head: None });
    }
    Change::Correct(Correct {
        name: None,
        version,
        attributes: Some(put.attributes.clone()),
        payload: put.payload,
        media_type: put.media_type.clone(),
        record_image_size: put.record_image_size,
        ontology: put.ontology.clone(),
        sources: Some(put.sources.clone()),
        reason,
        activity: None,
        message: None,
        expect_head: None,
    })
}

#[cfg(test)]
mod tests;
