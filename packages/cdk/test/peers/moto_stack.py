"""Deploys templates of the CDK with moto's CloudFormation, and deletes each again.

usage: python moto_stack.py TEMPLATE...
Prints as JSON, for each template: the stack's status, the types of its resources by logical id, and its status when deleted.
"""

import io
import json
import logging
import sys
import warnings
import zipfile

import boto3
from moto import mock_aws

REGION = "eu-west-1"
ACCOUNT = "123456789012"
ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"

logging.disable()
warnings.simplefilter("ignore")


def code_keys(template):
    """Keys of the functions' code in the bucket of assets."""
    for resource in template["Resources"].values():
        code = resource.get("Properties", {}).get("Code", {})
        if "S3Key" in code:
            yield code["S3Key"]


def empty_zip():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.js", "")
    return content.getvalue()


def deployed(path):
    with open(path) as file:
        text = file.read()
    with mock_aws():
        ssm = boto3.client("ssm", region_name=REGION)
        ssm.put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=ASSETS, CreateBucketConfiguration={"LocationConstraint": REGION})
        for key in code_keys(json.loads(text)):
            s3.put_object(Bucket=ASSETS, Key=key, Body=empty_zip())
        formation = boto3.client("cloudformation", region_name=REGION)
        stack = formation.create_stack(StackName="stack", TemplateBody=text, Capabilities=["CAPABILITY_IAM"])["StackId"]
        status = formation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack)
        # Types whose resources moto makes without an id are in its list without a name.
        listed = [each for page in pages for each in page["StackResourceSummaries"] if each["LogicalResourceId"]]
        formation.delete_stack(StackName=stack)
        return {
            "status": status,
            "resources": {resource["LogicalResourceId"]: resource["ResourceType"] for resource in listed},
            "statusWhenDeleted": formation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"],
        }


print(json.dumps([deployed(path) for path in sys.argv[1:]]))
