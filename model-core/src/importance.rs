//! Which columns matter to the model as a whole.

use crate::predictor::Predictor;

impl Predictor {
    /// How far each column moves the prediction on average, up or down, over the training rows as their prototypes stand
    /// for them: the mean absolute contribution, in the target's unit, one per column of the schema. Zeros for a predictor
    /// that came without a background.
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
