//! Files that answers go to: appended to and never emptied, for what stands in them was told. Of a
//! line that a run left torn nothing stays.

use groat_proto::v1;
use groat_shard::Fault;
use std::fs::{File, Metadata, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Bytes of a file's end that are looked at once: some hundred lines.
const LOOK_BYTES: u64 = 64 * 1024;

/// Opens a file to append lines to, and gives its last whole line. It is locked while it is open:
/// another run would cut off what this one is writing, or write it once more. What is no file (a
/// pipe, a terminal) is only written to.
pub fn open(path: &Path) -> Result<(File, Option<String>), Fault> {
    let cannot = |e: &io::Error| {
        let what = format!("{} cannot be opened: {e}", path.display());
        Fault::new(what, "check the path and its permissions")
    };
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        let file = File::options().write(true).open(path).map_err(|e| cannot(&e))?;
        return Ok((file, None));
    }
    let file = File::options().create(true).read(true).append(true).open(path);
    let mut file = file.map_err(|e| cannot(&e))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Fault::new(
                format!("{} is being written by another run", path.display()),
                "wait until that has ended, or give another file",
            ));
        }
        Err(TryLockError::Error(e)) => return Err(cannot(&e)),
    }
    let (line, torn) = last_line(&mut file).map_err(|e| cannot(&e))?;
    let is_begun = |text: &[u8]| text.is_empty() || text.starts_with(b"{");
    // Some file systems leave zeros behind a power cut.
    let is_torn = is_begun(&torn) || torn.iter().all(|byte| *byte == 0);
    let len = file.metadata().map_err(|e| cannot(&e))?.len();
    let has_lines = len > torn.len() as u64;
    if !is_torn || (has_lines && !line.starts_with(b"{")) {
        return Err(Fault::usage(
            format!("{} has other lines than answers, and would get some", path.display()),
            "give the file of an earlier run, or a new one",
        ));
    }
    if !torn.is_empty() {
        file.set_len(len - torn.len() as u64).map_err(|e| cannot(&e))?;
    }
    let line = (!line.is_empty()).then(|| String::from_utf8_lossy(&line).into_owned());
    Ok((file, line))
}

/// The last line that has an end, without it, and what stands behind it.
fn last_line(file: &mut File) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut from = file.metadata()?.len();
    let mut end = Vec::new();
    let is_end = |byte: &u8| *byte == b'\n';
    while from > 0 && end.iter().filter(|byte| is_end(byte)).count() < 2 {
        let len = from.min(LOOK_BYTES);
        from -= len;
        file.seek(SeekFrom::Start(from))?;
        let mut more = Vec::new();
        file.take(len).read_to_end(&mut more)?;
        more.append(&mut end);
        end = more;
    }
    let torn_at = end.iter().rposition(is_end).map_or(0, |at| at + 1);
    let torn = end.split_off(torn_at);
    end.pop();
    let line_at = end.iter().rposition(is_end).map_or(0, |at| at + 1);
    Ok((end.split_off(line_at), torn))
}

/// Whether two paths are one file; `-` is what standard input or output was redirected to.
pub fn are_one(a: &Path, b: &Path) -> bool {
    let known = |path: &Path| std::fs::metadata(path).ok().filter(Metadata::is_file);
    match (known(a), known(b)) {
        (Some(a), Some(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// The last settlement of a file, by its last line.
pub fn last_told(path: &Path, line: Option<&str>) -> Result<Option<v1::Settlement>, Fault> {
    let Some(line) = line else { return Ok(None) };
    let is_none = |why: String| {
        Fault::usage(
            format!("the last line of {} is no settlement: {why}", path.display()),
            "give the file of an earlier run, or a new one",
        )
    };
    let told: v1::Settlement = serde_json::from_str(line).map_err(|e| is_none(e.to_string()))?;
    if told.event == 0 {
        return Err(is_none("it names no event".into()));
    }
    Ok(Some(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_stays_and_a_torn_line_goes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("told");
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(200_000));
        for (text, stays, last) in [
            ("", "", None),
            ("{\"a\":1}\n", "{\"a\":1}\n", Some("{\"a\":1}")),
            ("{\"a\":1}\n{\"b\":2}\n{\"c\"", "{\"a\":1}\n{\"b\":2}\n", Some("{\"b\":2}")),
            ("{\"a\":1}\n{\"b\":2}", "{\"a\":1}\n", Some("{\"a\":1}")),
            ("{\"a\"", "", None),
            ("{\"a\":1}\n\0\0\0", "{\"a\":1}\n", Some("{\"a\":1}")),
            (&format!("{{}}\n{long}\n{long}"), &format!("{{}}\n{long}\n"), Some(&long)),
        ] {
            std::fs::write(&path, text).unwrap();
            let (_, line) = open(&path).unwrap();
            assert_eq!(line.as_deref(), last);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), stays);
        }
        for foreign in ["dear\n", "{}\ndear", "dear\n{}\nbye\n", "{}\n\n"] {
            std::fs::write(&path, foreign).unwrap();
            assert!(open(&path).unwrap_err().what.contains("other lines than answers"));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), foreign);
        }
        assert_eq!(open(Path::new("/dev/null")).unwrap().1, None);
        std::fs::write(&path, "{}\n{").unwrap();
        let held = open(&path).unwrap();
        std::fs::write(&path, "{}\n{").unwrap();
        assert!(open(&path).unwrap_err().what.contains("by another run"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n{");
        drop(held);
        assert!(open(&path).is_ok());
    }

    #[test]
    fn one_file_under_two_names_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let [a, b, c] = ["a", "b", "c"].map(|name| dir.path().join(name));
        std::fs::write(&a, "x").unwrap();
        std::fs::write(&c, "x").unwrap();
        std::fs::hard_link(&a, &b).unwrap();
        assert!(are_one(&a, &b) && are_one(&a, &a) && !are_one(&a, &c));
        assert!(!are_one(&a, &dir.path().join("absent")));
        assert!(!are_one(Path::new("/dev/null"), Path::new("/dev/null")));
    }
}
