"""The classic project's grid search in scikit-learn + CatBoost + XGBoost, one model per process.

    python classic_grid.py STUD.csv "Gradient Boosting" 0.02     -> one JSON line: wall and CPU seconds of that share of the
                                                                   candidates (drawn with a seed), and how many they were

Same rows, preprocessing and candidate lists as the classic project; 'auto' (no longer valid) is None, every model is
seeded, and CatBoost/XGBoost use one thread a worker because the grid itself runs on all cores.
"""
import json
import os
import resource
import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, ParameterGrid, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMERIC = ["writing_score", "reading_score"]
CATEGORICAL = ["gender", "race_ethnicity", "parental_level_of_education", "lunch", "test_preparation_course"]
TREES = [8, 16, 32, 64, 128, 256]
CRITERIA = ["squared_error", "friedman_mse", "absolute_error", "poisson"]
RATES = [0.1, 0.01, 0.05, 0.001]
GRIDS = {
    "Linear Regression": {},
    "Decision Tree": {"criterion": CRITERIA, "splitter": ["best", "random"], "max_features": ["sqrt", "log2"]},
    "Random Forest": {"criterion": CRITERIA, "max_features": ["sqrt", "log2", None], "n_estimators": TREES},
    "Gradient Boosting": {
        "loss": ["squared_error", "huber", "absolute_error", "quantile"], "learning_rate": RATES,
        "subsample": [0.6, 0.7, 0.75, 0.8, 0.85, 0.9], "criterion": ["squared_error", "friedman_mse"],
        "max_features": [None, "sqrt", "log2"], "n_estimators": TREES},
    "XGBoost": {"learning_rate": RATES, "n_estimators": TREES},
    "CatBoost": {"depth": [6, 8, 10], "learning_rate": [0.01, 0.05, 0.1], "iterations": [30, 50, 100]},
    "AdaBoost": {"learning_rate": [0.1, 0.01, 0.5, 0.001], "loss": ["linear", "square", "exponential"], "n_estimators": TREES},
    "K-Neighbors": {"n_neighbors": [3, 5, 7, 9, 11], "weights": ["uniform", "distance"], "leaf_size": [10, 20, 30, 40, 50],
                    "p": [1, 2], "metric": ["minkowski", "euclidean", "manhattan", "chebyshev"]},
}


def regressor(name, seed=42):
    if name == "XGBoost":
        from xgboost import XGBRegressor
        return XGBRegressor(random_state=seed, n_jobs=1)
    if name == "CatBoost":
        from catboost import CatBoostRegressor
        return CatBoostRegressor(verbose=False, random_seed=seed, thread_count=1, allow_writing_files=False)
    from sklearn import ensemble, linear_model, neighbors, tree
    return {"Linear Regression": lambda: linear_model.LinearRegression(),
            "Decision Tree": lambda: tree.DecisionTreeRegressor(random_state=seed),
            "Random Forest": lambda: ensemble.RandomForestRegressor(random_state=seed),
            "Gradient Boosting": lambda: ensemble.GradientBoostingRegressor(random_state=seed),
            "AdaBoost": lambda: ensemble.AdaBoostRegressor(random_state=seed),
            "K-Neighbors": lambda: neighbors.KNeighborsRegressor()}[name]()


def cpu_seconds():
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime


def main(csv, name, share):
    train, _ = train_test_split(pd.read_csv(csv), test_size=0.2, random_state=42)
    encode = ColumnTransformer([
        ("num", Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), NUMERIC),
        ("cat", Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder()),
                          ("scale", StandardScaler(with_mean=False))]), CATEGORICAL)])
    x_train = np.asarray(encode.fit_transform(train))
    y_train = train.math_score.to_numpy(float)
    started, cpu = time.perf_counter(), cpu_seconds()
    candidates = list(ParameterGrid(GRIDS[name]))
    drawn = np.random.default_rng(1).permutation(len(candidates))[: max(1, round(share * len(candidates)))]
    grid = [{key: [value] for key, value in candidates[place].items()} for place in drawn]
    search = GridSearchCV(regressor(name), grid, cv=3, n_jobs=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(x_train, y_train)
    wall = time.perf_counter() - started
    from joblib.externals.loky import get_reusable_executor
    get_reusable_executor().shutdown(wait=True)
    print(json.dumps({"model": name, "candidates": len(candidates), "measured": len(drawn), "wall_s": wall,
                      "cpu_s": cpu_seconds() - cpu}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
