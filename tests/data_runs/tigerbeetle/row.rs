//! A row of TigerBeetle's tables: what groat does with it, and the command that it becomes.

use Expected::{Listed, Malformed, Refused, Replayed, Sent};
use groat_ledger::limits::AMOUNT_MAX;
use groat_tests::feed::{Feed, money, uuid_v7};
use serde_json::{Map, Value, json};

/// When the transfers are made: all at one time, so that none of a second's timeout expires.
pub(super) const START: &str = "2026-01-01T00:00:00Z";
const START_MS: u64 = 1_767_225_600_000;

/// What groat does with a row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Expected {
    /// It is accepted.
    Sent,
    /// The same command again: the first answer again.
    Replayed,
    /// It is refused by this name.
    Refused(&'static str),
    /// The line cannot be read as a command.
    Malformed,
    /// It is not sent, for this reason.
    Listed(&'static str),
}

pub(super) const ID_MAX: &str = "the largest 128-bit number is an id like any other";
const RESERVED: &str = "there are no reserved fields; unknown ones are malformed (tests/wire)";
const COUNTERS: &str = "opening an account carries no counters";
const CODE: &str = "accounts and transfers have no code";
const CLOSING: &str = "transfers do not close accounts; close_account does";
const LARGE: &str = "amounts end at 10^18 and counters have 128 bits: none overflows";
pub(super) const ZERO: &str = "an amount of zero moves nothing and is refused as AmountOutOfRange";
const CHAIN: &str = "a batch has a closing bracket: it cannot be left open";
const TIMESTAMP: &str = "times are the command's `at`; nobody gives a transfer its timestamp";

/// The table: operation and status of TigerBeetle, and what groat does.
pub(super) fn expected(row: &Row) -> Expected {
    let is_account = row.op() == "account";
    match row.text("status") {
        "created" if row.text("amount") == "0" => Listed(ZERO),
        "created" => Sent,
        "exists" if is_account => Refused("Duplicate"),
        "exists" => Replayed,
        // Whatever differs, groat says that the id is taken.
        status if status.starts_with("exists_with_different_") => {
            Refused(if is_account { "Duplicate" } else { "IdempotencyConflict" })
        }
        "id_already_failed" => Refused("IdempotencyConflict"),
        "linked_event_failed" if row.in_open_chain => Listed(CHAIN),
        "linked_event_failed" => Refused("BatchAborted"),
        "linked_event_chain_open" => Listed(CHAIN),
        "id_must_not_be_zero" if is_account => Refused("SchemaInvalid"),
        // A transfer's id is the command's: a line without one is no command.
        "id_must_not_be_zero" => Malformed,
        "ledger_must_not_be_zero" if is_account => Refused("SchemaInvalid"),
        // Money without a currency is not money.
        "ledger_must_not_be_zero" => Malformed,
        "debit_account_id_must_not_be_zero"
        | "credit_account_id_must_not_be_zero"
        | "pending_id_must_be_zero"
        | "timeout_reserved_for_pending_transfer" => Refused("SchemaInvalid"),
        "accounts_must_be_different" => Refused("AccountsMustDiffer"),
        "debit_account_not_found" | "credit_account_not_found" => Refused("UnknownAccount"),
        "accounts_must_have_the_same_ledger" | "transfer_must_have_the_same_ledger_as_accounts" => {
            Refused("CurrencyMismatch")
        }
        "exceeds_credits" => Refused("ExceedsCredits"),
        "exceeds_debits" => Refused("ExceedsDebits"),
        "id_must_not_be_int_max"
        | "debit_account_id_must_not_be_int_max"
        | "credit_account_id_must_not_be_int_max" => Listed(ID_MAX),
        "timestamp_must_be_zero" => Listed(TIMESTAMP),
        "reserved_field" | "reserved_flag" => Listed(RESERVED),
        "flags_are_mutually_exclusive" => Listed("the constraint is one of three, not two flags"),
        "debits_pending_must_be_zero"
        | "debits_posted_must_be_zero"
        | "credits_pending_must_be_zero"
        | "credits_posted_must_be_zero" => Listed(COUNTERS),
        "code_must_not_be_zero" => Listed(CODE),
        "closing_transfer_must_be_pending" => Listed(CLOSING),
        "overflows_debits_pending"
        | "overflows_credits_pending"
        | "overflows_debits_posted"
        | "overflows_credits_posted"
        | "overflows_debits"
        | "overflows_credits" => Listed(LARGE),
        "overflows_timeout" => Listed("timeouts end at ten years, times at the year 9999"),
        status => panic!("no line of the table for {} {status}: {:?}", row.op(), row.fields),
    }
}

/// A step of a case.
pub(super) struct Row {
    pub(super) case: usize,
    pub(super) fields: Map<String, Value>,
    /// Part of a chain that its request does not close.
    pub(super) in_open_chain: bool,
}

impl Row {
    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or("")
    }

    pub(super) fn is(&self, flag: &str) -> bool {
        self.fields.get(flag) == Some(&Value::Bool(true))
    }

    pub(super) fn op(&self) -> &str {
        self.text("op")
    }

    /// Accounts of different cases do not meet.
    pub(super) fn account(&self, field: &str) -> Option<String> {
        let id = self.text(field);
        (id != "A0").then(|| format!("c{}.{id}", self.case))
    }

    /// The id of a transfer, if the row must share it with others of the same number.
    fn transfer_id(&self) -> Option<String> {
        let keeps_id = matches!(
            self.text("status"),
            "created"
                | "exists"
                | "debit_account_not_found"
                | "credit_account_not_found"
                | "exceeds_credits"
                | "exceeds_debits"
                | "id_already_failed"
        );
        let keeps_id = keeps_id || self.text("status").starts_with("exists_with_different_");
        keeps_id.then(|| self.shared_id())
    }

    /// The id that all transfers of this number have in this case.
    pub(super) fn shared_id(&self) -> String {
        let number: u64 = self.text("id")[1..].parse().unwrap();
        uuid_v7(START_MS, self.case as u64 * 1_000 + number)
    }

    fn currency(&self) -> &'static str {
        match self.text("ledger") {
            "L1" => "CNY",
            "L2" => "USD",
            "L3" => "EUR",
            "L9" => "GBP",
            "L0" if self.text("status") == "ledger_must_not_be_zero" => "",
            "L0" => "CNY",
            ledger => panic!("{ledger}"),
        }
    }

    fn amount(&self) -> Value {
        let amount = match self.text("amount") {
            "-0" => AMOUNT_MAX,
            amount => amount.parse().unwrap(),
        };
        money(amount, self.currency())
    }

    fn metadata(&self) -> Value {
        let kept = ["user_data_128", "user_data_64", "user_data_32", "code"];
        let kept = kept.iter().filter_map(|name| self.fields.get_key_value(*name));
        Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    pub(super) fn command(&self, feed: &mut Feed) -> Value {
        let mut body = Map::new();
        let mut set = |name: &str, value: Value| body.insert(name.into(), value);
        if self.op() == "account" {
            if let Some(account) = self.account("id") {
                set("account", json!(account));
            }
            if !self.currency().is_empty() {
                set("currency", json!(self.currency()));
            }
            if self.is("debits_must_not_exceed_credits") {
                set("constraint", json!("DEBITS_WITHIN_CREDITS"));
            } else if self.is("credits_must_not_exceed_debits") {
                set("constraint", json!("CREDITS_WITHIN_DEBITS"));
            }
        } else {
            for (name, field) in [("debit", "debit_account_id"), ("credit", "credit_account_id")] {
                if let Some(account) = self.account(field) {
                    set(name, json!(account));
                }
            }
            set("amount", self.amount());
            if self.is("pending") {
                set("phase", json!("PENDING"));
            }
            if !self.text("timeout").is_empty() {
                set("timeout_s", json!(self.text("timeout").parse::<u32>().unwrap()));
            }
            if self.text("status") == "pending_id_must_be_zero" {
                set("pending", json!(self.text("pending_id")));
            }
        }
        let name = if self.op() == "account" { "open_ledger_account" } else { "post_transfer" };
        let mut command = feed.command(name, Value::Object(body));
        command["metadata"] = self.metadata();
        if self.op() == "transfer" {
            command["at"] = json!(START);
            match (self.text("status"), self.transfer_id()) {
                ("id_must_not_be_zero", _) => command["id"] = Value::Null,
                (_, Some(id)) => command["id"] = json!(id),
                (_, None) => {}
            }
        }
        command
    }
}
