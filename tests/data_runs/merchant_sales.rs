//! A web shop's December 2010: 2,025 invoices, settled daily. The shop is the merchant, its
//! customers are users who pay by card through an acquirer at the time of the invoice.
//!
//! | row of the data | becomes |
//! |---|---|
//! | sale | `create_payment`, `pay_payment` with one CHANNEL leg |
//! | sale of zero | `create_payment` alone, which is refused: listed |
//! | sale without a customer | the same, paid by the user `anonymous` |
//! | refund | `refund_payment` on the customer's payments, newest first, atomic if on several |
//! | refund that these do not cover | `post_adjustment`, shop's debt to customer's credit: listed |

use crate::journal::others_agree;
use groat_ledger::{AccountKey, Class, Currency, Fact};
use groat_proto::json::{date_text, parse_date, time_text};
use groat_proto::v1::{SettledBatch, settlement};
use groat_replay::{BillsReport, Source, Trouble, bills};
use groat_shard::{Books, Folded};
use groat_tests::feed::{self, Feed, cents, money};
use groat_tests::local::{Local, balance, key, verdict};
use groat_tests::served::same_state;
use serde_json::json;
use std::collections::BTreeMap;

/// What the acquirer's service costs the shop, in parts per million.
const FEE_PPM: u64 = 6_000;

/// Sales whose total is zero: samples and corrections of stock.
const ZERO_SALES: usize = 140;

/// Refunds of goods that no customer is named for.
const REFUNDS_WITHOUT_CUSTOMER: usize = 18;

/// Refunds of more than the customer bought in the data and has not returned yet: the goods were
/// bought before December.
const REFUNDS_OF_EARLIER_SALES: usize = 120;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Why {
    NoCustomer,
    BoughtEarlier,
}

/// What was sold and given back, in pence.
#[derive(Default, Clone, Copy, PartialEq, Debug)]
struct Sum {
    sold: i64,
    returned: i64,
}

/// The commands and what they must come to.
struct Month {
    feed: Feed,
    zero_sales: Vec<String>,
    uncovered: Vec<(String, Why, u64)>,
    /// By customer and day.
    sums: BTreeMap<(String, String), Sum>,
    /// By day: payments, their sum, their fees; refunds of the day's own payments and their fees.
    days: BTreeMap<String, Day>,
    fees_returned: u64,
}

#[derive(Default, Clone, Copy, PartialEq, Debug)]
struct Day {
    count: u32,
    receipts: u64,
    fees: u64,
    refunds: u64,
    fees_returned: u64,
}

struct Sale {
    invoice: String,
    day: String,
    total: u64,
    returned: u64,
}

impl Sale {
    fn fee(&self) -> u64 {
        (self.total * FEE_PPM + 500_000) / 1_000_000
    }

    /// The fee that is given back when so much of the sale is.
    fn fee_of(&self, returned: u64) -> u64 {
        (2 * self.fee() * returned + self.total) / (2 * self.total)
    }
}

fn user(customer: &str) -> String {
    if customer.is_empty() { "anonymous".into() } else { format!("c{customer}") }
}

fn pounds(pence: u64) -> serde_json::Value {
    money(pence, "GBP")
}

fn month() -> Month {
    let text = feed::text("merchant-sales/invoices_2010-12.csv.xz");
    let head = "invoice,first_at,customer,country,kind,lines,units,total";
    let invoices = feed::rows::<8>(&text, head);
    assert_eq!(invoices.len(), 2_025);
    let mut month = Month {
        feed: Feed::starting("2010-12-01T00:00:00Z"),
        zero_sales: Vec::new(),
        uncovered: Vec::new(),
        sums: BTreeMap::new(),
        days: BTreeMap::new(),
        fees_returned: 0,
    };
    let terms = json!({ "merchant": "shop", "fee_ppm": FEE_PPM, "cycle": 1, "settle_ccy": "GBP" });
    month.feed.put("onboard_merchant", terms);
    let mut bought: BTreeMap<String, Vec<Sale>> = BTreeMap::new();
    for [invoice, at, customer, _, kind, _, _, total] in invoices {
        let (customer, pence) = (user(customer), cents(total));
        if !bought.contains_key(&customer) {
            let user = json!({ "user": customer, "kyc_class": 1, "ccy": "GBP" });
            month.feed.put("open_user", user);
        }
        month.feed.wait_until(&format!("{}Z", at.replace(' ', "T")));
        let sales = bought.entry(customer.clone()).or_default();
        let day = &at[..10];
        match (kind, pence) {
            ("sale", 0..) => month.sale(invoice, &customer, day, pence.unsigned_abs(), sales),
            ("refund", ..0) => month.refund(invoice, &customer, day, pence.unsigned_abs(), sales),
            _ => panic!("{invoice} is a {kind} of {total}"),
        }
    }
    month.feed.wait_until("2010-12-24T00:00:00Z");
    let end = json!({ "to": "2010-12-24T00:00:00.001Z" });
    month.feed.put("advance_clock", end);
    month
}

