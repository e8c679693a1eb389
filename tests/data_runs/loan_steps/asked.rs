//! What is done with a loan, in groat's commands.

use super::{Case, Step, euro, named};
use groat_ledger::instalments::CHARGES_FIRST;
use groat_ledger::{
    AccountKey, BillingTerms, Body, ChargeLoan, Class, ConfirmTopUp, CreditTerms, DrawLoan,
    DrawMore, EntryLine, GrantCreditLine, Id, Loan, LoanChargeKind, LoanState, LoanTerms, Money,
    OpenUser, PostAdjustment, Reference, RepayCredit, ReturnRepayment, Side,
};

/// The name of a fee that comes with each term.
const EACH: &str = "each";

impl Case {
    pub(super) fn draw(&mut self, amount: u64) {
        let money = |amount| Money { amount, currency: euro() };
        let user = named("user");
        self.ask(Some(&Body::OpenUser(OpenUser { user, kyc_class: 2, currency: euro() })));
        let terms = CreditTerms {
            statement_day: 1,
            due_day: 20,
            min_bps: 1_000,
            day_ppm: 0,
            late_fee_ppm: 0,
            grace_days: 3,
            // Their products lend to whoever is late; none of this is a line's affair.
            tolerance: 1_000_000,
            billing: Some(BillingTerms {
                order: CHARGES_FIRST,
                late_order: CHARGES_FIRST,
                late_order_from_day: 0,
                late_fee_max: 0,
                ..BillingTerms::default()
            }),
        };
        let line = GrantCreditLine { user, limit: money(10 * amount), terms };
        self.ask(Some(&Body::GrantCreditLine(line)));
        let terms = self.terms.unwrap();
        let (at_once, loan) = (amount / 100 * 25 * u64::from(terms.at_once > 0), named("loan"));
        let terms = LoanTerms { at_once, ahead: self.ahead, ..terms };
        let draw = DrawLoan { user, loan, amount: money(amount), terms };
        self.ask(Some(&Body::DrawLoan(draw)));
        self.done.push([amount, 0, 0, 0, amount]);
        if self.pays_at_once {
            self.repay(at_once, false);
        }
    }

    /// What was paid beyond the debt stays on the user's balance, beside what was drawn.
    pub(super) fn beyond(&self) -> i128 {
        let key = AccountKey::of(Class::UserAvailable, named("user"), euro());
        let balance = self.ledger.account(&key).unwrap().credit_balance();
        balance - i128::from(self.loan().amount)
    }

    /// From what the user sends, or the house gives.
    pub(super) fn repay(&mut self, amount: u64, by_house: bool) {
        let paid = amount;
        let amount = Money { amount, currency: euro() };
        let (user, target) = (named("user"), named("loan"));
        let bank_ref = Reference::new(&format!("r{}", self.ids)).unwrap();
        let top_up = ConfirmTopUp { user, amount, bank_ref, bank: Id::NONE };
        self.ask(Some(&match by_house {
            false => Body::ConfirmTopUp(top_up),
            true => {
                let line = |class, owner, side| EntryLine { class, owner, side, amount };
                let paid = line(Class::Marketing, Id::NONE, Side::Debit);
                let entries = vec![paid, line(Class::UserAvailable, user, Side::Credit)];
                let (maker, approver) = (named("maker"), named("approver"));
                let reason = Reference::new("goodwill").unwrap();
                Body::PostAdjustment(PostAdjustment { entries, reason, maker, approver })
            }
        }));
        let before = self.loan().owing();
        let amount = Money { amount: paid.min(before.sum()), ..amount };
        self.ask(Some(&Body::RepayCredit(RepayCredit { user, amount, target })));
        let after = self.loan().owing();
        let (fee, penalty) = (before.fee - after.fee, before.penalty - after.penalty);
        let principal = before.principal - after.principal;
        self.done.push([paid, principal, fee, penalty, after.principal]);
    }

    /// A part of it is due at once, as it was of the first.
    pub(super) fn draw_more(&mut self, amount: u64) -> Step<'static> {
        let (user, loan) = (named("user"), self.loan());
        if loan.state != LoanState::Active {
            return Err("a second payout of a loan that is paid");
        }
        if self.from_first && loan.fallen_due > 0 {
            return Err("a second payout that makes past terms larger");
        }
        let at_once = if loan.terms.at_once > 0 { amount / 100 * 25 } else { 0 };
        let (loan, money) = (loan.loan, Money { amount, currency: euro() });
        self.ask(Some(&Body::DrawMore(DrawMore { user, loan, amount: money, at_once })));
        self.done.push([amount, 0, 0, 0, self.loan().owed]);
        self.at_once.push((self.ledger.calendar().date(self.now), at_once));
        if self.pays_at_once {
            self.repay(at_once, false);
        }
        Ok(())
    }

    pub(super) fn charge_back(&mut self, amount: u64) {
        let (user, loan) = (named("user"), named("loan"));
        let chargeback = named(&format!("b{}", self.ids));
        let money = Money { amount, currency: euro() };
        let back = ReturnRepayment { user, loan, chargeback, amount: money };
        self.ask(Some(&Body::ReturnRepayment(back)));
        self.done.push([amount, amount, 0, 0, self.loan().owed]);
        self.back.push((self.ledger.calendar().date(self.now), amount));
    }

    /// A charge; its name says what it is.
    pub(super) fn charge(&mut self, name: &str, at: u64, amount: u64) -> Step<'static> {
        let due_on = self.ledger.calendar().date(at);
        let loan = self.loan();
        if loan.state != LoanState::Active {
            return Err("a fee of a loan that is paid");
        }
        if due_on < self.ledger.calendar().date(self.now) {
            return Err("a fee backdated: time does not go back");
        }
        if loan.terms.at_once > 0 && due_on == loan.drawn_on {
            return Err("a fee of the first day that falls due with the first term");
        }
        let kind = match name {
            "LOAN_NSF_FEE" => LoanChargeKind::Penalty,
            "LOAN_SNOOZE_FEE" | "LOAN_FIXED_RETURNED_PAYMENT_FEE" | EACH => LoanChargeKind::Fee,
            other => panic!("a charge that is new here: {other}"),
        };
        let letter = if name == EACH { 'e' } else { 'c' };
        let charge = named(&format!("{letter}{}", loan.charges.len()));
        let (user, loan) = (named("user"), named("loan"));
        let amount = Money { amount, currency: euro() };
        let charge = ChargeLoan { user, loan, charge, kind, amount, due_on };
        self.ask(Some(&Body::ChargeLoan(charge)));
        Ok(())
    }

    /// The same fee with every term.
    pub(super) fn charge_each(&mut self, amount: u64) -> Step<'static> {
        let loan = self.loan().clone();
        let date = |no| Loan { fallen_due: no, ..loan.clone() }.due_on();
        let dates: Vec<u32> = (1..=loan.terms.count).map(date).collect();
        for date in dates {
            self.charge(EACH, self.ledger.calendar().start_of(date), amount)?;
        }
        Ok(())
    }
}
