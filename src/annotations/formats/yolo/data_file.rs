//! `data.yaml`: the names of the classes, and the folders of the splits.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::formats::shared::ids::MADE;

/// The number of keypoints, and the numbers of each: 2, or 3 with the visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeypointShape {
    /// The number of keypoints.
    pub points: usize,
    /// The numbers of each.
    pub numbers: usize,
}

/// What a data file says. Paths are as written.
#[derive(Debug, Default)]
pub(super) struct DataFile {
    /// Its path in the input.
    pub file: String,
    /// The names of the classes by their numbers, in the order of the file.
    pub names: Option<Vec<(u64, String)>>,
    /// The number of classes.
    pub count: Option<u64>,
    /// The folder of the data set.
    pub root: Option<String>,
    /// The task: `detect`, `segment`, `pose` or `obb`.
    pub task: Option<String>,
    /// The form of keypoints.
    pub keypoints: Option<KeypointShape>,
    /// True if an export of stemma has made this form of the labels.
    pub is_made: bool,
    /// The keypoints that are exchanged when an image is mirrored.
    pub flip: Option<Vec<u64>>,
    /// The names of the keypoints of each class.
    pub keypoint_names: BTreeMap<u64, Vec<String>>,
    /// The other fields with a text or texts: splits, by their names, and anything else.
    pub texts: Vec<(String, Vec<String>)>,
    /// The names of fields with other values.
    pub others: Vec<String>,
}

/// The most keypoints of an object.
const MOST_KEYPOINTS: u64 = 10_000;

impl DataFile {
    /// Reads a data file.
    pub(super) fn read(file: &str, text: &str) -> Result<Self, RecordFault> {
        let options = serde_saphyr::options! { null_as_string: true, with_snippet: false };
        let read: Result<Self, _> = serde_saphyr::from_str_with_options(text, options);
        let mut data = read.map_err(|error| {
            let why = error.to_string();
            let why = why.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let place = match error.location() {
                Some(location) if location.line() > 0 => {
                    RecordPlace::FileLine(file.to_owned(), location.line())
                }
                _ => RecordPlace::File(file.to_owned()),
            };
            Reason::record(why).at(place)
        })?;
        file.clone_into(&mut data.file);
        Ok(data)
    }

    /// Returns true if a text has the lines of a data file.
    pub(super) fn is_like(text: &str) -> bool {
        has_key(text, &["names", "nc"])
    }

    /// Returns true if a text has the lines of a data file with splits.
    pub(super) fn has_splits(text: &str) -> bool {
        has_key(text, &["train", "val", "valid", "validation", "test"])
    }
}

/// Returns true if a line of the outermost map has one of these keys.
fn has_key(text: &str, keys: &[&str]) -> bool {
    text.lines().any(|line| {
        let key = line.split_once(':').map(|(key, _)| key.trim_end().trim_matches(['"', '\'', '{']));
        key.is_some_and(|key| keys.contains(&key))
    })
}

impl<'de> Deserialize<'de> for DataFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = DataFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map with `names`")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<DataFile, M::Error> {
                let mut data = DataFile::default();
                while let Some(key) = map.next_key::<String>()? {
                    data.take(key, &mut map)?;
                }
                Ok(data)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl DataFile {
    fn take<'de, M: MapAccess<'de>>(&mut self, key: String, map: &mut M) -> Result<(), M::Error> {
        match key.as_str() {
            "names" => self.names = map.next_value::<Numbered<String>>()?.0,
            "nc" => self.count = map.next_value()?,
            "kpt_shape" => {
                let shape: Option<Vec<u64>> = map.next_value()?;
                self.keypoints =
                    shape.map(|shape| keypoint_shape(&shape)).transpose().map_err(M::Error::custom)?;
            }
            MADE => {
                map.next_value::<IgnoredAny>()?;
                self.is_made = true;
            }
            "flip_idx" => self.flip = map.next_value()?,
            "kpt_names" => {
                let names = map.next_value::<Numbered<Vec<String>>>()?.0;
                self.keypoint_names = names.into_iter().flatten().collect();
            }
            _ => match (key.as_str(), map.next_value::<Texts>()?) {
                (_, Texts::None) => {}
                ("path", Texts::Some(texts)) => self.root = texts.into_iter().next(),
                ("task", Texts::Some(texts)) => self.task = texts.into_iter().next(),
                (_, Texts::Some(texts)) => self.texts.push((key, texts)),
                (_, Texts::Other) => self.others.push(key),
            },
        }
        Ok(())
    }
}

