//! `verify`: folds a chain from nothing under every check of [`crate::checks`], and names the first
//! block, event and byte that does not hold. It does not ask whether the rules would decide the
//! same again; that is `audit`.

use crate::between::Traffic;
use crate::checks::{Check, Checked, Checks, Counts, Safeguarded};
use crate::follow::{Finding, Follower, Place, Trouble};
use crate::source::{Chain, Progress};
use groat_proto::json::time_text;
use groat_shard::{Block, Fault, Shard, hex};
use serde::Serialize;

/// What `verify` found in one chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// The shard.
    pub shard: u32,
    /// Whether every check passed.
    pub holds: bool,
    /// What went by, up to the first thing that does not hold.
    #[serde(flatten)]
    pub counts: Counts,
    /// Blocks of the log that came too late and are no part of the chain.
    pub late_blocks: u64,
    /// Number of the last event.
    pub last_event: u64,
    /// The ledger's time at the end.
    pub last_time: String,
    /// The hash of the last block.
    pub last_block: String,
    /// The digest of the state at the end.
    pub digest: String,
    /// The block after which the newest snapshot was taken.
    pub snapshot: Option<u64>,
    /// Each check and how often it was made.
    pub checks: Vec<Checked>,
    /// What was held for users and merchants, by currency.
    pub safeguarded: Vec<Safeguarded>,
    /// The first thing that does not hold.
    pub first_bad: Option<Finding>,
    /// For [`between`](crate::between()).
    #[serde(skip)]
    pub(crate) traffic: Traffic,
}

/// Verifies one chain. Trouble is only what says nothing about the books: a broker that is away.
pub fn verify(mut chain: Chain, progress: Progress<'_>) -> Result<VerifyReport, Trouble> {
    let mut follower = Follower::of(&chain);
    let (mut checks, mut traffic) = (Checks::default(), Traffic::default());
    let mut rested = None;
    let snapshot = chain.snapshot();
    let snapshot =
        snapshot.and_then(|kept| kept.map(|kept| Mark::of(chain.shard(), kept)).transpose());
    while let Some(bytes) = chain.next() {
        let block = match bytes {
            Ok(bytes) => follower.accept(&bytes),
            Err(fault) if chain.is_streamed() => return Err(fault.into()),
            Err(fault) => Err(unread(&follower, &fault)),
        };
        let folded = block.and_then(|block| {
            let Some(block) = block else { return Ok(None) };
            checks.decided_by(block.header.ruleset);
            follower.fold(&block, |books, at, folded| {
                checks.see(books, at, &folded);
                traffic.see(at, &folded);
            })?;
            Ok(Some(block))
        });
        // A check that fails within a block comes before what the fold stumbles over behind it.
        match folded {
            Err(finding) => _ = checks.first.get_or_insert(finding),
            Ok(None) => {}
            Ok(Some(block)) => {
                let snapshot = snapshot.as_ref().ok().and_then(Option::as_ref);
                after_block(&mut checks, &follower, &block, snapshot, &mut rested);
            }
        }
        if checks.first.is_some() {
            break;
        }
        progress(chain.done(), chain.total());
    }
    at_end(&mut checks, &follower, &snapshot);
    if let Some(books) = follower.books() {
        traffic.at_end(books);
    }
    Ok(report(&follower, checks, traffic, snapshot.ok().flatten().map(|mark| mark.number)))
}

/// What a snapshot says about the chain at its block.
struct Mark {
    number: u64,
    next_event: u64,
    block: [u8; 32],
    digest: [u8; 32],
}

impl Mark {
    fn of(shard: u32, (number, bytes): (u64, Vec<u8>)) -> Result<Mark, Fault> {
        let kept = Shard::from_snapshot(shard, &bytes)?;
        let head = kept.head();
        Ok(Mark {
            number,
            next_event: head.next_event,
            block: head.previous,
            digest: kept.books().digest(),
        })
    }
}

/// The digest of the state after a block, whose own header or a later one tells it.
type Taken = (u64, [u8; 32]);

