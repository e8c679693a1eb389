//! `groat demo`: a day on a small platform, through the real local mode, told in a minute.
//!
//! Nothing here is computed for show: every line's result is the engine's own answer, and every
//! amount of the closing part is read from the books that were written to disk and replayed.

use crate::local::{self, LOCAL_SHARD, Outputs, Settings};
use groat_ledger::money::major_text;
use groat_ledger::{Account, AccountKey, Class, Currency, Id};
use groat_proto::json::{parse_time, time_text};
use groat_shard::{Block, Books, Checked, Fault, SledStore, Store, hex};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

/// One line of the story: when, what is told, what is sent.
struct Scene {
    at: &'static str,
    told: &'static str,
    command: Value,
    /// Sent with the id of the scene before it, as a producer that heard no answer does.
    again: bool,
}

fn cny(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

fn story() -> Vec<Scene> {
    let scene = |at, told, command| Scene { at, told, command, again: false };
    vec![
        scene(
            "08:00",
            "Alice opens an account",
            json!({"open_user":
            {"user": "alice", "kyc_class": 2, "ccy": "CNY"}}),
        ),
        scene(
            "08:00",
            "Bob opens one too",
            json!({"open_user":
            {"user": "bob", "kyc_class": 2, "ccy": "CNY"}}),
        ),
        scene(
            "08:05",
            "a tea house joins: fee 0.6 %, settled the next day (T+1)",
            json!({"onboard_merchant": {"merchant": "tea-house", "fee_ppm": 6000,
                "fee_refund": "PROPORTIONAL", "cycle": 1, "settle_ccy": "CNY"}}),
        ),
        scene(
            "08:30",
            "Alice's bank sends 500.00",
            json!({"confirm_top_up":
            {"user": "alice", "amt": cny("500.00"), "bank_ref": "bank-0001"}}),
        ),
        scene(
            "08:31",
            "Bob's bank sends 60.00",
            json!({"confirm_top_up":
            {"user": "bob", "amt": cny("60.00"), "bank_ref": "bank-0002"}}),
        ),
        scene(
            "09:15",
            "the tea house shows a QR code for 6.90",
            json!({"create_payment":
            {"payment": "tea-1", "out_trade_no": "20260131-1", "merchant": "tea-house",
             "mode": "MERCHANT_PRESENTED", "code_kind": "DYNAMIC_B", "amt": cny("6.90")}}),
        ),
        scene(
            "09:16",
            "Alice scans it and pays from her balance",
            json!({"pay_payment":
            {"payment": "tea-1", "user": "alice", "legs": [{"balance": {"amt": cny("6.90")}}]}}),
        ),
        Scene {
            again: true,
            ..scene(
                "09:16",
                "her phone heard no answer and sends it again",
                json!({"pay_payment": {"payment": "tea-1", "user": "alice",
                "legs": [{"balance": {"amt": cny("6.90")}}]}}),
            )
        },
        scene(
            "10:40",
            "Bob shows his own code; the tea house scans it for 88.00",
            json!({"create_payment": {"payment": "tea-2", "out_trade_no": "20260131-2",
                "merchant": "tea-house", "mode": "USER_PRESENTED", "code_kind": "DYNAMIC_A",
                "auth_code": "280123456789012345", "amt": cny("88.00")}}),
        ),
        scene(
            "10:40",
            "Bob tries to pay it from his balance",
            json!({"pay_payment":
            {"payment": "tea-2", "user": "bob", "legs": [{"balance": {"amt": cny("88.00")}}]}}),
        ),
        scene(
            "10:41",
            "so he pays 50.00 from it and 38.00 by card",
            json!({"pay_payment":
            {"payment": "tea-2", "user": "bob", "legs": [{"balance": {"amt": cny("50.00")}},
                {"channel": {"channel": "unionpay", "amt": cny("38.00")}}]}}),
        ),
        scene(
            "12:10",
            "Alice sends Bob 35.50 for lunch",
            json!({"transfer":
            {"from": "alice", "to": "bob", "amt": cny("35.50")}}),
        ),
        scene(
            "15:30",
            "Bob returns a pot: 30.00 back, to the card first",
            json!({"refund_payment":
            {"payment": "tea-2", "out_request_no": "return-1", "amt": cny("30.00")}}),
        ),
        scene(
            "15:31",
            "and would like 60.00 more than he has left to return",
            json!({"refund_payment": {"payment": "tea-2", "out_request_no": "return-2",
                "amt": cny("60.00")}}),
        ),
        scene(
            "+1 00:00",
            "midnight: the day's batch is cut, and settled as agreed",
            json!({"advance_clock": {"to": "2026-02-01T00:00:00+08:00"}}),
        ),
        scene(
            "+1 09:00",
            "the tea house sends 60.00 to its bank",
            json!({"request_payout":
            {"payout": "payout-1", "owner": {"merchant": "tea-house"}, "amt": cny("60.00")}}),
        ),
        scene(
            "+1 11:00",
            "and the bank confirms",
            json!({"confirm_payout":
            {"payout": "payout-1"}}),
        ),
    ]
}

/// Tells the story on `out`.
pub fn demo(out: &mut dyn Write) -> Result<(), Fault> {
    let folder = tempfile::tempdir().map_err(|e| {
        Fault::new(format!("no temporary folder: {e}"), "make room in the temporary folder")
    })?;
    let data = folder.path().join("data");
    let scenes = story();
    let lines: Vec<Value> = lines(&scenes)?;
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let (outcomes, settlements) =
        (folder.path().join("outcomes.jsonl"), folder.path().join("settlements.jsonl"));
    let mut outputs = Outputs::new(create(&outcomes)?, create(&settlements)?, Box::new(Vec::new()));
    let settings = Settings { day_offset_min: 480, ..Settings::new(&data) };
    let summary = local::run(&settings, Cursor::new(text), &mut outputs, |_| {})?;
    drop(outputs);

    let say = |e: std::io::Error| Fault::new(format!("cannot write: {e}"), "free the output");
    writeln!(out, "A day on a small platform, 31 January 2026, in Chinese yuan\n").map_err(say)?;
    let answers = read_lines(&outcomes)?;
    for (scene, answer) in scenes.iter().zip(&answers) {
        let (at, told) = (scene.at, scene.told);
        writeln!(out, "{at:>8}  {told:62} {}", answer_text(answer)).map_err(say)?;
    }
    writeln!(out, "\nWhat the outside was told (settlements)\n").map_err(say)?;
    for settlement in read_lines(&settlements)? {
        writeln!(out, "          {}", settlement_text(&settlement)).map_err(say)?;
    }
    let books = replay(&data)?;
    trial_balance(&books, out).map_err(say)?;
    let digest = hex(&books.digest());
    let same = if digest == summary.digest { "the same" } else { "NOT THE SAME" };
    writeln!(
        out,
        "Replayed from its {} events on disk: state digest {}… is {same}.\n\nThe day's first \
         payment, as a line that `groat run` reads:\n\n{}\n",
        summary.last_event,
        &digest[..16],
        lines[6]
    )
    .map_err(say)?;
    if digest == summary.digest {
        return Ok(());
    }
    Err(Fault::new("the replay differs from the run", "this is a bug of groat; please report it"))
}

fn lines(scenes: &[Scene]) -> Result<Vec<Value>, Fault> {
    let wrong = |what: String| Fault::new(what, "this is a bug of groat; please report it");
    let mut number = 0;
    scenes
        .iter()
        .map(|scene| {
            let (day, clock) = match scene.at.strip_prefix("+1 ") {
                Some(clock) => ("2026-02-01", clock),
                None => ("2026-01-31", scene.at),
            };
            let at = parse_time(&format!("{day}T{clock}:00+08:00")).map_err(wrong)?;
            number += u128::from(!scene.again);
            // A UUIDv7 of the scene's time whose random part counts scenes.
            let id = Id(u128::from(at) << 80 | 0x7 << 76 | 0x2 << 62 | number);
            let mut line = json!({"id": id.to_string(), "at": time_text(at)});
            if let (Some(line), Some(command)) = (line.as_object_mut(), scene.command.as_object()) {
                line.extend(command.clone());
            }
            Ok(line)
        })
        .collect()
}

fn create(path: &Path) -> Result<Box<dyn Write>, Fault> {
    let file = fs::File::create(path);
    file.map(|file| Box::new(file) as Box<dyn Write>)
        .map_err(|e| Fault::new(format!("{}: {e}", path.display()), "make room on the disk"))
}

fn read_lines(path: &Path) -> Result<Vec<Value>, Fault> {
    let text = fs::read_to_string(path)
        .map_err(|e| Fault::new(format!("{}: {e}", path.display()), "try again"))?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn answer_text(answer: &Value) -> String {
    let replay = if answer["replay"] == true { "done before: " } else { "" };
    if let Some(accepted) = answer.get("accepted") {
        let (first, count) = (&accepted["first_event"], accepted["events"].as_u64().unwrap_or(0));
        let last = first.as_u64().unwrap_or(0) + count.saturating_sub(1);
        return if count == 1 {
            format!("{replay}event {first}")
        } else {
            format!("{replay}events {first}-{last}")
        };
    }
    let name = answer["rejected"]["name"].as_str().unwrap_or("malformed");
    format!("refused: {name}")
}

fn settlement_text(settlement: &Value) -> String {
    let Some(settlement) = settlement.as_object() else { return String::new() };
    let id = format!("{}-{}", settlement["shard"], settlement["event"]);
    let body = settlement.iter().find(|(_, value)| value.is_object());
    let Some((name, body)) = body else { return id };
    let amount = |key: &str| body[key]["amount"].as_str().unwrap_or("0.00").to_owned();
    let about = match name.as_str() {
        "batch_settled" => format!(
            "receipts {} - fees {} - refunds {} + fees back {} = {} to {}",
            amount("receipts"),
            amount("fees"),
            amount("refunds"),
            amount("fees_returned"),
            amount("available"),
            text(&body["merchant"]),
        ),
        "payment_refunded" => format!(
            "{} to {}: {} to the card, {} to the balance",
            amount("amount"),
            text(&body["user"]),
            amount("to_channel"),
            amount("to_balance"),
        ),
        "payment_paid" => {
            format!("{} from {}", amount("amount"), text(&body["user"]))
        }
        _ => amount("amount"),
    };
    format!("{id:>5} {name:18} {about}")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The books again, from the first block on disk to the last.
fn replay(data: &Path) -> Result<Books, Fault> {
    let mut store = Checked::new(SledStore::open(data)?);
    let bug = |what: String| Fault::new(what, "this is a bug of groat; please report it");
    let mut books: Option<Books> = None;
    for number in 0..=store.last().unwrap_or(0) {
        let bytes = store.read(number)?.unwrap_or_default();
        let block = Block::parse(&bytes).map_err(|e| bug(e.to_string()))?;
        let terms = block.header.terms.unwrap_or_default();
        let so_far = books.get_or_insert_with(|| Books::new(LOCAL_SHARD, terms));
        so_far.fold(&block, |_, _| {}).map_err(|e| bug(e.to_string()))?;
    }
    books.ok_or_else(|| bug("the demo wrote no block".into()))
}

fn trial_balance(books: &Books, out: &mut dyn Write) -> std::io::Result<()> {
    let accounts = books.ledger().tables().accounts.rows();
    let mut classes: BTreeMap<(u16, String), i128> = BTreeMap::new();
    for account in accounts.iter().filter(|a| !a.is_zero()) {
        *classes.entry(line_of(account)).or_default() += account.credit_balance();
    }
    writeln!(out, "\nThe books at the end{:>40}{:>12}", "debit", "credit")?;
    let (mut debits, mut credits) = (0, 0);
    let money = |minor: i128| {
        if minor == 0 { String::new() } else { major_text(minor, Currency::CNY) }
    };
    for ((code, name), balance) in &classes {
        let (debit, credit) = ((-balance).max(0), (*balance).max(0));
        (debits, credits) = (debits + debit, credits + credit);
        writeln!(out, "    {code}  {name:40}{:>10}{:>12}", money(debit), money(credit))?;
    }
    writeln!(out, "          {:40}{:>10}{:>12}", "", money(debits), money(credits))?;
    let sum = major_text(credits - debits, Currency::CNY);
    writeln!(out, "          credits less debits: {sum}\n")
}

fn line_of(account: &Account) -> (u16, String) {
    let AccountKey { class, owner, .. } = account.key;
    let name = class.name().replace('_', " ");
    let owned = matches!(class, Class::SafeguardedBank) || owner.is_none();
    (class as u16, if owned { name } else { format!("{name} of {owner}") })
}
