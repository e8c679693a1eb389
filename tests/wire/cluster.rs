//! Shards in memory that send to each other.

use groat_ledger::{Account, Class, Id};
use groat_proto::json::read_line;
use groat_proto::v1::{ChainTerms, outcome, settlement};
use groat_proto::{Message, v1};
use groat_replay::{Chain, audit, verify};
use groat_shard::{Block, Inbound, Messages, Shard, SledStore, Store};
use groat_tests::between;
pub use groat_tests::between::{cny, transfer};
use groat_tests::signing::{key, sign};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::Path;

pub const DAY_MS: u64 = 86_400_000;

/// Shards in memory, with what is on its way between them.
pub struct Cluster {
    pub shards: Vec<Shard>,
    blocks: Vec<Vec<Vec<u8>>>,
    /// Per receiver, in order of arrival.
    pub transfers: Vec<VecDeque<Vec<u8>>>,
    /// Records taken of each topic of transfers, and of commands.
    taken: Vec<u64>,
    offsets: Vec<u64>,
    pub told: Vec<settlement::Body>,
    pub now: u64,
    /// The app that asks, and the number of its key.
    pub asker: Option<(Id, u8)>,
    commands: u64,
}

impl Cluster {
    pub fn new(shards: u32) -> Cluster {
        let terms = ChainTerms {
            shards,
            command_clock: true,
            id_window_ms: 400 * DAY_MS,
            day_offset_min: 0,
            transfers: true,
        };
        let count = shards as usize;
        let mut cluster = Cluster {
            shards: (0..shards).map(|no| Shard::begin(no, terms)).collect(),
            blocks: vec![Vec::new(); count],
            transfers: vec![VecDeque::new(); count],
            taken: vec![0; count],
            offsets: vec![0; count],
            told: Vec::new(),
            now: 1_769_817_600_000,
            asker: None,
            commands: 0,
        };
        for no in 0..count {
            let claim = cluster.shards[no].claim();
            cluster.blocks[no].push(claim.bytes);
        }
        cluster
    }

    /// All shards decide by a version of the rules from now on.
    pub fn decide_by(&mut self, ruleset: u32) {
        self.shards.iter_mut().for_each(|shard| shard.decide_by(ruleset));
    }

    /// Closes a merchant as versions of before did: at once, whatever is open on other shards.
    pub fn close_at_once(&mut self, shard: u32, merchant: &str) {
        self.decide_by(3);
        let close = json!({ "close_account": { "account": { "merchant": merchant } } });
        assert_eq!(self.ask(shard, close), "ok");
        self.decide_by(4);
    }

    /// Writes the chains as `groat serve` keeps them.
    pub fn write_to(&self, folder: &Path) {
        for (no, blocks) in self.blocks.iter().enumerate() {
            let mut store = SledStore::open(&folder.join(format!("shard-{no}"))).unwrap();
            for (number, block) in (0..).zip(blocks) {
                store.append(number, block).unwrap();
            }
            store.sync().unwrap();
        }
    }

    /// A name that is at home on a shard.
    pub fn at(&self, shard: u32, what: &str) -> String {
        between::name_at(u32::try_from(self.shards.len()).unwrap(), shard, what)
    }

    /// Asks a shard; gives the rejection's name, or `ok`.
    pub fn ask(&mut self, shard: u32, body: Value) -> String {
        let outcome = self.answer(shard, &body);
        match outcome.result.unwrap() {
            outcome::Result::Accepted(_) => "ok".into(),
            outcome::Result::Rejected(rejected) => rejected.name,
            outcome::Result::Malformed(malformed) => panic!("{body}: {}", malformed.reason),
        }
    }

    pub fn answer(&mut self, shard: u32, body: &Value) -> v1::Outcome {
        self.commands += 1;
        let id = Id((u128::from(self.now) << 80) | u128::from(self.commands));
        let mut line = json!({ "id": id.to_string() });
        let (name, fields) = body.as_object().unwrap().iter().next().unwrap();
        line[name] = fields.clone();
        let mut record = read_line(&line.to_string()).unwrap();
        record.commands[0].at = self.now;
        if let Some((app, seed)) = self.asker {
            let command = record.commands.remove(0);
            record.commands.push(sign(command, app, &key(seed)));
        }
        let no = shard as usize;
        let (offset, bytes) = (self.offsets[no], record.encode_to_vec());
        self.offsets[no] += 1;
        self.shards[no].step(Inbound { offset, time: self.now, record: &bytes });
        let mut messages = self.seal(no);
        messages.outcomes.remove(0).1.outcomes.remove(0)
    }

    pub fn seal(&mut self, no: usize) -> Messages {
        let sealed = self.shards[no].seal("commands", false);
        let messages = Messages::from(&sealed.outbound);
        for (to, remittance) in &messages.remittances {
            self.transfers[*to as usize].push_back(remittance.encode_to_vec());
        }
        let told = messages.settlements.iter().filter_map(|(_, s)| s.body.clone());
        self.told.extend(told);
        self.blocks[no].push(sealed.bytes);
        messages
    }

