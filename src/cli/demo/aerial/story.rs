//! The story of the demo: a town is photographed and labelled, two models are trained, the east of
//! the town is photographed again, a class is split, a review finds wrong labels, and one of the
//! models is made again.
//!
//! Deterministic, as the other demo. Every version is named by a reference, which is resolved when
//! the commit is made.

use serde_json::{Map, Value, json};

use super::deliveries::{JUNE, MARCH, REVIEW};
use super::making::{Making, TimedCommit, activity, attributes, item, newest, numbered, put};
use crate::annotations::model::fields::{ATTRIBUTES, CLASS};
use crate::annotations::model::{ClassList, Label, Sample};
use crate::cli::demo::story::STAND_IN;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::class_change::{ChangedClasses, ClassChange, ClassChangeKind};
use crate::domain::item::Kind;
use crate::domain::statement::StatementKind;
use crate::domain::version::Activity;
use crate::domain::write::proposal::{
    Change, Correct, Members, NewMember, Put, Ref, Refresh, Say, SetTag, Snapshot,
};

/// The tiles with many houses.
const SOLAR: [&str; 10] = ["a2", "a3", "b2", "b3", "c1", "c2", "c4", "d1", "d2", "d3"];
/// The tiles by the river.
const FLOOD: [&str; 8] = ["a3", "b2", "b3", "c2", "c3", "c4", "d2", "d3"];
/// The tiles that are not in the training split.
const HELD_BACK: [(&str, &str); 4] =
    [("a2", "VALIDATION"), ("d1", "TEST"), ("c4", "VALIDATION"), ("d3", "TEST")];
/// The classes of the first list, and the one that is added.
const CLASSES: [&str; 4] = ["building", "road", "water", "vegetation"];
const ADDED: &str = "vehicle";
/// The class that is split, and its parts by what covers the ground.
const SPLIT: &str = "vegetation";
const PARTS: [(&str, &str); 2] = [("trees", "tree"), ("crop", "field")];

/// The commits, in their order.
pub(super) struct Story {
    /// Up to the review, which is the last.
    pub until_review: Vec<TimedCommit>,
    /// The repairs after it.
    pub repairs: Vec<TimedCommit>,
}

/// Returns all commits.
pub(super) fn story() -> Result<Story> {
    let (march, june) = (MARCH.read()?, JUNE.read()?);
    let (north, south) = march.split_at(march.iter().position(|one| tile(one) == "c1").unwrap_or(0));
    let until_review = vec![
        fly(&march, "march", ("2025-03-18T09:12:00Z", "2025-03-18T09:50:00Z"), "2025-03-18T14:05:00Z")?,
        first_classes()?,
        outline(north, "north", "Ines", "2025-03-28T15:40:00Z")?,
        outline(south, "south", "Tomas", "2025-04-04T16:10:00Z")?,
        vehicles(&march)?,
        bundles(&march, "bundles", "2025-04-11T09:30:00Z", "each tile with its labels, for the use cases")?,
        sets(&march)?,
        train_both()?,
        deploy(["solar-map", "flood-map"], ["roof-net", "flood-net"], "first", "2025-04-22T07:00:00Z")?,
        fly(&june, "june", ("2025-06-12T08:31:00Z", "2025-06-12T08:44:00Z"), "2025-06-12T13:20:00Z")?,
        outline(&june, "strip", "Ines", "2025-06-19T15:05:00Z")?,
        bundles(
            &june,
            "bundles-june",
            "2025-06-20T09:00:00Z",
            "the tiles of the new flight with their labels",
        )?,
        split(&march, &june)?,
        review(&REVIEW.read()?)?,
    ];
    let repairs = vec![
        refresh()?,
        train_again()?,
        deploy(["solar-map"], ["roof-net"], "again", "2025-07-10T07:00:00Z")?,
    ];
    Ok(Story { until_review, repairs })
}

