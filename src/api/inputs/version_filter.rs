//! Filters over versions.

use async_graphql::{InputObject, Result};

use super::filter::{AttributeFilter, predicates};
use super::read::{MAX_LIST, limit};
use crate::api::enums::ItemKind;
use crate::api::errors;
use crate::domain::item::{Kind, Namespace};
use crate::domain::numbers::VersionNo;
use crate::domain::search::selection::Predicate;
use crate::lineage::At;

/// Which versions are meant. Every part narrows; a part left out does not; an empty list means none.
#[derive(InputObject, Clone, Default)]
pub struct VersionFilter {
    /// Of items of one of these kinds.
    pub kinds: Option<Vec<ItemKind>>,
    /// Of items in one of these namespaces.
    pub namespaces: Option<Vec<String>>,
    /// Of items whose key starts so.
    pub key_prefix: Option<String>,
    /// With one of these tags.
    pub tags: Option<Vec<String>>,
    /// Wrong, or not wrong.
    pub wrong: Option<bool>,
    /// The item's current version, or not.
    pub is_head: Option<bool>,
    /// With an attribute that passes.
    pub attribute: Option<AttributeFilter>,
    /// With attributes that pass, all of them; at most 32 conditions.
    pub attributes: Option<Vec<AttributeFilter>>,
}

/// A filter whose words were checked. Its lists are in order.
pub struct Prepared {
    kinds: Option<Vec<Kind>>,
    namespaces: Option<Vec<Namespace>>,
    attributes: Option<Vec<Predicate>>,
    filter: VersionFilter,
}

impl VersionFilter {
    /// Checks the words of the filter.
    ///
    /// # Errors
    /// BAD_USER_INPUT, also for a condition that asks nothing; LIMIT_EXCEEDED for too long a list.
    pub fn prepare(mut self) -> Result<Prepared> {
        limit("kinds of one filter", self.kinds.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        limit("namespaces of one filter", self.namespaces.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        limit("tags of one filter", self.tags.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        let kinds = self.kinds.as_ref().map(|kinds| kinds.iter().map(|kind| Kind::from(*kind)).collect());
        let parse = |names: &Vec<String>| {
            names.iter().map(|name| name.parse()).collect::<std::result::Result<_, _>>()
        };
        let namespaces =
            self.namespaces.as_ref().map(parse).transpose().map_err(|error| errors::malformed(&error))?;
        self.tags = self.tags.map(in_order);
        let attributes = predicates(self.attribute.take(), self.attributes.take())?;
        let (kinds, namespaces) = (kinds.map(in_order), namespaces.map(in_order));
        Ok(Prepared { kinds, namespaces, attributes, filter: self })
    }
}

fn in_order<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}

impl Prepared {
    /// Whether the filter finds a version.
    #[must_use]
    pub fn finds(&self, at: At<'_>, version: VersionNo) -> bool {
        let key = at.key(at.item_of(version));
        let filter = &self.filter;
        self.kinds.as_ref().is_none_or(|kinds| kinds.binary_search(&key.kind).is_ok())
            && self
                .namespaces
                .as_ref()
                .is_none_or(|namespaces| namespaces.binary_search(&key.namespace).is_ok())
            && filter.key_prefix.as_ref().is_none_or(|prefix| key.key().starts_with(prefix.as_str()))
            && filter.is_head.is_none_or(|head| at.is_head(version) == head)
            && filter.wrong.is_none_or(|wrong| at.wrong(version).is_some() == wrong)
            && filter.tags.as_ref().is_none_or(|tags| at.carries(version, tags))
            // As any empty list, one without conditions finds nothing.
            && self.attributes.as_ref().is_none_or(|conditions| {
                !conditions.is_empty() && conditions.iter().all(|one| at.passes(version, one))
            })
    }
}
