//! How an owner takes its shard over: phases 1 to 5 of [`owner`](super::owner).

use super::back::{Back, Job};
use super::catch_up::{CatchUp, LocalCopy};
use super::commit::{Commits, Work};
use super::log::{Extent, Log, Trouble};
use super::owner::{Means, Settings, Source};
use super::status::Phase;
use super::told::Leaving;
use crate::clock::Clock;
use crate::limits::{BROKER_PATIENCE, RETRY_PAUSE};
use groat_proto::v1::ChainTerms;
use groat_shard::{Fault, Hash, Messages, Shard, Store, Tail, hex};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A shard that was taken over, but for what is behind its owner.
pub struct Taken<S, K> {
    pub(super) settings: Settings,
    pub(super) source: S,
    pub(super) clock: K,
    pub(super) shard: Shard,
    pub(super) tail: Tail,
    pub(super) committed: (u64, Hash),
    pub(super) told_after: Option<u64>,
}

/// What [`take_over`] gives: what decides, and what commits behind it.
pub type TakenOver<C, L, S, K> = (Taken<S, K>, Back<<C as LocalCopy>::Store, L, K>);

/// Takes a shard over, or says why it cannot.
pub fn take_over<C: LocalCopy, L: Log, S: Source, K: Clock + Clone>(
    settings: &Settings,
    means: Means<C, L, S, K>,
    stop: &Arc<AtomicBool>,
) -> Result<TakenOver<C, L, S, K>, Fault> {
    let Means { mut copy, followed, log, mut source, clock } = means;
    let status = &settings.status;
    status.comes_to(Phase::Restoring, clock.wall_ms());
    let mut caught = match followed {
        Some(followed) => followed,
        None => CatchUp::from_local(settings, &mut copy)?,
    };
    let terms = caught.shard.as_ref().map_or(settings.terms, |shard| *shard.books().terms());
    let others = others(settings.shard, &terms);
    status.comes_to(Phase::Claiming, clock.wall_ms());
    let (until, tell) = (Arc::clone(stop), Arc::clone(status));
    let mut commits = Commits::new(settings.shard, others, log, until, tell);
    let claim = claim(settings, &mut commits, &clock, &mut caught, stop)?;
    let CatchUp { mut store, shard, tail, last_work, resting, taken, .. } = caught;
    let mut shard = shard.unwrap_or_else(|| Shard::begin(settings.shard, settings.terms));
    store.sync()?;
    let head = shard.head();
    let next = head.next_offset(&settings.topic, settings.shard);
    let (number, epoch) = (head.next_number.saturating_sub(1), head.epoch);
    let (inputs, messages, first_event) = match last_work {
        Some(last) => (last.inputs(), last.messages(), last.first_event()),
        None => (Vec::new(), Messages::default(), head.next_event),
    };
    let first_offset = inputs.first().map_or(next, |input| input.offset);
    commits.read_told(&clock, first_offset, first_event)?;
    let leaving = Leaving { messages, inputs, next_event: head.next_event };
    // Mostly there is nothing to tell again.
    commits.commit(&clock, &Work { number, epoch, bytes: &claim, leaving: &leaving }, true)?;
    commits.has_left(leaving);
    let next_transfer = head.next_offset(&settings.transfers, settings.shard);
    source.start_at(next, terms.transfers.then_some(next_transfer))?;
    status.stands_at(&shard, tail.blocks);
    tracing::info!(
        shard = settings.shard,
        block = number,
        epoch,
        next_offset = next,
        blocks_read = taken,
        state_digest = hex(&shard.books().digest()),
        "shard is owned"
    );
    let last = (number, head.previous);
    let resting = resting.map_or((0, [0; 32]), |at| (at.number, at.hash));
    let (clock_behind, tell) = (clock.clone(), Arc::clone(status));
    let mut back = Back { commits, clock: clock_behind, store, last, resting, status: tell };
    move_time_as_told(settings, &mut shard, &mut back)?;
    let (committed, told_after) = (back.last, back.commits.told_after());
    let settings = settings.clone();
    Ok((Taken { settings, source, clock, shard, tail, committed, told_after }, back))
}

