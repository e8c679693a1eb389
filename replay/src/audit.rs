//! `audit`: gives every recorded input again to a fresh shard, at the recorded times, and compares
//! what it seals with what was recorded. Finds what `verify` cannot: rules that have changed, and
//! decisions that were not made by the rules.

use crate::follow::{Finding, Follower, Trouble};
use crate::source::{Chain, Progress};
use groat_proto::Message;
use groat_proto::v1::{BlockHeader, Clock, DueEvent, Input};
use groat_shard::{Block, FrameKind, Inbound, RULESET, Shard, hex};
use serde::Serialize;

/// What `audit` found in one chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// The shard.
    pub shard: u32,
    /// Whether every block was decided the same again.
    pub holds: bool,
    /// Blocks that were.
    pub blocks: u64,
    /// Of these, blocks whose stored bytes and hash are the same too; others differ only in how
    /// they are compressed.
    pub blocks_same_bytes: u64,
    /// Inputs decided again.
    pub inputs: u64,
    /// Events that came of them and of the clock.
    pub events: u64,
    /// The digest of the state at the end.
    pub digest: String,
    /// The first difference.
    pub first_bad: Option<Finding>,
}

/// Decides all inputs of a chain again. Blocks that are damaged or do not continue the chain are
/// trouble; a block that would be decided otherwise is a finding of the report.
pub fn audit(mut chain: Chain, progress: Progress<'_>) -> Result<AuditReport, Trouble> {
    let mut recorded = Follower::of(&chain);
    let mut shard: Option<Shard> = None;
    let (mut blocks, mut same, mut inputs) = (0, 0, 0);
    let mut first_bad = None;
    while let Some(bytes) = chain.next() {
        let bytes = bytes?;
        let Some(block) = recorded.accept(&bytes)? else { continue };
        let terms = block.header.terms;
        let shard = match (&mut shard, terms) {
            (Some(shard), _) => shard,
            (none, Some(terms)) => none.insert(Shard::begin(chain.shard(), terms)),
            (None, None) => break,
        };
        let (again, again_bytes, stepped) = decide_again(shard, &block)?;
        if let Some(finding) = difference(&block, &again) {
            first_bad = Some(finding);
            break;
        }
        blocks += 1;
        same += u64::from(again_bytes == bytes);
        inputs += stepped;
        progress(chain.done(), chain.total());
    }
    if recorded.head().next_number == 0 {
        let (shard, what) = (chain.shard(), "there are no blocks".into());
        let check = "the rules decide it again";
        first_bad =
            Some(Finding { shard, block: 0, event: 1, byte: None, byte_of: "body", check, what });
    }
    Ok(AuditReport {
        shard: chain.shard(),
        holds: first_bad.is_none(),
        blocks,
        blocks_same_bytes: same,
        inputs,
        events: first_bad
            .as_ref()
            .map_or(recorded.head().next_event, |bad| bad.event)
            .saturating_sub(1),
        digest: shard.map_or_else(String::new, |shard| hex(&shard.books().digest())),
        first_bad,
    })
}

/// Does what led to a block again; gives the block, its bytes, and the number of inputs.
fn decide_again(shard: &mut Shard, block: &Block) -> Result<(Block, Vec<u8>, u64), Finding> {
    let header = &block.header;
    shard.decide_by(header.ruleset);
    let unreadable = |at, what| finding(block, header.first_event, Some(at), what);
    let mut inputs = 0;
    // A claim has no input.
    let claims = header.epoch > shard.head().epoch;
    let steps = steps_of(block, shard.books().ledger().now())
        .map_err(|at| unreadable(at, "a frame of the body cannot be read".into()))?;
    for step in steps.into_iter().filter(|_| !claims) {
        match step {
            Step::Input(Input { offset, time, record }) => {
                shard.step(Inbound { offset, time, record: &record });
                inputs += 1;
            }
            Step::Remittance(Input { offset, time, record }) => {
                let topic = header.inputs.first().map_or("", |range| range.topic.as_str());
                let received = shard.receive(topic, Inbound { offset, time, record: &record });
                received.map_err(|fault| unreadable(0, fault.what))?;
                inputs += 1;
            }
            Step::Tick { to, end } => shard.tick_within(to, end),
        }
    }
    let sealed = shard.seal_again(header);
    let again = Block::parse(&sealed.bytes).map_err(|bad| unreadable(bad.at, bad.what))?;
    Ok((again, sealed.bytes, inputs))
}

