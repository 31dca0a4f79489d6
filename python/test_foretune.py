"""The client against real folders, real signals and real ranks. `python3 -m unittest discover -s python`"""

import contextlib
import io
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest

import foretune

HERE = pathlib.Path(__file__).parent


class Attempt:
    """An attempt's folder as an executor makes it."""

    def __init__(self, case, until=3, max=9, linger=0, resumable=True, **others):
        folder = tempfile.TemporaryDirectory()
        case.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "attempt-1"
        self.checkpoint = pathlib.Path(folder.name) / "checkpoint"
        self.folder.mkdir()
        self.checkpoint.mkdir()
        self.said = dict(
            protocol=1, study="s", trial=17, attempt=1, seed=42, configuration={"lr": 0.5}, until=until, max=max, linger=linger,
            resumable=resumable, checkpoint=str(self.checkpoint), **{"from": 0, **others}
        )
        (self.folder / "configuration.json").write_text(json.dumps(self.said))
        self.limit("%d\n" % until)

    def limit(self, text):
        (self.folder / "until.new").write_text(text)
        os.replace(str(self.folder / "until.new"), str(self.folder / "until"))

    def client(self):
        os.environ["FORETUNE_ATTEMPT"] = str(self.folder)
        try:
            return foretune.attempt()
        finally:
            del os.environ["FORETUNE_ATTEMPT"]

    def lines(self):
        try:
            return [json.loads(line) for line in (self.folder / "reports.jsonl").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def spawn(self, program, **environment):
        names = {name for name, _ in foretune._RANK_NAMES}
        inherited = {name: value for name, value in os.environ.items() if name not in names}
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program)],
            env={**inherited, "PYTHONPATH": str(HERE), "FORETUNE_ATTEMPT": str(self.folder), **environment},
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )


def wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("nothing happened within 20 s")
        time.sleep(0.01)


class Reports(unittest.TestCase):
    def setUp(self):
        self.attempt = Attempt(self)
        self.trial = self.attempt.client()

    def refuses(self, expected, *args, **metrics):
        with self.assertRaisesRegex(foretune.ReportError, expected):
            self.trial.report(*args, **metrics)

    def test_every_number_is_written_and_what_is_not_finite_by_its_name(self):
        class Scalar:  # as NumPy's and PyTorch's
            def item(self):
                return 0.25

        self.trial.report(1, loss=math.nan, low=-math.inf, high=math.inf, count=3, scalar=Scalar())
        self.assertEqual(
            self.attempt.lines(),
            [{"epoch": 1, "loss": "NaN", "low": "-Infinity", "high": "Infinity", "count": 3, "scalar": 0.25}],
        )

    def test_what_is_no_number_is_refused_by_its_name(self):
        class Many:
            def item(self):
                raise ValueError("only one element")

        for value, kind in [("0.5", "str"), (None, "NoneType"), (True, "bool"), ([1], "list"), (1j, "complex"), (Many(), "Many")]:
            self.refuses("expected val_loss to be .*%s" % kind, 1, val_loss=value)
        self.assertEqual(self.attempt.lines(), [])

    def test_an_epoch_only_rises_and_is_reported_once(self):
        self.trial.report(2, loss=1.0)
        self.trial.report(2, loss=1.0)
        self.trial.report(2, accuracy=0.5)
        self.refuses("loss = 1.0, now with 2.0", 2, loss=2.0)
        self.refuses("epoch 1 comes after epoch 2", 1, loss=1.0)
        self.assertEqual(self.attempt.lines(), [{"epoch": 2, "loss": 1.0}, {"epoch": 2, "accuracy": 0.5}])

    def test_an_epoch_is_a_whole_number_and_a_report_has_a_metric(self):
        self.refuses("inside the loop", loss=1.0)
        for epoch in [1.5, "1", True]:
            self.refuses("whole number", epoch, loss=1.0)
        self.refuses("1 or more", 0, loss=1.0)
        self.refuses("expected a metric", 1)

    def test_threads_may_report(self):
        thread = threading.Thread(target=lambda: self.trial.report(1, loss=1))
        thread.start()
        thread.join()
        self.assertEqual(len(self.attempt.lines()), 1)


