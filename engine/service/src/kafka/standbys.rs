//! The standbys of a process: a thread for each shard that another process owns.

use super::broker_log::BrokerLog;
use super::catch_up::{CatchUp, Directory};
use super::owner::Settings;
use super::settings;
use super::standby::Standby;
use super::status::{Phase, Status};
use crate::clock;
use crate::config::Config;
use crate::limits::{STANDBY_AGAIN, STANDBY_PAUSE};
use groat_shard::{Fault, SledStore};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

/// See the module. With none wanted it does nothing.
pub(super) struct Standbys {
    config: Config,
    shards: u32,
    status: Arc<Status>,
    following: Mutex<BTreeMap<u32, Following>>,
}

/// A shard being followed.
pub(super) struct Following {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Option<Standby<SledStore, BrokerLog>>>,
    since: Instant,
}

impl Standbys {
    pub(super) fn new(config: &Config, shards: u32, status: &Arc<Status>) -> Standbys {
        let (config, status) = (config.clone(), Arc::clone(status));
        Standbys { config, shards, status, following: Mutex::default() }
    }

    /// Sees that every shard is followed that is not owned here. One that could not be followed is
    /// tried again after a while.
    pub(super) fn follow_all_but(&self, is_owned: impl Fn(u32) -> bool) {
        let Ok(mut following) = self.following.lock() else { return };
        if !self.config.standby {
            return;
        }
        for shard in (0..self.shards).filter(|shard| !is_owned(*shard)) {
            let goes_on = following.get(&shard).is_some_and(|one| {
                !one.thread.is_finished() || one.since.elapsed() < STANDBY_AGAIN
            });
            if !goes_on && let Some(one) = self.start(shard) {
                following.insert(shard, one);
            }
        }
    }

    fn start(&self, shard: u32) -> Option<Following> {
        let status = self.status.shard(shard);
        status.comes_to(Phase::Following, clock::wall_ms());
        let settings = settings(&self.config, shard, self.shards, status);
        let copy = Directory::of(&self.config, shard);
        let log = BrokerLog::new(self.config.clone(), shard);
        let stop = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name(format!("standby-{shard}"));
        let thread = thread.spawn(move || match follow(&settings, copy, log, &until) {
            Ok(standby) => Some(standby),
            Err(fault) => {
                tracing::error!(shard, "the shard is not followed: {fault}");
                if !until.load(Ordering::Relaxed) {
                    settings.status.is_not_followed(&fault, clock::wall_ms());
                }
                None
            }
        });
        let thread =
            thread.inspect_err(|e| tracing::error!(shard, "no thread for a standby: {e}")).ok()?;
        Some(Following { stop, thread, since: clock::start() })
    }

    /// Stops following a shard that is to be owned here.
    pub(super) fn stop(&self, shard: u32) -> Option<Following> {
        let following = self.following.lock().ok()?.remove(&shard)?;
        following.stop.store(true, Ordering::Relaxed);
        Some(following)
    }

    /// Stops following at all.
    pub(super) fn stop_all(&self) {
        let all: Vec<_> = (0..self.shards).filter_map(|shard| self.stop(shard)).collect();
        all.into_iter().for_each(|following| drop(following.ended()));
    }
}

impl Following {
    /// The shard as it was followed, or nothing where that was not possible.
    pub(super) fn ended(self) -> Option<CatchUp<SledStore>> {
        let standby = self.thread.join().ok().flatten()?;
        let handed = standby.hand_over();
        handed.inspect_err(|fault| tracing::warn!("what was followed is not used: {fault}")).ok()
    }
}

fn follow(
    settings: &Settings,
    mut copy: Directory,
    log: BrokerLog,
    stop: &AtomicBool,
) -> Result<Standby<SledStore, BrokerLog>, Fault> {
    let mut standby = Standby::start(settings, &mut copy, log)?;
    let (shard, next_block) = (settings.shard, standby.next_number());
    tracing::info!(shard, next_block, "shard is followed");
    while !stop.load(Ordering::Relaxed) {
        if standby.turn(stop)? {
            let last = standby.next_number().checked_sub(1);
            settings.status.has_followed(last, clock::wall_ms());
        }
        std::thread::sleep(STANDBY_PAUSE);
    }
    Ok(standby)
}
