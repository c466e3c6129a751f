//! The demo's commits about pictures: images and labels are published, some are cropped and masked,
//! sets are pinned, one image is scanned again.
//!
//! Deterministic, as `story`. Every commit has the payloads that must be stored before it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::commits::DemoCommit;
use super::digits::{Digit, Picture, THRESHOLD};
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::Digest;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::version::Activity;
use crate::domain::write::proposal::{Change, Members, NewMember, Proposal, Put, Ref, SetTag, Snapshot};

/// The namespace of the items.
const NAMESPACE: &str = "digits";
/// The images per commit, each with its label.
const IMAGES: usize = 900;
/// The number of images that are cropped and masked.
const CROPPED: usize = 100;
/// The index of the image whose first scan is incomplete.
const BROKEN: usize = 7;
/// Every fifth image is in the test split.
const TEST: usize = 5;
/// The training sets.
pub(super) const SETS: [&str; 2] = ["digits", "ink"];

const SOURCE: &str = "https://doi.org/10.24432/C50P49";
const PNG: &str = "image/png";

/// A commit under construction.
#[derive(Default)]
struct Making {
    changes: Vec<Change>,
    payloads: Vec<Bytes>,
}

/// Returns all commits in their order.
pub(super) fn steps(digits: &[Digit]) -> Result<Vec<DemoCommit>> {
    let mut steps = vec![classes()?];
    let numbered: Vec<(usize, &Digit)> = digits.iter().enumerate().collect();
    for images in numbered.chunks(IMAGES) {
        steps.push(publish(images)?);
    }
    steps.push(crop(&numbered[..CROPPED.min(numbered.len())])?);
    steps.push(build(digits)?);
    if let Some(digit) = digits.get(BROKEN) {
        steps.push(scan_again(digit)?);
    }
    Ok(steps)
}

/// Returns the number of commits for this number of digits.
pub(super) const fn count(digits: usize) -> usize {
    digits.div_ceil(IMAGES) + 4
}

fn classes() -> Result<DemoCommit> {
    let classes: Vec<Value> =
        (0..10).map(|class| json!({"class": class, "name": class.to_string()})).collect();
    let mut making = Making::default();
    making.put(put(Kind::Ontology, "classes", &json!({"classes": classes}))?);
    Ok(making.step("classes", "the classes of the handwritten digits"))
}

/// Publishes scans and their labels.
fn publish(images: &[(usize, &Digit)]) -> Result<DemoCommit> {
    let mut making = Making::default();
    for (index, digit) in images {
        let name = key(*index);
        let broken = digit.broken_scan();
        let scan = if *index == BROKEN { &broken } else { digit.scan() };
        let image =
            making.picture(Kind::Source, &name, scan, &json!({"dataset": "UCI digits", "index": index}))?;
        making.put(Put {
            name: Some(name.clone()),
            activity: Some(activity("publish", json!({}))?),
            ..image
        });
        making.put(label(&name, digit, Ref::Local(name.clone()))?);
    }
    let first = images.first().map_or(0, |(index, _)| *index);
    Ok(making.step(&format!("images/{first}"), "scans of handwritten digits, with their labels"))
}

/// Adds crops to the ink, and masks of it.
fn crop(images: &[(usize, &Digit)]) -> Result<DemoCommit> {
    let mut making = Making::default();
    let parameters = json!({"threshold": THRESHOLD});
    for (index, digit) in images.iter().filter(|(index, _)| *index != BROKEN) {
        let (name, scan) = (key(*index), digit.scan());
        let area = scan.ink();
        let place = json!({"x": area.x, "y": area.y});
        let crop = making.picture(Kind::Derived, &format!("{name}/crop"), &scan.crop(area), &place)?;
        making.put(Put {
            sources: vec![("INPUT".to_owned(), image(&name))],
            activity: Some(activity("crop-to-ink", parameters.clone())?),
            tags: vec!["use-case:postcodes".to_owned()],
            ..crop
        });
        let around = json!({"box": {"x": area.x, "y": area.y, "width": area.width, "height": area.height}});
        let mask = making.picture(Kind::Label, &format!("{name}/ink"), &scan.mask(), &around)?;
        making.put(Put {
            sources: vec![("LABELS".to_owned(), image(&name))],
            activity: Some(activity("mask-ink", parameters.clone())?),
            tags: vec!["use-case:segmentation".to_owned()],
            ..mask
        });
    }
    Ok(making.step("crops", "crops to the ink and masks of it, of the first hundred digits"))
}

/// Pins a set of all labels, and one of the masks and crops.
fn build(digits: &[Digit]) -> Result<DemoCommit> {
    let mut making = Making::default();
    let split = |index: usize| if index.is_multiple_of(TEST) { "TEST" } else { "TRAIN" }.to_owned();
    let member = |kind: Kind, index: usize, key: &str| NewMember {
        version: Ref::Named(format!("{NAMESPACE}/{kind}/{key}")),
        split: split(index),
        weight: None,
    };
    let labels = (0..digits.len()).map(|index| member(Kind::Label, index, &key(index)));
    making.pin(
        SETS[0],
        Members::All(labels.collect()),
        "use-case:postcodes",
        "all digits as they were scanned",
    )?;
    let cropped = (0..CROPPED.min(digits.len())).filter(|index| *index != BROKEN);
    let ink = cropped.flat_map(|index| {
        let name = key(index);
        [
            member(Kind::Label, index, &format!("{name}/ink")),
            member(Kind::Derived, index, &format!("{name}/crop")),
        ]
    });
    making.pin(SETS[1], Members::All(ink.collect()), "use-case:segmentation", "masks of ink, and crops")?;
    Ok(making.step("build", "training sets of the digits"))
}

