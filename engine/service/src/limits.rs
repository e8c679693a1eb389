//! Every bound of the service, with its reason.

use groat_shard::limits::{BODY_BYTES_SEAL, RECORD_BYTES_MAX};
use std::time::Duration;

/// Longest line of JSON: text is a few times its command's bytes.
pub const LINE_BYTES_MAX: usize = 8 * RECORD_BYTES_MAX;

/// Bytes asked of the input of local mode at once: about as many lines as are handed over.
pub const INPUT_BYTES: usize = 64 * 1024;

/// Inputs handed over at once, so that threads do not meet for every line.
pub const HANDOVER_INPUTS_MAX: usize = 256;

/// Handovers that may wait between reading and deciding.
pub const HANDOVERS_WAITING_MAX: usize = 16;

/// Sealed blocks that share one sync in local mode: a sync costs up to 4 ms, a block less than
/// one, so a dozen blocks keep the disk and the core busy in turn without hoarding answers.
pub const BLOCKS_PER_SYNC_MAX: usize = 12;

/// Closed blocks that may wait to be kept in local mode: enough that deciding goes on through a
/// sync, and few enough to hold in memory when each is a megabyte.
pub const BLOCKS_WAITING_MAX: usize = 32;

/// How often an idle shard looks at the clock.
pub const IDLE_TICK: Duration = Duration::from_millis(500);

/// Pieces of a snapshot that an owner without input keeps before it looks for some again: a few
/// milliseconds of work.
pub const IDLE_PIECES: usize = 16;

/// Most records taken from the broker for one block.
pub const POLL_RECORDS_MAX: usize = 8_192;

/// Most bytes taken from the broker for one block; events come on top. A block is a transaction of
/// some milliseconds, so a busy shard takes what it decides in about as long.
pub const POLL_BYTES_MAX: usize = 16 * BODY_BYTES_SEAL;

/// How long a shard waits for the first record of a block.
pub const POLL_WAIT: Duration = Duration::from_millis(100);

/// How long a shard that receives from others waits for commands, before it looks again for what
/// they sent: little beside what committing it takes.
pub const TRANSFERS_WAIT: Duration = Duration::from_millis(5);

/// Most bytes that the plain copy of `groat bench` puts into one transaction: more gained nothing.
pub const COPY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How long that copy waits for more while a transaction is open: little beside the few
/// milliseconds that ending one takes.
pub const COPY_WAIT: Duration = Duration::from_millis(1);

/// How often the consumer group is told how far shards are: often enough for a look at its lag.
pub const POSITIONS_EVERY: Duration = Duration::from_secs(1);

/// The pause between two looks whether all of a transaction is delivered: a tenth of what the
/// shortest one takes.
pub const DELIVERY_PAUSE: Duration = Duration::from_micros(200);

/// How long one call to the broker may take before it counts as not answered.
pub const BROKER_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a call of the client library may take that is known to hang past its timeout, before
/// it is left to itself: its own timeout, and as long again for what it retries inside.
pub const WATCHDOG_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a shard keeps trying to reach its broker before it stops with a fault.
pub const BROKER_PATIENCE: Duration = Duration::from_secs(120);

/// Largest record that is published: its key and the broker's framing must fit beside it.
pub const PUBLISH_BYTES_MAX: usize = RECORD_BYTES_MAX - 4 * 1024;

/// How long a shard waits to hear where its input ends, before it leaves time alone this once.
pub const END_WAIT: Duration = Duration::from_secs(1);

/// The pause between two looks of a standby for new blocks: what it lacks at a takeover is what
/// came in about as long, and a look is one small request.
pub const STANDBY_PAUSE: Duration = Duration::from_millis(200);

/// How long after it was begun a shard that could not be followed is tried again.
pub const STANDBY_AGAIN: Duration = Duration::from_secs(30);

/// The pause before something is asked of a broker again.
pub const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// The pause after another producer has fenced this one: its owner needs a moment to read the log
/// and to claim the shard, and being fenced in turn would only keep it from that.
pub const FENCED_PAUSE: Duration = Duration::from_secs(2);

/// Blocks of the local copy that a new owner compares with the log: a few megabytes, and more than
/// what a broker that loses the end of its log has lost since the last sync of its disk.
pub const BLOCKS_COMPARED_MAX: u64 = 64;

/// Largest message that the topics must let through: a block of the largest record.
pub const MESSAGE_BYTES_MAX: usize = 8 * RECORD_BYTES_MAX;

/// How long the owners of shards have to finish when asked to stop.
pub const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// A jump of the wall clock ahead of the stream beyond this needs the operator's word, in
/// milliseconds: a year, since everything that falls due in it would happen at once.
pub const CLOCK_JUMP_MS_MAX: u64 = 366 * 86_400_000;

const _: () = assert!(WATCHDOG_TIMEOUT.as_millis() > BROKER_TIMEOUT.as_millis());
const _: () = assert!(BROKER_PATIENCE.as_millis() > WATCHDOG_TIMEOUT.as_millis());
const _: () = assert!(POLL_BYTES_MAX + RECORD_BYTES_MAX < MESSAGE_BYTES_MAX);
