/**
 * The program a sandbox runs for Python: loads the handler and serves invocations over the Runtime API, as AWS's Python
 * runtime does. Kept as text, as the one for Node.js is. Its arguments are directories of installed packages.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
 */
export const PYTHON_RUNTIME_CLIENT_SOURCE = String.raw`
import os
import sys

# One pipe carries both streams, which keeps their order; the interpreter writes without a buffer (-u).
os.dup2(1, 2)

import http.client
import importlib
import json
import logging
import site
import time
import traceback
from decimal import Decimal
from urllib.parse import quote

environ = os.environ
token = environ.pop("LONGHAUL_RUNTIME_TOKEN", "")
root = environ["LAMBDA_TASK_ROOT"]
layers = environ.pop("LONGHAUL_LAYERS", "")

# The directory of this program is first; as on AWS, the code comes first, then layers, then what the runtime brings.
sys.path.pop(0)
for directory in sys.argv[1:]:
    site.addsitedir(directory)
del sys.argv[1:]
version = "python%d.%d" % sys.version_info[:2]
of_layers = [os.path.join(layers, "python", "lib", version, "site-packages"), os.path.join(layers, "python")]
sys.path[:0] = [root] + (of_layers if layers else [])

connection = http.client.HTTPConnection(environ["AWS_LAMBDA_RUNTIME_API"])
request_id = "-"


def call(method, path, body=None, headers={}):
    try:
        all_headers = {"x-longhaul-runtime-token": token, **headers}
        connection.request(method, "/2018-06-01/runtime/" + path, body=body, headers=all_headers)
        response = connection.getresponse()
        return response.headers, response.read()
    except Exception:
        # Without the Runtime API there is nothing left to live for.
        os._exit(1)


def post(path, value, headers={}):
    body = value.encode("utf-8")
    call("POST", path, body, {"content-type": "application/json", **headers})


class LogHandler(logging.Handler):
    def emit(self, record):
        sys.stdout.write(self.format(record))


class RequestFilter(logging.Filter):
    def filter(self, record):
        record.aws_request_id = request_id
        return True


handler_of_logs = LogHandler()
handler_of_logs.setFormatter(logging.Formatter(
    "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"))
logging.Formatter.converter = time.gmtime
handler_of_logs.addFilter(RequestFilter())
logging.getLogger().addHandler(handler_of_logs)


class RuntimeFault(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = "Runtime." + kind


def describe(error):
    # The frames of this program say nothing of the handler.
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    kind = error.kind if isinstance(error, RuntimeFault) else type(error).__name__
    return {
        "errorMessage": str(error),
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": traceback.format_list(frames),
    }


def report(path, error):
    described = describe(error)
    lines = ["[ERROR] %s: %s" % (described["errorType"], described["errorMessage"])]
    if described["stackTrace"]:
        lines += ["Traceback (most recent call last):"] + [frame.rstrip("\n") for frame in described["stackTrace"]]
    print("\r".join("\n".join(lines).split("\n")))
    post(path, json.dumps(described), {"lambda-runtime-function-error-type": quote(described["errorType"])})


def with_instruction(error):
    name = (getattr(error, "name", None) or "").split(".")[0]
    if name in ("boto3", "botocore"):
        return "%s. AWS's runtime brings %s; the embedded AWS takes it from your Python: pip install boto3" % (error, name)
    return str(error)


def load(name):
    parts = name.rsplit(".", 1)
    if len(parts) != 2:
        raise RuntimeFault("MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name)
    module_name, function_name = parts
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise RuntimeFault("ImportModuleError", "Unable to import module '%s': %s" % (module_name, with_instruction(error)))
    except SyntaxError as error:
        raise RuntimeFault("UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error))
    found = getattr(module, function_name, None)
    if found is None:
        raise RuntimeFault("HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))
    return found


class Plain:
    def __init__(self, fields):
        self.__dict__.update(fields)


def optional(fields, names):
    return Plain({name: (fields or {}).get(key) for name, key in names.items()}) if fields else None


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.tenant_id = None
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])
        client = json.loads(headers.get("lambda-runtime-client-context") or "null")
        self.client_context = optional(client, {"custom": "custom", "env": "env", "client": "client"})
        self.identity = Plain({"cognito_identity_id": None, "cognito_identity_pool_id": None})

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline_ms - time.time() * 1000))

    def log(self, text):
        sys.stdout.write(str(text))


def plain(value):
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def marshal(result):
    try:
        return json.dumps(result, ensure_ascii=False, default=plain)
    except Exception as error:
        raise RuntimeFault("MarshalError", "Unable to marshal response: %s" % error)


def serve(handler):
    global request_id
    while True:
        headers, body = call("GET", "invocation/next")
        context = Context(headers)
        request_id = context.aws_request_id
        trace = headers.get("lambda-runtime-trace-id")
        if trace:
            environ["_X_AMZN_TRACE_ID"] = trace
        else:
            environ.pop("_X_AMZN_TRACE_ID", None)
        path = "invocation/" + quote(request_id)
        try:
            answer = marshal(handler(json.loads(body), context))
        except Exception as error:
            report(path + "/error", error)
        else:
            post(path + "/response", answer)


try:
    served = load(environ["_HANDLER"])
except Exception as error:
    report("init/error", error)
    os._exit(1)
serve(served)
`;
