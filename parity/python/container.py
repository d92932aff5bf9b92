"""A Python execution environment: answers invocations that come as lines of JSON, one after the other, as Lambda's
runtime does. Time is what the test says: it is up once so many reports were sent.

usage: python container.py MODULE
"""

import importlib
import json
import sys


class Context:
    """Time left: enough, until the given number of reports was sent; then less than any reserve."""

    aws_request_id = "00000000-0000-4000-8000-000000000000"
    memory_limit_in_mb = "128"

    def __init__(self, function_arn, last_report, last_step_ms):
        self.invoked_function_arn = function_arn
        self.function_name = function_arn.split(":")[6]
        self._last_report = last_report
        self._last_step_ms = last_step_ms
        self._reports = 0

    def count_report(self, **_):
        self._reports += 1

    def get_remaining_time_in_millis(self):
        is_up = self._last_report is not None and self._reports >= self._last_report
        return 9_999 if is_up else 10_000 + self._last_step_ms


def invoke(module, call):
    context = Context(call["functionArn"], call["lastReport"], call["lastStepMs"])
    module.sqs.meta.events.register("after-call.sqs.SendMessage", context.count_report)
    try:
        return {"outcome": module.handler(call["event"], context)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        module.sqs.meta.events.unregister("after-call.sqs.SendMessage", context.count_report)


def main():
    answers, sys.stdout = sys.stdout, sys.stderr  # what a handler prints is no answer
    module = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(invoke(module, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
