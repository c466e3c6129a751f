//! What is asked about: everything, a campaign, or items or versions by name.

use serde_json::{Value, json};

use crate::cli::failure::{Failure, Result};
use crate::domain::id::ItemId;
use crate::domain::reference::Reference;

/// The API's input `WrongInput`. It takes names as people write them, and resolves them at the moment that is read at.
pub(super) fn asked(refs: &[String], commit: Option<u64>) -> Result<Value> {
    if let Some(seq) = commit {
        return Ok(json!({"commit": format!("commit:{seq}")}));
    }
    if refs.is_empty() {
        return Ok(json!({"all": {}}));
    }
    let kinds = refs.iter().map(|text| kind(text)).collect::<Result<Vec<_>>>()?;
    if kinds.iter().all(|kind| *kind == Kind::Item) {
        Ok(json!({"items": refs}))
    } else if kinds.iter().all(|kind| *kind == Kind::Version) {
        Ok(json!({"versions": refs}))
    } else {
        Err(Failure::usage("items and versions are named together")
            .hint("ask about items (namespace/KIND/key), or about versions (…/key#2), in one go"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Item,
    Version,
}

/// Whether a text names an item or a version.
fn kind(text: &str) -> Result<Kind> {
    if text.parse::<ItemId>().is_ok() {
        return Ok(Kind::Item);
    }
    match text.parse() {
        Ok(Reference::Item { split: None, .. }) => Ok(Kind::Item),
        Ok(_) => Ok(Kind::Version),
        Err(malformed) => Err(Failure::usage(malformed.to_string())
            .hint("an item looks like mnist/LABEL/test/00947, a version like mnist/LABEL/test/00947#1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refs(texts: &[&str]) -> Result<Value> {
        asked(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), None)
    }

    #[test]
    fn a_bare_key_is_an_item_and_anything_closer_a_version() {
        let id = format!("item:{}", "0".repeat(64));
        assert_eq!(
            refs(&["mnist/LABEL/test/00947", &id]).unwrap(),
            json!({"items": ["mnist/LABEL/test/00947", id]})
        );
        for version in ["mnist/LABEL/test/00947#1", "mnist/TRAINING_SET/test-set@current", "0123abcd"] {
            assert_eq!(refs(&[version]).unwrap(), json!({"versions": [version]}));
        }
        for neither in ["mnist", "mnist/label/x", "item:12", ""] {
            assert!(refs(&[neither]).is_err(), "{neither}");
        }
    }

    #[test]
    fn nothing_named_means_everything_and_a_mixture_is_refused() {
        assert_eq!(refs(&[]).unwrap(), json!({"all": {}}));
        assert_eq!(asked(&[], Some(25)).unwrap(), json!({"commit": "commit:25"}));
        let mixed = refs(&["mnist/LABEL/a", "mnist/LABEL/a#1"]).unwrap_err();
        assert_eq!(mixed.to_string().lines().next(), Some("error: items and versions are named together"));
    }
}
