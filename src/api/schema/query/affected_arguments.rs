//! The arguments that `affectedTrainingSets` and `affectedConsumers` share.

use async_graphql::Result;

use super::asked::Asked;
use crate::api::enums::Inclusion;
use crate::api::inputs::{AsOf, WrongInput, names};
use crate::api::page::Page;
use crate::api::scope::Scope;
use crate::lineage::query::impact::{self, Question};

/// The arguments of a question about something wrong.
pub(in crate::api) struct AffectedArguments {
    pub inclusion: Vec<Inclusion>,
    pub include_restored: bool,
    pub include_ontology_stale: bool,
    pub only_heads: bool,
    pub tagged: Option<Vec<String>>,
    pub through_models: bool,
    pub knowledge_at: Option<AsOf>,
}

impl AffectedArguments {
    /// Returns the question, the scope in which it is read, and the judged input.
    ///
    /// # Errors
    /// As [`WrongInput::judged`] and [`Page::scope`].
    pub(in crate::api) fn question(
        self,
        mut scope: Scope,
        page: &Page,
        wrong: WrongInput,
    ) -> Result<(Scope, Question, Asked)> {
        names("tags of one question", self.tagged.as_ref())?;
        let tagged = self.tagged.map(|mut tags| {
            tags.sort_unstable();
            tags
        });
        if let Some(known) = self.knowledge_at {
            scope = scope.knowing(known.moment()?)?;
        }
        let scope = page.scope(&scope)?;
        let judged = wrong.judged(&scope, self.include_ontology_stale)?;
        let asked = Asked::new(scope.clone(), &judged);
        let question = Question {
            versions: judged.versions,
            inclusion: self.inclusion.into_iter().map(impact::Inclusion::from).collect(),
            include_restored: self.include_restored,
            include_ontology_stale: self.include_ontology_stale,
            only_heads: self.only_heads,
            tagged,
            through_models: self.through_models,
            edges: 0,
        };
        Ok((scope, question, asked))
    }
}
