//! Which image and which label an import recognises: copies, moves, parts, prefixes, and labels that
//! return.

mod corrected;
mod names;
mod returned;
mod whole_input;

use std::fs;
use std::path::Path;

use serde_json::json;

use super::exports::{ask, birds, imported, versions};
use super::server::both;
use crate::cli::stemma;
use crate::http::server::Server;

const SET: &[&str] = &["--training-set", "s"];
const SYNC: &[&str] = &[
    "--training-set",
    "s",
    "--corrections",
    "fix",
    "--retract-missing",
    "gone",
    "--whole",
    "--split-replaces",
];
const ONE: &str = "0 .5 .5 .25 .25\n";
const TWO: &str = "0 .5 .5 .25 .25\n0 .25 .25 .125 .125\n";

/// An image of a YOLO folder: its name after `images/`, the picture, and the labels.
type YoloImage<'a> = (&'a str, &'a str, &'a str);

/// Writes a YOLO folder.
fn yolo(folder: &Path, name: &str, images: &[YoloImage<'_>]) {
    let root = folder.join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir(&root).unwrap();
    let mut description = String::from("names: [wren, robin]\n");
    for split in ["train", "val"] {
        if images.iter().any(|(image, ..)| image.starts_with(split)) {
            description += &format!("{split}: images/{split}\n");
        }
    }
    fs::write(root.join("data.yaml"), description).unwrap();
    for (image, picture, labels) in images {
        let (to, text) = (root.join("images").join(image), root.join("labels").join(image));
        for file in [&to, &text] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
        }
        fs::copy(folder.join("images").join(picture), to).unwrap();
        fs::write(text.with_extension("txt"), labels).unwrap();
    }
}

/// Imports with more arguments.
fn import(folder: &Path, inputs: &[&str], arguments: &[&str]) -> String {
    imported(folder, &[inputs, arguments].concat())
}

/// Returns the members of the set, one per line: split, item, number, and if it is wrong.
fn members(folder: &Path) -> Vec<String> {
    let answer = ask(
        folder,
        "{ version(id: \"default/TRAINING_SET/s\") { members(first: 50) { nodes { split version {
            item { kind key } number wrong } } } } }",
    );
    let nodes = answer["version"]["members"]["nodes"].as_array().unwrap();
    let line = |node: &serde_json::Value| {
        let (version, text) =
            (&node["version"], |value: &serde_json::Value| value.as_str().unwrap().to_owned());
        let wrong = if version["wrong"] == true { " wrong" } else { "" };
        let item = &version["item"];
        format!(
            "{} {}/{}#{}{wrong}",
            text(&node["split"]),
            text(&item["kind"]),
            text(&item["key"]),
            version["number"]
        )
    };
    let mut lines: Vec<String> = nodes.iter().map(line).collect();
    lines.sort();
    lines
}

fn say(folder: &Path, kind: &str, label: &str, reason: &str) {
    let said = json!({"type": "statement", "kind": kind, "version": label, "reason": reason});
    fs::write(folder.join("said.ndjson"), said.to_string()).unwrap();
    imported(folder, &["said.ndjson"]);
}

/// The first label that was retracted.
fn retracted_label(folder: &Path) -> String {
    let lines = versions(folder);
    let line = lines.lines().find(|line| line.contains("/LABEL/") && line.contains("RETRACTS")).unwrap();
    line.split('#').next().unwrap().to_owned()
}

