# A pool whose usernames are contacts: passkeys, codes as first factors, links, and app clients with every argument.

resource "aws_cognito_user_pool" "pool" {
  name                     = "usernames"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = var.changed ? "OPTIONAL" : "OFF"

  password_policy {
    minimum_length = 8
  }

  sign_in_policy {
    allowed_first_auth_factors = var.changed ? ["PASSWORD", "WEB_AUTHN"] : ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]
  }

  dynamic "software_token_mfa_configuration" {
    for_each = var.changed ? [1] : []
    content {
      enabled = true
    }
  }

  verification_message_template {
    default_email_option  = "CONFIRM_WITH_LINK"
    email_message_by_link = "Follow {##this link##}"
    email_subject_by_link = "Confirm"
  }

  web_authn_configuration {
    relying_party_id  = "example.com"
    user_verification = var.changed ? "required" : "preferred"
  }

  lambda_config {
    pre_token_generation = "arn:aws:lambda:us-east-1:000000000000:function:tokens"
    pre_token_generation_config {
      lambda_arn     = "arn:aws:lambda:us-east-1:000000000000:function:tokens"
      lambda_version = "V1_0"
    }
  }

  lifecycle {
    ignore_changes = []
  }
}

resource "aws_cognito_user_pool_client" "web" {
  name                                 = "web"
  user_pool_id                         = aws_cognito_user_pool.pool.id
  generate_secret                      = true
  access_token_validity                = var.changed ? 30 : 20
  id_token_validity                    = 20
  refresh_token_validity               = 10
  allowed_oauth_flows                  = ["implicit", "code"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["openid", "email"]
  auth_session_validity                = 5
  callback_urls                        = ["https://example.com/back", "http://localhost:3000"]
  default_redirect_uri                 = "https://example.com/back"
  logout_urls                          = ["https://example.com/out"]
  enable_token_revocation              = var.changed
  explicit_auth_flows                  = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"]
  prevent_user_existence_errors        = var.changed ? "LEGACY" : "ENABLED"
  read_attributes                      = ["name", "email"]
  write_attributes                     = ["name", "email"]
  supported_identity_providers         = ["COGNITO"]

  enable_propagate_additional_user_context_data = true

  analytics_configuration {
    application_arn  = "arn:aws:mobiletargeting:us-east-1:000000000000:apps/one"
    user_data_shared = var.changed
  }

  refresh_token_rotation {
    feature                    = "ENABLED"
    retry_grace_period_seconds = var.changed ? 20 : 10
  }

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

resource "aws_cognito_user_pool_client" "legacy" {
  name                = "legacy"
  user_pool_id        = aws_cognito_user_pool.pool.id
  explicit_auth_flows = var.changed ? ["ADMIN_NO_SRP_AUTH"] : ["ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"]

  analytics_configuration {
    application_id = "0123456789abcdef"
    role_arn       = "arn:aws:iam::000000000000:role/analytics"
    external_id    = "external"
  }
}

resource "aws_cognito_user" "user" {
  user_pool_id = aws_cognito_user_pool.pool.id
  username     = "ann@example.com"

  attributes = {
    email          = "ann@example.com"
    email_verified = "true"
  }
}
