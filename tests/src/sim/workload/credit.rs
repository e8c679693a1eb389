//! What is bought and lent on lines of credit, and comes back.

use super::START_MS;
use crate::sim::chance::Chance;
use groat_ledger::Id;
use groat_proto::v1::{self, Command, command, leg};

/// Users with lines of credit: cut on the first day of February, due on the second, without grace.
#[derive(Default)]
pub(super) struct Credit {
    pub(super) users: Vec<v1::Id>,
    /// Asked for, with whose they are to be.
    pub(super) plans: Vec<(Option<v1::Id>, Option<v1::Id>)>,
    pub(super) loans: Vec<(Option<v1::Id>, Option<v1::Id>)>,
    made: u128,
}

impl Credit {
    /// A line for every other user that is opened.
    pub(super) fn lines(&mut self, opening: &[Command]) -> Vec<Command> {
        let users = opening.iter().filter_map(|command| match &command.body {
            Some(command::Body::OpenUser(open)) => open.user,
            _ => None,
        });
        self.users = users.step_by(2).collect();
        let granted = |user: v1::Id| v1::GrantCreditLine {
            user: Some(user),
            limit: Some(v1::Money { amount: 50_000, currency: 840 }),
            statement_day: 1,
            due_day: 2,
            late_fee_ppm: 50_000,
            grace_d: Some(0),
            // Every other one is debited by the clock.
            billing: Some(v1::BillingTerms {
                auto_debit: user.lo % 4 < 2,
                ..v1::BillingTerms::default()
            }),
            ..v1::GrantCreditLine::default()
        };
        let lines = self.users.clone().into_iter().map(granted);
        lines.map(|line| self.command(command::Body::GrantCreditLine(line))).collect()
    }

    pub(super) fn repayment(&mut self, chance: &mut Chance) -> Command {
        let user = Some(self.users[chance.index(self.users.len())]);
        let amt = Some(v1::Money { amount: 1 + chance.below(20_000), currency: 840 });
        let index = chance.index(2 * self.loans.len().max(1));
        let (user, target) = self.loans.get(index).copied().unwrap_or((user, None));
        self.command(command::Body::RepayCredit(v1::RepayCredit { user, amt, target }))
    }

    /// Part of a statement goes into a plan.
    pub(super) fn conversion(&mut self, chance: &mut Chance) -> Command {
        let user = Some(self.users[chance.index(self.users.len())]);
        let amt = Some(v1::Money { amount: 1 + chance.below(4_000), currency: 840 });
        let plan = Some(Id(9 << 64 | self.plans.len() as u128).into());
        self.plans.push((user, plan));
        let (payment, n, fee_ppm) = (None, 3, 23_000);
        let share_unit = chance.one_in(2).then_some(v1::Money { amount: 100, currency: 840 });
        let share_tie = i32::from(share_unit.is_some());
        self.command(command::Body::ConvertToInstalments(v1::ConvertToInstalments {
            user,
            plan,
            payment,
            amt,
            n,
            fee_ppm,
            share_unit,
            share_tie,
        }))
    }

    pub(super) fn prepayment(&mut self, chance: &mut Chance) -> Command {
        let index = chance.index(self.plans.len().max(1));
        let some = self.plans.get(index).copied();
        let (user, plan) = some.unwrap_or((self.users.first().copied(), Some(Id(9).into())));
        self.command(command::Body::PrepayPlan(v1::PrepayPlan { user, plan }))
    }

    pub(super) fn provision(&mut self, chance: &mut Chance) -> Command {
        let amt = Some(v1::Money { amount: 1 + chance.below(9_000), currency: 840 });
        self.command(command::Body::ProvisionCredit(v1::ProvisionCredit { amt }))
    }

