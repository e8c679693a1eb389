//! Asks the broker, again and again, whether it is there and where the input of our shards ends.
//! Only for the pages: shards find out for themselves, and none waits for this.

use super::status::Status;
use super::{consumer, overridden};
use crate::clock;
use crate::config::Config;
use crate::limits::{WATCH_PAUSE, WATCH_TIMEOUT};
use groat_shard::Fault;
use rdkafka::consumer::{BaseConsumer, Consumer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Watches until `stop`, on a thread of its own.
pub(super) fn watch(
    config: &Config,
    status: &Arc<Status>,
    stop: &Arc<AtomicBool>,
) -> Result<(), Fault> {
    let consumer: BaseConsumer = overridden(consumer(config), config)
        .create()
        .map_err(|e| super::broker(config, "no consumer can be made", &e))?;
    let (topic, status, stop) = (config.topic("commands"), Arc::clone(status), Arc::clone(stop));
    let watching = move || {
        while !stop.load(Ordering::Relaxed) {
            ask(&consumer, &topic, &status);
            // What the client says of connections waits to be taken.
            while consumer.poll(Duration::ZERO).is_some() {}
            std::thread::sleep(WATCH_PAUSE);
        }
    };
    let thread = std::thread::Builder::new().name("watch".into()).spawn(watching);
    thread.map(|_| ()).map_err(|e| {
        Fault::new(format!("no thread watches the broker: {e}"), "free some memory and try again")
    })
}

/// Asks once.
fn ask(consumer: &BaseConsumer, topic: &str, status: &Status) {
    let answer = consumer.fetch_metadata(Some(topic), WATCH_TIMEOUT);
    let is_there = answer.is_ok();
    status.answered(answer.map(|_| ()).map_err(|e| e.to_string()), clock::wall_ms());
    if !is_there {
        return;
    }
    let view = status.view();
    for (shard, _) in view.shards.iter().filter(|(_, view)| view.phase.is_ours()) {
        let partition = i32::try_from(*shard).unwrap_or(i32::MAX);
        let asked = consumer.fetch_watermarks(topic, partition, WATCH_TIMEOUT);
        let end = asked.map(|(_, end)| u64::try_from(end).unwrap_or(0));
        status.shard(*shard).ends_at(end.map_err(|e| e.to_string()));
    }
}
