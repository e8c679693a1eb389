//! The naive model: a list of entries and sums over it, the rules of DOMAIN.md written a second
//! time in the plainest way. It asks the ledger for nothing and keeps no balance.

mod orders;

use crate::books::Answer;
use crate::ops::{Op, account_currency, adjusted, keeps, named, terms};
use groat_ledger::{Class, Constraint, Currency};
use orders::Order;
use std::collections::{BTreeMap, BTreeSet};

const DAY_MS: i128 = 86_400_000;

/// What one movement can be.
const AMOUNTS: std::ops::RangeInclusive<u64> = 1..=1_000_000_000_000_000_000;

/// Debits, credits, pending debits, pending credits of an account.
pub(crate) type Sums = BTreeMap<String, [i128; 4]>;

struct Entry {
    debit: String,
    credit: String,
    amount: i128,
}

struct Reservation {
    entry: Entry,
    expires_at: Option<u64>,
    open: bool,
}

#[derive(Default)]
pub(crate) struct Naive {
    offset_ms: i128,
    entries: Vec<Entry>,
    reservations: BTreeMap<u8, Reservation>,
    users: BTreeSet<u8>,
    merchants: BTreeSet<u8>,
    accounts: BTreeSet<u8>,
    references: BTreeSet<u8>,
    /// User and rest.
    holds: BTreeMap<u8, (u8, u64)>,
    /// Account of the owner, amount, fee, and whether it is under way.
    payouts: BTreeMap<u8, (String, u64, u64, bool)>,
    orders: BTreeMap<u8, Order>,
    /// Merchant and day of batches that are not settled.
    batches: BTreeSet<(u8, i128)>,
}

fn of(class: Class, owner: impl std::fmt::Display) -> String {
    format!("{}/{owner}/0/CNY", class.name())
}

fn user(u: u8) -> String {
    of(Class::UserAvailable, named('u', u))
}

fn merchant(m: u8) -> String {
    of(Class::MerchantAvailable, named('m', m))
}

fn pending(m: u8, day: i128) -> String {
    format!("{}/m{m}/{day}/CNY", Class::MerchantPending.name())
}

fn house(class: Class) -> String {
    of(class, groat_ledger::Id::NONE)
}

fn account(a: u8) -> String {
    format!("{}/a{a}/0/{}", Class::Ledger.name(), account_currency(a))
}

impl Naive {
    pub(crate) fn new(day_offset_min: i32) -> Naive {
        Naive { offset_ms: i128::from(day_offset_min) * 60_000, ..Naive::default() }
    }

    /// Sums of every account that was ever moved.
    pub(crate) fn sums(&self) -> Sums {
        let mut sums = Sums::new();
        let open = self.reservations.values().filter(|r| r.open).map(|r| (2, &r.entry));
        for (layer, entry) in self.entries.iter().map(|e| (0, e)).chain(open) {
            sums.entry(entry.debit.clone()).or_default()[layer] += entry.amount;
            sums.entry(entry.credit.clone()).or_default()[layer + 1] += entry.amount;
        }
        sums.retain(|_, sums| *sums != [0; 4]);
        sums
    }

    /// One step: whether it happens, and then its entries.
    pub(crate) fn step(&mut self, op: &Op, now: u64) -> Answer {
        self.pass_time(now);
        match op {
            Op::Wait(_) | Op::Midnight(_) => return Answer::Done,
            Op::Refund(p, r, x) => {
                let paid = self.orders.get(p).and_then(|order| order.paid.as_ref());
                if let Some(done) = paid.and_then(|paid| paid.refunds.get(r)) {
                    return if done == x { Answer::Again } else { Answer::Refused };
                }
            }
            Op::Pend(t, ..) if self.reservations.contains_key(t) => return Answer::Again,
            _ => {}
        }
        match self.happens(op, now) {
            Some(()) => Answer::Done,
            None => Answer::Refused,
        }
    }

