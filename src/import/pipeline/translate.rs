//! Translation of the records of one commit to its changes.

mod compared;
mod correction;

use std::collections::{HashMap, HashSet};

use super::super::record::fault::{Reason, RecordFault, RecordPlace};
use super::super::record::select::selection;
use super::super::record::shape::{activity, class_change, numbered};
use super::super::record::{
    ImportedDerivation, ImportedItem, ImportedMember, ImportedStatement, ImportedStatementKind, ImportedTag,
    ImportedTrainingSet, ImportedVersion, Record,
};
use super::super::reimport::{self, Compare, NeededRecords};
use super::lookup::{BeforeCommit, Lookup, MadeVersion, local};
use crate::domain::id::ItemId;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::write::proposal::{
    Assert, Change, Correct, Expected, Members, NewMember, Put, Ref, RemoveTag, Say, SetTag, Snapshot,
};

/// The changes of a commit, and their relation to the records.
#[derive(Debug, Default)]
pub(crate) struct Translated {
    /// The changes; empty if everything exists.
    pub changes: Vec<Change>,
    /// The place of the record of each change.
    pub places: Vec<RecordPlace>,
    /// Names for later records.
    pub names: Vec<(String, MadeVersion)>,
    /// Changes that only record the change before as a correction.
    pub corrections: HashSet<usize>,
    /// Changes that state about an earlier version of a label what the change before states about a later one.
    pub repeated: HashSet<usize>,
    /// Changes of existing items.
    pub newer: HashSet<usize>,
    /// Changes of labels of an export without a statement about the version before.
    pub uncorrected: HashSet<usize>,
    /// Labels that did not change, and changed before without such a statement.
    pub never_corrected: Vec<ItemKey>,
    /// Changes that only reinstate the version of their record.
    pub returned: HashMap<usize, ItemKey>,
    /// Changes that reinstate an earlier version of a label, which the change before makes right again.
    pub restored: HashMap<usize, ItemKey>,
    /// Items whose newer version in the store is kept.
    pub kept: Vec<ItemKey>,
    /// An item that another client has changed since its record was made.
    pub contested: Option<ItemKey>,
    /// True if the changes name a version that a dry run did not store.
    pub names_unstored: bool,
}

/// Translates the records of one commit.
pub(crate) fn translate(
    known: BeforeCommit<'_>,
    records: &[(RecordPlace, Record)],
) -> Result<Translated, RecordFault> {
    let compare = known
        .at
        .filter(|_| known.reimport.compares())
        .map(|at| Compare::new(known.reimport, at, known.names, records.iter().map(|(_, record)| record)));
    let lookup = Lookup::new(known);
    let mut translator = Translator {
        lookup,
        compare,
        records: known.records,
        done: Translated::default(),
        place: RecordPlace::Line(0),
        images: HashMap::new(),
    };
    for (place, record) in records {
        translator.place = place.clone();
        translator.record(record).map_err(|reason| reason.at(place.clone()))?;
    }
    let names_unstored = translator.lookup.has_named_unstored();
    Ok(Translated { names_unstored, ..translator.done })
}

/// Returns the stored records that are needed to translate these records.
pub(crate) fn needs(known: BeforeCommit<'_>, records: &[(RecordPlace, Record)]) -> NeededRecords {
    let Some(at) = known.at.filter(|_| known.reimport.compares()) else { return NeededRecords::default() };
    let compare = Compare::new(known.reimport, at, known.names, records.iter().map(|(_, record)| record));
    let versions = records.iter().filter_map(|(_, record)| match record {
        Record::Version(version) => Some(version),
        _ => None,
    });
    versions.fold(NeededRecords::default(), |mut needed, version| {
        needed.add(compare.needs(version));
        needed
    })
}

