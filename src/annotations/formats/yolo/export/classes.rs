//! The numbers of the classes.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::super::classes::{FLIP_IDX, KEYPOINT_NAMES, KPT_SHAPE};
use super::super::data_file::KeypointShape;
use crate::annotations::model::ClassList;
use crate::annotations::reader::Skipped;

/// The classes of an export, by number.
#[derive(Debug, Default)]
pub(super) struct ExportClasses {
    /// The names, by number.
    pub names: Vec<String>,
    numbers: HashMap<String, usize>,
    /// The form of keypoints, if the class list says it.
    pub keypoints: Option<KeypointShape>,
    /// True if the class list itself has the form, and not only keypoints.
    pub has_shape: bool,
    /// The keypoints that are exchanged when an image is mirrored.
    pub flip: Option<Vec<u64>>,
    /// The names of the keypoints, by the number of the class.
    pub keypoint_names: Vec<(usize, Vec<String>)>,
}

impl ExportClasses {
    /// Numbers the classes by their ids, if these are 0, 1, 2 …, else by their order.
    pub(super) fn new(list: &ClassList, left_out: &mut Skipped) -> Self {
        let mut classes: Vec<_> = list.classes.iter().collect();
        let ids: Option<Vec<u64>> =
            classes.iter().map(|class| class.id.as_ref().and_then(Value::as_u64)).collect();
        let is_numbered = ids.as_ref().is_some_and(|ids| {
            let ids: BTreeSet<u64> = ids.iter().copied().collect();
            ids.len() == classes.len() && ids.iter().zip(0_u64..).all(|(id, number)| *id == number)
        });
        if is_numbered {
            classes.sort_by_key(|class| class.id.as_ref().and_then(Value::as_u64));
        }
        let mut found = Self::default();
        for (number, class) in classes.into_iter().enumerate() {
            if !is_numbered && let Some(id) = &class.id {
                left_out
                    .note("id of a class (YOLO numbers classes from 0)", || format!("{} {id}", class.name));
            }
            for (name, value) in &class.fields {
                let is_kept = match name.as_str() {
                    KPT_SHAPE => found.set_keypoints(value),
                    FLIP_IDX => found.set_flip(value),
                    KEYPOINT_NAMES => found.set_keypoint_names(number, value),
                    _ => false,
                };
                if !is_kept && !value.is_null() {
                    left_out.note("field of a class", || format!("{} of {}", name, class.name));
                }
            }
            found.numbers.insert(class.name.clone(), number);
            found.names.push(class.name.clone());
        }
        found.has_shape = found.keypoints.is_some();
        if !found.has_shape {
            let most = found.keypoint_names.iter().map(|(_, names)| names.len()).max();
            found.keypoints = most.map(|points| KeypointShape { points, numbers: 3 });
        }
        found
    }

    /// Returns the number of a class; a class that the list lacks gets the next number.
    pub(super) fn number(&mut self, name: &str, left_out: &mut Skipped) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        left_out.note("class that the class list lacks, numbered after the others", || name.to_owned());
        let number = self.names.len();
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }

    /// Takes the form of keypoints, which must be the same in all classes.
    fn set_keypoints(&mut self, value: &Value) -> bool {
        let Some(&[points, numbers @ 2..=3]) = numbers(value).as_deref() else { return false };
        let fit = |number: u64| usize::try_from(number).ok().filter(|number| *number > 0);
        let (Some(points), Some(numbers)) = (fit(points), fit(numbers)) else { return false };
        let shape = KeypointShape { points, numbers };
        *self.keypoints.get_or_insert(shape) == shape
    }

    fn set_flip(&mut self, value: &Value) -> bool {
        let Some(flip) = numbers(value) else { return false };
        *self.flip.get_or_insert_with(|| flip.clone()) == flip
    }

    fn set_keypoint_names(&mut self, number: usize, value: &Value) -> bool {
        let names = value.as_array().map(|names| names.iter().map(|name| name.as_str().map(str::to_owned)));
        let names: Option<Vec<String>> = names.and_then(Iterator::collect);
        let Some(names) = names.filter(|names| !names.is_empty()) else { return false };
        self.keypoint_names.push((number, names));
        true
    }
}

fn numbers(value: &Value) -> Option<Vec<u64>> {
    value.as_array()?.iter().map(Value::as_u64).collect()
}
