//! Limits on what users spend from the balance, in the naive model: a list of spendings.

use super::{Naive, Outcome, must, user};
use groat_ledger::{CodeKind, Currency, Id, LimitScope, Limits, Owner, Rejection, SetLimits};

/// Who, when by day, month and year, and how much.
pub(super) struct Spending {
    user: Id,
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
            LimitScope::CodeKind(kind) => must(kind != CodeKind::None, Rejection::SchemaInvalid)?,
        }
        self.limits.insert(format!("{:?} {}", c.scope, c.currency), c.limits);
        Ok(())
    }

    fn limits_of(&self, id: Id) -> Vec<Limits> {
        let scopes = [LimitScope::User(id), LimitScope::KycClass(self.users[&id])];
        let names = scopes.map(|scope| format!("{scope:?} {}", Currency::CNY));
        names.iter().filter_map(|name| self.limits.get(name).copied()).collect()
    }

    /// Whether so much more may be spent now.
    pub(super) fn may_spend(&self, id: Id, amount: i128, now: u64) -> Outcome {
        let today = calendar(self.day(now));
        let sum = |window: Option<usize>| {
            let spent = self.spendings.iter().filter(|s| s.user == id);
            let spent = spent.filter(|s| window.is_none_or(|at| s.when[at] == today[at]));
            spent.map(|s| s.amount).sum::<i128>() + amount
        };
        let windows = [sum(Some(0)), sum(Some(1)), sum(Some(2)), sum(None)];
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
        let when = calendar(self.day(now));
        self.spendings.push(Spending { user: id, when, amount });
    }
}
