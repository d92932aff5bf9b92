"""The whole of the event contract, as a Python handler keeps it.

State travels under one key of the event. Everything else is passed on as it came, run metadata under ``longhaul``
included: a handler that copies it stays in the run, one that never saw it begins one.
"""

import json


def next_event(event, state_key, state):
    """The event of the next hop. The event given is not changed."""
    return {**event, state_key: state}


def continue_as_new(lambda_client, context, event, state_key, state):
    """Hands the state to a fresh invocation of the same function; return its answer at once.

    A hand-off that cannot be made raises, so that the invocation fails and the platform keeps the event.
    """
    lambda_client.invoke(
        FunctionName=context.invoked_function_arn,  # with the alias or version this invocation came by
        InvocationType="Event",
        Payload=json.dumps(next_event(event, state_key, state)),
    )
    return {"status": "continued", "message": f"to be continued from {state}"}
