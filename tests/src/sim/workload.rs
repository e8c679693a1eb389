//! What is published: commands of every kind, some twice, some under a taken id, some no commands
//! at all, in records of one or several.

mod between;
mod charges;
mod credit;
mod elsewhere;

pub use between::across;

use self::credit::{Credit, buy_on_credit, limits_of_codes};
use super::chance::Chance;
use groat::bench::{Kind, Spread, Workload};
use groat::routing::routing_key;
use groat_proto::Message;
use groat_proto::v1::{self, Command, Record, command};

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
        let mut at = START_MS;
        let mut timed = |mut command: Command, chance: &mut Chance| {
            // Mostly moments, at times so long that batches are cut and rentals fall overdue.
            at += if chance.one_in(12) { chance.below(40_000_000) } else { chance.below(5_000) };
            command.at = at;
            command
        };
        let mut opening: Vec<Command> = workload.opening();
        let mut credit = Credit::default();
        opening.extend(credit.lines(&opening));
        opening.push(credit.command(command::Body::SetLimits(limits_of_codes(chance))));
        let opening = opening.into_iter().map(|c| timed(c, chance)).collect::<Vec<_>>();
        let mut made: Vec<(Vec<u8>, Vec<u8>)> =
            opening.chunks(6).map(|some| record(some.to_vec(), false)).collect();
        while made.len() < records {
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
        }
        Feed { records: made, published: 0 }
    }
}

fn record(commands: Vec<Command>, atomic: bool) -> (Vec<u8>, Vec<u8>) {
    let key = commands.first().and_then(routing_key).map(|id| id.to_string().into_bytes());
    (key.unwrap_or_default(), Record { commands, atomic }.encode_to_vec())
}
