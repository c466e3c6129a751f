//! The class list of an import: merged with the one of earlier imports, and renamed classes.
//!
//! Exports of the parts of a set list the classes of their part, and many tools number them again.
//! So a class of an earlier import stays in the list with its id, and new classes are added.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};

use super::super::findings::Renamed;
use super::super::record::fault::{Reason, RecordFault, RecordPlace};
use super::super::record::naming::ItemNaming;
use super::super::record::{ImportedActivity, ImportedClassChange, ImportedClassChangeKind, ImportedVersion};
use super::SampleOptions;
use super::before::VersionsBefore;
use super::known::KnownStore;
use super::present_names::PresentNames;
use super::version::{Made, set_classes};
use crate::annotations::model::fields::CLASS;
use crate::annotations::model::{Class, ClassList};
use crate::domain::id::VersionId;
use crate::domain::item::{ItemKey, Kind};
use crate::ledger::View;

/// The field of the colour of a class.
const COLOR: &str = "color";
/// The key of the class list, after the prefix.
const KEY: &str = "classes";

/// Returns true if the store has a class list of this naming.
pub(crate) fn has_classes(view: &View, naming: &ItemNaming) -> bool {
    let item = naming.item(Kind::Ontology, "categories", KEY);
    item.is_ok_and(|item| view.read(|at| at.item(&item.id()).is_some()))
}

/// The class names of an import.
#[derive(Debug, Default)]
pub(super) struct ClassNames {
    item: Option<ItemKey>,
    /// The classes of the store, for a file that lists none.
    stored: Option<BTreeSet<String>>,
    /// The newest versions of other class lists, with their classes, by a version of the list.
    newest: HashMap<VersionId, Option<(VersionId, BTreeSet<String>)>>,
    /// The present names of renamed classes.
    present: PresentNames,
    /// Classes of the store that the file does not list.
    missing: BTreeSet<String>,
    /// Classes of the file that the store does not list.
    new: BTreeSet<String>,
    /// Names of classes that this import renames.
    taken: BTreeSet<String>,
    /// The classes that this import renames.
    renamed: Vec<Renamed>,
    /// The classes that the file lists.
    listed: BTreeSet<String>,
    /// The number of labels that changed from one class to another.
    changed: BTreeMap<Renamed, u64>,
    /// Classes of labels that did not change.
    unchanged: BTreeSet<String>,
}

impl ClassNames {
    /// Returns the class list of a label. A file without a list, such as an export of Label Studio,
    /// uses the stored one for the classes that are in it.
    pub(super) fn list_of(&self, label: &Map<String, Value>) -> Option<&ItemKey> {
        self.item.as_ref().filter(|_| self.stored.as_ref().is_none_or(|stored| has_classes_of(stored, label)))
    }

    /// Returns the newest version of the class list that a stored label was made with, if the file
    /// lists no classes and the list has those that the label has now.
    pub(super) fn kept_list(
        &mut self,
        known: &KnownStore,
        list: Option<VersionId>,
        label: &Map<String, Value>,
    ) -> Option<VersionId> {
        let list = list.filter(|_| self.stored.is_some())?;
        let newest = self.newest.entry(list).or_insert_with(|| {
            let newest = known.newest_of(list)?;
            Some((newest, names_of(&known.classes_of(newest))))
        });
        newest.as_ref().filter(|(_, names)| has_classes_of(names, label)).map(|(newest, _)| *newest)
    }

    /// Reads the present names of the class list that a stored label was made with.
    pub(super) fn learn(&mut self, known: &KnownStore, list: Option<VersionId>) {
        self.present.learn(known, list);
    }

    /// Replaces the names of renamed classes in the fields of a stored label that was made with this
    /// version of the class list.
    pub(super) fn rename(&self, list: Option<VersionId>, fields: &mut Map<String, Value>) {
        let present = self.present.of_list(list);
        let rename = |class: &mut Value| {
            if let Value::String(name) = class
                && let Some(present) = present.get(name.as_str())
            {
                present.clone_into(name);
            }
        };
        match fields.get_mut(CLASS) {
            Some(Value::Array(classes)) => classes.iter_mut().for_each(rename),
            Some(class) if !present.is_empty() => rename(class),
            _ => {}
        }
    }

