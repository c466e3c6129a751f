//! Campaigns, against a naive implementation that scans every version.

use std::collections::BTreeSet;

use super::model::histories::{in_any_world, seqs, versions};
use crate::domain::id::Seq;
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::query::impact::campaign::{
    CampaignState, OutdatedDeployment, Round, RoundStep, median_seconds,
};
use crate::lineage::query::impact::{Question, Status};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::inflow::Inflow;
use crate::lineage::{At, Index};

#[test]
fn a_campaign_equals_a_naive_implementation() {
    in_any_world(300, 14, |index: &Index| {
        for seq in [index.seq(), Seq(index.seq().0 / 2)] {
            let at = At::new(index, seq);
            for commit in seqs(index).skip(1).take_while(|commit| *commit <= seq) {
                let said = at.statements_of(commit).iter().filter(|said| said.fact.kind.makes_wrong());
                let wrong: Vec<VersionNo> =
                    said.map(|said| said.fact.version).filter(|v| at.wrong(*v).is_some()).collect();
                let campaign =
                    at.walker().campaign(commit, &wrong, &mut EdgeBudget::edges(u64::MAX)).unwrap();
                check_stale(at, &campaign, &wrong);
                assert_eq!(campaign.rounds, naive(at, commit, &wrong));
            }
        }
    });
}

#[test]
fn a_median_is_in_the_middle() {
    let median = |seconds: &[i64]| median_seconds(seconds.iter().map(|s| s * 1_000_000));
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[7]), Some(7.0));
    assert_eq!(median(&[9, 1]), Some(5.0));
    assert_eq!(median(&[9, 1, 2]), Some(2.0));
}

fn naive(at: At<'_>, commit: Seq, wrong: &[VersionNo]) -> Vec<Round> {
    let impact = at.affected(&Question::plain(wrong.to_vec(), u64::MAX));
    let held: BTreeSet<VersionNo> =
        impact.sets.iter().filter(|set| !impact.rows(at, set).is_empty()).map(|set| set.set).collect();
    let items: BTreeSet<ItemNo> = held.iter().map(|set| at.item_of(*set)).collect();
    items.into_iter().map(|item| round(at, commit, item, &held)).collect()
}

fn round(at: At<'_>, commit: Seq, item: ItemNo, held: &BTreeSet<VersionNo>) -> Round {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for set in at.history(item).iter().filter(|set| held.contains(set)) {
        let number = at.number(*set);
        match runs.last_mut().filter(|run| run.1 == number) {
            Some(run) => run.1 = number + 1,
            None => runs.push((number, number + 1)),
        }
    }
    let last = at.history(item).iter().rposition(|set| held.contains(set)).unwrap();
    let clean = &at.history(item)[last + 1..];
    let measured = |version: &VersionNo| matches!(at.kind(*version), Kind::Evaluation | Kind::Deployment);
    let models: Vec<VersionNo> = versions(at)
        .filter(|model| at.kind(*model) == Kind::Model)
        .filter(|model| {
            let is_inner = |version: &VersionNo| measured(version) || at.kind(*version) == Kind::Model;
            clean.iter().any(|set| comes_from(at, *model, *set, &is_inner))
        })
        .collect();
    let first = |kind: Kind| {
        let of_kind = versions(at).filter(|version| at.kind(*version) == kind);
        let mut made =
            of_kind.filter(|version| models.iter().any(|model| comes_from(at, *version, *model, &|_| false)));
        made.next()
    };
    let time = |version: VersionNo| at.index().time(at.seq_of(version)).unwrap();
    let correction = at.index().time(commit).unwrap();
    let step = |version: VersionNo, before: i64| RoundStep {
        version,
        since_previous: (time(version) - before).max(0),
        since_correction: (time(version) - correction).max(0),
    };
    let refreshed = clean.first().map(|set| step(*set, correction));
    let trained = models.first().map(|model| step(*model, time(clean[0])));
    let evaluated = first(Kind::Evaluation).map(|version| step(version, time(models[0])));
    let deployed = first(Kind::Deployment).map(|version| {
        let tried = evaluated.map(|step| step.version).filter(|evaluated| *evaluated < version);
        step(version, time(tried.unwrap_or(models[0])))
    });
    Round { item, held: runs, refreshed, trained, evaluated, deployed }
}

/// Returns true if a version was made from another, but not through a set, nor through a version
/// for which `stops` returns true.
fn comes_from(at: At<'_>, version: VersionNo, from: VersionNo, stops: &dyn Fn(&VersionNo) -> bool) -> bool {
    at.kind(version) != Kind::TrainingSet
        && at.sources(version).any(|edge| {
            edge.other == from || (!stops(&edge.other) && comes_from(at, edge.other, from, stops))
        })
}

fn check_stale(at: At<'_>, campaign: &CampaignState, wrong: &[VersionNo]) {
    let held: Vec<VersionNo> = campaign.rounds.iter().flat_map(|round| round.held_versions(at)).collect();
    let runs = campaign.rounds.iter().flat_map(|round| &round.held);
    assert_eq!(held.len(), runs.map(|(from, to)| (to - from) as usize).sum::<usize>());
    for OutdatedDeployment { deployment, model, set } in &campaign.stale {
        assert!(set.is_none_or(|set| held.contains(&set)));
        if let Some(model) = model {
            assert!(at.kind(*model) == Kind::Model);
            assert!(set.is_none_or(|set| comes_from(at, *model, set, &|_| false)));
            assert!(comes_from(at, *deployment, *model, &|_| false));
        } else if let Some(set) = set {
            let models = versions(at).filter(|model| at.kind(*model) == Kind::Model);
            let mut between = models.filter(|model| comes_from(at, *model, *set, &|_| false));
            assert!(!between.any(|model| comes_from(at, *deployment, model, &|_| false)));
            assert!(comes_from(at, *deployment, *set, &|_| false));
        }
    }
    let stands = |version: &VersionNo| {
        at.cause(*version, false).is_some_and(|cause| at.status(*version, cause) != Status::Restored)
    };
    let saw = |deployment: VersionNo| {
        let mut inflow = Inflow::new(at, false);
        inflow.through_consumer(deployment, &mut EdgeBudget::edges(u64::MAX));
        inflow.found().iter().any(|version| wrong.contains(version) && stands(version))
    };
    let deployments =
        versions(at).filter(|version| at.kind(*version) == Kind::Deployment && at.is_head(*version));
    let is_wrong = |version: VersionNo| wrong.contains(&version) && stands(&version);
    let expected: Vec<VersionNo> =
        deployments.filter(|version| is_wrong(*version) || saw(*version)).collect();
    let found: Vec<VersionNo> = campaign.stale.iter().map(|stale| stale.deployment).collect();
    assert_eq!(found, expected);
}
