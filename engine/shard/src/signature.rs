//! Signed commands: which bytes an app signs, and whether its signature over them holds.
//!
//! What is signed are the bytes as they came, the signature's own field cut out, so nobody has to
//! write a message the way this engine would. Each signature is verified by itself and strictly:
//! verifying many at once is faster by half, but accepts some that one by one do not hold, and then
//! an answer would depend on what came together.

use ed25519_dalek::{Signature, VerifyingKey};
use groat_ledger::PublicKey;
use groat_proto::read_varint;
use std::ops::Range;

/// Stands before the bytes of a command, so that no signature over anything else is one over a
/// command. Signatures of old commands are verified again by auditors: it never changes.
const PURPOSE: &[u8] = b"groat.v1.Command\n";

/// Key of the field `signature` of a command: its number, and that it has a length.
const SIGNATURE_KEY: u64 = 149 << 3 | 2;

/// The key of these bytes. Points of a small order are none: anybody could sign for them.
pub(crate) fn public_key(bytes: &[u8]) -> Option<PublicKey> {
    let key = PublicKey::try_from(bytes).ok()?;
    let weak = VerifyingKey::from_bytes(&key).ok()?.is_weak();
    (!weak).then_some(key)
}

/// What an app signs of a command: the purpose, and the command without its signature.
pub fn signed_bytes(command: &[u8]) -> Option<Vec<u8>> {
    match signature_field(command) {
        Found::No => Some([PURPOSE, command].concat()),
        Found::At { field, .. } => {
            Some([PURPOSE, &command[..field.start], &command[field.end..]].concat())
        }
        Found::Broken => None,
    }
}

/// Whether a command carries this key's signature over itself.
pub fn signature_holds(command: &[u8], key: &PublicKey) -> bool {
    let Found::At { content, .. } = signature_field(command) else { return false };
    let signature = Signature::from_slice(&command[content]).ok();
    let key = VerifyingKey::from_bytes(key).ok();
    let (Some(signature), Some(key), Some(signed)) = (signature, key, signed_bytes(command)) else {
        return false;
    };
    key.verify_strict(&signed, &signature).is_ok()
}

/// Where the signature is.
enum Found {
    No,
    At {
        field: Range<usize>,
        content: Range<usize>,
    },
    /// The bytes are no message, or have two of it.
    Broken,
}

fn signature_field(command: &[u8]) -> Found {
    let (mut at, mut found) = (0, Found::No);
    while at < command.len() {
        let start = at;
        let Some((key, content)) = field(command, &mut at) else { return Found::Broken };
        if key == SIGNATURE_KEY {
            if !matches!(found, Found::No) {
                return Found::Broken;
            }
            found = Found::At { field: start..at, content };
        }
    }
    found
}

/// The next field: its key, and where what it holds stands.
fn field(bytes: &[u8], at: &mut usize) -> Option<(u64, Range<usize>)> {
    let key = read_varint(bytes, at)?;
    let len = match key & 7 {
        0 => {
            let start = *at;
            read_varint(bytes, at)?;
            return Some((key, start..*at));
        }
        1 => 8,
        2 => usize::try_from(read_varint(bytes, at)?).ok()?,
        5 => 4,
        _ => return None,
    };
    let (start, end) = (*at, at.checked_add(len)?);
    bytes.get(start..end)?;
    *at = end;
    Some((key, start..end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use groat_ledger::Id;
    use groat_proto::Message;
    use groat_proto::v1::{Command, OpenUser, command::Body};

    fn unsigned() -> Vec<u8> {
        let body =
            Some(Body::OpenUser(OpenUser { user: Some(Id(7).into()), ..OpenUser::default() }));
        let app = Some(Id(3).into());
        let metadata = [("k".to_owned(), "v".to_owned())].into();
        Command { id: Some(Id(9).into()), app, at: 5, metadata, body, ..Command::default() }
            .encode_to_vec()
    }

    /// As a producer in any language does it: the field is put behind what was signed.
    fn signed(command: &[u8], key: &SigningKey) -> Vec<u8> {
        let signature = key.sign(&[PURPOSE, command].concat()).to_bytes();
        [command, &[0xaa, 0x09, 64], &signature].concat()
    }

    #[test]
    fn what_is_signed_holds_wherever_the_field_stands() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = key.verifying_key().to_bytes();
        let (plain, good) = (unsigned(), signed(&unsigned(), &key));
        assert!(signature_holds(&good, &public));
        assert_eq!(signed_bytes(&good), signed_bytes(&plain));
        let field = &good[plain.len()..];
        assert!(signature_holds(&[field, &plain].concat(), &public));
        let again = Command::decode(&good[..]).unwrap().encode_to_vec();
        assert!(signature_holds(&again, &public));
    }

    #[test]
    fn nothing_else_holds() {
        let (key, other) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
        let public = key.verifying_key().to_bytes();
        let (plain, good) = (unsigned(), signed(&unsigned(), &key));
        assert!(!signature_holds(&plain, &public));
        assert!(!signature_holds(&good, &other.verifying_key().to_bytes()));
        let twice = [&good[..], &good[plain.len()..]].concat();
        assert!(!signature_holds(&twice, &public));
        // Without the purpose it is a signature over something else.
        let bare = key.sign(&plain).to_bytes();
        assert!(!signature_holds(&[&plain[..], &[0xaa, 0x09, 64], &bare].concat(), &public));
        for at in 0..good.len() {
            for byte in [good[at] ^ 1, good[at] ^ 0x80, 0] {
                let mut bad = good.clone();
                bad[at] = byte;
                assert!(bad == good || !signature_holds(&bad, &public), "byte {at}");
            }
            assert!(!signature_holds(&good[..at], &public), "cut at {at}");
        }
    }

    #[test]
    fn a_key_is_a_point_that_is_not_weak() {
        let key = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
        assert_eq!(public_key(&key), Some(key));
        assert_eq!(public_key(&key[1..]), None);
        let mut neutral = [0; 32];
        neutral[0] = 1;
        // The neutral point, one of order four, and what is no point.
        for bad in [neutral, [0; 32], [2; 32]] {
            assert_eq!(public_key(&bad), None, "{bad:?}");
        }
    }
}
