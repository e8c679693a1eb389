//! Bills of days whose amounts are those of DOMAIN §7, 23, and what follows from them.

use super::*;
use crate::checks::Check;
use crate::sample::{self, Day};
use groat_proto::json::parse_date;
use groat_shard::{Arrival, Block, SledStore, Store, restore};
use std::io::Write;

fn made(days: &Day, merchant: &str, date: &str) -> Result<BillsReport, Trouble> {
    made_of(&days.in_a_directory().source(), merchant, date)
}

fn made_of(source: &Source, merchant: &str, date: &str) -> Result<BillsReport, Trouble> {
    let date = groat_proto::json::parse_date(date).unwrap();
    bills(source, &[0], merchant.parse().unwrap(), date, &mut |_, _| {})
}

/// The text of one of the three.
fn text_of(report: &BillsReport, kind: &str) -> String {
    let file = report.files.iter().find(|file| file.name.ends_with(&format!("{kind}.csv")));
    String::from_utf8(file.unwrap().bytes.clone()).unwrap()
}

#[test]
fn a_settlement_bill_is_what_became_and_left_settled_money() {
    let report = made(&sample::billed_days(), "shop", "2026-03-02").unwrap();
    let expected = "\
#groat settlement bill
#merchant,shop
#currency,CNY
#business date,2026-03-02
#from,2026-03-02T00:00:00Z,before,2026-03-03T00:00:00Z
#shard 0,events covered,EVENTS
batch id,row type,count,gross,fee,net,currency
2026-03-01,PAYMENT,3,140.23,-0.84,139.39,CNY
2026-03-01,REFUND,1,-50.00,0.30,-49.70,CNY
2026-03-01,RESERVE,1,-4.48,0.00,-4.48,CNY
,REFUND,1,-6.90,0.04,-6.86,CNY
,DISPUTE,1,-47.85,0.00,-47.85,CNY
,PAYOUT,2,-40.00,-0.50,-40.50,CNY
,PAYOUT_FAILED,1,10.00,0.00,10.00,CNY
TOTAL,,10,1.00,-1.00,0.00,CNY
<END>
";
    let text = text_of(&report, "settlement");
    let covered = text.lines().find_map(|line| line.strip_prefix("#shard 0,events covered,"));
    assert_eq!(text, expected.replace("EVENTS", covered.unwrap()));
    assert_eq!(report.currencies[0].settled, "0.00");
}

/// What others got, gave back, or may get, has a row and a column.
#[test]
fn royalties_have_their_column() {
    let report = made(&sample::shared_days(), "shop", "2026-03-01").unwrap();
    let text = text_of(&report, "trade");
    let line = |order: &str, kind: &str, at: &str, number: &str, royalty: &str| {
        format!(
            "p{order},T-{order},{kind},,2026-03-01T{}:00:00Z,2026-03-01T{at}:00Z,,,,,alice,\
             0.00,0.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,{number},0.00,{royalty},",
            &at[..2]
        )
    };
    for line in [
        line("1", "royalty", "09:02", "S-1", "-30.00"),
        line("1", "royalty return", "09:03", "", "15.00"),
        line("1", "royalty return", "09:04", "", "2.00"),
        line("1", "royalty return", "09:05", "B-1", "3.00"),
        line("2", "royalty freeze", "10:01", "", "-99.40"),
        line("2", "royalty release", "10:03", "", "29.82"),
        line("2", "royalty release", "10:04", "", "58.58"),
        line("3", "royalty freeze", "11:01", "", "-39.76"),
        line("3", "royalty release", "11:02", "", "10.00"),
        "#net,93.31".into(),
    ] {
        assert!(text.lines().any(|l| l == line), "no line {line}\n{text}");
    }
    let text = text_of(&made(&sample::shared_days(), "guide", "2026-03-01").unwrap(), "settlement");
    for line in
        [",PAYMENT_SPLIT,2,30.00,0.00,30.00,CNY", ",SPLIT_RETURNED,2,-13.00,0.00,-13.00,CNY"]
    {
        assert!(text.lines().any(|l| l == line), "no line {line}\n{text}");
    }
}

