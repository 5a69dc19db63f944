#!/usr/bin/env python3
"""Reference scores of an automatic search: FLAML, with a time budget on one core. Added to champions.json.

    pip install "flaml[automl]==2.3.5" scikit-learn==1.9.1 pandas==2.3.3
    SCORECAST_DATA=folder python make_flaml.py SECONDS

The splits, and what is kept, are those of make_champions.py. FLAML gets the records as they are, categories as pandas categories; it
goes by the clock, so that another machine gives other scores.
"""
import json
import os
import sys
from pathlib import Path

import flaml
import numpy as np
from flaml import AutoML
from make import FILES, columns, load
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split


def score(frame, target, seed, seconds):
    train, test = train_test_split(frame, test_size=0.2, random_state=seed)
    numeric, categorical = columns(frame, target)
    known = {c: sorted(train[c].dropna().unique()) for c in categorical}
    features = lambda part: part[numeric + categorical].assign(
        **{c: part[c].astype("category").cat.set_categories(known[c]) for c in categorical})
    search = AutoML()
    search.fit(features(train), train[target].to_numpy(float), task="regression", metric="r2", time_budget=seconds, n_jobs=1, seed=seed, verbose=0)
    return r2_score(test[target].to_numpy(float), search.predict(features(test)))


if __name__ == "__main__":
    seconds = float(sys.argv[1])
    data, path = Path(os.environ["SCORECAST_DATA"]), Path(__file__).parent / "champions.json"
    golden = json.loads(path.read_text())
    label = f"FLAML {flaml.__version__}, {seconds:g} s"
    for name, delimiter, target in FILES:
        frame = load(data, name, delimiter)
        found = [round(float(score(frame, target, seed, seconds)), 6) for seed in golden["seeds"]]
        golden["files"][name]["r2"][label] = found
        print(name, label, round(float(np.mean(found)), 4), flush=True)
    path.write_text(json.dumps(golden, indent=1) + "\n")
