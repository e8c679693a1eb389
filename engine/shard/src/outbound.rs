//! What a block has for the outside: answers and settlements, kept as the ledger has them.
//!
//! They are put into the words of the wire when they are told, on the thread that tells them: a
//! message of each, made while deciding, was a tenth of a step.

use crate::answer::{Answered, outcome as answer};
use crate::books::Books;
use crate::codec::{write_remittance, write_settlement};
use groat_ledger::{
    Body, Cargo, Fact, Id, Movement, OutOfRange, Place, Rejection, Settlement, project,
};
use groat_proto::v1::{self, outcome};

/// What steps have for the outside: nothing of it may leave before its block is durable.
#[derive(Default, Debug)]
pub struct Outbound {
    pub(crate) answers: Vec<Told>,
    pub(crate) settlements: Vec<Settled>,
    pub(crate) remittances: Vec<Remitted>,
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
            let remittances_before = told.first().map_or(0, |told| told.before);
            let offset = told.first().map_or(0, |told| told.offset);
            (offset, v1::Outcomes { outcomes, remittances_before })
        })
    }

    /// Settlements as they are told, each with the merchant or account to whom.
    pub fn settlements(&self) -> impl Iterator<Item = (Id, v1::Settlement)> {
        self.settlements.iter().map(|settled| (settled.what.key(), settled.settlement()))
    }

    /// What other shards are told, each with the shard.
    pub fn remittances(&self) -> impl Iterator<Item = (u32, v1::Remittance)> {
        self.remittances.iter().map(|remitted| (remitted.to, remitted.remittance()))
    }

    /// How much there is of each.
    pub(crate) fn len(&self) -> [usize; 3] {
        [self.answers.len(), self.settlements.len(), self.remittances.len()]
    }

    /// Forgets what came since there was so much of each.
    pub(crate) fn truncate(&mut self, [answers, settlements, remittances]: [usize; 3]) {
        self.answers.truncate(answers);
        self.settlements.truncate(settlements);
        self.remittances.truncate(remittances);
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
    /// What other shards are told, each with the shard.
    pub remittances: Vec<(u32, v1::Remittance)>,
}

impl From<&Outbound> for Messages {
    fn from(outbound: &Outbound) -> Messages {
        Messages {
            outcomes: outbound.outcomes().collect(),
            settlements: outbound.settlements().collect(),
            remittances: outbound.remittances().collect(),
        }
    }
}

/// What helps whoever sent a command that was refused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hint {
    None,
    /// Where it belongs: it came to the wrong shard.
    Partition(u32),
    /// The field that is missing or wrong.
    Field(&'static str),
    /// The field that is out of its range.
    Range(OutOfRange),
}

impl Hint {
    pub(crate) fn of(
        rejection: Option<Rejection>,
        body: &Result<Body, &'static str>,
        place: Place,
    ) -> Hint {
        match (rejection, body) {
            (Some(Rejection::WrongShard), Ok(body)) => {
                body.owner().map_or(Hint::None, |owner| Hint::Partition(place.home(owner)))
            }
            (Some(Rejection::SchemaInvalid), Err(field)) => Hint::Field(field),
            (Some(Rejection::RateOutOfRange), Ok(body)) => {
                body.out_of_range().map_or(Hint::None, Hint::Range)
            }
            _ => Hint::None,
        }
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
    /// Remittances received before it was decided.
    pub(crate) before: u64,
    pub(crate) hint: Hint,
    pub(crate) answered: Answered,
}

impl Told {
    /// As it is told.
    pub fn outcome(&self) -> v1::Outcome {
        let id = (!self.id.is_none()).then_some(self.id);
        let mut told = answer(self.shard, id, self.offset, self.index, self.answered.clone());
        if let Some(outcome::Result::Rejected(rejected)) = &mut told.result {
            match self.hint {
                Hint::None => {}
                Hint::Partition(partition) => rejected.partition = Some(partition),
                Hint::Field(field) => rejected.sentence.push_str(&format!(" Field: `{field}`.")),
                Hint::Range(range) => rejected.sentence.push_str(&format!(" Field: {range}.")),
            }
        }
        told
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
    /// Remittances received by then, with the one by which it came about.
    pub(crate) before: u64,
    pub(crate) what: Settlement,
}

impl Settled {
    fn settlement(&self) -> v1::Settlement {
        let Settled { shard, event, part, at, before, what } = self;
        write_settlement(*shard, *event, *part, *at, what, *before)
    }
}

/// What another shard is told, and where it comes from.
#[derive(Clone, Debug)]
pub struct Remitted {
    from: u32,
    to: u32,
    number: u64,
    event: u64,
    at: u64,
    before: u64,
    cargo: Box<Cargo>,
}

impl Remitted {
    fn remittance(&self) -> v1::Remittance {
        write_remittance(self.from, self.number, self.event, self.at, &self.cargo, self.before)
    }
}

/// Adds what an event means to the outside, on the books right after it was applied.
pub(crate) fn tell(
    books: &Books,
    number: u64,
    at: u64,
    fact: &Fact,
    movements: &[Movement],
    out: &mut Outbound,
) {
    let (shard, before, mut part) = (books.shard, books.received, 0);
    if let Fact::RemittanceSent { to, number: of_pair, cargo } = fact {
        let (to, number, event, cargo) = (*to, *of_pair, number, cargo.clone());
        out.remittances.push(Remitted { from: shard, to, number, event, at, before, cargo });
    }
    project(&books.ledger, fact, movements, |what| {
        out.settlements.push(Settled { shard, part, event: number, at, before, what });
        part += 1;
    });
}
