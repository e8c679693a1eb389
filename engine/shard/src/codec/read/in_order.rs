//! A message whose fields come in their order, as an encoder writes it by the book: none twice,
//! none that could have been left out. What is not so is left unread, and its reader gives up:
//! then prost reads the message, and only what both would read alike is read here.

use super::fields;
use groat_ledger::{Id, Money, Reference};

/// What is left of the message. Its methods are inlined whatever the compiler thinks of it: then
/// ids and amounts go from the bytes to their places through registers (a sixth of the time of a
/// step; see [`crate::books`] for why copying what was just written is slow).
pub(super) struct InOrder<'a> {
    bytes: &'a [u8],
}

impl<'a> InOrder<'a> {
    #[inline(always)]
    pub(super) fn new(bytes: &'a [u8]) -> InOrder<'a> {
        InOrder { bytes }
    }

    /// Whether nothing is left.
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// `read`, if it leaves nothing.
    #[inline(always)]
    pub(super) fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let read = read(&mut self)?;
        self.is_empty().then_some(read)
    }

    /// The next field, a message: its number and bytes.
    #[inline(always)]
    pub(super) fn any_message(&mut self) -> Option<(u64, InOrder<'a>)> {
        let tag = self.varint()?;
        let inner = self.delimited()?;
        (tag & 7 == 2).then_some((tag >> 3, InOrder { bytes: inner }))
    }

    /// A message; none where the field is left out.
    #[inline(always)]
    pub(super) fn message(&mut self, field: u8) -> Option<InOrder<'a>> {
        self.bytes = self.bytes.strip_prefix(&[field << 3 | 2])?;
        Some(InOrder { bytes: self.delimited()? })
    }

    /// A number that fits; 0 where the field is left out.
    #[inline(always)]
    pub(super) fn number<N: TryFrom<u64> + Default>(&mut self, field: u8) -> Option<N> {
        let Some(rest) = self.bytes.strip_prefix(&[field << 3]) else { return Some(N::default()) };
        self.bytes = rest;
        N::try_from(self.varint().filter(|n| *n > 0)?).ok()
    }

    /// A number that may be left out, zero or not.
    pub(super) fn optional<N: TryFrom<u64>>(&mut self, field: u8) -> Option<Option<N>> {
        let Some(rest) = self.bytes.strip_prefix(&[field << 3]) else { return Some(None) };
        self.bytes = rest;
        N::try_from(self.varint()?).ok().map(Some)
    }

    pub(super) fn flag(&mut self, field: u8) -> Option<bool> {
        match self.number(field)? {
            0u8 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// A number of eight bytes; 0 where the field is left out.
    #[inline(always)]
    pub(super) fn fixed(&mut self, field: u8) -> Option<u64> {
        let Some(rest) = self.bytes.strip_prefix(&[field << 3 | 1]) else { return Some(0) };
        let (value, rest) = half(rest)?;
        self.bytes = rest;
        Some(value)
    }

    /// An id that must be there; a half of it that is zero is left out.
    #[inline(always)]
    pub(super) fn id(&mut self, field: u8) -> Option<Id> {
        let tag = field << 3 | 2;
        let (id, rest) = match self.bytes {
            [t, 18, 9, rest @ ..] if *t == tag => {
                let (hi, rest) = half(rest)?;
                let (lo, rest) = half(rest.strip_prefix(&[17])?)?;
                (Id::from_halves(hi, lo), rest)
            }
            [t, 9, 9, rest @ ..] if *t == tag => {
                let (hi, rest) = half(rest)?;
                (Id::from_halves(hi, 0), rest)
            }
            [t, 9, 17, rest @ ..] if *t == tag => {
                let (lo, rest) = half(rest)?;
                (Id::from_halves(0, lo), rest)
            }
            _ => return None,
        };
        self.bytes = rest;
        Some(id)
    }

    /// An id that may be left out.
    #[inline(always)]
    pub(super) fn optional_id(&mut self, field: u8) -> Option<Id> {
        if self.has(field) { self.id(field) } else { Some(Id::NONE) }
    }

    /// A reference that must be there.
    pub(super) fn text(&mut self, field: u8) -> Option<Reference> {
        Reference::from_bytes(self.message(field)?.bytes)
    }

    /// A reference that may be left out.
    pub(super) fn optional_text(&mut self, field: u8) -> Option<Option<Reference>> {
        if self.has(field) { self.text(field).map(Some) } else { Some(None) }
    }

    /// Money that must be there, in a known currency.
    #[inline(always)]
    pub(super) fn money(&mut self, field: u8) -> Option<Money> {
        self.message(field)?.whole(|money| {
            let (amount, code) = (money.number(1)?, money.number(2)?);
            Some(Money { amount, currency: fields::currency(code, "currency").ok()? })
        })
    }

    /// Whether the next field is this one, a message or text.
    #[inline(always)]
    pub(super) fn has(&self, field: u8) -> bool {
        self.bytes.first() == Some(&(field << 3 | 2))
    }

    #[inline(always)]
    fn delimited(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.varint()?).ok()?;
        let (inner, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(inner)
    }

    /// A varint below 2^63 without a byte that could have been left out.
    #[inline(always)]
    fn varint(&mut self) -> Option<u64> {
        let (first, mut rest) = self.bytes.split_first()?;
        if *first < 0x80 {
            self.bytes = rest;
            return Some((*first).into());
        }
        let mut value = u64::from(first & 0x7f);
        for shift in [7, 14, 21, 28, 35, 42, 49, 56] {
            let (byte, tail) = rest.split_first()?;
            rest = tail;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                self.bytes = rest;
                return (*byte > 0).then_some(value);
            }
        }
        None
    }
}

/// Eight bytes, not all zero, and what follows them.
#[inline(always)]
fn half(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (half, rest) = bytes.split_first_chunk()?;
    let half = u64::from_le_bytes(*half);
    (half > 0).then_some((half, rest))
}
