"""Times scikit-learn on the same metrics of the same arrays; prints JSON.

argv: file of float32 logits, file of int32 labels, classes, rounds. Besides scikit-learn's own functions it takes
numpy and scipy for what scikit-learn lacks (softmax, multi-class Brier score, calibration error).
"""

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from scipy.special import softmax
from sklearn import metrics as m

warnings.filterwarnings("ignore")


def report(logits, labels, classes):
    """Every figure of `assay score --json`, with one call a figure as its documentation has it."""
    every = np.arange(classes)
    p = softmax(logits.astype(np.float64), axis=1)
    predicted = logits.argmax(axis=1)
    one_hot = np.eye(classes)[labels]
    matrix = m.confusion_matrix(labels, predicted, labels=every)
    figures = {
        "loss": m.log_loss(labels, p, labels=every),
        "accuracy": m.accuracy_score(labels, predicted),
        "balancedAccuracy": m.balanced_accuracy_score(labels, predicted),
        "cohenKappa": m.cohen_kappa_score(labels, predicted),
        "matthewsCorrcoef": m.matthews_corrcoef(labels, predicted),
        "macroF1": m.precision_recall_fscore_support(
            labels, predicted, labels=every, average="macro", zero_division=0
        )[2],
        "brier": ((p - one_hot) ** 2).sum(axis=1).mean(),
        "rocAuc": m.roc_auc_score(one_hot, p, average="macro"),
        "averagePrecision": m.average_precision_score(one_hot, p, average="macro"),
    }
    m.precision_recall_fscore_support(
        labels, predicted, labels=every, average=None, zero_division=0
    )
    m.precision_recall_fscore_support(
        labels, predicted, labels=every, average="weighted", zero_division=0
    )
    for k in (2, 3, 5):
        if k < classes:
            figures[f"top{k}"] = m.top_k_accuracy_score(labels, logits, k=k, labels=every)
    confidence = p.max(axis=1)
    bins = np.minimum(14, (confidence * 15).astype(int))
    right = np.bincount(bins, predicted == labels, 15)
    figures["calibrationError"] = np.abs(
        right - np.bincount(bins, confidence, 15)
    ).sum() / len(labels)
    assert matrix.sum() == len(labels)
    return figures


def main():
    logits_file, labels_file, classes, rounds = sys.argv[1:]
    labels = np.fromfile(labels_file, dtype="<i4")
    logits = np.fromfile(logits_file, dtype="<f4").reshape(len(labels), int(classes))
    times = []
    for _ in range(int(rounds)):
        started = time.perf_counter()
        figures = report(logits, labels, int(classes))
        times.append(1000 * (time.perf_counter() - started))
    print(json.dumps({"version": sklearn.__version__, "ms": times, "figures": figures}))


main()
