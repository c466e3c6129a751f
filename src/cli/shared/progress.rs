//! Bars for work that takes long. They show on a terminal only, and leave nothing behind.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// So many things, of a known total.
pub(in crate::cli) fn items(what: &'static str, total: u64) -> ProgressBar {
    styled(ProgressBar::new(total), "{msg:<28} {bar:32} {human_pos}/{human_len} {eta}").with_message(what)
}

/// Bytes of a file, or of a stream whose length nobody knows.
pub(in crate::cli) fn bytes(what: String, total: Option<u64>) -> ProgressBar {
    match total {
        Some(total) => {
            styled(ProgressBar::new(total), "{msg} {bar:32} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        }
        None => styled(ProgressBar::no_length(), "{msg} {spinner} {bytes} {bytes_per_sec}"),
    }
    .with_message(what)
}

/// Rows of a file.
pub(in crate::cli) fn rows(what: String, total: u64) -> ProgressBar {
    styled(ProgressBar::new(total), "{msg} {bar:32} {human_pos}/{human_len} {per_sec} {eta}")
        .with_message(what)
}

/// A bar that stays out of sight until [`show_if_slow`] finds that it is worth it.
pub(in crate::cli) fn unseen(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
    styled(bar, "{msg:<28} {bar:32} {human_pos}/{human_len} {eta}").with_message(what)
}

/// Shows how far the work is once it has taken half a second.
pub(in crate::cli) fn show_if_slow(bar: &ProgressBar, done: u64, of: u64) {
    if bar.is_hidden() && bar.elapsed().as_millis() > 500 {
        bar.set_draw_target(ProgressDrawTarget::stderr());
    }
    bar.set_length(of);
    bar.set_position(done);
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    // The templates are ours and fixed; the plain bar stands in should one not parse.
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
