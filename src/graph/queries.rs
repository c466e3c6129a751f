//! Every query there is. Values are bound, never written into a text.

/// The namespace and the database.
pub(super) const NAME: &str = "stemma";

/// Makes the namespace and the database on first use.
pub(super) const SPACE: &str =
    "DEFINE NAMESPACE IF NOT EXISTS stemma; USE NS stemma; DEFINE DATABASE IF NOT EXISTS stemma;";

/// Makes the namespace of a server.
pub(super) const NAMESPACE: &str = "DEFINE NAMESPACE IF NOT EXISTS $name";

/// Makes the database of a server.
pub(super) const DATABASE: &str = "DEFINE DATABASE IF NOT EXISTS $name";

/// The table that says what the store is; defined before anything is known of the store.
pub(super) const META: &str = "DEFINE TABLE IF NOT EXISTS meta SCHEMALESS;";

/// All tables.
pub(super) const SCHEMA: &str = include_str!("schema.surql");

/// Writes the format of a new store.
pub(super) const FORMAT: &str = "INSERT INTO meta $row RETURN NONE";

/// Writes what all processes on one store are to agree on, unless it is there.
pub(super) const AGREE: &str = "INSERT IGNORE INTO meta $row RETURN NONE";

/// Writes who asks to write first.
pub(super) const WAY: &str = "UPSERT meta:way CONTENT $row RETURN NONE";

/// Who asks to write first.
pub(super) const WHOSE_WAY: &str = "SELECT * FROM meta:way";

/// Something to write where nothing else is to be written: how often the store was not closed in order.
pub(super) const SEAL: &str = "UPSERT meta:sealed SET times += 1 RETURN NONE";

/// Says up to which commit the store is being restored, or that it is whole.
pub(super) const RESTORING: &str = "UPSERT meta:restoring CONTENT $row RETURN NONE";

/// How an append begins.
///
/// `OPTION IMPORT` keeps the engine from evaluating the tripwire events for every row: they cost a third of the
/// time, and an append only inserts. An existing id is an error all the same.
pub(super) const BEGIN: &str = "OPTION IMPORT; BEGIN";

/// How an append ends.
pub(super) const COMMIT: &str = "COMMIT";

/// The insertion of rows that are bound under a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Insert {
    /// The statement.
    pub(super) text: &'static str,
    /// The name of the rows in it.
    pub(super) rows: &'static str,
}

macro_rules! insert {
    ($what:literal, $rows:literal) => {
        Insert { text: concat!($what, " $", $rows, " RETURN NONE"), rows: $rows }
    };
}

/// Payloads; named by their content, so they may exist already.
pub(super) const BLOBS: Insert = insert!("INSERT IGNORE INTO blob", "blobs");
/// What ran; named by its content, so it may exist already.
pub(super) const ACTIVITIES: Insert = insert!("INSERT IGNORE INTO activity", "activities");
/// New items.
pub(super) const ITEMS: Insert = insert!("INSERT INTO item", "items");
/// New versions.
pub(super) const VERSIONS: Insert = insert!("INSERT INTO version", "versions");
/// Members of training set versions.
pub(super) const CHUNKS: Insert = insert!("INSERT INTO member_chunk", "chunks");
/// Derivations said later.
pub(super) const ASSERTED: Insert = insert!("INSERT RELATION INTO derived_from", "asserted");
/// Statements.
pub(super) const STATEMENTS: Insert = insert!("INSERT INTO statement", "statements");
/// Tag moves.
pub(super) const TAGS: Insert = insert!("INSERT INTO tag_move", "tags");
/// The commits themselves.
pub(super) const COMMITS: Insert = insert!("INSERT INTO commit", "commits");

/// Rows by one id or a list of ids; those that do not exist are left out. Without a limit, which would make the engine
/// hand the rows from one of its tasks to another.
pub(super) const ROWS: &str = "SELECT * FROM $ids";

/// Rows by one range of ids.
pub(super) const RANGE: &str = "SELECT * FROM $ids LIMIT $limit";

/// The light part of commits.
pub(super) const NOTES: &str = "SELECT id, time, author, message FROM $ids";
