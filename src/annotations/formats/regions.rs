//! Samples of a store for the writers: labels of Label Studio, which have any number of regions, for
//! formats with one shape a label.

use serde_json::{Map, Value};

use super::AnnotationFormat;
use super::label_studio::{Drawn, drawn};
use crate::annotations::fault::RecordPlace;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::REGIONS;
use crate::annotations::model::{Label, Sample};
use crate::annotations::normal::is_same;
use crate::annotations::reader::Skipped;

/// Divides labels with regions into one for each region, unless the format divides them itself.
/// Regions without a shape are counted. The places, which messages name, become the names of the
/// items: those in the document of the set say nothing to a user.
#[must_use]
pub fn divided(format: &AnnotationFormat, mut sample: Sample, left_out: &mut Skipped) -> Sample {
    if sample.image.exported.is_some() {
        sample.image.place = RecordPlace::Element(sample.image.name.clone());
    }
    for label in &mut sample.labels {
        if let Some(exported) = &label.exported {
            label.place = RecordPlace::Element(exported.item.clone());
        }
    }
    if matches!(format.name, "coco" | "label-studio") {
        return sample;
    }
    each_region(sample, left_out)
}

/// Divides labels with regions into one for each region. Regions without a shape are counted.
pub(super) fn each_region(mut sample: Sample, left_out: &mut Skipped) -> Sample {
    let name = sample.image.name.clone();
    let mut labels = Vec::with_capacity(sample.labels.len());
    for label in sample.labels {
        match drawn(&label.fields).filter(|drawn| !drawn.regions.is_empty() || drawn.others > 0) {
            Some(drawn) => labels.extend(parts(&label, drawn, &name, left_out)),
            None => labels.push(label),
        }
    }
    sample.labels = labels;
    sample
}

/// Completes the fields of a label in a file by those of the stored one, as
/// [`HeldFields::complete`] does. A stored label of one region remains if the file has that region,
/// as [`divided`] wrote it.
#[must_use]
pub fn completed(
    held: &HeldFields,
    found: &Map<String, Value>,
    stored: &Map<String, Value>,
    precision: f64,
) -> Map<String, Value> {
    if *held != HeldFields::All
        && !found.contains_key(REGIONS)
        && let Some(drawn) = drawn(stored)
        && let [region] = drawn.regions.as_slice()
        && is_same(&held.complete(found, &region.fields, precision), &region.fields)
    {
        return stored.clone();
    }
    held.complete(found, stored, precision)
}

fn parts(label: &Label, drawn: Drawn, image: &str, left_out: &mut Skipped) -> Vec<Label> {
    if drawn.others > 0 {
        let count = u64::try_from(drawn.others).unwrap_or(u64::MAX);
        left_out.count("region without a shape in the image", count, image.to_owned());
    }
    let is_only = drawn.regions.len() == 1;
    let part = |fields| Label {
        id: label.id.clone().filter(|_| is_only),
        exported: label.exported.clone().filter(|_| is_only),
        fields,
        ..label.clone()
    };
    drawn.regions.into_iter().map(|region| part(region.fields)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::annotations::formats::{csv, label_studio, named};
    use crate::annotations::model::{Exported, Image};

    fn sample(label: &Value) -> Sample {
        let place = RecordPlace::Element("tasks[0]".to_owned());
        let fields = label.as_object().unwrap().clone();
        let label = Label { id: Some("7".to_owned()), fields, ..Label::new(place.clone()) };
        Sample { image: Image::new(place, "a.jpg"), labels: vec![label] }
    }

    fn region(x: f64, class: &str) -> Value {
        let value =
            json!({"x": x, "y": 0, "width": 10, "height": 10, "rotation": 0, "rectanglelabels": [class]});
        json!({"id": class, "type": "rectanglelabels", "from_name": "l", "to_name": "i", "original_width": 200,
               "original_height": 100, "value": value})
    }

    #[test]
    fn messages_name_items() {
        let mut one = sample(&json!({"class": "cat", "bbox": [1, 2, 3, 4]}));
        let item = |item: &str| Some(Exported { item: item.to_owned(), version: None });
        (one.image.exported, one.labels[0].exported) = (item("t/SOURCE/a.jpg"), item("t/LABEL/7"));
        let named = divided(named("coco").unwrap(), one, &mut Skipped::default());
        assert_eq!(
            (named.image.place.to_string(), named.labels[0].place.to_string()),
            ("a.jpg".to_owned(), "t/LABEL/7".to_owned())
        );
    }

    #[test]
    fn each_region_is_a_label() {
        let label = json!({"class": ["cat", "dog"], "regions": [region(0.0, "cat"), region(50.0, "dog")]});
        let mut left_out = Skipped::default();
        let divided_sample = divided(&csv::FORMAT, sample(&label), &mut left_out);
        let found: Vec<(Value, Value)> = divided_sample
            .labels
            .iter()
            .map(|label| (label.fields["class"].clone(), label.fields["bbox"].clone()))
            .collect();
        assert_eq!(
            found,
            [(json!("cat"), json!([0.0, 0.0, 20.0, 10.0])), (json!("dog"), json!([100.0, 0.0, 20.0, 10.0]))]
        );
        assert!(divided_sample.labels.iter().all(|label| label.id.is_none()));
        assert_eq!(left_out.all().count(), 0);
        // A format with regions of its own keeps them.
        let whole = divided(&label_studio::FORMAT, sample(&label), &mut left_out);
        assert_eq!(whole, sample(&label));
        let plain = json!({"class": "cat", "bbox": [1, 2, 3, 4]});
        assert_eq!(divided(&csv::FORMAT, sample(&plain), &mut left_out), sample(&plain));
    }
}