impl Month {
    fn sale(&mut self, invoice: &str, user: &str, day: &str, total: u64, sales: &mut Vec<Sale>) {
        let order = json!({
            "payment": invoice, "out_trade_no": invoice, "merchant": "shop", "mode": "IN_APP",
            "amt": pounds(total),
        });
        self.feed.put("create_payment", order);
        if total == 0 {
            self.zero_sales.push(invoice.into());
            return;
        }
        let leg = json!({ "channel": { "channel": "acquirer", "amt": pounds(total) } });
        self.feed.put("pay_payment", json!({ "payment": invoice, "user": user, "legs": [leg] }));
        let sale = Sale { invoice: invoice.into(), day: day.into(), total, returned: 0 };
        let of_day = self.days.entry(day.into()).or_default();
        of_day.count += 1;
        of_day.receipts += total;
        of_day.fees += sale.fee();
        sales.push(sale);
        self.sums.entry((user.into(), day.into())).or_default().sold += total as i64;
    }

    fn refund(&mut self, invoice: &str, user: &str, day: &str, total: u64, sales: &mut [Sale]) {
        self.sums.entry((user.into(), day.into())).or_default().returned += total as i64;
        let left: u64 = sales.iter().map(|sale| sale.total - sale.returned).sum();
        let why = if user == "anonymous" { Why::NoCustomer } else { Why::BoughtEarlier };
        if why == Why::NoCustomer || left < total {
            let side = |class: &str, owner: &str, side: &str| {
                let amt = pounds(total);
                json!({ "class": class, "owner": owner, "side": side, "amt": amt })
            };
            let entries = [
                side("merchant_receivable", "shop", "DEBIT"),
                side("user_available", user, "CREDIT"),
            ];
            let adjustment = json!({
                "entries": entries, "reason": invoice, "maker": "returns", "approver": "accounts",
            });
            self.feed.put("post_adjustment", adjustment);
            self.uncovered.push((invoice.into(), why, total));
            return;
        }
        let (mut rest, mut parts) = (total, Vec::new());
        for sale in sales.iter_mut().rev().filter(|sale| sale.returned < sale.total) {
            let part = rest.min(sale.total - sale.returned);
            if part == 0 {
                break;
            }
            rest -= part;
            let fee = sale.fee_of(sale.returned + part) - sale.fee_of(sale.returned);
            sale.returned += part;
            self.fees_returned += fee;
            if sale.day == day {
                let of_day = self.days.entry(day.into()).or_default();
                of_day.refunds += part;
                of_day.fees_returned += fee;
            }
            let refund =
                json!({ "payment": sale.invoice, "out_request_no": invoice, "amt": pounds(part) });
            parts.push(self.feed.command("refund_payment", refund));
        }
        match &parts[..] {
            [part] => self.feed.line(part),
            parts => self.feed.line(&json!({ "atomic": true, "commands": parts })),
        }
    }

    fn count(&self, why: Why) -> usize {
        self.uncovered.iter().filter(|(_, is, _)| *is == why).count()
    }

    fn uncovered_sum(&self) -> u64 {
        self.uncovered.iter().map(|(.., pence)| pence).sum()
    }
}

