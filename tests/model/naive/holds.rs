//! Authorizations and rentals' deposits in the naive model. What is left of a hold's cash is the
//! balance of its frozen account, what is left of its credit that of what was waived.

use super::orders::payable;
use super::parts::Parts;
use super::{Account, Naive, Outcome, cny, house, must, of, user};
use groat_ledger::{
    AuthorizeFunds, CaptureAuthorization, CaptureMode, Class, Id, Owner, Reference, Rejection,
    UnfreezeFunds,
};
use std::collections::BTreeMap;

const TIMEOUT_S: u32 = 900;
const TIMEOUTS: std::ops::RangeInclusive<u32> = 60..=1_296_000;
const RELEASES: usize = 64;

pub(super) struct Hold {
    pub(super) id: Id,
    /// The merchant's number; none where it is a rental's deposit.
    number: Option<Reference>,
    /// The number of the operation that made it.
    made_by: Option<Reference>,
    pub(super) user: Id,
    pub(super) merchant: Id,
    expires_at: u64,
    captured: bool,
    pub(super) releases: BTreeMap<Reference, i128>,
    /// What whoever comes after its end is told.
    pub(super) ended: Option<Rejection>,
}

impl Hold {
    fn is_deposit(&self) -> bool {
        self.number.is_none()
    }

    /// When the clock ends it.
    pub(super) fn ends_at(&self) -> Option<u64> {
        (self.ended.is_none() && !self.is_deposit()).then_some(self.expires_at)
    }
}

pub(super) fn frozen(hold: Id) -> Account {
    of(Class::UserFrozen, hold)
}

/// What is noted off the balance sheet, with its contra.
fn memo(class: Class, owner: Id) -> (Account, Account) {
    let contra = match class {
        Class::LimitGranted => Class::LimitGrantedContra,
        Class::CreditHeld => Class::CreditHeldContra,
        Class::DepositWaived => Class::DepositWaivedContra,
        Class::RentObligation => Class::RentObligationContra,
        Class::CouponFace => Class::CouponFaceContra,
        _ => unreachable!("{class:?} is on the balance sheet"),
    };
    (of(class, owner), house(contra))
}

impl Naive {
    /// Notes more of something, or less.
    pub(super) fn note(&mut self, class: Class, owner: Id, amount: i128) {
        let (account, contra) = memo(class, owner);
        if amount >= 0 {
            self.write(account, contra, amount);
        } else {
            self.write(contra, account, -amount);
        }
    }

    /// How much of something is noted.
    pub(super) fn noted(&self, class: Class, owner: Id) -> i128 {
        -self.credit(of(class, owner))
    }

    /// What is left of a hold: cash and credit.
    pub(super) fn rest(&self, hold: Id) -> (i128, i128) {
        (self.credit(frozen(hold)), self.noted(Class::DepositWaived, hold))
    }

    pub(super) fn authorize(&mut self, c: &AuthorizeFunds, now: u64) -> Outcome {
        let hold = self.holds.iter().any(|h| h.id == c.auth);
        let rental = self.rentals.iter().any(|r| r.id == c.auth);
        must(!hold && !rental, Rejection::Duplicate)?;
        let payer = self.account_of(Owner::User(c.user))?;
        let seller = self.account_of(Owner::Merchant(c.merchant))?;
        let (amount, credit) = (payable(c.amount)?, i128::from(c.credit));
        must(credit <= amount, Rejection::AmountSplitMismatch)?;
        let timeout_s = if c.timeout_s == 0 { TIMEOUT_S } else { c.timeout_s };
        must(TIMEOUTS.contains(&timeout_s), Rejection::SchemaInvalid)?;
        let number = Some(c.out_order_no.clone());
        let used = self.holds.iter().any(|h| h.merchant == c.merchant && h.number == number);
        must(!used, Rejection::DuplicateOutOrderNo)?;
        self.may_debit(payer)?;
        self.may_credit(seller)?;
        self.covers(payer, amount - credit)?;
        self.may_spend(c.user, amount - credit, now)?;
        must(credit <= self.buyable(c.user), Rejection::NotAdmitted)?;
        self.note(Class::CreditHeld, c.user, credit);
        let expires_at = now + u64::from(timeout_s) * 1_000;
        self.hold(c.auth, number, c.user, c.merchant, (amount - credit, credit), expires_at);
        self.holds.last_mut().unwrap().made_by = Some(c.out_request_no.clone());
        Ok(())
    }

    pub(super) fn hold(
        &mut self,
        id: Id,
        number: Option<Reference>,
        payer: Id,
        merchant: Id,
        (cash, credit): (i128, i128),
        expires_at: u64,
    ) {
        self.write(user(payer), frozen(id), cash);
        self.note(Class::DepositWaived, id, credit);
        self.holds.push(Hold {
            id,
            number,
            made_by: None,
            user: payer,
            merchant,
            expires_at,
            captured: false,
            releases: BTreeMap::new(),
            ended: None,
        });
    }

