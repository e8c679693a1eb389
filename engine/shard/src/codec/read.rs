//! Wire to domain: commands and events.
//!
//! A command that cannot be read at all is malformed; one that can be read but has a field that it
//! cannot have is refused as `SchemaInvalid`, with its id taken.

use super::read_holds;
use crate::limits::{
    METADATA_ENTRIES_MAX, METADATA_KEY_BYTES_MAX, METADATA_VALUE_BYTES_MAX, REFERENCE_CHARS_MAX,
};
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::{
    self as domain, AccountKey, Balancing, Block, Body, Class, CloseReason, CodeKind, Constraint,
    Currency, EntryLine, Fact, FeeRefund, Id, Layer, Leg, LegSource, LimitScope, Limits,
    MerchantTerms, Money, Movement, Owner, PayMode, Phase, Reference, Rejection, Side, SignRule,
};
use groat_proto::Message;
use groat_proto::v1::{self, command, event, leg, limit_scope, owner};
use std::fmt;

/// Why bytes are not a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(pub String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Malformed {
    /// Why a good command of an atomic batch is not even decided.
    pub(crate) fn by_another() -> Malformed {
        Malformed("another command of the atomic batch is malformed".into())
    }
}

/// A command as far as it could be read.
#[derive(Debug)]
pub struct CommandView {
    /// Its id.
    pub id: Id,
    /// The producer's time, in milliseconds since 1970; 0 if none.
    pub at: u64,
    /// What is asked, or the name of the field that is wrong.
    pub body: Result<Body, &'static str>,
}

/// Reads one command from its bytes.
pub fn read_command(bytes: &[u8]) -> Result<CommandView, Malformed> {
    let wire = v1::Command::decode(bytes)
        .map_err(|e| Malformed(format!("not a groat.v1.Command: {e}")))?;
    if wire.schema > 1 {
        let schema = wire.schema;
        return Err(Malformed(format!(
            "schema version {schema} is not known; this engine knows 1"
        )));
    }
    if wire.encoded_len() != bytes.len() {
        let what = "the command has fields that this schema does not know, or repeated ones";
        return Err(Malformed(what.into()));
    }
    let id = wire.id.map(Id::from).filter(|id| !id.is_none());
    let id = id.ok_or_else(|| Malformed("the command has no id".into()))?;
    let body = wire.body.as_ref();
    let body = body.ok_or_else(|| Malformed("the command names nothing to do".into()))?;
    let body = envelope_fits(&wire).and_then(|()| read_body(body));
    Ok(CommandView { id, at: wire.at, body })
}

pub(super) type Field<T> = Result<T, &'static str>;

fn envelope_fits(wire: &v1::Command) -> Field<()> {
    ensure(wire.at <= TIME_MS_MAX, "at")?;
    ensure(wire.reference.chars().count() <= REFERENCE_CHARS_MAX, "reference")?;
    ensure(wire.metadata.len() <= METADATA_ENTRIES_MAX, "metadata")?;
    let fits = |(key, value): (&String, &String)| {
        key.len() <= METADATA_KEY_BYTES_MAX && value.len() <= METADATA_VALUE_BYTES_MAX
    };
    ensure(wire.metadata.iter().all(fits), "metadata")
}

pub(super) fn ensure(condition: bool, field: &'static str) -> Field<()> {
    if condition { Ok(()) } else { Err(field) }
}

pub(super) fn id(wire: Option<v1::Id>, field: &'static str) -> Field<Id> {
    wire.map(Id::from).filter(|id| !id.is_none()).ok_or(field)
}

pub(super) fn optional_id(wire: Option<v1::Id>) -> Id {
    wire.map_or(Id::NONE, Id::from)
}

pub(super) fn currency(code: u32, field: &'static str) -> Field<Currency> {
    Currency::from_code(code).ok_or(field)
}

pub(super) fn money(wire: Option<v1::Money>, field: &'static str) -> Field<Money> {
    let wire = wire.ok_or(field)?;
    Ok(Money { amount: wire.amount, currency: currency(wire.currency, field)? })
}

/// An amount that must be in the currency of another one.
pub(super) fn part_of(
    wire: Option<v1::Money>,
    whole: Currency,
    field: &'static str,
) -> Field<Option<u64>> {
    let Some(wire) = wire else { return Ok(None) };
    let part = money(Some(wire), field)?;
    ensure(part.currency == whole, field)?;
    Ok(Some(part.amount))
}

