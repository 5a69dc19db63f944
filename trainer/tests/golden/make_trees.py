#!/usr/bin/env python3
"""Golden values from scikit-learn and XGBoost for tree-based families.

    pip install scikit-learn==1.9.1 xgboost==3.2.0 pandas==3.1.1 numpy==2.4.6
    SCORECAST_DATA=folder python make_trees.py      -> trees.json beside this file

`continuous` is made data, kept whole. Of the data files only scores and sums over all rows are kept: no row of theirs
can be read from the golden values. Columns are imputed and one-hot, but not scaled: trees don't mind, and a threshold
halfway between two whole numbers then falls on the same side everywhere. `scores` are means over `seeds` of the mean
R² of a 3-fold cross-validation (folds in order, on the training part of the split with seed 42).
"""
import json
import os
import time
from pathlib import Path

import numpy as np
import xgboost
from make import FILES, MADE_WITH, columns, load
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import AdaBoostRegressor, ExtraTreesRegressor, GradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeRegressor
from xgboost import XGBRegressor

HERE = Path(__file__).parent
# Seeds are added by tens until the mean over them is known to this standard error, or the time in seconds is over.
LEAST_CERTAIN, MOST_SEEDS, LONGEST = 0.0015, 40_000, 400
MODELS = {"tree": DecisionTreeRegressor, "forest": RandomForestRegressor, "extra-trees": ExtraTreesRegressor,
          "gradient-boosting": GradientBoostingRegressor, "xgboost": XGBRegressor, "adaboost": AdaBoostRegressor}
EXACT = [{"n_estimators": n, "learning_rate": r, "max_depth": d, "min_samples_leaf": 10} for n, r, d in [(100, 0.1, 3), (50, 0.05, 2)]]
SCORED = [
    ("tree", {"splitter": "random", "max_features": "sqrt"}),
    ("tree", {"splitter": "best", "max_features": "log2", "criterion": "poisson"}),
    ("tree", {"splitter": "random", "min_samples_leaf": 5}),
    ("forest", {"n_estimators": 64, "max_features": None}),
    ("forest", {"n_estimators": 64, "max_features": "sqrt"}),
    ("forest", {"n_estimators": 32, "max_features": "log2", "criterion": "poisson"}),
    ("extra-trees", {"n_estimators": 64, "max_features": None}),
    ("extra-trees", {"n_estimators": 64, "max_features": "sqrt", "min_samples_leaf": 3}),
    ("gradient-boosting", {"n_estimators": 64, "subsample": 0.7}),
    ("gradient-boosting", {"n_estimators": 128, "learning_rate": 0.05, "subsample": 0.6, "max_features": "sqrt"}),
    ("gradient-boosting", {"n_estimators": 64, "loss": "huber", "subsample": 0.8}),
    ("gradient-boosting", {"n_estimators": 64, "loss": "absolute_error", "subsample": 0.8}),
    ("gradient-boosting", {"n_estimators": 64, "loss": "quantile", "subsample": 0.9, "max_features": "log2"}),
    ("xgboost", {"n_estimators": 64, "learning_rate": 0.1}),
    ("xgboost", {"n_estimators": 128, "learning_rate": 0.05, "max_depth": 4, "subsample": 0.7, "colsample_bytree": 0.7, "reg_lambda": 5.0}),
    ("adaboost", {"n_estimators": 64, "learning_rate": 0.1, "loss": "linear"}),
    ("adaboost", {"n_estimators": 32, "learning_rate": 0.5, "loss": "square"}),
    ("adaboost", {"n_estimators": 64, "learning_rate": 0.5, "loss": "exponential"}),
]
# scikit-learn's search for medians takes minutes on more rows.
ABSOLUTE = [("tree", {"criterion": "absolute_error", "max_features": "sqrt"}),
            ("forest", {"n_estimators": 16, "max_features": "sqrt", "criterion": "absolute_error"})]


def encode(frame, target, fit, judge):
    numeric, categorical = columns(frame, target)
    encoder = ColumnTransformer([
        ("num", SimpleImputer(strategy="median"), numeric),
        ("cat", Pipeline([("impute", SimpleImputer(strategy="most_frequent")),
                          ("encode", OneHotEncoder(handle_unknown="ignore", sparse_output=False))]), categorical)])
    return encoder.fit_transform(fit), fit[target].to_numpy(float), encoder.transform(judge), judge[target].to_numpy(float)


