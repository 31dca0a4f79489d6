"""The bridge to Ocean: what needs no annealer, and, where Ocean is installed, its own parts of it. The whole: test/e2e/ocean.test.ts"""

import contextlib
import importlib.util
import io
import itertools
import json
import os
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

import foretune_ocean as ocean

TOKEN = "DEV-0123456789abcdef0123456789abcdef01234567"
HAS_OCEAN = importlib.util.find_spec("dwave") is not None and importlib.util.find_spec("minorminer") is not None


def triangle(size, entry):
    return [entry(i, j) for i in range(size) for j in range(i, size)]


class Redaction(unittest.TestCase):
    def test_known_secrets_and_whatever_looks_like_one_are_taken_out(self):
        redact = ocean.Redactor()
        redact.learn({"token": "mine, all mine 12345", "headers": "X-Key: abcdefghij", "region": "eu-central-1", "proxy": None})
        for text in [
            "the token mine, all mine 12345 was refused",
            "sent abcdefghij",
            "X-Auth-Token: 0123456789",
            "{'token': 'secret-of-mine', 'region': 'na-west-1'}",
            "token=secret-of-mine",
            "Authorization: Bearer secret-of-mine",
            "see http://you:secret-of-mine@proxy:80/",
            "TEST-0123456789abcdef0123456789abcdef01234567 is old",
            "julr-0123456789abcdef0123456789abcdef01234567",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-def",
        ]:
            clean = redact(text)
            for secret in ["mine 12345", "abcdefghij", "0123456789", "secret-of-mine", "eyJ"]:
                self.assertNotIn(secret, clean)
        for text in ["API token not defined", "eu-central-1 has no solver", "http://proxy:80/ is silent", "Advantage_system5.4"]:
            self.assertEqual(redact(text), text)

    def test_standard_error_is_redacted_also_where_it_comes_in_pieces(self):
        kept = io.StringIO()
        stream = ocean.RedactedStream(kept, ocean.Redactor())
        print("one %s" % TOKEN[:20], end="", file=stream)
        print(TOKEN[20:], "two", file=stream, flush=True)
        self.assertEqual(kept.getvalue(), "one [token] two\n")


class Problems(unittest.TestCase):
    def test_a_triangle_is_read_row_by_row(self):
        problem = ocean.Problem(3, [1, 2, 0, -7, 5, 6])
        self.assertEqual(problem.linear, [1, -7, 6])
        self.assertEqual(problem.couplers, [(0, 1, 2), (1, 2, 5)])
        self.assertEqual(problem.largest(), 7)
        with self.assertRaises(ValueError):
            ocean.Problem(3, [1, 2, 3])

    def test_chain_strength_is_the_multiplier_times_the_largest_entry_rounded_up(self):
        self.assertEqual([ocean.chain_strength(10, largest) for largest in [0, 0.2, 1, 1.1, 3.5]], [10, 10, 10, 20, 40])

    def test_couplers_are_dropped_as_published_and_by_halves_below(self):
        published = [2500, 2000, 1800, 1600, 1400, 1200, 1000, 500]
        self.assertEqual(ocean.kept_counts(7140, 120), [*published, 250, 125])
        self.assertEqual(ocean.kept_counts(4005, 90), [*published, 250, 125])
        self.assertEqual(ocean.kept_counts(2000, 1300), [1800, 1600, 1400])
        self.assertEqual(ocean.kept_counts(190, 20), [125, 62, 31])
        self.assertEqual(ocean.kept_counts(3, 3), [])

    def test_the_strongest_couplers_stay_and_of_equal_ones_the_first(self):
        couplers = [(0, 1, 1.0), (0, 2, -3.0), (1, 2, 1.0), (1, 3, 2.0)]
        self.assertEqual(ocean.strongest(couplers, 3), [(0, 1, 1.0), (0, 2, -3.0), (1, 3, 2.0)])
        self.assertEqual(ocean.strongest(couplers, 9), couplers)


class Search:
    """Embeddings into a complete graph, counted: variable i lies on qubit i, or nowhere from `room` on."""

    def __init__(self, room=99, sparse_room=0):
        self.room, self.sparse_room, self.calls = room, sparse_room, []

    def clique(self, size):
        self.calls.append("clique")
        return [[i] for i in range(size)] if size <= self.room else None

    def sparse(self, size, pairs):
        self.calls.append(len(pairs))
        return [[i] for i in range(size)] if len(pairs) <= self.sparse_room else None