fn after_block(
    checks: &mut Checks,
    follower: &Follower,
    block: &Block,
    snapshot: Option<&Mark>,
    rested: &mut Option<Taken>,
) {
    checks.counts.blocks += 1;
    let Some(books) = follower.books() else { return };
    checks.compare_touched(books, follower.head().shard);
    let (header, event) = (&block.header, follower.head().next_event);
    let at = end_of(follower, block.header.number, block.body.len());
    checks.note(Check::Chain, &at, event, Ok(()));
    if let Some(told) = &header.rested {
        let same = match rested.take().filter(|(number, _)| *number == told.number) {
            None => Err(format!(
                "the header tells a digest of the state after block {}, which was not put to rest",
                told.number
            )),
            Some((_, digest)) => compare(&digest, &told.state_digest),
        };
        checks.note(Check::Digests, &at, event, same);
    }
    let taken = snapshot.filter(|mark| mark.number == header.number);
    if header.state_digest.is_empty() && !header.rests && taken.is_none() {
        return;
    }
    let digest = books.digest();
    if header.rests || !header.state_digest.is_empty() {
        *rested = Some((header.number, digest));
    }
    if !header.state_digest.is_empty() {
        checks.note(Check::Digests, &at, event, compare(&digest, &header.state_digest));
    }
    if let Some(mark) = taken {
        let same = mark.block == block.hash && mark.next_event == event;
        let verdict = if !same {
            Err("the snapshot was taken after another block of this number".into())
        } else if mark.digest != digest {
            let (folded, kept) = (hex(&digest), hex(&mark.digest));
            Err(format!("the state has digest {folded}; the snapshot's rows have {kept}"))
        } else {
            Ok(())
        };
        checks.note(Check::Snapshot, &at, event, verdict);
    }
}

fn compare(folded: &[u8], recorded: &[u8]) -> Result<(), String> {
    if folded == recorded {
        return Ok(());
    }
    let (folded, recorded) = (hex(folded), hex(recorded));
    Err(format!("the state has digest {folded}; the header records {recorded}"))
}

fn at_end(checks: &mut Checks, follower: &Follower, snapshot: &Result<Option<Mark>, Fault>) {
    let last = follower.head().next_number.saturating_sub(1);
    let event = follower.head().next_event;
    let at = end_of(follower, last, 0);
    if follower.head().next_number == 0 {
        // Nothing that could hold; a chain that was begun has its claim.
        checks.note(Check::Chain, &at, event, Err("there are no blocks".into()));
    }
    if let Some(books) = follower.books()
        && checks.first.is_none()
    {
        checks.at_end(books, &at);
    }
    match snapshot {
        Err(fault) => checks.note(Check::Snapshot, &at, event, Err(fault.what.clone())),
        Ok(Some(mark)) if mark.number >= follower.head().next_number => {
            let what = format!("it is of block {}, which is not there", mark.number);
            checks.note(Check::Snapshot, &at, event, Err(what));
        }
        Ok(_) => {}
    }
}

/// The end of a block as a place.
fn end_of(follower: &Follower, block: u64, byte: usize) -> Place<'static> {
    Place { shard: follower.head().shard, block, byte, command: &[] }
}

fn unread(follower: &Follower, fault: &Fault) -> Finding {
    let head = follower.head();
    Finding {
        shard: head.shard,
        block: head.next_number,
        event: head.next_event,
        byte: None,
        byte_of: "block",
        check: "blocks can be read",
        what: fault.what.clone(),
    }
}

