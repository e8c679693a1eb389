//! The naive models that run beside the ledger: sums over movements, answers by id, what was spent
//! by window, holds, rentals and lines of credit. They see facts only and share no code with the
//! rules, so that both can be compared.

mod apps;
mod away;
mod bills;
mod cards;
mod closings;
mod coupons;
mod debits;
mod disputes;
mod exchange;
mod funding;
mod holds;
mod invoices;
mod kept;
mod lines;
mod loan_terms;
mod loans;
mod losses;
mod moved;
mod orders;
mod packets;
mod plans;
mod points;
mod rentals;
mod royalties;
mod safeguard;
mod statements;

pub(crate) use apps::{Apps, Asked};
pub(crate) use away::Away;
pub(crate) use bills::Bills;
pub(crate) use cards::Cards;
pub(crate) use closings::Closings;
pub(crate) use coupons::Coupons;
pub(crate) use debits::{Debits, Found};
pub(crate) use disputes::Disputes;
pub(crate) use exchange::{Converted, Exchanges};
pub(crate) use funding::Funding;
pub(crate) use holds::{Hold, Holds, Part};
pub(crate) use invoices::Invoices;
pub(crate) use kept::Kept;
pub(crate) use lines::{Lines, Reserves};
pub(crate) use loans::Loans;
pub(crate) use losses::Losses;
pub(crate) use moved::{Moved, add, frozen, moved};
pub(crate) use orders::Orders;
pub(crate) use packets::Packets;
pub(crate) use plans::Plans;
pub(crate) use points::Points;
pub(crate) use rentals::{Rental, Rentals};
pub(crate) use royalties::{Royalties, Sale};
pub(crate) use safeguard::{Cover, Safeguard};
pub(crate) use statements::Statements;

