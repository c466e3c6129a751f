//! Evidence about the ids of a file: whether the tool numbered labels again.

use super::known::KnownStore;
use super::source::SampleSource;
use crate::annotations::reader::ReadStop;
use crate::domain::item::ItemKey;

/// An id of the file that is the one of a label of another image.
pub(super) struct Contradiction {
    /// The number of such ids.
    pub count: u64,
    /// The first of them.
    pub id: String,
    /// The image that it belongs to in the file.
    pub image: String,
    /// The image that it belongs to in the store.
    pub stored: ItemKey,
}

/// Compares the ids of a file with those of earlier imports. An id that is the one of a label of
/// another image contradicts that ids are stable: the tool numbers labels again in each export.
pub(super) fn contradiction(
    source: &mut dyn SampleSource,
    known: &KnownStore,
) -> Result<Option<Contradiction>, ReadStop> {
    let mut found: Option<Contradiction> = None;
    source.ids(&mut |image, id| {
        let Some(stored) = known.image_of_id(id) else { return };
        let names = KnownStore::keys_of_name(image);
        if names.iter().any(|name| name == known.key_of(&stored)) || names.contains(&known.name_of(&stored)) {
            return;
        }
        match &mut found {
            Some(found) => found.count += 1,
            None => {
                let (id, image) = (id.to_owned(), image.to_owned());
                found = Some(Contradiction { count: 1, id, image, stored });
            }
        }
    })?;
    Ok(found)
}
