//! Shares of each caller in the server's resources: memory, and slots for operations, exports,
//! thumbnails and open connections.
//!
//! A caller is a principal at an IP address, or at an IPv6 network of 64 bits. One caller has at
//! most three quarters of the memory and of each kind of slot, so that it cannot block the others.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{HttpMessage, HttpRequest};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api::engine::code::{Code, Reason};
use crate::api::engine::failure::Failure;
use crate::budget::{Account, Budget, Charge};
use crate::domain::principal::Principal;
use crate::http::errors::Refusal;
use crate::http::limits::HttpLimits;

/// The number of known callers above which idle ones are removed.
const REMEMBERED: usize = 1_024;

/// The number of kinds of slots.
const KINDS: usize = 4;

/// The callers with requests in progress.
pub(in crate::http) struct Callers {
    budget: Budget,
    limits: [usize; KINDS],
    known: Mutex<KnownCallers>,
}

struct KnownCallers {
    callers: HashMap<(Principal, Option<IpAddr>), Arc<HttpCaller>>,
    /// The number of callers at which idle ones are removed.
    full: usize,
}

/// The resources of one caller.
pub(in crate::http) struct HttpCaller {
    account: Account,
    operations: Arc<Semaphore>,
    exports: Arc<Semaphore>,
    thumbnails: Arc<Semaphore>,
    connections: Arc<Semaphore>,
}

/// The slots of one kind, for all callers together.
pub(in crate::http) struct CallerSlots {
    all: Arc<Semaphore>,
    count: usize,
    of: fn(&HttpCaller) -> &Arc<Semaphore>,
    /// The use of the slots, for messages.
    name: &'static str,
}

/// A slot, held until it is dropped.
pub(in crate::http) struct CallerSlot {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Callers {
    pub(in crate::http) fn new(limits: &HttpLimits) -> Self {
        let count = [limits.concurrent, limits.exports, limits.thumbnail.concurrent, limits.feed.connections];
        let known = KnownCallers { callers: HashMap::new(), full: REMEMBERED };
        Self { budget: Budget::new(limits.memory), limits: count.map(share), known: Mutex::new(known) }
    }

    /// Returns the caller with this name and address.
    pub(in crate::http) fn find(
        &self,
        principal: &Principal,
        address: Option<SocketAddr>,
    ) -> Arc<HttpCaller> {
        let key = (principal.clone(), address.map(|address| network(address.ip())));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(caller) = known.callers.get(&key) {
            return Arc::clone(caller);
        }
        if known.callers.len() >= known.full {
            // A request that has ended may hold memory until its answer is sent, and a slot until
            // its work is done.
            known.callers.retain(|_, caller| Arc::strong_count(caller) > 1 || caller.is_busy(&self.limits));
            known.full = REMEMBERED.max(known.callers.len() * 2);
        }
        let [operations, exports, thumbnails, connections] =
            self.limits.map(|most| Arc::new(Semaphore::new(most)));
        let account = self.budget.account();
        let caller = Arc::new(HttpCaller { account, operations, exports, thumbnails, connections });
        known.callers.insert(key, Arc::clone(&caller));
        caller
    }
}

/// Returns the author of what an authenticated request writes.
pub(in crate::http) fn author(request: &HttpRequest) -> Principal {
    request.extensions().get::<Principal>().cloned().unwrap_or_else(Principal::local)
}

impl HttpCaller {
    /// Returns the caller of an authenticated request.
    pub(in crate::http) fn of(request: &HttpRequest) -> Arc<Self> {
        let found = request.extensions().get::<Arc<Self>>().cloned();
        found.unwrap_or_else(|| Callers::new(&HttpLimits::default()).find(&Principal::local(), None))
    }

    fn is_busy(&self, limits: &[usize; KINDS]) -> bool {
        let places = [&self.operations, &self.exports, &self.thumbnails, &self.connections];
        let taken = places.iter().zip(limits).any(|(places, most)| places.available_permits() < *most);
        taken || self.account.held() > 0
    }

    /// Opens a charge for one of its requests.
    pub(in crate::http) fn charge(&self) -> Charge {
        self.account.charge()
    }
}

impl CallerSlots {
    /// Creates the slots of concurrent operations.
    pub(in crate::http) fn operations(limits: &HttpLimits) -> Self {
        Self::new(limits.concurrent, |caller| &caller.operations, "operations")
    }

    /// Creates the slots of concurrent exports.
    pub(in crate::http) fn exports(limits: &HttpLimits) -> Self {
        Self::new(limits.exports, |caller| &caller.exports, "exports")
    }

    /// Creates the slots of thumbnails that are made at once.
    pub(in crate::http) fn thumbnails(limits: &HttpLimits) -> Self {
        Self::new(limits.thumbnail.concurrent, |caller| &caller.thumbnails, "thumbnails")
    }

    /// Creates the slots of connections that wait for events.
    pub(in crate::http) fn connections(limits: &HttpLimits) -> Self {
        Self::new(limits.feed.connections, |caller| &caller.connections, "connections for events")
    }

    fn new(count: usize, of: fn(&HttpCaller) -> &Arc<Semaphore>, name: &'static str) -> Self {
        Self { all: Arc::new(Semaphore::new(count)), count, of, name }
    }

    /// Waits for a slot. The shared slots are acquired last, so that a caller beyond its share
    /// blocks no one else.
    pub(in crate::http) async fn wait(&self, caller: &HttpCaller) -> Option<CallerSlot> {
        let own = Arc::clone((self.of)(caller)).acquire_owned().await.ok()?;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(CallerSlot { _own: own, _all: all })
    }

