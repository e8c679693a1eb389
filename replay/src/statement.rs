//! `statement`: what moved on the accounts of a user, a merchant, a ledger account or a class, with
//! the running balance. Pending movements are shown as such and leave the balance alone. Of a
//! rental or an authorization it is the page of its life ([`crate::page`]).

use crate::follow::{Place, Trouble, read_chain};
use crate::names::{Holder, account_name, fact_name, holder};
use crate::page::{PageReport, pages};
use crate::selector::Selector;
use crate::source::{Progress, Source};
use groat_ledger::money::major_text;
use groat_ledger::{AccountKey, AccountNo, Currency, Fact, Id, Kind, Layer, Movement, SignRule};
use groat_proto::json::time_text;
use groat_shard::{Books, Folded};
use serde::Serialize;
use std::collections::BTreeMap;

/// Business dates in days since 1970, both included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// The first; none is the beginning.
    pub from: Option<u32>,
    /// The last; none is the end.
    pub to: Option<u32>,
}

/// What is stated of somebody or something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Statement {
    /// What moved on accounts.
    Accounts(StatementReport),
    /// The life of a rental or an authorization.
    Pages(PageReport),
}

/// The statements of all accounts that were meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementReport {
    /// In the order in which they were opened.
    pub accounts: Vec<AccountStatement>,
}

/// What moved on one account. Amounts are text in major units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountStatement {
    /// The shard.
    pub shard: u32,
    /// Its name as in exports.
    pub account: String,
    /// Its currency.
    pub currency: String,
    /// On which side a balance is positive: `debit` or `credit`.
    pub balance_side: &'static str,
    /// Before the first line.
    pub opening: String,
    /// What moved.
    pub lines: Vec<Line>,
    /// Sum of the posted debits shown.
    pub debits: String,
    /// Sum of the posted credits shown.
    pub credits: String,
    /// After the last line.
    pub closing: String,
    /// Debits still pending after the last line.
    pub pending_debits: String,
    /// Credits still pending after the last line.
    pub pending_credits: String,
    #[serde(skip)]
    key: Option<AccountKey>,
}

/// What one event moved on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When.
    pub time: String,
    /// The event's number.
    pub event: u64,
    /// The fact.
    pub fact: &'static str,
    /// `posted`, `pending`, or `released` for a reservation given back.
    pub layer: &'static str,
    /// The accounts on the other side.
    pub counterparties: Vec<String>,
    /// Debited.
    pub debit: Option<String>,
    /// Credited.
    pub credit: Option<String>,
    /// The posted balance after it.
    pub balance: String,
    /// The command's reference, where it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Reads the statements of the accounts that `selector` means, or the page.
pub fn statement(
    source: &Source,
    shards: &[u32],
    selector: Selector,
    period: Period,
    progress: Progress<'_>,
) -> Result<Statement, Trouble> {
    if let Period { from: Some(from), to: Some(to) } = period
        && from > to
    {
        return Err(Trouble::Usage("the first date is behind the last one".into()));
    }
    if let Selector::Hold(id) = selector {
        return whole_life(source, shards, id, period, progress);
    }
    let mut accounts = Vec::new();
    let mut is_hold = false;
    for shard in shards {
        let mut tally = Tally { shard: *shard, selector, period, open: BTreeMap::new() };
        let follower = read_chain(source.chain(*shard)?, progress, |books, at, folded| {
            if let Folded::Event { number, at: time, fact, movements, .. } = folded {
                tally.event(books, at, (number, time), fact, movements);
            }
        })?;
        accounts.extend(tally.open.into_values().map(Running::finish));
        if let (Selector::Bare(id), Some(books)) = (selector, follower.books()) {
            let tables = books.ledger().tables();
            is_hold |=
                tables.rentals.get(&id).is_some() || tables.authorizations.get(&id).is_some();
        }
    }
    if let Selector::Bare(id) = selector {
        let there = |wanted| match wanted {
            Holder::Hold => is_hold,
            wanted => accounts.iter().any(|a| held_by(a, wanted)),
        };
        let order = [Holder::User, Holder::Merchant, Holder::Hold, Holder::Ledger];
        let first = order.into_iter().find(|h| there(*h));
        if first == Some(Holder::Hold) {
            return whole_life(source, shards, id, period, progress);
        }
        accounts.retain(|account| first.is_some_and(|wanted| held_by(account, wanted)));
    }
    if accounts.is_empty() {
        let what = format!(
            "there is no such account: {selector}; name it user:ID, merchant:ID, rental:ID, \
             auth:ID, account:ID, class:CLASS or class:CLASS:OWNER; `groat-replay rebuild` lists \
             those that there are"
        );
        return Err(Trouble::Usage(what));
    }
    Ok(Statement::Accounts(StatementReport { accounts }))
}

