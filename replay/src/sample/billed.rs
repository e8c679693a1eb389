//! Days of a shop for bills: DOMAIN §7, 23, then a refund and a dispute from settled money, a debt
//! that the next batch pays, payouts, reserves that come back. Each line is a time of March 2026
//! and a command, and what else stands beside it after ` + `; `$1.00` stands for money in yuan.

use super::rented::{command, terms};
use super::{Day, Writer};
use groat_proto::json::parse_time;

const SHOP: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"reserve_bps":500,"reserve_days":2,"settle_ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"stall","fee_ppm":0,"cycle":1,"settle_ccy":"CNY"}
01T08:01 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$1000.00}
01T08:01 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$50.00}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$100.00}}]}
01T09:10 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$6.90}
01T09:11 pay_payment {"payment":"p2","user":"alice","legs":[{"balance":{"amt":$6.90}}]}
01T09:20 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$33.33} + "reference":"=1+1","metadata":{"store_no":"S-7","store_name":"North, Gate","operator":"@lee","terminal":"t\n<END>"}
01T09:21 pay_payment {"payment":"p3","user":"bob","legs":[{"balance":{"amt":$33.33}}]}
01T10:00 refund_payment {"payment":"p1","out_request_no":"R-1","amt":$50.00}
01T11:00 transfer {"from":"alice","to":"bob","amt":$12.00} + "reference":"=lunch"
02T09:00 create_payment {"payment":"p4","out_trade_no":"T-4","merchant":"shop","mode":"IN_APP","amt":$20.00}
02T09:01 pay_payment {"payment":"p4","user":"alice","legs":[{"balance":{"amt":$20.00}}]}
02T10:00 refund_payment {"payment":"p2","out_request_no":"R-1","amt":$6.90}
02T11:00 request_payout {"payout":"po-1","owner":{"merchant":"shop"},"amt":$30.00,"fee":$0.50}
02T12:00 confirm_payout {"payout":"po-1"}
02T12:01 request_payout {"payout":"po-2","owner":{"merchant":"shop"},"amt":$10.00}
02T12:02 fail_payout {"payout":"po-2","reason":"closed"}
02T12:03 request_payout {"payout":"po-3","owner":{"user":"bob"},"amt":$1.00,"fee":$0.10}
02T13:00 open_dispute {"dispute":"case-1","payment":"p1","amt":$50.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
02T14:00 place_hold {"hold":"h1","user":"bob","amt":$3.00}
02T14:01 release_hold {"hold":"h1"}
02T14:02 match_receipt {"bank_ref":"B-9","amt":$7.00}
02T14:03 match_receipt {"bank_ref":"B-9","amt":$7.00,"target":{"merchant":"stall"}}
03T09:00 judge_dispute {"dispute":"case-1","ruling":"MERCHANT"}
03T10:00 open_dispute {"dispute":"case-2","payment":"p3","amt":$33.33,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
04T09:00 judge_dispute {"dispute":"case-2","ruling":"CUSTOMER","fee":$1.00}
"#;

/// All of it, up to a day in April.
pub(crate) fn billed_days() -> Day {
    let mut days = Writer::new(0, terms());
    for (n, line) in (1..).zip(SHOP.lines().filter(|line| !line.is_empty())) {
        let (line, beside) = line.split_once(" + ").unwrap_or((line, ""));
        let (at, body) = line.split_once(' ').unwrap();
        let mut text = command(n, &format!("2026-03-{at}:00Z"), body);
        if !beside.is_empty() {
            text.insert_str(1, &format!("{beside},"));
        }
        days.give(&text);
        if n % 7 == 0 {
            days.seal(n % 14 == 0);
        }
    }
    days.shard.tick(parse_time("2026-04-06T00:00:00Z").unwrap());
    days.seal(true);
    days.end()
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&billed_days()), []);
}
