//! Corrections: the right version, and the statement that another one was wrong.

use crate::domain::invalid::Invalid;
use crate::domain::log::facts::{Outcome, Saying};
use crate::domain::numbers::VersionNo;
use crate::domain::statement::StatementKind;
use crate::domain::text;
use crate::domain::version::Content;
use crate::domain::write::proposal::Correct;
use crate::domain::write::world::World;

use super::Planner;
use super::payloads::SizeRule;
use super::say::{StatementOrigin, reason_hash};
use super::versions::{NewVersion, check_made};

impl<W: World> Planner<'_, W> {
    pub(super) fn correct(&mut self, correct: &Correct) -> Result<Outcome, Invalid> {
        text::prose("reason", &correct.reason)?;
        check_made(correct.activity.as_ref(), correct.message.as_deref())?;
        let wrong = self.resolve(&correct.version)?;
        let content = self.right_content(correct, wrong)?;
        let saying = Saying {
            kind: StatementKind::Corrects,
            version: wrong,
            content: Some(content.digest()),
            reason: reason_hash(&correct.reason),
        };
        let returned = self.has_returned(wrong);
        if !returned && let Some(before) = self.said_before(&saying) {
            let better = before.by.unwrap_or(wrong);
            let found = self.found(better, content, correct.name.as_deref())?;
            return Ok(before.outcome(found));
        }
        let key = self.item_key(self.item_of(wrong)).clone();
        self.expect_head(&key, correct.expect_head.as_ref())?;
        let mut outcome = self.better_version(correct, wrong, content, returned)?;
        let made = StatementOrigin { activity: correct.activity.clone(), message: correct.message.clone() };
        let said = self.say(StatementKind::Corrects, wrong, outcome.version, &correct.reason, made);
        outcome.statement = said.statement;
        outcome.created = true;
        outcome.seq = said.seq;
        Ok(outcome)
    }

    /// Returns the content that a correction says is right.
    fn right_content(&self, correct: &Correct, wrong: VersionNo) -> Result<Content, Invalid> {
        let mut content = self.content(wrong)?.clone();
        if let Some(attributes) = &correct.attributes {
            content.attributes = attributes.clone();
        }
        if let Some(payload) = correct.payload {
            content.payload = Some(payload);
        }
        if let Some(media_type) = &correct.media_type {
            content.media_type = Some(media_type.clone());
        }
        if correct.ontology.is_some() {
            content.ontology = self.ontology(correct.ontology.as_ref())?;
        }
        if let Some(sources) = &correct.sources {
            content.sources = self.sources(sources)?;
        }
        let measure = if correct.attributes.is_some() { SizeRule::Check } else { SizeRule::Replace };
        self.judge_payload(correct.payload, correct.record_image_size.then_some(measure), &mut content)?;
        content.normalise();
        if content.digest() == self.content_of(wrong) {
            return Err(Invalid::refused(
                "expected a correction that differs from the version, found equal content; give what is different, or retract the version",
            ));
        }
        // A corrected class list does not change classes a second time.
        content.class_changes.clear();
        Ok(content)
    }

    /// Returns true if the version is still wrong and the head of its item has its content again.
    fn has_returned(&self, wrong: VersionNo) -> bool {
        let head = self.head(self.item_of(wrong));
        self.wrong(wrong)
            && head.is_some_and(|head| head != wrong && self.content_of(head) == self.content_of(wrong))
    }

    /// Finds or makes the version that is right. It must not be followed by the wrong content
    /// again: in that case the right content becomes the head.
    fn better_version(
        &mut self,
        correct: &Correct,
        wrong: VersionNo,
        content: Content,
        returned: bool,
    ) -> Result<Outcome, Invalid> {
        let (digest, item) = (content.digest(), self.item_of(wrong));
        let last = self.last_statement(wrong).map(|(_, last)| last);
        let said = last.filter(|last| !returned && last.kind == StatementKind::Corrects);
        let said = said.and_then(|last| last.by).filter(|by| self.content_of(*by) == digest);
        let head = self.head(item);
        // The right content was put before the older version was known to be wrong.
        let there = said.or_else(|| head.filter(|head| self.content_of(*head) == digest));
        if let Some(better) = there {
            return self.found(better, content, correct.name.as_deref());
        }
        let key = self.item_key(item).clone();
        let members = content.manifest.map(|_| self.members_of(wrong));
        let left_behind = self.find(&content.version_id(key.id(), Some(self.id_of(wrong)))).is_some();
        let parent = if left_behind { head } else { Some(wrong) };
        let (activity, message) = (correct.activity.clone(), correct.message.clone());
        let wanted = NewVersion { item: &key, parent, content, members, activity, message };
        self.make(wanted, correct.name.as_deref())
    }
}