pub(super) fn reference(text: &str, field: &'static str) -> Field<Reference> {
    Reference::new(text).ok_or(field)
}

pub(super) fn optional_reference(text: &str, field: &'static str) -> Field<Option<Reference>> {
    if text.is_empty() { Ok(None) } else { reference(text, field).map(Some) }
}

pub(super) fn scopes(texts: &[String]) -> Field<Vec<Reference>> {
    ensure(texts.len() <= METADATA_ENTRIES_MAX, "scopes")?;
    texts.iter().map(|text| reference(text, "scopes")).collect()
}

pub(super) fn owner(wire: Option<&v1::Owner>, field: &'static str) -> Field<Owner> {
    match wire.and_then(|w| w.who).ok_or(field)? {
        owner::Who::User(user) => Ok(Owner::User(id(Some(user), field)?)),
        owner::Who::Merchant(merchant) => Ok(Owner::Merchant(id(Some(merchant), field)?)),
        owner::Who::LedgerAccount(account) => Ok(Owner::Ledger(id(Some(account), field)?)),
    }
}

pub(super) fn known<W: TryFrom<i32>>(value: i32, field: &'static str) -> Field<W> {
    W::try_from(value).map_err(|_| field)
}

pub(super) fn code_kind(value: i32) -> Field<CodeKind> {
    Ok(match known::<v1::CodeKind>(value, "code_kind")? {
        v1::CodeKind::Unspecified => CodeKind::None,
        v1::CodeKind::Static => CodeKind::Static,
        v1::CodeKind::DynamicA => CodeKind::DynamicA,
        v1::CodeKind::DynamicB => CodeKind::DynamicB,
        v1::CodeKind::DynamicC => CodeKind::DynamicC,
    })
}

pub(super) fn pay_mode(value: i32) -> Field<PayMode> {
    match known::<v1::PayMode>(value, "mode")? {
        v1::PayMode::Unspecified => Err("mode"),
        v1::PayMode::MerchantPresented => Ok(PayMode::MerchantPresented),
        v1::PayMode::UserPresented => Ok(PayMode::UserPresented),
        v1::PayMode::InApp => Ok(PayMode::InApp),
        v1::PayMode::Agreement => Ok(PayMode::Agreement),
    }
}

fn block(value: i32) -> Field<Block> {
    match known::<v1::Block>(value, "block")? {
        v1::Block::Unspecified => Err("block"),
        v1::Block::Debit => Ok(Block::Debit),
        v1::Block::Credit => Ok(Block::Credit),
        v1::Block::All => Ok(Block::All),
    }
}

fn constraint(value: i32) -> Field<Constraint> {
    Ok(match known::<v1::Constraint>(value, "constraint")? {
        v1::Constraint::Unspecified => Constraint::None,
        v1::Constraint::DebitsWithinCredits => Constraint::DebitsWithinCredits,
        v1::Constraint::CreditsWithinDebits => Constraint::CreditsWithinDebits,
    })
}

pub(super) fn merchant_terms(wire: &v1::OnboardMerchant) -> Field<MerchantTerms> {
    Ok(MerchantTerms {
        fee_ppm: wire.fee_ppm,
        fee_refund: match known::<v1::FeeRefund>(wire.fee_refund, "fee_refund")? {
            v1::FeeRefund::Unspecified | v1::FeeRefund::Proportional => FeeRefund::Proportional,
            v1::FeeRefund::None => FeeRefund::None,
        },
        cycle_days: wire.cycle,
        reserve_bps: wire.reserve_bps,
        reserve_days: wire.reserve_days,
        royalty_cap_bps: wire.royalty_cap_bps.unwrap_or(3_000),
        refund_days: wire.refund_days.unwrap_or(365),
        settle_currency: currency(wire.settle_ccy, "settle_ccy")?,
    })
}

fn limit_scope(wire: Option<v1::LimitScope>) -> Field<LimitScope> {
    match wire.and_then(|w| w.to).ok_or("scope")? {
        limit_scope::To::User(user) => Ok(LimitScope::User(id(Some(user), "scope")?)),
        limit_scope::To::KycClass(class) => {
            Ok(LimitScope::KycClass(u8::try_from(class).map_err(|_| "scope")?))
        }
        limit_scope::To::CodeKind(kind) => Ok(LimitScope::CodeKind(code_kind(kind)?)),
    }
}

