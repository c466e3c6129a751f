//! Re-import diff: compares records with the store, so that a repeated export changes only what is
//! different in it.
//!
//! A version has content (attributes, payload), sources, and a class list. An export does not know
//! versions: a longer class list, or a correction made in the store, is not a change of the export.
//! So the content is compared separately from the sources.

mod earlier;
mod records;

use std::collections::HashMap;

pub(crate) use self::records::{NeededRecords, StoredRecords};
use super::record::name::VersionReference;
use super::record::{ImportedClassChangeKind, ImportedVersion, Record};
use crate::domain::canonical::attributes::{Attributes, Leaf, class_leaf};
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::names::reference::Reference;
use crate::domain::numbers::VersionNo;
use crate::domain::version::{Content, Source, VersionRecord};
use crate::domain::write::proposal::Ref;
use crate::lineage::{At, DerivationEdge};

/// The options of the comparison of version records with the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReimportOptions {
    /// True for the records of an export, which describe a state and not changes.
    pub export: bool,
    /// The reason for corrections, if changed labels are recorded as such.
    pub corrections: Option<String>,
}

/// The result of comparing a record with its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordDifference {
    /// The item does not exist, or the record is not compared.
    New,
    /// The newest version has the same content and sources.
    Same(VersionId),
    /// The newest version has the same content and other versions as sources.
    Moved,
    /// The export has not changed, but the item has a newer version in the store, which is kept.
    Kept(VersionId),
    /// The content differs from this newest version.
    Changed(VersionId),
}

impl ReimportOptions {
    /// Returns true if records are compared at all.
    pub(crate) const fn compares(&self) -> bool {
        self.export || self.corrections.is_some()
    }

    /// Returns true if a change of this version is a correction.
    fn corrects(&self, version: &ImportedVersion) -> bool {
        self.corrections.is_some() && version.item.0.kind == Kind::Label
    }
}

/// A comparison of the records of one commit with the store as of the commit before.
pub(crate) struct Compare<'a> {
    reimport: &'a ReimportOptions,
    at: At<'a>,
    /// The versions of named records of earlier commits.
    earlier: &'a HashMap<String, VersionId>,
    /// The items of the commit's own named records.
    here: HashMap<&'a str, ItemId>,
    /// The classes that the commit's own class lists rename.
    renamed: HashMap<ItemId, Vec<(Leaf, Leaf)>>,
}

impl<'a> Compare<'a> {
    /// Creates a comparison for the records of a commit.
    pub(crate) fn new(
        reimport: &'a ReimportOptions,
        at: At<'a>,
        earlier: &'a HashMap<String, VersionId>,
        records: impl Iterator<Item = &'a Record>,
    ) -> Self {
        let (mut here, mut renamed) = (HashMap::new(), HashMap::new());
        for record in records {
            here.extend(record.name().zip(record.item().map(ItemKey::id)));
            renamed.extend(renames_of(record));
        }
        Self { reimport, at, earlier, here, renamed }
    }

    /// Returns true for the records of an export.
    pub(crate) const fn is_of_export(&self) -> bool {
        self.reimport.export
    }

    /// Returns true if a version of the record's item has its content, whatever its sources.
    pub(crate) fn has_content(&self, version: &ImportedVersion) -> bool {
        let found = self.history(version);
        found.is_some_and(|(history, content)| history.iter().any(|older| content.is_in(self.at, *older)))
    }

    /// Returns true if the newest version of the record's item has its content, whatever its sources.
    pub(crate) fn is_newest(&self, version: &ImportedVersion) -> bool {
        let found = self.history(version);
        found.is_some_and(|(history, content)| {
            history.last().is_some_and(|head| content.is_in(self.at, *head))
        })
    }

