//! Who the estimate is for: a form that builds itself from the model's schema.

use leptos::prelude::*;

use crate::dom::{listen, panel, repaint};
use crate::field;
use crate::session::Session;

const ID: &str = "student";

/// One field a column, and a way back to the typical student.
pub(crate) fn student(session: Session) -> AnyView {
    let mut markup = String::from("<h2 id=\"student-title\">Student</h2>");
    for (column_idx, column) in session.columns().iter().enumerate() {
        markup.push_str(&field::markup(column, column_idx));
    }
    markup.push_str("<p><button type=\"button\" id=\"reset\">Back to the typical student</button></p>");

    let painted = session.clone();
    repaint(move || {
        painted.form.with(|form| {
            for column_idx in 0..form.fields.len() {
                field::paint(&painted, form, column_idx);
            }
        });
    });
    Effect::new(move |_: Option<()>| {
        let (edited, reset) = (session.clone(), session.clone());
        listen(ID, "input", move |control| {
            if let Some((column_idx, entry)) = field::entry(control) {
                edited.edit(column_idx, entry);
            }
        });
        listen("reset", "click", move |_| reset.reset());
    });
    panel(ID, "card student", markup)
}
