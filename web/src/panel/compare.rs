//! Two records side by side: the one that was kept, and the present one.

use leptos::prelude::GetUntracked;
use model_core::{Interval, Prediction, Record, Value};

use super::curve::words;
use crate::dom::escaped;
use crate::session::{Form, Session};
use crate::texts::{fill, text};

/// The buttons, and a place for the table.
pub(super) fn markup() -> String {
    format!(
        "<div class=\"buttons\"><button type=\"button\" data-do=\"pin\" id=\"pin\">{}</button>\
         <button type=\"button\" data-do=\"unpin\" id=\"unpin\" hidden>{}</button>\
         <button type=\"button\" data-do=\"back\" id=\"back\" hidden>{}</button></div>\
         <div id=\"compared\" data-testid=\"compared\"></div>",
        text("compare.pin"),
        text("compare.unpin"),
        text("compare.back")
    )
}

/// Shows both where one was kept.
pub(super) fn paint(session: &Session, form: &Form) {
    let (root, pinned) = (session.root(), session.pinned.get_untracked());
    root.set_hidden("unpin", pinned.is_none());
    root.set_hidden("back", pinned.is_none());
    root.set_markup("compared", &pinned.map(|pinned| table(session, &pinned, form)).unwrap_or_default());
}

fn table(session: &Session, pinned: &Record, form: &Form) -> String {
    let predictor = session.predictor();
    let level = session.level.get_untracked();
    let kept = predictor.predict(pinned);
    let estimate = |values: &[Value], prediction: Prediction| {
        let number = |value| session.in_target_unit(value);
        let range = predictor.interval_of(values, prediction, level).map(|Interval { low, high }| {
            format!(" <small>{}</small>", fill("estimate.range", &[("low", &number(low)), ("high", &number(high))]))
        });
        format!("{}{}", number(prediction.shown), range.unwrap_or_default())
    };
    let mut rows = format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
        escaped(&fill("estimate.title", &[("target", &session.target())])),
        estimate(pinned.values(), kept),
        estimate(form.record.values(), form.prediction),
    );
    for ((column, before), now) in session.columns().iter().zip(pinned.values()).zip(form.record.values()) {
        if before != now {
            rows.push_str(&format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                escaped(&column.label),
                words(column, *before),
                words(column, *now)
            ));
        }
    }
    let by = session.difference(form.prediction.shown - kept.shown);
    let caption =
        if pinned == &form.record { text("compare.same") } else { fill("compare.difference", &[("by", &by)]) };
    format!(
        "<table class=\"compared\"><caption>{caption}</caption><thead><tr><td></td><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table>",
        text("compare.kept"),
        text("compare.now")
    )
}
