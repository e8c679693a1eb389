//! Directories as crashes, hands and damage leave them.

use super::*;
use crate::store::generation::WHOLE_KEY;

fn block(number: u64) -> Vec<u8> {
    // Some fit one value, some take parts; none compresses.
    let len = if number % 7 == 3 { 200_000 } else { 3_000 };
    let byte = |n: u64| u8::try_from((n * n + number) % 251).unwrap();
    (0..len).map(byte).collect()
}

fn write(dir: &Path, numbers: std::ops::Range<u64>) {
    let mut store = SledStore::open(dir).unwrap();
    for number in numbers {
        store.append(number, &block(number)).unwrap();
    }
    store.sync().unwrap();
}

#[test]
fn a_directory_that_a_crash_left_half_begun_is_begun() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FORMAT_MAKING), "groat d").unwrap();
    write(dir.path(), 0..3);
    assert_eq!(SledStore::open(dir.path()).unwrap().last(), Some(2));
}

#[test]
fn a_damaged_format_is_damage_and_another_is_not() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0..3);
    let cause = |bytes: &[u8]| {
        fs::write(dir.path().join("FORMAT"), bytes).unwrap();
        SledStore::open(dir.path()).err().unwrap().cause
    };
    for bytes in [&b""[..], b"groat", b"gsoat data 1\n", b"\xffroat data 1\n"] {
        assert_eq!(cause(bytes), Cause::Damage, "{bytes:?}");
    }
    assert_eq!(cause(b"groat data 2\n"), Cause::Other);
}

#[test]
fn blocks_and_snapshots_are_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0..20);
    let mut store = SledStore::open(dir.path()).unwrap();
    store.finish_snapshot(19, &block(3)).unwrap();
    store.append(20, &block(20)).unwrap();
    store.sync().unwrap();
    drop(store);
    let mut store = SledStore::open(dir.path()).unwrap();
    assert_eq!(store.last(), Some(20));
    assert_eq!(store.snapshot().unwrap(), Some((19, block(3))));
    for number in [20, 0, 3, 19, 10] {
        assert_eq!(store.read(number).unwrap(), Some(block(number)));
    }
    assert_eq!(store.read(21).unwrap(), None);
}

/// Wherever the process ends while a snapshot is made, all blocks are there, and so is a whole
/// snapshot: this one if its head came, else the one before.
#[test]
fn blocks_go_on_while_a_snapshot_is_made() {
    let rows = |n: u64| block(n * 7 + 3);
    for ends_after in 0..12 {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 0..4);
        let mut store = SledStore::open(dir.path()).unwrap();
        store.finish_snapshot(2, b"early").unwrap();
        let mut last = 3;
        for n in 0..ends_after {
            if n < 9 {
                store.append(last + 1, &block(last + 1)).unwrap();
                last += 1;
                store.add_to_snapshot(3, &rows(n)).unwrap();
            } else if n == 9 {
                store.finish_snapshot(3, b"head").unwrap();
            } else {
                store.append(last + 1, &block(last + 1)).unwrap();
                last += 1;
            }
        }
        store.sync().unwrap();
        drop(store);
        let mut store = SledStore::open(dir.path()).unwrap();
        assert_eq!(store.last(), Some(last));
        for number in 0..=last {
            assert_eq!(store.read(number).unwrap(), Some(block(number)), "{number}");
        }
        let all: Vec<u8> = (0..9).flat_map(rows).collect();
        let whole = [&b"head"[..], &all].concat();
        let kept = if ends_after > 9 { (3, whole) } else { (2, b"early".to_vec()) };
        assert!(store.snapshot().unwrap() == Some(kept), "ended after {ends_after}");
        // Of one that was not finished nothing is left in the next.
        last += 1;
        store.append(last, &block(last)).unwrap();
        store.add_to_snapshot(last, b"rows").unwrap();
        store.finish_snapshot(last, b"next ").unwrap();
        assert_eq!(store.snapshot().unwrap(), Some((last, b"next rows".to_vec())));
    }
}

