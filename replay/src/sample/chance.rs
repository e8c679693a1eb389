//! Days at random from a seed: holds, rentals and credit of a few people, mostly in an order that
//! makes sense and sometimes not, so that much is accepted and much refused.

use super::rented::command;
use super::{Day, Writer};
use groat_proto::json::{parse_time, time_text};
use groat_proto::v1::ChainTerms;

/// Numbers that only look random: a linear congruence, of which the upper bits are good enough.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        const FACTOR: u64 = 6_364_136_223_846_793_005;
        self.0 = self.0.wrapping_mul(FACTOR).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.roll(words.len() as u64)).unwrap()]
    }

    /// Below so many yuan, as the lines of `rented` write it.
    fn money(&mut self, yuan: u64) -> String {
        format!("${}.{:02}", self.roll(yuan), self.roll(100))
    }

    fn even(&mut self) -> bool {
        self.roll(2) == 0
    }
}

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 1_440 * MINUTE_MS;

const OPENING: [&str; 10] = [
    r#"open_user {"user":"ann","kyc_class":2,"ccy":"CNY"}"#,
    r#"open_user {"user":"ben","kyc_class":2,"ccy":"CNY"}"#,
    r#"open_user {"user":"cat","kyc_class":3,"ccy":"CNY"}"#,
    r#"grant_credit_line {"user":"ann","limit":$120.00,"statement_day":3,"due_day":4,"grace_d":0,"late_fee_ppm":50000,"billing":{}}"#,
    r#"grant_credit_line {"user":"ben","limit":$20.00,"statement_day":1,"due_day":9}"#,
    r#"confirm_top_up {"user":"cat","bank_ref":"b0","amt":$30.00}"#,
    r#"onboard_merchant {"merchant":"rents","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"reserve_bps":700,"reserve_days":1,"refund_days":9,"settle_ccy":"CNY"}"#,
    r#"onboard_merchant {"merchant":"lends","fee_ppm":38,"fee_refund":"NONE","cycle":1,"reserve_bps":700,"refund_days":9,"settle_ccy":"CNY"}"#,
    r#"bind_royalty {"merchant":"rents","receiver":"lends"}"#,
    r#"bind_royalty {"merchant":"lends","receiver":"rents"}"#,
];

/// So many commands after the opening ones, and sixty days without any.
pub(crate) fn chance(seed: u64, commands: u64) -> Day {
    let mut days = Writer::new(
        0,
        ChainTerms {
            shards: 1,
            command_clock: true,
            id_window_ms: 7 * DAY_MS,
            day_offset_min: 480,
            transfers: false,
        },
    );
    let mut dice = Dice(seed.wrapping_mul(2) + 1);
    let mut now = parse_time("2026-05-01T00:00:00Z").unwrap();
    for (n, line) in (1..).zip(OPENING) {
        days.give(&command(n, &time_text(now), line));
    }
    let mut made = Made::default();
    for n in (100..).take(usize::try_from(commands).unwrap()) {
        now += match dice.roll(20) {
            0 => dice.roll(DAY_MS),
            1..4 => dice.roll(120 * MINUTE_MS),
            _ => dice.roll(5 * MINUTE_MS),
        };
        let line = made.line(&mut dice, n, now);
        days.give(&command(n, &time_text(now), &line));
        if dice.roll(25) == 0 {
            let digest = dice.roll(4) == 0;
            days.seal(digest);
        }
    }
    days.shard.tick(now + 60 * DAY_MS);
    days.seal(true);
    days.end()
}

/// What there is to go on with: of each rental how far it may have come.
#[derive(Default)]
struct Made {
    rentals: Vec<u64>,
    auths: u64,
    orders: u64,
}

