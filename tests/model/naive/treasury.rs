//! Money into, out of and between accounts in the naive model.

use super::{Account, Entry, Naive, Outcome, cny, house, must, of, user};
use groat_ledger::{
    Balancing, Class, ConfirmTopUp, Constraint, EntryLine, Id, Money, Owner, Phase, PlaceHold,
    PostAdjustment, PostTransfer, Rejection, ReleaseHold, RequestPayout, Side, SignRule, Transfer,
};

pub(super) struct Reservation {
    pub(super) entry: Entry,
    expires_at: Option<u64>,
    /// What whoever comes after its end is told.
    pub(super) ended: Option<Rejection>,
}

impl Reservation {
    pub(super) fn expire(&mut self, now: u64) {
        if self.ended.is_none() && self.expires_at.is_some_and(|at| at <= now) {
            self.ended = Some(Rejection::PendingExpired);
        }
    }
}

pub(super) struct Payout {
    pub(super) owner: Owner,
    from: Account,
    amount: i128,
    fee: i128,
    pub(super) open: bool,
}

impl Naive {
    pub(super) fn top_up(&mut self, c: &ConfirmTopUp) -> Outcome {
        let to = self.account_of(Owner::User(c.user))?;
        let amount = cny(c.amount)?;
        must(!self.references.contains(&c.bank_ref), Rejection::Duplicate)?;
        self.may_credit(to)?;
        self.may_have(c.user, amount)?;
        self.references.insert(c.bank_ref.clone());
        self.write(house(Class::SafeguardedBank), to, amount);
        Ok(())
    }

    pub(super) fn transfer(&mut self, c: &Transfer, now: u64) -> Outcome {
        must(c.from != c.to, Rejection::AccountsMustDiffer)?;
        let from = self.account_of(Owner::User(c.from))?;
        let to = self.account_of(Owner::User(c.to))?;
        let amount = cny(c.amount)?;
        self.may_debit(from)?;
        self.may_credit(to)?;
        self.covers(from, amount)?;
        self.may_spend(c.from, amount, now)?;
        self.may_have(c.to, amount)?;
        self.spend(c.from, amount, now);
        self.write(from, to, amount);
        Ok(())
    }

    pub(super) fn place_hold(&mut self, c: &PlaceHold) -> Outcome {
        must(!self.compliance.contains_key(&c.hold), Rejection::Duplicate)?;
        let from = self.account_of(Owner::User(c.user))?;
        let amount = cny(c.amount)?;
        must(!self.closed.contains(&from), Rejection::AccountClosed)?;
        self.covers(from, amount)?;
        self.compliance.insert(c.hold, (c.user, amount));
        self.write(from, of(Class::UserHold, c.user), amount);
        Ok(())
    }

    pub(super) fn release_hold(&mut self, c: &ReleaseHold) -> Outcome {
        let (holder, rest) = self.compliance.get(&c.hold).ok_or(Rejection::UnknownAccount)?;
        must(*holder == c.user, Rejection::NotHoldOfUser)?;
        let amount = cny(c.amount)?;
        must(amount <= *rest, Rejection::InsufficientFunds)?;
        let rest = rest - amount;
        self.compliance.insert(c.hold, (c.user, rest));
        self.write(of(Class::UserHold, c.user), user(c.user), amount);
        Ok(())
    }

    pub(super) fn seize_hold(&mut self, hold: Id) -> Outcome {
        let (holder, rest) = *self.compliance.get(&hold).ok_or(Rejection::UnknownAccount)?;
        must(rest > 0, Rejection::InvalidState)?;
        let bank = house(Class::SafeguardedBank);
        must(-self.credit(bank) >= rest, Rejection::SafeguardedBankInsufficient)?;
        self.compliance.insert(hold, (holder, 0));
        self.write(of(Class::UserHold, holder), bank, rest);
        Ok(())
    }

    pub(super) fn request_payout(&mut self, c: &RequestPayout) -> Outcome {
        must(!self.payouts.contains_key(&c.payout), Rejection::Duplicate)?;
        let from = self.account_of(c.owner)?;
        let (amount, fee) = (cny(c.amount)?, i128::from(c.fee));
        must(!self.closed.contains(&from), Rejection::AccountClosed)?;
        must(!self.debit_blocked.contains(&from), Rejection::PayoutBlocked)?;
        self.covers(from, amount + fee)?;
        let payout = Payout { owner: c.owner, from, amount, fee, open: true };
        self.payouts.insert(c.payout, payout);
        self.write(from, of(Class::PayoutInTransit, c.payout), amount);
        self.write(from, house(Class::OtherFees), fee);
        Ok(())
    }

    pub(super) fn confirm_payout(&mut self, id: Id) -> Outcome {
        let payout = self.payouts.get(&id).ok_or(Rejection::UnknownAccount)?;
        must(payout.open, Rejection::InvalidState)?;
        let (amount, bank) = (payout.amount, house(Class::SafeguardedBank));
        must(-self.credit(bank) >= amount, Rejection::SafeguardedBankInsufficient)?;
        self.payouts.get_mut(&id).unwrap().open = false;
        self.write(of(Class::PayoutInTransit, id), bank, amount);
        Ok(())
    }

