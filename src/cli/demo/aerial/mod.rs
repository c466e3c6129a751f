//! `stemma demo aerial`: pictures of a town from the air, with outlines of what is in them.

mod clock;
mod deliveries;
mod making;
mod story;
#[cfg(test)]
mod tests;

pub(super) use self::clock::StoryClock;

use indicatif::ProgressBar;

use self::making::TimedCommit;
use self::story::Story;
use super::answer::DemoAnswer;
use super::commits::{DemoCommit, Loaded, commit, store};
use crate::annotations::geometry;
use crate::annotations::model::Shape;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::version::NamedVersion;
use crate::cli::shared::{output, progress};
use crate::domain::id::Seq;
use crate::ledger::Ledger;

/// Square pixels of a square metre: a pixel is 0.25 m wide.
const PIXELS: f64 = 16.0;

/// How the answer is printed.
pub(super) const ANSWER: DemoAnswer = DemoAnswer {
    sets: &["aerial/TRAINING_SET/solar", "aerial/TRAINING_SET/flood"],
    reviewed: "the outlines have been reviewed",
    repaired: "the set of roofs and its model were made again, those of floods not yet",
    look,
    pages,
};

/// Makes the commits that do not exist yet, at the times of the story.
pub(super) async fn load(ledger: &Ledger, clock: &StoryClock) -> Result<Loaded> {
    let Story { until_review, repairs } = story::story()?;
    let count = until_review.len() + repairs.len();
    let bar = progress::items("loading the demo", count as u64);
    let mut loaded = Loaded::NOTHING;
    let done = async {
        for step in until_review {
            loaded.reviewed = make(ledger, clock, &bar, step, &mut loaded).await?;
        }
        for step in repairs {
            loaded.repaired = make(ledger, clock, &bar, step, &mut loaded).await?;
        }
        Ok::<_, Failure>(())
    };
    let done = done.await;
    clock.release();
    bar.finish_and_clear();
    done.map(|()| loaded)
}

async fn make(
    ledger: &Ledger,
    clock: &StoryClock,
    bar: &ProgressBar,
    step: TimedCommit,
    loaded: &mut Loaded,
) -> Result<Seq> {
    let TimedCommit { time, commit: DemoCommit { proposal, payloads } } = step;
    store(ledger, payloads).await?;
    clock.show(time, ledger.view().time());
    let committed = commit(ledger, bar, proposal).await?;
    loaded.count(&committed);
    Ok(committed.seq)
}

/// Describes a label: its class, and the area of its outline.
fn look(label: &NamedVersion) -> String {
    let class = label.attributes["class"].as_str().unwrap_or("?");
    let area = label.attributes.as_object().map_or(0.0, |fields| geometry::area(&Shape::of(fields)));
    format!("{class}, {} m²", output::count((area / PIXELS).round() as u64))
}

/// Returns pages to look at, with what they show.
fn pages(loaded: &Loaded) -> Vec<(String, &'static str)> {
    let review = loaded.reviewed;
    vec![
        ("/".to_owned(), "what needs doing: the model of floods"),
        (format!("/impact?wrong=commit:{review}"), "the models and sets that the review affects"),
        (format!("/campaign?commit={review}"), "how far the repairs have come"),
        ("/item?ref=aerial/LABEL/b2/building-12".to_owned(), "a roof whose outline was corrected"),
        ("/item?ref=aerial/LABEL/b3/building-01".to_owned(), "a tennis court that is no roof"),
        ("/item?ref=aerial/SOURCE/tile/b4".to_owned(), "a picture that a newer one replaced"),
        ("/item?ref=aerial/ONTOLOGY/classes".to_owned(), "the classes, one of which was split"),
        ("/set?ref=aerial/TRAINING_SET/solar%231".to_owned(), "the set of roofs before the review"),
        (
            "/diff?a=aerial/TRAINING_SET/solar%231&b=aerial/TRAINING_SET/solar%232".to_owned(),
            "what the repair changed in it",
        ),
        ("/model?ref=aerial/MODEL/flood-net%231".to_owned(), "a model that is still affected"),
        ("/lineage?of=aerial/DEPLOYMENT/flood-map%231".to_owned(), "what a product is made from"),
    ]
}
