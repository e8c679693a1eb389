//! Months with cash loans: paid with their terms, ahead, late, charged and lost; a plan paid ahead
//! in part.
//! Each line is a day of 2026 and a command; `$1.00` stands for money in yuan.

use super::rented::{command, terms};
use super::{Day, Writer};
use groat_proto::json::parse_time;

const LOANS: &str = r#"
03-01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
03-01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
03-01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
03-01T08:01 grant_credit_line {"user":"alice","limit":$5000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
03-01T08:02 grant_credit_line {"user":"bob","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
03-01T09:00 draw_loan {"user":"alice","loan":"l1","amt":$1200.00,"terms":3,"day_ppm":500,"kind":"EQUAL_PRINCIPAL"}
03-01T09:01 draw_loan {"user":"alice","loan":"l2","amt":$100.00,"terms":2,"day_ppm":333,"kind":"BULLET"}
03-01T09:02 draw_loan {"user":"bob","loan":"l3","amt":$900.00,"terms":6,"day_ppm":400,"kind":"EQUAL_PRINCIPAL"}
03-01T09:02 draw_loan {"user":"bob","loan":"l4","amt":$100.00,"terms":3,"day_ppm":100,"kind":"EQUAL_PRINCIPAL","every_months":1,"share_unit":$1.00,"paid_ahead":"NEXT","at_once":$25.00}
03-01T09:02 repay_credit {"user":"bob","target":"l4","amt":$40.00}
03-01T09:03 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$900.00}
03-01T09:04 pay_payment {"payment":"p1","user":"alice","legs":[{"instalment":{"plan":"n1","amt":$900.00,"n":12,"fee_ppm":0}}]}
03-01T09:05 open_user {"user":"carol","kyc_class":2,"ccy":"CNY"}
03-01T09:06 grant_credit_line {"user":"carol","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
03-01T09:07 draw_loan {"user":"carol","loan":"l5","amt":$100.00,"terms":6,"kind":"ANNUITY","year_ppm":70000,"terms_a_year":12,"every_months":1}
03-03T10:00 repay_credit {"user":"alice","amt":$75.00}
03-11T10:00 repay_credit {"user":"alice","target":"n1","amt":$100.00}
03-12T09:00 charge_loan {"user":"bob","loan":"l3","charge":"c1","kind":"FEE","amt":$3.00,"due_on":"2026-03-20"}
03-12T09:00 charge_loan {"user":"bob","loan":"l3","charge":"c2","kind":"PENALTY","amt":$2.00}
03-12T09:00 charge_loan {"user":"bob","loan":"l3","charge":"c3","kind":"PENALTY","amt":$1.50,"due_on":"2026-04-20"}
03-12T09:00 charge_loan {"user":"bob","loan":"l3","charge":"c4","kind":"FEE","amt":$7.00,"due_on":"2026-12-20"}
03-12T09:01 waive_loan_charge {"user":"bob","loan":"l3","charge":"c3"}
03-12T10:00 repay_credit {"user":"bob","target":"l3","amt":$100.00}
03-31T10:00 repay_credit {"user":"alice","target":"l1","amt":$418.00}
04-01T10:00 repay_credit {"user":"carol","target":"l5","amt":$17.01}
04-03T10:00 repay_credit {"user":"alice","amt":$75.00}
04-20T09:00 charge_loan {"user":"bob","loan":"l3","charge":"c5","kind":"FEE","amt":$5.00}
04-20T09:00 charge_loan {"user":"bob","loan":"l3","charge":"c6","kind":"PENALTY","amt":$1.00,"due_on":"2026-06-01"}
04-15T10:00 repay_credit {"user":"carol","target":"l5","amt":$20.00}
04-20T10:00 repay_credit {"user":"alice","target":"l2","amt":$30.00}
04-28T10:00 draw_more {"user":"alice","loan":"l1","amt":$60.00,"at_once":$15.00}
05-03T10:00 repay_credit {"user":"alice","amt":$75.00}
05-04T09:00 charge_loan {"user":"alice","loan":"l1","charge":"c1","kind":"FEE","amt":$4.00,"due_on":"2026-05-10"}
05-04T10:00 repay_credit {"user":"alice","target":"l1","amt":$100.00}
06-20T10:00 repay_credit {"user":"bob","target":"l4","amt":$20.00}
06-21T10:00 return_repayment {"user":"bob","loan":"l4","chargeback":"b1","amt":$15.00}
06-22T10:00 repay_credit {"user":"bob","target":"l4","amt":$5.00}
10-01T09:00 write_off_credit {"user":"bob"}
"#;

/// All of it, up to a day in November.
pub(crate) fn loan_days() -> Day {
    let mut days = Writer::new(0, terms());
    for (n, line) in (1..).zip(LOANS.lines().filter(|line| !line.is_empty())) {
        let (at, body) = line.split_once(' ').unwrap();
        days.give(&command(n, &format!("2026-{at}:00Z"), body));
        if n % 10 == 0 {
            days.seal(n % 20 == 0);
        }
    }
    days.shard.tick(parse_time("2026-11-06T00:00:00Z").unwrap());
    days.seal(true);
    days.end()
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&loan_days()), []);
}