fn whole_life(
    source: &Source,
    shards: &[u32],
    id: Id,
    period: Period,
    progress: Progress<'_>,
) -> Result<Statement, Trouble> {
    if period != Period::default() {
        let what = "the page of a rental or authorization is of its whole life: leave out --from \
                    and --to, or name an account of it, such as class:user_frozen:ID";
        return Err(Trouble::Usage(what.into()));
    }
    Ok(Statement::Pages(pages(source, shards, id, progress)?))
}

fn held_by(account: &AccountStatement, wanted: Holder) -> bool {
    account.key.is_some_and(|key| holder(key.class) == wanted)
}

/// The accounts of one shard that are meant, as the chain goes by.
struct Tally {
    shard: u32,
    selector: Selector,
    period: Period,
    open: BTreeMap<AccountNo, Running>,
}

/// One account's running sums, in minor units.
struct Running {
    statement: AccountStatement,
    currency: Currency,
    /// A balance is positive on the debit side.
    debit_side: bool,
    balance: i128,
    opening: i128,
    shown: (i128, i128),
    pending: (i128, i128),
}

impl Tally {
    fn event(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        (number, time): (u64, u64),
        fact: &Fact,
        movements: &[Movement],
    ) {
        if let Fact::AccountOpened { number, key, currency, sign_rule, .. } = fact
            && self.selector.takes(key)
        {
            self.open.insert(*number, Running::new(self.shard, key, *currency, *sign_rule));
        }
        let date = books.ledger().calendar().date(time);
        if self.period.to.is_some_and(|to| date > to) {
            return;
        }
        let mut touched: Vec<AccountNo> =
            movements.iter().flat_map(|m| [m.debit, m.credit]).collect();
        touched.sort_unstable();
        touched.dedup();
        for no in touched {
            let Some(account) = self.open.get_mut(&no) else { continue };
            for layer in [Layer::Released, Layer::Pending, Layer::Posted] {
                let of_layer = movements.iter().filter(|m| m.layer == layer);
                let moved: Vec<&Movement> =
                    of_layer.filter(|m| m.debit == no || m.credit == no).collect();
                if moved.is_empty() {
                    continue;
                }
                let sums = account.count(no, layer, &moved);
                if self.period.from.is_none_or(|from| date >= from) {
                    let line = account.line(no, layer, &moved, sums, books);
                    let reference = at.command().map(|c| c.reference).filter(|r| !r.is_empty());
                    let (time, fact) = (time_text(time), fact_name(fact));
                    let line = Line { time, event: number, fact, reference, ..line };
                    account.statement.lines.push(line);
                } else {
                    account.opening = account.balance;
                    account.shown = (0, 0);
                }
            }
        }
    }
}

impl Running {
    fn new(shard: u32, key: &AccountKey, currency: Currency, sign_rule: SignRule) -> Running {
        let debit_side = match key.class.kind() {
            Kind::Asset | Kind::Expense | Kind::Trading | Kind::Memorandum => true,
            Kind::Liability | Kind::Equity | Kind::Income => false,
            Kind::Ledger => sign_rule == SignRule::DebitBalance,
        };
        let nothing = String::new;
        let statement = AccountStatement {
            shard,
            account: account_name(key),
            currency: currency.letters().into(),
            balance_side: if debit_side { "debit" } else { "credit" },
            opening: nothing(),
            lines: Vec::new(),
            debits: nothing(),
            credits: nothing(),
            closing: nothing(),
            pending_debits: nothing(),
            pending_credits: nothing(),
            key: Some(*key),
        };
        Running {
            statement,
            currency,
            debit_side,
            balance: 0,
            opening: 0,
            shown: (0, 0),
            pending: (0, 0),
        }
    }

    /// Adds up movements of one layer; gives the debits and credits among them.
    fn count(&mut self, no: AccountNo, layer: Layer, moved: &[&Movement]) -> (i128, i128) {
        let sum = |debit: bool| -> i128 {
            let side = moved.iter().filter(|m| if debit { m.debit == no } else { m.credit == no });
            side.map(|m| i128::from(m.amount)).sum()
        };
        let (debits, credits) = (sum(true), sum(false));
        match layer {
            Layer::Posted => {
                let net = debits - credits;
                self.balance += if self.debit_side { net } else { -net };
                self.shown = (self.shown.0 + debits, self.shown.1 + credits);
            }
            Layer::Pending => self.pending = (self.pending.0 + debits, self.pending.1 + credits),
            Layer::Released => self.pending = (self.pending.0 - debits, self.pending.1 - credits),
        }
        (debits, credits)
    }

    fn line(
        &self,
        no: AccountNo,
        layer: Layer,
        moved: &[&Movement],
        (debits, credits): (i128, i128),
        books: &Books,
    ) -> Line {
        let amount = |sum: i128| (sum > 0).then(|| major_text(sum, self.currency));
        let accounts = &books.ledger().tables().accounts;
        let others = moved.iter().map(|m| if m.debit == no { m.credit } else { m.debit });
        let names =
            others.filter_map(|other| accounts.try_row(other).map(|a| account_name(&a.key)));
        let mut counterparties: Vec<String> = names.collect();
        counterparties.sort();
        counterparties.dedup();
        Line {
            time: String::new(),
            event: 0,
            fact: "",
            layer: layer_name(layer),
            counterparties,
            debit: amount(debits),
            credit: amount(credits),
            balance: major_text(self.balance, self.currency),
            reference: None,
        }
    }

