#!/usr/bin/env python3
"""Golden values for explanations from shap and for intervals from MAPIE, on made-up data.

    pip install shap==0.51.0 mapie==1.6.0 scikit-learn numpy     (the versions used stand in the file)
    python make_trust.py      -> trust.json beside this file
"""
import json
from pathlib import Path

import mapie
import numpy as np
import shap
import sklearn
from mapie.regression import CrossConformalRegressor
from sklearn.ensemble import AdaBoostRegressor, GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

HERE = Path(__file__).parent
LEVELS = [50, 80, 90, 95]
rng = np.random.default_rng(4)


def grid(*shape):
    """Multiples of 1/64: exact also in the single precision that shap's TreeExplainer reads."""
    return np.round(rng.normal(size=shape) * 64) / 64


def preorder(tree, factor=1.0):
    """A scikit-learn tree in the layout of model-core's `Trees`."""
    features, values, rights = [], [], []

    def visit(node):
        place = len(features)
        left, right = tree.children_left[node], tree.children_right[node]
        features.append(int(max(tree.feature[node], 0)))
        values.append(float(tree.threshold[node]) if left >= 0 else float(tree.value[node].ravel()[0]) * factor)
        rights.append(0)
        if left >= 0:
            visit(left)
            rights[place] = len(features) - place
            visit(right)

    visit(0)
    return features, values, rights


def trees(fitted, combine, factor=1.0):
    parts = [preorder(tree.tree_, factor) for tree in fitted]
    return {"trees": {
        "categorical": [False] * X.shape[1], "lengths": [len(part[0]) for part in parts],
        "features": sum((part[0] for part in parts), []), "values": sum((part[1] for part in parts), []),
        "rights": sum((part[2] for part in parts), []), "combine": combine}}


X = grid(120, 5)
y = 50 + 10 * X[:, 0] - 5 * X[:, 1] * (X[:, 2] > 0) + 3 * np.abs(X[:, 3]) + rng.normal(size=120)
background, rows = X[:12], grid(6, 5)


def case(name, explainer, model, function):
    values = explainer(rows)
    base = np.broadcast_to(np.asarray(values.base_values, dtype=float).ravel(), len(rows))
    assert np.allclose(base + values.values.sum(1), function(rows), atol=1e-6), name
    return {"name": name, "model": model, "baseline": float(base[0]), "values": values.values.tolist(),
            "predicted": [float(v) for v in function(rows)]}


def tree_explainer(fitted):
    masker = shap.maskers.Independent(background, max_samples=len(background))
    return shap.TreeExplainer(fitted, masker, feature_perturbation="interventional")


def exact_explainer(fitted):
    return shap.explainers.ExactExplainer(fitted.predict, shap.maskers.Independent(background, max_samples=len(background)))


def explanations():
    linear = LinearRegression().fit(X, y)
    yield case("LinearExplainer", shap.LinearExplainer(linear, shap.maskers.Independent(background, max_samples=12)),
               {"linear": {"intercept": float(linear.intercept_), "coefficients": linear.coef_.tolist()}}, linear.predict)
    tree = DecisionTreeRegressor(max_depth=5, min_samples_leaf=3, random_state=0).fit(X, y)
    yield case("TreeExplainer tree", tree_explainer(tree), trees([tree], {"sum": {"base": 0.0}}), tree.predict)
    forest = RandomForestRegressor(6, max_depth=4, random_state=0).fit(X, y)
    yield case("TreeExplainer forest", tree_explainer(forest), trees(forest.estimators_, "mean"), forest.predict)
    boosted = GradientBoostingRegressor(n_estimators=12, max_depth=3, random_state=0).fit(X, y)
    base = float(boosted.init_.constant_.ravel()[0])
    yield case("TreeExplainer boosting", tree_explainer(boosted),
               trees(boosted.estimators_.ravel(), {"sum": {"base": base}}, boosted.learning_rate), boosted.predict)
    ada = AdaBoostRegressor(DecisionTreeRegressor(max_depth=3), n_estimators=7, random_state=0).fit(X, y)
    yield case("ExactExplainer AdaBoost", exact_explainer(ada),
               trees(ada.estimators_, {"weighted_median": {"weights": ada.estimator_weights_[:len(ada.estimators_)].tolist()}}),
               ada.predict)
    near = KNeighborsRegressor(5, weights="distance").fit(X[:40], y[:40])
    yield case("ExactExplainer neighbours", exact_explainer(near), {"neighbours": {
        "n_neighbors": 5, "distance": "euclidean", "weighting": "distance", "rows": X[:40].ravel().tolist(),
        "targets": y[:40].tolist()}}, near.predict)


def intervals():
    for n in [40, 101, 230]:
        x = rng.normal(size=(n, 2))
        target = 60 + 8 * x[:, 0] - 3 * x[:, 1] + 4 * rng.normal(size=n)
        fitted = CrossConformalRegressor(LinearRegression(), confidence_level=[level / 100 for level in LEVELS],
                                         method="base", cv=KFold(10)).fit_conformalize(x, target)
        predicted, ends = fitted.predict_interval(x[:1])
        yield {"x": x.tolist(), "y": target.tolist(), "predicted": float(predicted[0]),
               "half_widths": ((ends[0, 1] - ends[0, 0]) / 2).tolist()}


golden = {
    "made_with": {"shap": shap.__version__, "mapie": mapie.__version__, "scikit-learn": sklearn.__version__,
                  "numpy": np.__version__},
    "levels": LEVELS, "background": background.tolist(), "rows": rows.tolist(),
    "explanations": list(explanations()), "intervals": list(intervals()),
}
(HERE / "trust.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(golden["made_with"])
