//! The result cache: the same question at the same moment is computed once.

use std::sync::Arc;

use super::store::{TestStore, correct, pin, put};
use crate::api::result_cache::{Asked, ResultCache};
use crate::domain::id::Seq;
use crate::ledger::View;
use crate::lineage::query::impact::{Impact, ImpactPart, Question};

async fn store() -> TestStore {
    let store = TestStore::new().await;
    store.commit(vec![put("a", "LABEL", "a", "roof", &[]), put("c", "DERIVED", "c", "crop", &["@a"])]).await;
    store.commit(vec![pin("all", &["default/LABEL/a#1".to_owned(), "default/DERIVED/c#1".to_owned()])]).await;
    store.commit(vec![correct("default/LABEL/a#1", "barn")]).await;
    store
}

fn plain(view: &View) -> Question {
    Question::plain(view.read(|at| at.all_wrong().collect()), 0)
}

fn sets(impact: &Impact) -> usize {
    impact.sets.len()
}

#[tokio::test]
async fn a_cached_result_follows_no_edges() {
    let store = store().await;
    let (cache, view) = (ResultCache::worth(1), store.ledger.view());
    let asked = || Asked::Affected(plain(&view));
    let (first, followed) = cache.find(&view, asked(), &ImpactPart::WHOLE, 1_000);
    assert_eq!((sets(&first), followed), (1, first.followed.edges));
    assert!(followed > 0);
    // Also for a request that may follow no more edges.
    let (again, followed) = cache.clone().find(&view, asked(), &ImpactPart::WHOLE, 0);
    assert_eq!(followed, 0);
    assert!(Arc::ptr_eq(&first, &again));

    let restored = Asked::Affected(Question { include_restored: true, ..plain(&view) });
    assert!(cache.find(&view, restored, &ImpactPart::WHOLE, 1_000).1 > 0, "that is another question");
    let newly = || Asked::Newly(Seq(2));
    assert!(cache.find(&view, newly(), &ImpactPart::WHOLE, 1_000).1 > 0);
    assert_eq!(cache.find(&view, newly(), &ImpactPart::WHOLE, 1_000).1, 0);

    store.commit(vec![pin("more", &["default/LABEL/a#1".to_owned()])]).await;
    let later = store.ledger.view();
    let (other, followed) = cache.find(&later, asked(), &ImpactPart::WHOLE, 1_000);
    assert!(followed > 0, "that is another moment");
    assert_eq!((sets(&other), sets(&cache.find(&view, asked(), &ImpactPart::WHOLE, 0).0)), (2, 1));
}

#[tokio::test]
async fn a_result_that_stopped_early_is_not_kept() {
    let store = store().await;
    let (cache, view) = (ResultCache::worth(1), store.ledger.view());
    let asked = || Asked::Affected(plain(&view));
    assert!(cache.find(&view, asked(), &ImpactPart::WHOLE, 0).0.followed.stopped.is_some());
    let (whole, followed) = cache.find(&view, asked(), &ImpactPart::WHOLE, 1_000);
    assert_eq!((whole.followed.stopped, sets(&whole)), (None, 1));
    assert!(followed > 0);
}
