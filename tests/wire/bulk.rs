//! What falls due in bulk is spread over blocks, and the command that made it due comes after all
//! of it (DOMAIN §4.7).

use groat_proto::Message;
use groat_proto::v1::Input;
use groat_replay::{Chain, audit};
use groat_shard::limits::BODY_BYTES_SEAL;
use groat_shard::{Block, FrameKind, Inbound, Shard, SledStore, Store, hex};
use groat_tests::feed::{Feed, money};
use groat_tests::local::{Local, verdict};
use serde_json::{Value, json};

/// Things that fall due at once: a few blocks of events.
const MANY: u32 = 2_500;

/// One step's events on top of a block that is not yet full.
const STEP_BYTES: usize = 4 * 1024;

const START: &str = "2026-01-31T00:00:00Z";

/// A command that is decided at a time that others have too.
fn put_at(feed: &mut Feed, at: &str, name: &str, body: Value) {
    let mut command = feed.command(name, body);
    command["at"] = at.into();
    feed.line(&command);
}

fn begun() -> Feed {
    let mut feed = Feed::starting(START);
    let terms = json!({ "merchant": "shop", "fee_ppm": 0, "cycle": 1, "settle_ccy": "CNY" });
    put_at(&mut feed, START, "onboard_merchant", terms);
    feed
}

fn order(feed: &mut Feed, no: u32) {
    let amt = money(100, "CNY");
    let order = json!({
        "payment": format!("p{no}"), "out_trade_no": format!("o{no}"), "merchant": "shop",
        "mode": "IN_APP", "amt": amt, "timeout_s": 900
    });
    put_at(feed, START, "create_payment", order);
}

/// The blocks of a run, the last of which has the input at `offset`, which met what was due. No
/// block is longer than any other, each is decided the same again, and the state is the one of
/// whoever does it all in one block.
fn spread(run: &Local, offset: u64) -> Vec<Block> {
    let mut store = SledStore::open(&run.data()).unwrap();
    let bytes = (0..=store.last().unwrap()).map(|number| store.read(number).unwrap().unwrap());
    let bytes: Vec<Vec<u8>> = bytes.collect();
    let blocks: Vec<Block> = bytes.iter().map(|bytes| Block::parse(bytes).unwrap()).collect();

    let longest = blocks.iter().map(|block| block.body.len()).max().unwrap();
    assert!(longest < BODY_BYTES_SEAL + STEP_BYTES, "{longest}");

    let mut again = Shard::begin(0, blocks[0].header.terms.unwrap());
    again.claim();
    let mut dues_before = 0;
    let mut has_met = None;
    for (number, block) in blocks.iter().enumerate() {
        for frame in block.frames() {
            match frame.unwrap() {
                (_, FrameKind::Due, _) => {
                    assert_eq!(has_met, None, "what was due comes before the command");
                    dues_before += 1;
                }
                (_, FrameKind::Input, input) => {
                    let Input { offset: at, time, record } = Input::decode(input).unwrap();
                    again.step(Inbound { offset: at, time, record: &record });
                    has_met = has_met.or((at == offset).then_some(number));
                }
                _ => {}
            }
        }
    }
    assert!(dues_before >= MANY, "{dues_before}");
    assert_eq!(hex(&again.books().digest()), run.digest);

    let chain = Chain::of_blocks(0, None, bytes.into_iter().map(Ok));
    assert_eq!(audit(chain, &mut |_, _| {}).unwrap().first_bad, None);
    blocks
}

/// All orders of a rush that nobody paid expire in one millisecond; whoever pays in that very
/// millisecond is too late.
#[test]
fn expiry_of_many_orders_in_the_same_millisecond() {
    let mut feed = begun();
    put_at(&mut feed, START, "open_user", json!({ "user": "u", "kyc_class": 3, "ccy": "CNY" }));
    (0..MANY).for_each(|no| order(&mut feed, no));
    let legs = json!([{ "balance": { "amt": money(100, "CNY") } }]);
    let pay = json!({ "payment": format!("p{}", MANY - 1), "user": "u", "legs": legs });
    let met = feed.records();
    put_at(&mut feed, "2026-01-31T00:15:00Z", "pay_payment", pay);
    let run = Local::run(feed.lines(), 0);
    assert_eq!(verdict(run.outcomes.last().unwrap()), "PaymentExpired");
    let blocks = spread(&run, met);
    let only_due = |block: &&Block| {
        let mut frames = block.frames().map(Result::unwrap).peekable();
        frames.peek().is_some() && frames.all(|(_, kind, _)| kind == FrameKind::Due)
    };
    assert!(blocks.iter().filter(only_due).count() > 1);
}

/// Statements of many lines are cut in one millisecond; a repayment in it pays what was billed.
#[test]
fn statement_day_of_many_lines() {
    let mut feed = begun();
    for no in 0..MANY {
        let user = format!("u{no}");
        let open = json!({ "user": user, "kyc_class": 3, "ccy": "CNY" });
        put_at(&mut feed, START, "open_user", open);
        let billing = json!({ "order": {
            "first": "PENALTY", "second": "INTEREST", "third": "FEE", "fourth": "PRINCIPAL"
        }});
        let line = json!({
            "user": user, "limit": money(10_000, "CNY"), "statement_day": 5, "due_day": 20,
            "min_bps": 1_000, "day_ppm": 500, "late_fee_ppm": 50_000, "grace_d": 3,
            "tolerance": money(1_000, "CNY"), "billing": billing
        });
        put_at(&mut feed, START, "grant_credit_line", line);
        order(&mut feed, no);
        let legs = json!([{ "credit": { "amt": money(100, "CNY") } }]);
        let pay = json!({ "payment": format!("p{no}"), "user": user, "legs": legs });
        put_at(&mut feed, START, "pay_payment", pay);
    }
    let met = feed.records();
    put_at(
        &mut feed,
        "2026-02-05T00:00:00Z",
        "advance_clock",
        json!({ "to": "2026-02-06T00:00:00Z" }),
    );
    let run = Local::run(feed.lines(), 0);
    assert!(run.outcomes.iter().all(|outcome| verdict(outcome) == "accepted"));
    spread(&run, met);
    let cut = run.settlements.iter().filter(|told| format!("{told:?}").contains("StatementIssued"));
    assert_eq!(cut.count(), MANY as usize);
}
