//! 128-bit identifiers and their text.
//!
//! An id is a UUIDv7 or ULID (time in the top 48 bits), or a short name: up to 16 ASCII characters
//! `[A-Za-z0-9_.:-]` whose bytes stand at the left, zero padded. The three never meet in one value
//! by accident, and text and value convert into each other without loss. This file does not make
//! ids: the engine has no source of randomness.

use std::fmt;
use std::str::FromStr;

/// A 128-bit identifier. Zero means "none" and is never a valid id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Id(pub u128);

/// Longest name, in characters, that fits an id.
pub const NAME_CHARS_MAX: usize = 16;

impl Id {
    /// No id.
    pub const NONE: Id = Id(0);

    /// Joins the two halves as they stand on the wire.
    pub const fn from_halves(hi: u64, lo: u64) -> Id {
        Id(((hi as u128) << 64) | lo as u128)
    }

    /// The upper half.
    pub const fn hi(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// The lower half.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
    pub const fn lo(self) -> u64 {
        self.0 as u64
    }

    /// Milliseconds since 1970 in a UUIDv7 or ULID: the top 48 bits.
    pub const fn time_ms(self) -> u64 {
        self.hi() >> 16
    }

    /// True for [`Id::NONE`].
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The id of a short name; `None` when it is empty, too long or has other characters.
    pub fn from_name(name: &str) -> Option<Id> {
        let fits = !name.is_empty() && name.len() <= NAME_CHARS_MAX;
        if !fits || !name.bytes().all(is_name_byte) {
            return None;
        }
        let mut bytes = [0; 16];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        Some(Id(u128::from_be_bytes(bytes)))
    }

    fn as_name(&self, bytes: &mut [u8; 16]) -> Option<usize> {
        *bytes = self.0.to_be_bytes();
        let len = bytes.iter().position(|b| *b == 0).unwrap_or(16);
        let clean = bytes[len..].iter().all(|b| *b == 0);
        let named = len > 0 && clean && bytes[..len].iter().copied().all(is_name_byte);
        named.then_some(len)
    }
}

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-')
}

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not an id: give a UUID (36 characters), a ULID (26), or a name of at most \
             {NAME_CHARS_MAX} characters from A-Z a-z 0-9 _ . : -"
        )
    }
}

impl std::error::Error for NotAnId {}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Id, NotAnId> {
        match text.len() {
            36 => parse_uuid(text),
            26 => parse_ulid(text),
            _ => Id::from_name(text),
        }
        .filter(|id| !id.is_none())
        .ok_or(NotAnId)
    }
}

fn parse_uuid(text: &str) -> Option<Id> {
    let mut value: u128 = 0;
    for (at, b) in text.bytes().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if b != b'-' {
                return None;
            }
            continue;
        }
        let digit = char::from(b).to_digit(16)?;
        value = (value << 4) | u128::from(digit);
    }
    Some(Id(value))
}

fn parse_ulid(text: &str) -> Option<Id> {
    let mut value: u128 = 0;
    for (at, b) in text.bytes().enumerate() {
        let digit = CROCKFORD.iter().position(|c| *c == b.to_ascii_uppercase())?;
        if at == 0 && digit > 7 {
            return None;
        }
        value = (value << 5) | digit as u128;
    }
    Some(Id(value))
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 16];
        if let Some(len) = self.as_name(&mut bytes) {
            return f.pad(std::str::from_utf8(&bytes[..len]).unwrap_or("?"));
        }
        let hex = format!("{:032x}", self.0);
        let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
        f.pad(&uuid)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_value_convert_without_loss() {
        for text in
            ["alice", "hangzhou-tea.01", "0123456789abcdef", "01890a5d-ac96-774b-bcce-b302099a8057"]
        {
            let id: Id = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
        }
        let ulid: Id = "01H455VB4PEX5VSKNK084SN02Q".parse().unwrap();
        assert_eq!(ulid.to_string(), "01890a5d-ac96-774b-bcce-b302099a8057");
        assert_eq!(ulid.time_ms(), 1_688_096_058_518);
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "a b",
            "seventeen-letters",
            "00000000-0000-0000-0000-000000000000",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "01890a5d_ac96-774b-bcce-b302099a8057",
            "é",
        ] {
            assert_eq!(text.parse::<Id>(), Err(NotAnId), "{text}");
        }
    }
}
