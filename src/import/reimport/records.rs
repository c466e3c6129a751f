//! The stored records for the comparison of an export with the store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::id::VersionId;
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::version::{Activity, VersionRecord};

/// The stored records for a comparison.
#[derive(Debug, Default)]
pub(crate) struct StoredRecords {
    versions: HashMap<VersionId, Arc<VersionRecord>>,
    /// Versions that are wrong only because imports retracted them: an export lacked them.
    gone: HashSet<VersionId>,
    /// Versions that something else than an import has retracted.
    retracted: HashSet<VersionId>,
}

/// The stored records that a comparison needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct NeededRecords {
    /// Versions.
    pub versions: Vec<VersionId>,
    /// The statements by which versions are wrong.
    pub statements: Vec<StatementId>,
}

impl StoredRecords {
    /// Creates it from the records of versions and of all statements by which some of them are wrong.
    pub(crate) fn new(versions: Vec<Arc<VersionRecord>>, statements: &[StatementRecord]) -> Self {
        let (by_import, others): (Vec<_>, Vec<_>) = statements.iter().partition(|said| {
            said.kind == StatementKind::Retracts && said.activity.as_ref().is_some_and(Activity::is_import)
        });
        let mut gone: HashSet<VersionId> = by_import.iter().map(|said| said.version).collect();
        for said in &others {
            gone.remove(&said.version);
        }
        let retracted = others.iter().filter(|said| said.kind == StatementKind::Retracts);
        let retracted = retracted.map(|said| said.version).collect();
        Self { versions: versions.into_iter().map(|record| (record.id, record)).collect(), gone, retracted }
    }

    /// Returns the record of a version.
    pub(super) fn get(&self, version: &VersionId) -> Option<&VersionRecord> {
        self.versions.get(version).map(AsRef::as_ref)
    }

    /// Returns true if something else than an import has retracted a version.
    pub(super) fn is_retracted(&self, version: &VersionId) -> bool {
        self.retracted.contains(version)
    }

    /// Returns true if a version is wrong only because imports retracted it.
    pub(super) fn is_gone(&self, version: &VersionId) -> bool {
        self.gone.contains(version)
    }
}

impl NeededRecords {
    /// Adds those that another record needs.
    pub(crate) fn add(&mut self, more: Self) {
        self.versions.extend(more.versions);
        self.statements.extend(more.statements);
    }
}
