//! The smallest world: a list of commits. Every query reads it from the start.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use super::desk::GrowingWorld;
use super::samples::tested;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::log::entry::Entry;
use crate::domain::log::facts::{
    AssertedFact, Facts, MembershipFact, Pin, Saying, StatementFact, TagFact, VersionFact,
};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementKind};
use crate::domain::write::proposal::Selection;
use crate::domain::write::world::{Refreshed, World};

/// All commits, each entry with the seq of its commit.
#[derive(Debug, Default)]
pub(super) struct Model {
    newest: Seq,
    items: Vec<ItemKey>,
    item_by_id: HashMap<ItemId, ItemNo>,
    histories: Vec<Vec<VersionNo>>,
    versions: Vec<(Seq, VersionFact)>,
    version_by_id: HashMap<VersionId, VersionNo>,
    members: BTreeMap<VersionNo, Vec<Pin>>,
    asserted: Vec<(Seq, AssertedFact)>,
    statements: Vec<(StatementId, StatementFact)>,
    tags: Vec<(Seq, TagFact)>,
    /// The number of times that the sources of a version were read.
    pub(super) visits: Cell<usize>,
}

impl GrowingWorld for Model {
    fn apply(&mut self, entry: &Entry) {
        let Facts { items, versions, memberships, asserted, statements, tags, .. } = entry.facts.clone();
        let seq = entry.commit.seq;
        self.newest = seq;
        for key in items {
            self.item_by_id.insert(key.id(), ItemNo(u32::try_from(self.items.len()).unwrap()));
            self.items.push(key);
            self.histories.push(Vec::new());
        }
        for fact in versions {
            let version = VersionNo(u32::try_from(self.versions.len()).unwrap());
            self.histories[fact.item.at()].push(version);
            self.version_by_id.insert(fact.id, version);
            self.versions.push((seq, fact));
        }
        memberships.into_iter().for_each(|fact| self.pin(fact));
        self.asserted.extend(asserted.into_iter().map(|fact| (seq, fact)));
        self.tags.extend(tags.into_iter().map(|fact| (seq, fact)));
        let said = (0..).zip(statements).map(|(place, fact)| (StatementId { seq, place }, fact));
        self.statements.extend(said);
    }
}

impl Model {
    fn pin(&mut self, fact: MembershipFact) {
        let history = self.history(self.item_of(fact.set));
        let before = history.iter().rfind(|version| **version < fact.set);
        let mut pins = before.map_or_else(Vec::new, |before| self.members(*before));
        pins.retain(|pin| !fact.removed.contains(&pin.version));
        pins.extend(fact.added.to_vec());
        pins.sort_by_key(|pin| pin.version);
        self.members.insert(fact.set, pins);
    }

    fn head(&self, item: ItemNo) -> VersionNo {
        *self.history(item).last().unwrap()
    }

    /// Returns the newest move of a tag at a version (label tags) or in its item (aliases), up to a
    /// commit.
    fn moved(
        &self,
        name: &str,
        seq: Seq,
        mut meant: impl FnMut(&TagFact) -> bool,
    ) -> Option<&(Seq, TagFact)> {
        let last = self.tags.iter().rfind(|(at, tag)| *at <= seq && tag.name == name && meant(tag))?;
        last.1.set.then_some(last)
    }

    fn carries(&self, version: VersionNo, name: &str, seq: Seq) -> bool {
        let item = self.item_of(version);
        let alias = self.moved(name, seq, |tag| tag.alias && self.item_of(tag.version) == item);
        let label = self.moved(name, seq, |tag| !tag.alias && tag.version == version);
        alias.is_some_and(|(_, tag)| tag.version == version) || label.is_some()
    }

    fn wrong_by(&self, version: VersionNo, causes: &[StatementKind]) -> bool {
        let about = self.statements.iter().map(|(_, said)| said).filter(|said| said.version == version);
        about.fold(false, |wrong, said| match said.kind {
            StatementKind::Reinstates => false,
            kind => wrong || (kind.makes_wrong() && causes.contains(&kind)),
        })
    }
}

impl World for Model {
    fn counts(&self) -> (u32, u32) {
        (u32::try_from(self.items.len()).unwrap(), u32::try_from(self.versions.len()).unwrap())
    }

    fn item(&self, id: &ItemId) -> Option<ItemNo> {
        self.item_by_id.get(id).copied()
    }

    fn item_key(&self, item: ItemNo) -> &ItemKey {
        &self.items[item.at()]
    }

    fn history(&self, item: ItemNo) -> &[VersionNo] {
        &self.histories[item.at()]
    }

    fn version(&self, id: &VersionId) -> Option<VersionNo> {
        self.version_by_id.get(id).copied()
    }

    fn beginning_with(&self, digits: &str) -> Vec<VersionNo> {
        let all = (0..).zip(&self.versions).filter(|(_, (_, fact))| fact.id.hex().starts_with(digits));
        all.map(|(version, _)| VersionNo(version)).collect()
    }

    fn tagged(&self, item: ItemNo, tag: &str) -> Vec<VersionNo> {
        let history = self.history(item).iter().copied();
        history.filter(|version| self.carries(*version, tag, self.newest)).collect()
    }

    fn head_at(&self, item: ItemNo, seq: Seq) -> Option<VersionNo> {
        self.history(item).iter().copied().rfind(|version| self.seq_of(*version) <= seq)
    }

    fn version_id(&self, version: VersionNo) -> VersionId {
        self.versions[version.at()].1.id
    }