#[test]
fn a_generation_half_made_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0..5);
    drop(Generation::open(dir.path(), 5).unwrap());
    for time in 1..3 {
        let store = SledStore::open(dir.path()).unwrap();
        assert_eq!((store.last(), store.generations.clone()), (Some(4), vec![0]));
        assert!(dir.path().join(format!("gen-0000000000000005.set-aside-{time}")).is_dir());
        drop(store);
        drop(Generation::open(dir.path(), 5).unwrap());
    }
}

/// Where blocks were, an empty generation would say that there never were any.
#[test]
fn generations_that_are_gone_are_not_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0..5);
    fs::remove_dir_all(generation_path(dir.path(), 0)).unwrap();
    for _ in 0..2 {
        for opened in [SledStore::open(dir.path()), SledStore::open_to_read(dir.path())] {
            let gone = opened.err().unwrap();
            assert_eq!(gone.cause, Cause::Damage);
            assert!(gone.what.contains("block 4 was written"), "{gone}");
        }
        assert!(!generation_path(dir.path(), 0).exists());
    }
}

/// What a child process that is just being started holds: the same open file.
#[test]
fn a_lock_is_given_back_though_a_child_has_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let held = lock(dir.path()).unwrap();
    let _of_a_child = held.0.try_clone().unwrap();
    assert!(lock(dir.path()).is_err());
    drop(held);
    assert!(lock(dir.path()).is_ok());
}

#[test]
fn who_only_reads_removes_no_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0..5);
    SledStore::open(dir.path()).unwrap().finish_snapshot(4, b"rows").unwrap();
    let older = dir.path().join("snap-0000000000000002");
    fs::create_dir(&older).unwrap();
    let mut store = SledStore::open_to_read(dir.path()).unwrap();
    assert_eq!(store.snapshot().unwrap(), Some((4, b"rows".to_vec())));
    drop(store);
    assert!(older.exists());
    drop(SledStore::open(dir.path()).unwrap());
    assert!(!older.exists());
}

/// Power lost in the middle of a snapshot: what was being made is not looked at, and made anew.
#[test]
fn what_was_being_made_is_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0..5);
    fs::create_dir(dir.path().join("making")).unwrap();
    fs::write(dir.path().join("making").join("db"), [7; 100]).unwrap();
    let mut store = SledStore::open(dir.path()).unwrap();
    assert_eq!((store.last(), store.snapshot()), (Some(4), Ok(None)));
    store.finish_snapshot(4, &block(3)).unwrap();
    assert_eq!(store.snapshot().unwrap(), Some((4, block(3))));
    assert!(!dir.path().join("making").exists());
}

/// As directories were before snapshots had databases of their own.
#[test]
fn a_snapshot_kept_with_the_blocks_after_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0..5);
    let generation = Generation::open(dir.path(), 5).unwrap();
    generation.put_parts(SNAPSHOT_KEY, 4, &block(3)).unwrap();
    generation.put(WHOLE_KEY, &3u32.to_be_bytes()).unwrap();
    generation.put_parts(BLOCK_KEY, 5, &block(5)).unwrap();
    generation.sync().unwrap();
    drop(generation);
    let mut store = SledStore::open(dir.path()).unwrap();
    assert_eq!(store.snapshot().unwrap(), Some((4, block(3))));
    assert_eq!((store.last(), store.read(4)), (Some(5), Ok(Some(block(4)))));
    store.finish_snapshot(5, &block(10)).unwrap();
    assert_eq!(store.snapshot().unwrap(), Some((5, block(10))));
}

/// Of a snapshot that cannot be read no byte is given: whoever restores tells that from none.
#[test]
fn a_damaged_snapshot_is_told_from_none() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0..5);
    let mut store = SledStore::open(dir.path()).unwrap();
    store.finish_snapshot(4, &block(3)).unwrap();
    drop(store);
    fs::write(dir.path().join("snap-0000000000000004").join("db"), [7; 100]).unwrap();
    let mut store = SledStore::open(dir.path()).unwrap();
    assert_eq!(store.snapshot().unwrap(), Some((4, vec![])));
    assert_eq!(store.read(4).unwrap(), Some(block(4)));
}

#[test]
fn two_processes_cannot_share_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let _first = SledStore::open(dir.path()).unwrap();
    let second = SledStore::open(dir.path()).err().unwrap();
    assert!(second.what.contains("in use by another process"), "{second}");
}

