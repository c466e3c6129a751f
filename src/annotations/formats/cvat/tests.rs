//! Documents, shapes, tracks, faults and round trips.

mod writing;

use serde_json::{Value, json};

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::shared::round_trip::{
    ReadInput, assert_only_own_fixtures, assert_round_trip, assert_same, read, write, write_files,
};
use crate::annotations::model::{Class, ClassList, Image, ImageBytes, Label, Sample};

const META: &str = "<meta><task><id>7</id><name>birds &amp; co</name><size>2</size><mode>annotation</mode><labels>\
    <label><name>car</name><color>#c06060</color><type>any</type><attributes>\
    <attribute><name>parked</name><mutable>False</mutable><input_type>checkbox</input_type><default_value>false</default_value><values>false</values></attribute>\
    <attribute><name>doors</name><mutable>True</mutable><input_type>number</input_type><default_value>0</default_value><values>0\n9\n1</values></attribute>\
    <attribute><name>colour</name><mutable>False</mutable><input_type>select</input_type><default_value>red</default_value><values>red\n1</values></attribute>\
    </attributes></label>\
    <label><name>hand</name><color>#001122</color><type>skeleton</type><attributes></attributes><svg>&lt;line x=\"1\"/&gt;</svg></label>\
    <label><name>tip</name><color>#111111</color><type>points</type><attributes></attributes><parent>hand</parent></label>\
    <label><name>base</name><color>#222222</color><type>points</type><attributes></attributes><parent>hand</parent></label>\
    </labels></task><dumped>2026-01-01</dumped></meta>";

/// Returns a document with elements.
fn document(elements: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n<version>1.1</version>\n{META}\n{elements}</annotations>\n"
    )
}

fn image(elements: &str) -> String {
    document(&format!("<image id=\"0\" name=\"a.jpg\" width=\"64\" height=\"48\">\n{elements}</image>\n"))
}

fn read_folder(files: &[(&str, &str)]) -> Result<ReadInput, String> {
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), files);
    read(&FORMAT, dir.path())
}

fn one_label(element: &str) -> Result<Value, String> {
    let input = read_folder(&[("annotations.xml", &image(element))])?;
    Ok(Value::Object(input.samples[0].labels[0].fields.clone()))
}

#[test]
fn a_project_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let images = "<image id=\"0\" name=\"s\\a.jpg\" subset=\"Train\" task_id=\"1\" width=\"64\" height=\"48\">\n\
        <box label=\"car\" source=\"manual\" occluded=\"0\" xtl=\"1\" ytl=\"2\" xbr=\"3.5\" ybr=\"4\" z_order=\"0\"></box>\n\
        <tag label=\"dusk\" source=\"auto\"></tag>\n</image>\n\
        <image id=\"1\" name=\"b.jpg\" subset=\"Validation\" task_id=\"2\" width=\"64\" height=\"48\"></image>\n\
        <image id=\"2\" name=\"c.jpg\" subset=\"default\" task_id=\"2\" width=\"64\" height=\"48\"></image>\n\
        <image id=\"3\" name=\"d.jpg\" subset=\"Holdout\" task_id=\"2\" width=\"64\" height=\"48\"></image>\n";
    write_files(
        dir.path(),
        &[
            ("annotations.xml", &document(images)),
            ("images/Train/s/a.jpg", ""),
            ("images/b.jpg", ""),
            ("images/default/c.jpg", ""),
            ("images/other.jpg", ""),
            ("notes.txt", ""),
        ],
    );
    assert!(recognises(&Files::open(dir.path()).unwrap()));
    assert!(recognises(&Files::open(&dir.path().join("annotations.xml")).unwrap()));
    let (input, left_out) = assert_round_trip(&FORMAT, dir.path());
    let shown: Vec<_> = input
        .samples
        .iter()
        .map(|sample| (sample.image.name.as_str(), sample.image.split.as_deref(), sample.image.bytes.clone()))
        .collect();
    let file = |path: &str| ImageBytes::File(path.to_owned());
    assert_eq!(
        shown,
        [
            ("s/a.jpg", Some("TRAIN"), file("images/Train/s/a.jpg")),
            ("b.jpg", Some("VALIDATION"), file("images/b.jpg")),
            ("c.jpg", None, file("images/default/c.jpg")),
            ("d.jpg", Some("HOLDOUT"), ImageBytes::ByName),
        ]
    );
    let labels = &input.samples[0].labels;
    assert_eq!(
        Value::Object(labels[0].fields.clone()),
        json!({"class": "car", "bbox": [1.0, 2.0, 2.5, 2.0]})
    );
    assert_eq!(
        Value::Object(labels[1].fields.clone()),
        json!({"class": "dusk", "attributes": {"source": "auto"}})
    );
    assert_eq!(
        labels[1].place.to_string(),
        format!("annotations.xml, line {}", 9 + META.matches('\n').count() - 2)
    );
    assert_eq!(
        input.skipped_kinds(),
        [
            ("description of the task (`meta` but for its labels)", 1),
            ("image that no document lists", 1),
            ("other file of the folder", 1)
        ]
    );
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
    let names: Vec<&str> = input.classes.classes.iter().map(|class| class.name.as_str()).collect();
    assert_eq!(names, ["car", "hand", "dusk"]);
    let hand = &input.classes.classes[1].fields;
    assert_eq!(
        (&hand["keypoints"], &hand["sublabels"][0]["color"]),
        (&json!(["tip", "base"]), &json!("#111111"))
    );
    let doors = json!({"name": "doors", "mutable": true, "input_type": "number", "default_value": "0", "values": ["0", "9", "1"]});
    assert_eq!(input.classes.classes[0].fields["attributes"][1], doors);
}

