//! Verbs of the tables on credit that is lost: `write_off alice`, `recover alice 5.00`,
//! `provision 100.00`.

use crate::words::Args;
use groat_ledger::{Body, ProvisionCredit, RecordRecovery, WriteOffCredit};

/// The command of a line; `None` when the verb is no command of this subject.
pub(crate) fn body(verb: &str, a: &mut Args<'_>) -> Option<Body> {
    Some(match verb {
        "write_off" => Body::WriteOffCredit(WriteOffCredit { user: a.id() }),
        "recover" => Body::RecordRecovery(RecordRecovery { user: a.id(), amount: a.money() }),
        "provision" => Body::ProvisionCredit(ProvisionCredit { amount: a.money() }),
        _ => return None,
    })
}
