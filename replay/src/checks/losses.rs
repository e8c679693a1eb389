//! Credit that is lost (DOMAIN §6, 8): write-offs, recoveries and what is set aside, by the facts,
//! against the accounts.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use groat_ledger::{AccountKey, Class, Currency, Fact, Id, LostDebt};
use groat_shard::Books;

impl Checks {
    pub(super) fn loss(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, .. } = *event;
        let (user, currency, verdict) = match fact {
            Fact::Provisioned { amount } => {
                self.losses.provide(amount.currency, i128::from(amount.amount));
                (None, Some(amount.currency), Ok(()))
            }
            Fact::CreditWrittenOff { user, lost, provided } => {
                let LostDebt { unbilled, billed, ahead, overdue, .. } = lost;
                let LostDebt { penalty, interest, fee, lent, lent_interest, .. } = lost;
                let LostDebt { lent_fee, lent_penalty, .. } = lost;
                let today = self.credit_date(books, *user, time);
                let bill = [*billed, *overdue, *penalty, *interest, *fee].map(i128::from);
                let principal = [*unbilled, *billed, *ahead, *overdue].map(i128::from).iter().sum();
                let ended = self.lines.write_off(*user, principal);
                self.note(Check::CreditStates, at, number, ended);
                let loans = self.loans.late_since(*user);
                let late = self.statements.write_off(*user, bill, loans, today);
                self.note(Check::Losses, at, number, late);
                let of_loans = [*lent, *lent_interest, *lent_fee, *lent_penalty].map(i128::from);
                let [fees, penalties] = self.loans.charged(*user);
                let (lent, borne) = (self.loans.lent(*user), self.loans.interest(*user));
                let owed = [lent, borne, fees, penalties];
                let all = holds(of_loans == owed, || {
                    format!("{of_loans:?} of loans of {user} is lost; {owed:?} is owed")
                });
                self.note(Check::Losses, at, number, all);
                let lost = of_loans.iter().sum::<i128>()
                    + bill.iter().sum::<i128>()
                    + i128::from(unbilled + ahead);
                let currency = self.lines.get(*user).map(|line| line.currency);
                let provided = currency.map_or(Ok(()), |currency| {
                    self.losses.write_off(*user, currency, lost, i128::from(*provided))
                });
                (Some(*user), currency, provided)
            }
            Fact::CreditRecovered { user, amount } => {
                let currency = self.lines.get(*user).map(|line| line.currency);
                let back = currency.map_or(Ok(()), |currency| {
                    self.losses.recover(*user, currency, i128::from(*amount))
                });
                (Some(*user), currency, back)
            }
            _ => return,
        };
        self.note(Check::Losses, at, number, verdict);
        if let Some(user) = user {
            self.touch(Touched::Line(user), at, number);
        }
        if let Some(currency) = currency {
            self.touch(Touched::Losses(currency), at, number);
        }
    }

    /// AL is what was set aside and not used, E2 what was spent and did not come back.
    pub(super) fn compare_losses(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: u64,
        currency: Currency,
    ) {
        let sums = self.losses.of(currency);
        for (class, expected) in
            [(Class::LossAllowance, -sums.allowance), (Class::CreditLoss, sums.spent)]
        {
            let owner = AccountKey::house(class, currency).owner;
            let balance = self.balance(books, class, owner, currency);
            let verdict = holds(balance == expected, || {
                format!("{} has {balance}; its facts come to {expected}", class.name())
            });
            self.note(Check::Losses, at, event, verdict);
        }
    }

    /// What a row has to recover is what its facts come to.
    pub(super) fn compare_lost(&mut self, books: &Books, at: &Place<'_>, event: u64, user: Id) {
        let tables = books.ledger().tables();
        let row = tables.users.find(&user).and_then(|no| tables.credit_lines.get(&no));
        let (said, left) = (row.map_or(0, |row| i128::from(row.lost())), self.losses.left(user));
        let verdict = holds(said == left, || {
            format!("{said} is lost of {user} and did not come back; its facts come to {left}")
        });
        self.note(Check::Losses, at, event, verdict);
    }
}
