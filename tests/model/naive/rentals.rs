//! The life of a rental in the naive model, up to its charges; how they are paid is in `charges`.

use super::orders::{LARGEST, payable};
use super::{DAY_MS, Naive, Outcome, cny, half_up, must, user};
use groat_ledger::{
    Admission, AssessRental, ClaimDamage, Class, CreateRental, Currency, DayRule, ExtendRental, Id,
    Owner, Reference, Rejection, RentUnit, RentalTerms, ReturnRental, StartRental,
};

const HOUR_MS: u64 = 3_600_000;
const LATEST_MS: u64 = 253_402_300_799_999;
const CHARGES: usize = 184;
const TERMS: usize = 120;

pub(super) struct Rental {
    pub(super) id: Id,
    number: Reference,
    pub(super) merchant: Id,
    pub(super) user: Id,
    /// `borrow_at` and `expiry_at` move.
    pub(super) terms: RentalTerms,
    created_at: u64,
    pub(super) stage: Stage,
    waived: i128,
    returned_at: Option<u64>,
    pub(super) unpaid_since: Option<u64>,
    /// Since when a thing not back, or charges not paid, are overdue.
    pub(super) overdue_at: Option<u64>,
    pub(super) terms_due: usize,
    pub(super) charges: Vec<Charge>,
    pub(super) payments: Vec<Id>,
    /// Paid back to the platform and not back, of that on credit, and when it was paid last.
    pub(super) repaid: i128,
    pub(super) repaid_on_credit: i128,
    pub(super) repaid_at: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Created,
    Assessed,
    Declined,
    Secured,
    Out,
    Back,
    Lost,
    Unpaid,
    Completed,
    BoughtOut,
    /// Before it started.
    Ended,
}

#[derive(Clone, Copy)]
pub(super) struct Charge {
    damage: bool,
    pub(super) amount: i128,
    pub(super) reduced: i128,
    pub(super) paid: i128,
}

impl Charge {
    pub(super) fn owed(&self) -> i128 {
        self.amount - self.reduced - self.paid
    }
}

impl Rental {
    fn before_start(&self) -> bool {
        use Stage::{Assessed, Created, Declined, Secured};
        matches!(self.stage, Created | Assessed | Declined | Secured)
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Completed | Stage::BoughtOut | Stage::Ended)
    }

    /// Thirty days to begin it; what is secured waits until it was to be back.
    pub(super) fn unstarted_until(&self) -> Option<u64> {
        let agreed = if self.stage == Stage::Secured { self.terms.expiry_at } else { 0 };
        self.before_start().then(|| agreed.max(self.created_at + 30 * DAY_MS))
    }

    /// With the user, for now or for good.
    fn is_gone(&self) -> bool {
        !self.before_start() && self.stage != Stage::Ended && self.returned_at.is_none()
    }

    pub(super) fn next_term_at(&self) -> Option<u64> {
        let term = self.terms.plan.get(self.terms_due)?;
        (self.stage == Stage::Out).then_some(term.due_at)
    }

    /// Out: past the agreed time and its grace. Unpaid: past the agreed time, and for a day.
    pub(super) fn overdue_from(&self) -> Option<u64> {
        let until = match (self.stage, self.unpaid_since) {
            _ if self.overdue_at.is_some() => return None,
            (Stage::Out, _) => self.terms.expiry_at + u64::from(self.terms.grace_s) * 1_000,
            (Stage::Unpaid, Some(since)) => self.terms.expiry_at.max(since + DAY_MS),
            _ => return None,
        };
        Some(until + 1)
    }

    pub(super) fn deposit(&self) -> i128 {
        self.terms.deposit.amount.into()
    }

    /// What of the deposit was not waived.
    pub(super) fn cash(&self) -> i128 {
        self.deposit() - self.waived
    }

    pub(super) fn total(&self) -> i128 {
        self.charges.iter().map(|c| c.amount - c.reduced).sum()
    }

    pub(super) fn owed(&self) -> i128 {
        self.charges.iter().map(Charge::owed).sum()
    }

    fn damage(&self) -> i128 {
        self.charges.iter().filter(|c| c.damage).map(|c| c.amount - c.reduced).sum()
    }

    /// Whether the charges and so much more are within what was agreed as risk.
    pub(super) fn within_risk(&self, more: i128) -> Outcome {
        let within = self.terms.risk_amount.is_none_or(|most| self.total() + more <= most.into());
        must(within, Rejection::TotalExceedsRiskAmount)
    }
}