class Loop(unittest.TestCase):
    def setUp(self):
        self.addCleanup(signal.signal, signal.SIGTERM, signal.getsignal(signal.SIGTERM))

    def test_trains_to_its_limit_and_marks_what_is_finished(self):
        attempt = Attempt(self, until=3)
        trial = attempt.client()
        self.assertEqual((trial.number, trial.seed, trial.configuration), (17, 42, {"lr": 0.5}))
        marks = []
        for epoch in trial.epochs():
            trial.report(loss=1 / epoch)
            mark = attempt.checkpoint / ".epoch"
            marks.append(mark.read_text() if mark.exists() else "")
        self.assertEqual(marks, ["", "1\n", "2\n"])
        self.assertEqual([line["epoch"] for line in attempt.lines()], [1, 2, 3])

    def test_goes_on_after_the_last_finished_epoch_if_something_was_saved(self):
        attempt = Attempt(self, until=3)
        (attempt.checkpoint / "model").write_text("weights")
        for epoch in attempt.client().epochs():
            if epoch == 3:
                break  # as if it had died in the third epoch's body
        again = attempt.client()
        self.assertTrue(again.resumed)
        self.assertEqual(list(again.epochs()), [3])

    def test_begins_anew_where_nothing_was_saved_or_nothing_can_be_resumed(self):
        unsaved = Attempt(self, until=2)
        list(unsaved.client().epochs())
        self.assertFalse(unsaved.client().resumed)
        self.assertEqual(list(unsaved.client().epochs()), [1, 2])
        restarted = Attempt(self, until=2, resumable=False)
        (restarted.checkpoint / "model").write_text("weights")
        list(restarted.client().epochs())
        self.assertEqual(list(restarted.client().epochs()), [1, 2])

    def test_lingers_for_a_raised_limit_but_not_at_the_end_nor_when_told_to_leave(self):
        attempt = Attempt(self, until=1, max=4, linger=20)
        seen = []
        for epoch in attempt.client().epochs():
            seen.append(epoch)
            if epoch == 1:
                threading.Timer(0.1, attempt.limit, ["3\n"]).start()
            if epoch == 3:
                threading.Timer(0.1, attempt.limit, ["3 leave\n"]).start()
        self.assertEqual(seen, [1, 2, 3])
        ending = Attempt(self, until=2, max=2, linger=20)
        started = time.monotonic()
        self.assertEqual(list(ending.client().epochs()), [1, 2])
        self.assertLess(time.monotonic() - started, 10)

    def test_a_damaged_limit_is_passed_over(self):
        attempt = Attempt(self, until=2)
        attempt.limit("soon")
        self.assertEqual(list(attempt.client().epochs()), [1, 2])

    def test_after_sigterm_the_epoch_is_finished_and_handed_over(self):
        attempt = Attempt(self, until=5)
        trial = attempt.client()
        for epoch in trial.epochs():
            trial.report(loss=1)
            if epoch == 2:
                os.kill(os.getpid(), signal.SIGTERM)
        self.assertEqual(attempt.lines()[-1], {"handover": True, "epoch": 2})

    def test_at_its_limit_a_sigterm_hands_nothing_over(self):
        attempt = Attempt(self, until=2)
        for epoch in attempt.client().epochs():
            if epoch == 2:
                os.kill(os.getpid(), signal.SIGTERM)
        self.assertEqual(attempt.lines(), [])

    def test_another_protocol_is_refused(self):
        attempt = Attempt(self)
        (attempt.folder / "configuration.json").write_text(json.dumps({**attempt.said, "protocol": 2}))
        with self.assertRaisesRegex(RuntimeError, "speaks protocol 1"):
            attempt.client()

    def test_outside_foretune_a_dry_trial_prints_its_reports(self):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            trial = foretune.attempt(defaults={"lr": 1}, epochs=2)
            for epoch in trial.epochs():
                trial.report(loss=epoch * trial.configuration["lr"])
                (trial.checkpoint / "model").write_text("weights")
        self.assertEqual(output.getvalue(), "epoch 1: loss=1\nepoch 2: loss=2\n")
        self.assertFalse(trial.resumed)


