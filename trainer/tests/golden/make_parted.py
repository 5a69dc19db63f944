#!/usr/bin/env python3
"""Golden values from scikit-learn for folds by group and by time.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python make_parted.py      -> parted.json beside this file
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, TimeSeriesSplit


def rows_of(sizes, seed):
    """The group of each row: group i has sizes[i] rows, in random order except for each group's first row.

    The first rows of the groups come in the groups' order, which is how ties between equally large groups are broken."""
    rest = np.concatenate([np.full(size - 1, group) for group, size in enumerate(sizes)])
    np.random.RandomState(seed).shuffle(rest)
    return np.concatenate([np.arange(len(sizes)), rest]).astype(int)


def holdouts():
    cases = []
    for sizes, seed in [([5] * 100, 0), ([5] * 100, 42), ([40, 33, 17, 16, 9, 8, 5, 4, 3, 2, 2, 1], 7)]:
        groups = rows_of(sizes, seed)
        [(train, test)] = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=seed).split(groups, groups=groups)
        cases.append({"groups": groups.tolist(), "seed": seed, "test": test.tolist(), "n_train": len(train)})
    return cases


def group_folds():
    cases = []
    # Sizes descend, so that groups within a factor of two are in the order of their sizes, as in scikit-learn.
    for sizes, n in [([40, 33, 17, 16, 9, 8, 5, 4, 3, 2, 1], 3), ([100, 31, 30, 29, 28, 7, 6, 5, 3, 2], 4), ([9, 8, 7, 6, 5], 5)]:
        groups = rows_of(sizes, n)
        folds = [test.tolist() for _, test in GroupKFold(n).split(groups, groups=groups)]
        cases.append({"groups": groups.tolist(), "n_folds": n, "validation": folds})
    return cases


def time_folds():
    cases = []
    for n_rows, n in [(100, 3), (101, 3), (37, 5), (24, 10)]:
        folds = [[len(train), len(test)] for train, test in TimeSeriesSplit(n).split(np.arange(n_rows))]
        cases.append({"n_rows": n_rows, "n_folds": n, "sizes": folds})
    return cases


made = {"made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "holdouts": holdouts(),
        "group_folds": group_folds(), "time_folds": time_folds()}
(Path(__file__).parent / "parted.json").write_text(json.dumps(made, separators=(",", ":")) + "\n")
