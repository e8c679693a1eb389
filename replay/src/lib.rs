//! What an auditor asks of the blocks: do they hold, what do they sum to, would the rules decide
//! them again, what moved on an account, and the same books for other tools to read.
//!
//! Functions here return reports and write to writers they are given; printing and exit codes are
//! the binary's. Nothing here changes a block. Read [`Source`], then [`Follower`], then a command.
//!
//! | command | function | replays by |
//! |---|---|---|
//! | verify | [`verify()`] | folding, with every check of [`Check`] |
//! | rebuild | [`rebuild()`] | folding up to an event or a time |
//! | audit | [`audit()`] | deciding every input again |
//! | statement | [`statement()`] | folding |
//! | export | [`export()`] | folding |
//! | bills | [`bills()`] | folding |
//! | camt053 | [`camt053()`] | folding |
//! | diff | [`diff()`] | folding both copies |

mod audit;
mod between;
mod bills;
mod camt053;
mod checks;
mod cut;
mod diff;
mod export;
mod follow;
mod lines;
mod naive;
mod names;
mod page;
mod rebuild;
mod selector;
mod shards;
mod source;
mod statement;
mod subject;
#[cfg(feature = "kafka")]
mod topic;
mod verify;

#[cfg(test)]
mod sample;

pub use shards::each_chain;
pub use source::{Chain, Progress, Source};
#[cfg(feature = "kafka")]
pub use topic::Topic;

pub use follow::{Finding, Follower, Place, Trouble, read_chain};

pub use audit::{AuditReport, audit};
pub use between::{Between, Pair, between};
pub use bills::{BillFile, BillSums, BillsReport, bills};
pub use camt053::{CamtAccount, CamtReport, camt053};
pub use checks::{Check, Checked, Counts, Safeguarded};
pub use cut::{NotUntil, Until};
pub use diff::{BalanceDifference, DiffReport, Difference, diff};
pub use export::{ExportReport, Format, export};
pub use page::{
    Agreed, Charged, GivenBack, HeldPart, Listed, Moment, Page, PageReport, Paid, PartOf, Refunded,
    Term, Total,
};
pub use rebuild::{
    AccountLine, ClassLine, CurrencyBalance, RebuildReport, ShardState, Side, rebuild,
};
pub use selector::Selector;
pub use statement::{AccountStatement, Line, Period, Statement, StatementReport, statement};
pub use verify::{VerifyReport, verify};
