#!/usr/bin/env python3
"""Golden values from scikit-learn for the trainer's tests.

    pip install scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
    SCORECAST_DATA=folder python make.py      -> splits.json, preprocessing.json, linear.json beside this file

Only sums over all rows are kept of the data files: no row of theirs can be read from the golden values.
"""
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).parent
MADE_WITH = f"scikit-learn {sklearn.__version__}, pandas {pd.__version__}, numpy {np.__version__}"
FILES = [("stud.csv", ",", "math_score"), ("student-mat.csv", ";", "G3"), ("star_g3.csv", ",", "math_score")]


def splits():
    cases = []
    for n in [10, 11, 37, 395, 1000, 5967, 70000]:
        for seed in [0, 1, 42, 4294967295]:
            train, test = train_test_split(np.arange(n), test_size=0.2, random_state=seed)
            digest = lambda rows: hashlib.sha256(",".join(map(str, rows)).encode()).hexdigest()
            cases.append({"n": n, "seed": seed, "n_test": len(test), "test_head": test[:8].tolist(), "train_head": train[:8].tolist(),
                          "test_sha256": digest(test), "train_sha256": digest(train)})
    _, odd = train_test_split(np.arange(101), test_size=0.33, random_state=7)
    folds = [[test.tolist()[0], test.tolist()[-1]] for _, test in KFold(3).split(np.arange(80))]
    return {"made_with": MADE_WITH, "cases": cases, "test_share_033_of_101_seed_7": odd.tolist(), "kfold_3_of_80_first_last": folds}


def columns(frame, target):
    inputs = frame.drop(columns=target)
    numeric = [c for c in inputs if pd.api.types.is_numeric_dtype(inputs[c])]
    return numeric, [c for c in inputs if c not in numeric]


def encoder(numeric, categorical, drop_unknown=False):
    return ColumnTransformer([
        ("num", Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), numeric),
        ("cat", Pipeline([("impute", SimpleImputer(strategy="most_frequent")),
                          ("encode", OneHotEncoder(handle_unknown="ignore" if drop_unknown else "error")),
                          ("scale", StandardScaler(with_mean=False))]), categorical)])


def load(folder, name, delimiter):
    missing = ["", "NA", "NaN", "null", "N/A"]  # "none" is a value
    return pd.read_csv(folder / name, sep=delimiter, keep_default_na=False, na_values=missing)


def preprocessing(folder):
    files = {}
    for name, delimiter, target in FILES:
        frame = load(folder, name, delimiter)
        numeric, categorical = columns(frame, target)
        train, test = train_test_split(frame, test_size=0.2, random_state=42)
        encode = encoder(numeric, categorical, drop_unknown=True)
        dense = lambda x: np.asarray(x.todense() if hasattr(x, "todense") else x)
        a, b = dense(encode.fit_transform(train)), dense(encode.transform(test))
        features = [[c, None] for c in numeric]
        steps = encode.named_transformers_["cat"]
        for column, values in zip(categorical, steps["encode"].categories_):
            features += [[column, str(v)] for v in values]
        weigh = lambda x: (x * (1 + np.arange(len(x)))[:, None]).sum(axis=0)
        files[name] = {
            "target": target, "rows": len(frame), "features": features,
            "medians": dict(zip(numeric, encode.named_transformers_["num"]["impute"].statistics_.tolist())),
            "modes": dict(zip(categorical, map(str, steps["impute"].statistics_))),
            "means": dict(zip(numeric, encode.named_transformers_["num"]["scale"].mean_.tolist())),
            "scales": np.concatenate([encode.named_transformers_["num"]["scale"].scale_, steps["scale"].scale_]).tolist(),
            "train_abs_sum": np.abs(a).sum(axis=0).tolist(), "train_weighted_sum": weigh(a).tolist(),
            "test_abs_sum": np.abs(b).sum(axis=0).tolist(), "test_weighted_sum": weigh(b).tolist()}
    return {"made_with": MADE_WITH, "split": "train_test_split(test_size=0.2, random_state=42)", "files": files}


def linear(folder):
    files = {}
    for name, delimiter, target in FILES:
        frame = load(folder, name, delimiter)
        numeric, categorical = columns(frame, target)
        train, test = train_test_split(frame, test_size=0.2, random_state=42)
        models = {}
        for label, model in [("linear", LinearRegression()), *((f"ridge {a}", Ridge(alpha=a, solver="svd")) for a in [0.1, 1.0, 10.0, 100.0])]:
            pipeline = make_pipeline(encoder(numeric, categorical, drop_unknown=True), model)
            folds = cross_val_score(pipeline, train, train[target], cv=KFold(3), scoring="r2")
            predicted = pipeline.fit(train, train[target]).predict(test)
            models[label] = {"r2": r2_score(test[target], predicted), "mae": mean_absolute_error(test[target], predicted),
                             "rmse": float(np.sqrt(mean_squared_error(test[target], predicted))),
                             "weighted_sum": float((predicted * (1 + np.arange(len(predicted)))).sum()), "cv_r2": folds.tolist()}
        files[name] = {"target": target, "models": models}
    return {"made_with": MADE_WITH, "split": "train_test_split(test_size=0.2, random_state=42)", "files": files}


if __name__ == "__main__":
    data = Path(os.environ["SCORECAST_DATA"])
    for name, golden in [("splits", splits()), ("preprocessing", preprocessing(data)), ("linear", linear(data))]:
        (HERE / f"{name}.json").write_text(json.dumps(golden, indent=1) + "\n")
