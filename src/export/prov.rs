//! Exports a part of the lineage as W3C PROV-JSON.
//!
//! Versions are entities and training sets collections; commits and activities are activities;
//! authors are agents. Other facts about versions are in attributes of the `stemma` namespace. The
//! log is read once for each section, and each member is written as soon as it is made, so that no
//! section is completely in memory.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::document::{Container, JsonDocument};
use super::flow::{ExportSink, apart, outflow};
use super::members;
use super::memory::{ENTRY, ExportMemory, HeldMemory};
use super::page::{LogPage, LogPages, LoggedCommit, Needs, Reasons};
use super::rows::RowTime;
use super::{Outflow, Scope, Span};
use crate::domain::canonical::attributes::canonical;
use crate::domain::id::{Seq, VersionId, hex};
use crate::domain::item::Kind;
use crate::domain::log::facts::VersionFact;
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementId;
use crate::domain::version::{Activity, VersionRecord};
use crate::ledger::{LedgerError, View};

impl View {
    /// Returns the contents of a scope as one PROV-JSON document.
    #[must_use]
    pub fn prov(&self, scope: Scope, memory: ExportMemory) -> Outflow {
        let prov = ProvExport { view: self.clone(), scope, memory };
        outflow(move |sink| async move { prov.write(sink).await })
    }
}

#[derive(Clone)]
struct ProvExport {
    view: View,
    scope: Scope,
    memory: ExportMemory,
}

type ExportResult = Result<(), LedgerError>;

/// Takes the members of a section: their names and values.
type Take<'t> = dyn FnMut(String, Value) -> ExportResult + 't;

/// The activities and authors that were written so far.
struct WrittenAgents {
    ran: BTreeSet<[u8; 32]>,
    authors: BTreeSet<String>,
    held: HeldMemory,
}

impl ProvExport {
    async fn write(self, sink: ExportSink) -> ExportResult {
        let mut document = JsonDocument::new(sink);
        document.member("prefix", &prefixes()).await?;
        document = self.section(document, "entity", Self::entities).await?;
        let held = self.memory.hold();
        let mut written = WrittenAgents { ran: BTreeSet::new(), authors: BTreeSet::new(), held };
        document.open("activity", Container::Object).await?;
        let mut pages = self.pages();
        while let Some(page) = pages.next().await? {
            let prov = self.clone();
            (document, written) = apart(move || {
                let (mut document, mut written) = (document, written);
                let take = &mut |name: String, said: Value| document.member_waiting(&name, &said);
                prov.activities(&page, &mut written, take)?;
                Ok((document, written))
            })
            .await?;
        }
        document.close(Container::Object);
        document.open("agent", Container::Object).await?;
        for author in &written.authors {
            document.member(&agent(author), &json!({"prov:label": author})).await?;
        }
        document.close(Container::Object);
        document = self.section(document, "wasGeneratedBy", Self::generations).await?;
        document = self.section(document, "wasAssociatedWith", Self::associations).await?;
        document = self.section(document, "wasDerivedFrom", Self::derivations).await?;
        document = self.section(document, "wasInvalidatedBy", Self::invalidations).await?;
        self.memberships(&mut document).await?;
        document.end().await
    }

