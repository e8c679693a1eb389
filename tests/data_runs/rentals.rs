//! Film rentals, May 2005 to February 2006: 5,334 rentals of two stores to 199 customers without
//! a cash deposit. Everything happens at its time, the rentals of all customers interleaved.
//!
//! | in the data | becomes |
//! |---|---|
//! | store | merchant, settled daily; store 2 leaves a reserve |
//! | customer | user with a line of credit |
//! | copy of a film | `item`: one of a kind, out once at a time |
//! | rental | `create_rental`, `assess_rental`, `secure_deposit`, `start_rental` |
//! | replacement cost | deposit, held on credit alone: the score stands for all of it |
//! | included days, base rate | expiry; price once, and 1.00 for each later date till the return |
//! | return | `return_rental`, `settle_rental`; the charge goes to the line |
//! | no return | `declare_lost`, `settle_rental` 30 days after expiry: the replacement cost |
//! | payment | `confirm_top_up` at its date; `repay_credit` as soon as the charge exists |
//! | payment of 0.00, always without a return | nothing; the charge stays owed |
//!
//! A payment has the date of the start and yet the amount of the charge, so it waits in the
//! customer's balance. What customers of lost things paid is less than the charge: they owe the
//! rest. Beside the data stand wishes that are refused:
//!
//! | for | wish | refused as |
//! |---|---|---|
//! | every 50th, just before its end | another customer starts with the same copy | `ItemIsOut` |
//! | the same, just after | a second return, before and after the settlement | `InvalidState` |
//! | each without a return | declared lost a second too early | `NotOverdueLongEnough` |

mod row;

use crate::journal::others_agree;
use groat_ledger::{AccountKey, AuthorizationState, Class, CreditBasis, Currency};
use groat_ledger::{Fact, Id, RentalState};
use groat_proto::json::{date_text, parse_time, time_text};
use groat_proto::v1::{Money, settlement::Body};
use groat_shard::Folded;
use groat_tests::feed::{Feed, money};
use groat_tests::local::{Local, balance, key, verdict};
use groat_tests::served::same_state;
use row::{LOST_AFTER_DAYS, Rental, rentals};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the service costs the stores, in parts per million.
const FEE_PPM: u64 = 6_000;

/// What each store leaves as a reserve, in hundredths of a percent.
const STORES: [(&str, u64); 2] = [("store-1", 0), ("store-2", 500)];

/// Rentals without a return.
const LOST: usize = 69;

/// Of so many rentals one sees the refused wishes.
const TRIED_EVERY: usize = 50;

/// What happens with a rental, in the order that counts within one moment.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    TooEarly,
    End,
    Start,
}

/// The commands, and the ids of those that are refused with the reason.
struct Commands {
    feed: Feed,
    refused: Vec<(String, &'static str)>,
}

fn dollars(cents: u64) -> Value {
    money(cents, "USD")
}

fn commands(rentals: &[Rental]) -> Commands {
    let mut all = Commands { feed: Feed::starting("2005-05-24T00:00:00Z"), refused: Vec::new() };
    for (store, reserve_bps) in STORES {
        let terms = json!({
            "merchant": store, "fee_ppm": FEE_PPM, "cycle": 1, "reserve_bps": reserve_bps,
            "settle_ccy": "USD",
        });
        all.feed.put("onboard_merchant", terms);
    }
    for user in rentals.iter().map(|r| &r.customer).collect::<BTreeSet<_>>() {
        all.feed.put("open_user", json!({ "user": user, "kyc_class": 2, "ccy": "USD" }));
        let limit = dollars(50_000);
        let line = json!({ "user": user, "limit": limit, "statement_day": 1, "due_day": 10 });
        all.feed.put("grant_credit_line", line);
    }
    let mut steps = Vec::new();
    for (no, r) in rentals.iter().enumerate() {
        steps.extend([(r.rented_at, Step::Start, no), (r.ends_at(), Step::End, no)]);
        if r.returned_at.is_none() {
            steps.push((r.ends_at() - 1_000, Step::TooEarly, no));
        }
    }
    steps.sort();
    for (at, step, no) in steps {
        all.feed.wait_until(&time_text(at));
        let r = &rentals[no];
        match step {
            Step::Start => all.start(r),
            Step::TooEarly => {
                all.refuse("declare_lost", json!({ "rental": r.id }), "NotOverdueLongEnough");
            }
            Step::End => {
                let mut others = rentals.iter().cycle().skip(no).map(|other| &other.customer);
                let other = others.find(|other| **other != r.customer);
                all.end(r, other.filter(|_| no % TRIED_EVERY == 0));
            }
        }
    }
    all.feed.put("advance_clock", json!({ "to": "2006-03-25T00:00:00Z" }));
    all
}

impl Commands {
    fn refuse(&mut self, name: &str, wish: Value, why: &'static str) {
        let id = self.feed.put(name, wish);
        self.refused.push((id, why));
    }

