//! Converts pages to rows: by commit, and within a commit by table.

use super::page::{LogPage, LoggedCommit, PageRecords};
use super::rows::{
    CommitRow, DerivationRow, ItemRow, MemberRow, RowTime, StatementRow, TableRow, TagRow, VersionRow,
};
use super::{Scope, Table};
use crate::domain::canonical::attributes::canonical;
use crate::domain::id::hex;
use crate::domain::log::facts::{MembershipFact, VersionFact};
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementId;
use crate::domain::version::{Content, VersionRecord};
use crate::ledger::LedgerError;

type ExportResult = Result<(), LedgerError>;

/// Passes the rows of a page to `take`.
pub(super) fn rows(
    page: &LogPage,
    tables: &[Table],
    scope: &Scope,
    mut take: impl FnMut(TableRow<'_>) -> ExportResult,
) -> ExportResult {
    for commit in &page.commits {
        let walk = CommitRows { commit, records: &page.records, scope };
        for table in Table::ALL.iter().filter(|table| tables.contains(table)) {
            match table {
                Table::Commits => walk.commit(&mut take)?,
                Table::Items => walk.items(&mut take)?,
                Table::Versions => walk.versions(&mut take)?,
                Table::Derivations => walk.derivations(&mut take)?,
                Table::Members => walk.members(&mut take)?,
                Table::Statements => walk.statements(&mut take)?,
                Table::Tags => walk.tags(&mut take)?,
            }
        }
    }
    Ok(())
}

struct CommitRows<'a> {
    commit: &'a LoggedCommit,
    records: &'a PageRecords,
    scope: &'a Scope,
}

