//! Exports a training set version as MLCommons Croissant 1.1: a table of members as NDJSON, and the
//! document that describes the table and the payloads, with their SHA-256 and their origins in the
//! terms of PROV.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::described::described;
use super::document::{Container, JsonDocument};
use super::flow::{ExportSink, PIECE, outflow};
use super::members::{self, MemberRecords, NamedSet};
use super::memory::{self, ExportMemory, HeldMemory};
use super::rows::RowTime;
use super::{Outflow, unwritten};
use crate::blob::{BlobMeta, key_of};
use crate::domain::canonical::attributes::canonical;
use crate::domain::id::{Digest, VersionId, hex};
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::log::entry::BlobRecord;
use crate::domain::numbers::VersionNo;
use crate::domain::version::VersionRecord;
use crate::ledger::{LedgerError, View};

/// The maximum number of payloads in the document; readers cannot use a larger one.
const LARGEST_LIST: usize = 100_000;

/// The JSON-LD context of Croissant 1.1 and PROV.
const CONTEXT: &str = include_str!("croissant.context.json");

/// The columns of the table of members, with their types and descriptions.
const FIELDS: [(&str, &str, &str); 15] = [
    ("version", "sc:Text", "The id of the pinned version, a hash of its content"),
    ("item", "sc:Text", "The item and the number of the version: namespace/KIND/key#number"),
    ("kind", "sc:Text", "The kind of the item: SOURCE, LABEL, DERIVED and so on"),
    ("split", "sc:Text", "The split: TRAIN, VALIDATION, TEST or another one"),
    ("weight", "sc:Float", "The weight of the member, if it has one"),
    ("class", "sc:Text", "The attribute class, in JSON if it is not a text"),
    ("attributes", "sc:Text", "All attributes, in JSON, also those in the payload"),
    ("content_url", "sc:URL", "The URL of the payload"),
    ("sha256", "sc:Text", "SHA-256 of that payload"),
    ("size", "sc:Integer", "Its size in bytes"),
    ("media_type", "sc:Text", "Its media type"),
    ("labels", "sc:Text", "The labelled version: namespace/KIND/key#number"),
    ("labels_version", "sc:Text", "The id of that version"),
    ("labels_content_url", "sc:URL", "The URL of its payload"),
    ("labels_sha256", "sc:Text", "SHA-256 of that payload"),
];

/// The description of a set, in addition to the contents of the store.
#[derive(Debug, Clone, Default)]
pub struct Describe {
    /// The URL of a server with the payloads; without it they are named by their keys,
    /// `blobs/b3/<aa>/<hex>`.
    pub payloads: Option<String>,
    /// The licence of the data.
    pub license: Option<String>,
    /// True if the document lists the payloads; the table of members has all of them anyway.
    pub list: bool,
}

impl Describe {
    fn address(&self, digest: Digest) -> String {
        match &self.payloads {
            Some(server) => format!("{}/blobs/{digest}", server.trim_end_matches('/')),
            None => key_of(digest),
        }
    }
}

impl View {
    /// Returns the table of the members of a training set version, as NDJSON.
    ///
    /// # Errors
    /// Returns [`LedgerError::Invalid`] if `set` is not a training set version.
    pub fn croissant_members(
        &self,
        set: &str,
        describe: &Describe,
        memory: ExportMemory,
    ) -> Result<Outflow, LedgerError> {
        let set = self.named_set(set)?;
        let (view, describe) = (self.clone(), describe.clone());
        Ok(outflow(move |sink| async move { table((&view, set), &describe, &memory, sink).await }))
    }

    /// Returns the document that describes a training set version and its table of members, which
    /// has this size, hash and location.
    ///
    /// # Errors
    /// Returns [`LedgerError::Invalid`] if `set` is not a training set version.
    pub fn croissant(
        &self,
        set: &str,
        describe: &Describe,
        (members, found_at): (BlobMeta, &str),
        memory: ExportMemory,
    ) -> Result<Outflow, LedgerError> {
        let set = NamedSet::of(self, self.named_set(set)?);
        let croissant = CroissantExport {
            view: self.clone(),
            set,
            describe: describe.clone(),
            members,
            found_at: found_at.to_owned(),
            memory,
        };
        Ok(outflow(move |sink| async move { croissant.write(sink).await }))
    }
}

#[derive(Serialize)]
struct MemberLine<'a> {
    version: String,
    item: &'a str,
    kind: &'static str,
    split: &'a str,
    weight: Option<f64>,
    class: Option<String>,
    attributes: String,
    content_url: Option<String>,
    sha256: Option<String>,
    size: Option<u64>,
    media_type: Option<&'a str>,
    labels: Option<&'a str>,
    labels_version: Option<String>,
    labels_content_url: Option<String>,
    labels_sha256: Option<String>,
}