#[test]
fn a_foreign_folder_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("letter.txt"), "dear").unwrap();
    let refused = SledStore::open(dir.path()).err().unwrap();
    assert!(refused.what.contains("not a data directory of groat"), "{refused}");
}

/// Whatever byte of whatever file is damaged: a fault, or every block as written. Never fewer
/// blocks in silence, never other bytes, never a panic.
#[test]
fn damage_anywhere_is_noticed_or_harmless() {
    let whole = tempfile::tempdir().unwrap();
    write(whole.path(), 0..20);
    SledStore::open(whole.path()).unwrap().finish_snapshot(19, &block(3)).unwrap();
    write(whole.path(), 20..40);
    let mut noticed = 0;
    for round in 0..90u64 {
        let dir = tempfile::tempdir().unwrap();
        let files = copy(whole.path(), dir.path());
        let (file, len) = &files[usize::try_from(round).unwrap() % files.len()];
        let at = (round * 0x9e37_79b9 + 12_345) % len;
        let bytes = std::fs::read(file).unwrap();
        let at = usize::try_from(at).unwrap();
        let damaged = if round % 3 == 0 {
            bytes[..at].to_vec()
        } else {
            let mut bytes = bytes;
            bytes[at] ^= 0x20;
            bytes
        };
        std::fs::write(file, damaged).unwrap();
        let what = format!("byte {at} of {}", file.display());
        noticed += u32::from(is_noticed(dir.path(), &what));
    }
    assert!(noticed > 5, "only {noticed} of 90 did harm: is anything checked?");
}

/// A flipped bit ends what sled reads, and makes it cut off all behind: but never of the files
/// themselves, whoever opens them. What is before it can be read, and is all there again when
/// the bit is put right.
#[test]
fn who_opens_what_is_damaged_changes_no_byte_of_it() {
    let mut cut_off = 0;
    for place in 1..12 {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 0..20);
        let mut store = SledStore::open(dir.path()).unwrap();
        store.finish_snapshot(19, b"rows").unwrap();
        drop(store);
        write(dir.path(), 20..60);
        let file = dir.path().join("gen-0000000000000020/db");
        let sound = fs::read(&file).unwrap();
        let mut damaged = sound.clone();
        damaged[sound.len() * place / 16] ^= 0x10;
        fs::write(&file, &damaged).unwrap();
        let mut store = SledStore::open_to_read(dir.path()).unwrap();
        let read = (0..60).take_while(|n| store.read(*n) == Ok(Some(block(*n)))).count();
        assert!(read >= 20, "the generation before is whole");
        drop(store);
        if SledStore::open(dir.path()).is_err() {
            cut_off += 1;
            let mut store = SledStore::open_to_read(dir.path()).unwrap();
            let gone = (20..60).find_map(|n| store.read(n).err()).unwrap();
            assert_eq!((gone.cause, store.last()), (Cause::Damage, Some(59)), "{gone}");
            assert_eq!(store.append(60, b"block").unwrap_err().cause, Cause::Other);
            drop(store);
            assert!(fs::read(&file).unwrap() == damaged, "place {place}");
        }
        fs::write(&file, &sound).unwrap();
        let mut store = SledStore::open(dir.path()).unwrap();
        assert!((0..60).all(|n| store.read(n) == Ok(Some(block(n)))), "place {place}");
        drop(store);
        assert!(!dir.path().join("looking").exists());
    }
    assert!(cut_off > 3, "only {cut_off} of 11 did harm");
}

/// False when blocks and snapshot are there as written; true when a fault or a hash tells.
fn is_noticed(dir: &Path, what: &str) -> bool {
    let Ok(mut store) = SledStore::open(dir) else { return true };
    assert_eq!(store.last(), Some(39), "blocks are gone in silence: {what}");
    // A reader knows a block that is missing or has other bytes by number and hash.
    let block_is_other = (0..40).any(|number| store.read(number) != Ok(Some(block(number))));
    block_is_other || store.snapshot() != Ok(Some((19, block(3))))
}

fn copy(from: &Path, to: &Path) -> Vec<(PathBuf, u64)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            files.extend(copy(&entry.path(), &target));
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
            files.push((target, entry.metadata().unwrap().len()));
        }
    }
    files.retain(|(_, len)| *len > 0);
    files.sort();
    files
}
