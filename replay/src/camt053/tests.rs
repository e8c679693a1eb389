//! Statements against samples of banks' software (`tests/data/iso20022`): the same elements in the
//! same order with the same forms of values; and what they say.

use super::*;
use crate::sample;
use groat_proto::json::{parse_date, parse_time};
use quick_xml::Reader as XmlReader;
use std::collections::{BTreeMap, BTreeSet};

/// Each element with text, by its path without the document's root, in order; and the orders in
/// which each element has its children.
#[derive(Default)]
struct Tree {
    leaves: Vec<(String, String)>,
    paths: BTreeSet<String>,
    orders: BTreeMap<String, Vec<Vec<String>>>,
}

fn tree(xml: &str) -> Tree {
    let mut reader = XmlReader::from_str(xml);
    reader.config_mut().trim_text(true);
    let (mut tree, mut path, mut children) = (Tree::default(), Vec::new(), vec![Vec::new()]);
    let joined = |path: &[String]| path[1.min(path.len())..].join("/");
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                children.last_mut().unwrap().push(name.clone());
                path.push(name);
                children.push(Vec::new());
                tree.paths.insert(joined(&path));
            }
            Event::Text(text) => {
                let text = (*text).to_owned();
                tree.leaves.push((joined(&path), text));
            }
            Event::End(_) => {
                let order = children.pop().unwrap();
                tree.orders.entry(joined(&path)).or_default().push(order);
                path.pop();
            }
            Event::Eof => return tree,
            _ => {}
        }
    }
}

fn samples() -> Vec<Tree> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/iso20022");
    ["camt053.v8.xml", "camt053.v2.minimal.xml", "camt053.v2.five.decimals.xml"]
        .iter()
        .map(|name| tree(&std::fs::read_to_string(format!("{folder}/{name}")).unwrap()))
        .collect()
}

fn made(selector: &str, from: &str, to: &str) -> Result<CamtReport, Trouble> {
    let days = sample::billed_days().in_a_directory();
    let period = (parse_date(from).unwrap(), parse_date(to).unwrap());
    camt053(&days.source(), &[0], selector.parse().unwrap(), period, &mut |_, _| {})
}

fn text(report: &CamtReport) -> String {
    String::from_utf8(report.bytes.clone()).unwrap()
}

/// In the standard (camt.053.001.08) and in none of the samples.
const NOT_IN_SAMPLES: [&str; 4] = [
    "BkToCstmrStmt/Stmt/Acct/Nm",
    "BkToCstmrStmt/Stmt/Ntry/NtryRef",
    "BkToCstmrStmt/Stmt/Ntry/BkTxCd/Prtry/Issr",
    "BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Refs/TxId",
];

