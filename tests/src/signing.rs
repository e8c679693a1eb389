//! Commands signed as an app signs them, from the description in `proto/README.md`.

use ed25519_dalek::{Signer, SigningKey};
use groat_ledger::{Id, PublicKey};
use groat_proto::Message;
use groat_proto::v1::Command;

/// The key that a number stands for.
pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// Its public half.
pub fn public_key(seed: u8) -> PublicKey {
    key(seed).verifying_key().to_bytes()
}

/// The command in the name of an app, signed by a key.
pub fn sign(command: Command, app: Id, key: &SigningKey) -> Command {
    let unsigned = Command { app: Some(app.into()), signature: Vec::new(), ..command };
    let signed = [b"groat.v1.Command\n", &unsigned.encode_to_vec()[..]].concat();
    Command { signature: key.sign(&signed).to_bytes().to_vec(), ..unsigned }
}
