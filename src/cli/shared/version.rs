//! Versions and items as the API names them.

use serde::Deserialize;
use serde_json::Value;

/// A version with its item and attributes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NamedVersion {
    pub id: String,
    pub number: u64,
    pub item: NamedItem,
    #[serde(default)]
    pub attributes: Value,
    /// True if it is known to be wrong; false if that was not requested.
    #[serde(default)]
    pub wrong: bool,
    /// The statements about it, oldest first; empty if they were not requested.
    #[serde(default)]
    pub statements: Vec<VersionStatement>,
}

/// A statement about a version.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct VersionStatement {
    pub(super) place: u32,
    pub commit: StatementCommit,
    pub kind: String,
    pub reason: String,
    pub author: String,
}

/// The commit of a statement.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StatementCommit {
    pub seq: String,
    pub time: String,
}

impl VersionStatement {
    /// Returns the id of the statement without a moment.
    pub(crate) fn id(&self) -> String {
        format!("statement:{}.{}", self.commit.seq, self.place)
    }
}

/// An item's identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct NamedItem {
    pub namespace: String,
    pub kind: String,
    pub key: String,
}

impl NamedVersion {
    /// Returns `namespace/KIND/key#number`, as the command line takes it.
    pub(crate) fn reference(&self) -> String {
        format!("{}/{}/{}#{}", self.item.namespace, self.item.kind, self.item.key, self.number)
    }

    /// Returns the statement that makes it wrong: the first since it was last reinstated.
    pub(crate) fn statement_in_force(&self) -> Option<&VersionStatement> {
        let reinstated = self.statements.iter().rposition(|statement| statement.kind == "REINSTATES");
        self.statements.get(reinstated.map_or(0, |place| place + 1))
    }
}
