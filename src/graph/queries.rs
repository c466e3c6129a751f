//! Every query there is. Values are bound, never written into a text.

/// The namespace and the database.
pub(super) const NAME: &str = "stemma";

/// Makes the namespace and the database on first use.
pub(super) const SPACE: &str =
    "DEFINE NAMESPACE IF NOT EXISTS stemma; USE NS stemma; DEFINE DATABASE IF NOT EXISTS stemma;";

/// The table that says what the store is; defined before anything is known of the store.
pub(super) const META: &str = "DEFINE TABLE IF NOT EXISTS meta SCHEMALESS;";

/// All tables.
pub(super) const SCHEMA: &str = include_str!("schema.surql");

/// Writes the format of a new store.
pub(super) const FORMAT: &str = "INSERT INTO meta $row RETURN NONE";

/// One append.
///
/// `OPTION IMPORT` keeps the engine from evaluating the tripwire events for every row: they cost a third of the
/// time, and an append only inserts. An existing id is an error all the same, but for the two tables whose rows
/// are named by their content and may be named again.
pub(super) const APPEND: &str = "
    OPTION IMPORT;
    BEGIN;
    INSERT IGNORE INTO blob $blobs RETURN NONE;
    INSERT IGNORE INTO activity $activities RETURN NONE;
    INSERT INTO item $items RETURN NONE;
    INSERT INTO version $versions RETURN NONE;
    INSERT INTO member_chunk $chunks RETURN NONE;
    INSERT RELATION INTO derived_from $asserted RETURN NONE;
    INSERT INTO statement $statements RETURN NONE;
    INSERT INTO tag_move $tags RETURN NONE;
    INSERT INTO commit $commits RETURN NONE;
    COMMIT;
";

/// The first result of [`APPEND`] that is inside its transaction: `OPTION` has none, `BEGIN` has one.
pub(super) const APPEND_FIRST: usize = 1;

/// Rows by one id, a list of ids, or one range of ids; those that do not exist are left out.
pub(super) const ROWS: &str = "SELECT * FROM $ids LIMIT $limit";

/// The light part of commits.
pub(super) const NOTES: &str = "SELECT id, time, author, message FROM $ids LIMIT $limit";
