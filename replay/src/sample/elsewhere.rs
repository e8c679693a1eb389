//! Days of two shards: a merchant's sales are disputed on another shard than its home, or shared,
//! or bought in terms at its cost; royalties are taken back from a receiver at home elsewhere. Each
//! line is who does it, a time of March 2026 and a command; `$1.00` stands for money in yuan, and
//! each name is at home where its days say. After each line what goes between the shards arrives.

use super::{Day, Writer, command};
use groat_ledger::{Id, Place};
use groat_proto::Message;
use groat_proto::json::parse_time;
use groat_proto::v1::ChainTerms;
use groat_shard::{Inbound, Messages};
use std::collections::VecDeque;

const DISPUTED: &str = r#"
shop 01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}
alice 01T08:00 open_user {"user":"alice","kyc_class":3,"ccy":"CNY"}
alice 01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$500.00}
alice 01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
alice 01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$100.00}}]}
alice 01T09:02 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"shop","mode":"IN_APP","amt":$40.00}
alice 01T09:03 pay_payment {"payment":"p2","user":"alice","legs":[{"balance":{"amt":$40.00}}]}
alice 01T10:00 open_dispute {"dispute":"d1","payment":"p1","amt":$30.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
both 02T00:00
alice 02T09:00 open_dispute {"dispute":"d2","payment":"p2","amt":$25.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
alice 02T10:00 judge_dispute {"dispute":"d1","ruling":"MERCHANT"}
shop 02T11:00 request_payout {"payout":"w1","owner":{"merchant":"shop"},"amt":$110.00}
alice 02T12:00 open_dispute {"dispute":"d3","payment":"p1","amt":$50.00,"kind":"CHARGEBACK","due_at":"2026-03-20T00:00:00Z"}
alice 02T13:00 judge_dispute {"dispute":"d3","ruling":"CUSTOMER","fee":$1.00}
alice 02T14:00 cancel_dispute {"dispute":"d2"}
both 03T00:00
"#;

const SHARED: &str = r#"
shop 01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":0,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}
guide 01T08:00 onboard_merchant {"merchant":"guide","fee_ppm":0,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}
shop 01T08:01 bind_royalty {"merchant":"shop","receiver":"guide"}
alice 01T08:02 open_user {"user":"alice","kyc_class":3,"ccy":"CNY"}
alice 01T08:02 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$500.00}
alice 01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
alice 01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$100.00}}]}
alice 01T09:02 split_payment {"payment":"p1","out_request_no":"s1","receivers":[{"receiver":"guide","amt":$20.00}]}
alice 01T10:00 return_split {"payment":"p1","out_request_no":"s1","out_return_no":"b1","receiver":"guide","amt":$3.00}
alice 01T11:00 refund_payment {"payment":"p1","out_request_no":"r1","amt":$50.00,"royalty_refunds":{"pro_rata":true}}
guide 01T12:00 request_payout {"payout":"w1","owner":{"merchant":"guide"},"amt":$6.00}
alice 01T13:00 return_split {"payment":"p1","out_request_no":"s1","out_return_no":"b2","receiver":"guide","amt":$2.00}
both 02T00:00
"#;

const FUNDED: &str = r#"
shop 01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":0,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}
guide 01T08:00 onboard_merchant {"merchant":"guide","fee_ppm":0,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}
shop 01T08:01 bind_royalty {"merchant":"shop","receiver":"guide"}
alice 01T08:02 open_user {"user":"alice","kyc_class":3,"ccy":"CNY"}
alice 01T08:02 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$500.00}
alice 01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
alice 01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$100.00}}]}
both 02T00:00
alice 02T09:00 split_payment {"payment":"p1","out_request_no":"s1","receivers":[{"receiver":"guide","amt":$20.00}]}
shop 02T10:00 request_payout {"payout":"w1","owner":{"merchant":"shop"},"amt":$79.00}
alice 02T11:00 split_payment {"payment":"p1","out_request_no":"s2","receivers":[{"receiver":"guide","amt":$5.00}]}
both 03T00:00
"#;

const BORNE: &str = r#"
shop 01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}
alice 01T08:00 open_user {"user":"alice","kyc_class":2,"ccy":"CNY"}
alice 01T08:01 grant_credit_line {"user":"alice","limit":$500.00,"statement_day":20,"due_day":25,"billing":{}}
alice 01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
alice 01T09:01 pay_payment {"payment":"p1","user":"alice","legs":[{"instalment":{"plan":"l1","amt":$100.00,"n":3,"fee_ppm":23000,"bearer":"SELLER"}}]}
both 02T00:00
alice 02T09:00 refund_payment {"payment":"p1","out_request_no":"r1","amt":$50.00}
both 03T00:00
"#;

