//! The outcome for a class: progress, errors, or a summary and the rows.

use leptos::prelude::*;

use super::mapping::Mapping;
use super::reading_report::ReadingReport;
use super::state::{ClassState, Errors, FLAGS, Problem, Stage, Summary};
use super::table::Table;
use super::worker::Failure;
use crate::dom::{debounced, save};
use crate::i18n::{I18n, use_i18n};
use crate::session::{Session, use_session};

const ONLY: [(&str, &str); 3] =
    [("all", "class.show-all"), ("flagged", "class.show-flagged"), ("bad", "class.show-bad")];
/// Maximum number of problems that are listed.
const MOST_PROBLEMS: usize = 200;

#[component]
pub(super) fn Outcome() -> impl IntoView {
    let i18n = use_i18n();
    let class = expect_context::<ClassState>();
    move || match class.stage.get() {
        Stage::Nothing => ().into_any(),
        Stage::Reading { file } => view! { <Progress file/> }.into_any(),
        Stage::Cancelled => view! { <p role="status">{i18n.text("class.cancelled")}</p> }.into_any(),
        Stage::Failed(failure) => view! {
            <p class="odd" role="alert" data-testid="class-problem">
                {in_words(i18n, &failure)}
            </p>
        }
        .into_any(),
        Stage::AskingForMapping => view! { <Mapping is_open=true/> }.into_any(),
        Stage::AskingForNotation(values) => view! { <NotationQuestion values/> }.into_any(),
        Stage::Shown(summary) => view! { <Shown summary/> }.into_any(),
    }
}

fn in_words(i18n: I18n, failure: &Failure) -> String {
    let Failure::Explained { key, values } = failure else { return String::new() };
    i18n.fill(key, &values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
}

/// Asks for the meaning of ambiguous numbers or dates.
#[component]
fn NotationQuestion(values: Vec<(String, String)>) -> impl IntoView {
    let i18n = use_i18n();
    let class = expect_context::<ClassState>();
    let filled: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let value = |name: &str| filled.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value);
    let is_date = value("about") == "date";
    let button = |name: &str, answer: &'static str| {
        let reading = value(name);
        let reading = if is_date { i18n.day(reading) } else { i18n.shortest(reading.parse().unwrap_or(f64::NAN)) };
        let say = move |_| if is_date { class.use_dates(answer) } else { class.use_decimal(answer) };
        view! {
            <button type="button" on:click=say>
                {i18n.fill("class.read-as", &[("value", &reading)])}
            </button>
        }
    };
    let (key, answers) = if is_date {
        ("class.ambiguous-date", [("day", "day-first"), ("month", "month-first")])
    } else {
        ("class.ambiguous-number", [("point", "."), ("comma", ",")])
    };
    view! {
        <div role="alert" data-testid="class-question">
            <p>{i18n.fill(key, &filled)}</p>
            <div class="buttons">{answers.map(|(name, answer)| button(name, answer)).collect_view()}</div>
        </div>
    }
}

#[component]
fn Progress(file: String) -> impl IntoView {
    let i18n = use_i18n();
    let class = expect_context::<ClassState>();
    view! {
        <div class="buttons">
            <p>{i18n.fill("class.reading", &[("file", &file)])}</p>
            <progress max="1" prop:value=class.share aria-label=i18n.text("class.progress")></progress>
            <button type="button" on:click=move |_| class.cancel()>
                {i18n.text("class.cancel")}
            </button>
        </div>
    }
}

#[component]
fn Shown(summary: Summary) -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let class = expect_context::<ClassState>();
    predict_with_level(session, class, summary.level);
    let found = class.found.get_untracked();
    let errors = summary.errors.map(|errors| {
        view! { <p data-testid="class-errors">{errors_in_words(session, i18n, errors)}</p> }
    });
    let training = found.is_training_file.then(|| {
        view! {
            <p class="odd" data-testid="class-training">
                {i18n.text("class.training-file")}
            </p>
        }
    });
    let n_problems = summary.n_problems;
    view! {
        <p role="status" data-testid="class-summary">
            {summary_in_words(session, i18n, &summary)}
        </p>
        {errors}
        {training}
        <ReadingReport/>
        <Mapping is_open=false/>
        <Tools/>
        <Table summary/>
        {(n_problems > 0).then(|| view! { <Problems n_problems/> })}
    }
}

/// Updates the intervals when the level changes (debounced).
fn predict_with_level(session: Session, class: ClassState, shown: f64) {
    let level = debounced::<f64>(session.level.into(), std::time::Duration::from_millis(400));
    Effect::new(move |_| {
        if level.get().is_some_and(|level| level != shown) {
            class.predict();
        }
    });
}

