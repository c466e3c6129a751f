//! Tags, implemented naively.

use super::{ChangeResult, Story};
use crate::domain::id::VersionId;
use crate::domain::tests::rules::naive::NaiveTag;
use crate::domain::write::proposal::{Expected, RemoveTag, SetTag};

impl Story<'_> {
    pub(super) fn set_tag(&mut self, tag: &SetTag) -> ChangeResult {
        let version = self.meant(&tag.version)?;
        if !tag.alias {
            return self.tag((version, false), std::slice::from_ref(&tag.name));
        }
        let item = self.naive.item_of(version);
        if self.naive.was(false, &tag.name, item.namespace.as_str()) {
            return None;
        }
        let now = self.naive.alias(item, &tag.name, self.seq);
        if now == Some(version) {
            return Some((version, false));
        }
        self.expect_alias(now, tag.expect.as_ref())?;
        self.naive.tags.push(self.moved(&tag.name, true, version, true));
        Some((version, true))
    }

    pub(super) fn tag(&mut self, (version, mut made): (VersionId, bool), names: &[String]) -> ChangeResult {
        for name in names {
            if self.naive.was(true, name, self.naive.item_of(version).namespace.as_str()) {
                return None;
            }
            if !self.naive.label(version, name, self.seq) {
                self.naive.tags.push(self.moved(name, false, version, true));
                made = true;
            }
        }
        Some((version, made))
    }

    pub(super) fn remove_tag(&mut self, tag: &RemoveTag) -> ChangeResult {
        let version = self.meant(&tag.version)?;
        let alias = self.naive.alias(self.naive.item_of(version), &tag.name, self.seq);
        if alias.is_some() {
            self.expect_alias(alias, tag.expect.as_ref())?;
        }
        if alias.is_some_and(|at| at != version) {
            return None;
        }
        let marked = self.naive.label(version, &tag.name, self.seq);
        if alias.is_none() && marked && tag.expect.is_some() {
            return None;
        }
        let carried = alias.is_some() || marked;
        if carried {
            self.naive.tags.push(self.moved(&tag.name, alias.is_some(), version, false));
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

    fn moved(&self, name: &str, alias: bool, version: VersionId, set: bool) -> NaiveTag {
        NaiveTag { seq: self.seq, name: name.to_owned(), alias, version, set }
    }
}
