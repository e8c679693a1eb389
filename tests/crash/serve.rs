//! `groat serve` on a real broker: killed while it consumes, robbed of its data directory, given a
//! damaged one. The log has everything, so it ends in the state of an undisturbed run each time.

use crate::seed::Seed;
use groat_shard::{SledStore, Store};
use groat_tests::local::Local;
use groat_tests::served::Topics;
use groat_tests::transfer_feed::{between_users, read};
use std::fs;
use std::path::Path;

/// Kills while it consumes.
const KILLS: usize = 2;

#[test]
fn a_killed_robbed_or_damaged_server_ends_in_the_same_state() {
    let Some(topics) = Topics::fresh("crash-serve") else { return };
    let mut seed = Seed::drawn("crash::serve");
    let feed = between_users(&read());
    let undisturbed = Local::run(feed.lines(), 0);
    topics.publish(feed.lines(), feed.records());
    let dir = tempfile::tempdir().unwrap();
    let (data, log) = (dir.path().join("data"), |name: &str| dir.path().join(name));

    let mut consumed = 0;
    for kill in 0..KILLS {
        let serving = topics.serve(&data, &log(&format!("killed-{kill}")));
        serving.until_consumed(consumed + 1 + seed.below((feed.records() - consumed) / 2));
        serving.kill();
        let now = topics.consumed(&mut 0).unwrap_or(0);
        println!("killed with {now} of {} commands consumed", feed.records());
        assert!(now >= consumed, "what was committed stays");
        consumed = now;
    }
    let again = |name: &str| {
        let serving = topics.serve(&data, &log(name));
        serving.until_says("shard is owned");
        serving.until_consumed(feed.records());
        let said = serving.said();
        assert_eq!(serving.release(), undisturbed.digest, "{name}");
        said
    };
    again("after the kills");

    fs::remove_dir_all(data.join("shard-0")).unwrap();
    again("without its data directory");

    let shard = data.join("shard-0");
    flip_a_byte(&shard, &mut seed);
    let said = again("with a flipped byte");
    assert!(said.contains("the local copy is damaged and set aside"), "{said}");
    let aside = fs::read_dir(&data).unwrap().flatten().map(|entry| entry.file_name());
    let aside = aside.filter(|name| name.to_string_lossy().starts_with("shard-0.damaged-"));
    assert_eq!(aside.count(), 1);

    let said = again("after the damage");
    assert!(!said.contains("damaged"), "the copy made again is whole: {said}");
}

/// Flips a bit of a byte in the middle of a stored block that a restore reads.
fn flip_a_byte(shard: &Path, seed: &mut Seed) {
    let mut store = SledStore::open(shard).unwrap();
    let (last, first) =
        (store.last().unwrap(), store.snapshot_number().unwrap().map_or(0, |at| at + 1));
    let number = first + seed.below(last - first + 1);
    let block = store.read(number).unwrap().unwrap();
    drop(store);
    let middle = block.len() / 2;
    let piece = &block[middle..(middle + 48).min(block.len())];
    let flipped = 1 << seed.below(8);
    let mut count = 0;
    for generation in fs::read_dir(shard).unwrap().flatten() {
        let path = generation.path().join("db");
        let Ok(mut bytes) = fs::read(&path) else { continue };
        for at in 0..bytes.len() - piece.len() {
            // sled may keep older copies of a value beside the one it reads.
            if bytes[at..].starts_with(piece) {
                bytes[at] ^= flipped;
                count += 1;
                println!("flipped a bit of byte {at} in block {number} of {last}");
            }
        }
        fs::write(&path, bytes).unwrap();
    }
    assert!(count > 0, "the block is in a file of {}", shard.display());
}
