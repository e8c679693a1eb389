//! By which version of the rules a ledger decides. Whoever runs decides by the newest; whoever
//! audits decides each block by the version that its header names, where that is known here.

use super::{Due, DueKind, Ledger};
use crate::state::Payment;

/// Version of the rules that this code decides by.
pub const RULESET: u32 = 6;

/// Since then all shards are told who may receive of whom.
pub(crate) const WORDS_SINCE: u32 = 3;

/// Since then other shards are asked before a merchant is closed, relations of before are told, and
/// a pending transfer may balance an account elsewhere.
pub(crate) const ASKED_SINCE: u32 = 4;

/// Since then nothing is shared of what the merchant's home is asked for by a refund.
const KEPT_SINCE: u32 = 5;

/// Since then nothing stays frozen of a payment that is refunded whole, and what a dispute took of
/// frozen proceeds and gave back to their merchant is shared like them.
const THAWED_SINCE: u32 = 6;

impl Ledger {
    /// The version that it decides by.
    pub fn ruleset(&self) -> u32 {
        self.ruleset
    }

    /// Decides by a version of the rules from now on. What the clock owes by that one alone is
    /// owed.
    pub fn decide_by(&mut self, ruleset: u32) {
        if self.ruleset == ruleset {
            return;
        }
        self.ruleset = ruleset;
        let kind = DueKind::RoyaltyWord;
        for no in 0..self.tables.royalty_relations.next_no() {
            if let Some(at) = self.owed_at(kind, no) {
                self.owe(Due { at, kind, no });
            }
        }
    }

    /// What of a payment is kept for a refund that its merchant's home is asked for.
    pub(crate) fn kept_for_refund(&self, payment: &Payment) -> u64 {
        if self.ruleset >= KEPT_SINCE { payment.asked } else { 0 }
    }

    /// Whether frozen proceeds follow what became of their payment.
    pub(crate) fn thaws(&self) -> bool {
        self.ruleset >= THAWED_SINCE
    }

    /// Whether there are other shards, and the rules are at least of this version.
    pub(crate) fn has_others_since(&self, ruleset: u32) -> bool {
        self.place.shards > 1 && self.ruleset >= ruleset
    }
}
