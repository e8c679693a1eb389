//! The beginning of a block as a block of its own, so that books can be folded up to an event or a
//! time that lies within one. The cut block has no hash of its own; it is only for folding.

use crate::follow::commands_of;
use groat_proto::v1::{Clock, DueEvent, Input};
use groat_proto::{Message, json, write_varint};
use groat_shard::{Block, FrameKind};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// How far to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Up to and with this event; if it is a command's last, up to the end of the command.
    Event(u64),
    /// All that happened up to and at this time, in milliseconds since 1970.
    Time(u64),
}

/// Why a text is no [`Until`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUntil(String);

impl fmt::Display for NotUntil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotUntil {}

impl FromStr for Until {
    type Err = NotUntil;

    fn from_str(text: &str) -> Result<Until, NotUntil> {
        if text.bytes().all(|b| b.is_ascii_digit()) {
            return match text.parse() {
                Ok(0) | Err(_) => Err(NotUntil("events are numbered from 1".into())),
                Ok(number) => Ok(Until::Event(number)),
            };
        }
        json::parse_time(text).map(Until::Time).map_err(|e| NotUntil(format!("{e}, or an event")))
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Until::Event(number) => write!(f, "event {number}"),
            Until::Time(at) => f.write_str(&json::time_text(*at)),
        }
    }
}

/// The part of a block up to `until`, if that is not all of it; `now` is the time before it.
pub(crate) fn cut(block: &Block, now: u64, until: Until) -> Option<Block> {
    let edge = find_edge(block, now, until)?;
    let mut header = block.header.clone();
    header.events = edge.events;
    header.time = edge.now;
    Some(Block { header, body: body_up_to(&edge, &block.body), hash: block.hash })
}

/// Where a block is cut, and the ledger there.
struct Edge {
    at: usize,
    events: u64,
    now: u64,
    /// The input before the edge, and how many of its commands are decided.
    input: Option<(Range<usize>, Input)>,
    decided: usize,
}

/// The first frame that is beyond; none if there is none, or a frame cannot be read.
fn find_edge(block: &Block, now: u64, until: Until) -> Option<Edge> {
    let mut edge = Edge { at: 0, events: 0, now, input: None, decided: 0 };
    let mut reached = false;
    let mut frames = block.frames().peekable();
    while let Some(frame) = frames.next() {
        let (at, kind, bytes) = frame.ok()?;
        edge.at = at;
        let end = frames.peek().and_then(|f| f.as_ref().ok()).map_or(block.body.len(), |f| f.0);
        let next_event = block.header.first_event + edge.events;
        let time = match kind {
            FrameKind::Clock => edge.now.saturating_add(Clock::decode(bytes).ok()?.advance),
            FrameKind::Due => DueEvent::decode(bytes).ok()?.at.max(edge.now),
            FrameKind::Input | FrameKind::Remittance | FrameKind::Event | FrameKind::Decided => {
                edge.now
            }
        };
        let beyond = match until {
            Until::Event(last) => {
                let its_end = kind == FrameKind::Decided && next_event == last + 1 && reached;
                next_event > last && !its_end
            }
            Until::Time(last) => time > last,
        };
        if beyond {
            return Some(edge);
        }
        edge.now = time;
        // Only the first `Decided` after a command's event ends that command.
        reached = kind == FrameKind::Event;
        match kind {
            FrameKind::Input | FrameKind::Remittance => {
                edge.input = Some((at..end, Input::decode(bytes).ok()?));
                edge.decided = 0;
            }
            FrameKind::Due | FrameKind::Event => edge.events += 1,
            FrameKind::Decided => edge.decided += 1,
            FrameKind::Clock => {}
        }
    }
    None
}

/// The frames before the edge, with the last input reduced to the commands decided there.
fn body_up_to(edge: &Edge, body: &[u8]) -> Vec<u8> {
    let Some((frame, input)) = &edge.input else { return body[..edge.at].to_vec() };
    let mut cut = body[..frame.start].to_vec();
    let commands = commands_of(&input.record);
    if edge.decided == commands.len() {
        cut.extend_from_slice(&body[frame.clone()]);
    } else if edge.decided > 0 {
        let mut record = Vec::new();
        for command in commands.into_iter().take(edge.decided) {
            record.push(COMMANDS_TAG);
            write_varint(&mut record, command.len() as u64);
            record.extend_from_slice(&input.record[command]);
        }
        let input = Input { record, ..input.clone() };
        cut.push(FrameKind::Input as u8);
        write_varint(&mut cut, input.encoded_len() as u64);
        cut.extend_from_slice(&input.encode_to_vec());
    }
    cut.extend_from_slice(&body[frame.end..edge.at]);
    cut
}

/// Tag of `Record.commands` on the wire: field 1, length-delimited.
const COMMANDS_TAG: u8 = 1 << 3 | 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_until() {
        assert_eq!("17".parse(), Ok(Until::Event(17)));
        assert_eq!("1970-01-01T00:00:01Z".parse(), Ok(Until::Time(1_000)));
        for text in ["0", "yesterday", "2026-01-31", "-1"] {
            assert!(text.parse::<Until>().is_err(), "{text}");
        }
    }
}