    /// Returns for each record the positions of those versions that have its content, whatever their
    /// items.
    pub(crate) fn equal<'v>(
        &self,
        records: impl Iterator<Item = &'v ImportedVersion>,
        versions: &[VersionNo],
    ) -> Vec<Vec<usize>> {
        let mut contents: HashMap<&[u8; 32], Vec<usize>> = HashMap::new();
        let mut sources: Vec<Vec<Source>> = Vec::new();
        for (place, version) in versions.iter().enumerate() {
            contents.entry(self.at.content(*version)).or_default().push(place);
            let own = original_sources(self.at, *version);
            if !sources.contains(&own) {
                sources.push(own);
            }
        }
        let equal = |record: &ImportedVersion| {
            let content = self.content(record);
            let digests = sources.iter().flat_map(|sources| content.digests(sources.clone()));
            digests.filter_map(|digest| contents.get(&digest)).flatten().copied().collect()
        };
        records.map(equal).collect()
    }

    /// Returns the stored records that [`judge`](Self::judge), [`returns`](Self::returns) and
    /// [`right_again`](Self::right_again) need for this record.
    pub(crate) fn needs(&self, version: &ImportedVersion) -> NeededRecords {
        let Some((history, content)) = self.history(version) else { return NeededRecords::default() };
        let Some((head, before)) = history.split_last() else { return NeededRecords::default() };
        let reinstates = self.reimport.export && self.reimport.corrections.is_some();
        let is_retracted = reinstates && self.at.is_wrong(*head);
        let is_needed = |older: &&VersionNo| {
            is_retracted || reinstates && self.at.is_wrong(**older) && content.is_in(self.at, **older)
        };
        let said = history.iter().filter(is_needed).flat_map(|version| self.at.said_about(*version));
        let statements = said.filter(|said| self.at.is_in_force(said)).map(|said| said.id).collect();
        if content.is_in(self.at, *head) {
            return NeededRecords { versions: Vec::new(), statements };
        }
        let corrected = self.reimport.corrects(version).then_some(*head);
        let since = self.last_with(&content, before).map_or(&[] as &[_], |last| &history[last + 1..]);
        let versions = corrected.iter().chain(since).map(|version| self.at.id(*version)).collect();
        NeededRecords { versions, statements }
    }

    /// Compares a record and its sources with the store.
    pub(crate) fn judge(
        &self,
        known: &StoredRecords,
        version: &ImportedVersion,
        sources: &[(String, Ref)],
    ) -> RecordDifference {
        let Some((history, content)) = self.history(version) else { return RecordDifference::New };
        let Some((head, before)) = history.split_last() else { return RecordDifference::New };
        let id = self.at.id(*head);
        if content.is_in(self.at, *head) {
            // It was retracted in the store. Its presence in the export is not a change.
            if self.reimport.export && self.at.is_wrong(*head) && !known.is_gone(&id) {
                return RecordDifference::Kept(id);
            }
            return if is_of(self.at, *head, sources) {
                RecordDifference::Same(id)
            } else {
                RecordDifference::Moved
            };
        }
        let imported =
            |later: &VersionNo| known.get(&self.at.id(*later)).is_some_and(|record| record.is_imported());
        match self.last_with(&content, before) {
            Some(last) if !history[last + 1..].iter().any(imported) => RecordDifference::Kept(id),
            _ => RecordDifference::Changed(id),
        }
    }

    /// Returns the reason and the versions of a record's item that are reinstated, the newest one first, if
    /// this was retracted only because an export lacked it, and is as in the record.
    pub(crate) fn returns(
        &self,
        known: &StoredRecords,
        version: &ImportedVersion,
        verdict: RecordDifference,
    ) -> Option<(&'a str, Vec<VersionId>)> {
        let reason = self.reimport.corrections.as_deref().filter(|_| self.reimport.export)?;
        if matches!(verdict, RecordDifference::New | RecordDifference::Changed(_)) {
            return None;
        }
        let (history, content) = self.history(version)?;
        let (head, before) = history.split_last()?;
        let is_gone =
            |version: &VersionNo| known.is_gone(&self.at.id(*version)) && self.at.is_wrong(*version);
        if !is_gone(head) {
            return None;
        }
        // They were retracted with it.
        let before = before.iter().rev().filter(|older| is_gone(older) && content.is_in(self.at, **older));
        Some((reason, std::iter::once(head).chain(before).map(|version| self.at.id(*version)).collect()))
    }

    /// Returns the reason and the wrong version if a changed record is a correction.
    pub(crate) fn correction<'k>(
        &self,
        known: &'k StoredRecords,
        version: &ImportedVersion,
        verdict: RecordDifference,
    ) -> Option<(&'a str, &'k VersionRecord)> {
        let reason = self.reimport.corrections.as_deref().filter(|_| self.reimport.corrects(version))?;
        match verdict {
            RecordDifference::Changed(head) => Some((reason, known.get(&head)?)),
            _ => None,
        }
    }

    /// Returns true if corrections are recorded, and an earlier version of a label has other content
    /// than the record and is not known to be wrong.
    pub(crate) fn was_never_corrected(&self, version: &ImportedVersion) -> bool {
        let item = self.at.item(&version.item.0.id()).filter(|_| self.reimport.corrects(version));
        if item.is_none_or(|item| self.at.history(item).len() < 2) {
            return false;
        }
        let differs = |content: &RecordContent, older: &VersionNo| {
            !self.at.is_wrong(*older) && !content.is_in(self.at, *older)
        };
        let found = self.history(version);
        found.is_some_and(|(history, content)| history.iter().any(|older| differs(&content, older)))
    }

    /// Returns all versions of a record's item, and the content of the record. A record with a
    /// parent or an expected version is not compared.
    fn history(&self, version: &ImportedVersion) -> Option<(&'a [VersionNo], RecordContent)> {
        if version.parent.is_some() || version.expect_head.is_some() || version.expect_new {
            return None;
        }
        let item = self.at.item(&version.item.0.id())?;
        Some((self.at.history(item), self.content(version)))
    }

    /// Returns the content of a record.
    fn content(&self, version: &ImportedVersion) -> RecordContent {
        let lists = match &version.ontology {
            None => vec![None],
            Some(named) => self.lists(named, &version.attributes),
        };
        let content = Content {
            payload: version.payload,
            media_type: version.media_type.clone(),
            attributes: version.attributes.clone(),
            // Compared separately: sources with the record's, the class list with all its versions.
            sources: Vec::new(),
            ontology: None,
            // Only training sets have members, and only class lists have changes.
            manifest: None,
            class_changes: Vec::new(),
        };
        RecordContent { content, lists }
    }

    /// Returns the position of the newest version with this content, for an export.
    fn last_with(&self, content: &RecordContent, versions: &[VersionNo]) -> Option<usize> {
        let last = || versions.iter().rposition(|older| content.is_in(self.at, *older));
        self.reimport.export.then(last).flatten()
    }

    /// Returns the versions of a class list in which the classes of a label are those that it means,
    /// newest first. A version before a rename has another class under the same name.
    fn lists(&self, named: &VersionReference, label: &Attributes) -> Vec<Option<VersionId>> {
        let newest = |id: &ItemId| self.at.item(id).map(|item| (item, None));
        let found = match named {
            VersionReference::Earlier(name) => match self.here.get(name.as_str()) {
                Some(item) => newest(item),
                None => {
                    let list = self.earlier.get(name).and_then(|id| self.at.version(id));
                    list.map(|list| (self.at.item_of(list), Some(list)))
                }
            },
            VersionReference::Newest(item) => newest(item),
            VersionReference::Reference(Reference::Item { whole: Some(item), split: None }, _) => {
                newest(&item.id())
            }
            VersionReference::Reference(reference, text) => {
                let list = self.at.resolve(reference, text).ok();
                list.map(|list| (self.at.item_of(list), Some(list)))
            }
        };
        let Some((item, list)) = found else { return Vec::new() };
        let history = self.at.history(item).iter().rev();
        let renamed = self.renamed.get(&self.at.key(item).id());
        if renamed.is_none() && !self.at.renames_classes(item) {
            return history.map(|list| Some(self.at.id(*list))).collect();
        }
        let classes = label.classes();
        let now = |list: VersionNo| {
            let mut classes = classes.clone();
            self.at.follow_classes(list, None, &mut classes);
            let renamed = |class: Leaf| {
                renamed.into_iter().flatten().find(|(from, _)| *from == class).map_or(class, |(_, to)| *to)
            };
            classes.into_iter().map(renamed).collect::<Vec<_>>()
        };
        let meant = list.map_or_else(|| classes.clone(), now);
        history.filter(|list| now(**list) == meant).map(|list| Some(self.at.id(*list))).collect()
    }
}

