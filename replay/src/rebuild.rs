//! `rebuild`: the state from nothing, up to the end or to an event or time; its digest and its
//! trial balance by currency and class. Snapshots are not used.

use crate::cut::{Until, cut};
use crate::follow::{Follower, Trouble};
use crate::names::account_name;
use crate::shards::each_chain;
use crate::source::{Chain, Progress, Source};
use groat_ledger::money::major_text;
use groat_ledger::{Account, Class, Currency};
use groat_proto::json::time_text;
use groat_shard::{Books, hex};
use serde::Serialize;
use std::collections::BTreeMap;

/// A state and what it sums to. Amounts are text in major units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RebuildReport {
    /// Up to where; absent is the end.
    pub at: Option<String>,
    /// Each shard.
    pub shards: Vec<ShardState>,
    /// Whether debits equal credits in every currency.
    pub balanced: bool,
    /// Over all shards, one for each currency.
    pub trial_balance: Vec<CurrencyBalance>,
    /// Every account, where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<AccountLine>>,
}

/// Where one shard stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShardState {
    /// The shard.
    pub shard: u32,
    /// Blocks read.
    pub blocks: u64,
    /// Number of the last event applied.
    pub last_event: u64,
    /// The ledger's time.
    pub time: String,
    /// The digest of the state.
    pub digest: String,
}

/// The trial balance of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurrencyBalance {
    /// Its letters.
    pub currency: String,
    /// By class of accounts, in the order of the chart.
    pub classes: Vec<ClassLine>,
    /// Sums of the balances of all classes.
    pub total: Side,
    /// Whether they are equal, and pending debits and credits too.
    pub balanced: bool,
}

/// The accounts of a class in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassLine {
    /// The class.
    pub class: String,
    /// How many accounts.
    pub accounts: u64,
    /// Sums of the accounts' balances by the side they are on.
    pub balance: Side,
    /// Sums of all posted debits and credits.
    pub turnover: Side,
    /// Sums of what is reserved.
    pub pending: Side,
}

/// A debit and a credit amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Side {
    pub debit: String,
    pub credit: String,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountLine {
    /// The shard.
    pub shard: u32,
    /// Its name as in exports.
    pub account: String,
    /// Its currency.
    pub currency: String,
    /// Posted debits minus posted credits, as accounting tools sign it.
    pub balance: String,
    /// Posted.
    pub posted: Side,
    /// Reserved.
    pub pending: Side,
}

/// Rebuilds the shards of a source. With `each_account` every account is listed.
pub fn rebuild(
    source: &Source,
    shards: &[u32],
    until: Option<Until>,
    each_account: bool,
    progress: Progress<'_>,
) -> Result<RebuildReport, Trouble> {
    if let (Some(Until::Event(_)), [_, _, ..]) = (until, shards) {
        let what = "events are numbered by shard: name one with --shard, or give a time";
        return Err(Trouble::Usage(what.into()));
    }
    let work = |chain: Chain, progress: Progress<'_>| {
        let shard = chain.shard();
        let (follower, blocks) = fold_until(chain, until, progress)?;
        let Some(books) = follower.books() else { return Ok(None) };
        let mut totals = Totals::new();
        let rows = books.ledger().tables().accounts.rows();
        rows.iter().for_each(|account| add(&mut totals, account));
        let lines = if each_account { rows } else { &[] };
        let lines: Vec<_> = lines.iter().map(|account| line_of(shard, account)).collect();
        Ok(Some((state_of(shard, blocks, books), totals, lines)))
    };
    let (mut states, mut totals) = (Vec::new(), Totals::new());
    let mut accounts = each_account.then(Vec::new);
    for (state, its, lines) in each_chain(source, shards, work, progress)?.into_iter().flatten() {
        states.push(state);
        for (currency, classes) in its {
            let total = totals.entry(currency).or_default();
            classes.into_iter().for_each(|(class, sum)| total.entry(class).or_default().add(&sum));
        }
        if let Some(accounts) = &mut accounts {
            accounts.extend(lines);
        }
    }
    let trial_balance: Vec<CurrencyBalance> = totals.iter().map(balance_of).collect();
    Ok(RebuildReport {
        at: until.map(|until| until.to_string()),
        shards: states,
        balanced: trial_balance.iter().all(|currency| currency.balanced),
        trial_balance,
        accounts,
    })
}

/// Folds a chain up to `until`; gives also how many blocks were read.
fn fold_until(
    mut chain: Chain,
    until: Option<Until>,
    progress: Progress<'_>,
) -> Result<(Follower, u64), Trouble> {
    let mut follower = Follower::of(&chain);
    while let Some(bytes) = chain.next() {
        let now = follower.books().map_or(0, |books| books.ledger().now());
        let Some(block) = follower.accept(&bytes?)? else { continue };
        let part = until.and_then(|until| cut(&block, now, until));
        follower.fold(part.as_ref().unwrap_or(&block), |_, _, _| {})?;
        progress(chain.done(), chain.total());
        let done = match until {
            Some(Until::Event(last)) => follower.head().next_event > last,
            Some(Until::Time(_)) | None => false,
        };
        if part.is_some() || done {
            return Ok((follower, chain.done()));
        }
    }
    if let Some(Until::Event(last)) = until {
        let there = follower.head().next_event.saturating_sub(1);
        return Err(Trouble::Usage(format!("there is no event {last}; the last one is {there}")));
    }
    Ok((follower, chain.done()))
}

