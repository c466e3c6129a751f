//! Plain files, as many tools write them, and what is refused.

use super::*;

#[test]
fn images_have_their_labels() {
    let content = read_json(&document(&json!([
        {"id": 7, "image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12.0, "iscrowd": 0,
         "segmentation": [[1, 2, 3, 4, 5, 6]], "attributes": {"occluded": true}},
        {"id": 8, "image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]},
        {"id": "x", "image_id": 2, "caption": "a pond"},
    ])))
    .unwrap();
    // Byte for byte as in the stores of today: by id, `name` as `class`.
    assert_eq!(
        content.classes.to_value().to_string(),
        r#"{"classes":[{"class":"cat","id":1,"supercategory":"animal"},{"class":"dog","id":2,"supercategory":"animal"}]}"#
    );
    let [a, b] = &content.samples[..] else { panic!() };
    assert_eq!((a.image.name.as_str(), a.labels.len(), b.labels.len()), ("a.jpg", 1, 2));
    assert_eq!(
        Value::Object(a.image.fields.clone()),
        json!({"file_name": "a.jpg", "width": 64, "height": 48})
    );
    assert_eq!(
        Value::Object(b.labels[0].fields.clone()),
        json!({"class": "cat", "bbox": [1, 2, 3, 4], "area": 12.0, "iscrowd": 0,
            "segmentation": [[1, 2, 3, 4, 5, 6]], "attributes": {"occluded": true}})
    );
    assert_eq!(Value::Object(b.labels[1].fields.clone()), json!({"caption": "a pond"}));
    assert_eq!(b.labels[0].place.to_string(), "annotations[0]");
    assert_eq!(b.image.place.to_string(), "images[1]");
    let ids: Vec<&str> = content.ids.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids, ["8", "7", "x"]);
    assert_eq!(content.skipped, Skipped::default());
}

