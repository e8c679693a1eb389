//! The progress bar: on standard error, only on a terminal, only when there is much to read.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};

/// Fewer blocks are read in the blink of an eye; they are about 64 KiB each.
const LONG_BLOCKS: u64 = 128;

/// See the module.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = "{wide_bar} {human_pos}/{human_len} blocks {eta}";
        Bar(bar.with_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        ))
    }

    /// What a command tells its progress to.
    pub(crate) fn hear(&self) -> impl FnMut(u64, Option<u64>) {
        let bar = &self.0;
        move |done, total| {
            let long = total.is_none_or(|total| total >= LONG_BLOCKS);
            if long && bar.is_hidden() && stderr().is_terminal() {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
        }
    }

    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}
