//! `/`: what to look at first, for whoever was woken. One table of shards, no scripts.

use super::About;
use super::health::not_ready;
use super::words::{escaped, grouped, millis, since};
use crate::bench::measure::status_kib;
use crate::kafka::status::{Phase, ShardView, View};
use std::fmt::Write;

const STYLE: &str = "\
body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem auto;max-width:78rem;padding:0 1rem;\
color:#1c1c1c;background:#fff}\
h1{font-size:1.4rem;margin:0 0 .6rem}\
.good{color:#0a6b2d}.bad{color:#b00020}\
table{border-collapse:collapse;width:100%;margin:1rem 0}\
th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid #ddd;white-space:nowrap;\
font-variant-numeric:tabular-nums}\
th{font-weight:600;color:#555}th.left,td.left{text-align:left}\
tr.note td{text-align:left;white-space:pre-wrap;border-bottom:1px solid #ddd;padding-top:0}\
tr.noted td{border-bottom:0}\
.quiet{color:#666}\
.wide{overflow-x:auto}";

/// The page.
pub(super) fn html(about: &About, view: &View, now: u64) -> String {
    let reasons = not_ready(about, view, now);
    let (word, class) = if reasons.is_empty() { ("ready", "good") } else { ("not ready", "bad") };
    let name = about.instance.as_ref().map_or_else(String::new, |name| format!(" {name}"));
    let name = escaped(&name);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>groat{name}: {word}</title><style>{STYLE}</style></head><body>\n\
         <h1>groat{name}: <span class=\"{class}\">{word}</span></h1>\n"
    );
    if !reasons.is_empty() {
        page.push_str("<ul>\n");
        for reason in &reasons {
            let _ = writeln!(page, "<li class=\"bad\">{}</li>", escaped(reason));
        }
        page.push_str("</ul>\n");
    }
    let _ = writeln!(page, "<p>{}</p>", process(about, view, now));
    page.push_str(
        "<div class=\"wide\"><table>\n<tr><th>shard</th><th class=\"left\">state</th><th>for</th>\
         <th>position</th><th>input end</th><th>lag</th><th>last block</th><th>ago</th>\
         <th>commit took</th><th>disk took</th><th>commands</th><th>rejected</th>\
         <th>accounts</th></tr>\n",
    );
    for (shard, one) in &view.shards {
        row(&mut page, *shard, one, now);
    }
    if view.shards.is_empty() {
        page.push_str("<tr><td class=\"left\" colspan=\"13\">not known yet</td></tr>\n");
    }
    page.push_str(
        "</table></div>\n<p class=\"quiet\">Lag: offsets published and not committed. Commands are \
         those of this process since its start. Reload for news.</p>\n\
         <p><a href=\"/healthz\">/healthz</a> <a href=\"/readyz\">/readyz</a> \
         <a href=\"/metrics\">/metrics</a></p>\n</body></html>\n",
    );
    page
}

/// What is to be said of the process.
fn process(about: &About, view: &View, now: u64) -> String {
    let About { brokers, prefix, group, started_ms, .. } = about;
    let broker = match (&view.process.silence, view.process.answered_ms) {
        (Some((from, _)), _) => format!("<b class=\"bad\">silent for {}</b>", since(*from, now)),
        (None, Some(at)) => format!("answered {} ago", since(at, now)),
        (None, None) => "not heard of yet".into(),
    };
    let memory = status_kib("VmRSS")
        .map_or_else(String::new, |kib| format!(", {} MiB of memory", grouped(kib / 1_024)));
    format!(
        "Broker {}: {broker}. Topics {}.*, group {}. Version {}, up {}{memory}.",
        escaped(brokers),
        escaped(prefix),
        escaped(group),
        env!("CARGO_PKG_VERSION"),
        since(*started_ms, now),
    )
}