pub(super) fn limits(wire: &v1::SetLimits) -> Field<(LimitScope, Currency, Limits)> {
    let currency = currency(wire.ccy, "ccy")?;
    let limits = Limits {
        single: part_of(wire.single, currency, "single")?,
        day: part_of(wire.day, currency, "day")?,
        month: part_of(wire.month, currency, "month")?,
        year: part_of(wire.year, currency, "year")?,
        lifetime: part_of(wire.lifetime, currency, "lifetime")?,
        balance_cap: part_of(wire.balance_cap, currency, "balance_cap")?,
    };
    Ok((limit_scope(wire.scope)?, currency, limits))
}

fn post_transfer(w: &v1::PostTransfer) -> Field<domain::PostTransfer> {
    let balancing = match known::<v1::Balancing>(w.balancing, "balancing")? {
        v1::Balancing::Unspecified => Balancing::None,
        v1::Balancing::Debit => Balancing::Debit,
        v1::Balancing::Credit => Balancing::Credit,
        v1::Balancing::Both => Balancing::Both,
    };
    let phase = known::<v1::Phase>(w.phase, "phase")?;
    let first_phase = matches!(phase, v1::Phase::Unspecified | v1::Phase::Pending);
    ensure(phase == v1::Phase::Pending || w.timeout_s == 0, "timeout_s")?;
    ensure(first_phase || w.balancing == 0, "balancing")?;
    ensure(!first_phase || w.pending.is_none(), "pending")?;
    ensure(phase != v1::Phase::Void || w.amount.is_none(), "amount")?;
    let (debit, credit, amount) = if first_phase {
        let amount = Some(money(w.amount, "amount")?);
        (id(w.debit, "debit")?, id(w.credit, "credit")?, amount)
    } else {
        let amount = w.amount.map(|amount| money(Some(amount), "amount")).transpose()?;
        (optional_id(w.debit), optional_id(w.credit), amount)
    };
    let phase = match phase {
        v1::Phase::Unspecified => Phase::Single(balancing),
        v1::Phase::Pending => Phase::Pending { balancing, timeout_s: w.timeout_s },
        v1::Phase::Post => Phase::Post { pending: id(w.pending, "pending")? },
        v1::Phase::Void => Phase::Void { pending: id(w.pending, "pending")? },
    };
    Ok(domain::PostTransfer { debit, credit, amount, phase })
}

fn create_payment(w: &v1::CreatePayment) -> Field<domain::CreatePayment> {
    let amount = money(w.amt, "amt")?;
    Ok(domain::CreatePayment {
        payment: id(w.payment, "payment")?,
        out_trade_no: reference(&w.out_trade_no, "out_trade_no")?,
        merchant: id(w.merchant, "merchant")?,
        mode: pay_mode(w.mode)?,
        code_kind: code_kind(w.code_kind)?,
        auth_code: optional_reference(&w.auth_code, "auth_code")?,
        amount,
        discountable: part_of(w.discountable, amount.currency, "discountable")?,
        undiscountable: part_of(w.undiscountable, amount.currency, "undiscountable")?,
        timeout_s: w.timeout_s,
    })
}

fn pay_payment(w: &v1::PayPayment) -> Field<domain::PayPayment> {
    let mut legs = Vec::with_capacity(w.legs.len());
    let mut currency = None;
    for leg in &w.legs {
        let (source, amount) = match leg.source.ok_or("legs")? {
            leg::Source::Balance(leg) => (LegSource::Balance, money(leg.amt, "legs")?),
            leg::Source::Credit(leg) => (LegSource::Credit, money(leg.amt, "legs")?),
            leg::Source::Channel(leg) => {
                (LegSource::Channel(id(leg.channel, "legs")?), money(leg.amt, "legs")?)
            }
        };
        ensure(*currency.get_or_insert(amount.currency) == amount.currency, "legs")?;
        legs.push(Leg { source, amount: amount.amount });
    }
    let currency = currency.ok_or("legs")?;
    let (payment, user) = (id(w.payment, "payment")?, id(w.user, "user")?);
    Ok(domain::PayPayment { payment, user, legs, currency })
}

fn entry_line(w: &v1::EntryLine) -> Field<EntryLine> {
    Ok(EntryLine {
        class: Class::from_code(w.class).ok_or("class")?,
        owner: optional_id(w.owner),
        side: match known::<v1::Side>(w.side, "side")? {
            v1::Side::Unspecified => return Err("side"),
            v1::Side::Debit => Side::Debit,
            v1::Side::Credit => Side::Credit,
        },
        amount: money(w.amt, "amt")?,
    })
}