    pub(super) fn loan(&mut self, chance: &mut Chance) -> Command {
        let user = Some(self.users[chance.index(self.users.len())]);
        let loan = Some(Id(10 << 64 | self.loans.len() as u128).into());
        let amt = Some(v1::Money { amount: 10 + chance.below(20_000), currency: 840 });
        self.loans.push((user, loan));
        let kinds = [v1::LoanKind::EqualPrincipal, v1::LoanKind::Bullet];
        let kind = kinds[chance.index(kinds.len())].into();
        let (terms, day_ppm) = (1 + chance.below(3) as u32, 1_000);
        // By months, off the next terms, with a part due at once, as it comes.
        let (every_months, paid_ahead) = (chance.below(3) as u32, chance.below(2) as i32);
        let at_once = amt.filter(|_| chance.one_in(3)).map(|amt| v1::Money { amount: 1, ..amt });
        // And what is due is paid in another order.
        let order = chance.one_in(3).then(|| v1::RepayOrder {
            first: v1::CreditPart::Principal.into(),
            second: v1::CreditPart::Fee.into(),
            third: v1::CreditPart::Penalty.into(),
            fourth: v1::CreditPart::Interest.into(),
        });
        let none = v1::DrawLoan { auto_debit: chance.one_in(2), ..v1::DrawLoan::default() };
        let more = v1::DrawLoan { every_months, paid_ahead, at_once, order, ..none };
        let draw = v1::DrawLoan { user, loan, amt, terms, day_ppm, kind, ..more };
        self.command(command::Body::DrawLoan(draw))
    }

    /// A debt is written off, or comes back in part.
    pub(super) fn loss(&mut self, chance: &mut Chance) -> Command {
        let user = Some(self.users[chance.index(self.users.len())]);
        let amt = Some(v1::Money { amount: 1 + chance.below(9_000), currency: 840 });
        let back = v1::RecordRecovery { user, amt };
        self.command(match chance.below(2) {
            0 => command::Body::WriteOffCredit(v1::WriteOffCredit { user }),
            _ => command::Body::RecordRecovery(back),
        })
    }

    pub(super) fn command(&mut self, body: command::Body) -> Command {
        self.made += 1;
        // None of the workload's own ids is so near to this one.
        let id = Id(u128::from(START_MS) << 80 | 7 << 76 | 2 << 62 | self.made);
        Command { id: Some(id.into()), body: Some(body), ..Command::default() }
    }
}

/// What each user may pay with printed codes, in dollars: an order or two by day, some by month.
pub(super) fn limits_of_codes(chance: &mut Chance) -> v1::SetLimits {
    let dollars = |amount: u64| Some(v1::Money { amount, currency: 840 });
    let kind = v1::limit_scope::To::CodeKind(v1::CodeKind::Static.into());
    v1::SetLimits {
        scope: Some(v1::LimitScope { to: Some(kind) }),
        ccy: 840,
        single: dollars(9_000),
        day: dollars(15_000 + chance.below(10_000)),
        month: dollars(20_000 + chance.below(20_000)),
        lifetime: dollars(60_000),
        every_window: chance.one_in(2),
        ..v1::SetLimits::default()
    }
}

/// A payment from the balance comes from the line of credit instead, in terms where `plans` is
/// given, which notes the plan.
pub(super) fn buy_on_credit(
    command: &mut Command,
    plans: Option<&mut Vec<(Option<v1::Id>, Option<v1::Id>)>>,
) {
    let Some(command::Body::PayPayment(pay)) = &mut command.body else { return };
    let balance = pay.legs.iter_mut().find_map(|leg| match leg.source {
        Some(leg::Source::Balance(balance)) => Some((&mut leg.source, balance.amt)),
        _ => None,
    });
    let Some((source, amt)) = balance else { return };
    *source = Some(match plans {
        None => leg::Source::Credit(v1::CreditLeg { amt }),
        Some(plans) => {
            let plan = pay.payment;
            plans.push((pay.user, plan));
            // Every other one at the cost of its seller.
            let bearer = match plans.len() % 2 {
                0 => v1::FeeBearer::Seller,
                _ => v1::FeeBearer::Unspecified,
            };
            leg::Source::Instalment(v1::InstalmentLeg {
                plan,
                amt,
                n: 3,
                fee_ppm: 23_000,
                bearer: bearer.into(),
                ..v1::InstalmentLeg::default()
            })
        }
    });
}