const CLOSED: &str = r#"
shop 01T08:00 onboard_merchant {"merchant":"shop","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}
bob 01T08:00 open_user {"user":"bob","kyc_class":3,"ccy":"CNY"}
bob 01T08:00 confirm_top_up {"user":"bob","bank_ref":"B-2","amt":$500.00}
alice 01T08:00 open_user {"user":"alice","kyc_class":3,"ccy":"CNY"}
alice 01T08:00 confirm_top_up {"user":"alice","bank_ref":"B-1","amt":$500.00}
alice 01T09:00 create_payment {"payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP","amt":$100.00}
inn 01T09:01 onboard_merchant {"merchant":"inn","cycle":1,"settle_ccy":"CNY"}
alice 01T09:01 create_payment {"payment":"p2","out_trade_no":"T-2","merchant":"inn","mode":"IN_APP","amt":$1.00}
inn 01T09:01 close_account {"account":{"merchant":"inn"}}
alice 01T09:02 pay_payment {"payment":"p1","user":"alice","legs":[{"balance":{"amt":$100.00}}]}
shop 01T09:03 close_account {"account":{"merchant":"shop"}}
both 02T00:00
shop 02T09:00 request_payout {"payout":"w1","owner":{"merchant":"shop"},"amt":$99.40}
shop 02T09:01 confirm_payout {"payout":"w1"}
shop 02T09:02 close_account {"account":{"merchant":"shop"}}
both 03T00:00
"#;

/// What shard 0 sealed, where the merchants that are to be closed are at home on `home`, 0 or 1,
/// and the payer on the other.
pub(crate) fn closed_elsewhere(home: u32) -> Day {
    days(CLOSED, &[("shop", home), ("inn", home), ("bob", home), ("alice", 1 - home)])
}

/// What shard 0 sealed, where the merchant is at home on `home`, 0 or 1, and the payer on the
/// other.
pub(crate) fn sold_elsewhere(home: u32) -> Day {
    days(DISPUTED, &[("shop", home), ("alice", 1 - home)])
}

/// What shard 0 sealed, where the receiver of a royalty is at home on `home`, 0 or 1, and the
/// merchant that shares on the other.
pub(crate) fn shared_elsewhere(home: u32) -> Day {
    days(SHARED, &[("guide", home), ("shop", 1 - home), ("alice", 1 - home)])
}

/// What both shards sealed, where so much is shared with a receiver that is at home on shard 0 by a
/// merchant on shard 1.
pub(crate) fn shared_between(amount: &str) -> [Day; 2] {
    let text = SHARED.replace("$20.00", &format!("${amount}"));
    days_of_both(&text, &[("guide", 0), ("shop", 1), ("alice", 1)])
}

/// What shard 0 sealed, where the merchant that shares is at home on `home`, 0 or 1, and the payer
/// and the receiver on the other.
pub(crate) fn sold_and_shared_elsewhere(home: u32) -> Day {
    days(SHARED, &[("shop", home), ("guide", 1 - home), ("alice", 1 - home)])
}

/// What shard 0 sealed, where the merchant whose sale has gone home is at home on `home`, 0 or 1,
/// and the payer and the receiver with whom it is shared on the other.
pub(crate) fn funded_elsewhere(home: u32) -> Day {
    days(FUNDED, &[("shop", home), ("guide", 1 - home), ("alice", 1 - home)])
}

/// What shard 0 sealed, where the seller that bears the fee of a plan is at home on `home`, 0 or 1,
/// and the payer on the other.
pub(crate) fn borne_elsewhere(home: u32) -> Day {
    days(BORNE, &[("shop", home), ("alice", 1 - home)])
}

fn days(text: &str, homes: &[(&str, u32)]) -> Day {
    let [first, _] = days_of_both(text, homes);
    first
}

fn days_of_both(text: &str, homes: &[(&str, u32)]) -> [Day; 2] {
    let terms = ChainTerms {
        shards: 2,
        command_clock: true,
        id_window_ms: 7 * 86_400_000,
        day_offset_min: 0,
        transfers: true,
    };
    let mut writers = [Writer::new(0, terms), Writer::new(1, terms)];
    let mut taken = [0u64; 2];
    for (n, line) in (1..).zip(text.lines().filter(|line| !line.is_empty())) {
        let (who, rest) = line.split_once(' ').unwrap();
        let at = rest.split(' ').next().unwrap();
        let at = format!("2026-03-{at}:00Z");
        let mut on_the_way = VecDeque::new();
        for no in 0..2u32 {
            let writer = &mut writers[no as usize];
            match who {
                "both" => writer.shard.tick(parse_time(&at).unwrap()),
                who if homes.contains(&(who, no)) => {
                    writer.give(&command(n, &at, &named(rest.split_once(' ').unwrap().1, homes)));
                }
                _ => continue,
            }
            on_the_way.extend(sealed(writer));
        }
        while let Some((to, record)) = on_the_way.pop_front() {
            let (writer, offset) = (&mut writers[to as usize], taken[to as usize]);
            taken[to as usize] += 1;
            let inbound = Inbound { offset, time: 1, record: &record };
            writer.shard.receive("test.transfers", inbound).unwrap();
            on_the_way.extend(sealed(writer));
        }
    }
    writers.map(Writer::end)
}

/// Seals what is open, and gives what it sends: to whom, and the bytes.
fn sealed(writer: &mut Writer) -> Vec<(u32, Vec<u8>)> {
    let sealed = writer.shard.seal("test.commands", false);
    let sent = Messages::from(&sealed.outbound).remittances;
    writer.day.blocks.push(sealed.bytes);
    sent.into_iter().map(|(to, remittance)| (to, remittance.encode_to_vec())).collect()
}

/// A command's line with names that are at home where they are meant to be, and money.
fn named(body: &str, homes: &[(&str, u32)]) -> String {
    let at = |shard: u32, what: &str| {
        let place = Place { shard: 0, shards: 2 };
        let names = (0..).map(|no| format!("{what}{no}"));
        let is_there = |name: &String| place.home(name.parse::<Id>().unwrap()) == shard;
        format!("\"{}\"", names.into_iter().find(is_there).unwrap())
    };
    let (kind, fields) = body.split_once(' ').unwrap();
    let mut fields = fields.to_owned();
    for (name, home) in homes {
        fields = fields.replace(&format!("\"{name}\""), &at(*home, name));
    }
    let mut parts = fields.split('$');
    let mut text = format!("\"{kind}\":{}", parts.next().unwrap());
    for part in parts {
        let end = part.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap();
        text += &super::money(&part[..end]);
        text += &part[end..];
    }
    text
}