fn read_body(wire: &command::Body) -> Field<Body> {
    use command::Body as W;
    Ok(match wire {
        W::PostTransfer(w) => Body::PostTransfer(post_transfer(w)?),
        W::Transfer(w) => Body::Transfer(domain::Transfer {
            from: id(w.from, "from")?,
            to: id(w.to, "to")?,
            amount: money(w.amt, "amt")?,
        }),
        W::CreatePayment(w) => Body::CreatePayment(create_payment(w)?),
        W::PayPayment(w) => Body::PayPayment(pay_payment(w)?),
        W::RefundPayment(w) => Body::RefundPayment(domain::RefundPayment {
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
            amount: money(w.amt, "amt")?,
        }),
        W::OpenLedgerAccount(w) => Body::OpenLedgerAccount(domain::OpenLedgerAccount {
            account: id(w.account, "account")?,
            currency: currency(w.currency, "currency")?,
            constraint: constraint(w.constraint)?,
            history: w.history,
        }),
        W::RegisterApp(w) => Body::RegisterApp(domain::RegisterApp {
            app: id(w.app_id, "app_id")?,
            key: id(w.key_id, "key_id")?,
            scopes: scopes(&w.scopes)?,
        }),
        W::OpenUser(w) => Body::OpenUser(domain::OpenUser {
            user: id(w.user, "user")?,
            kyc_class: u8::try_from(w.kyc_class).map_err(|_| "kyc_class")?,
            currency: currency(w.ccy, "ccy")?,
        }),
        W::OnboardMerchant(w) => Body::OnboardMerchant(domain::OnboardMerchant {
            merchant: id(w.merchant, "merchant")?,
            terms: merchant_terms(w)?,
        }),
        W::SetLimits(w) => {
            let (scope, currency, limits) = limits(w)?;
            Body::SetLimits(domain::SetLimits { scope, currency, limits })
        }
        W::RestrictAccount(w) => Body::RestrictAccount(domain::RestrictAccount {
            account: owner(w.account.as_ref(), "account")?,
            block: block(w.block)?,
            case: reference(&w.case, "case")?,
        }),
        W::LiftRestriction(w) => Body::LiftRestriction(domain::LiftRestriction {
            account: owner(w.account.as_ref(), "account")?,
            block: block(w.block)?,
            case: reference(&w.case, "case")?,
        }),
        W::PlaceHold(w) => Body::PlaceHold(domain::PlaceHold {
            hold: id(w.hold_id, "hold_id")?,
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
        }),
        W::ReleaseHold(w) => Body::ReleaseHold(domain::ReleaseHold {
            hold: id(w.hold_id, "hold_id")?,
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
        }),
        W::SeizeHold(w) => Body::SeizeHold(domain::SeizeHold {
            hold: id(w.hold_id, "hold_id")?,
            order_ref: reference(&w.order_ref, "order_ref")?,
        }),
        W::CloseAccount(w) => Body::CloseAccount(domain::CloseAccount {
            account: owner(w.account.as_ref(), "account")?,
        }),
        W::ConfirmTopUp(w) => Body::ConfirmTopUp(domain::ConfirmTopUp {
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            bank: optional_id(w.bank),
        }),
        W::RequestPayout(w) => {
            let amount = money(w.amt, "amt")?;
            Body::RequestPayout(domain::RequestPayout {
                payout: id(w.payout, "payout")?,
                owner: owner(w.owner.as_ref(), "owner")?,
                amount,
                fee: part_of(w.fee, amount.currency, "fee")?.unwrap_or(0),
            })
        }
        W::ConfirmPayout(w) => Body::ConfirmPayout(domain::ConfirmPayout {
            payout: id(w.payout, "payout")?,
            bank: optional_id(w.bank),
        }),
        W::FailPayout(w) => Body::FailPayout(domain::FailPayout {
            payout: id(w.payout, "payout")?,
            reason: reference(&w.reason, "reason")?,
        }),
        W::MatchReceipt(w) => Body::MatchReceipt(domain::MatchReceipt {
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            amount: money(w.amt, "amt")?,
            bank: optional_id(w.bank),
            target: w.target.as_ref().map(|t| owner(Some(t), "target")).transpose()?,
        }),
        W::PostAdjustment(w) => Body::PostAdjustment(domain::PostAdjustment {
            entries: w.entries.iter().map(entry_line).collect::<Field<_>>()?,
            reason: reference(&w.reason, "reason")?,
            maker: id(w.maker, "maker")?,
            approver: id(w.approver, "approver")?,
        }),
        W::AdvanceClock(w) => Body::AdvanceClock(domain::AdvanceClock { to: w.to }),
        W::AuthorizeFunds(w) => read_holds::authorize_funds(w)?,
        W::CaptureAuthorization(w) => read_holds::capture(w)?,
        W::UnfreezeFunds(w) => read_holds::unfreeze(w)?,
        W::CancelAuthorization(w) => {
            let auth = id(w.auth, "auth")?;
            Body::CancelAuthorization(domain::CancelAuthorization { auth })
        }
        W::CreateRental(w) => Body::CreateRental(read_holds::create_rental(w)?),
        W::AssessRental(w) => read_holds::assess_rental(w)?,
        W::SecureDeposit(w) => {
            Body::SecureDeposit(domain::SecureDeposit { rental: id(w.rental, "rental")? })
        }
        W::StartRental(w) => Body::StartRental(domain::StartRental {
            rental: id(w.rental, "rental")?,
            at: w.started_at,
        }),
        W::ExtendRental(w) => Body::ExtendRental(domain::ExtendRental {
            rental: id(w.rental, "rental")?,
            new_expiry: w.new_expiry,
        }),
        W::ReturnRental(w) => Body::ReturnRental(domain::ReturnRental {
            rental: id(w.rental, "rental")?,
            restore_at: w.restore_at,
        }),
        W::ClaimDamage(w) => Body::ClaimDamage(domain::ClaimDamage {
            rental: id(w.rental, "rental")?,
            amount: money(w.amt, "amt")?,
            evidence: reference(&w.evidence, "evidence")?,
        }),
        W::ReduceCharge(w) => Body::ReduceCharge(domain::ReduceCharge {
            rental: id(w.rental, "rental")?,
            item: w.item,
            amount: money(w.amt, "amt")?,
        }),
        W::SettleRental(w) => read_holds::settle_rental(w)?,
        W::CollectRental(w) => Body::CollectRental(domain::CollectRental {
            rental: id(w.rental, "rental")?,
            allow_partial: w.allow_partial,
        }),
        W::BuyOutRental(w) => Body::BuyOutRental(domain::BuyOutRental {
            rental: id(w.rental, "rental")?,
            term_no: w.term_no,
        }),
        W::DeclareLost(w) => {
            Body::DeclareLost(domain::DeclareLost { rental: id(w.rental, "rental")? })
        }
        W::CancelRental(w) => {
            Body::CancelRental(domain::CancelRental { rental: id(w.rental, "rental")? })
        }
        W::GrantCreditLine(w) => Body::GrantCreditLine(read_holds::grant(w)?),
        W::AdjustLimit(w) => Body::AdjustLimit(domain::AdjustLimit {
            user: id(w.user, "user")?,
            limit: money(w.limit, "limit")?,
        }),
        W::FreezeCreditLine(w) => Body::FreezeCreditLine(domain::FreezeCreditLine {
            user: id(w.user, "user")?,
            reason: read_holds::freeze_reason(w.reason)?,
        }),
        W::UnfreezeCreditLine(w) => Body::UnfreezeCreditLine(domain::UnfreezeCreditLine {
            user: id(w.user, "user")?,
            reason: reference(&w.reason, "reason")?,
        }),
        W::CloseCreditLine(w) => Body::CloseCreditLine(domain::CloseCreditLine {
            user: id(w.user, "user")?,
            reason: reference(&w.reason, "reason")?,
        }),
        W::RepayCredit(w) => Body::RepayCredit(domain::RepayCredit {
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
        }),
        W::ReleaseReserve(w) => Body::ReleaseReserve(domain::ReleaseReserve {
            merchant: id(w.merchant, "merchant")?,
            amount: money(w.amt, "amt")?,
        }),
        W::ClosePayment(w) => {
            Body::ClosePayment(domain::ClosePayment { payment: id(w.payment, "payment")? })
        }
        W::CancelPayment(w) => {
            Body::CancelPayment(domain::CancelPayment { payment: id(w.payment, "payment")? })
        }
    })
}

