//! Splits by name. A name that a set version does not have is an error, not a split without
//! members.

use std::collections::BTreeSet;

use crate::domain::invalid::Invalid;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::index::names::NameNo;

/// The most splits that an error message lists.
const MOST: usize = 20;

impl At<'_> {
    /// The split with this name, in which one of the members of some set versions must be. The
    /// first of the sets is named in the error.
    ///
    /// # Errors
    /// [`Invalid::Refused`], with the existing splits.
    pub fn split(self, sets: &[VersionNo], split: &str) -> Result<NameNo, Invalid> {
        let members = || sets.iter().flat_map(|set| self.members(*set));
        if let Some(name) = self.name(split).filter(|name| members().any(|interval| interval.split == *name))
        {
            return Ok(name);
        }
        let found: BTreeSet<NameNo> = members().map(|interval| interval.split).collect();
        let mut found: Vec<&str> = found.into_iter().map(|name| self.index().text(name)).collect();
        found.sort_unstable();
        let more = if found.len() > MOST { ", …" } else { "" };
        found.truncate(MOST);
        let set = sets.first().map(|set| format!("{}#{}", self.key(self.item_of(*set)), self.number(*set)));
        let set = set.unwrap_or_default();
        let hint = match found[..] {
            [] => "it has no members".to_owned(),
            _ => format!("use one of {}{more}, with the same upper and lower case", found.join(", ")),
        };
        Err(Invalid::refused(format!("expected a split of {set}, found {split:?}; {hint}")))
    }
}
