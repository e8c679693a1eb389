//! Days on which dues are debited, orders name their coupons, and a charge is lowered that the
//! platform had advanced. Each line is a time of March 2026 and a command; `$1.00` stands for money
//! in yuan.

use super::Day;
use super::rented::written;

const DEBITS: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"fleet","fee_ppm":0,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"bob","bank_ref":"B-1","amt":$20.00}
01T08:01 create_rental {"rental":"bike-1","out_order_no":"R-1","merchant":"fleet","user":"bob","deposit":$100.00,"rent":$50.00,"unit":"USE","borrow_at":"2026-03-01T09:00:00Z","expiry_at":"2026-03-01T16:00:00Z","guaranteed":true}
01T08:02 assess_rental {"rental":"bike-1","score":650,"decision":{"full":{}}}
01T08:03 secure_deposit {"rental":"bike-1"}
01T09:00 start_rental {"rental":"bike-1","started_at":"2026-03-01T09:00:00Z"}
01T10:00 return_rental {"rental":"bike-1","restore_at":"2026-03-01T10:00:00Z"}
01T10:01 settle_rental {"rental":"bike-1","allow_partial":true}
01T10:02 reduce_charge {"rental":"bike-1","item":0,"amt":$5.00}
01T10:03 grant_credit_line {"user":"bob","limit":$100.00,"statement_day":1,"due_day":9}
01T10:04 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$10.00}
01T10:05 collect_rental {"rental":"bike-1"}
01T10:06 reduce_charge {"rental":"bike-1","item":0,"amt":$30.00}
01T11:00 fund_campaign {"campaign":"spring","amt":$50.00}
01T11:01 define_coupon {"template":"ten","campaign":"spring","face":$10.00,"min_spend":$30.00,"valid_from":"2026-03-01T00:00:00Z","valid_until":"2026-03-03T00:00:00Z","count_max":10,"per_user":5}
01T11:02 issue_coupon {"coupon":"ten-1","template":"ten","user":"alice"}
01T11:03 issue_coupon {"coupon":"ten-2","template":"ten","user":"alice"}
01T11:04 issue_coupon {"coupon":"ten-3","template":"ten","user":"alice"}
01T11:05 confirm_top_up {"user":"alice","bank_ref":"B-3","amt":$500.00}
01T11:06 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"fleet","mode":"IN_APP","amt":$30.00,"coupon":"ten-1"}
01T11:07 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$20.00}},{"coupon":{"coupon":"ten-1","amt":$10.00}}]}
01T11:08 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"fleet","mode":"IN_APP","amt":$30.00,"coupon":"ten-2"}
01T11:09 close_payment {"payment":"p2"}
01T11:10 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"fleet","mode":"IN_APP","amt":$30.00,"coupon":"ten-3","timeout_s":259200}
01T12:00 grant_credit_line {"user":"alice","limit":$2000.00,"statement_day":2,"due_day":4,"grace_d":1,"late_fee_ppm":50000,"billing":{"auto_debit":true}}
01T12:01 create_payment {"payment":"p4","out_trade_no":"T-4","merchant":"fleet","mode":"IN_APP","amt":$1400.00}
01T12:02 pay_payment {"payment":"p4","user":"alice","legs":[{"credit":{"amt":$1400.00}}]}
01T12:03 draw_loan {"user":"alice","loan":"l1","amt":$100.00,"terms":2,"day_ppm":500,"kind":"EQUAL_PRINCIPAL","every_days":7,"auto_debit":true}
09T08:00 confirm_top_up {"user":"alice","bank_ref":"B-4","amt":$1000.00}
12T08:00 set_auto_debit {"user":"alice","target":"l1","on":false}
"#;

/// All of it, up to a day in April.
pub(crate) fn debit_days() -> Day {
    written(DEBITS)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&debit_days()), []);
}
