"""The walk of a bucket as one of two functions: the other one, in another language, takes the next hop."""

import os

import bucket_walk


def handler(event, context):
    context.invoked_function_arn = os.environ["NEXT_FUNCTION"]
    return bucket_walk.handler(event, context)