use crate::names::{account_name, fact_name};
use groat_ledger::hash::IdMap;
use groat_ledger::{
    Account, AccountKey, AccountNo, Class, CodeKind, Currency, EventRange, Fact, Id, Layer,
    LimitScope, Limits, Movement, SignRule, year_and_month,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Said of a fact that was sent to the wrong model: nothing is passed over in silence.
fn stranger(fact: &Fact, of: &str) -> String {
    format!("{} is no fact of {of}", fact_name(fact))
}

/// What the movements of one account sum to.
#[derive(Debug)]
pub(crate) struct Sums {
    pub(crate) key: AccountKey,
    pub(crate) currency: Currency,
    pub(crate) sign_rule: SignRule,
    pub(crate) debits: i128,
    pub(crate) credits: i128,
    pub(crate) debits_pending: i128,
    pub(crate) credits_pending: i128,
}

/// Sums of every account.
#[derive(Default, Debug)]
pub(crate) struct Journal {
    pub(crate) accounts: Vec<Sums>,
}

impl Journal {
    pub(crate) fn open(
        &mut self,
        number: AccountNo,
        key: &AccountKey,
        currency: Currency,
        sign_rule: SignRule,
    ) -> Result<(), String> {
        if number as usize != self.accounts.len() {
            return Err(format!("account {number} is opened out of order"));
        }
        if key.class != Class::Ledger && sign_rule != key.class.sign_rule() {
            let name = account_name(key);
            return Err(format!("{name} is opened with the sign rule of another class"));
        }
        self.accounts.push(Sums {
            key: *key,
            currency,
            sign_rule,
            debits: 0,
            credits: 0,
            debits_pending: 0,
            credits_pending: 0,
        });
        Ok(())
    }

    pub(crate) fn of(&self, number: AccountNo) -> Option<&Sums> {
        self.accounts.get(number as usize)
    }

    /// Adds up one entry; says where its debits and credits differ in a currency.
    pub(crate) fn post(&mut self, movements: &[Movement]) -> Result<(), String> {
        let mut net: Vec<(Currency, Layer, i128)> = Vec::new();
        for m in movements {
            let amount = i128::from(m.amount);
            for (no, debit, signed) in [(m.debit, true, amount), (m.credit, false, -amount)] {
                let sums = self.accounts.get_mut(no as usize);
                let sums = sums.ok_or_else(|| format!("account {no} was never opened"))?;
                let (counter, change) = match (m.layer, debit) {
                    (Layer::Posted, true) => (&mut sums.debits, amount),
                    (Layer::Posted, false) => (&mut sums.credits, amount),
                    (Layer::Pending, true) => (&mut sums.debits_pending, amount),
                    (Layer::Pending, false) => (&mut sums.credits_pending, amount),
                    (Layer::Released, true) => (&mut sums.debits_pending, -amount),
                    (Layer::Released, false) => (&mut sums.credits_pending, -amount),
                };
                *counter += change;
                match net.iter_mut().find(|n| n.0 == sums.currency && n.1 == m.layer) {
                    Some(net) => net.2 += signed,
                    None => net.push((sums.currency, m.layer, signed)),
                }
            }
        }
        match net.iter().find(|n| n.2 != 0) {
            Some((currency, _, off)) => Err(format!(
                "debits and credits in {currency} differ by {off} minor units in one event"
            )),
            None => Ok(()),
        }
    }

    /// Posted and pending debits minus credits by currency: all zero in books that balance.
    pub(crate) fn trial_balance(&self) -> BTreeMap<Currency, (i128, i128)> {
        let mut balance = BTreeMap::new();
        for sums in &self.accounts {
            let (posted, pending): &mut (i128, i128) = balance.entry(sums.currency).or_default();
            *posted += sums.debits - sums.credits;
            *pending += sums.debits_pending - sums.credits_pending;
        }
        balance
    }
}

impl Sums {
    pub(crate) fn are_those_of(&self, account: &Account) -> bool {
        let of = |counter: u128| i128::try_from(counter).ok();
        of(account.debits_posted) == Some(self.debits)
            && of(account.credits_posted) == Some(self.credits)
            && of(account.debits_pending) == Some(self.debits_pending)
            && of(account.credits_pending) == Some(self.credits_pending)
    }

    pub(crate) fn keep_sign_rule(&self) -> bool {
        match self.sign_rule {
            SignRule::CreditBalance => self.debits + self.debits_pending <= self.credits,
            SignRule::DebitBalance => self.credits + self.credits_pending <= self.debits,
            SignRule::Either => true,
        }
    }
}

const HOUR_MS: u64 = 3_600_000;

/// The events of each command id, for the window in which ids are kept.
#[derive(Default, Debug)]
pub(crate) struct Answers {
    hours: BTreeMap<u64, IdMap<Id, EventRange>>,
}

impl Answers {
    pub(crate) fn get(&self, id: Id) -> Option<EventRange> {
        self.hours.get(&(id.time_ms() / HOUR_MS))?.get(&id).copied()
    }

    pub(crate) fn insert(&mut self, id: Id, events: EventRange) {
        self.hours.entry(id.time_ms() / HOUR_MS).or_default().insert(id, events);
    }

    pub(crate) fn forget(&mut self, now: u64, window_ms: u64) {
        let edge = now.saturating_sub(window_ms) / HOUR_MS;
        while self.hours.first_key_value().is_some_and(|(hour, _)| *hour < edge) {
            self.hours.pop_first();
        }
    }
}

/// What a user spent from the balance, by window.
#[derive(Default, Debug)]
struct Spent {
    day: Window,
    month: Window,
    year: Window,
    lifetime: u128,
    /// By code kind on `day`.
    codes: [(Option<CodeKind>, u128); 5],
    /// By code kind, since its limits say every window: month, year, ever.
    by_code: HashMap<CodeKind, (Window, Window, u128)>,
}

#[derive(Default, Debug)]
struct Window {
    period: u32,
    sum: u128,
}

impl Window {
    fn add(&mut self, period: u32, amount: u128) -> u128 {
        if self.period != period {
            *self = Window { period, sum: 0 };
        }
        self.sum += amount;
        self.sum
    }
}

/// Limits in force, and what was spent under them.
#[derive(Default, Debug)]
pub(crate) struct Spending {
    limits: HashMap<(LimitScope, Currency), Limits>,
    /// What once had limits in every window; they stay so.
    every_window: HashSet<(LimitScope, Currency)>,
    users: IdMap<Id, Spent>,
    /// What each hold has of whose balance.
    frozen: IdMap<Id, (Id, u128)>,
    /// All of a user's.
    frozen_of: IdMap<Id, u128>,
    /// What was frozen counted as spent when events were decided.
    holds_count: bool,
    /// A payment that was agreed to, until the fact that says by what: its payer and what of it
    /// came from the balance.
    agreed: Option<(Id, Person, u64)>,
}

/// Who spends or holds, as limits see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) user: Id,
    pub(crate) kyc_class: u8,
    pub(crate) currency: Currency,
}