    /// Returns true if a label of the file has a class whose name this import takes from another one,
    /// so that a stored label with this name may be of the other class.
    pub(super) fn takes_name(&self, fields: &Map<String, Value>) -> bool {
        let is_taken = |class: &Value| class.as_str().is_some_and(|name| self.taken.contains(name));
        match fields.get(CLASS) {
            Some(Value::Array(classes)) => classes.iter().any(is_taken),
            class => class.is_some_and(is_taken),
        }
    }

    /// Returns true if a class may have been renamed: the file lists a new one and lacks an old one.
    pub(super) fn may_be_renamed(&self) -> bool {
        !self.missing.is_empty() && !self.new.is_empty()
    }

    /// Removes classes that an earlier input of the command adds, and adds those of this one; the first one
    /// makes all renames.
    ///
    /// # Errors
    /// The input has the old name of a class that is renamed, and not the new one.
    pub(super) fn follow(&mut self, earlier: &mut CheckedClasses) -> Result<(), Reason> {
        if earlier.inputs == 0 {
            earlier.renamed = std::mem::take(&mut self.renamed);
        }
        earlier.inputs += 1;
        let is_old =
            |change: &&Renamed| self.listed.contains(&change.from) && !self.listed.contains(&change.to);
        if let Some(Renamed { from, to }) = earlier.renamed.iter().find(is_old) {
            let why = format!(
                "expected {to:?} as the new name of {from:?}, found a class list with {from:?} alone"
            );
            return Err(Reason::new("--renamed", why));
        }
        self.new.retain(|name| !earlier.names.contains(name));
        earlier.names.extend(self.new.iter().cloned());
        earlier.names.extend(earlier.renamed.iter().map(|change| change.to.clone()));
        earlier.listed.append(&mut self.listed);
        Ok(())
    }

    /// Notes the classes of a label that was recognised: before, and in the file.
    pub(super) fn note(&mut self, before: &Map<String, Value>, now: &Map<String, Value>) {
        if !self.may_be_renamed() {
            return;
        }
        match (before.get(CLASS), now.get(CLASS)) {
            (Some(Value::String(from)), Some(Value::String(to))) if from != to => {
                let change = Renamed { from: from.clone(), to: to.clone() };
                *self.changed.entry(change).or_default() += 1;
            }
            (Some(Value::String(from)), _) => drop(self.unchanged.insert(from.clone())),
            _ => {}
        }
    }

    /// Returns the classes that seem to be renamed: all of their labels have the same new class,
    /// with the number of labels.
    pub(super) fn renames(&self) -> Vec<(Renamed, u64)> {
        let is_only = |change: &Renamed| {
            let others = self.changed.keys().filter(|other| other.from == change.from).count();
            others == 1 && !self.unchanged.contains(&change.from)
        };
        let listed = |change: &Renamed| self.missing.contains(&change.from) && self.new.contains(&change.to);
        let all = self.changed.iter().filter(|(change, _)| listed(change) && is_only(change));
        all.map(|(change, count)| (change.clone(), *count)).collect()
    }
}

/// The classes that earlier inputs of a command, which were checked and not imported yet, add to the
/// list.
#[derive(Debug, Default)]
pub(crate) struct CheckedClasses {
    names: BTreeSet<String>,
    /// All classes that they list.
    listed: BTreeSet<String>,
    /// The classes that are renamed.
    renamed: Vec<Renamed>,
    /// The number of inputs that were checked: the first one makes all renames.
    pub(super) inputs: usize,
}

impl CheckedClasses {
    /// Checks, after all inputs, that they list the new name of each class that is renamed. Inputs without
    /// class lists have only labels.
    ///
    /// # Errors
    /// None of them has a new name.
    pub(crate) fn check(&self) -> Result<(), RecordFault> {
        let is_unlisted = |change: &&Renamed| !self.listed.is_empty() && !self.listed.contains(&change.to);
        let Some(Renamed { to, .. }) = self.renamed.iter().find(is_unlisted) else { return Ok(()) };
        let of = if self.inputs == 1 { "the file" } else { "one of the inputs" };
        let reason = Reason::new("--renamed", format!("expected a class of {of}, found {to:?}"));
        Err(reason.at(RecordPlace::Element("categories".to_owned())))
    }
}