/// What the owner of a shard did.
enum Step {
    Input(Input),
    Remittance(Input),
    /// The clock was moved until the body had so many bytes, or that far.
    Tick {
        to: u64,
        end: usize,
    },
}

/// What led to a block's body, or the offset of a frame that cannot be read. `Due` and `Clock`
/// frames belong to the input before them while one of its commands is still to be decided; the
/// others come of a tick, which a `Clock` frame ends.
fn steps_of(block: &Block, mut now: u64) -> Result<Vec<Step>, usize> {
    let frames: Vec<_> = block.frames().collect::<Result<_, _>>().map_err(|bad| bad.at)?;
    let mut steps = Vec::new();
    for (no, (at, kind, bytes)) in frames.iter().enumerate() {
        now = match kind {
            FrameKind::Input => {
                steps.push(Step::Input(Input::decode(*bytes).map_err(|_| *at)?));
                continue;
            }
            FrameKind::Remittance => {
                steps.push(Step::Remittance(Input::decode(*bytes).map_err(|_| *at)?));
                continue;
            }
            FrameKind::Event | FrameKind::Decided => {
                // An input was still open: the ticks noted since it were its own.
                while matches!(steps.last(), Some(Step::Tick { .. })) {
                    steps.pop();
                }
                continue;
            }
            FrameKind::Due => DueEvent::decode(*bytes).map_err(|_| *at)?.at.max(now),
            FrameKind::Clock => now.saturating_add(Clock::decode(*bytes).map_err(|_| *at)?.advance),
        };
        let next = frames.get(no + 1);
        let goes_on = *kind == FrameKind::Due
            && matches!(next, Some((_, FrameKind::Due | FrameKind::Clock, _)));
        if !goes_on {
            steps.push(Step::Tick { to: now, end: next.map_or(block.body.len(), |next| next.0) });
        }
    }
    Ok(steps)
}

/// The first difference between a block as recorded and as decided again.
fn difference(recorded: &Block, again: &Block) -> Option<Finding> {
    let (old, new) = (&recorded.body, &again.body);
    let ruleset = recorded.header.ruleset;
    let ruled = if ruleset == RULESET {
        String::new()
    } else {
        format!("; it was decided by ruleset {ruleset}, this groat has {RULESET}")
    };
    if old != new {
        let byte = old.iter().zip(new).position(|(old, new)| old != new);
        let byte = byte.unwrap_or(old.len().min(new.len()));
        let (event, frame) = frame_at(recorded, byte);
        let what = format!("{frame} is recorded otherwise than the rules decide it again{ruled}");
        return Some(finding(recorded, event, Some(byte), what));
    }
    let field = header_difference(&recorded.header, &again.header)?;
    let what = format!("the header's {field} is recorded otherwise{ruled}");
    Some(finding(recorded, recorded.header.first_event, None, what))
}

/// The first field that differs. `ruleset` may: what it decided is what is compared. `compressed`
/// may: it says how a body is stored, not what it is; with it the hash may, and so the next block's
/// `previous`, which the chain was checked for.
pub(crate) fn header_difference(a: &BlockHeader, b: &BlockHeader) -> Option<&'static str> {
    let fields = [
        ("shard", a.shard != b.shard),
        ("epoch", a.epoch != b.epoch),
        ("number", a.number != b.number),
        ("first_event", a.first_event != b.first_event),
        ("events", a.events != b.events),
        ("inputs", a.inputs != b.inputs),
        ("time", a.time != b.time),
        ("terms", a.terms != b.terms),
        ("body_bytes", a.body_bytes != b.body_bytes),
        ("body_hash", a.body_hash != b.body_hash),
        ("state_digest", a.state_digest != b.state_digest),
        ("rests", a.rests != b.rests),
        ("rested", a.rested != b.rested),
        ("format", a.format != b.format),
    ];
    fields.into_iter().find(|(_, differs)| *differs).map(|(name, _)| name)
}

