//! Lines of credit (DOMAIN §6, 8) and reserves (12): what is owed and kept back by the facts,
//! against the accounts, the limits and the states.

use super::entries::Event;
use super::{Check, Checks, Touched, Verdict, holds};
use crate::follow::Place;
use crate::names::fact_name;
use groat_ledger::{Class, CreditLineState, Fact, Id, Layer};
use groat_shard::Books;

impl Checks {
    pub(super) fn credit(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, fact, movements, .. } = *event;
        let verdict = match fact {
            Fact::PaymentPaid { credit: 0, .. }
            | Fact::RentalCharged { repaid: 0, .. }
            | Fact::RefundSucceeded { to_credit: 0, .. }
            | Fact::AdvanceReturned { to_credit: 0, .. }
            | Fact::DisputeJudged { to_credit: 0, .. } => return,
            Fact::PaymentPaid { user, credit, .. } => self.lines.buy(*user, i128::from(*credit)),
            // Paid back to the platform: how much of it on credit only the movements say.
            Fact::RentalCharged { .. } => {
                let posted = movements.iter().filter(|m| m.layer == Layer::Posted);
                let bought: Vec<(Id, u64)> =
                    posted.filter_map(|m| Some((self.debtor(m.debit)?, m.amount))).collect();
                let mut bought = bought.into_iter();
                bought.try_for_each(|(user, amount)| self.lines.buy(user, i128::from(amount)))
            }
            Fact::AdvanceReturned { rental, to_credit, surplus, .. } => {
                let user = self.rentals.get(*rental).map(|rental| rental.user);
                user.map_or(Ok(()), |user| self.refund(user, *to_credit, *surplus))
            }
            // Lost in a dispute it is paid back as a refund is.
            Fact::DisputeJudged { dispute, to_credit, surplus, .. } => {
                let tables = books.ledger().tables();
                let paid = tables.disputes.get(dispute).map(|d| tables.payments.row(d.payment));
                let user = paid.and_then(|p| p.user).map(|no| tables.users.row(no).user);
                user.map_or(Ok(()), |user| self.refund(user, *to_credit, *surplus))
            }
            Fact::RefundSucceeded { payment, to_credit, surplus, .. } => {
                let tables = books.ledger().tables();
                let user = tables.payments.get(payment).and_then(|p| p.user);
                let user = user.and_then(|no| tables.users.try_row(no)).map(|user| user.user);
                user.map_or(Ok(()), |user| self.refund(user, *to_credit, *surplus))
            }
            Fact::CreditRepaid { user, principal, .. } => self.lines.repay(*user, *principal),
            step => {
                // What the clock let be taken before a limit is cut was taken within the old one.
                if let Fact::LimitAdjusted { user, .. } = step
                    && let Some(owed) = self.lines.get(*user).map(|line| line.principal)
                {
                    let held = self.holds.on_line_of(*user) + self.loans.lent(*user);
                    let exposed = self.lines.expose(*user, owed + held);
                    self.note(Check::CreditLimits, at, number, exposed);
                }
                let user = self
                    .lines
                    .step(step, |user| self.holds.on_line_of(user) + self.loans.lent(user));
                if let Ok(user) = user {
                    self.touch(Touched::Line(user), at, number);
                }
                return self.note(Check::CreditStates, at, number, user.map(|_| ()));
            }
        };
        self.note(Check::CreditPrincipal, at, number, verdict);
    }

    fn refund(&mut self, user: Id, amount: u64, surplus: u64) -> Verdict {
        // Until the fourth rules plans of statements were left alone too.
        let kept = match self.ruleset {
            0..4 => self.plans.ahead_of(user),
            _ => self.plans.of_purchases_of(user),
        };
        self.lines.refund(user, amount, surplus, kept)
    }

    /// Whose debt an account keeps, if it does.
    fn debtor(&self, account: u32) -> Option<Id> {
        let key = self.journal.of(account)?.key;
        (key.class == Class::CreditUnbilled).then_some(key.owner)
    }

    /// By the movements, whatever the fact: nobody buys or has held on a line that is not active.
    pub(super) fn bought(&mut self, at: &Place<'_>, event: &Event<'_>) {
        for m in event.movements.iter().filter(|m| m.layer == Layer::Posted) {
            let Some(key) = self.journal.of(m.debit).map(|sums| sums.key) else { continue };
            let bought = [Class::CreditUnbilled, Class::CreditInstalment, Class::CreditHeld];
            let loan = Some(key.owner).filter(|_| key.class == Class::CashLoan);
            let lent = loan.and_then(|loan| self.loans.get(loan)).map(|loan| loan.user);
            let Some(taker) = lent.or(Some(key.owner).filter(|_| bought.contains(&key.class)))
            else {
                continue;
            };
            let state = self.lines.get(taker).map(|line| line.state);
            // What went back is owed again, and not taken.
            let back = matches!(event.fact, Fact::RepaymentReturned { .. });
            let verdict = holds(back || state == Some(CreditLineState::Active), || {
                let (name, user) = (fact_name(event.fact), taker);
                let state = state.map_or("not there".into(), |state| format!("{state:?}"));
                format!("{name}: {user} takes {} on a line that is {state}", m.amount)
            });
            self.note(Check::CreditActive, at, event.number, verdict);
        }
    }

    pub(super) fn compare_line(&mut self, books: &Books, at: &Place<'_>, event: u64, user: Id) {
        let tables = books.ledger().tables();
        let row = tables.users.find(&user).and_then(|no| tables.credit_lines.get(&no));
        let (Some(line), Some(row)) = (self.lines.get(user), row) else {
            let what = format!("the line of {user} is not both in the facts and in the rows");
            return self.note(Check::CreditStates, at, event, Err(what));
        };
        let (currency, principal, limit) = (line.currency, line.principal, line.limit);
        let state = holds(line.state == row.state, || {
            format!("the line of {user} is {:?}; its facts make it {:?}", row.state, line.state)
        });
        let buckets = [
            Class::CreditUnbilled,
            Class::CreditBilled,
            Class::CreditInstalment,
            Class::CreditOverdue,
        ];
        let owed: i128 =
            buckets.iter().map(|class| self.balance(books, *class, user, currency)).sum();
        let sums = holds(owed == principal, || {
            format!("{user} owes {owed}; bought less repaid and refunded is {principal}")
        });
        let granted = self.balance(books, Class::LimitGranted, user, currency);
        let in_force = if row.has_ended() { 0 } else { limit };
        let limits = holds(granted == in_force && limit == i128::from(row.limit.amount), || {
            format!("{user} is granted {granted}; the limit is {in_force}")
        });
        let held = self.held_on_line(books, user, currency);
        let exposed = owed + self.holds.on_line_of(user) + self.loans.lent(user);
        let exposed = self.lines.expose(user, exposed);
        self.note(Check::CreditStates, at, event, state);
        self.note(Check::CreditPrincipal, at, event, sums);
        self.note(Check::CreditHeld, at, event, held);
        self.note(Check::CreditLimits, at, event, limits.and(exposed));
        self.compare_bill(books, at, event, user, currency);
        self.compare_plans(books, at, event, user, currency);
        self.compare_lost(books, at, event, user);
    }

    pub(super) fn reserve(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, fact, .. } = *event;
        let tables = books.ledger().tables();
        let (merchant, verdict) = match fact {
            Fact::BatchSettled { batch, reserve, .. } => {
                let no = tables.batches.try_row(*batch).map(|batch| batch.merchant);
                let Some(seller) = no.and_then(|no| tables.merchants.try_row(no)) else { return };
                self.reserves.keep(seller.merchant, Some(*batch), *reserve);
                (seller.merchant, self.batch_reserve(books, *batch))
            }
            Fact::SettlementConfirmed { payment, reserve, .. } => {
                let paid = tables.payments.get(payment);
                let seller = paid.and_then(|paid| tables.merchants.try_row(paid.merchant));
                let (Some(batch), Some(seller)) = (paid.and_then(|p| p.batch), seller) else {
                    return;
                };
                self.reserves.keep(seller.merchant, Some(batch), *reserve);
                (seller.merchant, self.batch_reserve(books, batch))
            }
            Fact::ConfirmationArrived { merchant, batch, reserve, .. } => {
                self.reserves.keep(*merchant, *batch, *reserve);
                (*merchant, batch.map_or(Ok(()), |batch| self.batch_reserve(books, batch)))
            }
            Fact::ReserveReleased { merchant, amount, batch, .. } => {
                let released = self.reserves.release(*merchant, *amount, *batch);
                let row = batch.map_or(Ok(()), |batch| self.batch_reserve(books, batch));
                (*merchant, released.and(row))
            }
            other => {
                let what = format!("{} is no fact of a reserve", fact_name(other));
                return self.note(Check::Reserves, at, number, Err(what));
            }
        };
        self.note(Check::Reserves, at, number, verdict);
        self.touch(Touched::Reserve(merchant), at, number);
    }

    fn batch_reserve(&self, books: &Books, batch: u32) -> Verdict {
        let tables = books.ledger().tables();
        let row = tables.batches.try_row(batch);
        // A reserve that the clock does not release is not kept by batch.
        let seller = row.and_then(|row| tables.merchants.try_row(row.merchant));
        if seller.is_some_and(|seller| seller.terms.reserve_days == 0) {
            return Ok(());
        }
        let row = row.map(|row| row.reserve);
        let kept = self.reserves.of_batch(batch);
        holds(row.map(i128::from) == Some(kept), || {
            format!("batch {batch} keeps {row:?}; its facts say {kept}")
        })
    }

    /// MR is what was kept back and not released.
    pub(super) fn compare_reserve(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let seller = books.ledger().tables().merchants.get(&id);
        let currency = seller.map(|seller| seller.terms.settle_currency);
        let verdict = currency.ok_or_else(|| format!("there is no merchant {id}"));
        let verdict = verdict.and_then(|currency| {
            let balance = -self.balance(books, Class::MerchantReserve, id, currency);
            let kept = self.reserves.of(id);
            holds(balance == kept, || {
                format!("{id} has {balance} in reserve; kept less released is {kept}")
            })
        });
        self.note(Check::Reserves, at, event, verdict);
    }
}
