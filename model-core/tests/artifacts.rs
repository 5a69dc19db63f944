//! Each way in which an artifact file can be invalid has its own error.

use model_core::{
    ArtifactError, ArtifactFile, Background, Column, ColumnEncoding, ColumnKind, Encoding, LinearModel, Model,
    ModelFile, Params, Predictor, Preprocessor, Range, Record, Schema, Target, Trust, file_sha256, read_model,
    read_preprocessor, sha256_hex, write_model, write_preprocessor,
};

fn preprocessor() -> Preprocessor {
    let range = |min, max| Range { min, max };
    let columns = vec![
        Column::new(
            "lunch",
            "Lunch",
            ColumnKind::Categorical { values: vec!["free/reduced".into(), "standard".into()], mode: 1 },
        ),
        Column::new(
            "reading_score",
            "Reading score",
            ColumnKind::Numeric { observed: range(17.0, 100.0), median: 70.0, whole: true },
        ),
    ];
    let target = Target {
        name: "math_score".into(),
        label: "Math score".into(),
        observed: range(0.0, 100.0),
        limits: Some(range(0.0, 100.0)),
        whole: true,
        help: None,
        unit: None,
    };
    let encodings =
        vec![ColumnEncoding::OneHot { scales: vec![0.5, 0.5] }, ColumnEncoding::Scaled { mean: 70.0, scale: 10.0 }];
    Preprocessor { schema: Schema { target, columns, order: Vec::new() }, encoding: Encoding::OneHot(encodings) }
}

fn model(preprocessor_json: &str) -> ModelFile {
    ModelFile {
        family: "linear".into(),
        params: Params::from([("max_depth".into(), serde_json::Value::Null)]),
        preprocessor_sha256: sha256_hex(preprocessor_json.as_bytes()),
        model: Model::Linear(LinearModel { intercept: 60.0, coefficients: vec![-1.0, 2.0, 8.0] }),
        trust: Trust::default(),
    }
}

fn pair() -> (String, String) {
    let preprocessor = write_preprocessor(&preprocessor()).unwrap();
    let model = write_model(&model(&preprocessor)).unwrap();
    (preprocessor, model)
}

/// The text with its seal renewed after an edit of its content.
fn reseal(text: &str, from: &str, to: &str) -> String {
    let content = text.rsplit_once(",\"sha256\"").unwrap().0;
    assert!(content.contains(from), "{from} is not in {content}");
    let content = content.replacen(from, to, 1);
    format!("{content},\"sha256\":\"{}\"}}\n", sha256_hex(content.as_bytes()))
}

#[test]
fn the_round_trip_is_exact() {
    let (preprocessor_json, model_json) = pair();
    assert_eq!(read_preprocessor(&preprocessor_json).unwrap(), preprocessor());
    assert_eq!(read_model(&model_json).unwrap(), model(&preprocessor_json));
    assert_eq!(write_preprocessor(&read_preprocessor(&preprocessor_json).unwrap()).unwrap(), preprocessor_json);
}

#[test]
fn predicts_what_was_worked_by_hand() {
    let (preprocessor, model) = pair();
    let predictor = Predictor::from_json(&preprocessor, &model).unwrap();
    let predict = |lunch, reading| {
        let text_of = |name: &str| Some(if name == "lunch" { lunch } else { reading });
        predictor.predict(&Record::from_texts(predictor.schema(), text_of).unwrap())
    };
    // 60 − 1/0.5 + 8 · (80 − 70)/10 = 66, and 60 + 2/0.5 + 8 · 0 = 64 for the blanks' mode and median.
    assert_eq!(predict("free/reduced", "80").value, 66.0);
    assert_eq!(predict("", " NA ").value, 64.0);
    // The value is the model's own; the shown one is clamped to the scale.
    let high = predict("standard", "170");
    assert_eq!((high.value, high.shown), (144.0, 100.0));
}

