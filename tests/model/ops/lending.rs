//! Commands on cash loans, and on credit that is lost.

use super::{Kind, Scene, cny};
use groat_ledger::instalments::{CHARGES_FIRST, PRINCIPAL_FIRST, Part, Split, YearRate};
use groat_ledger::{
    Ahead, Body, ChargeLoan, Class, CreditLine, CreditLineState, DrawLoan, DrawMore, Every, Id,
    Ledger, Loan, LoanChargeKind, LoanKind, LoanRate, LoanState, LoanTerms, Plan, PlanState,
    ProvisionCredit, RecordRecovery, RepayCredit, ReturnRepayment, SetAutoDebit, WaiveLoanCharge,
    WriteOffCredit,
};

/// When the first debt that is overdue may be written off.
pub(super) fn written_off_from(ledger: &Ledger) -> Option<u64> {
    let tables = ledger.tables();
    let lines = tables.credit_lines.rows().iter().filter_map(|line| {
        let since = line.billing.as_ref()?.overdue_since;
        Some((line, since))
    });
    let loans = tables.loans.rows().iter().filter_map(|loan| {
        let line = tables.credit_lines.get(&loan.user)?;
        Some((line, loan.late_since))
    });
    let since = lines.chain(loans).filter(|(_, since)| *since > 0);
    since.map(|(line, since)| line.calendar(ledger.calendar()).start_of(since + 180)).min()
}

pub(super) fn is_charged(loan: &Loan) -> bool {
    loan.charges.iter().any(|charge| charge.left() > 0)
}

pub(super) fn runs(loan: &Loan) -> bool {
    loan.state == LoanState::Active && loan.to_come() > 0
}

pub(super) fn is_repaid_in_part(loan: &Loan) -> bool {
    loan.owed < loan.amount && loan.state != LoanState::WrittenOff
}

