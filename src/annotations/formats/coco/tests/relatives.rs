//! Panoptic and video files, and lists of results.

use super::*;
use crate::annotations::model::LabelOrigin;

#[test]
fn a_panoptic_segment_is_a_label() {
    let segment = |id: u64, class: u64| json!({"id": id, "category_id": class, "area": 5, "bbox": [1, 2, 3, 4], "iscrowd": 0});
    let mut file = document(&json!([
        {"image_id": 2, "file_name": "b.png", "segments_info": [segment(3_226_956, 1), segment(7, 2)]},
        {"image_id": 1, "file_name": "a.png", "segments_info": []},
    ]));
    let content = read_json(&file).unwrap();
    let [a, b] = &content.samples[..] else { panic!() };
    assert!(a.labels.is_empty());
    assert_eq!(
        Value::Object(b.labels[0].fields.clone()),
        json!({"class": "cat", "area": 5, "bbox": [1, 2, 3, 4], "iscrowd": 0, "segment_id": 3_226_956, "segments_file": "b.png"})
    );
    assert_eq!(b.labels[1].id.as_deref(), Some("b.png/7"));
    assert_eq!(b.labels[1].place.to_string(), "annotations[0].segments_info[1]");
    file["annotations"][0]["segments_info"][1]["category_id"] = json!(9);
    let why = read_json(&file).unwrap_err();
    assert!(why.starts_with("annotations[0], field category_id: there is no category 9"), "{why}");
}

/// A document with a video of two frames.
fn video(annotation: &Value) -> Value {
    json!({
        "annotations": [annotation],
        "videos": [{"id": 1, "width": 64, "height": 48, "length": 2, "file_names": ["v1\\0.jpg", "v1/5.jpg"],
            "flickr_urls": ["x", "y"]}],
        "categories": [{"id": 1, "name": "cat"}],
    })
}

#[test]
fn a_frame_is_an_image_and_an_object_has_a_label_in_each() {
    let mask = json!({"size": [48, 64], "counts": "PP_2"});
    let content = read_json(&video(&json!({
        "id": 9, "video_id": 1, "category_id": 1, "iscrowd": 0, "height": 48, "length": 2,
        "segmentations": [null, mask], "bboxes": [null, [1, 2, 3, 4]], "areas": [null, 12],
    })))
    .unwrap();
    let [first, second] = &content.samples[..] else { panic!() };
    assert_eq!(
        Value::Object(first.image.fields.clone()),
        json!({"file_name": "v1/0.jpg", "width": 64, "height": 48, "length": 2, "video_id": 1, "frame_index": 0})
    );
    assert_eq!((first.image.name.as_str(), first.labels.len()), ("v1/0.jpg", 0));
    assert_eq!(second.image.place.to_string(), "videos[0].file_names[1]");
    let label = &second.labels[0];
    assert_eq!(label.id.as_deref(), Some("9/1"));
    assert_eq!(
        Value::Object(label.fields.clone()),
        json!({"class": "cat", "iscrowd": 0, "height": 48, "length": 2, "track_id": 9, "segmentation": mask,
            "bbox": [1, 2, 3, 4], "area": 12})
    );
}

#[test]
fn a_video_is_refused_with_its_place() {
    for (annotation, said) in [
        (json!({"id": 1, "video_id": 2}), "annotations[0], field video_id: there is no video 2"),
        (
            json!({"id": 1, "video_id": 1}),
            "annotations[0], field segmentations: expected a list with the mask",
        ),
        (
            json!({"id": 1, "video_id": 1, "bboxes": [null]}),
            "annotations[0], field bboxes: expected 2 entries, one a frame of the video, found 1",
        ),
    ] {
        let why = read_json(&video(&annotation)).unwrap_err();
        assert!(why.starts_with(said), "{why}");
    }
    let mut file = video(&json!({"id": 1, "video_id": 1, "bboxes": [null, null]}));
    file["videos"][0]["file_names"][1] = json!("v1/0.jpg");
    assert!(read_json(&file).unwrap_err().contains("the video has the frame \"v1/0.jpg\" twice"));
    file["images"] = json!([{"id": 1, "file_name": "v1/0.jpg"}]);
    file["videos"][0]["file_names"] = json!(["v1/0.jpg", "v1/5.jpg"]);
    let why = read_json(&file).unwrap_err();
    assert!(
        why.contains("\"v1/0.jpg\" is already an image of images[0]") || why.contains("of videos[0]"),
        "{why}"
    );
    file["videos"][0]["file_names"][1] = json!(7);
    assert!(read_json(&file).unwrap_err().contains("videos[0], field file_names[1]: expected a string"));
    // Videos that only describe the images of a file.
    let mut file = document(&json!([{"id": 1, "image_id": 1, "video_id": 1, "track_id": 4}]));
    file["videos"] = json!([{"id": 1, "name": "v"}]);
    let content = read_json(&file).unwrap();
    assert_eq!(content.labels()[0].1, json!({"video_id": 1, "track_id": 4}));
    assert_eq!(content.skipped.all().collect::<Vec<_>>(), [("videos without `file_names`", 1, "videos[0]")]);
}

#[test]
fn results_are_predictions_of_the_images_of_another_file() {
    let dir = tempfile::tempdir().unwrap();
    let (truth, results) = (dir.path().join("truth.json"), dir.path().join("results.json"));
    std::fs::write(&truth, document(&json!([{"id": 1, "image_id": 1, "category_id": 1}])).to_string())
        .unwrap();
    let write = |list: Value| std::fs::write(&results, list.to_string()).unwrap();
    write(json!([
        {"image_id": 2, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5},
        {"image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.25, "id": 4},
    ]));
    assert!((FORMAT.recognises)(&Files::open(&results).unwrap()));
    let content = read_path(&results, Some(&truth)).unwrap();
    assert_eq!(content.samples.iter().map(|sample| sample.labels.len()).collect::<Vec<_>>(), [0, 2]);
    let label = &content.samples[1].labels[0];
    assert_eq!((label.origin, label.id.as_deref()), (LabelOrigin::Prediction, None));
    assert_eq!(
        Value::Object(label.fields.clone()),
        json!({"class": "dog", "bbox": [1, 2, 3, 4], "score": 0.5})
    );
    assert_eq!(label.place.to_string(), "[0]");
    assert_eq!(content.classes.classes.len(), 2);
    let why = read_path(&results, None).unwrap_err();
    assert!(why.contains("results.json: expected the file of images and categories"), "{why}");
    write(json!([{"image_id": 3, "category_id": 2, "score": 0.5}]));
    let why = read_path(&results, Some(&truth)).unwrap_err();
    assert!(why.starts_with("[0], field image_id: there is no image 3 in the file of ground truth"), "{why}");
    std::fs::write(&truth, "[]").unwrap();
    let why = read_path(&results, Some(&truth)).unwrap_err();
    assert_eq!(why, "truth.json: expected a JSON object at byte 0, found `[`");
}
