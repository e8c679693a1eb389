//! How a rental's charges are paid in the naive model. What the platform advanced for one is the
//! balance of its account.

use super::holds::frozen;
use super::parts::Parts;
use super::rentals::Stage;
use super::{Naive, Outcome, cny, merchant, must, of, pending, user};
use groat_ledger::{
    BuyOutRental, Class, CollectRental, Currency, Id, ReduceCharge, Reference, Rejection,
    SettleRental,
};

/// Payments of one rental.
const PAYMENTS: usize = 200;

impl Naive {
    pub(super) fn settle_rental(&mut self, id: Id, c: &SettleRental, now: u64) -> Outcome {
        let no = self.rental(c.rental)?;
        let rental = &self.rentals[no];
        must(matches!(rental.stage, Stage::Back | Stage::Lost), Rejection::InvalidState)?;
        if let Some(total) = c.total {
            must(total.currency == Currency::CNY, Rejection::CurrencyMismatch)?;
            must(i128::from(total.amount) == rental.total(), Rejection::TotalMismatch)?;
        }
        rental.within_risk(0)?;
        self.may_be_paid(no, id)?;
        let cash = self.rest(c.rental).0;
        self.collect(no, id, cash, c.allow_partial, now);
        let owed = self.rentals[no].owed();
        if owed == 0 {
            self.complete(no);
            return Ok(());
        }
        let rental = &mut self.rentals[no];
        (rental.stage, rental.unpaid_since) = (Stage::Unpaid, Some(now));
        if rental.terms.guaranteed {
            let seller = rental.merchant;
            let batch = self.batch_of_today(seller, now);
            let rental = &self.rentals[no];
            let most = rental.terms.risk_amount.map_or(rental.deposit(), i128::from);
            self.write(of(Class::RentalAdvance, c.rental), batch, owed.min(most));
        }
        Ok(())
    }

    pub(super) fn collect_rental(&mut self, id: Id, c: &CollectRental, now: u64) -> Outcome {
        let no = self.rental(c.rental)?;
        let stage = self.rentals[no].stage;
        must(matches!(stage, Stage::Out | Stage::Unpaid), Rejection::InvalidState)?;
        must(self.rentals[no].owed() > 0, Rejection::NothingDue)?;
        self.may_be_paid(no, id)?;
        self.collect(no, id, 0, c.allow_partial, now);
        self.complete_if_paid(no);
        Ok(())
    }

    /// A term is charged, and debited if all that is owed can be.
    pub(super) fn term_due(&mut self, no: usize, at: u64) {
        let rental = &mut self.rentals[no];
        let (id, term) = (rental.id, rental.terms.plan[rental.terms_due]);
        rental.terms_due += 1;
        let payment = term_payment(id, rental.terms_due);
        self.charge(no, term.amount.into(), false);
        if self.may_be_paid(no, payment).is_ok() {
            self.collect(no, payment, 0, false, at);
        }
    }

    /// A payment more: its id is new, the merchant may be credited, and there were not too many.
    fn may_be_paid(&self, no: usize, payment: Id) -> Outcome {
        self.new_payment(payment)?;
        self.may_credit(super::merchant(self.rentals[no].merchant))?;
        must(self.rentals[no].payments.len() < PAYMENTS, Rejection::PaymentCountExceeded)
    }

