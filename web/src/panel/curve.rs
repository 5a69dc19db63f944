//! One column's response curve: what the model answers with other values of it.

use model_core::{Column, ColumnKind, Curve, CurvePoint, Range, Value};

use super::axis::Axis;
use crate::dom::escaped;
use crate::field::{step_of, stepped};
use crate::format::{coordinate, percent, plain, shortest};
use crate::note::value_text;
use crate::session::{Form, Session};
use crate::texts::fill;

/// The empty drawing of a column.
pub(super) fn markup(session: &Session, column_idx: usize) -> String {
    let column = &session.columns()[column_idx];
    let label = escaped(&column.label);
    let drawing = match &column.kind {
        ColumnKind::Numeric { observed, .. } => numeric_markup(session, &label, *observed, column_idx),
        ColumnKind::Categorical { values, .. } => choice_markup(values, &label, column_idx),
    };
    format!("<div class=\"curve\"><h3>{label}</h3>{drawing}</div>")
}

fn numeric_markup(session: &Session, label: &str, Range { min, max }: Range, column_idx: usize) -> String {
    let target = Axis::of(&session.predictor().schema().target).range;
    format!(
        "<div class=\"plot\" id=\"plot-{column_idx}\" data-column=\"{column_idx}\">\
         <span class=\"high\" aria-hidden=\"true\">{}</span><span class=\"low\" aria-hidden=\"true\">{}</span>\
         <svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <polygon class=\"band\" id=\"curve-band-{column_idx}\"/><polyline id=\"curve-line-{column_idx}\"/></svg>\
         <span class=\"mark\" role=\"slider\" tabindex=\"0\" id=\"mark-{column_idx}\" data-column=\"{column_idx}\" \
         aria-label=\"{}\" aria-valuemin=\"{}\" aria-valuemax=\"{}\"></span></div>\
         <div class=\"ends\" aria-hidden=\"true\"><span>{}</span><span>{}</span></div>",
        shortest(target.max),
        shortest(target.min),
        fill("what-if.mark", &[("column", label)]),
        plain(min),
        plain(max),
        shortest(min),
        shortest(max),
    )
}

fn choice_markup(values: &[String], label: &str, column_idx: usize) -> String {
    let option = |(code, value): (usize, &String)| {
        let value = escaped(value);
        format!(
            "<button type=\"button\" data-do=\"value\" data-column=\"{column_idx}\" data-value=\"{value}\" \
             id=\"option-{column_idx}-{code}\"><span>{value}</span><i id=\"bar-{column_idx}-{code}\"></i>\
             <b id=\"answer-{column_idx}-{code}\"></b></button>"
        )
    };
    let options: String = values.iter().enumerate().map(option).collect();
    format!("<div class=\"options\" role=\"group\" aria-label=\"{label}\">{options}</div>")
}

/// Moves the mark to the record's value: at once, while the curve may follow later.
pub(super) fn paint_mark(session: &Session, form: &Form, column_idx: usize) {
    let ColumnKind::Numeric { observed, median, .. } = session.columns()[column_idx].kind else { return };
    let value = match form.record.values()[column_idx] {
        Value::Number(number) => number,
        _ => median,
    };
    let (root, mark) = (session.root(), format!("mark-{column_idx}"));
    let target = Axis::of(&session.predictor().schema().target);
    root.set_style(&mark, "left", &percent(Axis { range: observed }.place(value)));
    root.set_style(&mark, "top", &percent(100.0 - target.place(form.prediction.shown)));
    root.set_attribute(&mark, "aria-valuenow", &plain(value.clamp(observed.min, observed.max)));
    let estimate = session.in_target_unit(form.prediction.shown);
    let spoken = fill("what-if.value", &[("value", &shortest(value)), ("estimate", &estimate)]);
    root.set_attribute(&mark, "aria-valuetext", &spoken);
}