    /// Takes one of the shared slots, which counts for no caller.
    pub(in crate::http) async fn wait_for_any(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    /// Takes a slot if one is free.
    pub(in crate::http) fn take(&self, caller: &HttpCaller) -> Result<CallerSlot, Refusal> {
        let own = Arc::clone((self.of)(caller)).try_acquire_owned();
        let all = Arc::clone(&self.all).try_acquire_owned();
        match (own, all) {
            (Ok(own), Ok(all)) => Ok(CallerSlot { _own: own, _all: all }),
            (_, Err(_)) => Err(self.full(self.count, Reason::Unavailable)),
            (Err(_), Ok(_)) => Err(self.full(share(self.count), Reason::TooManyRequests)),
        }
    }

    fn full(&self, limit: usize, reason: Reason) -> Refusal {
        let name = self.name;
        let (code, whose) = match reason {
            Reason::TooManyRequests => (Code::BadRequest, "of this caller"),
            _ => (Code::InternalServerError, "of all callers"),
        };
        let message = format!(
            "{limit} {name} {whose} are in progress, which is the limit; try again when one of them has ended"
        );
        Failure::new(code, message).because(reason).into()
    }
}

/// Three quarters, rounded up.
const fn share(count: usize) -> usize {
    count - count / 4
}

/// Returns the network of an address: for IPv6 that of 64 bits, all addresses of which belong to
/// one client.
pub(in crate::http) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn at(address: &str) -> Option<SocketAddr> {
        Some(format!("{address}:1").parse().unwrap())
    }

    #[test]
    fn a_caller_is_a_principal_in_a_network() {
        let callers = Callers::new(&HttpLimits::default());
        let (ada, local) = (Principal::named("ada").unwrap(), Principal::local());
        let first = callers.find(&ada, at("10.0.0.1"));
        let same =
            |principal: &Principal, address: &str| Arc::ptr_eq(&first, &callers.find(principal, at(address)));
        assert!(same(&ada, "10.0.0.1") && same(&ada, "[::ffff:10.0.0.1]"));
        assert!(!same(&ada, "10.0.0.2") && !same(&local, "10.0.0.1"));
        let (one, other) = ("[2001:db8::1]", "[2001:db8::ffff:1]");
        let here = callers.find(&ada, at(one));
        assert!(Arc::ptr_eq(&here, &callers.find(&ada, at(other))));
        assert!(!Arc::ptr_eq(&here, &callers.find(&ada, at("[2001:db8:0:1::1]"))));
    }

    #[test]
    fn callers_without_requests_are_forgotten() {
        let callers = Callers::new(&HttpLimits::default());
        let kept = callers.find(&Principal::local(), at("10.9.9.9"));
        for n in 0..REMEMBERED * 3 {
            callers.find(&Principal::local(), at(&format!("10.0.{}.{}", n / 256, n % 256)));
        }
        assert!(callers.known.lock().unwrap().callers.len() <= REMEMBERED);
        assert!(Arc::ptr_eq(&kept, &callers.find(&Principal::local(), at("10.9.9.9"))));
    }

    #[test]
    fn a_caller_is_known_as_long_as_it_holds_something() {
        let limits = HttpLimits::default();
        let (callers, exports) = (Callers::new(&limits), CallerSlots::exports(&limits));
        let local = Principal::local();
        let charge = callers.find(&local, at("10.1.0.1")).charge();
        charge.grow(7).unwrap();
        let place = exports.take(&callers.find(&local, at("10.1.0.2"))).ok();
        for n in 0..REMEMBERED * 2 {
            callers.find(&local, at(&format!("10.0.{}.{}", n / 256, n % 256)));
        }
        assert_eq!(callers.find(&local, at("10.1.0.1")).account.held(), 7);
        assert_eq!(callers.find(&local, at("10.1.0.2")).exports.available_permits(), 2);
        drop((charge, place));
    }

    #[test]
    fn one_caller_leaves_places_for_the_others() {
        let limits = HttpLimits { concurrent: 8, exports: 4, ..HttpLimits::default() };
        let callers = Callers::new(&limits);
        let (operations, exports) = (CallerSlots::operations(&limits), CallerSlots::exports(&limits));
        let greedy = callers.find(&Principal::local(), at("10.0.0.1"));
        let modest = callers.find(&Principal::local(), at("10.0.0.2"));
        let held: Vec<CallerSlot> =
            (0..6).map(|_| operations.wait(&greedy).now_or_never().flatten().unwrap()).collect();
        assert!(operations.wait(&greedy).now_or_never().is_none(), "it has its share");
        assert!(operations.wait(&modest).now_or_never().is_some());
        drop(held);
        assert!(operations.wait(&greedy).now_or_never().is_some());

        let mut held: Vec<CallerSlot> = (0..3).map(|_| exports.take(&greedy).unwrap()).collect();
        let refused = exports.take(&greedy).err().unwrap().to_string();
        assert_eq!(
            refused,
            "3 exports of this caller are in progress, which is the limit; try again when one of them has ended"
        );
        held.push(exports.take(&modest).unwrap());
        let refused = exports.take(&modest).err().unwrap().to_string();
        assert!(refused.starts_with("4 exports of all callers are in progress"), "{refused}");
        for count in 1..5 {
            assert!(share(count) >= 1 && share(count) <= count);
        }
    }
}