fn report(
    follower: &Follower,
    checks: Checks,
    traffic: Traffic,
    snapshot: Option<u64>,
) -> VerifyReport {
    let head = follower.head();
    let books = follower.books();
    VerifyReport {
        shard: head.shard,
        holds: checks.first.is_none(),
        counts: checks.counts,
        late_blocks: follower.late(),
        last_event: head.next_event.saturating_sub(1),
        last_time: time_text(books.map_or(0, |books| books.ledger().now())),
        last_block: hex(&head.previous),
        digest: books.map_or_else(String::new, |books| hex(&books.digest())),
        snapshot,
        checks: checks.made(),
        safeguarded: checks.safeguarded(),
        first_bad: checks.first,
        traffic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, chain_of, forged, with_events};
    use groat_proto::v1::event::Fact;

    fn check(chain: Chain) -> VerifyReport {
        verify(chain, &mut |_, _| {}).unwrap()
    }

    /// In a log; a store has one block per number, so there it is damage.
    #[test]
    fn late_blocks_of_a_log_are_counted_and_left_out() {
        let mut blocks = sample::day().blocks;
        let whole = check(chain_of(blocks.clone()));
        blocks.insert(2, blocks[1].clone());
        blocks.push(blocks[0].clone());
        let report = check(chain_of(blocks.clone()));
        assert_eq!((report.holds, report.late_blocks), (true, 2));
        assert_eq!(report.digest, whole.digest);
        let mut store = groat_shard::MemoryStore::default();
        for (number, block) in (0..).zip(&blocks) {
            groat_shard::Store::append(&mut store, number, block).unwrap();
        }
        let report = check(Chain::of_store(0, store));
        assert!(report.first_bad.unwrap().what.contains("a late one"));
    }

    fn bad(blocks: Vec<Vec<u8>>) -> Finding {
        let report = check(chain_of(blocks));
        assert!(!report.holds);
        report.first_bad.unwrap()
    }

    #[test]
    fn a_good_chain_holds() {
        let day = sample::day();
        let report = check(day.chain());
        assert_eq!(report.first_bad, None);
        assert!(report.holds);
        assert_eq!(report.digest, hex(&day.digest));
        assert_eq!(report.snapshot, Some(5));
        let expected = Counts {
            blocks: 6,
            inputs: 22,
            commands: 24,
            events: 32,
            accepted: 17,
            rejected: 4,
            replayed: 2,
            malformed: 1,
        };
        assert_eq!(report.counts, expected);
    }

    #[test]
    fn a_byte_flipped_anywhere_is_named_by_its_block() {
        let day = sample::day();
        for (number, bytes) in (0..).zip(&day.blocks) {
            for at in (0..bytes.len()).step_by(7) {
                let mut blocks = day.blocks.clone();
                blocks[number][at] ^= 0x10;
                let finding = bad(blocks);
                assert_eq!(finding.block, number as u64, "byte {at}: {finding}");
                assert!(finding.byte.is_some() && finding.byte_of == "block");
            }
        }
    }

    #[test]
    fn a_block_left_out_is_named() {
        for gone in 0..5 {
            let mut blocks = sample::day().blocks;
            blocks.remove(gone);
            let finding = bad(blocks);
            assert_eq!(finding.block, gone as u64, "{finding}");
            assert_eq!(finding.check, Check::Chain.name());
        }
        let mut day = sample::day();
        day.blocks.truncate(3);
        let report = check(day.chain());
        assert!(report.holds, "a shorter chain is a chain");
    }

    #[test]
    fn an_empty_chain_does_not_hold() {
        assert_eq!(bad(vec![]).what, "there are no blocks");
    }

    #[test]
    fn blocks_of_another_shard_are_named() {
        let mut blocks = sample::day().blocks;
        blocks[3] = sample::day_of(1).blocks[3].clone();
        let finding = bad(blocks);
        assert_eq!(finding.block, 3);
        assert!(finding.what.contains("of shard 1, not of shard 0"), "{finding}");
    }

    #[test]
    fn forged_events_are_named_by_check_block_and_event() {
        let day = sample::day();
        // Amounts that the fact does not say, and one that is not there.
        for (wanted, amount, check) in [
            (16, 691, Check::Payments),
            (17, 5, Check::Payments),
            (18, 2_000_000, Check::SignRules),
        ] {
            let blocks = forged(&day.blocks, |header, body| {
                *body = with_events(header, body, |number, event| {
                    if number == wanted {
                        event.movements[0].amount = amount;
                    }
                });
            });
            let finding = bad(blocks);
            assert_eq!((finding.block, finding.event), (2, wanted), "{finding}");
            assert_eq!(finding.check, check.name());
            assert_eq!(finding.byte_of, "body");
        }
    }

    #[test]
    fn spending_beyond_a_limit_is_found() {
        let blocks = forged(&sample::day().blocks, |header, body| {
            *body = with_events(header, body, |_, event| {
                if let Some(Fact::LimitsSet(limits)) = &mut event.fact {
                    limits.day.as_mut().unwrap().amount = 1_000;
                }
            });
        });
        let finding = bad(blocks);
        assert_eq!(finding.check, Check::Limits.name());
        assert!(finding.what.contains("alice") && finding.what.contains("day"), "{finding}");
    }

    #[test]
    fn digests_and_snapshots_are_compared() {
        let day = sample::day();
        let blocks = forged(&sample::rented_days().blocks, |header, _| {
            if let Some(byte) = header.state_digest.first_mut() {
                *byte ^= 1;
            }
        });
        assert_eq!(bad(blocks).check, Check::Digests.name());
        let told = forged(&sample::rented_days().blocks, |header, _| {
            if let Some(rested) = &mut header.rested {
                rested.state_digest[0] ^= 1;
            }
        });
        assert_eq!(bad(told).check, Check::Digests.name());
        let of_another = forged(&sample::rented_days().blocks, |header, _| header.rests = false);
        assert!(bad(of_another).what.contains("not put to rest"));

        let mut other = day.clone();
        other.snapshot.0 = 4;
        let finding = check(other.chain()).first_bad.unwrap();
        assert_eq!((finding.check, finding.block), (Check::Snapshot.name(), 4));
        let mut torn = day;
        torn.snapshot.1.truncate(100);
        let finding = check(torn.chain()).first_bad.unwrap();
        assert_eq!(finding.check, Check::Snapshot.name());
    }

    #[test]
    fn an_answer_too_many_or_missing_is_found() {
        let decided = [4u8, 0];
        let more = forged(&sample::day().blocks, |header, body| {
            if header.number == 1 {
                body.extend(decided);
            }
        });
        let more = bad(more);
        assert_eq!((more.block, more.check), (1, "events fit the state"));
        assert_eq!(more.what, "a command is answered that is not there");
        let fewer = forged(&sample::day().blocks, |header, body| {
            if header.number == 1 {
                body.truncate(body.len() - decided.len());
            }
        });
        let fewer = bad(fewer);
        assert_eq!((fewer.block, fewer.check), (1, "events fit the state"));
        assert_eq!(fewer.what, "the body ends before its last input is answered");
    }
}
