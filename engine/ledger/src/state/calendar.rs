//! Business dates.

use crate::limits::DAY_MS;

/// What a chain fixes at its beginning about time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Calendar {
    /// Minutes that the business day is ahead of UTC (China: 480).
    pub day_offset_min: i32,
}

impl Calendar {
    /// The business date, in days since 1970, of a time in milliseconds.
    pub fn date(&self, at: u64) -> u32 {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        let local = at.saturating_add(self.offset_ms());
        u32::try_from(local.div_euclid(DAY_MS.cast_signed())).unwrap_or(0)
    }

    /// The first millisecond of a business date.
    pub fn start_of(&self, date: u32) -> u64 {
        let local = i64::from(date) * DAY_MS.cast_signed() - self.offset_ms();
        u64::try_from(local).unwrap_or(0)
    }

    /// The calendar of days that begin so many minutes later.
    pub fn later(self, minutes: u16) -> Calendar {
        Calendar { day_offset_min: self.day_offset_min.saturating_sub(minutes.into()) }
    }

    fn offset_ms(&self) -> i64 {
        i64::from(self.day_offset_min) * 60_000
    }
}

/// Year and month (1 to 12) of a date in days since 1970, in the Gregorian calendar.
/// Method: Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
pub fn year_and_month(date: u32) -> (u32, u32) {
    let (year, month, _) = civil(date);
    (year, month)
}

/// The first date after another that is such a day of its month; 1 to 28, which every month has.
pub fn next_day_of_month(after: u32, day: u32) -> u32 {
    let (year, month, today) = civil(after);
    let year = year.min(YEAR_MAX);
    let first = if today < day { first_of(year, month) } else { first_of(year, month + 1) };
    first.saturating_add(day.saturating_sub(1))
}

/// The date so many months after another: the same day of its month, or the last one of a month
/// that is shorter.
pub fn months_after(date: u32, months: u32) -> u32 {
    let (year, month, day) = civil(date);
    let whole = month.saturating_sub(1).saturating_add(months);
    let year = year.saturating_add(whole / 12).min(YEAR_MAX);
    let (first, next) = (first_of(year, whole % 12 + 1), first_of(year, whole % 12 + 2));
    first.saturating_add(day.saturating_sub(1)).min(next.saturating_sub(1))
}

/// Far beyond any date of a chain, and small enough to count its days.
const YEAR_MAX: u32 = 1_000_000;

/// The first date of a month of a year, 1 to 12; the 13th is the first of the next.
/// Method: Howard Hinnant, days_from_civil.
fn first_of(year: u32, month: u32) -> u32 {
    let (year, month) = if month > 12 { (year + 1, month - 12) } else { (year, month) };
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).saturating_sub(719_468)
}

fn civil(date: u32) -> (u32, u32, u32) {
    let z = date.saturating_add(719_468);
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    (year_of_era + era * 400 + u32::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn business_dates_follow_the_offset() {
        let china = Calendar { day_offset_min: 480 };
        let utc = Calendar::default();
        let at = 16 * 3_600_000; // 1970-01-01T16:00Z is the next day in China
        assert_eq!((utc.date(at - 1), china.date(at - 1), china.date(at)), (0, 0, 1));
        assert_eq!(china.start_of(1), at);
        assert_eq!(utc.start_of(2), 2 * DAY_MS);
    }

    #[test]
    fn years_and_months_are_gregorian() {
        for (date, expected) in [
            (0, (1970, 1)),
            (58, (1970, 2)),
            (59, (1970, 3)),
            (11_016, (2000, 2)),
            (11_017, (2000, 3)),
            (19_722, (2023, 12)),
            (19_723, (2024, 1)),
        ] {
            assert_eq!(year_and_month(date), expected, "{date}");
        }
    }

    #[test]
    fn months_end_with_their_last_day() {
        let of = |year, month, day| first_of(year, month) + day - 1;
        for (from, months, to) in [
            ((1970, 1, 1), 0, (1970, 1, 1)),
            ((2022, 1, 1), 1, (2022, 2, 1)),
            ((2022, 1, 31), 1, (2022, 2, 28)),
            ((2024, 1, 31), 1, (2024, 2, 29)),
            ((2022, 1, 31), 2, (2022, 3, 31)),
            ((2023, 10, 15), 3, (2024, 1, 15)),
            ((2023, 12, 31), 12, (2024, 12, 31)),
            ((2024, 2, 29), 12, (2025, 2, 28)),
        ] {
            let (from, to) = (of(from.0, from.1, from.2), of(to.0, to.1, to.2));
            assert_eq!(months_after(from, months), to, "{from} {months}");
        }
        assert_eq!(first_of(1970, 1), 0);
        assert_eq!(civil(months_after(u32::MAX, u32::MAX)).0, YEAR_MAX);
    }

    #[test]
    fn days_of_months_come_once_a_month() {
        for (after, day, expected) in [
            (0, 1, 31),                // 1970-01-01 itself is not after itself
            (0, 2, 1),                 // 1970-01-02
            (11_015, 28, 11_015 + 29), // 2000-02-28 to 2000-03-28: a leap year
            (19_722, 1, 19_723),       // 2023-12-31 to 2024-01-01
            (19_722, 31, 19_753),      // a day that some months have not
        ] {
            assert_eq!(next_day_of_month(after, day), expected, "{after} {day}");
        }
    }
}
