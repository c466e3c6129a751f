//! Paths between two versions, and the completeness of the list.

use async_graphql::SimpleObject;

use super::super::Path;
use crate::api::page::ReadInfo;

/// Paths between two versions.
#[derive(SimpleObject, Clone)]
pub struct PathAnswer {
    /// The paths, shortest first; empty if there is none.
    pub paths: Vec<Path>,
    /// True if there are certainly no other paths. False if there are more than `k`, or if the
    /// search stopped before it knew.
    pub exhaustive: bool,
    /// The moment that was read. If it is not complete, the search stopped early: these are
    /// shortest paths, but there may be more than were returned.
    pub info: ReadInfo,
}
