//! Payloads: that they are stored, and are what is said of them.

use serde_json::Value;

use super::Planner;
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::Digest;
use crate::domain::invalid::Invalid;
use crate::domain::media::{ImageSize, may_be};
use crate::domain::version::Content;
use crate::domain::write::world::World;

impl<W: World> Planner<'_, W> {
    /// Looks at the payload that a change itself names, and records an image's size where that is asked for. What comes back
    /// from an older version was looked at then.
    pub(super) fn judge_payload(
        &self,
        named: Option<Digest>,
        measure: Option<Measure>,
        content: &mut Content,
    ) -> Result<(), Invalid> {
        let Some(payload) = named else {
            return match measure {
                Some(_) => Err(Invalid::refused(
                    "`recordImageSize` measures a payload, but none is given; give it, or leave `recordImageSize` out",
                )),
                None => Ok(()),
            };
        };
        if !self.given.blobs.contains_key(&payload) {
            return Err(Invalid::not_found("payload", payload));
        }
        let tells = self.given.media.get(&payload).copied();
        if let (Some(said), Some(tells)) = (&content.media_type, tells)
            && !may_be(said, tells)
        {
            return Err(Invalid::refused(format!(
                "`mediaType` says {said}, but the bytes of {payload} are {}; put the media type or the payload right",
                tells.media_type
            )));
        }
        if let Some(measure) = measure {
            let size = tells.and_then(|tells| tells.size).ok_or_else(|| {
                Invalid::refused(format!(
                    "the first bytes of {payload} tell no image size; give `width` and `height` as attributes, and leave \
                     `recordImageSize` out"
                ))
            })?;
            content.attributes = measured(&content.attributes, measure, size)?;
        }
        Ok(())
    }
}

/// What becomes of a width or height that stands among the attributes already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// The same change said it: it must be right.
    Check,
    /// It was that of an older payload.
    Replace,
}

/// The attributes with the image's size among them.
fn measured(attributes: &Attributes, measure: Measure, size: ImageSize) -> Result<Attributes, Invalid> {
    let mut map = attributes.to_map();
    for (name, pixels) in [("width", size.width), ("height", size.height)] {
        let said = map.insert(name.to_owned(), pixels.into());
        if let Some(said) = said.filter(|said| measure == Measure::Check && *said != pixels) {
            return Err(Invalid::refused(format!(
                "the attribute `{name}` says {said}, but the image has {pixels}; put it right, or leave it to `recordImageSize`"
            )));
        }
    }
    Ok(Attributes::new(&Value::Object(map))?)
}
