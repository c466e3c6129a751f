//! Training sets, implemented naively.

use super::{ChangeResult, Story};
use crate::domain::id::{Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::tests::rules::naive::PinnedMembers;
use crate::domain::version::{Content, Manifest, manifest_digest};
use crate::domain::write::proposal::{Members, NewMember, Refresh, Snapshot};

impl Story<'_> {
    pub(super) fn snapshot(&mut self, snapshot: &Snapshot) -> ChangeResult {
        let (members, base) = self.members(&snapshot.item, &snapshot.members)?;
        let content = Content {
            attributes: snapshot.attributes.clone(),
            sources: self.sources(&snapshot.sources)?,
            manifest: Some(manifest(&members, snapshot.complete)),
            ..Content::empty()
        };
        let parent = self.parent(&snapshot.item, (None, base), snapshot.expect_head.as_ref(), &content)?;
        let made = self.make(&snapshot.item, parent, content, members);
        self.name(snapshot.name.as_ref(), made.0)?;
        self.tag(made, &snapshot.tags)
    }

    fn members(&self, set: &ItemKey, members: &Members) -> Option<(PinnedMembers, Option<VersionId>)> {
        match members {
            Members::All(all) => Some((self.pins(set, all)?, None)),
            Members::Change { base, add, remove, onto_head } => {
                let mut base = self.naive.find(self.meant(base)?)?;
                if *onto_head {
                    base = self.naive.head(&base.item)?;
                }
                let mut pinned = (base.item == *set).then(|| base.members.clone())?;
                for gone in remove {
                    if pinned.remove(&self.meant(gone)?).is_none() && !onto_head {
                        return None;
                    }
                }
                pinned.extend(self.pins(set, add)?);
                Some((pinned, Some(base.id)))
            }
            Members::Select { filter, split } => {
                let (naive, before) = (&self.naive, self.before);
                let mut made = naive.versions.iter().filter(|version| version.seq == self.seq);
                let retagged = filter.tags.is_some() && naive.tags.len() != before.tags.len();
                let means_sets = filter.kinds.as_ref().is_none_or(|kinds| kinds.contains(&Kind::TrainingSet));
                let is_settled =
                    !retagged && made.all(|version| version.item.kind == Kind::TrainingSet && !means_sets);
                let newest = Seq(self.seq.0 - 1);
                let at = filter.at.or(is_settled.then_some(newest)).filter(|at| *at <= newest)?;
                let mut found = naive.select(filter, at);
                found.retain(|id| naive.item_of(*id) != set);
                Some((found.into_iter().map(|id| (id, (split.clone(), None))).collect(), None))
            }
        }
    }

    fn pins(&self, set: &ItemKey, members: &[NewMember]) -> Option<PinnedMembers> {
        let mut pinned = PinnedMembers::new();
        for NewMember { version, split, weight } in members {
            let version = self.meant(version)?;
            let own = self.naive.item_of(version) == set;
            if own || pinned.insert(version, (split.clone(), *weight)).is_some() {
                return None;
            }
        }
        Some(pinned)
    }

    pub(super) fn refresh(&mut self, refresh: &Refresh) -> ChangeResult {
        let set = &refresh.item;
        let head = self.naive.head(set)?.clone();
        let mut made = self.naive.versions.iter().filter(|version| version.seq == self.seq);
        let members_of = |item: &ItemKey| head.members.keys().any(|id| self.naive.item_of(*id) == item);
        let is_settled = head.seq < self.seq
            && made.all(|version| version.item.kind == Kind::TrainingSet && !members_of(&version.item))
            && self.naive.statements.len() == self.before.statements.len()
            && self.naive.asserted.len() == self.before.asserted.len();
        let members = is_settled.then(|| self.refreshed[&(set.clone(), refresh.causes.clone())].clone())?;
        let manifest = Some(manifest(&members, head.content.manifest?.complete));
        Some(self.make(set, Some(head.id), Content { manifest, ..head.content }, members))
    }
}

fn manifest(members: &PinnedMembers, complete: bool) -> Manifest {
    let pins = members.iter().map(|(id, (split, weight))| (id, split.as_str(), *weight));
    Manifest { digest: manifest_digest(pins), count: u32::try_from(members.len()).unwrap(), complete }
}