#[test]
fn only_sales_of_zero_are_refused_and_every_uncovered_refund_is_listed() {
    let month = month();
    let local = Local::run(month.feed.lines(), 0);
    let refused: Vec<&str> =
        local.outcomes.iter().map(verdict).filter(|verdict| *verdict != "accepted").collect();
    assert_eq!(refused, vec!["AmountOutOfRange"; ZERO_SALES]);
    let shard = local.restored();
    let payments = &shard.books().ledger().tables().payments;
    for invoice in &month.zero_sales {
        assert!(payments.get(&invoice.parse().unwrap()).is_none(), "{invoice}");
    }
    println!("sales of zero, refused as AmountOutOfRange: {:?}", month.zero_sales);
    println!("refunds posted as adjustments: {:?}", month.uncovered);
    assert_eq!(month.zero_sales.len(), ZERO_SALES);
    assert_eq!(month.count(Why::NoCustomer), REFUNDS_WITHOUT_CUSTOMER);
    assert_eq!(month.count(Why::BoughtEarlier), REFUNDS_OF_EARLIER_SALES);
}

#[test]
fn the_journal_has_the_sums_of_every_customer_and_day() {
    let month = month();
    let local = Local::run(month.feed.lines(), 0);
    let mut sums: BTreeMap<(String, String), Sum> = BTreeMap::new();
    local.journal(|books, folded| {
        let Folded::Event { at, fact, movements, .. } = folded else { return };
        let tables = books.ledger().tables();
        let mut add = |customer: String, sold: u64, returned: u64| {
            let day = time_text(at)[..10].to_owned();
            let sum = sums.entry((customer, day)).or_default();
            sum.sold += sold as i64;
            sum.returned += returned as i64;
        };
        match fact {
            Fact::PaymentPaid { user, balance, channel_amount, .. } => {
                add(user.to_string(), balance + channel_amount, 0);
            }
            Fact::RefundSucceeded { payment, amount, .. } => {
                let payer = tables.payments.get(payment).and_then(|p| p.user).unwrap();
                add(tables.users.row(payer).user.to_string(), 0, *amount);
            }
            Fact::AdjustmentPosted { .. } => {
                let credited = tables.accounts.row(movements[0].credit).key.owner;
                add(credited.to_string(), 0, movements[0].amount);
            }
            _ => {}
        }
    });
    assert_eq!(sums.len(), month.sums.len());
    for (customer_and_day, expected) in &month.sums {
        assert_eq!(sums.get(customer_and_day), Some(expected), "{customer_and_day:?}");
    }
}

/// What was taken from settled money and from the batch of the day for refunds of earlier days.
#[derive(Default)]
struct Taken {
    available: u64,
    open_batch: BTreeMap<String, u64>,
}

fn taken(local: &Local) -> Taken {
    let mut taken = Taken::default();
    local.journal(|_: &Books, folded| {
        let Folded::Event { at, fact, .. } = folded else { return };
        if let Fact::RefundSucceeded { from_available, from_open_batch, .. } = fact {
            taken.available += from_available;
            *taken.open_batch.entry(time_text(at)[..10].into()).or_default() += from_open_batch;
        }
    });
    taken
}

#[test]
fn every_day_is_settled_in_one_batch_that_sums_to_the_data() {
    let month = month();
    let local = Local::run(month.feed.lines(), 0);
    let taken = taken(&local);
    let batches: Vec<&SettledBatch> = local
        .settlements
        .iter()
        .filter_map(|settlement| match settlement.body.as_ref() {
            Some(settlement::Body::BatchSettled(batch)) => Some(batch),
            _ => None,
        })
        .collect();
    let pence = |money: &Option<groat_proto::v1::Money>| money.as_ref().map_or(0, |m| m.amount);
    let mut recovered = 0;
    let mut settled = BTreeMap::new();
    for batch in batches {
        let (receipts, refunds) = (pence(&batch.receipts), pence(&batch.refunds));
        let (fees, fees_returned) = (pence(&batch.fees), pence(&batch.fees_returned));
        let paid_out = pence(&batch.recovered) + pence(&batch.available) + pence(&batch.reserve);
        assert_eq!(paid_out + fees + refunds, receipts + fees_returned, "{batch:?}");
        recovered += pence(&batch.recovered);
        let day = date_text(batch.date);
        let refunds = refunds - taken.open_batch.get(&day).copied().unwrap_or(0);
        let of_day = Day { count: batch.count, receipts, fees, refunds, fees_returned };
        assert!(settled.insert(day, of_day).is_none(), "one batch a day");
    }
    assert_eq!(settled.len(), 20);
    assert_eq!(settled, month.days);
    assert_eq!(recovered, month.uncovered_sum(), "the shop's debt is paid");
}