impl Spending {
    pub(crate) fn set(&mut self, scope: LimitScope, currency: Currency, limits: Limits) {
        self.limits.insert((scope, currency), limits);
        if limits.every_window {
            self.every_window.insert((scope, currency));
        }
    }

    /// The limits on a person, with their names.
    fn on(&self, person: Person) -> impl Iterator<Item = &Limits> {
        let scopes = [LimitScope::User(person.user), LimitScope::KycClass(person.kyc_class)];
        scopes.into_iter().filter_map(move |scope| self.limits.get(&(scope, person.currency)))
    }

    /// By which rules the events that follow were decided: holds count as spent since the third.
    pub(crate) fn decided_by(&mut self, ruleset: u32) {
        self.holds_count = ruleset >= 3;
    }

    /// Freezes cash of a user; says which limit in force it exceeds, with all that is spent and
    /// held.
    pub(crate) fn freeze(
        &mut self,
        hold: Id,
        person: Person,
        amount: u64,
        date: u32,
    ) -> Result<(), String> {
        self.frozen.insert(hold, (person.user, u128::from(amount)));
        *self.frozen_of.entry(person.user).or_default() += u128::from(amount);
        if self.holds_count { self.within(person, u128::from(amount), date) } else { Ok(()) }
    }

    /// Cash of a hold is spent or given back.
    pub(crate) fn unfreeze(&mut self, hold: Id, amount: u64) {
        let Some((user, rest)) = self.frozen.get_mut(&hold) else { return };
        let part = rest.saturating_sub(u128::from(amount));
        let of = self.frozen_of.entry(*user).or_default();
        *of = of.saturating_sub(*rest - part);
        *rest = part;
    }

    /// Counts a payment that was agreed to before; by what is for the fact behind it to say.
    pub(crate) fn spend_agreed(&mut self, payment: Id, person: Person, amount: u64, date: u32) {
        let _ = self.spend(person, amount, CodeKind::None, date);
        self.agreed = Some((payment, person, amount));
    }

    /// A payment that was agreed to, if no fact has said yet by what.
    pub(crate) fn agreed_to_nothing(&mut self) -> Option<Id> {
        self.agreed.take().map(|agreed| agreed.0)
    }

    /// Says which limit is exceeded by what of a payment was not frozen before: that was taken
    /// because limits left it.
    pub(crate) fn settle_agreed(
        &mut self,
        payment: Option<Id>,
        frozen: u64,
        date: u32,
    ) -> Result<(), String> {
        let of = |agreed: &(Id, Person, u64)| payment.is_none_or(|payment| payment == agreed.0);
        let Some((_, person, amount)) = self.agreed.take_if(|agreed| of(agreed)) else {
            return Ok(());
        };
        match amount.saturating_sub(frozen) {
            0 => Ok(()),
            beyond if self.holds_count => self.within(person, u128::from(beyond), date),
            _ => Ok(()),
        }
    }

