//! Instalment plans as their facts tell them: the terms of each, billed from the front one by each
//! statement, cut from the back by refunds. It knows neither rows nor accounts.

use super::loan_terms::shares;
use super::stranger;
use groat_ledger::instalments::Split;
use groat_ledger::{Bearer, Fact, Id};
use std::collections::{BTreeMap, VecDeque};

/// A plan: principal and fee of the terms that are not billed, in minor units, whoever pays it.
#[derive(Debug)]
struct Plan {
    user: Id,
    /// Of a purchase, and not of a statement.
    of_purchase: bool,
    ahead: VecDeque<(i128, i128)>,
    bearer: Bearer,
    terms_billed: u32,
    /// Since the last statement of its user.
    billed_now: bool,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Plans {
    plans: BTreeMap<Id, Plan>,
    /// Those of each user.
    of_user: BTreeMap<Id, Vec<Id>>,
    /// Of each, what its seller paid of the fee, less what was earned and what came back.
    of_sellers: BTreeMap<Id, i128>,
}

impl Plans {
    /// What is ahead of all plans of a user.
    pub(crate) fn ahead_of(&self, user: Id) -> i128 {
        let plans = self.of_user.get(&user).into_iter().flatten();
        plans.filter_map(|plan| self.plans.get(plan)).map(Plan::left).sum()
    }

    /// What of that is of purchases, and not of statements.
    pub(crate) fn of_purchases_of(&self, user: Id) -> i128 {
        let plans = self.of_user.get(&user).into_iter().flatten();
        let plans = plans.filter_map(|plan| self.plans.get(plan));
        plans.filter(|plan| plan.of_purchase).map(Plan::left).sum()
    }

    pub(crate) fn owner(&self, plan: Id) -> Option<Id> {
        self.plans.get(&plan).map(|plan| plan.user)
    }

    /// Those whose sellers ever paid a fee.
    pub(crate) fn of_sellers(&self) -> impl Iterator<Item = Id> + '_ {
        self.of_sellers.keys().copied()
    }

    /// What is left of what a plan's seller paid, and the fees of its terms ahead.
    pub(crate) fn unearned(&self, plan: Id) -> (i128, i128) {
        let row = self.plans.get(&plan).filter(|row| row.bearer == Bearer::Seller);
        let ahead = row.map_or(0, |row| row.ahead.iter().map(|term| term.1).sum());
        (self.of_sellers.get(&plan).copied().unwrap_or(0), ahead)
    }

    /// Takes in what a seller pays or has back, or what is earned of it.
    pub(crate) fn seller(&mut self, fact: &Fact) -> Result<Id, String> {
        let (plan, amount) = match fact {
            Fact::SellerFeeCharged { plan, amount, .. } => {
                if self.of_sellers.contains_key(plan) || self.plans.contains_key(plan) {
                    return Err(format!("the fee of plan {plan} is charged twice"));
                }
                (*plan, i128::from(*amount))
            }
            Fact::SellerFeeEarned { plan, amount }
            | Fact::SellerFeeReturned { plan, amount, .. } => (*plan, -i128::from(*amount)),
            other => return Err(stranger(other, "a seller's fee")),
        };
        *self.of_sellers.entry(plan).or_default() += amount;
        Ok(plan)
    }

    /// Takes in a fact; says what does not follow from those before.
    pub(crate) fn note(&mut self, fact: &Fact) -> Result<(), String> {
        match fact {
            Fact::PlanCreated {
                plan,
                user,
                payment,
                amount,
                fee_ppm,
                fee,
                terms,
                bearer,
                split,
            } => {
                let (amount, said) = (i128::from(*amount), i128::from(*fee));
                let found = half_even(amount * i128::from(*fee_ppm));
                let is_usual = [3, 6, 12].contains(terms);
                let by_fen = match *split {
                    Split::FloorRestFirst => *split,
                    Split::NearestRestLast { tie, .. } => Split::NearestRestLast { unit: 1, tie },
                };
                let cut = |sum, how| shares(sum, if is_usual { *terms } else { 1 }, how);
                let ahead: VecDeque<_> =
                    cut(amount, *split).into_iter().zip(cut(said, by_fen)).collect();
                let empty = ahead.iter().any(|term| term.0 == 0);
                let (user, bearer, terms_billed, billed_now) = (*user, *bearer, 0, false);
                let of_purchase = !payment.is_none();
                let made = Plan { user, of_purchase, ahead, bearer, terms_billed, billed_now };
                let twice = self.plans.insert(*plan, made).is_some();
                if twice {
                    return Err(format!("plan {plan} is made twice"));
                }
                self.of_user.entry(user).or_default().push(*plan);
                if !is_usual || said != found {
                    let what = format!("{terms} terms and a fee of {said}, not {found}");
                    return Err(format!("plan {plan} has {what}"));
                }
                if empty { Err(format!("a term of plan {plan} is empty")) } else { Ok(()) }
            }
            Fact::TermBilled { plan, term_no, principal, fee } => {
                let row = self.plan(*plan)?;
                let said = (i128::from(*principal), i128::from(*fee));
                let mut found = row.ahead.pop_front();
                if let Some(term) = found.as_mut().filter(|_| row.bearer == Bearer::Seller) {
                    term.1 = 0;
                }
                let twice = std::mem::replace(&mut row.billed_now, true);
                row.terms_billed += 1;
                if Some(said) == found && *term_no == row.terms_billed && !twice {
                    return Ok(());
                }
                let found = found.unwrap_or_default();
                Err(format!("term {term_no} of plan {plan} is billed {said:?}, not {found:?}"))
            }
            Fact::PlanPrepaid { plan, amount } => {
                let row = self.plan(*plan)?;
                let left = row.left();
                row.ahead.clear();
                if left == i128::from(*amount) && left > 0 {
                    return Ok(());
                }
                Err(format!("plan {plan} is paid ahead with {amount}; {left} is ahead"))
            }
            Fact::PlanWrittenOff { plan, amount } => {
                let row = self.plan(*plan)?;
                let left = row.left();
                row.ahead.clear();
                if left == i128::from(*amount) && left > 0 {
                    return Ok(());
                }
                Err(format!("{amount} of plan {plan} is written off; {left} is ahead"))
            }
            Fact::PlanReduced { plan, amount } | Fact::PlanRepaid { plan, amount } => {
                let mut cut = i128::from(*amount);
                let row = self.plan(*plan)?;
                while let Some((principal, fee)) = row.ahead.pop_back() {
                    if cut < principal {
                        row.ahead.push_back((principal - cut, fee));
                        cut = 0;
                        break;
                    }
                    cut -= principal;
                }
                if cut == 0 && *amount > 0 {
                    return Ok(());
                }
                Err(format!("{amount} is cut off plan {plan}, which is {cut} too much"))
            }
            other => Err(stranger(other, "a plan")),
        }
    }