async fn table(
    (view, set): (&View, VersionNo),
    describe: &Describe,
    memory: &ExportMemory,
    sink: ExportSink,
) -> Result<(), LedgerError> {
    let pins = members::pins(view, set, memory)?;
    let mut lines = Vec::new();
    for page in members::pages(&pins) {
        let entries = members::entries(view, page, memory)?;
        let versions: Vec<VersionNo> = entries
            .iter()
            .flat_map(|entry| std::iter::once(entry.pinned.member).chain(entry.labelled()))
            .collect();
        let held = members::held(view, &versions, memory).await?;
        for entry in entries.iter() {
            let Some(record) = held.records.get(&entry.pinned.member) else { continue };
            let name = |version: &VersionNo| held.names.get(version).map(String::as_str);
            let labelled = entry.labelled().next();
            let labels = labelled.and_then(|version| held.records.get(&version));
            let address =
                |record: &VersionRecord| record.content.payload.map(|payload| describe.address(payload));
            let sha256 = |record: &VersionRecord| blob(&held, record).map(|blob| hex(&blob.sha256));
            let attributes = described(view, entry.kind, record, &held.blobs, memory).await?.attributes;
            let line = MemberLine {
                version: record.id.to_string(),
                item: name(&entry.pinned.member).unwrap_or_default(),
                kind: entry.kind.name(),
                split: &entry.pinned.split,
                weight: entry.pinned.weight,
                class: class(&attributes),
                attributes: canonical(&Value::Object(attributes)),
                content_url: address(record),
                sha256: sha256(record),
                size: blob(&held, record).map(|blob| blob.size),
                media_type: record.content.media_type.as_deref(),
                labels: labelled.as_ref().and_then(name),
                labels_version: labels.map(|labels| labels.id.to_string()),
                labels_content_url: labels.and_then(address),
                labels_sha256: labels.and_then(sha256),
            };
            serde_json::to_writer(&mut lines, &line).map_err(|error| unwritten(&error))?;
            lines.push(b'\n');
            if lines.len() >= PIECE {
                sink.send(std::mem::take(&mut lines)).await?;
            }
        }
    }
    if lines.is_empty() { Ok(()) } else { sink.send(lines).await }
}

fn blob<'h>(held: &'h MemberRecords, record: &VersionRecord) -> Option<&'h BlobRecord> {
    record.content.payload.and_then(|payload| held.blobs.get(&payload))
}

fn class(attributes: &Map<String, Value>) -> Option<String> {
    match attributes.get("class")? {
        Value::Null => None,
        Value::String(class) => Some(class.clone()),
        class => Some(class.to_string()),
    }
}

struct CroissantExport {
    view: View,
    set: NamedSet,
    describe: Describe,
    members: BlobMeta,
    found_at: String,
    memory: ExportMemory,
}

/// A payload of the set.
struct PayloadFile {
    blob: BlobRecord,
    media_type: Option<String>,
    /// The versions with this payload, each with its sources.
    versions: Vec<(VersionId, Vec<VersionId>)>,
}

impl CroissantExport {
    async fn write(self, sink: ExportSink) -> Result<(), LedgerError> {
        let mut held = self.memory.hold();
        let files = if self.describe.list { self.files(&mut held).await? } else { BTreeMap::new() };
        let context: Value = serde_json::from_str(CONTEXT).map_err(|error| unwritten(&error))?;
        let mut document = JsonDocument::new(sink);
        document.member("@context", &context).await?;
        document.member("@type", &"sc:Dataset").await?;
        document.member("conformsTo", &"http://mlcommons.org/croissant/1.1").await?;
        for (name, value) in self.head().await? {
            document.member(name, &value).await?;
        }
        document.open("distribution", Container::List).await?;
        document.entry(&self.table()).await?;
        for (digest, file) in &files {
            document.entry(&self.file(*digest, file)).await?;
        }
        document.close(Container::List);
        document.member("recordSet", &[record_set()]).await?;
        document.end().await
    }

    /// Returns the properties of the set.
    async fn head(&self) -> Result<Vec<(&'static str, Value)>, LedgerError> {
        let set = &self.set;
        let read = self.view.versions_uncached(&[set.id]).await?.pop().flatten();
        let record =
            read.ok_or_else(|| LedgerError::Corrupt(format!("the record of {} is missing", set.id)))?;
        let note = self.view.commits(&[set.seq]).await?.pop().flatten();
        let note =
            note.ok_or_else(|| LedgerError::Corrupt(format!("commit {} is missing from the log", set.seq)))?;
        let (key, sources) = self.view.read(|at| {
            let sources = at.sources(set.version).filter(|edge| edge.asserted.is_none());
            let sources: Vec<_> =
                sources.map(|edge| (at.id(edge.other), members::reference(at, edge.other))).collect();
            (at.key(at.item_of(set.version)).to_string(), sources)
        });
        let mut head = vec![
            ("name", json!(key)),
            (
                "description",
                json!(record.message.clone().unwrap_or_else(|| format!("{}, exported by stemma", set.name))),
            ),
            ("version", json!(format!("{}.0.0", set.number))),
            ("datePublished", json!(RowTime(note.time).text())),
            ("identifier", json!(urn(set.id))),
        ];
        head.extend(self.describe.license.as_ref().map(|license| ("license", json!(license))));
        let mut activity = json!({
            "@id": format!("urn:stemma:commit:{}", set.seq),
            "@type": "prov:Activity",
            "prov:endedAtTime": RowTime(note.time).text(),
        });
        if let (Some(ran), Some(fields)) = (&record.activity, activity.as_object_mut()) {
            fields.insert("prov:label".to_owned(), json!(ran.name));
            fields.extend(ran.code_reference.as_ref().map(|code| ("prov:value".to_owned(), json!(code))));
        }
        head.push(("prov:wasGeneratedBy", activity));
        head.push(("prov:wasAttributedTo", json!({"@type": "prov:Agent", "prov:label": note.author})));
        if !sources.is_empty() {
            let sources = sources.iter().map(|(id, name)| json!({"@id": urn(*id), "prov:label": name}));
            head.push(("prov:wasDerivedFrom", sources.collect()));
        }
        head.extend(record.parent.map(|parent| ("prov:wasRevisionOf", json!({"@id": urn(parent)}))));
        Ok(head)
    }

