//! Tags, told naively.

use super::{Said, Story};
use crate::domain::id::VersionId;
use crate::domain::tests::told::ToldTag;
use crate::domain::write::proposal::{Expected, RemoveTag, SetTag};

impl Story<'_> {
    pub(super) fn set_tag(&mut self, tag: &SetTag) -> Said {
        let version = self.meant(&tag.version)?;
        if !tag.alias {
            return self.tag((version, false), std::slice::from_ref(&tag.name));
        }
        let item = self.told.item_of(version);
        if self.told.was(false, &tag.name, item.namespace.as_str()) {
            return None;
        }
        let now = self.told.alias(item, &tag.name, self.seq);
        if now == Some(version) {
            return Some((version, false));
        }
        self.expect_alias(now, tag.expect.as_ref())?;
        self.told.tags.push(self.moved(&tag.name, true, version, true));
        Some((version, true))
    }

    pub(super) fn tag(&mut self, (version, mut made): (VersionId, bool), names: &[String]) -> Said {
        for name in names {
            if self.told.was(true, name, self.told.item_of(version).namespace.as_str()) {
                return None;
            }
            if !self.told.label(version, name, self.seq) {
                self.told.tags.push(self.moved(name, false, version, true));
                made = true;
            }
        }
        Some((version, made))
    }

    pub(super) fn remove_tag(&mut self, tag: &RemoveTag) -> Said {
        let version = self.meant(&tag.version)?;
        let alias = self.told.alias(self.told.item_of(version), &tag.name, self.seq);
        if alias.is_some() {
            self.expect_alias(alias, tag.expect.as_ref())?;
        }
        if alias.is_some_and(|at| at != version) {
            return None;
        }
        let marked = self.told.label(version, &tag.name, self.seq);
        if alias.is_none() && marked && tag.expect.is_some() {
            return None;
        }
        let carried = alias.is_some() || marked;
        if carried {
            self.told.tags.push(self.moved(&tag.name, alias.is_some(), version, false));
        }
        Some((version, carried))
    }

    fn expect_alias(&self, now: Option<VersionId>, expected: Option<&Expected>) -> Option<()> {
        let right = match expected {
            None => true,
            Some(Expected::Nothing) => now.is_none(),
            Some(Expected::Version(named)) => now == Some(self.meant(named)?),
        };
        right.then_some(())
    }

    fn moved(&self, name: &str, alias: bool, version: VersionId, set: bool) -> ToldTag {
        ToldTag { seq: self.seq, name: name.to_owned(), alias, version, set }
    }
}
