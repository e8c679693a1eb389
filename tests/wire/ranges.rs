//! Whoever sent a rate or a number of days that is out of its range is told the field.

use crate::{answers, shard, step_lines};
use groat_proto::v1::outcome;
use groat_shard::{Block, Messages, Shard};

#[test]
fn what_is_out_of_range_is_named_with_its_range() {
    let mut shard = shard(false);
    let mut follower = Shard::from_snapshot(0, &shard.snapshot()).unwrap();
    let user = concat!(
        r#"{"id":"019c1000-0000-7000-8000-000000000001","#,
        r#""open_user":{"user":"alice","kyc_class":2,"ccy":"CNY"}}"#
    );
    let ten = r#"{"amount":"10.00","currency":"CNY"}"#;
    let late = r#""order":{"first":"PENALTY","second":"FEE","third":"FEE","fourth":"PRINCIPAL"}"#;
    let shop = |terms: &str| {
        format!(r#""onboard_merchant":{{"merchant":"shop","settle_ccy":"CNY",{terms}}}"#)
    };
    let line =
        |terms: &str| format!(r#""grant_credit_line":{{"user":"alice","limit":{ten},{terms}}}"#);
    let days = r#""statement_day":5,"due_day":20"#;
    let cases = [
        (shop(r#""fee_ppm":1000001"#), "`fee_ppm`, 0 to 1000000"),
        (shop(r#""reserve_bps":10001"#), "`reserve_bps`, 0 to 10000"),
        (shop(r#""royalty_cap_bps":10001"#), "`royalty_cap_bps`, 0 to 10000"),
        (shop(r#""cycle":91"#), "`cycle`, 0 to 90"),
        (shop(r#""reserve_days":3651"#), "`reserve_days`, 0 to 3650"),
        (shop(r#""refund_days":3651"#), "`refund_days`, 0 to 3650"),
        (line(r#""statement_day":29,"due_day":10"#), "`statement_day`, 1 to 28"),
        (line(r#""statement_day":5"#), "`due_day`, 1 to 28"),
        (line(&format!(r#"{days},"min_bps":10001"#)), "`min_bps`, 0 to 10000"),
        (line(&format!(r#"{days},"day_ppm":1000001"#)), "`day_ppm`, 0 to 1000000"),
        (line(&format!(r#"{days},"late_fee_ppm":1000001"#)), "`late_fee_ppm`, 0 to 1000000"),
        (line(&format!(r#"{days},"grace_d":29"#)), "`grace_d`, 0 to 28"),
        (
            line(&format!(r#"{days},"grace_d":12,"billing":{{}}"#)),
            "`due_day`, so that grace is over before the next statement is cut",
        ),
        (line(&format!(r#"{days},"billing":{{{late}}}"#)), "`order`, each part of a debt once"),
    ];
    let lines: Vec<String> = (2..)
        .zip(&cases)
        .map(|(no, (body, _))| {
            format!(r#"{{"id":"019c1000-0000-7000-8000-0000000000{no:02}",{body}}}"#)
        })
        .collect();
    let lines: Vec<&str> = std::iter::once(user).chain(lines.iter().map(String::as_str)).collect();
    let sealed = step_lines(&mut shard, 0, 1_769_904_000_000, &lines);
    assert!(answers(&sealed)[1..].iter().all(|answer| answer == "RateOutOfRange"));
    // Who follows says the same.
    let (_, told) = follower.follow_and_tell(&Block::parse(&sealed.bytes).unwrap()).unwrap();
    assert_eq!(Messages::from(&told), Messages::from(&sealed.outbound));
    let outcomes = sealed.outbound.outcomes().flat_map(|(_, outcomes)| outcomes.outcomes);
    for (outcome, (body, named)) in outcomes.skip(1).zip(&cases) {
        let Some(outcome::Result::Rejected(rejected)) = outcome.result else {
            panic!("{body} was not refused");
        };
        let said = format!("A rate, percentage or number of days is out of range. Field: {named}.");
        assert_eq!(rejected.sentence, said, "{body}");
    }
}
