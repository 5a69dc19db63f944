//! How a model treats a blank.
//!
//! Most encodings impute a typical value. Trees that were fitted to blanks have branches for them instead; then a page
//! must not say that a value is imputed.

use crate::preprocessor::{Encoding, Preprocessor};
use crate::record::Value;
use crate::schema::ColumnKind;

/// How the model treats a blank in a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BlankTreatment {
    /// Imputed with this value: the training rows' median or most frequent category.
    Imputed(Value),
    /// A separate value, "not known", with its own branches. In a blend this holds for some of its members.
    OwnValue,
}

impl BlankTreatment {
    /// How a blank in the column at `column_idx` is treated.
    pub(crate) fn of(preprocessor: &Preprocessor, column_idx: usize) -> Self {
        match preprocessor.encoding {
            Encoding::OneHot(_) | Encoding::Native { imputed: true } => {
                Self::Imputed(match preprocessor.schema.columns[column_idx].kind {
                    ColumnKind::Numeric { median, .. } => Value::Number(median),
                    ColumnKind::Categorical { mode, .. } => Value::Category(mode),
                })
            }
            Encoding::Native { imputed: false } | Encoding::All(_) => Self::OwnValue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Combine, Model, Predictor, Record, Trees};

    #[test]
    fn an_imputed_blank_is_taken_for_the_value_that_is_named() {
        let (preprocessor, model) = crate::doc_example();
        let predictor = Predictor::from_json(&preprocessor, &model).unwrap();
        assert_eq!(predictor.blank_treatment(0), BlankTreatment::Imputed(Value::Number(70.0)));
        let mut record = Record::typical(predictor.schema());
        record.set_text(predictor.schema(), 0, "").unwrap();
        assert_eq!(predictor.predict(&record), predictor.predict(&Record::typical(predictor.schema())));
    }

    #[test]
    fn a_blank_that_trees_route_is_a_value_of_its_own() {
        let (preprocessor, model) = crate::doc_example();
        let schema = Predictor::from_json(&preprocessor, &model).unwrap().schema().clone();
        let preprocessor = Preprocessor { schema, encoding: Encoding::Native { imputed: false } };
        let trees = Trees {
            categorical: vec![false],
            lengths: vec![3],
            features: vec![0, 0, 0],
            values: vec![60.0, 2.0, 5.0],
            rights: vec![2, 0, 0],
            blank_left: vec![0],
            combine: Combine::Sum { base: 50.0 },
        };
        let predictor = Predictor::new(preprocessor, Model::Trees(trees), "xgboost").unwrap();
        assert_eq!(predictor.blank_treatment(0), BlankTreatment::OwnValue);
        let mut record = Record::typical(predictor.schema());
        record.set_text(predictor.schema(), 0, "").unwrap();
        assert_ne!(predictor.predict(&record), predictor.predict(&Record::typical(predictor.schema())));
    }
}