struct Translator<'a> {
    lookup: Lookup<'a>,
    compare: Option<Compare<'a>>,
    records: &'a reimport::StoredRecords,
    done: Translated,
    place: RecordPlace,
    /// The images of new labels, and if another client has made labels of them.
    images: HashMap<ItemId, bool>,
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

    /// Adds an item. An existing item is not changed.
    fn item(&mut self, item: &ImportedItem) {
        let id = item.item.0.id();
        if let Some(head) = self.lookup.head(&id) {
            return self.define(item.r#as.as_deref(), head);
        }
        let name = self.set_head(id, item.r#as.as_deref());
        self.push(Change::Put(Put {
            attributes: item.attributes.clone(),
            message: item.message.clone(),
            name: Some(name),
            ..Put::new(item.item.0.clone())
        }));
    }

    fn version(&mut self, version: &ImportedVersion) -> Result<(), Reason> {
        if version.item.0.kind == Kind::TrainingSet {
            return Err(Reason::new(
                "type",
                "expected training_set for an item of the kind TRAINING_SET, found version",
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

    fn training_set(&mut self, set: &ImportedTrainingSet) -> Result<(), Reason> {
        let members = self.members(set)?;
        let expect_head = self.lookup.expected("expectHead", set.expect_head.as_ref(), set.expect_new)?;
        let sources = self.lookup.sources(&set.sources)?;
        let name = self.set_head(set.item.0.id(), set.r#as.as_deref());
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

    fn members(&self, set: &ImportedTrainingSet) -> Result<Members, Reason> {
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
            (members, change, select) => {
                let found = [members.is_some(), change.is_some(), select.is_some()];
                let found = found.into_iter().filter(|is_given| *is_given).count();
                let why = format!("expected one of `members`, `change` and `select`, found {found} of them");
                Err(Reason::record(why))
            }
        }
    }

    fn new_members(&self, field: &str, members: &[ImportedMember]) -> Result<Vec<NewMember>, Reason> {
        numbered(field, members, |field, member| {
            let version = self.lookup.version(&format!("{field}.version"), &member.version)?;
            Ok(NewMember { version, split: member.split.clone(), weight: member.weight })
        })
    }

    fn statement(&mut self, statement: &ImportedStatement) -> Result<(), Reason> {
        let version = self.lookup.version("version", &statement.version)?;
        let expect_head = self.lookup.expected("expectHead", statement.expect_head.as_ref(), false)?;
        if statement.kind != ImportedStatementKind::Corrects && statement.describes_a_version() {
            return Err(Reason::record(
                "only a statement of the kind CORRECTS can describe a version; remove the fields of a version and `as`",
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
            ImportedStatementKind::Retracts => Change::Retract(say(expect_head)),
            ImportedStatementKind::Reinstates => Change::Reinstate(say(expect_head)),
            ImportedStatementKind::Corrects => return self.correct(statement, version, expect_head),
        };
        self.push(change);
        Ok(())
    }

    fn correct(
        &mut self,
        statement: &ImportedStatement,
        version: Ref,
        expect_head: Option<Expected>,
    ) -> Result<(), Reason> {
        let sources = statement.sources.as_deref().map(|sources| self.lookup.sources(sources)).transpose()?;
        let ontology = self.lookup.optional("ontology", statement.ontology.as_ref())?;
        let given = statement.r#as.as_deref();
        let name = match self.lookup.item_of(&version) {
            Some(item) => self.set_head(item, given),
            None => {
                self.define(given, MadeVersion::By(self.next()));
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

    fn tag(&mut self, tag: &ImportedTag) -> Result<(), Reason> {
        let (name, version) = (tag.name.clone(), self.lookup.version("version", &tag.version)?);
        let expect = self.lookup.expected("expectVersion", tag.expect_version.as_ref(), tag.expect_new)?;
        self.push(if tag.remove {
            Change::RemoveTag(RemoveTag { name, version, expect })
        } else {
            Change::SetTag(SetTag { name, version, alias: tag.alias, expect })
        });
        Ok(())
    }

    fn derivation(&mut self, derivation: &ImportedDerivation) -> Result<(), Reason> {
        let assert = Assert {
            derived: self.lookup.version("derived", &derivation.derived)?,
            source: self.lookup.version("source", &derivation.source)?,
            role: derivation.role.clone(),
            reason: derivation.reason.clone(),
        };
        self.push(Change::Assert(assert));
        Ok(())
    }

    /// Returns the position of the next change.
    fn next(&self) -> usize {
        self.done.changes.len()
    }

    fn push(&mut self, change: Change) {
        self.done.changes.push(change);
        self.done.places.push(self.place.clone());
    }

    /// Records that the next change makes a version of an item, and returns the name of the change.
    fn set_head(&mut self, item: ItemId, given: Option<&str>) -> String {
        self.lookup.set_head(item, self.next());
        self.define(given, MadeVersion::By(self.next()));
        local(self.next())
    }

    fn define(&mut self, name: Option<&str>, made: MadeVersion) {
        if let Some(name) = name {
            self.lookup.define(name, made);
            self.done.names.push((name.to_owned(), made));
        }
    }
}

#[cfg(test)]
mod tests;