/// Date, file, lines that it has.
#[test]
fn the_days_of_a_shop() {
    let days = sample::billed_days();
    for (date, kind, lines) in [
        (
            "2026-03-01",
            "trade",
            vec![
                "p1,T-1,trade,,2026-03-01T09:00:00Z,2026-03-01T09:01:00Z,,,,,alice,\
                 100.00,100.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-0.60,0.00,",
                "p3,T-3,trade,'=1+1,2026-03-01T09:20:00Z,2026-03-01T09:21:00Z,S-7,\
                 \"North, Gate\",'@lee,t\\u{a}<END>,bob,\
                 33.33,33.33,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-0.20,0.00,",
                "p1,T-1,refund,,2026-03-01T09:00:00Z,2026-03-01T10:00:00Z,,,,,alice,\
                 -50.00,-50.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,R-1,0.30,0.00,",
                "TOTAL,4,,,,,,,,,,90.23,90.23,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-0.54,0.00,",
                "#net,89.69",
                "#net of,Liabilities:merchant_pending:shop:2026-03-01,89.69",
            ],
        ),
        (
            "2026-03-02",
            "trade",
            vec![
                "#net,-36.98",
                "#net of,Liabilities:merchant_pending:shop:2026-03-02,19.88",
                "#net of,Liabilities:merchant_available:shop,-54.71",
                "#net of,Assets:merchant_receivable:shop,-2.15",
            ],
        ),
        (
            "2026-03-02",
            "account",
            vec![
                ",,,,Liabilities:merchant_pending:shop:2026-03-01,,,,89.69,opening,",
                ",,,,Liabilities:merchant_pending:shop:2026-03-01,,0.00,89.69,0.00,closing,",
                ",,,,Liabilities:merchant_available:shop,,95.25,95.25,0.00,closing,",
                ",,,,Liabilities:merchant_reserve:shop,,4.48,0.00,4.48,closing,",
                ",,,,Assets:merchant_receivable:shop,,0.00,2.15,-2.15,closing,",
                "TOTAL,,,,,,119.73,187.21,22.21,,",
                "#opening,89.69",
                "#closing,22.21",
            ],
        ),
        (
            "2026-03-03",
            "settlement",
            vec![
                "2026-03-02,PAYMENT,1,20.00,-0.12,19.88,CNY",
                "2026-03-02,RECOVERED,1,-2.15,0.00,-2.15,CNY",
                "2026-03-02,RESERVE,1,-0.88,0.00,-0.88,CNY",
                ",DISPUTE,1,-33.33,0.00,-33.33,CNY",
                ",DISPUTE_REVERSAL,1,50.00,0.00,50.00,CNY",
                "TOTAL,,5,33.64,-0.12,33.52,CNY",
            ],
        ),
        (
            "2026-03-04",
            "settlement",
            vec![
                ",DISPUTE_FEE,1,0.00,-1.00,-1.00,CNY",
                "2026-03-01,RESERVE_RELEASED,1,4.48,0.00,4.48,CNY",
                "TOTAL,,2,4.48,-1.00,3.48,CNY",
            ],
        ),
        ("2026-03-20", "settlement", vec!["TOTAL,,0,0.00,0.00,0.00,CNY", "<END>"]),
    ] {
        let text = text_of(&made(&days, "shop", date).unwrap(), kind);
        for line in lines {
            assert!(text.lines().any(|l| l == line), "{date} {kind}: no line {line}\n{text}");
        }
    }
}

#[test]
fn coupons_stand_in_their_columns() {
    let report = made(&sample::market_days(), "shop", "2026-03-01").unwrap();
    let text = text_of(&report, "trade");
    for end in [
        // 100.00, of which the platform gave 6.00 and the merchant 4.00.
        "alice,100.00,96.00,0.00,0.00,6.00,4.00,10.00,ten,0.00,0.00,,-0.58,0.00,",
        "alice,20.00,15.00,0.00,0.00,0.00,5.00,5.00,five,0.00,0.00,,-0.09,0.00,",
        "alice,-20.00,-15.00,0.00,0.00,0.00,-5.00,-5.00,five,0.00,0.00,R-1,0.09,0.00,",
    ] {
        assert!(text.lines().any(|line| line.ends_with(end)), "{end}\n{text}");
    }
}

