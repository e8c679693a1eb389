//! Third-party apps (DOMAIN §6, 20): what each did was signed by it, within its scopes and its
//! limits, and about objects of a merchant that had granted it, or of none.

use super::demands::{Besides, besides, moved, touched};
use super::entries::Event;
use super::{Check, Checks, Verdict, holds};
use crate::follow::Place;
use crate::naive::Asked;
use groat_ledger::{Fact, Id};
use groat_proto::Message;
use groat_proto::v1::Command;
use groat_shard::{Books, signature_holds};

/// The version of the rules since which an app is asked for what facts need besides its scope, and
/// counts all that it moves.
const BESIDES_SINCE: u32 = 3;

/// The command whose events go by, as far as an app asked for it.
#[derive(Default)]
pub(crate) struct OfAnApp {
    /// Who asked, and whose objects it is about.
    asked: Option<(Id, Id)>,
    /// What it has counted, less what was moved since.
    counted: i128,
    /// Registered by this very command: it was not known before.
    registered: Option<Id>,
}

impl Checks {
    pub(super) fn app(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, .. } = *event;
        let verdict = match fact {
            Fact::AppAsked { app, scope, merchant, moves } => {
                let first = self.own.0 == 1 && !event.due;
                self.of_an_app.asked = Some((*app, *merchant));
                self.of_an_app.counted = moves.map_or(0, |money| i128::from(money.amount));
                let date = books.ledger().calendar().date(time);
                let scope = scope.name();
                let asked = Asked { app: *app, scope, merchant: *merchant, moves: *moves };
                holds(first, || format!("{app} asks when something has happened"))
                    .and_then(|()| self.apps.ask(asked, time, date))
            }
            other => {
                if let Fact::AppRegistered { app, .. } = other {
                    self.of_an_app.registered = Some(*app);
                }
                let since = Some(time).filter(|_| self.is_own_grant());
                self.apps.note(other, since)
            }
        };
        self.note(Check::Apps, at, number, verdict);
    }

    /// Whether a grant is given here, by rules that let none come back.
    fn is_own_grant(&self) -> bool {
        !self.is_remitted && self.ruleset >= BESIDES_SINCE
    }

    /// Whose object a fact is about is whose object the app asked about; what it needs besides, the
    /// app may; and no more is moved than the app has counted.
    pub(super) fn isolation(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Some((app, merchant)) = self.of_an_app.asked.filter(|_| !event.due) else { return };
        let (tables, fact) = (books.ledger().tables(), event.fact);
        // A wallet pays whom its user wants, and who takes merchants on acts for none of them.
        if let Some(touched) = touched(tables, fact).filter(|_| !merchant.is_none()) {
            let verdict = holds(touched == merchant, || {
                format!("{app} asked about {merchant}, and touched what is {touched}'s")
            });
            self.note(Check::Apps, at, event.number, verdict);
        }
        if self.ruleset < BESIDES_SINCE {
            return;
        }
        if let Some(besides) = besides(tables, fact) {
            let verdict = match besides {
                Besides::Scope(scope, of) => self.apps.covers(app, scope, of, event.time),
                Besides::Platform(what) => Err(format!("{app} {what}")),
            };
            self.note(Check::Apps, at, event.number, verdict);
        }
        let moved = moved(tables, fact);
        if moved > 0 {
            self.of_an_app.counted -= moved;
            let over = -self.of_an_app.counted;
            let verdict = holds(over <= 0, || format!("{app} moves {over} that it did not count"));
            self.note(Check::Apps, at, event.number, verdict);
        }
    }

    /// A command that names an app that signs, and has events, is signed and has said who asked.
    pub(super) fn signed(&mut self, books: &Books, at: &Place<'_>, command: &[u8], done: bool) {
        let of = std::mem::take(&mut self.of_an_app);
        let named = Command::decode(command).ok().and_then(|c| c.app).map(Id::from);
        let signer = named.filter(|app| of.registered != Some(*app));
        let Some((app, key)) = signer.and_then(|app| Some((app, self.apps.key(app)?))) else {
            let stray = of.asked.map_or(Ok(()), |(app, _)| Err(format!("{app} did not ask")));
            return self.note_asked(books, at, stray);
        };
        let says = of.asked.is_some_and(|(asked, _)| asked == app);
        let verdict = holds(signature_holds(command, key), || format!("{app} did not sign this"))
            .and_then(|()| holds(says || !done, || format!("nothing says that {app} asked")));
        self.note_asked(books, at, verdict);
    }

    fn note_asked(&mut self, books: &Books, at: &Place<'_>, verdict: Verdict) {
        let event = books.ledger().next_event().saturating_sub(1);
        self.note(Check::Apps, at, event, verdict);
    }
}
