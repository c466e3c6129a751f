//! The rules for directives: each is known, allowed at its location, and not repeated.

use async_graphql::Positioned;
use async_graphql::parser::types::{Directive, DirectiveLocation};

use super::{Rules, Uses};

impl<'a> Rules<'a> {
    pub(super) fn directives(
        &mut self,
        directives: &'a [Positioned<Directive>],
        location: DirectiveLocation,
        uses: &mut Uses,
    ) {
        for (i, directive) in directives.iter().enumerate() {
            let name = &directive.node.name;
            let Some(known) = self.sdl.directive(&name.node) else {
                self.invalid(format!("unknown directive `@{}`", name.node), directive.pos);
                directive.node.arguments.iter().for_each(|(_, value)| self.any(value, uses));
                continue;
            };
            if !known.locations.contains(&location) {
                self.invalid(format!("directive `@{}` is not allowed here", name.node), directive.pos);
            }
            let before = &directives[..i];
            if before.iter().any(|before| before.node.name.node == name.node) {
                self.invalid(format!("directive `@{}` occurs twice in one place", name.node), directive.pos);
            }
            let owner = || format!("directive `@{}`", name.node);
            self.arguments(&directive.node.arguments, &known.arguments, &owner, directive.pos, uses);
        }
    }
}