/// Returns true if a label has classes, and all of them are among these.
fn has_classes_of(names: &BTreeSet<String>, label: &Map<String, Value>) -> bool {
    let has = |class: &Value| class.as_str().is_some_and(|name| names.contains(name));
    match label.get(CLASS) {
        Some(Value::Array(classes)) => !classes.is_empty() && classes.iter().all(has),
        class => class.is_some_and(has),
    }
}

/// Returns the names, and the record of the class list if it has changed.
pub(super) fn record(
    list: ClassList,
    options: &SampleOptions,
    before: VersionsBefore<'_>,
    activity: &ImportedActivity,
) -> Result<(ClassNames, Option<Made>), Reason> {
    let item = options.naming.item(Kind::Ontology, "categories", KEY)?;
    let stored_value = before.newest_fields(&item).map(Value::Object);
    let stored = stored_value.as_ref().map(ClassList::of_value).unwrap_or_default();
    let mut present = present_names(&item, &stored, before);
    let renamed = asked(&options.renamed, &stored, &present)?;
    let has_list = !list.classes.is_empty();
    if !has_list && renamed.is_empty() {
        let item = (!stored.classes.is_empty()).then_some(item);
        let stored = Some(names_of(&stored));
        return Ok((ClassNames { item, stored, present, ..ClassNames::default() }, None));
    }
    let mut names = ClassNames { item: Some(item.clone()), ..ClassNames::default() };
    if has_list {
        names.missing = difference(&stored, &list);
        names.new = difference(&list, &stored);
        names.listed = names_of(&list);
    }
    for Renamed { from, to } in &renamed {
        names.missing.remove(from);
        names.new.remove(to);
        names.taken.insert(from.clone());
        present.rename(from, to);
    }
    names.present = present;
    names.renamed.clone_from(&renamed);
    let merged = merged(&stored, list, &renamed);
    names.stored = (!has_list).then(|| names_of(&merged));
    let merged = merged.to_value();
    // Without the changes that the stored version made, a record would be another version.
    let has_changes = before.made_class_changes(&item);
    if has_changes && stored_value.as_ref() == Some(&merged) {
        return Ok((names, None));
    }
    let change = |Renamed { from, to }: &Renamed| ImportedClassChange {
        kind: ImportedClassChangeKind::Rename,
        from: Some(vec![from.as_str().into()]),
        to: Some(vec![to.as_str().into()]),
        classes: None,
    };
    let mut version = ImportedVersion {
        activity: Some(activity.clone()),
        class_changes: renamed.iter().map(change).collect(),
        ..ImportedVersion::new(item)
    };
    let classes = merged.get("classes").and_then(Value::as_array).cloned().unwrap_or_default();
    let payload = set_classes(&mut version, classes)?;
    Ok((names, Some((version, payload))))
}

/// Returns the present names of the classes of all versions of a list, of which `newest` is the last
/// one.
fn present_names(item: &ItemKey, newest: &ClassList, before: VersionsBefore<'_>) -> PresentNames {
    let Some(known) = before.known() else { return PresentNames::default() };
    let Some(unstored) = before.unstored(item) else { return PresentNames::stored(known, item, newest) };
    let stored = known.newest_fields(item).map(Value::Object);
    let stored = stored.as_ref().map(ClassList::of_value).unwrap_or_default();
    let mut present = PresentNames::stored(known, item, &stored);
    for (from, to) in &unstored.renames {
        present.rename(from, to);
    }
    present
}

