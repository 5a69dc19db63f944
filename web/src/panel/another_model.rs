//! Opens a model from the visitor's files. Nothing is uploaded: the page has no server to send them to.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use crate::app::Shown;
use crate::format::capitalised;
use crate::i18n::use_i18n;
use crate::load::{LoadError, Loaded, open};

/// Larger files are rejected without being read.
const MAX_BYTES: f64 = (64_u32 << 20) as f64;

/// A file field. The current model stays until the files are valid; errors are shown beside the field.
#[component]
pub(super) fn AnotherModel() -> impl IntoView {
    let i18n = use_i18n();
    let shown = expect_context::<Shown>();
    let (problem, say) = signal(None::<LoadError>);
    let choose = move |input: HtmlInputElement| {
        let files = chosen(&input);
        // Reset, so that choosing the same files after a correction is a change.
        input.set_value("");
        leptos::task::spawn_local(async move {
            match read(files).await {
                Ok(loaded) => shown.open(loaded),
                Err(error) => say.set(Some(error)),
            }
        });
    };
    view! {
        <h3>{i18n.text("own.title")}</h3>
        <p>
            <label for="own-files">{i18n.text("own.label")}</label>
        </p>
        <input
            type="file"
            id="own-files"
            multiple=true
            accept=".json,application/json"
            aria-describedby="own-hint own-problem"
            on:change:target=move |event| choose(event.target())
        />
        <p class="hint" id="own-hint">
            {i18n.text("own.hint")}
        </p>
        <p class="odd" id="own-problem" role="alert" data-testid="own-problem">
            {Signal::derive(move || problem.with(|problem| problem.as_ref().map(|problem| capitalised(&problem.message(i18n)))))}
        </p>
    }
}

fn chosen(input: &HtmlInputElement) -> Vec<File> {
    let files = input.files();
    files.map(|files| (0..files.length()).filter_map(|idx| files.get(idx)).collect()).unwrap_or_default()
}

async fn read(files: Vec<File>) -> Result<Loaded, LoadError> {
    let mut texts: [Option<String>; 3] = [None, None, None];
    for file in files {
        if file.size() > MAX_BYTES {
            return Err(LoadError::OwnFiles("own.too-large"));
        }
        let content = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
        let content = content.ok_or(LoadError::OwnFiles("own.unreadable"))?;
        // Identified by its content or, failing that, by its name, since downloads are often renamed.
        let name = file.name();
        let is = |kind: &str| content.contains(&format!("\"kind\":\"scorecast {kind}\"")) || name.contains(kind);
        let idx = ["preprocessor", "model", "report"].into_iter().position(is);
        match idx.and_then(|idx| texts.get_mut(idx)) {
            Some(idx) => *idx = Some(content),
            None => return Err(LoadError::OwnFiles("own.which")),
        }
    }
    let [Some(preprocessor), Some(model), report] = texts else { return Err(LoadError::OwnFiles("own.which")) };
    let loaded = open([preprocessor, model].into_iter().chain(report).collect())?;
    Ok(Loaded { is_own: true, ..loaded })
}
