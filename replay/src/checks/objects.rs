//! What facts say about payments, batches and limits, against the movements that came with them.

use super::entries::Event;
use super::{Check, Checks, Touch, Verdict, holds};
use crate::follow::Place;
use crate::naive::{Converted, Person};
use crate::names::{account_name, fact_name};
use groat_ledger::{
    Batch, BatchState, CodeKind, Fact, FeeRefund, Id, Owner, PacketSender, Payment, PaymentParts,
    PaymentState, Purpose,
};
use groat_shard::Books;

impl Checks {
    pub(super) fn payment(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: &Event<'_>,
        payment: Id,
    ) {
        let Event { number, fact, movements, .. } = *event;
        let moved: u128 = movements.iter().map(|m| u128::from(m.amount)).sum();
        let ((discount, funded), stored) = match fact {
            Fact::RefundSucceeded { .. } => {
                let of_points = self.points.taken_back(payment);
                (self.coupons.taken_back(payment), self.cards.taken_back(payment) + of_points)
            }
            _ => ((0, 0), 0),
        };
        // What the payer pays, or gets back, where that is in another currency.
        let converted = match fact {
            Fact::PaymentPaid { .. } => self.exchanges.paid(payment),
            Fact::RefundSucceeded { .. } => self.exchanges.taken_back(payment),
            _ => None,
        };
        let parts = parts_sum(fact, moved, (discount, funded, stored), converted);
        let verdict = parts.and_then(|()| match fact {
            Fact::PaymentPaid { balance, credit, channel_amount, .. } => {
                let of_coupon = self.coupons.of_payment(payment);
                let own = [*balance, *credit, *channel_amount, self.cards.of_payment(payment)];
                let of_points = self.points.of_payment(payment);
                let parts = own.into_iter().chain([of_points, of_coupon.0, of_coupon.1]);
                let legs = parts.map(u128::from).sum::<u128>();
                let row = books.ledger().tables().payments.get(&payment);
                let amount = row.map(|p| converted.map_or(p.amount.amount, |of| of.sold));
                holds(amount.is_some_and(|amount| u128::from(amount) == legs), || {
                    format!("the legs of {payment} sum to {legs}, not to its amount")
                })
            }
            _ => Ok(()),
        });
        let row = books.ledger().tables().payments.get(&payment);
        let row = row.ok_or_else(|| format!("there is no payment {payment}"));
        let verdict = verdict.and(row).and_then(|row| payment_holds(books, row));
        self.note(Check::Payments, at, number, verdict);
    }

