//! The fold: the books moved by the events of a block, without the rules. The mirror image of
//! `Books::step`; what one writes, the other reads.

use crate::answer::Answered;
use crate::block::{Block, FrameKind};
use crate::books::{Books, no, walk};
use crate::codec::{Malformed, command_id, read_command, read_event, read_plain_event};
use crate::outbound::Told;
use crate::seen::{Answer, Seen};
use groat_ledger::hash::fingerprint;
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::{EventRange, Fact, Id, Movement, Rejection};
use groat_proto::Message;
use groat_proto::v1::{Clock, Decided, DueEvent, Input};
use std::fmt;

/// Why a block's events do not fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFold {
    /// Offset in the block's body.
    pub at: usize,
    /// The number of the event, where it is one.
    pub event: u64,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for BadFold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at event {} (byte {} of the body): {}", self.event, self.at, self.what)
    }
}

/// What a fold shows on its way, each after it was applied.
#[derive(Debug)]
pub enum Folded<'a> {
    /// An input, with its commands' bytes following one by one.
    Input(&'a Input),
    /// What another shard sent; its events follow.
    Remittance(&'a Input),
    /// An event: its number, time, fact and movements; `due` if the clock owed it.
    Event {
        /// Its number.
        number: u64,
        /// Its time in milliseconds since 1970.
        at: u64,
        /// The fact.
        fact: &'a Fact,
        /// Its movements.
        movements: &'a [Movement],
        /// True if the clock owed it; else it is of the command decided next.
        due: bool,
    },
    /// The end of a command and its answer.
    Decided {
        /// The command's bytes; empty where the record was no record.
        command: &'a [u8],
        /// The answer.
        told: &'a Told,
    },
}

impl Books {
    /// Applies the events of a block whose place in the chain was checked, and shows each.
    pub fn fold(
        &mut self,
        block: &Block,
        mut show: impl FnMut(&Books, Folded<'_>),
    ) -> Result<(), BadFold> {
        let mut cursor = Cursor::default();
        let mut movements = Vec::new();
        let mut frames = block.frames();
        for nth in 0usize.. {
            self.look_at_frames(nth, &frames);
            let Some(frame) = frames.next() else { break };
            let event = self.ledger.next_event();
            let (at, kind, bytes) = frame.map_err(|b| BadFold { at: b.at, event, what: b.what })?;
            self.fold_frame(kind, bytes, &mut cursor, &mut movements, &mut show)
                .map_err(|what| BadFold { at, event, what })?;
        }
        let ends = || -> Result<(), &str> {
            let header = &block.header;
            ensure(cursor.is_done(), "the body ends before its last input is answered")?;
            let next = header.first_event.saturating_add(header.events);
            ensure(self.ledger.next_event() == next, "the header counts other events")?;
            ensure(self.ledger.now() == header.time, "the header has another time")
        };
        let (at, event) = (block.body.len(), self.ledger.next_event());
        ends().map_err(|what| BadFold { at, event, what: what.into() })?;
        self.seen.forget(self.ledger.now());
        Ok(())
    }

    fn fold_frame(
        &mut self,
        kind: FrameKind,
        bytes: &[u8],
        cursor: &mut Cursor,
        movements: &mut Vec<Movement>,
        show: &mut impl FnMut(&Books, Folded<'_>),
    ) -> Result<(), String> {
        let text = |e: groat_proto::prost::DecodeError| e.to_string();
        match kind {
            FrameKind::Input => {
                ensure(cursor.is_done(), "an input follows before the last one is answered")?;
                let input = Input::decode(bytes).map_err(text)?;
                show(self, Folded::Input(&input));
                *cursor = Cursor::new(input, self.ledger.next_event());
                cursor.has_commands = true;
            }
            FrameKind::Remittance => {
                ensure(cursor.is_done(), "a remittance follows before the last input is answered")?;
                ensure(!cursor.has_commands, "a remittance follows a command")?;
                let input = Input::decode(bytes).map_err(text)?;
                show(self, Folded::Remittance(&input));
                self.received += 1;
                *cursor = Cursor { remittances: 1, ..Cursor::default() };
            }
            FrameKind::Clock => {
                let advance = Clock::decode(bytes).map_err(text)?.advance;
                let to = self.ledger.now().checked_add(advance).filter(|to| *to <= TIME_MS_MAX);
                self.ledger.advance(to.ok_or("the clock moves beyond the year 9999")?);
            }
            FrameKind::Due => {
                let due = DueEvent::decode(bytes).map_err(text)?;
                let event = due.event.ok_or("a due event is empty")?;
                let in_order = (self.ledger.now()..=TIME_MS_MAX).contains(&due.at);
                ensure(in_order, "a due event is out of order")?;
                let fact = read_event(&event, movements).map_err(|e| e.to_string())?;
                self.fold_fact(&fact, due.at, true, movements, show)?;
                cursor.first_event = self.ledger.next_event();
            }
            FrameKind::Event => {
                let at = self.ledger.now();
                let folded = read_plain_event(bytes, movements, |fact, movements| {
                    self.fold_fact(fact, at, false, movements, show)
                });
                cursor.rejection = match folded {
                    Some(folded) => folded?,
                    None => {
                        let fact = self.read_event(bytes, movements)?;
                        self.fold_fact(&fact, at, false, movements, show)?
                    }
                };
            }
            FrameKind::Decided => {
                let decided = Decided::decode(bytes).map_err(text)?;
                if cursor.remittances > 0 {
                    cursor.remittances = 0;
                    self.received = self.ledger.received();
                    return Ok(());
                }
                self.fold_decided(&decided, cursor, show)?;
            }
        }
        Ok(())
    }

    /// Any event, by its message.
    fn read_event(&mut self, bytes: &[u8], movements: &mut Vec<Movement>) -> Result<Fact, String> {
        self.wire.clear();
        self.wire.merge(bytes).map_err(|e| e.to_string())?;
        read_event(&self.wire, movements).map_err(|e| e.to_string())
    }

    fn fold_fact(
        &mut self,
        fact: &Fact,
        at: u64,
        due: bool,
        movements: &[Movement],
        show: &mut impl FnMut(&Books, Folded<'_>),
    ) -> Result<Option<Rejection>, String> {
        self.ledger.check(fact, movements)?;
        let number = self.ledger.next_event();
        self.ledger.apply(fact, movements, at);
        show(self, Folded::Event { number, at, fact, movements, due });
        match fact {
            Fact::CommandRejected { rejection } => Ok(Some(*rejection)),
            _ => Ok(None),
        }
    }

    fn fold_decided(
        &mut self,
        decided: &Decided,
        cursor: &mut Cursor,
        show: &mut impl FnMut(&Books, Folded<'_>),
    ) -> Result<(), String> {
        let bytes = cursor.command().ok_or("a command is answered that is not there")?;
        let (answered, id) = if decided.malformed {
            read_malformed(cursor, bytes)
        } else {
            let answered = read_answer(decided, cursor, self.ledger.next_event())?;
            (answered, command_id(bytes))
        };
        if let (Some(id), Some(answer)) = (id, answered.to_remember()) {
            self.seen.insert(Seen { id, fingerprint: fingerprint(bytes), answer });
        }
        let (offset, index) = (cursor.offset, no(cursor.decided));
        let is_wrong = matches!(
            answered.rejection(),
            Some(Rejection::WrongShard | Rejection::SchemaInvalid | Rejection::RateOutOfRange)
        );
        let view = if is_wrong { read_command(bytes).ok() } else { None };
        let told = self.told(offset, index, id.unwrap_or(Id::NONE), answered, view.as_ref());
        show(self, Folded::Decided { command: bytes, told: &told });
        cursor.decided += 1;
        cursor.first_event = self.ledger.next_event();
        cursor.rejection = None;
        Ok(())
    }
}

fn ensure(condition: bool, what: &'static str) -> Result<(), &'static str> {
    if condition { Ok(()) } else { Err(what) }
}

/// Why a command was malformed, found again, and its id if another command of its batch was.
fn read_malformed(cursor: &Cursor, bytes: &[u8]) -> (Answered, Option<Id>) {
    let view = read_command(bytes);
    let why = match (walk(&cursor.record), &view) {
        (Err(why), _) => why,
        (_, Err(why)) => why.clone(),
        (Ok(record), Ok(_)) if record.atomic => Malformed::by_another(),
        (Ok(_), Ok(_)) => Malformed::too_far_on(),
    };
    (Answered::Malformed(why), view.ok().map(|view| view.id))
}

/// An answer as a block has it.
fn read_answer(decided: &Decided, cursor: &Cursor, next_event: u64) -> Result<Answered, String> {
    let known = |code| Rejection::from_code(code).ok_or("an answer has an unknown rejection code");
    if decided.refused > 0 {
        return Ok(Answered::Refused(known(decided.refused)?));
    }
    if let Some(e) = &decided.earlier {
        let range = EventRange { first: e.first_event, count: e.events };
        return Ok(Answered::Earlier(match e.rejected {
            0 => Answer::Accepted(range),
            code => Answer::Rejected(range, known(code)?),
        }));
    }
    let count = u32::try_from(next_event - cursor.first_event).map_err(|e| e.to_string())?;
    let range = EventRange { first: cursor.first_event, count };
    Ok(match cursor.rejection {
        Some(rejection) => Answered::Rejected(range, rejection),
        None => Answered::Accepted(range),
    })
}

/// Where a fold stands within an input.
#[derive(Default)]
struct Cursor {
    offset: u64,
    record: Vec<u8>,
    /// Where each command lies in the record.
    commands: Vec<std::ops::Range<usize>>,
    decided: usize,
    /// The first event of the command being folded.
    first_event: u64,
    /// Set by its `CommandRejected`.
    rejection: Option<Rejection>,
    /// Remittances not ended: one or none.
    remittances: u32,
    /// Set by the first input of commands.
    has_commands: bool,
}

impl Cursor {
    fn new(input: Input, first_event: u64) -> Cursor {
        let Input { offset, record, .. } = input;
        let base = record.as_ptr() as usize;
        let place = |bytes: &[u8]| {
            let start = bytes.as_ptr() as usize - base;
            start..start + bytes.len()
        };
        let commands = match walk(&record) {
            Ok(walked) => walked.commands.iter().map(|bytes| place(bytes)).collect(),
            // The record as a whole has one answer.
            Err(_) => std::iter::once(0..0).collect(),
        };
        Cursor { offset, record, commands, first_event, ..Cursor::default() }
    }

    fn is_done(&self) -> bool {
        self.decided == self.commands.len() && self.remittances == 0
    }

    fn command(&self) -> Option<&[u8]> {
        self.record.get(self.commands.get(self.decided)?.clone())
    }
}
