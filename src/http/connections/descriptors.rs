//! File descriptors: the limit of this process, and the numbers of connections that it allows.
//!
//! Every connection holds two. Connections get at most what the rest of the process leaves, so that
//! they make only one another wait, never a write.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::{debug, warn};

use crate::http::limits::HttpLimits;

/// The useful maximum; a hard limit may be far larger.
const ENOUGH: u64 = 65_536;
/// Descriptors per connection: its socket, and the handle that closes it.
const EACH: u64 = 2;
/// Descriptors kept free for tables, payloads, uploads, buckets and webhooks, in addition to those
/// already open.
const RESERVE: u64 = 256;
/// The assumed number of open descriptors if they cannot be counted.
const OPEN: u64 = 128;

/// Raises the limit of this process up to the useful maximum, as far as allowed.
pub fn raise_open_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(ENOUGH, |maximum| maximum.min(ENOUGH));
    if current.is_some_and(|current| current < wanted)
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum })
    {
        debug!(%error, "the limit of open files could not be raised");
    }
}

/// Returns the number of connections per worker: that of the settings, or fewer if the process may
/// not open as many files.
pub(crate) fn connections_per_worker(limits: &HttpLimits) -> usize {
    let workers = limits.workers.max(1);
    let limit = getrlimit(Resource::Nofile).current;
    let open = fs::read_dir("/proc/self/fd").map_or(OPEN, |open| open.count() as u64);
    let share = limit.map_or(limits.connections, |limit| share(limit, open, workers));
    if share < limits.connections {
        let connections = share * workers;
        warn!(
            connections,
            limit, open, "connections are limited by the number of open files; raise it (`ulimit -n`)"
        );
    }
    share.min(limits.connections)
}

/// Returns the number of connections that may wait for events: that of the settings, or fewer, so
/// that a quarter of all `connections` is left to requests. A connection that waits for events is
/// not idle, so it is never closed to make room.
pub(in crate::http) fn waiting_connections(limits: &HttpLimits, connections: usize) -> usize {
    let most = (connections - connections / 4).max(1);
    let wanted = limits.feed.connections;
    if most < wanted {
        warn!(
            waiting = most,
            wanted,
            connections,
            "fewer connections may wait for events than --feed-connections allows: three quarters of all connections; \
             a higher limit of open files (`ulimit -n`) may allow more"
        );
    }
    most.min(wanted)
}

/// Returns the share of each worker; at least 1, because a server without connections is useless.
fn share(limit: u64, open: u64, workers: usize) -> usize {
    // Under a small limit the reserve is half of what is left.
    let left = limit.saturating_sub(open);
    let connections = left.saturating_sub(RESERVE.min(left / 2)) / EACH;
    usize::try_from(connections).unwrap_or(usize::MAX).checked_div(workers).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_everything_else() {
        for limit in [0_u64, 64, 200, 256, 1_024, 4_096, 65_536] {
            for open in [20, 60, 400] {
                for workers in [1, 2, 8] {
                    let all = (share(limit, open, workers) * workers) as u64;
                    assert!(all >= workers as u64);
                    let left = limit.saturating_sub(open);
                    if all > workers as u64 {
                        assert!(
                            all * EACH + RESERVE.min(left / 2) <= left,
                            "{limit} {open} {workers}: {all}"
                        );
                    }
                }
            }
        }
        assert_eq!(share(1_024, 64, 2), 176);
        assert_eq!(share(65_536, 100, 2), 16_295);
    }

    #[test]
    fn a_quarter_of_the_connections_is_left_to_requests() {
        let waiting = |wanted: usize, connections: usize| {
            let mut limits = HttpLimits::default();
            limits.feed.connections = wanted;
            waiting_connections(&limits, connections)
        };
        assert_eq!(waiting(500, 2_048), 500, "the settings count while there is room");
        for (connections, most) in [(2_000, 1_500), (352, 264), (16, 12), (3, 3), (1, 1)] {
            assert_eq!(waiting(5_000, connections), most);
        }
        assert_eq!(waiting(0, 352), 0, "none are asked for");
        // With 256 open files, of which the process has 60.
        assert_eq!(waiting(500, share(256, 60, 2) * 2), 36);
    }

    #[test]
    fn the_limit_is_raised_and_never_lowered() {
        let before = getrlimit(Resource::Nofile);
        raise_open_files();
        let after = getrlimit(Resource::Nofile);
        assert_eq!(after.maximum, before.maximum);
        assert!(after.current.unwrap_or(u64::MAX) >= before.current.unwrap_or(u64::MAX));
    }
}
