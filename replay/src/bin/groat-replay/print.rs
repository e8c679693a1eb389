//! Reports as people read them. What a report says is decided in the library.

use groat_replay::{
    AuditReport, BalanceDifference, Between, CurrencyBalance, DiffReport, Difference, ExportReport,
    Finding, Pair, RebuildReport, StatementReport, Trouble, VerifyReport,
};
use serde_json::json;
use std::io::{self, Write, stderr, stdout};
use std::path::Path;

pub(crate) fn verify(out: &mut dyn Write, report: &VerifyReport) -> io::Result<()> {
    let VerifyReport { shard, counts: c, .. } = report;
    let verdict = if report.holds { "the books hold" } else { "THE BOOKS DO NOT HOLD" };
    writeln!(out, "shard {shard}: {verdict}")?;
    if let Some(bad) = &report.first_bad {
        first_bad(out, bad)?;
    }
    writeln!(out, "  blocks    {:>12}   last {}", c.blocks, report.last_block)?;
    if report.late_blocks > 0 {
        writeln!(out, "  late      {:>12}   of earlier owners, left out", report.late_blocks)?;
    }
    writeln!(out, "  events    {:>12}   last time {}", c.events, report.last_time)?;
    writeln!(out, "  inputs    {:>12}   commands {}", c.inputs, c.commands)?;
    writeln!(
        out,
        "  outcomes  {:>12}   accepted {}, rejected {}, replayed {}, malformed {}",
        c.commands, c.accepted, c.rejected, c.replayed, c.malformed
    )?;
    let snapshot = report.snapshot.map_or("none".into(), |block| format!("after block {block}"));
    writeln!(out, "  snapshot  {snapshot}")?;
    writeln!(out, "  digest    {}", report.digest)?;
    for s in &report.safeguarded {
        let (currency, held, owed, lent) = (&s.currency, &s.held, &s.customers, &s.lent);
        write!(out, "  {currency:9} {held} held for users and merchants, who are owed {owed}")?;
        writeln!(out, "; {lent} is lent")?;
        if let Some(date) = &s.short_most_on {
            let (short, ends, most) = (s.short, s.day_ends, &s.short_most);
            writeln!(
                out,
                "            less than owed at {short} of {ends} day ends: by {most} on {date}"
            )?;
        }
    }
    writeln!(out, "  checked")?;
    for made in report.checks.iter().filter(|made| made.times > 0) {
        writeln!(out, "  {:>8} x {} (DOMAIN 6.{})", made.times, made.check, made.invariant)?;
    }
    Ok(())
}