#[test]
fn each_wrong_file_has_its_own_error() {
    let (preprocessor_json, model_json) = pair();
    let open = |preprocessor: &str, model: &str| Predictor::from_json(preprocessor, model).unwrap_err();
    let model_error = |model: &str| open(&preprocessor_json, model);
    let file = ArtifactFile::Model;

    let cut = &model_json[..model_json.len() / 2];
    assert!(matches!(model_error(cut), ArtifactError::Truncated { line: 1, .. }));
    assert!(matches!(model_error(""), ArtifactError::Truncated { .. }));
    assert!(matches!(model_error("<html>"), ArtifactError::Malformed { line: 1, column: 1, .. }));
    assert_eq!(model_error("{}"), ArtifactError::WrongKind { file, found: None });
    assert_eq!(model_error("[1]"), ArtifactError::WrongKind { file, found: None });
    assert_eq!(
        model_error(&preprocessor_json),
        ArtifactError::WrongKind { file, found: Some("scorecast preprocessor".into()) }
    );
    let newer = model_json.replace("\"format\":1", "\"format\":2");
    assert_eq!(model_error(&newer), ArtifactError::NewerFormat { file, found: 2 });
    let edited = model_json.replace("8.0", "9.0");
    assert_eq!(model_error(&edited), ArtifactError::Tampered { file });

    let mut other = preprocessor();
    other.schema.target.label = "Mathematics".into();
    let other = write_preprocessor(&other).unwrap();
    assert!(matches!(open(&other, &model_json), ArtifactError::NotAPair { .. }));

    let edited = preprocessor_json.replace("70.0", "71.0");
    assert_eq!(open(&edited, &model_json), ArtifactError::Tampered { file: ArtifactFile::Preprocessor });
}

#[test]
fn a_sealed_file_that_does_not_hold_together_is_refused() {
    let (preprocessor_json, model_json) = pair();
    for (from, to, expected) in [
        ("\"mode\":1", "\"mode\":2", "most frequent category"),
        ("[\"free/reduced\",\"standard\"]", "[\"standard\",\"free/reduced\"]", "not sorted"),
        ("\"median\":70.0", "\"median\":7.0", "median lies outside"),
        ("\"min\":17.0,\"max\":100.0", "\"min\":100.0,\"max\":17.0", "range"),
        ("[0.5,0.5]", "[0.5]", "does not fit its kind"),
        ("[0.5,0.5]", "[0.5,0.0]", "does not fit its kind"),
        ("\"name\":\"lunch\"", "\"name\":\"reading_score\"", "two columns are named"),
        ("\"name\":\"lunch\"", "\"name\":\"math_score\"", "two columns are named"),
        ("\"scale\":10.0", "\"scale\":null", "encoding.one_hot[1].scaled.scale: null is not a number"),
        ("\"scale\":10.0", "\"scale\":1e999", "out of range"),
        ("\"scale\":10.0", "\"scale\":10.0,\"mean\":70.0", "a name that this object has already"),
        ("\"scale\":10.0", "\"scale\":10.0,\"m\\u0065an\":70.0", "a name that this object has already"),
        ("\"format\":1", "\"format\":0", "no format from 1 to 1"),
        ("\"format\":1", "\"format\":null", "no format from 1 to 1"),
        ("\"format\":1", "\"format\":1.5", "no format from 1 to 1"),
    ] {
        let error = read_preprocessor(&reseal(&preprocessor_json, from, to)).unwrap_err().to_string();
        assert!(error.contains(expected), "{to}: {error}");
    }
    let short = reseal(&model_json, "[-1.0,2.0,8.0]", "[-1.0,2.0]");
    let error = Predictor::from_json(&preprocessor_json, &short).unwrap_err();
    assert!(matches!(error, ArtifactError::Invalid { file: ArtifactFile::Model, .. }), "{error}");
    let unknown = reseal(&model_json, "{\"linear\":", "{\"oracle\":");
    assert!(read_model(&unknown).unwrap_err().to_string().contains("oracle"));
    let twice = reseal(&model_json, "\"max_depth\":null", "\"max_depth\":null,\"max_depth\":1");
    assert!(read_model(&twice).unwrap_err().to_string().contains("a name that this object has already"));
}

