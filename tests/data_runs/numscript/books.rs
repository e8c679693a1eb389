//! Who gives, who gets, and the postings that follow, with the ledger's own allocation.

use groat_ledger::allocation::{Overdraft, Portion, divide, in_order, room};
use std::collections::{BTreeMap, BTreeSet};

/// Why a script comes to nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Why {
    MissingFunds,
    /// groat does not have what it asks for.
    Unfit(&'static str),
}

pub(super) type Run<T> = Result<T, Why>;

/// Name and asset.
pub(super) type Account = (String, String);
pub(super) type Posting = (String, String, u64, String);

pub(super) enum Source {
    Account(String, Overdraft),
    Max(i128, Box<Source>),
    InOrder(Vec<Source>),
    OneOf(Vec<Source>),
    Portions(Vec<(Option<Portion>, Source)>),
}

pub(super) enum Destination {
    /// Nobody's: it stays where it is.
    Account(Option<String>),
    InOrder(Vec<(Option<i128>, Destination)>),
    OneOf(Vec<(Option<i128>, Destination)>),
    Portions(Vec<(Option<Portion>, Destination)>),
}

/// What accounts have, and what was taken of them and not given yet.
#[derive(Clone, Default)]
pub(super) struct Books {
    pub(super) balances: BTreeMap<Account, i128>,
    pub(super) postings: Vec<Posting>,
    /// Accounts that may be below nothing.
    pub(super) overdrawn: BTreeSet<Account>,
    pub(super) saved: BTreeMap<Account, i128>,
    pub(super) given: Vec<(String, u64)>,
}

impl Books {
    pub(super) fn has(&self, account: &str, asset: &str) -> i128 {
        let key = (account.to_owned(), asset.to_owned());
        self.balances.get(&key).copied().unwrap_or(0)
    }

    pub(super) fn send(
        &mut self,
        asset: &str,
        amount: Option<u64>,
        source: &Source,
        destination: &Destination,
    ) -> Run<()> {
        let got = self.take(asset, amount, source)?;
        if amount.is_some_and(|amount| got < amount) {
            return Err(Why::MissingFunds);
        }
        let mut gets = Vec::new();
        give(got, destination, &mut gets)?;
        let first = self.postings.len();
        let mut given = std::mem::take(&mut self.given).into_iter();
        let mut rest = (String::new(), 0);
        for (to, mut wanted) in gets {
            while wanted > 0 {
                if rest.1 == 0 {
                    rest = given.next().expect("as much is given as gotten");
                }
                let part = wanted.min(rest.1);
                (wanted, rest.1) = (wanted - part, rest.1 - part);
                let name = to.clone().unwrap_or_else(|| rest.0.clone());
                *self.balances.entry((name, asset.to_owned())).or_default() += i128::from(part);
                if let Some(to) = to.as_ref().filter(|_| part > 0) {
                    self.post(first, &rest.0, to, part, asset);
                }
            }
        }
        Ok(())
    }

    /// What follows on the same way is one posting.
    fn post(&mut self, first: usize, from: &str, to: &str, amount: u64, asset: &str) {
        let last = self.postings[first..].last_mut();
        match last.filter(|last| (last.0.as_str(), last.1.as_str()) == (from, to)) {
            Some(last) => last.2 += amount,
            None => self.postings.push((from.into(), to.into(), amount, asset.into())),
        }
    }

    /// Takes so much, or all that there is; gives what was there.
    fn take(&mut self, asset: &str, amount: Option<u64>, source: &Source) -> Run<u64> {
        match source {
            Source::Account(name, overdraft) => {
                let key = (name.clone(), asset.to_owned());
                let overdraft = if name == "world" { Overdraft::Unbounded } else { *overdraft };
                if overdraft != Overdraft::UpTo(0) {
                    self.overdrawn.insert(key.clone());
                }
                let kept = self.saved.get(&key).copied().unwrap_or(0);
                let got = room(self.has(name, asset) - kept, overdraft, amount);
                *self.balances.entry(key).or_default() -= i128::from(got);
                self.given.push((name.clone(), got));
                Ok(got)
            }
            Source::Max(cap, source) => {
                let cap = minor((*cap).max(0))?;
                self.take(asset, Some(amount.map_or(cap, |amount| amount.min(cap))), source)
            }
            Source::InOrder(sources) => sources.iter().try_fold(0, |got, source| {
                let wanted = amount.map(|amount| amount - got);
                Ok(got + self.take(asset, wanted, source)?)
            }),
            Source::OneOf(sources) => {
                for source in sources {
                    let mut tried = self.clone();
                    let got = tried.take(asset, amount, source)?;
                    if amount.is_none_or(|amount| got == amount) {
                        *self = tried;
                        return Ok(got);
                    }
                }
                Err(Why::MissingFunds)
            }
            Source::Portions(portions) => {
                let amount = amount.expect("portions are of an amount");
                let parts = parts_of(amount, portions.iter().map(|portion| portion.0));
                for (part, (_, source)) in parts.into_iter().zip(portions) {
                    if self.take(asset, Some(part), source)? < part {
                        return Err(Why::MissingFunds);
                    }
                }
                Ok(amount)
            }
        }
    }
}

/// Who gets how much of an amount, in order; nobody is who keeps it.
fn give(amount: u64, destination: &Destination, gets: &mut Vec<(Option<String>, u64)>) -> Run<()> {
    let cap = |cap: &Option<i128>| cap.map_or(Ok(u64::MAX), |cap| minor(cap.max(0)));
    match destination {
        Destination::Account(name) => gets.push((name.clone(), amount)),
        Destination::InOrder(clauses) => {
            let mut parts = clauses.iter().map(|clause| cap(&clause.0)).collect::<Run<Vec<_>>>()?;
            assert_eq!(in_order(amount, &mut parts), 0, "somebody gets what remains");
            for (part, (_, destination)) in parts.into_iter().zip(clauses) {
                give(part, destination, gets)?;
            }
        }
        Destination::OneOf(clauses) => {
            let (_, first) = clauses
                .iter()
                .find(|clause| cap(&clause.0).is_ok_and(|cap| amount <= cap))
                .expect("somebody gets what remains");
            give(amount, first, gets)?;
        }
        Destination::Portions(portions) => {
            let parts = parts_of(amount, portions.iter().map(|portion| portion.0));
            for (part, (_, destination)) in parts.into_iter().zip(portions) {
                give(part, destination, gets)?;
            }
        }
    }
    Ok(())
}

/// What remains stands last, or there is nothing that remains.
fn parts_of(amount: u64, portions: impl Iterator<Item = Option<Portion>>) -> Vec<u64> {
    let portions: Vec<Option<Portion>> = portions.collect();
    let known: Vec<Portion> = portions.iter().copied().flatten().collect();
    assert!(portions[..known.len()].iter().all(Option::is_some), "what remains is not last");
    let parts = divide(amount, &known).expect("portions of one whole");
    assert!(known.len() < portions.len() || parts[known.len()] == 0, "portions leave something");
    parts
}

pub(super) fn minor(amount: i128) -> Run<u64> {
    u64::try_from(amount).map_err(|_| Why::Unfit("an amount has at most 64 bits"))
}
