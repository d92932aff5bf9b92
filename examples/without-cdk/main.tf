terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.22"
    }
    archive = {
      source = "hashicorp/archive"
    }
  }
}

variable "billing_url" {
  type    = string
  default = "https://billing.example.com"
}

variable "isolates_tenants" {
  type        = bool
  description = "Whether each tenant gets function instances of its own. It cannot be changed afterwards."
  default     = false
}

data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/dist"
  output_path = "${path.module}/code.zip"
}

resource "aws_lambda_function" "worker" {
  function_name    = "orders-worker"
  role             = aws_iam_role.worker.arn
  filename         = data.archive_file.code.output_path
  source_code_hash = data.archive_file.code.output_base64sha256
  handler          = "worker.handler"
  runtime          = "nodejs24.x"
  architectures    = ["arm64"]
  timeout          = 900
  memory_size      = 1024

  environment {
    variables = {
      LONGHAUL_RECURSIVE_LOOP = "Allow"
      LONGHAUL_RUN_TABLE      = aws_dynamodb_table.runs.name
      BILLING_URL             = var.billing_url
    }
  }

  logging_config {
    log_format = "JSON"
  }

  dynamic "tenancy_config" {
    for_each = var.isolates_tenants ? [1] : []
    content {
      tenant_isolation_mode = "PER_TENANT"
    }
  }
}

# Without this, Lambda ends each run after about 16 invocations.
resource "aws_lambda_function_recursion_config" "worker" {
  function_name  = aws_lambda_function.worker.function_name
  recursive_loop = "Allow"
}

resource "aws_lambda_function_event_invoke_config" "worker" {
  function_name                = aws_lambda_function.worker.function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures.arn
    }
  }

  depends_on = [aws_iam_role_policy.worker]
}

# Events that failed permanently. Each holds the state to continue from.
resource "aws_sqs_queue" "failures" {
  name                      = "orders-failures"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

resource "aws_dynamodb_table" "runs" {
  name                        = "orders-runs"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "run"
  deletion_protection_enabled = true

  attribute {
    name = "run"
    type = "S"
  }
  attribute {
    name = "live"
    type = "S"
  }
  attribute {
    name = "dueAtMs"
    type = "N"
  }
  attribute {
    name = "status"
    type = "S"
  }
  attribute {
    name = "changedAtMs"
    type = "N"
  }

  global_secondary_index {
    name            = "live"
    hash_key        = "live"
    range_key       = "dueAtMs"
    projection_type = "KEYS_ONLY"
  }
  global_secondary_index {
    name            = "status"
    hash_key        = "status"
    range_key       = "changedAtMs"
    projection_type = "KEYS_ONLY"
  }

  ttl {
    attribute_name = "ttl"
    enabled        = true
  }
}

data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "worker" {
  name               = "orders-worker"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "worker" {
  statement {
    actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.runs.arn]
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.failures.arn]
  }
  # Itself, and by alias or version: a run stays on the alias that it began on.
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.worker.arn, "${aws_lambda_function.worker.arn}:*"]
  }
}

resource "aws_iam_role_policy" "worker" {
  role   = aws_iam_role.worker.id
  policy = data.aws_iam_policy_document.worker.json
}

resource "aws_lambda_function" "sweeper" {
  function_name    = "orders-sweeper"
  role             = aws_iam_role.sweeper.arn
  filename         = data.archive_file.code.output_path
  source_code_hash = data.archive_file.code.output_base64sha256
  handler          = "sweeper.handler"
  runtime          = "nodejs24.x"
  architectures    = ["arm64"]
  timeout          = 60
  memory_size      = 256

  environment {
    variables = {
      LONGHAUL_RUN_TABLE       = aws_dynamodb_table.runs.name
      LONGHAUL_RESUME_AFTER_MS = "60000"
    }
  }

  logging_config {
    log_format = "JSON"
  }
}

# The next sweep is a minute away.
resource "aws_lambda_function_event_invoke_config" "sweeper" {
  function_name          = aws_lambda_function.sweeper.function_name
  maximum_retry_attempts = 0
}

resource "aws_iam_role" "sweeper" {
  name               = "orders-sweeper"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "sweeper" {
  statement {
    actions   = ["dynamodb:Query"]
    resources = ["${aws_dynamodb_table.runs.arn}/index/live"]
  }
  statement {
    actions   = ["dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.runs.arn]
  }
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.worker.arn, "${aws_lambda_function.worker.arn}:*"]
  }
}

resource "aws_iam_role_policy" "sweeper" {
  role   = aws_iam_role.sweeper.id
  policy = data.aws_iam_policy_document.sweeper.json
}

resource "aws_cloudwatch_event_rule" "sweeper" {
  name                = "orders-sweeper"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "sweeper" {
  rule = aws_cloudwatch_event_rule.sweeper.name
  arn  = aws_lambda_function.sweeper.arn
}

resource "aws_lambda_permission" "sweeper" {
  function_name = aws_lambda_function.sweeper.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.sweeper.arn
}

resource "aws_iam_role_policy_attachment" "logs" {
  for_each   = { worker = aws_iam_role.worker.name, sweeper = aws_iam_role.sweeper.name }
  role       = each.value
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

output "worker_name" {
  value = aws_lambda_function.worker.function_name
}
