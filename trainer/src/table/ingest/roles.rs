//! What each column of a file is for.

use reader::{ColumnOptions, Decimal, Found, Kind, find_names};

use super::{IngestError, IngestOptions};

/// What each column is for, by its place in the header.
pub(super) struct Roles {
    pub(super) target: usize,
    pub(super) weights: Option<usize>,
    dropped: Vec<bool>,
    pub(super) forced: Vec<Option<Kind>>,
    missing: Vec<Option<Vec<String>>>,
    decimal: Vec<Option<Decimal>>,
}

impl Roles {
    pub(super) fn assign(file: &str, names: &[String], options: &IngestOptions) -> Result<Self, IngestError> {
        let find = |name: &String| match find_names(names, &[vec![name.as_str()]]).pop() {
            Some(Found::At(field)) => Ok(field),
            Some(Found::Several(fields)) => Err(IngestError::SeveralColumns {
                file: file.to_owned(),
                column: name.clone(),
                found: fields.into_iter().map(|field| names[field].clone()).collect(),
            }),
            Some(Found::Nowhere) | None => {
                Err(IngestError::NoSuchColumn { file: file.to_owned(), column: name.clone(), known: names.to_vec() })
            }
        };
        let target = find(&options.target)?;
        let weights = options.weights.as_ref().map(find).transpose()?;
        let mut dropped = vec![false; names.len()];
        for name in &options.drop {
            dropped[find(name)?] = true;
        }
        let mut forced = vec![None; names.len()];
        for (kind, list) in [(Kind::Numeric, &options.numeric), (Kind::Categorical, &options.categorical)] {
            for name in list {
                let place = &mut forced[find(name)?];
                if place.is_some_and(|other| other != kind) {
                    return Err(IngestError::TwoKinds { column: name.clone() });
                }
                *place = Some(kind);
            }
        }
        if dropped[target] || forced[target] == Some(Kind::Categorical) || weights == Some(target) {
            return Err(IngestError::TargetMisused { column: options.target.clone() });
        }
        let (mut missing, mut decimal) = (vec![None; names.len()], vec![None; names.len()]);
        for (name, texts) in &options.missing {
            missing[find(name)?] = Some(texts.clone());
        }
        for (name, sign) in &options.decimal {
            decimal[find(name)?] = Some(*sign);
        }
        Ok(Self { target, weights, dropped, forced, missing, decimal })
    }
}

impl Roles {
    /// How each column is read; `None` for those that are not.
    pub(super) fn column_options(&self, min_rows: u64) -> Vec<Option<ColumnOptions>> {
        let options = |field: usize| {
            let is_number = field == self.target || Some(field) == self.weights;
            (is_number || !self.dropped[field]).then(|| ColumnOptions {
                kind: if is_number { Some(Kind::Numeric) } else { self.forced[field] },
                missing: self.missing[field].clone(),
                decimal: self.decimal[field],
                strict: is_number,
                lenient: false,
                min_rows,
            })
        };
        (0..self.dropped.len()).map(options).collect()
    }
}
