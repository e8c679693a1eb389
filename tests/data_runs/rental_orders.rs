//! Deposit-free orders as WeChat Pay Score's messages have them: the samples of a client library.
//!
//! Of 55 messages 21 tell what an order comes to. Each becomes an order of its own, made of nothing
//! but what it says; what it leaves out is that of the message that creates orders.
//!
//! | in a message | becomes |
//! |---|---|
//! | `mchid`, or `sub_mchid` below it | merchant, without a fee |
//! | `risk_fund` | `deposit`, all of it by score, and `risk_amount`: no total is above it |
//! | `time_range` (China's time) | `borrow_at` and `expiry_at`; it is back in time |
//! | first of `post_payments` | the rent, at a price for once |
//! | others of `post_payments` | `claim_damage` |
//! | `post_discounts` | `reduce_charge`; one without an amount takes nothing off |
//! | `total_amount` | the `total` of `settle_rental`: payments less discounts, or refused |
//! | `collection` | what is paid at once, and that the rest is owed |
//!
//! Amounts are those of a whole line: times its `count` none of the totals would be right either.
//! Most samples show shapes and do not add up, as their authors did not mean them to; each is in
//! [`ORDERS`] with what it is refused for, and is then settled for what its lines come to.

use crate::journal::others_agree;
use groat_ledger::{AccountKey, Class, Currency, Id, RentalState};
use groat_proto::json::time_text;
use groat_proto::v1::settlement::Body;
use groat_tests::feed::{Feed, money, text};
use groat_tests::local::{Local, balance, key, verdict};
use groat_tests::served::same_state;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Messages that tell payments, by the end of their names, with what their lines come to in fen,
/// the total they tell, and what they are refused for at first.
const ORDERS: &[(&str, u64, Option<u64>, &[&str])] = &[
    ("PayScoreServiceOrderResource", 39_999, Some(40_000), &[MISMATCH, OVER]),
    ("CreatePayScoreServiceOrderDirectCompleteRequest", 41_800, Some(50_000), &[MISMATCH]),
    ("CreatePayScoreServiceOrderDirectCompleteResponse", 41_800, Some(50_000), &[MISMATCH]),
    ("CreatePayScoreServiceOrderRequest", 4_000, None, &[]),
    ("CreatePayScoreServiceOrderResponse", 4_000, None, &[]),
    ("GetPayScoreServiceOrderByOutOrderNumberResponse", 3_900, Some(3_900), &[]),
    ("GetPayScoreServiceOrderByQueryIdResponse", 3_900, Some(3_900), &[]),
    ("ModifyPayScoreServiceOrderRequest", 3_900, Some(2_000), &[MISMATCH]),
    ("ModifyPayScoreServiceOrderResponse", 2_000, Some(2_000), &[]),
    ("SendPayScoreServiceOrderPendingMessageRequest", 39_900, Some(50_000), &[MISMATCH, OVER]),
    ("SendPayScoreServiceOrderPrepaidMessageRequest", 39_900, Some(50_000), &[MISMATCH, OVER]),
    ("SetPayScoreServiceOrderCompleteRequest", 0, Some(3_900), &[MISMATCH]),
    ("SetPayScoreServiceOrderCompleteResponse", 0, Some(3_900), &[MISMATCH]),
    ("SetPayScoreServiceOrderSyncResponse", 3_900, Some(3_900), &[]),
    ("CreatePayScoreSignPlanServiceOrderResponse", 39_900, None, &[OVER]),
    ("CreatePayScoreAcquiringBankServiceOrderRequest", 39_900, None, &[OVER]),
    ("CreatePayScoreAcquiringBankServiceOrderResponse", 39_900, None, &[OVER]),
    (
        "GetPayScoreAcquiringBankServiceOrderByOutOrderNumberResponse",
        39_900,
        Some(40_000),
        &[MISMATCH, OVER],
    ),
    (
        "GetPayScoreAcquiringBankServiceOrderByQueryIdResponse",
        39_900,
        Some(40_000),
        &[MISMATCH, OVER],
    ),
    ("ModifyPayScoreAcquiringBankServiceOrderRequest", 39_900, Some(50_000), &[MISMATCH, OVER]),
    (
        "SetPayScoreAcquiringBankServiceOrderCompleteRequest",
        39_900,
        Some(50_000),
        &[MISMATCH, OVER],
    ),
];

/// The lines and the total differ.
const MISMATCH: &str = "TotalMismatch";

/// The lines are above what was agreed as the most.
const OVER: &str = "TotalExceedsRiskAmount";

