//! Input formats. Each reads records from the files of one tool.

mod coco;
mod detect;
mod elements;
pub(super) mod formats;
mod images;
pub(super) mod input;
mod label_studio;
pub(super) mod labelling_export;
mod lines;
pub(super) mod ndjson;
mod table;
