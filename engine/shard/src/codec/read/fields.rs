//! Wire to domain: the fields that commands, events and rows share.

use crate::limits::METADATA_ENTRIES_MAX;
use groat_ledger::{
    AccountKey, Block, Class, CodeKind, Constraint, Currency, FeeRefund, Id, LimitScope, Limits,
    MerchantTerms, Money, Owner, PayMode, Reference, SignRule,
};
use groat_proto::v1::{self, limit_scope, owner};

pub(in crate::codec) type Field<T> = Result<T, &'static str>;

pub(in crate::codec) fn ensure(condition: bool, field: &'static str) -> Field<()> {
    if condition { Ok(()) } else { Err(field) }
}

pub(in crate::codec) fn id(wire: Option<v1::Id>, field: &'static str) -> Field<Id> {
    wire.map(Id::from).filter(|id| !id.is_none()).ok_or(field)
}

pub(in crate::codec) fn optional_id(wire: Option<v1::Id>) -> Id {
    wire.map_or(Id::NONE, Id::from)
}

/// A time that must be there; absent is the year 1970.
pub(in crate::codec) fn time(at: u64, field: &'static str) -> Field<u64> {
    ensure(at > 0, field)?;
    Ok(at)
}

pub(in crate::codec) fn currency(code: u32, field: &'static str) -> Field<Currency> {
    Currency::from_code(code).ok_or(field)
}

pub(in crate::codec) fn money(wire: Option<v1::Money>, field: &'static str) -> Field<Money> {
    let wire = wire.ok_or(field)?;
    Ok(Money { amount: wire.amount, currency: currency(wire.currency, field)? })
}

/// An amount that must be in the currency of another one.
pub(in crate::codec) fn part_of(
    wire: Option<v1::Money>,
    whole: Currency,
    field: &'static str,
) -> Field<Option<u64>> {
    let Some(wire) = wire else { return Ok(None) };
    let part = money(Some(wire), field)?;
    ensure(part.currency == whole, field)?;
    Ok(Some(part.amount))
}

pub(in crate::codec) fn reference(text: &str, field: &'static str) -> Field<Reference> {
    Reference::new(text).ok_or(field)
}

pub(in crate::codec) fn optional_reference(
    text: &str,
    field: &'static str,
) -> Field<Option<Reference>> {
    if text.is_empty() { Ok(None) } else { reference(text, field).map(Some) }
}

pub(in crate::codec) fn scopes(texts: &[String]) -> Field<Vec<Reference>> {
    ensure(texts.len() <= METADATA_ENTRIES_MAX, "scopes")?;
    texts.iter().map(|text| reference(text, "scopes")).collect()
}

pub(in crate::codec) fn owner(wire: Option<&v1::Owner>, field: &'static str) -> Field<Owner> {
    match wire.and_then(|w| w.who).ok_or(field)? {
        owner::Who::User(user) => Ok(Owner::User(id(Some(user), field)?)),
        owner::Who::Merchant(merchant) => Ok(Owner::Merchant(id(Some(merchant), field)?)),
        owner::Who::LedgerAccount(account) => Ok(Owner::Ledger(id(Some(account), field)?)),
    }
}

pub(in crate::codec) fn known<W: TryFrom<i32>>(value: i32, field: &'static str) -> Field<W> {
    W::try_from(value).map_err(|_| field)
}

pub(in crate::codec) fn code_kind(value: i32) -> Field<CodeKind> {
    Ok(match known::<v1::CodeKind>(value, "code_kind")? {
        v1::CodeKind::Unspecified => CodeKind::None,
        v1::CodeKind::Static => CodeKind::Static,
        v1::CodeKind::DynamicA => CodeKind::DynamicA,
        v1::CodeKind::DynamicB => CodeKind::DynamicB,
        v1::CodeKind::DynamicC => CodeKind::DynamicC,
    })
}

pub(in crate::codec) fn pay_mode(value: i32) -> Field<PayMode> {
    match known::<v1::PayMode>(value, "mode")? {
        v1::PayMode::Unspecified => Err("mode"),
        v1::PayMode::MerchantPresented => Ok(PayMode::MerchantPresented),
        v1::PayMode::UserPresented => Ok(PayMode::UserPresented),
        v1::PayMode::InApp => Ok(PayMode::InApp),
        v1::PayMode::Agreement => Ok(PayMode::Agreement),
    }
}

pub(in crate::codec) fn block(value: i32) -> Field<Block> {
    match known::<v1::Block>(value, "block")? {
        v1::Block::Unspecified => Err("block"),
        v1::Block::Debit => Ok(Block::Debit),
        v1::Block::Credit => Ok(Block::Credit),
        v1::Block::All => Ok(Block::All),
    }
}

pub(in crate::codec) fn constraint(value: i32) -> Field<Constraint> {
    Ok(match known::<v1::Constraint>(value, "constraint")? {
        v1::Constraint::Unspecified => Constraint::None,
        v1::Constraint::DebitsWithinCredits => Constraint::DebitsWithinCredits,
        v1::Constraint::CreditsWithinDebits => Constraint::CreditsWithinDebits,
    })
}

pub(in crate::codec) fn merchant_terms(wire: &v1::OnboardMerchant) -> Field<MerchantTerms> {
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

pub(in crate::codec) fn limit_scope(wire: Option<v1::LimitScope>) -> Field<LimitScope> {
    match wire.and_then(|w| w.to).ok_or("scope")? {
        limit_scope::To::User(user) => Ok(LimitScope::User(id(Some(user), "scope")?)),
        limit_scope::To::KycClass(class) => {
            Ok(LimitScope::KycClass(u8::try_from(class).map_err(|_| "scope")?))
        }
        limit_scope::To::CodeKind(kind) => Ok(LimitScope::CodeKind(code_kind(kind)?)),
    }
}

pub(in crate::codec) fn limits(wire: &v1::SetLimits) -> Field<(LimitScope, Currency, Limits)> {
    let currency = currency(wire.ccy, "ccy")?;
    let limits = Limits {
        single: part_of(wire.single, currency, "single")?,
        day: part_of(wire.day, currency, "day")?,
        month: part_of(wire.month, currency, "month")?,
        year: part_of(wire.year, currency, "year")?,
        lifetime: part_of(wire.lifetime, currency, "lifetime")?,
        balance_cap: part_of(wire.balance_cap, currency, "balance_cap")?,
        every_window: wire.every_window,
    };
    Ok((limit_scope(wire.scope)?, currency, limits))
}

pub(in crate::codec) fn sign_rule(value: i32) -> Field<SignRule> {
    Ok(match constraint(value)? {
        Constraint::None => SignRule::Either,
        Constraint::DebitsWithinCredits => SignRule::CreditBalance,
        Constraint::CreditsWithinDebits => SignRule::DebitBalance,
    })
}

pub(in crate::codec) fn account_key(
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
