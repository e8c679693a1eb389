//! Days on which things are rented, held and bought on credit: for checks, and for the page of a
//! rental. Each line is a time of March 2026 and a command; `$1.00` stands for money in yuan.

use super::{Day, Writer, id};
use groat_proto::json::parse_time;
use groat_proto::v1::ChainTerms;

/// A car out for three days and back a day and two hours late, scratched: the deposit of 2000.00
/// is 1200.00 waived and 800.00 frozen; paid from the frozen cash, the balance and credit.
const CAR: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"fleet","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"reserve_bps":500,"reserve_days":2,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$1400.00}
01T08:00 grant_credit_line {"user":"alice","limit":$500.00,"statement_day":1,"due_day":9}
01T08:10 create_rental {"rental":"car-1","out_order_no":"R-1","merchant":"fleet","user":"alice","item":"plate-A1","deposit":$2000.00,"rent":$180.00,"unit":"DAY","borrow_at":"2026-03-01T09:00:00Z","expiry_at":"2026-03-03T09:00:00Z","grace_s":1800,"risk_amount":$3000.00}
01T08:11 assess_rental {"rental":"car-1","score":712,"decision":{"partial":{"waived":$1200.00}}}
01T08:12 secure_deposit {"rental":"car-1"}
01T09:00 start_rental {"rental":"car-1","started_at":"2026-03-01T09:00:00Z"}
03T08:00 extend_rental {"rental":"car-1","new_expiry":"2026-03-04T09:00:00Z"}
05T11:00 return_rental {"rental":"car-1","restore_at":"2026-03-05T11:00:00Z"}
05T12:00 claim_damage {"rental":"car-1","amt":$900.00,"evidence":"photo-17"}
05T13:00 reduce_charge {"rental":"car-1","item":2,"amt":$100.00}
05T14:00 settle_rental {"rental":"car-1","total":$1880.00}
06T10:00 reduce_charge {"rental":"car-1","item":2,"amt":$50.00}
"#;

