//! `item`: item keys. These rows are not read back; the index knows items from the facts.

use surrealdb::types::Value;

use super::{RowBuilder, named};
use crate::domain::item::ItemKey;

pub(crate) const TABLE: &str = "item";

pub(crate) fn row(item: &ItemKey) -> Value {
    RowBuilder::new(named(TABLE, item.id().hex()))
        .text("namespace", item.namespace.as_str())
        .text("kind", item.kind.name())
        .text("key", item.key())
        .finish()
}
