//! Commands that name an app: whether they are the app's.

use super::Books;
use crate::codec::CommandView;
use crate::signature::signature_holds;
use groat_ledger::{Rejection, Signer};

impl Books {
    /// Why a command is not of the app that it names. Such a command leaves no event, moves no time
    /// and takes no id: nobody can spoil an app's commands by sending others in its name.
    pub(super) fn forged(&self, view: &CommandView, bytes: &[u8]) -> Option<Rejection> {
        if view.app.is_none() && !view.is_signed {
            return None;
        }
        match self.ledger.signer(view.app) {
            Signer::Platform => view.is_signed.then_some(Rejection::UnknownTenant),
            Signer::Unknown => Some(Rejection::UnknownTenant),
            Signer::Key(_) if !view.is_signed => Some(Rejection::SignatureMissing),
            Signer::Key(key) => {
                // Asked for its time and again for its answer; verified once.
                let holds = view.signature_holds.get_or_init(|| signature_holds(bytes, &key));
                (!holds).then_some(Rejection::SignatureInvalid)
            }
        }
    }

    /// Whether a command is of an app that signs: only the platform moves the clock.
    pub(super) fn is_of_an_app(&self, view: &CommandView) -> bool {
        !view.app.is_none() && matches!(self.ledger.signer(view.app), Signer::Key(_))
    }
}
