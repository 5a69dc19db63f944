//! One column's response curve: the model's estimates for other values of it.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::{Div, Span};
use leptos::prelude::*;
use model_core::{BlankTreatment, Column, ColumnKind, CurvePoint, Value};

use super::scale::Scale;
use crate::dom::{focus, pointer_position};
use crate::field::{step_of, stepped};
use crate::format::{coordinate, percent, plain};
use crate::i18n::use_i18n;
use crate::note::value_text;
use crate::session::use_session;

/// For a number, a curve with a draggable mark; for categories, a bar for each value.
#[component]
pub(super) fn Curve(column_idx: usize, points: Memo<Vec<CurvePoint>>, up: Memo<Scale>) -> impl IntoView {
    let column = use_session().model().columns()[column_idx].clone();
    let label = column.label.clone();
    let chart = match column.kind {
        ColumnKind::Numeric { .. } => view! { <Line column_idx column points up/> }.into_any(),
        ColumnKind::Categorical { .. } => view! { <Options column_idx column points up/> }.into_any(),
    };
    view! {
        <div class="curve">
            <h3>{label}</h3>
            {chart}
        </div>
    }
}

#[component]
fn Line(column_idx: usize, column: Column, points: Memo<Vec<CurvePoint>>, up: Memo<Scale>) -> impl IntoView {
    let i18n = use_i18n();
    let ColumnKind::Numeric { observed, .. } = column.kind else { return ().into_any() };
    let across = Scale { range: observed };
    let point_at = move |point: &CurvePoint, value: f64| {
        let at = if let Value::Number(number) = point.at { number } else { observed.min };
        format!("{},{}", coordinate(across.position(at)), coordinate(100.0 - up.get().position(value)))
    };
    let line = move || {
        points.with(|points| points.iter().map(|own| point_at(own, own.prediction.shown)).collect::<Vec<_>>().join(" "))
    };
    let band = move || {
        points.with(|points| {
            let highs = points.iter().filter_map(|own| Some(point_at(own, own.interval?.high)));
            let lows = points.iter().rev().filter_map(|own| Some(point_at(own, own.interval?.low)));
            highs.chain(lows).collect::<Vec<_>>().join(" ")
        })
    };
    view! {
        <MarkedPlot column_idx column=column.clone() up>
            <span class="high" aria-hidden="true">{Signal::derive(move || i18n.shortest(up.get().range.max))}</span>
            <span class="low" aria-hidden="true">{Signal::derive(move || i18n.shortest(up.get().range.min))}</span>
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
                <polygon class="band" points=band></polygon>
                <polyline points=line></polyline>
            </svg>
        </MarkedPlot>
        <div class="ends" aria-hidden="true">
            <span>{value_text(i18n, &column, Value::Number(observed.min))}</span>
            <span>{value_text(i18n, &column, Value::Number(observed.max))}</span>
        </div>
    }
    .into_any()
}

