//! What was told of a shard that its chain does not account for yet: it must come about again.

use super::log::{Log, Record, Topic, Trouble};
use super::owner::Input;
use groat_proto::Message;
use groat_proto::v1::{Outcomes, Remittance, Settlement, outcome};
use groat_shard::limits::RECORD_BYTES_MAX;
use groat_shard::{Fault, Messages};
use std::collections::BTreeMap;

/// What leaves with a block.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// Outcomes, one per input, settlements, and what other shards are sent.
    pub(super) messages: Messages,
    /// The inputs.
    pub(super) inputs: Vec<Input>,
    /// The number of the event after the block.
    pub(super) next_event: u64,
}

/// What was told that the chain does not yet account for, by its ids.
#[derive(Default)]
pub(super) struct Told {
    pub(super) outcomes: BTreeMap<u64, Vec<u8>>,
    pub(super) settlements: BTreeMap<(u64, u32), Vec<u8>>,
    /// By event and the shard told.
    pub(super) remittances: BTreeMap<(u64, u32), Vec<u8>>,
    /// The most remittances received before any of it, or with it.
    pub(super) received: u64,
}

impl Told {
    /// Adds what is in the topics from an offset of the input and an event on.
    pub(super) fn read(
        &mut self,
        log: &mut impl Log,
        shard: u32,
        others: &[u32],
        first_offset: u64,
        first_event: u64,
    ) -> Result<(), Trouble> {
        if first_offset < u64::MAX {
            log.read_back(Topic::Outcomes, &mut |value| {
                let Ok(outcomes) = Outcomes::decode(value) else { return true };
                // The outcomes of a record without commands say nothing, not even where it stands.
                let Some(at) = outcomes.outcomes.first().and_then(|o| o.position) else {
                    return true;
                };
                if at.offset >= first_offset {
                    self.received = self.received.max(outcomes.remittances_before);
                    self.outcomes.insert(at.offset, value.to_vec());
                }
                at.offset >= first_offset
            })?;
        }
        if first_event < u64::MAX {
            log.read_back(Topic::Settlements, &mut |value| {
                let Ok(settlement) = Settlement::decode(value) else { return true };
                let id = (settlement.event, settlement.part);
                if settlement.event >= first_event {
                    self.received = self.received.max(settlement.remittances_before);
                    self.settlements.insert(id, value.to_vec());
                }
                settlement.event >= first_event
            })?;
            for to in others {
                log.read_back(Topic::Transfers(*to), &mut |value| {
                    let Ok(remittance) = Remittance::decode(value) else { return true };
                    if remittance.from_shard != shard {
                        return true;
                    }
                    if remittance.event >= first_event {
                        self.received = self.received.max(remittance.remittances_before);
                        self.remittances.insert((remittance.event, *to), value.to_vec());
                    }
                    remittance.event >= first_event
                })?;
            }
        }
        Ok(())
    }

