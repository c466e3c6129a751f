//! Input formats. Each reads records from the files of one tool.

mod detect;
pub(super) mod formats;
pub(super) mod input;
mod other_content;
mod table;