#[test]
fn shapes_of_all_kinds_are_read_and_written() {
    for (element, read) in [
        (
            "<box label=\"car\" occluded=\"1\" xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\" rotation=\"30.5\" z_order=\"2\" group_id=\"3\" \
             source=\"semi-auto\"><attribute name=\"parked\">true</attribute><attribute name=\"doors\">4</attribute>\
             <attribute name=\"colour\">1</attribute><attribute name=\"note\">a &lt; b</attribute><attribute name=\"occluded\">x</attribute></box>",
            json!({"class": "car", "bbox": [1.0, 2.0, 2.0, 2.0], "rotation": 30.5, "attributes": {"occluded": true, "z_order": 2,
                "group_id": 3, "source": "semi-auto", "parked": true, "doors": 4, "colour": "1", "note": "a < b",
                "attribute:occluded": "x"}}),
        ),
        (
            "<polygon label=\"car\" points=\"1,2;3.5,4;5,6\"/>",
            json!({"class": "car", "segmentation": [[1.0, 2.0, 3.5, 4.0, 5.0, 6.0]]}),
        ),
        (
            "<polyline label=\"car\" points=\"1,2;3,4\"/>",
            json!({"class": "car", "polyline": [1.0, 2.0, 3.0, 4.0]}),
        ),
        (
            "<points label=\"car\" points=\"1,2;3,4\"/>",
            json!({"class": "car", "keypoints": [1.0, 2.0, 2.0, 3.0, 4.0, 2.0]}),
        ),
        (
            "<ellipse label=\"car\" cx=\"10\" cy=\"20\" rx=\"3\" ry=\"4\" rotation=\"45\"/>",
            json!({"class": "car", "bbox": [7.0, 16.0, 6.0, 8.0], "rotation": 45.0, "attributes": {"element": "ellipse"}}),
        ),
        (
            "<mask label=\"car\" rle=\"0, 1, 2, 3\" left=\"10\" top=\"5\" width=\"3\" height=\"2\"/>",
            // Rows `100` and `111` in columns of 48 pixels.
            json!({"class": "car", "segmentation": {"size": [48, 64], "counts": [485, 2, 47, 1, 47, 1, 2489]}}),
        ),
        (
            "<skeleton label=\"hand\"><points label=\"base\" outside=\"0\" occluded=\"1\" points=\"1,2\"></points>\
             <points label=\"tip\" outside=\"1\" occluded=\"0\" points=\"3,4\"></points></skeleton>",
            json!({"class": "hand", "keypoints": [3.0, 4.0, 0.0, 1.0, 2.0, 1.0]}),
        ),
        (
            "<tag label=\"car\"><attribute name=\"parked\">false</attribute></tag>",
            json!({"class": "car", "attributes": {"parked": false}}),
        ),
        (
            "<cuboid label=\"car\" xtl1=\"1\" ytl1=\"1\" xbl1=\"1\" ybl1=\"5\" xtr1=\"4\" ytr1=\"1\" xbr1=\"4\" ybr1=\"5\" \
             xtl2=\"6\" ytl2=\"0\" xbl2=\"6\" ybl2=\"4\" xtr2=\"3\" ytr2=\"0\" xbr2=\"3\" ybr2=\"4\"/>",
            json!({"class": "car", "bbox": [1.0, 0.0, 5.0, 5.0], "attributes": {"cuboid":
                [1.0, 1.0, 1.0, 5.0, 4.0, 1.0, 4.0, 5.0, 6.0, 0.0, 6.0, 4.0, 3.0, 0.0, 3.0, 4.0]}}),
        ),
    ] {
        assert_eq!(one_label(element).unwrap(), read);
        let dir = tempfile::tempdir().unwrap();
        write_files(dir.path(), &[("annotations.xml", &image(element)), ("images/a.jpg", "")]);
        let input = crate::annotations::formats::shared::round_trip::read(&FORMAT, dir.path()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let left_out = write(&FORMAT, &input.classes, &input.samples, folder.path());
        assert_same(
            &input.samples,
            &crate::annotations::formats::shared::round_trip::read(&FORMAT, folder.path()).unwrap().samples,
        );
        assert_eq!(left_out.all().count(), 0, "{left_out:?}");
    }
}

#[test]
fn tracks_are_labels_of_frames() {
    let dir = tempfile::tempdir().unwrap();
    let text = "<annotations>\n<version>1.1</version>\n<meta><task><size>6</size><mode>interpolation</mode><start_frame>0</start_frame>\
        <stop_frame>5</stop_frame><labels><label><name>car</name><attributes></attributes></label></labels><original_size>\
        <width>640</width><height>480</height></original_size><source>drive.mp4</source></task></meta>\n\
        <track id=\"0\" label=\"car\" source=\"manual\" group_id=\"2\">\n\
        <box frame=\"1\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"1\" ytl=\"2\" xbr=\"3\" ybr=\"4\" z_order=\"0\">\
        <attribute name=\"speed\">fast</attribute></box>\n\
        <box frame=\"2\" keyframe=\"0\" outside=\"0\" occluded=\"1\" xtl=\"2\" ytl=\"2\" xbr=\"4\" ybr=\"4\" z_order=\"0\"></box>\n\
        <box frame=\"3\" keyframe=\"1\" outside=\"1\" occluded=\"0\" xtl=\"2\" ytl=\"2\" xbr=\"4\" ybr=\"4\" z_order=\"0\"></box>\n\
        </track>\n<track id=\"1\" label=\"bus\">\n<box frame=\"2\" keyframe=\"1\" outside=\"0\" occluded=\"0\" xtl=\"5\" ytl=\"5\" xbr=\"9\" \
        ybr=\"9\"/></track></annotations>";
    write_files(
        dir.path(),
        &[("annotations.xml", text), ("images/frame_000002.png", ""), ("images/frame_000005.PNG", "")],
    );
    let input = read(&FORMAT, dir.path()).unwrap();
    let shown: Vec<_> = input
        .samples
        .iter()
        .map(|sample| {
            (sample.image.name.as_str(), sample.image.bytes != ImageBytes::ByName, sample.labels.len())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("drive.mp4/frame_000001.PNG", false, 1),
            ("drive.mp4/frame_000002.PNG", true, 2),
            ("drive.mp4/frame_000003.PNG", false, 0),
            ("drive.mp4/frame_000005.PNG", true, 0),
        ]
    );
    assert_eq!(
        Value::Object(input.samples[1].labels[0].fields.clone()),
        json!({"class": "car", "bbox": [2.0, 2.0, 2.0, 2.0], "track_id": 0,
            "attributes": {"group_id": 2, "keyframe": false, "occluded": true}})
    );
    assert_eq!(input.samples[1].labels[1].place.to_string(), "annotations.xml, line 10");
    assert_eq!(
        Value::Object(input.samples[0].image.fields.clone()),
        json!({"width": 640, "height": 480, "file_name": "drive.mp4/frame_000001.PNG",
            "attributes": {"frame_index": 1, "video": "drive.mp4"}})
    );
    assert_eq!(input.classes, ClassList::of_names(["car", "bus"]));
    assert_eq!(
        input.skipped_kinds(),
        [
            ("description of the task (`meta` but for its labels)", 1),
            ("frame without objects, of which the image is not there", 2),
        ]
    );
    let folder = tempfile::tempdir().unwrap();
    let left_out = write(&FORMAT, &input.classes, &input.samples, folder.path());
    assert_same(&input.samples, &read(&FORMAT, folder.path()).unwrap().samples);
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
}

#[test]
fn images_of_one_name_get_another() {
    let image =
        |subset: &str| format!("<image id=\"0\" name=\"a.jpg\"{subset} width=\"64\" height=\"48\"></image>");
    let names = |files: &[(&str, &str)]| -> Result<Vec<String>, String> {
        Ok(read_folder(files)?.samples.into_iter().map(|sample| sample.image.name).collect())
    };
    let two = document(&format!("{}{}", image(" subset=\"Train\""), image(" subset=\"Test\"")));
    assert_eq!(names(&[("annotations.xml", &two)]).unwrap(), ["Train/a.jpg", "Test/a.jpg"]);
    let one = document(&image(""));
    assert_eq!(
        names(&[("x/annotations.xml", &one), ("y/annotations.xml", &one)]).unwrap(),
        ["x/annotations/a.jpg", "y/annotations/a.jpg"]
    );
    let same = document(&format!("{0}{0}", image("")));
    let why = names(&[("annotations.xml", &same)]).unwrap_err();
    assert!(
        why.contains("expected each image once, found \"annotations/annotations/a.jpg\" twice")
            || why.contains("twice"),
        "{why}"
    );
}

#[test]
fn faults_name_file_line_and_field() {
    let unclassified = one_label("<box label=\"\" xtl=\"1\" ytl=\"1\" xbr=\"2\" ybr=\"2\"/>").unwrap();
    assert_eq!(unclassified, json!({"bbox": [1.0, 1.0, 1.0, 1.0]}));
    let lines = 6 + META.matches('\n').count();
    for (element, said) in [
        (
            "<box label=\"car\" xtl=\"1\" ytl=\"2\" xbr=\"3\"/>",
            "field box.ybr: expected a number, found nothing",
        ),
        ("<box label=\"car\" xtl=\"inf\"/>", "field box.xtl: expected a number, found \"inf\""),
        (
            "<polygon label=\"car\" points=\"1,2;3\"/>",
            "field polygon.points: expected points as `x,y;x,y`, found \"3\" as point 1",
        ),
        ("<polygon label=\"car\" points=\"\"/>", "field polygon.points: expected points as `x,y;x,y`"),
        (
            "<mask label=\"car\" rle=\"1, 2\" left=\"0\" top=\"0\" width=\"2\" height=\"2\"/>",
            "field mask.rle: expected run lengths of 4 pixels, found 3",
        ),
        (
            "<mask label=\"car\" rle=\"9\" left=\"0\" top=\"0\" width=\"2\" height=\"2\"/>",
            "field mask.rle: expected run lengths of 4 pixels, found others",
        ),
        (
            "<mask label=\"car\" rle=\"4\" left=\"0\" top=\"0\" width=\"-2\" height=\"2\"/>",
            "field mask.width: expected a number above 0",
        ),
        (
            "<skeleton label=\"hand\"><points label=\"x\" points=\"1,2\"/></skeleton>",
            "field skeleton: expected the points tip, base, found \"x\"",
        ),
    ] {
        let why = one_label(element).unwrap_err();
        assert!(why.starts_with(&format!("annotations.xml, line {lines}, {said}")), "{why}");
    }
    for (text, said) in [
        (document("<image name=\"\"/>"), "field image.name: expected the name of an image"),
        (
            document("<track id=\"0\" label=\"a\"><box frame=\"x\"/></track>"),
            "field box.frame: expected the number of a frame, found \"x\"",
        ),
        (document("<image name=\"a\" width=\"x\"/>"), "field image.width: expected a whole number of pixels"),
        (
            "<annotations><version>2.0</version></annotations>".to_owned(),
            "field version: expected the version 1.1, found \"2.0\"",
        ),
        ("<annotations>".to_owned(), "expected the end of an element, found the end of the document"),
        ("<annotation/>".to_owned(), "expected XML of CVAT with the element `annotations`, found none"),
    ] {
        let why = read_folder(&[("annotations.xml", &text)]).unwrap_err();
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn files_of_other_tools_are_not_recognised() {
    let is_cvat = |files: &[(&str, &str)]| {
        let dir = tempfile::tempdir().unwrap();
        write_files(dir.path(), files);
        recognises(&Files::open(dir.path()).unwrap())
    };
    assert!(is_cvat(&[("annotations.xml", &image(""))]));
    assert!(is_cvat(&[("default.xml", "\u{feff}<annotations><image id=\"0\" name=\"a\"/></annotations>")]));
    assert!(!is_cvat(&[("a.xml", "<annotation><filename>a</filename><size/></annotation>")]));
    assert!(!is_cvat(&[("a.xml", "<annotations><x/></annotations>")]));
    assert_only_own_fixtures(&FORMAT);
}