impl Made {
    fn line(&mut self, dice: &mut Dice, n: u64, now: u64) -> String {
        let user = dice.of(&["ann", "ben", "cat"]);
        let shop = dice.of(&["rents", "lends"]);
        match dice.roll(27) {
            0 => {
                let amount = dice.money(60);
                format!(r#"confirm_top_up {{"user":"{user}","bank_ref":"b{n}","amt":{amount}}}"#)
            }
            1 => self.rent(dice, user, shop, now),
            2..19 => self.go_on(dice, n, now),
            19..22 => self.hold(dice, n, user, shop),
            22..25 => self.pay(dice, n, user, shop),
            _ => owe(dice, user),
        }
    }

    fn rent(&mut self, dice: &mut Dice, user: &str, shop: &str, now: u64) -> String {
        self.rentals.push(0);
        let (no, until) = (self.rentals.len(), now + dice.roll(2 * DAY_MS) + 1);
        let (from, until) = (time_text(now), time_text(until));
        let unit = dice.of(&["HOUR", "DAY", "FIXED", "USE"]);
        let rule = dice.of(&["ELAPSED", "CALENDAR"]);
        let item = match dice.roll(3) {
            0 => String::new(),
            item => format!(r#""item":"i{item}","#),
        };
        let plan = match dice.roll(3) {
            0 => {
                let (first, second) = (time_text(now + DAY_MS / 8), time_text(now + DAY_MS / 2));
                format!(
                    r#","plan":[{{"due_at":"{first}","amt":$4.50}},{{"due_at":"{second}","amt":$5.50,"buyout":$30.00}}]"#
                )
            }
            _ => String::new(),
        };
        let (guaranteed, credit_first) = (dice.even(), dice.roll(3) == 0);
        let (fallback, lost_after) = (dice.even(), dice.roll(2));
        let (deposit, rent) = (dice.money(60), dice.money(9));
        let terms = format!(
            r#""guaranteed":{guaranteed},"credit_first":{credit_first},"deposit_fallback":{fallback},"lost_after_days":{lost_after}{plan}"#
        );
        format!(
            r#"create_rental {{"rental":"r{no}","out_order_no":"r{no}","merchant":"{shop}","user":"{user}",{item}"deposit":{deposit},"rent":{rent},"unit":"{unit}","day_rule":"{rule}","borrow_at":"{from}","expiry_at":"{until}",{terms}}}"#
        )
    }

    /// The next step of one of the last rentals, or another one.
    fn go_on(&mut self, dice: &mut Dice, n: u64, now: u64) -> String {
        let back = usize::try_from(dice.roll(5)).unwrap();
        let Some(no) = self.rentals.len().checked_sub(back) else { return owe(dice, "ann") };
        let Some(step) = no.checked_sub(1).and_then(|at| self.rentals.get_mut(at)) else {
            return owe(dice, "ben");
        };
        let rental = format!(r#""rental":"r{no}""#);
        let stray = dice.roll(6) == 0;
        let which = if stray { dice.roll(14) } else { *step };
        // Here it may stay for a while: out, back and not settled, settled and not paid.
        let stays = matches!(which, 4 | 7 | 8 | 9 | 10) && dice.roll(2) > 0;
        *step += u64::from(!stray && !stays && *step < 10);
        let (money, partial) = (dice.money(30), dice.even());
        match which {
            0 => {
                let decision = match dice.roll(5) {
                    0 => r#"{"full":{}}"#.into(),
                    1 => r#"{"declined":{}}"#.into(),
                    _ => format!(r#"{{"partial":{{"waived":{money}}}}}"#),
                };
                format!(r#"assess_rental {{{rental},"score":650,"decision":{decision}}}"#)
            }
            1 => format!("secure_deposit {{{rental}}}"),
            2 => format!(r#"start_rental {{{rental},"started_at":"{}"}}"#, time_text(now)),
            3 => {
                let until = time_text(now + dice.roll(DAY_MS));
                format!(r#"extend_rental {{{rental},"new_expiry":"{until}"}}"#)
            }
            4 => match dice.roll(4) {
                0 => format!(r#"buy_out_rental {{{rental},"term_no":2}}"#),
                1 => format!("declare_lost {{{rental}}}"),
                _ => format!(r#"collect_rental {{{rental},"allow_partial":{partial}}}"#),
            },
            5 | 6 => format!(r#"return_rental {{{rental},"restore_at":"{}"}}"#, time_text(now + 1)),
            7 => {
                format!(r#"claim_damage {{{rental},"amt":{money},"evidence":"e{n}"}}"#)
            }
            8 | 12 => {
                let (item, amount) = (dice.roll(3), dice.money(4));
                format!(r#"reduce_charge {{{rental},"item":{item},"amt":{amount}}}"#)
            }
            9 => format!(r#"settle_rental {{{rental},"allow_partial":{partial}}}"#),
            10 | 11 => format!(r#"collect_rental {{{rental},"allow_partial":{partial}}}"#),
            _ => format!("cancel_rental {{{rental}}}"),
        }
    }

    fn hold(&mut self, dice: &mut Dice, n: u64, user: &str, shop: &str) -> String {
        let auth = self.auths.saturating_sub(dice.roll(4));
        let money = dice.money(30);
        match dice.roll(6) {
            0 | 1 => {
                self.auths += 1;
                let (auth, credit) = (self.auths, dice.money(25));
                let (cents, timeout) = (dice.roll(100), 60 + dice.roll(90_000));
                format!(
                    r#"authorize_funds {{"auth":"a{auth}","out_order_no":"a{auth}","out_request_no":"h","user":"{user}","merchant":"{shop}","amt":$30.{cents:02},"credit_amt":{credit},"timeout_s":{timeout}}}"#
                )
            }
            2 | 3 => {
                let mode = dice.of(&["COMPLETE", "NOT_COMPLETE"]);
                format!(
                    r#"capture_authorization {{"auth":"a{auth}","out_trade_no":"t{n}","amt":{money},"mode":"{mode}"}}"#
                )
            }
            4 => format!(r#"cancel_authorization {{"auth":"a{auth}"}}"#),
            _ => {
                format!(
                    r#"unfreeze_funds {{"auth":"a{auth}","out_request_no":"u{n}","amt":{money}}}"#
                )
            }
        }
    }

    fn pay(&mut self, dice: &mut Dice, n: u64, user: &str, shop: &str) -> String {
        let order = self.orders.saturating_sub(dice.roll(3));
        match dice.roll(9) {
            7 => {
                let (to, finish) = (dice.of(&["rents", "lends"]), dice.roll(9) == 0);
                format!(
                    r#"split_payment {{"payment":"p{order}","out_request_no":"s{n}","receivers":[{{"receiver":"{to}","amt":{}}}],"finish":{finish}}}"#,
                    dice.money(2)
                )
            }
            8 => format!(
                r#"refund_payment {{"payment":"p{order}","out_request_no":"q{n}","amt":{},"royalty_refunds":{{"pro_rata":true}}}}"#,
                dice.money(5)
            ),
            6 => {
                format!(r#"confirm_settlement {{"payment":"p{order}","amt":{}}}"#, dice.money(9))
            }
            4 => format!(
                r#"open_dispute {{"dispute":"d{n}","payment":"p{order}","amt":{},"kind":"CHARGEBACK","due_at":"2027-01-01T00:00:00Z"}}"#,
                dice.money(9)
            ),
            5 => {
                let dispute = n.saturating_sub(1 + dice.roll(40));
                let ruling = dice.of(&["CUSTOMER", "MERCHANT"]);
                format!(r#"judge_dispute {{"dispute":"d{dispute}","ruling":"{ruling}"}}"#)
            }
            0 => {
                self.orders += 1;
                let order = self.orders;
                format!(
                    r#"create_payment {{"payment":"p{order}","out_trade_no":"o{n}","merchant":"{shop}","mode":"IN_APP","amt":$9.00,"royalty_freeze":{}}}"#,
                    n.is_multiple_of(4)
                )
            }
            1 => {
                let credit = 1 + dice.roll(8);
                let balance = 9 - credit;
                format!(
                    r#"pay_payment {{"payment":"p{order}","user":"{user}","legs":[{{"credit":{{"amt":${credit}.00}}}},{{"balance":{{"amt":${balance}.00}}}}]}}"#
                )
            }
            _ => {
                let amount = dice.money(9);
                format!(
                    r#"refund_payment {{"payment":"p{order}","out_request_no":"f{n}","amt":{amount}}}"#
                )
            }
        }
    }
}

fn owe(dice: &mut Dice, user: &str) -> String {
    let money = dice.money(20);
    match dice.roll(12) {
        10 => format!(r#"fund_credit {{"bank":"lender","amt":{money}}}"#),
        11 => format!(r#"repay_funding {{"bank":"lender","amt":{money}}}"#),
        0 => format!(r#"freeze_credit_line {{"user":"{user}","reason":"RISK"}}"#),
        1 | 2 => format!(r#"unfreeze_credit_line {{"user":"{user}","reason":"again"}}"#),
        3 => format!(r#"adjust_limit {{"user":"{user}","limit":{}}}"#, dice.money(150)),
        4 => format!(r#"close_credit_line {{"user":"{user}","reason":"asked"}}"#),
        5 => format!(
            r#"grant_credit_line {{"user":"{user}","limit":$50.00,"statement_day":7,"due_day":8,"grace_d":0,"billing":{{}}}}"#
        ),
        6 => format!(r#"release_reserve {{"merchant":"lends","amt":{}}}"#, dice.money(3)),
        _ => format!(r#"repay_credit {{"user":"{user}","amt":{money}}}"#),
    }
}
