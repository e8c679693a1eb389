//! An independent look at what a run left on the broker, with read_committed: each command has
//! exactly one outcome, each settlement is told once, chains are whole, sums are zero.
//!
//! What is right is found by deciding the commands again, in one go and in memory: however many
//! owners a shard had, its answers, settlements and state must be those. Where shards send to each
//! other, they are decided again in the order of the chain, and nothing may be left in transit.

use groat::config::Config;
use groat::kafka::{read_committed, read_events};
use groat_ledger::Class;
use groat_proto::Message;
use groat_proto::v1::{Outcomes, Settlement};
use groat_replay::{Chain, audit};
use groat_shard::{Arrival, Block, Inbound, Messages, Shard, hex};
use std::collections::{BTreeMap, BTreeSet};

/// What was found in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Records of commands.
    pub records: u64,
    /// Answers to them.
    pub outcomes: u64,
    /// Settlements.
    pub settlements: u64,
    /// What shards sent to each other; all of it was received.
    pub remittances: u64,
    /// Blocks.
    pub blocks: u64,
    /// The highest epoch of all shards: how often one was claimed.
    pub epochs: u64,
    /// State digests by shard.
    pub digests: Vec<String>,
}

/// Checks everything under the prefix; panics where a promise is broken.
pub fn check(config: &Config, shards: u32) -> Found {
    let mut found = Found::default();
    let mut sums = BTreeMap::<u16, i128>::new();
    let mut transit = BTreeMap::<(u32, u32), i128>::new();
    for shard in 0..shards {
        let rebuilt = check_shard(config, shard, &mut found);
        for account in rebuilt.books().ledger().tables().accounts.rows() {
            *sums.entry(account.currency.code()).or_default() += account.credit_balance();
            if account.key.class == Class::InTransit {
                let pair = (shard.min(account.key.sub), shard.max(account.key.sub));
                *transit.entry(pair).or_default() += account.credit_balance();
            }
        }
    }
    assert!(sums.values().all(|sum| *sum == 0), "debits equal credits: {sums:?}");
    assert!(transit.values().all(|sum| *sum == 0), "money is in transit: {transit:?}");
    found
}

fn check_shard(config: &Config, shard: u32, found: &mut Found) -> Shard {
    let mut commands = Vec::new();
    let mut tries = 0;
    // A broker that has just come back may not know its partitions for some moments.
    while let Err(fault) = read_committed(config, "commands", shard, |_, value| {
        commands.push(value.to_vec());
        Ok(())
    }) {
        tries += 1;
        assert!(tries < 20, "{fault}");
        commands.clear();
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    found.records += commands.len() as u64;

    let topic = config.topic("commands");
    let mut chain: Option<Shard> = None;
    let (mut next, mut blocks, mut expected) = (0, Vec::new(), Messages::default());
    read_events(config, shard, 0, |bytes| {
        let block = Block::parse(bytes).unwrap();
        let terms = block.header.terms;
        let chain = chain.get_or_insert_with(|| Shard::begin(shard, terms.unwrap()));
        blocks.push(bytes.to_vec());
        let (arrival, outbound) = chain.follow_and_tell(&block).unwrap();
        if arrival == Arrival::Late {
            return Ok(());
        }
        let messages = Messages::from(&outbound);
        for range in &block.header.inputs {
            assert_eq!(range.partition, shard);
            // Between remittances stand the ends of the transactions that sent them.
            if range.topic == topic {
                assert_eq!(range.first_offset, next, "shard {shard}: no gap, nothing twice");
                next = range.last_offset + 1;
            }
        }
        expected.outcomes.extend(messages.outcomes);
        expected.settlements.extend(messages.settlements);
        found.remittances += messages.remittances.len() as u64;
        found.blocks += 1;
        Ok(())
    })
    .unwrap();
    let chain = chain.unwrap();
    assert_eq!(next, commands.len() as u64, "shard {shard}: every command is in a block");
    found.epochs = found.epochs.max(chain.head().epoch);

    if chain.books().terms().transfers {
        // What is received when is in the chain alone: it is decided again in that order.
        let chain = Chain::of_blocks(shard, None, blocks.into_iter().map(Ok));
        let report = audit(chain, &mut |_, _| {}).unwrap();
        assert!(report.first_bad.is_none(), "shard {shard}: {}", report.first_bad.unwrap());
    } else {
        let mut again = Shard::begin(shard, *chain.books().terms());
        for (offset, record) in (0..).zip(&commands) {
            again.step(Inbound { offset, time: 0, record });
        }
        let undisturbed = Messages::from(&again.seal(&topic, false).outbound);
        assert_eq!(hex(&chain.books().digest()), hex(&again.books().digest()), "shard {shard}");
        assert_eq!(expected, undisturbed, "shard {shard}");
    }
    found.digests.push(hex(&chain.books().digest()));

    let mut answered = expected.outcomes.iter();
    read_committed(config, "outcomes", shard, |_, value| {
        let (offset, outcomes) = answered.next().expect("no more answers than records");
        let told = Outcomes::decode(value).unwrap();
        assert_eq!(&told, outcomes, "shard {shard}: the answer to the record at offset {offset}");
        found.outcomes += told.outcomes.len() as u64;
        Ok(())
    })
    .unwrap();
    assert_eq!(answered.count(), 0, "shard {shard}: each record is answered");

    let mut told = BTreeSet::new();
    let id = |s: &Settlement| (s.shard, s.event, s.part);
    read_committed(config, "settlements", shard, |_, value| {
        let settlement = Settlement::decode(value).unwrap();
        assert!(told.insert(id(&settlement)), "told once: {:?}", id(&settlement));
        Ok(())
    })
    .unwrap();
    let expected: BTreeSet<_> = expected.settlements.iter().map(|(_, s)| id(s)).collect();
    assert_eq!(told, expected, "shard {shard}: what happened is told, and nothing else");
    found.settlements += told.len() as u64;
    chain
}