fn keypoint_shape(shape: &[u64]) -> Result<KeypointShape, String> {
    match *shape {
        [points @ 1..=MOST_KEYPOINTS, numbers @ 2..=3] => {
            let fit = |number: u64| usize::try_from(number).unwrap_or_default();
            Ok(KeypointShape { points: fit(points), numbers: fit(numbers) })
        }
        _ => Err(format!(
            "expected `kpt_shape` to be the number of keypoints and 2 or 3, such as [17, 3], found {shape:?}"
        )),
    }
}

/// Values by number, of a list or a map.
struct Numbered<T>(Option<Vec<(u64, T)>>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Numbered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(std::marker::PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Values<T> {
            type Value = Numbered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list, or a map whose keys are numbers")
            }

            fn visit_unit<E>(self) -> Result<Numbered<T>, E> {
                Ok(Numbered(None))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Numbered<T>, S::Error> {
                let (mut values, mut number) = (Vec::new(), 0);
                while let Some(value) = list.next_element::<T>()? {
                    values.push((number, value));
                    number += 1;
                }
                Ok(Numbered(Some(values)))
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Numbered<T>, M::Error> {
                let mut values = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    let number = key.trim().parse().map_err(|_| {
                        M::Error::custom(format!("expected the number of a class as key, found {key:?}"))
                    })?;
                    values.push((number, map.next_value()?));
                }
                Ok(Numbered(Some(values)))
            }
        }
        deserializer.deserialize_any(Values(std::marker::PhantomData))
    }
}

/// A text, or a list of texts.
enum Texts {
    None,
    Some(Vec<String>),
    Other,
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Texts, E> {
                Ok(Texts::None)
            }

            fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
                Ok(if text.trim().is_empty() { Texts::None } else { Texts::Some(vec![text.to_owned()]) })
            }

            fn visit_bool<E>(self, _: bool) -> Result<Texts, E> {
                Ok(Texts::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Texts, E> {
                Ok(Texts::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Texts, E> {
                Ok(Texts::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Texts, E> {
                Ok(Texts::Other)
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Texts, S::Error> {
                let (mut texts, mut is_text) = (Vec::new(), true);
                while let Some(value) = list.next_element::<Texts>()? {
                    match value {
                        Texts::Some(more) => texts.extend(more),
                        Texts::None => {}
                        Texts::Other => is_text = false,
                    }
                }
                Ok(match (is_text, texts.is_empty()) {
                    (false, _) => Texts::Other,
                    (true, true) => Texts::None,
                    (true, false) => Texts::Some(texts),
                })
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Texts, M::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Texts::Other)
            }
        }
        deserializer.deserialize_any(Values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(u64, String)> {
        DataFile::read("data.yaml", text).unwrap().names.unwrap()
    }

    fn refused(text: &str) -> String {
        DataFile::read("data.yaml", text).unwrap_err().to_string()
    }

    #[test]
    fn names_stay_as_they_are_written() {
        let list = names("nc: 6\nnames: [no, null, 007, 1.0, 'it''s', ~]\n");
        let texts: Vec<&str> = list.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(texts, ["no", "null", "007", "1.0", "it's", "~"]);
        assert_eq!(names("names:\n  2: yes\n  0: Null\n"), [(2, "yes".to_owned()), (0, "Null".to_owned())]);
        assert_eq!(names("names:\n- a\n- b\n").len(), 2);
        assert!(
            refused("names:\n  wren: 0\n").contains("expected the number of a class as key, found \"wren\"")
        );
        assert!(refused("names: wren").contains("a list, or a map whose keys are numbers"));
        assert!(
            refused("names: [a\nnc: 1").starts_with("data.yaml, line "),
            "{}",
            refused("names: [a\nnc: 1")
        );
        assert!(refused("names: {0: a, 0: b}").contains("duplicate"), "{}", refused("names: {0: a, 0: b}"));
    }

    #[test]
    fn splits_and_other_fields_are_told_apart() {
        let text = "path: ../x\ntrain: images/train\nval: [a, b]\ntest:\nlicense: CC\nroboflow: {a: 1}\naugment: \
                    true\nkpt_shape: [17, 3]\nflip_idx: [0, 2, 1]\nkpt_names:\n  0: [nose, eye]\ntask: pose\n";
        let data = DataFile::read("data.yaml", text).unwrap();
        assert_eq!(data.root.as_deref(), Some("../x"));
        assert_eq!(data.texts.len(), 3, "{data:?}");
        assert_eq!(data.others, ["roboflow", "augment"]);
        assert_eq!(data.keypoints, Some(KeypointShape { points: 17, numbers: 3 }));
        assert_eq!((data.flip.unwrap().len(), data.keypoint_names[&0].len()), (3, 2));
        assert!(refused("names: [a]\nkpt_shape: [17]").contains("such as [17, 3]"));
    }
}