    /// `None` when a precondition does not hold; entries are only written after the last of them.
    fn happens(&mut self, op: &Op, now: u64) -> Option<()> {
        match *op {
            Op::OpenUser(u) => yes(self.users.insert(u)),
            Op::OpenMerchant(m) => yes(self.merchants.insert(m)),
            Op::OpenAccount(a) => yes(self.accounts.insert(a)),
            Op::TopUp(u, x, r) => {
                yes(self.users.contains(&u) && AMOUNTS.contains(&x))?;
                yes(self.references.insert(r))?;
                self.write(house(Class::SafeguardedBank), user(u), x.into())
            }
            Op::Transfer(a, b, x) => {
                yes(a != b && self.users.contains(&a) && self.users.contains(&b))?;
                self.spend(&user(a), x, 0)?;
                self.write(user(a), user(b), x.into())
            }
            Op::Hold(h, u, x) => {
                yes(!self.holds.contains_key(&h) && self.users.contains(&u))?;
                self.spend(&user(u), x, 0)?;
                self.holds.insert(h, (u, x));
                self.write(user(u), of(Class::UserHold, named('u', u)), x.into())
            }
            Op::Release(h, u, x) => {
                let (holder, rest) = self.holds.get_mut(&h)?;
                yes(*holder == u && AMOUNTS.contains(&x) && x <= *rest)?;
                *rest -= x;
                self.write(of(Class::UserHold, named('u', u)), user(u), x.into())
            }
            Op::Seize(h) => {
                let (holder, rest) = *self.holds.get(&h)?;
                let bank = house(Class::SafeguardedBank);
                yes(rest > 0 && -self.credit(&bank) >= i128::from(rest))?;
                self.holds.insert(h, (holder, 0));
                self.write(of(Class::UserHold, named('u', holder)), bank, rest.into())
            }
            Op::UserPayout(w, u, x, fee) => {
                yes(self.users.contains(&u))?;
                self.pay_out(w, user(u), x, fee)
            }
            Op::MerchantPayout(w, m, x, fee) => {
                yes(self.merchants.contains(&m))?;
                self.pay_out(w, merchant(m), x, fee)
            }
            Op::PayoutConfirm(w) => {
                let bank = house(Class::SafeguardedBank);
                let held = -self.credit(&bank);
                let (_, x, _, open) = self.payouts.get_mut(&w)?;
                yes(*open && held >= i128::from(*x))?;
                *open = false;
                let x = i128::from(*x);
                self.write(of(Class::PayoutInTransit, named('w', w)), bank, x)
            }
            Op::PayoutFail(w) => {
                let (owner, x, fee, open) = self.payouts.get_mut(&w)?;
                yes(*open)?;
                *open = false;
                let (owner, x, fee) = (owner.clone(), i128::from(*x), i128::from(*fee));
                self.write(of(Class::PayoutInTransit, named('w', w)), owner.clone(), x)?;
                self.write(house(Class::OtherFees), owner, fee)
            }
            Op::Create(p, o, m, x, timeout_s) => self.create(p, o, m, x, now, timeout_s),
            Op::Pay(p, u, channel, wrong, which) => self.pay(p, u, (channel, which), wrong, now),
            Op::Close(p) => self.close(p, now),
            Op::Cancel(p) => {
                let Some(paid) = &self.orders.get(&p)?.paid else { return self.close(p, now) };
                yes(now <= paid.at + 86_400_000 && paid.refunds.is_empty())?;
                let amount = self.orders[&p].amount;
                self.refund(p, 255, amount, now)
            }
            Op::Refund(p, r, x) => self.refund(p, r, x, now),
            Op::Post(a, b, x, l) => {
                let amount = self.transferable(a, b, x, l)?;
                self.write(account(a), account(b), amount)
            }
            Op::Pend(t, a, b, x, l, s) => {
                let amount = self.transferable(a, b, x, l)?;
                let entry = Entry { debit: account(a), credit: account(b), amount };
                let expires_at = (s > 0).then(|| now + u64::from(s) * 1_000);
                self.reservations.insert(t, Reservation { entry, expires_at, open: true });
                Some(())
            }
            Op::PostPending(t, x) => {
                let held = self.reservations.get_mut(&t).filter(|held| held.open)?;
                let amount = x.map_or(held.entry.amount, i128::from);
                yes(amount > 0 && amount <= held.entry.amount)?;
                held.open = false;
                let (debit, credit) = (held.entry.debit.clone(), held.entry.credit.clone());
                self.write(debit, credit, amount)
            }
            Op::VoidPending(t) => {
                self.reservations.get_mut(&t).filter(|held| held.open)?.open = false;
                Some(())
            }
            Op::Adjust(pair, whose, x) => self.adjust(pair, whose, x),
            Op::Wait(_) | Op::Midnight(_) => None,
        }
    }

