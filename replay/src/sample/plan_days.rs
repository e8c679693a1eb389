//! Days with instalment plans: made with a payment, of a purchase and of a statement; billed, cut
//! by a refund, paid ahead. Each line is a time of March 2026 and a command.

use super::Day;
use super::rented::written;

const PLANS: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$2000.00}
01T08:00 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$2000.00}
01T08:01 grant_credit_line {"user":"alice","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
01T08:02 grant_credit_line {"user":"bob","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$900.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"instalment":{"plan":"l1","amt":$900.00,"n":3,"fee_ppm":23000}}]}
01T09:02 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$200.00}
01T09:03 pay_payment {"payment":"p2","user":"alice","legs":[{"credit":{"amt":$200.00}}]}
01T09:04 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$700.00}
01T09:05 pay_payment {"payment":"p3","user":"bob","legs":[{"credit":{"amt":$700.00}}]}
01T09:06 open_user {"user":"carol","kyc_class":2,"ccy":"CNY"}
01T09:07 grant_credit_line {"user":"carol","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
01T09:08 create_payment {"payment":"p4","out_trade_no":"T-4","merchant":"shop","mode":"IN_APP","amt":$99.99}
01T09:09 pay_payment {"payment":"p4","user":"carol","legs":[{"instalment":{"plan":"l4","amt":$99.99,"n":6,"fee_ppm":23000,"share_unit":$0.01,"share_tie":"UP"}}]}
01T10:00 convert_to_instalments {"user":"bob","plan":"l2","payment":"p3","amt":$600.00,"n":6,"fee_ppm":45000}
03T10:00 convert_to_instalments {"user":"alice","plan":"l3","amt":$150.00,"n":3,"fee_ppm":0}
04T10:00 repay_credit {"user":"alice","amt":$356.90}
04T11:00 repay_credit {"user":"bob","amt":$204.50}
05T10:00 refund_payment {"payment":"p1","out_request_no":"R-1","amt":$350.00}
06T10:00 prepay_plan {"user":"bob","plan":"l2"}
"#;

/// All of it, up to a day in April: a second statement is cut.
pub(crate) fn plan_days() -> Day {
    written(PLANS)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&plan_days()), []);
}
