//! The artifacts in the repository are those that training writes.

use crate::common;

#[test]
fn training_again_writes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let repository = common::repository();
    let sample = repository.join("static/sample.csv");
    let report = std::fs::read_to_string(repository.join("artifacts/report.json")).unwrap();
    let date = model_core::read_report(&report).unwrap().card.date.unwrap();
    let args = [
        "train",
        sample.to_str().unwrap(),
        "--target",
        "math_score",
        "--limits",
        "0:100",
        "--fictional",
        "--date",
        &date,
        "--output",
        ".",
    ];
    let output = common::scorecast(folder.path(), &args);
    assert!(output.status.success(), "{}", common::stderr(&output));
    for name in ["preprocessor.json", "model.json", "report.json"] {
        let read = |folder: &std::path::Path| std::fs::read(folder.join(name)).unwrap();
        assert!(
            read(folder.path()) == read(&repository.join("artifacts")),
            "artifacts/{name} is not what training writes: run `cargo xtask artifacts`"
        );
    }
}
