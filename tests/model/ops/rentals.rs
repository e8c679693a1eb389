//! Commands of rentals.

use super::money::top_up;
use super::{DAY_MS, Kind, Scene, cny, is_out, named, reference};
use groat_ledger::{
    Admission, AssessRental, Body, BuyOutRental, CancelRental, ClaimDamage, Class, CollectRental,
    CreateRental, DayRule, DeclareLost, ExtendRental, Id, ReduceCharge, RentTerm, RentUnit, Rental,
    RentalState, RentalTerms, ReturnRental, SecureDeposit, SettleRental, StartRental,
};

const HOUR_MS: u64 = 3_600_000;

impl Scene<'_> {
    pub(super) fn rental(&mut self, kind: Kind) -> Option<Body> {
        let rows = self.ledger.tables().rentals.rows();
        let now = self.now;
        let parts = |r: &Rental| r.state == RentalState::Completed && r.payments.len() > 1;
        let of_parts = kind == Kind::ReduceCharge && rows.iter().any(parts);
        let of_parts = of_parts && self.dice.one_in(2);
        let fit = |r: &Rental| fits(kind, r, now) && (!of_parts || parts(r));
        let found = self.dice.recent(rows, fit);
        let (nobody, rental) = (named('x', 8), found.map(|r| r.rental));
        let unknown = rental.unwrap_or(nobody);
        Some(match (kind, found) {
            (Kind::CreateRental, _) => self.create_rental(),
            (Kind::AssessRental, Some(r)) => self.assess(r),
            (Kind::StartRental, Some(r)) => self.start(r),
            (Kind::ExtendRental, Some(r)) => self.extend(r),
            (Kind::ReturnRental, Some(r)) => self.give_back(r),
            (Kind::ClaimDamage, Some(r)) => self.claim_damage(r),
            (Kind::ReduceCharge, Some(r)) => self.reduce(r),
            (Kind::SettleRental, Some(r)) => self.settle(r),
            (Kind::BuyOutRental, Some(r)) => self.buy_out(r),
            (Kind::SecureDeposit, _) => self.secure(unknown),
            (Kind::CollectRental, _) => self.collect(unknown),
            (Kind::DeclareLost, _) => Body::DeclareLost(DeclareLost { rental: unknown }),
            (Kind::CancelRental, _) => self.cancel(unknown),
            _ => return None,
        })
    }

    pub(super) fn create_rental(&mut self) -> Body {
        let t = self.ledger.tables();
        let (user, merchant) = (self.user(), self.merchant());
        let rental = if self.dice.one_in(40) {
            named('a', self.dice.of(t.authorizations.rows().len()))
        } else {
            self.fresh('k', t.rentals.rows().len())
        };
        let out_order_no = self.number('o', t.rentals.rows().len());
        let deposit = self.dice.between(50, 1_500);
        let mut terms = self.terms(deposit);
        if self.dice.one_in(24) {
            self.spoil(&mut terms);
        }
        let terms = Box::new(terms);
        Body::CreateRental(CreateRental { rental, out_order_no, merchant, user, terms })
    }

    fn terms(&mut self, deposit: u64) -> RentalTerms {
        let units = [RentUnit::Day, RentUnit::Hour, RentUnit::Fixed, RentUnit::Use];
        let unit = self.dice.pick(&units);
        let borrow_at = self.now + self.dice.pick(&[0, 0, HOUR_MS, 1_000]);
        let hours = self.dice.pick(&[24, 1, 2, 5, 30, 72, 49]);
        let every = self.dice.pick(&[HOUR_MS, 2 * HOUR_MS, DAY_MS, 900_000]);
        let count = self.dice.pick(&[0, 0, 1, 3, 4]);
        let listed = self.dice.pick(&[Some(300), None, Some(900), Some(40)]);
        let price = self.dice.between(1, 300);
        let term =
            |n: u64| RentTerm { due_at: borrow_at + n * every, amount: price + n, buyout: listed };
        RentalTerms {
            item: self.dice.pick(&[Id::NONE, named('i', 0), named('i', 1)]),
            deposit: cny(deposit),
            rent: self.dice.between(0, if unit == RentUnit::Hour { 30 } else { 300 }),
            unit,
            day_rule: self.dice.pick(&[DayRule::Elapsed, DayRule::Calendar]),
            day_cap: (unit == RentUnit::Hour && self.dice.one_in(2)).then_some(150),
            borrow_at,
            expiry_at: borrow_at + hours * HOUR_MS,
            grace_s: self.dice.pick(&[300, 0, 60, 7_200]),
            late_ppm: self.dice.pick(&[1_500_000, 333_333, 0]),
            late_price: self.dice.pick(&[None, None, Some(77), Some(0)]),
            plan: (1..=count).map(term).collect(),
            deposit_fallback: self.dice.one_in(2),
            risk_amount: self.dice.pick(&[None, None, None, Some(deposit + 500), Some(700)]),
            guaranteed: self.dice.one_in(3),
            credit_first: self.dice.one_in(3),
            lost_after_days: self.dice.pick(&[0, 1, 3]),
        }
    }

    /// Makes terms that do not fit, or hardly do.
    fn spoil(&mut self, terms: &mut RentalTerms) {
        match self.dice.of(7) {
            0 => terms.expiry_at = terms.borrow_at,
            1 => terms.day_cap = Some(100),
            2 => terms.rent = 10_000_000_001,
            3 => terms.rent = 10_000_000_000,
            4 => terms.deposit.amount = self.dice.pick(&[0, 10_000_000_001]),
            5 => terms.expiry_at = 253_402_300_800_000,
            _ => {
                let term = RentTerm { due_at: terms.expiry_at, amount: 1, buyout: None };
                terms.plan = vec![term, term];
            }
        }
    }

    pub(super) fn assess(&mut self, r: &Rental) -> Body {
        let deposit = r.terms.deposit.amount;
        let decision = match self.dice.of(8) {
            0..=4 => Admission::Full,
            5 => Admission::Declined,
            6 => Admission::Partial(self.amount(&[deposit])),
            _ => Admission::Partial(cny(self.dice.between(0, deposit))),
        };
        Body::AssessRental(AssessRental { rental: r.rental, score: 600, decision })
    }

    /// What the user lacks to secure the deposit.
    pub(super) fn short_of_deposit(&self, r: &Rental) -> u64 {
        let user = self.ledger.tables().users.row(r.user).user;
        let has = self.balance(Class::UserAvailable, user);
        (r.terms.deposit.amount - r.waived).saturating_sub(has)
    }

    /// Gives the user of a rental what is needed, or next to it.
    pub(super) fn top_up_for(&mut self, r: &Rental, needed: u64) -> Body {
        let more = self.dice.pick(&[0, 0, 0, 1, 200]);
        let less = u64::from(self.dice.one_in(8));
        let (user, number) = (self.ledger.tables().users.row(r.user).user, self.dice.of(512));
        top_up(user, (needed + more).saturating_sub(less), number)
    }

    pub(super) fn secure(&mut self, rental: Id) -> Body {
        Body::SecureDeposit(SecureDeposit { rental })
    }

    pub(super) fn start(&mut self, r: &Rental) -> Body {
        let now = self.now;
        let instants = [now, now, now, now, now, r.terms.expiry_at, now + DAY_MS];
        Body::StartRental(StartRental { rental: r.rental, at: self.instant(&instants) })
    }

    pub(super) fn give_back(&mut self, r: &Rental) -> Body {
        let (now, terms) = (self.now, &r.terms);
        let grace = u64::from(terms.grace_s) * 1_000;
        let late = terms.expiry_at + grace;
        let instants = [now, now, now, terms.expiry_at, late, now + DAY_MS, terms.borrow_at];
        Body::ReturnRental(ReturnRental { rental: r.rental, restore_at: self.instant(&instants) })
    }

    pub(super) fn settle(&mut self, r: &Rental) -> Body {
        let total = match self.dice.of(6) {
            0 => Some(self.amount(&[r.total()])),
            1 => Some(cny(r.total())),
            _ => None,
        };
        let allow_partial = self.dice.of(3) > 0;
        Body::SettleRental(SettleRental { rental: r.rental, total, allow_partial })
    }

    pub(super) fn collect(&mut self, rental: Id) -> Body {
        let allow_partial = self.dice.of(3) > 0;
        Body::CollectRental(CollectRental { rental, allow_partial })
    }

    pub(super) fn cancel(&mut self, rental: Id) -> Body {
        Body::CancelRental(CancelRental { rental })
    }

    pub(super) fn extend(&mut self, r: &Rental) -> Body {
        let agreed = r.terms.expiry_at;
        let soon = self.now + DAY_MS;
        let instants = [agreed.max(soon), agreed, agreed + HOUR_MS, agreed + DAY_MS, self.now];
        let beyond = self.dice.one_in(40).then_some(253_402_300_800_000);
        let new_expiry = beyond.unwrap_or_else(|| self.instant(&instants));
        Body::ExtendRental(ExtendRental { rental: r.rental, new_expiry })
    }

    pub(super) fn claim_damage(&mut self, r: &Rental) -> Body {
        let risk = r.terms.risk_amount.unwrap_or(300);
        let deposit = r.terms.deposit.amount - r.damage();
        let limits = [deposit, risk.saturating_sub(r.total()), deposit / 2];
        let (amount, evidence) = (self.amount(&limits), reference('e', 1));
        Body::ClaimDamage(ClaimDamage { rental: r.rental, amount, evidence })
    }

    fn reduce(&mut self, r: &Rental) -> Body {
        let beyond = usize::from(self.dice.one_in(12));
        let largest = (0..r.charges.len()).max_by_key(|item| r.charges[*item].paid);
        let any = self.dice.of(r.charges.len() + beyond);
        let item = largest.filter(|_| self.dice.one_in(2)).unwrap_or(any);
        let limits = r.charges.get(item).map_or(vec![100], |charge| {
            let left = charge.amount - charge.reduced;
            let advanced = self.balance(Class::RentalAdvance, r.rental);
            vec![charge.outstanding(), left, left, r.outstanding().saturating_sub(advanced)]
        });
        let (item, amount) = (u32::try_from(item).unwrap(), self.amount(&limits));
        Body::ReduceCharge(ReduceCharge { rental: r.rental, item, amount })
    }

    /// Mostly at the term that runs.
    pub(super) fn buy_out(&mut self, r: &Rental) -> Body {
        let running = r.terms_due.max(1);
        let term_no = self.dice.pick(&[running, running, running, running - 1, running + 1]);
        Body::BuyOutRental(BuyOutRental { rental: r.rental, term_no })
    }
}

/// Whether a rental is as a command expects it.
pub(super) fn fits(kind: Kind, r: &Rental, now: u64) -> bool {
    use RentalState::{
        Assessed, Completed, Created, Declined, InUse, Lost, Overdue, PaymentPending, Returned,
        Secured,
    };
    match kind {
        Kind::AssessRental => r.state == Created,
        Kind::SecureDeposit => matches!(r.state, Assessed | Declined),
        Kind::StartRental => r.state == Secured && r.terms.expiry_at > now,
        Kind::ExtendRental => matches!(r.state, Secured | InUse),
        Kind::ReturnRental => is_out(r),
        Kind::ClaimDamage => r.returned_at > 0 && r.state != Completed,
        Kind::ReduceCharge => !r.charges.is_empty(),
        Kind::SettleRental => matches!(r.state, Returned | Lost),
        Kind::CollectRental => matches!(r.state, PaymentPending | Overdue | InUse),
        Kind::BuyOutRental => r.state == InUse && !r.terms.plan.is_empty(),
        Kind::DeclareLost => r.state == Overdue && is_out(r),
        Kind::CancelRental => matches!(r.state, Created | Assessed | Declined | Secured),
        _ => true,
    }
}
