//! `groat demo`: a month on a small platform, through the real local mode, told in a minute.
//!
//! Nothing here is computed for show: every line's result is the engine's own answer, and every
//! amount of the closing part is read from the books that were written to disk and replayed.

mod bill;
mod story;

use crate::local::{self, LOCAL_SHARD, Outputs, Settings};
use groat_ledger::money::major_text;
use groat_ledger::{Account, AccountKey, Class, Currency, Id};
use groat_shard::{Block, Books, Checked, Fault, Folded, SledStore, Store, hex};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use story::Part;

/// Tells the story on `out`. The books are kept in `data`, which must be new or empty, or nowhere.
pub fn demo(data: Option<&Path>, out: &mut dyn Write) -> Result<(), Fault> {
    let folder = tempfile::tempdir().map_err(|e| {
        Fault::new(format!("no temporary folder: {e}"), "make room in the temporary folder")
    })?;
    let data = data.map_or_else(|| folder.path().join("data"), Path::to_owned);
    if fs::read_dir(&data).is_ok_and(|mut there| there.next().is_some()) {
        return Err(Fault::usage(
            format!("{} is not empty", data.display()),
            "the demo's books begin with its first event: give a new or an empty directory",
        ));
    }
    let story = story::read().map_err(bug)?;
    let lines: Vec<&Value> = story.iter().filter_map(Part::line).collect();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let (outcomes, settlements) =
        (folder.path().join("outcomes.jsonl"), folder.path().join("settlements.jsonl"));
    let mut outputs = Outputs::new(create(&outcomes)?, create(&settlements)?, Box::new(Vec::new()));
    let settings = Settings { day_offset_min: 480, ..Settings::new(&data) };
    let summary = local::run(&settings, Cursor::new(text), &mut outputs, |_| {})?;
    drop(outputs);

    let (books, due) = replay(&data)?;
    let say = |e: std::io::Error| Fault::new(format!("cannot write: {e}"), "free the output");
    let mut answers = read_lines(&outcomes)?.into_iter();
    for part in &story {
        match part {
            Part::Chapter(title) => writeln!(out, "\n{title}\n"),
            Part::Scene { at, told, line } => {
                let answer = answers.next().unwrap_or_default();
                // What falls due at midnight comes about before the word that it is midnight.
                let due = line.get("advance_clock").map(|_| &due);
                writeln!(out, "{at:>8}  {told:66} {}", answer_text(&answer, due))
            }
        }
        .map_err(say)?;
    }
    writeln!(out, "\nWhat the outside was told (settlements)\n").map_err(say)?;
    for settlement in read_lines(&settlements)? {
        writeln!(out, "          {}", settlement_text(&settlement)).map_err(say)?;
    }
    let tea_house = "tea-house".parse::<Id>().map_err(|e| bug(format!("tea-house: {e}")))?;
    bill::month(&books, tea_house, out).map_err(say)?;
    trial_balance(&books, out).map_err(say)?;
    let digest = hex(&books.digest());
    let same = if digest == summary.digest { "the same" } else { "NOT THE SAME" };
    writeln!(
        out,
        "Replayed from its {} events on disk: state digest {}… is {same}.\n\nThe first \
         payment, as a line that `groat run` reads:\n\n{}\n",
        summary.last_event,
        &digest[..16],
        lines[6]
    )
    .map_err(say)?;
    if digest == summary.digest {
        return Ok(());
    }
    Err(bug("the replay differs from the run".into()))
}

fn bug(what: String) -> Fault {
    Fault::new(what, "this is a bug of groat; please report it")
}

fn create(path: &Path) -> Result<Box<dyn Write + Send>, Fault> {
    let file = fs::File::create(path);
    file.map(|file| Box::new(file) as Box<dyn Write + Send>)
        .map_err(|e| Fault::new(format!("{}: {e}", path.display()), "make room on the disk"))
}

