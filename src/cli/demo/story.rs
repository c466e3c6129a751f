//! The demo's commits about labels: labels are published, a set is pinned, a model is trained,
//! people review labels, the set is refreshed, the model is trained again.
//!
//! Deterministic. Every commit has a fixed idempotency key, so that loading the demo again changes
//! nothing.

use serde_json::{Value, json};

use super::data_set::{DataSet, Label, Review, ReviewVerdict};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::VersionId;
use crate::domain::invalid::Invalid;
use crate::domain::item::{ItemKey, Kind};
use crate::domain::statement::StatementKind;
use crate::domain::version::Activity;
use crate::domain::write::proposal::{
    Change, Correct, Members, Proposal, Put, Ref, Refresh, Say, Selection, SetTag, Snapshot,
};

/// The images per commit, each with its label.
pub(super) const IMAGES: usize = 1_000;

const AUTHOR: &str = "demo";
const SOURCE: &str = "https://github.com/cleanlab/label-errors";
/// The note on the demos' models: none was trained.
pub(super) const STAND_IN: &str = "stands in the demo for a model that saw these labels; none was trained";

impl DataSet {
    /// Publishes the class list.
    pub(super) fn publish_classes(&self) -> Result<Proposal, Invalid> {
        let classes: Vec<Value> = self
            .classes
            .iter()
            .enumerate()
            .map(|(class, name)| json!({"class": class, "name": name}))
            .collect();
        let put = self.put(Kind::Ontology, "classes", json!({"classes": classes}))?;
        Ok(self.commit("classes", format!("the classes of {}", self.title), vec![Change::Put(put)]))
    }

    /// Publishes images and their labels.
    pub(super) fn publish_labels(&self, ontology: VersionId, labels: &[Label]) -> Result<Proposal, Invalid> {
        let mut changes = Vec::with_capacity(labels.len() * 2);
        for label in labels {
            let image = image_key(label.index);
            let name = format!("image-{}", label.index);
            changes.push(Change::Put(Put {
                name: Some(name.clone()),
                ..self.put(Kind::Source, &image, json!({"dataset": self.title, "index": label.index}))?
            }));
            changes.push(Change::Put(Put {
                ontology: Some(Ref::Id(ontology)),
                sources: vec![("LABELS".to_owned(), Ref::Local(name))],
                activity: Some(publishing()),
                ..self.put(Kind::Label, &image, self.class_attributes(label.label))?
            }));
        }
        let (first, last) = (labels.first().map_or(0, |l| l.index), labels.last().map_or(0, |l| l.index));
        let message = format!("labels {first} to {last} of the {} test images, as published", self.title);
        Ok(self.commit(&format!("labels/{first}"), message, changes))
    }

    /// Pins all labels as published, and makes a model from the set.
    pub(super) fn build(&self) -> Result<Proposal, Invalid> {
        let set = Snapshot {
            name: Some("set".to_owned()),
            item: self.test_set()?,
            members: Members::Select {
                filter: Box::new(Selection {
                    namespaces: Some(vec![self.namespace.parse()?]),
                    kinds: Some(vec![Kind::Label]),
                    key_prefix: Some("test/".to_owned()),
                    ..Selection::default()
                }),
                split: "TEST".to_owned(),
            },
            complete: true,
            expect_head: None,
            attributes: Attributes::new(&json!({"dataset": self.title}))?,
            sources: Vec::new(),
            tags: vec!["as-published".to_owned()],
            message: Some("the test labels as published".to_owned()),
        };
        let mut changes = vec![Change::Snapshot(set)];
        changes.extend(self.use_set(&Ref::Local("set".to_owned()))?);
        Ok(self.commit(
            "build",
            format!("the {} test set as published, and a model that saw it", self.title),
            changes,
        ))
    }

    /// Corrects and retracts labels by the verdicts, in one campaign.
    pub(super) fn review(
        &self,
        verdicts: &[(Review, ReviewVerdict)],
        label: impl Fn(&ItemKey) -> Option<VersionId>,
    ) -> Result<Proposal, Invalid> {
        let mut changes = Vec::with_capacity(verdicts.len());
        for (review, verdict) in verdicts {
            let item = self.item(Kind::Label, &image_key(review.index))?;
            let id = label(&item).ok_or_else(|| Invalid::not_found("label", &item))?;
            let (version, reason) = (Ref::Id(id), self.reason(review, *verdict));
            match verdict {
                ReviewVerdict::Corrected => changes.push(Change::Correct(Correct {
                    name: None,
                    version,
                    attributes: Some(Attributes::new(&self.class_attributes(review.guessed_label))?),
                    payload: None,
                    media_type: None,
                    record_image_size: false,
                    ontology: None,
                    sources: None,
                    reason,
                    activity: None,
                    message: None,
                    expect_head: None,
                })),
                ReviewVerdict::Retracted => changes.push(Change::Retract(Say {
                    version,
                    reason,
                    activity: None,
                    message: None,
                    expect_head: None,
                })),
                ReviewVerdict::Confirmed => {}
            }
        }
        Ok(self.commit("review", format!("reviews of suspected labels of {}", self.title), changes))
    }

