"""Works off one uploaded file per queue message, in batches, over as many invocations as it takes."""

import hashlib
import itertools
import json
import os
import shutil
import tempfile
from urllib.parse import unquote_plus

import boto3

from continue_as_new import continue_as_new

STATE_KEY = "position"
BATCH_SIZE = 400
RESERVE_MS = 10_000

s3 = boto3.client("s3")
sqs = boto3.client("sqs")
lambda_client = boto3.client("lambda")


def handler(event, context):
    upload = upload_of(event)
    position = event.get(STATE_KEY, 0)
    path = local_file(upload)
    # Lines end with LF, CRLF or a lone CR: Python's own rule for text files, and the one of the TypeScript reader.
    with open(path, encoding="utf-8") as file:
        lines = itertools.islice(file, position, None)
        while batch := [line.removesuffix("\n") for line in itertools.islice(lines, BATCH_SIZE)]:
            process(batch)
            position += len(batch)
            if context.get_remaining_time_in_millis() < RESERVE_MS:
                return continue_as_new(lambda_client, context, event, STATE_KEY, position)
    os.remove(path)
    return {"status": "done", "message": "all done", "result": {"records": position}}


def upload_of(event):
    """Bucket, key and identity of the upload: an S3 notification in an SNS message in an SQS message."""
    (message,) = event["Records"]
    notification = json.loads(json.loads(message["body"])["Message"])
    (record,) = notification["Records"]
    described = record["s3"]["object"]
    return {
        "bucket": record["s3"]["bucket"]["name"],
        "key": unquote_plus(described["key"]),
        "etag": described["eTag"],
        "sequencer": described["sequencer"],
    }


def local_file(upload):
    """The file, downloaded unless a warm container has it. Its name is a hash: a key is no path to be trusted."""
    identity = json.dumps([upload["bucket"], upload["key"], upload["sequencer"]]).encode()
    path = os.path.join(tempfile.gettempdir(), hashlib.sha256(identity).hexdigest())
    if not os.path.exists(path):
        # The upload that the message tells of, or none: another one has other records at each position.
        found = s3.get_object(Bucket=upload["bucket"], Key=upload["key"], IfMatch='"' + upload["etag"] + '"')
        with open(path + ".part", "wb") as part:
            shutil.copyfileobj(found["Body"], part)
        os.replace(path + ".part", path)
    return path


def process(batch):
    """The work: here, a report of the records."""
    sqs.send_message(QueueUrl=os.environ["REPORT_QUEUE_URL"], MessageBody=json.dumps(batch))
