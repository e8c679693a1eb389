//! Wire to domain: what goes between shards, and the events of it.

use super::apps;
use super::fields::*;
use super::members;
use super::royalties;
use super::{cards, exchange};
use groat_ledger::limits::{AMOUNT_MAX, TIME_MS_MAX};
use groat_ledger::{
    Cargo, Confirmed, Fact, Id, MerchantTerms, Purpose, Reference, Rejection, Remittance,
    RoyaltyWord, Standing,
};
use groat_proto::Message;
use groat_proto::v1::{self, cargo, event};

/// Reads what another shard sent; the name of the field that is wrong, if one is.
pub fn read_remittance(bytes: &[u8]) -> Result<Remittance, &'static str> {
    let wire = v1::Remittance::decode(bytes).map_err(|_| "a groat.v1.Remittance")?;
    ensure(wire.number > 0, "number")?;
    ensure(wire.at <= TIME_MS_MAX, "at")?;
    let cargo = read_cargo(wire.cargo.as_ref().ok_or("cargo")?)?;
    Ok(Remittance { from: wire.from_shard, number: wire.number, at: wire.at, cargo })
}

fn read_cargo(wire: &v1::Cargo) -> Field<Cargo> {
    use cargo::Purpose as W;
    let currency = currency(wire.currency, "currency")?;
    let purpose = match wire.purpose.as_ref().ok_or("purpose")? {
        W::Transfer(w) => Purpose::Transfer { from: id(w.from, "from")?, to: id(w.to, "to")? },
        W::Posting(w) => Purpose::Posting { debit: id(w.from, "from")?, credit: id(w.to, "to")? },
        W::PostingUpTo(w) => {
            let (debit, credit) = (id(w.from, "from")?, id(w.to, "to")?);
            Purpose::PostingUpTo { debit, credit }
        }
        W::TransferBack(w) => {
            let (from, to, why) = (id(w.from, "from")?, id(w.to, "to")?, rejection(w.why)?);
            Purpose::TransferBack { from, to, why }
        }
        W::PostingBack(w) => {
            let (debit, credit) = (id(w.from, "from")?, id(w.to, "to")?);
            Purpose::PostingBack { debit, credit, why: rejection(w.why)? }
        }
        W::PacketClaim(w) => {
            let (packet, user) = members::part(w)?;
            Purpose::PacketClaim { packet, user }
        }
        W::PacketBack(w) => {
            let (packet, user, why) = members::part_back(w)?;
            Purpose::PacketBack { packet, user, why }
        }
        W::Royalty(w) => Purpose::Royalty(royalties::sent(w)?),
        W::RoyaltyBack(w) => {
            let (sent, why) = royalties::sent_back(w)?;
            Purpose::RoyaltyBack(sent, why)
        }
        W::Merchant(w) => {
            let (merchant, terms, standing) = merchant_word(w)?;
            Purpose::Merchant { merchant, terms, standing }
        }
        W::Limits(w) => {
            let (scope, of, limits) = limits(w)?;
            ensure(of == currency, "currency")?;
            Purpose::Limits { scope, limits }
        }
        W::Proceeds(w) => Purpose::Proceeds { merchant: id(w.merchant, "merchant")?, date: w.date },
        W::RefundAsked(w) => {
            ensure(w.asked <= AMOUNT_MAX, "asked")?;
            Purpose::RefundAsked {
                merchant: id(w.merchant, "merchant")?,
                payment: id(w.payment, "payment")?,
                out_request_no: reference(&w.out_request_no, "out_request_no")?,
                asked: w.asked,
            }
        }
        W::RefundFunded(w) => Purpose::RefundFunded {
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
        },
        W::RefundDenied(w) => Purpose::RefundDenied {
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
            why: rejection(w.why)?,
        },
        W::SplitAsked(w) => {
            ensure(w.asked <= AMOUNT_MAX, "asked")?;
            let (payment, out_request_no) = request(w)?;
            let merchant = id(w.merchant, "merchant")?;
            Purpose::SplitAsked { merchant, payment, out_request_no, asked: w.asked }
        }
        W::SplitFunded(w) => {
            let (payment, out_request_no) = request(w)?;
            Purpose::SplitFunded { payment, out_request_no }
        }
        W::SplitDenied(w) => {
            let (payment, out_request_no) = request(w)?;
            Purpose::SplitDenied { payment, out_request_no, why: rejection(w.why)? }
        }
        W::App(w) => Purpose::App(Box::new(apps::register(w)?)),
        W::AppGrant(w) => Purpose::AppGrant(Box::new(apps::grant(w)?)),
        W::AppRevocation(w) => Purpose::AppRevocation(Box::new(apps::revoke(w)?)),
        W::CardTemplate(w) => Purpose::CardTemplate(Box::new(cards::define(w)?)),
        W::Quote(w) => Purpose::Quote(Box::new(exchange::publish(w)?)),
        W::AppLimits(w) => Purpose::AppLimits(Box::new(apps::set_limits(w)?)),
        W::Confirmed(w) => Purpose::Confirmed(Box::new(Confirmed {
            payment: id(w.payment, "payment")?,
            merchant: id(w.merchant, "merchant")?,
            out_trade_no: reference(&w.out_trade_no, "out_trade_no")?,
            date: w.date,
        })),
        W::BackHome(w) => {
            let (merchant, payment) = (id(w.merchant, "merchant")?, id(w.payment, "payment")?);
            Purpose::BackHome { merchant, payment }
        }
        W::RoyaltyWord(w) => {
            let word = w.receiver.as_ref().ok_or("receiver")?;
            let (receiver, terms, standing) = merchant_word(word)?;
            let (merchant, bound) = (id(w.merchant, "merchant")?, w.bound);
            let word = RoyaltyWord { merchant, receiver, terms, standing, bound };
            Purpose::RoyaltyWord(Box::new(word))
        }
        W::CloseAsked(w) => Purpose::CloseAsked { merchant: id(w.merchant, "merchant")? },
        W::CloseAnswered(w) => {
            Purpose::CloseAnswered { merchant: id(w.merchant, "merchant")?, open: w.open }
        }
        W::RoyaltyAsked(w) => Purpose::RoyaltyAsked(royalties::return_asked(w)?),
        W::RoyaltyGiven(w) => Purpose::RoyaltyGiven(royalties::return_asked(w)?),
        W::RoyaltyDenied(w) => {
            let (asked, why) = royalties::return_denied(w)?;
            Purpose::RoyaltyDenied(asked, why)
        }
        W::DisputeDebt(w) => {
            ensure(w.owed <= AMOUNT_MAX, "owed")?;
            let (merchant, dispute) = (id(w.merchant, "merchant")?, id(w.dispute, "dispute")?);
            Purpose::DisputeDebt { merchant, dispute, owed: w.owed, is_fee: w.is_fee }
        }
        W::DisputeDebtPaid(w) => {
            let (merchant, dispute) = (id(w.merchant, "merchant")?, id(w.dispute, "dispute")?);
            Purpose::DisputeDebtPaid { merchant, dispute }
        }
        W::DisputeReleased(w) => {
            let (merchant, dispute) = (id(w.merchant, "merchant")?, id(w.dispute, "dispute")?);
            Purpose::DisputeReleased { merchant, dispute }
        }
    };
    Ok(Cargo { amount: wire.amount, currency, purpose })
}