/// Why a stored event is not a fact; the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAFact(pub &'static str);

impl fmt::Display for NotAFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event's field `{}` has a value that it cannot have", self.0)
    }
}

/// Reads a stored event; its movements replace those in `movements`.
pub fn read_event(wire: &v1::Event, movements: &mut Vec<Movement>) -> Result<Fact, NotAFact> {
    movements.clear();
    for m in &wire.movements {
        let layer = match known::<v1::Layer>(m.layer, "layer").map_err(NotAFact)? {
            v1::Layer::Posted => Layer::Posted,
            v1::Layer::Pending => Layer::Pending,
            v1::Layer::Released => Layer::Released,
        };
        movements.push(Movement { debit: m.debit, credit: m.credit, amount: m.amount, layer });
    }
    let fact = wire.fact.as_ref().ok_or(NotAFact("fact"))?;
    read_fact(fact).map_err(NotAFact)
}

pub(super) fn sign_rule(value: i32) -> Field<SignRule> {
    Ok(match constraint(value)? {
        Constraint::None => SignRule::Either,
        Constraint::DebitsWithinCredits => SignRule::CreditBalance,
        Constraint::CreditsWithinDebits => SignRule::DebitBalance,
    })
}

pub(super) fn account_key(
    class: u32,
    of: Option<v1::Id>,
    sub: u32,
    code: u32,
) -> Field<(AccountKey, Currency)> {
    let class = Class::from_code(class).ok_or("class")?;
    let currency = currency(code, "currency")?;
    let key = match class {
        Class::Ledger => AccountKey::ledger(id(of, "owner")?),
        class => AccountKey { sub, ..AccountKey::of(class, optional_id(of), currency) },
    };
    Ok((key, currency))
}

