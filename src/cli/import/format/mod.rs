//! Input formats. Each reads records from the files of one tool.

mod detect;
pub(super) mod formats;
pub(super) mod input;

pub(super) mod lines;
pub(super) mod ndjson;
mod other_content;
mod table;