    pub(super) fn batches(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, fact, .. } = *event;
        let tables = books.ledger().tables();
        let of = |payment: &Id| tables.payments.get(payment).and_then(|p| p.batch);
        let touched = match fact {
            Fact::PaymentPaid { batch, .. }
            | Fact::BatchCut { batch }
            | Fact::BatchSettled { batch, .. } => [Some(*batch), None],
            Fact::FeeCharged { payment, .. }
            | Fact::FeeReturned { payment, .. }
            | Fact::SellerFeeCharged { payment, .. }
            | Fact::SellerFeeReturned { payment, .. }
            | Fact::DisputeOpened { payment, .. }
            | Fact::SettlementConfirmed { payment, .. }
            | Fact::ProceedsFrozen { payment, .. }
            | Fact::PaymentSplit { payment, .. } => [of(payment), None],
            Fact::SplitFinished { payment, batch, .. }
            | Fact::ProceedsFreed { payment, batch, .. }
            | Fact::SplitReturned { payment, batch, .. } => [of(payment), *batch],
            Fact::RefundSucceeded { payment, open_batch, .. } => [of(payment), *open_batch],
            Fact::RentalPaymentPending { batch, .. } => [*batch, None],
            Fact::AdvanceReturned { rental, open_batch, .. } => {
                [self.bills.batch_of_advance(*rental), *open_batch]
            }
            Fact::BatchForwarded { batch, .. } | Fact::ProceedsReceived { batch, .. } => {
                [Some(*batch), None]
            }
            Fact::RefundFunded { open_batch, .. } => [*open_batch, None],
            other => {
                let what = format!("{} is no fact of a batch", fact_name(other));
                return self.note(Check::Batches, at, number, Err(what));
            }
        };
        // The money of a batch that is forwarded goes with the remittance behind this fact.
        let forwarded = matches!(fact, Fact::BatchForwarded { .. });
        for no in touched.into_iter().flatten().filter(|_| !forwarded) {
            self.note(Check::Batches, at, number, self.batch(books, no));
        }
        if let Fact::BatchForwarded { batch, amount } = fact {
            let net = tables.batches.try_row(*batch).map(Batch::net);
            let verdict = holds(net == Some(i128::from(*amount)), || {
                format!("batch {batch} is forwarded with {amount}; its net is {net:?}")
            });
            self.note(Check::Batches, at, number, verdict);
        }
        if let Fact::BatchSettled { batch, recovered, reserve, available } = fact {
            let parts = i128::from(*recovered) + i128::from(*reserve) + i128::from(*available);
            let net = tables.batches.try_row(*batch).map(Batch::net);
            let verdict = holds(net == Some(parts), || {
                format!("batch {batch} is settled with {parts}; its net is {net:?}")
            });
            self.note(Check::Batches, at, number, verdict);
        }
    }

    pub(super) fn batch(&self, books: &Books, no: u32) -> Verdict {
        let batch = books.ledger().tables().batches.try_row(no);
        let batch = batch.ok_or_else(|| format!("there is no batch {no}"))?;
        let sums = self.journal.of(batch.account);
        let sums = sums.ok_or_else(|| format!("batch {no} has no account"))?;
        let expected = if batch.state == BatchState::Settled { 0 } else { batch.net() };
        let pending = sums.credits - sums.debits;
        holds(pending == expected, || {
            let name = account_name(&sums.key);
            format!("{name} has {pending} pending; its items sum to {expected}")
        })
    }

    pub(super) fn limits(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, .. } = *event;
        let ledger = books.ledger();
        let date = ledger.calendar().date(time);
        let person = |id: &Id| {
            let row = ledger.tables().users.get(id)?;
            Some((
                Person { user: row.user, kyc_class: row.kyc_class, currency: row.currency },
                row.account,
            ))
        };
        let verdict = match fact {
            Fact::LimitsSet { scope, currency, limits } => {
                self.spending.set(*scope, *currency, *limits);
                return;
            }
            Fact::PaymentPaid { balance: 0, .. } => return,
            // What was agreed counts; the fact behind it says what of it was frozen.
            Fact::PaymentPaid { payment, user, balance, agreed: true, .. } => {
                let Some((payer, _)) = person(user) else { return };
                self.agreed_at = Some(Touch { event: number, block: at.block, byte: at.byte });
                return self.spending.spend_agreed(*payment, payer, *balance, date);
            }
            Fact::FundsAuthorized { fund: 0, .. } => return,
            Fact::FundsAuthorized { auth, user, fund, .. } => {
                let Some((payer, _)) = person(user) else { return };
                self.spending.freeze(*auth, payer, *fund, date)
            }
            Fact::FundsReleased { auth, fund, .. }
            | Fact::AuthorizationClosed { auth, fund, .. } => {
                return self.spending.unfreeze(*auth, *fund);
            }
            Fact::AuthorizationCaptured { auth, payment, fund, .. } => {
                self.spending.unfreeze(*auth, *fund);
                self.spending.settle_agreed(Some(*payment), *fund, date)
            }
            Fact::RentalCharged { rental, payment, fund, repaid, .. } => {
                self.spending.unfreeze(*rental, *fund);
                // What pays the platform back is no part of the payment, and comes first.
                let fund = fund.saturating_sub(*repaid);
                self.spending.settle_agreed(Some(*payment), fund, date)
            }
            Fact::RentalBoughtOut { rental, .. } => {
                // The deposit goes back behind it, and is not spent beside the price.
                self.spending.unfreeze(*rental, u64::MAX);
                self.spending.settle_agreed(None, 0, date)
            }
            Fact::PaymentPaid { payment, user, balance, .. } => {
                let code = ledger.tables().payments.get(payment).map(|p| p.code_kind);
                let Some((payer, _)) = person(user) else { return };
                let code = code.unwrap_or(CodeKind::None);
                self.spending.spend(payer, *balance, code, date)
            }
            Fact::Transferred { from, to, amount } => {
                let Some((payer, _)) = person(from) else { return };
                let spent = self.spending.spend(payer, *amount, CodeKind::None, date);
                spent.and_then(|()| self.holding(person(to)))
            }
            Fact::CardLoaded { user, amount, .. } => {
                let Some((payer, _)) = person(user) else { return };
                self.spending.spend(payer, *amount, CodeKind::None, date)
            }
            Fact::RemittanceSent { cargo, .. } => {
                let Purpose::Transfer { from, .. } = &cargo.purpose else { return };
                let Some((payer, _)) = person(from) else { return };
                self.spending.spend(payer, cargo.amount, CodeKind::None, date)
            }
            Fact::PacketSent { sender: PacketSender::User(from), total, .. } => {
                let Some((payer, _)) = person(from) else { return };
                self.spending.spend(payer, total.amount, CodeKind::None, date)
            }
            Fact::PacketSent { sender: PacketSender::Campaign(_), .. } => return,
            Fact::PacketClaimed { user, .. } | Fact::PacketArrived { user, .. } => {
                self.holding(person(user))
            }
            // It was the user's already.
            Fact::CardUnloaded { .. } => return,
            Fact::ToppedUp { user, .. }
            | Fact::PointsRedeemed { user, .. }
            | Fact::TransferArrived { to: user, .. }
            | Fact::ReceiptMatched { target: Owner::User(user), .. } => self.holding(person(user)),
            Fact::ReceiptMatched { target: Owner::Merchant(_) | Owner::Ledger(_), .. } => return,
            other => Err(format!("{} spends nothing", fact_name(other))),
        };
        self.note(Check::Limits, at, number, verdict);
    }

    /// No payment says that it was agreed to which nothing behind it explains.
    pub(super) fn agreed_by_something(&mut self, at: &Place<'_>, event: u64) {
        if let Some(payment) = self.spending.agreed_to_nothing() {
            let what = format!("{payment} is taken as agreed to, by no hold or rental");
            self.note(Check::Limits, at, event, Err(what));
        }
    }

    fn holding(&self, holder: Option<(Person, u32)>) -> Verdict {
        let Some((person, account)) = holder else { return Ok(()) };
        let balance = self.journal.of(account).map_or(0, |s| s.credits - s.debits);
        self.spending.hold(person, balance)
    }
}

