//! Days on which coupons are issued, used, returned, revoked and left to expire, red packets
//! claimed, invoices issued and reversed, disputes lost and opened: for checks. Each
//! line is a time of March 2026 and a command; `$1.00` stands for money in yuan.

use super::Day;
use super::rented::written;

const COUPONS: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$400.00}
01T08:01 fund_campaign {"campaign":"spring","amt":$50.00}
01T08:02 define_coupon {"template":"ten","campaign":"spring","merchant":"shop","face":$10.00,"merchant_part":$4.00,"min_spend":$30.00,"valid_from":"2026-03-01T00:00:00Z","valid_until":"2026-03-08T00:00:00Z","count_max":10,"per_user":5}
01T08:03 define_coupon {"template":"five","merchant":"shop","face":$5.00,"merchant_part":$5.00,"valid_from":"2026-03-01T00:00:00Z","valid_until":"2026-03-03T00:00:00Z","count_max":10,"per_user_day":2,"per_user":5}
01T08:04 issue_coupon {"coupon":"ten-1","template":"ten","user":"alice"}
01T08:05 issue_coupon {"coupon":"ten-2","template":"ten","user":"alice"}
01T08:06 issue_coupon {"coupon":"ten-3","template":"ten","user":"alice"}
01T08:07 issue_coupon {"coupon":"five-1","template":"five","user":"alice"}
01T08:08 issue_coupon {"coupon":"five-2","template":"five","user":"alice"}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$90.00}},{"coupon":{"coupon":"ten-1","amt":$10.00}}]}
01T09:02 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$20.00}
01T09:03 pay_payment {"payment":"p2","user":"alice","legs":[{"balance":{"amt":$15.00}},{"coupon":{"coupon":"five-1","amt":$5.00}}]}
01T10:00 refund_payment {"payment":"p1","out_request_no":"R-1","amt":$95.00}
01T10:01 refund_payment {"payment":"p1","out_request_no":"R-2","amt":$5.00}
01T10:02 refund_payment {"payment":"p2","out_request_no":"R-1","amt":$20.00}
01T11:00 revoke_coupon {"coupon":"ten-2","reason":"misuse"}
01T12:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
01T12:00 open_user {"user":"carol","kyc_class":2,"ccy":"CNY"}
01T12:01 send_red_packet {"packet":"luck","sender":{"user":"alice"},"total":$10.00,"count":3,"kind":"RANDOM","seed":7}
01T12:02 send_red_packet {"packet":"gift","sender":{"campaign":"spring"},"total":$10.00,"count":3,"timeout_s":3600}
01T12:03 claim_red_packet {"packet":"luck","user":"bob"}
01T12:04 claim_red_packet {"packet":"luck","user":"carol"}
01T12:05 claim_red_packet {"packet":"luck","user":"alice"}
01T12:06 claim_red_packet {"packet":"gift","user":"bob"}
02T09:00 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$113.00}
02T09:01 pay_payment {"payment":"p3","user":"alice","legs":[{"balance":{"amt":$113.00}}]}
02T09:02 request_invoice {"invoice":"inv-1","payment":"p3","title":"buyer","amt":$113.00}
02T09:03 issue_invoice {"invoice":"inv-1","no":"F-1","lines":[{"amt":$100.00,"rate_bps":1300},{"amt":$13.00,"rate_bps":600}],"tax":$12.24}
02T09:04 refund_payment {"payment":"p3","out_request_no":"R-1","amt":$30.00}
02T09:05 red_invoice {"invoice":"inv-1","no":"F-2","amt":$30.00}
02T09:06 open_dispute {"dispute":"case-1","payment":"p3","amt":$20.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
02T09:07 judge_dispute {"dispute":"case-1","ruling":"CUSTOMER"}
02T10:00 create_payment {"payment":"p4","out_trade_no":"T-4","merchant":"shop","mode":"IN_APP","amt":$30.00}
02T10:01 pay_payment {"payment":"p4","user":"alice","legs":[{"balance":{"amt":$20.00}},{"coupon":{"coupon":"ten-3","amt":$10.00}}]}
02T10:02 refund_payment {"payment":"p4","out_request_no":"R-1","amt":$25.00}
02T10:03 send_red_packet {"packet":"late","sender":{"campaign":"spring"},"total":$30.00,"count":3}
02T11:00 create_payment {"payment":"p5","out_trade_no":"T-5","merchant":"shop","mode":"IN_APP","amt":$20.00}
02T11:01 pay_payment {"payment":"p5","user":"alice","legs":[{"balance":{"amt":$15.00}},{"coupon":{"coupon":"five-2","amt":$5.00}}]}
02T11:02 open_dispute {"dispute":"case-2","payment":"p5","amt":$15.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
09T12:00 fund_campaign {"campaign":"spring","amt":$1.00}
09T12:01 close_campaign {"campaign":"spring"}
"#;

/// All of it, up to a day in April.
pub(crate) fn market_days() -> Day {
    written(COUPONS)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&market_days()), []);
}
