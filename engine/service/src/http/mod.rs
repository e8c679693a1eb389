//! Pages for people and programs that watch a process that serves: whether it lives, whether its
//! shards serve, numbers of it all, and a page to read. They are read only, and show no amounts, no
//! accounts and no configuration beyond names.
//!
//! | module | what |
//! |---|---|
//! | `health` | `/healthz` and `/readyz`: what counts as dead, and as not ready |
//! | `metrics` | `/metrics`: numbers for Prometheus |
//! | `page` | `/`: all of it for a reader |
//! | `words` | numbers and times as they are written there |
//! | `server` | connections, and what is too slow or too large for them |

mod health;
mod metrics;
mod page;
mod server;
mod words;

pub(crate) use server::Listening;

use crate::clock;
use crate::config::Config;
use crate::kafka::status::{Status, View};
use std::sync::Arc;

/// What pages are made of.
pub(crate) struct Pages {
    about: About,
    status: Arc<Status>,
}

/// What does not change while a process lives.
struct About {
    brokers: String,
    prefix: String,
    group: String,
    instance: Option<String>,
    started_ms: u64,
}

/// What is answered.
struct Answer {
    code: u16,
    kind: &'static str,
    body: String,
}

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
/// The version of Prometheus' text format.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

impl Pages {
    /// Of a process that starts now.
    pub(crate) fn of(config: &Config, status: Arc<Status>) -> Pages {
        let about = About {
            brokers: config.brokers.clone(),
            prefix: config.prefix.clone(),
            group: config.group(),
            instance: config.instance.clone(),
            started_ms: clock::wall_ms(),
        };
        Pages { about, status }
    }

    fn answer(&self, method: &str, path: &str) -> Answer {
        answer(&self.about, &self.status.view(), clock::wall_ms(), method, path)
    }
}

fn answer(about: &About, view: &View, now: u64, method: &str, path: &str) -> Answer {
    let text = |code, body| Answer { code, kind: TEXT, body };
    if !matches!(path, "/" | "/healthz" | "/readyz" | "/metrics") {
        return text(404, "there are /, /healthz, /readyz and /metrics\n".into());
    }
    if method != "GET" {
        return text(405, "pages are read: GET\n".into());
    }
    match path {
        "/healthz" => match health::dead(view, now) {
            None => text(200, health::alive_text(view, now)),
            Some(why) => text(503, format!("{why}\n")),
        },
        "/readyz" => {
            let reasons = health::not_ready(about, view, now);
            let code = if reasons.is_empty() { 200 } else { 503 };
            text(code, health::ready_text(view, &reasons, now))
        }
        "/metrics" => Answer { code: 200, kind: METRICS, body: metrics::text(about, view, now) },
        _ => Answer { code: 200, kind: HTML, body: page::html(about, view, now) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::status::Phase;

    /// A time to look at.
    pub(super) const NOW: u64 = 1_800_000_000_000;

    pub(super) fn about() -> About {
        About {
            brokers: "127.0.0.1:9092".into(),
            prefix: "groat".into(),
            group: "groat.engine".into(),
            instance: Some("bank-<1>".into()),
            started_ms: NOW - 3_600_000,
        }
    }

    /// Three shards: one serves, one is elsewhere, and of the last one nothing is said yet.
    pub(super) fn serving() -> Status {
        let status = Status::default();
        status.begins(3);
        status.has_joined(true);
        status.polled(NOW);
        status.answered(Ok(()), NOW - 1_000);
        status.shard(0).starts_at(4, 9, NOW - 60_000);
        status.shard(0).has_passed(9);
        status.shard(0).is_caught_up(NOW - 59_000);
        status.shard(1).comes_to(Phase::Following, NOW - 60_000);
        status.shard(1).has_followed(Some(7), NOW - 100);
        status
    }

    #[test]
    fn pages_are_read_and_nothing_else() {
        let view = serving().view();
        for (method, path, code) in [
            ("GET", "/", 200),
            ("GET", "/healthz", 200),
            ("GET", "/readyz", 200),
            ("GET", "/metrics", 200),
            ("GET", "/metrics/", 404),
            ("GET", "/../etc/passwd", 404),
            ("GET", "", 404),
            ("POST", "/", 405),
            ("HEAD", "/healthz", 405),
            ("DELETE", "/metrics", 405),
            ("POST", "/anything", 404),
        ] {
            assert_eq!(answer(&about(), &view, NOW, method, path).code, code, "{method} {path}");
        }
    }
}
