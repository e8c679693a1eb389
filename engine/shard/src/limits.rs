//! Every bound of a shard, with its reason.

use std::time::Duration;

/// A block is sealed when its body reaches this. sled likes values of 64 to 96 KiB.
pub const BODY_BYTES_SEAL: usize = 64 * 1024;

/// Most bytes of one record: Kafka's own default for a message.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// Most commands of one record: what fits [`RECORD_BYTES_MAX`] at about a hundred bytes each.
pub const RECORD_COMMANDS_MAX: usize = 10_000;

/// Most bytes of what falls due between the commands of one record, in all: as many as the record
/// itself may have. What would need more is no command of that record; what falls due before the
/// first has blocks of its own.
pub const RECORD_DUE_BYTES_MAX: usize = RECORD_BYTES_MAX;

/// Longest reference of a command, in characters.
pub const REFERENCE_CHARS_MAX: usize = 64;

/// Most metadata entries of a command.
pub const METADATA_ENTRIES_MAX: usize = 16;

/// Longest metadata key, in bytes.
pub const METADATA_KEY_BYTES_MAX: usize = 64;

/// Longest metadata value, in bytes.
pub const METADATA_VALUE_BYTES_MAX: usize = 256;

/// How far a command's id may be ahead of the stream when time comes from records, in
/// milliseconds: a day covers every wrong clock; beyond it the id is no UUIDv7 or ULID.
pub const ID_AHEAD_MS_MAX: u64 = 86_400_000;

/// How long ids are kept unless the chain says otherwise, in milliseconds of stream time: a week
/// covers the default retention of a Kafka topic, so whatever Kafka can still deliver is known.
pub const ID_WINDOW_MS_DEFAULT: u64 = 7 * 86_400_000;

/// A snapshot is taken when this many bytes of blocks have come since the last.
pub const SNAPSHOT_BYTES_DEFAULT: u64 = 64 * 1024 * 1024;

/// Largest value put into sled; larger ones are cut. A leaf holds up to 16 values and must stay
/// below a quarter of a segment, or sled writes it to a file that it does not sync.
pub const VALUE_BYTES_MAX: usize = 96 * 1024;

/// Bytes of a snapshot being made that may wait for their sync: so few that blocks wait no more
/// than milliseconds behind it.
pub const SNAPSHOT_SYNC_BYTES: usize = 1024 * 1024;

/// Bytes of a snapshot that are made between two blocks: one value of sled, a fraction of a
/// millisecond, and more than the block itself, so that a snapshot keeps ahead of the blocks.
pub const SNAPSHOT_PIECE_BYTES: usize = VALUE_BYTES_MAX - 8 * 1024;

/// sled's segment.
pub const SEGMENT_BYTES: usize = 8 * 1024 * 1024;

/// sled's cache.
pub const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// How often a database that was just dropped is tried again, for five seconds in all: sled's
/// threads need milliseconds to let go of one.
pub const LOCK_TRIES: u32 = 500;

/// The pause between two tries.
pub const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Largest block that a reader accepts, and largest body. What falls due in bulk was not always
/// spread over blocks: a step across a long time made an event of some 50 bytes for each thing that
/// fell due in it. This lets twenty million of them be read back.
pub const BLOCK_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// lz4 cannot shrink bytes further than this: what claims to be more is not worth the memory.
pub const COMPRESSION_MAX: usize = 255;

/// Bodies below this are not worth compressing.
pub const COMPRESS_BYTES_MIN: usize = 512;

const _: () = assert!(VALUE_BYTES_MAX * 16 < SEGMENT_BYTES / 4);
const _: () = assert!(BODY_BYTES_SEAL <= VALUE_BYTES_MAX);
const _: () = assert!(RECORD_BYTES_MAX * 8 <= BLOCK_BYTES_MAX);
