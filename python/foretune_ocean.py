"""Foretune's bridge to D-Wave's Ocean: quadratic problems in, samples out, one JSON object a line on standard input and output.

    {"id": 1, "call": "probe", "solver": null, "reads": 1000, "annealingTimeUs": 20}
    {"id": 2, "call": "solve", "solver": "Advantage_system5.4", "reads": 1000, "annealingTimeUs": 20, "chainMultiplier": 10, "keep": 4,
     "size": 2, "q": [-1.0, 2.0, -1.0]}

`q` is the upper triangle, row by row: minimise the sum over i <= j of q[i, j] a_i a_j over bits a. Each request gets one line with its id, in
any order: `answer`, or `error` with a `kind` from the table of `Trouble`. Several requests may be under way: a quantum computer is waited for
in parallel, everything that computes here goes one after the other.

`solver` is null or "qpu" (as Ocean's configuration says), a name, "mock" (D-Wave's stand-in for a quantum computer: a Pegasus graph of which
some qubits and couplers are missing; "mock:4" is a smaller one), or "simulated-annealing" (Ocean's own, without a graph).

Credentials come from Ocean's configuration alone. They are neither stored nor printed: what goes out as text is redacted.
The process ends with its standard input, and with the process that started it.
"""

import hashlib
import importlib
import importlib.util
import json
import math
import os
import random
import re
import sys
import tempfile
import threading
import time
import traceback

CACHE_FORMAT = 1

# Couplers that are kept, largest first, where a graph has no room for all of them: tried in this order.
KEPT_COUPLERS = (2500, 2000, 1800, 1600, 1400, 1200, 1000, 500)
# Of a search for the embedding of a graph that is no clique: it finds one early or not at all.
SEARCH_SECONDS = 30

# Of the mock: about what the quantum computers of the first Pegasus generation lack.
MOCK_SIZE = 16
MISSING_QUBITS, MISSING_COUPLERS = 0.005, 0.001


class Trouble(Exception):
    """What is told as an error. The kind says who can do something about it:

    python         this Python is too old
    package        `packages` are not installed
    configuration  Ocean's configuration has no usable token, or cannot be read
    solver         no such solver; `known` are there
    connection     the service cannot be reached, or does not work: trying again may help
    failed         the service took the problem and failed: trying again may help
    refused        these settings, or this problem, will never be taken
    embedding      the graph has no room for the problem
    bug            anything else
    """

    def __init__(self, kind, text, **more):
        super().__init__(text)
        self.kind = kind
        self.more = more


# ---------------------------------------------------------------------------------------------------------------- redaction

