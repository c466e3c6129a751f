//! The open connections of every address, and the policy that closes idle ones.
//!
//! All but an eighth of the connections are free for any address. Beyond that, each new connection
//! closes the longest idle one of the address with the most connections. If there is none, the new
//! one is refused if its address has more than a fair share, else it takes one of the last eighth.
//! So no address can exhaust the connections of others, and a single address may use nearly all.
//!
//! Invariant: no connection is closed here while a request is in progress whose outcome the client
//! does not know, unless the client itself has stalled it for [`HttpLimits::stall_time`].

pub(super) mod descriptors;
pub(super) mod connection;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use tracing::info;

use super::identity::callers::network;
use super::limits::HttpLimits;
use connection::{ClientConnection, Idle, Waiting};

/// The time without data after which a connection may be closed. Before that, a request may be in
/// transit.
const SETTLED: Duration = Duration::from_millis(100);

/// The minimum time between two log messages.
const NOTED: Duration = Duration::from_secs(60);

/// The connections of all workers.
pub(super) struct Connections {
    /// The number above which connections are closed to make room.
    soft: usize,
    /// The maximum number of connections of one address.
    per_address: usize,
    settled: Duration,
    stall_time: Duration,
    open: Mutex<OpenConnections>,
    /// Notified when there are more than `soft`.
    pressed: Notify,
}

#[derive(Default)]
struct OpenConnections {
    count: usize,
    by_address: HashMap<IpAddr, Vec<Arc<ClientConnection>>>,
    noted: Option<Instant>,
}

/// A connection that counts for an address until it is dropped.
pub(super) struct HeldConnection {
    connection: Arc<ClientConnection>,
    address: IpAddr,
    all: Arc<Connections>,
}

/// The refusal of a connection because its address has too many.
#[derive(Debug, PartialEq, Eq)]
struct ConnectionRefused;

impl Connections {
    /// Creates the table for at most `most` connections.
    pub(super) fn new(limits: &HttpLimits, most: usize) -> Self {
        let soft = most.saturating_sub(most.div_ceil(8)).max(1);
        Self {
            soft,
            per_address: limits.per_address.map_or(usize::MAX, |most| most.max(1)),
            settled: SETTLED,
            stall_time: limits.stall_time,
            open: Mutex::default(),
            pressed: Notify::new(),
        }
    }

    /// Registers a new connection, or refuses and closes it.
    pub(super) fn connect(self: &Arc<Self>, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<rt::net::TcpStream>() else { return };
        let handle = stream.as_fd().try_clone_to_owned().ok().map(TcpStream::from);
        let is_closable = handle.is_some();
        let connection = Arc::new(ClientConnection::new(handle));
        // A connection without an address is already closed.
        let Ok(peer) = stream.peer_addr() else { return connection.close() };
        let address = network(peer.ip());
        match self.admit(address, &connection) {
            Ok(()) if is_closable => {}
            // The process has no more file descriptors, so the connection could never be closed
            // from here.
            Ok(()) => connection.close(),
            Err(ConnectionRefused) => connection.refuse(),
        }
        data.insert(HeldConnection { connection, address, all: Arc::clone(self) });
    }

    fn admit(&self, address: IpAddr, new: &Arc<ClientConnection>) -> Result<(), ConnectionRefused> {
        let mut open = self.open();
        open.count += 1;
        let own = open.by_address.entry(address).or_default();
        own.push(Arc::clone(new));
        let own = own.len();
        let is_admitted = if own > self.per_address {
            self.close_one(&mut open, |other, _| other == address)
        } else if open.count > self.soft {
            let addresses = open.by_address.len();
            let is_closed = self.close_one(&mut open, |_, count| count >= own);
            self.note(&mut open);
            is_closed || own <= (self.soft / addresses).max(1)
        } else {
            true
        };
        if open.count > self.soft {
            self.pressed.notify_one();
        }
        if !is_admitted {
            open.remove(address, new);
            return Err(ConnectionRefused);
        }
        Ok(())
    }

    /// Closes idle connections while there are more than `soft`. Never returns.
    pub(super) async fn relieve(&self) -> Infallible {
        loop {
            self.pressed.notified().await;
            while self.is_pressed_still() {
                sleep(self.settled).await;
            }
        }
    }

    fn is_pressed_still(&self) -> bool {
        let mut open = self.open();
        while open.count > self.soft && self.close_one(&mut open, |_, _| true) {}
        open.count > self.soft
    }

    /// Closes the longest idle connection of the address with the most connections, among those
    /// addresses for which `may` returns true.
    fn close_one(&self, open: &mut OpenConnections, may: impl Fn(IpAddr, usize) -> bool) -> bool {
        let mut holders: Vec<_> = open.by_address.iter().collect();
        holders.retain(|(address, held)| may(**address, held.len()));
        holders.sort_by_key(|(address, held)| (Reverse(held.len()), **address));
        for (address, held) in holders {
            let mut waiting: Vec<_> = held
                .iter()
                .filter_map(|connection| Some((self.may_close(connection.waiting()?)?, connection)))
                .collect();
            waiting.sort_by_key(|(order, _)| *order);
            // A connection that receives a request meanwhile is skipped.
            if let Some((_, closed)) =
                waiting.iter().find(|(order, connection)| connection.close_if(order.waiting))
            {
                let (address, closed) = (*address, Arc::clone(closed));
                open.remove(address, &closed);
                return true;
            }
        }
        false
    }

    /// Returns the rank of a connection in the closing order: first those without a request so far,
    /// then those that have had one, then those whose client has stalled a request. `None` if it
    /// must not be closed yet.
    fn may_close(&self, waiting: Waiting) -> Option<ClosingOrder> {
        let (rank, after) = match waiting.idle {
            Idle::New => (0, self.settled),
            Idle::Between => (1, self.settled),
            Idle::Stalled => (2, self.stall_time),
        };
        (waiting.elapsed() >= after).then_some(ClosingOrder { rank, waiting })
    }

    fn note(&self, open: &mut OpenConnections) {
        if open.noted.is_some_and(|noted| noted.elapsed() < NOTED) {
            return;
        }
        open.noted = Some(Instant::now());
        let most = open.by_address.iter().max_by_key(|(_, held)| held.len());
        if let Some((address, held)) = most {
            let (connections, of_address) = (open.count, held.len());
            info!(
                connections,
                %address,
                of_address,
                "connections run short; those that wait are closed, of the address with the most first"
            );
        }
    }

    fn open(&self) -> MutexGuard<'_, OpenConnections> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The order in which connections are closed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ClosingOrder {
    rank: u8,
    waiting: Waiting,
}

impl OpenConnections {
    fn remove(&mut self, address: IpAddr, connection: &Arc<ClientConnection>) {
        let Some(held) = self.by_address.get_mut(&address) else { return };
        if let Some(place) = held.iter().position(|other| Arc::ptr_eq(other, connection)) {
            held.swap_remove(place);
            self.count -= 1;
        }
        if held.is_empty() {
            self.by_address.remove(&address);
        }
    }
}

impl HeldConnection {
    pub(super) const fn connection(&self) -> &Arc<ClientConnection> {
        &self.connection
    }
}

impl Drop for HeldConnection {
    fn drop(&mut self) {
        self.all.open().remove(self.address, &self.connection);
    }
}