    fn item_of(&self, version: VersionNo) -> ItemNo {
        self.versions[version.at()].1.item
    }

    fn seq_of(&self, version: VersionNo) -> Seq {
        self.versions[version.at()].0
    }

    fn content(&self, version: VersionNo) -> [u8; 32] {
        self.versions[version.at()].1.content
    }

    fn names(&self, payload: &Digest) -> bool {
        self.versions.iter().any(|(_, fact)| fact.payload == Some(*payload))
    }

    fn last_statement(&self, version: VersionNo) -> Option<(StatementId, StatementFact)> {
        self.statements.iter().rfind(|(_, said)| said.version == version).copied()
    }

    fn said(&self, saying: &Saying) -> Option<(StatementId, StatementFact)> {
        let says = |(_, said): &&(StatementId, StatementFact)| {
            let StatementFact { kind, version, by, reason } = *said;
            Saying { kind, version, content: by.map(|by| self.content(by)), reason } == *saying
        };
        self.statements.iter().rfind(says).copied()
    }

    fn wrong(&self, version: VersionNo) -> bool {
        self.wrong_by(version, &StatementKind::ALL)
    }

    fn tag_form(&self, namespace: &str, name: &str) -> Option<bool> {
        let here = |tag: &TagFact| self.item_key(self.item_of(tag.version)).namespace.as_str() == namespace;
        self.tags.iter().find(|(_, tag)| tag.name == name && here(tag)).map(|(_, tag)| tag.alias)
    }

    fn alias(&self, item: ItemNo, name: &str) -> Option<(VersionNo, Seq)> {
        let (seq, tag) =
            self.moved(name, self.newest, |tag| tag.alias && self.item_of(tag.version) == item)?;
        Some((tag.version, *seq))
    }

    fn label(&self, version: VersionNo, name: &str) -> Option<Seq> {
        Some(self.moved(name, self.newest, |tag| !tag.alias && tag.version == version)?.0)
    }

    fn tag_moved(&self, version: VersionNo, name: &str) -> Option<Seq> {
        self.tags.iter().rfind(|(_, tag)| tag.version == version && tag.name == name).map(|(seq, _)| *seq)
    }

    fn pin(&self, set: VersionNo, member: VersionNo) -> Option<Pin> {
        self.members(set).into_iter().find(|pin| pin.version == member)
    }

    fn members(&self, set: VersionNo) -> Vec<Pin> {
        self.members.get(&set).cloned().unwrap_or_default()
    }

    fn upstream(&self, version: VersionNo) -> Vec<VersionNo> {
        self.visits.set(self.visits.get() + 1);
        let born = self.versions[version.at()].1.sources.iter().map(|(_, source)| *source);
        let said = self.asserted.iter().filter(|(_, edge)| edge.derived == version);
        let pinned = self.members.get(&version).into_iter().flatten().map(|pin| pin.version);
        born.chain(said.map(|(_, edge)| edge.source)).chain(pinned).collect()
    }

    fn depends_on(&self, version: VersionNo, on: VersionNo) -> bool {
        let mut met = vec![version];
        let mut next = 0;
        while next < met.len() {
            let sources = self.upstream(met[next]);
            sources.into_iter().for_each(|source| {
                if !met.contains(&source) {
                    met.push(source)
                }
            });
            next += 1;
        }
        met.contains(&on)
    }

    fn derivation(&self, derived: VersionNo, source: VersionNo, role: &str) -> Option<Seq> {
        let (born, fact) = &self.versions[derived.at()];
        if fact.sources.contains(&(role.to_owned(), source)) {
            return Some(*born);
        }
        let same =
            |edge: &AssertedFact| (edge.derived, edge.source, edge.role.as_str()) == (derived, source, role);
        self.asserted.iter().find(|(_, edge)| same(edge)).map(|(seq, _)| *seq)
    }

    fn select(&self, selection: &Selection) -> Result<Vec<VersionNo>, Invalid> {
        let at = selection.at.unwrap_or(self.newest);
        if at > self.newest {
            return Err(Invalid::refused("there is no such commit yet"));
        }
        let mut found = Vec::new();
        for (key, history) in self.items.iter().zip(&self.histories) {
            let Some(head) = history.iter().rfind(|version| self.seq_of(**version) <= at) else { continue };
            let fact = &self.versions[head.at()].1;
            let fits = selection.namespaces.as_ref().is_none_or(|named| named.contains(&key.namespace))
                && selection.kinds.as_ref().is_none_or(|kinds| kinds.contains(&key.kind))
                && selection.key_prefix.as_ref().is_none_or(|prefix| key.key().starts_with(prefix))
                && selection
                    .tags
                    .as_ref()
                    .is_none_or(|tags| tags.iter().any(|tag| self.carries(*head, tag, at)))
                && tested(selection, &fact.attributes);
            if fits {
                found.push(*head);
            }
        }
        Ok(found)
    }

    fn refreshed(&self, set: VersionNo, causes: &[StatementKind]) -> Refreshed {
        let mut refreshed = Refreshed::default();
        let pins = self.members(set);
        for pin in &pins {
            let head = self.head(self.item_of(pin.version));
            if self.wrong_by(pin.version, causes) {
                if self.wrong(head) {
                    refreshed.removed.push(pin.version);
                    continue;
                }
                refreshed.replaced.push((pin.version, head));
                refreshed.members.push(Pin { version: head, ..pin.clone() });
            } else {
                refreshed.members.push(pin.clone());
            }
        }
        // In the order of the old members, with repetitions if a replacement is a member already:
        // the rules sort.
        refreshed
    }
}
