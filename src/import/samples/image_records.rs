//! The records of images, and of the further files of tasks.

use super::super::record::Record;
use super::super::record::fault::Reason;
use super::super::record::overflow::JSON;
use super::super::record::reader::ReadStop;
use super::before::VersionsBefore;
use super::files::FoundBytes;
use super::images::ImageContext;
use super::{SampleRecords, version};
use crate::annotations::model::Image;
use crate::domain::id::Digest;
use crate::domain::item::{ItemKey, Kind};
use crate::import::record::payload::ImportPayload;

impl SampleRecords {
    /// Adds the record of an image, and returns its item; `None` if its file is not imported.
    pub(super) fn image(&mut self, image: &Image, bytes: FoundBytes) -> Result<Option<ItemKey>, ReadStop> {
        let payload = match bytes {
            FoundBytes::None => None,
            FoundBytes::Payload(payload) => Some(payload),
            FoundBytes::Skipped(what) => {
                self.skipped.note(what, || image.name.clone());
                return Ok(None);
            }
        };
        let at = |reason: Reason| reason.at(image.place.clone());
        self.finder.check(image, payload.as_ref()).map_err(at)?;
        let item = match self.obvious(image, payload.as_ref()).map_err(at)? {
            Some(item) => item,
            None => {
                self.plan(&at)?;
                let item = self.finder.planned(image).map_err(at)?;
                if self.finder.is_ambiguous(&item) {
                    self.findings.ambiguous_images.note(item.clone());
                }
                item
            }
        };
        self.finder.note(image, payload.as_ref(), &item);
        let has_bytes = payload.is_some();
        let before = VersionsBefore::new(self.known.as_ref(), &self.unstored);
        let made = version::image(image, &item, payload, (&self.activity, &self.holds), before);
        let (version, payload) = made.map_err(at)?;
        let is_fields = version.media_type.as_deref() == Some(JSON);
        if !has_bytes && (version.payload.is_none() || is_fields) {
            self.findings.without_bytes.note(item.clone());
        }
        self.picture = version.payload.filter(|_| !is_fields);
        self.push(image.place.clone(), Record::Version(Box::new(version)), payload);
        Ok(Some(item))
    }

    /// Returns the item of an image, if it does not depend on other images.
    fn obvious(&self, image: &Image, payload: Option<&ImportPayload>) -> Result<Option<ItemKey>, Reason> {
        let (naming, known) = (&self.options.naming, self.known.as_ref());
        let is_unchanged = |item: &ItemKey| {
            let stored = payload.zip(known);
            stored.is_some_and(|(payload, known)| {
                version::is_unchanged(image, item, payload, &self.activity, known)
            })
        };
        let is_unchanged = &is_unchanged;
        let context = known.map(|known| ImageContext { known, is_unchanged });
        self.finder.obvious(image, payload, naming, context.as_ref())
    }

    /// Assigns all images of the command, unless they are assigned.
    fn plan(
        &mut self,
        at: &dyn Fn(Reason) -> super::super::record::fault::RecordFault,
    ) -> Result<(), ReadStop> {
        let Some(known) = self.known.as_ref().filter(|_| !self.finder.is_planned()) else { return Ok(()) };
        let has_several = |digest: &Digest| known.images_with(digest).len() > 1;
        let listed = self.source.images(&has_several)?;
        let source = &self.source;
        let has = |name: &str, digest: &Digest| source.has(name, digest);
        let is_kept = |item: &ItemKey, splits: &[String]| {
            let Some(set) = &self.options.keeping_set else { return false };
            let kept = self.kept.get_or_init(|| known.images_of_other_splits(set, splits));
            !splits.is_empty() && kept.contains(&item.id())
        };
        let naming = &self.options.naming;
        Ok(self.finder.plan(listed, (naming, known), &has, &is_kept).map_err(at)?)
    }

    /// Adds the records of the further files of a task, and returns their items. They are stored only
    /// with their bytes; those without are counted.
    pub(super) fn further_files(
        &mut self,
        image: &Image,
        bytes: Vec<FoundBytes>,
    ) -> Result<Vec<ItemKey>, Reason> {
        let mut items = Vec::with_capacity(image.further.len());
        for (file, bytes) in image.further.iter().zip(bytes) {
            let payload = match bytes {
                FoundBytes::Payload(payload) => payload,
                FoundBytes::None => continue,
                FoundBytes::Skipped(what) => {
                    self.skipped.note(what, || file.name.clone());
                    continue;
                }
            };
            let mut own = Image::new(image.place.clone(), file.name.as_str());
            own.fields = file.fields.clone();
            let item = self.options.naming.item(Kind::Source, "data", &file.name)?;
            let before = VersionsBefore::new(self.known.as_ref(), &self.unstored);
            let (version, payload) =
                version::image(&own, &item, Some(payload), (&self.activity, &self.holds), before)?;
            self.push(image.place.clone(), Record::Version(Box::new(version)), payload);
            items.push(item);
        }
        Ok(items)
    }
}
