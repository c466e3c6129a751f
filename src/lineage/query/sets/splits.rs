//! Splits by name. A name that a set version does not have is an error, not a split without
//! members.

use std::collections::BTreeSet;

use crate::domain::invalid::Invalid;
use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::index::names::Name;

/// The most splits that an error message lists.
const MOST: usize = 20;

impl At<'_> {
    /// The split with this name, in which one of the members of some set versions must be. The first
    /// of the sets is named in the error.
    ///
    /// # Errors
    /// [`Invalid::Refused`], with the existing splits.
    pub fn split(self, sets: &[VersionNo], split: &str) -> Result<Name, Invalid> {
        let members = || sets.iter().flat_map(|set| self.members(*set));
        if let Some(name) = self.name(split).filter(|name| members().any(|stay| stay.split == *name)) {
            return Ok(name);
        }
        let found: BTreeSet<Name> = members().map(|stay| stay.split).collect();
        let mut found: Vec<&str> = found.into_iter().map(|name| self.index().text(name)).collect();
        found.sort_unstable();
        let more = if found.len() > MOST { ", …" } else { "" };
        found.truncate(MOST);
        let set = sets.first().map(|set| format!("{}#{}", self.key(self.item_of(*set)), self.number(*set)));
        let set = set.unwrap_or_default();
        let found = match found[..] {
            [] => "no members at all".to_owned(),
            _ => format!("the splits {}{more}", found.join(", ")),
        };
        Err(Invalid::refused(format!(
            "expected a split of {set}, but none of its members is in {split:?}: found {found}; splits are written as they \
             were given, also in upper and lower case"
        )))
    }
}
