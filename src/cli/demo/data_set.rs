//! The demo's data: labels as published, and reviews of the suspected ones by five people.
//!
//! From `cleanlab/label-errors` (Apache-2.0), see `fixtures/datasets/label-errors/README.md`.
//! Compiled into the program, so that the demo runs from anywhere.

use serde::Deserialize;

/// The test labels of one benchmark.
#[derive(Debug)]
pub(super) struct DataSet {
    /// The namespace of its items.
    pub namespace: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The name of each class, by its number.
    pub classes: &'static [&'static str],
    labels: &'static str,
    reviews: &'static str,
}

/// The data sets of the demo.
pub(super) const ALL: [DataSet; 2] = [
    DataSet {
        namespace: "mnist",
        title: "MNIST",
        classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        labels: include_str!("../../../fixtures/datasets/label-errors/mnist_test_labels.csv"),
        reviews: include_str!("../../../fixtures/datasets/label-errors/mnist_reviews.csv"),
    },
    DataSet {
        namespace: "cifar10",
        title: "CIFAR-10",
        classes: &["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        labels: include_str!("../../../fixtures/datasets/label-errors/cifar10_test_labels.csv"),
        reviews: include_str!("../../../fixtures/datasets/label-errors/cifar10_reviews.csv"),
    },
];

/// A label as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Label {
    /// The index of the image in the benchmark.
    pub index: u32,
    /// The number of its class.
    pub label: usize,
}

/// The votes of five people on a suspected label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Review {
    pub index: u32,
    pub given_label: usize,
    pub guessed_label: usize,
    pub votes_given: u32,
    pub votes_guessed: u32,
    pub votes_neither: u32,
    pub votes_both: u32,
}

/// The result of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReviewVerdict {
    /// The label is confirmed.
    Confirmed,
    /// It is another class.
    Corrected,
    /// It is neither the published nor the guessed class.
    Retracted,
}

/// The number of votes that decide.
const MAJORITY: u32 = 3;

impl Review {
    /// Returns the verdict of the majority. If the guess is the published class, votes for it are
    /// in both columns and confirm the label.
    pub(super) fn verdict(&self) -> ReviewVerdict {
        if self.guessed_label != self.given_label && self.votes_guessed >= MAJORITY {
            ReviewVerdict::Corrected
        } else if self.votes_neither >= MAJORITY {
            ReviewVerdict::Retracted
        } else {
            ReviewVerdict::Confirmed
        }
    }
}

impl DataSet {
    /// Parses the labels, ordered by index.
    pub(super) fn labels(&self) -> Result<Vec<Label>, csv::Error> {
        csv::Reader::from_reader(self.labels.as_bytes()).deserialize().collect()
    }

    /// Parses the reviews that change a label, with their verdicts.
    pub(super) fn verdicts(&self) -> Result<Vec<(Review, ReviewVerdict)>, csv::Error> {
        let mut verdicts = Vec::new();
        for review in csv::Reader::from_reader(self.reviews.as_bytes()).deserialize() {
            let review: Review = review?;
            match review.verdict() {
                ReviewVerdict::Confirmed => {}
                verdict => verdicts.push((review, verdict)),
            }
        }
        Ok(verdicts)
    }

    /// Returns the name of a class, or its number if it has none.
    pub(super) fn class(&self, number: usize) -> String {
        self.classes.get(number).map_or_else(|| number.to_string(), |name| (*name).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(namespace: &str) -> (usize, usize) {
        let set = ALL.iter().find(|set| set.namespace == namespace).unwrap();
        let verdicts = set.verdicts().unwrap();
        let count = |wanted| verdicts.iter().filter(|(_, verdict)| *verdict == wanted).count();
        (count(ReviewVerdict::Corrected), count(ReviewVerdict::Retracted))
    }

    #[test]
    fn the_reviews_result_in_these_corrections_and_retractions() {
        // 23 reviews of MNIST have three votes or more for the guess; in 13 of them the guess is
        // the published class.
        assert_eq!(verdicts("mnist"), (10, 3));
        assert_eq!(verdicts("cifar10"), (18, 4));
    }

    #[test]
    fn every_label_is_there_and_every_review_is_of_its_label() {
        for set in &ALL {
            let labels = set.labels().unwrap();
            assert_eq!(labels.len(), 10_000);
            for (place, label) in labels.iter().enumerate() {
                assert_eq!(label.index as usize, place);
                assert!(label.label < set.classes.len());
            }
            for (review, _) in set.verdicts().unwrap() {
                assert_eq!(labels[review.index as usize].label, review.given_label);
                let votes =
                    review.votes_given + review.votes_guessed + review.votes_neither + review.votes_both;
                assert_eq!(votes, 5, "{review:?}");
            }
        }
    }

    #[test]
    fn a_guess_of_the_published_class_corrects_nothing() {
        let review = |guessed_label, votes_given, votes_guessed, votes_neither| Review {
            index: 0,
            given_label: 5,
            guessed_label,
            votes_given,
            votes_guessed,
            votes_neither,
            votes_both: 0,
        };
        assert_eq!(review(5, 5, 5, 0).verdict(), ReviewVerdict::Confirmed);
        assert_eq!(review(6, 2, 3, 0).verdict(), ReviewVerdict::Corrected);
        assert_eq!(review(6, 1, 2, 2).verdict(), ReviewVerdict::Confirmed);
        assert_eq!(review(6, 1, 1, 3).verdict(), ReviewVerdict::Retracted);
    }
}
