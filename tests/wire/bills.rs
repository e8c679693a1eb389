//! Bills of a merchant that sells on several shards: a day comes from all of them.

use crate::cluster::Cluster;
use groat_proto::json::parse_date;
use groat_replay::{BillsReport, Source, Trouble, bills};

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
