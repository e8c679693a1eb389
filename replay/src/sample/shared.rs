//! Days on which payments are shared, frozen and not, refunded in proportion and by name, and
//! given back: for checks. Each line is a time of March 2026 and a command.

use super::Day;
use super::rented::written;

const ROYALTIES: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":2,"settle_ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"guide","fee_ppm":0,"cycle":1,"settle_ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"driver","fee_ppm":0,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$500.00}
01T08:01 bind_royalty {"merchant":"shop","receiver":"guide"}
01T08:02 bind_royalty {"merchant":"shop","receiver":"driver"}
01T08:03 unbind_royalty {"merchant":"shop","receiver":"driver"}
01T08:04 bind_royalty {"merchant":"shop","receiver":"driver"}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$100.00}}]}
01T09:02 split_payment {"payment":"p1","out_request_no":"S-1","receivers":[{"receiver":"guide","amt":$20.00},{"receiver":"driver","percent":10}]}
01T09:03 refund_payment {"payment":"p1","out_request_no":"R-1","amt":$50.00,"royalty_refunds":{"pro_rata":true}}
01T09:04 refund_payment {"payment":"p1","out_request_no":"R-2","amt":$5.00,"royalty_refunds":{"receivers":[{"receiver":"driver","amt":$2.00}]}}
01T09:05 return_split {"payment":"p1","out_request_no":"S-1","out_return_no":"B-1","receiver":"guide","amt":$3.00}
01T10:00 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$100.00,"royalty_freeze":true}
01T10:01 pay_payment {"payment":"p2","user":"alice","legs":[{"balance":{"amt":$100.00}}]}
01T10:02 split_payment {"payment":"p2","out_request_no":"S-1","receivers":[{"receiver":"guide","amt":$10.00}]}
01T10:03 refund_payment {"payment":"p2","out_request_no":"R-1","amt":$30.00}
01T10:04 split_payment {"payment":"p2","out_request_no":"S-2","receivers":[{"receiver":"driver","amt":$1.00}],"finish":true}
01T11:00 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$40.00,"royalty_freeze":true}
01T11:01 pay_payment {"payment":"p3","user":"alice","legs":[{"balance":{"amt":$40.00}}]}
01T11:02 open_dispute {"dispute":"case-1","payment":"p3","amt":$10.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
"#;

/// All of it, up to a day in April.
pub(crate) fn shared_days() -> Day {
    written(ROYALTIES)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&shared_days()), []);
}
