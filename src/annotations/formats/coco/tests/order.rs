//! The order of lists and elements has no meaning, beyond the order of images and of their labels.

use proptest::prelude::*;

use super::*;

/// A document with the lists in an order, and each annotation with its image.
fn shuffled(order: &[usize], images: usize, annotations: &[(usize, usize)]) -> String {
    let image = |id: usize| json!({"id": id, "file_name": format!("{id}.jpg"), "width": 64, "height": 48});
    let annotation = |(id, (image, class)): (usize, &(usize, usize))| json!({"id": id, "image_id": image % images, "category_id": class % 3, "bbox": [id, 1, 2, 3]});
    let lists = [
        ("images", (0..images).map(image).collect::<Vec<_>>()),
        ("annotations", annotations.iter().enumerate().map(annotation).collect()),
        ("categories", (0..3).map(|id| json!({"id": id, "name": format!("c{id}")})).collect()),
        ("info", Vec::new()),
    ];
    let shown = order.iter().map(|list| {
        let (name, elements) = &lists[*list];
        let separator = if list % 2 == 0 { ",\n  " } else { " ,  " };
        let elements: Vec<String> = elements.iter().map(Value::to_string).collect();
        format!("\"{name}\" : [ {} ]", elements.join(separator))
    });
    format!("{{{}}}", shown.collect::<Vec<_>>().join(" ,\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lists_may_be_in_any_order(
        order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
        images in 1_usize..6,
        annotations in prop::collection::vec((0_usize..6, 0_usize..3), 0..40),
    ) {
        let content = read_text(&shuffled(&order, images, &annotations)).unwrap();
        let usual = read_text(&shuffled(&[0, 1, 2, 3], images, &annotations)).unwrap();
        prop_assert_eq!(&content.samples, &usual.samples);
        prop_assert_eq!(&content.classes, &usual.classes);
        // Compared with the simplest reader: filter the annotations of each image.
        for (number, sample) in content.samples.iter().enumerate() {
            let own = annotations.iter().enumerate().filter(|(_, (image, _))| image % images == number);
            let expected: Vec<(Option<String>, String)> =
                own.map(|(id, (_, class))| (Some(id.to_string()), format!("c{class}"))).collect();
            let found: Vec<(Option<String>, String)> = sample
                .labels
                .iter()
                .map(|label| (label.id.clone(), label.fields["class"].as_str().unwrap().to_owned()))
                .collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(&sample.image.name, &format!("{number}.jpg"));
        }
    }

    #[test]
    fn a_damaged_document_is_read_or_refused(at in 0_usize..1000, byte in any::<u8>(), cut in any::<bool>()) {
        let mut text = shuffled(&[1, 0, 2, 3], 2, &[(0, 1), (1, 2), (1, 0)]).into_bytes();
        let at = at % text.len();
        if cut { text.truncate(at) } else { text[at] = byte }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        std::fs::write(&path, &text).unwrap();
        match read_path(&path, None) {
            Ok(content) => prop_assert!(!cut && (1..=2).contains(&content.samples.len())),
            Err(why) => prop_assert!(!why.is_empty()),
        }
    }
}

#[test]
fn an_annotation_needs_few_bytes() {
    use super::super::catalogue::{AnnotationEntry, push};
    // During the pass also the hash of its id.
    assert_eq!(size_of::<AnnotationEntry>() + size_of::<u64>() + size_of::<u64>(), 24);
    let mut list = Vec::new();
    (0..1_000_000_u64).for_each(|n| push(&mut list, n));
    assert!(list.capacity() < 1_000_000 * 17 / 16 + 1024, "{}", list.capacity());
}

#[test]
fn ids_can_be_read_between_samples() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.json");
    std::fs::write(&path, document(&json!([{"id": 1, "image_id": 2}, {"id": 2, "image_id": 1}])).to_string())
        .unwrap();
    let mut reader = (FORMAT.reader)(Files::open(&path).unwrap(), &options(None)).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().image.name, "a.jpg");
    let mut ids = Vec::new();
    reader.ids(&mut |image, id| ids.push(format!("{image} {id}"))).unwrap();
    assert_eq!(ids, ["a.jpg 2", "b.jpg 1"]);
    assert_eq!(reader.next().unwrap().unwrap().labels[0].id.as_deref(), Some("1"));
}
