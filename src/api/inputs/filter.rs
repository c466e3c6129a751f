//! Which items are meant.

use async_graphql::{InputObject, Result};

use super::read::{MAX_LIST, limit};
use crate::api::enums::ItemKind;
use crate::api::errors;
use crate::api::scalars::Json;
use crate::domain::attributes::{Leaf, check_value, leaf, split_path};
use crate::domain::item::{Kind, Namespace};
use crate::domain::proposal::Selection;

/// Which items are meant. Every field narrows; an absent one does not; an empty list finds nothing.
#[derive(InputObject, Debug, Clone, Default)]
pub struct ItemFilter {
    /// In one of these namespaces.
    pub namespaces: Option<Vec<String>>,
    /// Of one of these kinds.
    pub kinds: Option<Vec<ItemKind>>,
    /// With a key that starts so.
    pub key_prefix: Option<String>,
    /// With a current version that carries one of these tags.
    pub tags: Option<Vec<String>>,
    /// With a current version that has this attribute value.
    pub attribute: Option<AttributeFilter>,
}

/// One attribute and the value it has.
#[derive(InputObject, Debug, Clone)]
pub struct AttributeFilter {
    /// The names from the outside in, separated by dots; a dot inside a name is written `\.`.
    pub path: String,
    /// The whole value at that path.
    pub equals: Json,
}

impl ItemFilter {
    /// The search that is meant, at no particular moment.
    ///
    /// # Errors
    /// BAD_USER_INPUT; LIMIT_EXCEEDED for too long a list.
    pub fn selection(self) -> Result<Selection> {
        let Self { namespaces, kinds, key_prefix, tags, attribute } = self;
        limit("namespaces of one filter", namespaces.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        limit("kinds of one filter", kinds.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        limit("tags of one filter", tags.as_ref().map_or(0, Vec::len), MAX_LIST)?;
        let namespaces = namespaces
            .map(|names| names.iter().map(|name| name.parse()).collect::<Result<Vec<Namespace>, _>>())
            .transpose()
            .map_err(|error| errors::malformed(&error))?;
        let kinds = kinds.map(|kinds| kinds.into_iter().map(Kind::from).collect());
        let leaf = attribute.map(|attribute| attribute.leaf()).transpose()?;
        Ok(Selection { namespaces, kinds, key_prefix, tags, leaf, at: None })
    }
}

impl AttributeFilter {
    /// The fingerprint under which versions with this attribute are found.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a value that no attribute can have.
    pub fn leaf(&self) -> Result<Leaf> {
        check_value(&self.equals.0).map_err(|error| errors::invalid(&error.into()))?;
        let names = split_path(&self.path);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(leaf(&names, &self.equals.0))
    }
}
