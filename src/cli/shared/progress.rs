//! Progress bars. They are shown on a terminal only, and are cleared at the end.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that counts up to a known total.
pub(crate) fn items(what: &'static str, total: u64) -> ProgressBar {
    styled(ProgressBar::new(total), "{msg:<28} {bar:32} {human_pos}/{human_len} {eta}").with_message(what)
}

/// A bar for the bytes of a file, or of a stream of unknown length.
pub(crate) fn bytes(what: String, total: Option<u64>) -> ProgressBar {
    match total {
        Some(total) => {
            styled(ProgressBar::new(total), "{msg} {bar:32} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        }
        None => styled(ProgressBar::no_length(), "{msg} {spinner} {bytes} {bytes_per_sec}"),
    }
    .with_message(what)
}

/// A bar for the rows of a file.
pub(crate) fn rows(what: String, total: u64) -> ProgressBar {
    styled(ProgressBar::new(total), "{msg} {bar:32} {human_pos}/{human_len} {per_sec} {eta}")
        .with_message(what)
}

/// A bar that is hidden until [`show_if_slow`] shows it.
pub(crate) fn unseen(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
    styled(bar, "{msg:<28} {bar:32} {human_pos}/{human_len} {eta}").with_message(what)
}

/// Updates a bar, and shows it after half a second.
pub(crate) fn show_if_slow(bar: &ProgressBar, done: u64, of: u64) {
    if bar.is_hidden() && bar.elapsed().as_millis() > 500 {
        bar.set_draw_target(ProgressDrawTarget::stderr());
    }
    bar.set_length(of);
    bar.set_position(done);
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    // The templates are constants, so they parse; the default is for the type.
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