_SECRET_SHAPES = [
    (re.compile(r"\b[A-Za-z0-9]{2,12}-[0-9A-Fa-f]{32,64}\b"), "[token]"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?"), "[token]"),
    (re.compile(r"(?i)\b(bearer\s+)[^\s'\",}]+"), r"\1[token]"),
    (re.compile(r"(?i)\b((?:x-auth-)?token['\"]?\s*[:=]\s*['\"]?)[^\s'\",}\[]+"), r"\1[token]"),
    (re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"), "[credentials]"),
]


class Redactor:
    """Takes known secrets, and whatever looks like one, out of texts."""

    def __init__(self):
        self.secrets = set()

    def learn(self, settings):
        """From Ocean's settings, by their names."""
        for name, value in settings.items():
            if value and re.search(r"(?i)token|headers|proxy|secret|password", str(name)):
                self.secrets.update(text for text in [str(value), *re.split(r"[\s,]+", str(value))] if len(text) >= 8)

    def __call__(self, text):
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "[token]")
        for shape, instead in _SECRET_SHAPES:
            text = shape.sub(instead, text)
        return text


class RedactedStream:
    """Standard error, line by line."""

    def __init__(self, stream, redact):
        self._stream, self._redact, self._held = stream, redact, ""
        self._lock = threading.Lock()

    def write(self, text):
        with self._lock:
            *lines, self._held = (self._held + text).split("\n")
            for line in lines:
                self._stream.write(self._redact(line) + "\n")
        return len(text)

    def flush(self):
        self._stream.flush()

    def isatty(self):
        return False


# ---------------------------------------------------------------------------------------------------------------- problems


class Problem:
    """A quadratic problem over bits: `linear[i]`, and `couplers` as (i, j, value) with i < j and no zeros."""

    def __init__(self, size, triangle):
        if len(triangle) != size * (size + 1) // 2:
            raise ValueError("expected %d numbers for %d variables, got %d" % (size * (size + 1) // 2, size, len(triangle)))
        self.size = size
        self.linear, self.couplers = [], []
        at = 0
        for i in range(size):
            self.linear.append(triangle[at])
            self.couplers.extend((i, j, triangle[at + j - i]) for j in range(i + 1, size) if triangle[at + j - i] != 0)
            at += size - i

    def largest(self):
        return max([0.0, *map(abs, self.linear), *(abs(value) for _, _, value in self.couplers)])


def chain_strength(multiplier, largest):
    """Published: the multiplier times the largest entry, rounded up. A problem of zeros still needs chains that hold."""
    return multiplier * max(1, math.ceil(largest))


def kept_counts(count, size):
    """How many couplers are kept, attempt by attempt: the published numbers below `count`, halves of the last one after them. A problem
    with fewer couplers than variables is another problem."""
    counts = [kept for kept in KEPT_COUPLERS if size <= kept < count]
    kept = KEPT_COUPLERS[-1] // 2
    while kept >= size:
        if kept < count:
            counts.append(kept)
        kept //= 2
    return counts


def strongest(couplers, count):
    """The `count` couplers of largest magnitude, in the order of their places; of equal ones the first."""
    kept = sorted(couplers, key=lambda coupler: (-abs(coupler[2]), coupler[0], coupler[1]))[:count]
    return sorted(kept)


# ---------------------------------------------------------------------------------------------------------------- embeddings


def fingerprint(topology, nodes, edges):
    """Of a graph, whatever order it comes in."""
    pairs = sorted((min(a, b), max(a, b)) for a, b in edges)
    return hashlib.sha256(json.dumps([topology, sorted(nodes), pairs]).encode()).hexdigest()


def is_embedding(chains, pairs, nodes, edges):
    """Whether each chain is a connected set of qubits of its own, and each pair of variables has a coupler between its chains."""
    owner, links, joined = {}, {}, set()
    for variable, chain in enumerate(chains):
        for qubit in chain:
            if qubit in owner or qubit not in nodes:
                return False
            owner[qubit] = variable
            links[qubit] = qubit

    def root(qubit):
        while links[qubit] != qubit:
            links[qubit] = links[links[qubit]]
            qubit = links[qubit]
        return qubit

    for a, b in edges:
        u, v = owner.get(a), owner.get(b)
        if u is None or v is None:
            continue
        if u == v:
            links[root(a)] = root(b)
        else:
            joined.add((min(u, v), max(u, v)))
    is_whole = all(chain and len({root(qubit) for qubit in chain}) == 1 for chain in chains)
    return is_whole and all(pair in joined for pair in pairs)


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME")
    if not base or not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "foretune", "embeddings")


class EmbeddingCache:
    """One file an embedding, named after the solver, its graph and the size. The cache may be deleted at any time; a file that is broken
    or does not fit is as good as none, and a folder that cannot be written costs time, not answers."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, solver, graph, name):
        return os.path.join(self.folder, "%s-%s-%s.json" % (re.sub(r"[^\w.]+", "_", solver), graph[:16], name))

    def read(self, solver, graph, name):
        """The chains; False for "there is none"; None if it has to be computed."""
        try:
            with open(self.path(solver, graph, name), encoding="utf-8") as file:
                record = json.load(file)
            head = [record["format"], record["solver"], record["graph"], record["name"]]
            chains = record["chains"]
            if head != [CACHE_FORMAT, solver, graph, name]:
                return None
            if chains is None:
                return False
            return [[int(qubit) for qubit in chain] for chain in chains]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, solver, graph, name, chains):
        record = {"format": CACHE_FORMAT, "solver": solver, "graph": graph, "name": name, "chains": chains or None}
        temporary = None
        try:
            os.makedirs(self.folder, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self.folder, suffix=".new")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(record, file)
            os.replace(temporary, self.path(solver, graph, name))
        except OSError as error:
            print("the embedding is not kept: %s" % error, file=sys.stderr)
            if temporary is not None and os.path.exists(temporary):
                os.unlink(temporary)


class Graph:
    """A chip's qubits and couplers, and where problems lie on them. `search` makes the embeddings: `clique(size)` and `sparse(size, pairs)`,
    each with a list of chains or nothing."""

    def __init__(self, solver, topology, nodes, edges, search, cache):
        self.solver, self.nodes, self.edges = solver, set(nodes), edges
        self.id = fingerprint(topology, nodes, edges)
        self._search, self._cache = search, cache
        self._cliques, self._kept = {}, {}

    def place(self, problem):
        """(chains, couplers that are kept, whether the chains were in the cache)."""
        if problem.size > len(self.nodes):
            raise Trouble("embedding", "%s (%d qubits) has no room for %d variables" % (self.solver, len(self.nodes), problem.size))
        if problem.size not in self._cliques:
            pairs = [(i, j) for i in range(problem.size) for j in range(i + 1, problem.size)]
            self._cliques[problem.size] = self._embedding(str(problem.size), pairs, lambda: self._search.clique(problem.size))
        chains, is_cached = self._cliques[problem.size]
        if chains:
            self._cliques[problem.size] = (chains, True)
            return chains, problem.couplers, is_cached
        total = len(problem.couplers)
        is_complete = total == problem.size * (problem.size - 1) // 2
        counts = [*([] if is_complete else [total]), *kept_counts(total, problem.size)]
        # What had no room before has none now: problems of one size are alike.
        most = self._kept.get(problem.size, total)
        for count in [count for count in counts if count <= most] or counts[-1:]:
            kept = strongest(problem.couplers, count)
            pairs = [(i, j) for i, j, _ in kept]
            name = "%d-%d-%s" % (problem.size, len(kept), hashlib.sha256(json.dumps(pairs).encode()).hexdigest()[:16])
            chains, is_cached = self._embedding(name, pairs, lambda: self._search.sparse(problem.size, pairs))
            if chains:
                self._kept[problem.size] = count
                return chains, kept, is_cached
        self._kept[problem.size] = 0
        text = "%s (%d qubits) has no room for %d variables, not even with the %d strongest of %d couplers"
        raise Trouble("embedding", text % (self.solver, len(self.nodes), problem.size, min(counts, default=total), total))

    def _embedding(self, name, pairs, search):
        known = self._cache.read(self.solver, self.id, name)
        if known is False:
            return None, True
        if known is not None and is_embedding(known, pairs, self.nodes, self.edges):
            return known, True
        chains = search()
        if chains and not is_embedding(chains, pairs, self.nodes, self.edges):
            raise Trouble("bug", "the embedding %s of %s does not hold" % (name, self.solver))
        # A clique that was not found is not there; a search that was cut short may succeed another time.
        if chains or name.isdigit():
            self._cache.write(self.solver, self.id, name, chains)
        return chains, False


# ---------------------------------------------------------------------------------------------------------------- Ocean


def need(packages, load):
    """What `load` imports; a missing package is told by the names that pip knows."""
    try:
        return load()
    except ImportError as error:
        missing = [name for name, module in packages.items() if not _is_there(module)] or list(packages)
        raise Trouble("package", str(error), packages=missing, python=sys.executable) from None


def _is_there(module):
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False


SYSTEM = {"dwave-system": "dwave.system", "dwave-samplers": "dwave.samplers"}
SAMPLERS = {"dwave-samplers": "dwave.samplers"}


class CliqueSearch:
    """Ocean's two ways to embed: `busclique` knows the lattices, `minorminer` any graph."""

    def __init__(self, sampler):
        self._sampler = sampler

    def clique(self, size):
        from minorminer import busclique

        try:
            chains = busclique.find_clique_embedding(size, self._sampler.to_networkx_graph(), use_cache=False, seed=0)
        except ValueError:
            return None  # a lattice that it does not know: the search in any graph follows
        return [sorted(map(int, chains[variable])) for variable in range(size)] if chains else None

    def sparse(self, size, pairs):
        import minorminer

        source = [*pairs, *((variable, variable) for variable in range(size))]
        chains = minorminer.find_embedding(source, self._sampler.edgelist, random_seed=0, timeout=SEARCH_SECONDS)
        return [sorted(map(int, chains[variable])) for variable in range(size)] if chains else None


class Chip:
    """A sampler with a graph: a quantum computer, or the mock."""

    def __init__(self, kind, name, sampler, cache):
        self.kind, self.name, self._sampler = kind, name, sampler
        topology = sampler.properties.get("topology")
        self._graph = Graph(name, topology, sampler.nodelist, sampler.edgelist, CliqueSearch(sampler), cache)
        self._topology = "%s %s" % (topology["type"], "x".join(map(str, topology["shape"]))) if topology else None
        self._placed = {}

    def close(self):
        if self.kind == "qpu":
            self._sampler.close()

    def describe(self):
        return {"qubits": len(self._graph.nodes), "couplers": len(self._graph.edges), "topology": self._topology}

    def check(self, request):
        """What the chip would refuse, told before anything is computed or sent."""
        for name, ask, unit in [("num_reads_range", "reads", ""), ("annealing_time_range", "annealingTimeUs", " us")]:
            low, high = self._sampler.properties.get(name) or (None, None)
            if low is not None and not low <= request[ask] <= high:
                text = "%s takes %s from %g to %g%s, got %g" % (self.name, ask, low, high, unit, request[ask])
                raise Trouble("refused", text)

    def sample(self, problem, request, lock):
        import dimod
        from dwave.system import FixedEmbeddingComposite

        with lock:
            before = time.monotonic()
            chains, kept, is_cached = self._graph.place(problem)
            embedding_ms = (time.monotonic() - before) * 1000
            key = tuple(map(tuple, chains))
            if key not in self._placed:
                # A study has one or two sizes; sparse embeddings differ from problem to problem.
                if len(self._placed) >= 8:
                    self._placed.clear()
                self._placed[key] = FixedEmbeddingComposite(self._sampler, dict(enumerate(chains)))
            strength = chain_strength(request["chainMultiplier"], problem.largest())
            settings = {"num_reads": request["reads"], "chain_strength": strength}
            if self.kind == "mock":
                self._sampler.substitute_kwargs = {"seed": seed_of(request)}
            else:
                asks = {"annealing_time": request["annealingTimeUs"], "label": "foretune"}
                settings.update({name: value for name, value in asks.items() if name in self._sampler.parameters})
            samples = self._placed[key].sample(model_of(dimod, problem.linear, kept), **settings)
            if self.kind == "mock":
                samples.resolve()
        samples.resolve()
        breaks = samples.record.chain_break_fraction
        access = samples.info.get("timing", {}).get("qpu_access_time")
        return samples, {
            "chainStrength": strength,
            "brokenChains": float((breaks * samples.record.num_occurrences).sum() / samples.record.num_occurrences.sum()),
            "couplersDropped": len(problem.couplers) - len(kept),
            "embedding": "cached" if is_cached else "computed",
            "longestChain": max(map(len, chains)),
            "embeddingMs": embedding_ms,
            # What the mock says of its time is no measurement.
            "qpuAccessMs": None if self.kind == "mock" or access is None else access / 1000,
        }


class Simulated:
    """Ocean's simulated annealing, on the problem as it is."""

    kind, name = "simulated", "simulated-annealing"

    def __init__(self, sampler):
        self._sampler = sampler

    def close(self):
        pass

    def describe(self):
        return {"qubits": None, "couplers": None, "topology": None}

    def check(self, request):
        pass

    def sample(self, problem, request, lock):
        import dimod

        settings = {"num_reads": request["reads"], "seed": seed_of(request)}
        if request.get("sweeps") is not None:
            settings["num_sweeps"] = request["sweeps"]
        if request.get("betaRange") is not None:
            settings["beta_range"] = request["betaRange"]
        with lock:
            samples = self._sampler.sample(model_of(dimod, problem.linear, problem.couplers), **settings)
        nothing = {"chainStrength": None, "brokenChains": None, "embedding": None, "longestChain": None, "qpuAccessMs": None}
        return samples, {**nothing, "couplersDropped": 0, "embeddingMs": 0.0}


def seed_of(request):
    """Of the samplers that compute: 31 bits."""
    seed = request.get("seed")
    return random.SystemRandom().randrange(2**31) if seed is None else int(seed) % 2**31


def model_of(dimod, linear, couplers):
    return dimod.BinaryQuadraticModel(dict(enumerate(linear)), {(i, j): value for i, j, value in couplers}, "BINARY")


def open_mock(size, cache):
    testing = need(SYSTEM, lambda: importlib.import_module("dwave.system.testing"))
    graphs = importlib.import_module("dwave.graphs")
    whole = graphs.pegasus_graph(size)
    qubits, couplers = sorted(whole.nodes), sorted(whole.edges)
    chance = random.Random(size)
    sampler = testing.MockDWaveSampler(
        topology_type="pegasus",
        topology_shape=[size],
        broken_nodes=chance.sample(qubits, max(1, round(MISSING_QUBITS * len(qubits)))),
        broken_edges=chance.sample(couplers, max(1, round(MISSING_COUPLERS * len(couplers)))),
        parameter_warnings=False,
    )
    return Chip("mock", "mock:%d" % size, sampler, cache)


def open_qpu(name, cache, redact):
    DWaveSampler, config = need(SYSTEM, _import_client)
    try:
        settings = config.load_config(client="qpu")
        redact.learn(settings)
        if not settings.get("token"):
            raise Trouble("configuration", "Ocean's configuration has no API token")
        sampler = _connected(DWaveSampler, {} if name is None else {"solver": name})
    except (ValueError, config.exceptions.ConfigFileError) as error:
        raise Trouble("configuration", str(error)) from None
    except Exception as error:
        if kind_of(error) != "solver":
            raise
        raise Trouble("solver", str(error), known=_known_solvers()) from None
    solver = sampler.solver
    return Chip("qpu", str(getattr(solver, "name", None) or solver.id), sampler, cache)


def _connected(DWaveSampler, settings):
    """A sampler whose client does not live on, with its threads, where the rest of its making fails."""
    sampler = DWaveSampler.__new__(DWaveSampler)
    try:
        sampler.__init__(**settings)
    except BaseException:
        if getattr(sampler, "client", None) is not None:
            sampler.client.close()
        raise
    return sampler


def _import_client():
    import dwave.cloud.config
    import dwave.cloud.config.exceptions
    from dwave.system import DWaveSampler

    return DWaveSampler, dwave.cloud.config


def _known_solvers():
    from dwave.cloud.client import Client

    with Client.from_config(client="qpu") as client:
        return sorted({str(getattr(solver, "name", None) or solver.id) for solver in client.get_solvers()})


# By the names of Ocean's exceptions and of those they are made of, most particular first.
_KINDS = [
    ("configuration", {"ResourceAuthenticationError", "ResourceAccessForbiddenError", "SolverAuthenticationError", "ConfigFileError"}),
    ("connection", {"SolverOfflineError", "InternalServerError", "ResourceBadResponseError", "RequestTimeout", "PollingTimeout"}),
    ("solver", {"SolverNotFoundError"}),
    ("failed", {"SolverFailureError", "ResourceConflictError", "ResourceLimitsExceededError", "ProblemUploadError", "CanceledFutureError"}),
    ("refused", {"ResourceBadRequestError", "InvalidProblemError", "ResourceNotFoundError"}),
    ("refused", {"BinaryQuadraticModelStructureError", "SolverError", "ProblemError"}),
    ("connection", {"RequestException", "HTTPError", "ConnectionError", "TimeoutError", "gaierror"}),
]


def kind_of(error):
    status = getattr(error, "error_code", None)
    if isinstance(status, int) and status >= 500:
        return "connection"
    names = {kind.__name__ for kind in type(error).__mro__}
    return next((kind for kind, known in _KINDS if names & known), "bug")


def told(error):
    """With what was at the bottom of it, where Ocean wrapped that in an exception of its own."""
    cause = error
    while cause.__cause__ is not None or cause.__context__ is not None:
        cause = cause.__cause__ or cause.__context__
    return "%s: %s" % (type(error).__name__, error) + ("" if cause is error else " (%s)" % str(cause)[:300])


# ---------------------------------------------------------------------------------------------------------------- the bridge


class Bridge:
    def __init__(self, cache, redact):
        self._cache, self._redact = cache, redact
        self._open, self._lock = {}, threading.RLock()

    def answer(self, request):
        """To a request, what goes back: never an exception."""
        reply = {"id": request.get("id") if isinstance(request, dict) else None}
        try:
            reply["answer"] = self._perform(request)
        except Trouble as trouble:
            reply["error"] = self._error(trouble.kind, str(trouble), trouble.more)
        except Exception as error:
            kind = kind_of(error)
            text = traceback.format_exc() if kind == "bug" else told(error)
            reply["error"] = self._error(kind, text, {})
        if reply.get("error", {}).get("kind") in ("connection", "failed", "refused", "bug"):
            # Its graph or its connection may be an old one: the next request opens it anew.
            self._forget(request.get("solver") if isinstance(request, dict) else None)
        return reply

    def _forget(self, name):
        with self._lock:
            solver = self._open.pop(name, None)
        if solver is not None:
            # Closing waits for what else is under way there.
            threading.Thread(target=solver.close, daemon=True).start()

    def _error(self, kind, text, more):
        return {"kind": kind, "text": self._redact(text).strip(), **more}

    def _perform(self, request):
        if request["call"] not in ("probe", "solve"):
            raise ValueError("unknown call %r" % request["call"])
        if sys.version_info < (3, 9):
            raise Trouble("python", "Python %s (%s)" % (sys.version.split()[0], sys.executable))
        solver = self._solver(request.get("solver"))
        solver.check(request)
        if request["call"] == "probe":
            return {"kind": solver.kind, "solver": solver.name, "python": sys.version.split()[0], **solver.describe()}
        problem = Problem(request["size"], request["q"])
        before = time.monotonic()
        samples, facts = solver.sample(problem, request, self._lock)
        facts["samplingMs"] = (time.monotonic() - before) * 1000 - facts["embeddingMs"]
        return {"kind": solver.kind, "solver": solver.name, **facts, **best_of(samples, problem, request["keep"])}

    def _solver(self, name):
        with self._lock:
            if name not in self._open:
                self._open[name] = self._opened(name)
            return self._open[name]

    def _opened(self, name):
        if name == "simulated-annealing":
            samplers = need(SAMPLERS, lambda: importlib.import_module("dwave.samplers"))
            return Simulated(samplers.SimulatedAnnealingSampler())
        mock = re.match(r"mock(?::(\d+))?$", name or "")
        if mock:
            size = int(mock.group(1) or MOCK_SIZE)
            if not 2 <= size <= 32:
                raise Trouble("solver", "%s: the mock's Pegasus graph has a size from 2 to 32" % name, known=["mock", "mock:4"])
            return open_mock(size, self._cache)
        return open_qpu(None if name in (None, "qpu") else name, self._cache, self._redact)


def best_of(samples, problem, keep):
    """The `keep` distinct samples of lowest energy, and what the energies of all reads are like: on the whole problem, dropped couplers
    included. Of equal energies the one whose bits come first."""
    import numpy

    order = [list(samples.variables).index(variable) for variable in range(problem.size)]
    bits = samples.record.sample[:, order].astype(numpy.int8)
    times = samples.record.num_occurrences
    q = numpy.diag(numpy.array(problem.linear, dtype=float))
    for i, j, value in problem.couplers:
        q[i, j] = value
    energies = ((bits @ q) * bits).sum(axis=1)
    kept = {}
    # A few more than are wanted, since equal ones come in any order.
    texts = ["".join(map(str, row)) for row in bits[numpy.argsort(energies, kind="stable")].tolist()]
    for text, energy in sorted(zip(texts, numpy.sort(energies, kind="stable").tolist()), key=lambda pair: (pair[1], pair[0])):
        if text not in kept and len(kept) < keep:
            kept[text] = energy
    mean = float((energies * times).sum() / times.sum())
    return {
        "samples": list(kept),
        "reads": int(times.sum()),
        "energies": {"lowest": float(energies.min()), "mean": mean, "highest": float(energies.max())},
        "distinct": len(set(texts)),
    }


def die_with_parent():
    """Linux ends this process with the one that started it, also while a computation keeps Python from seeing the end of its input."""
    try:
        import ctypes
        import signal

        parent = os.getppid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
    except (AttributeError, ImportError, OSError):
        pass  # elsewhere the end of the input is what ends it


def main():
    from concurrent.futures import ThreadPoolExecutor

    die_with_parent()
    # What a library prints is no answer.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    redact = Redactor()
    redact.learn({name: value for name, value in os.environ.items() if name.startswith("DWAVE_")})
    sys.stderr = RedactedStream(sys.stderr, redact)
    bridge = Bridge(EmbeddingCache(cache_folder()), redact)
    writing = threading.Lock()

    def serve(line):
        try:
            request = json.loads(line)
        except ValueError:
            request = None
        text = json.dumps(bridge.answer(request), allow_nan=False)
        with writing:
            out.write(text.encode() + b"\n")

    pool = ThreadPoolExecutor(max_workers=8)
    for line in sys.stdin.buffer:
        pool.submit(serve, line)
    os._exit(0)


if __name__ == "__main__":
    main()
