//! Labels of several regions.

use super::*;

/// Returns a label of Label Studio with a rectangle, a polygon, an answer and a relation.
fn of_regions() -> Label {
    let result = |id: &str, kind: &str, value: Value| {
        json!({"id": id, "type": kind, "from_name": "k", "to_name": "i", "original_width": 64,
            "original_height": 48, "value": value})
    };
    let rectangle =
        json!({"x": 25, "y": 25, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["wren"]});
    let polygon = json!({"points": [[0, 0], [50, 0], [0, 50]], "polygonlabels": ["robin", "wren"]});
    let mut label = label(json!({"class": ["wren", "robin", "sunny"], "groundTruth": true, "regions": [
        result("a", "rectanglelabels", rectangle),
        result("b", "polygonlabels", polygon),
        result("c", "choices", json!({"choices": ["sunny"]})),
        {"type": "relation", "from_id": "a", "to_id": "b"},
    ]}));
    label.id = Some("11".to_owned());
    label.exported = Some(Exported { item: "t/LABEL/11".to_owned(), version: None });
    label
}

#[test]
fn each_region_of_a_label_is_an_annotation() {
    let samples = [Sample { image: image("a.jpg"), labels: vec![of_regions(), with_shape(&Shape::Whole)] }];
    let (mut written, left_out) = write(&classes(), &samples, &[]);
    assert_eq!(left_out, Skipped::default());
    let path = "annotations/instances_default.json";
    let document = written.json(path);
    let shown: Vec<Value> = document["annotations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| json!([label["category_id"], label["bbox"], label["area"]]))
        .collect();
    let bbox = json!([0.0, 0.0, 32.0, 24.0]);
    assert_eq!(
        shown,
        [
            json!([7, [16.0, 12.0, 32.0, 24.0], 768.0]),
            json!([90, bbox, 384.0]),
            json!([7, bbox, 384.0]),
            json!([91, null, null]),
            json!([7, null, null]),
        ]
    );
    assert_eq!(plain(&written.read().samples), plain(&samples));

    // One region was deleted.
    let mut fewer = document.clone();
    fewer["annotations"].as_array_mut().unwrap().drain(1..3);
    written.0.insert(path.to_owned(), fewer.to_string().into_bytes());
    let labels = written.read().samples.remove(0).labels;
    assert_eq!((labels.len(), &labels[0].fields["class"]), (2, &json!(["wren", "sunny"])));
    assert_eq!(labels[0].fields["regions"].as_array().unwrap().len(), 3);
    assert_eq!(labels[0].exported, samples[0].labels[0].exported);

    // One was moved: each is a label of its own.
    let mut moved = document;
    moved["annotations"][0]["bbox"] = json!([1, 2, 3, 4]);
    written.0.insert(path.to_owned(), moved.to_string().into_bytes());
    let labels = written.read().samples.remove(0).labels;
    let fields: Vec<Value> = labels.iter().map(|label| Value::Object(label.fields.clone())).collect();
    assert_eq!((labels.len(), &labels[0].exported), (5, &None));
    assert_eq!(fields[0]["bbox"], json!([1, 2, 3, 4]));
    assert_eq!(fields[3], json!({"class": "sunny"}));
}

#[test]
fn every_fixture_of_label_studio_is_the_same_after_writing_and_reading() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/label-studio");
    let format = crate::annotations::formats::named("label-studio").unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut reader = (format.reader)(Files::open(&path).unwrap(), &options(None)).map_err(stop).unwrap();
        let mut sample = reader.next().map_err(stop).unwrap().unwrap();
        sample.image.further.clear();
        let samples = [sample];
        let (written, _) = write(&ClassList::default(), &samples, &[]);
        let read = written.read().samples;
        assert_eq!(plain(&read), plain(&samples), "{}", path.display());
    }
}
