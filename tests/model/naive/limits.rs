//! Limits on what users spend from the balance, in the naive model: a list of spendings.

use super::{Naive, Outcome, must, user};
use groat_ledger::{CodeKind, Currency, Id, LimitScope, Limits, Owner, Rejection, SetLimits};

/// Who, when by day, month and year, and how much.
pub(super) struct Spending {
    user: Id,
    code: CodeKind,
    when: [u32; 3],
    amount: i128,
}

/// A date in days since 1970, with its month and year counted since 1970.
fn calendar(day: u32) -> [u32; 3] {
    let (mut left, mut months, mut year) = (day, 0, 1970);
    loop {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let february = if leap { 29 } else { 28 };
        for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            if left < days {
                return [day, months, year];
            }
            left -= days;
            months += 1;
        }
        year += 1;
    }
}

impl Naive {
    pub(super) fn set_limits(&mut self, c: &SetLimits) -> Outcome {
        match c.scope {
            LimitScope::User(id) => {
                self.account_of(Owner::User(id))?;
                must(c.currency == Currency::CNY, Rejection::CurrencyMismatch)?;
            }
            LimitScope::KycClass(class) => {
                must((1..=3).contains(&class), Rejection::SchemaInvalid)?;
            }
            LimitScope::CodeKind(kind) => {
                must(kind != CodeKind::None, Rejection::SchemaInvalid)?;
                let capped = c.limits.every_window && c.limits.balance_cap.is_some();
                must(!capped, Rejection::SchemaInvalid)?;
            }
        }
        let name = format!("{:?} {}", c.scope, c.currency);
        if c.limits.every_window && !self.counted_since.contains_key(&name) {
            self.counted_since.insert(name.clone(), self.spendings.len());
        }
        self.limits.insert(name, c.limits);
        Ok(())
    }

    fn limits_of(&self, id: Id) -> Vec<Limits> {
        let scopes = [LimitScope::User(id), LimitScope::KycClass(self.users[&id])];
        let names = scopes.map(|scope| format!("{scope:?} {}", Currency::CNY));
        names.iter().filter_map(|name| self.limits.get(name).copied()).collect()
    }

    /// What is spent on the day, in the month, in the year and ever, with so much more.
    fn windows<'a>(
        &self,
        spent: impl Iterator<Item = &'a Spending> + Clone,
        amount: i128,
        now: u64,
    ) -> [i128; 4] {
        let today = calendar(self.day(now));
        [Some(0), Some(1), Some(2), None].map(|window| {
            let spent = spent.clone();
            let spent = spent.filter(|s| window.is_none_or(|at: usize| s.when[at] == today[at]));
            spent.map(|s| s.amount).sum::<i128>() + amount
        })
    }

    /// Whether so much more may be paid from the balance now, with a code of this kind.
    pub(super) fn may_pay(&self, id: Id, amount: i128, code: CodeKind, now: u64) -> Outcome {
        self.may_spend(id, amount, now)?;
        let name = format!("{:?} {}", LimitScope::CodeKind(code), Currency::CNY);
        let Some(limits) = self.limits.get(&name).filter(|_| amount > 0) else { return Ok(()) };
        let over = |limit: Option<u64>, sum: i128| limit.is_some_and(|limit| sum > limit.into());
        let spent = self.spendings.iter().filter(|s| s.user == id && s.code == code);
        let today = self.windows(spent, amount, now)[0];
        must(!over(limits.day, today), Rejection::QrDailyLimit)?;
        let Some(since) = self.counted_since.get(&name) else { return Ok(()) };
        let spent = self.spendings[*since..].iter().filter(|s| s.user == id && s.code == code);
        let [_, month, year, ever] = self.windows(spent, amount, now);
        let over = over(limits.single, amount)
            || over(limits.month, month)
            || over(limits.year, year)
            || over(limits.lifetime, ever);
        must(!over, Rejection::LimitExceeded)
    }

    /// What holds have of a user's balance.
    fn frozen_of(&self, id: Id) -> i128 {
        let holds = self.holds.iter().filter(|hold| hold.user == id);
        holds.map(|hold| self.rest(hold.id).0).sum()
    }

    /// How much more may be spent now; without a limit, more than anybody has.
    pub(super) fn may_still_spend(&self, id: Id, now: u64) -> i128 {
        self.may_spend_beside(id, self.frozen_of(id), now)
    }

    /// As [`Naive::may_still_spend`], once a hold is given up.
    pub(super) fn may_spend_without(&self, id: Id, hold: Id, now: u64) -> i128 {
        self.may_spend_beside(id, self.frozen_of(id) - self.rest(hold).0, now)
    }

    fn may_spend_beside(&self, id: Id, frozen: i128, now: u64) -> i128 {
        let spent = self.spendings.iter().filter(|s| s.user == id);
        let windows = self.windows(spent, frozen, now);
        let rooms = self.limits_of(id).into_iter().flat_map(|limits| {
            let mosts = [limits.day, limits.month, limits.year, limits.lifetime];
            let sums = windows.into_iter().zip(mosts).chain([(0, limits.single)]);
            sums.filter_map(|(sum, most)| Some(i128::from(most?) - sum)).collect::<Vec<_>>()
        });
        rooms.min().unwrap_or(u64::MAX.into()).max(0)
    }

    /// Whether so much more may be spent now, beside what is spent and held.
    pub(super) fn may_spend(&self, id: Id, amount: i128, now: u64) -> Outcome {
        let spent = self.spendings.iter().filter(|s| s.user == id);
        let windows = self.windows(spent, amount + self.frozen_of(id), now);
        for limits in self.limits_of(id).into_iter().filter(|_| amount > 0) {
            let mosts = [limits.day, limits.month, limits.year, limits.lifetime];
            let mut sums = windows.into_iter().zip(mosts).chain([(amount, limits.single)]);
            let over = sums.any(|(sum, most)| most.is_some_and(|most| sum > most.into()));
            must(!over, Rejection::LimitExceeded)?;
        }
        Ok(())
    }

    /// Whether a balance may rise by so much.
    pub(super) fn may_have(&self, id: Id, more: i128) -> Outcome {
        let after = self.credit(user(id)) + more;
        let caps = self.limits_of(id).into_iter().filter_map(|limits| limits.balance_cap);
        let over = caps.into_iter().any(|cap| after > cap.into());
        must(!over, Rejection::BalanceCapExceeded)
    }

    pub(super) fn spend(&mut self, id: Id, amount: i128, now: u64) {
        self.spend_by(id, amount, CodeKind::None, now);
    }

    pub(super) fn spend_by(&mut self, id: Id, amount: i128, code: CodeKind, now: u64) {
        let when = calendar(self.day(now));
        self.spendings.push(Spending { user: id, code, when, amount });
    }
}
