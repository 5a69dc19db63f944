//! The importance of each column for the model as a whole.

use crate::predictor::Predictor;

impl Predictor {
    /// The mean absolute contribution of each column of the schema, in the target's unit, over the prototypes weighted
    /// by their training rows. Zeros for a predictor without a background.
    #[must_use]
    pub fn importance(&self) -> Vec<f64> {
        let mut importance = vec![0.0; self.schema().columns.len()];
        let Some(background) = self.background() else { return importance };
        for (prototype, weight) in background.weights().into_iter().enumerate() {
            let explanation = self.explain_values(&background.values(self.schema(), prototype));
            for (sum, contribution) in importance.iter_mut().zip(explanation.contributions) {
                *sum += weight * contribution.abs();
            }
        }
        importance
    }
}
