use super::*;
use crate::annotations::formats::geojson::geotiff::tests::made;
use crate::annotations::model::ImageBytes;

fn ring(x: f64, y: f64, side: f64) -> Value {
    json!([[x, y], [x + side, y], [x + side, y + side], [x, y]])
}

#[test]
fn pixels_of_the_image_of_the_same_name() {
    let features = [
        feature(&json!({"class": "roof", "storeys": 2}), "Polygon", &json!([ring(10.0, 20.0, 30.0)])),
        feature(&json!({"class": "tree"}), "Point", &json!([500, 600.5])),
        feature(&json!({"class": "road", "score": 0.5}), "LineString", &json!([[0, 0], [900, 10]])),
        feature(
            &json!({"class": null}),
            "MultiPolygon",
            &json!([[ring(1.0, 1.0, 2.0)], [ring(9.0, 9.0, 2.0)]]),
        ),
    ];
    let dir = folder(&[
        ("train/a.geojson", collection(&features).as_bytes()),
        ("train/a.jpg", b"x"),
        ("train/b.geojson", b"{\"type\": \"FeatureCollection\", \"features\": []}"),
        ("train/b.png", b"x"),
        ("train/c.png", b"x"),
    ]);
    let read = read_path(dir.path(), None).unwrap();
    assert_eq!(
        read.labels(),
        [
            (
                "train/a.jpg",
                vec![
                    json!({"class": "roof", "segmentation": [[10.0, 20.0, 40.0, 20.0, 40.0, 50.0]], "attributes": {"storeys": 2}}),
                    json!({"class": "tree", "keypoints": [500.0, 600.5, 2.0]}),
                    json!({"class": "road", "polyline": [0.0, 0.0, 900.0, 10.0], "score": 0.5}),
                    json!({"segmentation": [[1.0, 1.0, 3.0, 1.0, 3.0, 3.0], [9.0, 9.0, 11.0, 9.0, 11.0, 11.0]]}),
                ]
            ),
            ("train/b.png", vec![]),
        ]
    );
    let image = &read.samples[0].image;
    assert_eq!(
        Value::Object(image.fields.clone()),
        json!({"file_name": "a.jpg", "width": 1000, "height": 800})
    );
    assert_eq!(image.split.as_deref(), Some("TRAIN"));
    assert_eq!(image.bytes, ImageBytes::File("train/a.jpg".to_owned()));
    assert_eq!(read.samples[0].labels[2].place.to_string(), "train/a.geojson, features[2]");
    assert_eq!(read.classes, ClassList::of_names(["road", "roof", "tree"]));
    let skipped: Vec<_> = read.skipped.all().collect();
    assert_eq!(skipped, [("image without a GeoJSON file", 1, "train/c.png")]);
}

#[test]
fn coordinates_of_the_world_become_pixels() {
    let corners = json!([[
        [500_010.0, 4_999_990.0],
        [500_020.0, 4_999_990.0],
        [500_020.0, 4_999_980.0],
        [500_010.0, 4_999_990.0]
    ]]);
    let text = collection(&[feature(&json!({"label": "roof"}), "Polygon", &corners)]);
    let tags = [(33_550, vec![0.5, 0.5, 0.0]), (33_922, vec![0.0, 0.0, 0.0, 500_000.0, 5_000_000.0, 0.0])];
    let tiff = made(true, &tags);
    let world = b"0.5\n0\n0\n-0.5\n500000.25\n4999999.75\n";
    for files in [
        [("a.geojson", text.as_bytes()), ("a.tif", &tiff[..]), ("x.txt", b"")],
        [("a.geojson", text.as_bytes()), ("a.jpg", b"x"), ("a.jgw", world)],
        [("a.geojson", text.as_bytes()), ("a.jpg", b"x"), ("a.WLD", world)],
    ] {
        let dir = folder(&files);
        let read = read_path(dir.path(), None).unwrap();
        let label = &read.labels()[0].1[0];
        assert_eq!(label["segmentation"], json!([[20.0, 20.0, 40.0, 20.0, 40.0, 40.0]]));
        assert_eq!(label["attributes"]["geometry"]["coordinates"], corners);
        assert_eq!(
            read.samples[0].image.fields["geotransform"],
            json!([0.5, 0.0, 500_000.0, 0.0, -0.5, 5_000_000.0])
        );
    }
    let dir = folder(&[("a.geojson", text.as_bytes()), ("a.jpg", b"x")]);
    let why = read_path(dir.path(), None).unwrap_err();
    assert!(why.contains("a.geojson, features[0]: expected pixels of the image"), "{why}");
    assert!(why.contains("neither GeoTIFF tags nor a world file"), "{why}");
}

