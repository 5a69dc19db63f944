#!/usr/bin/env python3
"""Golden values for figures by group from fairlearn's MetricFrame, on made-up data.

    pip install fairlearn==0.15.0                          (the versions used stand in the file)
    python make_groups.py      -> groups.json beside this file
"""
import json
from pathlib import Path

import fairlearn
import numpy as np
import sklearn
from fairlearn.metrics import MetricFrame, count
from sklearn.metrics import mean_absolute_error

HERE = Path(__file__).parent
rng = np.random.default_rng(11)
N = 240


def mean_actual(actual, predicted):
    return float(np.mean(actual))


def bias(actual, predicted):
    return float(np.mean(predicted - actual))


def covered(actual, predicted):
    """The share of rows within an interval of half-width 6 around the prediction."""
    return float(np.mean(np.abs(actual - predicted) <= 6.0))


# One group of 7 rows: too few to be reported.
lunch = rng.choice(["free/reduced", "standard"], N, p=[0.35, 0.65])
group = rng.choice(["A", "B", "C"], N, p=[0.2, 0.5, 0.3])
group[:7] = "D"
actual = np.round(66 + 15 * rng.normal(size=N), 3)
predicted = np.round(actual + 5 * rng.normal(size=N) + 2 * (group == "A"), 3)
metrics = {"n": count, "mean": mean_actual, "mae": mean_absolute_error, "bias": bias, "coverage": covered}
columns = {}
for name, values in [("lunch", lunch), ("group", group)]:
    frame = MetricFrame(metrics=metrics, y_true=actual, y_pred=predicted, sensitive_features=values)
    columns[name] = {
        "cells": values.tolist(),
        "by_group": {
            value: {metric: float(frame.by_group.loc[value, metric]) for metric in metrics}
            for value in sorted(set(values.tolist()))
        },
    }
golden = {
    "versions": {"fairlearn": fairlearn.__version__, "scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "half_width": 6.0,
    "actual": actual.tolist(),
    "predicted": predicted.tolist(),
    "columns": columns,
}
(HERE / "groups.json").write_text(json.dumps(golden) + "\n")