#[test]
fn an_unused_root_category_may_have_the_name_of_a_class() {
    let mut file = document(&json!([{"id": 1, "image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]}]));
    file["categories"] = json!([{"id": 0, "name": "dog", "supercategory": "none"}, {"id": 2, "name": "dog"}]);
    let content = read_json(&file).unwrap();
    assert_eq!(content.classes.classes.len(), 2);
    assert_eq!(content.labels()[0].1["class"], "dog");
    // Both are used: labels would be ambiguous.
    file["annotations"] = json!([
        {"id": 1, "image_id": 1, "category_id": 2},
        {"id": 2, "image_id": 1, "category_id": 0},
    ]);
    let why = read_json(&file).unwrap_err();
    assert!(why.starts_with("categories[1], field name: duplicate category name \"dog\""), "{why}");
    assert!(why.contains("first in categories[0]"), "{why}");
}

#[test]
fn ids_may_be_whole_floats_and_texts() {
    let content = read_json(&json!({
        "images": [{"id": 1.0, "file_name": "a.jpg", "width": 64.0, "height": 48.0}],
        "categories": [{"id": 1.0, "name": "cat"}],
        "annotations": [{"id": 1.0, "image_id": 1.0, "category_id": 1.0}, {"id": "u-1", "image_id": "1", "category_id": "1"}],
    }))
    .unwrap();
    assert_eq!(content.ids, [("a.jpg".to_owned(), "1".to_owned()), ("a.jpg".to_owned(), "u-1".to_owned())]);
    assert_eq!(content.classes.classes[0].id, Some(json!(1)));
    assert_eq!(content.samples[0].image.fields["width"].to_string(), "64");
    let why = read_json(&document(&json!([{"id": 1.5, "image_id": 1}]))).unwrap_err();
    assert_eq!(why, "annotations[0], field id: expected a whole number, found 1.5");
}

#[test]
fn annotations_need_no_id() {
    let file =
        document(&json!([{"image_id": 1, "category_id": 1}, {"id": null, "image_id": 1, "category_id": 1}]));
    let content = read_json(&file).unwrap();
    assert_eq!(content.samples[0].labels.len(), 2);
    assert!(content.samples[0].labels.iter().all(|label| label.id.is_none()) && content.ids.is_empty());
}

#[test]
fn a_name_may_be_in_an_address() {
    let content = read_json(&json!({
        "images": [{"id": 3, "coco_url": "http://h.org/val2017/0003.jpg", "neg_category_ids": [5]}],
        "categories": [{"id": 1, "name": "can", "synonyms": ["tin"]}],
    }))
    .unwrap();
    let image = &content.samples[0].image;
    assert_eq!(image.name, "val2017/0003.jpg");
    assert_eq!(image.fields["neg_category_ids"], json!([5]));
    let why = read_json(&json!({"images": [{"id": 1}]})).unwrap_err();
    assert_eq!(
        why,
        "images[0], field file_name: expected a string, or an address as `coco_url`, found nothing"
    );
}

#[test]
fn names_have_a_normal_form() {
    for (given, name) in [
        ("./a.jpg", "a.jpg"),
        ("images\\a.jpg", "images/a.jpg"),
        ("https://h/a.jpg?X-Amz-Signature=0", "https://h/a.jpg"),
        ("a.jpg ", "a.jpg "),
        ("/data/a.jpg", "/data/a.jpg"),
    ] {
        let content = read_json(&json!({"images": [{"id": 1, "file_name": given}]})).unwrap();
        let image = &content.samples[0].image;
        assert_eq!((image.name.as_str(), &image.fields["file_name"]), (name, &json!(name)));
    }
    let why = read_json(&json!({"images": [{"id": 1, "file_name": ""}]})).unwrap_err();
    assert!(
        why.starts_with("images[0], field file_name: expected the name of an image, found \"\""),
        "{why}"
    );
}

#[test]
fn equal_entries_of_an_image_are_one_image() {
    let mut file = document(&json!([
        {"id": 1, "image_id": 1, "category_id": 1},
        {"id": 2, "image_id": 51, "category_id": 2},
    ]));
    file["images"][1] = json!({"id": 51, "file_name": "./a.jpg", "width": 64.0, "height": 48});
    let content = read_json(&file).unwrap();
    assert_eq!((content.samples.len(), content.samples[0].labels.len()), (1, 2));
    file["images"][1]["width"] = json!(65);
    let why = read_json(&file).unwrap_err();
    assert!(
        why.starts_with("images[1], field file_name: \"a.jpg\" is already an image of images[0]"),
        "{why}"
    );
    file["images"][1] = json!({"id": 1, "file_name": "c.jpg"});
    let why = read_json(&file).unwrap_err();
    assert_eq!(why, "images[1], field id: duplicate id 1, first in images[0]; give each its own id");
    // The same id and the same fields: one image as well.
    file["images"][1] = file["images"][0].clone();
    file["annotations"][1]["image_id"] = json!(1);
    assert_eq!(read_json(&file).unwrap().samples.len(), 1);
}

#[test]
fn a_duplicate_id_is_found_far_down() {
    let mut annotations: Vec<Value> =
        (0..1200).map(|id| json!({"id": id, "image_id": 1 + id % 2, "category_id": 1})).collect();
    annotations.push(json!({"id": "5", "image_id": 2}));
    let why = read_json(&document(&annotations.into())).unwrap_err();
    assert_eq!(
        why,
        "annotations[1200], field id: duplicate id 5, first in annotations[5]; give each its own id"
    );
}

#[test]
fn constants_of_javascript_are_refused_with_their_field() {
    let text = document(&json!([{"id": 1, "image_id": 1, "area": "?"}])).to_string().replace("\"?\"", "NaN");
    let why = read_text(&text).unwrap_err();
    assert!(why.starts_with("annotations[0], field area: expected a JSON value, found NaN"), "{why}");
}

#[test]
fn dangling_ids_are_refused_and_null_is_no_class() {
    for (annotation, said) in [
        (
            json!({"id": 2, "image_id": 99}),
            "annotations[1], field image_id: there is no image 99 in this file",
        ),
        (
            json!({"id": 2, "image_id": 1, "category_id": -1}),
            "annotations[1], field category_id: there is no category -1 in this file",
        ),
        (
            json!({"id": 2}),
            "annotations[1], field image_id: expected the id of an image of this file, found nothing",
        ),
        (
            json!({"id": 2, "image_id": 1, "category_id": [1]}),
            "annotations[1], field category_id: expected a whole number or a string, found",
        ),
        (
            json!({"id": 2, "image_id": 1, "category_id": 1, "class": "x"}),
            "annotations[1], field class: the field `class` is reserved",
        ),
        (json!([]), "annotations[1]: expected a JSON object, found"),
        (
            json!({"id": 2, "image_id": 1, "segments_info": {}}),
            "annotations[1], field segments_info: expected a list of objects, found",
        ),
    ] {
        let why = read_json(&document(&json!([{"id": 1, "image_id": 1}, annotation]))).unwrap_err();
        assert!(why.starts_with(said), "{why}");
    }
    let content =
        read_json(&document(&json!([{"id": 1, "image_id": 1, "category_id": null, "area": 2}]))).unwrap();
    assert_eq!(content.labels()[0].1, json!({"area": 2}));
    let mut file = document(&json!([{"id": 1, "image_id": 1, "category_id": 3}]));
    file.as_object_mut().unwrap().remove("categories");
    assert!(read_json(&file).unwrap_err().contains("the file has no categories"));
}

#[test]
fn something_else_than_a_list_is_refused() {
    for (name, value, found) in [
        ("annotations", json!({"1": {"id": 1}}), "an object"),
        ("annotations", json!(null), "null"),
        ("images", json!("a"), "a string"),
        ("categories", json!({}), "an object"),
        ("videos", json!(7), "a number"),
    ] {
        let mut file = document(&json!([]));
        file[name] = value;
        let why = read_json(&file).unwrap_err();
        assert_eq!(why, format!("`{name}`: expected a list, found {found}; export the data as COCO again"));
    }
    for (file, said) in [
        (json!({"annotations": []}), "found the fields `annotations`;"),
        (json!({"items": [], "categories": []}), "(it seems to be a file of Datumaro)"),
        (json!({"_via_settings": {}}), "(it seems to be a file of VIA)"),
        (json!({}), "found no fields;"),
    ] {
        let why = read_json(&file).unwrap_err();
        assert!(why.starts_with("the document: expected the list `images`") && why.contains(said), "{why}");
    }
    assert!(
        read_text("{\"images\": [{\"id\": 1, \"file_name\": \"a\"}")
            .unwrap_err()
            .contains("expected `,` or `]` at byte")
    );
}

#[test]
fn names_of_categories_may_be_numbers() {
    let named = |categories: Value| {
        let mut file = document(&json!([{"id": 1, "image_id": 1, "category_id": 1}]));
        file["categories"] = categories;
        read_json(&file).map(|content| content.labels()[0].1["class"].clone())
    };
    assert_eq!(named(json!([{"id": 1, "name": 0}, {"id": 2, "name": 1.0}])).unwrap(), "0");
    let both = named(json!([{"id": 1, "name": 0}, {"id": 2, "name": "0"}])).unwrap_err();
    assert!(both.starts_with("categories[1], field name: duplicate category name \"0\""), "{both}");
    for name in [json!(null), json!(true), json!(["a"])] {
        let why = named(json!([{"id": 1, "name": name}])).unwrap_err();
        assert!(why.starts_with("categories[0], field name: expected a string as the name"), "{why}");
    }
    let why = named(json!([{"name": "a"}])).unwrap_err();
    assert!(why.starts_with("categories[0], field id: expected a whole number or a string"), "{why}");
    let why = named(json!([{"id": 1, "name": "a"}, {"id": 1, "name": "b"}])).unwrap_err();
    assert!(
        why.contains("categories[1], field id: duplicate category id 1, first in categories[0]"),
        "{why}"
    );
    assert_eq!(named(json!([{"id": 1, "name": "a"}, {"id": 1, "name": "a"}])).unwrap(), "a");
}

#[test]
fn unknown_sizes_are_left_out() {
    let read = |width: Value| {
        let mut file = document(&json!([]));
        file["images"][0]["width"] = width;
        read_json(&file).map(|content| content.samples[0].image.fields.get("width").cloned())
    };
    assert_eq!(read(json!(0)).unwrap(), None);
    assert_eq!(read(json!(null)).unwrap(), None);
    let why = read(json!("64")).unwrap_err();
    assert!(why.contains("images[0], field width: expected a whole number of pixels, found \"64\""), "{why}");
}

#[test]
fn other_fields_of_the_document_are_counted() {
    let mut file = document(&json!([]));
    file["info"] = json!({"year": 2026});
    file["licenses"] = json!([]);
    file["tracks"] = json!([{"id": 1}]);
    file["type"] = json!("instances");
    let skipped = read_json(&file).unwrap().skipped;
    let all: Vec<_> = skipped.all().collect();
    assert_eq!(all, [("other fields of the document", 1, "`tracks`")]);
}

#[test]
fn our_own_names_are_read() {
    let version = format!("version:{}", "0".repeat(64));
    let label = |id: u64, class: u64, name: &str| {
        json!({"id": id, "image_id": 1, "category_id": class, "bbox": [1, 2, 3, 4],
            "stemma": {"version": version, "label": name, "split": "VALIDATION"}})
    };
    let mut file =
        document(&json!([label(1, 1, "t/LABEL/x"), label(2, 2, "t/LABEL/y"), label(3, 2, "t/LABEL/x")]));
    file["images"][0]["stemma"] = json!({"version": version, "source": "t/SOURCE/a.jpg", "payload": null});
    file["images"][1]["stemma"] = json!("a field of the user");
    let content = read_json(&file).unwrap();
    let [a, b] = &content.samples[..] else { panic!() };
    let image = a.image.exported.as_ref().unwrap();
    assert_eq!((image.item.as_str(), image.version.as_deref()), ("t/SOURCE/a.jpg", Some(version.as_str())));
    assert_eq!(a.image.split.as_deref(), Some("VALIDATION"));
    assert!(!a.image.fields.contains_key("stemma") && b.image.fields.contains_key("stemma"));
    // A label with two classes was written as two annotations.
    let [x, y] = &a.labels[..] else { panic!("{:?}", a.labels) };
    assert_eq!(x.exported.as_ref().unwrap().item, "t/LABEL/x");
    assert_eq!((&x.fields["class"], &y.fields["class"]), (&json!(["cat", "dog"]), &json!("dog")));
    assert!(!x.fields.contains_key("stemma"));
}

#[test]
fn categories_of_our_own_may_be_no_class_or_another_value() {
    let mut file = document(&json!([
        {"id": 1, "image_id": 1, "category_id": 1},
        {"id": 2, "image_id": 1, "category_id": 2},
        {"id": 3, "image_id": 1, "category_id": 3},
    ]));
    file["categories"] = json!([
        {"id": 1, "name": "unclassified", "stemma": {"class": null}},
        {"id": 2, "name": "7 (number)", "stemma": {"class": 7}},
        {"id": 3, "name": "cat", "stemma": "a field of the user"},
    ]);
    let content = read_json(&file).unwrap();
    let classes: Vec<Option<&Value>> =
        content.samples[0].labels.iter().map(|label| label.fields.get("class")).collect();
    assert_eq!(classes, [None, Some(&json!(7)), Some(&json!("cat"))]);
    assert_eq!(content.classes.classes.len(), 2);
    assert_eq!(content.classes.classes[1].fields["stemma"], "a field of the user");
}
