//! What the benches share: the workloads of `groat bench` as ledger, step and store take them.

use groat::bench::{Kind, Spread, Workload};
use groat_ledger::{Calendar, Command, Decision, Fact, Ledger, Movement};
use groat_proto::Message;
use groat_proto::v1::{self, ChainTerms};
use groat_shard::{Block, Books, Folded, Inbound, Shard, read_command};

pub use groat::bench::records;

/// Accounts of the small workloads: they fit the cache.
pub const ACCOUNTS: u32 = 10_000;

/// A time in 2026, in milliseconds since 1970.
pub const START_MS: u64 = 1_769_817_600_000;

/// The commands that open accounts, and so many that move money between them.
pub fn workload(kind: Kind, accounts: u32, count: u64) -> (Vec<v1::Command>, Vec<v1::Command>) {
    let mut workload = Workload::new(kind, Spread::Uniform, accounts, 1);
    let opening = workload.opening();
    (opening, (0..count).map(|_| workload.command()).collect())
}

/// The same commands as the ledger takes them.
pub fn domain(commands: &[v1::Command]) -> Vec<Command> {
    let read = |command: &v1::Command| {
        let view = read_command(&command.encode_to_vec()).ok()?;
        Some(Command { id: view.id, app: view.app, body: view.body.ok()? })
    };
    commands.iter().filter_map(read).collect()
}

/// A fresh ledger.
pub fn ledger() -> Ledger {
    Ledger::new(Calendar::default())
}

/// Decides and applies, as a shard does, without its bytes. Gives how many were refused.
pub fn decide_and_apply(ledger: &mut Ledger, commands: &[Command]) -> u64 {
    let (mut decision, mut refused) = (Decision::default(), 0);
    for command in commands {
        match ledger.decide(command.id, &command.body, START_MS, &mut decision) {
            Ok(()) => {
                for (fact, movements) in decision.events() {
                    ledger.apply(fact, movements, START_MS);
                }
            }
            Err(_) => refused += 1,
        }
    }
    refused
}

/// A shard that takes time from commands.
pub fn shard() -> Shard {
    let id_window_ms = 7 * 86_400_000;
    let terms = ChainTerms {
        shards: 1,
        command_clock: true,
        id_window_ms,
        day_offset_min: 0,
        transfers: false,
    };
    let mut shard = Shard::begin(0, terms);
    shard.claim();
    shard
}

/// Steps records, sealing whenever a block is full. Gives the blocks' bytes.
pub fn step_and_seal(shard: &mut Shard, first_offset: u64, records: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    for (record, offset) in records.iter().zip(first_offset..) {
        shard.step(Inbound { offset, time: 0, record });
        if shard.is_full() {
            blocks.push(shard.seal("bench", false).bytes);
        }
    }
    if shard.has_open() {
        blocks.push(shard.seal("bench", false).bytes);
    }
    blocks
}

/// The events that the last of these records lead to, behind the others.
pub fn events(opens: &[Vec<u8>], records: &[Vec<u8>]) -> Vec<(Fact, Vec<Movement>)> {
    let mut shard = shard();
    let opened = step_and_seal(&mut shard, 0, opens);
    let moved = step_and_seal(&mut shard, opens.len() as u64, records);
    let (mut books, mut events) = (Books::new(0, *shard.books().terms()), Vec::new());
    for (no, bytes) in opened.iter().chain(&moved).enumerate() {
        let Ok(block) = Block::parse(bytes) else { continue };
        let folded = books.fold(&block, |_, folded| match folded {
            Folded::Event { fact, movements, .. } if no >= opened.len() => {
                events.push((fact.clone(), movements.to_vec()));
            }
            Folded::Event { .. }
            | Folded::Input(_)
            | Folded::Remittance(_)
            | Folded::Decided { .. } => {}
        });
        debug_assert!(folded.is_ok());
    }
    events
}
