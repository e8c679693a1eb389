//! Where answers go: outcomes and settlements as JSON lines, complaints to standard error.

use super::keeper::{Answers, Complaint};
use groat_proto::v1::{self, outcome};
use groat_shard::{Fault, Outbound};
use std::collections::BTreeMap;
use std::io::Write;

/// See the module.
pub struct Outputs {
    outcomes: Box<dyn Write + Send>,
    settlements: Box<dyn Write + Send>,
    complaints: Box<dyn Write + Send>,
    /// Complaints about inputs whose outcome is not out yet, by offset.
    open: BTreeMap<u64, String>,
    /// Whether what an earlier run left untold is told, and the last settlement that was.
    told: Option<Option<v1::Settlement>>,
    /// What was answered so far.
    pub totals: Totals,
}

/// Counts of a run.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Totals {
    pub inputs: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub malformed: u64,
    pub replayed: u64,
    pub settlements: u64,
}

impl Outputs {
    /// Writers of outcomes, settlements and complaints.
    pub fn new(
        outcomes: Box<dyn Write + Send>,
        settlements: Box<dyn Write + Send>,
        complaints: Box<dyn Write + Send>,
    ) -> Outputs {
        Outputs {
            outcomes,
            settlements,
            complaints,
            open: BTreeMap::new(),
            told: None,
            totals: Totals::default(),
        }
    }

    /// The settlements go on from this one, or from the first: those of the chain behind it are
    /// written before any other.
    pub fn going_on_from(self, told: Option<v1::Settlement>) -> Outputs {
        Outputs { told: Some(told), ..self }
    }

    fn count(&mut self, outcome: &v1::Outcome) {
        self.totals.replayed += u64::from(outcome.replay);
        match &outcome.result {
            Some(outcome::Result::Accepted(_)) => self.totals.accepted += 1,
            Some(outcome::Result::Rejected(_)) => self.totals.rejected += 1,
            Some(outcome::Result::Malformed(_)) | None => self.totals.malformed += 1,
        }
    }
}

impl Answers for Outputs {
    fn told(&self) -> Option<Option<v1::Settlement>> {
        self.told.clone()
    }

    fn tell_again(&mut self, settlement: &v1::Settlement) -> Result<(), Fault> {
        line(&mut self.settlements, settlement)
    }

    /// Says what is wrong with a line, and keeps it for the line's outcome.
    fn complain(&mut self, complaint: Complaint) -> Result<(), Fault> {
        let Complaint { offset, line, reason } = complaint;
        writeln!(self.complaints, "line {line} is not a command: {reason}").map_err(lost)?;
        self.open.insert(offset, reason);
        Ok(())
    }

    /// Writes what a durable block has for the outside.
    fn release(&mut self, outbound: &Outbound) -> Result<(), Fault> {
        for (offset, outcomes) in outbound.outcomes() {
            self.totals.inputs += 1;
            let complaint = self.open.remove(&offset);
            for outcome in &outcomes.outcomes {
                self.count(outcome);
                let told = match (&complaint, &outcome.result) {
                    (Some(reason), Some(outcome::Result::Malformed(_))) => {
                        let malformed = v1::Malformed { reason: reason.clone() };
                        let result = Some(outcome::Result::Malformed(malformed));
                        &v1::Outcome { result, ..outcome.clone() }
                    }
                    _ => outcome,
                };
                line(&mut self.outcomes, told)?;
            }
        }
        for (_, settlement) in outbound.settlements() {
            self.totals.settlements += 1;
            line(&mut self.settlements, &settlement)?;
        }
        Ok(())
    }

    /// Hands on what is buffered.
    fn flush(&mut self) -> Result<(), Fault> {
        self.outcomes.flush().and_then(|()| self.settlements.flush()).map_err(lost)
    }
}

fn line(to: &mut impl Write, message: &impl serde::Serialize) -> Result<(), Fault> {
    serde_json::to_writer(&mut *to, message).map_err(|e| lost(e.into()))?;
    to.write_all(b"\n").map_err(lost)
}

fn lost(error: std::io::Error) -> Fault {
    Fault::new(
        format!("the answers cannot be written: {error}"),
        "everything answered is durable; free the output and run again with the same commands: \
         those done before are answered again as replays, and settlements that the file lacks are \
         written to it",
    )
}