#[test]
fn a_file_that_was_only_formatted_is_accepted() {
    let mut with_texts = preprocessor();
    with_texts.schema.target.label = "A \" and \\ and  two spaces, a: b".into();
    let preprocessor_json = write_preprocessor(&with_texts).unwrap();
    let model_json = write_model(&model(&preprocessor_json)).unwrap();
    let original = Predictor::from_json(&preprocessor_json, &model_json).unwrap();
    // Formatted as by Prettier: numbers and names are unchanged.
    let pretty = |text: &str| {
        let mut formatted = String::new();
        let mut in_string = false;
        for (idx, character) in text.char_indices() {
            in_string ^=
                character == '"' && (idx == 0 || !text[..idx].ends_with('\\') || text[..idx].ends_with("\\\\"));
            formatted.push(character);
            match character {
                '{' | '[' | ',' if !in_string => formatted.push_str("\n  "),
                ':' if !in_string => formatted.push(' '),
                _ => {}
            }
        }
        formatted
    };
    let forms: [&dyn Fn(&str) -> String; 5] = [
        &pretty,
        &|text| pretty(text).replace('\n', "\r\n"),
        &|text| text.replace('\n', "\r\n"),
        &|text| text.trim_end().to_owned(),
        &|text| format!("\n{text}\n\n"),
    ];
    for (idx, form) in forms.iter().enumerate() {
        for (one, other) in [(true, true), (true, false), (false, true)] {
            let preprocessor = if one { form(&preprocessor_json) } else { preprocessor_json.clone() };
            let model = if other { form(&model_json) } else { model_json.clone() };
            assert_eq!(Predictor::from_json(&preprocessor, &model).as_ref(), Ok(&original), "form {idx}");
        }
        assert_eq!(file_sha256(&form(&preprocessor_json)), sha256_hex(preprocessor_json.as_bytes()), "form {idx}");
        // Edits are detected nevertheless, also within texts.
        let edited = form(&model_json).replacen("60", "61", 1);
        assert_eq!(read_model(&edited), Err(ArtifactError::Tampered { file: ArtifactFile::Model }), "form {idx}");
        let edited = form(&preprocessor_json).replacen("two spaces", "two  spaces", 1);
        assert_eq!(read_preprocessor(&edited), Err(ArtifactError::Tampered { file: ArtifactFile::Preprocessor }));
    }
    // JavaScript changes numbers when it writes them: 70.0 becomes 70.
    let stringified = model_json.replace(".0", "");
    assert!(read_model(&stringified).unwrap_err().to_string().contains("as JSON.stringify does; use the text"));
}

#[test]
fn members_of_a_later_version_are_ignored() {
    let (preprocessor_json, model_json) = pair();
    let more = reseal(&model_json, "\"family\"", "\"later\":{\"a\":[1,{}],\"b\":null},\"family\"");
    assert_eq!(read_model(&more).unwrap(), read_model(&model_json).unwrap());
    assert!(Predictor::from_json(&preprocessor_json, &more).is_ok());
}

#[test]
fn a_message_stays_short_whatever_the_file_holds() {
    let (preprocessor_json, _) = pair();
    let long = format!("\"mean\":\"{}\"", "é\\n".repeat(100_000));
    let error = read_preprocessor(&reseal(&preprocessor_json, "\"mean\":70.0", &long)).unwrap_err().to_string();
    assert!(error.len() < 600 && error.contains("mean: a text is not a number"), "{error}");
}

#[test]
fn numbers_keep_every_bit() {
    // xorshift64*, so that a failure can be reproduced.
    let mut state = 1_u64;
    let mut random = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        f64::from_bits(state.wrapping_mul(0x2545_F491_4F6C_DD1D))
    };
    let mut coefficients: Vec<f64> =
        std::iter::repeat_with(&mut random).filter(|x| x.is_finite()).take(50_000).collect();
    coefficients.extend([0.0, -0.0, 5e-324, f64::MAX, f64::MIN_POSITIVE, 0.1, 9_007_199_254_740_993.0]);
    let file = ModelFile { model: Model::Linear(LinearModel { intercept: 0.1 + 0.2, coefficients }), ..model("") };
    let Model::Linear(read) = read_model(&write_model(&file).unwrap()).unwrap().model else { panic!() };
    let Model::Linear(written) = file.model else { panic!() };
    let bits = |model: &LinearModel| model.coefficients.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&read), bits(&written));
}

#[test]
fn numbers_that_json_cannot_hold_are_not_written() {
    let mut file = model("");
    file.model = Model::Linear(LinearModel { intercept: f64::NAN, coefficients: vec![] });
    assert_eq!(write_model(&file), Err(ArtifactError::NotFinite { file: ArtifactFile::Model }));
    let mut bad = preprocessor();
    bad.encoding = Encoding::OneHot(vec![
        ColumnEncoding::OneHot { scales: vec![0.5, 0.5] },
        ColumnEncoding::Scaled { mean: f64::INFINITY, scale: 1.0 },
    ]);
    assert_eq!(write_preprocessor(&bad), Err(ArtifactError::NotFinite { file: ArtifactFile::Preprocessor }));
}

#[test]
fn a_message_names_the_file() {
    let files = [ArtifactFile::Preprocessor, ArtifactFile::Model, ArtifactFile::Report];
    assert_eq!(files.map(ArtifactFile::name), ["preprocessor.json", "model.json", "report.json"]);
}

#[test]
fn without_a_background_the_typical_record_stands_for_the_training_rows() {
    let background = Background::typical(&preprocessor().schema);
    // The mode of lunch, "standard", and the median of the reading score.
    assert_eq!(background.columns, [[1.0], [70.0]]);
    // A category's spread is 1; a number's is a quarter of 17 to 100.
    assert_eq!(background.spreads, [1.0, 20.75]);
    assert_eq!(background.rows, [1]);
}
