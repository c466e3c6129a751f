//! Payloads: the checks that they are stored and have the declared media type.

use serde_json::Value;

use super::Planner;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::Digest;
use crate::domain::invalid::Invalid;
use crate::domain::media::{ImageSize, may_be};
use crate::domain::version::Content;
use crate::domain::write::world::World;

impl<W: World> Planner<'_, W> {
    /// Checks the payload that a change itself names, and records an image's size if that is
    /// requested. A payload taken over from an older version was checked then.
    pub(super) fn judge_payload(
        &self,
        named: Option<Digest>,
        measure: Option<SizeRule>,
        content: &mut Content,
    ) -> Result<(), Invalid> {
        let Some(payload) = named else {
            return match measure {
                Some(_) => Err(Invalid::refused(
                    "expected a payload to measure for `recordImageSize`, found none; give one, or leave `recordImageSize` out",
                )),
                None => Ok(()),
            };
        };
        if !self.given.blobs.contains_key(&payload) {
            return Err(Invalid::not_found("payload", payload));
        }
        let media = self.given.media.get(&payload).copied();
        if let (Some(said), Some(media)) = (&content.media_type, media)
            && !may_be(said, media)
        {
            return Err(Invalid::refused(format!(
                "expected {payload} to be {said} as in `mediaType`, found {}; correct the media type or the payload",
                media.media_type
            )));
        }
        if let Some(measure) = measure {
            let size = media.and_then(|media| media.size).ok_or_else(|| {
                Invalid::refused(format!(
                    "expected an image size in the first bytes of {payload}, found none; give `width` and `height` as \
                     attributes, and leave `recordImageSize` out"
                ))
            })?;
            content.attributes = measured(&content.attributes, measure, size)?;
        }
        Ok(())
    }
}

/// The treatment of a width or height that is already in the attributes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SizeRule {
    /// It was given in the same change: it must be right.
    Check,
    /// It belongs to an older payload.
    Replace,
}

/// Returns the attributes with the image's size added.
fn measured(attributes: &Attributes, measure: SizeRule, size: ImageSize) -> Result<Attributes, Invalid> {
    let mut map = attributes.to_map();
    for (name, pixels) in [("width", size.width), ("height", size.height)] {
        let said = map.insert(name.to_owned(), pixels.into());
        if let Some(said) = said.filter(|said| measure == SizeRule::Check && *said != pixels) {
            return Err(Invalid::refused(format!(
                "expected the attribute `{name}` to be {pixels} as in the image, found {said}; correct it, or leave it to `recordImageSize`"
            )));
        }
    }
    Ok(Attributes::new(&Value::Object(map))?)
}
