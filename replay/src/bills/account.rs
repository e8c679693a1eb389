//! The account bill: every movement on a merchant's accounts, by what moved, between an opening and
//! a closing row for each account. What the merchant gets is in, what it gives is out; a balance is
//! what it is owed, so what it owes itself is negative.

use super::csv::{Sheet, amount, text};
use crate::lines::{Book, Entry};
use groat_ledger::Currency;
use groat_proto::json::time_text;

const COLUMNS: [&str; 11] = [
    "entry no",
    "business no",
    "out no",
    "time",
    "account",
    "counterparty",
    "in",
    "out",
    "balance",
    "type",
    "memo",
];

/// What the accounts of a currency have together before the day, get, give, and have after it.
pub(super) fn totals(books: &[&Book]) -> (i128, i128, i128, i128) {
    books.iter().fold((0, 0, 0, 0), |(opening, ins, outs, closing), book| {
        let (get, give) = book.turnover();
        (opening + book.opening, ins + get, outs + give, closing + book.closing)
    })
}

/// The file. An account is named with its shard where there are several.
pub(super) fn write(
    books: &[&Book],
    preamble: &[Vec<String>],
    currency: Currency,
    several: bool,
) -> Vec<u8> {
    let mut sheet = Sheet::new(preamble);
    sheet.header(&COLUMNS);
    let name = |book: &Book| match several {
        true => text(&format!("{}@{}", book.name, book.shard)),
        false => text(&book.name),
    };
    let none = String::new;
    let money = |minor: i128| amount(minor, currency);
    let mark = |book: &Book, kind: &str, sums: [String; 3]| {
        let [ins, outs, balance] = sums;
        let account = name(book);
        let kind = kind.to_owned();
        [none(), none(), none(), none(), account, none(), ins, outs, balance, kind, none()]
    };
    for book in books {
        sheet.row(&mark(book, "opening", [none(), none(), money(book.opening)]));
    }
    for (book, entry) in in_order(books) {
        let Entry { event, part, counterparty, business, out_no, memo, .. } = entry;
        let one_side = |minor: i128| if minor > 0 { money(minor) } else { none() };
        sheet.row(&[
            format!("{}-{event}-{part}", book.shard),
            text(business),
            text(out_no),
            time_text(entry.time),
            name(book),
            text(counterparty),
            one_side(entry.amount),
            one_side(-entry.amount),
            money(entry.balance),
            entry.fact.to_owned(),
            text(memo),
        ]);
    }
    for book in books {
        let (ins, outs) = book.turnover();
        sheet.row(&mark(book, "closing", [money(ins), money(outs), money(book.closing)]));
    }
    let (opening, ins, outs, closing) = totals(books);
    let mut total: [String; COLUMNS.len()] = Default::default();
    (total[0], total[6], total[7], total[8]) =
        ("TOTAL".into(), money(ins), money(outs), money(closing));
    sheet.row(&total);
    sheet.note(&["opening".into(), money(opening)]);
    sheet.note(&["closing".into(), money(closing)]);
    sheet.end()
}

/// By time, then as they are recorded; of one movement what goes out first.
fn in_order<'a>(books: &[&'a Book]) -> Vec<(&'a Book, &'a Entry)> {
    let mut entries: Vec<(&Book, &Entry)> = Vec::new();
    for book in books {
        let book: &'a Book = book;
        entries.extend(book.entries.iter().map(|entry| (book, entry)));
    }
    entries.sort_by_key(|(book, entry)| {
        (entry.time, book.shard, entry.event, entry.part, entry.amount > 0)
    });
    entries
}
