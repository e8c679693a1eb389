//! Days on which money is held under limits, captured, kept on legal orders, advanced, and bought
//! out: for checks.

use super::Day;
use super::rented::written;

const HELD: &str = r#"
01T08:00 set_limits {"scope":{"kyc_class":2},"ccy":"CNY","lifetime":$130.00}
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$400.00}
01T08:00 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$400.00}
01T08:01 grant_credit_line {"user":"alice","limit":$100.00,"statement_day":2,"due_day":4}
01T09:00 authorize_funds {"auth":"a1","out_order_no":"O-1","out_request_no":"Q-1","user":"alice","merchant":"shop","amt":$40.00,"timeout_s":86400}
01T09:01 authorize_funds {"auth":"a2","out_order_no":"O-2","out_request_no":"Q-1","user":"bob","merchant":"shop","amt":$10.00,"timeout_s":86400}
01T10:00 capture_authorization {"auth":"a1","out_trade_no":"T-1","amt":$30.00,"mode":"NOT_COMPLETE"}
01T10:05 unfreeze_funds {"auth":"a1","out_request_no":"Q-2","amt":$5.00}
01T10:06 authorize_funds {"auth":"a3","out_order_no":"O-3","out_request_no":"Q-3","user":"alice","merchant":"shop","amt":$20.00,"credit_amt":$20.00,"timeout_s":86400}
01T10:07 capture_authorization {"auth":"a3","out_trade_no":"T-3","amt":$20.00,"mode":"COMPLETE"}
01T11:00 place_hold {"hold_id":"h1","user":"bob","amt":$20.00}
01T11:01 place_hold {"hold_id":"h2","user":"bob","amt":$5.00}
01T11:02 release_hold {"hold_id":"h1","user":"bob","amt":$5.00}
01T11:03 seize_hold {"hold_id":"h1","order_ref":"court-7"}
01T12:00 create_payment {"payment":"p1","out_trade_no":"P-1","merchant":"shop","mode":"IN_APP","amt":$60.00}
01T12:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$60.00}}]}
01T12:02 set_limits {"scope":{"kyc_class":3},"ccy":"CNY","day":$1.00}
01T13:00 create_rental {"rental":"k1","out_order_no":"R-1","merchant":"shop","user":"bob","deposit":$30.00,"rent":$170.00,"unit":"FIXED","borrow_at":"2026-03-01T13:00:00Z","expiry_at":"2026-03-02T13:00:00Z","guaranteed":true}
01T13:01 assess_rental {"rental":"k1","score":700,"decision":{"full":{}}}
01T13:02 secure_deposit {"rental":"k1"}
01T13:03 start_rental {"rental":"k1","started_at":"2026-03-01T13:03:00Z"}
01T14:00 return_rental {"rental":"k1","restore_at":"2026-03-01T14:00:00Z"}
01T14:01 settle_rental {"rental":"k1","allow_partial":true}
02T13:00 collect_rental {"rental":"k1","allow_partial":true}
02T14:00 open_user {"user":"dora","kyc_class":2,"ccy":"CNY"}
02T14:00 confirm_top_up {"user":"dora","bank_ref":"B-3","amt":$400.00}
02T14:01 create_rental {"rental":"k2","out_order_no":"R-2","merchant":"shop","user":"dora","deposit":$99.00,"rent":$0.00,"unit":"FIXED","borrow_at":"2026-03-02T14:00:00Z","expiry_at":"2026-03-20T00:00:00Z","plan":[{"due_at":"2026-03-02T15:00:00Z","amt":$10.00,"buyout":$40.00}],"deposit_fallback":true}
02T14:02 assess_rental {"rental":"k2","score":400,"decision":{"declined":{}}}
02T14:03 secure_deposit {"rental":"k2"}
02T14:04 start_rental {"rental":"k2","started_at":"2026-03-02T14:04:00Z"}
02T15:01 set_limits {"scope":{"user":"dora"},"ccy":"CNY","lifetime":$60.00}
02T15:02 buy_out_rental {"rental":"k2","term_no":1}
"#;

/// All of it, up to a day in April.
pub(crate) fn held_days() -> Day {
    written(HELD)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&held_days()), []);
}
