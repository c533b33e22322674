"""A linear classifier, and backpropagation in float, on examples that lie in a folder as .npy.

python3 peers.py FOLDER HIDDEN SEED prints the test errors in percent as JSON.
"""
import json
import sys
import warnings

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

folder, hidden, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
x, y, x_test, y_test = (numpy.load(f"{folder}/{name}.npy") for name in ("x", "y", "x_test", "y_test"))
scaler = StandardScaler().fit(x)
x, x_test = scaler.transform(x), scaler.transform(x_test)
warnings.filterwarnings("ignore", category=ConvergenceWarning)


def error(classifier):
    return 100 * (1 - classifier.fit(x, y).score(x_test, y_test))


print(json.dumps({
    "linear": error(LogisticRegression(max_iter=500)),
    "backprop": error(MLPClassifier((hidden,), max_iter=300, random_state=seed)),
}))