/// Whether the parts of a payment's fact are what it moved. Of a refund, `beside` is a coupon's
/// part that moves no money, what goes back to a campaign, and what to a card. What is `converted`
/// moves twice: in the one currency and in the other.
fn parts_sum(
    fact: &Fact,
    moved: u128,
    beside: (u64, u64, u64),
    converted: Option<Converted>,
) -> Verdict {
    let (discount, funded, stored) = beside;
    let sum = |parts: &[u64]| parts.iter().map(|p| u128::from(*p)).sum::<u128>();
    let fits = match fact {
        Fact::PaymentPaid { balance, credit, channel_amount, .. } => {
            let bought = converted.map_or(0, |of| u128::from(of.bought));
            moved == sum(&[*balance, *credit, *channel_amount]) + bought
        }
        Fact::FeeCharged { amount, .. } | Fact::FeeReturned { amount, .. } => {
            moved == u128::from(*amount)
        }
        Fact::RefundSucceeded {
            amount,
            from_own_batch,
            from_available,
            from_open_batch,
            to_credit,
            to_channel,
            to_balance,
            ..
        } => {
            let given = sum(&[*from_own_batch, *from_available, *from_open_batch]);
            let got = sum(&[*to_credit, *to_channel, *to_balance, stored, funded]);
            let as_converted = match converted {
                Some(Converted { sold, bought }) => {
                    (given, got) == (sold.into(), bought.into()) && moved == given + got
                }
                None => given == got && moved == given,
            };
            given + u128::from(discount) == u128::from(*amount) && as_converted
        }
        Fact::PaymentCreated { .. }
        | Fact::PaymentClosed { .. }
        | Fact::PaymentCancelled { .. }
        | Fact::PaymentFinished { .. } => moved == 0,
        other => return Err(format!("{} is no fact of a payment", fact_name(other))),
    };
    holds(fits, || format!("the parts of {} do not sum up", fact_name(fact)))
}

/// DOMAIN §6, 5.
pub(super) fn payment_holds(books: &Books, p: &Payment) -> Verdict {
    let name = p.payment;
    let of_cards = |parts: &PaymentParts| parts.stored.saturating_add(parts.redeemed);
    let of_parts = |parts: &PaymentParts| parts.sum().saturating_add(of_cards(parts));
    let elsewhere = p.parts.as_ref().map_or(0, |parts| of_parts(parts));
    let legs = [p.balance, p.credit, p.channel_amount, elsewhere].map(u128::from);
    let legs = legs.iter().sum::<u128>();
    let legs_fit = p.user.is_none() || legs == u128::from(p.price().amount);
    holds(legs_fit, || format!("the legs of {name} sum to {legs}, not to its amount"))?;
    let refunded: u128 = p.refunds.iter().map(|r| u128::from(r.amount)).sum();
    let within = refunded <= if p.user.is_some() { u128::from(p.amount.amount) } else { 0 };
    holds(within, || format!("{name} is refunded {refunded}, more than was paid"))?;
    let given = refunded + u128::from(p.disputed);
    let within = p.user.is_none() || given <= u128::from(p.amount.amount);
    holds(within, || format!("{name} is refunded and disputed {given}, more than was paid"))?;
    let (fee, back) = (p.fee, p.fee_returned);
    holds(back <= fee, || format!("{name} has {back} of its fee of {fee} returned"))?;
    let seller = books.ledger().tables().merchants.try_row(p.merchant);
    let proportional = seller.is_some_and(|m| m.terms.fee_refund == FeeRefund::Proportional);
    let whole = p.state == PaymentState::Refunded && proportional;
    holds(!whole || back == fee, || {
        format!("{name} is fully refunded with {back} of its fee of {fee} returned")
    })
}
