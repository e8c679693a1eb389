//! Days on which lines of credit are billed: paid in part, late, refunded, and left a fen short;
//! one is granted anew with days that begin later, so that it is yesterday again.
//! Each line is a time of March 2026 and a command; `$1.00` stands for money in yuan.

use super::Day;
use super::rented::written;

const BILLS: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
01T08:00 open_user {"user":"carol","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$2000.00}
01T08:00 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$2000.00}
01T08:00 confirm_top_up {"user":"carol","bank_ref":"B-3","amt":$2000.00}
01T08:01 grant_credit_line {"user":"alice","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{"interest_from":"STATEMENT_DAY"}}
01T08:02 grant_credit_line {"user":"bob","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{"late_fee_max":$4.00}}
01T08:03 grant_credit_line {"user":"carol","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{"order":{"first":"FEE","second":"INTEREST","third":"PENALTY","fourth":"PRINCIPAL"},"late_order_from_day":90,"day_begins_min":90}}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$1400.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"credit":{"amt":$1400.00}}]}
01T09:02 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$1400.00}
01T09:03 pay_payment {"payment":"p2","user":"bob","legs":[{"credit":{"amt":$1400.00}}]}
01T09:04 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$100.00}
01T09:05 pay_payment {"payment":"p3","user":"carol","legs":[{"credit":{"amt":$100.00}}]}
02T09:00 create_payment {"payment":"p4","out_trade_no":"T-4","merchant":"shop","mode":"IN_APP","amt":$333.33}
02T09:01 pay_payment {"payment":"p4","user":"alice","legs":[{"credit":{"amt":$333.33}}]}
04T20:00 repay_credit {"user":"alice","amt":$140.00}
04T20:01 repay_credit {"user":"bob","amt":$40.00}
05T20:00 repay_credit {"user":"carol","amt":$90.01}
07T10:00 refund_payment {"payment":"p1","out_request_no":"R-1","amt":$60.00}
08T10:00 refund_payment {"payment":"p2","out_request_no":"R-1","amt":$10.00}
09T10:00 repay_credit {"user":"bob","amt":$500.00}
10T00:05 open_user {"user":"dora","kyc_class":2,"ccy":"CNY"}
10T00:06 grant_credit_line {"user":"dora","limit":$2000.00,"statement_day":2,"due_day":4,"billing":{}}
10T00:10 draw_loan {"user":"dora","loan":"l1","amt":$300.00,"terms":3,"day_ppm":500,"kind":"EQUAL_PRINCIPAL"}
10T00:10 draw_loan {"user":"dora","loan":"l2","amt":$300.00,"terms":3,"kind":"ANNUITY","year_ppm":70000,"terms_a_year":12,"every_months":1}
10T00:11 repay_credit {"user":"dora","target":"l1","amt":$300.00}
10T00:11 repay_credit {"user":"dora","target":"l2","amt":$300.00}
10T00:12 close_credit_line {"user":"dora","reason":"other-days"}
10T00:13 grant_credit_line {"user":"dora","limit":$2000.00,"statement_day":2,"due_day":4,"billing":{"day_begins_min":90,"auto_debit":true}}
10T00:14 return_repayment {"user":"dora","loan":"l1","chargeback":"b1","amt":$100.00}
10T00:14 return_repayment {"user":"dora","loan":"l2","chargeback":"b1","amt":$100.00}
10T10:00 repay_credit {"user":"bob","amt":$857.45}
12T00:10 repay_credit {"user":"dora","target":"l1","amt":$20.00}
"#;

/// All of it, up to a day in April: a second statement is cut, and its interest runs.
pub(crate) fn credit_days() -> Day {
    written(BILLS)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&credit_days()), []);
}
