//! Commands on instalment plans, and their leg.

use super::money::pay;
use super::{Kind, Scene, named};
use groat_ledger::instalments::{Split, Tie};
use groat_ledger::{
    Bearer, Body, Class, ConvertToInstalments, CreditLine, CreditLineState, Id, LegSource, Payment,
    PaymentState, Plan, PlanState, PlanTerms, PrepayPlan,
};

impl Scene<'_> {
    pub(super) fn plan(&mut self, kind: Kind) -> Option<Body> {
        let t = self.ledger.tables();
        Some(match kind {
            Kind::ConvertToInstalments => {
                let fits = |p: &Payment| p.credit > p.refunded_to_credit && p.user.is_some();
                let (payment, found) = self.a_payment(fits);
                let payer = found.and_then(|p| p.user).map(|no| t.users.row(no).user);
                let user = payer.filter(|_| !self.dice.one_in(12));
                let user = user.unwrap_or_else(|| self.user());
                let line = t.users.find(&user).and_then(|no| t.credit_lines.get(&no));
                let fresh = line.and_then(|line| line.billing.as_ref());
                let fresh = fresh.map_or(0, |b| b.billed - b.revolving);
                let left = found.map_or(9, |p| p.credit - p.refunded_to_credit);
                let of_statement = fresh > 0 && self.dice.one_in(2);
                let unbilled = self.balance(Class::CreditUnbilled, user);
                let (payment, amount) = if of_statement {
                    (Id::NONE, self.amount(&[fresh, fresh / 2 + 2]))
                } else {
                    (payment, self.amount(&[left.min(unbilled), left / 2 + 2]))
                };
                let terms = self.plan_terms();
                Body::ConvertToInstalments(ConvertToInstalments { user, payment, amount, terms })
            }
            Kind::PrepayPlan => {
                let active = |p: &Plan| p.state == PlanState::Active;
                let found = self.dice.recent(t.plans.rows(), active);
                let plan = found.map_or(named('x', 9), |p| p.plan);
                let owner = found.map(|p| t.users.row(p.user).user);
                let owner = owner.filter(|_| !self.dice.one_in(12));
                let user = owner.unwrap_or_else(|| self.user());
                Body::PrepayPlan(PrepayPlan { user, plan })
            }
            _ => return None,
        })
    }

    fn plan_terms(&mut self) -> PlanTerms {
        let plans = self.ledger.tables().plans.rows().len();
        PlanTerms {
            plan: self.fresh('l', plans),
            terms: self.dice.pick(&[3, 3, 3, 6, 6, 12, 4]),
            fee_ppm: self.dice.pick(&[23_000, 0, 45_000, 75_000, 500_000, 1_000_000, 1_000_001]),
            split: self.split(),
        }
    }

    /// How a sum is cut into terms.
    pub(super) fn split(&mut self) -> Split {
        let nearest = |unit, tie| Split::NearestRestLast { unit, tie };
        self.dice.pick(&[
            Split::FloorRestFirst,
            Split::FloorRestFirst,
            nearest(1, Tie::Even),
            nearest(1, Tie::Up),
            nearest(100, Tie::Even),
            nearest(100, Tie::Up),
        ])
    }

    /// Pays an order in terms, as far as a line that is billed covers it.
    pub(super) fn pay_in_terms(&mut self) -> Option<Body> {
        let billed =
            |line: &CreditLine| line.state == CreditLineState::Active && line.billing.is_some();
        let user = self.a_line(billed);
        let left = self.credit_left(user);
        let open = |p: &Payment| p.state == PaymentState::Created && p.exchange().is_none();
        let (payment, found) = self.a_payment(open);
        let amount = found?.amount.amount;
        let terms = PlanTerms {
            fee_ppm: self.dice.pick(&[23_000, 75_000, 1_000_000]),
            ..self.plan_terms()
        };
        let bearer = self.dice.pick(&[Bearer::Seller, Bearer::Seller, Bearer::User]);
        let in_terms = amount.min(left);
        let source = LegSource::Instalment(terms, bearer);
        Some(pay(payment, user, &[(source, in_terms), (LegSource::Balance, amount - in_terms)]))
    }

    /// A purchase on credit, in instalments now and then.
    pub(super) fn on_credit(&mut self) -> LegSource {
        let plain = !self.dice.one_in(2);
        let bearer = if self.dice.one_in(2) { Bearer::Seller } else { Bearer::User };
        if plain { LegSource::Credit } else { LegSource::Instalment(self.plan_terms(), bearer) }
    }
}
