//! How fresh a training set version is.

use async_graphql::SimpleObject;

/// How much of a training set version has been overtaken by what was learnt since.
#[derive(SimpleObject, Clone)]
pub struct Freshness {
    /// The number of versions it stands for: its members, with those of member sets in place of the sets, each once.
    pub member_count: i32,
    /// How many of them are wrong, were made from something wrong, or are in a set that is wrong itself.
    pub wrong_count: i32,
    /// How many of them are no longer their item's head, or are in a set version that no longer is, wrong or not.
    pub superseded_count: i32,
    /// True if no member is wrong or was made from something wrong, and the set version is not wrong itself.
    pub sound: bool,
    /// True if it is sound and every member is its item's head, sets among them included.
    pub fresh: bool,
}