/// A payment all of which a card, points or a coupon paid counts as any other; that the rows count
/// what the batch counted is asked of every batch.
#[test]
fn a_payment_counts_once_whatever_paid_it() {
    for (days, merchant, date, row) in [
        (sample::card_days(), "shop", "2026-03-03", "2026-03-02,PAYMENT,1,40.00,"),
        (sample::card_days(), "stall", "2026-03-11", "2026-03-10,PAYMENT,1,1.00,"),
    ] {
        let text = text_of(&made(&days, merchant, date).unwrap(), "settlement");
        assert!(text.lines().any(|line| line.starts_with(row)), "{row}\n{text}");
    }
}

#[test]
fn points_stand_in_their_column() {
    let report = made(&sample::card_days(), "shop", "2026-03-03").unwrap();
    let text = text_of(&report, "trade");
    for end in [
        "alice,3.00,3.00,0.00,0.60,0.00,0.00,0.00,,0.00,0.00,,-0.02,0.00,",
        "alice,-2.70,-2.70,0.00,-0.30,0.00,0.00,0.00,,0.00,0.00,R-1,0.02,0.00,",
        "alice,-0.20,-0.20,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,case-2,0.00,0.00,",
    ] {
        assert!(text.lines().any(|line| line.ends_with(end)), "{end}\n{text}");
    }
}

/// What paid a part of a payment, and what that part went back to, has a line for the payment: its
/// number and the merchant's, not the command's.
#[test]
fn parts_of_a_payment_stand_in_the_account_bill_under_the_payment() {
    for (days, merchant, date, line) in [
        (sample::market_days(), "shop", "2026-03-01", ["coupon_used", "p1", "T-1"]),
        (sample::card_days(), "shop", "2026-03-01", ["card_charged", "p1", "T-1"]),
        (sample::card_days(), "shop", "2026-03-03", ["points_redeemed", "p3", "T-3"]),
        (sample::card_days(), "stall", "2026-03-10", ["points_redeemed", "p4", "T-4"]),
    ] {
        let text = text_of(&made(&days, merchant, date).unwrap(), "account");
        let fields = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let mut rows = fields.filter(|row| row.len() == 11).map(|row| [row[9], row[1], row[2]]);
        assert!(rows.any(|row| row == line), "{merchant} {date}: no {line:?}\n{text}");
    }
}

