//! Loading takes bounded memory, whatever a file holds and whether or not it is sealed.

use model_core::{Predictor, doc_example, read_report, sha256_hex};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Maximum number of bytes of memory until a file is rejected. Without a bound, serde_json takes up to 90 bytes for
/// each byte.
const MOST: usize = 400 << 20;
const LENGTH: usize = 8 << 20;

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

// A single test: others would allocate at the same time.
#[test]
fn a_hostile_file_takes_bounded_memory() {
    let (preprocessor, model) = doc_example();
    let content = model.rsplit_once(",\"sha256\"").unwrap().0;
    for item in ["{\"\":0}", "[0]", "0"] {
        let items = vec![item; LENGTH / (item.len() + 1)].join(",");
        let files = [
            format!("{{\"format\":1,\"kind\":\"scorecast model\",\"params\":[{items}]}}"),
            sealed(&content.replace("\"params\":{}", &format!("\"params\":{{\"a\":[{items}]}}"))),
            sealed(&content.replace("{\"linear\"", &format!("{{\"blend\":{{\"members\":[{items}]}},\"linear\""))),
        ];
        for file in &files {
            let used = peak(|| drop(Predictor::from_json(&preprocessor, file)));
            assert!(used <= MOST, "{used} bytes for {} of {}", file.len(), &file[..120]);
        }
        assert!(peak(|| drop(read_report(&files[0]))) <= MOST);
    }
    // Checks that the test can fail.
    let objects = format!("[{}]", vec!["{\"\":0}"; LENGTH / 7].join(","));
    assert!(peak(|| drop(serde_json::from_str::<serde_json::Value>(&objects))) > MOST);
}
