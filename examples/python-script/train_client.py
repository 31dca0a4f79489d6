"""The same training with Foretune's client: it stops at the epoch it was given and goes on from a checkpoint later.

By hand it is a dry trial of nine epochs with the defaults below: PYTHONPATH=../../python python train_client.py
"""

import os
import pickle

import foretune
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

trial = foretune.attempt(defaults={"lr": 0.001, "alpha": 0.0001, "width": 32}, epochs=9)

images, labels = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(images / 16, labels, test_size=0.3, random_state=0, stratify=labels)
digits = np.unique(labels)
saved = trial.checkpoint / "model.pickle"

if trial.resumed:
    model = pickle.loads(saved.read_bytes())
else:
    model = MLPClassifier(
        (trial.configuration["width"],),
        learning_rate_init=trial.configuration["lr"],
        alpha=trial.configuration["alpha"],
        random_state=trial.seed,
    )

for epoch in trial.epochs():
    model.partial_fit(x, y, classes=digits)
    probabilities = model.predict_proba(x_val)
    trial.report(
        val_loss=log_loss(y_val, probabilities, labels=digits),
        val_accuracy=accuracy_score(y_val, digits[probabilities.argmax(axis=1)]),
    )
    # Written beside and renamed, so that a checkpoint is whole whenever the process dies. The model holds its optimiser and its generator.
    beside = saved.with_suffix(".new")
    beside.write_bytes(pickle.dumps(model))
    os.replace(beside, saved)
