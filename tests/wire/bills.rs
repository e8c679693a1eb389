//! Bills of a merchant that sells on several shards: a day comes from all of them.

use crate::cluster::{Cluster, cny};
use groat_proto::json::parse_date;
use groat_replay::{BillsReport, Source, Trouble, bills};
use serde_json::json;

fn made(c: &Cluster, shards: &[u32], merchant: &str, date: &str) -> Result<BillsReport, Trouble> {
    let folder = tempfile::tempdir().unwrap();
    c.write_to(folder.path());
    let source = Source::Directory(folder.path().into());
    let date = parse_date(date).unwrap();
    bills(&source, shards, merchant.parse().unwrap(), date, &mut |_, _| {})
}

/// The rows of one of the files, without its preamble.
fn rows(report: &BillsReport, kind: &str) -> Vec<String> {
    let named = |name: &str| name.ends_with(&format!("-{kind}.csv"));
    let file = report.files.iter().find(|file| named(&file.name)).unwrap();
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    let lines = text.lines().skip_while(|line| line.starts_with('#'));
    lines.skip(1).map(str::to_owned).collect()
}

/// DOMAIN §7, 23, with its three sales on two shards, then a refund for which the home is asked.
#[test]
fn a_day_comes_from_all_shards() {
    let mut c = Cluster::new(2);
    let shop = c.merchant(1, "PROPORTIONAL");
    let (alice, bob) = (c.user(0, "alice", 50_000), c.user(1, "bob", 50_000));
    c.pay(0, &alice, &shop, "p1", 10_000);
    c.pay(1, &bob, &shop, "p2", 690);
    c.pay(0, &alice, &shop, "p3", 3_333);
    assert_eq!(c.refund(0, "p1", "r1", 5_000), "ok");
    c.days(1);
    assert_eq!(c.refund(0, "p1", "r2", 2_000), "ok");
    c.settle();
    assert_eq!(c.cash(0, &alice), 50_000 - 13_333 + 7_000);
    c.days(1);
    c.holds();

    let first = made(&c, &[0, 1], &shop, "2026-01-31").unwrap();
    let sums = &first.currencies[0];
    assert_eq!((sums.trades, sums.trade_net.as_str()), (4, "89.69"));
    assert_eq!((sums.opening.as_str(), sums.closing.as_str()), ("0.00", "89.69"));

    let second = made(&c, &[0, 1], &shop, "2026-02-01").unwrap();
    let sums = &second.currencies[0];
    assert_eq!((sums.opening.as_str(), sums.settled.as_str()), ("89.69", "69.81"));
    assert_eq!(
        rows(&second, "settlement"),
        [
            "2026-01-31@0,PAYMENT,2,133.33,-0.80,132.53,CNY",
            "2026-01-31@0,REFUND,1,-50.00,0.30,-49.70,CNY",
            "2026-01-31@0,FORWARDED,1,-82.83,0.00,-82.83,CNY",
            "2026-01-31@1,PAYMENT,1,6.90,-0.04,6.86,CNY",
            "2026-01-31@1,PROCEEDS,1,82.83,0.00,82.83,CNY",
            ",REFUND,1,-19.88,0.00,-19.88,CNY",
            "TOTAL,,7,70.35,-0.54,69.81,CNY",
            "<END>",
        ]
    );
    // The home gave 19.88; the shard of the payment knows that 0.12 of the fee came back with it.
    let trades = rows(&second, "trade");
    let refund = trades[0].split(',').collect::<Vec<_>>();
    assert_eq!((refund[0], refund[1], refund[2], refund[10]), ("p1", "p1", "refund", &*alice));
    assert_eq!(
        (refund[11], refund[12], refund[21], refund[22]),
        ("-20.00", "-20.00", "r2", "0.12")
    );
    let total = "#net,-19.88".to_owned();
    assert!(trades.contains(&total), "{trades:?}");
    let name = format!("Liabilities:merchant_pending:{shop}:2026-01-31@0");
    assert!(rows(&second, "account").iter().any(|line| line.contains(&name)));

    match made(&c, &[1], &shop, "2026-01-31") {
        Err(Trouble::Usage(what)) => assert!(what.contains("on all 2 shards"), "{what}"),
        other => panic!("{other:?}"),
    }
}

/// A dispute of a sale elsewhere, won, and one lost, with its fee.
#[test]
fn disputes_of_sales_elsewhere_stand_on_the_bills_of_both_shards() {
    let mut c = Cluster::new(2);
    let (shop, alice) = (c.merchant(1, "PROPORTIONAL"), c.user(0, "alice", 50_000));
    c.pay(0, &alice, &shop, "p1", 10_000);
    c.days(1);
    let open = |dispute: &str, amount: u64| {
        json!({ "open_dispute": { "dispute": dispute, "payment": "p1", "amt": cny(amount),
            "kind": "CHARGEBACK", "due_at": "2026-03-01T00:00:00Z" } })
    };
    assert_eq!(c.ask(0, open("d1", 3_000)), "ok");
    c.settle();
    let won = json!({ "judge_dispute": { "dispute": "d1", "ruling": "MERCHANT" } });
    assert_eq!(c.ask(0, won), "ok");
    assert_eq!(c.ask(0, open("d2", 5_000)), "ok");
    let lost = json!({ "judge_dispute": { "dispute": "d2", "ruling": "CUSTOMER",
        "fee": cny(100) } });
    assert_eq!(c.ask(0, lost), "ok");
    c.settle();
    c.days(1);
    c.holds();
    assert_eq!(c.cash(0, &alice), 45_000);
    let report = made(&c, &[0, 1], &shop, "2026-02-01").unwrap();
    let sums = &report.currencies[0];
    assert_eq!((sums.opening.as_str(), sums.closing.as_str()), ("99.40", "48.40"));
    assert_eq!((sums.settled.as_str(), sums.trade_net.as_str()), ("48.40", "-51.00"));
    assert_eq!(
        rows(&report, "settlement"),
        [
            "2026-01-31@0,PAYMENT,1,100.00,-0.60,99.40,CNY",
            "2026-01-31@0,FORWARDED,1,-99.40,0.00,-99.40,CNY",
            "2026-01-31@1,PROCEEDS,1,99.40,0.00,99.40,CNY",
            ",DISPUTE,2,-80.00,0.00,-80.00,CNY",
            ",DISPUTE_REVERSAL,2,60.00,0.00,60.00,CNY",
            ",DISPUTE_FEE,1,0.00,-1.00,-1.00,CNY",
            ",REMITTANCE_SENT,1,-30.00,0.00,-30.00,CNY",
            "TOTAL,,9,50.00,-1.60,48.40,CNY",
            "<END>",
        ]
    );
}
