"""The trial side of Foretune, in one module without dependencies (Python 3.8 or newer).

    import foretune

    trial = foretune.attempt(defaults={"lr": 0.01})      # run by hand, it is a dry trial with these defaults
    model = build(**trial.configuration)
    if trial.resumed:
        model.load(trial.checkpoint / "model.pt")
    for epoch in trial.epochs():                         # ends at the trial's limit, or when it is asked to leave
        trial.report(val_loss=train(model, epoch))
        model.save(trial.checkpoint / "model.pt")

Under torchrun, srun or mpirun every rank may run the same lines: rank 0 reports and decides, all ranks leave the loop at the same epoch.
"""

import atexit
import json
import math
import operator
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time

__all__ = ["ReportError", "attempt"]
__version__ = "0.1.0"

PROTOCOL = 1


class ReportError(ValueError):
    """A report that is not one: the message says what was expected and what was given."""


def attempt(defaults=None, epochs=None):
    """The trial that this program is to train.

    `defaults` (configuration) and `epochs` (how many) are used only outside Foretune, where the trial is a dry one: its reports are printed
    and its checkpoint is a temporary folder.
    """
    folder = os.environ.get("FORETUNE_ATTEMPT")
    if not folder:
        return _DryTrial(dict(defaults or {}), 1 if epochs is None else epochs)
    return _AttemptTrial(pathlib.Path(folder))


class _Trial:
    """What both kinds of trial share: the rules of reporting, and the loop's own epoch."""

    def __init__(self):
        self._epoch = None  # whose loop body runs
        self._reported_epoch = 0
        self._reported = {}

    def report(self, epoch=None, /, **metrics):
        """Reports the metrics of the epoch under way, or of the named one: `report(val_loss=0.5)`, `report(3, val_loss=0.5)`."""
        if "epoch" in metrics:
            epoch = metrics.pop("epoch")
        if epoch is None:
            epoch = self._epoch
        epoch = _whole(epoch)
        if not metrics:
            raise ReportError("expected a metric in the report of epoch %d, got none" % epoch)
        numbers = {name: _number(name, value) for name, value in metrics.items()}
        if epoch < self._reported_epoch:
            raise ReportError("epoch %d comes after epoch %d: epochs only rise" % (epoch, self._reported_epoch))
        before = self._reported if epoch == self._reported_epoch else {}
        for name, value in numbers.items():
            if name in before and not _same(before[name], value):
                raise ReportError(
                    "epoch %d was reported with %s = %r, now with %r: an epoch is reported once"
                    % (epoch, name, before[name], value)
                )
        if all(name in before for name in numbers):
            return
        self._reported_epoch, self._reported = epoch, {**before, **numbers}
        self._tell(epoch, numbers)


class _DryTrial(_Trial):
    """Outside Foretune: the program still runs by hand."""

    number = 0
    seed = 0
    resumed = False

    def __init__(self, configuration, epochs):
        super().__init__()
        self.configuration = configuration
        self._count = epochs
        self._folder = None

    @property
    def checkpoint(self):
        if self._folder is None:
            self._folder = pathlib.Path(tempfile.mkdtemp(prefix="foretune-dry-"))
            atexit.register(shutil.rmtree, str(self._folder), True)
        return self._folder

    def epochs(self):
        for self._epoch in range(1, self._count + 1):
            yield self._epoch

    def _tell(self, epoch, metrics):
        print("epoch %d: %s" % (epoch, ", ".join("%s=%r" % item for item in metrics.items())), flush=True)


