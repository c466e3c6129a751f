//! All queries. Values are bound, never written into the text.

/// The name of the namespace and the database.
pub(super) const NAME: &str = "stemma";

/// Creates the namespace and the database on first use.
pub(super) const SPACE: &str =
    "DEFINE NAMESPACE IF NOT EXISTS stemma; USE NS stemma; DEFINE DATABASE IF NOT EXISTS stemma;";

/// Creates the namespace on a server.
pub(super) const NAMESPACE: &str = "DEFINE NAMESPACE IF NOT EXISTS $name";

/// Creates the database on a server.
pub(super) const DATABASE: &str = "DEFINE DATABASE IF NOT EXISTS $name";

/// The table with facts about the store; defined before anything is known about the store.
pub(super) const META: &str = "DEFINE TABLE IF NOT EXISTS meta SCHEMALESS;";

/// All tables.
pub(super) const SCHEMA: &str = include_str!("rows/schema.surql");

/// Writes the format of a new store.
pub(super) const FORMAT: &str = "INSERT INTO meta $row RETURN NONE";

/// Writes a value that all processes on one store share, unless it exists.
pub(super) const AGREE: &str = "INSERT IGNORE INTO meta $row RETURN NONE";

/// Writes the process that requests write priority.
pub(super) const WRITE_PRIORITY: &str = "UPSERT meta:way CONTENT $row RETURN NONE";

/// Reads the process that requests write priority.
pub(super) const READ_PRIORITY: &str = "SELECT * FROM meta:way";

/// Marks the store as being restored up to a commit, or as complete.
pub(super) const RESTORING: &str = "UPSERT meta:restoring CONTENT $row RETURN NONE";

/// Notes the last commit whose rows are in a projection.
pub(super) const PROJECTED: &str = "UPSERT meta:projected CONTENT $mark RETURN NONE";

/// Begins an append.
///
/// `OPTION IMPORT` keeps the engine from evaluating the tripwire events for every row: they cost a
/// third of the time, and an append only inserts. An existing id is still an error.
pub(super) const BEGIN: &str = "OPTION IMPORT; BEGIN";

/// Ends an append.
pub(super) const COMMIT: &str = "COMMIT";

/// The insertion of rows that are bound to a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Insert {
    /// The statement.
    pub(super) text: &'static str,
    /// The name to which its rows are bound.
    pub(super) rows: &'static str,
}

macro_rules! insert {
    ($what:literal, $rows:literal) => {
        Insert { text: concat!($what, " $", $rows, " RETURN NONE"), rows: $rows }
    };
}

/// Payloads; their ids are content digests, so they may exist already.
pub(super) const BLOBS: Insert = insert!("INSERT IGNORE INTO blob", "blobs");
/// Activities; their ids are content digests, so they may exist already.
pub(super) const ACTIVITIES: Insert = insert!("INSERT IGNORE INTO activity", "activities");
/// New items.
pub(super) const ITEMS: Insert = insert!("INSERT INTO item", "items");
/// New versions.
pub(super) const VERSIONS: Insert = insert!("INSERT INTO version", "versions");
/// Members of training set versions.
pub(super) const CHUNKS: Insert = insert!("INSERT INTO member_chunk", "chunks");
/// Asserted derivations.
pub(super) const ASSERTED: Insert = insert!("INSERT RELATION INTO derived_from", "asserted");
/// Statements.
pub(super) const STATEMENTS: Insert = insert!("INSERT INTO statement", "statements");
/// Tag moves.
pub(super) const TAGS: Insert = insert!("INSERT INTO tag_move", "tags");
/// Commits.
pub(super) const COMMITS: Insert = insert!("INSERT INTO commit", "commits");

/// Rows by one id or a list of ids; missing ones are left out. There is no limit, because a limit
/// makes the engine pass the rows from one of its tasks to another.
pub(super) const ROWS: &str = "SELECT * FROM $ids";

/// Rows by one range of ids.
pub(super) const RANGE: &str = "SELECT * FROM $ids LIMIT $limit";

/// Commits without their facts.
pub(super) const NOTES: &str = "SELECT id, time, author, message FROM $ids";