    /// Gives the records that leave with a block and were not told before. What was told must be
    /// what would be told now.
    pub(super) fn for_each_missing(
        &self,
        shard: u32,
        leaving: &Leaving,
        mut each: impl FnMut(Record<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut value = Vec::new();
        for ((offset, outcomes), input) in leaving.messages.outcomes.iter().zip(&leaving.inputs) {
            encode(outcomes, &mut value);
            match self.outcomes.get(offset) {
                Some(told) if *told == value || is_same_answer(told, outcomes) => continue,
                Some(_) => return Err(told_otherwise(shard, &format!("offset {offset}")).into()),
                None => {}
            }
            each(Record { topic: Topic::Outcomes, key: &input.key, value: &value, headers: &[] })?;
            let reason = outcomes.outcomes.iter().find_map(|o| match &o.result {
                Some(outcome::Result::Malformed(malformed)) => Some(malformed.reason.clone()),
                _ => None,
            });
            if let Some(reason) = reason {
                let headers = [
                    ("reason", reason),
                    ("partition", shard.to_string()),
                    ("offset", offset.to_string()),
                ];
                // Of a record that is too large, its beginning.
                let value = &input.record[..input.record.len().min(RECORD_BYTES_MAX)];
                let topic = Topic::DeadLetter;
                each(Record { topic, key: &input.key, value, headers: &headers })?;
            }
        }
        for (key, settlement) in &leaving.messages.settlements {
            encode(settlement, &mut value);
            let key = key.to_string();
            let id = (settlement.event, settlement.part);
            match self.settlements.get(&id) {
                Some(told) if *told == value => continue,
                Some(_) => return Err(told_otherwise(shard, &format!("event {}", id.0)).into()),
                None => {}
            }
            let topic = Topic::Settlements;
            each(Record { topic, key: key.as_bytes(), value: &value, headers: &[] })?;
        }
        let from = shard.to_string();
        for (to, remittance) in &leaving.messages.remittances {
            encode(remittance, &mut value);
            match self.remittances.get(&(remittance.event, *to)) {
                Some(told) if *told == value => continue,
                Some(_) => {
                    let event = format!("event {}", remittance.event);
                    return Err(told_otherwise(shard, &event).into());
                }
                None => {}
            }
            let topic = Topic::Transfers(*to);
            each(Record { topic, key: from.as_bytes(), value: &value, headers: &[] })?;
        }
        Ok(())
    }

    /// Forgets what a block in the log accounts for; what it should account for and does not was
    /// told without ground.
    pub(super) fn settle(&mut self, shard: u32, leaving: &Leaving) -> Result<(), Fault> {
        if self.outcomes.is_empty() && self.settlements.is_empty() && self.remittances.is_empty() {
            return Ok(());
        }
        for (offset, _) in &leaving.messages.outcomes {
            self.outcomes.remove(offset);
        }
        for (_, settlement) in &leaving.messages.settlements {
            self.settlements.remove(&(settlement.event, settlement.part));
        }
        for (to, remittance) in &leaving.messages.remittances {
            self.remittances.remove(&(remittance.event, *to));
        }
        let next_offset = leaving.inputs.last().map_or(0, |input| input.offset + 1);
        if let Some((offset, _)) = self.outcomes.range(..next_offset).next() {
            return Err(told_otherwise(shard, &format!("offset {offset}")));
        }
        if let Some(((event, _), _)) = self.settlements.range(..(leaving.next_event, 0)).next() {
            return Err(told_otherwise(shard, &format!("event {event}")));
        }
        if let Some(((event, _), _)) = self.remittances.range(..(leaving.next_event, 0)).next() {
            return Err(told_otherwise(shard, &format!("event {event}")));
        }
        Ok(())
    }
}

/// Whether what was told answers the same. The words for it may be those of another version.
fn is_same_answer(told: &[u8], outcomes: &Outcomes) -> bool {
    let without_words = |mut outcomes: Outcomes| {
        for outcome in &mut outcomes.outcomes {
            match &mut outcome.result {
                Some(outcome::Result::Rejected(rejected)) => rejected.sentence.clear(),
                Some(outcome::Result::Malformed(malformed)) => malformed.reason.clear(),
                Some(outcome::Result::Accepted(_)) | None => {}
            }
        }
        outcomes
    };
    let told = Outcomes::decode(told).map(without_words);
    told.is_ok_and(|told| told == without_words(outcomes.clone()))
}

fn encode(message: &impl Message, bytes: &mut Vec<u8>) {
    bytes.clear();
    message.encode(bytes).expect("a Vec grows");
}

fn told_otherwise(shard: u32, of: &str) -> Fault {
    Fault::new(
        format!(
            "shard {shard}: what was told of {of} is not what the log says: the log has lost a \
             block that was acknowledged, or a topic was made anew"
        ),
        "restore the events topic from a copy; the outcomes and settlements topics have what was \
         told",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_proto::v1::{Malformed, Outcome, Rejected};

    /// A shard that was stopped by one version and is taken over by another says the same in other
    /// words.
    #[test]
    fn other_words_are_the_same_answer() {
        let refused = |code, sentence: &str| {
            let (name, sentence) = ("RateOutOfRange".into(), sentence.into());
            let rejected = Rejected { code, name, sentence, ..Rejected::default() };
            outcome::Result::Rejected(rejected)
        };
        let malformed =
            |reason: &str| outcome::Result::Malformed(Malformed { reason: reason.into() });
        let of = |result| Outcomes {
            outcomes: vec![Outcome { result: Some(result), ..Outcome::default() }],
            ..Outcomes::default()
        };
        let same = |told, now| is_same_answer(&of(told).encode_to_vec(), &of(now));
        assert!(same(
            refused(17, "A rate is."),
            refused(17, "A rate is. Field: `cycle`, 0 to 90.")
        ));
        assert!(same(malformed("no text"), malformed("it is no text")));
        assert!(!same(refused(17, "A rate is."), refused(16, "A rate is.")));
        assert!(!same(refused(17, "A rate is."), malformed("A rate is.")));
        assert!(!is_same_answer(b"\xff", &of(malformed(""))));
    }
}
