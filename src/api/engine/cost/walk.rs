//! The traversal of a parsed document. Every fragment is measured when it is first spread and
//! reused after that, so the work is linear in the text.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::Variables;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition,
    Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::size::{Sizes, is_once, is_per_change, marks_connection};
use super::{Cost, CostLimit, CostRefusal, Limits};

/// The measurements of one selection set with its fragments spread. All sums saturate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SetCost {
    nodes: u64,
    /// Nesting depth of selection sets, this one included.
    depth: u64,
    aliases: u64,
    directives: u64,
    /// Fields of this set alone.
    fields: u64,
    cost: u64,
    /// The cost of the fields that the enclosing object has once, independent of the number of
    /// entries on its page.
    once: u64,
    /// The cost of one entry of each list that has an entry for each change in the input of the
    /// enclosing field.
    per_change: u64,
    /// True if the set is that of a connection.
    connection: bool,
}

impl SetCost {
    /// Adds the measurements of a sibling in the same set.
    fn add(&mut self, other: &Self) {
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.depth = self.depth.max(other.depth);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.fields = self.fields.saturating_add(other.fields);
        self.cost = self.cost.saturating_add(other.cost);
        self.once = self.once.saturating_add(other.once);
        self.per_change = self.per_change.saturating_add(other.per_change);
        self.connection |= other.connection;
    }

    /// Adds one more node around the set, with its directives.
    fn wrap(&mut self, directives: &[Positioned<Directive>]) {
        self.nodes = self.nodes.saturating_add(1);
        self.directives = self.directives.saturating_add(directives.len() as u64);
    }
}

pub(super) fn document(
    document: &ExecutableDocument,
    variables: &Variables,
    operation: Option<&str>,
    limits: &Limits,
    largest: u64,
) -> Result<Cost, CostRefusal> {
    let operations = &document.operations;
    CostLimit::Operations.within(operations.iter().len() as u64, limits.operations)?;
    CostLimit::Fragments.within(document.fragments.len() as u64, limits.fragments)?;
    let defined: usize = operations.iter().map(|(_, op)| op.node.variable_definitions.len()).sum();
    CostLimit::Variables.within(defined as u64, limits.variables)?;

    let running = running(operations, operation);
    let mut walk = CostWalk {
        fragments: &document.fragments,
        sizes: Sizes::new(variables, running, largest),
        limits,
        measured: HashMap::new(),
        open: Vec::new(),
    };
    let mut total = Cost::default();
    // In the order of names, so that the same one of two faults is always reported.
    for operation in sorted(operations) {
        let measure = walk.operation(operation)?;
        total.nodes = total.nodes.saturating_add(measure.nodes);
        total.depth = total.depth.max(measure.depth);
        total.aliases = total.aliases.saturating_add(measure.aliases);
        total.directives = total.directives.saturating_add(measure.directives);
        total.root_fields = total.root_fields.max(measure.fields);
        if running.is_some_and(|running| std::ptr::eq(running, operation)) {
            total.cost = measure.cost;
        }
    }
    // Validation also visits fragments that nothing spreads, so they must not contain themselves.
    for name in document.fragments.keys().map(Name::as_str).collect::<BTreeSet<_>>() {
        walk.spread(name, 1)?;
    }
    CostLimit::Nodes.within(total.nodes, limits.nodes)?;
    CostLimit::RootFields.within(total.root_fields, limits.root_fields)?;
    CostLimit::Aliases.within(total.aliases, limits.aliases)?;
    CostLimit::Directives.within(total.directives, limits.directives)?;
    CostLimit::Cost.within(total.cost, limits.cost)?;
    Ok(total)
}

fn running<'a>(operations: &'a DocumentOperations, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (operations, name) {
        (DocumentOperations::Single(only), None) => Some(&only.node),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name).map(|operation| &operation.node),
        (DocumentOperations::Multiple(all), None) => {
            all.values().next().filter(|_| all.len() == 1).map(|operation| &operation.node)
        }
    }
}