    async fn section(
        &self,
        mut document: JsonDocument,
        name: &str,
        said: fn(&Self, &LogPage, &mut Take<'_>) -> ExportResult,
    ) -> Result<JsonDocument, LedgerError> {
        document.open(name, Container::Object).await?;
        let mut pages = self.pages();
        while let Some(page) = pages.next().await? {
            let prov = self.clone();
            document = apart(move || {
                let mut document = document;
                said(&prov, &page, &mut |name, value| document.member_waiting(&name, &value))?;
                Ok(document)
            })
            .await?;
        }
        document.close(Container::Object);
        Ok(document)
    }

    fn pages(&self) -> LogPages {
        let span = Span { after: Seq::ZERO, up_to: self.view.seq() };
        let needs = Needs { versions: true, reasons: Reasons { statements: true, derivations: true } };
        LogPages::new(self.view.clone(), span, self.scope.clone(), needs, self.memory.clone())
    }

    fn entities(&self, page: &LogPage, take: &mut Take<'_>) -> ExportResult {
        for (commit, place, fact, record) in versions(page) {
            let (kind, _) = commit.born[place];
            let number = VersionNo(commit.first_version + u32::try_from(place).unwrap_or(u32::MAX));
            let name = self.view.read(|at| members::reference(at, number));
            let mut types = vec![qualified(&format!("stemma:{kind}"))];
            if kind == Kind::TrainingSet {
                types.push(qualified("prov:Collection"));
            }
            let mut entity = Map::new();
            let mut tell = |field: &str, value: Value| entity.insert(field.to_owned(), value);
            tell("prov:type", Value::Array(types));
            tell("prov:label", name.into());
            tell("stemma:attributes", record.content.attributes.as_str().into());
            if let Some(payload) = record.content.payload {
                tell("stemma:payload", payload.to_string().into());
                if let Some(blob) = page.records.blobs.get(&payload) {
                    tell("stemma:sha256", hex(&blob.sha256).into());
                    tell("stemma:size", json!({"$": blob.size.to_string(), "type": "xsd:long"}));
                }
            }
            if let Some(media_type) = &record.content.media_type {
                tell("stemma:mediaType", media_type.as_str().into());
            }
            if let Some(list) = record.content.ontology {
                tell("stemma:classList", qualified(&list.to_string()));
            }
            if !record.content.class_changes.is_empty() {
                let changes = record.content.class_changes.iter();
                let changes: Value = changes.map(|change| change.to_json("kind")).collect();
                tell("stemma:classChanges", canonical(&changes).into());
            }
            if let Some(manifest) = record.content.manifest {
                tell("stemma:complete", json!({"$": manifest.complete.to_string(), "type": "xsd:boolean"}));
            }
            take(fact.id.to_string(), Value::Object(entity))?;
        }
        Ok(())
    }

    /// Writes commits and activities, each activity once.
    fn activities(&self, page: &LogPage, written: &mut WrittenAgents, take: &mut Take<'_>) -> ExportResult {
        for commit in page.commits.iter().filter(|commit| self.is_wanted(commit)) {
            let record = &commit.record;
            let time = RowTime(record.time).text();
            let mut activity = json!({
                "prov:startTime": time, "prov:endTime": time, "prov:type": qualified("stemma:Commit"),
            });
            if let (Some(message), Some(fields)) = (&record.message, activity.as_object_mut()) {
                fields.insert("prov:label".to_owned(), message.as_str().into());
            }
            take(commit_name(record.seq), activity)?;
            if !written.authors.contains(&record.author) {
                written.held.grow(ENTRY + record.author.len())?;
                written.authors.insert(record.author.clone());
            }
        }
        let made = versions(page).filter_map(|(.., record)| record.activity.as_ref());
        let found = page.commits.iter().flat_map(|commit| {
            let ids = (0..).zip(&commit.facts.statements).map(|(place, _)| place);
            ids.filter_map(|place| {
                page.records.statements.get(&StatementId { seq: commit.record.seq, place })
            })
        });
        let found = found.filter_map(|record| record.activity.as_ref());
        for activity in made.chain(found) {
            if written.ran.insert(activity.id()) {
                written.held.grow(ENTRY)?;
                take(activity_name(activity), activity_fields(activity))?;
            }
        }
        Ok(())
    }

    fn is_wanted(&self, commit: &LoggedCommit) -> bool {
        commit.numbered().any(|(number, _)| self.scope.has(number))
            || commit.facts.statements.iter().any(|statement| self.scope.has(statement.version))
    }

    fn generations(&self, page: &LogPage, take: &mut Take<'_>) -> ExportResult {
        for (commit, _, fact, record) in versions(page) {
            let time = RowTime(commit.record.time).text();
            let by = commit_name(commit.record.seq);
            let generation =
                json!({"prov:entity": fact.id.to_string(), "prov:activity": by, "prov:time": time});
            take(format!("_:committed-{}", fact.id.hex()), generation)?;
            if let Some(activity) = &record.activity {
                let by = activity_name(activity);
                let generation = json!({"prov:entity": fact.id.to_string(), "prov:activity": by});
                take(format!("_:made-{}", fact.id.hex()), generation)?;
            }
        }
        Ok(())
    }

    fn associations(&self, page: &LogPage, take: &mut Take<'_>) -> ExportResult {
        for commit in page.commits.iter().filter(|commit| self.is_wanted(commit)) {
            let (seq, author) = (commit.record.seq, &commit.record.author);
            let said = json!({"prov:activity": commit_name(seq), "prov:agent": agent(author)});
            take(format!("_:author-{seq}"), said)?;
        }
        Ok(())
    }

    fn derivations(&self, page: &LogPage, take: &mut Take<'_>) -> ExportResult {
        for (_, _, fact, record) in versions(page) {
            let name = |what: &str, number: usize| format!("_:{what}-{}-{number}", fact.id.hex());
            for (number, source) in record.content.sources.iter().enumerate() {
                if !self.has(source.version) {
                    continue;
                }
                let mut edge = derivation(fact.id, source.version, &source.role);
                if let (Some(activity), Some(fields)) = (&record.activity, edge.as_object_mut()) {
                    fields.insert("prov:activity".to_owned(), activity_name(activity).into());
                }
                take(name("from", number), edge)?;
            }
            if let Some(parent) = record.parent.filter(|parent| self.has(*parent)) {
                let revision = json!({
                    "prov:generatedEntity": fact.id.to_string(),
                    "prov:usedEntity": parent.to_string(),
                    "prov:type": qualified("prov:Revision"),
                });
                take(name("revises", 0), revision)?;
            }
        }
        let later = page.commits.iter().flat_map(|commit| {
            (0..).zip(&commit.facts.asserted).map(|(place, edge)| (commit.record.seq, place, edge))
        });
        for (seq, place, fact) in later {
            let record = page.records.asserted.get(&(seq, place));
            if let Some(record) =
                record.filter(|_| self.scope.has(fact.derived) && self.scope.has(fact.source))
            {
                let mut edge = derivation(record.derived, record.source, &record.role);
                if let Some(fields) = edge.as_object_mut() {
                    fields.insert("stemma:asserted".to_owned(), json!({"$": "true", "type": "xsd:boolean"}));
                    fields.insert("stemma:reason".to_owned(), record.reason.as_str().into());
                }
                take(format!("_:asserted-{seq}-{place}"), edge)?;
            }
        }
        Ok(())
    }

    fn has(&self, version: VersionId) -> bool {
        self.view.read(|at| at.version(&version)).is_some_and(|number| self.scope.has(number))
    }

    /// Writes the statements that make a version wrong and are not retracted: they invalidate it.
    fn invalidations(&self, page: &LogPage, take: &mut Take<'_>) -> ExportResult {
        for commit in &page.commits {
            for (place, fact) in (0..).zip(&commit.facts.statements) {
                let id = StatementId { seq: commit.record.seq, place };
                let stands = self.view.read(|at| {
                    let cause = at.wrong(fact.version).filter(|cause| cause.id == id);
                    cause.map(|_| at.id(fact.version))
                });
                let (Some(version), Some(record)) = (stands, page.records.statements.get(&id)) else {
                    continue;
                };
                let mut invalidation = json!({
                    "prov:entity": version.to_string(),
                    "prov:activity": commit_name(id.seq),
                    "prov:time": RowTime(commit.record.time).text(),
                    "stemma:kind": record.kind.name(),
                    "stemma:reason": record.reason,
                });
                if let (Some(by), Some(fields)) = (record.by, invalidation.as_object_mut()) {
                    fields.insert("stemma:correctedTo".to_owned(), by.to_string().into());
                }
                if let (Some(message), Some(fields)) = (&record.message, invalidation.as_object_mut()) {
                    fields.insert("stemma:message".to_owned(), message.as_str().into());
                }
                if let (Some(activity), Some(fields)) = (&record.activity, invalidation.as_object_mut()) {
                    fields.insert("stemma:foundBy".to_owned(), activity_name(activity).into());
                }
                take(format!("_:{}", id.to_string().replace([':', '.'], "-")), invalidation)?;
            }
        }
        Ok(())
    }

    /// Writes all pins of set versions, one version at a time.
    async fn memberships(&self, document: &mut JsonDocument) -> ExportResult {
        document.open("hadMember", Container::Object).await?;
        let sets: Vec<VersionNo> = self.view.read(|at| {
            let visible = (0..at.visible()).map(VersionNo);
            visible
                .filter(|version| at.kind(*version) == Kind::TrainingSet && self.scope.has(*version))
                .collect()
        });
        for set in sets {
            let (id, pinned) = self.view.read(|at| {
                let pinned = at.members(set).filter(|stay| self.scope.has(stay.member));
                (at.id(set), pinned.map(|stay| at.id(stay.member)).collect::<Vec<VersionId>>())
            });
            let mut held = self.memory.hold();
            held.grow(size_of_val(pinned.as_slice()))?;
            for (number, member) in pinned.into_iter().enumerate() {
                let said = json!({"prov:collection": id.to_string(), "prov:entity": member.to_string()});
                document.member(&format!("_:member-{}-{number}", id.hex()), &said).await?;
            }
        }
        document.close(Container::Object);
        Ok(())
    }
}

/// Returns the versions of a page whose records were read, with their commits and indices in them.
fn versions(page: &LogPage) -> impl Iterator<Item = (&LoggedCommit, usize, &VersionFact, &VersionRecord)> {
    page.commits.iter().flat_map(move |commit| {
        let facts = commit.facts.versions.iter().enumerate();
        facts.filter_map(move |(place, fact)| {
            Some((commit, place, fact, page.records.versions.get(&fact.id)?))
        })
    })
}

fn prefixes() -> Value {
    json!({
        "version": "urn:stemma:version:",
        "commit": "urn:stemma:commit:",
        "activity": "urn:stemma:activity:",
        "author": "urn:stemma:author:",
        "stemma": "urn:stemma:term:",
    })
}

fn qualified(name: &str) -> Value {
    json!({"$": name, "type": "prov:QUALIFIED_NAME"})
}

fn commit_name(seq: Seq) -> String {
    format!("commit:{seq}")
}

fn activity_name(activity: &Activity) -> String {
    format!("activity:{}", hex(&activity.id()))
}

/// Returns an author's name as the local part of a qualified name: letters, digits and `-`
/// unchanged, other characters by their codes.
fn agent(author: &str) -> String {
    let mut name = "author:".to_owned();
    for byte in author.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("_{byte:02x}"));
        }
    }
    name
}

fn derivation(derived: VersionId, source: VersionId, role: &str) -> Value {
    json!({
        "prov:generatedEntity": derived.to_string(),
        "prov:usedEntity": source.to_string(),
        "stemma:role": role,
    })
}

fn activity_fields(activity: &Activity) -> Value {
    let mut fields = Map::new();
    fields.insert("prov:label".to_owned(), activity.name.as_str().into());
    fields.insert("stemma:parameters".to_owned(), activity.parameters.as_str().into());
    if let Some(code) = &activity.code_reference {
        fields.insert("stemma:code".to_owned(), code.as_str().into());
    }
    for (field, time) in [("prov:startTime", activity.started_at), ("prov:endTime", activity.ended_at)] {
        if let Some(time) = time {
            fields.insert(field.to_owned(), RowTime(time).text().into());
        }
    }
    Value::Object(fields)
}