def regressor(family, params, seed):
    return MODELS[family](**params, random_state=seed, **({"n_jobs": 1} if family == "xgboost" else {}))


def continuous():
    """250 rows, so that every distinct number has a bin; multiples of 2^-20, so that float32 is exact."""
    random = np.random.default_rng(11)
    x = np.round(random.uniform(-3, 3, (250, 3)) * 2**16) / 2**16
    y = np.round((np.sin(x[:, 0]) * 10 + x[:, 1] ** 2 + x[:, 2] + random.normal(0, 1, 250)) * 2**10) / 2**10
    cases = []
    for params in [{"min_samples_leaf": 10}, {"min_samples_leaf": 10, "ccp_alpha": 0.2}, {"max_depth": 4, "criterion": "absolute_error", "min_samples_leaf": 10}]:
        trees = [DecisionTreeRegressor(**params, random_state=seed).fit(x, y).tree_ for seed in range(5)]
        nodes = [[t.feature.tolist(), t.threshold.tolist(), t.children_right.tolist(), t.value[:, 0, 0].tolist()] for t in trees]
        assert all(n == nodes[0] for n in nodes)
        features, thresholds, rights, values = nodes[0]
        leaf = [f < 0 for f in features]
        cases.append({"params": params, "features": [0 if l else f for l, f in zip(leaf, features)],
                      "values": [v if l else t for l, v, t in zip(leaf, values, thresholds)],
                      "rights": [0 if l else r - i for i, (l, r) in enumerate(zip(leaf, rights))]})
    boosted = []
    for params in EXACT:
        predicted = GradientBoostingRegressor(**params, random_state=0).fit(x, y).predict(x)
        boosted.append({"params": params, "predicted": [round(float(p), 9) for p in predicted[:40]]})
    return {"x": x.tolist(), "y": y.tolist(), "trees": cases, "boosted": boosted}


def exact(frame, target):
    train, test = train_test_split(frame, test_size=0.2, random_state=42)
    x, y, x_test, y_test = encode(frame, target, train, test)
    weigh = lambda v: float((v * (1 + np.arange(len(v)))).sum())
    for params in EXACT:
        predicted = [GradientBoostingRegressor(**params, random_state=seed).fit(x, y).predict(x_test) for seed in range(5)]
        spread = float(max(np.abs(p - predicted[0]).max() for p in predicted))
        yield {"params": params, "spread_over_seeds": spread, "weighted_sum": weigh(predicted[0]),
               "square_sum": float((predicted[0] ** 2).sum()), "r2": r2_score(y_test, predicted[0])}


def scores(frame, target, with_absolute):
    frame, _ = train_test_split(frame, test_size=0.2, random_state=42)
    folds = [encode(frame, target, frame.iloc[fit], frame.iloc[judge]) for fit, judge in KFold(3).split(frame)]
    for family, params in SCORED + (ABSOLUTE if with_absolute else []):
        score = lambda seed: np.mean([r2_score(y_test, regressor(family, params, seed).fit(x, y).predict(x_test)) for x, y, x_test, y_test in folds])
        found, started = [], time.monotonic()
        is_certain = lambda: len(found) >= 10 and np.std(found) / len(found) ** 0.5 <= LEAST_CERTAIN
        while not is_certain() and len(found) < MOST_SEEDS and time.monotonic() - started < LONGEST:
            found += [score(seed) for seed in range(len(found), len(found) + 10)]
        print(family, params, len(found), np.mean(found), np.std(found), flush=True)
        yield {"family": family, "params": params, "seeds": len(found), "r2": round(float(np.mean(found)), 6), "sd_over_seeds": round(float(np.std(found)), 6)}


if __name__ == "__main__":
    data = Path(os.environ["SCORECAST_DATA"])
    files = {}
    golden = {"made_with": f"{MADE_WITH}, xgboost {xgboost.__version__}", "continuous": continuous(), "files": files}
    for name, delimiter, target in FILES:
        frame = load(data, name, delimiter)
        files[name] = {"target": target, "exact": list(exact(frame, target))}
        print(name, files[name]["exact"], flush=True)
        files[name]["scores"] = list(scores(frame, target, name != "star_g3.csv"))
    (HERE / "trees.json").write_text(json.dumps(golden) + "\n")
