//! Versions that are compared with the store: unchanged ones are left out, and changes of labels are
//! recorded as corrections.

use super::Translator;
use super::correction::correction;
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::Kind;
use crate::domain::write::proposal::{Change, Expected, Put, Ref, Say};
use crate::import::pipeline::lookup::{MadeVersion, UNSTORED};
use crate::import::record::{ImportedVersion, ReadItem};
use crate::import::reimport::{Compare, RecordDifference};

impl Translator<'_> {
    /// Adds a version, unless it is of an export and has not changed.
    pub(super) fn put(&mut self, version: &ImportedVersion, put: Put) {
        let (id, given) = (put.item.id(), version.r#as.as_deref());
        if self.lookup.is_unstored_again(version) {
            return self.define(given, MadeVersion::Found(UNSTORED));
        }
        let records = self.records;
        let compare = self.compare.as_ref().filter(|_| !self.lookup.has_new_head(&id));
        let verdict =
            compare.map_or(RecordDifference::New, |compare| compare.judge(records, version, &put.sources));
        let said: Vec<Change> = compare
            .and_then(|compare| {
                let (reason, wrong) = compare.correction(records, version, verdict)?;
                let before = if compare.is_of_export() { compare.equal_before(wrong) } else { Vec::new() };
                let all = std::iter::once(wrong.id).chain(before);
                Some(all.map(|id| correction(&put, (id, &wrong.content), reason)).collect())
            })
            .unwrap_or_default();
        let returned = compare.and_then(|compare| compare.returns(records, version, verdict));
        let mut again = compare.and_then(|compare| compare.right_again(records, (version, &put), verdict));
        if let (Some((_, again)), Some((_, returned))) = (&mut again, &returned) {
            again.retain(|version| !returned.contains(version));
        }
        if version.read.as_ref().is_some_and(|read| self.note_contest(&id, read, verdict)) {
            self.done.contested.get_or_insert_with(|| put.item.clone());
        }
        if let Some((reason, versions)) = returned {
            self.done.returned.insert(self.next(), put.item.clone());
            let head = versions[0];
            self.push_all(versions.iter().map(|version| reinstatement(&put, (*version, Some(head)), reason)));
        }
        let put = Put { expect_head: put.expect_head.clone().or_else(|| self.unchanged_head(&id)), ..put };
        match verdict {
            RecordDifference::Same(head) if self.exports() => {
                if self.compare.as_ref().is_some_and(|compare| compare.was_never_corrected(version)) {
                    self.done.never_corrected.push(put.item.clone());
                }
                return self.define(given, MadeVersion::Found(head));
            }
            RecordDifference::Kept(head) => {
                self.done.kept.push(put.item.clone());
                return self.define(given, MadeVersion::Found(head));
            }
            _ => {}
        }
        // After its references are resolved, so they do not find it.
        if self.lookup.head(&id).is_some() || self.lookup.has_new_head(&id) {
            self.done.newer.insert(self.next());
        }
        let is_change = matches!(verdict, RecordDifference::Changed(_)) && put.item.kind == Kind::Label;
        if is_change && said.is_empty() && self.exports() {
            self.done.uncorrected.insert(self.next());
        }
        let again = again.map(|(reason, again)| {
            let said = |version: &VersionId| reinstatement(&put, (*version, None), reason);
            (put.item.clone(), again.iter().map(said).collect::<Vec<_>>())
        });
        let name = self.set_head(id, given);
        self.push(Change::Put(Put { name: Some(name), ..put }));
        if !said.is_empty() {
            self.done.corrections.insert(self.next());
            self.push_all(said.into_iter());
        }
        if let Some((item, said)) = again.filter(|(_, said)| !said.is_empty()) {
            self.done.restored.insert(self.next(), item);
            self.push_all(said.into_iter());
        }
    }

    /// Adds statements about versions of one label, which count as one.
    fn push_all(&mut self, said: impl Iterator<Item = Change>) {
        for (number, said) in said.enumerate() {
            if number > 0 {
                self.done.repeated.insert(self.next());
            }
            self.push(said);
        }
    }

    /// Returns true if a record would be written although another client has changed what it was made
    /// from.
    fn note_contest(&mut self, item: &ItemId, read: &ReadItem, verdict: RecordDifference) -> bool {
        if matches!(verdict, RecordDifference::Same(_) | RecordDifference::Kept(_)) {
            return false;
        }
        let has_other_head = match self.lookup.head(item) {
            Some(MadeVersion::Found(head)) => read.head != Some(head),
            Some(MadeVersion::By(_)) => false,
            None => read.head.is_some(),
        };
        has_other_head
            || read.new_label_of.is_some_and(|image| {
                let lookup = &self.lookup;
                *self.images.entry(image).or_insert_with(|| lookup.has_other_labels(&image))
            })
    }

    /// Returns the newest version of an item of an export, with which its record was compared.
    fn unchanged_head(&self, item: &ItemId) -> Option<Expected> {
        if !self.exports() || self.lookup.has_new_head(item) {
            return None;
        }
        match self.lookup.head(item) {
            Some(MadeVersion::Found(head)) => Some(Expected::Version(Ref::Id(head))),
            Some(MadeVersion::By(_)) => None,
            None => Some(Expected::Nothing),
        }
    }

    fn exports(&self) -> bool {
        self.compare.as_ref().is_some_and(Compare::is_of_export)
    }
}

/// Returns the change that withdraws what was said of a version of an item that an export has again.
/// `head` is the version that must be the newest one.
fn reinstatement(put: &Put, (version, head): (VersionId, Option<VersionId>), reason: &str) -> Change {
    Change::Reinstate(Say {
        version: Ref::Id(version),
        reason: reason.to_owned(),
        activity: put.activity.clone(),
        message: None,
        expect_head: head.map(|head| Expected::Version(Ref::Id(head))),
    })
}