class Ranks(unittest.TestCase):
    """Four real processes that meet once an epoch, as a collective operation makes them."""

    PROGRAM = """
        import os, pathlib, time, foretune
        trial = foretune.attempt()
        rank = int(os.environ["RANK"])
        meeting = trial.checkpoint / "meeting"
        resumed = trial.resumed
        seen = []
        for epoch in trial.epochs():
            with open(meeting, "a") as file:
                file.write("%d %d\\n" % (epoch, rank))
            while sum(line.startswith("%d " % epoch) for line in meeting.read_text().splitlines()) < 4:
                time.sleep(0.001)
            time.sleep(0.02 * rank if epoch % 2 else 0.02 * (3 - rank))
            trial.report(loss=rank)
            seen.append(epoch)
        print(resumed, *seen)
    """

    def start(self, attempt, names=("RANK", "WORLD_SIZE")):
        return [attempt.spawn(self.PROGRAM, **{"RANK": str(rank), names[0]: str(rank), names[1]: "4"}) for rank in range(4)]

    def leave(self, ranks):
        said = [rank.communicate(timeout=60)[0].strip() for rank in ranks]
        self.assertEqual([rank.returncode for rank in ranks], [0] * 4)
        self.assertEqual(len(set(said)), 1, said)
        return said[0]

    def test_all_leave_at_the_same_epoch_and_only_the_first_reports(self):
        attempt = Attempt(self, until=2, max=9, linger=30)
        ranks = self.start(attempt)
        wait_until(lambda: any(line["epoch"] == 2 for line in attempt.lines()))
        attempt.limit("4\n")
        wait_until(lambda: any(line["epoch"] == 4 for line in attempt.lines()))
        attempt.limit("4 leave\n")
        self.assertEqual(self.leave(ranks), "False 1 2 3 4")
        self.assertEqual(attempt.lines(), [{"epoch": epoch, "loss": 0} for epoch in [1, 2, 3, 4]])
        self.assertEqual((attempt.folder / "ranks").read_text(), "start 0\ngo 2\ngo 4\nleave 4\n")

    def test_a_sigterm_to_all_of_them_ends_all_after_the_same_epoch(self):
        attempt = Attempt(self, until=100, max=100)
        ranks = self.start(attempt)
        wait_until(lambda: any(line["epoch"] == 3 for line in attempt.lines()))
        for rank in ranks:
            rank.send_signal(signal.SIGTERM)
        last = int(self.leave(ranks).split()[-1])
        self.assertLess(last, 100)
        self.assertEqual(attempt.lines()[-1], {"handover": True, "epoch": last})
        self.assertEqual((attempt.folder / "ranks").read_text(), "start 0\ngo 100\nleave %d\n" % last)

    def test_all_resume_after_the_same_epoch(self):
        attempt = Attempt(self, until=5)
        (attempt.checkpoint / ".epoch").write_text("3\n")
        (attempt.checkpoint / "model").write_text("weights")
        self.assertEqual(self.leave(self.start(attempt)), "True 4 5")

    def test_every_launcher_names_its_ranks(self):
        for environment, expected in [
            ({}, (0, 1)),
            ({"RANK": "2", "WORLD_SIZE": "4"}, (2, 4)),
            ({"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"}, (1, 2)),
            ({"PMI_RANK": "0", "PMI_SIZE": "8"}, (0, 8)),
            ({"SLURM_PROCID": "3", "SLURM_NTASKS": "9", "SLURM_STEP_NUM_TASKS": "4"}, (3, 4)),
            ({"SLURM_PROCID": "0", "SLURM_NTASKS": "1"}, (0, 1)),
            ({"LOCAL_RANK": "1"}, (1, 2)),
        ]:
            before = dict(os.environ)
            for name in list(os.environ):
                if name.startswith(("SLURM_", "OMPI_", "PMI_")) or "RANK" in name or name == "WORLD_SIZE":
                    del os.environ[name]
            os.environ.update(environment)
            try:
                self.assertEqual(foretune._rank(), expected, environment)
            finally:
                os.environ.clear()
                os.environ.update(before)


if __name__ == "__main__":
    unittest.main()
