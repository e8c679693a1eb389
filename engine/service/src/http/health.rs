//! Whether a process lives, and whether its shards serve.
//!
//! Alive is what only a restart mends if it is not: the thread that polls the consumer group turns,
//! and whoever reads this was answered. A broker that is away is no reason to restart, and neither
//! is a shard that a fault has stopped: others go on, and a process none of whose shards can go on
//! ends by itself. Ready is more: the broker answers, the group has said which shards are ours, and
//! each of them has decided what it found in its input. It stays ready while its input is ahead
//! later: that is load, and a matter of `groat_input_lag`.

use super::About;
use super::words::since;
use crate::kafka::status::{Phase, ShardView, View};
use crate::limits::{GROUP_PAUSE_MAX, WATCH_AGE_MAX};
use std::fmt::Write;
use std::time::Duration;

/// Why the process should be started anew, if it should.
pub(super) fn dead(view: &View, now: u64) -> Option<String> {
    let polled = view.process.polled_ms.filter(|polled| is_older(*polled, now, GROUP_PAUSE_MAX));
    let hangs = polled.filter(|_| !view.process.is_stopping)?;
    Some(format!(
        "the consumer group was not polled for {}: that thread hangs or has died; start this \
         process anew",
        since(hangs, now)
    ))
}

/// What is said of a process that lives.
pub(super) fn alive_text(view: &View, now: u64) -> String {
    let mut text = String::from("alive\n");
    for (shard, one) in view.shards.iter().filter(|(_, one)| one.phase == Phase::Stopped) {
        let _ = writeln!(text, "{}", stopped(*shard, one, now));
    }
    text
}

/// Everything that keeps it from being ready, a sentence each.
pub(super) fn not_ready(about: &About, view: &View, now: u64) -> Vec<String> {
    let mut reasons = Vec::new();
    let process = &view.process;
    if process.is_stopping {
        reasons.push("this process was asked to stop: its shards finish their block".into());
    }
    let brokers = &about.brokers;
    match (&process.silence, process.answered_ms) {
        (Some((from, why)), _) => {
            let time = since(*from, now);
            reasons.push(format!("the broker ({brokers}) does not answer, for {time} now: {why}"));
        }
        (None, None) => reasons.push(format!("the broker ({brokers}) has not answered yet")),
        (None, Some(answered)) if is_older(answered, now, WATCH_AGE_MAX) => {
            let time = since(answered, now);
            reasons.push(format!("the broker ({brokers}) was not heard of for {time}"));
        }
        (None, Some(_)) => {}
    }
    if !process.has_joined {
        let why = "it has not joined yet, or the group missed it";
        reasons.push(format!("this process is no member of the consumer group now: {why}"));
    }
    reasons.extend(view.shards.iter().filter_map(|(shard, one)| of_shard(*shard, one, now)));
    reasons
}

/// What keeps a shard of ours from serving.
fn of_shard(shard: u32, one: &ShardView, now: u64) -> Option<String> {
    let time = since(one.since_ms, now);
    let read = one.block.map_or_else(String::new, |block| format!(" (at block {block})"));
    let trouble = one.trouble.as_ref().map_or_else(String::new, |text| format!(": {text}"));
    let reason = match one.phase {
        Phase::Elsewhere | Phase::Following => return None,
        Phase::Restoring => {
            format!("its local copy is being read, for {time} now{read}{trouble}")
        }
        Phase::Claiming => {
            format!("its log is being read and claimed, for {time} now{read}{trouble}")
        }
        Phase::CatchingUp => {
            let (at, to) = (one.position.unwrap_or(0), one.target.unwrap_or(0));
            format!("it catches up with its input, for {time} now: at offset {at} of {to}{trouble}")
        }
        Phase::Waiting => {
            format!("another process took it {time} ago; taken back if it stays ours{trouble}")
        }
        Phase::Releasing => "it is given away: it finishes its block".into(),
        Phase::Stopped => return Some(stopped(shard, one, now)),
        Phase::Serving => match (&one.trouble, &one.end_unknown) {
            (Some(trouble), _) => trouble.clone(),
            (None, Some(why)) => format!("nobody knows where its input ends: {why}"),
            (None, None) => return None,
        },
    };
    Some(format!("shard {shard}: {reason}"))
}

fn stopped(shard: u32, one: &ShardView, now: u64) -> String {
    let time = since(one.since_ms, now);
    let fault = one.fault.as_ref().map_or_else(String::new, |(_, fault)| format!(": {fault}"));
    format!("shard {shard} has stopped {time} ago{fault}")
}

