//! Lines of JSON become records of the `commands` topic, by an idempotent producer.

use super::{Deliveries, RECORD, broker, client, overridden, send};
use crate::config::Config;
use crate::limits::{BROKER_PATIENCE, PUBLISH_BYTES_MAX};
use crate::local::lines::next_line;
use crate::routing::record_key;
use groat_ledger::Id;
use groat_proto::Message;
use groat_proto::json::read_keyed_line;
use groat_shard::Fault;
use groat_shard::limits::RECORD_BYTES_MAX;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::io::{BufRead, Write};
use std::time::Duration;

/// What was published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Published {
    /// Records that the broker has acknowledged.
    pub published: u64,
    /// Lines that are no command, or too large a one.
    pub malformed: u64,
}

/// Publishes every line; `key` stands over each line's own key, and that over the routing key.
/// `progress` hears how many bytes of input were sent.
pub fn publish(
    config: &Config,
    mut input: impl BufRead,
    key: Option<Id>,
    complaints: &mut impl Write,
    mut progress: impl FnMut(u64),
) -> Result<Published, Fault> {
    let topic = config.topic("commands");
    super::partitions(config, &topic)?;
    let mut client = client(config);
    client
        .set("enable.idempotence", "true")
        .set("partitioner", "murmur2_random")
        .set("linger.ms", "5")
        .set("compression.type", "lz4")
        .set("message.max.bytes", RECORD_BYTES_MAX.to_string())
        .set("queue.buffering.max.messages", "200000");
    let producer: BaseProducer<Deliveries> = overridden(client, config)
        .create_with_context(Deliveries::default())
        .map_err(|e| broker(config, "no producer can be made", &e))?;
    let (mut done, mut number, mut bytes) = (Published::default(), 0u64, 0);
    loop {
        let line = next_line(&mut input, &mut bytes).map_err(|e| {
            Fault::new(format!("line {} cannot be read: {e}", number + 1), "check the input")
        })?;
        let Some(line) = line else { break };
        number += 1;
        let text = line.map_err(|line| line.complaint);
        if text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
            continue;
        }
        match text.and_then(|text| read_keyed_line(text.trim()).map_err(|e| e.to_string())) {
            Ok((of_line, record)) => {
                let owner = key.or(of_line).or_else(|| record_key(&record.commands));
                let key = owner.map(|id| id.to_string()).unwrap_or_default();
                let payload = record.encode_to_vec();
                let (len, most) = (payload.len(), PUBLISH_BYTES_MAX);
                if len > most {
                    done.malformed += 1;
                    let what = format!("its record has {len} bytes; at most {most}: split it");
                    let _ = writeln!(complaints, "line {number} is not published: {what}");
                    continue;
                }
                let record = BaseRecord::with_opaque_to(&topic, RECORD)
                    .payload(payload.as_slice())
                    .key(&key);
                send(&producer, record)
                    .map_err(|e| broker(config, &format!("line {number} cannot be sent"), &e))?;
                producer.poll(Duration::ZERO);
                done.published += 1;
            }
            Err(complaint) => {
                done.malformed += 1;
                let _ = writeln!(complaints, "line {number} is not a command: {complaint}");
            }
        }
        progress(bytes);
    }
    producer.flush(BROKER_PATIENCE).map_err(|e| broker(config, "not all was delivered", &e))?;
    let failed = producer.context().failed();
    if failed > 0 {
        return Err(Fault::new(
            format!("{failed} of {} records were not delivered to {topic}", done.published),
            "publish the same file again: commands that arrived are answered as replays",
        ));
    }
    Ok(done)
}
