#!/usr/bin/env python3
"""Reference scores of CatBoost for the test `data` (`catboost.rs`).

    pip install catboost==1.2.10 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
    SCORECAST_DATA=folder python make_catboost.py      -> catboost.json beside this file

Each score is the mean R² of a 3-fold cross-validation (folds in order, on the training part of the split with seed 42),
averaged over ten seeds of CatBoost; all else are CatBoost's defaults. `one_hot` feeds imputed one-hot columns, as the
classic project does; `native` names the categorical columns to CatBoost. Only scores are kept, no row of the data files.
"""
import json
import os
from pathlib import Path

import catboost
import numpy as np
import pandas as pd
import sklearn
from catboost import CatBoostRegressor, Pool
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, train_test_split

from make import FILES, columns, encoder, load

N_SEEDS = 10
STAGES = [30, 50, 100]
CLASSIC = [(depth, rate) for depth in (6, 8, 10) for rate in (0.01, 0.05, 0.1)]
SETTINGS = {"stud.csv": CLASSIC, "student-mat.csv": [(6, 0.05), (6, 0.1)], "star_g3.csv": [(6, 0.1)]}
BOOSTING = {"stud.csv": [(6, 0.1)], "student-mat.csv": [(6, 0.1)], "star_g3.csv": [(6, 0.1)]}


def pools(frame, target, fold, native):
    numeric, categorical = columns(frame, target)
    fit, judge = frame.iloc[fold[0]], frame.iloc[fold[1]]
    if native:
        features = lambda part: part[numeric + categorical].assign(**{c: part[c].fillna("").astype(str) for c in categorical})
        return [Pool(features(part), part[target], cat_features=categorical) for part in (fit, judge)]
    encode = encoder(numeric, categorical, drop_unknown=True).fit(fit)
    dense = lambda x: np.asarray(x.todense() if hasattr(x, "todense") else x)
    return [Pool(dense(encode.transform(part)), part[target]) for part in (fit, judge)]


def scores(frame, target, depth, rate, native, boosting):
    found = np.zeros((N_SEEDS, len(STAGES)))
    for fold in KFold(3).split(frame):
        fit, judge = pools(frame, target, fold, native)
        for seed in range(N_SEEDS):
            model = CatBoostRegressor(iterations=max(STAGES), depth=depth, learning_rate=rate, random_seed=seed, boosting_type=boosting,
                                      verbose=False, thread_count=1, allow_writing_files=False).fit(fit)
            staged = list(model.staged_predict(judge))
            found[seed] += [r2_score(judge.get_label(), staged[n - 1]) / 3 for n in STAGES]
    return [{"depth": depth, "learning_rate": rate, "iterations": n, "boosting_type": boosting.lower(),
             "features": "native" if native else "one_hot",
             "r2": round(float(found[:, i].mean()), 6), "sd_over_seeds": round(float(found[:, i].std()), 6)} for i, n in enumerate(STAGES)]


if __name__ == "__main__":
    data = Path(os.environ["SCORECAST_DATA"])
    here = Path(__file__).parent
    files = {}
    for name, delimiter, target in FILES:
        frame, _ = train_test_split(load(data, name, delimiter), test_size=0.2, random_state=42)
        cases = []
        for native in (False, True):
            for depth, rate in SETTINGS[name]:
                cases += scores(frame, target, depth, rate, native, "Plain")
            for depth, rate in BOOSTING[name]:
                cases += scores(frame, target, depth, rate, native, "Ordered")
            files[name] = {"target": target, "cases": cases}
            print(name, native, max(case["r2"] for case in cases), flush=True)
    made_with = f"catboost {catboost.__version__}, scikit-learn {sklearn.__version__}, pandas {pd.__version__}, numpy {np.__version__}"
    golden = {"made_with": made_with, "seeds": N_SEEDS, "files": files}
    (here / "catboost.json").write_text(json.dumps(golden, indent=1) + "\n")