/// An import withdraws what an import has said: a label was gone, and is there again.
#[test]
fn a_label_that_an_import_retracted_is_reinstated_when_it_returns() {
    let folder = birds();
    let folder = folder.path();
    let (two, one) = ([("train/a.png", "pond.png", TWO)], [("train/a.png", "pond.png", ONE)]);
    for round in 0..3 {
        yolo(folder, "d", &two);
        let dry = import(folder, &["d"], &[SYNC, &["--dry-run"]].concat());
        let told = import(folder, &["d"], SYNC);
        assert_eq!(told.contains("in the export again, and reinstated: default/LABEL/"), round > 0, "{told}");
        assert_eq!(dry.contains("in the export again, to be reinstated: "), round > 0, "{dry}");
        assert!(!told.contains("kept:") && !told.contains("not in the training set"), "{told}");
        for told in [dry, told] {
            assert!(told.contains("members of the training set, by split: TRAIN 2\n"), "{told}");
        }
        let pinned = members(folder);
        assert!(pinned.len() == 2 && pinned.iter().all(|line| !line.ends_with("wrong")), "{pinned:?}");
        assert!(!import(folder, &["d"], SYNC).contains("reinstated"));
        yolo(folder, "d", &one);
        let told = import(folder, &["d"], SYNC);
        assert!(told.contains("gone from the export, and retracted: default/LABEL/"), "{told}");
        assert_eq!(members(folder).len(), 1);
    }
    // The image has another name as well: one image with two labels.
    yolo(folder, "d", &[("train/b.png", "pond.png", TWO)]);
    let told = import(folder, &["d"], SYNC);
    assert!(told.contains("reinstated: default/LABEL/") && !told.contains("kept:"), "{told}");
    let pinned = members(folder);
    assert!(pinned.len() == 2 && pinned.iter().all(|line| line.ends_with("#2")), "{pinned:?}");
    let traced = stemma(folder, &["trace", "--all"]);
    assert!(traced.out.starts_with("Nothing is wrong"), "{}", traced.out);
    let export = ["export", "annotations", "default/TRAINING_SET/s", "--format", "yolo", "--dir", "out"];
    assert_eq!(stemma(folder, &export).code, Some(0));
    assert_eq!(fs::read_dir(folder.join("out/images/train")).unwrap().count(), 1);
}

/// Without a reason an import says nothing, so the label remains retracted: the set does not hold it.
#[test]
fn a_label_that_remains_retracted_is_not_pinned() {
    let folder = birds();
    let folder = folder.path();
    let gone = &["--training-set", "s", "--retract-missing", "gone"][..];
    yolo(folder, "d", &[("train/a.png", "pond.png", TWO)]);
    import(folder, &["d"], SET);
    yolo(folder, "d", &[("train/a.png", "pond.png", ONE)]);
    import(folder, &["d"], gone);
    yolo(folder, "d", &[("train/a.png", "pond.png", TWO)]);
    let told = import(folder, &["d"], gone);
    let label = retracted_label(folder);
    for said in ["changed in the store since, and kept", "retracted, and not in the training set"] {
        assert!(told.contains(&format!("{said}: {label}\n")), "{told}");
    }
    assert!(told.contains("by split: TRAIN 1\n"), "{told}");
    assert_eq!(members(folder).len(), 1);
    // A person retracts the other one, too: no import withdraws that, and the image is empty.
    let other = members(folder)[0].clone();
    let other = other.trim_start_matches("TRAIN LABEL/").split('#').next().unwrap().to_owned();
    say(folder, "RETRACTS", &format!("default/LABEL/{other}"), "blurred");
    let told = import(folder, &["d"], SYNC);
    assert!(told.contains(&format!("reinstated: {label}\n")), "{told}");
    assert!(told.contains(&format!("not in the training set: default/LABEL/{other}\n")), "{told}");
    assert_eq!(members(folder).len(), 1);
    yolo(folder, "d", &[("train/a.png", "pond.png", ONE)]);
    import(folder, &["d"], SYNC);
    assert_eq!(members(folder), ["TRAIN SOURCE/images/train/a.png#1"]);
}

/// What a person reinstated is not retracted again for the same reason.
#[test]
fn a_label_that_a_person_reinstated_remains_so() {
    let folder = birds();
    let folder = folder.path();
    yolo(folder, "d", &[("train/a.png", "pond.png", TWO)]);
    import(folder, &["d"], SYNC);
    yolo(folder, "d", &[("train/a.png", "pond.png", ONE)]);
    import(folder, &["d"], SYNC);
    let label = retracted_label(folder);
    say(folder, "REINSTATES", &label, "it is there");
    let told = import(folder, &["d"], SYNC);
    assert!(told.contains("statements made before and answered since, not repeated: 1"), "{told}");
}

