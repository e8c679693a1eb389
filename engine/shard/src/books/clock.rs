//! How far a command moves the clock where time comes from commands, and when its age is judged.
//!
//! | whose | moves time to |
//! |---|---|
//! | the platform's | its `at`, and `AdvanceClock` to its `to` |
//! | that of an app that signs | nowhere: it is decided at the time that the platform has reached |
//! | what is refused, or known, before any rule is asked | nowhere, and nothing falls due by it |
//!
//! Age is judged once, at the command's own time, and not again behind what falls due by it. So a
//! command whose `at` is far from its id ends nobody's books, and whether what falls due comes in
//! blocks of its own leaves no trace in the answer.

use super::{Books, OpenBlock};
use crate::answer::Answered;
use crate::codec::CommandView;
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::{AdvanceClock, Body};

/// The times of a command, in milliseconds since 1970; 0 where it has none to tell.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// Its own.
    at: u64,
    /// To which it moves the clock if it is decided: later than its own only for `AdvanceClock`.
    pub(super) to: u64,
}

impl Books {
    pub(super) fn asked(&self, view: &CommandView, bytes: &[u8]) -> Asked {
        let tells = self.terms.command_clock
            && view.body.is_ok()
            && !self.is_of_an_app(view)
            && self.forged(view, bytes).is_none();
        let at = if tells { view.at } else { 0 };
        let to = match &view.body {
            Ok(Body::AdvanceClock(AdvanceClock { to })) if tells && *to <= TIME_MS_MAX => *to,
            _ => at,
        };
        Asked { at, to: to.max(at) }
    }

    /// When the age of a command is judged. The clock may stand anywhere on the way to where an
    /// `AdvanceClock` moves it, as what falls due by then may take blocks of its own, so that its
    /// own time counts alone; one that was done before has moved the clock, and is not on its way.
    /// So one whose id is long forgotten may move the clock once more: it moves nothing else.
    pub(super) fn judged_at(&self, asked: Asked) -> u64 {
        let now = self.ledger.now();
        let is_on_its_way = asked.to > asked.at && asked.to > now;
        if is_on_its_way { asked.at } else { asked.at.max(now) }
    }

    /// As far as the clock may be moved before a command of a record of its own. The last step of
    /// an advance that forgets its own id is its own: were the clock there, it would be too old.
    pub(super) fn may_move_to(&self, view: &CommandView, asked: Asked) -> u64 {
        let forgets = asked.to > asked.at && self.seen.is_too_old(view.id, asked.to);
        asked.to - u64::from(forgets)
    }

    /// When the commands of an atomic record are judged, and to when they move the clock: all to
    /// the latest of their times, or nowhere if one is refused before any rule is asked.
    pub(super) fn asked_together<'a>(
        &self,
        commands: impl Iterator<Item = (&'a CommandView, &'a [u8])> + Clone,
    ) -> (u64, u64) {
        let at = commands.clone().map(|(view, bytes)| self.asked(view, bytes).at).max();
        let at = at.unwrap_or(0);
        let judged = at.max(self.ledger.now());
        let mut known = commands.filter_map(|(view, bytes)| self.before(view, bytes, judged));
        let is_refused = known.any(|answered: Answered| answered.rejection().is_some());
        (judged, if is_refused { 0 } else { at })
    }

    /// Lets happen what falls due before a command, at its place in its record. What is due before
    /// the first has as much room as it needs, as it can have blocks of its own; what falls due
    /// between two commands of a record has only so much in all: `false`, and nothing happens,
    /// where it needs more.
    pub(super) fn pay_in_record(&mut self, until: u64, out: &mut OpenBlock) -> bool {
        let Some(room) = self.room.filter(|_| self.ledger.next_due(until).is_some()) else {
            self.pay_due(until, out);
            return true;
        };
        let (body, events, outbound) = (out.body.len(), out.events, out.outbound.len());
        self.ledger.set_mark();
        let fits = self.pay_due_within(until, body.saturating_add(room), out);
        if fits {
            self.ledger.drop_mark();
            self.room = Some(room.saturating_sub(out.body.len() - body));
        } else {
            self.ledger.back_to_mark();
            out.body.truncate(body);
            out.events = events;
            out.outbound.truncate(outbound);
            self.room = Some(0);
        }
        fits
    }
}
