//! What columns have to do with dates.

use serde::Serialize;

use crate::date::Date;
use crate::decode::impl_from_json;

/// What a column has to do with a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateRole {
    /// Its numbers are days since the last day of the training rows; people write a date.
    Days {
        /// That day.
        last: Date,
        /// What the training file's dates begin with, where they begin with no year.
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<DateOrder>,
    },
    /// The month of the date in the column of that name. Nobody fills it in.
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

/// What stands first in a date that doesn't begin with its year: `1/5/2026` is in May or in January.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
}

impl_from_json!(enum DateOrder { "day_first" => DayFirst {}, "month_first" => MonthFirst {} });