fn read_lines(path: &Path) -> Result<Vec<Value>, Fault> {
    let text = fs::read_to_string(path)
        .map_err(|e| Fault::new(format!("{}: {e}", path.display()), "try again"))?;
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// What was answered, and the events of it with those that fell due right before.
fn answer_text(answer: &Value, due: Option<&BTreeSet<u64>>) -> String {
    let replay = if answer["replay"] == true { "done before: " } else { "" };
    if let Some(accepted) = answer.get("accepted") {
        let number = |key: &str| accepted[key].as_u64().unwrap_or(0);
        let (mut first, last) =
            (number("first_event"), (number("first_event") + number("events")).saturating_sub(1));
        while let Some(before) = first.checked_sub(1)
            && due.is_some_and(|due| due.contains(&before))
        {
            first = before;
        }
        return if first == last {
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
    let amount = |key: &str| {
        let amount = body[key]["amount"].as_str().unwrap_or("0.00");
        match body[key]["currency"].as_str() {
            None | Some("CNY") => amount.to_owned(),
            Some(currency) => format!("{amount} {currency}"),
        }
    };
    let number = |key: &str| body[key].as_str().map_or(body[key].to_string(), str::to_owned);
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
        "hold_placed" => format!(
            "{}: {} frozen, {} by credit",
            text(&body["auth"]),
            amount("fund"),
            amount("credit"),
        ),
        "hold_released" => format!(
            "{}: {} unfrozen, {} by credit ends",
            text(&body["auth"]),
            amount("fund"),
            amount("credit"),
        ),
        "rental_secured" => format!(
            "{}: deposit {} = {} frozen + {} waived",
            text(&body["rental"]),
            amount("deposit"),
            amount("frozen"),
            amount("waived"),
        ),
        "rental_settled" => format!(
            "{}: {} charged, {} paid by {}",
            text(&body["rental"]),
            amount("total"),
            amount("paid"),
            text(&body["user"]),
        ),
        "rental_cancelled" | "rental_overdue" => text(&body["rental"]).to_owned(),
        "quote_published" | "quote_expired" => format!(
            "{}: a {} is {} {}",
            text(&body["quote"]),
            text(&body["base_ccy"]),
            text(&body["price"]),
            text(&body["quote_ccy"]),
        ),
        "fx_converted" => {
            format!("{} for {} at {}", amount("bought"), amount("sold"), text(&body["price"]))
        }
        "coupon_issued" => format!("{} off for {}", amount("face"), text(&body["user"])),
        "coupon_used" => format!(
            "{} off: {} by {}, {} by the campaign",
            amount("face"),
            amount("discount"),
            text(&body["merchant"]),
            amount("funded"),
        ),
        "invoice_issued" => {
            format!("{} = {} + {} of tax", amount("amount"), amount("ex_tax"), amount("tax"))
        }
        "dispute_opened" | "dispute_defended" | "dispute_judged" => format!(
            "{}: {} of {}",
            text(&body["dispute"]),
            amount("amount"),
            text(&body["merchant"]),
        ),
        "plan_created" => format!(
            "{}: {} in {} terms, for {}",
            text(&body["plan"]),
            amount("amount"),
            body["n"],
            amount("fee"),
        ),
        "statement_issued" => format!(
            "{}'s bill: {}, {} of it at least",
            text(&body["user"]),
            amount("total"),
            amount("minimum"),
        ),
        "card_opened" => format!(
            "{}: {}'s, a {}",
            text(&body["card"]),
            text(&body["user"]),
            text(&body["template"]),
        ),
        "points_earned" => {
            format!("{} for {}, {} then", number("points"), text(&body["card"]), number("left"))
        }
        "points_redeemed" | "points_returned" => format!(
            "{} of {} for {}, {} then",
            number("points"),
            text(&body["card"]),
            amount("amount"),
            number("left"),
        ),
        "loan_drawn" => {
            format!("{}: {} in {} terms", text(&body["loan"]), amount("amount"), body["terms"])
        }
        "loan_term_due" => format!(
            "{}: {} of {} is due, with {} of interest",
            text(&body["loan"]),
            amount("due"),
            amount("owed"),
            amount("interest"),
        ),
        _ => amount("amount"),
    };
    format!("{id:>5} {name:18} {about}")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The books again, from the first block on disk to the last, and the numbers of the events that
/// the clock owed.
fn replay(data: &Path) -> Result<(Books, BTreeSet<u64>), Fault> {
    let mut store = Checked::new(SledStore::open(data)?);
    let (mut books, mut due_events) = (None::<Books>, BTreeSet::new());
    for number in 0..=store.last().unwrap_or(0) {
        let bytes = store.read(number)?.unwrap_or_default();
        let block = Block::parse(&bytes).map_err(|e| bug(e.to_string()))?;
        let terms = block.header.terms.unwrap_or_default();
        let so_far = books.get_or_insert_with(|| Books::new(LOCAL_SHARD, terms));
        let note = |_: &Books, folded: Folded<'_>| {
            if let Folded::Event { number, due: true, .. } = folded {
                due_events.insert(number);
            }
        };
        so_far.fold(&block, note).map_err(|e| bug(e.to_string()))?;
    }
    Ok((books.ok_or_else(|| bug("the demo wrote no block".into()))?, due_events))
}

fn trial_balance(books: &Books, out: &mut dyn Write) -> std::io::Result<()> {
    let accounts = books.ledger().tables().accounts.rows();
    let mut currencies: BTreeMap<Currency, BTreeMap<(u16, String), i128>> = BTreeMap::new();
    for account in accounts.iter().filter(|a| !a.is_zero()) {
        let classes = currencies.entry(account.currency).or_default();
        *classes.entry(line_of(account)).or_default() += account.credit_balance();
    }
    for (currency, classes) in &currencies {
        let title = format!("The books at the end, {}", currency.letters());
        writeln!(out, "\n{title:50}{:>10}{:>12}", "debit", "credit")?;
        let (mut debits, mut credits) = (0, 0);
        let money = |minor: i128| {
            if minor == 0 { String::new() } else { major_text(minor, *currency) }
        };
        for ((code, name), balance) in classes.iter().filter(|(_, balance)| **balance != 0) {
            let (debit, credit) = ((-balance).max(0), (*balance).max(0));
            (debits, credits) = (debits + debit, credits + credit);
            writeln!(out, "    {code}  {name:40}{:>10}{:>12}", money(debit), money(credit))?;
        }
        writeln!(out, "          {:40}{:>10}{:>12}", "", money(debits), money(credits))?;
        let sum = major_text(credits - debits, *currency);
        writeln!(out, "          credits less debits: {sum}")?;
    }
    writeln!(out)
}

fn line_of(account: &Account) -> (u16, String) {
    let AccountKey { class, owner, .. } = account.key;
    let name = class.name().replace('_', " ");
    let owned = matches!(class, Class::SafeguardedBank) || owner.is_none();
    (class as u16, if owned { name } else { format!("{name} of {owner}") })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_story_ends_as_it_is_told() {
        let mut out = Vec::new();
        let dir = tempfile::tempdir().unwrap();
        let kept = dir.path().join("demo");
        demo(Some(&kept), &mut out).unwrap();
        assert!(replay(&kept).is_ok(), "the books are kept");
        let again = demo(Some(&kept), &mut Vec::new()).unwrap_err();
        assert!(again.what.ends_with("is not empty"), "{again}");
        let told = String::from_utf8(out).unwrap();
        let refusals: Vec<&str> =
            told.lines().filter_map(|l| l.split("refused: ").nth(1)).collect();
        let expected = [
            "InsufficientFunds",
            "RefundExceedsPaid",
            "ItemIsOut",
            "DamageExceedsDeposit",
            "QuoteExpired",
            "FrequencyLimit",
            "PointsInsufficient",
            "Overpayment",
        ];
        assert_eq!(refusals, expected, "{told}");
        for words in [
            "done before: events 11-15",
            "midnight: the day's batch is cut, and settled as agreed            events 25-27",
            "funding partner of city-bank                           4000.00",
            "deposit 800.00 = 400.00 frozen + 400.00 waived",
            "car-5: 1330.00 charged, 1330.00 paid by alice",
            "10.00 USD for 72.46 at 7.2463",
            "10.00 off: 4.00 by tea-house, 6.00 by the campaign",
            "78.00 = 73.58 + 4.42 of tax",
            "case-1: 30.00 of tea-house",
            "plan-1: 600.00 in 3 terms, for 13.80",
            "alice's bill: 803.00, ",
            "38 for tea-card-1, 38 then",
            "20 of tea-card-1 for 0.20, 18 then",
            "loan-1: 400.00 of 1200.00 is due, with 18.00 of interest",
            "cash loan of loan-1                         800.00",
            "points liability of tea-club                              0.38",
            "points of tea-card-1                            38",
            "tea-house's month, by batch",
            "credit instalment of alice                  400.00",
            "credits less debits: 0.00",
            "is the same",
        ] {
            assert!(told.contains(words), "{words}\n{told}");
        }
        assert!(!told.contains("malformed"), "{told}");
    }
}