/// What an order without a risk fund of its own may come to: what the sample that creates orders
/// says. An order that is complete when it is made has no such promise.
const RISK: u64 = 10_000;

/// What a message says of an order, in fen.
struct Order {
    message: String,
    id: String,
    user: String,
    merchant: String,
    deposit: u64,
    risk: Option<u64>,
    start: u64,
    end: u64,
    payments: Vec<u64>,
    discounts: Vec<u64>,
    total: Option<u64>,
    /// Total, paid, and still to be paid.
    collection: Option<[u64; 3]>,
}

/// An amount, which one message has as text.
fn amount(value: &Value) -> Option<u64> {
    let text = value.as_str().map(|text| text.parse().unwrap());
    value.as_u64().or(text)
}

/// Milliseconds since 1970 of a time of day in China such as `20091225091010`.
fn time(value: &Value) -> Option<u64> {
    let text = value.as_str()?;
    let (date, clock) = text.split_at(8);
    let [year, month, day] = [&date[..4], &date[4..6], &date[6..]];
    let [hour, minute, second] = [&clock[..2], &clock[2..4], &clock[4..]];
    let text = format!("{year}-{month}-{day}T{hour}:{minute}:{second}+08:00");
    Some(groat_proto::json::parse_time(&text).unwrap())
}

impl Order {
    fn read(no: usize, message: &str, told: &Value) -> Order {
        let lines = |name: &str| {
            let lines = told[name].as_array().into_iter().flatten();
            lines.map(|line| amount(&line["amount"]).unwrap_or(0)).collect::<Vec<_>>()
        };
        let payments = lines("post_payments");
        let is_complete = message.contains("DirectComplete");
        let risk = amount(&told["risk_fund"]["amount"]);
        let risk = if is_complete { None } else { Some(risk.unwrap_or(RISK)) };
        let sum = payments.iter().sum();
        let range = |name: &str, clock: &str| {
            let other = json!(format!("20091225{clock}"));
            time(&told["time_range"][name]).or(time(&other)).unwrap()
        };
        let collection = &told["collection"];
        let of = |name: &str| amount(&collection[name]).unwrap();
        let merchant = told["sub_mchid"].as_str().or(told["mchid"].as_str());
        Order {
            message: message.rsplit('/').next().unwrap().trim_end_matches(".json").to_owned(),
            id: format!("order-{no}"),
            user: format!("user-{no}"),
            merchant: merchant.unwrap_or("1230000109").to_owned(),
            deposit: risk.unwrap_or(sum),
            risk,
            start: range("start_time", "091010"),
            end: range("end_time", "121010"),
            payments,
            discounts: lines("post_discounts"),
            total: amount(&told["total_amount"]),
            collection: (!collection.is_null())
                .then(|| ["total_amount", "paid_amount", "paying_amount"].map(of)),
        }
    }

    /// What its lines come to.
    fn sum(&self) -> u64 {
        self.payments.iter().sum::<u64>() - self.discounts.iter().sum::<u64>()
    }

    /// What is charged in the end: not above what was agreed.
    fn charged(&self) -> u64 {
        self.sum().min(self.risk.unwrap_or(u64::MAX))
    }

    /// What is paid at once: what the message says where it adds up, else all of it.
    fn paid_at_once(&self) -> u64 {
        let of = self.collection.filter(|of| of[0] == self.charged());
        of.map_or(self.charged(), |[_, paid, _]| paid)
    }
}

/// All messages of a sample file, by name.
fn messages() -> BTreeMap<String, Value> {
    serde_json::from_str(&text("rental-orders/wechat_payscore_samples.json.xz")).unwrap()
}

fn orders() -> Vec<Order> {
    let told = |(_, message): &(&String, &Value)| message.get("post_payments").is_some();
    let messages = messages();
    let with_lines = (1..).zip(messages.iter().filter(told));
    with_lines.map(|(no, (name, message))| Order::read(no, name, message)).collect()
}

fn fen(amount: u64) -> Value {
    money(amount, "CNY")
}

