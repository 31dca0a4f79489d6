"""The client as users install it: built as a wheel, installed into an environment of its own."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent


class Wheel(unittest.TestCase):
    def test_the_wheel_holds_the_one_module_and_runs(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            # A copy, since building leaves its traces beside the sources.
            for file in ["foretune.py", "pyproject.toml", "README.md"]:
                (folder / "source").mkdir(exist_ok=True)
                shutil.copy(str(HERE / file), str(folder / "source" / file))
            self.call(sys.executable, "-m", "venv", str(folder / "env"))
            python = str(folder / "env" / "bin" / "python")
            wheel = ["wheel", "--quiet", "--no-deps", "-w", str(folder / "wheels"), str(folder / "source")]
            self.call(python, "-m", "pip", "--disable-pip-version-check", *wheel)
            wheels = list((folder / "wheels").glob("foretune_client-*-py3-none-any.whl"))
            self.assertEqual(len(wheels), 1)
            self.call(python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", str(wheels[0]))
            program = "import foretune; trial = foretune.attempt(epochs=1); [trial.report(loss=1) for _ in trial.epochs()]"
            said = self.call(python, "-I", "-c", program)
            self.assertEqual(said, "epoch 1: loss=1\n")

    def call(self, *command):
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, cwd="/")
        self.assertEqual(result.returncode, 0, "%s\n%s" % (" ".join(command), result.stdout))
        return result.stdout


if __name__ == "__main__":
    unittest.main()