/// A plot with a mark at the record's value, which keys and the pointer move at once; the curve may be updated later.
#[component]
fn MarkedPlot(column_idx: usize, column: Column, up: Memo<Scale>, children: Children) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    let ColumnKind::Numeric { observed, median, .. } = column.kind else { return ().into_any() };
    let across = Scale { range: observed };
    let value = session.value(column_idx);
    let number = move || if let Value::Number(number) = value.get() { number } else { median };
    // A blank that is not imputed is not on the curve.
    let is_off = model.predictor().blank_treatment(column_idx) == BlankTreatment::OwnValue;
    let is_off = move || is_off && value.get() == Value::Missing;
    let target = session.target_format(i18n);
    let label = i18n.fill("what-if.mark", &[("column", &column.label)]);
    let column = StoredValue::new(column);
    let spoken = move || {
        let value = column.with_value(|column| value_text(i18n, column, value.get()));
        let estimate = target.value(session.prediction.get().shown);
        i18n.fill("what-if.value", &[("value", &value), ("estimate", &estimate)])
    };

    let by_key = move |event: KeyboardEvent| {
        let to = column.with_value(|column| value_by_key(column, value.get_untracked(), &event.key()));
        if let Some(to) = to {
            event.prevent_default();
            session.set(column_idx, to);
        }
    };
    let (plot, mark) = (NodeRef::<Div>::new(), NodeRef::<Span>::new());
    let is_dragged = StoredValue::new(false);
    let move_to = move |event: &PointerEvent| {
        let Some(plot) = plot.get_untracked() else { return };
        let position = pointer_position(&plot, event);
        if let Some(value) = column.with_value(|column| value_at(column, position)) {
            session.set(column_idx, value);
        }
    };
    let begin = move |event: PointerEvent| {
        let is_on_mark = event.target() == mark.get_untracked().map(Into::into);
        // A touch may be the start of scrolling.
        if session.is_readonly() || (event.pointer_type() == "touch" && !is_on_mark) {
            return;
        }
        event.prevent_default();
        if let Some(plot) = plot.get_untracked() {
            // If this fails, the pointer has to stay over the plot; nothing else is lost.
            let _ = plot.set_pointer_capture(event.pointer_id());
        }
        focus(mark.get_untracked());
        session.commit();
        is_dragged.set_value(true);
        move_to(&event);
    };
    let follow = move |event: PointerEvent| {
        if is_dragged.get_value() && event.buttons() & 1 == 1 {
            move_to(&event);
        }
    };
    let end = move |_| {
        is_dragged.set_value(false);
        session.commit();
    };
    view! {
        <div
            class="plot"
            node_ref=plot
            on:pointerdown=begin
            on:pointermove=follow
            on:pointerup=end
            on:pointercancel=end
        >
            {children()}
            <span
                class="mark"
                class:off=is_off
                role="slider"
                tabindex=(!session.is_readonly()).then_some("0")
                aria-disabled=session.is_readonly().then_some("true")
                aria-label=label
                aria-valuemin=plain(observed.min)
                aria-valuemax=plain(observed.max)
                aria-valuenow=Signal::derive(move || plain(number().clamp(observed.min, observed.max)))
                aria-valuetext=spoken
                style:left=Signal::derive(move || percent(across.position(number())))
                style:top=Signal::derive(move || percent(100.0 - up.get().position(session.prediction.get().shown)))
                node_ref=mark
                on:keydown=by_key
            ></span>
        </div>
    }
    .into_any()
}

/// A button for each value, with the resulting estimate.
#[component]
fn Options(column_idx: usize, column: Column, points: Memo<Vec<CurvePoint>>, up: Memo<Scale>) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let target = session.target_format(i18n);
    let value = session.value(column_idx);
    let option = |(code, name): (usize, &String)| {
        let shown = move || points.with(|points| points[code].prediction.shown);
        let own = points.with_untracked(|points| points[code].at);
        // From the current estimate to the resulting one.
        let ends = move || {
            let (now, then) = (up.get().position(session.prediction.get().shown), up.get().position(shown()));
            (now.min(then), now.max(then))
        };
        let choose = move |_| {
            session.commit();
            session.set(column_idx, own);
        };
        view! {
            <button
                type="button"
                aria-pressed=Signal::derive(move || if value.get() == own { "true" } else { "false" })
                disabled=session.is_readonly()
                on:click=choose
            >
                <span>{name.clone()}</span>
                <i
                    class:minus=Signal::derive(move || shown() < session.prediction.get().shown)
                    style:left=Signal::derive(move || percent(ends().0))
                    style:width=Signal::derive(move || percent(ends().1 - ends().0))
                ></i>
                <b>{Signal::derive(move || target.value(shown()))}</b>
            </button>
        }
    };
    let ColumnKind::Categorical { values, .. } = &column.kind else { return ().into_any() };
    view! {
        <div class="options" role="group" aria-label=column.label.clone()>
            {values.iter().enumerate().map(option).collect_view()}
        </div>
    }
    .into_any()
}

/// The value of a numeric column at a position from 0 to 100 of its range.
fn value_at(column: &Column, position: f64) -> Option<Value> {
    let ColumnKind::Numeric { observed, .. } = column.kind else { return None };
    let value = stepped(Scale { range: observed }.value(position), step_of(column));
    Some(Value::Number(value.clamp(observed.min, observed.max)))
}

/// The value after a key press at `from`, as for sliders.
fn value_by_key(column: &Column, from: Value, key: &str) -> Option<Value> {
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
