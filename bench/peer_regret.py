"""Simple regret of one peer, study by study: a line of JSON each. Usage: peer_regret.py PEER EVALUATIONS SEEDS FUNCTION,...

The peer, the functions and the noise are those of ../shared/peers-bench, which has to be on PYTHONPATH. A noisy study's regret is that of the true
value where the *observed* one is best.
"""
import json
import sys

from samplers import make, one_thread, package

one_thread()
import time  # noqa: E402

from functions import FUNCTIONS, normal  # noqa: E402
from measure import version  # noqa: E402

POINTS = (50, 100, 200)


def study(peer, name, seed, evaluations):
    space, function, optimum, sd = FUNCTIONS[name]
    sampler = make(peer, space, seed, evaluations)
    best_seen = best_true = float("inf")
    regret = []
    for trial in range(evaluations):
        handle, values = sampler.ask()
        true = function(values)
        seen = true + (sd * normal(seed, trial) if sd else 0)
        sampler.tell(handle, seen)
        if seen < best_seen:
            best_seen, best_true = seen, true
        if trial + 1 in POINTS:
            regret.append(best_true - optimum)
    return regret


if __name__ == "__main__":
    peer, evaluations, seeds, names = sys.argv[1:]
    for name in names.split(","):
        for seed in range(int(seeds)):
            cpu = time.process_time()
            line = {"function": name, "seed": seed, "version": version(package(peer))}
            line["regret"] = study(peer, name, seed, int(evaluations))
            line["cpuMs"] = (time.process_time() - cpu) * 1e3 / int(evaluations)
            print(json.dumps(line), flush=True)
