//! Roles of edges that the rules themselves give.

/// The role under which a pin of a training set is followed.
pub const MEMBER: &str = "MEMBER";
