//! External references: numbers that merchants, banks and payers give to things.

use crate::limits::REFERENCE_CHARS_MAX;
use std::fmt;
use std::hash::{Hash, Hasher};

/// An external reference: 1 to 64 characters `[A-Za-z0-9_-]` (DOMAIN §2).
///
/// A short one lies in place: an order is kept with its number in two tables and told in two
/// messages, and each copy of it was an allocation (a tenth of a payment's instructions).
#[derive(Clone, PartialEq, Eq)]
pub struct Reference(Text);

/// A text has one form only, so that equal texts are equal values.
#[derive(Clone, PartialEq, Eq)]
enum Text {
    /// Zero padded.
    Short { len: u8, bytes: [u8; SHORT] },
    /// Longer than `SHORT`.
    Long(Box<str>),
}

/// Makes a reference 24 bytes, eight more than the pointer and length of a boxed one.
const SHORT: usize = 22;

impl Reference {
    /// `None` when the text is empty, too long or has other characters.
    pub fn new(text: &str) -> Option<Reference> {
        Reference::from_bytes(text.as_bytes())
    }

    /// As [`Reference::new`], from the bytes of a text.
    pub fn from_bytes(text: &[u8]) -> Option<Reference> {
        let clean = text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-');
        let fits = (1..=REFERENCE_CHARS_MAX).contains(&text.len());
        if !clean || !fits {
            return None;
        }
        let mut bytes = [0; SHORT];
        Some(Reference(match bytes.get_mut(..text.len()) {
            Some(place) => {
                place.copy_from_slice(text);
                Text::Short { len: u8::try_from(text.len()).ok()?, bytes }
            }
            None => Text::Long(std::str::from_utf8(text).ok()?.into()),
        }))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("a reference is ASCII")
    }

    /// The bytes of the text.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Short { len, bytes } => &bytes[..usize::from(*len)],
            Text::Long(text) => text.as_bytes(),
        }
    }
}

impl Hash for Reference {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.as_bytes());
    }
}

impl PartialOrd for Reference {
    fn partial_cmp(&self, other: &Reference) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// As texts are ordered.
impl Ord for Reference {
    fn cmp(&self, other: &Reference) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reference").field(&self.as_str()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length_are_kept_compared_and_ordered_as_texts() {
        assert_eq!(size_of::<Reference>(), 24);
        let texts: Vec<String> = (1..=REFERENCE_CHARS_MAX)
            .flat_map(|len| [len, len + 1].map(|seed| "a-Z_9".repeat(14)[seed % 5..][..len].into()))
            .collect();
        for a in &texts {
            let reference = Reference::new(a).unwrap();
            assert_eq!((reference.as_str(), &reference.to_string()), (a.as_str(), a));
            for b in &texts {
                let other = Reference::new(b).unwrap();
                assert_eq!((reference == other, reference.cmp(&other)), (a == b, a.cmp(b)));
            }
        }
        for bad in ["", "a b", "é", "a.b", &"x".repeat(REFERENCE_CHARS_MAX + 1)] {
            assert_eq!(Reference::new(bad), None, "{bad}");
        }
    }
}
