//! `version`: the states of items. The sources of a version are record links in its row, so that
//! `version:⟨id⟩.sources.sources` can be queried; their roles are a parallel list in the same
//! order.

use std::collections::HashMap;

use surrealdb::types::Value;

use super::fields::{link, text};
use super::{RowBuilder, RowFields, RowKey, activity, blob, item, named, version_link};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::class_change::ClassChange;
use crate::domain::id::{Digest, ItemId, VersionId};
use crate::domain::version::{Activity, Content, Manifest, Source, VersionRecord};
use crate::graph::GraphError;

pub(crate) const TABLE: &str = super::VERSION;

/// Returns the row; `activity` is the digest of the record's activity.
pub(crate) fn row(version: &VersionRecord, activity: Option<&[u8; 32]>) -> Value {
    let Content { payload, media_type, attributes, sources, manifest, ontology, class_changes } =
        &version.content;
    RowBuilder::new(named(TABLE, version.id.hex()))
        .value("item", Value::RecordId(named(item::TABLE, version.item.hex())))
        .optional("parent", version.parent.as_ref().map(version_link))
        .number("seq", version.seq.0)
        .number("number", version.number.into())
        .optional("payload", payload.map(|digest| Value::RecordId(named(blob::TABLE, digest.hex()))))
        .optional("media_type", media_type.clone().map(Value::String))
        .text("attributes", attributes.as_str())
        .list("sources", sources.iter().map(|source| version_link(&source.version)))
        .list("roles", sources.iter().map(|source| Value::String(source.role.clone())))
        .optional("manifest", manifest.as_ref().map(manifest_value))
        .optional("ontology", ontology.as_ref().map(version_link))
        .optional("class_changes", ClassChange::list_text(class_changes).map(Value::String))
        .optional("activity", activity.map(|digest| Value::RecordId(activity::id(digest))))
        .optional("message", version.message.clone().map(Value::String))
        .bytes("seal", version.seal())
        .finish()
}

/// A version from its row, before its activity is loaded and its seal compared.
pub(crate) struct UnsealedVersion {
    version: VersionRecord,
    activity: Option<[u8; 32]>,
    seal: [u8; 32],
    fields: RowFields,
}

/// Reads a row and hashes its content again.
pub(crate) fn unsealed(row: Value) -> Result<(RowKey, UnsealedVersion), GraphError> {
    let (key, mut fields) = RowFields::of(TABLE, row)?;
    let RowKey::Name(id) = key else {
        return Err(fields.corrupt("its id is malformed"));
    };
    let version = VersionRecord {
        id: VersionId::from_bytes(id),
        item: ItemId::from_bytes(fields.link("item", item::TABLE)?),
        parent: fields.optional("parent", RowFields::version)?,
        seq: crate::domain::id::Seq(fields.number("seq")?),
        number: fields.number("number")?,
        content: content(&mut fields)?,
        activity: None,
        message: fields.optional("message", RowFields::text)?,
    };
    let activity = fields.optional("activity", |fields, name| fields.link(name, activity::TABLE))?;
    let seal = fields.digest("seal")?;
    fields.end()?;
    if version.content.version_id(version.item, version.parent) != version.id {
        return Err(fields.corrupt("the hash of its content is not its id"));
    }
    Ok((key, UnsealedVersion { version, activity, seal, fields }))
}

impl UnsealedVersion {
    /// Returns the digest of its activity.
    pub(crate) fn activity(&self) -> Option<[u8; 32]> {
        self.activity
    }

    /// Returns the complete record, after comparing its seal.
    pub(crate) fn complete(
        mut self,
        activities: &HashMap<RowKey, Activity>,
    ) -> Result<VersionRecord, GraphError> {
        if let Some(digest) = self.activity {
            let activity = activities.get(&RowKey::Name(digest));
            let activity = activity.ok_or_else(|| self.fields.corrupt("its activity does not exist"))?;
            self.version.activity = Some(activity.clone());
        }
        if !self.version.has_seal(&self.seal) {
            return Err(self.fields.corrupt("the hash of its content is not its seal"));
        }
        Ok(self.version)
    }
}

fn content(fields: &mut RowFields) -> Result<Content, GraphError> {
    let attributes = fields.text("attributes")?;
    Ok(Content {
        payload: fields
            .optional("payload", |fields, name| fields.link(name, blob::TABLE))?
            .map(Digest::from_bytes),
        media_type: fields.optional("media_type", RowFields::text)?,
        attributes: Attributes::from_canonical(&attributes).map_err(|e| fields.corrupt(e.to_string()))?,
        sources: sources(fields)?,
        manifest: fields.optional("manifest", manifest)?,
        ontology: fields.optional("ontology", RowFields::version)?,
        class_changes: fields.optional("class_changes", class_changes)?.unwrap_or_default(),
    })
}

fn sources(fields: &mut RowFields) -> Result<Vec<Source>, GraphError> {
    let versions = fields.list("sources", |value| link(value, TABLE).map(VersionId::from_bytes))?;
    let roles = fields.list("roles", text)?;
    if versions.len() != roles.len() {
        return Err(fields.corrupt("it has a different number of roles than sources"));
    }
    Ok(roles.into_iter().zip(versions).map(|(role, version)| Source { role, version }).collect())
}

fn manifest_value(manifest: &Manifest) -> Value {
    RowBuilder::part()
        .bytes("digest", manifest.digest)
        .number("count", manifest.count.into())
        .flag("complete", manifest.complete)
        .finish()
}

fn manifest(fields: &mut RowFields, name: &str) -> Result<Manifest, GraphError> {
    let mut part = fields.part(name)?;
    let manifest = Manifest {
        digest: part.digest("digest")?,
        count: part.number("count")?,
        complete: part.flag("complete")?,
    };
    part.end()?;
    Ok(manifest)
}

fn class_changes(fields: &mut RowFields, name: &str) -> Result<Vec<ClassChange>, GraphError> {
    let text = fields.text(name)?;
    ClassChange::list_from_text(&text)
        .ok_or_else(|| fields.corrupt(format!("its field `{name}` is malformed")))
}
