//! From the records of one commit to its changes.
//!
//! Names are looked up here: first among the records of the same commit, then in the store as it was before it.

use std::collections::{HashMap, HashSet};

use super::fault::{Fault, Reason};
use super::name::Named;
use super::record::{
    Activity, ClassChange, ClassChangeKind, Derivation, Item, Member, Record, Select, Source, Statement, StatementKind, Tag,
    TrainingSet, Version,
};
use crate::domain::attributes::{leaf, split_path};
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::proposal::{
    Assert, Change, Correct, Members, NewMember, Put, Ref, RemoveTag, Say, Selection, SetTag, Snapshot,
};
use crate::domain::reference::Reference;
use crate::domain::rules::Invalid;
use crate::domain::statement;
use crate::domain::text;
use crate::domain::version;
use crate::lineage::At;

/// What names are looked up in.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// The store before the commit; none where there is no store yet.
    pub at: Option<At<'a>>,
    /// Names given by records of earlier commits.
    pub names: &'a HashMap<String, VersionId>,
    /// Items of earlier commits that were only checked and not stored.
    pub unstored: &'a HashSet<ItemId>,
}

/// A commit's changes, and what they stand for.
#[derive(Debug, Default)]
pub(super) struct Translated {
    /// What is to be committed; empty where all was there.
    pub changes: Vec<Change>,
    /// The line of each change.
    pub lines: Vec<u64>,
    /// Names that later records may use.
    pub names: Vec<(String, Made)>,
    /// Records that need no change.
    pub known: u64,
}

/// What a record made or found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// The result of the change at this place.
    By(usize),
    /// A version that was there.
    Found(VersionId),
}

impl Made {
    /// How changes of the same commit name it.
    fn to_ref(self) -> Ref {
        match self {
            Self::By(place) => Ref::Local(local(place)),
            Self::Found(id) => Ref::Id(id),
        }
    }
}

/// Translates the records of one commit.
pub(super) fn translate(known: Known<'_>, records: &[(u64, Record)]) -> Result<Translated, Fault> {
    let mut translator = Translator { known, done: Translated::default(), names: HashMap::new(), heads: HashMap::new(), items: HashMap::new(), line: 0 };
    for (line, record) in records {
        translator.line = *line;
        translator.record(record).map_err(|reason| reason.at(*line))?;
    }
    Ok(translator.done)
}

struct Translator<'a> {
    known: Known<'a>,
    done: Translated,
    /// What `@name` means where a record of this commit gave the name.
    names: HashMap<String, Made>,
    /// The newest version of each item that this commit makes a version of.
    heads: HashMap<ItemId, Made>,
    /// The item of each version that this commit makes, by the name of the change.
    items: HashMap<String, ItemId>,
    line: u64,
}

