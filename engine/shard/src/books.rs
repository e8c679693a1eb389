//! The books of a shard: ledger and seen ids, moved by commands (`step`) or by events (`fold`).
//!
//! | phase | function | statement |
//! |---|---|---|
//! | 1 | [`Books::step`] | an input is walked into commands |
//! | 2 | `before` | a repeated, old or unreadable command is told apart: it moves no time |
//! | 3 | `pay_due` | what fell due by the command's time happens first |
//! | 4 | `decide` | the rules decide; events are applied and written |
//!
//! Steps neither wait nor fail: whatever an input is, it has an answer.

mod ahead;
mod clock;
mod due;
mod receive;
mod signed;

pub use receive::Gap;

use crate::answer::{Answered, earlier};
use crate::block::{FrameKind, write_decided, write_event_frame, write_frame, write_input};
use crate::codec::{
    BadRows, CommandView, Malformed, StateReader, begin_rest, for_each_row, go_on_resting,
    read_command, write_event,
};
use crate::limits::{ID_AHEAD_MS_MAX, RECORD_BYTES_MAX, RECORD_COMMANDS_MAX, RECORD_DUE_BYTES_MAX};
use crate::outbound::{Hint, Outbound, Told, tell};
use crate::seen::{Answer, Seen, SeenIds};
use groat_ledger::hash::fingerprint;
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::{
    Body, Calendar, Decision, EventRange, Fact, Id, Ledger, LookAhead, Place, Refusal, Rejection,
};
use groat_proto::v1::{self, ChainTerms, Decided, DueEvent};
use groat_proto::{RecordView, read_record};

/// An input of a shard.
#[derive(Clone, Copy, Debug)]
pub struct Inbound<'a> {
    /// Kafka offset, or number of the input in local mode.
    pub offset: u64,
    /// Record time in milliseconds since 1970.
    pub time: u64,
    /// A `groat.v1.Record`, or what was sent as one.
    pub record: &'a [u8],
}

/// The part of a block that a step writes.
#[derive(Default, Debug)]
pub struct OpenBlock {
    /// Frames.
    pub body: Vec<u8>,
    /// Events in it.
    pub events: u64,
    /// First and last offset consumed.
    pub offsets: Option<(u64, u64)>,
    /// First and last offset consumed of what other shards sent.
    pub remitted: Option<(u64, u64)>,
    /// What it has for the outside.
    pub outbound: Outbound,
}

/// See the module.
pub struct Books {
    pub(crate) shard: u32,
    terms: ChainTerms,
    pub(crate) ledger: Ledger,
    pub(crate) seen: SeenIds,
    /// Remittances received, with the one being received: what falls due by its time comes about
    /// by it, and says so.
    pub(crate) received: u64,
    /// Bytes that what falls due between commands of the record may still take; none before the
    /// first command.
    room: Option<usize>,
    decision: Decision,
    ahead: LookAhead,
    pub(crate) wire: v1::Event,
}

impl Books {
    /// Empty books.
    pub fn new(shard: u32, terms: ChainTerms) -> Books {
        let ledger = Ledger::new(calendar(&terms)).at_place(place(shard, &terms));
        Books::with(shard, terms, ledger, SeenIds::new(terms.id_window_ms))
    }

    /// Reads the rows of books, for [`Books::read`].
    pub fn reader(shard: u32, terms: &ChainTerms) -> StateReader {
        StateReader::new(calendar(terms), place(shard, terms), terms.id_window_ms)
    }

    /// The books of which their reader has all bytes.
    pub fn read(shard: u32, terms: ChainTerms, rows: StateReader) -> Result<Books, BadRows> {
        let (ledger, seen) = rows.finish()?;
        Ok(Books::with(shard, terms, ledger, seen))
    }