    /// Takes what is owed, at most `cash` of it out of the deposit. The first of it pays an advance
    /// back to the platform; deposit goes before balance, and balance before credit.
    fn collect(&mut self, no: usize, payment: Id, cash: i128, partial: bool, now: u64) {
        let (id, payer, seller) =
            (self.rentals[no].id, self.rentals[no].user, self.rentals[no].merchant);
        let owed = self.rentals[no].owed();
        let cash = cash.min(owed);
        let may_spend = self.may_still_spend(payer, now) + self.advanced(id);
        let (balance, credit) = self.give(no, owed - cash, may_spend, partial);
        let frozen = Some((frozen(id), cash));
        let parts = Parts { frozen, balance, credit, ..Parts::default() };
        let mut taken = parts.sum();
        let (repaid, rest) = parts.split(self.advanced(id));
        for (from, part) in repaid.debits(payer) {
            self.write(from, of(Class::RentalAdvance, id), part);
        }
        if repaid.sum() > 0 {
            let rental = &mut self.rentals[no];
            rental.repaid += repaid.sum();
            rental.repaid_on_credit += repaid.credit;
            rental.repaid_at = now;
        }
        if rest.sum() > 0 {
            self.take(payment, seller, None, payer, rest, now);
            self.rentals[no].payments.push(payment);
        }
        self.note(Class::RentObligation, id, -taken);
        for charge in &mut self.rentals[no].charges {
            let part = taken.min(charge.owed());
            charge.paid += part;
            taken -= part;
        }
        self.used_deposit(id, cash);
    }

    fn advanced(&self, rental: Id) -> i128 {
        self.noted(Class::RentalAdvance, rental)
    }

    /// What balance and credit give of an amount: all of it, or else what there is or nothing. The
    /// balance gives no more than may be spent.
    fn give(&self, no: usize, wanted: i128, may_spend: i128, partial: bool) -> (i128, i128) {
        let rental = &self.rentals[no];
        let balance = self.spendable(rental.user).min(may_spend);
        let credit = self.buyable(rental.user);
        if balance + credit < wanted {
            return if partial { (balance, credit) } else { (0, 0) };
        }
        if rental.terms.credit_first {
            (wanted - wanted.min(credit), wanted.min(credit))
        } else {
            (wanted.min(balance), wanted - wanted.min(balance))
        }
    }

    fn complete(&mut self, no: usize) {
        self.rentals[no].stage = Stage::Completed;
        self.release_deposit(self.rentals[no].id);
    }

    fn complete_if_paid(&mut self, no: usize) {
        if self.rentals[no].stage == Stage::Unpaid && self.rentals[no].owed() == 0 {
            self.complete(no);
        }
    }

    /// The price listed for the term that runs, less the rent paid and kept.
    pub(super) fn price(&self, no: usize, term_no: u32) -> Option<i128> {
        let rental = &self.rentals[no];
        let running = rental.terms_due.max(1);
        let named = usize::try_from(term_no).unwrap() == running;
        let listed = rental.terms.plan.get(running - 1).filter(|_| named)?.buyout?;
        let paid: i128 = rental.charges.iter().map(|charge| charge.paid).sum();
        Some((i128::from(listed) - (paid - self.refunded(&rental.payments)).max(0)).max(0))
    }

    /// Terms not paid are part of the price.
    pub(super) fn buy_out(&mut self, id: Id, c: &BuyOutRental, now: u64) -> Outcome {
        let no = self.rental(c.rental)?;
        let rental = &self.rentals[no];
        let in_time = rental.stage == Stage::Out && rental.overdue_at.is_none();
        must(in_time, Rejection::InvalidState)?;
        let price = self.price(no, c.term_no).ok_or(Rejection::BuyoutNotOffered)?;
        self.may_be_paid(no, id)?;
        let (balance, credit) = self.give(no, price, price, false);
        must(balance + credit == price, Rejection::InsufficientFunds)?;
        let may_spend = self.may_spend_without(rental.user, c.rental, now);
        let (balance, credit) = self.give(no, price, may_spend, false);
        must(balance + credit == price, Rejection::LimitExceeded)?;
        let (payer, seller) = (rental.user, rental.merchant);
        if price > 0 {
            let parts = Parts { balance, credit, ..Parts::default() };
            self.take(id, seller, None, payer, parts, now);
        }
        let owed = self.rentals[no].owed();
        self.note(Class::RentObligation, c.rental, -owed);
        self.rentals[no].stage = Stage::BoughtOut;
        for charge in &mut self.rentals[no].charges {
            charge.reduced += charge.owed();
        }
        self.release_deposit(c.rental);
        Ok(())
    }