class Embeddings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "to be" / "made"
        self.edges = list(itertools.combinations(range(40), 2))

    def graph(self, search, edges=None):
        return ocean.Graph("a chip/1.0", {"type": "complete"}, range(40), edges or self.edges, search, ocean.EmbeddingCache(str(self.folder)))

    def problem(self, size):
        return ocean.Problem(size, triangle(size, lambda i, j: i + 1.0 if i == j else (i + j) / 100))

    def file(self):
        (file,) = self.folder.iterdir()
        return file

    def test_an_embedding_has_whole_chains_of_their_own_and_a_coupler_for_each_pair(self):
        edges = [(0, 1), (1, 2), (2, 3), (3, 0), (4, 5)]
        holds = lambda chains, pairs: ocean.is_embedding(chains, pairs, {0, 1, 2, 3, 4, 5}, edges)  # noqa: E731
        self.assertTrue(holds([[0], [1], [2, 3]], [(0, 1), (0, 2), (1, 2)]))
        self.assertTrue(holds([[0], [2]], []))
        self.assertFalse(holds([[0], [2]], [(0, 1)]), "no coupler")
        self.assertFalse(holds([[0, 2], [1]], []), "a chain in two parts")
        self.assertFalse(holds([[0, 1], [1, 2]], []), "a qubit for two")
        self.assertFalse(holds([[0], [9]], []), "no such qubit")
        self.assertFalse(holds([[0], []], []), "a variable without a qubit")

    def test_a_clique_is_computed_once_for_a_solver_its_graph_and_a_size(self):
        search = Search()
        chains, kept, is_cached = self.graph(search).place(self.problem(5))
        self.assertEqual((chains, len(kept), is_cached), ([[i] for i in range(5)], 10, False))
        for _ in range(2):
            self.assertEqual(self.graph(search).place(self.problem(5))[2], True)
        self.assertEqual(search.calls, ["clique"])
        self.assertEqual(self.graph(search, self.edges[:-1]).place(self.problem(5))[2], False, "another graph")
        self.assertEqual(self.graph(search).place(self.problem(6))[2], False, "another size")
        self.assertEqual(len(search.calls), 3)

    def test_the_order_of_a_graph_does_not_matter(self):
        shuffled = [(b, a) for a, b in reversed(self.edges)]
        self.assertEqual(ocean.fingerprint("t", range(3), self.edges), ocean.fingerprint("t", [2, 0, 1], shuffled))
        self.assertNotEqual(ocean.fingerprint("t", range(3), self.edges), ocean.fingerprint("t", range(3), self.edges[1:]))

    def test_a_file_that_is_broken_or_does_not_fit_is_computed_anew(self):
        search = Search()
        self.graph(search).place(self.problem(3))
        whole = json.loads(self.file().read_text())
        for text in [
            "",
            "{",
            "[]",
            json.dumps({**whole, "format": 0}),
            json.dumps({**whole, "solver": "another"}),
            json.dumps({**whole, "graph": "0" * 64}),
            json.dumps({**whole, "name": "4"}),
            json.dumps({**whole, "chains": [[0], [1], [1]]}),
            json.dumps({**whole, "chains": [[0], [1]]}),
            json.dumps({**whole, "chains": [[0], [1], ["x"]]}),
        ]:
            self.file().write_text(text)
            self.assertEqual(self.graph(search).place(self.problem(3))[2], False, text)
            self.assertEqual(json.loads(self.file().read_text()), whole, "and mended")

    def test_a_folder_that_cannot_be_written_costs_no_answer(self):
        self.folder.parent.write_text("a file in its place")
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            self.assertEqual(self.graph(Search()).place(self.problem(3))[2], False)
        self.assertIn("not kept", said.getvalue())

    def test_without_room_for_all_couplers_the_weakest_are_dropped(self):
        search = Search(room=19, sparse_room=70)
        graph = self.graph(search)
        chains, kept, is_cached = graph.place(self.problem(20))
        self.assertEqual(search.calls, ["clique", 125, 62])
        weakest = min(value for _, _, value in kept)
        self.assertEqual(len(kept), 62)
        self.assertLessEqual(len([1 for _, _, value in self.problem(20).couplers if value > weakest]), 62)
        self.assertFalse(is_cached)
        search.calls.clear()
        self.assertTrue(graph.place(self.problem(20))[2], "cached")
        self.assertTrue(self.graph(search).place(self.problem(20))[2], "cached, and that there is no clique")
        self.assertEqual(search.calls, [125])

    def test_a_problem_that_is_sparse_by_itself_may_fit_whole(self):
        search = Search(room=19, sparse_room=70)
        ring = ocean.Problem(20, triangle(20, lambda i, j: 1.0 if j == i + 1 else 0.0))
        _, kept, _ = self.graph(search).place(ring)
        self.assertEqual((search.calls, len(kept)), (["clique", 19], 19))

    def test_a_problem_without_room_is_an_error_that_is_not_searched_for_twice(self):
        search = Search(room=1)
        graph = self.graph(search)
        for _ in range(2):
            with self.assertRaises(ocean.Trouble) as caught:
                graph.place(self.problem(20))
            self.assertEqual(caught.exception.kind, "embedding")
        self.assertEqual(search.calls, ["clique", 125, 62, 31, 31])
        with self.assertRaises(ocean.Trouble):
            graph.place(self.problem(41))
        self.assertEqual(len(search.calls), 5, "more variables than qubits need no search")

    def test_the_cache_lies_where_the_system_keeps_caches(self):
        with unittest.mock.patch.dict(os.environ, {"XDG_CACHE_HOME": "/somewhere"}):
            self.assertEqual(ocean.cache_folder(), "/somewhere/foretune/embeddings")
        with unittest.mock.patch.dict(os.environ, {"XDG_CACHE_HOME": "", "HOME": "/data/you"}):
            self.assertEqual(ocean.cache_folder(), "/data/you/.cache/foretune/embeddings")