impl Scene<'_> {
    /// What is asked for more often while a debt can be written off, or recovered.
    pub(super) fn after_losses(&mut self) -> Option<Kind> {
        if written_off_from(self.ledger).is_some_and(|at| at <= self.now) {
            return self.dice.one_in(8).then_some(Kind::WriteOffCredit);
        }
        let lines = self.ledger.tables().credit_lines.rows();
        let is_lost = lines.iter().any(|line| line.lost() > 0);
        (is_lost && self.dice.one_in(12)).then_some(Kind::RecordRecovery)
    }

    pub(super) fn loss(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::DrawLoan => {
                let active = |line: &CreditLine| line.state == CreditLineState::Active;
                let user = self.a_line(active);
                let loans = self.ledger.tables().loans.rows().len();
                let loan = self.fresh('o', loans);
                let amount = self.amount(&[self.credit_left(user), 900]);
                let (equal, bullet) = (LoanKind::EqualPrincipal, LoanKind::Bullet);
                let kind = self.dice.pick(&[equal, equal, bullet, bullet, LoanKind::Annuity]);
                let count = self.dice.pick(&[3, 1, 2, 3, 12, 120, 0, 121]);
                let day_ppm = self.dice.pick(&[500, 333, 0, 20_000, 1_000_000, 1_000_001]);
                let by_year = match kind {
                    LoanKind::Annuity => !self.dice.one_in(12),
                    LoanKind::EqualPrincipal | LoanKind::Bullet => self.dice.one_in(4),
                };
                let every = self.dice.pick(&[
                    Every::Days(30),
                    Every::Days(30),
                    Every::Months(1),
                    Every::Days(7),
                    Every::Months(2),
                    Every::Days(367),
                    Every::Months(13),
                    Every::Days(366),
                ]);
                let terms_a_year = match every {
                    Every::Days(days) => 365 / days,
                    Every::Months(months) => 12 / months,
                };
                let terms_a_year = if self.dice.one_in(12) { 12 } else { terms_a_year.max(1) };
                let rate = if by_year {
                    let year_ppm = self.dice.pick(&[70_000, 359_900, 0, 4_000_000, 366_000_000]);
                    LoanRate::Year(YearRate { year_ppm, terms_a_year })
                } else {
                    LoanRate::Day(day_ppm)
                };
                let bare = kind == LoanKind::Annuity && !self.dice.one_in(12);
                let split = if bare { Split::FloorRestFirst } else { self.split() };
                let ahead = self.dice.pick(&[Ahead::Last, Ahead::Next]);
                let at_once = self.dice.pick(&[0, 0, amount.amount / 4, amount.amount]);
                let odd = [Part::Fee; 4];
                let orders = [CHARGES_FIRST, CHARGES_FIRST, PRINCIPAL_FIRST, CHARGES_FIRST, odd];
                let order = self.dice.pick(&orders);
                let ahead_order = self.dice.pick(&orders[..4]);
                let terms = LoanTerms {
                    every,
                    split,
                    ahead,
                    at_once,
                    order,
                    ahead_order,
                    auto_debit: self.dice.one_in(3),
                    rate,
                    ..LoanTerms::new(count, 0, kind)
                };
                Body::DrawLoan(DrawLoan { user, loan, amount, terms })
            }
            Kind::ChargeLoan => {
                let t = self.ledger.tables();
                let active = |l: &Loan| l.state == LoanState::Active;
                let loan = self.dice.recent(t.loans.rows(), active)?;
                let owner = t.users.row(loan.user).user;
                let user = if self.dice.one_in(24) { self.user() } else { owner };
                let charge = self.fresh('q', loan.charges.len());
                let kind = self.dice.pick(&[LoanChargeKind::Fee, LoanChargeKind::Penalty]);
                let amount = self.amount(&[200]);
                let (today, next) = (self.today_of(loan), loan.next_due_on());
                let days = [0, today, today + 1, next, next + 1, today + 3_653, today + 3_654];
                let due_on = if self.dice.one_in(24) { today - 1 } else { self.dice.pick(&days) };
                let loan = loan.loan;
                Body::ChargeLoan(ChargeLoan { user, loan, charge, kind, amount, due_on })
            }
            Kind::DrawMore => {
                let t = self.ledger.tables();
                let loan = self.dice.recent(t.loans.rows(), runs)?;
                let owner = t.users.row(loan.user).user;
                let user = if self.dice.one_in(24) { self.user() } else { owner };
                let amount = self.amount(&[self.credit_left(owner), 300]);
                let at_once = self.dice.pick(&[0, amount.amount / 4, amount.amount / 2, 300]);
                Body::DrawMore(DrawMore { user, loan: loan.loan, amount, at_once })
            }
            Kind::SetAutoDebit => {
                let t = self.ledger.tables();
                let active = |l: &Loan| l.state == LoanState::Active;
                let loan = self.dice.recent(t.loans.rows(), active);
                let loan = if self.dice.one_in(2) { loan } else { None };
                let user = match loan {
                    Some(loan) if !self.dice.one_in(24) => t.users.row(loan.user).user,
                    _ => self.a_line(|line| line.terms.billing.is_some()),
                };
                let target = loan.map_or(Id::NONE, |loan| loan.loan);
                Body::SetAutoDebit(SetAutoDebit { user, target, on: self.dice.of(3) > 0 })
            }
            Kind::ReturnRepayment => {
                let t = self.ledger.tables();
                let loan = self.dice.recent(t.loans.rows(), is_repaid_in_part)?;
                let owner = t.users.row(loan.user).user;
                let user = if self.dice.one_in(24) { self.user() } else { owner };
                let chargeback = self.fresh('b', loan.chargebacks.len());
                let amount = self.amount(&[loan.amount - loan.owed, self.credit_left(owner)]);
                let loan = loan.loan;
                Body::ReturnRepayment(ReturnRepayment { user, loan, chargeback, amount })
            }
            Kind::WaiveLoanCharge => {
                let t = self.ledger.tables();
                let loan = self.dice.recent(t.loans.rows(), is_charged)?;
                let charge = self.dice.recent(&loan.charges, |charge| charge.left() > 0);
                let charge = charge.map_or(super::named('q', 99), |charge| charge.charge);
                let owner = t.users.row(loan.user).user;
                let user = if self.dice.one_in(24) { self.user() } else { owner };
                Body::WaiveLoanCharge(WaiveLoanCharge { user, loan: loan.loan, charge })
            }
            Kind::WriteOffCredit => {
                let t = self.ledger.tables();
                let late = |line: &CreditLine| {
                    let loans = line.billing.iter().flat_map(|bill| &bill.loans);
                    let loan = loans.map(|no| t.loans.row(*no).late_since).any(|since| since > 0);
                    loan || line.billing.as_ref().is_some_and(|bill| bill.overdue_since > 0)
                };
                Body::WriteOffCredit(WriteOffCredit { user: self.a_line(late) })
            }
            Kind::RecordRecovery => {
                let lost = |line: &CreditLine| line.state == CreditLineState::WrittenOff;
                let user = self.a_line(lost);
                let t = self.ledger.tables();
                let line = t.users.find(&user).and_then(|no| t.credit_lines.get(&no));
                let left = line.map_or(9, CreditLine::lost);
                let amount = self.amount(&[left, self.balance(Class::UserAvailable, user)]);
                Body::RecordRecovery(RecordRecovery { user, amount })
            }
            Kind::ProvisionCredit => {
                Body::ProvisionCredit(ProvisionCredit { amount: cny(self.dice.about(&[300])) })
            }
            _ => return None,
        })
    }

    pub(super) fn lends(&self) -> bool {
        let t = self.ledger.tables();
        !t.loans.rows().is_empty() || !t.plans.rows().is_empty()
    }

    /// Pays a loan or a plan by name, if there is one.
    /// Today by the days of the line that a loan is drawn on.
    fn today_of(&self, loan: &Loan) -> u32 {
        let line = self.ledger.tables().credit_lines.get(&loan.user).unwrap();
        line.calendar(self.ledger.calendar()).date(self.now)
    }

    pub(super) fn repayment_by_name(&mut self) -> Option<Body> {
        let t = self.ledger.tables();
        let rare = self.dice.one_in(12);
        let either = !t.plans.rows().is_empty() && self.dice.one_in(3);
        let of_plan = t.loans.rows().is_empty() || either;
        let (target, owner, limits) = if of_plan {
            let plan = self.dice.recent(t.plans.rows(), |p: &Plan| p.state == PlanState::Active)?;
            (plan.plan, plan.user, vec![plan.left(), plan.left() / 2])
        } else {
            let active = |l: &Loan| l.state == LoanState::Active;
            let loan = self.dice.recent(t.loans.rows(), active)?;
            let today = self.today_of(loan);
            let all = loan.debt().saturating_add(loan.earned(today).0);
            let due = loan.due_by(today).sum();
            (loan.loan, loan.user, vec![all, loan.unpaid(), loan.owed, due])
        };
        let owner = t.users.row(owner).user;
        let user = if rare { self.user() } else { owner };
        let amount = self.amount(&limits);
        Some(Body::RepayCredit(RepayCredit { user, amount, target }))
    }
}
