//! Verbs of the tables that are commands of disputes.

use crate::words::{Args, money, time};
use groat_ledger::{
    AcceptDispute, Body, CancelDispute, DefendDispute, DisputeKind, JudgeDispute, OpenDispute,
};

/// `dispute d1 p1 50.00 +9d`, `judge d1 customer fee=1.00`; `None` when it is no such verb.
pub(crate) fn body(verb: &str, a: &mut Args<'_>, now: u64) -> Option<Body> {
    Some(match verb {
        "dispute" => Body::OpenDispute(OpenDispute {
            dispute: a.id(),
            payment: a.id(),
            amount: a.money(),
            kind: match a.option("kind") {
                None => DisputeKind::Chargeback,
                Some("retrieval") => DisputeKind::RetrievalRequest,
                Some("compliance") => DisputeKind::ComplianceRequest,
                Some(other) => panic!("kind=retrieval or kind=compliance, not {other}"),
            },
            due_at: time(a.word(), now),
        }),
        "defend" => Body::DefendDispute(DefendDispute { dispute: a.id(), evidence: a.reference() }),
        "accept" => Body::AcceptDispute(AcceptDispute { dispute: a.id() }),
        "withdraw" => Body::CancelDispute(CancelDispute { dispute: a.id() }),
        "judge" => Body::JudgeDispute(JudgeDispute {
            dispute: a.id(),
            for_customer: match a.word() {
                "customer" => true,
                "merchant" => false,
                other => panic!("judge for customer or merchant, not {other}"),
            },
            fee: a.option("fee").map(money),
        }),
        _ => return None,
    })
}
