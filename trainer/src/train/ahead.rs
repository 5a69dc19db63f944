//! The remaining work of a run after its search, for estimating the remaining time.

use super::run::Run;
use crate::judge::diagnosis::rows_and_work;
use crate::learn::Candidate;
use crate::search::cross_validation::Event;
use crate::search::work::work;
use crate::trust::conformal::n_fits;

/// The work of fitting a champion to a number of rows, of its intervals and of its diagnosis.
pub(super) struct Ahead {
    fit: f64,
    family: &'static str,
    diagnosis: f64,
}

impl Ahead {
    /// Of a champion that was chosen on the first `n_searched` of `n_rows` rows.
    pub(super) fn of(run: &Run<'_>, champion: &Candidate, n_rows: usize, n_searched: usize) -> Self {
        let n_columns = run.learned.columns.len();
        let (_, diagnosis) = rows_and_work(champion, n_searched, n_columns, run.config.search.n_folds());
        let once = work(champion.learner.passes(&champion.params), n_rows, n_columns);
        Self { family: champion.learner.family(), fit: once * (1 + n_fits(n_rows)) as f64, diagnosis }
    }

    /// Announces all of it.
    pub(super) fn announce(&self, run: &Run<'_>) {
        (run.control.on_event)(Event::Planned { work: self.fit + self.diagnosis });
    }

    /// Reports that the champion is fitted.
    pub(super) fn fitted(&self, run: &Run<'_>) {
        (run.control.on_event)(Event::Done { work: self.fit, family: self.family, r2: f64::NEG_INFINITY });
    }
}
