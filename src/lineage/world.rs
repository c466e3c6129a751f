//! The index as the world that the rules are applied to: everything committed before.

use super::at::At;
use super::index::Index;
use super::query::search::TooFar;
use super::walk::flow::EdgeBudget;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::log::facts::{Pin, Saying, StatementFact};
use crate::domain::names::naming::Naming;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementKind};
use crate::domain::write::proposal::Selection;
use crate::domain::write::world::{Refreshed, World};

/// The most derivations and pins that are followed to find what is stale during a write. No other
/// write can happen meanwhile, and new answers wait; so the limit is lower than that of a query.
const MAX_STEPS: u64 = if cfg!(test) { 1_000 } else { 5_000_000 };

fn too_far() -> Invalid {
    let limit = usize::try_from(MAX_STEPS).unwrap_or(usize::MAX);
    let what = "derivations and pins followed to find stale members; select without `stale`, and leave out what \
                `items(filter: {stale: true})` finds";
    Invalid::Limit { what, given: limit.saturating_add(1), limit }
}

impl Index {
    /// Everything that was committed.
    pub fn now(&self) -> At<'_> {
        At::new(self, self.seq())
    }
}

impl World for Index {
    fn counts(&self) -> (u32, u32) {
        let totals = self.totals(self.seq());
        (totals.items, totals.versions)
    }

    fn item(&self, id: &ItemId) -> Option<ItemNo> {
        self.now().item(id)
    }

    fn item_key(&self, item: ItemNo) -> &ItemKey {
        self.now().key(item)
    }

    fn history(&self, item: ItemNo) -> &[VersionNo] {
        self.now().history(item)
    }

    fn version(&self, id: &VersionId) -> Option<VersionNo> {
        self.now().version(id)
    }

    fn beginning_with(&self, digits: &str) -> Vec<VersionNo> {
        Naming::beginning_with(&self.now(), digits)
    }

    fn tagged(&self, item: ItemNo, tag: &str) -> Vec<VersionNo> {
        Naming::tagged(&self.now(), item, tag)
    }

    fn head_at(&self, item: ItemNo, seq: Seq) -> Option<VersionNo> {
        Naming::head_at(&self.now(), item, seq)
    }

    fn version_id(&self, version: VersionNo) -> VersionId {
        self.now().id(version)
    }

    fn item_of(&self, version: VersionNo) -> ItemNo {
        self.now().item_of(version)
    }

    fn seq_of(&self, version: VersionNo) -> Seq {
        self.now().seq_of(version)
    }

    fn content(&self, version: VersionNo) -> [u8; 32] {
        *self.now().content(version)
    }

    fn names(&self, payload: &Digest) -> bool {
        !self.now().with_payload(payload).is_empty()
    }

    fn last_statement(&self, version: VersionNo) -> Option<(StatementId, StatementFact)> {
        self.now().said_about(version).last().map(|said| (said.id, said.fact))
    }

    fn said(&self, saying: &Saying) -> Option<(StatementId, StatementFact)> {
        let said = self.statements.saying(saying, |version| self.versions.contents[version.at()])?;
        Some((said.id, said.fact))
    }

    fn wrong(&self, version: VersionNo) -> bool {
        self.now().wrong(version).is_some()
    }

    fn tag_form(&self, namespace: &str, name: &str) -> Option<bool> {
        self.tags.form(namespace, name)
    }

    fn alias(&self, item: ItemNo, name: &str) -> Option<(VersionNo, Seq)> {
        let moved = self.tags.alias(item, self.names.find(name)?, self.seq())?;
        Some((moved.version, moved.seq))
    }

    fn label(&self, version: VersionNo, name: &str) -> Option<Seq> {
        self.tags.label(version, self.names.find(name)?, self.seq()).map(|moved| moved.seq)
    }

    fn tag_moved(&self, version: VersionNo, name: &str) -> Option<Seq> {
        self.tags.moved(version, self.names.find(name)?)
    }

    fn pin(&self, set: VersionNo, member: VersionNo) -> Option<Pin> {
        let interval = self.now().pinned(set, member)?;
        let split = self.text(interval.split).to_owned();
        Some(Pin { version: member, split, weight: interval.weight })
    }

    fn members(&self, set: VersionNo) -> Vec<Pin> {
        let mut pins: Vec<Pin> = self
            .now()
            .members(set)
            .map(|interval| Pin {
                version: interval.member,
                split: self.text(interval.split).to_owned(),
                weight: interval.weight,
            })
            .collect();
        pins.sort_unstable_by_key(|pin| pin.version);
        pins
    }

    fn upstream(&self, version: VersionNo) -> Vec<VersionNo> {
        let now = self.now();
        now.sources(version).map(|edge| edge.other).chain(now.member_numbers(version)).collect()
    }

    fn depends_on(&self, version: VersionNo, on: VersionNo) -> bool {
        self.now().reaches(on, version)
    }

    fn derivation(&self, derived: VersionNo, source: VersionNo, role: &str) -> Option<Seq> {
        let (now, role) = (self.now(), self.names.find(role)?);
        let edge = now.sources(derived).find(|edge| edge.other == source && edge.role == role)?;
        Some(edge.asserted.map_or_else(|| now.seq_of(derived), |(seq, _)| seq))
    }

    fn select(&self, selection: &Selection) -> Result<Vec<VersionNo>, Invalid> {
        let at = match selection.at {
            Some(seq) if seq > self.seq() => {
                return Err(Invalid::AsOfUnavailable(format!(
                    "there is no commit {seq} yet, the newest that can be read here is {}; ask for that or an earlier one",
                    self.seq()
                )));
            }
            Some(seq) => At::new(self, seq),
            None => self.now(),
        };
        let found = at.select(selection, &mut EdgeBudget::edges(MAX_STEPS)).map_err(|TooFar| too_far())?;
        Ok(found.into_iter().filter_map(|item| at.head(item)).collect())
    }

    fn refreshed(&self, set: VersionNo, causes: &[StatementKind]) -> Refreshed {
        self.now().refreshed(set, causes)
    }
}
