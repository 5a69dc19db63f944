//! The relation of columns to dates.

use serde::Serialize;

use crate::date::Date;
use crate::decode::impl_from_json;

/// The relation of a column to a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateRole {
    /// Its numbers are days since the last day of the training rows; people write a date.
    Days {
        /// That day.
        last: Date,
        /// The order of day and month in the training file's dates, if these don't begin with the year.
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<DateOrder>,
    },
    /// The month of the date in another column; computed, not filled in.
    Month {
        /// The column of dates.
        of: String,
    },
    /// The weekday of that date.
    Weekday {
        /// The column of dates.
        of: String,
    },
}

impl_from_json!(enum DateRole {
    "days" => Days { last, order = None },
    "month" => Month { of },
    "weekday" => Weekday { of },
});

/// The first part of a date that doesn't begin with its year: `1/5/2026` is in May or in January.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
}

impl_from_json!(enum DateOrder { "day_first" => DayFirst {}, "month_first" => MonthFirst {} });