fn read_fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::TransferPosted(_) => Fact::TransferPosted,
        W::Transferred(w) => {
            Fact::Transferred { from: id(w.from, "from")?, to: id(w.to, "to")?, amount: w.amount }
        }
        W::CommandRejected(w) => {
            Fact::CommandRejected { rejection: Rejection::from_code(w.code).ok_or("code")? }
        }
        W::AccountOpened(w) => {
            let (key, currency) = account_key(w.class, w.owner, w.sub, w.currency)?;
            let (number, history) = (w.number, w.history);
            Fact::AccountOpened {
                number,
                key,
                currency,
                sign_rule: sign_rule(w.constraint)?,
                history,
            }
        }
        W::PaymentCreated(w) => Fact::PaymentCreated {
            payment: id(w.payment, "payment")?,
            out_trade_no: reference(&w.out_trade_no, "out_trade_no")?,
            merchant: id(w.merchant, "merchant")?,
            mode: pay_mode(w.mode)?,
            code_kind: code_kind(w.code_kind)?,
            auth_code: optional_reference(&w.auth_code, "auth_code")?,
            amount: money(w.amount, "amount")?,
            expires_at: w.expires_at,
            of_rental: w.of_rental,
        },
        W::PaymentPaid(w) => Fact::PaymentPaid {
            payment: id(w.payment, "payment")?,
            user: id(w.user, "user")?,
            balance: w.balance,
            credit: w.credit,
            channel_amount: w.channel_amount,
            channel: optional_id(w.channel),
            batch: w.batch,
            agreed: w.agreed,
        },
        W::FeeCharged(w) => {
            Fact::FeeCharged { payment: id(w.payment, "payment")?, amount: w.amount }
        }
        W::FeeReturned(w) => {
            Fact::FeeReturned { payment: id(w.payment, "payment")?, amount: w.amount }
        }
        W::RefundSucceeded(w) => Fact::RefundSucceeded {
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
            amount: w.amount,
            from_own_batch: w.from_own_batch,
            from_available: w.from_available,
            from_open_batch: w.from_open_batch,
            open_batch: w.open_batch,
            to_credit: w.to_credit,
            to_channel: w.to_channel,
            to_balance: w.to_balance,
        },
        W::TransferPended(w) => {
            Fact::TransferPended { transfer: id(w.transfer, "transfer")?, expires_at: w.expires_at }
        }
        W::TransferCompleted(w) => Fact::TransferCompleted { pending: id(w.pending, "pending")? },
        W::TransferVoided(w) => Fact::TransferVoided { pending: id(w.pending, "pending")? },
        W::TransferExpired(w) => Fact::TransferExpired { pending: id(w.pending, "pending")? },
        W::AppRegistered(w) => Fact::AppRegistered {
            app: id(w.app_id, "app_id")?,
            key: id(w.key_id, "key_id")?,
            scopes: scopes(&w.scopes)?,
        },
        W::UserOpened(w) => Fact::UserOpened {
            user: id(w.user, "user")?,
            kyc_class: u8::try_from(w.kyc_class).map_err(|_| "kyc_class")?,
            currency: currency(w.currency, "currency")?,
            account: w.account,
        },
        W::MerchantOnboarded(w) => {
            let terms = w.terms.as_ref().ok_or("terms")?;
            Fact::MerchantOnboarded {
                merchant: id(terms.merchant, "merchant")?,
                terms: merchant_terms(terms)?,
                account: w.account,
            }
        }
        W::LimitsSet(w) => {
            let (scope, currency, limits) = limits(w)?;
            Fact::LimitsSet { scope, currency, limits }
        }
        W::AccountRestricted(w) => Fact::AccountRestricted {
            owner: owner(w.account.as_ref(), "account")?,
            block: block(w.block)?,
            case: reference(&w.case, "case")?,
        },
        W::RestrictionLifted(w) => Fact::RestrictionLifted {
            owner: owner(w.account.as_ref(), "account")?,
            block: block(w.block)?,
            case: reference(&w.case, "case")?,
        },
        W::HoldPlaced(w) => Fact::HoldPlaced {
            hold: id(w.hold_id, "hold_id")?,
            user: id(w.user, "user")?,
            amount: w.amount,
        },
        W::HoldReleased(w) => {
            Fact::HoldReleased { hold: id(w.hold_id, "hold_id")?, amount: w.amount }
        }
        W::HoldSeized(w) => Fact::HoldSeized {
            hold: id(w.hold_id, "hold_id")?,
            amount: w.amount,
            order_ref: reference(&w.order_ref, "order_ref")?,
        },
        W::AccountClosed(w) => Fact::AccountClosed { owner: owner(w.account.as_ref(), "account")? },
        W::ToppedUp(w) => Fact::ToppedUp {
            user: id(w.user, "user")?,
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            amount: w.amount,
        },
        W::PayoutRequested(w) => Fact::PayoutRequested {
            payout: id(w.payout, "payout")?,
            owner: owner(w.owner.as_ref(), "owner")?,
            amount: money(w.amount, "amount")?,
            fee: w.fee,
        },
        W::PayoutConfirmed(w) => Fact::PayoutConfirmed { payout: id(w.payout, "payout")? },
        W::PayoutFailed(w) => Fact::PayoutFailed {
            payout: id(w.payout, "payout")?,
            reason: reference(&w.reason, "reason")?,
        },
        W::ReceiptRecorded(w) => Fact::ReceiptRecorded {
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            amount: money(w.amount, "amount")?,
        },
        W::ReceiptMatched(w) => Fact::ReceiptMatched {
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            target: owner(w.target.as_ref(), "target")?,
            amount: w.amount,
        },
        W::AdjustmentPosted(w) => Fact::AdjustmentPosted {
            reason: reference(&w.reason, "reason")?,
            maker: id(w.maker, "maker")?,
            approver: id(w.approver, "approver")?,
        },
        W::ClockAdvanced(w) => Fact::ClockAdvanced { to: w.to },
        W::FundsAuthorized(w) => read_holds::funds_authorized(w)?,
        W::AuthorizationCaptured(w) => Fact::AuthorizationCaptured {
            auth: id(w.auth, "auth")?,
            payment: id(w.payment, "payment")?,
            fund: w.fund,
            credit: w.credit,
        },
        W::FundsReleased(w) => read_holds::funds_released(w)?,
        W::AuthorizationClosed(w) => Fact::AuthorizationClosed {
            auth: id(w.auth, "auth")?,
            fund: w.fund,
            credit: w.credit,
            expired: w.expired,
        },
        W::RentalCreated(w) => read_holds::rental_created(w)?,
        W::RentalAssessed(w) => Fact::RentalAssessed {
            rental: id(w.rental, "rental")?,
            score: w.score,
            declined: w.declined,
            waived: w.waived,
        },
        W::DepositSecured(w) => Fact::DepositSecured { rental: id(w.rental, "rental")? },
        W::RentalStarted(w) => {
            Fact::RentalStarted { rental: id(w.rental, "rental")?, at: w.started_at }
        }
        W::RentalExtended(w) => {
            Fact::RentalExtended { rental: id(w.rental, "rental")?, new_expiry: w.new_expiry }
        }
        W::RentalReturned(w) => Fact::RentalReturned {
            rental: id(w.rental, "rental")?,
            restore_at: w.restore_at,
            rent: w.rent,
            late_rent: w.late_rent,
        },
        W::RentTermDue(w) => Fact::RentTermDue {
            rental: id(w.rental, "rental")?,
            term_no: w.term_no,
            amount: w.amount,
        },
        W::DamageClaimed(w) => Fact::DamageClaimed {
            rental: id(w.rental, "rental")?,
            amount: w.amount,
            evidence: reference(&w.evidence, "evidence")?,
        },
        W::ChargeReduced(w) => Fact::ChargeReduced {
            rental: id(w.rental, "rental")?,
            item: w.item,
            amount: w.amount,
            given_back: w.given_back,
        },
        W::RentalCharged(w) => Fact::RentalCharged {
            rental: id(w.rental, "rental")?,
            payment: id(w.payment, "payment")?,
            amount: w.amount,
            fund: w.fund,
            repaid: w.repaid,
        },
        W::RentalSettled(w) => Fact::RentalSettled { rental: id(w.rental, "rental")? },
        W::RentalPaymentPending(w) => Fact::RentalPaymentPending {
            rental: id(w.rental, "rental")?,
            outstanding: w.outstanding,
            advanced: w.advanced,
            batch: w.batch,
        },
        W::RentalCollected(w) => {
            Fact::RentalCollected { rental: id(w.rental, "rental")?, amount: w.amount }
        }
        W::CollectionFailed(w) => {
            Fact::CollectionFailed { rental: id(w.rental, "rental")?, outstanding: w.outstanding }
        }
        W::RentalOverdue(w) => Fact::RentalOverdue { rental: id(w.rental, "rental")? },
        W::RentalBoughtOut(w) => Fact::RentalBoughtOut {
            rental: id(w.rental, "rental")?,
            term_no: w.term_no,
            price: w.price,
        },
        W::RentalLost(w) => Fact::RentalLost { rental: id(w.rental, "rental")?, amount: w.amount },
        W::RentalCancelled(w) => {
            Fact::RentalCancelled { rental: id(w.rental, "rental")?, expired: w.expired }
        }
        W::CreditLineGranted(w) => read_holds::line_granted(w)?,
        W::LimitAdjusted(w) => {
            Fact::LimitAdjusted { user: id(w.user, "user")?, limit: money(w.limit, "limit")? }
        }
        W::CreditLineFrozen(w) => Fact::CreditLineFrozen {
            user: id(w.user, "user")?,
            reason: read_holds::freeze_reason(w.reason)?,
        },
        W::CreditLineUnfrozen(w) => Fact::CreditLineUnfrozen {
            user: id(w.user, "user")?,
            reason: reference(&w.reason, "reason")?,
        },
        W::CreditLineClosed(w) => Fact::CreditLineClosed {
            user: id(w.user, "user")?,
            reason: reference(&w.reason, "reason")?,
        },
        W::CreditRepaid(w) => {
            Fact::CreditRepaid { user: id(w.user, "user")?, principal: w.principal }
        }
        W::ReserveReleased(w) => Fact::ReserveReleased {
            merchant: id(w.merchant, "merchant")?,
            amount: w.amount,
            batch: w.batch,
        },
        W::PaymentClosed(w) => Fact::PaymentClosed {
            payment: id(w.payment, "payment")?,
            reason: match known::<v1::CloseReason>(w.reason, "reason")? {
                v1::CloseReason::Unspecified => return Err("reason"),
                v1::CloseReason::Closed => CloseReason::Closed,
                v1::CloseReason::Cancelled => CloseReason::Cancelled,
                v1::CloseReason::TimedOut => CloseReason::TimedOut,
            },
        },
        W::PaymentCancelled(w) => Fact::PaymentCancelled { payment: id(w.payment, "payment")? },
        W::PaymentFinished(w) => Fact::PaymentFinished { payment: id(w.payment, "payment")? },
        W::BatchOpened(w) => Fact::BatchOpened {
            merchant: id(w.merchant, "merchant")?,
            date: w.date,
            account: w.account,
            settle_at: w.settle_at,
        },
        W::BatchCut(w) => Fact::BatchCut { batch: w.batch },
        W::BatchSettled(w) => Fact::BatchSettled {
            batch: w.batch,
            recovered: w.recovered,
            reserve: w.reserve,
            available: w.available,
        },
    })
}
