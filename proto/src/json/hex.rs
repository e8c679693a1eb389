//! Serde functions of a field of bytes: two digits a byte, as keys and signatures are shown.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

/// The digits.
pub fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of digits.
pub fn parse(text: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("`{text}` is not hexadecimal, two digits a byte");
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return Err(wrong());
    }
    let digit = |at: usize| char::from(text.as_bytes()[at]).to_digit(16).ok_or_else(wrong);
    let byte = |at: usize| Ok(u8::try_from(digit(at)? * 16 + digit(at + 1)?).unwrap_or(u8::MAX));
    (0..text.len()).step_by(2).map(byte).collect()
}

/// Writes the digits.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(bytes))
}

/// Reads the digits.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_and_write() {
        assert_eq!(text(&[0, 0x0a, 0xff]), "000aff");
        assert_eq!(parse("000AfF"), Ok(vec![0, 0x0a, 0xff]));
        assert_eq!(parse(""), Ok(vec![]));
        for bad in ["0", "0g", "é", "+1", "0x"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
