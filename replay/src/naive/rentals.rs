//! Rentals as their facts tell them: where each stands (DOMAIN §5), what was charged, reduced and
//! paid, and which thing is out with which. It knows neither rows nor accounts.

use super::stranger;
use crate::names::fact_name;
use groat_ledger::limits::PAYMENT_MAJOR_MAX;
use groat_ledger::{ChargeKind, Fact, Id, RentalState, RentalTerms};
use std::collections::BTreeMap;

/// One charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) kind: ChargeKind,
    pub(crate) amount: i128,
    pub(crate) reduced: i128,
    pub(crate) paid: i128,
}

impl Charge {
    pub(crate) fn outstanding(&self) -> i128 {
        self.amount - self.reduced - self.paid
    }
}

/// One rental.
#[derive(Debug)]
pub(crate) struct Rental {
    pub(crate) merchant: Id,
    pub(crate) user: Id,
    pub(crate) terms: RentalTerms,
    pub(crate) state: RentalState,
    pub(crate) waived: i128,
    /// The deposit was held.
    pub(crate) is_secured: bool,
    /// The thing is with the user.
    pub(crate) is_out: bool,
    /// The user keeps the thing, bought or lost: it never comes in.
    pub(crate) is_gone: bool,
    /// It came back.
    pub(crate) is_returned: bool,
    pub(crate) charges: Vec<Charge>,
    /// Paid by the platform and not yet paid back to it.
    pub(crate) advanced: i128,
    /// What the user paid back to it and has not back, and the part of that on credit.
    pub(crate) repaid: [i128; 2],
    /// Paid back to it by the charge before, and said no more of.
    paid_back: i128,
    terms_due: u32,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Rentals {
    rentals: BTreeMap<Id, Rental>,
    /// The rental that has a merchant's thing.
    out: BTreeMap<(Id, Id), Id>,
    /// Rent and advances have a ceiling.
    bounded: bool,
}

impl Rentals {
    pub(crate) fn get(&self, rental: Id) -> Option<&Rental> {
        self.rentals.get(&rental)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        self.rentals.keys().copied()
    }

    /// The rental that has a merchant's thing.
    pub(crate) fn out_with(&self, merchant: Id, item: Id) -> Option<Id> {
        self.out.get(&(merchant, item)).copied()
    }

    /// By which rules the events that follow were decided: rent and advances have a ceiling since
    /// the third.
    pub(crate) fn decided_by(&mut self, ruleset: u32) {
        self.bounded = ruleset >= 3;
    }

    /// Moves a rental on; says if the state it finds does not have that step.
    pub(crate) fn step(&mut self, id: Id, fact: &Fact, due: bool) -> Result<(), String> {
        if let Fact::RentalCreated { merchant, user, terms, .. } = fact {
            let rental = Rental {
                merchant: *merchant,
                user: *user,
                terms: (**terms).clone(),
                state: RentalState::Created,
                waived: 0,
                is_secured: false,
                is_out: false,
                is_gone: false,
                is_returned: false,
                charges: Vec::new(),
                advanced: 0,
                repaid: [0; 2],
                paid_back: 0,
                terms_due: 0,
            };
            let before = self.rentals.insert(id, rental);
            return before.map_or(Ok(()), |_| Err(format!("{id} is created twice")));
        }
        let rental = self.rentals.get_mut(&id).ok_or_else(|| format!("there is no rental {id}"))?;
        let (name, state) = (fact_name(fact), rental.state);
        let next = rental.next(fact, due);
        rental.state = next.ok_or_else(|| format!("{name} of {id}, which is {state:?}"))?;
        Ok(())
    }

    /// Notes that a thing goes out or comes in; says if another rental has it.
    pub(crate) fn hand_over(&mut self, id: Id, fact: &Fact) -> Result<(), String> {
        let Some(rental) = self.rentals.get(&id) else { return Ok(()) };
        let (key, item) = ((rental.merchant, rental.terms.item), rental.terms.item);
        if item.is_none() {
            return Ok(());
        }
        let with = self.out.get(&key).copied();
        if !rental.is_out && !rental.is_gone {
            if with == Some(id) {
                self.out.remove(&key);
            }
            return Ok(());
        }
        self.out.insert(key, id);
        match with.filter(|other| *other != id) {
            Some(other) => Err(format!("{} of {id}: {item} is out with {other}", fact_name(fact))),
            None => Ok(()),
        }
    }

    /// Takes in what a fact says, charges, reduces and pays; says what does not sum up.
    pub(crate) fn take(&mut self, id: Id, fact: &Fact) -> Result<(), String> {
        let Some(rental) = self.rentals.get_mut(&id) else { return Ok(()) };
        rental
            .take(fact, self.bounded)
            .map_err(|what| format!("{} of {id}: {what}", fact_name(fact)))
    }
}

impl Rental {
    pub(crate) fn sum(&self, of: impl Fn(&Charge) -> i128) -> i128 {
        self.charges.iter().map(of).sum()
    }

    pub(crate) fn outstanding(&self) -> i128 {
        self.sum(Charge::outstanding)
    }

