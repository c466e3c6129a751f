//! The state of the naive model: ids and texts in the order of commits, no numbers and no maps.

use std::collections::BTreeMap;

use super::super::samples::tested;
use crate::domain::id::{Seq, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::statement::StatementKind;
use crate::domain::version::Content;
use crate::domain::write::proposal::Selection;

/// Members with split and weight.
pub(in crate::domain::tests) type PinnedMembers = BTreeMap<VersionId, (String, Option<f64>)>;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::domain::tests) struct NaiveVersion {
    pub seq: Seq,
    pub item: ItemKey,
    pub id: VersionId,
    pub parent: Option<VersionId>,
    pub content: Content,
    pub members: PinnedMembers,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::domain::tests) struct NaiveStatement {
    pub kind: StatementKind,
    pub version: VersionId,
    pub by: Option<VersionId>,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::domain::tests) struct NaiveTag {
    pub seq: Seq,
    pub name: String,
    pub alias: bool,
    pub version: VersionId,
    pub set: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::domain::tests) struct NaiveStore {
    pub versions: Vec<NaiveVersion>,
    pub statements: Vec<NaiveStatement>,
    /// Asserted derivations: derived version, source, role.
    pub asserted: Vec<(VersionId, VersionId, String)>,
    pub tags: Vec<NaiveTag>,
}

impl NaiveStore {
    pub(in crate::domain::tests) fn find(&self, id: VersionId) -> Option<&NaiveVersion> {
        self.versions.iter().find(|version| version.id == id)
    }

    pub(in crate::domain::tests) fn item_of(&self, id: VersionId) -> &ItemKey {
        &self.find(id).unwrap().item
    }

    pub(in crate::domain::tests) fn history<'a>(
        &'a self,
        item: &'a ItemKey,
        at: Seq,
    ) -> impl DoubleEndedIterator<Item = &'a NaiveVersion> {
        self.versions.iter().filter(move |version| version.item == *item && version.seq <= at)
    }

    pub(in crate::domain::tests) fn head(&self, item: &ItemKey) -> Option<&NaiveVersion> {
        self.versions.iter().rfind(|version| version.item == *item)
    }

    pub(in crate::domain::tests) fn items(&self) -> Vec<&ItemKey> {
        let mut items: Vec<&ItemKey> = Vec::new();
        for version in &self.versions {
            if !items.contains(&&version.item) {
                items.push(&version.item);
            }
        }
        items
    }

    pub(in crate::domain::tests) fn last_statement(&self, id: VersionId) -> Option<&NaiveStatement> {
        self.statements.iter().rfind(|said| said.version == id)
    }

    /// Returns true if a CORRECTS or RETRACTS statement exists, and no later REINSTATES.
    pub(in crate::domain::tests) fn wrong(&self, id: VersionId) -> bool {
        let about: Vec<_> = self.statements.iter().filter(|said| said.version == id).collect();
        (0..about.len()).any(|at| {
            about[at].kind.makes_wrong()
                && about[at..].iter().all(|later| later.kind != StatementKind::Reinstates)
        })
    }

    pub(in crate::domain::tests) fn alias(&self, item: &ItemKey, name: &str, at: Seq) -> Option<VersionId> {
        let mut moves = self.tags.iter().filter(|tag| tag.alias && tag.name == name && tag.seq <= at);
        let last = moves.rfind(|tag| self.item_of(tag.version) == item)?;
        last.set.then_some(last.version)
    }

    pub(in crate::domain::tests) fn label(&self, id: VersionId, name: &str, at: Seq) -> bool {
        let mut moves = self.tags.iter().filter(|tag| !tag.alias && tag.name == name && tag.seq <= at);
        moves.rfind(|tag| tag.version == id).is_some_and(|last| last.set)
    }

    /// Returns true if a name was ever an alias (or a label tag) in a namespace.
    pub(in crate::domain::tests) fn was(&self, alias: bool, name: &str, namespace: &str) -> bool {
        self.tags.iter().any(|tag| {
            tag.alias == alias
                && tag.name == name
                && self.item_of(tag.version).namespace.as_str() == namespace
        })
    }

    pub(in crate::domain::tests) fn made_from(&self, id: VersionId) -> Vec<VersionId> {
        let born = self.find(id).into_iter().flat_map(|version| &version.content.sources);
        let said = self.asserted.iter().filter(|(derived, ..)| *derived == id);
        born.map(|source| source.version).chain(said.map(|(_, source, _)| *source)).collect()
    }

    /// Returns the sources of the version and its pins.
    pub(in crate::domain::tests) fn upstream(&self, id: VersionId) -> Vec<VersionId> {
        let pinned = self.find(id).into_iter().flat_map(|version| version.members.keys().copied());
        self.made_from(id).into_iter().chain(pinned).collect()
    }

    /// Returns true if `version` is `on`, or was made from it or pins it.
    pub(in crate::domain::tests) fn depends_on(&self, version: VersionId, on: VersionId) -> bool {
        let mut reached = vec![version];
        loop {
            let more: Vec<VersionId> = reached
                .iter()
                .flat_map(|version| self.upstream(*version))
                .filter(|source| !reached.contains(source))
                .collect();
            if more.is_empty() {
                return reached.contains(&on);
            }
            reached.extend(more);
        }
    }

    /// Returns the version that `item`, `item#number` or `item@tag` names.
    pub(in crate::domain::tests) fn named(&self, text: &str) -> Option<VersionId> {
        let end = text.find(['#', '@']).unwrap_or(text.len());
        let (name, which) = text.split_at(end);
        let item = self.items().into_iter().find(|item| item.to_string() == name)?;
        let mut history: Vec<VersionId> =
            self.history(item, Seq(u64::MAX)).map(|version| version.id).collect();
        if let Some(number) = which.strip_prefix('#') {
            return history.get(number.parse::<usize>().ok()?.checked_sub(1)?).copied();
        }
        if let Some(tag) = which.strip_prefix('@') {
            let now = Seq(u64::MAX);
            history.retain(|id| self.alias(item, tag, now) == Some(*id) || self.label(*id, tag, now));
            return (history.len() == 1).then(|| history[0]);
        }
        history.last().copied()
    }

    /// Returns the heads of all items that a filter finds.
    pub(in crate::domain::tests) fn select(&self, filter: &Selection, at: Seq) -> Vec<VersionId> {
        let heads = self.items().into_iter().filter_map(|item| self.history(item, at).last());
        heads
            .filter(|head| {
                let Selection { namespaces, kinds, key_prefix, tags, .. } = filter;
                let item = &head.item;
                let carries =
                    |tag: &String| self.alias(item, tag, at) == Some(head.id) || self.label(head.id, tag, at);
                namespaces.as_ref().is_none_or(|named| named.contains(&item.namespace))
                    && kinds.as_ref().is_none_or(|named| named.contains(&item.kind))
                    && key_prefix.as_ref().is_none_or(|prefix| item.key().starts_with(prefix))
                    && tags.as_ref().is_none_or(|tags| tags.iter().any(carries))
                    && tested(filter, &head.content.attributes.placed())
            })
            .map(|head| head.id)
            .collect()
    }
}