class _AttemptTrial(_Trial):
    def __init__(self, folder):
        super().__init__()
        with open(folder / "configuration.json", encoding="utf-8") as file:
            said = json.load(file)
        if said["protocol"] != PROTOCOL:
            raise RuntimeError(
                "this foretune module speaks protocol %d, the attempt in %s is of protocol %s: install the client that "
                "belongs to the foretune that runs the study" % (PROTOCOL, folder, said["protocol"])
            )
        self.configuration = said["configuration"]
        self.number = said["trial"]
        self.seed = said["seed"]
        self.checkpoint = pathlib.Path(said["checkpoint"])
        self._reports = folder / "reports.jsonl"
        self._descriptor = None
        rank, size = _rank()
        if size == 1:
            self._lead = _Alone(folder, said, self)
        elif rank == 0:
            self._lead = _First(folder, said, self)
        else:
            self._lead = _Follower(folder)

    @property
    def resumed(self):
        """True if an earlier attempt saved something: load it from `checkpoint`. Training goes on after the epoch that it finished."""
        return self._lead.start() > 0

    def epochs(self):
        """The epochs to train. An epoch counts as finished when the loop's body is done with it."""
        self._lead.hear_signals()
        finished = self._lead.start()
        while self._lead.goes_on(finished):
            self._epoch = finished + 1
            yield self._epoch
            finished = self._epoch
            self._lead.finish(finished)

    def _tell(self, epoch, metrics):
        if self._lead.speaks:
            self._append({"epoch": epoch, **{name: _word(value) for name, value in metrics.items()}})

    def _append(self, line):
        if self._descriptor is None:
            self._descriptor = os.open(str(self._reports), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        _write_whole(self._descriptor, json.dumps(line) + "\n")


class _Alone:
    """Decides for the only rank when to go on: by the `until` file and SIGTERM."""

    speaks = True

    def __init__(self, folder, said, trial):
        self._until_file = folder / "until"
        self._mark = trial.checkpoint / ".epoch"
        self._trial = trial
        self._until = said["until"]
        self._max = said["max"]
        self._linger = said["linger"]
        self._is_resumable = said["resumable"]
        self._started_after = None
        self.is_asked = False

    def start(self):
        """The epoch after which training begins. What saved nothing in its checkpoint cannot go on and begins anew."""
        if self._started_after is None:
            self._started_after = self._marked() if self._is_resumable else 0
        return self._started_after

    def _marked(self):
        if not any(not path.name.startswith(".epoch") for path in self._mark.parent.glob("*")):
            return 0
        try:
            return int(self._mark.read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def hear_signals(self):
        def leave(_number, _frame):
            self.is_asked = True

        _on_sigterm(leave)

    def finish(self, epoch):
        new = self._mark.with_name(".epoch.new")
        new.write_text("%d\n" % epoch)
        os.replace(str(new), str(self._mark))

    def goes_on(self, finished):
        if self.is_asked:
            self.hand_over(finished)
            return False
        return finished < self._until or self.wait_for_more(finished)

    def hand_over(self, finished):
        self.read_until()
        if finished < self._until:
            self._trial._append({"handover": True, "epoch": finished})

    def wait_for_more(self, finished):
        """At the limit: lingers in case it is raised. True if it was."""
        deadline = time.monotonic() + self._linger
        pause = 0.005
        while True:
            leave = self.read_until()
            if finished < self._until:
                return True
            if leave or finished >= self._max or self.is_asked or time.monotonic() >= deadline:
                return False
            time.sleep(pause)
            pause = min(pause * 2, 0.2)

    def read_until(self):
        """Learns the limit; true if the trial need not linger."""
        try:
            words = self._until_file.read_text().split()
            self._until = max(self._until, int(words[0]))
            return words[1:] == ["leave"]
        except (OSError, IndexError, ValueError):
            return False


class _First(_Alone):
    """Rank 0 of several: what it decides it appends to `ranks`, one line each, before it acts on it."""

    def __init__(self, folder, said, trial):
        super().__init__(folder, said, trial)
        self._ranks = _ranks_file(folder)
        self._leaves_at = None

    def start(self):
        if self._started_after is None:
            super().start()
            self.read_until()
            self._say("start %d\ngo %d\n" % (self._started_after, max(self._until, self._started_after)))
        return self._started_after

    def goes_on(self, finished):
        if self._leaves_at is None and finished >= self._until:
            goes_on = self.wait_for_more(finished)
            self._say("go %d\n" % self._until if goes_on else "leave %d\n" % finished)
            return goes_on
        if self.is_asked and self._leaves_at is None:
            # The others may be in the next epoch already: all of them finish that one, and find the line at its end.
            self._leaves_at = finished + 1
            self._say("leave %d\n" % self._leaves_at)
        if self._leaves_at is None or finished < self._leaves_at:
            return True
        self.hand_over(finished)
        return False

    def _say(self, lines):
        descriptor = os.open(str(self._ranks), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            _write_whole(descriptor, lines)
        finally:
            os.close(descriptor)


class _Follower:
    """Any other rank: does what rank 0 wrote, and waits for it where there is no word yet."""

    speaks = False

    def __init__(self, folder):
        self._ranks = _ranks_file(folder)
        self._started_after = None
        self._until = 0
        self._leaves_at = None
        self._read = 0

    def start(self):
        self._wait(lambda: self._started_after is not None)
        return self._started_after

    def hear_signals(self):
        # Only rank 0 leaves for a SIGTERM; it takes the others along.
        _on_sigterm(lambda _number, _frame: None)

    def finish(self, epoch):
        pass

    def goes_on(self, finished):
        self._listen()
        self._wait(lambda: self._leaves_at is not None or finished < self._until)
        return finished < (self._until if self._leaves_at is None else self._leaves_at)

    def _wait(self, is_known):
        pause = 0.002
        while not is_known():
            self._listen()
            if not is_known():
                time.sleep(pause)
                pause = min(pause * 2, 0.1)

    def _listen(self):
        try:
            with open(self._ranks, "rb") as file:
                file.seek(self._read)
                text = file.read()
        except FileNotFoundError:
            return
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.decode("ascii").splitlines():
            word, epoch = line.split()
            if word == "start":
                self._started_after = int(epoch)
            elif word == "go":
                self._until = int(epoch)
            elif word == "leave":
                self._leaves_at = int(epoch)


def _ranks_file(folder):
    """A launcher that restarts all ranks within the attempt (torchrun --max-restarts) gets a fresh file each time."""
    restarts = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    return folder / ("ranks" if restarts == "0" else "ranks.%s" % restarts)


# Launchers and how they name a process's rank and their number: torchrun, Open MPI, MPICH and Intel MPI, Slurm's srun.
_RANK_NAMES = (
    ("RANK", ("WORLD_SIZE",)),
    ("OMPI_COMM_WORLD_RANK", ("OMPI_COMM_WORLD_SIZE",)),
    ("PMI_RANK", ("PMI_SIZE",)),
    ("SLURM_PROCID", ("SLURM_STEP_NUM_TASKS", "SLURM_NTASKS")),
    ("LOCAL_RANK", ("LOCAL_WORLD_SIZE",)),
)


def _rank():
    for rank_name, size_names in _RANK_NAMES:
        rank = os.environ.get(rank_name, "")
        if not rank.isdigit():
            continue
        sizes = [os.environ[name] for name in size_names if os.environ.get(name, "").isdigit()]
        return int(rank), max(int(sizes[0]) if sizes else 1, int(rank) + 1)
    return 0, 1


def _on_sigterm(handler):
    # Python lets only the main thread set handlers; elsewhere SIGTERM keeps its default.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)


def _whole(epoch):
    if isinstance(epoch, bool) or not hasattr(epoch, "__index__"):
        raise ReportError(
            "expected the epoch of a report to be a whole number, got %r: report inside the loop over epochs(), or name "
            "the epoch: report(3, loss=...)" % (epoch,)
        )
    epoch = operator.index(epoch)
    if epoch < 1:
        raise ReportError("expected the epoch of a report to be 1 or more, got %d" % epoch)
    return epoch


def _number(name, value):
    """A Python, NumPy or PyTorch scalar as a float (or an int as it is); NaN and infinities are numbers."""
    given = value
    if hasattr(value, "item") and not isinstance(value, (int, float)):
        try:
            value = value.item()
        except (TypeError, ValueError, RuntimeError) as error:
            raise ReportError("expected %s to be one number, got %s: %s" % (name, type(given).__name__, error)) from error
    if isinstance(value, (bool, str, bytes, complex)) or not hasattr(value, "__float__"):
        raise ReportError("expected %s to be a number, got %s: %r" % (name, type(given).__name__, given))
    if isinstance(value, int):
        return value
    return float(value)


def _same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


def _word(value):
    """JSON has no word for what is not finite."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _write_whole(descriptor, text):
    data = text.encode("utf-8")
    while data:
        data = data[os.write(descriptor, data) :]