/// A shard, and under it what is wrong.
fn row(page: &mut String, shard: u32, one: &ShardView, now: u64) {
    let number = |value: Option<u64>| value.map_or_else(String::new, grouped);
    let ours = |value: u64| if one.phase.is_ours() { grouped(value) } else { String::new() };
    let (is_here, done) = (one.phase != Phase::Elsewhere, &one.done);
    let note = note(one, now);
    let class = match one.phase {
        Phase::Serving if note.is_empty() => "good",
        Phase::Elsewhere | Phase::Following if note.is_empty() => "quiet",
        Phase::Elsewhere => "quiet",
        _ => "bad",
    };
    let noted = if note.is_empty() { "" } else { " class=\"noted\"" };
    let _ = write!(
        page,
        "<tr{noted}><td>{shard}</td><td class=\"left {class}\">{}</td>",
        one.phase.name().replace('_', " ")
    );
    let known = |text: String| if is_here { text } else { String::new() };
    for cell in [
        if one.since_ms == 0 { String::new() } else { since(one.since_ms, now) },
        number(one.position),
        number(one.end),
        number(one.lag()),
        known(number(one.block)),
        known(one.block_ms.map_or_else(String::new, |at| since(at, now))),
        known(one.commits.last_us.map_or_else(String::new, millis)),
        known(one.writes.last_us.map_or_else(String::new, millis)),
        ours(done.commands()),
        ours(done.rejected),
        known(grouped(one.accounts)),
    ] {
        let _ = write!(page, "<td>{cell}</td>");
    }
    page.push_str("</tr>\n");
    if !note.is_empty() {
        let note = escaped(&note);
        let _ = writeln!(page, "<tr class=\"note\"><td></td><td colspan=\"12\">{note}</td></tr>");
    }
}

/// What is wrong with it, or was last.
fn note(one: &ShardView, now: u64) -> String {
    let mut lines: Vec<String> = one.trouble.iter().cloned().collect();
    if let Some((block, from)) = one.committing.filter(|(_, from)| now > from.saturating_add(1_000))
    {
        lines.push(format!("block {block} is being committed for {} now", since(from, now)));
    }
    lines.extend(one.end_unknown.iter().map(|why| format!("the end of its input: {why}")));
    if let Some((at, fault)) = &one.fault {
        lines.push(format!("last fault, {} ago: {fault}", since(*at, now)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, about, serving};
    use super::*;
    use groat_shard::Fault;

    #[test]
    fn it_says_what_is_so_and_escapes_it() {
        let status = serving();
        let page = html(&about(), &status.view(), NOW);
        assert!(page.contains("<h1>groat bank-&lt;1&gt;: <span class=\"good\">ready"), "{page}");
        assert!(page.contains("<td>0</td><td class=\"left good\">serving</td>"), "{page}");
        assert!(page.contains("<td class=\"left quiet\">following</td>"), "{page}");
        assert!(page.contains("answered 1 s ago"), "{page}");
        assert!(!page.contains("<ul>") && !page.contains("<script"), "{page}");
        status.shard(2).stops(&Fault::new("<block 3> is gone", "restore it"), NOW - 61_000);
        status.answered(Err("no route".into()), NOW - 2_000);
        let page = html(&about(), &status.view(), NOW);
        assert!(page.contains("<span class=\"bad\">not ready</span>"), "{page}");
        assert!(page.contains("does not answer, for 2 s now: no route</li>"), "{page}");
        assert!(page.contains("<td class=\"left bad\">stopped</td>"), "{page}");
        assert!(page.contains("last fault, 1 min 1 s ago: &lt;block 3&gt; is gone\n"), "{page}");
        assert_eq!(page.matches("<tr").count(), page.matches("</tr>").count());
    }

    #[test]
    fn a_commit_that_takes_long_is_shown() {
        let status = serving();
        status.shard(0).commits(12, NOW - 900);
        assert_eq!(note(&status.shard(0).view(), NOW), "");
        status.shard(0).commits(12, NOW - 4_000);
        assert_eq!(note(&status.shard(0).view(), NOW), "block 12 is being committed for 4 s now");
    }
}
