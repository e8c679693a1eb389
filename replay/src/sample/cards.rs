//! Days of membership cards, for checks: loaded, paid with, given back, suspended, expired, renewed
//! and closed. Each line is a time of March 2026 and a command; `$1.00` stands for money in yuan.

use super::Day;
use super::rented::written;

const CARDS: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"stall","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$400.00}
01T08:01 define_card {"template":"club","merchant":"shop","ccy":"CNY","balance_cap":$200.00,"points":{"per":$1.00,"value_micros":1500000,"valid_days":7}}
01T08:02 define_card {"template":"mall","ccy":"CNY","points":{"per":$1.00,"value_micros":1000000,"decimals":2}}
01T08:03 open_card {"card":"club-1","user":"alice","template":"club","level":1,"valid_until":"2026-03-09T00:00:00Z"}
01T08:04 open_card {"card":"mall-1","user":"bob","template":"mall"}
01T08:05 load_card {"card":"club-1","user":"alice","amt":$120.00}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$30.00}},{"stored_value":{"card":"club-1","amt":$70.00}}]}
01T09:02 earn_points {"card":"club-1","user":"alice","payment":"p1"}
01T10:00 refund_payment {"payment":"p1","out_request_no":"R-1","amt":$50.00}
01T10:01 update_card {"card":"club-1","user":"alice","level":2,"suspended":true}
01T10:02 refund_payment {"payment":"p1","out_request_no":"R-2","amt":$10.00}
02T09:00 update_card {"card":"club-1","user":"alice","suspended":false}
02T09:01 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$40.00}
02T09:02 pay_payment {"payment":"p2","user":"alice","legs":[{"stored_value":{"card":"club-1","amt":$40.00}}]}
02T09:03 earn_points {"card":"club-1","user":"alice","payment":"p2"}
02T09:03 adjust_points {"card":"club-1","user":"alice","points":7,"reason":"birthday"}
02T09:03 adjust_points {"card":"club-1","user":"alice","points":2,"less":true,"reason":"mistake"}
02T09:03 redeem_points {"card":"club-1","user":"alice","points":33}
02T09:03 open_dispute {"dispute":"case-1","payment":"p2","amt":$25.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
02T09:04 judge_dispute {"dispute":"case-1","ruling":"CUSTOMER"}
02T09:05 earn_points {"card":"club-1","user":"alice","points":60}
03T09:01 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"shop","mode":"IN_APP","amt":$3.00}
03T09:02 pay_payment {"payment":"p3","user":"alice","legs":[{"balance":{"amt":$2.40}},{"points":{"card":"club-1","amt":$0.60}}]}
03T09:03 refund_payment {"payment":"p3","out_request_no":"R-1","amt":$2.70}
03T09:04 open_dispute {"dispute":"case-2","payment":"p3","amt":$0.20,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
03T09:05 judge_dispute {"dispute":"case-2","ruling":"CUSTOMER"}
05T09:01 create_payment {"payment":"p5","out_trade_no":"T-5","merchant":"stall","mode":"IN_APP","amt":$30.00}
05T09:01 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$30.00}
05T09:02 pay_payment {"payment":"p5","user":"bob","legs":[{"balance":{"amt":$30.00}}]}
05T09:03 earn_points {"card":"mall-1","user":"bob","payment":"p5"}
05T09:04 redeem_points {"card":"mall-1","user":"bob","points":3000}
05T09:05 refund_payment {"payment":"p5","out_request_no":"R-1","amt":$10.00}
05T09:06 refund_payment {"payment":"p5","out_request_no":"R-2","amt":$5.00}
05T09:07 earn_points {"card":"mall-1","user":"bob","points":1500}
10T09:00 update_card {"card":"club-1","user":"alice","valid_until":"2026-12-31T00:00:00Z"}
10T09:01 unload_card {"card":"club-1","user":"alice","amt":$60.00}
10T09:02 unload_card {"card":"club-1","user":"alice","amt":$5.00}
10T09:02 earn_points {"card":"club-1","user":"alice","points":5}
10T09:03 close_card {"card":"club-1","user":"alice"}
10T09:03 earn_points {"card":"mall-1","user":"bob","points":12345}
10T09:03 create_payment {"payment":"p4","out_trade_no":"T-4","merchant":"stall","mode":"IN_APP","amt":$1.00}
10T09:03 pay_payment {"payment":"p4","user":"bob","legs":[{"points":{"card":"mall-1","amt":$1.00}}]}
10T09:04 refund_payment {"payment":"p2","out_request_no":"R-1","amt":$5.00}
"#;

/// All of it, up to a day in April.
pub(crate) fn card_days() -> Day {
    written(CARDS)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&card_days()), []);
}