impl Translator<'_> {
    fn record(&mut self, record: &Record) -> Result<(), Reason> {
        if let Some(name) = record.name() {
            self.check_name(name)?;
        }
        match record {
            Record::Item(item) => self.item(item),
            Record::Version(version) => self.version(version),
            Record::TrainingSet(set) => self.training_set(set),
            Record::Statement(statement) => self.statement(statement),
            Record::Tag(tag) => self.tag(tag),
            Record::Derivation(derivation) => self.derivation(derivation),
        }
    }

    fn check_name(&self, name: &str) -> Result<(), Reason> {
        text::name("name", name).map_err(|invalid| Reason::new("as", invalid.to_string()))?;
        if self.names.contains_key(name) || self.known.names.contains_key(name) {
            return Err(Reason::new("as", format!("{name:?} is the name of an earlier record; names are unique in a file")));
        }
        Ok(())
    }

    /// An item that exists is left as it is.
    fn item(&mut self, item: &Item) -> Result<(), Reason> {
        let id = item.item.0.id();
        let stored = || self.known.at.and_then(|at| at.head(at.item(&id)?).map(|head| Made::Found(at.id(head))));
        if let Some(head) = self.heads.get(&id).copied().or_else(stored) {
            self.done.known += 1;
            self.give_name(item.r#as.as_deref(), head);
            return Ok(());
        }
        let name = self.grow(id, item.r#as.as_deref());
        self.push(Change::Put(Put {
            attributes: item.attributes.clone(),
            message: item.message.clone(),
            ..empty_put(name, &item.item.0)
        }));
        Ok(())
    }

    fn version(&mut self, version: &Version) -> Result<(), Reason> {
        let put = Put {
            parent: self.optional("parent", version.parent.as_ref())?,
            expect_head: self.optional("expectHead", version.expect_head.as_ref())?,
            payload: version.payload,
            media_type: version.media_type.clone(),
            attributes: version.attributes.clone(),
            ontology: self.optional("ontology", version.ontology.as_ref())?,
            sources: self.sources(&version.sources)?,
            activity: version.activity.as_ref().map(activity),
            class_changes: version.class_changes.iter().map(class_change).collect(),
            tags: version.tags.clone(),
            message: version.message.clone(),
            ..empty_put(String::new(), &version.item.0)
        };
        // Named only now: its own references must not find it.
        let name = self.grow(version.item.0.id(), version.r#as.as_deref());
        self.push(Change::Put(Put { name: Some(name), ..put }));
        Ok(())
    }

    fn training_set(&mut self, set: &TrainingSet) -> Result<(), Reason> {
        let snapshot = Snapshot {
            name: None,
            item: set.item.0.clone(),
            members: self.members(set)?,
            complete: set.complete,
            expect_head: self.optional("expectHead", set.expect_head.as_ref())?,
            attributes: set.attributes.clone(),
            sources: self.sources(&set.sources)?,
            tags: set.tags.clone(),
            message: set.message.clone(),
        };
        let name = self.grow(set.item.0.id(), set.r#as.as_deref());
        self.push(Change::Snapshot(Snapshot { name: Some(name), ..snapshot }));
        Ok(())
    }

    fn members(&self, set: &TrainingSet) -> Result<Members, Reason> {
        match (&set.members, &set.change, &set.select) {
            (Some(all), None, None) => Ok(Members::All(self.new_members("members", all)?)),
            (None, Some(change), None) => Ok(Members::Change {
                base: self.named("change.base", &change.base)?,
                add: self.new_members("change.add", &change.add)?,
                remove: numbered("change.remove", &change.remove, |field, named| self.named(field, named))?,
            }),
            (None, None, Some(select)) => {
                Ok(Members::Select { filter: selection(select)?, split: select.split.clone() })
            }
            _ => Err(Reason::whole("a training_set says its members in one way: `members`, `change` or `select`")),
        }
    }

    fn new_members(&self, field: &str, members: &[Member]) -> Result<Vec<NewMember>, Reason> {
        numbered(field, members, |field, member| {
            let version = self.named(&format!("{field}.version"), &member.version)?;
            Ok(NewMember { version, split: member.split.clone(), weight: member.weight })
        })
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), Reason> {
        let version = self.named("version", &statement.version)?;
        let reason = statement.reason.clone();
        let replaces = statement.attributes.is_some()
            || statement.payload.is_some()
            || statement.media_type.is_some()
            || statement.sources.is_some();
        let change = match statement.kind {
            StatementKind::Corrects => return self.correct(statement, version),
            _ if replaces || statement.r#as.is_some() => {
                return Err(Reason::whole("only CORRECTS makes a version; leave out what describes one, and `as`"));
            }
            StatementKind::Retracts => Change::Retract(Say { version, reason }),
            StatementKind::Reinstates => Change::Reinstate(Say { version, reason }),
        };
        self.push(change);
        Ok(())
    }

    fn correct(&mut self, statement: &Statement, version: Ref) -> Result<(), Reason> {
        let sources = statement.sources.as_deref().map(|sources| self.sources(sources)).transpose()?;
        let name = match self.item_of(&version) {
            Some(item) => self.grow(item, statement.r#as.as_deref()),
            None => {
                self.give_name(statement.r#as.as_deref(), Made::By(self.next()));
                local(self.next())
            }
        };
        self.push(Change::Correct(Correct {
            name: Some(name),
            version,
            attributes: statement.attributes.clone(),
            payload: statement.payload,
            media_type: statement.media_type.clone(),
            sources,
            reason: statement.reason.clone(),
        }));
        Ok(())
    }

    fn tag(&mut self, tag: &Tag) -> Result<(), Reason> {
        let version = self.named("version", &tag.version)?;
        if tag.remove {
            self.push(Change::RemoveTag(RemoveTag { name: tag.name.clone(), version }));
            return Ok(());
        }
        let expect = self.optional("expectVersion", tag.expect_version.as_ref())?;
        self.push(Change::SetTag(SetTag { name: tag.name.clone(), version, alias: tag.alias, expect }));
        Ok(())
    }

    fn derivation(&mut self, derivation: &Derivation) -> Result<(), Reason> {
        let assert = Assert {
            derived: self.named("derived", &derivation.derived)?,
            source: self.named("source", &derivation.source)?,
            role: derivation.role.clone(),
            reason: derivation.reason.clone(),
        };
        self.push(Change::Assert(assert));
        Ok(())
    }

    fn push(&mut self, change: Change) {
        self.done.changes.push(change);
        self.done.lines.push(self.line);
    }

    /// The place of the change that is pushed next.
    fn next(&self) -> usize {
        self.done.changes.len()
    }

    /// Remembers that the change pushed next makes a version of an item, and gives the change's name.
    fn grow(&mut self, item: ItemId, given: Option<&str>) -> String {
        let place = self.next();
        self.heads.insert(item, Made::By(place));
        self.items.insert(local(place), item);
        self.give_name(given, Made::By(place));
        local(place)
    }

    fn give_name(&mut self, given: Option<&str>, made: Made) {
        if let Some(name) = given {
            self.done.names.push((name.to_owned(), made));
            self.names.insert(name.to_owned(), made);
        }
    }

    /// The item of a version; none where only the rules can tell.
    fn item_of(&self, version: &Ref) -> Option<ItemId> {
        match version {
            Ref::Id(id) => self.known.at.and_then(|at| Some(at.key(at.item_of(at.version(id)?)).id())),
            Ref::Local(name) => self.items.get(name).copied(),
        }
    }

    fn sources(&self, sources: &[Source]) -> Result<Vec<(String, Ref)>, Reason> {
        numbered("sources", sources, |field, source| {
            Ok((source.role.clone(), self.named(&format!("{field}.version"), &source.version)?))
        })
    }

    fn optional(&self, field: &str, named: Option<&Named>) -> Result<Option<Ref>, Reason> {
        named.map(|named| self.named(field, named)).transpose()
    }

    /// The version that a name stands for.
    fn named(&self, field: &str, named: &Named) -> Result<Ref, Reason> {
        match named {
            Named::Earlier(name) => self
                .names
                .get(name)
                .map(|made| made.to_ref())
                .or_else(|| self.known.names.get(name).copied().map(Ref::Id))
                .ok_or_else(|| Reason::new(field, format!("no earlier record is named {name:?}; `as` names a record"))),
            // An id may be that of a version this commit makes: only the rules can tell.
            Named::Reference(Reference::Version(id), _) => Ok(Ref::Id(*id)),
            Named::Reference(reference, text) => {
                self.refer(reference, text).map_err(|invalid| Reason::new(field, invalid.to_string()))
            }
        }
    }

    fn refer(&self, reference: &Reference, text: &str) -> Result<Ref, Invalid> {
        if let Reference::Item { whole, .. } = reference
            && let Some(head) = self.heads.get(&whole.id())
        {
            return Ok(head.to_ref());
        }
        let found = match self.known.at {
            Some(at) => at.resolve(reference, text).map(|version| Ref::Id(at.id(version))),
            None => Err(Invalid::not_found("version", text)),
        };
        found.or_else(|invalid| match reference {
            Reference::Item { whole, split } if self.is_unstored(whole) || self.is_unstored_of(split) => Ok(Ref::Id(UNSTORED)),
            _ => Err(invalid),
        })
    }

    fn is_unstored(&self, key: &ItemKey) -> bool {
        self.known.unstored.contains(&key.id())
    }

    fn is_unstored_of<T>(&self, split: &Option<(ItemKey, T)>) -> bool {
        split.as_ref().is_some_and(|(key, _)| self.is_unstored(key))
    }
}

/// Stands for a version that a dry run did not store.
pub(super) const UNSTORED: VersionId = VersionId::from_bytes([0; 32]);

/// The name of the change at a place, within its commit.
fn local(place: usize) -> String {
    format!("r{place}")
}

fn numbered<T, U>(field: &str, all: &[T], each: impl Fn(&str, &T) -> Result<U, Reason>) -> Result<Vec<U>, Reason> {
    all.iter().enumerate().map(|(place, one)| each(&format!("{field}[{place}]"), one)).collect()
}

fn empty_put(name: String, item: &ItemKey) -> Put {
    Put {
        name: Some(name),
        item: item.clone(),
        parent: None,
        expect_head: None,
        payload: None,
        media_type: None,
        attributes: crate::domain::attributes::Attributes::empty(),
        ontology: None,
        sources: Vec::new(),
        activity: None,
        class_changes: Vec::new(),
        tags: Vec::new(),
        message: None,
    }
}

fn activity(activity: &Activity) -> version::Activity {
    version::Activity {
        name: activity.name.clone(),
        code_reference: activity.code_reference.clone(),
        parameters: activity.parameters.clone(),
        started_at: activity.started_at,
        ended_at: activity.ended_at,
    }
}

fn class_change(change: &ClassChange) -> statement::ClassChange {
    let kind = match change.kind {
        ClassChangeKind::Rename => statement::ClassChangeKind::Rename,
        ClassChangeKind::Merge => statement::ClassChangeKind::Merge,
        ClassChangeKind::Split => statement::ClassChangeKind::Split,
        ClassChangeKind::Redefine => statement::ClassChangeKind::Redefine,
    };
    statement::ClassChange { kind, classes: change.classes.clone() }
}

fn selection(select: &Select) -> Result<Selection, Reason> {
    let namespaces = |namespaces: &Vec<String>| {
        numbered("select.namespaces", namespaces, |field, text| {
            text.parse().map_err(|error: crate::domain::id::Malformed| Reason::new(field, error.to_string()))
        })
    };
    let kinds = |kinds: &Vec<String>| {
        numbered("select.kinds", kinds, |field, text| {
            text.parse().map_err(|error: crate::domain::id::Malformed| Reason::new(field, error.to_string()))
        })
    };
    let leaf = select.attribute.as_ref().map(|attribute| {
        let path = split_path(&attribute.path);
        leaf(&path.iter().map(String::as_str).collect::<Vec<_>>(), &attribute.equals)
    });
    Ok(Selection {
        namespaces: select.namespaces.as_ref().map(namespaces).transpose()?,
        kinds: select.kinds.as_ref().map(kinds).transpose()?,
        key_prefix: select.key_prefix.clone(),
        tags: select.tags.clone(),
        leaf,
        at: None,
    })
}

#[cfg(test)]
mod tests;
