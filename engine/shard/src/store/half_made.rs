//! Power lost between a snapshot that is whole and the generation that begins behind it: each state
//! of the directory, made by hand. All blocks are there, and the snapshot before or this one.

use super::{SledStore, Store};
use std::fs;
use std::path::Path;

fn block(number: u64) -> Vec<u8> {
    format!("block {number}").into_bytes()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn append(dir: &Path, numbers: std::ops::RangeInclusive<u64>) -> SledStore {
    let mut store = SledStore::open(dir).unwrap();
    numbers.for_each(|number| store.append(number, &block(number)).unwrap());
    store.sync().unwrap();
    store
}

fn has_all(store: &mut SledStore, last: u64, snapshot: (u64, &[u8])) {
    assert_eq!(store.last(), Some(last));
    assert_eq!(store.snapshot().unwrap(), Some((snapshot.0, snapshot.1.to_vec())));
    for number in 0..=last {
        assert_eq!(store.read(number).unwrap(), Some(block(number)), "block {number}");
    }
}

#[test]
fn every_step_from_one_snapshot_to_the_next_generation() {
    let (before, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    append(before.path(), 0..=2).finish_snapshot(2, b"early").unwrap();
    drop(append(before.path(), 3..=4));
    copy(before.path(), after.path());
    SledStore::open(after.path()).unwrap().finish_snapshot(4, b"late").unwrap();
    let (old, new) = ("snap-0000000000000002", "snap-0000000000000004");
    let next = "gen-0000000000000005";
    /// What is there of the later directory under which name, whether the old snapshot is gone, and
    /// which one is read.
    type State<'a> = (&'a [(&'a str, &'a str)], bool, (u64, &'a [u8]));
    let states: [State<'_>; 5] = [
        (&[(new, "making")], false, (2, b"early")),
        (&[(new, new)], false, (4, b"late")),
        (&[(new, new)], true, (4, b"late")),
        (&[(new, new), (next, "beginning")], true, (4, b"late")),
        (&[(new, new), (next, next)], true, (4, b"late")),
    ];
    for (made, is_old_gone, snapshot) in states {
        let dir = tempfile::tempdir().unwrap();
        copy(before.path(), dir.path());
        for (from, to) in made {
            copy(&after.path().join(from), &dir.path().join(to));
        }
        if is_old_gone {
            fs::remove_dir_all(dir.path().join(old)).unwrap();
        }
        has_all(&mut SledStore::open(dir.path()).unwrap(), 4, snapshot);
        assert!(snapshot.0 == 2 || !dir.path().join(old).exists(), "older ones go: {made:?}");
        // And all goes on from there.
        append(dir.path(), 5..=6).finish_snapshot(6, b"last").unwrap();
        has_all(&mut append(dir.path(), 7..=7), 7, (6, b"last"));
    }
}