    /// Claims of damage less what was taken off them.
    pub(crate) fn damage(&self) -> i128 {
        self.sum(|c| if c.kind == ChargeKind::Damage { c.amount - c.reduced } else { 0 })
    }

    /// Ended for good: there is nothing left to hold or to owe.
    pub(crate) fn has_ended(&self) -> bool {
        match self.state {
            RentalState::Completed
            | RentalState::BoughtOut
            | RentalState::Cancelled
            | RentalState::Expired => true,
            RentalState::Created
            | RentalState::Assessed
            | RentalState::Declined
            | RentalState::Secured
            | RentalState::InUse
            | RentalState::Returned
            | RentalState::PaymentPending
            | RentalState::Overdue
            | RentalState::Lost => false,
        }
    }

    /// Where a fact leads from here; none where it may not happen.
    fn next(&self, fact: &Fact, due: bool) -> Option<RentalState> {
        use RentalState::{
            Assessed, BoughtOut, Cancelled, Completed, Created, Declined, Expired, InUse, Lost,
            Overdue, PaymentPending, Returned, Secured,
        };
        let (here, out) = (self.state, self.is_out);
        Some(match (fact, here) {
            (Fact::RentalAssessed { declined: true, .. }, Created) => Declined,
            (Fact::RentalAssessed { .. }, Created) => Assessed,
            (Fact::DepositSecured { .. }, Assessed) => Secured,
            (Fact::DepositSecured { .. }, Declined) if self.terms.deposit_fallback => Secured,
            (Fact::RentalStarted { .. }, Secured) => InUse,
            (Fact::RentalExtended { new_expiry, .. }, Secured | InUse)
                if *new_expiry >= self.terms.expiry_at =>
            {
                here
            }
            (Fact::RentalReturned { .. }, InUse | Overdue) if out => Returned,
            (Fact::RentTermDue { .. }, InUse | Overdue) if out && due => here,
            (Fact::DamageClaimed { .. }, Returned | PaymentPending | Overdue)
                if self.is_returned =>
            {
                here
            }
            (
                Fact::ChargeReduced { given_back: 0, .. },
                InUse | Returned | PaymentPending | Overdue | Lost,
            ) => here,
            (Fact::ChargeReduced { amount, given_back, .. }, Completed) if amount == given_back => {
                here
            }
            (
                Fact::RentalCharged { .. } | Fact::AdvanceRepaid { .. },
                InUse | Overdue | Returned | Lost | PaymentPending,
            ) => here,
            // The platform is waiting for it as long as something is owed, the user after that.
            (
                Fact::AdvanceReturned { to_credit: 0, to_balance: 0, .. },
                Overdue | PaymentPending,
            ) => here,
            (Fact::AdvanceReturned { to_platform: 0, .. }, Completed) => here,
            (
                Fact::RentalCollected { .. } | Fact::CollectionFailed { .. },
                InUse | Overdue | PaymentPending,
            ) => here,
            (Fact::RentalSettled { .. }, Returned | Lost | PaymentPending) => Completed,
            (Fact::RentalSettled { .. }, Overdue) if !out => Completed,
            (Fact::RentalPaymentPending { .. }, Returned | Lost) => PaymentPending,
            (Fact::RentalOverdue { .. }, InUse | PaymentPending) if due => Overdue,
            (Fact::RentalBoughtOut { .. }, InUse) => BoughtOut,
            (Fact::RentalLost { .. }, Overdue) if out => Lost,
            (Fact::RentalCancelled { expired, .. }, Created | Assessed | Declined | Secured) => {
                match (expired, due) {
                    (true, true) => Expired,
                    (false, false) => Cancelled,
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    fn take(&mut self, fact: &Fact, bounded: bool) -> Result<(), String> {
        match fact {
            Fact::RentalAssessed { waived, .. } => self.waived = i128::from(*waived),
            Fact::DepositSecured { .. } => self.is_secured = true,
            Fact::RentalStarted { .. } => self.is_out = true,
            Fact::RentalExtended { new_expiry, .. } => self.terms.expiry_at = *new_expiry,
            Fact::RentalReturned { rent, late_rent, .. } => {
                (self.is_out, self.is_returned) = (false, true);
                self.charge(ChargeKind::Rent, *rent);
                self.charge(ChargeKind::LateRent, *late_rent);
                let terms = self.terms.plan.iter().map(|term| i128::from(term.amount));
                let sum = i128::from(*rent) + i128::from(*late_rent) + terms.sum::<i128>();
                let most = self.terms.deposit.currency.major(PAYMENT_MAJOR_MAX);
                let fits = !bounded || sum <= i128::from(most);
                ensure(fits, || format!("{sum} of rent is more than one payment may be"))?;
            }
            Fact::RentTermDue { term_no, amount, .. } => {
                let agreed = self.terms.plan.get(self.terms_due as usize).map(|t| t.amount);
                self.terms_due += 1;
                self.charge(ChargeKind::Rent, *amount);
                let is_next = *term_no == self.terms_due && agreed == Some(*amount);
                ensure(is_next, || format!("term {} is due, of {agreed:?}", self.terms_due))?;
            }
            Fact::DamageClaimed { amount, .. } => self.charge(ChargeKind::Damage, *amount),
            Fact::RentalLost { amount, .. } => {
                let lost = i128::from(self.terms.deposit.amount) - self.damage();
                (self.is_out, self.is_gone) = (false, true);
                self.charge(ChargeKind::Lost, *amount);
                ensure(lost == i128::from(*amount), || format!("{lost} of the deposit is left"))?;
            }
            Fact::ChargeReduced { item, amount, given_back, .. } => {
                let charge = self.charges.get_mut(*item as usize);
                let charge = charge.ok_or_else(|| format!("there is no charge {item}"))?;
                charge.reduced += i128::from(*amount);
                charge.paid -= i128::from(*given_back);
                let (paid, left) = (charge.paid, charge.outstanding());
                ensure(paid >= 0 && left >= 0, || "more is taken off than was charged".into())?;
            }
            Fact::RentalCharged { amount, fund, repaid, .. } => {
                let (amount, repaid) = (i128::from(*amount), i128::from(*repaid));
                let first = repaid == amount.min(self.advanced);
                ensure(first, || format!("{repaid} of {amount} pays back {}", self.advanced))?;
                ensure(i128::from(*fund) <= amount, || "its parts exceed it".into())?;
                self.advanced -= repaid;
                self.paid_back = repaid;
                self.pay(amount)?;
            }
            Fact::AdvanceRepaid { amount, on_credit, .. } => {
                let (amount, on_credit) = (i128::from(*amount), i128::from(*on_credit));
                let back = std::mem::take(&mut self.paid_back);
                self.repaid = [self.repaid[0] + amount, self.repaid[1] + on_credit];
                let fits = amount == back && (0..=amount).contains(&on_credit);
                ensure(fits, || format!("{amount} paid back, {on_credit} on credit, of {back}"))?;
            }
            Fact::AdvanceReturned {
                to_platform,
                to_credit,
                surplus,
                to_balance,
                from_own_batch,
                from_available,
                from_open_batch,
                ..
            } => {
                let sum = |parts: &[u64]| parts.iter().map(|part| i128::from(*part)).sum::<i128>();
                let [repaid, on_credit] = self.repaid;
                let to_user = sum(&[*to_credit, *to_balance]);
                let first = on_credit.min(to_user);
                self.advanced -= sum(&[*to_platform]);
                self.repaid = [repaid - to_user, on_credit - sum(&[*to_credit])];
                let given = sum(&[*from_own_batch, *from_available, *from_open_batch]);
                let fits = given == sum(&[*to_platform, *to_credit, *to_balance]) && given > 0;
                ensure(fits && surplus <= to_credit, || "its parts do not sum up".into())?;
                let fits = self.advanced >= 0 && to_user <= repaid && sum(&[*to_credit]) == first;
                let paid = format!("{to_user} comes back of {repaid}, {first} of it to credit");
                ensure(fits, || paid)?;
            }
            Fact::RentalPaymentPending { outstanding, advanced, .. } => {
                self.advanced += i128::from(*advanced);
                let agreed = self.terms.risk_amount.unwrap_or(self.terms.deposit.amount);
                let most = match (self.terms.guaranteed, bounded) {
                    (true, true) => agreed,
                    (true, false) => *outstanding,
                    (false, _) => 0,
                };
                let fits = *advanced == most.min(*outstanding);
                ensure(fits, || format!("{advanced} is advanced of {outstanding}"))?;
                self.owes(*outstanding)?;
            }
            Fact::CollectionFailed { outstanding, .. } => self.owes(*outstanding)?,
            Fact::RentalSettled { .. } => self.owes(0)?,
            // Terms that are not paid are part of the price.
            Fact::RentalBoughtOut { .. } => {
                (self.is_out, self.is_gone) = (false, true);
                for charge in &mut self.charges {
                    charge.reduced += charge.outstanding();
                }
            }
            Fact::RentalCreated { .. }
            | Fact::RentalCollected { .. }
            | Fact::RentalOverdue { .. }
            | Fact::RentalCancelled { .. } => {}
            other => return Err(stranger(other, "a rental")),
        }
        Ok(())
    }

    fn charge(&mut self, kind: ChargeKind, amount: u64) {
        if amount > 0 {
            self.charges.push(Charge { kind, amount: amount.into(), reduced: 0, paid: 0 });
        }
    }

    /// Pays charges in their order.
    fn pay(&mut self, amount: i128) -> Result<(), String> {
        let mut rest = amount;
        for charge in &mut self.charges {
            let part = rest.min(charge.outstanding());
            charge.paid += part;
            rest -= part;
        }
        ensure(rest == 0, || format!("{rest} of {amount} pays for nothing"))
    }

    fn owes(&self, outstanding: u64) -> Result<(), String> {
        let owed = self.outstanding();
        ensure(owed == i128::from(outstanding), || {
            format!("it says {outstanding} is owed; charges, reductions and payments say {owed}")
        })
    }
}

fn ensure(condition: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(what()) }
}
