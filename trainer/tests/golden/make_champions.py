#!/usr/bin/env python3
"""Reference scores for the automatic champion: the best of the popular boosting libraries, each with its defaults.

    pip install scikit-learn==1.9.1 lightgbm==4.7.0 catboost==1.2.10 pandas==3.1.1 numpy==2.4.6
    SCORECAST_DATA=folder python make_champions.py      -> champions.json beside this file

Holdout R² over ten seeds of `train_test_split(test_size=0.2)`; the learner's seed is the split's. `native` names the
categorical columns to the library instead of feeding it one-hot columns. Only scores are kept of the data files.
"""
import json
import os
from pathlib import Path

import catboost
import lightgbm
import numpy as np
from make import FILES, MADE_WITH, columns, load
from make_trees import encode
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]


def references(frame, target, seed):
    train, test = train_test_split(frame, test_size=0.2, random_state=seed)
    numeric, categorical = columns(frame, target)
    x, y, x_test, y_test = encode(frame, target, train, test)
    light = lambda: lightgbm.LGBMRegressor(random_state=seed, n_jobs=1, verbosity=-1)
    cat = lambda **more: catboost.CatBoostRegressor(random_seed=seed, thread_count=1, verbose=False, allow_writing_files=False, **more)
    known = {c: sorted(train[c].dropna().unique()) for c in categorical}
    as_category = lambda part: part[numeric + categorical].assign(**{c: part[c].astype("category").cat.set_categories(known[c]) for c in categorical})
    as_text = lambda part: part[numeric + categorical].assign(**{c: part[c].fillna("").astype(str) for c in categorical})
    fitted = {
        "scikit-learn": GradientBoostingRegressor(random_state=seed).fit(x, y).predict(x_test),
        "lightgbm": light().fit(x, y).predict(x_test),
        "lightgbm native": light().fit(as_category(train), y).predict(as_category(test)),
        "catboost": cat().fit(x, y).predict(x_test),
        "catboost native": cat(cat_features=categorical).fit(as_text(train), y).predict(as_text(test))}
    return {name: r2_score(y_test, predicted) for name, predicted in fitted.items()}


if __name__ == "__main__":
    data = Path(os.environ["SCORECAST_DATA"])
    files = {}
    for name, delimiter, target in FILES:
        frame = load(data, name, delimiter)
        found = [references(frame, target, seed) for seed in SEEDS]
        files[name] = {"target": target, "r2": {label: [round(float(f[label]), 6) for f in found] for label in found[0]}}
        print(name, {label: round(float(np.mean(r2)), 4) for label, r2 in files[name]["r2"].items()}, flush=True)
    golden = {"made_with": f"{MADE_WITH}, lightgbm {lightgbm.__version__}, catboost {catboost.__version__}", "seeds": SEEDS, "files": files}
    (Path(__file__).parent / "champions.json").write_text(json.dumps(golden, indent=1) + "\n")