#[test]
fn elements_are_those_of_samples() {
    let ours = tree(&text(&made("merchant:shop", "2026-03-01", "2026-03-04").unwrap()));
    let theirs: BTreeSet<String> = samples().into_iter().flat_map(|sample| sample.paths).collect();
    let others: Vec<&String> = ours.paths.difference(&theirs).collect();
    assert_eq!(
        others,
        NOT_IN_SAMPLES.iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
}

/// No two neighbours of ours stand the other way around in a sample.
#[test]
fn elements_are_in_the_order_of_samples() {
    let ours = tree(&text(&made("merchant:shop", "2026-03-01", "2026-03-04").unwrap()));
    let mut compared = 0;
    for sample in samples() {
        for (path, orders) in &ours.orders {
            let theirs = sample.orders.get(path).into_iter().flatten();
            for theirs in theirs {
                for pair in orders.iter().flat_map(|order| order.windows(2)) {
                    let place = |name: &String| theirs.iter().position(|n| n == name);
                    if let (Some(first), Some(second)) = (place(&pair[0]), place(&pair[1])) {
                        assert!(first <= second, "{path}: {pair:?}");
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn values_have_the_forms_of_samples() {
    let ours = tree(&text(&made("merchant:shop", "2026-03-01", "2026-03-04").unwrap()));
    for tree in samples().iter().chain([&ours]) {
        for (path, value) in &tree.leaves {
            let fits = match path.rsplit('/').next().unwrap() {
                "Amt" => {
                    value.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !value.is_empty()
                }
                "CdtDbtInd" => ["CRDT", "DBIT"].contains(&value.as_str()),
                "Dt" => parse_date(value).is_ok(),
                "DtTm" | "CreDtTm" | "FrDtTm" | "ToDtTm" => parse_time(value).is_ok(),
                "Ccy" => value.len() == 3 && value.bytes().all(|b| b.is_ascii_uppercase()),
                "MsgId" | "NtryRef" | "AcctSvcrRef" | "EndToEndId" | "TxId" => {
                    (1..=REFERENCE_CHARS_MAX).contains(&value.chars().count())
                }
                "ElctrncSeqNb" => value.bytes().all(|b| b.is_ascii_digit()),
                _ => !value.is_empty(),
            };
            assert!(fits, "{path}: {value}");
        }
    }
}

/// Minor units of the balances and entries of each statement.
fn sums(tree: &Tree) -> Vec<(i128, i128, i128)> {
    let (mut statements, mut kind) = (Vec::new(), String::new());
    let mut amount = 0;
    for (path, value) in &tree.leaves {
        let last: &mut (i128, i128, i128) = match statements.last_mut() {
            Some(last) => last,
            None => {
                statements.push((0, 0, 0));
                statements.last_mut().unwrap()
            }
        };
        match path.strip_prefix("BkToCstmrStmt/Stmt/") {
            Some("Acct/Id/Othr/Id") => statements.push((0, 0, 0)),
            Some("Bal/Tp/CdOrPrtry/Cd") => kind = value.clone(),
            Some("Bal/Amt" | "Ntry/Amt") => amount = value.replace('.', "").parse().unwrap(),
            Some(path @ ("Bal/CdtDbtInd" | "Ntry/CdtDbtInd")) => {
                let signed: i128 = if value == "DBIT" { -amount } else { amount };
                match (path, kind.as_str()) {
                    ("Ntry/CdtDbtInd", _) => last.1 += signed,
                    (_, "OPBD") => last.0 = signed,
                    _ => last.2 = signed,
                }
            }
            _ => {}
        }
    }
    statements.remove(0);
    statements
}

#[test]
fn opening_and_entries_make_closing() {
    let report = made("merchant:shop", "2026-03-02", "2026-03-02").unwrap();
    let stated = sums(&tree(&text(&report)));
    let accounts: Vec<(&str, &str, &str)> = (report.accounts.iter())
        .map(|a| (a.account.as_str(), a.opening.as_str(), a.closing.as_str()))
        .collect();
    assert_eq!(
        accounts,
        [
            ("Liabilities:merchant_available:shop", "0.00", "0.00"),
            ("Liabilities:merchant_pending:shop:2026-03-01", "89.69", "0.00"),
            ("Liabilities:merchant_reserve:shop", "0.00", "4.48"),
            ("Liabilities:merchant_pending:shop:2026-03-02", "0.00", "19.88"),
            ("Assets:merchant_receivable:shop", "0.00", "-2.15"),
        ]
    );
    assert_eq!(
        stated,
        [(0, 0, 0), (8_969, -8_969, 0), (0, 448, 448), (0, 1_988, 1_988), (0, -215, -215),]
    );
}

#[test]
fn the_statement_of_a_user() {
    let report = made("user:bob", "2026-03-01", "2026-03-02").unwrap();
    let xml = text(&report);
    for words in [
        "<Id>0-1</Id>",
        "<Nm>user_available:bob</Nm>",
        "<Nm>bob</Nm>",
        "<MsgId>",
        "<CreDtTm>2026-03-03T00:00:00Z</CreDtTm>",
        // 50.00 in, 33.33 paid, 12.00 from alice; 1.10 paid out, 3.00 held and released.
        "<Amt Ccy=\"CNY\">27.57</Amt>",
        "<EndToEndId>B-2</EndToEndId>",
        "<EndToEndId>T-3</EndToEndId>",
        "<TxId>p3</TxId>",
        "<Nm>user_available:alice</Nm>",
        "<Ustrd>=lunch</Ustrd>",
        "<Cd>topped_up</Cd>",
    ] {
        assert!(xml.contains(words), "{words}\n{xml}");
    }
    assert_eq!(sums(&tree(&xml))[0], (0, 2_757, 2_757), "{xml}");
    // Under the id alone, the same.
    assert_eq!(made("bob", "2026-03-01", "2026-03-02").unwrap(), report);
    let next = made("user:bob", "2026-03-03", "2026-03-04").unwrap();
    assert_eq!(next.accounts[0].opening, report.accounts[0].closing);
}

#[test]
fn what_cannot_be_stated_is_said() {
    for (selector, from, to, words) in [
        ("user:nobody", "2026-03-01", "2026-03-02", "no such account: user:nobody"),
        ("user:bob", "2026-03-02", "2026-03-01", "behind"),
        ("user:bob", "2026-03-02", "2026-05-01", "is not over"),
        ("rental:car-1", "2026-03-02", "2026-03-02", "no account"),
    ] {
        match made(selector, from, to) {
            Err(Trouble::Usage(what)) => assert!(what.contains(words), "{what}"),
            other => panic!("{selector}: {other:?}"),
        }
    }
}

#[test]
fn texts_are_such_as_xml_can_hold() {
    assert_eq!(plain("a\u{0}b\n", 99), "a\\u{0}b\\u{a}");
    assert_eq!(plain("谢谢谢", 2), "谢谢");
    assert_eq!(without_root("Liabilities:user_available:bob"), "user_available:bob");
}
