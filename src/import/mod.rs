//! Imports: from records, or the samples of an export, to commits.
//!
//! Every input becomes the same records (`record`), which become a stream of atomic commits
//! (`pipeline`). Files of records are lists of changes; each commit is identified by a digest of
//! the file up to its end, so an interrupted import continues where it stopped. Exports of
//! labelling tools describe a state: their images and labels are recognised (`samples`) and
//! compared with the store (`reimport`). The caller reads the input, which may be in another process.

pub(crate) mod error;
pub(crate) mod findings;
pub(crate) mod importer;
pub(crate) mod pipeline;
pub(crate) mod record;
pub(crate) mod reimport;
pub(crate) mod report;
pub(crate) mod samples;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod unstored;