#[test]
fn shop_acquirer_fees_and_customers_end_with_what_the_month_comes_to() {
    let month = month();
    let local = Local::run(month.feed.lines(), 0);
    let shard = local.restored();
    let gbp: Currency = "GBP".parse().unwrap();
    let pence = |class, owner: &str| balance(shard.books(), &key(class, owner, gbp));
    let days = || month.days.values();
    let sold: u64 = days().map(|day| day.receipts).sum();
    let returned: i64 = month.sums.values().map(|sum| sum.returned).sum();
    let fees = days().map(|day| day.fees).sum::<u64>() - month.fees_returned;
    let covered = returned as u64 - month.uncovered_sum();
    assert_eq!(-pence(Class::ChannelReceivable, "acquirer"), i128::from(sold - covered));
    let earned = balance(shard.books(), &AccountKey::house(Class::ServiceFee, gbp));
    assert_eq!(earned, i128::from(fees));
    let shop = pence(Class::MerchantAvailable, "shop") + pence(Class::MerchantReceivable, "shop");
    assert_eq!(shop, i128::from(sold) - i128::from(returned) - i128::from(fees));
    let tables = shard.books().ledger().tables();
    let credits =
        tables.users.rows().iter().map(|user| pence(Class::UserAvailable, &user.user.to_string()));
    assert_eq!(credits.sum::<i128>(), i128::from(month.uncovered_sum()));
}

/// The fields of the rows of a bill that begin and go on so.
fn rows(report: &BillsReport, kind: &str, first: &str, second: &str) -> Vec<Vec<String>> {
    let named = |name: &str| name.ends_with(&format!("-{kind}.csv"));
    let file = report.files.iter().find(|file| named(&file.name)).unwrap();
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    let fields = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<String>>();
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(fields);
    let its = |row: &Vec<String>| {
        (first.is_empty() || row[0] == first) && row.get(1).is_some_and(|field| field == second)
    };
    rows.filter(its).collect()
}

/// Pence of a text in pounds; what the merchant gives is negative.
fn pence_of(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

#[test]
fn the_bills_of_every_day_are_those_of_the_data() {
    let month = month();
    let local = Local::run(month.feed.lines(), 0);
    let source = Source::Directory(local.data());
    let first = parse_date("2010-12-01").unwrap();
    let (mut closing, mut traded, mut of_batches) = ("0.00".to_owned(), 0, BTreeMap::new());
    for date in first.. {
        let made = bills(&source, &[0], "shop".parse().unwrap(), date, &mut |_, _| {});
        let report = match made {
            Err(Trouble::Usage(what)) if what.contains("is not over") => break,
            made => made.unwrap(),
        };
        let [sums] = &report.currencies[..] else { panic!("{report:?}") };
        assert_eq!(sums.opening, closing, "{}", report.date);
        closing.clone_from(&sums.closing);
        let total = rows(&report, "trade", "TOTAL", &sums.trades.to_string()).remove(0);
        traded += pence_of(&total[12]);
        for row in rows(&report, "settlement", "", "PAYMENT") {
            let parts = (row[2].parse().unwrap(), pence_of(&row[3]), -pence_of(&row[4]));
            assert!(of_batches.insert(row[0].clone(), parts).is_none(), "one batch a day");
        }
    }
    let sum = |of: fn(&Sum) -> i64| month.sums.values().map(of).sum::<i64>();
    let covered = sum(|sum| sum.returned) - month.uncovered_sum() as i64;
    assert_eq!(traded, sum(|sum| sum.sold) - covered);
    let days = month
        .days
        .iter()
        .map(|(date, day)| (date.clone(), (day.count, day.receipts as i64, day.fees as i64)));
    // The last day is settled on a date that is not over at the end of the data.
    let mut days: BTreeMap<_, _> = days.collect();
    assert!(days.pop_last().is_some());
    assert_eq!(of_batches, days);
}

#[test]
fn kafka_mode_comes_to_the_state_of_local_mode() {
    let month = month();
    let local = Local::run(month.feed.lines(), 0);
    same_state("merchant-sales", month.feed.lines(), month.feed.records(), &local.digest);
}

#[test]
fn auditors_hledger_and_ledger_agree() {
    others_agree("merchant-sales", &Local::run(month().feed.lines(), 0));
}
