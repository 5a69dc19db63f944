//! Folders that change while they are served: an incomplete copy is never loaded, and new files get compressed forms.

mod common;

use std::{fs, path::Path, process::Output, thread, time::Duration};

use common::{
    Folder, eventually, get,
    process::{Started, program},
};

fn prepare(dir: &Path) -> String {
    let Output { status, stdout, stderr } = program().arg("prepare").arg(dir).output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn start(folder: &Folder) -> Started {
    let mut command = program();
    command.arg(folder.path()).args(["--listen", "127.0.0.1:0", "--log", "off"]);
    Started::start(&mut command)
}

fn model(score: u32) -> String {
    format!("{{\"coefficients\":[{}]}}", vec![score.to_string(); 1000].join(","))
}

/// Longer than the host needs to reload a folder.
const REST: Duration = Duration::from_millis(3500);

#[test]
fn half_a_copy_is_never_taken_over() {
    let folder = Folder::new();
    folder.write("artifacts/model.json", model(1));
    prepare(&folder.path());
    let started = start(&folder);
    let served = || get(started.address, "/artifacts/model.json", "Accept-Encoding: identity\r\n");
    assert_eq!(served().text(), model(1));

    // A new site is copied file by file, with pauses longer than the host waits for further changes.
    let new = Folder::new();
    new.write("artifacts/model.json", model(2));
    prepare(&new.path());
    let copy = |name: &str| {
        fs::copy(new.path().join(name), folder.path().join(name)).unwrap();
    };
    for emptied in ["index.html", "web_bg.wasm", "artifacts/model.json", ".variants"] {
        fs::remove_file(folder.path().join(emptied)).unwrap();
    }
    thread::sleep(REST);
    assert_eq!(get(started.address, "/", "").status, 200, "an emptied folder was taken over");
    assert!(started.said().contains("has no index.html"), "{}", started.said());
    copy(".variants");
    copy("index.html");
    let whole = model(2);
    folder.write("artifacts/model.json", &whole[..whole.len() / 2]);
    thread::sleep(REST);
    assert_eq!(served().text(), model(1), "half a file was taken over");
    assert!(started.said().contains("is not the file that"), "{}", started.said());
    // Nor with SIGHUP.
    started.signal("-HUP");
    thread::sleep(Duration::from_millis(500));
    assert_eq!(served().text(), model(1));

    for name in ["artifacts/model.json", "artifacts/model.json.br", "artifacts/model.json.gz"] {
        copy(name);
    }
    copy("web_bg.wasm");
    eventually("the whole copy is not taken over", || served().text() == whole);
    // Reported once, not every second.
    assert_eq!(started.said().matches("has no index.html").count(), 1, "{}", started.said());
}

#[test]
fn a_new_model_is_served_compressed_once_it_is_prepared() {
    let folder = Folder::new();
    folder.write("artifacts/model.json", model(1));
    assert!(prepare(&folder.path()).contains("1 files have compressed forms"));
    let started = start(&folder);
    let served =
        |coding: &str| get(started.address, "/artifacts/model.json", &format!("Accept-Encoding: {coding}\r\n"));
    assert_eq!(served("br").header("content-encoding"), Some("br"));

    folder.write("artifacts/model.json", model(2));
    thread::sleep(REST);
    assert_eq!(served("identity").text(), model(1), "it is not known to be whole");
    assert!(
        started.said().contains(&format!("scorecast-host prepare {}", folder.path().display())),
        "{}",
        started.said()
    );
    prepare(&folder.path());
    eventually("the new model is not served", || served("identity").text() == model(2));
    for coding in ["br", "gzip"] {
        let answer = served(coding);
        assert_eq!(answer.header("content-encoding"), Some(coding));
        assert!(answer.body.len() < 200, "{coding}: {}", answer.body.len());
    }
}

#[test]
fn a_folder_that_cannot_be_prepared_is_refused() {
    let output = program().args(["prepare", "no-such-folder"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-folder could not be read"));
}