#[test]
fn features_of_many_images() {
    // As xView has them.
    let of = |image: &str, bounds: &str, kind: u64| {
        let properties =
            json!({"bounds_imcoords": bounds, "image_id": image, "type_id": kind, "feature_id": kind * 10});
        feature(&properties, "Polygon", &json!([ring(-90.5, 15.1, 0.01)]))
    };
    let text = collection(&[
        of("2355.tif", "2671,838,2714,869", 73),
        of("7.tif", "1,2,3,4", 11),
        of("2355.tif", "0,0,5,5", 11),
    ]);
    let dir = folder(&[
        ("xView_train.geojson", text.as_bytes()),
        ("train_images/2355.tif", b"x"),
        ("xview_class_labels.txt", b"11:Fixed-wing Aircraft\n73:Building\n"),
    ]);
    let read = read_path(dir.path(), None).unwrap();
    let labels = read.labels();
    assert_eq!(labels[0].0, "2355.tif");
    assert_eq!(labels[0].1[0]["bbox"], json!([2671.0, 838.0, 43.0, 31.0]));
    assert_eq!(labels[0].1[0]["class"], "Building");
    assert_eq!((labels[0].1.len(), labels[1].0), (2, "7.tif"));
    assert_eq!(read.samples[0].labels[0].id.as_deref(), Some("730"));
    assert_eq!(read.samples[0].image.bytes, ImageBytes::File("train_images/2355.tif".to_owned()));
    let classes =
        json!({"classes": [{"class": "Fixed-wing Aircraft", "id": 11}, {"class": "Building", "id": 73}]});
    assert_eq!(read.classes.to_value(), classes);
    // As SpaceNet has them: names without endings.
    let feature = feature(
        &json!({"IMAGE_ID": "AOI_2_img1", "class": "x"}),
        "Polygon",
        &json!([ring(10.0, 20.0, 30.0)]),
    );
    let dir = folder(&[("summary.json", collection(&[feature]).as_bytes()), ("RGB/AOI_2_img1.tif", b"x")]);
    assert_eq!(read_path(dir.path(), None).unwrap().labels()[0].0, "AOI_2_img1.tif");
}

#[test]
fn bad_collections_are_refused() {
    let polygon = json!([ring(10.0, 20.0, 30.0)]);
    for (features, said) in [
        (
            vec![feature(&json!({"osm_id": 4, "colour": "red"}), "Polygon", &polygon)],
            "a.geojson: expected a property that is the class, such as `class`, `label` or `category`, found `colour`, `osm_id`",
        ),
        (
            vec![feature(&json!({"class": "a"}), "Polygon", &json!([[[1, 2], [3]]]))],
            "features[0], field geometry.coordinates[0]: expected 3 points or more",
        ),
        (
            vec![feature(&json!({"class": "a"}), "Polygon", &json!([[[1, 2], [3], [4, 5]]]))],
            "field geometry.coordinates[0][1]: expected a list of two numbers",
        ),
        (
            vec![feature(&json!({"class": "a"}), "Circle", &polygon)],
            "field geometry.type: expected a polygon",
        ),
        (vec![feature(&json!({"class": "a"}), "MultiLineString", &json!([[], []]))], "found 2; split it"),
        (
            vec![json!({"type": "Feature", "properties": [], "geometry": null})],
            "features[0], field properties",
        ),
        (vec![json!({"type": "Polygon", "properties": {"class": "a"}})], "field type: expected `Feature`"),
        (
            vec![feature(&json!({"class": "a", "bounds_imcoords": "1,2,3"}), "Polygon", &polygon)],
            "expected `x1,y1,x2,y2`",
        ),
        (
            vec![
                feature(&json!({"class": "a", "image_id": "a.jpg"}), "Polygon", &polygon),
                feature(&json!({"class": "a"}), "Polygon", &polygon),
            ],
            "features[1], field properties.image_id: expected the name of the image",
        ),
    ] {
        let dir = folder(&[("a.geojson", collection(&features).as_bytes()), ("a.jpg", b"x")]);
        let why = read_path(dir.path(), None).unwrap_err();
        assert!(why.contains(said), "{why}");
    }
    let one = collection(&[feature(&json!({"class": "a"}), "Polygon", &polygon)]);
    let dir = folder(&[("a.geojson", one.as_bytes())]);
    let why = read_path(&dir.path().join("a.geojson"), None).unwrap_err();
    assert!(why.contains("expected the image, because its size says if coordinates are pixels"), "{why}");
    assert_eq!(read_path(&dir.path().join("a.geojson"), Some("pixels")).unwrap().samples.len(), 1);
    assert!(read_path(dir.path(), Some("meters")).unwrap_err().contains("expected the variant"));
    let why = read_path(dir.path(), Some("pixels,class=kind")).unwrap_err();
    assert!(why.contains("such as `kind`, found `class`"), "{why}");
}

#[test]
fn holes_are_counted_and_kept() {
    let rings = json!([ring(10.0, 20.0, 30.0), ring(20.0, 25.0, 5.0)]);
    let text = collection(&[feature(&json!({"class": "roof"}), "Polygon", &rings)]);
    let dir = folder(&[("a.geojson", text.as_bytes()), ("a.jpg", b"x")]);
    let read = read_path(dir.path(), None).unwrap();
    assert_eq!(read.labels()[0].1[0]["attributes"]["geometry"]["coordinates"], rings);
    assert_eq!(
        read.skipped.all().next().unwrap().0,
        "hole of a polygon (kept only in the attribute `geometry`)"
    );
}

#[test]
fn other_documents_are_not_recognised() {
    let is_recognised = |files: &[(&str, &[u8])]| {
        let dir = folder(files);
        (FORMAT.recognises)(&Files::open(dir.path()).unwrap())
    };
    for text in [
        "{\"images\": [], \"annotations\": [], \"features\": \"FeatureCollection\"}",
        "{\"version\": \"5.0\", \"shapes\": [], \"features\": []}",
        "[{\"features\": []}]",
        "{\"type\": \"FeatureCollection\"}",
        "{\"features\": {\"label\": {\"names\": []}}}",
        "",
        "\u{0}",
    ] {
        assert!(!is_recognised(&[("a.json", text.as_bytes())]), "{text}");
    }
    assert!(is_recognised(&[(
        "x/a.geojson",
        b"\xef\xbb\xbf{\"type\":\"FeatureCollection\",\"features\":[]}"
    )]));
    assert!(is_recognised(&[("a.json", b"{\"features\":[{\"type\":\"Feature\"}], \"type\": 1}")]));
    let birds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/birds");
    if birds.exists() {
        assert!(!(FORMAT.recognises)(&Files::open(&birds).unwrap()));
    }
}
