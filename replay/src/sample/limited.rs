//! Days on which users pay with codes whose limits count in every window: for checks.

use super::Day;
use super::rented::written;

const LIMITED: &str = r#"
01T08:00 set_limits {"scope":{"code_kind":"STATIC"},"ccy":"CNY","day":$1.00}
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$400.00}
01T08:01 set_limits {"scope":{"code_kind":"STATIC"},"ccy":"CNY","single":$60.00,"day":$100.00,"month":$120.00,"year":$130.00,"lifetime":$140.00,"every_window":true}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"MERCHANT_PRESENTED","code_kind":"STATIC","amt":$60.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$60.00}}]}
02T09:00 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"MERCHANT_PRESENTED","code_kind":"STATIC","amt":$60.00}
02T09:01 pay_payment {"payment":"p2","user":"alice","legs":[{"balance":{"amt":$60.00}}]}
02T09:02 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$60.00}
02T09:03 pay_payment {"payment":"p3","user":"alice","legs":[{"balance":{"amt":$60.00}}]}
"#;

/// All of it, up to a day in April.
pub(crate) fn limited_days() -> Day {
    written(LIMITED)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&limited_days()), []);
}
