//! How a command was answered: in a block, in memory, and as it is told.

use crate::codec::Malformed;
use crate::seen::Answer;
use groat_ledger::{EventRange, Id, Rejection};
use groat_proto::v1::{self, Earlier, Position, outcome};

/// How a command was answered.
#[derive(Clone, Debug)]
pub(crate) enum Answered {
    Accepted(EventRange),
    Rejected(EventRange, Rejection),
    Earlier(Answer),
    Refused(Rejection),
    Malformed(Malformed),
}

impl Answered {
    /// Why it was not done, if it was not.
    pub(crate) fn rejection(&self) -> Option<Rejection> {
        match self {
            Answered::Accepted(_) | Answered::Earlier(Answer::Accepted(_)) => None,
            Answered::Rejected(_, r)
            | Answered::Earlier(Answer::Rejected(_, r))
            | Answered::Refused(r) => Some(*r),
            Answered::Malformed(_) => Some(Rejection::SchemaInvalid),
        }
    }

    /// What later commands with the id are answered.
    pub(crate) fn to_remember(&self) -> Option<Answer> {
        match self {
            Answered::Accepted(range) => Some(Answer::Accepted(*range)),
            Answered::Rejected(range, rejection) => Some(Answer::Rejected(*range, *rejection)),
            Answered::Earlier(answer) => Some(*answer),
            Answered::Refused(_) | Answered::Malformed(_) => None,
        }
    }
}

pub(crate) fn earlier(answer: Answer) -> Earlier {
    let (range, rejected) = match answer {
        Answer::Accepted(range) => (range, 0),
        Answer::Rejected(range, rejection) => (range, rejection.code()),
    };
    Earlier { first_event: range.first, events: range.count, rejected: rejected.into() }
}

/// The outcome of a command as it is told.
pub(crate) fn outcome(
    shard: u32,
    id: Option<Id>,
    offset: u64,
    index: u32,
    answered: Answered,
) -> v1::Outcome {
    let accepted = |range: EventRange| {
        outcome::Result::Accepted(v1::Accepted { first_event: range.first, events: range.count })
    };
    let replay = matches!(answered, Answered::Earlier(_));
    let result = match answered {
        Answered::Accepted(range) | Answered::Earlier(Answer::Accepted(range)) => accepted(range),
        Answered::Earlier(Answer::Rejected(_, rejection))
        | Answered::Rejected(_, rejection)
        | Answered::Refused(rejection) => outcome::Result::Rejected(v1::Rejected {
            code: rejection.code().into(),
            name: rejection.name().into(),
            sentence: rejection.sentence().into(),
            may_pass_later: rejection.may_pass_later(),
            partition: None,
        }),
        Answered::Malformed(Malformed(reason)) => {
            outcome::Result::Malformed(v1::Malformed { reason })
        }
    };
    let position = Some(Position { shard, offset, index });
    v1::Outcome { id: id.map(Into::into), position, replay, result: Some(result) }
}
