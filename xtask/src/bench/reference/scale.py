"""Fit time at scale with 2 threads on synthetic classic-schema records; four fifths of the rows are training rows.

    python scale.py LightGBM 1000000 3     -> one JSON line: wall and CPU seconds of each fit, RMSE and R² of the others
"""
import json
import os
import sys
import time

os.environ.update(OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2", MKL_NUM_THREADS="2")
import numpy as np
from sklearn.metrics import r2_score
from synthetic import onehot


def regressor(name):
    if name == "LightGBM":
        from lightgbm import LGBMRegressor
        return LGBMRegressor(num_leaves=31, n_estimators=100, learning_rate=0.1, max_bin=255, n_jobs=2, random_state=42, verbose=-1)
    if name == "CatBoost":
        from catboost import CatBoostRegressor
        return CatBoostRegressor(depth=6, iterations=100, learning_rate=0.1, thread_count=2, random_seed=42, verbose=False, allow_writing_files=False)
    from sklearn.linear_model import LinearRegression
    return LinearRegression(n_jobs=2)


def main(name, n_rows, repeats):
    x, y = onehot(n_rows, 42, np.float64 if name == "LinearRegression" else np.float32)
    cut = int(n_rows * 0.8)
    wall, cpu = [], []
    for _ in range(repeats):
        started, cpu_started = time.perf_counter(), time.process_time()
        model = regressor(name).fit(x[:cut], y[:cut])
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - cpu_started)
    predicted = model.predict(x[cut:])
    print(json.dumps({"seconds": wall, "cpu_seconds": cpu, "rmse": float(np.sqrt(np.mean((predicted - y[cut:]) ** 2))),
                      "r2": float(r2_score(y[cut:], predicted))}))


if __name__ == "__main__":
    main(sys.argv[1], int(float(sys.argv[2])), int(sys.argv[3]))