    /// Returns all payloads of members, and of the versions that labels label. `listed` holds their
    /// memory.
    async fn files(&self, listed: &mut HeldMemory) -> Result<BTreeMap<Digest, PayloadFile>, LedgerError> {
        let pins = members::pins(&self.view, self.set.version, &self.memory)?;
        let mut files: BTreeMap<Digest, PayloadFile> = BTreeMap::new();
        for page in members::pages(&pins) {
            let entries = members::entries(&self.view, page, &self.memory)?;
            let belongs = |entry: &members::MemberEntry| {
                let labelled: Vec<VersionNo> = match entry.kind {
                    Kind::Label => entry.labelled().collect(),
                    Kind::Bundle => entry.sources.iter().map(|(_, source)| *source).collect(),
                    _ => Vec::new(),
                };
                std::iter::once(entry.pinned.member).chain(labelled)
            };
            let versions: Vec<VersionNo> = entries.iter().flat_map(belongs).collect();
            let held = members::held(&self.view, &versions, &self.memory).await?;
            for version in versions {
                let Some(record) = held.records.get(&version) else { continue };
                let Some(blob) = blob(&held, record) else { continue };
                let content = &record.content;
                let file = files.entry(blob.digest).or_insert_with(|| PayloadFile {
                    blob: *blob,
                    media_type: content.media_type.clone(),
                    versions: Vec::new(),
                });
                if !file.versions.iter().any(|(id, _)| *id == record.id) {
                    let sources: Vec<_> = content.sources.iter().map(|source| source.version).collect();
                    listed
                        .grow(memory::ENTRY + size_of::<PayloadFile>() + size_of_val(sources.as_slice()))?;
                    file.versions.push((record.id, sources));
                }
            }
            Invalid::limit("payloads that are listed one by one", files.len(), LARGEST_LIST)?;
        }
        Ok(files)
    }

    fn table(&self) -> Value {
        json!({
            "@type": "cr:FileObject",
            "@id": "members.ndjson",
            "name": "members.ndjson",
            "description": "A line for each member of the set",
            "contentUrl": self.found_at,
            "contentSize": format!("{} B", self.members.size),
            "encodingFormat": "application/jsonlines",
            "sha256": hex(&self.members.sha256),
        })
    }

    fn file(&self, digest: Digest, file: &PayloadFile) -> Value {
        let mut sources: Vec<VersionId> =
            file.versions.iter().flat_map(|(_, sources)| sources).copied().collect();
        sources.sort_unstable();
        sources.dedup();
        let mut object = json!({
            "@type": "cr:FileObject",
            "@id": format!("payload-{}", digest.hex()),
            "name": format!("payload-{}", digest.hex()),
            "contentUrl": self.describe.address(digest),
            "contentSize": format!("{} B", file.blob.size),
            "encodingFormat": file.media_type.as_deref().unwrap_or("application/octet-stream"),
            "sha256": hex(&file.blob.sha256),
            "prov:specializationOf": file.versions.iter().map(|(id, _)| json!({"@id": urn(*id)})).collect::<Value>(),
        });
        if let (false, Some(fields)) = (sources.is_empty(), object.as_object_mut()) {
            let sources = sources.iter().map(|id| json!({"@id": urn(*id)}));
            fields.insert("prov:wasDerivedFrom".to_owned(), sources.collect());
        }
        object
    }
}

fn record_set() -> Value {
    let field = |(name, kind, what): &(&str, &str, &str)| {
        json!({
            "@type": "cr:Field",
            "@id": format!("members/{name}"),
            "name": name,
            "description": what,
            "dataType": kind,
            "source": {"fileObject": {"@id": "members.ndjson"}, "extract": {"column": name}},
        })
    };
    json!({
        "@type": "cr:RecordSet",
        "@id": "members",
        "name": "members",
        "description": "The members of the training set version, each with its split",
        "key": {"@id": "members/version"},
        "field": FIELDS.iter().map(field).collect::<Value>(),
    })
}

fn urn(version: VersionId) -> String {
    format!("urn:stemma:{version}")
}
