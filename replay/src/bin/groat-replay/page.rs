//! The page of a rental or an authorization as people read it.

use crate::print::{row, table};
use groat_replay::{Agreed, Page, PageReport, Total};
use std::io::{self, Write};

pub(crate) fn pages(out: &mut dyn Write, report: &PageReport) -> io::Result<()> {
    for (no, page) in report.pages.iter().enumerate() {
        if no > 0 {
            writeln!(out)?;
        }
        head(out, page)?;
        held(out, page)?;
        life(out, page)?;
        charged(out, page)?;
        paid(out, page)?;
        given_back(out, page)?;
        totals(out, page)?;
    }
    Ok(())
}

fn head(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    let Page { kind, id, user, merchant, state, .. } = page;
    writeln!(out, "{kind} {id} of {user} at {merchant}: {}", state.replace('_', " "))?;
    let shard = format!("{} (shard {})", page.out_order_no, page.shard);
    let mut lines = vec![("order", shard), ("currency", page.currency.clone())];
    if let Some(terms) = &page.terms {
        agreed(&mut lines, terms);
    } else if let Some(expires_at) = &page.expires_at {
        lines.push(("times out", expires_at.clone()));
    }
    for (name, text) in lines {
        writeln!(out, "  {name:<9}  {text}")?;
    }
    Ok(())
}

fn agreed(lines: &mut Vec<(&'static str, String)>, terms: &Agreed) {
    if let Some(item) = &terms.item {
        lines.push(("thing", item.clone()));
    }
    lines.push(("deposit", terms.deposit.clone()));
    let mut rent = match terms.unit {
        "fixed" => format!("{} for the time agreed", terms.rent),
        unit => format!("{} per {unit}", terms.rent),
    };
    if let Some(cap) = &terms.day_cap {
        rent.push_str(&format!(", at most {cap} in 24 hours"));
    }
    if let Some(price) = &terms.late_price {
        rent.push_str(&format!(", {price} per day late"));
    }
    if terms.grace_s > 0 {
        rent.push_str(&format!(", {} s of grace", terms.grace_s));
    }
    lines.push(("rent", rent));
    for (no, term) in (1..).zip(&terms.plan) {
        let buyout = term.buyout.as_ref().map(|price| format!(", or bought for {price} in all"));
        let text = format!("{} on {}{}", term.amount, term.due_at, buyout.unwrap_or_default());
        lines.push(("term", format!("{no}: {text}")));
    }
    lines.push(("from", terms.borrow_at.clone()));
    let moved = terms.first_expiry_at.as_ref().map(|first| format!(", moved from {first}"));
    lines.push(("until", format!("{}{}", terms.expiry_at, moved.unwrap_or_default())));
    if let Some(back) = &terms.returned_at {
        lines.push(("back", back.clone()));
    }
    if let Some(most) = &terms.risk_amount {
        lines.push(("at most", format!("{most} in all")));
    }
    if terms.guaranteed {
        lines.push(("guarantee", "the platform advances what the user cannot pay".into()));
    }
    if terms.credit_first {
        lines.push(("credit", "before the balance".into()));
    }
}

fn held(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    let Some(held) = &page.held else { return Ok(()) };
    writeln!(out)?;
    let mut rows = vec![row(["Held by", "amount", "taken", "given back", "still held"])];
    for part in held.lines.iter().chain([&held.all]) {
        let by = match part.by {
            "score" => "score (waived)",
            "credit" => "credit (held)",
            "cash" => "cash (frozen)",
            all => all,
        };
        rows.push(row([by, &part.amount, &part.taken, &part.given_back, &part.rest]));
    }
    table(out, &rows, 1)
}

fn life(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    writeln!(out)?;
    let mut rows = vec![row(["Time", "event", "what happened", "amount"])];
    for moment in &page.life {
        let amount = moment.amount.as_deref().unwrap_or_default();
        rows.push(row([&moment.time, &moment.event.to_string(), &moment.what, amount]));
    }
    table(out, &rows, 3)
}

fn charged(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    let Some(charged) = &page.charged else { return Ok(()) };
    writeln!(out)?;
    let mut rows = vec![row(["Charged", "", "amount", "reduced", "paid", "outstanding"])];
    for line in charged.lines.iter().chain([&charged.all]) {
        let no = line.item.map_or(String::new(), |no| no.to_string());
        let (what, amount) = (line.what.replace('_', " "), &line.amount);
        rows.push(row([&what, &no, amount, &line.reduced, &line.paid, &line.outstanding]));
    }
    table(out, &rows, 2)
}

fn paid(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    if page.paid.is_some() || page.advanced.is_some() {
        writeln!(out)?;
    }
    if let Some(paid) = &page.paid {
        let head = ["Paid by payment", "on", "to the", "frozen", "balance", "credit", "amount"];
        let mut rows = vec![row(head)];
        for line in paid.lines.iter().chain([&paid.all]) {
            let time = line.time.as_deref().unwrap_or_default();
            let (payment, to) = match (&line.payment, line.to) {
                (Some(payment), to) => (&**payment, to),
                (None, "platform") => ("what it had advanced", "platform"),
                (None, all) => (all, ""),
            };
            let (frozen, balance) = (&line.frozen, &line.balance);
            rows.push(row([payment, time, to, frozen, balance, &line.credit, &line.amount]));
        }
        table(out, &rows, 3)?;
    }
    match &page.advanced {
        Some(amount) => writeln!(out, "  advanced to the merchant by the platform: {amount}"),
        None => Ok(()),
    }
}

fn given_back(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    let back = &page.given_back;
    if page.held.is_none() && back.refunds.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let ended = if page.terms.is_some() { "waiver ended" } else { "credit no longer held" };
    let mut rows = vec![row(["Given back", "", "", "amount"])];
    rows.push(row(["cash released", "", "", &back.cash_released]));
    rows.push(row([ended, "", "", &back.credit_released]));
    for refund in &back.refunds {
        let of = match &refund.payment {
            Some(payment) => format!("refund of {payment}"),
            None => "of what was paid back to the platform".into(),
        };
        let why = refund.item.map_or(String::new(), |item| format!("charge {item} reduced"));
        rows.push(row([&of, &refund.time, &why, &refund.amount]));
    }
    if back.refunds.len() > 1 {
        rows.push(row(["all refunds", "", "", &back.refunded]));
    }
    table(out, &rows, 3)
}

fn totals(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    if page.totals.is_empty() {
        return Ok(());
    }
    let verdict = if page.adds_up { "which add up" } else { "WHICH DO NOT ADD UP" };
    writeln!(out, "\n  Totals, {verdict}")?;
    for Total { what, amount, parts, adds_up } in &page.totals {
        let parts: Vec<String> =
            parts.iter().map(|part| format!("{} {}", part.amount, part.what)).collect();
        let wrong = if *adds_up { "" } else { "   WRONG" };
        writeln!(out, "  {what} {amount} = {}{wrong}", parts.join(" + "))?;
    }
    Ok(())
}
