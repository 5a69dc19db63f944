"""The time from process start to one prediction, as served by the classic project.

    python start.py fit STUDENTS.csv MODEL.pkl     -> writes preprocessing and a linear model
    python start.py predict MODEL.pkl              -> loads both and predicts one record
"""
import pickle
import sys

import pandas as pd

NUMERIC = ["writing_score", "reading_score"]
CATEGORICAL = ["gender", "race_ethnicity", "parental_level_of_education", "lunch", "test_preparation_course"]


def fit(csv, path):
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    table = pd.read_csv(csv)
    encode = ColumnTransformer([
        ("num", Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), NUMERIC),
        ("cat", Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder()),
                          ("scale", StandardScaler(with_mean=False))]), CATEGORICAL)])
    model = LinearRegression().fit(encode.fit_transform(table), table.math_score)
    with open(path, "wb") as file:
        pickle.dump((encode, model), file)


def predict(path):
    with open(path, "rb") as file:
        encode, model = pickle.load(file)
    record = pd.DataFrame([{"gender": "female", "race_ethnicity": "group C", "lunch": "standard",
                            "parental_level_of_education": "some college", "test_preparation_course": "none",
                            "reading_score": 70, "writing_score": 71}])
    print(model.predict(encode.transform(record))[0])


if __name__ == "__main__":
    {"fit": fit, "predict": predict}[sys.argv[1]](*sys.argv[2:])
