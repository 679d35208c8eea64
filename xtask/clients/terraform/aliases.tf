# A pool with aliases, every second factor, functions, messages of its own and a schema.

locals {
  function = "arn:aws:lambda:us-east-1:000000000000:function"
  role     = "arn:aws:iam::000000000000:role/sms"
}

resource "aws_cognito_user_pool" "pool" {
  name                       = "aliases"
  alias_attributes           = ["email", "preferred_username"]
  auto_verified_attributes   = ["email", "phone_number"]
  deletion_protection        = "INACTIVE"
  mfa_configuration          = "OPTIONAL"
  sms_authentication_message = "Code: {####}"
  user_pool_tier             = "PLUS"
  tags                       = { stage = var.changed ? "changed" : "new" }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = var.changed ? 2 : 1
    }
    recovery_mechanism {
      name     = "verified_phone_number"
      priority = var.changed ? 1 : 2
    }
  }

  admin_create_user_config {
    allow_admin_create_user_only = true
    invite_message_template {
      email_message = "{username}: {####}"
      email_subject = "Welcome"
      sms_message   = "{username}: {####}"
    }
  }

  device_configuration {
    challenge_required_on_new_device      = true
    device_only_remembered_on_user_prompt = var.changed
  }

  email_configuration {
    configuration_set      = "set"
    email_sending_account  = "DEVELOPER"
    from_email_address     = "Shop <shop@example.com>"
    reply_to_email_address = "help@example.com"
    source_arn             = "arn:aws:ses:us-east-1:000000000000:identity/example.com"
  }

  email_mfa_configuration {
    message = "Code: {####}"
    subject = var.changed ? "Another" : "Code"
  }

  lambda_config {
    create_auth_challenge          = "${local.function}:create"
    custom_message                 = "${local.function}:message"
    define_auth_challenge          = "${local.function}:define"
    kms_key_id                     = "arn:aws:kms:us-east-1:000000000000:key/k"
    post_authentication            = "${local.function}:post-authentication"
    post_confirmation              = "${local.function}:post-confirmation"
    pre_authentication             = "${local.function}:pre-authentication"
    pre_sign_up                    = var.changed ? "${local.function}:another" : "${local.function}:pre-sign-up"
    user_migration                 = "${local.function}:migrate"
    verify_auth_challenge_response = "${local.function}:verify"

    custom_email_sender {
      lambda_arn     = "${local.function}:email"
      lambda_version = "V1_0"
    }
    custom_sms_sender {
      lambda_arn     = "${local.function}:sms"
      lambda_version = "V1_0"
    }
    pre_token_generation_config {
      lambda_arn     = "${local.function}:tokens"
      lambda_version = "V2_0"
    }
  }

  password_policy {
    minimum_length                   = var.changed ? 12 : 10
    password_history_size            = 3
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = false
    temporary_password_validity_days = 5
  }

  schema {
    name                = "email"
    attribute_data_type = "String"
    mutable             = true
    required            = true
    string_attribute_constraints {
      min_length = 3
      max_length = 99
    }
  }

  schema {
    name                     = "size"
    attribute_data_type      = "Number"
    developer_only_attribute = false
    mutable                  = true
    number_attribute_constraints {
      min_value = 1
      max_value = 9
    }
  }

  schema {
    name                = "note"
    attribute_data_type = "String"
    mutable             = true
    string_attribute_constraints {}
  }

  sms_configuration {
    external_id    = "external"
    sns_caller_arn = local.role
    sns_region     = "us-east-1"
  }

  software_token_mfa_configuration {
    enabled = true
  }

  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  user_pool_add_ons {
    advanced_security_mode = var.changed ? "ENFORCED" : "AUDIT"
    advanced_security_additional_flows {
      custom_auth_mode = "AUDIT"
    }
  }

  username_configuration {
    case_sensitive = false
  }

  verification_message_template {
    default_email_option = "CONFIRM_WITH_CODE"
    email_message        = "Code: {####}"
    email_subject        = var.changed ? "Another" : "Code"
    sms_message          = "Code: {####}"
  }
}