    fn finish(mut self) -> AccountStatement {
        let text = |amount| major_text(amount, self.currency);
        self.statement.opening = text(self.opening);
        self.statement.debits = text(self.shown.0);
        self.statement.credits = text(self.shown.1);
        self.statement.closing = text(self.balance);
        self.statement.pending_debits = text(self.pending.0);
        self.statement.pending_credits = text(self.pending.1);
        self.statement
    }
}

pub(crate) fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::Posted => "posted",
        Layer::Pending => "pending",
        Layer::Released => "released",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn of(text: &str, period: Period) -> Result<StatementReport, Trouble> {
        let day = sample::day().in_a_directory();
        let stated = statement(&day.source(), &[0], text.parse().unwrap(), period, &mut |_, _| {});
        match stated? {
            Statement::Accounts(report) => Ok(report),
            Statement::Pages(report) => panic!("{report:?}"),
        }
    }

    #[test]
    fn balances_run_and_close() {
        let report = of("user:alice", Period::default()).unwrap();
        let alice = &report.accounts[0];
        assert_eq!(alice.account, "Liabilities:user_available:alice");
        assert_eq!((alice.opening.as_str(), alice.closing.as_str()), ("0.00", "76.04"));
        let balances: Vec<&str> = alice.lines.iter().map(|l| l.balance.as_str()).collect();
        assert_eq!(balances, ["100.00", "93.10", "73.10", "75.10", "76.04"]);
        assert_eq!(alice.lines[0].counterparties, ["Assets:safeguarded_bank:house"]);
        assert_eq!(alice.lines[0].fact, "topped_up");
        assert_eq!(alice.lines[0].reference.as_deref(), Some("first money"));
    }

    #[test]
    fn a_merchant_has_all_its_accounts_and_a_bare_id_is_looked_up() {
        let named = of("merchant:shop", Period::default()).unwrap();
        let names: Vec<&str> = named.accounts.iter().map(|a| a.account.as_str()).collect();
        let pending = "Liabilities:merchant_pending:shop:2026-01-31";
        assert_eq!(names, ["Liabilities:merchant_available:shop", pending]);
        assert_eq!(named.accounts[0].closing, "5.93");
        assert_eq!(named.accounts[1].closing, "0.00");
        assert_eq!(of("shop", Period::default()).unwrap(), named);
        assert!(matches!(of("nobody", Period::default()), Err(Trouble::Usage(_))));
    }

    #[test]
    fn a_period_has_an_opening_and_a_closing_balance() {
        let first = groat_proto::json::parse_date("2026-02-01").unwrap();
        let after = of("user:alice", Period { from: Some(first), to: None }).unwrap();
        let before = of("user:alice", Period { from: None, to: Some(first - 1) }).unwrap();
        let turned = of("user:alice", Period { from: Some(first), to: Some(first - 1) });
        assert!(matches!(turned, Err(Trouble::Usage(_))));
        assert_eq!(before.accounts[0].closing, after.accounts[0].opening);
        assert_eq!(after.accounts[0].lines.len() + before.accounts[0].lines.len(), 5);
    }

    #[test]
    fn pending_movements_leave_the_balance_alone() {
        let report = of("account:till", Period::default()).unwrap();
        let lines: Vec<_> = report.accounts[0].lines.iter().collect();
        let layers: Vec<&str> = lines.iter().map(|l| l.layer).collect();
        assert_eq!(layers, ["posted", "pending", "released", "posted", "pending"]);
        assert_eq!(lines[1].balance, lines[0].balance);
        assert_eq!(report.accounts[0].pending_debits, "1.00");
    }

    #[test]
    fn a_rental_has_a_page_under_its_name_and_under_its_id_alone() {
        let days = sample::rented_days().in_a_directory();
        let of = |text: &str, period| {
            let selector = text.parse().unwrap();
            statement(&days.source(), &[0], selector, period, &mut |_, _| {})
        };
        let page = of("rental:car-1", Period::default()).unwrap();
        let Statement::Pages(report) = &page else { panic!("{page:?}") };
        assert_eq!(report.pages[0].id, "car-1");
        assert_eq!(of("car-1", Period::default()).unwrap(), page);
        assert!(matches!(of("tent-2", Period::default()), Ok(Statement::Pages(_))));
        assert!(matches!(of("auth:stay-1", Period::default()), Ok(Statement::Pages(_))));
        for one in ["alice", "fleet", "class:user_frozen:car-1"] {
            assert!(matches!(of(one, Period::default()), Ok(Statement::Accounts(_))), "{one}");
        }
        let march = Period { from: Some(20_513), to: None };
        assert!(matches!(of("rental:car-1", march), Err(Trouble::Usage(_))));
        assert!(matches!(of("rental:nobody", Period::default()), Err(Trouble::Usage(_))));
    }
}
