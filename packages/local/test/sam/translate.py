"""Translates SAM templates to CloudFormation with AWS's own translator: what `sam deploy` has the service do.

usage: python translate.py TEMPLATE... > a JSON object of them, by their paths
"""

import json
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class ManagedPolicies:
    """Answers for IAM: it knows the policies that the templates name without an ARN."""

    def load(self):
        return {"AWSLambdaExecute": "arn:aws:iam::aws:policy/AWSLambdaExecute"}


def translated(path):
    with open(path, encoding="utf-8") as file:
        return transform(yaml_parse(file), {}, ManagedPolicies())


json.dump({path: translated(path) for path in sys.argv[1:]}, sys.stdout)
