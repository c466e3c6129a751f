//! Roles of edges that the rules assign.

/// The role under which a pin of a training set is followed.
pub const MEMBER: &str = "MEMBER";