/// An earlier owner moved the clock, and its block is not in the log, but what fell due was
/// told. Input alone would not bring it about in the same order if that owner's clock was
/// ahead, or if it was due before something else that the owner had seen, so the clock is moved as
/// far again. That it leads to what was told is tried first.
fn move_time_as_told<St: Store, L: Log, K: Clock>(
    settings: &Settings,
    shard: &mut Shard,
    back: &mut Back<St, L, K>,
) -> Result<(), Fault> {
    let next = shard.head().next_offset(&settings.topic, settings.shard);
    let received = shard.books().ledger().received();
    if back.commits.told_after().is_some_and(|after| after > received) {
        return Ok(());
    }
    let Some(until) = back.commits.told_by_a_tick(next) else { return Ok(()) };
    let mut trial = Shard::from_snapshot(settings.shard, &shard.snapshot())?;
    trial.tick_within(until, settings.block_bytes);
    let sealed = trial.seal(&settings.topic, false);
    if !back.commits.are_what_was_told(&Messages::from(&sealed.outbound)) {
        return Ok(());
    }
    shard.tick_within(until, settings.block_bytes);
    back.take(Job::Block(Box::new(shard.close(&settings.topic)), Vec::new())).map(|_| ())
}

/// The shards to which one sends, and which send to it.
fn others(shard: u32, terms: &ChainTerms) -> Vec<u32> {
    if terms.transfers { (0..terms.shards).filter(|s| *s != shard).collect() } else { Vec::new() }
}

/// Claims the shard until a claim of ours is the end of the chain; gives that claim. A block of an
/// earlier owner that got in before it is followed, and the shard claimed anew. Where the log has
/// lost its last block, which it had acknowledged, and the local copy has it, the log is given it
/// again first: the identical bytes, in the place where nobody has written since.
fn claim<St: Store>(
    settings: &Settings,
    commits: &mut Commits<impl Log>,
    clock: &impl Clock,
    caught: &mut CatchUp<St>,
    stop: &AtomicBool,
) -> Result<Vec<u8>, Fault> {
    let started = clock.elapsed();
    let mut sent: Option<(Vec<u8>, Hash)> = None;
    let mut fence = true;
    loop {
        if fence {
            commits.renew(clock)?;
        }
        let (mut prevailed, mut followed) = (false, false);
        caught.begins_to_compare();
        let from = caught.read_from();
        // What is undecided is ended by our claim at the latest, so it is waited for behind that.
        let extent = if fence { Extent::Committed } else { Extent::Decided };
        commits.read(clock, from, extent, &mut |bytes| {
            if let Some((_, hash)) = caught.take(settings, bytes)? {
                followed = prevailed;
                prevailed |= sent.as_ref().is_some_and(|(_, ours)| *ours == hash);
            }
            Ok(())
        })?;
        let unlogged = if fence { caught.unlogged_last()? } else { None };
        if unlogged.is_none() {
            caught.check(settings)?;
        }
        match sent {
            Some(_) if followed => return Err(commits.lost("it was claimed right after our claim")),
            Some((bytes, _)) if prevailed => return Ok(bytes),
            _ => {}
        }
        let taken = if let Some(bytes) = unlogged {
            tracing::warn!(
                shard = settings.shard,
                block = caught.next_number().saturating_sub(1),
                "the log does not have the last block of the local copy any more, which it had \
                 acknowledged: it is given it again"
            );
            commits.send_block(&bytes)
        } else {
            let shard =
                caught.shard.get_or_insert_with(|| Shard::begin(settings.shard, settings.terms));
            let (claim, _) = sent.insert(shard.propose_claim(&settings.owner));
            commits.send_block(claim)
        };
        fence = taken.is_err();
        let fault = match taken {
            Ok(()) => continue,
            Err(Trouble::Stop(fault)) => return Err(fault),
            Err(Trouble::Failed(fault) | Trouble::Fenced(fault)) => fault,
            Err(Trouble::TooLarge) => commits.lost("its topic lets no claim through"),
        };
        if stop.load(Ordering::Relaxed) || clock.elapsed() - started > BROKER_PATIENCE {
            return Err(fault);
        }
        tracing::warn!(shard = settings.shard, "claimed again: {}", fault.what);
        settings.status.is_in_trouble(Some(format!("claimed again: {}", fault.what)));
        clock.pause(RETRY_PAUSE);
    }
}