/// A fee that a lost dispute returns is no refund; one that a refund returns is in its row. The
/// dispute cuts one term of three whole, which bore a third of 6.90, and half of another, which
/// keeps its fee.
#[test]
fn a_sellers_fee_that_a_dispute_returns_has_its_own_row() {
    let text = text_of(&made(&sample::seller_days(), "shop", "2026-03-01").unwrap(), "settlement");
    let rows = |kind: &str| {
        let of = format!(",{kind},");
        text.lines().filter(|line| line.contains(&of)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rows("SELLER_FEE_RETURNED"), [",SELLER_FEE_RETURNED,1,0.00,2.30,2.30,CNY"]);
    assert_eq!(rows("REFUND"), [""; 0], "{text}");
}

/// Each day's closing is the next day's opening, for every merchant of every sample.
#[test]
fn days_follow_each_other() {
    for (days, merchants) in [
        (sample::billed_days(), vec!["shop", "stall"]),
        (sample::market_days(), vec!["shop"]),
        (sample::card_days(), vec!["shop"]),
        (sample::rented_days(), vec!["fleet", "hotel"]),
    ] {
        let kept = days.in_a_directory();
        for merchant in merchants {
            let mut before = "0.00".to_owned();
            for day in 1..=14 {
                let date = format!("2026-03-{day:02}");
                let report = made_of(&kept.source(), merchant, &date).unwrap();
                let [sums] = &report.currencies[..] else { panic!("{report:?}") };
                assert_eq!(sums.opening, before, "{merchant} on the {day}");
                before = sums.closing.clone();
            }
        }
    }
}

/// A copy that was taken earlier has no other bill: the same, or none yet.
#[test]
fn any_copy_gives_the_same_bytes() {
    let days = sample::billed_days();
    let whole = made(&days, "shop", "2026-03-02").unwrap();
    let mut same = 0;
    for count in 1..=days.blocks.len() {
        let blocks = days.blocks[..count].to_vec();
        let copy = Day { blocks, snapshot: (u64::MAX, vec![]), ..days.clone() };
        match made(&copy, "shop", "2026-03-02") {
            Ok(report) => {
                assert_eq!(report, whole);
                same += 1;
            }
            Err(Trouble::Usage(what)) => {
                assert!(what.contains("no merchant") || what.contains("is not over"), "{what}");
            }
            Err(trouble) => panic!("{trouble}"),
        }
    }
    assert!((2..days.blocks.len()).contains(&same), "{same} copies have the bill");
}

/// Blocks of a file, each behind its length, as they lie in a segment of a topic.
fn of_segment(mut file: impl std::io::Read + 'static) -> Chain {
    let blocks = std::iter::from_fn(move || {
        let mut length = [0; 4];
        file.read_exact(&mut length).ok()?;
        let mut block = vec![0; u32::from_le_bytes(length) as usize];
        file.read_exact(&mut block).unwrap();
        Some(Ok(block))
    });
    Chain::of_blocks(0, None, blocks)
}

/// What an owner makes of a topic: its store had half of it, and follows the rest, late blocks of
/// owners before it aside; then the state is put down too.
fn restored(days: &Day, topic: Chain) -> crate::sample::Kept {
    let half = days.blocks.len() / 2;
    let (blocks, snapshot) = (days.blocks[..half].to_vec(), (u64::MAX, vec![]));
    let kept = Day { blocks, snapshot, ..days.clone() }.in_a_directory();
    let mut store = SledStore::open(kept.path()).unwrap();
    let mut shard = restore(&mut store, 0, |_, _| {}).unwrap().unwrap().shard;
    let mut late = 0;
    for bytes in topic {
        let bytes = bytes.unwrap();
        let block = Block::parse(&bytes).unwrap();
        let number = block.header.number;
        if number < half as u64 {
            continue;
        }
        match shard.follow(&block).unwrap() {
            Arrival::Next => store.append(number, &bytes).unwrap(),
            Arrival::Late => late += 1,
        }
    }
    store.sync().unwrap();
    assert_eq!((late, shard.books().digest()), (1, days.digest));
    let last = store.last().unwrap();
    assert_eq!(last + 1, days.blocks.len() as u64);
    store.finish_snapshot(last, &shard.snapshot()).unwrap();
    kept
}

/// From a topic with late blocks in it, from a store, and from a copy that was restored from both:
/// the same bytes, sums and all.
#[test]
fn a_topic_a_store_and_a_restored_copy_give_the_same_bytes() {
    for (days, dates) in [
        (sample::billed_days(), ["2026-03-02", "2026-03-03", "2026-03-04"]),
        (sample::card_days(), ["2026-03-01", "2026-03-02", "2026-03-03"]),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut blocks = days.blocks.clone();
        blocks.push(blocks[blocks.len() - 2].clone());
        blocks.insert(3, blocks[1].clone());
        for block in &blocks {
            let length = u32::try_from(block.len()).unwrap().to_le_bytes();
            file.as_file().write_all(&[&length[..], block].concat()).unwrap();
        }
        let topic = || of_segment(std::fs::File::open(file.path()).unwrap());
        let (store, copy) = (days.in_a_directory(), restored(&days, topic()));
        for date in dates {
            let of_store = made_of(&store.source(), "shop", date).unwrap();
            let (day, shop) = (parse_date(date).unwrap(), "shop".parse().unwrap());
            let of_topic = bills_of(&mut |_| Ok(topic()), &[0], shop, day, &mut |_, _| {}).unwrap();
            let of_copy = made_of(&copy.source(), "shop", date).unwrap();
            assert_eq!(of_topic, of_store, "{date}");
            assert_eq!(of_copy, of_store, "{date}");
            assert!(of_store.files.iter().any(|file| file.bytes.len() > 500), "{date}");
        }
    }
}

#[test]
fn what_has_no_bill_is_said() {
    let days = sample::billed_days();
    for (merchant, date, words) in
        [("nobody", "2026-03-02", "no merchant nobody"), ("shop", "2026-04-06", "is not over")]
    {
        match made(&days, merchant, date) {
            Err(Trouble::Usage(what)) => assert!(what.contains(words), "{what}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn each_file_has_the_sum_of_its_bytes() {
    let report = made(&sample::billed_days(), "shop", "2026-03-02").unwrap();
    let names: Vec<&str> = report.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "shop-2026-03-02-CNY-trade.csv",
            "shop-2026-03-02-CNY-account.csv",
            "shop-2026-03-02-CNY-settlement.csv",
            "shop-2026-03-02-CNY-camt053.xml",
        ]
    );
    let abc = BillFile::new("abc".into(), b"abc".to_vec());
    // FIPS 180-2, appendix B.1.
    let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(abc.sum_line(), format!("{sum}  abc\n"));
}

/// Forged books have no bills: the command makes the check of `verify` before it writes.
#[test]
fn forged_books_have_no_bills() {
    use groat_proto::v1::event::Fact;
    let days = sample::billed_days();
    let blocks = sample::forged(&days.blocks, |header, body| {
        sample::without_digests(header);
        *body = sample::with_events(header, body, |_, event| {
            if let Some(Fact::PayoutRequested(_)) = &mut event.fact {
                event.movements[0].amount -= 1;
            }
        });
    });
    let forged = Day { blocks, snapshot: (u64::MAX, vec![]), ..days };
    match made(&forged, "shop", "2026-03-02") {
        Err(Trouble::Books(found)) => assert_eq!(found.check, Check::BillLines.name(), "{found}"),
        other => panic!("{other:?}"),
    }
}

/// The three checks between the files, each broken by one unit.
#[test]
fn bills_that_do_not_agree_are_refused() {
    let days = sample::billed_days().in_a_directory();
    let date = groat_proto::json::parse_date("2026-03-02").unwrap();
    let (source, shop) = (days.source(), "shop".parse().unwrap());
    let mut read =
        read(&mut |shard| source.chain(shard), &[0], shop, date, &mut |_, _| {}).unwrap();
    let of_day = |read: &Read| read.trades.of_day(Currency::CNY, |at| read.calendar.date(at));
    let prove = |read: &Read, rows: &[rows::Row], settled: i128| {
        let moved = trade::moved_by(rows, &read.books, Currency::CNY);
        let books: Vec<&Book> = read.books.iter().collect();
        proven(rows, &moved, settled, &books)
    };
    let rows = of_day(&read);
    assert_eq!(prove(&read, &rows, 0), Ok(0));
    assert!(prove(&read, &rows, 1).unwrap_err().contains("the settlement bill sums to 1"));
    let mut fewer = rows.clone();
    fewer[0].fee_for_test(1);
    assert!(prove(&read, &fewer, 0).unwrap_err().contains("the trade bill's net"));
    read.books[0].closing += 1;
    assert!(prove(&read, &rows, 0).unwrap_err().contains("do not make"));
    let gone = |items, counted| Gone { date, items, out: 2, counted, count: 3 };
    assert!(agree(1, &gone(2, 3)).is_err() && agree(2, &gone(1, 3)).is_err());
    assert!(agree(2, &gone(2, 2)).unwrap_err().contains("its rows count 2"));
    assert!(agree(2, &gone(2, 3)).is_ok());
}

/// What is settled ahead of its batch is a line of the settlement bill and no trade.
#[test]
fn what_was_confirmed_is_settled_and_no_trade() {
    let report = made(&sample::rented_days(), "kiosk", "2026-03-09").unwrap();
    assert!(!text_of(&report, "trade").contains("confirmed"), "{}", text_of(&report, "trade"));
    let settled = text_of(&report, "settlement");
    assert!(settled.contains("SETTLEMENT_CONFIRMED,1,10.80,0.00,10.80,CNY"), "{settled}");
    let account = text_of(&report, "account");
    assert!(account.lines().any(|l| l.contains("settlement_confirmed") && l.contains("pay-2")));
}
