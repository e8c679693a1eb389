//! A standby: a shard that another process owns, followed block by block, so that taking it over
//! reads only what is new. It decides nothing and writes nothing but the local copy.

use super::catch_up::{CatchUp, LocalCopy};
use super::log::{Extent, Log, Trouble};
use super::owner::Settings;
use groat_shard::{Fault, Store};
use std::sync::atomic::{AtomicBool, Ordering};

/// See the module.
pub struct Standby<St, L> {
    settings: Settings,
    caught: CatchUp<St>,
    log: L,
}

impl<St: Store, L: Log> Standby<St, L> {
    /// Begins with what the local copy has.
    pub fn start(
        settings: &Settings,
        copy: &mut impl LocalCopy<Store = St>,
        log: L,
    ) -> Result<Standby<St, L>, Fault> {
        let caught = CatchUp::from_local(settings, copy)?;
        Ok(Standby { settings: settings.clone(), caught, log })
    }

    /// Follows what is committed now, or until `stop`; whether it came to the end. That the broker
    /// does not answer is no fault: the next turn asks again.
    pub fn turn(&mut self, stop: &AtomicBool) -> Result<bool, Fault> {
        let Standby { settings, caught, log } = self;
        let from = caught.read_from();
        let read = log.read_blocks(from, Extent::Committed, &mut |bytes| {
            if stop.load(Ordering::Relaxed) {
                return Err(Fault::new("it is let go of", "nothing"));
            }
            caught.take_and_rest(settings, bytes)
        });
        match read {
            Err(Trouble::Stop(_)) if stop.load(Ordering::Relaxed) => Ok(false),
            Err(Trouble::Stop(fault)) => Err(fault),
            Err(Trouble::Failed(fault) | Trouble::Fenced(fault)) => {
                tracing::debug!(shard = settings.shard, "not followed this time: {fault}");
                settings.status.is_in_trouble(Some(format!("not followed: {}", fault.what)));
                Ok(false)
            }
            Ok(()) | Err(Trouble::TooLarge) => {
                settings.status.is_in_trouble(None);
                if let Some(shard) = &caught.shard {
                    settings.status.stands_at(shard, caught.tail.blocks);
                }
                caught.rest_on().map(|()| true)
            }
        }
    }

    /// The number of the next block.
    pub fn next_number(&self) -> u64 {
        self.caught.next_number()
    }

    /// The shard, for whoever takes it over.
    pub fn hand_over(mut self) -> Result<CatchUp<St>, Fault> {
        self.caught.compare_again()?;
        Ok(self.caught)
    }
}