/// Whole units, and one more where the grace is over, counted one by one.
fn units(mut stretch_ms: u64, unit_ms: u64, grace_s: u32) -> i128 {
    let mut units = 0;
    while stretch_ms >= unit_ms || stretch_ms > u64::from(grace_s) * 1_000 {
        units += 1;
        stretch_ms = stretch_ms.saturating_sub(unit_ms);
    }
    units
}

impl Naive {
    pub(super) fn rental(&self, id: Id) -> Result<usize, Rejection> {
        self.rentals.iter().position(|r| r.id == id).ok_or(Rejection::UnknownAccount)
    }

    pub(super) fn create_rental(&mut self, c: &CreateRental, now: u64) -> Outcome {
        let hold = self.holds.iter().any(|h| h.id == c.rental);
        must(!hold && self.rental(c.rental).is_err(), Rejection::Duplicate)?;
        let payer = self.account_of(Owner::User(c.user))?;
        let seller = self.account_of(Owner::Merchant(c.merchant))?;
        payable(c.terms.deposit)?;
        must(fits(&c.terms, now) && self.is_priced(&c.terms), Rejection::BadSchedule)?;
        let used = |r: &Rental| r.merchant == c.merchant && r.number == c.out_order_no;
        must(!self.rentals.iter().any(used), Rejection::DuplicateOutOrderNo)?;
        self.may_debit(payer)?;
        self.may_credit(seller)?;
        self.rentals.push(Rental {
            id: c.rental,
            number: c.out_order_no.clone(),
            merchant: c.merchant,
            user: c.user,
            terms: (*c.terms).clone(),
            created_at: now,
            stage: Stage::Created,
            waived: 0,
            returned_at: None,
            unpaid_since: None,
            overdue_at: None,
            terms_due: 0,
            charges: Vec::new(),
            payments: Vec::new(),
            repaid: 0,
            repaid_on_credit: 0,
            repaid_at: 0,
        });
        Ok(())
    }

    pub(super) fn assess(&mut self, c: &AssessRental) -> Outcome {
        let no = self.rental(c.rental)?;
        let rental = &mut self.rentals[no];
        must(rental.stage == Stage::Created, Rejection::InvalidState)?;
        let (stage, waived) = match c.decision {
            Admission::Full => (Stage::Assessed, rental.deposit()),
            Admission::Partial(waived) => {
                must(waived.currency == Currency::CNY, Rejection::CurrencyMismatch)?;
                (Stage::Assessed, waived.amount.into())
            }
            Admission::Declined => (Stage::Declined, 0),
        };
        must(waived <= rental.deposit(), Rejection::WaiverExceedsDeposit)?;
        (rental.stage, rental.waived) = (stage, waived);
        Ok(())
    }

    pub(super) fn secure(&mut self, id: Id, now: u64) -> Outcome {
        let no = self.rental(id)?;
        let rental = &self.rentals[no];
        let declined = rental.stage == Stage::Declined;
        must(declined || rental.stage == Stage::Assessed, Rejection::InvalidState)?;
        must(!declined || rental.terms.deposit_fallback, Rejection::NotAdmitted)?;
        let (payer, seller, waived) = (rental.user, rental.merchant, rental.waived);
        let cash = rental.deposit() - waived;
        self.may_debit(user(payer))?;
        self.covers(user(payer), cash)?;
        self.may_spend(payer, cash, now)?;
        self.hold(id, None, payer, seller, (cash, waived), 0);
        self.rentals[no].stage = Stage::Secured;
        Ok(())
    }

