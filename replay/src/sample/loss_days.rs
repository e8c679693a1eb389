//! Half a year in which debts are not paid: set aside for, written off, recovered in part. Each
//! line is a day of 2026 and a command; `$1.00` stands for money in yuan.

use super::rented::{command, terms};
use super::{Day, Writer};
use groat_proto::json::parse_time;

const LOSSES: &str = r#"
03-01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
03-01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
03-01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
03-01T08:01 grant_credit_line {"user":"alice","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
03-01T08:02 grant_credit_line {"user":"bob","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
03-01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$900.00}
03-01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"instalment":{"plan":"l1","amt":$900.00,"n":12,"fee_ppm":75000}}]}
03-01T09:02 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$200.00}
03-01T09:03 pay_payment {"payment":"p2","user":"alice","legs":[{"credit":{"amt":$200.00}}]}
03-01T09:04 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$70.00}
03-01T09:05 pay_payment {"payment":"p3","user":"bob","legs":[{"credit":{"amt":$70.00}}]}
04-01T09:00 provision_credit {"amt":$60.00}
08-30T09:00 provision_credit {"amt":$40.00}
08-31T09:00 write_off_credit {"user":"bob"}
08-31T09:01 write_off_credit {"user":"alice"}
09-01T09:00 refund_payment {"payment":"p2","out_request_no":"R-1","amt":$20.00}
09-02T09:00 record_recovery {"user":"alice","amt":$20.00}
09-03T09:00 confirm_top_up {"user":"bob","bank_ref":"B-1","amt":$50.00}
09-03T09:01 record_recovery {"user":"bob","amt":$30.00}
"#;

/// All of it, up to a day in October.
pub(crate) fn loss_days() -> Day {
    let mut days = Writer::new(0, terms());
    for (n, line) in (1..).zip(LOSSES.lines().filter(|line| !line.is_empty())) {
        let (at, body) = line.split_once(' ').unwrap();
        days.give(&command(n, &format!("2026-{at}:00Z"), body));
        if n % 10 == 0 {
            days.seal(n % 20 == 0);
        }
    }
    days.shard.tick(parse_time("2026-10-06T00:00:00Z").unwrap());
    days.seal(true);
    days.end()
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&loss_days()), []);
}
