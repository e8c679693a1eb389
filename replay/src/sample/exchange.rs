//! Days of a shop abroad whose payers pay in another currency (DOMAIN §7, 25), for checks: refunds
//! and a lost dispute at the payments' own prices. Each line is a time of March 2026 and a command;
//! `$1.00` stands for money in yuan, `%1.00` in dollars.

use super::Day;
use super::rented::written;

const ABROAD: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"abroad","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"USD"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$400.00}
01T08:00 grant_credit_line {"user":"alice","limit":$100.00,"statement_day":1,"due_day":9}
01T08:01 publish_quote {"quote":"q1","base_ccy":"USD","quote_ccy":"CNY","price":"7.2463","valid_from":"2026-03-01T08:00:00Z","valid_until":"2026-03-01T12:00:00Z","guaranteed":true}
01T08:02 publish_quote {"quote":"q2","base_ccy":"USD","quote_ccy":"CNY","price":"7.5","valid_from":"2026-03-01T12:00:00Z","valid_until":"2026-04-01T12:00:00Z","guaranteed":true}
01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"abroad","mode":"IN_APP","amt":%10.00,"quote":"q1"}
01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$72.46}}]}
01T10:00 refund_payment {"payment":"p1","out_request_no":"R-1","amt":%3.33}
01T13:00 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"abroad","mode":"IN_APP","amt":%8.00,"quote":"q2"}
01T13:01 pay_payment {"payment":"p2","user":"alice","legs":[{"balance":{"amt":$30.00}},{"credit":{"amt":$10.00}},{"channel":{"channel":"visa","amt":$20.00}}]}
01T13:02 refund_payment {"payment":"p1","out_request_no":"R-2","amt":%3.33}
01T13:03 refund_payment {"payment":"p1","out_request_no":"R-3","amt":%3.34}
02T09:00 open_dispute {"dispute":"case-1","payment":"p2","amt":%4.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
02T09:01 judge_dispute {"dispute":"case-1","ruling":"CUSTOMER","fee":%0.50}
03T09:00 refund_payment {"payment":"p2","out_request_no":"R-1","amt":%1.00}
03T09:01 post_adjustment {"entries":[{"class":"safeguarded_bank","side":"DEBIT","amt":%8.00},{"class":"fx_position","side":"CREDIT","amt":%8.00}],"reason":"bought","maker":"ann","approver":"bea"}
03T10:00 create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"abroad","mode":"IN_APP","amt":%1.00,"quote":"q2"}
"#;

/// All of it, up to a day in April.
pub(crate) fn exchanged_days() -> Day {
    let mut text = ABROAD.to_owned();
    while let Some(at) = text.find('%') {
        let amount = &text[at + 1..];
        let end = amount.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap();
        let money = super::money(&amount[..end]).replace("CNY", "USD");
        text.replace_range(at..at + 1 + end, &money);
    }
    written(&text)
}

#[test]
fn none_of_it_is_refused() {
    assert_eq!(super::rented::refused(&exchanged_days()), []);
}
