//! Earlier versions of a label that say the same of an earlier version of its image.
//!
//! An image that gets a version gives its labels versions that differ in nothing but their sources. What is
//! said about the newest of them applies to all: training sets have pinned them.

use super::{Compare, RecordContent, RecordDifference, StoredRecords, original_sources};
use crate::domain::id::{Digest, VersionId};
use crate::domain::numbers::VersionNo;
use crate::domain::version::{Content, Source, VersionRecord};
use crate::domain::write::proposal::{Put, Ref};
use crate::import::record::ImportedVersion;
use crate::import::record::name::VersionReference;

impl<'a> Compare<'a> {
    /// Returns the versions before a version of a label that have its content, whatever their sources,
    /// and are not known to be wrong, oldest first.
    pub(crate) fn equal_before(&self, version: &VersionRecord) -> Vec<VersionId> {
        let before = self.at.item(&version.item).map_or(&[][..], |item| self.at.history(item));
        let end = before.iter().position(|other| self.at.id(*other) == version.id);
        let before = &before[..end.unwrap_or_default()];
        if before.is_empty() {
            return Vec::new();
        }
        let was = &version.content;
        let lists = match was.ontology {
            None => vec![None],
            Some(list) => self.lists(&VersionReference::of_version(list), &was.attributes),
        };
        let content = Content { sources: Vec::new(), ontology: None, ..was.clone() };
        let content = RecordContent { content, lists };
        let is_equal = |other: &&_| !self.at.is_wrong(**other) && content.is_in(self.at, **other);
        before.iter().filter(is_equal).map(|other| self.at.id(*other)).collect()
    }

    /// Returns the reason and the wrong versions of a label that a record with new content or sources
    /// makes right again, newest first: those that say the same of the same bytes, unless something else
    /// than an import has retracted them. The version of which the new one has the sources, too, is left
    /// out: it is restored by its content.
    pub(crate) fn right_again(
        &self,
        known: &StoredRecords,
        (version, put): (&ImportedVersion, &Put),
        verdict: RecordDifference,
    ) -> Option<(&'a str, Vec<VersionId>)> {
        let reason = self.reimport.corrections.as_deref().filter(|_| self.reimport.export)?;
        let is_put = matches!(verdict, RecordDifference::Moved | RecordDifference::Changed(_));
        if !is_put || !self.reimport.corrects(version) {
            return None;
        }
        let picture = version.read.as_ref().and_then(|read| read.picture);
        let (history, content) = self.history(version)?;
        let (_, before) = history.split_last()?;
        let new = digest_of(put);
        let is_right_again = |older: &&VersionNo| {
            self.at.is_wrong(**older)
                && content.is_in(self.at, **older)
                && new != Some(*self.at.content(**older))
                && !known.is_retracted(&self.at.id(**older))
                && self.is_of(**older, picture)
        };
        let versions = before.iter().rev().filter(is_right_again);
        let versions: Vec<VersionId> = versions.map(|older| self.at.id(*older)).collect();
        (!versions.is_empty()).then_some((reason, versions))
    }

    /// Returns true if a label was made from an image with these bytes. An image without bytes is known
    /// by its name alone.
    fn is_of(&self, label: VersionNo, picture: Option<Digest>) -> bool {
        let Some(picture) = picture else { return true };
        let pictures = self.at.with_payload(&picture);
        let sources = original_sources(self.at, label);
        sources.iter().any(|source| {
            let image = self.at.version(&source.version);
            image.is_some_and(|image| pictures.contains(&image))
        })
    }
}

/// Returns the digest of the content of a new version; `None` if it is made from one that is not stored yet.
fn digest_of(put: &Put) -> Option<[u8; 32]> {
    let id = |reference: &Ref| match reference {
        Ref::Id(id) => Some(*id),
        Ref::Local(_) | Ref::Named(_) => None,
    };
    let source = |(role, version): &(String, Ref)| Some(Source { role: role.clone(), version: id(version)? });
    let ontology = match &put.ontology {
        Some(list) => Some(id(list)?),
        None => None,
    };
    let mut content = Content {
        payload: put.payload,
        media_type: put.media_type.clone(),
        attributes: put.attributes.clone(),
        sources: put.sources.iter().map(source).collect::<Option<_>>()?,
        ontology,
        manifest: None,
        class_changes: Vec::new(),
    };
    content.normalise();
    Some(content.digest())
}
