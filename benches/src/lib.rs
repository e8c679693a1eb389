//! Workloads that the benches share: the same commands for ledger, step and store.

use groat_ledger::{Calendar, Command, Decision, Id, Ledger};
use groat_proto::Message;
use groat_proto::v1::{self, ChainTerms, command};
use groat_shard::{Inbound, Shard, read_command};

/// Accounts of the small workloads: they fit the cache.
pub const ACCOUNTS: u32 = 10_000;

/// A time in 2026, in milliseconds since 1970.
pub const START_MS: u64 = 1_769_817_600_000;

const USD: u32 = 840;

/// Spreads a counter over `below` values without a pattern the cache could follow.
pub fn scatter(n: u64, below: u32) -> u32 {
    let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from((mixed >> 33) % u64::from(below.max(1))).unwrap_or(0)
}

fn wire(n: u64, body: command::Body) -> v1::Command {
    let at = START_MS + n / 1_000;
    let id = Id(u128::from(at) << 80 | 7 << 76 | 2 << 62 | u128::from(n));
    v1::Command { id: Some(id.into()), at, body: Some(body), ..v1::Command::default() }
}

fn account(n: u32) -> Option<v1::Id> {
    Some(Id(u128::from(n) + 1).into())
}

fn usd(amount: u64) -> Option<v1::Money> {
    Some(v1::Money { amount, currency: USD })
}

/// Opens ledger accounts; `n` counts on from `first`.
pub fn open_accounts(first: u64, accounts: u32) -> Vec<v1::Command> {
    let open = |no: u32| {
        let body = v1::OpenLedgerAccount {
            account: account(no),
            currency: USD,
            ..v1::OpenLedgerAccount::default()
        };
        wire(first + u64::from(no), command::Body::OpenLedgerAccount(body))
    };
    (0..accounts).map(open).collect()
}

/// Plain transfers between scattered accounts.
pub fn transfers(first: u64, count: u64, accounts: u32) -> Vec<v1::Command> {
    let transfer = |n: u64| {
        let debit = scatter(2 * n, accounts);
        let credit = scatter(2 * n + 1, accounts);
        let credit = if credit == debit { (credit + 1) % accounts } else { credit };
        let body = v1::PostTransfer {
            debit: account(debit),
            credit: account(credit),
            amount: usd(1 + n % 10_000),
            ..v1::PostTransfer::default()
        };
        wire(first + n, command::Body::PostTransfer(body))
    };
    (0..count).map(transfer).collect()
}

/// Users with money and one merchant, then orders created and paid in turn.
pub fn payments(first: u64, count: u64, users: u32) -> Vec<v1::Command> {
    let merchant = Some(Id(1 << 100).into());
    let user = |no: u32| Some(Id((1 << 90) + u128::from(no)).into());
    let mut commands = Vec::new();
    let mut push = |body: command::Body| {
        let n = first + commands.len() as u64;
        commands.push(wire(n, body));
    };
    push(command::Body::OnboardMerchant(v1::OnboardMerchant {
        merchant,
        fee_ppm: 6_000,
        cycle: 1,
        settle_ccy: USD,
        ..v1::OnboardMerchant::default()
    }));
    for no in 0..users {
        let open = v1::OpenUser { user: user(no), kyc_class: 3, ccy: USD };
        push(command::Body::OpenUser(open));
        push(command::Body::ConfirmTopUp(v1::ConfirmTopUp {
            user: user(no),
            amt: usd(1_000_000_000),
            bank_ref: format!("bank-{no}"),
            bank: None,
        }));
    }
    for n in 0..count {
        let payment = Some(Id((1 << 110) + u128::from(n)).into());
        let amt = usd(100 + n % 10_000);
        push(command::Body::CreatePayment(v1::CreatePayment {
            payment,
            out_trade_no: format!("order-{n}"),
            merchant,
            mode: v1::PayMode::InApp.into(),
            amt,
            ..v1::CreatePayment::default()
        }));
        let balance = v1::leg::Source::Balance(v1::BalanceLeg { amt });
        push(command::Body::PayPayment(v1::PayPayment {
            payment,
            user: user(scatter(n, users)),
            legs: vec![v1::Leg { source: Some(balance) }],
        }));
    }
    commands
}

/// Records of `size` commands each.
pub fn records(commands: &[v1::Command], size: usize) -> Vec<Vec<u8>> {
    let record = |commands: &[v1::Command]| {
        v1::Record { commands: commands.to_vec(), atomic: false }.encode_to_vec()
    };
    commands.chunks(size).map(record).collect()
}

/// The same commands as the ledger takes them.
pub fn domain(commands: &[v1::Command]) -> Vec<Command> {
    let read = |command: &v1::Command| {
        let view = read_command(&command.encode_to_vec()).ok()?;
        Some(Command { id: view.id, body: view.body.ok()? })
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
        match ledger.decide(command, START_MS, &mut decision) {
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
    let terms = ChainTerms { shards: 1, command_clock: true, id_window_ms, day_offset_min: 0 };
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
