use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{digest, is_same};

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Asserts that two objects are the same, in both directions, with equal fingerprints.
fn same(a: Value, b: Value) {
    let (a, b) = (map(a), map(b));
    assert!(is_same(&a, &b) && is_same(&b, &a), "{a:?}\n{b:?}");
    assert_eq!(digest(&a), digest(&b), "{a:?}\n{b:?}");
}

/// Asserts that two objects differ, in both directions.
fn different(a: Value, b: Value) {
    let (a, b) = (map(a), map(b));
    assert!(!is_same(&a, &b) && !is_same(&b, &a), "{a:?}\n{b:?}");
    assert_ne!(digest(&a), digest(&b), "{a:?}\n{b:?}");
}

fn rectangle(id: &str, x: f64, class: &str) -> Value {
    json!({
        "id": id, "type": "rectanglelabels", "from_name": "label", "to_name": "image", "origin": "manual",
        "original_width": 64, "original_height": 48, "image_rotation": 0,
        "value": {"x": x, "y": 20.5, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": [class]},
    })
}

#[test]
fn empty_members_and_spellings_of_numbers_mean_nothing() {
    same(json!({"class": "wren"}), json!({"class": ["wren"], "score": null, "attributes": {"a": false}}));
    same(
        json!({"bbox": [1, 2, 3, 4]}),
        json!({"bbox": [1.0, 2.0, 3.0, 4.0], "iscrowd": 0, "ignore": 0, "caption": ""}),
    );
    same(json!({"bbox": [10.0, 20, 30, 40]}), json!({"bbox": [10.000_000_000_000_002, 20, 30, 40]}));
    same(json!({"class": ["a", "b"]}), json!({"class": ["b", "a"], "groundTruth": true}));
    same(json!({"x": 0}), json!({"keypoints": [], "segmentation": [[]], "rotation": 0.0, "x": -0.0}));
    // A list has places: in it nothing is left out.
    different(json!({"keypoints": [0, 0, null]}), json!({"keypoints": [0, 0]}));
    different(json!({"points": [1, 2]}), json!({"points": [2, 1]}));
    different(json!({"score": 0}), json!({}));
    different(json!({"class": "wren"}), json!({"class": "robin"}));
    different(json!({"class": ["a", "a"]}), json!({"class": ["a"]}));
    different(json!({"class": "1"}), json!({"class": 1}));
    different(json!({"groundTruth": "yes"}), json!({}));
}

#[test]
fn an_area_that_is_that_of_the_shape_means_nothing() {
    let wren = json!({"class": "wren", "bbox": [1, 2, 30, 40.5]});
    for area in [json!(1215), json!(1215.0), json!(1214.95), json!(1215.7)] {
        same(json!({"class": "wren", "bbox": [1, 2, 30, 40.5], "area": area, "iscrowd": 0}), wren.clone());
    }
    for area in [json!(1200), json!(0), json!(-1215), json!("1215")] {
        different(json!({"class": "wren", "bbox": [1, 2, 30, 40.5], "area": area}), wren.clone());
    }
    different(json!({"class": "wren", "area": 1215}), json!({"class": "wren"}));
    // Of polygons, tools write the area of their rectangle, or their own.
    let ring = json!([[0, 0, 10, 0, 0, 10]]);
    for area in [50, 100] {
        let polygon = json!({"bbox": [0, 0, 10, 10], "segmentation": ring, "area": area});
        same(polygon, json!({"bbox": [0, 0, 10, 10], "segmentation": ring}));
    }
    let mask = json!({"size": [10, 10], "counts": [20, 5, 5, 5, 65]});
    same(json!({"segmentation": mask, "area": 10}), json!({"segmentation": mask}));
    different(json!({"segmentation": mask, "area": 11}), json!({"segmentation": mask, "area": 10}));
}

trait Without {
    fn without(self, name: &str) -> Self;
}

impl Without for Value {
    /// Leaves a member out.
    fn without(mut self, name: &str) -> Self {
        self.as_object_mut().unwrap().remove(name);
        self
    }
}

#[test]
fn numbers_have_the_tolerance_of_their_size() {
    let near = |a: f64, b: f64| is_same(&map(json!({"a": a})), &map(json!({"a": b})));
    for (a, b) in [(0.1, 0.1 + 4e-10), (1e-12, 2e-12), (123.5, 123.500_000_1), (0.3, 0.1 + 0.2)] {
        assert!(near(a, b), "{a} {b}");
    }
    for (a, b) in [
        (0.1, 0.1 + 2e-9),
        (123.5, 123.500_001),
        // Whole numbers are exact, and so are times in seconds up to a millisecond.
        (9_007_199_254_740_990.0, 9_007_199_254_740_991.0),
        (1_592_250_751.951, 1_592_250_751.954),
    ] {
        assert!(!near(a, b), "{a} {b}");
    }
    different(json!({"id": 18_446_744_073_709_551_615_u64}), json!({"id": 18_446_744_073_709_551_614_u64}));
}

/// Values of `supervision.DetectionDataset.as_coco`, which computes in single precision.
#[test]
fn coordinates_of_single_precision_are_the_same() {
    let is_equal = |a: Value, b: Value| {
        let (a, b) = (map(a), map(b));
        assert_eq!(is_same(&a, &b), is_same(&b, &a));
        is_same(&a, &b)
    };
    let wren = json!({"bbox": [60, 10, 20, 20], "score": 0.9});
    for other in [
        json!({"bbox": [60.000_003_814_697_266, 10.0, 19.999_996_185_302_734, 20.0], "score": 0.9}),
        json!({"bbox": [60, 10, 20, 20], "score": 0.899_999_976_158_142_1}),
        json!({"bbox": [60.000_003_814_697_266, 10, 20, 20], "score": 0.899_999_976_158_142_1, "area": 400.0}),
    ] {
        assert!(is_equal(wren.clone(), other.clone()), "{other}");
    }
    for other in [
        // Not in single precision, and more steps away.
        json!({"bbox": [60.000_003_8, 10, 20, 20], "score": 0.9}),
        json!({"bbox": [60.000_061_035_156_25, 10, 20, 20], "score": 0.9}),
        json!({"bbox": [60, 10, 20, 20], "score": 0.900_000_035_762_786_9}),
        json!({"bbox": [60.000_003_814_697_266, 10, 20, 20], "score": 0.8}),
    ] {
        assert!(!is_equal(wren.clone(), other.clone()), "{other}");
    }
}

#[test]
fn a_region_is_known_by_its_content() {
    let a = json!({"regions": [rectangle("r1", 10.0, "cat"), rectangle("r2", 11.0, "dog")]});
    let b = json!({"regions": [rectangle("x", 11.0, "dog"), rectangle("y", 10.0, "cat")]});
    same(a.clone(), b);
    different(a.clone(), json!({"regions": [rectangle("r1", 10.0, "cat"), rectangle("r2", 11.0, "cat")]}));
    different(a, json!({"regions": [rectangle("r1", 10.0, "cat")]}));
    let edited = |member: &str, value: Value| {
        let mut region = rectangle("r1", 10.0, "cat");
        region[member] = value;
        json!({"regions": [region]})
    };
    let plain = json!({"regions": [rectangle("r1", 10.0, "cat")]});
    for (member, value) in [
        ("origin", json!("prediction")),
        ("hidden", json!(true)),
        ("created_at", json!("2026-01-02")),
        ("lead_time", json!(3.5)),
        ("meta", json!({})),
    ] {
        same(plain.clone(), edited(member, value));
    }
    different(plain.clone(), edited("meta", json!({"text": ["unsure"]})));
    different(plain, edited("item_index", json!(1)));
    // Lists named `regions` that are no results keep their ids.
    different(json!({"regions": [{"id": 1, "x": 2}]}), json!({"regions": [{"id": 2, "x": 2}]}));
}

#[test]
fn answers_and_relations_belong_to_their_regions() {
    let answer = |id: &str, choice: &str| json!({"id": id, "type": "choices", "from_name": "o", "to_name": "image", "value": {"choices": [choice]}});
    let relation = |from: &str, to: &str| json!({"type": "relation", "from_id": from, "to_id": to, "direction": "right", "labels": ["on"]});
    let (cat, dog) = (|id: &str| rectangle(id, 1.0, "cat"), |id: &str| rectangle(id, 2.0, "dog"));
    let regions = |list: Vec<Value>| json!({"regions": list});
    let one = regions(vec![cat("a"), dog("b"), answer("a", "yes"), relation("a", "b")]);
    same(one.clone(), regions(vec![relation("q", "p"), answer("q", "yes"), dog("p"), cat("q")]));
    different(one.clone(), regions(vec![cat("a"), dog("b"), answer("b", "yes"), relation("a", "b")]));
    different(one.clone(), regions(vec![cat("a"), dog("b"), answer("a", "yes"), relation("b", "a")]));
    different(one.clone(), regions(vec![cat("a"), dog("b"), answer("a", "no"), relation("a", "b")]));
    different(one, regions(vec![cat("a"), dog("b"), answer("a", "yes")]));
    let child = |id: &str, parent: &str| {
        let mut region = rectangle(id, 5.0, "eye");
        region["parentID"] = parent.into();
        region
    };
    same(regions(vec![cat("a"), child("b", "a")]), regions(vec![child("1", "2"), cat("2")]));
    different(
        regions(vec![cat("a"), dog("d"), child("b", "a")]),
        regions(vec![cat("a"), dog("d"), child("b", "d")]),
    );
    same(
        regions(vec![cat("a"), child("b", "")]),
        regions(vec![cat("a"), child("b", "").without("parentID")]),
    );
}

#[test]
fn a_mask_has_one_meaning_in_either_spelling() {
    let mask = |counts: Value| json!({"segmentation": {"size": [9, 10], "counts": counts}});
    same(mask(json!("d045000[1")), mask(json!([20, 4, 5, 4, 5, 4, 48])));
    same(mask(json!([20, 4, 66])), mask(json!([20, 2, 0, 2, 66, 0])));
    different(mask(json!([20, 4, 66])), mask(json!([21, 4, 65])));
    // What is no mask of this size is compared as it is written.
    different(mask(json!([20, 4, 5])), mask(json!([20, 2, 0, 2, 5])));
    let rings = |rings: Value| json!({"segmentation": rings});
    same(
        rings(json!([[0, 0, 4, 0, 4, 4], [9, 9, 8, 8, 7, 9]])),
        rings(json!([[9, 9, 8, 8, 7, 9, 9, 9], [0, 0, 4, 0, 4, 4]])),
    );
    same(rings(json!([[0, 0, 4, 0, 4, 4]])), rings(json!([0, 0, 4.0, 0, 4, 4])));
    different(rings(json!([[0, 0, 4, 0, 4, 4]])), rings(json!([[0, 0, 4, 0, 4, 5]])));
}

#[test]
fn a_signature_of_an_address_is_no_content() {
    let signed = |signature: &str| json!({"image": format!("https://b/a.jpg?X-Amz-Date=1&X-Amz-Signature={signature}")});
    same(signed("a"), signed("b"));
    same(signed("a"), json!({"image": "https://b/a.jpg"}));
    different(signed("a"), json!({"image": "https://b/b.jpg"}));
}

#[test]
fn many_equal_regions_are_compared_quickly() {
    let all = |noise: f64| {
        let region = |n: usize| rectangle(&n.to_string(), 10.3 + (n % 7) as f64 + noise, "cat");
        json!({"regions": (0..3000).map(region).collect::<Vec<_>>()})
    };
    let (a, b) = (map(all(0.0)), map(all(1e-10)));
    assert!(is_same(&a, &b) && is_same(&b, &a));
    assert!(!is_same(&a, &map(all(1e-5))));
}

/// Attributes as exporters write them: regions with answers, and members of COCO.
fn label() -> impl Strategy<Value = Vec<Value>> {
    let region = (0.01..1e4, prop::sample::select(vec!["cat", "dog", "eel"]), 0..4_usize);
    prop::collection::vec(region, 1..9).prop_map(|regions| {
        let answer = |id: &str, answer: usize| json!({"id": id, "type": "number", "from_name": "n", "to_name": "image", "value": {"number": answer}});
        let each = regions.into_iter().enumerate().flat_map(|(place, (x, class, number))| {
            let id = format!("r{place}");
            let first = format!("r{}", place / 2);
            vec![
                rectangle(&id, x, class),
                answer(&id, number),
                json!({"type": "relation", "from_id": id, "to_id": first, "direction": "right"}),
            ]
        });
        each.collect()
    })
}

fn change(value: &mut Value, edit: &mut impl FnMut(&mut Value)) {
    edit(value);
    match value {
        Value::Array(list) => list.iter_mut().for_each(|one| change(one, edit)),
        Value::Object(members) => members.values_mut().for_each(|one| change(one, edit)),
        _ => {}
    }
}

fn attributes(regions: Vec<Value>) -> Map<String, Value> {
    map(json!({"regions": regions, "class": "cat", "bbox": [0.25, 3, 17.125, 4]}))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_spelling_is_no_change(
        (regions, shuffled) in label().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        noise in -1e-12..1e-12,
        fresh in "[a-z]{1,4}",
    ) {
        let original = attributes(regions.clone());
        let mut spelled = Value::Object(attributes(shuffled));
        change(&mut spelled, &mut |value| match value {
            Value::String(id) if id.starts_with('r') && id.len() == 2 => *id = format!("{fresh}{id}"),
            Value::Object(members) => drop(members.insert("empty".to_owned(), Value::Null)),
            _ => {}
        });
        let spelled = map(spelled);
        prop_assert!(is_same(&original, &spelled) && is_same(&spelled, &original));
        prop_assert_eq!(digest(&original), digest(&spelled));
        let mut noisy = Value::Object(spelled);
        change(&mut noisy, &mut |value| if value.is_f64() { *value = json!(value.as_f64().unwrap() + noise) });
        prop_assert!(is_same(&original, &map(noisy.clone())) && is_same(&map(noisy), &original));
    }

    #[test]
    fn a_change_is_a_change(regions in label(), place in any::<prop::sample::Index>(), kind in 0..4_usize) {
        let original = attributes(regions.clone());
        let mut changed = regions;
        let rectangles = changed.len() / 3;
        let place = 3 * place.index(rectangles);
        match kind {
            0 => changed[place]["value"]["rectanglelabels"] = json!(["fox"]),
            1 => changed[place]["value"]["x"] = json!(changed[place]["value"]["x"].as_f64().unwrap() * (1.0 + 1e-6)),
            2 => changed[place + 1]["value"]["number"] = json!(9),
            _ => drop(changed.remove(place + 2)),
        }
        let changed = attributes(changed);
        prop_assert!(!is_same(&original, &changed) && !is_same(&changed, &original));
        prop_assert_ne!(digest(&original), digest(&changed));
    }

    #[test]
    fn equal_fingerprints_are_the_same(a in 0.0..2e6_f64, steps in -30..30_i32, scale in 1e-12..1e-8_f64) {
        let number = |number: f64| map(json!({"a": number}));
        let b = a + f64::from(steps) * scale * a.max(1.0);
        if digest(&number(a)) == digest(&number(b)) {
            prop_assert!(is_same(&number(a), &number(b)), "{} {}", a, b);
        }
    }
}

/// Asserts that two objects are the same, or that they differ, in both directions.
fn compared(a: &Value, b: &Value, is_equal: bool) {
    let (one, other) = (map(a.clone()), map(b.clone()));
    assert_eq!((is_same(&one, &other), is_same(&other, &one)), (is_equal, is_equal), "{a}\n{b}");
}

/// A polygon has no first point and no direction; open lines, keypoints and corners have both. Fails if
/// rings are compared point by point.
#[test]
fn the_first_point_and_the_direction_of_a_polygon_mean_nothing() {
    let ring = json!([1, 1, 20, 1.5, 20, 30, 2, 25]);
    for other in [
        json!([20, 1.5, 20, 30, 2, 25, 1, 1]),
        json!([2, 25, 20, 30, 20, 1.5, 1, 1]),
        json!([20, 30, 20, 1.5, 1, 1, 2, 25, 20, 30]),
        json!([20.000_000_000_1, 30, 2, 25, 1, 1, 20, 1.5]),
    ] {
        let of = |ring: &Value| json!({"class": "wren", "segmentation": [ring, [40, 40, 50, 40, 50, 45]]});
        let turned = json!({"class": "wren", "segmentation": [[50, 40, 50, 45, 40, 40], other]});
        compared(&of(&ring), &turned, true);
    }
    // Computed in single precision.
    let single = json!([20, 30, 2, 25, 1.000_000_119_209_289_6, 1, 20, 1.5]);
    compared(&json!({"segmentation": [ring]}), &json!({"segmentation": [single]}), true);
    for other in [
        json!([20, 1.5, 1, 1, 20, 30, 2, 25]),
        json!([1, 1, 20, 1.5, 20, 30, 2, 26]),
        json!([1, 1, 20, 1.5, 20, 30]),
        json!([1, 1, 20, 1.5, 20, 30, 2, 25, 2, 25]),
    ] {
        compared(&json!({"segmentation": [ring]}), &json!({"segmentation": [other]}), false);
    }
    for (name, a, b) in [
        ("polyline", json!([1, 1, 20, 30, 5, 5]), json!([5, 5, 20, 30, 1, 1])),
        ("corners", json!([0, 0, 9, 0, 9, 5, 0, 5]), json!([9, 0, 9, 5, 0, 5, 0, 0])),
        ("keypoints", json!([1, 1, 2, 3, 3, 2]), json!([3, 3, 2, 1, 1, 2])),
    ] {
        compared(&json!({ name: a }), &json!({ name: b }), false);
    }
    let region = |points: Value, closed: bool| {
        json!({"regions": [{"type": "polygonlabels", "from_name": "l", "to_name": "i", "id": "x",
            "value": {"points": points, "closed": closed, "polygonlabels": ["wren"]}}]})
    };
    let (points, turned) = (json!([[1, 1], [20, 1.5], [20, 30]]), json!([[20, 30], [20, 1.5], [1, 1]]));
    compared(&region(points.clone(), true), &region(turned.clone(), true), true);
    compared(&region(points, false), &region(turned, false), false);
}