    pub(super) fn fail_payout(&mut self, id: Id) -> Outcome {
        let payout = self.payouts.get_mut(&id).ok_or(Rejection::UnknownAccount)?;
        must(payout.open, Rejection::InvalidState)?;
        payout.open = false;
        let (from, amount, fee) = (payout.from, payout.amount, payout.fee);
        self.write(of(Class::PayoutInTransit, id), from, amount);
        self.write(house(Class::OtherFees), from, fee);
        Ok(())
    }

    /// An adjustment of one debit and one credit.
    pub(super) fn adjust(&mut self, c: &PostAdjustment) -> Outcome {
        let [debit, credit] = c.entries[..] else { unreachable!("two lines") };
        for line in [debit, credit] {
            self.adjustable(line)?;
        }
        let (from, to) = (of(debit.class, debit.owner), of(credit.class, credit.owner));
        assert_eq!((debit.side, credit.side), (Side::Debit, Side::Credit));
        self.may_debit(from)?;
        self.may_credit(to)?;
        let amount = cny(debit.amount)?;
        let gives = debit.class.sign_rule() == SignRule::CreditBalance;
        must(!gives || self.credit(from) >= amount, Rejection::InsufficientFunds)?;
        let owed = credit.class.sign_rule() == SignRule::DebitBalance;
        must(!owed || -self.credit(to) >= amount, Rejection::InsufficientFunds)?;
        self.write(from, to, amount);
        Ok(())
    }

    fn adjustable(&self, line: EntryLine) -> Outcome {
        let foreign = Money { currency: groat_ledger::Currency::CNY, ..line.amount };
        cny(foreign)?;
        match line.class {
            Class::UserAvailable => self.account_of(Owner::User(line.owner)).map(|_| ()),
            Class::MerchantAvailable => self.account_of(Owner::Merchant(line.owner)).map(|_| ()),
            Class::MerchantReceivable => {
                let account = self.account_of(Owner::Merchant(line.owner))?;
                must(!self.closed.contains(&account), Rejection::AccountClosed)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn post_transfer(&mut self, id: Id, c: &PostTransfer, now: u64) -> Outcome {
        match c.phase {
            Phase::Single(balancing) => {
                let entry = self.transferable(c, balancing)?;
                self.entries.push(entry);
            }
            Phase::Pending { balancing, timeout_s } => {
                let entry = self.transferable(c, balancing)?;
                let expires_at = (timeout_s > 0).then(|| now + u64::from(timeout_s) * 1_000);
                self.reservations.insert(id, Reservation { entry, expires_at, ended: None });
            }
            Phase::Post { pending } => {
                let held = self.reservations.get(&pending).ok_or(Rejection::PendingNotFound)?;
                held.ended.map_or(Ok(()), Err)?;
                let amount = c.amount.map_or(Ok(held.entry.amount), cny)?;
                must(amount <= held.entry.amount, Rejection::PendingAmountExceeded)?;
                let (debit, credit) = (held.entry.debit, held.entry.credit);
                let held = self.reservations.get_mut(&pending).unwrap();
                held.ended = Some(Rejection::PendingAlreadyPosted);
                self.write(debit, credit, amount);
            }
            Phase::Void { pending } => {
                let held = self.reservations.get_mut(&pending).ok_or(Rejection::PendingNotFound)?;
                held.ended.map_or(Ok(()), Err)?;
                held.ended = Some(Rejection::PendingAlreadyVoided);
            }
        }
        Ok(())
    }

    fn transferable(&self, c: &PostTransfer, balancing: Balancing) -> Result<Entry, Rejection> {
        must(c.debit != c.credit, Rejection::AccountsMustDiffer)?;
        let money = c.amount.ok_or(Rejection::SchemaInvalid)?;
        must(super::AMOUNTS.contains(&money.amount), Rejection::AmountOutOfRange)?;
        let debit = self.account_of(Owner::Ledger(c.debit))?;
        let credit = self.account_of(Owner::Ledger(c.credit))?;
        must(debit.3 == credit.3 && debit.3 == money.currency, Rejection::CurrencyMismatch)?;
        self.may_debit(debit)?;
        self.may_credit(credit)?;
        let sums = self.sums();
        let [d, c_, reserved, _] = sums.get(&debit).copied().unwrap_or_default();
        let has = c_ - d - reserved;
        let [d, c_, _, reserved] = sums.get(&credit).copied().unwrap_or_default();
        let owes = d - c_ - reserved;
        let mut amount = i128::from(money.amount);
        if matches!(balancing, Balancing::Debit | Balancing::Both) {
            amount = amount.min(has);
            must(amount > 0, Rejection::ExceedsCredits)?;
        }
        if matches!(balancing, Balancing::Credit | Balancing::Both) {
            amount = amount.min(owes);
            must(amount > 0, Rejection::ExceedsDebits)?;
        }
        let keeps = |account: Account| self.accounts[&account.1].1;
        let within_credits = keeps(debit) == Constraint::DebitsWithinCredits;
        must(!within_credits || amount <= has, Rejection::ExceedsCredits)?;
        let within_debits = keeps(credit) == Constraint::CreditsWithinDebits;
        must(!within_debits || amount <= owes, Rejection::ExceedsDebits)?;
        Ok(Entry { debit, credit, amount })
    }
}
