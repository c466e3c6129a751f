//! `tag_move`: tags set and removed. These rows are not read back; the index knows tags from the
//! facts.

use surrealdb::types::Value;

use super::{RowBuilder, item, named, placed, version_link};
use crate::domain::log::entry::TagMove;

pub(crate) const TABLE: &str = "tag_move";

pub(crate) fn row(tag: &TagMove) -> Value {
    RowBuilder::new(placed(TABLE, tag.seq, tag.place))
        .text("name", tag.name.as_str())
        .flag("alias", tag.alias)
        .value("item", Value::RecordId(named(item::TABLE, tag.item.hex())))
        .value("version", version_link(&tag.version))
        .flag("set", tag.set)
        .finish()
}