    fn any_hold(&self, id: Id) -> Result<usize, Rejection> {
        self.holds.iter().position(|h| h.id == id).ok_or(Rejection::UnknownAccount)
    }

    /// A hold that is a merchant's to move.
    fn open_hold(&self, id: Id) -> Result<usize, Rejection> {
        let no = self.any_hold(id)?;
        must(!self.holds[no].is_deposit(), Rejection::InvalidState)?;
        self.holds[no].ended.map_or(Ok(no), Err)
    }

    /// Cash first; what credit stood for is debited from the balance, as far as that may be spent,
    /// then from the line, where the hold has kept it free, whatever the limit is now.
    pub(super) fn capture(&mut self, id: Id, c: &CaptureAuthorization, now: u64) -> Outcome {
        let no = self.open_hold(c.auth)?;
        let (payer, seller) = (self.holds[no].user, self.holds[no].merchant);
        let amount = cny(c.amount)?;
        let (cash, credit) = self.rest(c.auth);
        must(amount <= cash + credit, Rejection::CaptureExceedsRest)?;
        self.new_payment(id)?;
        self.new_trade_no(seller, &c.out_trade_no)?;
        self.may_credit(super::merchant(seller))?;
        let from_cash = amount.min(cash);
        let from_held = amount - from_cash;
        let may_spend = self.may_still_spend(payer, now);
        let balance = from_held.min(self.spendable(payer)).min(may_spend);
        let credit = from_held - balance;
        must(credit == 0 || self.is_usable(payer), Rejection::DebitFailed)?;
        let frozen = Some((frozen(c.auth), from_cash));
        let parts = Parts { frozen, balance, credit, ..Parts::default() };
        self.take(id, seller, Some(c.out_trade_no.clone()), payer, parts, now);
        self.note(Class::DepositWaived, c.auth, -from_held);
        self.note(Class::CreditHeld, payer, -from_held);
        self.holds[no].captured = true;
        match c.mode {
            CaptureMode::Complete => self.end_hold(no, Rejection::AuthorizationClosed),
            CaptureMode::NotComplete => self.end_if_empty(no),
        }
        Ok(())
    }

    /// Credit first.
    pub(super) fn unfreeze(&mut self, c: &UnfreezeFunds) -> Outcome {
        let no = self.any_hold(c.auth)?;
        let number = &c.out_request_no;
        let first = self.holds[no].made_by.as_ref() == Some(number);
        let known = first || self.holds[no].releases.contains_key(number);
        must(!known, Rejection::IdempotencyConflict)?;
        self.open_hold(c.auth)?;
        let amount = cny(c.amount)?;
        let (cash, credit) = self.rest(c.auth);
        must(amount <= cash + credit, Rejection::UnfreezeExceedsRest)?;
        must(self.holds[no].releases.len() < RELEASES, Rejection::ReleaseCountExceeded)?;
        self.give_up(no, amount - amount.min(credit), amount.min(credit));
        self.holds[no].releases.insert(c.out_request_no.clone(), amount);
        self.end_if_empty(no);
        Ok(())
    }

    pub(super) fn cancel_hold(&mut self, id: Id) -> Outcome {
        let no = self.open_hold(id)?;
        must(!self.holds[no].captured, Rejection::AlreadyCaptured)?;
        self.end_hold(no, Rejection::AuthorizationClosed);
        Ok(())
    }

    /// Lets go of all that is left. What timed out has, whatever was captured of it; else what
    /// was captured is finished, and what was not is closed.
    pub(super) fn end_hold(&mut self, no: usize, how: Rejection) {
        let (cash, credit) = self.rest(self.holds[no].id);
        self.give_up(no, cash, credit);
        let finished = self.holds[no].captured && how == Rejection::AuthorizationClosed;
        self.holds[no].ended = Some(if finished { Rejection::InvalidState } else { how });
    }

    fn end_if_empty(&mut self, no: usize) {
        if self.rest(self.holds[no].id) == (0, 0) {
            self.end_hold(no, Rejection::AuthorizationClosed);
        }
    }

    fn give_up(&mut self, no: usize, cash: i128, credit: i128) {
        let (id, payer) = (self.holds[no].id, self.holds[no].user);
        self.write(frozen(id), user(payer), cash);
        self.note(Class::DepositWaived, id, -credit);
        if !self.holds[no].is_deposit() {
            self.note(Class::CreditHeld, payer, -credit);
        }
    }

    /// Cash was taken out of a rental's deposit.
    pub(super) fn used_deposit(&mut self, rental: Id, cash: i128) {
        if let Ok(no) = self.any_hold(rental)
            && cash > 0
        {
            self.holds[no].captured = true;
            self.end_if_empty(no);
        }
    }

    /// Nothing is owed of a rental, or never will be: its deposit goes back.
    pub(super) fn release_deposit(&mut self, rental: Id) {
        if let Ok(no) = self.any_hold(rental)
            && self.holds[no].ended.is_none()
        {
            self.end_hold(no, Rejection::AuthorizationClosed);
        }
    }
}
