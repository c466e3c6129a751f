//! Keys of new labels and of predictions.

use std::collections::HashSet;

use super::super::record::fault::Reason;
use super::super::record::naming::ItemNaming;
use super::known::KnownStore;
use super::{LABELS, SampleOptions};
use crate::annotations::model::Label;
use crate::annotations::normal;
use crate::domain::id::ItemId;
use crate::domain::item::{ItemKey, Kind};

/// Keys of new labels.
#[derive(Debug, Default)]
pub(super) struct LabelKeys {
    taken: HashSet<ItemId>,
}

impl LabelKeys {
    /// Notes that a stored label has its item in this import.
    pub(super) fn take(&mut self, item: &ItemKey) {
        self.taken.insert(item.id());
    }

    /// Returns the item of a label that no earlier import has: by its id, if no other label has
    /// it, else by its image and content.
    pub(super) fn new_item(
        &mut self,
        label: &Label,
        image: &ItemKey,
        options: &SampleOptions,
        known: Option<&KnownStore>,
    ) -> Result<ItemKey, Reason> {
        let naming = &options.naming;
        if options.labels_by_image {
            return ItemKey::new(naming.namespace.clone(), Kind::Label, image.key())
                .map_err(|malformed| Reason::record(malformed.to_string()));
        }
        let mut is_free =
            |item: &ItemKey| known.is_none_or(|known| !known.has(item)) && self.taken.insert(item.id());
        if let Some(id) = label.id.as_ref().filter(|_| !options.keys_by_image) {
            let item = naming.item(Kind::Label, "id", &format!("{LABELS}{id}"))?;
            if is_free(&item) {
                return Ok(item);
            }
        }
        let image = image.key().strip_prefix(&naming.prefix).unwrap_or(image.key());
        let content = short_digest(label);
        let mut number = 1_u64;
        loop {
            let copy = if number == 1 { String::new() } else { format!("-{number}") };
            let item = naming.item(Kind::Label, "id", &format!("{LABELS}{image}/{content}{copy}"))?;
            if is_free(&item) {
                return Ok(item);
            }
            number += 1;
        }
    }

    /// Returns the item of a prediction: by its id, else by its image and content. Equal predictions
    /// of an image are numbered.
    pub(super) fn prediction(
        &mut self,
        label: &Label,
        image: &ItemKey,
        naming: &ItemNaming,
        start: &str,
    ) -> Result<ItemKey, Reason> {
        if let Some(id) = &label.id {
            return naming.item(Kind::Derived, "id", &format!("{start}{id}"));
        }
        let image = image.key().strip_prefix(&naming.prefix).unwrap_or(image.key());
        let content = short_digest(label);
        self.first_free(|copy| naming.item(Kind::Derived, "id", &format!("{start}{image}/{content}{copy}")))
    }

    /// Returns the first item of `named` that no label of this import has. `named` takes what follows
    /// the key: nothing, `-2`, `-3`.
    fn first_free(&mut self, named: impl Fn(&str) -> Result<ItemKey, Reason>) -> Result<ItemKey, Reason> {
        let mut item = named("")?;
        let mut number = 1_u64;
        while !self.taken.insert(item.id()) {
            number += 1;
            item = named(&format!("-{number}"))?;
        }
        Ok(item)
    }
}

/// Returns twelve hexadecimal digits that equal labels share.
fn short_digest(label: &Label) -> String {
    normal::digest(&label.fields)[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}