/// A copy is another image, wherever its name sorts; a moved image has left its name.
#[test]
fn a_copy_of_an_image_is_another_image() {
    let folder = birds();
    let folder = folder.path();
    let server_folder = tempfile::tempdir().unwrap();
    let server = Server::start(&server_folder.path().join("stemma-data"));
    let steps: [(&[YoloImage<'_>], &str); 4] = [
        (&[("train/b.png", "pond.png", ONE), ("train/c.png", "pond.png", TWO)], "SOURCE 2, LABEL 3"),
        // c is renamed to a, and b remains.
        (&[("train/a.png", "pond.png", TWO), ("train/b.png", "pond.png", ONE)], "SOURCE 1, LABEL 2"),
        // A copy under the old name of the moved image.
        (
            &[
                ("train/a.png", "pond.png", TWO),
                ("train/b.png", "pond.png", ONE),
                ("train/c.png", "pond.png", ""),
            ],
            "SOURCE 1",
        ),
        // A copy that sorts before all others.
        (
            &[
                ("train/0.png", "pond.png", ""),
                ("train/a.png", "pond.png", TWO),
                ("train/b.png", "pond.png", ONE),
                ("train/c.png", "pond.png", ""),
            ],
            "SOURCE 1",
        ),
    ];
    for (images, made) in steps {
        yolo(folder, "d", images);
        let told = both(folder, &server, &[&["d"], SYNC].concat());
        let line = told.lines().find_map(|line| line.trim().strip_prefix("made: ")).unwrap();
        let is_image = |part: &&str| part.starts_with("SOURCE") || part.starts_with("LABEL");
        assert_eq!(line.split(", ").filter(is_image).collect::<Vec<_>>().join(", "), made, "{told}");
        assert!(!told.contains("gone") && !told.contains("corrections"), "{told}");
        let again = both(folder, &server, &[&["d"], SYNC].concat());
        assert!(!again.contains("made:"), "{again}");
    }
    let lines = versions(folder);
    assert!(
        lines.contains("default/SOURCE/images/train/c.png#2 {\"file_name\":\"images/train/a.png\""),
        "{lines}"
    );
}

/// Images with equal bytes that change their names in a chain: the set is what the input is.
#[test]
fn chains_of_renames_of_equal_images_end_with_the_names_of_the_input() {
    let folder = birds();
    let folder = folder.path();
    let (wren, robin) = (ONE, "1 .25 .25 .125 .125\n");
    for images in [
        [("train/a.png", "pond.png", wren), ("train/b.png", "pond.png", robin)],
        [("train/b.png", "pond.png", wren), ("train/c.png", "pond.png", robin)],
        [("train/a.png", "pond.png", robin), ("train/b.png", "pond.png", wren)],
        [("train/a.png", "pond.png", wren), ("train/c.png", "pond.png", robin)],
    ] {
        yolo(folder, "d", &images);
        let told = import(folder, &["d"], SYNC);
        assert!(!told.contains("kept:") && !told.contains("not in the training set"), "{told}");
        let _ = fs::remove_dir_all(folder.join("out"));
        let export = ["export", "annotations", "default/TRAINING_SET/s", "--format", "yolo", "--dir", "out"];
        assert_eq!(stemma(folder, &export).code, Some(0));
        for (image, _, labels) in images {
            let name = Path::new(image).file_stem().unwrap().to_str().unwrap();
            let text = fs::read_to_string(folder.join(format!("out/labels/train/{name}.txt"))).unwrap();
            assert_eq!(text[..1], labels[..1], "{images:?} {name}");
        }
    }
}

/// The inputs of one command are one input.
#[test]
fn equal_images_of_two_inputs_are_two_images() {
    let folder = birds();
    let folder = folder.path();
    yolo(folder, "A", &[("train/x.png", "pond.png", ONE)]);
    yolo(folder, "C", &[("train/z.png", "pond.png", ONE)]);
    import(folder, &["A", "C"], SET);
    for arguments in [SET, SYNC] {
        let told = import(folder, &["A", "C"], arguments);
        assert!(!told.contains("made:") && !told.contains("gone"), "{told}");
    }
    assert_eq!(members(folder).len(), 2);
    // Other bytes under the same name.
    yolo(folder, "B", &[("train/x.png", "garden-1.png", ONE)]);
    let called = stemma(folder, &[&["import", "A", "B"], SET].concat());
    assert_eq!(called.code, Some(1), "{}", called.out);
    assert!(
        called
            .err
            .contains("one image \"images/train/x.png\" in the inputs of a command, found other bytes in A"),
        "{}",
        called.err
    );
}

/// A part says nothing about the images of other parts, even if it has a copy of one.
#[test]
fn a_part_takes_no_image_of_another_part() {
    let folder = birds();
    let folder = folder.path();
    let review = &["--training-set", "s", "--corrections", "fix", "--retract-missing", "gone"][..];
    yolo(folder, "t", &[("train/t.png", "pond.png", TWO)]);
    yolo(folder, "v", &[("val/v.png", "pond.png", ONE)]);
    import(folder, &["t"], review);
    let told = import(folder, &["v"], review);
    assert!(told.contains("made: SOURCE 1, LABEL 1") && !told.contains("gone from"), "{told}");
    assert_eq!(members(folder).iter().filter(|line| line.starts_with("TRAIN")).count(), 2);
    // The image moves from one part to the other: both are in the input.
    yolo(folder, "d", &[("val/t.png", "pond.png", TWO), ("val/v.png", "pond.png", ONE)]);
    yolo(folder, "t", &[("train/u.png", "garden-1.png", ONE)]);
    let told = import(folder, &["t", "d"], review);
    assert!(told.contains("made: SOURCE 1, LABEL 2") && !told.contains("gone from"), "{told}");
    assert!(versions(folder).contains("default/SOURCE/images/train/t.png#2"));
}

/// Prefixes that begin with another one are other prefixes.
#[test]
fn prefixes_that_begin_alike_keep_their_members() {
    let folder = birds();
    let folder = folder.path();
    yolo(folder, "A", &[("train/x.png", "pond.png", ONE)]);
    yolo(folder, "B", &[("train/y.png", "pond.png", ONE)]);
    for prefix in ["a/", "", "a", "a/b/"] {
        let input = if prefix == "a/" { "A" } else { "B" };
        import(folder, &[input], &["--training-set", "s", "--prefix", prefix, "--whole"]);
    }
    assert_eq!(members(folder).len(), 4, "{:?}", members(folder));
    for prefix in ["", "a", "a/b/"] {
        let told = import(folder, &["B"], &[SET, &["--prefix", prefix]].concat());
        assert!(!told.contains("made:"), "{told}");
    }
    assert!(versions(folder).contains("default/SOURCE/a/images/train/x.png#1"));
}

/// If the input is all there is, a split that it lacks is gone from the set.
#[test]
fn a_split_that_has_vanished_leaves_the_set() {
    let folder = birds();
    let folder = folder.path();
    let whole = &["--training-set", "s", "--retract-missing", "gone", "--whole"][..];
    yolo(folder, "d", &[("train/t.png", "pond.png", ONE), ("val/v.png", "garden-1.png", ONE)]);
    import(folder, &["d"], whole);
    assert_eq!(members(folder).len(), 2);
    yolo(folder, "d", &[("train/t.png", "pond.png", ONE)]);
    let told = import(folder, &["d"], whole);
    assert!(told.contains("labels retracted") && !told.contains("kept members"), "{told}");
    let pinned = members(folder);
    assert!(pinned.len() == 1 && pinned[0].starts_with("TRAIN "), "{pinned:?}");
}
