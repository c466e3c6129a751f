//! A finding: a wrong version in a training set version, or one that a consumer saw.

use crate::cli::shared::affected::answer::{AffectedRow, Consumer, TraceAnswer, WrongMember};
use crate::cli::shared::affected::report;
use crate::cli::shared::version::{NamedVersion, VersionStatement};

/// A wrong version in, or seen by, something affected. Borrows from the answer.
#[derive(Clone, Copy)]
pub(super) struct Finding<'a> {
    /// The training set version, or the consumer.
    pub affected: &'a NamedVersion,
    /// The wrong version; the affected one if it is wrong itself.
    pub wrong: &'a NamedVersion,
    /// The statement that makes it wrong; `None` if a class list changed its meaning.
    pub statement: Option<&'a VersionStatement>,
    /// The head of the item of the wrong version, if that is another version.
    pub replacement: Option<&'a NamedVersion>,
    /// The row of the member, if the affected version is a set.
    pub member: Option<&'a WrongMember>,
}

impl Finding<'_> {
    /// Returns the attributes that were wrong and those that replace them, or `retracted`.
    pub(super) fn change(&self) -> (String, String) {
        match (self.member, self.replacement, self.statement) {
            (Some(member), ..) => report::change(member),
            (None, _, Some(said)) if said.kind == "RETRACTS" => {
                (report::all_of(&self.wrong.attributes), "retracted".to_owned())
            }
            (None, Some(replacement), _) => {
                report::difference(&self.wrong.attributes, &replacement.attributes)
            }
            (None, None, _) => (report::all_of(&self.wrong.attributes), report::none()),
        }
    }

    /// Returns the reason of the statement; empty if there is none.
    pub(super) fn reason(&self) -> &str {
        self.statement.map_or("", |statement| statement.reason.as_str())
    }
}

/// Returns the findings of a training set version.
pub(super) fn of_set(row: &AffectedRow) -> impl Iterator<Item = Finding<'_>> {
    row.members.nodes.iter().map(|member| Finding {
        affected: &row.training_set,
        wrong: &member.wrong,
        statement: member.statement.as_ref(),
        replacement: member.replacement.as_ref(),
        member: Some(member),
    })
}

/// Returns the findings of a model, an evaluation or a deployment.
pub(super) fn of_consumer(consumer: &Consumer) -> impl Iterator<Item = Finding<'_>> {
    consumer.wrong.nodes.iter().map(|seen| Finding {
        affected: &consumer.consumer,
        wrong: &seen.version,
        statement: seen.version.statement_in_force(),
        replacement: seen.replacement.as_ref(),
        member: None,
    })
}

/// Returns all findings: those of sets first.
pub(super) fn all(answer: &TraceAnswer) -> impl Iterator<Item = Finding<'_>> {
    answer.rows.iter().flat_map(of_set).chain(answer.consumers.iter().flat_map(of_consumer))
}
