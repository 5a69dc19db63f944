//! The predictor that Scorecast's trainer, page and JavaScript module share.
//!
//! The same crate predicts everywhere, so that visitors see what was evaluated in training: the native build and the
//! wasm build give bit-identical results. Hence no I/O, no clock, no randomness, no threads and none of the standard
//! library's transcendental functions (see `clippy.toml`).
//!
//! ```
//! use model_core::{Predictor, Record};
//! # let (preprocessor, model) = model_core::doc_example();
//! // The two files as `scorecast train` writes them.
//! let predictor = Predictor::from_json(&preprocessor, &model)?;
//! let record = Record::from_texts(predictor.schema(), |name| (name == "reading_score").then_some("72"))?;
//! let prediction = predictor.predict(&record);
//! assert_eq!(prediction.value, 68.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// What users can reach must not panic (docs/reliability.md).
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod ablation;
mod artifact;
mod background;
mod batch;
mod blank;
mod caution;
mod counted;
mod curve;
mod date;
mod date_role;
mod decode;
mod derived;
mod explain;
mod goal;
mod histogram;
mod importance;
mod interval;
mod json;
mod model;
mod number;
mod params;
mod predictor;
mod preprocessor;
mod race;
mod record;
mod report;
mod schema;

pub use ablation::{Ablation, GroupBias, LeftOutColumn, SensitiveOnly};
pub use artifact::{
    ArtifactError, ArtifactFile, FORMAT, ModelFile, Trust, file_sha256, read_model, read_preprocessor, read_report,
    sha256_hex, write_model, write_preprocessor,
};
pub use background::{Background, MIN_COUNTED_ROWS};
pub use batch::{BatchPredictor, Cells, CellsError};
pub use blank::BlankTreatment;
pub use caution::{Caution, FEW_ROWS};
pub use counted::{Counted, EngineSource, Reducer};
pub use curve::{Curve, CurvePoint};
pub use date::Date;
pub use date_role::{DateOrder, DateRole};
pub use decode::{FromJson, MismatchError, from_json};
pub use derived::{ANOTHER, DerivedColumn, date_part};
pub use explain::Explanation;
pub use goal::{Change, Plan, Reach};
pub use histogram::Histogram;
pub use interval::{GroupIntervals, Interval, Intervals, IntervalsBy, LEVELS, chance_above};
pub use json::{JsonError, parse_json};
pub use model::{
    Additive, Axis, Blend, Combine, Distance, Kernel, KernelModel, LinearModel, Member, Model, Neighbour, Neighbours,
    PairShape, Shape, Symmetric, SymmetricInput, Trees, Weighting,
};
pub use number::{MAX_MAGNITUDE, parse_number};
pub use params::Params;
pub use predictor::{Prediction, Predictor};
pub use preprocessor::{ColumnEncoding, Encoding, Preprocessor, UNSEEN_CODE};
pub use race::{Dropped, Race, Rung};
pub use record::{Record, RecordError, RecordProblem, Value, is_missing};
pub use report::{
    Card, Champion, Coverage, CvScore, DataSummary, EstimateGroup, Golden, GroupCoverage, HeldBack, HoldoutScore,
    IntervalSummary, LeaderboardEntry, LeftOut, PartedBy, RepeatedKey, Report, Rival, TargetSummary, Versions,
};
pub use schema::{Column, ColumnKind, Direction, Range, Schema, SchemaError, Target};

/// A minimal pair of artifacts for the examples in this crate's documentation.
#[doc(hidden)]
#[must_use]
pub fn doc_example() -> (String, String) {
    let preprocessor = Preprocessor {
        schema: Schema {
            target: Target {
                name: "math_score".into(),
                label: "Math score".into(),
                observed: Range { min: 0.0, max: 100.0 },
                limits: None,
                whole: true,
                help: None,
                unit: None,
            },
            columns: vec![Column::new(
                "reading_score",
                "Reading score",
                ColumnKind::Numeric { observed: Range { min: 17.0, max: 100.0 }, median: 70.0, whole: true },
            )],
            order: Vec::new(),
        },
        encoding: Encoding::OneHot(vec![ColumnEncoding::Scaled { mean: 70.0, scale: 10.0 }]),
    };
    let preprocessor = write_preprocessor(&preprocessor).unwrap_or_default();
    let model = ModelFile {
        family: "linear".into(),
        params: Params::new(),
        preprocessor_sha256: sha256_hex(preprocessor.as_bytes()),
        model: Model::Linear(LinearModel { intercept: 66.0, coefficients: vec![10.0] }),
        trust: Trust::default(),
    };
    (preprocessor, write_model(&model).unwrap_or_default())
}
