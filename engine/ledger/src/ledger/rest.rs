//! A ledger from its rows at rest: what is derived from them is filled, and what they say of each
//! other is checked, so that nothing decided on them later can fail.

use crate::command::PacketSender;
use crate::ledger::Ledger;
use crate::place::Place;
use crate::rules::{cards, disputes};
use crate::state::{
    AuthCode, Billing, Calendar, CreditBasis, InvoiceNo, LoanState, OrderNo, PendingState,
    PlanState, Tables, TradeNo,
};
use crate::table::{DuplicateKey, Table};
use std::collections::BTreeMap;

/// A ledger that cannot be rebuilt from the rows given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadState {
    /// The table.
    pub table: &'static str,
    /// The row.
    pub row: u32,
    /// What is wrong with it.
    pub what: &'static str,
}

impl Ledger {
    /// A ledger from its rows at rest: fills what is derived and checks references between rows.
    pub fn from_rest(
        calendar: Calendar,
        place: Place,
        now: u64,
        next_event: u64,
        tables: Tables,
    ) -> Result<Ledger, BadState> {
        let mut ledger = Ledger { tables, place, now, next_event, ..Ledger::new(calendar) };
        ledger.check_references()?;
        ledger.check_pending()?;
        let orders = ledger.tables.payments.rows().iter().filter(|p| p.rental.is_none());
        let trades =
            orders.map(|p| TradeNo { merchant: p.merchant, out_trade_no: p.out_trade_no.clone() });
        let duplicate =
            |table| move |d: DuplicateKey| BadState { table, row: d.row, what: "duplicate key" };
        ledger.tables.trade_nos =
            Table::from_rows(trades.collect()).map_err(duplicate("payments"))?;
        let codes = ledger.tables.payments.rows().iter().filter_map(|p| p.auth_code.clone());
        ledger.tables.auth_codes = Table::from_rows(codes.map(|code| AuthCode { code }).collect())
            .map_err(duplicate("payments"))?;
        let holds = ledger.tables.authorizations.rows().iter();
        let holds = holds.filter(|a| a.basis == CreditBasis::Line).map(|a| OrderNo {
            merchant: a.merchant,
            rental: false,
            out_order_no: a.out_order_no.clone(),
        });
        let rentals = ledger.tables.rentals.rows().iter().map(|r| OrderNo {
            merchant: r.merchant,
            rental: true,
            out_order_no: r.out_order_no.clone(),
        });
        ledger.tables.order_nos = Table::from_rows(holds.chain(rentals).collect())
            .map_err(duplicate("authorizations"))?;
        let t = &ledger.tables;
        let numbers = t.invoices.rows().iter().flat_map(|row| {
            let merchant = t.payments.row(row.payment).merchant;
            let reds = row.reds.iter().map(|red| &red.no);
            row.no.iter().chain(reds).map(move |no| InvoiceNo { merchant, no: no.clone() })
        });
        ledger.tables.invoice_nos =
            Table::from_rows(numbers.collect()).map_err(duplicate("invoices"))?;
        ledger.fill_frozen();
        ledger.fill_plans();
        ledger.fill_card_holders();
        ledger.fill_disputes();
        ledger.fill_loans();
        ledger.fill_due();
        Ok(ledger)
    }

    /// What is frozen of balances stands with the users.
    fn fill_frozen(&mut self) {
        for no in 0..self.tables.users.next_no() {
            self.tables.users.row_mut(no).frozen = 0;
        }
        for no in 0..self.tables.authorizations.next_no() {
            let held = self.tables.authorizations.row(no);
            let (payer, frozen) = (held.user, u128::from(held.fund_rest));
            let of = &mut self.tables.users.row_mut(payer).frozen;
            *of = of.saturating_add(frozen);
        }
    }

    /// The last card of a template that a user got is the one that counts; the points of a template
    /// are those of its cards.
    fn fill_card_holders(&mut self) {
        for no in 0..self.tables.card_templates.next_no() {
            self.tables.card_templates.row_mut(no).points = 0;
        }
        for no in 0..self.tables.cards.next_no() {
            let row = self.tables.cards.row(no);
            let (template, user, points) = (row.template, row.user, row.points());
            cards::hold(&mut self.tables, template, user, no);
            let of = &mut self.tables.card_templates.row_mut(template).points;
            *of = of.saturating_add(points);
        }
    }

