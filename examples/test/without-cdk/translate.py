"""Translates a SAM template to CloudFormation with AWS's own translator: what `sam deploy` has the service do.

usage: python translate.py TEMPLATE OBJECT_KEY
"""

import json
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """Answers for IAM: no policy is named by its short name."""

    def load(self):
        return {}


template, object_key = sys.argv[1:]
with open(template, encoding="utf-8") as file:
    sam = yaml_parse(file)
# `sam deploy` uploads the folder first, and puts its address in its place.
sam["Globals"]["Function"]["CodeUri"] = f"s3://assets/{object_key}"
print(json.dumps(transform(sam, {}, NoManagedPolicies())))
