//! Applies the configuration of columns to the schema that is part of the model.

use model_core::{ColumnKind, Range, Schema};

use crate::config::{ColumnConfig, Config};

impl Config {
    /// Writes labels, help, units, ranges, steps, flags and the form's order into `schema`. No prediction changes.
    pub fn apply(&self, schema: &mut Schema) {
        for (name, said) in &self.columns {
            if schema.target.name == *name.get_ref() {
                if let Some(label) = &said.label {
                    schema.target.label.clone_from(label);
                }
                schema.target.help.clone_from(&said.help);
                schema.target.unit.clone_from(&said.unit);
            }
            let Some(column) = schema.columns.iter_mut().find(|column| column.name == *name.get_ref()) else {
                continue;
            };
            if let Some(label) = &said.label {
                column.label.clone_from(label);
            }
            column.help.clone_from(&said.help);
            column.actionable = said.actionable.unwrap_or(false);
            column.sensitive = said.sensitive.unwrap_or(false);
            // A day has neither unit nor step.
            if let (ColumnKind::Numeric { observed, .. }, None) = (&column.kind, &column.date) {
                let observed = *observed;
                column.unit.clone_from(&said.unit);
                column.step = said.step.as_ref().map(|step| *step.get_ref());
                column.range = range(said, observed);
            }
        }
        let is_there = |name: &String| schema.columns.iter().any(|column| column.name == *name);
        schema.order = self.order.iter().map(|name| name.get_ref().clone()).filter(is_there).collect();
    }
}

/// The range that a form offers; a missing bound is the observed one.
fn range(said: &ColumnConfig, observed: Range) -> Option<Range> {
    let (min, max) = (said.min.as_ref().map(|min| *min.get_ref()), said.max.as_ref().map(|max| *max.get_ref()));
    if min.is_none() && max.is_none() {
        return None;
    }
    let range = Range { min: min.unwrap_or(observed.min), max: max.unwrap_or(observed.max) };
    (range.min < range.max && range != observed).then_some(range)
}

#[cfg(test)]
mod tests {
    use model_core::{Column, Target};

    use super::*;

    #[test]
    fn what_is_said_stands_in_the_schema() {
        let text = "order = [\"b\", \"lunch\"]\n[columns.y]\nlabel = \"Points\"\nunit = \"points\"\n\
                    [columns.a]\nmin = 0\nstep = 0.5\nactionable = true\n[columns.lunch]\nsensitive = true\nhelp = \"?\"\n";
        let config = Config::parse("c.toml", text).unwrap();
        let observed = Range { min: 3.0, max: 9.0 };
        let numeric = || ColumnKind::Numeric { observed, median: 4.0, whole: true };
        let lunch = ColumnKind::Categorical { values: vec!["x".into()], mode: 0 };
        let target =
            Target { name: "y".into(), label: "Y".into(), observed, limits: None, whole: true, help: None, unit: None };
        let columns = vec![
            Column::new("a", "A", numeric()),
            Column::new("b", "B", numeric()),
            Column::new("lunch", "Lunch", lunch),
        ];
        let mut schema = Schema { target, columns, order: Vec::new() };
        config.apply(&mut schema);
        schema.validate().unwrap();
        assert_eq!((schema.target.label.as_str(), schema.target.unit.as_deref()), ("Points", Some("points")));
        let a = &schema.columns[0];
        assert_eq!((a.range, a.step, a.actionable), (Some(Range { min: 0.0, max: 9.0 }), Some(0.5), true));
        assert!(schema.columns[2].sensitive && schema.columns[2].help.is_some());
        assert_eq!(schema.form_order(), [1, 2, 0]);
    }
}