    /// The merchant gives back what it was advanced: to the platform, and to the user, who paid
    /// that back; from the batch of that day, settled money, and the batch of today.
    pub(super) fn return_advance(
        &mut self,
        no: usize,
        to_platform: i128,
        to_user: i128,
        now: u64,
    ) -> Outcome {
        let all = to_platform + to_user;
        if all == 0 {
            return Ok(());
        }
        let rental = &self.rentals[no];
        let (id, seller, payer) = (rental.id, rental.merchant, rental.user);
        let settled = merchant(seller);
        must(!self.closed.contains(&settled), Rejection::AccountClosed)?;
        let gone = self.closed.contains(&user(payer));
        must(to_user == 0 || !gone, Rejection::AccountClosed)?;
        let day = self.day(rental.unpaid_since.unwrap());
        let (own, today) = (pending(seller, day), pending(seller, self.day(now)));
        let of_day = |b: &super::Batch| (b.merchant, b.day) == (seller, day) && !b.settled;
        let unsettled = self.batches.iter().any(of_day);
        let from_own = if unsettled { all.min(self.credit(own)).max(0) } else { 0 };
        let from_settled = (all - from_own).min(self.credit(settled));
        let from_today = all - from_own - from_settled;
        let has = self.credit(today) - if today == own { from_own } else { 0 };
        must(from_today <= has, Rejection::MerchantBalanceInsufficient)?;
        let to_credit = rental.repaid_on_credit.min(to_user);
        let bought_at = if to_credit > 0 { rental.repaid_at } else { now };
        let off = self.taken_off(payer, (Id::NONE, bought_at), to_credit);
        let to_debt = off.iter().map(|part| part.1).sum::<i128>();
        let mut gives = [(own, from_own), (settled, from_settled), (today, from_today)];
        let first = [(of(Class::RentalAdvance, id), to_platform)];
        let takes = first.into_iter().chain(off).chain([(user(payer), to_user - to_debt)]);
        for (to, mut wanted) in takes {
            for (from, rest) in &mut gives {
                let part = wanted.min(*rest);
                (wanted, *rest) = (wanted - part, *rest - part);
                self.write(*from, to, part);
            }
        }
        self.refunded_into(payer, Id::NONE, off, now);
        let rental = &mut self.rentals[no];
        rental.repaid -= to_user;
        rental.repaid_on_credit -= to_credit;
        Ok(())
    }

    /// Unpaid charges are let off, and what was advanced of them comes back from the merchant;
    /// after completion money goes back.
    pub(super) fn reduce(&mut self, id: Id, c: &ReduceCharge, now: u64) -> Outcome {
        let no = self.rental(c.rental)?;
        let item = usize::try_from(c.item).unwrap();
        let rental = &self.rentals[no];
        let charge = *rental.charges.get(item).ok_or(Rejection::UnknownAccount)?;
        let amount = cny(c.amount)?;
        if rental.stage == Stage::Completed {
            let left = charge.amount - charge.reduced;
            must(amount <= left, Rejection::ReductionExceedsCharge)?;
            let number = Reference::new(&format!("{:032x}", id.0)).unwrap();
            self.refund_some_of(no, number, amount, Rejection::RefundExceedsPaid, now)?;
            self.rentals[no].charges[item].paid -= amount;
        } else {
            must(!rental.has_ended(), Rejection::InvalidState)?;
            must(amount <= charge.owed(), Rejection::ReductionExceedsCharge)?;
            let back = self.advanced(c.rental) - (rental.owed() - amount);
            self.return_advance(no, back.max(0), 0, now)?;
            self.note(Class::RentObligation, c.rental, -amount);
        }
        self.rentals[no].charges[item].reduced += amount;
        self.complete_if_paid(no);
        Ok(())
    }
}

/// The id of a term's payment, which no command names: part of the format.
fn term_payment(rental: Id, term_no: usize) -> Id {
    let spread = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    Id(rental.0.wrapping_mul(spread).rotate_left(41) ^ u128::try_from(term_no).unwrap())
}