/// Of which payment, and under which number.
fn request(wire: &v1::RefundRequest) -> Field<(Id, Reference)> {
    Ok((id(wire.payment, "payment")?, reference(&wire.out_request_no, "out_request_no")?))
}

fn rejection(code: u32) -> Field<Rejection> {
    Rejection::from_code(code).ok_or("why")
}

fn merchant_word(wire: &v1::MerchantWord) -> Field<(Id, MerchantTerms, Standing)> {
    let terms = wire.terms.as_ref().ok_or("terms")?;
    let standing = Standing {
        debit_blocked: wire.debit_blocked,
        credit_blocked: wire.credit_blocked,
        closed: wire.closed,
    };
    Ok((id(terms.merchant, "merchant")?, merchant_terms(terms)?, standing))
}

pub(super) fn read_fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::RemittanceSent(w) => {
            let cargo = Box::new(read_cargo(w.cargo.as_ref().ok_or("cargo")?)?);
            Fact::RemittanceSent { to: w.to_shard, number: w.number, cargo }
        }
        W::RemittanceReceived(w) => {
            Fact::RemittanceReceived { from: w.from_shard, number: w.number }
        }
        W::TransferArrived(w) => {
            let (from, to) = (id(w.from, "from")?, id(w.to, "to")?);
            Fact::TransferArrived { from, to, amount: w.amount }
        }
        W::TransferReturned(w) => {
            let (from, to) = (id(w.from, "from")?, id(w.to, "to")?);
            Fact::TransferReturned { from, to, amount: w.amount, why: rejection(w.why)? }
        }
        W::PostingArrived(w) => {
            let (debit, credit) = (id(w.from, "from")?, id(w.to, "to")?);
            Fact::PostingArrived { debit, credit, amount: w.amount }
        }
        W::PostingReturned(w) => {
            let (debit, credit) = (id(w.from, "from")?, id(w.to, "to")?);
            Fact::PostingReturned { debit, credit, amount: w.amount, why: rejection(w.why)? }
        }
        W::MerchantKnown(w) => {
            let (merchant, terms, standing) = merchant_word(w.word.as_ref().ok_or("word")?)?;
            Fact::MerchantKnown { merchant, terms, account: w.account, standing }
        }
        W::BatchForwarded(w) => Fact::BatchForwarded { batch: w.batch, amount: w.amount },
        W::ProceedsReceived(w) => Fact::ProceedsReceived { batch: w.batch, amount: w.amount },
        W::RefundAsked(w) => read_asked(w)?,
        W::ReductionAsked(w) => Fact::ReductionAsked {
            rental: id(w.rental, "rental")?,
            item: w.item,
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
        },
        W::RefundFunded(w) => Fact::RefundFunded {
            merchant: id(w.merchant, "merchant")?,
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
            from_available: w.from_available,
            from_open_batch: w.from_open_batch,
            open_batch: w.open_batch,
        },
        W::ConfirmationArrived(w) => Fact::ConfirmationArrived {
            payment: id(w.payment, "payment")?,
            merchant: id(w.merchant, "merchant")?,
            out_trade_no: reference(&w.out_trade_no, "out_trade_no")?,
            batch: w.batch,
            recovered: w.recovered,
            reserve: w.reserve,
            available: w.available,
        },
        W::BackHomeArrived(w) => {
            let (merchant, payment) = (id(w.merchant, "merchant")?, id(w.payment, "payment")?);
            Fact::BackHomeArrived { merchant, payment, amount: w.amount }
        }
        W::CloseAsked(w) => {
            Fact::CloseAsked { merchant: id(w.merchant, "merchant")?, shards: w.shards }
        }
        W::CloseAnswered(w) => {
            let (merchant, shard, open) = (id(w.merchant, "merchant")?, w.shard, w.open);
            Fact::CloseAnswered { merchant, shard, open }
        }
        W::CloseDecided(w) => {
            let why = if w.why == 0 { None } else { Some(rejection(w.why)?) };
            Fact::CloseDecided { merchant: id(w.merchant, "merchant")?, why }
        }
        W::RoyaltyTold(w) => Fact::RoyaltyTold {
            merchant: id(w.merchant, "merchant")?,
            receiver: id(w.receiver, "receiver")?,
        },
        W::RefundFailed(w) => Fact::RefundFailed {
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
            why: rejection(w.why)?,
        },
        _ => return Err("fact"),
    })
}

fn read_asked(w: &v1::RefundAsked) -> Field<Fact> {
    Ok(Fact::RefundAsked {
        payment: id(w.payment, "payment")?,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        amount: w.amount,
        fee_part: w.fee_part,
        cancels: w.cancels,
        royalties: royalties::refunds(w.royalties.as_ref())?,
    })
}