impl CommitRows<'_> {
    fn seq(&self) -> u64 {
        self.commit.record.seq.0
    }

    /// Returns true if the commit made, tagged or has statements about a version of the lineage.
    fn is_wanted(&self) -> bool {
        let facts = &self.commit.facts;
        self.scope.is_all()
            || self.commit.numbered().any(|(number, _)| self.scope.has(number))
            || facts.statements.iter().any(|statement| self.scope.has(statement.version))
            || facts.tags.iter().any(|tag| self.scope.has(tag.version))
            || facts.asserted.iter().any(|edge| self.scope.has(edge.derived) && self.scope.has(edge.source))
    }

    fn commit(&self, take: &mut impl FnMut(TableRow<'_>) -> ExportResult) -> ExportResult {
        if !self.is_wanted() {
            return Ok(());
        }
        let record = &self.commit.record;
        take(TableRow::Commits(CommitRow {
            seq: self.seq(),
            committed_at: RowTime(record.time),
            author: &record.author,
            message: record.message.as_deref(),
            digest: hex(&record.digest()),
        }))
    }

    fn items(&self, take: &mut impl FnMut(TableRow<'_>) -> ExportResult) -> ExportResult {
        for (item, key) in (self.commit.first_item..).zip(&self.commit.facts.items) {
            if self.scope.has_item(crate::domain::numbers::ItemNo(item)) {
                take(TableRow::Items(ItemRow {
                    seq: self.seq(),
                    item,
                    item_id: key.id().to_string(),
                    namespace: key.namespace.as_str(),
                    kind: key.kind.name(),
                    key: key.key(),
                }))?;
            }
        }
        Ok(())
    }

    fn versions(&self, take: &mut impl FnMut(TableRow<'_>) -> ExportResult) -> ExportResult {
        for (place, fact) in self.commit.facts.versions.iter().enumerate() {
            // Versions outside the lineage were not read.
            if let Some(record) = self.records.versions.get(&fact.id) {
                take(TableRow::Versions(Box::new(self.version(place, fact, record))))?;
            }
        }
        Ok(())
    }

    fn version<'r>(&self, place: usize, fact: &VersionFact, record: &'r VersionRecord) -> VersionRow<'r> {
        let (kind, number) = self.commit.born[place];
        let content = &record.content;
        let blob = content.payload.and_then(|payload| self.records.blobs.get(&payload));
        let activity = record.activity.as_ref();
        VersionRow {
            seq: self.seq(),
            version: self.commit.first_version + u32::try_from(place).unwrap_or(u32::MAX),
            version_id: fact.id.to_string(),
            item: fact.item.0,
            kind: kind.name(),
            number,
            parent: fact.parent.map(|parent| parent.0),
            content: hex(&fact.content),
            payload: content.payload.map(|payload| payload.to_string()),
            payload_sha256: blob.map(|blob| hex(&blob.sha256)),
            payload_size: blob.map(|blob| blob.size),
            media_type: content.media_type.as_deref(),
            attributes: content.attributes.as_str(),
            ontology: fact.ontology.map(|ontology| ontology.0),
            class_changes: class_changes(content),
            complete: content.manifest.map(|manifest| manifest.complete),
            member_count: content.manifest.map(|manifest| manifest.count),
            activity: activity.map(|activity| activity.name.as_str()),
            activity_code: activity.and_then(|activity| activity.code_reference.as_deref()),
            activity_parameters: activity.map(|activity| activity.parameters.as_str()),
            activity_started_at: activity.and_then(|activity| activity.started_at).map(RowTime),
            activity_ended_at: activity.and_then(|activity| activity.ended_at).map(RowTime),
            message: record.message.as_deref(),
        }
    }

    fn derivations(&self, take: &mut impl FnMut(TableRow<'_>) -> ExportResult) -> ExportResult {
        let seq = self.seq();
        for (derived, fact) in (self.commit.first_version..).zip(&self.commit.facts.versions) {
            for (role, source) in &fact.sources {
                if self.scope.has(VersionNo(derived)) && self.scope.has(*source) {
                    let edge =
                        DerivationRow { seq, derived, source: source.0, role, asserted: false, reason: None };
                    take(TableRow::Derivations(edge))?;
                }
            }
        }
        for (place, edge) in (0..).zip(&self.commit.facts.asserted) {
            if self.scope.has(edge.derived) && self.scope.has(edge.source) {
                let record = self.records.asserted.get(&(self.commit.record.seq, place));
                take(TableRow::Derivations(DerivationRow {
                    seq,
                    derived: edge.derived.0,
                    source: edge.source.0,
                    role: &edge.role,
                    asserted: true,
                    reason: record.map(|record| record.reason.as_str()),
                }))?;
            }
        }
        Ok(())
    }

    fn members(&self, take: &mut impl FnMut(TableRow<'_>) -> ExportResult) -> ExportResult {
        for (fact, set) in self.commit.facts.memberships.iter().zip(&self.commit.sets) {
            if !self.scope.has(fact.set) {
                continue;
            }
            let row = MemberRow {
                seq: self.seq(),
                training_set: fact.set.0,
                item: set.item.0,
                number: set.number,
                member: 0,
                added: false,
                split: None,
                weight: None,
            };
            let gone = |member: &VersionNo| TableRow::Members(MemberRow { member: member.0, ..row });
            match &set.changes {
                Some((left, come)) => {
                    left.iter().try_for_each(|member| take(gone(member)))?;
                    for pinned in come {
                        let (split, weight) = (Some(pinned.split.as_str()), pinned.weight);
                        take(TableRow::Members(MemberRow {
                            member: pinned.member.0,
                            added: true,
                            split,
                            weight,
                            ..row
                        }))?;
                    }
                }
                None => {
                    fact.removed.iter().try_for_each(|member| take(gone(member)))?;
                    added(fact, |member, split, weight| {
                        let split = Some(split);
                        take(TableRow::Members(MemberRow {
                            member: member.0,
                            added: true,
                            split,
                            weight,
                            ..row
                        }))
                    })?;
                }
            }
        }
        Ok(())
    }

    fn statements(&self, take: &mut impl FnMut(TableRow<'_>) -> ExportResult) -> ExportResult {
        for (place, statement) in (0..).zip(&self.commit.facts.statements) {
            let id = StatementId { seq: self.commit.record.seq, place };
            // Statements outside the lineage were not read.
            if let Some(record) = self.records.statements.get(&id) {
                let activity = record.activity.as_ref();
                take(TableRow::Statements(StatementRow {
                    seq: self.seq(),
                    place,
                    kind: statement.kind.name(),
                    version: statement.version.0,
                    corrected_to: statement.by.map(|by| by.0),
                    reason: &record.reason,
                    activity: activity.map(|activity| activity.name.as_str()),
                    activity_code: activity.and_then(|activity| activity.code_reference.as_deref()),
                    activity_parameters: activity.map(|activity| activity.parameters.as_str()),
                    activity_started_at: activity.and_then(|activity| activity.started_at).map(RowTime),
                    activity_ended_at: activity.and_then(|activity| activity.ended_at).map(RowTime),
                    message: record.message.as_deref(),
                }))?;
            }
        }
        Ok(())
    }

    fn tags(&self, take: &mut impl FnMut(TableRow<'_>) -> ExportResult) -> ExportResult {
        for (place, (tag, item)) in (0..).zip(self.commit.facts.tags.iter().zip(&self.commit.tagged)) {
            if self.scope.has(tag.version) {
                take(TableRow::Tags(TagRow {
                    seq: self.seq(),
                    place,
                    name: &tag.name,
                    alias: tag.alias,
                    item: item.0,
                    version: tag.version.0,
                    present: tag.set,
                }))?;
            }
        }
        Ok(())
    }
}

fn added(
    fact: &MembershipFact,
    mut take: impl FnMut(VersionNo, &str, Option<f64>) -> ExportResult,
) -> ExportResult {
    let groups = fact.added.groups();
    for (member, group) in fact.added.by_version() {
        take(member, &groups[group].split, groups[group].weight)?;
    }
    Ok(())
}

/// Returns the changes of a class list to its classes, in JSON.
fn class_changes(content: &Content) -> Option<String> {
    if content.class_changes.is_empty() {
        return None;
    }
    let changes = content.class_changes.iter();
    Some(canonical(&changes.map(|change| change.to_json("kind")).collect()))
}
