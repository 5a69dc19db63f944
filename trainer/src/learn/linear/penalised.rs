//! Shared by lasso and elastic net: everything but the penalty.

use model_core::Model;

use super::coordinate_descent::{Penalty, Products};
use crate::folds::fit_data::{Features, FitData};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions};
use crate::learn::monotone::Monotone;

/// A linear family fitted by coordinate descent.
pub(super) trait Penalised: Family {
    /// The penalty, and the sign constraints of coefficients.
    fn penalty(params: &Self::Params) -> (Penalty, &Monotone);
}

pub(super) fn fit<F: Penalised>(params: &F::Params, data: &FitData) -> Result<Model, FitError> {
    solve::<F>(&Products::of(data), params, data)
}

/// The products of features and target are shared by all penalties.
pub(super) fn evaluate<F: Penalised>(
    group: &[F::Params],
    Evaluation { train, validation, .. }: Evaluation<'_>,
) -> Result<Predictions, FitError> {
    let products = Products::of(train);
    let predict =
        |params| solve::<F>(&products, params, train).map(|model| validation.predict(&model, Features::OneHot));
    group.iter().map(predict).collect()
}

fn solve<F: Penalised>(products: &Products, params: &F::Params, data: &FitData) -> Result<Model, FitError> {
    let (penalty, monotone) = F::penalty(params);
    let directions = monotone.of_features(F::NAME, data)?;
    Ok(Model::Linear(products.solve(penalty, &directions, || data.is_stopped())))
}