/// Returns the renames that are asked for and not made yet. `present` has those that are made. That the
/// inputs have the new names was checked before ([`CheckedClasses::check`]).
fn asked(renamed: &[Renamed], stored: &ClassList, present: &PresentNames) -> Result<Vec<Renamed>, Reason> {
    let mut open = Vec::new();
    for change in renamed {
        let Renamed { from, to } = change;
        let refused = |why: String| Err(Reason::new("--renamed", why));
        match (stored.position(from), stored.position(to)) {
            // It was made before, and another class may have the old name now.
            (_, Some(_)) if present.has_renamed(from, to) => {}
            (None, _) if stored.classes.is_empty() => {
                return refused("expected a class list in the store, found none, so labels have only the names of their classes; correct the labels instead (--corrections)".to_owned());
            }
            (None, _) => return refused(format!("expected a class of the store, found {from:?}")),
            (Some(_), Some(_)) => {
                return refused(format!(
                    "the class list has both {from:?} and {to:?}, as after --not-renamed, so labels of both may be in use and a rename would join them; leave it out, and state with --corrections that labels were wrong"
                ));
            }
            (Some(_), None) => open.push(change.clone()),
        }
    }
    Ok(open)
}

fn names_of(list: &ClassList) -> BTreeSet<String> {
    list.classes.iter().map(|class| class.name.clone()).collect()
}

/// Returns the names of the first list that the second one lacks.
fn difference(list: &ClassList, other: &ClassList) -> BTreeSet<String> {
    let lacks = |class: &&Class| other.position(&class.name).is_none();
    list.classes.iter().filter(lacks).map(|class| class.name.clone()).collect()
}

/// Adds the classes of a file to those of the store. A class keeps its id; a new class whose id is
/// taken gets the next free number.
fn merged(stored: &ClassList, list: ClassList, renamed: &[Renamed]) -> ClassList {
    let mut classes = stored.classes.clone();
    for Renamed { from, to } in renamed {
        for class in classes.iter_mut().filter(|class| class.name == *from) {
            to.clone_into(&mut class.name);
        }
    }
    let mut places: HashMap<String, usize> =
        classes.iter().enumerate().map(|(place, class)| (class.name.clone(), place)).collect();
    let text = |class: &Class| class.id.as_ref().map(Value::to_string);
    let mut ids: HashSet<String> = classes.iter().filter_map(text).collect();
    let mut largest = classes.iter().filter_map(|class| class.id.as_ref()?.as_i64()).max().unwrap_or(0);
    for mut class in list.classes {
        if let Some(old) = places.get(&class.name).and_then(|place| classes.get_mut(*place)) {
            if old.id.is_none() {
                old.id = class.id;
            }
            // An empty field says nothing.
            let is_empty = |value: &Value| value.is_null() || value == "";
            class.fields.retain(|name, value| {
                let is_same = |old: &Value| name == COLOR && is_same_color(old, value);
                !is_empty(value) && !old.fields.get(name).is_some_and(is_same)
            });
            old.fields.extend(class.fields);
            ids.extend(text(old));
            continue;
        }
        if text(&class).is_some_and(|id| ids.contains(&id)) {
            class.id = Some((largest + 1).into());
        }
        largest = class.id.as_ref().and_then(Value::as_i64).map_or(largest, |id| largest.max(id));
        ids.extend(text(&class));
        places.insert(class.name.clone(), classes.len());
        classes.push(class);
    }
    // The order of categories has no meaning, and that of names without ids is the file's.
    if classes.iter().all(|class| class.id.is_some()) {
        classes.sort_by_cached_key(|class| {
            let id = class.id.as_ref().and_then(Value::as_i64);
            (id.is_none(), id, class.id.as_ref().map(Value::to_string))
        });
    }
    ClassList { classes }
}

/// Returns true if two colours are the same: `#rrggbb`, or a list of red, green and blue.
fn is_same_color(a: &Value, b: &Value) -> bool {
    let parts = |color: &Value| match color {
        Value::String(text) => text.strip_prefix('#').map(str::to_lowercase),
        Value::Array(parts) if parts.len() == 3 => {
            parts.iter().map(|part| Some(format!("{:02x}", part.as_u64()?))).collect()
        }
        _ => None,
    };
    parts(a).is_some_and(|color| parts(b) == Some(color))
}