/// Returns the class list of a record and the classes that it renames; `None` if it renames none.
fn renames_of(record: &Record) -> Option<(ItemId, Vec<(Leaf, Leaf)>)> {
    let Record::Version(version) = record else { return None };
    let renames =
        version.class_changes.iter().filter(|change| change.kind == ImportedClassChangeKind::Rename);
    let renames = renames.filter_map(|change| {
        Some((class_leaf(change.from.as_ref()?.first()?), class_leaf(change.to.as_ref()?.first()?)))
    });
    let renames: Vec<(Leaf, Leaf)> = renames.collect();
    (!renames.is_empty()).then(|| (version.item.0.id(), renames))
}

/// The content of a record without its sources.
struct RecordContent {
    content: Content,
    /// The class lists that it may refer to.
    lists: Vec<Option<VersionId>>,
}

impl RecordContent {
    /// Returns true if a version has this content.
    fn is_in(&self, at: At<'_>, version: VersionNo) -> bool {
        self.digests(original_sources(at, version)).any(|digest| digest == *at.content(version))
    }

    /// Returns the digests of this content with these sources, one for each class list.
    fn digests(&self, sources: Vec<Source>) -> impl Iterator<Item = [u8; 32]> {
        let mut content = Content { sources, ..self.content.clone() };
        content.normalise();
        self.lists.iter().map(move |list| {
            content.ontology = *list;
            content.digest()
        })
    }
}

/// Returns the sources that a version was made with.
fn original_sources(at: At<'_>, version: VersionNo) -> Vec<Source> {
    let original = at.sources(version).filter(|edge| edge.asserted.is_none());
    let source = |edge: DerivationEdge| Source {
        role: at.index().text(edge.role).to_owned(),
        version: at.id(edge.other),
    };
    original.map(source).collect()
}

/// Returns true if a version has exactly these sources.
fn is_of(at: At<'_>, version: VersionNo, sources: &[(String, Ref)]) -> bool {
    let wanted = sources.iter().map(|(role, source)| match source {
        Ref::Id(id) => Some((role.as_str(), *id)),
        Ref::Local(_) | Ref::Named(_) => None,
    });
    let Some(mut wanted) = wanted.collect::<Option<Vec<_>>>() else { return false };
    let original = at.sources(version).filter(|edge| edge.asserted.is_none());
    let mut stored: Vec<_> = original.map(|edge| (at.index().text(edge.role), at.id(edge.other))).collect();
    for list in [&mut wanted, &mut stored] {
        list.sort_unstable();
        list.dedup();
    }
    wanted == stored
}
