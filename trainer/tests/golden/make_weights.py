#!/usr/bin/env python3
"""Golden values from scikit-learn for weighted rows (sample_weight), on made-up data.

    pip install scikit-learn==1.9.1 numpy==2.4.6           (the versions used stand in the file)
    python make_weights.py      -> weights.json beside this file
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

HERE = Path(__file__).parent
rng = np.random.default_rng(23)
N = 160

# Multiples of a half, so that a row can be repeated twice its weight times.
weights = rng.integers(1, 13, N) / 2
hours = np.round(rng.gamma(3, 4, N), 3)
blank = rng.random(N) < 0.15
reading = np.round(60 + 12 * rng.normal(size=N), 3)
lunch = rng.choice(["free/reduced", "standard", "unknown"], N, p=[0.35, 0.5, 0.15])
target = np.round(20 + 0.6 * reading + 0.4 * hours + 4 * (lunch == "standard") + 5 * rng.normal(size=N), 3)
predicted = np.round(target + 4 * rng.normal(size=N) + 2 * (lunch == "unknown"), 3)

# SimpleImputer has no weights: the median of rows repeated according to their weights.
median = float(np.median(np.repeat(hours[~blank], (2 * weights[~blank]).astype(int))))
numbers = np.column_stack([np.where(blank, median, hours), reading])
scaler = StandardScaler().fit(numbers, sample_weight=weights)
one_hot = OneHotEncoder(sparse_output=False).fit_transform(lunch[:, None])
indicators = StandardScaler(with_mean=False).fit(one_hot, sample_weight=weights)
features = np.hstack([scaler.transform(numbers), indicators.transform(one_hot)])


def scores(rows):
    actual, found, own = target[rows], predicted[rows], weights[rows]
    return {
        "n": int(rows.sum()),
        "mean": float(np.average(actual, weights=own)),
        "bias": float(np.average(found - actual, weights=own)),
        "r2": r2_score(actual, found, sample_weight=own),
        "mae": mean_absolute_error(actual, found, sample_weight=own),
        "rmse": root_mean_squared_error(actual, found, sample_weight=own),
    }


models = {
    "linear": ({}, LinearRegression()),
    "ridge": ({"alpha": 2.0}, Ridge(alpha=2.0)),
    # The size of a leaf is a number of rows, whatever their weights.
    "tree": ({"max_depth": 3, "min_samples_leaf": 12}, DecisionTreeRegressor(max_depth=3, min_samples_leaf=12)),
}
golden = {
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "weights": weights.tolist(),
    "hours": [None if is_blank else value for is_blank, value in zip(blank, hours.tolist())],
    "reading": reading.tolist(),
    "lunch": lunch.tolist(),
    "target": target.tolist(),
    "predicted": predicted.tolist(),
    "median": median,
    "mean": scaler.mean_.tolist(),
    "scale": scaler.scale_.tolist(),
    "indicator_scale": indicators.scale_.tolist(),
    "all": scores(np.ones(N, bool)),
    "by_lunch": {value: scores(lunch == value) for value in sorted(set(lunch.tolist()))},
    "models": {
        name: {"params": params, "predicted": model.fit(features, target, sample_weight=weights).predict(features).tolist()}
        for name, (params, model) in models.items()
    },
}
(HERE / "weights.json").write_text(json.dumps(golden) + "\n")
