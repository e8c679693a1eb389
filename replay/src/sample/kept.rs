//! Days on which money comes in and goes out, and some of what merchants are owed is lent: for the
//! check of what is held for it. Each line is a time of March 2026 and a command.

use super::Day;
use super::rented::written;

const KEPT: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$100.00}
01T08:01 grant_credit_line {"user":"alice","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{}}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$1000.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"credit":{"amt":$1000.00}}]}
03T10:00 fund_credit {"bank":"lender","amt":$1000.00}
12T10:00 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$50.00}
13T10:00 request_payout {"payout":"w1","owner":{"merchant":"shop"},"amt":$200.00}
13T11:00 confirm_payout {"payout":"w1"}
14T10:00 post_adjustment {"entries":[{"class":"equity","side":"DEBIT","amt":$70.00},{"class":"user_available","owner":"bob","side":"CREDIT","amt":$70.00}],"reason":"goodwill","maker":"ann","approver":"ben"}
15T10:00 repay_credit {"user":"alice","amt":$80.00}
"#;

/// All of it, up to a day in April.
pub(crate) fn kept_days() -> Day {
    written(KEPT)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&kept_days()), []);
}