fn sorted(operations: &DocumentOperations) -> impl Iterator<Item = &OperationDefinition> {
    let by_name: BTreeMap<_, _> =
        operations.iter().map(|(name, op)| (name.map(Name::as_str), &op.node)).collect();
    by_name.into_values()
}

struct CostWalk<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    sizes: Sizes<'a>,
    limits: &'a Limits,
    measured: HashMap<&'a str, SetCost>,
    /// Fragments that are being measured, outermost first.
    open: Vec<&'a str>,
}

impl<'a> CostWalk<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<SetCost, CostRefusal> {
        let mut measure = self.set(&operation.selection_set.node, 1)?;
        let own: usize = operation.variable_definitions.iter().map(|v| v.node.directives.len()).sum();
        measure.directives = measure.directives.saturating_add((own + operation.directives.len()) as u64);
        Ok(measure)
    }

    /// Measures a set at nesting depth `depth`. The limit on the depth also bounds the recursion.
    fn set(&mut self, set: &'a SelectionSet, depth: u64) -> Result<SetCost, CostRefusal> {
        CostLimit::Depth.within(depth, self.limits.depth)?;
        let mut total = SetCost::default();
        for selection in &set.items {
            let mut one = match &selection.node {
                Selection::Field(field) => self.field(&field.node, depth)?,
                Selection::FragmentSpread(spread) => {
                    self.spread(spread.node.fragment_name.node.as_str(), depth + 1)?
                }
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, depth + 1)?,
            };
            if is_once(&selection.node) {
                (one.once, one.cost) = (one.once.saturating_add(one.cost), 0);
            } else if is_per_change(&selection.node) {
                (one.per_change, one.cost) = (one.cost.saturating_sub(1), 1);
            }
            one.wrap(selection.node.directives());
            one.connection |= marks_connection(&selection.node);
            total.add(&one);
        }
        total.depth = total.depth.saturating_add(1);
        Ok(total)
    }

    fn field(&mut self, field: &'a Field, depth: u64) -> Result<SetCost, CostRefusal> {
        let below = if field.selection_set.node.items.is_empty() {
            SetCost::default()
        } else {
            self.set(&field.selection_set.node, depth + 1)?
        };
        let size = self.sizes.of(field, below.connection)?;
        let per_change = match below.per_change {
            0 => 0,
            entry => entry.saturating_mul(self.sizes.changes(field)),
        };
        let cost = below.cost.saturating_mul(size).saturating_add(below.once);
        Ok(SetCost {
            aliases: below.aliases.saturating_add(u64::from(field.alias.is_some())),
            fields: 1,
            cost: cost.saturating_add(per_change).saturating_add(1),
            once: 0,
            per_change: 0,
            connection: false,
            ..below
        })
    }

    /// Measures a fragment whose set is spread at nesting depth `depth`.
    fn spread(&mut self, name: &'a str, depth: u64) -> Result<SetCost, CostRefusal> {
        if let Some(known) = self.measured.get(name) {
            CostLimit::Depth
                .within(depth.saturating_add(known.depth.saturating_sub(1)), self.limits.depth)?;
            return Ok(*known);
        }
        if let Some(start) = self.open.iter().position(|open| *open == name) {
            let circle: Vec<_> = self.open[start..].iter().copied().chain([name]).collect();
            return Err(CostRefusal::Circle { path: circle.join(" → ") });
        }
        // Validation names a fragment that does not exist.
        let Some(fragment) = self.fragments.get(name) else { return Ok(SetCost::default()) };
        self.open.push(name);
        let mut measure = self.set(&fragment.node.selection_set.node, depth)?;
        self.open.pop();
        measure.directives = measure.directives.saturating_add(fragment.node.directives.len() as u64);
        self.measured.insert(name, measure);
        Ok(measure)
    }
}
