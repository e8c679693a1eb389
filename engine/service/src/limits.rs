//! Every bound of the service, with its reason.

use groat_shard::limits::{BODY_BYTES_SEAL, RECORD_BYTES_MAX};
use std::time::Duration;

/// How far a business day may be from UTC, in minutes: a day either way, more than any place on
/// earth.
pub const DAY_OFFSET_MIN_MAX: i32 = 1440;

/// Fewest hours that command ids are kept: with none, a command sent again would be done again.
pub const ID_WINDOW_HOURS_MIN: u64 = 1;

/// Most hours that command ids are kept: ten years, of which each id is in memory.
pub const ID_WINDOW_HOURS_MAX: u64 = 10 * 366 * 24;

/// Fewest bytes of blocks between two snapshots: a block. With fewer, each would have its own.
pub const SNAPSHOT_BYTES_MIN: u64 = BODY_BYTES_SEAL as u64;

/// Longest prefix of topics: a topic's name has at most 249 characters, and `.dead-letter` is the
/// longest of what stands behind the prefix.
pub const PREFIX_CHARS_MAX: usize = 249 - ".dead-letter".len();

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

/// Most records taken from the broker at once; a block takes no more behind so many.
pub const POLL_RECORDS_MAX: usize = 8_192;

/// Most bytes taken from the broker at once, and a block takes no more behind so many, so it has
/// up to twice as much; events come on top. A block is a transaction of
/// some milliseconds, so a busy shard takes what it decides in about as long.
pub const POLL_BYTES_MAX: usize = 16 * BODY_BYTES_SEAL;

/// A block that has so many bytes, before compression, takes nothing more: the events of what falls
/// due before many inputs are not bounded by the bytes of these. The largest record may still come
/// with its events.
pub const OPEN_BYTES_MAX: usize = MESSAGE_BYTES_MAX / 2;

/// Most bytes of what other shards sent that a block takes before its commands: their events are a
/// few times as long as they are.
pub const TRANSFERS_BYTES_MAX: usize = POLL_BYTES_MAX / 2;

/// How long a shard waits for the first record of a block.
pub const POLL_WAIT: Duration = Duration::from_millis(100);

/// How long a shard that has some input waits for more, or for its last block to be in the log,
/// before it looks for the other: a fraction of what committing takes.
pub const BACK_WAIT: Duration = Duration::from_millis(1);

/// Jobs that wait behind the one that a shard's back is at: a block comes only when the one before
/// it is done, so these are pieces of a snapshot, and a shard without input makes so many in a row.
pub const JOBS_WAITING_MAX: usize = IDLE_PIECES + 1;

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

/// Looks at topics just made, until the broker tells of all of them, and the pause between two.
pub const TOPIC_TRIES: u32 = 100;
/// See [`TOPIC_TRIES`].
pub const TOPIC_PAUSE: Duration = Duration::from_millis(100);

/// A transaction that took longer, from its begin to the answer, may not have ended in every
/// partition, nor the one before it, for whose end it waited: see
/// [`Trouble`](crate::kafka::log::Trouble). A broker that comes back takes longer, one that is well
/// a hundredth of it.
pub const ANSWER_LATE: Duration = Duration::from_secs(1);

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

/// How long a shard that was lost to another process, and not by the group, is left to that one
/// before it is taken back: longer than it takes a member that woke up to hear that it is none.
pub const TAKE_BACK_PAUSE: Duration = Duration::from_secs(10);

/// A shard that is lost again sooner than so long after it was taken back is left: another process
/// serves it too, and both would only take it from each other.
pub const LOST_AGAIN: Duration = Duration::from_secs(60);

/// Blocks of the local copy that a new owner compares with the log: a few megabytes, and more than
/// what a broker that loses the end of its log has lost since the last sync of its disk.
pub const BLOCKS_COMPARED_MAX: u64 = 64;

/// The pause between two looks whether the broker is there, and how long one may take: a page tells
/// of a broker that is away a few seconds after it went.
pub const WATCH_PAUSE: Duration = Duration::from_secs(1);

/// See [`WATCH_PAUSE`].
pub const WATCH_TIMEOUT: Duration = Duration::from_secs(3);

/// An answer of the broker that is older counts as none: whoever asks has died or hangs.
pub const WATCH_AGE_MAX: Duration = Duration::from_secs(30);

/// The thread that polls the consumer group hangs if it has not for so long: it waits for owners
/// to stop, and for nothing that takes longer.
pub const GROUP_PAUSE_MAX: Duration = Duration::from_secs(60);

/// Connections to the pages that are served at once; more wait. A few programs scrape, a few
/// people look.
pub const CONNECTIONS_MAX: usize = 64;

/// How long one request may take, from its connection to the last byte of its answer: nobody who
/// is slow can hold a connection.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Largest head of a request: the least that the library lets us say.
pub const REQUEST_BYTES_MAX: usize = 8_192;

/// Most headers of a request: browsers send a dozen or two.
pub const REQUEST_HEADERS_MAX: usize = 64;

/// The pause after a connection could not be taken, as when no more files can be opened.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Largest message that the topics must let through: a block of the largest record.
pub const MESSAGE_BYTES_MAX: usize = 8 * RECORD_BYTES_MAX;

/// How long the owners of shards have to finish when asked to stop.
pub const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// A jump of the wall clock ahead of the stream beyond this needs the operator's word, in
/// milliseconds: a year, since everything that falls due in it would happen at once.
pub const CLOCK_JUMP_MS_MAX: u64 = 366 * 86_400_000;

const _: () = assert!(WATCHDOG_TIMEOUT.as_millis() > BROKER_TIMEOUT.as_millis());
const _: () = assert!(GROUP_PAUSE_MAX.as_millis() > 2 * STOP_PATIENCE.as_millis());
const _: () = assert!(WATCH_AGE_MAX.as_millis() > 2 * WATCH_TIMEOUT.as_millis());
const _: () = assert!(BROKER_PATIENCE.as_millis() > WATCHDOG_TIMEOUT.as_millis());
const _: () = assert!(2 * POLL_BYTES_MAX + RECORD_BYTES_MAX < MESSAGE_BYTES_MAX);
const _: () = assert!(2 * POLL_BYTES_MAX < OPEN_BYTES_MAX);
