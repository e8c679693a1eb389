//! Domain to wire: what goes between shards, and the events of it.

use super::{apps, cards, disputes, exchange, limits, members, royalties, some, terms};
use groat_ledger::{
    Cargo, Fact, Id, MerchantTerms, Purpose, Reference, Rejection, Settlement, Standing,
};
use groat_proto::v1::{self, cargo, event, settlement};

/// What one shard tells another of the event of that number.
pub fn write_remittance(
    from: u32,
    number: u64,
    event: u64,
    at: u64,
    content: &Cargo,
    remittances_before: u64,
) -> v1::Remittance {
    let content = Some(write_cargo(content));
    v1::Remittance { from_shard: from, number, event, at, cargo: content, remittances_before }
}

fn write_cargo(content: &Cargo) -> v1::Cargo {
    use cargo::Purpose as W;
    let sent = |from: Id, to: Id| v1::Sent { from: some(from), to: some(to) };
    let back = |from: Id, to: Id, why: Rejection| v1::SentBack {
        from: some(from),
        to: some(to),
        why: why.code().into(),
    };
    let purpose = match &content.purpose {
        Purpose::Transfer { from, to } => W::Transfer(sent(*from, *to)),
        Purpose::Posting { debit, credit } => W::Posting(sent(*debit, *credit)),
        Purpose::PostingUpTo { debit, credit } => W::PostingUpTo(sent(*debit, *credit)),
        Purpose::TransferBack { from, to, why } => W::TransferBack(back(*from, *to, *why)),
        Purpose::PostingBack { debit, credit, why } => W::PostingBack(back(*debit, *credit, *why)),
        Purpose::PacketClaim { packet, user } => {
            W::PacketClaim(members::part(*packet, *user, 0, 0))
        }
        Purpose::PacketBack { packet, user, why } => {
            W::PacketBack(members::part(*packet, *user, 0, why.code().into()))
        }
        Purpose::Royalty(sent) => W::Royalty(royalties::sent(sent, 0, 0)),
        Purpose::RoyaltyBack(sent, why) => {
            W::RoyaltyBack(royalties::sent(sent, 0, why.code().into()))
        }
        Purpose::Merchant { merchant, terms, standing } => {
            W::Merchant(merchant_word(*merchant, terms, *standing))
        }
        Purpose::Limits { scope, limits: set } => W::Limits(limits(*scope, content.currency, set)),
        Purpose::Proceeds { merchant, date } => {
            W::Proceeds(v1::Proceeds { merchant: some(*merchant), date: *date })
        }
        Purpose::RefundAsked { merchant, payment, out_request_no, asked } => {
            W::RefundAsked(v1::RefundRequest {
                payment: some(*payment),
                out_request_no: out_request_no.to_string(),
                merchant: some(*merchant),
                asked: *asked,
                why: 0,
            })
        }
        Purpose::RefundFunded { payment, out_request_no } => W::RefundFunded(v1::RefundRequest {
            payment: some(*payment),
            out_request_no: out_request_no.to_string(),
            ..v1::RefundRequest::default()
        }),
        Purpose::RefundDenied { payment, out_request_no, why } => {
            W::RefundDenied(v1::RefundRequest {
                payment: some(*payment),
                out_request_no: out_request_no.to_string(),
                why: why.code().into(),
                ..v1::RefundRequest::default()
            })
        }
        Purpose::SplitAsked { merchant, payment, out_request_no, asked } => {
            W::SplitAsked(v1::RefundRequest {
                merchant: some(*merchant),
                asked: *asked,
                ..request(*payment, out_request_no)
            })
        }
        Purpose::SplitFunded { payment, out_request_no } => {
            W::SplitFunded(request(*payment, out_request_no))
        }
        Purpose::SplitDenied { payment, out_request_no, why } => {
            W::SplitDenied(v1::RefundRequest {
                why: why.code().into(),
                ..request(*payment, out_request_no)
            })
        }
        Purpose::App(c) => W::App(apps::registration(c)),
        Purpose::AppGrant(c) => {
            W::AppGrant(apps::grant(c.app, c.merchant, &c.scopes, c.expires_at))
        }
        Purpose::AppRevocation(c) => {
            W::AppRevocation(apps::revocation(c.app, c.merchant, &c.scopes))
        }
        Purpose::CardTemplate(c) => W::CardTemplate(cards::define(c.template, &c.terms)),
        Purpose::Quote(c) => W::Quote(exchange::quote(c.quote, &c.terms)),
        Purpose::AppLimits(c) => W::AppLimits(apps::limits(c.app, &c.limits)),
        Purpose::Confirmed(c) => W::Confirmed(v1::Confirmed {
            payment: some(c.payment),
            merchant: some(c.merchant),
            out_trade_no: c.out_trade_no.to_string(),
            date: c.date,
        }),
        Purpose::BackHome { merchant, payment } => W::BackHome(v1::BackHome {
            merchant: some(*merchant),
            payment: some(*payment),
            amount: 0,
        }),
        Purpose::RoyaltyWord(w) => W::RoyaltyWord(v1::RoyaltyWord {
            merchant: some(w.merchant),
            receiver: Some(merchant_word(w.receiver, &w.terms, w.standing)),
            bound: w.bound,
        }),
        Purpose::CloseAsked { merchant } => {
            W::CloseAsked(v1::CloseAsked { merchant: some(*merchant), shards: 0 })
        }
        Purpose::CloseAnswered { merchant, open } => {
            W::CloseAnswered(v1::CloseAnswer { merchant: some(*merchant), open: *open, shard: 0 })
        }
        Purpose::RoyaltyAsked(asked) => W::RoyaltyAsked(royalties::return_asked(asked, 0)),
        Purpose::RoyaltyGiven(asked) => W::RoyaltyGiven(royalties::return_asked(asked, 0)),
        Purpose::RoyaltyDenied(asked, why) => {
            W::RoyaltyDenied(royalties::return_asked(asked, why.code().into()))
        }
        Purpose::DisputeDebt { merchant, dispute, owed, is_fee } => {
            let (owed, is_fee) = (*owed, *is_fee);
            W::DisputeDebt(v1::DisputeMoney {
                owed,
                is_fee,
                ..disputes::money(*merchant, *dispute)
            })
        }
        Purpose::DisputeDebtPaid { merchant, dispute } => {
            W::DisputeDebtPaid(disputes::money(*merchant, *dispute))
        }
        Purpose::DisputeReleased { merchant, dispute } => {
            W::DisputeReleased(disputes::money(*merchant, *dispute))
        }
    };
    let (amount, currency) = (content.amount, u32::from(content.currency.code()));
    v1::Cargo { amount, currency, purpose: Some(purpose) }
}