    /// Refreshes the set: replaces or removes what is wrong.
    pub(super) fn refresh(&self) -> Result<Proposal, Invalid> {
        let refresh = Refresh {
            item: self.test_set()?,
            causes: vec![StatementKind::Corrects, StatementKind::Retracts],
            expect_head: None,
        };
        let message = format!("the {} test set with its wrong labels replaced or left out", self.title);
        Ok(self.commit("refresh", message, vec![Change::Refresh(refresh)]))
    }

    /// Makes the model again, from the refreshed set.
    pub(super) fn rebuild(&self, refreshed: VersionId) -> Result<Proposal, Invalid> {
        let message = format!("the model made again from the refreshed {} test set", self.title);
        Ok(self.commit("rebuild", message, self.use_set(&Ref::Id(refreshed))?))
    }

    /// Returns the item of the training set.
    pub(super) fn test_set(&self) -> Result<ItemKey, Invalid> {
        self.item(Kind::TrainingSet, "test-set")
    }

    /// Points `current` at a set version, and makes a model and its evaluation from it.
    fn use_set(&self, set: &Ref) -> Result<Vec<Change>, Invalid> {
        let model = Ref::Local("model".to_owned());
        Ok(vec![
            Change::SetTag(SetTag {
                name: "current".to_owned(),
                version: set.clone(),
                alias: true,
                expect: None,
            }),
            Change::Put(Put {
                name: Some("model".to_owned()),
                sources: vec![("TRAINED_ON".to_owned(), set.clone())],
                activity: Some(Activity { name: "train".to_owned(), ..publishing() }),
                ..self.put(Kind::Model, "baseline", json!({"note": STAND_IN}))?
            }),
            Change::Put(Put {
                sources: vec![("EVALUATES".to_owned(), model), ("MEASURED_ON".to_owned(), set.clone())],
                activity: Some(Activity { name: "evaluate".to_owned(), ..publishing() }),
                ..self.put(Kind::Evaluation, "baseline/accuracy", json!({"note": STAND_IN}))?
            }),
        ])
    }

    fn commit(&self, what: &str, message: String, changes: Vec<Change>) -> Proposal {
        Proposal {
            author: AUTHOR.to_owned(),
            message: Some(message),
            idempotency_key: Some(format!("demo/{}/{what}", self.namespace)),
            repeat_statements: false,
            changes,
        }
    }

    fn put(&self, kind: Kind, key: &str, attributes: Value) -> Result<Put, Invalid> {
        Ok(Put { attributes: Attributes::new(&attributes)?, ..Put::new(self.item(kind, key)?) })
    }

    fn item(&self, kind: Kind, key: &str) -> Result<ItemKey, Invalid> {
        Ok(ItemKey::new(self.namespace.parse()?, kind, key)?)
    }

    fn class_attributes(&self, class: usize) -> Value {
        json!({"class": class, "name": self.class(class)})
    }

    fn reason(&self, review: &Review, verdict: ReviewVerdict) -> String {
        let (given, guessed) = (self.class(review.given_label), self.class(review.guessed_label));
        match verdict {
            ReviewVerdict::Retracted => {
                format!(
                    "reviewed by 5 people: {} of 5 say neither {given} nor {guessed}",
                    review.votes_neither
                )
            }
            _ => format!("reviewed by 5 people: {} of 5 say {guessed}", review.votes_guessed),
        }
    }
}

fn image_key(index: u32) -> String {
    format!("test/{index:05}")
}

fn publishing() -> Activity {
    Activity {
        name: "publish".to_owned(),
        code_reference: Some(SOURCE.to_owned()),
        parameters: Attributes::empty(),
        started_at: None,
        ended_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::data_set::ALL;
    use super::*;

    #[test]
    fn the_campaigns_quote_the_votes() {
        let mnist = &ALL[0];
        let id = VersionId::from_bytes([7; 32]);
        let campaign = mnist.review(&mnist.verdicts().unwrap(), |_| Some(id)).unwrap();
        assert_eq!(campaign.changes.len(), 13);
        let reasons: Vec<&str> = campaign
            .changes
            .iter()
            .map(|change| match change {
                Change::Correct(correct) => correct.reason.as_str(),
                Change::Retract(say) => say.reason.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(reasons.contains(&"reviewed by 5 people: 5 of 5 say 9"), "{reasons:?}");
        assert!(reasons.contains(&"reviewed by 5 people: 3 of 5 say neither 6 nor 1"), "{reasons:?}");
    }

    #[test]
    fn a_commit_is_always_the_same() {
        let cifar = &ALL[1];
        let ontology = VersionId::from_bytes([1; 32]);
        let labels = cifar.labels().unwrap();
        let make = || cifar.publish_labels(ontology, &labels[..IMAGES]).unwrap();
        assert_eq!(make().request(), make().request());
        assert_eq!(make().changes.len(), 2 * IMAGES);
        assert_eq!(make().idempotency_key.as_deref(), Some("demo/cifar10/labels/0"));
    }
}