    pub(super) fn start(&mut self, c: &StartRental, now: u64) -> Outcome {
        let no = self.rental(c.rental)?;
        let rental = &self.rentals[no];
        must(rental.stage == Stage::Secured, Rejection::InvalidState)?;
        let agreed = rental.terms.borrow_at.min(rental.created_at);
        let in_time = agreed <= c.at && c.at < rental.terms.expiry_at && c.at <= now + DAY_MS;
        must(in_time, Rejection::BadSchedule)?;
        let (item, seller) = (rental.terms.item, rental.merchant);
        let same = |r: &Rental| r.merchant == seller && r.terms.item == item;
        let out = self.rentals.iter().any(|r| same(r) && r.is_gone());
        must(item.is_none() || !out, Rejection::ItemIsOut)?;
        let rental = &mut self.rentals[no];
        rental.stage = Stage::Out;
        rental.terms.borrow_at = c.at;
        Ok(())
    }

    pub(super) fn extend(&mut self, c: &ExtendRental) -> Outcome {
        let no = self.rental(c.rental)?;
        let rental = &self.rentals[no];
        let in_time = rental.stage == Stage::Out && rental.overdue_at.is_none();
        must(in_time || rental.stage == Stage::Secured, Rejection::InvalidState)?;
        must(c.new_expiry >= rental.terms.expiry_at, Rejection::ExpiryMovedEarlier)?;
        must(c.new_expiry <= LATEST_MS, Rejection::BadSchedule)?;
        let longer = RentalTerms { expiry_at: c.new_expiry, ..rental.terms.clone() };
        must(self.is_priced(&longer), Rejection::BadSchedule)?;
        self.rentals[no].terms.expiry_at = c.new_expiry;
        Ok(())
    }

    pub(super) fn give_back_thing(&mut self, c: &ReturnRental, now: u64) -> Outcome {
        let no = self.rental(c.rental)?;
        let rental = &self.rentals[no];
        must(rental.stage == Stage::Out, Rejection::InvalidState)?;
        let in_time = rental.terms.borrow_at < c.restore_at && c.restore_at < now + DAY_MS;
        must(in_time, Rejection::ReturnTimeInvalid)?;
        // Rent stops where it is what one payment may be.
        let planned: i128 = rental.terms.plan.iter().map(|term| i128::from(term.amount)).sum();
        let rent = self.rent(&rental.terms, c.restore_at).min(LARGEST);
        let late = self.late_rent(&rental.terms, c.restore_at).min(LARGEST - rent - planned);
        let rental = &mut self.rentals[no];
        (rental.stage, rental.overdue_at) = (Stage::Back, None);
        rental.returned_at = Some(c.restore_at);
        self.charge(no, rent, false);
        self.charge(no, late, false);
        Ok(())
    }

    /// Whether the rent agreed on and the late rent of a day are what one payment may be.
    fn is_priced(&self, terms: &RentalTerms) -> bool {
        self.rent(terms, terms.expiry_at) <= LARGEST && late_price(terms) <= LARGEST
    }

    /// DOMAIN §4.4, "Rent rule".
    fn rent(&self, terms: &RentalTerms, back_at: u64) -> i128 {
        let price = i128::from(terms.rent);
        let until = back_at.min(terms.expiry_at);
        match (terms.unit, terms.day_rule) {
            _ if !terms.plan.is_empty() => 0,
            (RentUnit::Fixed | RentUnit::Use, _) => price,
            (RentUnit::Day, DayRule::Elapsed) => {
                price * units(until - terms.borrow_at, DAY_MS, terms.grace_s)
            }
            (RentUnit::Day, DayRule::Calendar) => {
                price * i128::from((self.day(until) - self.day(terms.borrow_at)).max(1))
            }
            (RentUnit::Hour, _) => {
                let (mut from, mut sum) = (terms.borrow_at, 0);
                while from < back_at {
                    let hours = units((back_at - from).min(DAY_MS), HOUR_MS, terms.grace_s);
                    sum +=
                        terms.day_cap.map_or(price * hours, |cap| (price * hours).min(cap.into()));
                    from += DAY_MS;
                }
                sum
            }
        }
    }

    fn late_rent(&self, terms: &RentalTerms, back_at: u64) -> i128 {
        let late = back_at.saturating_sub(terms.expiry_at);
        let days = match terms.day_rule {
            DayRule::Elapsed => units(late, DAY_MS, terms.grace_s),
            DayRule::Calendar if late == 0 => 0,
            DayRule::Calendar => i128::from(self.day(back_at) - self.day(terms.expiry_at)),
        };
        late_price(terms) * days
    }

