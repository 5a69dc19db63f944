//! A Spark cluster of two workers on this machine: a lost worker, a token, TLS, and a cancelled query.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::adbc::School;
use crate::common::{self, stderr};
use crate::oracle::pupils;

const TOKEN: &str = "hunter2";
const OPTIONS: [&str; 6] =
    ["--sample-rows", "12000", "--families", "linear,tree,gradient-boosting", "--id", "pupil_id"];

/// Ends with the test in any case: its programs end once its standard input is closed.
struct Cluster {
    script: Child,
    input: Option<ChildStdin>,
    folder: PathBuf,
    /// The port of Spark Connect itself, without TLS.
    port: String,
    tls_port: String,
    certificate: String,
    driver: String,
    /// The process group of a worker and its executor.
    worker: String,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.script.wait();
    }
}

impl Cluster {
    fn start(python: &Path, folder: PathBuf) -> Self {
        let mut script = Command::new(python)
            .arg(common::repository().join("trainer/tests/engines/spark_cluster.py"))
            .args([folder.as_os_str(), TOKEN.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines: Vec<String> =
            BufReader::new(script.stdout.take().unwrap()).lines().take(5).map(Result::unwrap).collect();
        let [port, tls_port, certificate, driver, worker] = lines.try_into().expect("the cluster did not come up");
        Self { input: script.stdin.take(), script, folder, port, tls_port, certificate, driver, worker }
    }

    /// A training run whose artifacts and log are in folders named `output`.
    fn train(&self, school: &School, remote: &str, output: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scorecast"));
        let table = format!("parquet.{}", school.path("pupils").display());
        command.args(["train", "--target", "score", "--engine", "spark", "--driver", &self.driver, "--table", &table]);
        command.args(OPTIONS).args(["--output", output, "--log-dir", &format!("{output}_log")]);
        command.env("SPARK_REMOTE", remote).env("SSL_CERT_FILE", &self.certificate).current_dir(school.path("."));
        command
    }

    fn with_tls(&self, token: &str) -> String {
        format!("sc://127.0.0.1:{}/;use_ssl=true;token={token}", self.tls_port)
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.join("connect")).unwrap()).into_owned()
    }
}

pub(crate) fn a_cluster_that_loses_a_worker_gives_the_same_model(python: &Path, engines: &Path) {
    let school = School::new(engines, &pupils(60_000, 19), &[]);
    let parquet = school.path("pupils").display().to_string();
    let options = "FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION uncompressed";
    school.run(&[&format!("COPY records TO '{parquet}' ({options})")]);
    let output = school.train(&[&["--table", "records", "--output", "duckdb"], &OPTIONS[..4]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let cluster = Cluster::start(python, school.path("cluster"));

    who_has_no_right_is_refused(&cluster, &school);

    let mut child = cluster.train(&school, &cluster.with_tls(TOKEN), "spark").stderr(Stdio::piped()).spawn().unwrap();
    wait_for_cells(&mut child, &school.path("spark_log"), &cluster);
    let group = format!("-{}", cluster.worker);
    assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{}", stderr(&output), cluster.log());
    // The lost worker's part of the query was run again.
    let log = cluster.log();
    let is_in_the_middle = log.contains("Resubmitted ShuffleMapTask") || log.contains("Lost task");
    assert!(log.contains("Lost executor") && is_in_the_middle, "it was not lost in the middle of a query: {log}");
    school.are_the_same("spark", "duckdb");
    no_secret_is_told(&school, &output);

    // The other worker keeps running the query until it is cancelled.
    let mut child =
        cluster.train(&school, &cluster.with_tls(TOKEN), "given_up").stderr(Stdio::piped()).spawn().unwrap();
    wait_for_cells(&mut child, &school.path("given_up_log"), &cluster);
    let asked = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    let is_cancelled = || cluster.log().contains("Asked to cancel job");
    assert!(within(Duration::from_secs(20), is_cancelled), "the query goes on");
    assert!(!school.path("given_up").exists());
}

fn who_has_no_right_is_refused(cluster: &Cluster, school: &School) {
    let plain = format!("sc://127.0.0.1:{}", cluster.port);
    let (wrong, right) = (cluster.with_tls("wrong"), cluster.with_tls(TOKEN));
    for (remote, certificate, expected) in [
        (&plain, &cluster.certificate, "No authentication token provided"),
        (&wrong, &cluster.certificate, "Invalid authentication token"),
        // The certificate is not trusted.
        (&right, &String::from("/dev/null"), "failed to verify certificate"),
    ] {
        let output = cluster.train(school, remote, "refused").env("SSL_CERT_FILE", certificate).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        let told = stderr(&output);
        assert!(told.contains("the engine can't be reached") && told.contains(expected), "{told}");
        assert!(!told.contains(TOKEN) && !school.path("refused").exists(), "{told}");
    }
}

/// Waits until the cells are queried and the first tasks of the query have run.
fn wait_for_cells(child: &mut Child, log: &Path, cluster: &Cluster) {
    let is_asked = || {
        let logs = fs::read_dir(log).into_iter().flatten();
        logs.filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok()).any(|log| log.contains("scorecast_cells"))
    };
    let told = |child: &mut Child| child.try_wait().unwrap().is_some();
    assert!(within(Duration::from_secs(240), || is_asked() || told(child)) && is_asked(), "{}", cluster.log());
    let n_finished = || cluster.log().matches("Finished task").count();
    let before = n_finished();
    assert!(within(Duration::from_secs(120), || n_finished() > before + 3 || told(child)), "{}", cluster.log());
    assert!(!told(child), "the query was over too soon");
}

fn within(most: Duration, is_true: impl FnMut() -> bool) -> bool {
    let (started, mut is_true) = (Instant::now(), is_true);
    while started.elapsed() < most {
        if is_true() {
            return true;
        }
        thread::sleep(Duration::from_millis(100));
    }
    false
}

fn no_secret_is_told(school: &School, output: &Output) {
    let of_folder = |folder: &str| {
        let files = fs::read_dir(school.path(folder)).unwrap();
        files.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect::<String>()
    };
    let told = [stderr(output), of_folder("spark"), of_folder("spark_log")].concat();
    assert!(told.contains("learning from all 60000 rows") && !told.contains(TOKEN), "a token was told");
}
