//! File descriptors: how many this process may open, and how many connections that allows.
//!
//! Every connection holds two. If they used all there are, nothing else could open a file, so they get at most what the rest
//! of the process leaves: idle connections keep one another waiting, and never a write.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::{debug, warn};

use super::limits::HttpLimits;

/// As many as are useful. A hard limit may be larger by far.
const ENOUGH: u64 = 65_536;
/// Descriptors of one connection: its socket, and the handle by which it is cut off.
const EACH: u64 = 2;
/// What is left for tables, payloads, uploads, buckets and webhooks, beside what is open already.
const RESERVE: u64 = 256;
/// What is open already where that cannot be counted.
const OPEN: u64 = 128;

/// Raises the limit of this process as far as it may, up to what is useful.
pub fn raise_open_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(ENOUGH, |maximum| maximum.min(ENOUGH));
    if current.is_some_and(|current| current < wanted)
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum })
    {
        debug!(%error, "the limit of open files could not be raised");
    }
}

/// Returns how many connections each worker may hold: as many as the settings say, or fewer if the process may not open so many
/// files.
pub(super) fn connections_per_worker(limits: &HttpLimits) -> usize {
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

/// What each worker gets of a limit. At least one connection: a server that takes none is none.
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
    fn the_limit_is_raised_and_never_lowered() {
        let before = getrlimit(Resource::Nofile);
        raise_open_files();
        let after = getrlimit(Resource::Nofile);
        assert_eq!(after.maximum, before.maximum);
        assert!(after.current.unwrap_or(u64::MAX) >= before.current.unwrap_or(u64::MAX));
    }
}
