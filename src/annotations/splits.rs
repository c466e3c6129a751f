//! Splits by the names of files and folders.

/// Returns the split that a path names with a whole word: of the file's name, else of its folders,
/// the nearest first. `None` if no word is a split, or if words of one name contradict each other.
///
/// A word is a run of letters, in upper or lower case: `instances_train2017.json` has `train`,
/// `trainer.json` has not. `dev` counts in the file's name only, because it is also the usual name
/// of a folder of programs.
#[must_use]
pub fn split_of(path: &str) -> Option<&'static str> {
    for (depth, name) in path.rsplit(['/', '\\']).enumerate() {
        match named(name) {
            SplitWord::One(split) => return Some(split),
            SplitWord::Several => return None,
            SplitWord::Dev if depth == 0 => return Some("VALIDATION"),
            SplitWord::Dev | SplitWord::No => {}
        }
    }
    None
}

/// The splits that the words of one name say.
enum SplitWord {
    No,
    One(&'static str),
    Dev,
    Several,
}

fn named(name: &str) -> SplitWord {
    let (mut found, mut dev) = (None, false);
    for word in name.split(|c: char| !c.is_alphabetic()) {
        let split = match word.to_ascii_lowercase().as_str() {
            "train" | "training" => "TRAIN",
            "val" | "valid" | "validation" => "VALIDATION",
            "test" | "testing" => "TEST",
            "dev" => {
                dev = true;
                continue;
            }
            _ => continue,
        };
        match found {
            Some(other) if other != split => return SplitWord::Several,
            _ => found = Some(split),
        }
    }
    match found {
        Some(split) => SplitWord::One(split),
        None if dev => SplitWord::Dev,
        None => SplitWord::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_is_a_whole_word() {
        for (path, split) in [
            ("instances_train2017.json", Some("TRAIN")),
            ("valid/_annotations.coco.json", Some("VALIDATION")),
            ("data\\test\\_annotations.coco.json", Some("TEST")),
            ("Val.json", Some("VALIDATION")),
            ("validation-00000-of-00001.parquet", Some("VALIDATION")),
            ("image_info_test-dev2017.json", Some("TEST")),
            ("dev.json", Some("VALIDATION")),
            ("dev/labels.json", None),
            ("trainer.json", None),
            ("contest/latest.json", None),
            ("evaluation.json", None),
            ("trainval.json", None),
            ("train_val.json", None),
            ("train/instances_val.json", Some("VALIDATION")),
            ("test/birds/train/a.jpg", Some("TRAIN")),
            ("", None),
        ] {
            assert_eq!(split_of(path), split, "{path}");
        }
    }
}
