//! Days with instalment plans whose fee the seller bears: billed, refunded, disputed, paid ahead.
//! Each line is a time of March 2026 and a command.

use super::Day;
use super::rented::written;

const SELLERS: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$2000.00}
01T08:01 grant_credit_line {"user":"alice","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$900.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"instalment":{"plan":"l1","amt":$900.00,"n":3,"fee_ppm":23000,"bearer":"SELLER"}}]}
01T09:02 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$600.00,"royalty_freeze":true}
01T09:03 pay_payment {"payment":"p2","user":"alice","legs":[{"instalment":{"plan":"l2","amt":$600.00,"n":6,"fee_ppm":45000,"bearer":"SELLER"}}]}
01T09:04 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$300.00}
01T09:05 pay_payment {"payment":"p3","user":"alice","legs":[{"instalment":{"plan":"l3","amt":$300.00,"n":3,"fee_ppm":23000,"bearer":"SELLER"}}]}
01T10:00 refund_payment {"payment":"p1","out_request_no":"R-1","amt":$350.00}
01T10:01 refund_payment {"payment":"p2","out_request_no":"R-2","amt":$150.00}
01T11:00 open_dispute {"dispute":"case-1","payment":"p3","amt":$150.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
01T12:00 judge_dispute {"dispute":"case-1","ruling":"CUSTOMER"}
03T09:00 repay_credit {"user":"alice","amt":$150.00,"target":"l2"}
04T10:00 repay_credit {"user":"alice","amt":$500.00}
05T10:00 refund_payment {"payment":"p1","out_request_no":"R-3","amt":$100.00}
05T11:00 refund_payment {"payment":"p3","out_request_no":"R-4","amt":$20.00}
06T10:00 prepay_plan {"user":"alice","plan":"l2"}
"#;

/// All of it, up to a day in April: a second statement is cut.
pub(crate) fn seller_days() -> Day {
    written(SELLERS)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&seller_days()), []);
}