    /// Lets everything that is on its way arrive, and what that leads to.
    pub fn settle(&mut self) {
        while let Some(no) = self.transfers.iter().position(|queue| !queue.is_empty()) {
            let record = self.transfers[no].pop_front().unwrap();
            self.receive(no, &record).unwrap();
        }
    }

    pub fn receive(&mut self, no: usize, record: &[u8]) -> Result<(), String> {
        let (offset, time) = (self.taken[no], self.now);
        let inbound = Inbound { offset, time, record };
        self.shards[no].receive("transfers", inbound).map_err(|fault| fault.what)?;
        self.taken[no] += 1;
        self.seal(no);
        Ok(())
    }

    /// Days pass on every shard; what that sends arrives, and may fall due at once.
    pub fn days(&mut self, days: u64) {
        self.now += days * DAY_MS;
        for _ in 0..2 {
            for no in 0..self.shards.len() {
                self.shards[no].tick(self.now);
                if self.shards[no].has_open() {
                    self.seal(no);
                }
            }
            self.settle();
        }
    }

    pub fn balance(&self, shard: u32, class: Class, owner: &str) -> i128 {
        between::balance(&self.shards[shard as usize], class, owner)
    }

    pub fn cash(&self, shard: u32, user: &str) -> i128 {
        self.balance(shard, Class::UserAvailable, user)
    }

    /// Everything that holds when nothing is on its way: no money in transit, chains that verify
    /// and are decided again, snapshots that go on.
    pub fn holds(&mut self) {
        self.settle();
        let in_transit = |shard: &Shard| -> i128 {
            let accounts = shard.books().ledger().tables().accounts.rows();
            let its = accounts.iter().filter(|a| a.key.class == Class::InTransit);
            its.map(Account::credit_balance).sum()
        };
        assert_eq!(self.shards.iter().map(in_transit).sum::<i128>(), 0, "money is in transit");
        for (no, shard) in (0..).zip(&self.shards) {
            let blocks = &self.blocks[no as usize];
            let chain = || Chain::of_blocks(no, None, blocks.clone().into_iter().map(Ok));
            let report = verify(chain(), &mut |_, _| {}).unwrap();
            assert!(report.first_bad.is_none(), "{}", report.first_bad.unwrap());
            let report = audit(chain(), &mut |_, _| {}).unwrap();
            assert!(report.first_bad.is_none(), "{}", report.first_bad.unwrap());
            let again = Shard::from_snapshot(no, &shard.snapshot()).unwrap();
            assert_eq!(again.books().digest(), shard.books().digest());
            let mut follower = Shard::begin(no, *shard.books().terms());
            let mut told = Vec::new();
            for block in blocks {
                let block = Block::parse(block).unwrap();
                told.extend(
                    follower.follow_and_tell(&block).unwrap().1.remittances().collect::<Vec<_>>(),
                );
            }
            assert_eq!(follower.books().digest(), shard.books().digest());
            assert!(told.iter().all(|(to, r)| *to != no && r.from_shard == no));
        }
    }

    pub fn user(&mut self, shard: u32, what: &str, cash: u64) -> String {
        let user = self.at(shard, what);
        let opened = json!({ "open_user": { "user": user, "kyc_class": 3, "ccy": "CNY" } });
        assert_eq!(self.ask(shard, opened), "ok");
        if cash > 0 {
            let bank_ref = format!("bank-{user}");
            let top_up = json!({ "confirm_top_up": { "user": user, "amt": cny(cash),
                "bank_ref": bank_ref } });
            assert_eq!(self.ask(shard, top_up), "ok");
        }
        user
    }

    pub fn merchant(&mut self, shard: u32, fee_refund: &str) -> String {
        let merchant = self.at(shard, "shop");
        let terms = json!({ "merchant": merchant, "fee_ppm": 6000, "cycle": 1,
            "fee_refund": fee_refund, "settle_ccy": "CNY" });
        assert_eq!(self.ask(shard, json!({ "onboard_merchant": terms })), "ok");
        self.settle();
        merchant
    }

    /// A user of `shard` pays a merchant.
    pub fn pay(&mut self, shard: u32, user: &str, merchant: &str, payment: &str, amount: u64) {
        let created = json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": merchant, "mode": "IN_APP", "amt": cny(amount) } });
        assert_eq!(self.ask(shard, created), "ok");
        let legs = json!([{ "balance": { "amt": cny(amount) } }]);
        let paid = json!({ "pay_payment": { "payment": payment, "user": user, "legs": legs } });
        assert_eq!(self.ask(shard, paid), "ok");
    }

    pub fn refund(&mut self, shard: u32, payment: &str, number: &str, amount: u64) -> String {
        let refund = json!({ "payment": payment, "out_request_no": number, "amt": cny(amount) });
        self.ask(shard, json!({ "refund_payment": refund }))
    }
}
