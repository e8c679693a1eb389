//! Chains of several shards at once, as many as there are cores. They know nothing of each other
//! here, so what is found is what would be found one after the other; what they say of each other
//! is compared afterwards, in `between.rs`.

use crate::follow::Trouble;
use crate::source::{Chain, Progress, Source};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How often progress is told while several threads are at work.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Does the work on the chain of each shard; gives what came of them in the order of the shards,
/// or the trouble of the first that had any.
pub fn each_chain<R: Send>(
    source: &Source,
    shards: &[u32],
    work: impl Fn(Chain, Progress<'_>) -> Result<R, Trouble> + Sync,
    progress: Progress<'_>,
) -> Result<Vec<R>, Trouble> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(shards.len());
    if threads < 2 {
        return shards.iter().map(|shard| work(source.chain(*shard)?, progress)).collect();
    }
    let (next, blocks) = (AtomicUsize::new(0), AtomicU64::new(0));
    let mut done: Vec<Option<Result<R, Trouble>>> = shards.iter().map(|_| None).collect();
    std::thread::scope(|scope| {
        let (tell, hear) = channel();
        for _ in 0..threads {
            let (tell, next, blocks, work) = (tell.clone(), &next, &blocks, &work);
            scope.spawn(move || {
                while let Some((at, shard)) = take(next, shards) {
                    let mut counted = 0;
                    let mut count = |read: u64, _: Option<u64>| {
                        blocks.fetch_add(read.saturating_sub(counted), Ordering::Relaxed);
                        counted = counted.max(read);
                    };
                    let worked = source.chain(shard).map_err(Trouble::from);
                    // Nobody hears it only where nobody waits for it.
                    let _ = tell.send((at, worked.and_then(|chain| work(chain, &mut count))));
                }
            });
        }
        drop(tell);
        loop {
            match hear.recv_timeout(TELL_EVERY) {
                Ok((at, worked)) => done[at] = Some(worked),
                Err(RecvTimeoutError::Timeout) => progress(blocks.load(Ordering::Relaxed), None),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    done.into_iter().flatten().collect()
}

/// The next shard that nobody has taken.
fn take(next: &AtomicUsize, shards: &[u32]) -> Option<(usize, u32)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    shards.get(at).map(|shard| (at, *shard))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{audit, rebuild, sample, verify};

    #[test]
    fn several_shards_at_once_are_reported_as_one_after_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let shards = [0, 1, 2, 5];
        for shard in shards {
            sample::day_of(shard).write_to(&dir.path().join(format!("shard-{shard}")));
        }
        let source = Source::Directory(dir.path().into());
        let mut quiet = |_: u64, _: Option<u64>| {};
        let alone = |shard: u32| source.chain(shard).unwrap();
        let verified = each_chain(&source, &shards, verify, &mut quiet).unwrap();
        let expected: Vec<_> =
            shards.iter().map(|s| verify(alone(*s), &mut quiet).unwrap()).collect();
        assert_eq!(verified, expected);
        let audited = each_chain(&source, &shards, audit, &mut quiet).unwrap();
        let expected: Vec<_> =
            shards.iter().map(|s| audit(alone(*s), &mut quiet).unwrap()).collect();
        assert_eq!(audited, expected);
        let rebuilt = rebuild(&source, &shards, None, true, &mut quiet).unwrap();
        assert_eq!(rebuilt.shards.iter().map(|s| s.shard).collect::<Vec<_>>(), shards);
        let missing = each_chain(&source, &[0, 3, 4], verify, &mut quiet).unwrap_err();
        assert!(missing.to_string().contains("shard-3"), "{missing}");
    }
}
