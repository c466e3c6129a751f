//! Random commands. A command picks from what exists by position, so that most commands make sense;
//! some do not.

use proptest::prelude::*;

/// The payloads that are stored; commands name one more.
pub(super) const STORED: [&str; 3] = ["a cat", "a dog", "a cow"];

/// A version, by position among those of some kind, by a name of the same commit, by a reference,
/// or one that does not exist.
#[derive(Debug, Clone, Copy)]
pub(super) enum VersionPick {
    Old(u8),
    Named(u8),
    Reference(u8),
    Nowhere,
}

#[derive(Debug, Clone)]
pub(super) enum RandomCommand {
    Put {
        item: u8,
        parent: Option<VersionPick>,
        expect: Option<VersionPick>,
        says: u8,
        sources: Vec<VersionPick>,
        marks: u8,
    },
    Correct {
        of: VersionPick,
        says: u8,
        sources: Option<Vec<VersionPick>>,
        expect: Option<VersionPick>,
    },
    Say {
        kind: u8,
        of: VersionPick,
        reason: u8,
        expect: Option<VersionPick>,
    },
    Rollback {
        to: VersionPick,
        item: Option<u8>,
        expect: Option<VersionPick>,
    },
    All {
        set: u8,
        members: Vec<(VersionPick, u8)>,
        expect: Option<VersionPick>,
    },
    Change {
        set: u8,
        base: VersionPick,
        add: Vec<(VersionPick, u8)>,
        remove: Vec<u8>,
        onto_head: bool,
    },
    Select {
        set: u8,
        filter: u8,
        at: Option<u8>,
    },
    Refresh {
        set: u8,
        causes: u8,
    },
    Tag {
        name: u8,
        version: VersionPick,
        alias: bool,
        expect: Option<VersionPick>,
    },
    Untag {
        name: u8,
        version: VersionPick,
        expect: Option<VersionPick>,
    },
    Assert {
        derived: VersionPick,
        source: VersionPick,
        role: u8,
    },
}

fn pick() -> impl Strategy<Value = VersionPick> + Clone {
    prop_oneof![
        70 => any::<u8>().prop_map(VersionPick::Old),
        30 => any::<u8>().prop_map(VersionPick::Named),
        5 => any::<u8>().prop_map(VersionPick::Reference),
        1 => Just(VersionPick::Nowhere),
    ]
}

fn maybe(pick: impl Strategy<Value = VersionPick>) -> impl Strategy<Value = Option<VersionPick>> {
    prop::option::weighted(0.25, pick)
}

fn rarely(pick: impl Strategy<Value = VersionPick>) -> impl Strategy<Value = Option<VersionPick>> {
    prop::option::weighted(0.1, pick)
}

fn some<S: Strategy>(of: S) -> impl Strategy<Value = Vec<S::Value>> {
    prop::collection::vec(of, 0..4)
}

fn command() -> impl Strategy<Value = RandomCommand> {
    use RandomCommand as C;
    let (p, n) = (pick, any::<u8>);
    prop_oneof![
        8 => (n(), maybe(p()), maybe(p()), n(), some(p()), n())
            .prop_map(|(item, parent, expect, says, sources, marks)| C::Put { item, parent, expect, says, sources, marks }),
        4 => (p(), n(), prop::option::weighted(0.2, some(p())), rarely(p()))
            .prop_map(|(of, says, sources, expect)| C::Correct { of, says, sources, expect }),
        4 => (n(), p(), n(), rarely(p())).prop_map(|(kind, of, reason, expect)| C::Say { kind, of, reason, expect }),
        2 => (p(), prop::option::weighted(0.05, n()), rarely(p()))
            .prop_map(|(to, item, expect)| C::Rollback { to, item, expect }),
        3 => (n(), some((p(), n())), maybe(p())).prop_map(|(set, members, expect)| C::All { set, members, expect }),
        3 => (n(), p(), some((p(), n())), some(n()), any::<bool>())
            .prop_map(|(set, base, add, remove, onto_head)| C::Change { set, base, add, remove, onto_head }),
        2 => (n(), n(), prop::option::of(n())).prop_map(|(set, filter, at)| C::Select { set, filter, at }),
        2 => (n(), n()).prop_map(|(set, causes)| C::Refresh { set, causes }),
        4 => (n(), p(), any::<bool>(), maybe(p()))
            .prop_map(|(name, version, alias, expect)| C::Tag { name, version, alias, expect }),
        2 => (n(), p(), rarely(p())).prop_map(|(name, version, expect)| C::Untag { name, version, expect }),
        3 => (p(), p(), n()).prop_map(|(derived, source, role)| C::Assert { derived, source, role }),
    ]
}

/// Commits of one to four commands; of one with an idempotency key.
pub(super) fn commits() -> impl Strategy<Value = Vec<(Vec<RandomCommand>, bool)>> {
    let one = (prop::collection::vec(command(), 1..2), prop::bool::weighted(0.1));
    let many = (prop::collection::vec(command(), 2..5), Just(false));
    prop::collection::vec(prop_oneof![2 => one, 1 => many], 1..48)
}

/// The beginning of every history: an image with its label under a class list, and a set that pins
/// the label.
pub(super) fn beginning() -> Vec<RandomCommand> {
    let put = |item, sources: &[u8]| RandomCommand::Put {
        item,
        parent: None,
        expect: None,
        says: 5,
        sources: sources.iter().map(|at| VersionPick::Named(*at)).collect(),
        marks: 0,
    };
    vec![
        put(1, &[]),
        put(9, &[]),
        put(3, &[1]),
        put(6, &[1]),
        RandomCommand::All {
            set: 1,
            members: vec![(VersionPick::Named(2), 0), (VersionPick::Named(3), 1)],
            expect: None,
        },
        RandomCommand::All { set: 2, members: vec![(VersionPick::Named(2), 1)], expect: None },
    ]
}