    fn pay_out(&mut self, w: u8, owner: String, x: u64, fee: u64) -> Option<()> {
        yes(!self.payouts.contains_key(&w))?;
        self.spend(&owner, x, fee)?;
        self.payouts.insert(w, (owner.clone(), x, fee, true));
        self.write(owner.clone(), of(Class::PayoutInTransit, named('w', w)), x.into())?;
        self.write(owner, house(Class::OtherFees), fee.into())
    }

    fn transferable(&self, a: u8, b: u8, x: u64, upto: u8) -> Option<i128> {
        yes(a != b && self.accounts.contains(&a) && self.accounts.contains(&b))?;
        yes(account_currency(a) == Currency::CNY && account_currency(b) == Currency::CNY)?;
        yes(AMOUNTS.contains(&x))?;
        let sums = self.sums();
        let [da, ca, dpa, _] = sums.get(&account(a)).copied().unwrap_or_default();
        let [db, cb, _, cpb] = sums.get(&account(b)).copied().unwrap_or_default();
        let (a_has, b_owes) = (ca - da - dpa, db - cb - cpb);
        let mut amount = i128::from(x);
        amount = if upto == 1 || upto == 3 { amount.min(a_has) } else { amount };
        amount = if upto == 2 || upto == 3 { amount.min(b_owes) } else { amount };
        yes(amount > 0)?;
        yes(keeps(a) != Constraint::DebitsWithinCredits || amount <= a_has)?;
        yes(keeps(b) != Constraint::CreditsWithinDebits || amount <= b_owes)?;
        Some(amount)
    }

    fn adjust(&mut self, pair: u8, whose: u8, x: u64) -> Option<()> {
        yes(AMOUNTS.contains(&x))?;
        let [debit, credit] = adjusted(pair, whose);
        let there = |class: Class| match class {
            Class::UserAvailable => self.users.contains(&whose),
            Class::MerchantAvailable | Class::MerchantReceivable => self.merchants.contains(&whose),
            _ => true,
        };
        yes(there(debit.0) && there(credit.0))?;
        let (d, c) = (of(debit.0, debit.1), of(credit.0, credit.1));
        let x = i128::from(x);
        let gives = matches!(debit.0, Class::UserAvailable | Class::MerchantAvailable);
        yes(!gives || self.credit(&d) >= x)?;
        let owed = matches!(credit.0, Class::ChannelReceivable | Class::MerchantReceivable);
        yes(!owed || -self.credit(&c) >= x)?;
        self.write(d, c, x)
    }

    /// Reservations end and batches are settled; money moves only by the latter.
    fn pass_time(&mut self, now: u64) {
        for held in self.reservations.values_mut() {
            if held.expires_at.is_some_and(|at| at <= now) {
                held.open = false;
            }
        }
        let settled_on = |&(m, day): &(u8, i128)| day + i128::from(terms(m).cycle_days.max(1));
        let today = self.day(now);
        let mut due: Vec<_> =
            self.batches.iter().copied().filter(|b| settled_on(b) <= today).collect();
        due.sort_by_key(settled_on);
        for (m, day) in due {
            self.batches.remove(&(m, day));
            let net = self.credit(&pending(m, day));
            let debt = of(Class::MerchantReceivable, named('m', m));
            let recovered = net.min(-self.credit(&debt));
            let reserve = (net - recovered) * i128::from(terms(m).reserve_bps) / 10_000;
            let kept = of(Class::MerchantReserve, named('m', m));
            for (to, part) in
                [(debt, recovered), (kept, reserve), (merchant(m), net - recovered - reserve)]
            {
                self.write(pending(m, day), to, part);
            }
        }
    }

    fn day(&self, now: u64) -> i128 {
        (i128::from(now) + self.offset_ms).div_euclid(DAY_MS)
    }

    /// Posted credits less posted debits.
    fn credit(&self, name: &str) -> i128 {
        let credits = self.entries.iter().filter(|e| e.credit == name).map(|e| e.amount);
        let debits = self.entries.iter().filter(|e| e.debit == name).map(|e| e.amount);
        credits.sum::<i128>() - debits.sum::<i128>()
    }

    fn spend(&self, from: &str, x: u64, fee: u64) -> Option<()> {
        yes(AMOUNTS.contains(&x) && self.credit(from) >= i128::from(x) + i128::from(fee))
    }

    fn write(&mut self, debit: String, credit: String, amount: i128) -> Option<()> {
        assert!(amount >= 0, "{debit} to {credit}: {amount}");
        self.entries.push(Entry { debit, credit, amount });
        Some(())
    }
}

fn yes(holds: bool) -> Option<()> {
    holds.then_some(())
}