    /// A statement of a user is cut: says if a plan of theirs was not billed by it.
    pub(crate) fn statement(&mut self, user: Id) -> Result<(), String> {
        let mut left_out = None;
        for id in self.of_user.get(&user).into_iter().flatten() {
            let Some(plan) = self.plans.get_mut(id) else { continue };
            let billed = std::mem::replace(&mut plan.billed_now, false);
            if !billed && !plan.ahead.is_empty() {
                left_out = Some(*id);
            }
        }
        left_out.map_or(Ok(()), |id| Err(format!("plan {id} is not billed by the statement")))
    }

    fn plan(&mut self, plan: Id) -> Result<&mut Plan, String> {
        self.plans.get_mut(&plan).ok_or_else(|| format!("there is no plan {plan}"))
    }
}

impl Plan {
    fn left(&self) -> i128 {
        self.ahead.iter().map(|term| term.0).sum()
    }
}

/// Millionths to the nearest whole number, a half to the even one.
fn half_even(millionths: i128) -> i128 {
    let (whole, rest) = (millionths / 1_000_000, millionths % 1_000_000);
    match rest.cmp(&500_000) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole % 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_ledger::instalments::Tie;

    /// A plan of 3.45 in 3 terms at 2.3 %: 1.15 each, with 0.04, 0.02 and 0.02.
    fn made() -> Plans {
        made_of(345, 8, 3, Split::FloorRestFirst).unwrap()
    }

    /// A plan at 2.3 %.
    fn made_of(amount: u64, fee: u64, terms: u32, split: Split) -> Result<Plans, String> {
        let mut plans = Plans::default();
        let (plan, user, payment) = (Id(1), Id(2), Id(3));
        let (fee_ppm, bearer) = (23_000, Bearer::User);
        let fact =
            Fact::PlanCreated { plan, user, payment, amount, fee_ppm, fee, terms, bearer, split };
        plans.note(&fact)?;
        assert!(plans.note(&fact).is_err(), "made twice");
        Ok(plans)
    }

    fn billed(term_no: u32, principal: u64, fee: u64) -> Fact {
        Fact::TermBilled { plan: Id(1), term_no, principal, fee }
    }

    #[test]
    fn one_term_is_billed_by_each_statement() {
        let mut plans = made();
        assert_eq!(plans.note(&billed(1, 115, 4)), Ok(()));
        assert_eq!(plans.statement(Id(2)), Ok(()));
        assert!(plans.statement(Id(2)).is_err(), "a statement without a term");
        assert_eq!(plans.note(&billed(2, 115, 2)), Ok(()));
        assert!(plans.note(&billed(3, 115, 2)).is_err(), "two by one statement");
        assert_eq!((plans.ahead_of(Id(2)), plans.statement(Id(2))), (0, Ok(())));
        assert!(made().note(&billed(1, 115, 2)).is_err(), "another fee");
        assert!(made().note(&billed(2, 115, 4)).is_err(), "out of turn");
    }

    /// 99.99 in 6: 16.665 each.
    #[test]
    fn terms_are_rounded_as_agreed() {
        let nearest = |unit, tie| Split::NearestRestLast { unit, tie };
        for (split, principal, fee) in [
            (Split::FloorRestFirst, 1_669, 40),
            (nearest(1, Tie::Even), 1_666, 38),
            (nearest(1, Tie::Up), 1_667, 38),
            (nearest(100, Tie::Even), 1_700, 38),
        ] {
            let mut plans = made_of(9_999, 230, 6, split).unwrap();
            assert_eq!(plans.note(&billed(1, principal, fee)), Ok(()), "{split:?}");
        }
        assert!(made_of(200, 5, 3, nearest(100, Tie::Up)).is_err(), "an empty term");
    }

    #[test]
    fn refunds_cut_from_the_back() {
        let mut plans = made();
        let cut = |amount| Fact::PlanReduced { plan: Id(1), amount };
        assert_eq!(plans.note(&cut(130)), Ok(()));
        assert_eq!(plans.note(&billed(1, 115, 4)), Ok(()));
        assert_eq!(plans.statement(Id(2)), Ok(()));
        assert_eq!(plans.note(&billed(2, 100, 2)), Ok(()));
        assert!(made().note(&cut(346)).is_err(), "more than there is");
        let prepaid = |amount| Fact::PlanPrepaid { plan: Id(1), amount };
        assert_eq!(made().note(&prepaid(345)), Ok(()));
        assert!(made().note(&prepaid(344)).is_err(), "not all of it");
    }
}
