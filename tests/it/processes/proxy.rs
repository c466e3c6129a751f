//! A TCP proxy that can be interrupted.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Passes bytes on to one address.
pub(super) struct Proxy {
    address: SocketAddr,
    wire: Arc<Wire>,
}

#[derive(Default)]
struct Wire {
    is_cut: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// Starts a proxy to `HOST:PORT`.
    pub(super) fn start(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (wire, to) = (Arc::new(Wire::default()), to.trim_end_matches('/').to_owned());
        let shared = Arc::clone(&wire);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                if !shared.is_cut.load(Ordering::SeqCst) {
                    let far = TcpStream::connect(&to).expect("the server takes connections");
                    shared.join(&near, &far);
                    shared.join(&far, &near);
                }
            }
        });
        Self { address, wire }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections, and accepts no new ones.
    pub(super) fn cut(&self) {
        self.wire.is_cut.store(true, Ordering::SeqCst);
        for stream in self.wire.open.lock().expect("no thread has panicked").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Accepts connections again.
    pub(super) fn mend(&self) {
        self.wire.is_cut.store(false, Ordering::SeqCst);
    }
}

impl Wire {
    fn join(&self, from: &TcpStream, to: &TcpStream) {
        let copy = |stream: &TcpStream| stream.try_clone().expect("a stream can be shared");
        let (mut reading, mut writing) = (copy(from), copy(to));
        self.open.lock().expect("no thread has panicked").push(copy(from));
        std::thread::spawn(move || {
            let _ = io::copy(&mut reading, &mut writing);
            let _ = writing.shutdown(Shutdown::Both);
        });
    }
}
