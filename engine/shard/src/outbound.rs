//! What a block has for the outside: answers and settlements, kept as the ledger has them.
//!
//! They are put into the words of the wire when they are told, on the thread that tells them: a
//! message of each, made while deciding, was a tenth of a step.

use crate::answer::{Answered, outcome};
use crate::books::Books;
use crate::codec::write_settlement;
use groat_ledger::{Fact, Id, Movement, Rejection, Settlement, project};
use groat_proto::v1;

/// What steps have for the outside: nothing of it may leave before its block is durable.
#[derive(Default, Debug)]
pub struct Outbound {
    pub(crate) answers: Vec<Told>,
    pub(crate) settlements: Vec<Settled>,
}

impl Outbound {
    /// The answers, an input's commands together, in order.
    pub fn by_input(&self) -> impl Iterator<Item = &[Told]> {
        self.answers.chunk_by(|a, b| a.offset == b.offset)
    }

    /// The answers to each input as they are told, in order, with the input's offset.
    pub fn outcomes(&self) -> impl Iterator<Item = (u64, v1::Outcomes)> {
        self.by_input().map(|told| {
            let outcomes = told.iter().map(Told::outcome).collect();
            (told.first().map_or(0, |told| told.offset), v1::Outcomes { outcomes })
        })
    }

    /// Settlements as they are told, each with the merchant or account to whom.
    pub fn settlements(&self) -> impl Iterator<Item = (Id, v1::Settlement)> {
        self.settlements.iter().map(|settled| (settled.what.key(), settled.settlement()))
    }
}

/// What leaves with a block in the words of the wire: the same whether it was just decided or is
/// made again from the block's events.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Messages {
    /// The answers to each input, with its offset, in order.
    pub outcomes: Vec<(u64, v1::Outcomes)>,
    /// Settlements, each with the merchant or account to whom it is told.
    pub settlements: Vec<(Id, v1::Settlement)>,
}

impl Messages {
    pub(crate) fn of(outcomes: Vec<(u64, v1::Outcomes)>, settled: &[Settled]) -> Messages {
        let settlements = settled.iter().map(|s| (s.what.key(), s.settlement())).collect();
        Messages { outcomes, settlements }
    }
}

impl From<&Outbound> for Messages {
    fn from(outbound: &Outbound) -> Messages {
        Messages::of(outbound.outcomes().collect(), &outbound.settlements)
    }
}

/// The answer to one command.
#[derive(Clone, Debug)]
pub struct Told {
    pub(crate) shard: u32,
    /// Place within the input.
    pub(crate) index: u32,
    pub(crate) offset: u64,
    /// None where it could not be read.
    pub(crate) id: Id,
    pub(crate) answered: Answered,
}

impl Told {
    /// As it is told.
    pub fn outcome(&self) -> v1::Outcome {
        let id = (!self.id.is_none()).then_some(self.id);
        outcome(self.shard, id, self.offset, self.index, self.answered.clone())
    }

    /// Why the command was not done, if it was not.
    pub fn rejection(&self) -> Option<Rejection> {
        self.answered.rejection()
    }
}

/// A settlement and where it comes from.
#[derive(Clone, Debug)]
pub struct Settled {
    pub(crate) shard: u32,
    /// Place among the settlements of its event.
    pub(crate) part: u32,
    pub(crate) event: u64,
    /// When, in milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) what: Settlement,
}

impl Settled {
    fn settlement(&self) -> v1::Settlement {
        write_settlement(self.shard, self.event, self.part, self.at, &self.what)
    }
}

/// Adds what an event means to the outside, on the books right after it was applied.
pub(crate) fn tell(
    books: &Books,
    number: u64,
    at: u64,
    fact: &Fact,
    movements: &[Movement],
    told: &mut Vec<Settled>,
) {
    let (shard, mut part) = (books.shard, 0);
    project(&books.ledger, fact, movements, |what| {
        told.push(Settled { shard, part, event: number, at, what });
        part += 1;
    });
}
