//! The expected results of the queries of `scorecast sql`, computed in memory from the same rows.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::collections::BTreeMap;
use std::fmt::Write;

use md5::{Digest, Md5};

/// Synthetic records with ids: the features as texts, and the target in units of its last decimal.
pub struct Records {
    pub names: Vec<&'static str>,
    pub target: &'static str,
    pub decimals: u32,
    pub rows: Vec<Record>,
}

pub struct Record {
    pub id: String,
    pub features: Vec<String>,
    pub target: i64,
}

/// How rows are split.
#[derive(Clone, Copy)]
pub struct Parting {
    pub seed: u32,
    pub test_size: f64,
    pub n_folds: usize,
}

pub const PARTING: Parting = Parting { seed: 42, test_size: 0.2, n_folds: 3 };

impl Parting {
    fn hash(self, id: &str) -> String {
        Md5::digest(format!("{}:{id}", self.seed)).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Eight of the hash's digits as a number in [0, 1).
    fn share(self, id: &str, from: usize) -> f64 {
        f64::from(u32::from_str_radix(&self.hash(id)[from..from + 8], 16).unwrap()) / 4_294_967_296.0
    }

    pub fn part(self, id: &str) -> i32 {
        let share = self.share(id, 0);
        if share < self.test_size {
            return -1;
        }
        (((share - self.test_size) / (1.0 - self.test_size) * self.n_folds as f64) as i32).min(self.n_folds as i32 - 1)
    }

    pub fn is_drawn(self, id: &str, share: f64) -> bool {
        self.share(id, 8) < share
    }
}

impl Records {
    fn target_text(&self, units: i64) -> String {
        format!("{}", units as f64 / 10_i64.pow(self.decimals) as f64)
    }

    /// The records as in an engine, with their ids.
    pub fn csv(&self) -> String {
        let mut text = format!("pupil_id,{},{}\n", self.names.join(","), self.target);
        for Record { id, features, target } in &self.rows {
            let _ = writeln!(text, "{id},{},{}", features.join(","), self.target_text(*target));
        }
        text
    }

    /// The drawn rows with their parts.
    pub fn sample(&self, parting: Parting, share: f64) -> String {
        let mut text = format!("{},{},scorecast_part\n", self.names.join(","), self.target);
        for Record { id, features, target } in self.rows.iter().filter(|row| parting.is_drawn(&row.id, share)) {
            let _ = writeln!(text, "{},{},{}", features.join(","), self.target_text(*target), parting.part(id));
        }
        text
    }

    /// The cells of all rows.
    pub fn cells(&self, parting: Parting) -> String {
        #[derive(Default)]
        struct Sums {
            n: i64,
            sum: i64,
            squares: i128,
            ends: Option<(i64, i64)>,
        }
        let mut cells: BTreeMap<(&[String], i32), Sums> = BTreeMap::new();
        for Record { id, features, target } in &self.rows {
            let cell = cells.entry((features, parting.part(id))).or_default();
            cell.n += 1;
            cell.sum += target;
            cell.squares += i128::from(*target) * i128::from(*target);
            let (low, high) = cell.ends.unwrap_or((*target, *target));
            cell.ends = Some((low.min(*target), high.max(*target)));
        }
        let mut text = format!(
            "{},scorecast_part,scorecast_n,scorecast_sum,scorecast_squares,scorecast_low,scorecast_high,scorecast_decimals\n",
            self.names.join(",")
        );
        for ((features, part), Sums { n, sum, squares, ends }) in cells {
            let (low, high) = ends.unwrap();
            let _ = writeln!(text, "{},{part},{n},{sum},{squares},{low},{high},{}", features.join(","), self.decimals);
        }
        text
    }
}

/// Synthetic pupils with few, coarse columns, some blanks, and a target with one decimal.
pub fn pupils(n_rows: usize, seed: u64) -> Records {
    let mut random = trainer::SplitMix64::new(seed);
    let mut rows = Vec::with_capacity(n_rows);
    for idx in 0..n_rows {
        let mut draw = |n: usize| (random.uniform() * n as f64) as usize;
        let (course, school, grade, reading) = (draw(3), draw(6), draw(5), 2 * draw(20));
        let mut features = vec![
            ["none", "short", "long"][course].into(),
            format!("O'Brien {school}"),
            grade.to_string(),
            reading.to_string(),
        ];
        if draw(25) == 0 {
            features[0] = String::new();
        }
        if draw(30) == 0 {
            features[3] = String::new();
        }
        // Steps and a product, so that families differ.
        let bonus = if course == 2 && reading > 20 { 9.0 } else { 0.0 };
        let score = 20.0 + 1.1 * reading as f64 + bonus + 1.5 * school as f64 + grade as f64 + 6.0 * random.normal();
        let target = (score.clamp(0.0, 100.0) * 10.0).round() as i64;
        rows.push(Record { id: format!("p{idx}"), features, target });
    }
    Records { names: vec!["course", "school", "grade", "reading"], target: "score", decimals: 1, rows }
}
