//! Labels of several regions, which an export of ours writes as an annotation for each region.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::own::RegionPlace;
use crate::annotations::formats::label_studio::{Drawn, classes_of, drawn};
use crate::annotations::model::Label;
use crate::annotations::model::fields::{CLASS, REGIONS};
use crate::annotations::normal::is_same;

/// A region, and the fields of its annotation.
type FoundRegion = (RegionPlace, Map<String, Value>);

/// A part of a label of several regions.
pub(super) struct RegionPart {
    pub place: RegionPlace,
    /// The fields of the label, in its first part.
    pub whole: Map<String, Value>,
}

/// A label, and what an export of ours says about it.
pub(super) struct ReadLabel {
    pub label: Label,
    /// The split.
    pub split: Option<String>,
    /// The part of a label of several regions.
    pub part: Option<RegionPart>,
}

/// Returns the annotations of a label: each region, once for each of its classes.
pub(super) fn parts(drawn: &Drawn) -> Vec<(&Map<String, Value>, Option<&Value>)> {
    let parts = drawn.regions.iter().flat_map(|region| {
        let classes: Vec<Option<&Value>> = match region.fields.get(CLASS) {
            Some(Value::Array(classes)) if !classes.is_empty() => classes.iter().map(Some).collect(),
            class => vec![class],
        };
        classes.into_iter().map(|class| (&region.fields, class))
    });
    parts.collect()
}

/// Joins the annotations of each label of several regions. A label of which annotations are missing
/// has lost their regions; if one was changed, each is a label of its own.
pub(super) fn join_regions(read: Vec<ReadLabel>) -> Vec<Label> {
    let mut found: BTreeMap<u64, Vec<FoundRegion>> = BTreeMap::new();
    let mut wholes: BTreeMap<u64, Map<String, Value>> = BTreeMap::new();
    for read in &read {
        let Some(part) = &read.part else { continue };
        found.entry(part.place.label).or_default().push((part.place, read.label.fields.clone()));
        if part.place.part == 0 {
            wholes.insert(part.place.label, part.whole.clone());
        }
    }
    let mut joined: BTreeMap<u64, Map<String, Value>> = BTreeMap::new();
    for (number, whole) in wholes {
        let fields = found.get(&number).and_then(|parts| join(whole, parts));
        joined.extend(fields.map(|fields| (number, fields)));
    }
    let mut labels = Vec::with_capacity(read.len());
    for ReadLabel { mut label, part, .. } in read {
        match part {
            None => labels.push(label),
            Some(RegionPart { place, .. }) => match joined.get(&place.label) {
                Some(fields) if place.part == 0 => {
                    label.fields = fields.clone();
                    labels.push(label);
                }
                Some(_) => {}
                None => {
                    label.exported = None;
                    labels.push(label);
                }
            },
        }
    }
    labels
}

/// Returns the fields of a label without the regions of which no annotation was found; `None` if an
/// annotation is not what was written.
fn join(mut whole: Map<String, Value>, found: &[FoundRegion]) -> Option<Map<String, Value>> {
    let drawn = drawn(&whole)?;
    let parts = parts(&drawn);
    let mut present = BTreeSet::new();
    for (place, fields) in found {
        let (region, class) = parts.get(usize::try_from(place.part).ok()?)?;
        let mut written = (*region).clone();
        match class {
            Some(class) => drop(written.insert(CLASS.to_owned(), (*class).clone())),
            None => drop(written.remove(CLASS)),
        }
        let is_written = place.parts == parts.len() as u64 && is_same(&written, fields);
        if !is_written || !present.insert(place.part) {
            return None;
        }
    }
    if present.len() == parts.len() {
        return Some(whole);
    }
    let mut at = 0_u64;
    let mut lost: BTreeSet<usize> = BTreeSet::new();
    for region in &drawn.regions {
        let classes = match region.fields.get(CLASS) {
            Some(Value::Array(classes)) if !classes.is_empty() => classes.len() as u64,
            _ => 1,
        };
        if (at..at + classes).all(|part| !present.contains(&part)) {
            lost.extend(region.results.iter().copied());
        } else if (at..at + classes).any(|part| !present.contains(&part)) {
            return None;
        }
        at += classes;
    }
    let kept: Vec<Value> = {
        let results = whole.get(REGIONS)?.as_array()?.iter().enumerate();
        results.filter(|(place, _)| !lost.contains(place)).map(|(_, result)| result.clone()).collect()
    };
    match classes_of(&kept) {
        Some(class) => drop(whole.insert(CLASS.to_owned(), class)),
        None => drop(whole.remove(CLASS)),
    }
    whole.insert(REGIONS.to_owned(), kept.into());
    Some(whole)
}