fn state_of(shard: u32, blocks: u64, books: &Books) -> ShardState {
    ShardState {
        shard,
        blocks,
        last_event: books.ledger().next_event().saturating_sub(1),
        time: time_text(books.ledger().now()),
        digest: hex(&books.digest()),
    }
}

type Totals = BTreeMap<Currency, BTreeMap<Class, Sum>>;

#[derive(Default)]
struct Sum {
    accounts: u64,
    balance: (u128, u128),
    turnover: (u128, u128),
    pending: (u128, u128),
}

impl Sum {
    fn add(&mut self, other: &Sum) {
        self.accounts += other.accounts;
        for (to, (debit, credit)) in [
            (&mut self.balance, other.balance),
            (&mut self.turnover, other.turnover),
            (&mut self.pending, other.pending),
        ] {
            *to = (to.0 + debit, to.1 + credit);
        }
    }
}

fn add(totals: &mut Totals, account: &Account) {
    let credit = account.credit_balance();
    let classes = totals.entry(account.currency).or_default();
    classes.entry(account.key.class).or_default().add(&Sum {
        accounts: 1,
        balance: (credit.min(0).unsigned_abs(), credit.max(0).unsigned_abs()),
        turnover: (account.debits_posted, account.credits_posted),
        pending: (account.debits_pending, account.credits_pending),
    });
}

fn balance_of((currency, classes): (&Currency, &BTreeMap<Class, Sum>)) -> CurrencyBalance {
    let total = |part: fn(&Sum) -> (u128, u128)| {
        classes.values().map(part).fold((0, 0), |sum, (d, c)| (sum.0 + d, sum.1 + c))
    };
    let (balance, pending) = (total(|sum| sum.balance), total(|sum| sum.pending));
    let line = |(class, sum): (&Class, &Sum)| ClassLine {
        class: class.name().into(),
        accounts: sum.accounts,
        balance: side(sum.balance, *currency),
        turnover: side(sum.turnover, *currency),
        pending: side(sum.pending, *currency),
    };
    CurrencyBalance {
        currency: currency.letters().into(),
        classes: classes.iter().map(line).collect(),
        total: side(balance, *currency),
        balanced: balance.0 == balance.1 && pending.0 == pending.1,
    }
}

fn line_of(shard: u32, account: &Account) -> AccountLine {
    let currency = account.currency;
    AccountLine {
        shard,
        account: account_name(&account.key),
        currency: currency.letters().into(),
        balance: major_text(-account.credit_balance(), currency),
        posted: side((account.debits_posted, account.credits_posted), currency),
        pending: side((account.debits_pending, account.credits_pending), currency),
    }
}

fn side((debit, credit): (u128, u128), currency: Currency) -> Side {
    let text = |sum: u128| major_text(i128::try_from(sum).unwrap_or(i128::MAX), currency);
    Side { debit: text(debit), credit: text(credit) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, Day};

    fn at(day: &Day, until: Option<Until>) -> RebuildReport {
        let kept = day.in_a_directory();
        rebuild(&kept.source(), &[0], until, true, &mut |_, _| {}).unwrap()
    }

    #[test]
    fn the_whole_chain_sums_to_zero() {
        let day = sample::day();
        let report = at(&day, None);
        assert!(report.balanced);
        assert_eq!(report.shards[0].digest, hex(&day.digest));
        let cny = &report.trial_balance[0];
        assert_eq!(cny.total, Side { debit: "107.00".into(), credit: "107.00".into() });
        let bank = &cny.classes[0];
        assert_eq!(
            (bank.class.as_str(), bank.balance.debit.as_str()),
            ("safeguarded_bank", "100.00")
        );
        let alice = report.accounts.unwrap();
        let alice = alice.iter().find(|a| a.account.ends_with(":alice")).unwrap();
        assert_eq!(alice.balance, "-76.04");
    }

    #[test]
    fn the_state_at_an_event_is_what_the_shard_had_there() {
        let day = sample::day();
        let mut before = 0;
        for (event, _, digest) in &day.states {
            if *event > before {
                let report = at(&day, Some(Until::Event(*event)));
                assert_eq!(report.shards[0].digest, hex(digest), "event {event}");
            }
            before = *event;
        }
    }

    #[test]
    fn any_event_can_be_the_last() {
        let day = sample::day();
        for event in 1..=32 {
            let report = at(&day, Some(Until::Event(event)));
            assert_eq!(report.shards[0].last_event, event);
            assert!(report.balanced);
        }
        let kept = day.in_a_directory();
        let beyond = rebuild(&kept.source(), &[0], Some(Until::Event(33)), false, &mut |_, _| {});
        assert!(matches!(beyond, Err(Trouble::Usage(_))));
    }

    #[test]
    fn the_state_at_a_time_is_what_the_shard_had_then() {
        let day = sample::day();
        for (at_input, (event, time, digest)) in day.states.iter().enumerate() {
            let last_of_its_time = day.states.get(at_input + 1).is_some_and(|next| next.1 > *time);
            if last_of_its_time {
                let state = at(&day, Some(Until::Time(*time))).shards.remove(0);
                assert_eq!((state.last_event, state.digest), (*event, hex(digest)), "{time}");
            }
        }
    }
}
