//! The form of the bill files (DOMAIN §8): a preamble of `#` lines, a fixed header, rows, a totals
//! row, notes, `<END>`.
//!
//! A text of somebody else's can forge nothing: no column (quoted as RFC 4180 has it), no line
//! (control characters are written out, so that a row is one line), no formula of a spreadsheet, no
//! note, totals row or end (an apostrophe goes before what would begin one; one that was there gets
//! a second).

use groat_ledger::Currency;
use groat_ledger::money::major_text;

/// A file as it grows.
pub(super) struct Sheet(String);

impl Sheet {
    /// With the lines of the preamble; each is a list of fields.
    pub(super) fn new(preamble: &[Vec<String>]) -> Sheet {
        let mut sheet = Sheet(String::new());
        preamble.iter().for_each(|fields| sheet.note(fields));
        sheet
    }

    /// A `#` line.
    pub(super) fn note(&mut self, fields: &[String]) {
        self.0.push('#');
        self.row(fields);
    }

    /// A row of fields that [`text`] or [`amount`] made.
    pub(super) fn row(&mut self, fields: &[String]) {
        self.0.push_str(&fields.join(","));
        self.0.push('\n');
    }

    /// The header.
    pub(super) fn header(&mut self, names: &[&str]) {
        self.0.push_str(&names.join(","));
        self.0.push('\n');
    }

    /// The whole file.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.0.push_str("<END>\n");
        self.0.into_bytes()
    }
}

/// An amount in major units.
pub(super) fn amount(minor: i128, currency: Currency) -> String {
    major_text(minor, currency)
}

/// A text as a field.
pub(crate) fn text(text: &str) -> String {
    let mut field = String::with_capacity(text.len());
    let begins = |c: char| "=+-@#<'＝＋－＠".contains(c) || c.is_whitespace() || c.is_control();
    if text.starts_with(begins) || text == "TOTAL" {
        field.push('\'');
    }
    for c in text.chars() {
        match c {
            '\\' => field.push_str("\\\\"),
            // Also those that turn the direction of a line around.
            c if c.is_control() || is_format(c) => field.extend(c.escape_unicode()),
            c => field.push(c),
        }
    }
    if field.contains([',', '"', ';']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field
}

fn is_format(c: char) -> bool {
    let turns_or_hides =
        ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{2069}'];
    c == '\u{feff}' || turns_or_hides.iter().any(|range| range.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_forges_no_column_line_formula_or_end() {
        for (given, field) in [
            ("tea", "tea"),
            ("谢谢", "谢谢"),
            ("North, Gate", "\"North, Gate\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=1+1", "'=1+1"),
            ("-2+3", "'-2+3"),
            ("+49", "'+49"),
            ("@cmd", "'@cmd"),
            ("＝1", "'＝1"),
            ("\t=1", "'\\u{9}=1"),
            (" =1", "' =1"),
            ("'=1", "''=1"),
            ("# x", "'# x"),
            ("<END>", "'<END>"),
            ("TOTAL", "'TOTAL"),
            ("a\n<END>", "a\\u{a}<END>"),
            ("a\r\n", "a\\u{d}\\u{a}"),
            ("a\\u{a}", "a\\\\u{a}"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("", ""),
        ] {
            assert_eq!(text(given), field, "{given:?}");
        }
    }
}