/// The event at or after a byte of the body, and what the frame there is.
fn frame_at(block: &Block, byte: usize) -> (u64, String) {
    let mut event = block.header.first_event;
    let mut frame = "the end of the body".to_owned();
    let mut frames = block.frames().flatten().peekable();
    while let Some((_, kind, bytes)) = frames.next() {
        let end = frames.peek().map_or(block.body.len(), |next| next.0);
        let here = byte < end;
        match kind {
            FrameKind::Input if here => {
                let offset = Input::decode(bytes).map_or(0, |input| input.offset);
                frame = format!("input {offset}");
            }
            FrameKind::Remittance if here => frame = "what another shard sent".into(),
            FrameKind::Due | FrameKind::Event if here => frame = format!("event {event}"),
            FrameKind::Decided if here => frame = "the answer to a command".into(),
            FrameKind::Clock if here => frame = "a movement of the clock".into(),
            FrameKind::Due | FrameKind::Event => event += 1,
            FrameKind::Input | FrameKind::Remittance | FrameKind::Decided | FrameKind::Clock => {}
        }
        if here {
            break;
        }
    }
    (event, frame)
}

fn finding(block: &Block, event: u64, byte: Option<usize>, what: String) -> Finding {
    Finding {
        shard: block.header.shard,
        block: block.header.number,
        event,
        byte,
        byte_of: "body",
        check: "the rules decide it again",
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, chain_of, forged, with_events};
    use groat_proto::v1::event::Fact;

    fn again(chain: Chain) -> AuditReport {
        audit(chain, &mut |_, _| {}).unwrap()
    }

    #[test]
    fn what_the_rules_decided_they_decide_again() {
        let day = sample::day();
        let report = again(day.chain());
        assert_eq!(report.first_bad, None);
        assert_eq!((report.blocks, report.blocks_same_bytes), (6, 6));
        assert_eq!((report.inputs, report.events), (22, 32));
        assert_eq!(report.digest, hex(&day.digest));
    }

    #[test]
    fn an_empty_chain_is_not_the_same_again() {
        let report = again(chain_of(vec![]));
        assert!(!report.holds && report.first_bad.unwrap().what == "there are no blocks");
    }

    #[test]
    fn another_compression_is_no_difference() {
        let day = sample::day();
        let report = again(chain_of(forged(&day.blocks, |_, _| {})));
        assert!(report.holds && report.blocks_same_bytes < report.blocks);
    }

    /// A transfer of another amount in fact and movement: it folds, but no rule decided it.
    #[test]
    fn an_event_that_no_rule_decided_is_named() {
        let blocks = forged(&sample::day().blocks, |header, body| {
            *body = with_events(header, body, |number, event| {
                if let (18, Some(Fact::Transferred(fact))) = (number, &mut event.fact) {
                    fact.amount = 1_999;
                    event.movements[0].amount = 1_999;
                }
            });
            sample::without_digests(header);
        });
        let report = again(chain_of(blocks));
        let finding = report.first_bad.unwrap();
        assert_eq!((finding.block, finding.event), (2, 18), "{finding}");
        assert!(finding.byte.is_some() && finding.what.starts_with("event 18"), "{finding}");
        assert_eq!((report.blocks, report.events), (2, 17));
    }

    #[test]
    fn another_header_is_named() {
        let blocks = forged(&sample::day().blocks, |header, _| {
            if let Some(range) = header.inputs.first_mut() {
                range.partition = 7;
            }
        });
        let finding = again(chain_of(blocks)).first_bad.unwrap();
        assert!(finding.block == 1 && finding.what.contains("inputs"), "{finding}");
    }

    #[test]
    fn a_claim_is_claimed_again() {
        let blocks = forged(&sample::day().blocks, |header, _| {
            header.epoch += u64::from(header.number > 0);
        });
        let finding = again(chain_of(blocks)).first_bad.unwrap();
        assert_eq!(finding.block, 1, "a claim has no input: {finding}");
    }
}
