#!/usr/bin/env python3
"""Golden values from scikit-learn for lasso, elastic net, k-nearest neighbours and support vector regression.

    pip install scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
    SCORECAST_DATA=folder python make_families.py      -> families.json beside this file

Only sums over all rows are kept of the data files: no row of theirs can be read from the golden values. The tests
compare sums weighted by the row's place, so that two predictions that differ can't cancel out unnoticed.
"""
import json
import os
from pathlib import Path

import numpy as np
from make import FILES, MADE_WITH, columns, encoder, load
from sklearn.linear_model import ElasticNet, Lasso
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.svm import SVR

HERE = Path(__file__).parent
PENALISED = [("lasso", {"alpha": a}) for a in [0.01, 0.1, 1.0]] + \
            [("elastic-net", {"alpha": a, "l1_ratio": r}) for a in [0.01, 0.1, 1.0] for r in [0.2, 0.8]]
NEIGHBOURS = [{"n_neighbors": k, "weights": w, **m} for k in [3, 5, 11] for w in ["uniform", "distance"]
              for m in [{"metric": "minkowski", "p": 1}, {"metric": "minkowski", "p": 2}, {"metric": "chebyshev"}]]
SUPPORT = [{"kernel": "rbf", "C": c, "epsilon": e} for c in [1.0, 10.0] for e in [0.1, 2.0]] + \
          [{"kernel": "rbf", "C": 10.0, "epsilon": 0.5, "gamma": 0.02}, {"kernel": "linear", "C": 1.0, "epsilon": 0.1}]
SUPPORT_FILES = ["stud.csv", "student-mat.csv"]


def weigh(x):
    return float((x * (1 + np.arange(len(x)))).sum())


def score(actual, predicted):
    return {"r2": r2_score(actual, predicted), "weighted_sum": weigh(predicted), "square_sum": float((predicted ** 2).sum())}


def penalised(x, y, x_test, y_test):
    for family, params in PENALISED:
        model = Lasso if family == "lasso" else ElasticNet
        fitted = model(**params, tol=1e-14, max_iter=1_000_000).fit(x, y)
        yield {"family": family, "params": params, **score(y_test, fitted.predict(x_test))}


def neighbours(x, y, x_test, y_test):
    for params in NEIGHBOURS:
        # A k-d tree: brute force computes distances from scalar products, which is inexact.
        fitted = KNeighborsRegressor(**params, algorithm="kd_tree").fit(x, y)
        k = params["n_neighbors"]
        distances = fitted.kneighbors(x_test, k + 1)[0]
        untied = distances[:, k] - distances[:, k - 1] > 1e-9 * (1 + distances[:, k])
        predicted = fitted.predict(x_test)
        yield {"family": "knn", "params": params, "r2": r2_score(y_test, predicted), "n_untied": int(untied.sum()),
               "untied_weighted_sum": weigh(np.where(untied, predicted, 0)),
               "untied_square_sum": float((predicted[untied] ** 2).sum())}


def support(x, y, x_test, y_test):
    for params in SUPPORT:
        fitted = SVR(**params, tol=1e-10, cache_size=500).fit(x, y)
        yield {"family": "svr", "params": params, **score(y_test, fitted.predict(x_test))}


def families(folder):
    files = {}
    for name, delimiter, target in FILES:
        frame = load(folder, name, delimiter)
        train, test = train_test_split(frame, test_size=0.2, random_state=42)
        encode = encoder(*columns(frame, target), drop_unknown=True)
        dense = lambda x: np.asarray(x.todense() if hasattr(x, "todense") else x)
        parts = dense(encode.fit_transform(train)), train[target].to_numpy(float), dense(encode.transform(test)), test[target].to_numpy(float)
        candidates = [*penalised(*parts), *neighbours(*parts), *(support(*parts) if name in SUPPORT_FILES else [])]
        files[name] = {"target": target, "candidates": candidates}
    return {"made_with": MADE_WITH, "split": "train_test_split(test_size=0.2, random_state=42)",
            "tolerance": "lasso, elastic net 1e-14; SVR 1e-10", "files": files}


if __name__ == "__main__":
    golden = families(Path(os.environ["SCORECAST_DATA"]))
    (HERE / "families.json").write_text(json.dumps(golden, indent=1) + "\n")