class Answers(unittest.TestCase):
    def answer(self, request):
        return ocean.Bridge(ocean.EmbeddingCache("/nowhere"), ocean.Redactor()).answer(request)

    def test_whatever_is_asked_is_answered(self):
        for request in [None, 7, [], {}, {"id": 3, "call": "sing"}, {"id": 3, "call": "solve", "solver": 7}]:
            reply = self.answer(request)
            self.assertEqual(set(reply), {"id", "error"})
            self.assertEqual(reply["error"]["kind"], "bug")
            json.dumps(reply, allow_nan=False)

    def test_an_old_python_is_told(self):
        with unittest.mock.patch.object(sys, "version_info", (3, 8, 18)):
            self.assertEqual(self.answer({"id": 1, "call": "probe"})["error"]["kind"], "python")

    def test_the_mock_has_no_graph_of_any_size(self):
        self.assertEqual(self.answer({"id": 1, "call": "probe", "solver": "mock:99"})["error"]["kind"], "solver")

    def test_a_seed_of_any_size_becomes_one_that_samplers_take(self):
        self.assertEqual([ocean.seed_of({"seed": seed}) for seed in [0, 7, 2**31, 2**53]], [0, 7, 0, 0])
        self.assertNotEqual(ocean.seed_of({}), ocean.seed_of({"seed": None}))


@unittest.skipUnless(HAS_OCEAN, "needs dwave-system and dwave-samplers in this Python")
class Ocean(unittest.TestCase):
    def test_the_mock_lacks_qubits_and_couplers_always_the_same(self):
        import dwave.graphs

        cache = ocean.EmbeddingCache("/nowhere")
        one, other = ocean.open_mock(3, cache), ocean.open_mock(3, cache)
        whole = dwave.graphs.pegasus_graph(3)
        self.assertEqual(one.describe(), other.describe())
        self.assertLess(one.describe()["qubits"], len(whole.nodes))
        self.assertLess(one.describe()["couplers"], len(whole.edges))
        self.assertEqual(one._graph.id, other._graph.id)

    def test_both_searches_find_embeddings_that_hold(self):
        chip = ocean.open_mock(3, ocean.EmbeddingCache("/nowhere"))
        nodes, edges, search = chip._graph.nodes, chip._graph.edges, chip._graph._search
        pairs = list(itertools.combinations(range(10), 2))
        self.assertTrue(ocean.is_embedding(search.clique(10), pairs, nodes, edges))
        self.assertIsNone(search.clique(60))
        few = [(i, i + 1) for i in range(39)]
        self.assertTrue(ocean.is_embedding(search.sparse(41, few), few, nodes, edges))

    def test_the_exceptions_of_ocean_are_told_apart(self):
        from dimod.exceptions import BinaryQuadraticModelStructureError
        from dwave.cloud import exceptions
        from requests.exceptions import ConnectTimeout

        for error, kind in [
            (exceptions.SolverAuthenticationError(), "configuration"),
            (exceptions.ConfigFileParseError("?"), "configuration"),
            (exceptions.SolverNotFoundError("?"), "solver"),
            (exceptions.SolverOfflineError("?"), "connection"),
            (exceptions.RequestTimeout("?"), "connection"),
            (exceptions.PollingTimeout("?"), "connection"),
            (exceptions.InvalidAPIResponseError("?"), "connection"),
            (exceptions.SolverError("?", error_code=503), "connection"),
            (ConnectTimeout("?"), "connection"),
            (ConnectionResetError("?"), "connection"),
            (exceptions.SolverFailureError("?"), "failed"),
            (exceptions.SolverError("?", error_code=400), "refused"),
            (exceptions.ProblemStructureError("?"), "refused"),
            (BinaryQuadraticModelStructureError("?"), "refused"),
            (KeyError("?"), "bug"),
            (PermissionError("?"), "bug"),
        ]:
            self.assertEqual(ocean.kind_of(error), kind, repr(error))


if __name__ == "__main__":
    unittest.main()