    pub(super) fn charge(&mut self, no: usize, amount: i128, damage: bool) {
        if amount > 0 {
            let rental = &mut self.rentals[no];
            rental.charges.push(Charge { damage, amount, reduced: 0, paid: 0 });
            let id = rental.id;
            self.note(Class::RentObligation, id, amount);
        }
    }

    pub(super) fn claim_damage(&mut self, c: &ClaimDamage, now: u64) -> Outcome {
        let no = self.rental(c.rental)?;
        let rental = &self.rentals[no];
        let open = matches!(rental.stage, Stage::Back | Stage::Unpaid);
        let returned_at = rental.returned_at.filter(|_| open).ok_or(Rejection::InvalidState)?;
        let amount = cny(c.amount)?;
        must(now <= returned_at + 30 * DAY_MS, Rejection::DamageClaimedLate)?;
        let within = rental.damage() + amount <= rental.deposit();
        must(within, Rejection::DamageExceedsDeposit)?;
        rental.within_risk(amount)?;
        must(rental.charges.len() < CHARGES, Rejection::ChargeCountExceeded)?;
        self.charge(no, amount, true);
        Ok(())
    }

    pub(super) fn declare_lost(&mut self, id: Id, now: u64) -> Outcome {
        let no = self.rental(id)?;
        let rental = &self.rentals[no];
        let overdue_at = rental.overdue_at.filter(|_| rental.stage == Stage::Out);
        let overdue_at = overdue_at.ok_or(Rejection::InvalidState)?;
        let from = overdue_at + u64::from(rental.terms.lost_after_days) * DAY_MS;
        must(now >= from, Rejection::NotOverdueLongEnough)?;
        let amount = rental.deposit() - rental.damage();
        let rental = &mut self.rentals[no];
        (rental.stage, rental.overdue_at) = (Stage::Lost, None);
        self.charge(no, amount, false);
        Ok(())
    }

    pub(super) fn cancel_rental(&mut self, id: Id) -> Outcome {
        let no = self.rental(id)?;
        let rental = &self.rentals[no];
        must(rental.stage != Stage::Ended, Rejection::InvalidState)?;
        must(rental.before_start(), Rejection::AlreadyStarted)?;
        self.end_unstarted(no);
        Ok(())
    }

    pub(super) fn end_unstarted(&mut self, no: usize) {
        self.rentals[no].stage = Stage::Ended;
        self.release_deposit(self.rentals[no].id);
    }
}

fn late_price(terms: &RentalTerms) -> i128 {
    match (terms.late_price, terms.unit) {
        (Some(price), _) => price.into(),
        (None, RentUnit::Day) => half_up(terms.rent.into(), terms.late_ppm.into(), 1_000_000),
        (None, _) => 0,
    }
}

/// Times rise from at most thirty days ago, terms rise, prices are amounts or nothing, and a cap is
/// for hours.
fn fits(terms: &RentalTerms, now: u64) -> bool {
    let most = u64::try_from(LARGEST).unwrap();
    let (mut last, mut sum) = (None, 0);
    for term in &terms.plan {
        let rises = last < Some(term.due_at) && term.due_at <= LATEST_MS;
        let priced = term.amount > 0 && term.amount <= most;
        if !rises || !priced || term.buyout.is_some_and(|price| price > most) {
            return false;
        }
        last = Some(term.due_at);
        sum += i128::from(term.amount);
    }
    let prices = [Some(terms.rent), terms.day_cap, terms.late_price];
    terms.borrow_at < terms.expiry_at
        && terms.borrow_at + 30 * DAY_MS >= now
        && terms.expiry_at <= LATEST_MS
        && terms.plan.len() <= TERMS
        && sum <= LARGEST.min(terms.risk_amount.map_or(LARGEST, i128::from))
        && prices.into_iter().flatten().all(|price| price <= most)
        && (terms.day_cap.is_none() || terms.unit == RentUnit::Hour)
}