/// Stores the tiles of a flight. A tile that an earlier flight has gets a new version.
fn fly(samples: &[Sample], flight: &str, run: (&str, &str), time: &str) -> Result<TimedCommit> {
    let tiles = if flight == "march" { MARCH.tiles } else { JUNE.tiles };
    let mut making = Making::default();
    for (picture, _) in tiles {
        let name = picture.0.trim_end_matches(".jpg");
        let sample = samples.iter().find(|sample| tile(sample) == name);
        let sample = sample.ok_or_else(|| Failure::new(format!("the demo's tile {name} has no labels")))?;
        let put = put(Kind::Source, &picture_key(name), &Value::Object(sample.image.fields.clone()))?;
        let flown = activity("fly", run, &json!({"flight": flight, "metresPerPixel": 0.25}))?;
        let put = making.with_picture(put, *picture);
        making.put(Put { activity: Some(flown), ..put });
    }
    let message = match flight {
        "march" => "the town from the air, 18 March",
        _ => "the east of the town from the air again, 12 June: there is a new hall",
    };
    making.end(&format!("flight/{flight}"), "survey", time, message)
}

fn first_classes() -> Result<TimedCommit> {
    let mut making = Making::default();
    making.put(class_list(&CLASSES)?);
    making.end("classes", "labelling", "2025-03-20T10:00:00Z", "the classes that are outlined")
}

/// Stores the outlines of tiles, except those of vehicles in the first flight, which are outlined
/// later.
fn outline(samples: &[Sample], part: &str, annotator: &str, time: &str) -> Result<TimedCommit> {
    let mut making = Making::default();
    let is_first = part != "strip";
    for sample in samples {
        for label in sample.labels.iter().filter(|label| !is_first || class(label) != ADDED) {
            making.put(outlined(sample, label, label.fields.clone(), annotator)?);
        }
    }
    let message = match part {
        "north" => "outlines in the north of the town",
        "south" => "outlines in the south of the town",
        _ => "outlines on the pictures of 12 June: two new buildings, other vehicles",
    };
    making.end(&format!("outlines/{part}"), "labelling", time, message)
}

/// Adds a class, and its labels.
fn vehicles(samples: &[Sample]) -> Result<TimedCommit> {
    let mut making = Making::default();
    making.put(class_list(&[&CLASSES[..], &[ADDED]].concat())?);
    for sample in samples {
        for label in sample.labels.iter().filter(|label| class(label) == ADDED) {
            making.put(outlined(sample, label, label.fields.clone(), "Tomas")?);
        }
    }
    let message = "vehicles are outlined too: a new class";
    making.end("outlines/vehicles", "labelling", "2025-04-08T11:25:00Z", message)
}

/// Bundles tiles with their labels, tagged for the use cases that they are good for.
fn bundles(samples: &[Sample], what: &str, time: &str, message: &str) -> Result<TimedCommit> {
    let mut making = Making::default();
    for sample in samples {
        let name = tile(sample);
        let mut sources = vec![("IMAGE".to_owned(), newest(Kind::Source, &picture_key(name)))];
        for label in &sample.labels {
            sources.push(("LABEL".to_owned(), newest(Kind::Label, key(label)?)));
        }
        let uses = [(&SOLAR[..], "use-case:solar"), (&FLOOD[..], "use-case:flood")];
        let tags = uses.iter().filter(|(tiles, _)| tiles.contains(&name)).map(|(_, tag)| (*tag).to_owned());
        let put = put(Kind::Bundle, name, &json!({"tile": name, "labels": sample.labels.len()}))?;
        making.put(Put { sources, tags: tags.collect(), ..put });
    }
    making.end(what, "labelling", time, message)
}

/// Pins a set for each use case: the outlines of roofs, and complete bundles.
fn sets(samples: &[Sample]) -> Result<TimedCommit> {
    let mut making = Making::default();
    let mut roofs = Vec::new();
    let mut bundles = Vec::new();
    for sample in samples {
        let name = tile(sample);
        for label in sample.labels.iter().filter(|label| SOLAR.contains(&name) && class(label) == CLASSES[0])
        {
            roofs.push(member(newest(Kind::Label, key(label)?), name));
        }
        if FLOOD.contains(&name) {
            bundles.push(member(newest(Kind::Bundle, name), name));
        }
    }
    for (use_case, members, message) in [
        ("solar", roofs, "the roofs of the tiles with many houses"),
        ("flood", bundles, "the tiles by the river, with everything in them"),
    ] {
        making.add(Change::Snapshot(Snapshot {
            name: Some(use_case.to_owned()),
            item: item(Kind::TrainingSet, use_case)?,
            members: Members::All(members),
            complete: true,
            expect_head: None,
            attributes: attributes(&json!({"useCase": use_case}))?,
            sources: Vec::new(),
            tags: vec![format!("use-case:{use_case}")],
            message: Some(message.to_owned()),
        }));
        making.alias("current", Ref::Local(use_case.to_owned()));
    }
    making.end("sets", "training", "2025-04-15T13:45:00Z", "training sets for solar panels and for floods")
}