fn request(payment: Id, number: &Reference) -> v1::RefundRequest {
    v1::RefundRequest {
        payment: some(payment),
        out_request_no: number.to_string(),
        ..v1::RefundRequest::default()
    }
}

fn merchant_word(merchant: Id, agreed: &MerchantTerms, standing: Standing) -> v1::MerchantWord {
    v1::MerchantWord {
        terms: Some(terms(merchant, agreed)),
        debit_blocked: standing.debit_blocked,
        credit_blocked: standing.credit_blocked,
        closed: standing.closed,
    }
}

pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    let arrived = |from: &Id, to: &Id, amount: u64, why: u32| v1::TransferArrived {
        from: some(*from),
        to: some(*to),
        amount,
        why,
    };
    Some(match fact {
        Fact::RemittanceSent { to, number, cargo } => W::RemittanceSent(v1::RemittanceSent {
            to_shard: *to,
            number: *number,
            cargo: Some(write_cargo(cargo)),
        }),
        Fact::RemittanceReceived { from, number } => {
            W::RemittanceReceived(v1::RemittanceReceived { from_shard: *from, number: *number })
        }
        Fact::TransferArrived { from, to, amount } => {
            W::TransferArrived(arrived(from, to, *amount, 0))
        }
        Fact::TransferReturned { from, to, amount, why } => {
            W::TransferReturned(arrived(from, to, *amount, why.code().into()))
        }
        Fact::PostingArrived { debit, credit, amount } => {
            W::PostingArrived(arrived(debit, credit, *amount, 0))
        }
        Fact::PostingReturned { debit, credit, amount, why } => {
            W::PostingReturned(arrived(debit, credit, *amount, why.code().into()))
        }
        Fact::MerchantKnown { merchant, terms: agreed, account, standing } => {
            W::MerchantKnown(v1::MerchantKnown {
                word: Some(merchant_word(*merchant, agreed, *standing)),
                account: *account,
            })
        }
        Fact::BatchForwarded { batch, amount } => {
            W::BatchForwarded(v1::BatchMoney { batch: *batch, amount: *amount })
        }
        Fact::ProceedsReceived { batch, amount } => {
            W::ProceedsReceived(v1::BatchMoney { batch: *batch, amount: *amount })
        }
        Fact::RefundAsked {
            payment,
            out_request_no,
            amount,
            fee_part,
            cancels,
            royalties: back,
        } => W::RefundAsked(v1::RefundAsked {
            payment: some(*payment),
            out_request_no: out_request_no.to_string(),
            amount: *amount,
            fee_part: *fee_part,
            cancels: *cancels,
            royalties: royalties::refunds(back),
        }),
        Fact::ReductionAsked { rental, item, payment, out_request_no } => {
            W::ReductionAsked(v1::ReductionAsked {
                rental: some(*rental),
                item: *item,
                payment: some(*payment),
                out_request_no: out_request_no.to_string(),
            })
        }
        Fact::RefundFunded {
            merchant,
            payment,
            out_request_no,
            from_available,
            from_open_batch,
            open_batch,
        } => W::RefundFunded(v1::RefundFunded {
            merchant: some(*merchant),
            payment: some(*payment),
            out_request_no: out_request_no.to_string(),
            from_available: *from_available,
            from_open_batch: *from_open_batch,
            open_batch: *open_batch,
        }),
        Fact::ConfirmationArrived {
            payment,
            merchant,
            out_trade_no,
            batch,
            recovered,
            reserve,
            available,
        } => W::ConfirmationArrived(v1::ConfirmationArrived {
            payment: some(*payment),
            merchant: some(*merchant),
            out_trade_no: out_trade_no.to_string(),
            batch: *batch,
            recovered: *recovered,
            reserve: *reserve,
            available: *available,
        }),
        Fact::BackHomeArrived { merchant, payment, amount } => W::BackHomeArrived(v1::BackHome {
            merchant: some(*merchant),
            payment: some(*payment),
            amount: *amount,
        }),
        Fact::CloseAsked { merchant, shards } => {
            W::CloseAsked(v1::CloseAsked { merchant: some(*merchant), shards: *shards })
        }
        Fact::CloseAnswered { merchant, shard, open } => W::CloseAnswered(v1::CloseAnswer {
            merchant: some(*merchant),
            open: *open,
            shard: *shard,
        }),
        Fact::CloseDecided { merchant, why } => W::CloseDecided(v1::CloseDecided {
            merchant: some(*merchant),
            why: why.map_or(0, |why| why.code().into()),
        }),
        Fact::RoyaltyTold { merchant, receiver } => {
            W::RoyaltyTold(v1::RoyaltyTold { merchant: some(*merchant), receiver: some(*receiver) })
        }
        Fact::RefundFailed { payment, out_request_no, why } => W::RefundFailed(v1::RefundFailed {
            payment: some(*payment),
            out_request_no: out_request_no.to_string(),
            why: why.code().into(),
        }),
        _ => return None,
    })
}

pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::TransferArrived { from, to, amount } => W::TransferArrived(v1::ToldTransfer {
            from: some(*from),
            to: some(*to),
            amount: Some((*amount).into()),
            why: String::new(),
        }),
        Settlement::TransferReturned { from, to, amount, why } => {
            W::TransferReturned(v1::ToldTransfer {
                from: some(*from),
                to: some(*to),
                amount: Some((*amount).into()),
                why: why.name().into(),
            })
        }
        Settlement::SplitFailed { payment, out_request_no, merchant, why } => {
            W::SplitFailed(v1::ToldRefundFailure {
                payment: some(*payment),
                out_request_no: out_request_no.to_string(),
                merchant: some(*merchant),
                why: why.name().into(),
            })
        }
        Settlement::CloseDecided { merchant, why } => W::CloseDecided(v1::ToldClosing {
            merchant: some(*merchant),
            closed: why.is_none(),
            why: why.map_or_else(String::new, |why| why.name().into()),
        }),
        Settlement::RefundFailed { payment, out_request_no, merchant, why } => {
            W::RefundFailed(v1::ToldRefundFailure {
                payment: some(*payment),
                out_request_no: out_request_no.to_string(),
                merchant: some(*merchant),
                why: why.name().into(),
            })
        }
        _ => return None,
    })
}
