//! Durations of steps, for the table at the end.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The number of rows of the table.
const SHOWN: usize = 12;

static TIMES: Mutex<Vec<(String, f64)>> = Mutex::new(Vec::new());

/// Records a step or a test program.
pub(crate) fn record(title: &str, seconds: f64) {
    TIMES.lock().unwrap_or_else(PoisonError::into_inner).push((title.to_owned(), seconds));
}

/// Prints the longest ones.
pub(crate) fn print(total: Duration) {
    let mut times = TIMES.lock().unwrap_or_else(PoisonError::into_inner).clone();
    times.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    println!("\nWhat took longest of {:.0} s (test programs are part of their step):", total.as_secs_f64());
    for (title, seconds) in times.iter().take(SHOWN) {
        println!("{seconds:>8.1} s  {title}");
    }
}