/// What `/readyz` says.
pub(super) fn ready_text(view: &View, reasons: &[String], now: u64) -> String {
    let mut text = String::from(if reasons.is_empty() { "ready\n" } else { "not ready\n" });
    for reason in reasons {
        let _ = writeln!(text, "{reason}");
    }
    let ours = view.shards.iter().filter(|(_, one)| one.phase == Phase::Serving);
    for (shard, one) in ours.filter(|(shard, one)| of_shard(**shard, one, now).is_none()) {
        let at = one.position.unwrap_or(0);
        let lag = one.lag().map_or_else(String::new, |lag| format!(", {lag} behind"));
        let _ = writeln!(text, "shard {shard} serves: at offset {at} of its input{lag}");
    }
    if reasons.is_empty() && !view.shards.values().any(|one| one.phase.is_ours()) {
        text.push_str("the group has given this process no shard\n");
    }
    text
}

fn is_older(at: u64, now: u64, age: Duration) -> bool {
    u128::from(now.saturating_sub(at)) > age.as_millis()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, about, serving};
    use super::*;
    use crate::kafka::status::{ShardStatus, Status};
    use groat_shard::Fault;

    type Change = fn(&Status, &ShardStatus);

    /// What happens to a process that serves, what keeps it from being ready then, and whether that
    /// is a reason to restart it.
    #[test]
    fn what_is_not_ready_says_why_and_lives() {
        let fault = || Fault::new("block 3 is gone", "restore it");
        let cases: &[(Change, &str)] = &[
            (|_, _| {}, ""),
            (|all, _| all.answered(Err("no".into()), NOW - 12_000), "does not answer, for 12 s"),
            (|all, _| all.answered(Ok(()), NOW - 31_000), "was not heard of for 31 s"),
            (|all, _| all.stops(), "was asked to stop"),
            (|all, _| all.has_joined(false), "is no member of the consumer group now"),
            (|_, one| one.comes_to(Phase::Restoring, NOW), "shard 0: its local copy is being read"),
            (|_, one| one.comes_to(Phase::Claiming, NOW), "shard 0: its log is being read"),
            (|_, one| one.starts_at(3, 8, NOW - 2_000), "for 2 s now: at offset 3 of 8"),
            (|_, one| one.comes_to(Phase::Waiting, NOW - 2_000), "another process took it 2 s ago"),
            (|_, one| one.comes_to(Phase::Releasing, NOW), "it is given away"),
            (|_, one| one.is_in_trouble(Some("again until X".into())), "shard 0: again until X"),
            (|_, one| one.ends_at(Err("no leader".into())), "where its input ends: no leader"),
            // What others have is no business of ours.
            (|_, one| one.comes_to(Phase::Elsewhere, NOW), ""),
            (|all, _| all.shard(1).is_in_trouble(Some("not followed".into())), ""),
            // More input than is decided is load.
            (|_, one| one.ends_at(Ok(1_000_000)), ""),
        ];
        for (change, says) in cases {
            let status = serving();
            change(&status, &status.shard(0));
            let view = status.view();
            let reasons = not_ready(&about(), &view, NOW);
            match *says {
                "" => assert_eq!(reasons, [""; 0]),
                says => assert!(reasons.len() == 1 && reasons[0].contains(says), "{reasons:?}"),
            }
            assert_eq!(dead(&view, NOW), None, "{says}");
        }
        let status = serving();
        status.shard(2).stops(&fault(), NOW - 5_000);
        let view = status.view();
        let reasons = not_ready(&about(), &view, NOW).concat();
        assert!(reasons.contains("shard 2 has stopped 5 s ago: block 3 is gone"), "{reasons}");
        assert!(reasons.contains("what to do: restore it"), "{reasons}");
        assert_eq!(dead(&view, NOW), None, "others go on");
        assert!(alive_text(&view, NOW).starts_with("alive\nshard 2 has stopped"));
    }

    #[test]
    fn what_has_just_started_is_alive_and_not_ready() {
        let view = Status::default().view();
        assert_eq!(dead(&view, NOW), None);
        assert_eq!(not_ready(&about(), &view, NOW).len(), 2, "no broker, no group yet");
    }

    #[test]
    fn a_process_that_does_not_poll_its_group_is_dead_unless_it_stops() {
        let status = serving();
        status.polled(NOW - 60_000);
        assert_eq!(dead(&status.view(), NOW), None);
        status.polled(NOW - 61_000);
        assert!(dead(&status.view(), NOW).unwrap().contains("was not polled for 1 min 1 s"));
        status.stops();
        assert_eq!(dead(&status.view(), NOW), None, "it waits for its shards, and ends");
    }

    #[test]
    fn who_is_ready_says_how_far_it_is() {
        let status = serving();
        let text = ready_text(&status.view(), &[], NOW);
        assert_eq!(text, "ready\nshard 0 serves: at offset 9 of its input, 0 behind\n");
        status.shard(0).comes_to(Phase::Elsewhere, NOW);
        let text = ready_text(&status.view(), &[], NOW);
        assert_eq!(text, "ready\nthe group has given this process no shard\n");
    }
}
