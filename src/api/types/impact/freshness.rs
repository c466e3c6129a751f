//! The freshness of a training set version.

use async_graphql::SimpleObject;

/// The freshness of a training set version: members that have become wrong or superseded.
#[derive(SimpleObject, Clone)]
pub struct Freshness {
    /// The number of its members, with the members of member sets in place of the sets, each once.
    pub member_count: i32,
    /// The number of these that are wrong, were made from something wrong, or are in a set that is
    /// wrong itself.
    pub wrong_count: i32,
    /// The number of these that are no longer their item's head, or are in a set version that no
    /// longer is, wrong or not.
    pub superseded_count: i32,
    /// True if no member is wrong or was made from something wrong, and the set version is not
    /// wrong itself.
    pub sound: bool,
    /// True if it is sound and every member is its item's head, member sets included.
    pub fresh: bool,
}
