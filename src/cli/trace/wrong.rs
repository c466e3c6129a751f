//! The subject of the question: everything, a campaign, or items or versions by name.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::shared::affected::DOCUMENT;
use crate::cli::shared::client::Client;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::moment::ReadAt;
use crate::domain::id::ItemId;
use crate::domain::names::moment;
use crate::domain::names::reference::Reference;

/// Returns the API's input `WrongInput`. The API resolves names at the moment of the view.
pub(super) async fn asked(
    client: &Client,
    at: &ReadAt,
    refs: &[String],
    commit: Option<u64>,
) -> Result<Value> {
    if let Some(seq) = commit {
        return Ok(json!({"commit": format!("commit:{seq}")}));
    }
    if refs.is_empty() {
        return Ok(json!({"all": {}}));
    }
    let mut kinds = Vec::with_capacity(refs.len());
    for text in refs {
        kinds.push(match kind(text)? {
            // A key may contain `@` and `#`: an existing item has precedence, as in the API.
            SubjectKind::Either if is_item(client, at, text).await? => SubjectKind::Item,
            SubjectKind::Either => SubjectKind::Version,
            kind => kind,
        });
    }
    together(&kinds, refs)
}

fn together(kinds: &[SubjectKind], refs: &[String]) -> Result<Value> {
    if kinds.iter().all(|kind| *kind == SubjectKind::Item) {
        Ok(json!({"items": refs}))
    } else if kinds.iter().all(|kind| *kind == SubjectKind::Version) {
        Ok(json!({"versions": refs}))
    } else {
        Err(Failure::usage("expected only items or only versions, found both")
            .hint("ask about items (namespace/KIND/key) and versions (…/key#2) in separate commands"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SubjectKind {
    Item,
    Version,
    /// A version by tag or number, or an item with such a key.
    Either,
}

/// Classifies a text as the name of an item or of a version.
fn kind(text: &str) -> Result<SubjectKind> {
    if moment::strip(text).parse::<ItemId>().is_ok() {
        return Ok(SubjectKind::Item);
    }
    match text.parse() {
        Ok(Reference::Item { split: None, .. }) => Ok(SubjectKind::Item),
        Ok(Reference::Item { whole: Some(_), split: Some(_) }) => Ok(SubjectKind::Either),
        Ok(_) => Ok(SubjectKind::Version),
        Err(malformed) => Err(Failure::usage(malformed.to_string())
            .hint("an item looks like mnist/LABEL/test/00947, a version like mnist/LABEL/test/00947#1")),
    }
}

async fn is_item(client: &Client, at: &ReadAt, text: &str) -> Result<bool> {
    #[derive(Deserialize)]
    struct ItemData {
        at: ItemView,
    }
    #[derive(Deserialize)]
    struct ItemView {
        item: Option<Value>,
    }
    let found: ItemData = client.ask(DOCUMENT, "Item", json!({"seq": at.seq, "id": text})).await?;
    Ok(found.at.item.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_key_is_an_item_and_anything_closer_a_version_unless_there_is_such_a_key() {
        let id = format!("item:{}", "0".repeat(64));
        for item in ["mnist/LABEL/test/00947", &id] {
            assert_eq!(kind(item).unwrap(), SubjectKind::Item, "{item}");
        }
        for either in
            ["mnist/LABEL/test/00947#1", "mnist/TRAINING_SET/test-set@current", "mail/LABEL/ada@example.org"]
        {
            assert_eq!(kind(either).unwrap(), SubjectKind::Either, "{either}");
        }
        assert_eq!(kind("0123abcd").unwrap(), SubjectKind::Version);
        for neither in ["mnist", "mnist/label/x", "item:12", ""] {
            assert!(kind(neither).is_err(), "{neither}");
        }
    }

    #[test]
    fn a_mixture_is_refused() {
        let refs = ["a".to_owned(), "b".to_owned()];
        assert_eq!(together(&[SubjectKind::Item, SubjectKind::Item], &refs).unwrap(), json!({"items": refs}));
        assert_eq!(
            together(&[SubjectKind::Version, SubjectKind::Version], &refs).unwrap(),
            json!({"versions": refs})
        );
        let mixed = together(&[SubjectKind::Item, SubjectKind::Version], &refs).unwrap_err();
        assert_eq!(
            mixed.to_string().lines().next(),
            Some("error: expected only items or only versions, found both")
        );
    }
}