/// Replaces an incomplete scan. No one stated that the label is wrong: the image gets a new
/// version, the label is put again for it, and the set pins that one.
fn scan_again(digit: &Digit) -> Result<DemoCommit> {
    let mut making = Making::default();
    let name = key(BROKEN);
    let attributes = json!({"dataset": "UCI digits", "index": BROKEN});
    let image = making.picture(Kind::Source, &name, digit.scan(), &attributes)?;
    making.put(Put {
        name: Some("image".to_owned()),
        activity: Some(activity("scan-again", json!({}))?),
        message: Some("the first scan stopped half-way".to_owned()),
        ..image
    });
    let label = label(&name, digit, Ref::Local("image".to_owned()))?;
    making.put(Put { name: Some("label".to_owned()), ..label });
    let added =
        NewMember { version: Ref::Local("label".to_owned()), split: "TRAIN".to_owned(), weight: None };
    let change = Members::Change {
        base: Ref::Named(format!("{NAMESPACE}/TRAINING_SET/{}#1", SETS[0])),
        add: vec![added],
        remove: vec![Ref::Named(format!("{NAMESPACE}/LABEL/{name}#1"))],
        onto_head: false,
    };
    making.pin(SETS[0], change, "use-case:postcodes", "with a better scan of one digit")?;
    Ok(making.step("scan-again", "one digit scanned again"))
}

impl Making {
    fn put(&mut self, put: Put) {
        self.changes.push(Change::Put(put));
    }

    /// Returns a version with a picture, whose size is recorded in its attributes.
    fn picture(&mut self, kind: Kind, key: &str, picture: &Picture, attributes: &Value) -> Result<Put> {
        let file = Bytes::from(picture.png());
        let payload = Digest::of(&file);
        self.payloads.push(file);
        let (payload, media_type) = (Some(payload), Some(PNG.to_owned()));
        Ok(Put { payload, media_type, record_image_size: true, ..put(kind, key, attributes)? })
    }

    /// Adds a training set version and makes it the current one.
    fn pin(&mut self, key: &str, members: Members, tag: &str, message: &str) -> Result<()> {
        let name = format!("set-{key}");
        self.changes.push(Change::Snapshot(Snapshot {
            name: Some(name.clone()),
            item: item(Kind::TrainingSet, key)?,
            members,
            complete: true,
            expect_head: None,
            attributes: attributes(&json!({"dataset": "UCI digits"}))?,
            sources: Vec::new(),
            tags: vec![tag.to_owned()],
            message: Some(message.to_owned()),
        }));
        let tag = SetTag { name: "current".to_owned(), version: Ref::Local(name), alias: true, expect: None };
        self.changes.push(Change::SetTag(tag));
        Ok(())
    }

    fn step(self, what: &str, message: &str) -> DemoCommit {
        let proposal = Proposal {
            author: "demo".to_owned(),
            message: Some(message.to_owned()),
            idempotency_key: Some(format!("demo/{NAMESPACE}/{what}")),
            repeat_statements: false,
            changes: self.changes,
        };
        DemoCommit { proposal, payloads: self.payloads }
    }
}

/// Returns the label of a picture.
fn label(name: &str, digit: &Digit, image: Ref) -> Result<Put> {
    let class = json!({"class": digit.class, "name": digit.class.to_string()});
    Ok(Put {
        ontology: Some(Ref::Named(format!("{NAMESPACE}/ONTOLOGY/classes"))),
        sources: vec![("LABELS".to_owned(), image)],
        ..put(Kind::Label, name, &class)?
    })
}

fn image(name: &str) -> Ref {
    Ref::Named(format!("{NAMESPACE}/SOURCE/{name}"))
}

fn key(index: usize) -> String {
    format!("digit/{index:04}")
}

fn put(kind: Kind, key: &str, values: &Value) -> Result<Put> {
    Ok(Put { attributes: attributes(values)?, ..Put::new(item(kind, key)?) })
}

fn item(kind: Kind, key: &str) -> Result<ItemKey> {
    let namespace =
        NAMESPACE.parse().map_err(|error| Failure::because("the demo's data is invalid", &error))?;
    ItemKey::new(namespace, kind, key).map_err(|error| Failure::because("the demo's data is invalid", &error))
}

fn attributes(values: &Value) -> Result<Attributes> {
    Attributes::new(values).map_err(|error| Failure::because("the demo's data is invalid", &error))
}

fn activity(name: &str, parameters: Value) -> Result<Activity> {
    Ok(Activity {
        name: name.to_owned(),
        code_reference: Some(SOURCE.to_owned()),
        parameters: attributes(&parameters)?,
        started_at: None,
        ended_at: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::digits;
    use super::*;

    #[test]
    fn every_payload_that_a_commit_names_comes_with_it() {
        let digits = digits::all().unwrap();
        let steps = steps(&digits).unwrap();
        assert_eq!(steps.len(), count(digits.len()));
        for step in &steps {
            let brought: std::collections::BTreeSet<Digest> =
                step.payloads.iter().map(|file| Digest::of(file)).collect();
            assert!(step.proposal.payloads().is_subset(&brought));
        }
        let bytes: usize = steps.iter().flat_map(|step| &step.payloads).map(Bytes::len).sum();
        assert!(bytes < 400_000, "{bytes} bytes of pictures");
    }
}
