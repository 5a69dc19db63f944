//! Converts a model to expressions of its features.
//!
//! A sum of hundreds of trees cannot be a single expression: engines limit the nesting depth. So a model consists of
//! derived inputs, partial sums, and one expression of these, each in a separate `WITH` clause.

use model_core::{Additive, Axis, Combine, LinearModel, Model, PairShape, Shape, Symmetric, SymmetricInput, Trees};

use super::SqlError;
use crate::sql::{Dialect, lookup, steps};

/// The number of terms in a partial sum.
const TERMS: usize = 40;
/// The maximal depth of a tree: engines refuse or crash on deeper nesting.
const MAX_DEPTH: usize = 64;

/// A model as columns that depend on the previous ones, each with name and expression.
#[derive(Debug, Default)]
pub(super) struct ModelSql {
    /// Depend on features.
    pub(super) inputs: Vec<(String, String)>,
    /// Depend on features and inputs.
    pub(super) sums: Vec<(String, String)>,
    /// The prediction, from the sums.
    pub(super) value: String,
}

/// `features` are the names of the model's features; generated names begin with `prefix`.
pub(super) fn model(dialect: Dialect, model: &Model, features: &[String], prefix: &str) -> Result<ModelSql, SqlError> {
    let terms = |base: f64, terms: Vec<String>| summed(dialect, base, &terms, prefix);
    match model {
        Model::Linear(linear) => Ok(terms(linear.intercept, linear_terms(dialect, linear, features))),
        Model::Additive(additive) => Ok(terms(additive.intercept, additive_terms(dialect, additive, features))),
        Model::Trees(trees) => trees_sql(dialect, trees, features, prefix),
        Model::Symmetric(symmetric) => Ok(symmetric_sql(dialect, symmetric, features, prefix)),
        Model::Blend(blend) => {
            let mut whole = ModelSql::default();
            let mut values = Vec::new();
            for (member_idx, member) in blend.members.iter().enumerate() {
                let own = &features[member.from as usize..member.to as usize];
                let sql = self::model(dialect, &member.model, own, &format!("{prefix}{member_idx}_"))?;
                whole.inputs.extend(sql.inputs);
                whole.sums.extend(sql.sums);
                values.push(format!("{} * ({})", dialect.number(member.weight), sql.value));
            }
            whole.value = values.join(" + ");
            Ok(whole)
        }
        Model::Neighbours(_) | Model::Kernel(_) => Err(SqlError::Rows),
    }
}

/// A single expression for a few trees.
pub(super) fn trees_value(dialect: Dialect, trees: &Trees, features: &[String]) -> Result<String, SqlError> {
    let terms = tree_terms(dialect, trees, features)?.join(" + ");
    match &trees.combine {
        Combine::Sum { base } => Ok(format!("{} + {terms}", dialect.number(*base))),
        Combine::Mean => Ok(format!("({terms}) / {}", dialect.number(trees.n_trees() as f64))),
        Combine::WeightedMedian { .. } => Err(SqlError::Median),
    }
}

fn summed(dialect: Dialect, base: f64, terms: &[String], prefix: &str) -> ModelSql {
    let sums: Vec<(String, String)> = terms
        .chunks(TERMS)
        .enumerate()
        .map(|(sum_idx, terms)| (format!("scorecast_{prefix}s{sum_idx}"), terms.join(" + ")))
        .collect();
    let names = sums.iter().map(|(name, _)| name.clone());
    let value = std::iter::once(dialect.number(base)).chain(names).collect::<Vec<_>>().join(" + ");
    ModelSql { inputs: Vec::new(), sums, value }
}

fn linear_terms(dialect: Dialect, linear: &LinearModel, features: &[String]) -> Vec<String> {
    let used = linear.coefficients.iter().zip(features).filter(|(coefficient, _)| **coefficient != 0.0);
    used.map(|(coefficient, feature)| format!("{} * {feature}", dialect.number(*coefficient))).collect()
}

fn trees_sql(dialect: Dialect, trees: &Trees, features: &[String], prefix: &str) -> Result<ModelSql, SqlError> {
    let base = match &trees.combine {
        Combine::Sum { base } => *base,
        Combine::Mean => 0.0,
        Combine::WeightedMedian { .. } => return Err(SqlError::Median),
    };
    let mut sql = summed(dialect, base, &tree_terms(dialect, trees, features)?, prefix);
    if matches!(trees.combine, Combine::Mean) {
        sql.value = format!("({}) / {}", sql.value, dialect.number(trees.n_trees() as f64));
    }
    Ok(sql)
}

fn tree_terms(dialect: Dialect, trees: &Trees, features: &[String]) -> Result<Vec<String>, SqlError> {
    let mut root = 0;
    let term = |length: &u32| {
        let sql = node(dialect, trees, features, root, 0);
        root += *length as usize;
        sql
    };
    trees.lengths.iter().map(term).collect()
}