    fn with(shard: u32, terms: ChainTerms, ledger: Ledger, seen: SeenIds) -> Books {
        let (decision, wire) = (Decision::default(), v1::Event::default());
        let (received, ahead) = (ledger.received(), LookAhead::default());
        Books { shard, terms, ledger, seen, received, room: None, decision, ahead, wire }
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Decides by a version of the rules from now on.
    pub(crate) fn decide_by(&mut self, ruleset: u32) {
        self.ledger.decide_by(ruleset);
    }

    /// What the chain was begun with.
    pub fn terms(&self) -> &ChainTerms {
        &self.terms
    }

    /// How many ids of commands are kept.
    pub fn ids_kept(&self) -> u64 {
        self.seen.count()
    }

    /// The bytes of all rows: the state at rest.
    pub fn rows(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for_each_row(&self.ledger, &self.seen, |row| bytes.extend_from_slice(row));
        bytes
    }

    /// Begins to put the state to rest as it is now; appends the first of its rows.
    pub(crate) fn begin_rest(&mut self, rows: &mut Vec<u8>) {
        begin_rest(&mut self.ledger, &mut self.seen, rows);
    }

    /// Appends the next rows until there are about so many bytes; none when that was all.
    pub(crate) fn rest_on(&mut self, bytes_max: usize, rows: &mut Vec<u8>) {
        go_on_resting(&mut self.ledger, &mut self.seen, bytes_max, rows);
    }

    /// BLAKE3 over the rows: two books are equal when this is.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for_each_row(&self.ledger, &self.seen, |row| {
            hasher.update(row);
        });
        *hasher.finalize().as_bytes()
    }

    /// Consumes one input.
    pub fn step(&mut self, inbound: Inbound<'_>, out: &mut OpenBlock) {
        let Inbound { offset, time, record } = inbound;
        // Of a record that is too large, no more is kept than shows that it is.
        let record = &record[..record.len().min(RECORD_BYTES_MAX + 1)];
        write_input(&mut out.body, FrameKind::Input, offset, time, record);
        let first = out.offsets.map_or(offset, |(first, _)| first);
        out.offsets = Some((first, offset));
        if !self.terms.command_clock {
            self.pay_due(time.min(TIME_MS_MAX), out);
        }
        self.room = None;
        match walk(record) {
            Err(malformed) => self.refuse_bytes(Id::NONE, offset, 0, malformed, out),
            Ok(RecordView { commands, atomic: true }) => {
                self.all_or_nothing(offset, &commands, out);
            }
            Ok(RecordView { commands, atomic: false }) => {
                out.outbound.answers.reserve(commands.len());
                for (index, command) in commands.iter().enumerate() {
                    self.look_ahead(&commands, index);
                    self.one(offset, no(index), command, out);
                }
            }
        }
        self.seen.forget(self.ledger.now());
    }

    /// Applies and writes the events of a decision.
    fn happen(&mut self, decision: &Decision, at: u64, due: bool, out: &mut OpenBlock) {
        for (fact, movements) in decision.events() {
            let number = self.ledger.next_event();
            self.ledger.apply(fact, movements, at);
            if due {
                write_event(fact, movements, &mut self.wire);
                let event = DueEvent { at, event: Some(std::mem::take(&mut self.wire)) };
                write_frame(&mut out.body, FrameKind::Due, &event);
            } else {
                write_event_frame(&mut out.body, fact, movements);
            }
            out.events += 1;
            tell(self, number, at, fact, movements, &mut out.outbound);
        }
    }

    /// Decides one command of a record that is not atomic.
    fn one(&mut self, offset: u64, index: u32, command: &[u8], out: &mut OpenBlock) {
        if index > 0 {
            self.room.get_or_insert(RECORD_DUE_BYTES_MAX);
        }
        let view = match read_command(command) {
            Ok(view) => view,
            Err(malformed) => {
                return self.refuse_bytes(Id::NONE, offset, index, malformed, out);
            }
        };
        let asked = self.asked(&view, command);
        let known = self.before(&view, command, self.judged_at(asked));
        // Also what the command before it, in the same record, made due at once.
        let now = self.ledger.now();
        if known.is_some() {
            self.pay_due(now, out);
        } else if !self.pay_in_record(asked.to.max(now), out) {
            return self.refuse_bytes(view.id, offset, index, Malformed::too_far_on(), out);
        }
        self.answer(&view, command, known, offset, index, out);
    }

    /// Decides all commands of an atomic record, or refuses all of them.
    fn all_or_nothing(&mut self, offset: u64, commands: &[&[u8]], out: &mut OpenBlock) {
        let read: Vec<_> = commands.iter().map(|command| read_command(command)).collect();
        if read.iter().any(Result::is_err) {
            for (at, view) in read.iter().enumerate() {
                let (id, why) = match view {
                    Ok(view) => (view.id, Malformed::by_another()),
                    Err(malformed) => (Id::NONE, malformed.clone()),
                };
                self.refuse_bytes(id, offset, no(at), why, out);
            }
            return;
        }
        let views = || read.iter().flatten().zip(commands.iter().copied());
        // One time for the whole batch: nothing falls due within it.
        let (judged, asked) = self.asked_together(views());
        self.pay_due(asked.max(self.ledger.now()), out);
        let (body_len, events) = (out.body.len(), out.events);
        let outbound = out.outbound.len();
        self.ledger.set_mark();
        self.seen.set_mark();
        let failure = views().enumerate().find_map(|(at, (view, bytes))| {
            if let Ok(Body::AdvanceClock(_)) = &view.body {
                return Some((at, Rejection::InvalidState));
            }
            let known = self.before(view, bytes, judged);
            self.answer(view, bytes, known, offset, no(at), out);
            let answered = out.outbound.answers.last();
            answered.and_then(Told::rejection).map(|rejection| (at, rejection))
        });
        match failure {
            None => {
                self.ledger.drop_mark();
                self.seen.drop_mark();
            }
            Some((failed_at, rejection)) => {
                self.ledger.back_to_mark();
                self.seen.back_to_mark();
                out.body.truncate(body_len);
                out.events = events;
                out.outbound.truncate(outbound);
                for (at, (view, bytes)) in views().enumerate() {
                    let rejection =
                        if at == failed_at { rejection } else { Rejection::BatchAborted };
                    let answered = match self.before(view, bytes, judged) {
                        Some(known) => self.leave_no_event(known, out),
                        None => self.reject(view.id, fingerprint(bytes), rejection, out),
                    };
                    let told = self.told(offset, no(at), view.id, answered, Some(view));
                    out.outbound.answers.push(told);
                }
            }
        }
    }

    /// What is known of a command before any rule is asked; its age is judged at this time.
    fn before(&self, view: &CommandView, bytes: &[u8], judged: u64) -> Option<Answered> {
        if self.seen.is_too_old(view.id, judged) {
            return Some(Answered::Refused(Rejection::CommandTooOld));
        }
        if let Some(seen) = self.seen.get(view.id) {
            return Some(if seen.fingerprint == fingerprint(bytes) {
                Answered::Earlier(seen.answer)
            } else {
                Answered::Refused(Rejection::IdempotencyConflict)
            });
        }
        let ahead = view.id.time_ms() > judged.saturating_add(ID_AHEAD_MS_MAX);
        if ahead && !self.terms.command_clock {
            return Some(Answered::Refused(Rejection::CommandIdInFuture));
        }
        self.forged(view, bytes).map(Answered::Refused)
    }

    /// Answers a command: by what was known [`Books::before`], or by deciding it.
    ///
    /// The answer of one that is done is put where it stays. Handed back first, it was read again
    /// in wider pieces than it was just written in; for that the processor waits until all writes
    /// before it are done, those to rows out of the cache too: 9 % of a run of transfers.
    fn answer(
        &mut self,
        view: &CommandView,
        bytes: &[u8],
        known: Option<Answered>,
        offset: u64,
        index: u32,
        out: &mut OpenBlock,
    ) {
        let id = view.id;
        let decided = match known {
            Some(known) => Err(NotDone::Known(known)),
            None => self.decide(view, bytes, out),
        };
        let answered = match decided {
            Ok(range) => {
                let told = self.told(offset, index, id, Answered::Accepted(range), None);
                out.outbound.answers.push(told);
                return;
            }
            Err(NotDone::Known(known)) => self.leave_no_event(known, out),
            Err(NotDone::Rejected(rejection)) => {
                self.reject(id, fingerprint(bytes), rejection, out)
            }
        };
        let told = self.told(offset, index, id, answered, Some(view));
        out.outbound.answers.push(told);
    }

    /// An answer as it leaves; `view` is looked at where the command came to the wrong shard or has
    /// a field that is wrong or out of its range.
    pub(crate) fn told(
        &self,
        offset: u64,
        index: u32,
        id: Id,
        answered: Answered,
        view: Option<&CommandView>,
    ) -> Told {
        let (shard, before) = (self.shard, self.received);
        let hint = view.map_or(Hint::None, |view| {
            Hint::of(answered.rejection(), &view.body, self.ledger.place())
        });
        Told { shard, index, offset, id, before, hint, answered }
    }

    /// Decides a command that is new; on `Ok` its events have happened.
    fn decide(
        &mut self,
        view: &CommandView,
        bytes: &[u8],
        out: &mut OpenBlock,
    ) -> Result<EventRange, NotDone> {
        let body = match &view.body {
            Err(_) => return Err(NotDone::Rejected(Rejection::SchemaInvalid)),
            Ok(Body::AdvanceClock(_)) if !self.terms.command_clock => {
                return Err(NotDone::Rejected(Rejection::InvalidState));
            }
            Ok(Body::AdvanceClock(_)) if self.is_of_an_app(view) => {
                return Err(NotDone::Rejected(Rejection::ScopeDenied));
            }
            Ok(body) => body,
        };
        let now = self.ledger.now();
        let mut decision = std::mem::take(&mut self.decision);
        let done = match self.ledger.decide_for(view.app, view.id, body, now, &mut decision) {
            Ok(()) => {
                let count = u32::try_from(decision.len()).unwrap_or(u32::MAX);
                let range = EventRange { first: self.ledger.next_event(), count };
                self.happen(&decision, now, false, out);
                self.remember(view.id, fingerprint(bytes), Answer::Accepted(range));
                write_decided(&mut out.body);
                Ok(range)
            }
            Err(Refusal::Rejected(rejection)) => Err(NotDone::Rejected(rejection)),
            Err(Refusal::Repeat(range)) => {
                self.remember(view.id, fingerprint(bytes), Answer::Accepted(range));
                Err(NotDone::Known(Answered::Earlier(Answer::Accepted(range))))
            }
        };
        self.decision = decision;
        done
    }

    /// Notes the first answer to an id of which nothing was known [`Books::before`].
    fn remember(&mut self, id: Id, fingerprint: u64, answer: Answer) {
        self.seen.insert_new(Seen { id, fingerprint, answer });
    }

    /// Records a refusal by the rules; the id stays taken.
    fn reject(
        &mut self,
        id: Id,
        print: u64,
        rejection: Rejection,
        out: &mut OpenBlock,
    ) -> Answered {
        let range = EventRange { first: self.ledger.next_event(), count: 1 };
        let fact = Fact::CommandRejected { rejection };
        self.ledger.apply(&fact, &[], self.ledger.now());
        write_event_frame(&mut out.body, &fact, &[]);
        write_decided(&mut out.body);
        out.events += 1;
        self.remember(id, print, Answer::Rejected(range, rejection));
        Answered::Rejected(range, rejection)
    }

    /// Writes an answer that leaves no event.
    fn leave_no_event(&mut self, answered: Answered, out: &mut OpenBlock) -> Answered {
        let mut decided = Decided::default();
        match &answered {
            Answered::Earlier(answer) => decided.earlier = Some(earlier(*answer)),
            Answered::Refused(rejection) => decided.refused = rejection.code().into(),
            Answered::Malformed(_) => decided.malformed = true,
            Answered::Accepted(_) | Answered::Rejected(..) => {}
        }
        write_frame(&mut out.body, FrameKind::Decided, &decided);
        answered
    }

    fn refuse_bytes(
        &mut self,
        id: Id,
        offset: u64,
        index: u32,
        malformed: Malformed,
        out: &mut OpenBlock,
    ) {
        let answered = self.leave_no_event(Answered::Malformed(malformed), out);
        let told = self.told(offset, index, id, answered, None);
        out.outbound.answers.push(told);
    }
}

/// Why a command was not done.
enum NotDone {
    /// Its answer leaves no event.
    Known(Answered),
    /// Its refusal is to be recorded.
    Rejected(Rejection),
}

/// A chain of before shards sent to each other is all there is to itself.
fn place(shard: u32, terms: &ChainTerms) -> Place {
    if terms.transfers { Place { shard, shards: terms.shards } } else { Place::default() }
}

fn calendar(terms: &ChainTerms) -> Calendar {
    Calendar { day_offset_min: terms.day_offset_min }
}

/// An index within a record.
pub(crate) fn no(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The commands of a record, not yet decoded.
pub(crate) fn walk(record: &[u8]) -> Result<RecordView<'_>, Malformed> {
    if record.len() > RECORD_BYTES_MAX {
        return Err(Malformed(format!("the record has more than {RECORD_BYTES_MAX} bytes")));
    }
    let view = read_record(record).map_err(|e| Malformed(e.to_string()))?;
    if view.commands.len() > RECORD_COMMANDS_MAX {
        let len = view.commands.len();
        return Err(Malformed(format!(
            "the batch has {len} commands; at most {RECORD_COMMANDS_MAX}"
        )));
    }
    Ok(view)
}
