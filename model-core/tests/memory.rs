//! Loading takes memory in proportion to a file's length, whatever the file holds and whether or not it is sealed.

use model_core::{Predictor, doc_example, read_model, read_preprocessor, read_report, sha256_hex};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Bytes of memory for a byte of a file: an empty text is 3 bytes there and 24 here, and lists grow by doubling.
const FACTOR: usize = 24;
const LENGTH: usize = 1 << 20;

fn sealed(content: &str) -> String {
    format!("{content},\"sha256\":\"{}\"}}\n", sha256_hex(content.as_bytes()))
}

/// The peak while `load` runs, in bytes.
fn peak(load: impl FnOnce()) -> usize {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    load();
    ALLOCATOR.peak_usage() - before
}

// One test: others would allocate meanwhile.
#[test]
fn memory_is_bounded_by_the_length() {
    let (preprocessor, model) = doc_example();
    let content = |text: &str| text.rsplit_once(",\"sha256\"").unwrap().0.to_owned();
    let (preprocessor_content, model_content) = (content(&preprocessor), content(&model));
    for item in ["{\"\":0}", "[0]", "[]", "{}", "\"\"", "0", "null", "{\"a\":{\"a\":{\"a\":[[[0]]]}}}"] {
        let items = vec![item; LENGTH / (item.len() + 1)].join(",");
        let members =
            (0..LENGTH / (item.len() + 12)).map(|n| format!("\"{n:07}\":{item}")).collect::<Vec<_>>().join(",");
        let params = |value: &str| sealed(&model_content.replace("\"params\":{}", &format!("\"params\":{value}")));
        let files = [
            format!("[{items}]"),
            format!("{{\"format\":1,\"kind\":\"scorecast model\",\"params\":[{items}]}}"),
            format!("{{\"format\":1,\"golden\":[{items}]}}"),
            format!("{{\"format\":1,\"sha256\":{{{members}}}}}"),
            params(&format!("{{\"a\":[{items}]}}")),
            params(&format!("{{{members}}}")),
            sealed(&model_content.replace("[10.0]", &format!("[{items}]"))),
            sealed(&model_content.replace("{\"linear\"", &format!("{{\"blend\":{{\"members\":[{items}]}},\"linear\""))),
            sealed(&preprocessor_content.replace("\"columns\":[", &format!("\"columns\":[{items},"))),
            sealed(&preprocessor_content.replace("\"target\":", &format!("\"order\":[{items}],\"target\":"))),
        ];
        for file in &files {
            let used = peak(|| {
                let _ = read_model(file);
                let _ = read_preprocessor(file);
                let _ = read_report(file);
                let _ = Predictor::from_json(&preprocessor, file);
                let _ = Predictor::from_json(file, &model);
            });
            let start = &file[..file.len().min(120)];
            assert!(used <= FACTOR * file.len() + (1 << 20), "{used} bytes for {} of {start}", file.len());
        }
    }
    // The test can fail: what serde_json makes of any value takes more.
    let lists = format!("[{}]", vec!["[0]"; LENGTH / 4].join(","));
    assert!(peak(|| drop(serde_json::from_str::<serde_json::Value>(&lists))) > FACTOR * lists.len());
}