fn train_both() -> Result<TimedCommit> {
    let mut making = Making::default();
    train(&mut making, "roof-net", "solar", ("2025-04-15T18:00:00Z", "2025-04-16T03:20:00Z"))?;
    train(&mut making, "flood-net", "flood", ("2025-04-16T03:30:00Z", "2025-04-16T05:10:00Z"))?;
    making.end("models", "training", "2025-04-16T08:30:00Z", "a model of roofs and a model of floods")
}

fn train_again() -> Result<TimedCommit> {
    let mut making = Making::default();
    train(&mut making, "roof-net", "solar", ("2025-07-08T18:00:00Z", "2025-07-09T03:10:00Z"))?;
    making.end("models/again", "training", "2025-07-09T08:15:00Z", "the model of roofs made again")
}

/// Makes a model from the newest version of a set, and its evaluation.
fn train(making: &mut Making, model: &str, set: &str, run: (&str, &str)) -> Result<()> {
    let set = newest(Kind::TrainingSet, set);
    let trained = activity("train", run, &json!({"architecture": "U-Net", "epochs": 60}))?;
    making.put(Put {
        name: Some(model.to_owned()),
        sources: vec![("TRAINED_ON".to_owned(), set.clone())],
        activity: Some(trained),
        ..put(Kind::Model, model, &json!({"note": STAND_IN}))?
    });
    let model_made = Ref::Local(model.to_owned());
    making.put(Put {
        sources: vec![("EVALUATES".to_owned(), model_made), ("MEASURED_ON".to_owned(), set)],
        activity: Some(activity("evaluate", (run.1, run.1), &json!({"split": "TEST"}))?),
        ..put(Kind::Evaluation, &format!("{model}/test"), &json!({"note": STAND_IN}))?
    });
    Ok(())
}

/// Deploys the newest versions of models.
fn deploy<const N: usize>(
    products: [&str; N],
    models: [&str; N],
    what: &str,
    time: &str,
) -> Result<TimedCommit> {
    let mut making = Making::default();
    for (product, model) in products.iter().zip(models) {
        making.put(Put {
            name: Some((*product).to_owned()),
            sources: vec![("DEPLOYS".to_owned(), newest(Kind::Model, model))],
            ..put(Kind::Deployment, product, &json!({"product": product}))?
        });
        making.alias("production", Ref::Local((*product).to_owned()));
    }
    let message = format!("in use: {}", products.join(", "));
    making.end(&format!("deployments/{what}"), "operations", time, &message)
}

/// Splits a class. The labels on the new pictures and of the northernmost tiles get their new class;
/// the others wait for it.
fn split(march: &[Sample], june: &[Sample]) -> Result<TimedCommit> {
    let mut making = Making::default();
    let parts: Vec<&str> = PARTS.iter().map(|(_, part)| *part).collect();
    let kept = CLASSES.iter().copied().filter(|class| *class != SPLIT);
    let list: Vec<&str> = kept.chain([ADDED]).chain(parts.iter().copied()).collect();
    let changed = ChangedClasses::Mapped {
        from: vec![SPLIT.into()],
        to: parts.iter().map(|part| (*part).into()).collect(),
    };
    let change = ClassChange { kind: ClassChangeKind::Split, classes: changed };
    making.put(Put { class_changes: vec![change], ..class_list(&list)? });
    let northernmost = march.iter().filter(|sample| matches!(tile(sample), "a1" | "a2" | "a3"));
    for sample in northernmost.chain(june) {
        for label in sample.labels.iter().filter(|label| class(label) == SPLIT) {
            let cover = label.fields.get(ATTRIBUTES).and_then(|values| values["cover"].as_str());
            let part = PARTS.iter().find(|(covered, _)| Some(*covered) == cover);
            let Some((_, part)) = part else { continue };
            let mut fields = label.fields.clone();
            fields.insert(CLASS.to_owned(), (*part).into());
            making.put(outlined(sample, label, fields, "Ines")?);
        }
    }
    let message = "vegetation is split into trees and fields; the labels in the north and the east follow";
    making.end("classes/split", "labelling", "2025-06-24T14:00:00Z", message)
}