/// The commands, and for each order what is refused on the way.
fn commands(orders: &[Order]) -> (Feed, Vec<(String, &'static str)>) {
    let mut feed = Feed::starting("2009-12-24T00:00:00Z");
    let mut refused = Vec::new();
    let mut merchants: Vec<&str> = orders.iter().map(|o| o.merchant.as_str()).collect();
    merchants.sort_unstable();
    merchants.dedup();
    for merchant in merchants {
        let terms = json!({ "merchant": merchant, "cycle": 1, "settle_ccy": "CNY" });
        feed.put("onboard_merchant", terms);
    }
    for o in orders {
        feed.put("open_user", json!({ "user": o.user, "kyc_class": 2, "ccy": "CNY" }));
        let mut agreed = json!({
            "rental": o.id, "out_order_no": o.id, "merchant": o.merchant, "user": o.user,
            "deposit": fen(o.deposit), "unit": "FIXED", "rent": fen(o.payments[0]),
            "borrow_at": time_text(o.start), "expiry_at": time_text(o.end),
        });
        if let Some(risk) = o.risk {
            agreed["risk_amount"] = fen(risk);
        }
        feed.put("create_rental", agreed);
        let full = json!({ "rental": o.id, "score": 700, "decision": { "full": {} } });
        feed.put("assess_rental", full);
        feed.put("secure_deposit", json!({ "rental": o.id }));
    }
    // An order that lasts ends before one that was made later and ends sooner.
    feed.wait_until("2009-12-25T01:10:10Z");
    for o in orders {
        let started = json!({ "rental": o.id, "started_at": time_text(o.start) });
        feed.put("start_rental", started);
    }
    for o in orders {
        if o.paid_at_once() > 0 {
            let (user, amt, bank_ref) = (&o.user, fen(o.paid_at_once()), format!("bank-{}", o.id));
            let paid = json!({ "user": user, "amt": amt, "bank_ref": bank_ref });
            feed.put("confirm_top_up", paid);
        }
        let back = json!({ "rental": o.id, "restore_at": time_text(o.end) });
        feed.put("return_rental", back);
        for (no, more) in (1..).zip(&o.payments[1..]) {
            let evidence = format!("line-{no}");
            let claim = json!({ "rental": o.id, "amt": fen(*more), "evidence": evidence });
            feed.put("claim_damage", claim);
        }
        let reduce = |by: u64| json!({ "rental": o.id, "item": 0, "amt": fen(by) });
        for by in o.discounts.iter().filter(|by| **by > 0) {
            feed.put("reduce_charge", reduce(*by));
        }
        let partly = o.paid_at_once() < o.charged();
        let mut settle = |total: Option<u64>, why: Option<&'static str>| {
            let mut wish = json!({ "rental": o.id, "allow_partial": partly });
            if let Some(total) = total {
                wish["total"] = fen(total);
            }
            let id = feed.put("settle_rental", wish);
            refused.extend(why.map(|why| (id, why)));
        };
        if o.total.is_some_and(|total| total != o.sum()) {
            settle(o.total, Some(MISMATCH));
        }
        if o.charged() < o.sum() {
            settle(None, Some(OVER));
            feed.put("reduce_charge", reduce(o.sum() - o.charged()));
        }
        let mut settle = json!({ "rental": o.id, "allow_partial": partly });
        settle["total"] = fen(o.charged());
        feed.put("settle_rental", settle);
    }
    feed.put("advance_clock", json!({ "to": "2009-12-27T00:00:00Z" }));
    (feed, refused)
}

