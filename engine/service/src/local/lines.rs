//! Lines of JSON become records, on a thread of their own.

use crate::limits::{HANDOVER_INPUTS_MAX, INPUT_BYTES, LINE_BYTES_MAX};
use groat_proto::Message;
use groat_proto::json::read_line;
use groat_shard::Fault;
use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::SyncSender;

/// One line of the input.
#[derive(Debug)]
pub(super) struct Line {
    /// Its number in the input, from 1.
    pub(super) number: u64,
    /// The record it makes; the line itself where it is no command.
    pub(super) record: Vec<u8>,
    /// Why it is no command.
    pub(super) complaint: Option<String>,
    /// Bytes of input up to its end.
    pub(super) bytes_read: u64,
    /// Whether its first command says when it was made.
    timed: bool,
}

impl Line {
    /// Whether its first command carries `at`; none where it is no command.
    pub(super) fn has_time(&self) -> Option<bool> {
        self.complaint.is_none().then_some(self.timed)
    }
}

/// Reads lines until the input ends or nobody takes them any more. What was read is handed over
/// before the input is asked for more, as that may wait for ever.
pub(super) fn read(input: impl Read, give: &SyncSender<Vec<Line>>) -> Result<(), Fault> {
    let mut input = BufReader::with_capacity(INPUT_BYTES, input);
    let (mut number, mut bytes_read) = (0, 0);
    let mut lines = Vec::new();
    let ended = loop {
        let text = match next_line(&mut input, &mut bytes_read) {
            Ok(Some(text)) => text,
            Ok(None) => break Ok(()),
            Err(e) => break Err(unreadable(number + 1, &e)),
        };
        number += 1;
        lines.extend(line(number, text, bytes_read));
        let line_at_hand = input.buffer().contains(&b'\n');
        if (!line_at_hand || lines.len() >= HANDOVER_INPUTS_MAX)
            && !lines.is_empty()
            && give.send(std::mem::take(&mut lines)).is_err()
        {
            return Ok(());
        }
    };
    if !lines.is_empty() {
        // Nobody left to take them: the other side has its fault.
        let _ = give.send(lines);
    }
    ended
}

fn unreadable(line: u64, error: &std::io::Error) -> Fault {
    Fault::new(
        format!("the input cannot be read at line {line}: {error}"),
        "the lines before it are done and answered; mend the input and run the whole of it again",
    )
}

/// A line that is no text.
pub(crate) struct NoText {
    /// Its bytes; none of one that is too long.
    pub(crate) bytes: Vec<u8>,
    /// Why.
    pub(crate) complaint: String,
}

/// The next line, with its end; `None` behind the last. Of one that is too long the rest is passed
/// over.
pub(crate) fn next_line(
    input: &mut impl BufRead,
    bytes_read: &mut u64,
) -> std::io::Result<Option<Result<String, NoText>>> {
    let mut bytes = Vec::new();
    let read = input.by_ref().take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', &mut bytes)?;
    *bytes_read += read as u64;
    if read > LINE_BYTES_MAX && !bytes.ends_with(b"\n") {
        skip_line(input, bytes_read);
        let complaint = format!("it is longer than {LINE_BYTES_MAX} bytes");
        return Ok(Some(Err(NoText { bytes: Vec::new(), complaint })));
    }
    let text = String::from_utf8(bytes)
        .map_err(|e| NoText { bytes: e.into_bytes(), complaint: "the line is not UTF-8".into() });
    Ok((read > 0).then_some(text))
}

fn skip_line(input: &mut impl BufRead, bytes_read: &mut u64) {
    loop {
        let Ok(buffer) = input.fill_buf() else { return };
        let end = buffer.iter().position(|b| *b == b'\n').map(|at| at + 1);
        let len = end.unwrap_or(buffer.len());
        if len == 0 {
            return;
        }
        input.consume(len);
        *bytes_read += len as u64;
        if end.is_some() {
            return;
        }
    }
}

/// `None` for an empty line.
fn line(number: u64, text: Result<String, NoText>, bytes_read: u64) -> Option<Line> {
    let malformed = |record: Vec<u8>, complaint: String| Line {
        number,
        record,
        complaint: Some(complaint),
        bytes_read,
        timed: false,
    };
    let text = match text {
        Ok(text) => text,
        Err(NoText { bytes, complaint }) => return Some(malformed(bytes, complaint)),
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    Some(match read_line(trimmed) {
        Ok(record) => Line {
            number,
            timed: record.commands.first().is_some_and(|c| c.at > 0),
            record: record.encode_to_vec(),
            complaint: None,
            bytes_read,
        },
        Err(complaint) => malformed(trimmed.into(), complaint.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::mpsc::sync_channel;
    use std::time::Duration;

    #[test]
    fn no_line_is_kept_back_while_the_input_rests() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let (give, take) = sync_channel(1);
        let thread = std::thread::spawn(move || read(reader, &give));
        for line in 0..100 {
            writeln!(writer, "{line}").unwrap();
        }
        // Half of the next line is there too.
        write!(writer, "half").unwrap();
        let mut lines = Vec::new();
        while lines.len() < 100 {
            let handed = take.recv_timeout(Duration::from_secs(10));
            lines.extend(handed.expect("every whole line is handed over"));
        }
        drop(writer);
        lines.extend(take.recv().unwrap());
        let numbers: Vec<u64> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, (1..=101).collect::<Vec<u64>>());
        thread.join().unwrap().unwrap();
    }
}
