//! Another model: one's own files, opened from disk. Nothing is uploaded: the page has nowhere to send them.

use js_sys::Promise;
use wasm_bindgen::JsCast;
use web_sys::{Element, File, HtmlInputElement};

use crate::app::show;
use crate::dom::Root;
use crate::format::capitalised;
use crate::load::{LoadError, Loaded, open};
use crate::session::Session;
use crate::texts::text;

/// Longer files are refused unread.
const MAX_BYTES: f64 = (64_u32 << 20) as f64;

/// A field for the files.
pub(super) fn markup() -> String {
    format!(
        "<h3>{}</h3><p><label for=\"own-files\">{}</label></p>\
         <input type=\"file\" id=\"own-files\" multiple accept=\".json,application/json\" \
         aria-describedby=\"own-hint own-problem\"><p class=\"hint\" id=\"own-hint\">{}</p>\
         <p class=\"odd\" id=\"own-problem\" role=\"alert\" data-testid=\"own-problem\"></p>",
        text("own.title"),
        text("own.label"),
        text("own.hint"),
    )
}

/// Opens the files once they are chosen.
pub(super) fn listen(session: &Session) {
    let root = session.root().clone();
    session.root().listen("own-files", "change", move |input, _| {
        let (root, files) = (root.clone(), chosen(input));
        wasm_bindgen_futures::spawn_local(async move {
            match read(files).await {
                Ok(loaded) => show(&root, Ok(loaded)),
                Err(error) => refuse(&root, &error),
            }
        });
    });
}

/// The model in sight stays; what is wrong with the other is said beside the field.
fn refuse(root: &Root, error: &LoadError) {
    root.set_text("own-problem", &capitalised(&error.to_string()));
}

fn chosen(input: &Element) -> Vec<File> {
    let files = input.dyn_ref::<HtmlInputElement>().and_then(HtmlInputElement::files);
    files.map(|files| (0..files.length()).filter_map(|place| files.get(place)).collect()).unwrap_or_default()
}

async fn read(files: Vec<File>) -> Result<Loaded, LoadError> {
    let mut texts: [Option<String>; 3] = [None, None, None];
    for file in files {
        if file.size() > MAX_BYTES {
            return Err(LoadError::Fetch(text("own.too-large")));
        }
        let name = file.name();
        let content = content(&file).await.ok_or_else(|| LoadError::Fetch(text("own.unreadable")))?;
        // By what a file says it is, and where it says nothing by its name: people rename downloads.
        let is = |kind: &str| content.contains(&format!("\"kind\":\"scorecast {kind}\"")) || name.contains(kind);
        let place = ["preprocessor", "model", "report"].into_iter().position(is);
        match place.and_then(|place| texts.get_mut(place)) {
            Some(place) => *place = Some(content),
            None => return Err(LoadError::Fetch(text("own.which"))),
        }
    }
    match texts {
        [Some(preprocessor), Some(model), report] => {
            let loaded = open([preprocessor, model].into_iter().chain(report).collect())?;
            Ok(Loaded { is_own: true, ..loaded })
        }
        _ => Err(LoadError::Fetch(text("own.which"))),
    }
}

async fn content(file: &File) -> Option<String> {
    let promise: Promise = file.text();
    wasm_bindgen_futures::JsFuture::from(promise).await.ok()?.as_string()
}
