//! Weeks in which a statement is paid in part while a debt revolves, a refund cuts the plan of its
//! statement, loans bear as much interest as can be owed, and late debts are paid but for a little.
//! Each line is a day of 2026 and a command; `$1.00` stands for money in yuan.

use super::rented::{command, terms};
use super::{Day, Writer};
use groat_proto::json::parse_time;

const DUES: &str = r#"
03-01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
03-01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
03-01T08:00 open_user {"user":"carol","kyc_class":2,"ccy":"CNY"}
03-01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
03-01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$2000.00}
03-01T08:01 grant_credit_line {"user":"alice","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
03-01T08:01 grant_credit_line {"user":"bob","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
03-01T08:01 grant_credit_line {"user":"carol","limit":$10000000000000000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
03-01T08:02 open_user {"user":"dave","kyc_class":2,"ccy":"CNY"}
03-01T08:02 open_user {"user":"erin","kyc_class":2,"ccy":"CNY"}
03-01T08:02 confirm_top_up {"user":"dave","bank_ref":"B-2","amt":$300.00}
03-01T08:03 grant_credit_line {"user":"dave","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"tolerance":$10.00,"billing":{}}
03-01T08:03 grant_credit_line {"user":"erin","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"tolerance":$10.00,"billing":{}}
03-01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$1400.00}
03-01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"credit":{"amt":$1400.00}}]}
03-01T09:02 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$600.00}
03-01T09:03 pay_payment {"payment":"p2","user":"bob","legs":[{"credit":{"amt":$600.00}}]}
03-01T09:04 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$200.00}
03-01T09:05 pay_payment {"payment":"p3","user":"dave","legs":[{"credit":{"amt":$200.00}}]}
03-01T09:06 draw_loan {"user":"erin","loan":"f1","amt":$100.00,"terms":1,"day_ppm":0,"kind":"BULLET"}
03-01T10:00 draw_loan {"user":"carol","loan":"k1","amt":$3000000000000000.00,"terms":2,"day_ppm":60000,"kind":"BULLET"}
03-01T10:00 draw_loan {"user":"carol","loan":"k2","amt":$3000000000000000.00,"terms":2,"day_ppm":60000,"kind":"BULLET"}
03-03T10:00 convert_to_instalments {"user":"bob","plan":"v1","amt":$600.00,"n":6,"fee_ppm":45000}
03-04T20:00 repay_credit {"user":"alice","amt":$140.00}
03-05T10:00 refund_payment {"payment":"p2","out_request_no":"R-1","amt":$250.00}
03-07T10:00 repay_credit {"user":"dave","amt":$196.30}
04-03T10:00 repay_credit {"user":"erin","target":"f1","amt":$95.00}
04-04T20:00 repay_credit {"user":"alice","amt":$150.00}
"#;

/// All of it, up to the middle of April.
pub(crate) fn due_days() -> Day {
    let mut days = Writer::new(0, terms());
    for (n, line) in (1..).zip(DUES.lines().filter(|line| !line.is_empty())) {
        let (at, body) = line.split_once(' ').unwrap();
        days.give(&command(n, &format!("2026-{at}:00Z"), body));
        if n % 5 == 0 {
            days.seal(n % 10 == 0);
        }
    }
    days.shard.tick(parse_time("2026-04-15T00:00:00Z").unwrap());
    days.seal(true);
    days.end()
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&due_days()), []);
}