fn summary_in_words(session: Session, i18n: I18n, summary: &Summary) -> String {
    let Summary { n_rows, n_bad, n_flagged, mean, .. } = summary;
    let rows = i18n.counted(*n_rows, "class.rows");
    if n_bad == n_rows {
        return i18n.fill("class.summary-none", &[("rows", &rows)]);
    }
    let (mean, flagged, bad) = (session.target_format(i18n).value(*mean), i18n.count(*n_flagged), i18n.count(*n_bad));
    i18n.fill("class.summary", &[("rows", &rows), ("mean", &mean), ("flagged", &flagged), ("bad", &bad)])
}

fn errors_in_words(session: Session, i18n: I18n, errors: Errors) -> String {
    let target = session.target_format(i18n);
    let (n, mae, rmse) = (i18n.count(errors.n), target.error(errors.mae), target.error(errors.rmse));
    let values = [("n", n.as_str()), ("mae", &mae), ("rmse", &rmse), ("r2", &i18n.number(errors.r2, 2))];
    i18n.fill("class.errors", &values)
}

/// Filters, the download, and the number of rows shown.
#[component]
fn Tools() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let class = expect_context::<ClassState>();
    let text = RwSignal::new(class.view.with_untracked(|view| view.text.clone()));
    let rested = debounced::<String>(text.into(), std::time::Duration::from_millis(200));
    Effect::new(move |_| {
        if let Some(text) = rested.get() {
            class.order(|view| view.text = text);
        }
    });
    let only = class.view.with_untracked(|view| view.only);
    let choose = move |chosen: String| {
        if let Some((only, _)) = ONLY.iter().find(|(only, _)| *only == chosen) {
            class.order(|view| view.only = only);
        }
    };
    let download = move |_| {
        let level = i18n.number(session.level.get_untracked(), 0);
        let name = session.model().schema().target.name.clone();
        let names = [format!("estimated_{name}"), format!("low_{level}"), format!("high_{level}"), "remarks".into()];
        class.download(&names, &FLAGS.map(|key| i18n.text(key)), |blob| {
            let extension = if blob.type_() == "text/csv" { "csv" } else { "xlsx" };
            save(&blob, &format!("class.{extension}"));
        });
    };
    let shown = move || {
        let is_all = class.view.with(|view| view.text.is_empty() && view.only == "all");
        (!is_all).then(|| i18n.counted(class.n_shown.get(), "class.shown"))
    };
    view! {
        <div class="class-tools">
            <div class="field">
                <label for="class-filter">{i18n.text("class.filter")}</label>
                <input
                    type="search"
                    id="class-filter"
                    autocomplete="off"
                    prop:value=text
                    on:input:target=move |event| text.set(event.target().value())
                />
            </div>
            <div class="field">
                <label for="class-only">{i18n.text("class.show")}</label>
                <select id="class-only" on:change:target=move |event| choose(event.target().value())>
                    {ONLY
                        .map(|(own, key)| {
                            view! {
                                <option value=own selected=own == only>
                                    {i18n.text(key)}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </div>
            <button type="button" on:click=download>
                {i18n.text("class.download")}
            </button>
        </div>
        <p class="hint" role="status" id="class-shown">
            {shown}
        </p>
    }
}

/// The problems in the file, by line.
#[component]
fn Problems(n_problems: usize) -> impl IntoView {
    let i18n = use_i18n();
    let class = expect_context::<ClassState>();
    let problems = RwSignal::new(Vec::<Problem>::new());
    class.problems(move |found| {
        problems.try_set(found);
    });
    let line = move |problem: &Problem| {
        let line = i18n.count(problem.line);
        let location = match &problem.column {
            None => i18n.fill("class.at-line", &[("line", &line)]),
            Some(column) => i18n.fill("class.at-column", &[("line", &line), ("column", column)]),
        };
        let values: Vec<(&str, &str)> =
            problem.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        view! { <li>{location} ": " {i18n.fill(&problem.reason, &values)}</li> }
    };
    let more = n_problems.saturating_sub(MOST_PROBLEMS);
    view! {
        <details data-testid="class-bad-rows">
            <summary>{i18n.counted(n_problems, "class.problems")}</summary>
            <ul>
                {move || problems.with(|problems| problems.iter().take(MOST_PROBLEMS).map(line).collect_view())}
                {(more > 0)
                    .then(|| view! { <li>{i18n.fill("class.more-problems", &[("n", &i18n.count(more))])}</li> })}
            </ul>
        </details>
    }
}
