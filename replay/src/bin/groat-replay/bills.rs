//! Bills and statements as files, and what is said of them.

use groat_replay::{BillFile, BillSums, BillsReport, CamtAccount, CamtReport};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes each file, and beside it the line that `sha256sum --check` reads.
pub(crate) fn write(files: &[BillFile], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(|e| named(folder, e))?;
    for file in files {
        let sum = format!("{}.sha256", file.name);
        for (name, bytes) in [(&file.name, &file.bytes), (&sum, &file.sum_line().into_bytes())] {
            write_file(&folder.join(name), bytes)?;
        }
    }
    Ok(())
}

pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes).map_err(|e| named(path, e))
}

fn named(path: &Path, e: io::Error) -> io::Error {
    io::Error::new(e.kind(), format!("{}: {e}", path.display()))
}

pub(crate) fn print(out: &mut dyn Write, report: &BillsReport, folder: &Path) -> io::Result<()> {
    let BillsReport { merchant, date, currencies, files } = report;
    for BillSums { currency, trades, trade_net, opening, closing, settled } in currencies {
        writeln!(out, "bills of {merchant} for {date} in {currency}")?;
        writeln!(out, "  trade       {trades} rows, net {trade_net}")?;
        writeln!(out, "  account     from {opening} to {closing}")?;
        writeln!(out, "  settlement  {settled} to settled money")?;
    }
    for file in files {
        writeln!(out, "{}  {}", file.sha256, folder.join(&file.name).display())?;
    }
    Ok(())
}

pub(crate) fn print_camt(out: &mut dyn Write, report: &CamtReport, path: &Path) -> io::Result<()> {
    for CamtAccount { shard, account, currency, opening, entries, closing } in &report.accounts {
        writeln!(
            out,
            "{account} in {currency} (shard {shard}): {opening}, {entries} entries, {closing}"
        )?;
    }
    writeln!(out, "{}  {}", report.sha256, path.display())
}