/// The tree below a node. A comparison with NULL is not true, so ELSE is the branch of blanks.
fn node(
    dialect: Dialect,
    trees: &Trees,
    features: &[String],
    node_idx: usize,
    depth: usize,
) -> Result<String, SqlError> {
    let (value, right) = (dialect.number(trees.values[node_idx]), trees.rights[node_idx] as usize);
    if right == 0 {
        return Ok(value);
    }
    if depth == MAX_DEPTH {
        return Err(SqlError::Deep { most: MAX_DEPTH });
    }
    let feature_idx = usize::from(trees.features[node_idx]);
    let feature = &features[feature_idx];
    let left = node(dialect, trees, features, node_idx + 1, depth + 1)?;
    let right = node(dialect, trees, features, node_idx + right, depth + 1)?;
    let has_blank_left = u32::try_from(node_idx).is_ok_and(|node| trees.blank_left.binary_search(&node).is_ok());
    let is_categorical = trees.categorical[feature_idx];
    let (comparison, then, otherwise) = match (is_categorical, has_blank_left) {
        (false, false) => ("<=", left, right),
        (false, true) => (">", right, left),
        (true, false) => ("<>", left, right),
        (true, true) => ("=", right, left),
    };
    Ok(format!("CASE WHEN {feature} {comparison} {value} THEN {then} ELSE {otherwise} END"))
}

fn symmetric_sql(dialect: Dialect, symmetric: &Symmetric, features: &[String], prefix: &str) -> ModelSql {
    let mut inputs = Vec::new();
    let mut names = Vec::new();
    for (feature_idx, (input, feature)) in symmetric.inputs.iter().zip(features).enumerate() {
        let SymmetricInput::Statistic { values, blank, unseen } = input else {
            names.push(feature.clone());
            continue;
        };
        let branches = values.iter().enumerate().map(|(code, value)| (code.to_string(), dialect.number(*value)));
        let known = lookup(feature, branches, &dialect.number(*unseen));
        let name = format!("scorecast_{prefix}i{feature_idx}");
        inputs.push((
            name.clone(),
            format!("CASE WHEN {feature} IS NULL THEN {} ELSE {known} END", dialect.number(*blank)),
        ));
        names.push(name);
    }
    let (mut tests, mut leaves) = (0, 0);
    let term = |depth: &u8| {
        let depth = usize::from(*depth);
        let holds = |test: usize| {
            let feature_idx = usize::from(symmetric.features[test]);
            let sign = if matches!(symmetric.inputs[feature_idx], SymmetricInput::Category) { "=" } else { ">" };
            format!("{} {sign} {}", names[feature_idx], dialect.number(symmetric.thresholds[test]))
        };
        let conditions: Vec<String> = (tests..tests + depth).map(holds).collect();
        let own = &symmetric.leaves[leaves..leaves + (1 << depth)];
        tests += depth;
        leaves += 1 << depth;
        answers(dialect, &conditions, own)
    };
    let terms: Vec<String> = symmetric.depths.iter().map(term).collect();
    ModelSql { inputs, ..summed(dialect, symmetric.base, &terms, prefix) }
}

/// The leaf whose index has a bit set for each condition that holds; the first condition is the lowest bit.
fn answers(dialect: Dialect, conditions: &[String], leaves: &[f64]) -> String {
    let Some((last, others)) = conditions.split_last() else { return dialect.number(leaves[0]) };
    let (without, with) = leaves.split_at(leaves.len() / 2);
    format!("CASE WHEN {last} THEN {} ELSE {} END", answers(dialect, others, with), answers(dialect, others, without))
}

fn additive_terms(dialect: Dialect, additive: &Additive, features: &[String]) -> Vec<String> {
    let shape = |(shape, feature): (&Shape, &String)| shape_sql(dialect, shape, feature);
    let pair = |pair: &PairShape| {
        let [first, second] = pair.columns.map(|column| &features[usize::from(column)]);
        let n_second = pair.axes[1].n_cells();
        let rows: Vec<String> = pair
            .values
            .chunks(n_second)
            .map(|row| {
                axis_sql(
                    dialect,
                    &pair.axes[1],
                    second,
                    &row.iter().map(|value| dialect.number(*value)).collect::<Vec<_>>(),
                )
            })
            .collect();
        axis_sql(dialect, &pair.axes[0], first, &rows)
    };
    additive.shapes.iter().zip(features).map(shape).chain(additive.pairs.iter().map(pair)).collect()
}

fn shape_sql(dialect: Dialect, shape: &Shape, feature: &str) -> String {
    let number = |value: &f64| dialect.number(*value);
    let (known, blank) = match shape {
        Shape::Steps { thresholds, values, blank } => {
            (steps(dialect, feature, thresholds, &values.iter().map(number).collect::<Vec<_>>()), blank)
        }
        Shape::Categories { values, blank } => {
            let branches = values.iter().enumerate().map(|(code, value)| (code.to_string(), number(value)));
            (lookup(feature, branches, &number(&0.0)), blank)
        }
    };
    format!("CASE WHEN {feature} IS NULL THEN {} ELSE {known} END", number(blank))
}

/// One of `results`, one per cell of the axis; the last is for blanks and unknown categories.
fn axis_sql(dialect: Dialect, axis: &Axis, feature: &str, results: &[String]) -> String {
    let last = results.last().map_or("NULL", String::as_str);
    match axis {
        Axis::Steps(thresholds) => {
            let known = steps(dialect, feature, thresholds, results);
            format!("CASE WHEN {feature} IS NULL THEN {last} ELSE {known} END")
        }
        Axis::Categories(cells) => {
            let branches =
                cells.iter().enumerate().map(|(code, cell)| (code.to_string(), results[usize::from(*cell)].clone()));
            lookup(feature, branches, last)
        }
    }
}