/// Corrects and retracts labels by the verdicts of the review, in one campaign.
fn review(samples: &[Sample]) -> Result<TimedCommit> {
    let mut making = Making::default();
    for label in samples.iter().flat_map(|sample| &sample.labels) {
        let mut fields = label.fields.clone();
        let (verdict, reason) = (taken(&mut fields, "verdict")?, taken(&mut fields, "reason")?);
        let version = numbered(Kind::Label, key(label)?, 1);
        let activity = Some(activity(
            "review",
            ("2025-06-30T08:00:00Z", "2025-07-03T15:30:00Z"),
            &json!({"reviewers": 2}),
        )?);
        making.add(match verdict.as_str() {
            "retract" => Change::Retract(Say { version, reason, activity, message: None, expect_head: None }),
            _ => Change::Correct(Correct {
                name: None,
                version,
                attributes: Some(attributes(&Value::Object(fields))?),
                payload: None,
                media_type: None,
                record_image_size: false,
                ontology: None,
                sources: None,
                reason,
                activity,
                message: None,
                expect_head: None,
            }),
        });
    }
    making.end("review", "quality", "2025-07-03T16:00:00Z", "what the review of the outlines found")
}

/// Refreshes the set of roofs: replaces or leaves out what is wrong.
fn refresh() -> Result<TimedCommit> {
    let mut making = Making::default();
    making.add(Change::Refresh(Refresh {
        item: item(Kind::TrainingSet, "solar")?,
        causes: vec![StatementKind::Corrects, StatementKind::Retracts],
        expect_head: None,
    }));
    let refreshed = newest(Kind::TrainingSet, "solar");
    making.alias("current", refreshed.clone());
    let name = "use-case:solar".to_owned();
    making.add(Change::SetTag(SetTag { name, version: refreshed, alias: false, expect: None }));
    let message = "the roofs with their wrong outlines replaced or left out";
    making.end("refresh", "training", "2025-07-07T09:20:00Z", message)
}

/// Returns the version of a label with these fields, which is about the newest picture of its tile.
fn outlined(sample: &Sample, label: &Label, fields: Map<String, Value>, annotator: &str) -> Result<Put> {
    let outlined = Activity {
        name: "outline".to_owned(),
        code_reference: None,
        parameters: attributes(&json!({"annotator": annotator}))?,
        started_at: None,
        ended_at: None,
    };
    Ok(Put {
        ontology: Some(newest(Kind::Ontology, "classes")),
        sources: vec![("LABELS".to_owned(), newest(Kind::Source, &picture_key(tile(sample))))],
        activity: Some(outlined),
        ..put(Kind::Label, key(label)?, &Value::Object(fields))?
    })
}

fn class_list(classes: &[&str]) -> Result<Put> {
    put(Kind::Ontology, "classes", &ClassList::of_names(classes.iter().copied()).to_value())
}

fn member(version: Ref, tile: &str) -> NewMember {
    let split =
        HELD_BACK.iter().find(|(held_back, _)| *held_back == tile).map_or("TRAIN", |(_, split)| *split);
    NewMember { version, split: split.to_owned(), weight: None }
}

/// Takes a property that only the review has.
fn taken(fields: &mut Map<String, Value>, name: &str) -> Result<String> {
    let values = fields.get_mut(ATTRIBUTES).and_then(Value::as_object_mut);
    match values.and_then(|values| values.remove(name)) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(Failure::new(format!("the demo's review lacks the property {name}"))),
    }
}

/// Returns the name of a tile, such as `c3`.
fn tile(sample: &Sample) -> &str {
    sample.image.name.trim_end_matches(".jpg")
}

fn picture_key(tile: &str) -> String {
    format!("tile/{tile}")
}

/// Returns the key of a label, such as `c3/building-01`.
fn key(label: &Label) -> Result<&str> {
    label.id.as_deref().ok_or_else(|| Failure::new("a label of the demo has no id"))
}

fn class(label: &Label) -> &str {
    label.classes().first().copied().unwrap_or_default()
}