    fn fill_disputes(&mut self) {
        for no in 0..self.tables.disputes.next_no() {
            let payment = self.tables.disputes.row(no).payment;
            disputes::note(&mut self.tables, payment, no);
        }
    }

    /// What is ahead of plans stands with the lines that bill it.
    fn fill_plans(&mut self) {
        for no in 0..self.tables.credit_lines.next_no() {
            let line = self.tables.credit_lines.row(no);
            let noted = |billing: &Billing| !billing.plans.is_empty() || !billing.loans.is_empty();
            if line.billing.as_deref().is_some_and(noted) {
                let billing = &mut self.tables.credit_lines.row_mut(no).billing;
                billing.iter_mut().for_each(|billing| {
                    billing.plans.clear();
                    billing.loans.clear();
                });
            }
        }
        let plans = self.tables.plans.rows().iter().enumerate();
        let active = plans.filter(|(_, plan)| plan.state == PlanState::Active);
        let active: Vec<_> = active.map(|(no, plan)| (no, plan.user)).collect();
        for (no, user) in active {
            let Some(line) = self.tables.credit_lines.find(&user) else { continue };
            let billing = self.tables.credit_lines.row_mut(line).billing.as_mut();
            if let (Some(billing), Ok(no)) = (billing, u32::try_from(no)) {
                billing.plans.push(no);
            }
        }
    }

    /// So do loans of which something is owed.
    fn fill_loans(&mut self) {
        let loans = self.tables.loans.rows().iter().enumerate();
        let active = loans.filter(|(_, loan)| loan.state == LoanState::Active);
        let active: Vec<_> = active.map(|(no, loan)| (no, loan.user)).collect();
        for (no, user) in active {
            let Some(line) = self.tables.credit_lines.find(&user) else { continue };
            let billing = self.tables.credit_lines.row_mut(line).billing.as_mut();
            if let (Some(billing), Ok(no)) = (billing, u32::try_from(no)) {
                billing.loans.push(no);
            }
        }
    }

    /// What accounts have pending is what their pending transfers reserved: each can be given back.
    fn check_pending(&self) -> Result<(), BadState> {
        let mut sums = BTreeMap::<u32, (u128, u128)>::new();
        let pending = self.tables.pending.rows().iter();
        for held in pending.filter(|t| t.state == PendingState::Pending) {
            sums.entry(held.debit).or_default().0 += u128::from(held.amount);
            sums.entry(held.credit).or_default().1 += u128::from(held.amount);
        }
        for (row, account) in (0..).zip(self.tables.accounts.rows()) {
            let has = (account.debits_pending, account.credits_pending);
            // Most accounts have nothing pending and are not looked up.
            if has != (0, 0) || !sums.is_empty() {
                let reserved = sums.remove(&row).unwrap_or_default();
                let what = "it has other sums pending than its transfers";
                if has != reserved {
                    return Err(BadState { table: "accounts", row, what });
                }
            }
        }
        Ok(())
    }

