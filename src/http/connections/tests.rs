use std::iter;
use std::net::Ipv4Addr;
use std::thread::sleep;

use super::*;

const SETTLED: Duration = Duration::from_millis(200);
const STALL: Duration = Duration::from_secs(1);

/// Creates a table for 16 connections, of which 14 are free for any address.
fn connections(per_address: Option<usize>) -> Connections {
    let limits = HttpLimits { per_address, stall_time: STALL, ..HttpLimits::default() };
    let connections = Connections { settled: SETTLED, ..Connections::new(&limits, 16) };
    assert_eq!(connections.soft, 14);
    connections
}

fn address(last: u8) -> IpAddr {
    Ipv4Addr::new(10, 0, 0, last).into()
}

impl Connections {
    fn take(&self, last: u8) -> Option<Arc<ClientConnection>> {
        let connection = Arc::new(ClientConnection::new(None));
        self.admit(address(last), &connection).is_ok().then_some(connection)
    }

    /// Opens `count` connections of an address, all of which must be admitted.
    fn fill(&self, last: u8, count: usize) -> Vec<Arc<ClientConnection>> {
        iter::repeat_with(|| self.take(last).expect("room")).take(count).collect()
    }
}

fn is_open(connection: &Arc<ClientConnection>) -> bool {
    connection.begin()
}

#[test]
fn an_address_alone_closes_its_own_idle_connections_and_no_others() {
    let all = connections(None);
    let first = all.fill(1, 7);
    sleep(SETTLED);
    let second = all.fill(1, 7);
    first[0].begin();
    sleep(SETTLED);
    let third = all.fill(1, 2);
    assert!(is_open(&first[0]), "it has a request");
    assert!(!is_open(&first[1]) && !is_open(&first[2]), "they have waited longest");
    assert!(first[3..].iter().chain(&second).chain(&third).all(is_open));
    assert_eq!(all.open().count, 14);
}

#[test]
fn connections_without_a_request_go_before_those_that_had_one() {
    let all = connections(None);
    let old = all.fill(1, 1);
    assert!(old[0].begin());
    old[0].end();
    let silent = all.fill(1, 13);
    sleep(SETTLED * 2);
    let newer = all.fill(1, 13);
    assert!(silent.iter().all(|silent| !is_open(silent)) && newer.iter().all(is_open));
    assert!(is_open(&old[0]));
}

#[test]
fn another_address_takes_the_place_of_the_one_with_most() {
    let all = connections(None);
    let (greedy, modest) = (all.fill(1, 10), all.fill(2, 4));
    sleep(SETTLED);
    let new = all.fill(3, 5);
    assert!(all.take(3).is_none(), "now it has as many as any other");
    assert!(modest.iter().chain(&new).all(is_open));
    assert_eq!(greedy.iter().filter(|greedy| !is_open(greedy)).count(), 5);
}

#[test]
fn one_that_is_busy_with_all_it_has_leaves_room() {
    let all = connections(None);
    let busy = all.fill(1, 14);
    busy.iter().for_each(|busy| busy.work());
    sleep(SETTLED);
    assert!(all.take(1).is_none());
    assert_eq!(all.open().count, 14, "what is refused is not counted");
    let other = all.take(2).expect("room for others");
    assert!(is_open(&other) && busy.iter().all(is_open));
    // Once its client stalls a request, it may be closed.
    busy[5].stall();
    sleep(STALL / 2);
    busy[5].stall();
    assert!(all.take(1).is_none());
    sleep(STALL / 2);
    assert!(all.take(1).is_some());
    assert!(!is_open(&busy[5]));
}

#[test]
fn those_who_have_few_are_never_closed_for_those_who_have_many() {
    let all = connections(None);
    let (busy, modest) = (all.fill(1, 12), all.fill(2, 2));
    busy.iter().for_each(|busy| busy.work());
    sleep(SETTLED);
    assert!(all.take(1).is_none());
    assert!(modest.iter().all(is_open));
}

#[test]
fn a_limit_of_each_address_is_kept_while_there_is_room() {
    let all = connections(Some(3));
    let held = all.fill(1, 3);
    assert!(all.take(1).is_none(), "a request may be on its way");
    sleep(SETTLED);
    assert!(all.take(1).is_some());
    assert!(!is_open(&held[0]) && is_open(&held[1]) && is_open(&held[2]));
    assert_eq!(all.fill(2, 3).len(), 3);
}

#[test]
fn what_is_closed_or_gone_is_not_counted() {
    let all = Arc::new(connections(None));
    let connection = all.take(1).expect("room");
    let held =
        HeldConnection { connection: Arc::clone(&connection), address: address(1), all: Arc::clone(&all) };
    drop(held);
    assert_eq!(all.open().count, 0);
    assert!(all.open().by_address.is_empty());
    all.fill(1, 14);
    // More than the soft limit, as when all arrived at once: the excess is closed after the
    // settling time.
    let burst = all.fill(2, 2);
    assert!(all.is_pressed_still(), "nothing has settled");
    sleep(SETTLED);
    assert!(!all.is_pressed_still());
    assert_eq!(all.open().count, 14);
    assert!(burst.iter().all(is_open));
}
