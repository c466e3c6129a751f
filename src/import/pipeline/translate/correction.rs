//! A changed label as a correction of its version before.

use crate::domain::id::VersionId;
use crate::domain::version::Content;
use crate::domain::write::proposal::{Change, Correct, Put, Ref, Say};

/// Returns the change that records the new version as the correction of a wrong one, which was this. A
/// correction inherits the fields that it does not give; if this would not be the new version, the wrong
/// one is retracted instead.
pub(super) fn correction(put: &Put, (wrong, was): (VersionId, &Content), reason: &str) -> Change {
    let gives_all = (put.payload.is_some() || was.payload.is_none())
        && (put.media_type.is_some() || was.media_type.is_none())
        && (put.ontology.is_some() || was.ontology.is_none());
    let (version, reason) = (Ref::Id(wrong), reason.to_owned());
    if !gives_all {
        let activity = put.activity.clone();
        return Change::Retract(Say { version, reason, activity, message: None, expect_head: None });
    }
    Change::Correct(Correct {
        name: None,
        version,
        attributes: Some(put.attributes.clone()),
        payload: put.payload,
        media_type: put.media_type.clone(),
        record_image_size: put.record_image_size,
        ontology: put.ontology.clone(),
        sources: Some(put.sources.clone()),
        reason,
        activity: None,
        message: None,
        expect_head: None,
    })
}
