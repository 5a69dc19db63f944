//! The roles of a file's columns.

use std::collections::BTreeMap;

use model_core::{DateOrder, Direction};
use reader::{ColumnOptions, Decimal, Found, Kind, find_names};

use super::{IngestError, IngestOptions};

/// The role of each column, by its index in the header.
pub(super) struct Roles {
    pub(super) target: usize,
    pub(super) weights: Option<usize>,
    pub(super) group: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) part: Option<usize>,
    pub(super) dropped: Vec<bool>,
    pub(super) forced: Vec<Option<Kind>>,
    missing: Vec<Option<Vec<String>>>,
    decimal: Vec<Option<Decimal>>,
    date_orders: Vec<Option<DateOrder>>,
    /// Categories of fewer rows are not named.
    pub(super) min_category_rows: u64,
    /// By name in the header.
    pub(super) directions: BTreeMap<String, Direction>,
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
        let (group, time) = asked_for(options, find)?;
        for (option, field) in [("--group", group), ("--time", time)] {
            if let Some(field) = field.filter(|field| *field == target || weights == Some(*field)) {
                return Err(IngestError::KeyMisused { column: names[field].clone(), option });
            }
        }
        let part = options.part.as_ref().map(find).transpose()?;
        let mut dropped = vec![false; names.len()];
        for name in &options.drop {
            dropped[find(name)?] = true;
        }
        let mut forced = vec![None; names.len()];
        let kinds =
            [(Kind::Numeric, &options.numeric), (Kind::Categorical, &options.categorical), (Kind::Date, &options.date)];
        for (kind, list) in kinds {
            for name in list {
                let slot = &mut forced[find(name)?];
                if slot.is_some_and(|other| other != kind) {
                    return Err(IngestError::TwoKinds { column: name.clone() });
                }
                *slot = Some(kind);
            }
        }
        let is_other = forced[target].is_some_and(|kind| kind != Kind::Numeric);
        if dropped[target] || is_other || weights == Some(target) {
            return Err(IngestError::TargetMisused { column: options.target.clone() });
        }
        let (mut missing, mut decimal) = (vec![None; names.len()], vec![None; names.len()]);
        for (name, texts) in &options.missing {
            missing[find(name)?] = Some(texts.clone());
        }
        for (name, sign) in &options.decimal {
            decimal[find(name)?] = Some(*sign);
        }
        let mut date_orders = vec![None; names.len()];
        for (name, order) in &options.date_orders {
            date_orders[find(name)?] = Some(*order);
        }
        let direction = |(name, direction): (&String, &Direction)| Ok((names[find(name)?].clone(), *direction));
        let directions = options.directions.iter().map(direction).collect::<Result<_, IngestError>>()?;
        let min_category_rows = options.min_category_rows;
        Ok(Self {
            target,
            weights,
            group,
            time,
            part,
            dropped,
            forced,
            missing,
            decimal,
            date_orders,
            min_category_rows,
            directions,
        })
    }
}

impl Roles {
    /// Why a column that is not dropped is no input, if so: it is a key of rows, and its kind is not given.
    pub(super) fn key_reason(&self, field: usize) -> Option<&'static str> {
        if self.part == Some(field) {
            return Some("it tells the parts of rows");
        }
        if self.forced[field].is_some() {
            return None;
        }
        if self.group == Some(field) {
            return Some("it names the groups of --group (--numeric or --categorical also learns from it)");
        }
        (self.time == Some(field))
            .then_some("it tells the time of --time (--numeric or --categorical also learns from it)")
    }

    /// How each column is read; `None` for columns that are not.
    pub(super) fn column_options(&self) -> Vec<Option<ColumnOptions>> {
        let options = |field: usize| {
            let is_number = field == self.target || Some(field) == self.weights;
            // Times may be dates, with day and month in any order.
            let is_read = is_number || self.time == Some(field);
            (is_read || !(self.dropped[field] || self.key_reason(field).is_some())).then(|| ColumnOptions {
                kind: if is_number { Some(Kind::Numeric) } else { self.forced[field] },
                missing: self.missing[field].clone(),
                decimal: self.decimal[field],
                dates: self.date_orders[field],
                strict: is_number,
                min_rows: self.min_category_rows,
                ..ColumnOptions::default()
            })
        };
        (0..self.dropped.len()).map(options).collect()
    }
}

/// The fields of the columns given as keys, for groups and times.
fn asked_for(
    options: &IngestOptions,
    find: impl Fn(&String) -> Result<usize, IngestError>,
) -> Result<(Option<usize>, Option<usize>), IngestError> {
    if let (Some(group), Some(time)) = (&options.group, &options.time) {
        return Err(IngestError::GroupAndTime { group: group.clone(), time: time.clone() });
    }
    Ok((options.group.as_ref().map(&find).transpose()?, options.time.as_ref().map(&find).transpose()?))
}