/// A bicycle whose rent the platform advances, a phone by terms and bought, a scooter that never
/// came back, tents that nobody fetched; holds captured, released, cancelled, timed out; lines
/// and reserves.
const OTHERS: &str = r#"
06T12:00 open_user {"user":"bob","kyc_class":2,"ccy":"CNY"}
06T12:00 open_user {"user":"carol","kyc_class":2,"ccy":"CNY"}
06T12:00 onboard_merchant {"merchant":"hotel","fee_ppm":0,"fee_refund":"NONE","cycle":1,"reserve_bps":1000,"settle_ccy":"CNY"}
06T12:00 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$20.00}
06T12:01 create_rental {"rental":"bike-1","out_order_no":"R-2","merchant":"fleet","user":"bob","deposit":$100.00,"rent":$50.00,"unit":"USE","borrow_at":"2026-03-06T12:30:00Z","expiry_at":"2026-03-06T16:00:00Z","guaranteed":true}
06T12:02 assess_rental {"rental":"bike-1","score":650,"decision":{"full":{}}}
06T12:03 secure_deposit {"rental":"bike-1"}
06T12:30 start_rental {"rental":"bike-1","started_at":"2026-03-06T12:30:00Z"}
06T13:00 return_rental {"rental":"bike-1","restore_at":"2026-03-06T13:00:00Z"}
06T13:01 settle_rental {"rental":"bike-1","allow_partial":true}
06T13:02 confirm_top_up {"user":"bob","bank_ref":"B-3","amt":$500.00}
06T13:03 collect_rental {"rental":"bike-1"}
06T14:00 grant_credit_line {"user":"bob","limit":$300.00,"statement_day":1,"due_day":9}
06T14:01 authorize_funds {"auth":"stay-1","out_order_no":"S-1","out_request_no":"h1","user":"bob","merchant":"hotel","amt":$300.00,"credit_amt":$100.00,"timeout_s":86400}
06T14:02 capture_authorization {"auth":"stay-1","out_trade_no":"S-1-a","amt":$80.00,"mode":"NOT_COMPLETE"}
06T14:03 unfreeze_funds {"auth":"stay-1","out_request_no":"u1","amt":$150.00}
06T14:04 capture_authorization {"auth":"stay-1","out_trade_no":"S-1-b","amt":$30.00,"mode":"COMPLETE"}
06T14:05 authorize_funds {"auth":"stay-2","out_order_no":"S-2","out_request_no":"h2","user":"bob","merchant":"hotel","amt":$10.00}
06T14:06 cancel_authorization {"auth":"stay-2"}
06T14:07 authorize_funds {"auth":"stay-3","out_order_no":"S-3","out_request_no":"h3","user":"bob","merchant":"hotel","amt":$10.00,"timeout_s":60}
06T15:00 create_rental {"rental":"phone-1","out_order_no":"R-3","merchant":"fleet","user":"bob","item":"phone-7","deposit":$500.00,"rent":$0.00,"unit":"FIXED","borrow_at":"2026-03-06T15:00:00Z","expiry_at":"2026-03-20T00:00:00Z","plan":[{"due_at":"2026-03-07T00:00:00Z","amt":$20.00},{"due_at":"2026-03-08T00:00:00Z","amt":$20.00,"buyout":$100.00}]}
06T15:01 assess_rental {"rental":"phone-1","score":700,"decision":{"full":{}}}
06T15:02 secure_deposit {"rental":"phone-1"}
06T15:03 start_rental {"rental":"phone-1","started_at":"2026-03-06T15:03:00Z"}
06T16:00 create_rental {"rental":"scooter-1","out_order_no":"R-4","merchant":"fleet","user":"carol","item":"scooter-9","deposit":$80.00,"rent":$2.00,"unit":"HOUR","day_cap":$20.00,"borrow_at":"2026-03-06T16:00:00Z","expiry_at":"2026-03-06T18:00:00Z","lost_after_days":1}
06T16:01 assess_rental {"rental":"scooter-1","score":610,"decision":{"full":{}}}
06T16:02 secure_deposit {"rental":"scooter-1"}
06T16:03 start_rental {"rental":"scooter-1","started_at":"2026-03-06T16:03:00Z"}
06T17:00 create_rental {"rental":"tent-1","out_order_no":"R-5","merchant":"fleet","user":"carol","deposit":$80.00,"rent":$5.00,"unit":"DAY","borrow_at":"2026-03-08T00:00:00Z","expiry_at":"2026-03-09T00:00:00Z"}
06T17:01 assess_rental {"rental":"tent-1","score":400,"decision":{"declined":{}}}
06T17:02 cancel_rental {"rental":"tent-1"}
06T17:03 create_rental {"rental":"tent-2","out_order_no":"R-6","merchant":"fleet","user":"carol","deposit":$80.00,"rent":$5.00,"unit":"DAY","borrow_at":"2026-03-08T00:00:00Z","expiry_at":"2026-03-09T00:00:00Z"}
08T10:00 declare_lost {"rental":"scooter-1"}
08T10:01 settle_rental {"rental":"scooter-1"}
08T12:00 buy_out_rental {"rental":"phone-1","term_no":2}
09T12:00 collect_rental {"rental":"scooter-1"}
09T12:01 confirm_top_up {"user":"carol","bank_ref":"B-4","amt":$80.00}
09T12:02 collect_rental {"rental":"scooter-1"}
09T12:03 confirm_top_up {"user":"alice","bank_ref":"B-5","amt":$50.00}
09T12:03 repay_credit {"user":"alice","amt":$50.00}
09T12:04 adjust_limit {"user":"bob","limit":$200.00}
09T12:05 freeze_credit_line {"user":"bob","reason":"RISK"}
09T12:06 unfreeze_credit_line {"user":"bob","reason":"checked"}
09T12:07 close_credit_line {"user":"bob","reason":"asked"}
09T12:08 release_reserve {"merchant":"hotel","amt":$1.00}
09T13:00 confirm_top_up {"user":"alice","bank_ref":"B-6","amt":$20.00}
09T13:01 create_payment {"payment":"pay-1","out_trade_no":"T-1","merchant":"hotel","mode":"IN_APP","amt":$30.00}
09T13:02 pay_payment {"payment":"pay-1","user":"alice","legs":[{"credit":{"amt":$10.00}},{"balance":{"amt":$20.00}}]}
09T13:03 open_dispute {"dispute":"case-1","payment":"pay-1","amt":$25.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
09T13:04 defend_dispute {"dispute":"case-1","evidence":"slip-4"}
09T13:05 judge_dispute {"dispute":"case-1","ruling":"CUSTOMER","fee":$1.00}
09T13:06 open_dispute {"dispute":"case-2","payment":"pay-1","amt":$5.00,"kind":"RETRIEVAL_REQUEST","due_at":"2026-03-20T00:00:00Z"}
09T13:07 cancel_dispute {"dispute":"case-2"}
09T14:00 onboard_merchant {"merchant":"kiosk","fee_ppm":6000,"cycle":1,"reserve_bps":1000,"reserve_days":3,"settle_ccy":"CNY"}
09T14:01 confirm_top_up {"user":"alice","bank_ref":"B-7","amt":$20.00}
09T14:02 create_payment {"payment":"pay-2","out_trade_no":"T-2","merchant":"kiosk","mode":"IN_APP","amt":$20.00}
09T14:03 pay_payment {"payment":"pay-2","user":"alice","legs":[{"balance":{"amt":$20.00}}]}
09T14:04 confirm_settlement {"payment":"pay-2","amt":$12.00}
09T12:09 fund_credit {"bank":"lender","amt":$90.00}
09T12:10 repay_funding {"bank":"lender","amt":$40.00}
"#;

pub(super) fn terms() -> ChainTerms {
    ChainTerms {
        shards: 1,
        command_clock: true,
        id_window_ms: 7 * 86_400_000,
        day_offset_min: 0,
        transfers: false,
    }
}

/// All of it, up to the day in April when the last tent expires.
pub(crate) fn rented_days() -> Day {
    written(&format!("{CAR}{OTHERS}"))
}

pub(super) fn written(text: &str) -> Day {
    let mut days = Writer::new(0, terms());
    for (n, line) in (1..).zip(text.lines().filter(|line| !line.is_empty())) {
        let (at, body) = line.split_once(' ').unwrap();
        days.give(&command(n, &format!("2026-03-{at}:00Z"), body));
        if n % 10 == 0 {
            days.seal(n % 20 == 0);
        }
    }
    days.shard.tick(parse_time("2026-04-06T00:00:00Z").unwrap());
    days.seal(true);
    days.end()
}

/// `name {…}` as a command, its `$1.00` as money.
pub(super) fn command(n: u64, at: &str, text: &str) -> String {
    let (name, fields) = text.split_once(' ').unwrap();
    let mut parts = fields.split('$');
    let mut body = parts.next().unwrap().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap();
        let (amount, rest) = part.split_at(end);
        body.push_str(&super::money(amount));
        body.push_str(rest);
    }
    format!(r#"{{"id":"{}","at":"{at}","{name}":{body}}}"#, id(n, at))
}

/// Which commands were refused, with the number of the rejection.
pub(crate) fn refused(day: &Day) -> Vec<(u64, u32)> {
    use groat_proto::v1::event::Fact;
    let mut refused = Vec::new();
    super::forged(&day.blocks, |header, body| {
        super::with_events(header, body, |number, event| {
            if let Some(Fact::CommandRejected(rejected)) = &event.fact {
                refused.push((number, rejected.code));
            }
        });
    });
    refused
}

#[test]
fn nothing_is_refused_and_all_kinds_of_ends_are_there() {
    assert_eq!(refused(&rented_days()), []);
}
