"""The vectors of the event contract, run by Python. Needs the standard library alone.

usage: python -m unittest test_contract
"""

import copy
import json
import pathlib
import unittest

from continue_as_new import next_event

VECTORS = pathlib.Path(__file__).parent.parent / "vectors" / "contract.json"


class Contract(unittest.TestCase):
    def test_vectors(self):
        vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
        for vector in vectors:
            with self.subTest(vector["title"]):
                event = copy.deepcopy(vector["event"])
                carried = json.loads(json.dumps(next_event(event, vector["stateKey"], vector["state"])))
                self.assertEqual(without_envelope(carried), vector["next"])
                self.assertEqual(carried.get("longhaul"), vector["event"].get("longhaul"))
                self.assertEqual(event, vector["event"], "the event was changed")
        print(f"{len(vectors)} vectors")


def without_envelope(event):
    return {key: value for key, value in event.items() if key != "longhaul"}


if __name__ == "__main__":
    unittest.main()