    fn check_references(&self) -> Result<(), BadState> {
        let t = &self.tables;
        let (accounts, users, merchants, batches) =
            (t.accounts.next_no(), t.users.next_no(), t.merchants.next_no(), t.batches.next_no());
        let missing = |table, row: usize| BadState {
            table,
            row: u32::try_from(row).unwrap_or(u32::MAX),
            what: "it names a row that is not there",
        };
        let holds = |table, bad: Option<usize>| bad.map_or(Ok(()), |row| Err(missing(table, row)));
        holds("users", t.users.rows().iter().position(|r| r.account >= accounts))?;
        holds("merchants", t.merchants.rows().iter().position(|r| r.account >= accounts))?;
        holds(
            "pending",
            t.pending.rows().iter().position(|r| r.debit >= accounts || r.credit >= accounts),
        )?;
        holds(
            "batches",
            t.batches.rows().iter().position(|r| r.merchant >= merchants || r.account >= accounts),
        )?;
        let parties = |user: u32, merchant: u32| user < users && merchant < merchants;
        let position = t.authorizations.rows().iter().position(|r| !parties(r.user, r.merchant));
        holds("authorizations", position)?;
        let position = t.rentals.rows().iter().position(|r| !parties(r.user, r.merchant));
        holds("rentals", position)?;
        let templates = t.coupon_templates.next_no();
        holds(
            "coupons",
            t.coupons.rows().iter().position(|r| r.user >= users || r.template >= templates),
        )?;
        holds(
            "coupon_counts",
            t.coupon_counts.rows().iter().position(|r| r.user >= users || r.template >= templates),
        )?;
        let position = t.code_uses.rows().iter().position(|r| r.user >= users);
        holds("code_uses", position)?;
        let card_templates = t.card_templates.next_no();
        holds(
            "cards",
            t.cards.rows().iter().position(|r| {
                r.user >= users
                    || r.template >= card_templates
                    || t.users.row(r.user).currency
                        != t.card_templates.row(r.template).terms.currency
            }),
        )?;
        let unsent = |sender: PacketSender| match sender {
            PacketSender::User(id) => t.users.find(&id).is_none(),
            PacketSender::Campaign(id) => t.campaigns.find(&id).is_none(),
        };
        holds("packets", t.packets.rows().iter().position(|r| unsent(r.sender)))?;
        let payments = t.payments.next_no();
        holds("invoices", t.invoices.rows().iter().position(|r| r.payment >= payments))?;
        holds("credit_lines", t.credit_lines.rows().iter().position(|r| r.user >= users))?;
        let billed =
            |user: u32| t.credit_lines.get(&user).is_some_and(|line| line.billing.is_some());
        holds(
            "plans",
            t.plans.rows().iter().position(|r| {
                r.user >= users
                    || r.payment.is_some_and(|no| no >= t.payments.next_no())
                    || r.state == PlanState::Active && !billed(r.user)
            }),
        )?;
        holds(
            "loans",
            t.loans
                .rows()
                .iter()
                .position(|r| r.user >= users || r.state == LoanState::Active && !billed(r.user)),
        )?;
        let (payments, plans) = (t.payments.next_no(), t.plans.next_no());
        let mut relations = t.royalty_relations.rows().iter();
        let position = relations.position(|r| r.merchant.max(r.receiver) >= merchants);
        holds("royalty_relations", position)?;
        let paid = |no: u32| no < payments && t.payments.row(no).batch.is_some();
        holds("disputes", t.disputes.rows().iter().position(|r| !paid(r.payment)))?;
        holds(
            "payments",
            t.payments.rows().iter().position(|r| {
                r.merchant >= merchants
                    || r.user.is_some_and(|u| u >= users)
                    || r.batch.is_some_and(|b| b >= batches)
                    || r.parts.as_ref().and_then(|p| p.plan).is_some_and(|no| no >= plans)
                    || r.exchange().is_some_and(|of| t.quotes.find(&of.quote).is_none())
                    || r.parts.as_ref().is_some_and(|parts| {
                        let mut shares = parts.royalty.splits.iter().flat_map(|s| &s.shares);
                        shares.any(|share| share.receiver >= merchants)
                    })
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Account, AccountKey, SignRule};
    use crate::id::Id;
    use crate::money::Currency;
    use crate::state::PendingTransfer;

    fn rows(held: u128, reserved: u64, state: PendingState) -> Result<Ledger, BadState> {
        let mut tables = Tables::default();
        let account =
            |owner| Account::new(AccountKey::ledger(Id(owner)), Currency::CNY, SignRule::Either);
        tables.accounts.insert(Account { debits_pending: held, ..account(1) });
        tables.accounts.insert(Account { credits_pending: held, ..account(2) });
        tables.pending.insert(PendingTransfer {
            transfer: Id(3),
            debit: 0,
            credit: 1,
            away: Id::NONE,
            up_to: false,
            amount: reserved,
            expires_at: Some(9),
            state,
        });
        Ledger::from_rest(Calendar::default(), Place::default(), 5, 4, tables)
    }

    /// Found by fuzzing: releasing more than is pending was a panic.
    #[test]
    fn accounts_have_pending_what_their_transfers_reserved() {
        assert!(rows(7, 7, PendingState::Pending).is_ok());
        assert!(rows(0, 7, PendingState::Voided).is_ok());
        for (held, reserved, state) in [
            (6, 7, PendingState::Pending),
            (8, 7, PendingState::Pending),
            (0, 7, PendingState::Pending),
            (7, 7, PendingState::Posted),
        ] {
            let bad = rows(held, reserved, state).err();
            assert_eq!(bad.map(|bad| (bad.table, bad.row)), Some(("accounts", 0)), "{held}");
        }
    }
}
