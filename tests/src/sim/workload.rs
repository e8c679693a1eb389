//! What is published: commands of every kind, some twice, some under a taken id, some no commands
//! at all, in records of one or several.
//!
//! | module | what |
//! |---|---|
//! | here | one shard: orders, rentals, transfers, bytes; in the end half a year at once |
//! | `credit`, `charges` | lines of credit, plans, loans |
//! | `between`, `elsewhere` | shards that send to each other |
//! | `stories` | whatever follows from what was asked before; in all of them |

mod between;
mod charges;
mod credit;
mod elsewhere;
mod stories;

pub use between::across;

use self::credit::{Credit, buy_on_credit, limits_of_codes};
use self::stories::{Cast, Stories};
use super::chance::Chance;
use groat::bench::{Kind, Spread, Workload};
use groat::routing::routing_key;
use groat_ledger::Id;
use groat_proto::Message;
use groat_proto::json::{read_line, time_text};
use groat_proto::v1::{self, Command, Record, command};
use serde_json::{Value, json};
use std::cell::Cell;

/// When everything begins, in milliseconds since 1970: the time of the first command.
pub const START_MS: u64 = 1_769_817_600_000;

/// What is published to a shard, in order.
pub struct Feed {
    /// Keys and values.
    pub records: Vec<(Vec<u8>, Vec<u8>)>,
    /// How many were published.
    pub published: usize,
}

impl Feed {
    /// About so many records.
    pub fn draw(chance: &mut Chance, records: usize) -> Feed {
        let kinds = [Kind::Mixed, Kind::Payments, Kind::Rentals, Kind::Transfers, Kind::Mixed];
        let kind = kinds[chance.index(kinds.len())];
        let accounts = 2 + chance.below(4) as u32;
        let mut workload = Workload::new(kind, Spread::Uniform, accounts, chance.bits());
        let at = Cell::new(START_MS);
        let timed = |mut command: Command, chance: &mut Chance| {
            // Mostly moments, at times so long that batches are cut and rentals fall overdue.
            let long = chance.one_in(12);
            at.set(at.get() + chance.below(if long { 40_000_000 } else { 5_000 }));
            command.at = at.get();
            command
        };
        let mut opening: Vec<Command> = workload.opening();
        let (users, merchants) = there(&opening);
        let mut stories = Stories::default();
        let mut credit = Credit::default();
        opening.extend(credit.lines(&opening));
        opening.push(credit.command(command::Body::SetLimits(limits_of_codes(chance))));
        let opening = opening.into_iter().map(|c| timed(c, chance)).collect::<Vec<_>>();
        let mut made: Vec<(Vec<u8>, Vec<u8>)> =
            opening.chunks(6).map(|some| record(some.to_vec(), false)).collect();
        let mut told = 0;
        while made.len() - told < records {
            let next = match chance.below(13) {
                0 => made[chance.index(made.len())].clone(),
                1 => {
                    let (key, mut bytes) = made[chance.index(made.len())].clone();
                    let at = chance.index(bytes.len().max(1));
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << chance.below(8);
                    }
                    (key, bytes)
                }
                2 => (b"nobody".to_vec(), (0..chance.below(40)).map(|b| b as u8).collect()),
                3 if !credit.users.is_empty() => {
                    let asked = match chance.below(11) {
                        7 | 8 => credit.loan(chance),
                        9 | 10 => credit.charge(chance),
                        5 => credit.provision(chance),
                        6 => credit.loss(chance),
                        0 => credit.conversion(chance),
                        1 => credit.prepayment(chance),
                        _ => credit.repayment(chance),
                    };
                    record(vec![timed(asked, chance)], false)
                }
                _ => {
                    let len = 1 + chance.index(3);
                    let mut bought = || {
                        let mut command = workload.command();
                        if let Some(command::Body::CreatePayment(order)) = &mut command.body
                            && chance.one_in(3)
                        {
                            order.set_code_kind(v1::CodeKind::Static);
                        }
                        if chance.one_in(3) {
                            let in_terms = chance.one_in(3);
                            buy_on_credit(&mut command, in_terms.then_some(&mut credit.plans));
                        }
                        timed(command, chance)
                    };
                    let commands = (0..len).map(|_| bought()).collect::<Vec<_>>();
                    record(commands, chance.one_in(4))
                }
            };
            made.push(next);
            // Beside all that, not instead.
            if !users.is_empty() && chance.one_in(6) {
                told += 1;
                let cast = Cast::new(&users, &merchants, "USD", at.get(), chance);
                let (asked, _) = stories.go_on(chance, cast);
                let asked = asked.into_iter().map(|asked| credit.command(body_of(&asked)));
                let asked = asked.map(|asked| timed(asked, chance)).collect::<Vec<_>>();
                made.push(record(asked, chance.one_in(4)));
            }
        }
        // Seldom: every day of it is worked through.
        if !users.is_empty() && chance.one_in(40) {
            let cast = Cast::new(&users, &merchants, "USD", at.get(), chance);
            made.extend(half_a_year(chance, &cast, &mut credit));
        }
        Feed { records: made, published: 0 }
    }
}

/// The users and the merchants of what is opened.
fn there(opening: &[Command]) -> (Vec<String>, Vec<String>) {
    let (mut users, mut merchants) = (Vec::new(), Vec::new());
    for command in opening {
        match &command.body {
            Some(command::Body::OpenUser(open)) => users.push(open.user),
            Some(command::Body::OnboardMerchant(open)) => merchants.push(open.merchant),
            _ => {}
        }
    }
    let named = |ids: Vec<Option<v1::Id>>| {
        ids.into_iter().flatten().map(|id| Id::from(id).to_string()).collect()
    };
    (named(users), named(merchants))
}

/// The end of everything: so much time is told to pass that a loan may be written off, and it is.
fn half_a_year(chance: &mut Chance, cast: &Cast, credit: &mut Credit) -> [(Vec<u8>, Vec<u8>); 2] {
    const LATE_MS: u64 = 220 * 86_400_000;
    let [mut before, after] = stories::lost(chance, cast);
    let late = cast.at + LATE_MS;
    before.push(json!({ "advance_clock": { "to": time_text(late) } }));
    let mut all = |asked: Vec<Value>, at: u64| {
        let timed = asked.iter().map(|asked| {
            let mut command = credit.command(body_of(asked));
            let id = command.id.map_or(Id::NONE, Id::from);
            command.id = Some(Id(id.0 + (u128::from(at - START_MS) << 80)).into());
            Command { at, ..command }
        });
        record(timed.collect(), false)
    };
    [all(before, cast.at), all(after, late)]
}

/// A command's body as JSON has it.
fn body_of(asked: &Value) -> command::Body {
    let mut line = asked.clone();
    line["id"] = Id(u128::from(START_MS) << 80).to_string().into();
    let read = read_line(&line.to_string());
    let read = read.ok().and_then(|mut record| record.commands.remove(0).body);
    read.unwrap_or_else(|| panic!("no command: {asked}"))
}

fn record(commands: Vec<Command>, atomic: bool) -> (Vec<u8>, Vec<u8>) {
    let key = commands.first().and_then(routing_key).map(|id| id.to_string().into_bytes());
    (key.unwrap_or_default(), Record { commands, atomic }.encode_to_vec())
}