    /// Says which limit on a person is exceeded by what is spent and frozen, the last of it this.
    fn within(&self, person: Person, amount: u128, date: u32) -> Result<(), String> {
        let (year_no, month_of_year) = year_and_month(date);
        let none = Spent::default();
        let spent = self.users.get(&person.user).unwrap_or(&none);
        let held = match self.holds_count {
            true => self.frozen_of.get(&person.user).copied().unwrap_or(0),
            false => 0,
        };
        let in_period = |window: &Window, period: u32| {
            held + if window.period == period { window.sum } else { 0 }
        };
        let day = in_period(&spent.day, date);
        let month = in_period(&spent.month, year_no * 12 + month_of_year);
        let year = in_period(&spent.year, year_no);
        let sums = self.on(person).flat_map(|limits| {
            [
                (limits.single, amount, "single"),
                (limits.day, day, "day"),
                (limits.month, month, "month"),
                (limits.year, year, "year"),
                (limits.lifetime, spent.lifetime + held, "lifetime"),
            ]
        });
        first_exceeded(person.user, sums)
    }

    /// Counts a spending; says which limit in force it exceeds.
    pub(crate) fn spend(
        &mut self,
        person: Person,
        amount: u64,
        code: CodeKind,
        date: u32,
    ) -> Result<(), String> {
        let amount = u128::from(amount);
        let (year_no, month_of_year) = year_and_month(date);
        let month_no = year_no * 12 + month_of_year;
        let spent = self.users.entry(person.user).or_default();
        if spent.day.period != date {
            spent.codes = Default::default();
        }
        spent.day.add(date, amount);
        spent.month.add(month_no, amount);
        spent.year.add(year_no, amount);
        spent.lifetime += amount;
        let slot = spent.codes.iter_mut().find(|c| c.0.is_none_or(|kind| kind == code));
        let of_code = slot.map_or(0, |slot| {
            *slot = (Some(code), slot.1 + amount);
            slot.1
        });
        let of_kind = (LimitScope::CodeKind(code), person.currency);
        let in_every_window = self.every_window.contains(&of_kind).then(|| {
            let (in_month, in_year, ever) = spent.by_code.entry(code).or_default();
            *ever += amount;
            (in_month.add(month_no, amount), in_year.add(year_no, amount), *ever)
        });
        let code_limit = if code == CodeKind::None { None } else { self.limits.get(&of_kind) };
        let of_code = code_limit.map(|limits| (limits.day, of_code, "code day"));
        let of_codes = code_limit.zip(in_every_window).map(|(limits, (month, year, ever))| {
            [
                (limits.single, amount, "code single"),
                (limits.month, month, "code month"),
                (limits.year, year, "code year"),
                (limits.lifetime, ever, "code lifetime"),
            ]
        });
        let of_code = of_code.into_iter().chain(of_codes.into_iter().flatten());
        self.within(person, amount, date)?;
        first_exceeded(person.user, of_code)
    }

    /// Says if a balance that was just raised exceeds its cap.
    pub(crate) fn hold(&self, person: Person, balance: i128) -> Result<(), String> {
        for cap in self.on(person).filter_map(|limits| limits.balance_cap) {
            if balance > i128::from(cap) {
                let user = person.user;
                return Err(format!("{user} has a balance of {balance}; the cap is {cap}"));
            }
        }
        Ok(())
    }
}

fn first_exceeded(
    user: Id,
    sums: impl IntoIterator<Item = (Option<u64>, u128, &'static str)>,
) -> Result<(), String> {
    for (limit, sum, name) in sums {
        if let Some(limit) = limit.filter(|limit| sum > u128::from(*limit)) {
            return Err(format!("{user} has spent {sum}; the {name} limit is {limit}"));
        }
    }
    Ok(())
}