    fn start(&mut self, r: &Rental) {
        if r.paid > 0 {
            let (user, amt, bank_ref) = (&r.customer, dollars(r.paid), &r.payment);
            let paid = json!({ "user": user, "amt": amt, "bank_ref": bank_ref });
            self.feed.put("confirm_top_up", paid);
        }
        let start = self.agree(r, &r.id, &r.customer, r.rented_at);
        self.feed.put("start_rental", start);
    }

    /// A rental of the thing on the terms of `r`, up to the wish that starts it.
    fn agree(&mut self, r: &Rental, rental: &str, user: &str, at: u64) -> Value {
        let expiry_at = at + (r.expiry_at - r.rented_at);
        let order = json!({
            "rental": rental, "out_order_no": rental, "merchant": r.store, "user": user,
            "item": r.item, "deposit": dollars(r.replacement_cost), "credit_first": true,
            "borrow_at": time_text(at), "expiry_at": time_text(expiry_at),
            "unit": "FIXED", "rent": dollars(r.base_rate), "day_rule": "CALENDAR",
            "late_price": dollars(100), "lost_after_days": LOST_AFTER_DAYS,
        });
        self.feed.put("create_rental", order);
        let full = json!({ "rental": rental, "score": 700, "decision": { "full": {} } });
        self.feed.put("assess_rental", full);
        self.feed.put("secure_deposit", json!({ "rental": rental }));
        json!({ "rental": rental, "started_at": time_text(at) })
    }

