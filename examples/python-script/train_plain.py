"""A training script that knows nothing of Foretune: arguments in, one printed line an epoch out.

    python train_plain.py --alpha 0.001 --lr 0.01 --width 32
"""

import argparse
import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.001, help="learning rate of Adam")
parser.add_argument("--alpha", type=float, default=0.0001, help="strength of the L2 penalty")
parser.add_argument("--width", type=int, default=32, help="units of the hidden layer")
parser.add_argument("--epochs", type=int, default=30)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

images, labels = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(images / 16, labels, test_size=0.3, random_state=0, stratify=labels)
model = MLPClassifier((args.width,), learning_rate_init=args.lr, alpha=args.alpha, random_state=args.seed)
digits = np.unique(labels)

for epoch in range(1, args.epochs + 1):
    model.partial_fit(x, y, classes=digits)
    probabilities = model.predict_proba(x_val)
    val_loss = log_loss(y_val, probabilities, labels=digits)
    val_accuracy = accuracy_score(y_val, digits[probabilities.argmax(axis=1)])
    print(f"epoch {epoch} val_loss={val_loss:.6f} val_accuracy={val_accuracy:.4f}", flush=True)
