"""The whole pipeline of the classic project, for a linear and a LightGBM regressor with 2 threads.

    python whole.py STUDENTS.csv search     -> read, split, preprocess, 3 folds of each, fit the better one, judge, write
    python whole.py STUDENTS.csv once       -> the same without folds: each is fitted once, and the better one written
"""
import os
import pickle
import sys
import tempfile

os.environ.update(OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2", MKL_NUM_THREADS="2")
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMERIC = ["writing_score", "reading_score"]
CATEGORICAL = ["gender", "race_ethnicity", "parental_level_of_education", "lunch", "test_preparation_course"]


def main(csv, mode):
    train, test = train_test_split(pd.read_csv(csv), test_size=0.2, random_state=42)
    encode = ColumnTransformer([
        ("num", Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), NUMERIC),
        ("cat", Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder()),
                          ("scale", StandardScaler(with_mean=False))]), CATEGORICAL)])
    models = {
        "linear": LinearRegression(n_jobs=2),
        "boosting": LGBMRegressor(num_leaves=31, n_estimators=100, learning_rate=0.1, max_bin=255, n_jobs=2,
                                  random_state=42, verbose=-1),
    }
    x_train, x_test = encode.fit_transform(train), encode.transform(test)
    y_train, y_test = train.math_score.to_numpy(float), test.math_score.to_numpy(float)
    if mode == "search":
        scores = {name: cross_val_score(clone(model), x_train, y_train, cv=3).mean() for name, model in models.items()}
        best = models[max(scores, key=scores.get)].fit(x_train, y_train)
    else:
        fitted = [model.fit(x_train, y_train) for model in models.values()]
        best = max(fitted, key=lambda model: r2_score(y_test, model.predict(x_test)))
    r2_score(y_test, best.predict(x_test))
    with tempfile.TemporaryFile() as file:
        pickle.dump((encode, best), file)


if __name__ == "__main__":
    main(*sys.argv[1:3])
