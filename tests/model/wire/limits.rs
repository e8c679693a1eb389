//! Limits, written.

use super::part;
use groat_ledger::{CodeKind, LimitScope, Limits, SetLimits};
use groat_proto::v1::{self, limit_scope};

pub(super) fn set_limits(c: &SetLimits) -> v1::SetLimits {
    let to = match c.scope {
        LimitScope::User(id) => limit_scope::To::User(id.into()),
        LimitScope::KycClass(class) => limit_scope::To::KycClass(class.into()),
        LimitScope::CodeKind(kind) => limit_scope::To::CodeKind(code(kind).into()),
    };
    let Limits { single, day, month, year, lifetime, balance_cap, every_window } = c.limits;
    let limit = |amount: Option<u64>| amount.and_then(|amount| part(amount, c.currency));
    v1::SetLimits {
        scope: Some(v1::LimitScope { to: Some(to) }),
        ccy: c.currency.code().into(),
        single: limit(single),
        day: limit(day),
        month: limit(month),
        year: limit(year),
        lifetime: limit(lifetime),
        balance_cap: limit(balance_cap),
        every_window,
    }
}

pub(super) fn code(kind: CodeKind) -> v1::CodeKind {
    match kind {
        CodeKind::None => v1::CodeKind::Unspecified,
        CodeKind::Static => v1::CodeKind::Static,
        CodeKind::DynamicA => v1::CodeKind::DynamicA,
        CodeKind::DynamicB => v1::CodeKind::DynamicB,
        CodeKind::DynamicC => v1::CodeKind::DynamicC,
    }
}