/// Nothing where there is one shard, of which no other is missing.
pub(crate) fn between(out: &mut dyn Write, report: &Between) -> io::Result<()> {
    if report.shards < 2 && report.holds {
        return Ok(());
    }
    let verdict =
        if report.holds { "what one received the other sent" } else { "THEY DO NOT HOLD" };
    writeln!(out, "between {} shards: {verdict}", report.shards)?;
    if let Some(bad) = &report.first_bad {
        first_bad(out, bad)?;
    }
    for Pair { from, to, sent, received, on_the_way } in &report.pairs {
        write!(out, "  {from} to {to}    {sent:>8} sent, {received} received")?;
        if !on_the_way.is_empty() {
            write!(out, "; on their way: {}", on_the_way.join(", "))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

pub(crate) fn diff(out: &mut dyn Write, report: &DiffReport) -> io::Result<()> {
    let DiffReport { shard, same_blocks, same_events, first, balances, digests, .. } = report;
    let verdict = if report.same { "the copies are the same" } else { "THE COPIES DIFFER" };
    writeln!(out, "shard {shard}: {verdict}")?;
    writeln!(out, "  the same  {same_blocks:>12} blocks, {same_events} events")?;
    if let Some(Difference { block, event, account, what, in_each: [a, b] }) = first {
        write!(out, "  first     block {block}")?;
        if let Some(event) = event {
            write!(out, ", event {event}")?;
        }
        if let Some(account) = account {
            write!(out, ", account {account}")?;
        }
        writeln!(out, ": {what}\n         A  {a}\n         B  {b}")?;
    }
    let text = |balance: &Option<String>| balance.clone().unwrap_or_else(|| "none".into());
    for BalanceDifference { account, currency, in_each } in balances {
        let [a, b] = [text(&in_each[0]), text(&in_each[1])];
        writeln!(out, "  balance   {account}: A {a} {currency}, B {b} {currency}")?;
    }
    let [a, b] = digests;
    if a == b {
        writeln!(out, "  digest    {a}")
    } else {
        writeln!(out, "  digests   A {a}, B {b}")
    }
}

pub(crate) fn audit(out: &mut dyn Write, report: &AuditReport) -> io::Result<()> {
    let AuditReport { shard, blocks, blocks_same_bytes: same, inputs, events, digest, .. } = report;
    let verdict = if report.holds {
        "every input is decided the same again"
    } else {
        "AN INPUT IS DECIDED OTHERWISE"
    };
    writeln!(out, "shard {shard}: {verdict}")?;
    if let Some(bad) = &report.first_bad {
        first_bad(out, bad)?;
    }
    writeln!(out, "  blocks    {blocks:>12}   with the same stored bytes and hash: {same}")?;
    writeln!(out, "  inputs    {inputs:>12}   events {events}")?;
    writeln!(out, "  digest    {digest}")
}

fn first_bad(out: &mut dyn Write, bad: &Finding) -> io::Result<()> {
    write!(out, "  first bad: block {}, event {}", bad.block, bad.event)?;
    if let Some(byte) = bad.byte {
        write!(out, ", byte {byte} of the {}", bad.byte_of)?;
    }
    writeln!(out, "\n    {}\n    broken: {}", bad.what, bad.check)
}

pub(crate) fn rebuild(out: &mut dyn Write, report: &RebuildReport) -> io::Result<()> {
    if let Some(at) = &report.at {
        writeln!(out, "state at {at}")?;
    }
    for shard in &report.shards {
        let (no, event, time) = (shard.shard, shard.last_event, &shard.time);
        writeln!(out, "shard {no}: {} blocks, last event {event}, time {time}", shard.blocks)?;
        writeln!(out, "  digest {}", shard.digest)?;
    }
    for currency in &report.trial_balance {
        trial_balance(out, currency)?;
    }
    let Some(accounts) = &report.accounts else { return Ok(()) };
    writeln!(out)?;
    let mut rows = vec![row(["account", "", "debit - credit", "pending debit", "pending credit"])];
    for a in accounts {
        let (debit, credit) = (&a.pending.debit, &a.pending.credit);
        rows.push(row([&a.account, &a.currency, &a.balance, debit, credit]));
    }
    table(out, &rows, 2)
}

fn trial_balance(out: &mut dyn Write, of: &CurrencyBalance) -> io::Result<()> {
    let title = format!("trial balance, {}", of.currency);
    writeln!(out)?;
    let head = [&*title, "accounts", "debit", "credit", "pending debit", "pending credit"];
    let mut rows = vec![row(head)];
    for line in &of.classes {
        let accounts = line.accounts.to_string();
        let (balance, pending) = (&line.balance, &line.pending);
        let sides = [&balance.debit, &balance.credit, &pending.debit, &pending.credit];
        let [debit, credit, pending_debit, pending_credit] = sides.map(|text| nonzero(text));
        rows.push(row([&line.class, &accounts, debit, credit, pending_debit, pending_credit]));
    }
    let verdict = if of.balanced { "" } else { "DOES NOT BALANCE" };
    rows.push(row(["total", "", &of.total.debit, &of.total.credit, verdict, ""]));
    table(out, &rows, 1)
}

/// An empty cell for zero, so that the other side is seen.
fn nonzero(text: &str) -> &str {
    if text.bytes().all(|b| matches!(b, b'0' | b'.')) { "" } else { text }
}

pub(crate) fn statement(out: &mut dyn Write, report: &StatementReport) -> io::Result<()> {
    for (no, account) in report.accounts.iter().enumerate() {
        if no > 0 {
            writeln!(out)?;
        }
        let side = account.balance_side;
        writeln!(
            out,
            "{} in {} (shard {}; a {side} balance is positive)",
            account.account, account.currency, account.shard
        )?;
        let head = ["time", "event", "", "with", "debit", "credit", "balance"];
        let mut rows = vec![row(head), row(["opening", "", "", "", "", "", &account.opening])];
        for line in &account.lines {
            let event = line.event.to_string();
            let layer = if line.layer == "posted" { "" } else { line.layer };
            let fact = format!("{} {layer}", line.fact);
            let with = line.counterparties.join(", ");
            let debit = line.debit.as_deref().unwrap_or_default();
            let credit = line.credit.as_deref().unwrap_or_default();
            let balance = if layer.is_empty() { &*line.balance } else { "" };
            rows.push(row([&line.time, &event, fact.trim(), &with, debit, credit, balance]));
        }
        let (debits, credits) = (&account.debits, &account.credits);
        rows.push(row(["closing", "", "", "", debits, credits, &account.closing]));
        let pending = [&account.pending_debits, &account.pending_credits];
        if pending.iter().any(|text| !nonzero(text).is_empty()) {
            rows.push(row(["still pending", "", "", "", pending[0], pending[1], ""]));
        }
        table(out, &rows, 4)?;
    }
    Ok(())
}

pub(crate) fn export(out: &mut dyn Write, report: &ExportReport, path: &Path) -> io::Result<()> {
    let ExportReport { events, written, accounts } = report;
    let path = path.display();
    writeln!(out, "{path}: {written} transactions of {events} events on {accounts} accounts")
}

/// Says on standard error why there is no report; with `--json` on standard output as an object.
pub(crate) fn trouble(trouble: &Trouble, as_json: bool) -> io::Result<()> {
    if as_json {
        let object = match trouble {
            Trouble::Books(finding) => json!({ "holds": false, "first_bad": finding }),
            Trouble::Fault(fault) => json!({ "fault": fault.what, "advice": fault.advice }),
            Trouble::Usage(what) => json!({ "usage": what }),
            Trouble::Output(e) => json!({ "fault": e.to_string() }),
        };
        writeln!(stdout().lock(), "{object}")?;
    }
    writeln!(stderr().lock(), "groat-replay: {trouble}")
}

pub(crate) fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// Aligns columns: the first `texts` at the left, numbers at the right.
pub(crate) fn table(out: &mut dyn Write, rows: &[Vec<String>], texts: usize) -> io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in rows {
        let mut line = String::from(" ");
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let aligned = if column < texts {
                format!(" {cell:<width$}")
            } else {
                format!("  {cell:>width$}")
            };
            line.push_str(&aligned);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
