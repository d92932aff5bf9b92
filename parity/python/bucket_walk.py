"""Walks all objects of a bucket over as many invocations as it takes; the state is the place in the listing."""

import json
import os

import boto3

from continue_as_new import continue_as_new

STATE_KEY = "CURRENT_STATE"
RESERVE_MS = 10_000

s3 = boto3.client("s3")
sqs = boto3.client("sqs")
lambda_client = boto3.client("lambda")


def handler(event, context):
    state = event.get(STATE_KEY)
    if state is None:
        state = {"objects": 0, "bytes": 0}
    elif isinstance(state, str):
        # The key that was processed last.
        state = {"objects": 0, "bytes": 0, "startAfter": state}
    while True:
        page = list_page(event, state)
        contents = page.get("Contents", [])
        if contents:
            process(contents)
        state = {
            "objects": state["objects"] + len(contents),
            "bytes": state["bytes"] + sum(item["Size"] for item in contents),
        }
        if not page["IsTruncated"]:
            return {"status": "done", "message": "all done", "result": state}
        state["continuationToken"] = page["NextContinuationToken"]
        if context.get_remaining_time_in_millis() < RESERVE_MS:
            return continue_as_new(lambda_client, context, event, STATE_KEY, state)


def list_page(event, state):
    request = {"Bucket": event["bucket"], "MaxKeys": event.get("pageSize", 1000)}
    if "prefix" in event:
        request["Prefix"] = event["prefix"]
    if "continuationToken" in state:
        request["ContinuationToken"] = state["continuationToken"]
    elif "startAfter" in state:
        request["StartAfter"] = state["startAfter"]
    return s3.list_objects_v2(**request)


def process(contents):
    """The work: here, a report of the keys."""
    keys = [item["Key"] for item in contents]
    sqs.send_message(QueueUrl=os.environ["REPORT_QUEUE_URL"], MessageBody=json.dumps(keys))
