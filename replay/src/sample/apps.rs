//! Days on which third-party apps are let act for merchants, and do: for checks. A line that begins
//! with `till` or `purse` is signed by that app.

use super::{Day, Writer, rented};
use ed25519_dalek::{Signer, SigningKey};
use groat_proto::Message;
use groat_proto::json::{hex, parse_time, read_line};
use groat_proto::v1::Command;

const APPS: &str = r#"
01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 onboard_merchant {"merchant":"inn","fee_ppm":6000,"cycle":1,"settle_ccy":"CNY"}
01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$400.00}
01T08:01 register_app {"app_id":"till","key_id":"k1","scopes":["payments","coupons","authorizations","wallet","refunds"],"public_key":"KEY1"}
01T08:01 register_app {"app_id":"purse","key_id":"k2","scopes":["wallet"],"public_key":"KEY2"}
01T08:02 grant_app_auth {"app_id":"till","merchant_id":"shop","scopes":["payments"]}
01T08:02 grant_app_auth {"app_id":"till","merchant_id":"shop","scopes":["refunds"],"expires_at":"2026-03-02T00:00:00Z"}
01T08:02 grant_app_auth {"app_id":"till","merchant_id":"inn","scopes":["payments"]}
01T08:03 set_app_limits {"app_id":"purse","per_minute":2,"per_day":9,"caps":[{"ccy":"CNY","single":$50.00,"day":$60.00}]}
01T09:00 till create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$40.00}
01T09:01 purse pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$40.00}}]}
01T09:01 till create_payment {"payment":"p2","out_trade_no":"T-1","merchant":"inn","mode":"IN_APP","amt":$20.00}
01T09:01 purse pay_payment {"payment":"p2","user":"alice","legs":[{"balance":{"amt":$20.00}}]}
01T09:02 till refund_payment {"payment":"p1","out_request_no":"R-1","amt":$10.00}
01T10:00 revoke_app_auth {"app_id":"till","merchant_id":"inn"}
02T08:00 grant_app_auth {"app_id":"till","merchant_id":"shop","scopes":["coupons","authorizations"]}
02T08:00 grant_app_auth {"app_id":"till","merchant_id":"inn","scopes":["coupons","payments","refunds"]}
02T08:01 fund_campaign {"campaign":"spring","funder":"inn","amt":$10.00}
02T08:02 till define_coupon {"template":"t1","campaign":"spring","merchant":"shop","face":$5.00,"min_spend":$5.00,"valid_from":"2026-03-01T00:00:00Z","valid_until":"2026-03-30T00:00:00Z","count_max":9,"per_user":1}
02T08:03 till issue_coupon {"coupon":"c1","template":"t1","user":"alice"}
02T08:04 till authorize_funds {"auth":"a1","out_order_no":"A-1","out_request_no":"H-1","user":"alice","merchant":"shop","amt":$30.00}
02T08:05 till create_payment {"payment":"p3","out_trade_no":"T-3","merchant":"inn","mode":"IN_APP","amt":$9.00}
02T08:06 purse pay_payment {"payment":"p3","user":"alice","legs":[{"balance":{"amt":$9.00}}]}
02T08:07 till cancel_payment {"payment":"p3"}
02T08:08 till define_card {"template":"k1","merchant":"shop","ccy":"CNY","points":{"per":$1.00}}
02T09:00 purse pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$40.00}}]}
"#;

/// All of it; the last line is refused, for its payment is paid.
pub(crate) fn app_days() -> Day {
    let mut days = Writer::new(0, rented::terms());
    let text = APPS.replace("KEY1", &public(1)).replace("KEY2", &public(2));
    for (n, line) in (1..).zip(text.lines().filter(|line| !line.is_empty())) {
        let (at, body) = line.split_once(' ').unwrap();
        let at = format!("2026-03-{at}:00Z");
        match body.split_once(' ').unwrap() {
            (app @ ("till" | "purse"), body) => {
                let command = read_line(&rented::command(n, &at, body)).unwrap().commands.remove(0);
                let signed = signed(command, app, if app == "till" { 1 } else { 2 });
                days.give(&serde_json::to_string(&signed).unwrap());
            }
            _ => days.give(&rented::command(n, &at, body)),
        }
        if n % 5 == 0 {
            days.seal(n % 10 == 0);
        }
    }
    days.shard.tick(parse_time("2026-03-04T00:00:00Z").unwrap());
    days.seal(true);
    days.end()
}

fn public(seed: u8) -> String {
    hex::text(&SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes())
}

fn signed(command: Command, app: &str, seed: u8) -> Command {
    let app = app.parse().ok().map(|id: groat_ledger::Id| id.into());
    let unsigned = Command { app, ..command };
    let bytes = [b"groat.v1.Command\n", &unsigned.encode_to_vec()[..]].concat();
    let signature = SigningKey::from_bytes(&[seed; 32]).sign(&bytes).to_bytes().to_vec();
    Command { signature, ..unsigned }
}

#[test]
fn only_the_last_is_refused() {
    let codes: Vec<u32> = rented::refused(&app_days()).into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, [u32::from(groat_ledger::Rejection::InvalidState.code())]);
}
