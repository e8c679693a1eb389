//! A stage of several shards that send to each other: each has a process of its own by its number,
//! and there is one process more. Whatever is asked is published at once, and whoever asks for
//! input is given all there is, so that a scenario is the same however its calls are counted.

use super::Stage;
use crate::between::{balance, cny, name_at};
use crate::sim::run::publish;
use crate::sim::weather::Weather;
use crate::sim::workload::Feed;
use crate::sim::world::TRANSFERS;
use groat_ledger::{Class, Id};
use groat_proto::json::read_line;
use groat_proto::v1::{
    AdvanceClock, Command, Outcomes, Record, Remittance, Settlement, command, outcome, settlement,
};
use groat_proto::{Message, v1};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A day in milliseconds.
pub const DAY_MS: u64 = 86_400_000;

/// Rounds in which a world comes to rest, if it does.
const ROUNDS_MAX: u32 = 60;

impl Stage {
    /// So many shards, with a snapshot after so many bytes of blocks, and time from commands or
    /// from records.
    pub fn across(shards: u32, snapshot_bytes: u64, command_clock: bool) -> Stage {
        let weather = Weather { snapshot_bytes, whole_polls: true, ..Weather::default() };
        let feeds = (0..shards).map(|_| Feed { records: Vec::new(), published: 0 }).collect();
        Stage::in_world(weather, command_clock, shards + 1, feeds, None)
    }

    /// The process that has no shard of its own.
    pub fn spare(&self) -> u32 {
        self.world.terms.shards
    }

    /// Asks a shard.
    pub fn ask(&self, shard: u32, body: Value) -> &Stage {
        let (name, fields) = body.as_object().unwrap().iter().next().unwrap();
        let mut line = json!({ "id": "set-below" });
        line[name] = fields.clone();
        let record = read_line(&line.to_string()).unwrap();
        self.ask_in_a_record(shard, record)
    }

    fn ask_in_a_record(&self, shard: u32, mut record: Record) -> &Stage {
        let no = {
            let feeds = self.world.feeds.borrow();
            feeds.iter().map(|feed| feed.records.len() as u128).sum::<u128>()
        };
        let at = self.world.now.get() + 1;
        let id = Id((u128::from(at) << 80) | (no + 1));
        for command in &mut record.commands {
            let Id(id) = id;
            command.id = Some(v1::Id { hi: (id >> 64) as u64, lo: id as u64 });
            command.at = at;
        }
        let value = record.encode_to_vec();
        self.world.feeds.borrow_mut()[shard as usize].records.push((Vec::new(), value));
        publish(&self.world, shard);
        self
    }

    /// Opens a user at home on a shard, with so much money; gives the name.
    pub fn user(&self, shard: u32, what: &str, cash: u64) -> String {
        let user = self.name(shard, what);
        let opened = json!({ "open_user": { "user": user, "kyc_class": 3, "ccy": "CNY" } });
        let bank_ref = format!("bank-{user}");
        let top_up = json!({ "confirm_top_up": { "user": user, "amt": cny(cash),
            "bank_ref": bank_ref } });
        self.ask(shard, opened);
        if cash > 0 {
            self.ask(shard, top_up);
        }
        user
    }

    /// A name that is at home on a shard.
    pub fn name(&self, shard: u32, what: &str) -> String {
        name_at(self.world.terms.shards, shard, what)
    }

    /// All processes go on until nothing more happens.
    pub fn settle(&self) -> &Stage {
        let mut quiet = 0;
        for _ in 0..ROUNDS_MAX {
            let before = self.entries();
            for process in 0..=self.spare() {
                self.turns(process, 1);
            }
            quiet = if self.entries() == before { quiet + 1 } else { 0 };
            if quiet == 3 {
                return self;
            }
        }
        panic!("it never comes to rest");
    }

    fn entries(&self) -> usize {
        self.world.broker.borrow().partitions.values().map(|p| p.entries.len()).sum()
    }

    /// Time passes for every shard; where time is that of commands, each is told by one.
    pub fn time_passes(&self, ms: u64) -> &Stage {
        let to = self.world.now.get() + ms;
        self.world.now.set(to);
        self.world.broker.borrow_mut().expire(to);
        if self.world.terms.command_clock {
            for shard in 0..self.world.terms.shards {
                let body = Some(command::Body::AdvanceClock(AdvanceClock { to }));
                let commands = vec![Command { body, ..Command::default() }];
                self.ask_in_a_record(shard, Record { commands, atomic: false });
            }
        }
        self
    }

    /// Days pass, and all that this leads to happens. What one shard sends another may fall due
    /// there at once.
    pub fn days(&self, days: u64) -> &Stage {
        self.time_passes(days * DAY_MS).settle().time_passes(1).settle()
    }

    /// The group gives a shard to a process, which is started if it is down.
    pub fn followed_by(&self, shard: u32, process: u32) -> &Stage {
        if !self.is_up(process) {
            self.world.restart(process);
        }
        self.give_shard(shard, &[process])
    }

    /// A process dies, and stays down.
    pub fn kill(&self, process: u32) -> &Stage {
        self.world.kill(process);
        self
    }

    /// What a user has.
    pub fn cash(&self, shard: u32, user: &str) -> i128 {
        self.balance(shard, Class::UserAvailable, user)
    }

    /// The balance of an account, as the committed blocks of a shard have it.
    pub fn balance(&self, shard: u32, class: Class, owner: &str) -> i128 {
        balance(self.world.checker.borrow().chain(shard), class, owner)
    }

    /// The answers that readers see, by the order of the input: `ok`, or the rejection's name.
    pub fn answers(&self, shard: u32) -> Vec<String> {
        let mut answers = BTreeMap::new();
        for value in self.committed_in(("outcomes", shard)) {
            for told in Outcomes::decode(value.as_slice()).unwrap().outcomes {
                let name = match told.result.unwrap() {
                    outcome::Result::Accepted(_) => "ok".into(),
                    outcome::Result::Rejected(rejected) => rejected.name,
                    outcome::Result::Malformed(malformed) => panic!("{}", malformed.reason),
                };
                answers.insert(told.position.unwrap().offset, name);
            }
        }
        answers.into_values().collect()
    }

    /// How many settlements of a kind readers see.
    pub fn told(&self, shard: u32, kind: fn(&settlement::Body) -> bool) -> usize {
        let values = self.committed_in(("settlements", shard));
        let bodies = values.iter().filter_map(|v| Settlement::decode(v.as_slice()).unwrap().body);
        bodies.filter(kind).count()
    }

    /// Why transfers came back, as the shard of their payers told.
    pub fn returned(&self, shard: u32) -> Vec<String> {
        let values = self.committed_in(("settlements", shard));
        let bodies = values.iter().filter_map(|v| Settlement::decode(v.as_slice()).unwrap().body);
        let why = bodies.filter_map(|body| match body {
            settlement::Body::TransferReturned(returned) => Some(returned.why),
            _ => None,
        });
        why.collect()
    }

    /// The numbers of what readers see that one shard sent another.
    pub fn sent(&self, from: u32, to: u32) -> Vec<u64> {
        let values = self.committed_in((TRANSFERS, to));
        let all = values.iter().map(|value| Remittance::decode(value.as_slice()).unwrap());
        all.filter(|r| r.from_shard == from).map(|r| r.number).collect()
    }
}
