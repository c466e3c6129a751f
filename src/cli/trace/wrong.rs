//! What is asked about: everything, a campaign, or items or versions by name.

use serde::Deserialize;
use serde_json::{Value, json};

use super::DOCUMENT;
use super::moment::ReadAt;
use crate::cli::client::Client;
use crate::cli::failure::{Failure, Result};
use crate::domain::id::ItemId;
use crate::domain::reference::Reference;

/// The API's input `WrongInput`. Names are resolved at the moment that is read at.
pub(super) async fn asked(
    client: &Client,
    read_at: &ReadAt,
    refs: &[String],
    commit: Option<u64>,
) -> Result<Value> {
    if let Some(seq) = commit {
        return Ok(json!({"commit": format!("commit:{seq}")}));
    }
    if refs.is_empty() {
        return Ok(json!({"all": {}}));
    }
    let (mut items, mut versions) = (Vec::new(), Vec::new());
    for text in refs {
        match named(text)? {
            Named::Item(id) => items.push(id.to_string()),
            Named::Version => versions.push(resolve(client, read_at, text).await?),
        }
    }
    match (items.is_empty(), versions.is_empty()) {
        (_, true) => Ok(json!({"items": items})),
        (true, false) => Ok(json!({"versions": versions})),
        (false, false) => Err(Failure::usage("items and versions are named together")
            .hint("ask about items (namespace/KIND/key), or about versions (…/key#2), in one go")),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Named {
    Item(ItemId),
    Version,
}

/// Whether a text names an item or a version.
fn named(text: &str) -> Result<Named> {
    if let Ok(id) = text.parse::<ItemId>() {
        return Ok(Named::Item(id));
    }
    match text.parse::<Reference>() {
        Ok(Reference::Item { whole, split: None }) => Ok(Named::Item(whole.id())),
        Ok(_) => Ok(Named::Version),
        Err(malformed) => Err(Failure::usage(malformed.to_string())
            .hint("an item looks like mnist/LABEL/test/00947, a version like mnist/LABEL/test/00947#1")),
    }
}

async fn resolve(client: &Client, read_at: &ReadAt, text: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Data {
        at: At,
    }
    #[derive(Deserialize)]
    struct At {
        resolve: Resolved,
    }
    #[derive(Deserialize)]
    struct Resolved {
        id: String,
    }
    let variables = json!({"seq": read_at.seq, "ref": text});
    Ok(client.ask::<Data>(DOCUMENT, "Version", variables).await?.at.resolve.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_key_is_an_item_and_anything_closer_a_version() {
        let item = named("mnist/LABEL/test/00947").unwrap();
        assert!(matches!(item, Named::Item(id) if named(&id.to_string()).unwrap() == Named::Item(id)));
        for version in ["mnist/LABEL/test/00947#1", "mnist/TRAINING_SET/test-set@current", "0123abcd"] {
            assert_eq!(named(version).unwrap(), Named::Version, "{version}");
        }
        for neither in ["mnist", "mnist/label/x", "item:12", ""] {
            assert!(named(neither).is_err(), "{neither}");
        }
    }
}
