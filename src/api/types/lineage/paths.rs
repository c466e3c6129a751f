//! Paths, with what is known of those that are not among them.

use async_graphql::SimpleObject;

use super::super::Path;
use crate::api::page::ReadInfo;

/// Ways between two versions.
#[derive(SimpleObject, Clone)]
pub struct PathAnswer {
    /// The ways, shortest first; none where there is no way.
    pub paths: Vec<Path>,
    /// Whether it is known that there are no others. False where there are more than `k`, and where the search had to
    /// stop before it knew.
    pub exhaustive: bool,
    /// What was read. Where it is not complete, the search had to stop: the paths are shortest ones all the same, but
    /// fewer than asked for, though there may be more.
    pub info: ReadInfo,
}