fn run() -> (Vec<Order>, Vec<(String, &'static str)>, Feed, Local) {
    let orders = orders();
    let (feed, refused) = commands(&orders);
    let local = Local::run(feed.lines(), 0);
    (orders, refused, feed, local)
}

/// All messages with payments are listed, with their sums, and no other.
#[test]
fn every_message_is_listed_with_what_it_adds_up_to() {
    let orders = orders();
    assert_eq!((messages().len(), orders.len()), (55, ORDERS.len()));
    let told = |o: &Order| (o.message.clone(), o.sum(), o.total);
    let mut told: Vec<_> = orders.iter().map(told).collect();
    let mut listed: Vec<_> = ORDERS.iter().map(|o| (o.0.to_owned(), o.1, o.2)).collect();
    told.sort();
    listed.sort();
    assert_eq!(told, listed);
    let adds_up = orders.iter().filter(|o| o.total == Some(o.sum())).count();
    let says_nothing = orders.iter().filter(|o| o.total.is_none()).count();
    assert_eq!((adds_up, says_nothing), (4, 5));
    // What the counts multiply adds up nowhere, so amounts are those of whole lines.
    for (name, message) in &messages() {
        let counts = |list: &str| {
            let lines = message[list].as_array().into_iter().flatten();
            let of = |line: &Value| {
                amount(&line["amount"]).unwrap_or(0) * amount(&line["count"]).unwrap_or(1)
            };
            lines.map(of).sum::<u64>()
        };
        let several = |line: &Value| amount(&line["count"]).is_some_and(|count| count > 1);
        let mut lines = message["post_payments"].as_array().into_iter().flatten();
        if lines.any(several) {
            let times = counts("post_payments") - counts("post_discounts");
            assert_ne!(amount(&message["total_amount"]), Some(times), "{name}");
        }
    }
}

#[test]
fn orders_are_refused_for_what_is_wrong_with_them_and_for_nothing_else() {
    let (orders, expected, _, local) = run();
    let refused: Vec<(String, &str)> = local
        .outcomes
        .iter()
        .filter(|outcome| verdict(outcome) != "accepted")
        .map(|outcome| (Id::from(outcome.id.unwrap()).to_string(), verdict(outcome)))
        .collect();
    assert_eq!(refused, expected);
    let listed = |o: &Order| ORDERS.iter().find(|listed| listed.0 == o.message).unwrap().3;
    let why: Vec<&str> = orders.iter().flat_map(listed).copied().collect();
    assert_eq!(refused.iter().map(|(_, why)| *why).collect::<Vec<_>>(), why);
}

/// Total, paid and still to be paid are what the message tells where its own sums agree: of four
/// messages three that are paid for the most part, in part, and not at all.
#[test]
fn what_is_collected_is_what_the_messages_tell() {
    let (orders, _, _, local) = run();
    let shard = local.restored();
    let rows = &shard.books().ledger().tables().rentals;
    let cny: Currency = "CNY".parse().unwrap();
    let (mut matched, mut others) = (Vec::new(), Vec::new());
    let mut sales: BTreeMap<&str, u64> = BTreeMap::new();
    for o in &orders {
        let row = rows.get(&o.id.parse().unwrap()).unwrap();
        let owed = row.outstanding();
        let told = [row.total(), row.total() - owed, owed];
        assert_eq!(row.total(), o.charged(), "{}", o.message);
        *sales.entry(&o.merchant).or_default() += row.total() - owed;
        // The clock has gone past the time until which all of it was to be paid.
        let ended = if owed == 0 { RentalState::Completed } else { RentalState::Overdue };
        assert_eq!(row.state, ended, "{}", o.message);
        match o.collection {
            Some(collection) if collection[0] == o.sum() => {
                assert_eq!(told, collection, "{}", o.message);
                matched.push(told);
            }
            other => {
                assert_eq!(owed, 0, "{}", o.message);
                others.extend(other);
            }
        }
        let left = balance(shard.books(), &key(Class::UserAvailable, &o.user, cny));
        assert_eq!(left, 0, "{}", o.message);
    }
    matched.sort_unstable();
    assert_eq!(
        matched,
        [[2_000, 0, 2_000], [3_900, 900, 3_000], [3_900, 900, 3_000], [3_900, 3_900, 0]]
    );
    // Two of a bank collect 500.00 of an order of 399.00 whose risk amount is 100.00.
    assert_eq!(others, [[50_000, 10_000, 40_000]; 2]);
    let sold =
        |merchant: &str| balance(shard.books(), &key(Class::MerchantAvailable, merchant, cny));
    for (merchant, sum) in &sales {
        assert_eq!(sold(merchant), i128::from(*sum), "{merchant}");
    }
    let bank = balance(shard.books(), &AccountKey::house(Class::SafeguardedBank, cny));
    assert_eq!(-bank, sales.values().map(|sum| i128::from(*sum)).sum::<i128>());
}

/// Each order that is paid is told as settled, once, at its total.
#[test]
fn paid_orders_are_told_at_their_totals() {
    let (orders, _, _, local) = run();
    let mut settled = BTreeMap::new();
    for settlement in &local.settlements {
        let Some(Body::RentalSettled(rental)) = &settlement.body else { continue };
        let total = rental.total.as_ref().map_or(0, |m| m.amount);
        assert_eq!(settled.insert(rental.out_order_no.clone(), total), None, "told once");
    }
    for o in orders.iter().filter(|o| o.paid_at_once() == o.charged()) {
        assert_eq!(settled.remove(&o.id), Some(o.charged()), "{}", o.message);
    }
    assert!(settled.is_empty(), "{settled:?}");
}

#[test]
fn kafka_mode_comes_to_the_state_of_local_mode() {
    let (_, _, feed, local) = run();
    same_state("rental-orders", feed.lines(), feed.records(), &local.digest);
}

#[test]
fn auditors_hledger_and_ledger_agree() {
    others_agree("rental-orders", &run().3);
}