/// Draws the curve.
pub(super) fn paint(session: &Session, form: &Form, curve: &Curve) {
    match &session.columns()[curve.column].kind {
        ColumnKind::Numeric { observed, .. } => paint_line(session, curve, Axis { range: *observed }),
        ColumnKind::Categorical { .. } => paint_options(session, form, curve),
    }
}

fn paint_line(session: &Session, curve: &Curve, across: Axis) {
    let up = Axis::of(&session.predictor().schema().target);
    let point = |point: &CurvePoint, value: f64| {
        let at = if let Value::Number(number) = point.at { number } else { 0.0 };
        format!("{},{} ", coordinate(across.place(at)), coordinate(100.0 - up.place(value)))
    };
    let line: String = curve.points.iter().map(|own| point(own, own.prediction.shown)).collect();
    let highs = curve.points.iter().filter_map(|own| Some(point(own, own.interval?.high)));
    let lows = curve.points.iter().rev().filter_map(|own| Some(point(own, own.interval?.low)));
    let band: String = highs.chain(lows).collect();
    session.root().set_attribute(&format!("curve-line-{}", curve.column), "points", line.trim_end());
    session.root().set_attribute(&format!("curve-band-{}", curve.column), "points", band.trim_end());
}

fn paint_options(session: &Session, form: &Form, curve: &Curve) {
    let (root, column) = (session.root(), curve.column);
    let up = Axis::of(&session.predictor().schema().target);
    for (code, point) in curve.points.iter().enumerate() {
        let is_own = form.record.values()[column] == point.at;
        let shown = point.prediction.shown;
        root.set_attribute(&format!("option-{column}-{code}"), "aria-pressed", if is_own { "true" } else { "false" });
        root.set_style(&format!("bar-{column}-{code}"), "width", &percent(up.place(shown)));
        root.set_text(&format!("answer-{column}-{code}"), &session.in_target_unit(shown));
    }
}

/// The value of a numeric column at a place from 0 to 100 of its range.
pub(super) fn value_at(column: &Column, place: f64) -> Option<Value> {
    let ColumnKind::Numeric { observed, .. } = column.kind else { return None };
    let value = stepped(Axis { range: observed }.value(place), step_of(column));
    Some(Value::Number(value.clamp(observed.min, observed.max)))
}

/// The value that a key leads to from `from`, as sliders have it.
pub(super) fn value_by_key(column: &Column, from: Value, key: &str) -> Option<Value> {
    let ColumnKind::Numeric { observed, median, .. } = column.kind else { return None };
    let from = if let Value::Number(number) = from { number } else { median };
    let one = step_of(column);
    let to = match key {
        "ArrowRight" | "ArrowUp" => from + one,
        "ArrowLeft" | "ArrowDown" => from - one,
        "PageUp" => from + 10.0 * one,
        "PageDown" => from - 10.0 * one,
        "Home" => observed.min,
        "End" => observed.max,
        _ => return None,
    };
    Some(Value::Number(stepped(to, one).clamp(observed.min, observed.max)))
}

/// The value of a column in words.
pub(super) fn words(column: &Column, value: Value) -> String {
    escaped(&value_text(column, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_within_the_range() {
        let (preprocessor, model) = model_core::doc_example();
        let predictor = model_core::Predictor::from_json(&preprocessor, &model).unwrap();
        let column = &predictor.schema().columns[0];
        let by = |from, key| value_by_key(column, Value::Number(from), key);
        assert_eq!(by(70.0, "ArrowRight"), Some(Value::Number(71.0)));
        assert_eq!(by(95.0, "PageUp"), Some(Value::Number(100.0)));
        assert_eq!(by(70.0, "Home"), Some(Value::Number(17.0)));
        assert_eq!(by(70.0, "a"), None);
        assert_eq!(value_by_key(column, Value::Missing, "ArrowLeft"), Some(Value::Number(69.0)));
        assert_eq!(value_at(column, 50.0), Some(Value::Number(59.0)));
    }
}