    /// The thing comes back or is lost, and what that comes to is settled and paid. Just before,
    /// `other` cannot have it; just after, it cannot come back again.
    fn end(&mut self, r: &Rental, other: Option<&String>) {
        if let Some(other) = other {
            let again = format!("{}-again", r.id);
            let start = self.agree(r, &again, other, r.ends_at());
            self.refuse("start_rental", start, "ItemIsOut");
            self.feed.put("cancel_rental", json!({ "rental": again }));
        }
        let back = json!({ "rental": r.id, "restore_at": time_text(r.ends_at()) });
        match r.returned_at {
            Some(_) => self.feed.put("return_rental", back.clone()),
            None => self.feed.put("declare_lost", json!({ "rental": r.id })),
        };
        if other.is_some() {
            self.refuse("return_rental", back.clone(), "InvalidState");
        }
        self.feed.put("settle_rental", json!({ "rental": r.id }));
        if other.is_some() {
            self.refuse("return_rental", back, "InvalidState");
        }
        if r.paid > 0 {
            let repaid = json!({ "user": r.customer, "amt": dollars(r.paid) });
            self.feed.put("repay_credit", repaid);
        }
    }
}

/// Rentals, commands, and what came of them in local mode.
fn run() -> (Vec<Rental>, Commands, Local) {
    let rentals = rentals();
    let commands = commands(&rentals);
    let local = Local::run(commands.feed.lines(), 0);
    (rentals, commands, local)
}

fn told(money: &Option<Money>) -> u64 {
    money.as_ref().map_or(0, |m| m.amount)
}

#[test]
fn every_rental_is_charged_what_the_data_expects() {
    let (rentals, _, local) = run();
    let shard = local.restored();
    let rows = &shard.books().ledger().tables().rentals;
    for r in &rentals {
        let row = rows.get(&r.id.parse().unwrap()).unwrap();
        let charges: Vec<_> = row.charges.iter().map(|c| (c.kind, c.amount)).collect();
        assert_eq!(charges, r.charges(), "{}", r.id);
        assert_eq!((row.total(), row.outstanding()), (r.charge, 0), "{}", r.id);
        assert_eq!(row.returned_at, r.returned_at.unwrap_or(0), "{}", r.id);
        assert_eq!(row.state, RentalState::Completed, "{}", r.id);
    }
    assert_eq!(rentals.iter().filter(|r| r.returned_at.is_none()).count(), LOST);
    let mut settled = BTreeMap::new();
    for settlement in &local.settlements {
        let Some(Body::RentalSettled(rental)) = &settlement.body else { continue };
        let told = [&rental.total, &rental.paid, &rental.outstanding].map(told);
        assert_eq!(settled.insert(rental.out_order_no.clone(), told), None, "told once");
    }
    for r in &rentals {
        assert_eq!(settled.remove(&r.id), Some([r.charge, r.charge, 0]), "{}", r.id);
    }
    assert!(settled.is_empty(), "{settled:?}");
}

#[test]
fn deposits_are_held_on_credit_to_the_end_and_then_released() {
    let (rentals, _, local) = run();
    let mut held = BTreeMap::new();
    local.journal(|books, folded| {
        let Folded::Event { fact, .. } = folded else { return };
        if let Fact::RentalReturned { rental, .. } | Fact::RentalLost { rental, .. } = fact {
            let hold = books.ledger().tables().authorizations.get(rental).unwrap();
            assert_eq!((hold.basis, hold.fund_rest), (CreditBasis::Waiver, 0), "{rental}");
            held.insert(rental.to_string(), hold.credit_rest);
        }
    });
    for r in &rentals {
        assert_eq!(held.get(&r.id), Some(&r.replacement_cost), "{}", r.id);
    }
    let shard = local.restored();
    let tables = shard.books().ledger().tables();
    let holds = tables.authorizations.rows();
    assert_eq!(holds.len(), rentals.len() + rentals.len().div_ceil(TRIED_EVERY));
    for hold in holds {
        assert_eq!((hold.rest(), hold.state), (0, AuthorizationState::Closed), "{}", hold.auth);
    }
    let noted = [
        Class::DepositWaived,
        Class::DepositWaivedContra,
        Class::RentObligation,
        Class::RentObligationContra,
    ];
    let accounts = || tables.accounts.rows().iter();
    for account in accounts().filter(|account| noted.contains(&account.key.class)) {
        assert!(account.debits_posted > 0, "{:?}", account.key);
        assert_eq!(account.credit_balance(), 0, "{:?}", account.key);
    }
    assert!(accounts().all(|account| account.key.class != Class::UserFrozen), "no cash is frozen");
}

#[test]
fn nothing_is_out_twice_and_nothing_else_is_refused() {
    let (rentals, commands, local) = run();
    let refused: Vec<(String, &str)> = local
        .outcomes
        .iter()
        .filter(|outcome| verdict(outcome) != "accepted")
        .map(|outcome| (Id::from(outcome.id.unwrap()).to_string(), verdict(outcome)))
        .collect();
    assert_eq!(refused, commands.refused);
    let count = |why| refused.iter().filter(|(_, is)| *is == why).count();
    let tried = rentals.len().div_ceil(TRIED_EVERY);
    let counts = ["ItemIsOut", "InvalidState", "NotOverdueLongEnough"].map(count);
    assert_eq!(counts, [tried, 2 * tried, LOST]);
    let (mut out, mut starts) = (BTreeMap::new(), 0);
    local.journal(|books, folded| {
        let Folded::Event { fact, .. } = folded else { return };
        let item = |rental: &Id| {
            let rental = books.ledger().tables().rentals.get(rental).unwrap();
            (rental.merchant, rental.terms.item.to_string())
        };
        match fact {
            Fact::RentalStarted { rental, .. } => {
                starts += 1;
                assert_eq!(out.insert(item(rental), *rental), None, "out twice: {rental}");
            }
            Fact::RentalReturned { rental, .. } => {
                assert_eq!(out.remove(&item(rental)), Some(*rental));
            }
            _ => {}
        }
    });
    assert_eq!((starts, out.len()), (rentals.len(), LOST));
    let shard = local.restored();
    let items = shard.books().ledger().tables().items.rows();
    let gone = items.iter().filter(|item| item.out_with.is_some()).count();
    assert_eq!(gone, LOST, "what is lost is out for good");
    let different: BTreeSet<_> = rentals.iter().map(|r| (&r.store, &r.item)).collect();
    assert_eq!(items.len(), different.len());
}

#[test]
fn customers_owe_what_they_did_not_pay() {
    let (rentals, _, local) = run();
    let shard = local.restored();
    let usd: Currency = "USD".parse().unwrap();
    let mut owed: BTreeMap<&str, u64> = BTreeMap::new();
    for r in &rentals {
        *owed.entry(&r.customer).or_default() += r.charge - r.paid;
    }
    for (customer, owed) in &owed {
        let cents = |class| balance(shard.books(), &key(class, customer, usd));
        let (debt, left) = (-cents(Class::CreditUnbilled), cents(Class::UserAvailable));
        assert_eq!((debt, left), (i128::from(*owed), 0), "{customer}");
    }
    assert_eq!((owed.len(), owed.values().sum::<u64>()), (199, 113_900));
    let paid = rentals.iter().filter(|r| r.paid == r.charge).count();
    assert_eq!(paid, rentals.len() - LOST, "all that came back is paid");
}

/// A store's date: charges, their sum, their fees, and what these leave.
#[derive(Default, Clone, Copy, PartialEq, Debug)]
struct Day {
    count: u32,
    receipts: u64,
    fees: u64,
    reserve: u64,
    available: u64,
}

/// By store and date.
fn days(rentals: &[Rental]) -> BTreeMap<(String, String), Day> {
    let mut days: BTreeMap<_, Day> = BTreeMap::new();
    for r in rentals {
        let date = time_text(r.ends_at())[..10].to_owned();
        let day = days.entry((r.store.clone(), date)).or_default();
        day.count += 1;
        day.receipts += r.charge;
        day.fees += (r.charge * FEE_PPM + 500_000) / 1_000_000;
    }
    let reserves = BTreeMap::from(STORES);
    for ((store, _), day) in &mut days {
        let net = day.receipts - day.fees;
        day.reserve = net * reserves[store.as_str()] / 10_000;
        day.available = net - day.reserve;
    }
    days
}

#[test]
fn every_store_is_settled_daily_for_what_ended_that_day() {
    let (rentals, _, local) = run();
    let mut settled = BTreeMap::new();
    for settlement in &local.settlements {
        let Some(Body::BatchSettled(batch)) = &settlement.body else { continue };
        let next_day = parse_time(&format!("{}T00:00:00Z", date_text(batch.date + 1)));
        assert_eq!(settlement.at, next_day.unwrap(), "settled at the end of its date");
        let other = [&batch.refunds, &batch.fees_returned, &batch.recovered].map(told);
        assert_eq!(other, [0; 3], "{batch:?}");
        let [receipts, fees, reserve, available] =
            [&batch.receipts, &batch.fees, &batch.reserve, &batch.available].map(told);
        let day = Day { count: batch.count, receipts, fees, reserve, available };
        let store = Id::from(batch.merchant.unwrap()).to_string();
        let known = settled.insert((store, date_text(batch.date)), day);
        assert_eq!(known, None, "one batch for a store and date");
    }
    let days = days(&rentals);
    for (store_and_date, day) in &days {
        assert_eq!(settled.get(store_and_date), Some(day), "{store_and_date:?}");
    }
    assert_eq!(settled.len(), days.len());
    let shard = local.restored();
    let usd: Currency = "USD".parse().unwrap();
    let sum = |store: &str, of: fn(&Day) -> u64| {
        let days = days.iter().filter(|((is, _), _)| is == store);
        days.map(|(_, day)| i128::from(of(day))).sum::<i128>()
    };
    for (store, _) in STORES {
        let available = balance(shard.books(), &key(Class::MerchantAvailable, store, usd));
        assert_eq!(available, sum(store, |day| day.available), "{store}");
    }
    let reserve = balance(shard.books(), &key(Class::MerchantReserve, "store-2", usd));
    assert_eq!(reserve, sum("store-2", |day| day.reserve));
    let fees = STORES.map(|(store, _)| sum(store, |day| day.fees)).iter().sum::<i128>();
    assert_eq!(balance(shard.books(), &AccountKey::house(Class::ServiceFee, usd)), fees);
}

#[test]
fn kafka_mode_comes_to_the_state_of_local_mode() {
    let (_, commands, local) = run();
    same_state("rentals", commands.feed.lines(), commands.feed.records(), &local.digest);
}

#[test]
fn auditors_hledger_and_ledger_agree() {
    others_agree("rentals", &run().2);
}
