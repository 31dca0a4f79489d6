"""Optuna's importances of the trials in a JSON file, timed: one line of JSON, seconds by evaluator and repeat."""
import json
import sys
import time
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.importance import FanovaImportanceEvaluator, PedAnovaImportanceEvaluator, get_param_importances

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore")
file, evaluator, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(file) as source:
    trials = json.load(source)
space = {
    name: CategoricalDistribution(("a", "b", "c")) if isinstance(value, str) else FloatDistribution(1e-4, 1, log=True) if name == "lr" else FloatDistribution(0, 1)
    for name, value in trials[0]["configuration"].items()
}
study = optuna.create_study()
study.add_trials([optuna.trial.create_trial(params=t["configuration"], distributions=space, value=t["loss"]) for t in trials])
seconds = []
try:
    for _ in range(repeats):
        evaluate = PedAnovaImportanceEvaluator() if evaluator == "ped-anova" else FanovaImportanceEvaluator(seed=0)
        started = time.perf_counter()
        get_param_importances(study, evaluator=evaluate)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"version": optuna.__version__, "seconds": seconds}))
except ImportError as error:
    print(json.dumps({"version": optuna.__version__, "missing": str(error).splitlines()[0]}))
