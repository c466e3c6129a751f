//! Labels of images: instances, keypoints, captions, results, and segments of panoptic files.

use serde_json::{Map, Value};

use super::categories::Categories;
use super::computed::restore_label;
use super::own::OwnFields;
use super::panoptic::{SEGMENT_ID, SEGMENTS, SEGMENTS_FILE, SegmentMasks};
use super::regions::{ReadLabel, RegionPart};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::ids::{id_of, take_exported};
use crate::annotations::model::fields::{CLASS, SEGMENTATION};
use crate::annotations::model::{Label, LabelOrigin, Shape};

/// The context of labels.
#[derive(Clone, Copy)]
pub(super) struct LabelContext<'a> {
    /// The categories.
    pub categories: &'a Categories,
    /// True for a list of results.
    pub is_result: bool,
    /// The start of ids, because several files of an input can have the same ones.
    pub id_prefix: &'a str,
}

impl LabelContext<'_> {
    /// Reads the labels of an annotation of an image; `masks` are those of its segments.
    pub(super) fn labels(
        self,
        mut fields: Map<String, Value>,
        image: &str,
        place: &RecordPlace,
        masks: &mut SegmentMasks,
    ) -> Result<Vec<ReadLabel>, Reason> {
        fields.remove("image_id");
        match fields.get_mut(SEGMENTS).map(Value::take) {
            Some(Value::Array(segments)) => {
                fields.remove(SEGMENTS);
                self.segments(fields, segments, (image, place), masks)
            }
            None | Some(Value::Null) => Ok(vec![self.label(fields, place.clone())?]),
            other => Err(Reason::expected(SEGMENTS, "a list", other.as_ref())),
        }
    }

    /// Reads a label of which the fields that name its image were taken.
    pub(super) fn label(
        self,
        mut fields: Map<String, Value>,
        place: RecordPlace,
    ) -> Result<ReadLabel, Reason> {
        let mut label = Label::new(place);
        let own = OwnFields::take(&mut fields);
        let id = fields.remove("id");
        let category = id_of("category_id", fields.remove("category_id").as_ref())?;
        let listed = category.as_ref().and_then(|id| self.categories.class(id));
        restore_label(&mut fields);
        let exported = take_exported(&mut fields, "label");
        if self.is_result {
            label.origin = LabelOrigin::Prediction;
        } else {
            label.id = id_of("id", id.as_ref())?.map(|id| format!("{}{id}", self.id_prefix));
        }
        if let Some(id) = category {
            let class = listed.ok_or_else(|| {
                Reason::new("category_id", format!("there is no category {id} in this file"))
            })?;
            if fields.contains_key(CLASS) {
                let why = "the field `class` is reserved for the name of the category; rename it";
                return Err(Reason::new(CLASS, why));
            }
            if !class.is_null() {
                fields.insert(CLASS.to_owned(), class.clone());
            }
        }
        let mut part = None;
        if let Some(own) = own {
            label.id = own.id;
            label.author = own.author;
            match own.region {
                Some(place) => part = Some(RegionPart { place, whole: own.others }),
                None => fields.extend(own.others),
            }
        }
        label.exported = exported.item;
        label.fields = fields;
        Ok(ReadLabel { label, split: exported.split, part })
    }

    /// Reads the segments of a panoptic annotation. The id of a segment is unique in its PNG.
    fn segments(
        self,
        mut outer: Map<String, Value>,
        segments: Vec<Value>,
        (image, place): (&str, &RecordPlace),
        masks: &mut SegmentMasks,
    ) -> Result<Vec<ReadLabel>, Reason> {
        let file = outer.remove("file_name");
        outer.remove("id");
        let begin = file.as_ref().and_then(Value::as_str).unwrap_or(image).replace('\\', "/");
        let mut labels = Vec::with_capacity(segments.len());
        for (number, segment) in segments.into_iter().enumerate() {
            let field = format!("{SEGMENTS}[{number}]");
            let Value::Object(own) = segment else {
                return Err(Reason::expected(field, "an object", Some(&segment)));
            };
            let mut fields = outer.clone();
            fields.extend(own);
            let given = fields.remove("id");
            let id = id_of("id", given.as_ref()).map_err(|reason| reason.within(&field))?;
            let mask = id.as_deref().and_then(|id| masks.take(id));
            if let Some(mask) = mask.filter(|_| !fields.contains_key(SEGMENTATION)) {
                Shape::Mask(mask).write(&mut fields);
            }
            let is_own = OwnFields::wrote(&fields);
            if !is_own {
                fields.extend(file.clone().map(|file| (SEGMENTS_FILE.to_owned(), file)));
                fields.extend(given.map(|id| (SEGMENT_ID.to_owned(), id)));
            }
            let mut read = self.label(fields, place.clone()).map_err(|reason| reason.within(&field))?;
            if !is_own {
                read.label.id =
                    id.map(|id| format!("{}{begin}/{id}", self.id_prefix)).filter(|_| !self.is_result);
            }
            read.label.place = RecordPlace::Element(format!("{place}.{field}"));
            labels.push(read);
        }
        Ok(labels)
    }
}

/// Joins the labels that an export of ours wrote once for each of their classes.
pub(super) fn join_classes(labels: Vec<Label>) -> Vec<Label> {
    let mut joined: Vec<Label> = Vec::with_capacity(labels.len());
    for label in labels {
        let same =
            label.exported.is_some().then(|| joined.iter_mut().find(|other| is_other_class(other, &label)));
        let Some(other) = same.flatten() else {
            joined.push(label);
            continue;
        };
        let mut classes = match other.fields.remove(CLASS) {
            Some(Value::Array(classes)) => classes,
            class => class.into_iter().collect(),
        };
        classes.extend(label.fields.get(CLASS).cloned());
        other.fields.insert(CLASS.to_owned(), classes.into());
    }
    joined
}

/// Returns true if two labels are one of ours, with another class.
fn is_other_class(one: &Label, other: &Label) -> bool {
    let all_but_class = |label: &Label| {
        let mut fields = label.fields.clone();
        fields.remove(CLASS);
        fields
    };
    one.exported == other.exported
        && one.fields.contains_key(CLASS)
        && other.fields.contains_key(CLASS)
        && all_but_class(one) == all_but_class(other)
}
